"""A real server with its in-process demo parts, and a real Chromium with or without a microphone.

Every page is watched: a console error, an exception, or a violation of the content security policy fails its test.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, sync_playwright

from tests.browser.agents import NO_SPEECH, Consoles, Cookies, add_agent, consoles
from tests.live.server import LiveServer
from tests.live.spoken import missing_recognizer

CHROMIUM = Path("/usr/bin/chromium")
SCREENSHOT = os.environ.get("IVR_SCREENSHOT", "")
FLAGS = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync"]
OWN_DEMO_PARTS = {"IVR_TWILIO_ACCOUNT_SID": "", "IVR_TWILIO_AUTH_TOKEN": "", "IVR_SMTP_URL": "", "IVR_PUBLIC_URL": ""}
"""Without these settings the server brings its own pretended carrier and mail server, whose messages the page shows."""
WATCH_PAGE = """
    document.addEventListener('securitypolicyviolation', (e) => console.error(`CSP: ${e.effectiveDirective} ${e.blockedURI}`));
    window.callerLines = () => document.querySelectorAll('#transcript .caller').length;
    window.sockets = [];
    window.WebSocket = class extends WebSocket {
      constructor(...all) {
        super(...all);
        this.marks = 0;
        this.before = window.callerLines();
        window.sockets.push(this);
        this.addEventListener('message', (e) => { if (JSON.parse(e.data).event === 'mark') this.marks += 1; });
      }
    };"""
LISTENING = "() => { const line = window.sockets.at(-1); return line.marks > window.callerLines() - line.before; }"
"""Each turn of the system ends with a mark: as many have come as the caller has had turns, and one for the greeting."""
SEE_MS = 40_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    why = "" if CHROMIUM.exists() else "Chromium is not installed at /usr/bin/chromium"
    why = why or missing_recognizer(os.environ.get("IVR_MODELS_DIR"))
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if why:
                item.add_marker(pytest.mark.skip(reason=why))


class Watched:
    """A page and what went wrong on it."""

    def __init__(self, page: Page, url: str):
        self.page, self.url = page, url
        self.wrong: list[str] = []
        self._expected: list[str] = []
        page.set_default_timeout(SEE_MS)
        page.add_init_script(WATCH_PAGE)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.wrong.append(f"exception: {error}"))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.wrong.append(f"{message.type}: {message.text} {message.location.get('url', '')}")

    def expect(self, pattern: str) -> None:
        """An error that belongs to this test, such as the browser's note of a refused request."""
        self._expected.append(pattern)

    @property
    def unexpected(self) -> list[str]:
        return [w for w in self.wrong if not any(re.search(e, w) for e in self._expected)]

    # -- what a person does

    def open(self, query: str = "") -> Watched:
        self.page.goto(f"{self.url}/phone{query}")
        self.page.wait_for_selector("#samples button")
        return self

    def call(self) -> Watched:
        """Press the button; returns when the system has asked its first question."""
        self.page.click("#call")
        self.see_question()
        return self

    def see_question(self, number: int = 2) -> None:
        """Until the system has said so many things."""
        self.page.wait_for_selector(f"#transcript .system >> nth={number - 1}")

    def say(self, text: str) -> None:
        self.page.fill("#say-text", text)
        self.page.press("#say-text", "Enter")

    def press(self, key: str, *, by_keyboard: bool = False) -> None:
        """As soon as the system has sent its whole question and listens."""
        self.page.wait_for_function(LISTENING)
        self.page.keyboard.press(key) if by_keyboard else self.page.click(f'[data-key="{key}"]')

    def see(self, selector: str, text: str) -> str:
        """Wait until an element with this text is there; its whole text."""
        return self.page.locator(selector, has_text=text).first.inner_text()

    def hang_up(self) -> None:
        self.page.click("#call")
        self.page.wait_for_selector('#state[data-state="ended"]')


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with LiveServer(tmp_path_factory.mktemp("server"), **OWN_DEMO_PARTS) as live:
        yield live


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Its event loop goes on in this thread for as long as it is open, and `asyncio.run` of any other test would be
    refused: so it is closed when the last test of the module is done, whatever this worker runs next."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def silent_browser(playwright: Playwright) -> Iterator[Browser]:
    """Without any microphone."""
    browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture
def visit(server: LiveServer, silent_browser: Browser) -> Iterator[Callable[..., Watched]]:
    """`visit(query, **context options)`: the phone page in a fresh context, watched until the test ends."""
    contexts: list[BrowserContext] = []
    pages: list[Watched] = []

    def open_page(query: str = "", browser: Browser | None = None, url: str = "", **options: object) -> Watched:
        context = (browser or silent_browser).new_context(**({"viewport": {"width": 1280, "height": 900}} | options))
        contexts.append(context)
        pages.append(Watched(context.new_page(), url or server.url))
        return pages[-1].open(query)

    yield open_page
    for context in contexts:
        context.close()
    assert [w for page in pages for w in page.unexpected] == []


@pytest.fixture
def phone(visit: Callable[..., Watched]) -> Watched:
    return visit()


@pytest.fixture
def speaker(playwright: Playwright, tmp_path: Path, visit: Callable[..., Watched]) -> Iterator[Callable[..., Watched]]:
    """`speaker(wav, query)`: the page in a browser whose microphone hears this recording once."""
    browsers: list[Browser] = []

    def launch(wav: bytes, query: str = "?raw=1", *, allowed: bool = True) -> Watched:
        path = tmp_path / f"microphone{len(browsers)}.wav"
        path.write_bytes(wav)
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=[
            *FLAGS, "--use-fake-device-for-media-stream", f"--use-file-for-fake-audio-capture={path}%noloop",
            "--use-fake-ui-for-media-stream" if allowed else "--deny-permission-prompts"])
        browsers.append(browser)
        return visit(query, browser=browser)

    yield launch
    for browser in browsers:
        browser.close()


@pytest.fixture(scope="module")
def staff_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """One member of staff, `agent`; no callers but scripted ones."""
    folder = tmp_path_factory.mktemp("staff")
    with LiveServer(folder, **NO_SPEECH) as live:
        add_agent(folder)
        yield live


@pytest.fixture(scope="module")
def cookies() -> Cookies:
    """Signing in is tested elsewhere, and takes its time."""
    return {}


@pytest.fixture
def opened(staff_server: LiveServer, cookies: Cookies) -> Iterator[Consoles]:
    with consoles(staff_server.url, cookies) as each:
        yield each
