"""Steps that the tests of the console share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.scripted_desk import ScriptedDesk

Open = Callable[..., ScriptedDesk]
HELLO = {"type": "hello", "audio": False, "phone": False, "language": "en"}


def talk(desk: ScriptedDesk, **other: Any) -> Page:
    desk.connect(**other)
    expect(desk.page.locator("#call")).to_be_visible()
    return desk.page


def focused(page: Page, selector: str) -> None:
    expect(page.locator(selector)).to_be_focused()
