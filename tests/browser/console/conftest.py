"""The console on a scripted desk."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.agents import Consoles
from tests.browser.console.steps import Open
from tests.browser.scripted_desk import ScriptedDesk


@pytest.fixture
def console(opened: Consoles, silent_browser: Browser) -> Open:
    """`console(language, **context options)`: the page, connected with a script, away."""
    def open_page(language: str = "en", *, browser: Browser | None = None, query: str = "", **options: Any) -> ScriptedDesk:
        page = opened.page(browser or silent_browser, **options)
        desk = ScriptedDesk(page)
        page.goto(f"/agent?lang={language}{query}")
        expect(page.locator("#doing-words")).to_have_text("Away" if language == "en" else "Ausente")
        return desk

    return open_page


@pytest.fixture
def desk(console: Open) -> ScriptedDesk:
    return console()
