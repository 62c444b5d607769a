"""Requests for an office in a real browser: found, taken up, answered by keyboard; an export is a file; WCAG 2.2 AA."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from ivr.config import Settings
from ivr.dialog import actions as act
from ivr.ids import reference_for
from ivr.runtime.data_keys import open_database
from ivr.runtime.effects import row_for
from ivr.sensitive import Sensitive
from ivr.store.promises import Promises
from tests.browser.accessibility import OVERFLOW, STRUCTURE, TARGETS
from tests.browser.agents import NO_SPEECH
from tests.browser.test_staff_pages import PASSWORD, SEE_MS
from tests.live.server import ROOT, LiveServer

RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
NUMBER = "+12025550166"


def requested(settings: Settings, call_id: str, days: int) -> str:
    """A request that is due in so many days."""
    now = datetime.now(UTC)
    action = act.MakePromise(f"service_request:{call_id}:node:1", "service_request", "field_office", "reschedule_interview",
                             "interview", "en", numbers=(Sensitive(NUMBER),), email=None,
                             context={"language": "en", "office_zip": Sensitive("10001")},
                             due_by=(now + timedelta(days=days)).isoformat(), policy="service_request", variables={})
    with open_database(settings) as db, db.write(durable=True) as connection:
        Promises(db).insert(connection, row_for(action, call_id, now), now)
    return reference_for(action.key)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LiveServer, list[str]]]:
    folder = tmp_path_factory.mktemp("office")
    with LiveServer(folder, **NO_SPEECH) as live:
        subprocess.run([sys.executable, "-m", "ivr", "users", "create", "super", "--role", "supervisor", "--password-stdin"], check=True,
                       input=PASSWORD + "\n", text=True, cwd=ROOT, env=os.environ | {"IVR_VAR_DIR": str(folder)}, capture_output=True)
        settings = Settings(var_dir=folder)
        yield live, [requested(settings, f"CA{n}", days) for n, days in enumerate((30, -1))]


@pytest.fixture
def signed_in(office: tuple[LiveServer, list[str]], silent_browser: Browser) -> Iterator[Page]:
    context = silent_browser.new_context(base_url=office[0].url, viewport={"width": 1024, "height": 800})
    wrong: list[str] = []
    page = context.new_page()
    page.set_default_timeout(SEE_MS)
    page.on("console", lambda m: wrong.append(m.text) if m.type in ("error", "warning") else None)
    page.goto("/sign-in?next=/requests")
    page.fill("#name", "super")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Requests for an office")
    yield page
    context.close()
    assert [w for w in wrong if "status of 400" not in w] == []


def test_by_keyboard_a_request_is_taken_up_and_answered(office: tuple[LiveServer, list[str]], signed_in: Page) -> None:
    page, (waits, late) = signed_in, office[1]
    expect(page.locator("#requests li")).to_have_count(2)
    expect(page.locator("#requests li").first).to_contain_text(f"{late}")
    expect(page.locator("#requests li").first).to_contain_text("late")
    page.get_by_role("link", name=waits).focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(waits)
    page.get_by_role("button", name="I take it up").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[role=status]")).to_have_text("Noted.")
    page.get_by_role("button", name="Answered").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[role=alert]")).to_contain_text("what was answered")
    page.fill("#note", "new date by mail")
    page.get_by_role("button", name="Answered").focus()
    page.keyboard.press("Enter")
    expect(page.locator("ul.plain")).to_contain_text("new date by mail")
    assert NUMBER not in page.content()


def test_an_export_is_a_file_and_comes_once(signed_in: Page) -> None:
    page = signed_in
    page.fill("#why", "weekly list")
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    assert NUMBER in download.value.path().read_text()
    page.fill("#why", "weekly list")
    page.get_by_role("button", name="JSON").click()
    expect(page.locator("[role=alert]")).to_contain_text("nothing to export")


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("language", ["en", "es"])
def test_wcag_2_2_aa(office: tuple[LiveServer, list[str]], signed_in: Page, language: str, width: int) -> None:
    axe_module = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    page = signed_in
    page.set_viewport_size({"width": width, "height": 900})
    for path in ("/requests?standing=all", "/requests?standing=all&office=99999", f"/requests/{office[1][1]}?"):
        page.goto(f"{path}&lang={language}")
        assert page.evaluate(STRUCTURE) == [], path
        assert page.evaluate(TARGETS) == [], path
        assert page.evaluate(OVERFLOW) == [], path
        assert axe_module.Axe().run(page, options={"runOnly": RULES}).response["violations"] == [], path
