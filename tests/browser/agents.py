"""Members of staff at the console in a browser: signed in, watched for errors and violations of the policy."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from tests.live.server import ROOT

PASSWORD = "correct horse battery"
SEE_MS = 20_000
NO_SPEECH = {"IVR_TWILIO_ACCOUNT_SID": "", "IVR_TWILIO_AUTH_TOKEN": "", "IVR_SMTP_URL": "", "IVR_PUBLIC_URL": "",
             "IVR_RECOGNIZER": "twilio", "IVR_NOW": ""}
"""Settings of a server that neither hears nor speaks, and reaches nobody."""
WATCH = """document.addEventListener('securitypolicyviolation', (e) => console.error(`CSP: ${e.effectiveDirective} ${e.blockedURI}`));"""
Cookies = dict[str, Any]
"""name -> what is signed in with it, for all tests of a module"""


def add_agent(folder: Path, name: str = "agent", role: str = "agent") -> None:
    subprocess.run([sys.executable, "-m", "ivr", "users", "create", name, "--role", role, "--password-stdin"], check=True,
                   input=PASSWORD + "\n", text=True, cwd=ROOT, env=os.environ | {"IVR_VAR_DIR": str(folder)}, capture_output=True)


class Consoles:
    """Pages of one test; `expected` are errors that belong to it."""

    def __init__(self, url: str, cookies: Cookies):
        self._url, self._cookies, self._contexts, self._wrong = url, cookies, list[BrowserContext](), list[str]()
        self.expected: list[str] = []

    def page(self, browser: Browser, *, name: str = "agent", **options: Any) -> Page:
        """A fresh page, signed in, not at the console yet."""
        usual = {"viewport": {"width": 1280, "height": 900}, "base_url": self._url}
        self._contexts.append(browser.new_context(**(usual | options)))
        self._contexts[-1].add_cookies(self._cookies.get(name, []))
        page = self._contexts[-1].new_page()
        page.set_default_timeout(SEE_MS)
        page.add_init_script(WATCH)
        page.on("console", lambda m: self._wrong.append(f"{m.type}: {m.text}") if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda e: self._wrong.append(f"exception: {e}"))
        if name not in self._cookies:
            page.goto("/sign-in?lang=en")
            page.fill("#name", name)
            page.fill("#password", PASSWORD)
            page.click("main button")
            page.wait_for_selector("dl")
            self._cookies[name] = self._contexts[-1].cookies()
        return page

    def close(self) -> None:
        for context in self._contexts:
            context.close()

    @property
    def unexpected(self) -> list[str]:
        return [w for w in self._wrong if not any(re.search(e, w) for e in self.expected)]


@contextmanager
def consoles(url: str, cookies: Cookies) -> Iterator[Consoles]:
    opened = Consoles(url, cookies)
    try:
        yield opened
    finally:
        opened.close()
    assert opened.unexpected == []
