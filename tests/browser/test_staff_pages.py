"""The pages of staff in a real browser: by keyboard alone, in both languages, small and large, and asked by somebody else's page."""

from __future__ import annotations

import base64
import http.server
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from ivr.access import totp
from tests.browser.accessibility import OVERFLOW, STRUCTURE, TARGETS
from tests.browser.agents import NO_SPEECH
from tests.live.server import ROOT, LiveServer

SEE_MS = 20_000
PASSWORD = "correct horse battery"
USERS = {"agent": "agent", "keyboard": "supervisor", "codes": "agent", "attacked": "admin", "looked-at": "editor"}


@pytest.fixture(scope="module")
def staff_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    folder = tmp_path_factory.mktemp("staff")
    with LiveServer(folder, **NO_SPEECH) as live:
        for name, role in USERS.items():
            subprocess.run([sys.executable, "-m", "ivr", "users", "create", name, "--role", role, "--password-stdin"], check=True,
                           input=PASSWORD + "\n", text=True, cwd=ROOT, env=os.environ | {"IVR_VAR_DIR": str(folder)}, capture_output=True)
        yield live


@pytest.fixture
def page(staff_server: LiveServer, silent_browser: Browser) -> Iterator[Callable[..., Page]]:
    """`page(**context options)`: a fresh one, watched for errors and violations of the policy until the test ends."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def make(**options: Any) -> Page:
        usual = {"viewport": {"width": 1024, "height": 800}, "base_url": staff_server.url}
        contexts.append(silent_browser.new_context(**(usual | options)))
        made = contexts[-1].new_page()
        made.set_default_timeout(SEE_MS)
        made.add_init_script("document.addEventListener('securitypolicyviolation',"
                             "(e) => console.error(`CSP: ${e.effectiveDirective} ${e.blockedURI}`));")
        made.on("console", lambda m: wrong.append(f"{m.type}: {m.text}") if m.type in ("error", "warning") else None)
        made.on("pageerror", lambda e: wrong.append(f"exception: {e}"))
        return made

    yield make
    for context in contexts:
        context.close()
    assert [w for w in wrong if "status of 403" not in w] == []


def sign_in(page: Page, name: str, password: str = PASSWORD, code: str = "") -> None:
    page.goto("/sign-in?lang=en")
    page.fill("#name", name)
    page.fill("#password", password)
    page.fill("#code", code)
    page.click("main button")


def test_in_and_out_by_keyboard_alone(page: Callable[..., Page]) -> None:
    p = page()
    p.goto("/account?lang=en")
    expect(p.locator("h1")).to_have_text("Sign in")
    while p.evaluate("document.activeElement.id") != "name":
        p.keyboard.press("Tab")
    for text in ("keyboard", PASSWORD, ""):
        p.keyboard.type(text)
        p.keyboard.press("Tab")
    expect(p.locator("main button")).to_be_focused()
    p.keyboard.press("Enter")
    expect(p.locator("h1")).to_have_text("Your account")
    expect(p.locator("dd").nth(1)).to_have_text("Supervisor")
    cookie = next(c for c in p.context.cookies() if c["name"] == "ivr-staff")
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["expires"]) == (True, "Lax", -1)
    assert p.evaluate("document.cookie") == ""
    p.focus("header form button")
    p.keyboard.press("Enter")
    expect(p.locator("[role=status]")).to_have_text("You are signed out.")
    p.go_back()
    expect(p.locator("h1")).to_have_text("Sign in")


def test_a_refusal_is_announced(page: Callable[..., Page]) -> None:
    p = page()
    sign_in(p, "agent", "wrong")
    expect(p.locator("[role=alert]")).to_have_text("User name, password or code do not fit.")
    p.click("header a[lang=es]")
    expect(p.locator("h1")).to_have_text("Iniciar sesión")


def test_one_time_codes_from_the_page(page: Callable[..., Page]) -> None:
    p = page()
    sign_in(p, "codes")
    p.fill("#totp-password", PASSWORD)
    p.click("button[value=begin]")
    expect(p.get_by_role("img", name="Picture for your authenticator app")).to_be_visible()
    text = p.locator("section code").first.inner_text().replace(" ", "")
    secret = base64.b32decode(text + "=" * (-len(text) % 8))
    p.fill("#code", totp.code_at(secret, totp.step_at(datetime.now(UTC))))
    p.click("text=Confirm")
    codes = p.locator("ul.plain code")
    expect(codes).to_have_count(10)
    recovery = codes.first.inner_text()
    p.click("header form button")
    sign_in(p, "codes")
    expect(p.locator("[role=alert]")).to_be_visible()
    sign_in(p, "codes", code=recovery)
    expect(p.locator("h1")).to_have_text("Your account")


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("language", ["en", "es"])
def test_wcag_2_2_aa(page: Callable[..., Page], language: str, width: int) -> None:
    axe_module = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    rules = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    p = page(viewport={"width": width, "height": 900})

    def look(where: str) -> None:
        assert p.evaluate(STRUCTURE) == [], where
        assert p.evaluate(TARGETS) == [], where
        assert p.evaluate(OVERFLOW) == [], where
        found = axe_module.Axe().run(p, options={"runOnly": rules})
        assert found.response["violations"] == [], where

    p.goto(f"/sign-in?lang={language}")
    look("sign in")
    sign_in(p, "looked-at")
    p.goto(f"/account?lang={language}")
    look("account")
    p.fill("#totp-password", PASSWORD)
    p.click("button[value=begin]")
    expect(p.locator("section svg")).to_be_visible()
    look("picture")
    p.click("form:has([value=cancel]) button")
    expect(p.locator("section svg")).to_have_count(0)


class _Host(http.server.BaseHTTPRequestHandler):
    target = ""

    def do_GET(self) -> None:
        body = (f'<!doctype html><title>evil</title><form id="f" method="post" action="{self.target}/account/sessions"></form>'
                f'<form id="g" method="post" action="{self.target}/sign-in"><input name="name" value="agent">'
                f'<input name="password" value="{PASSWORD}"></form>').encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"], ids=["same site", "cross site"])
def test_somebody_elses_page_changes_nothing(page: Callable[..., Page], staff_server: LiveServer, host: str) -> None:
    _Host.target = staff_server.url
    evil = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Host)
    threading.Thread(target=evil.serve_forever, daemon=True).start()
    try:
        p, other = page(), page()
        sign_in(p, "attacked")
        sign_in(other, "attacked")
        for form in ("f", "g"):
            p.goto(f"http://{host}:{evil.server_port}/")
            with p.expect_navigation():
                p.evaluate(f"document.getElementById('{form}').submit()")
            assert p.locator("h1").inner_text() in ("Not for your role", "Sign in")
        for each in (p, other):
            each.goto("/account")
            expect(each.locator("dd").first).to_have_text("attacked")
    finally:
        evil.shutdown()
        evil.server_close()
