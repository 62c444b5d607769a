"""The chat on our own page and on somebody else's, in a real browser: with keyboard, screen reader, small windows, and a line that
breaks."""

from __future__ import annotations

import http.server
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.live.server import ROOT, LiveServer

SEE_MS = 20_000
NO_SPEECH = {"IVR_TWILIO_ACCOUNT_SID": "", "IVR_TWILIO_AUTH_TOKEN": "", "IVR_SMTP_URL": "", "IVR_PUBLIC_URL": "",
             "IVR_RECOGNIZER": "twilio", "IVR_CHAT_STARTS_HOUR": "10000",
             "IVR_CHAT_MESSAGES_MINUTE": "10000", "IVR_NOW": "2026-03-10T10:05:00-04:00"}
HARD_POLICY = "default-src 'none'; script-src {server}; connect-src {server}; img-src data:; style-src 'none'"
"""The policy of a careful host page: our script and our API, no inline anything."""


class HostPage:
    """A page of another origin that embeds the chat by one tag."""

    def __init__(self) -> None:
        self.server, self.attributes, self.policy = "", "", ""
        page = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = (f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Host</title>'
                        f'<link rel="icon" href="data:,"></head>'
                        f'<body><main><h1>A page of somebody else</h1><p>Its own words.</p></main>'
                        f'<script src="{page.server}/chat/widget.js" {page.attributes} async></script></body></html>').encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                if page.policy:
                    self.send_header("Content-Security-Policy", page.policy)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Nothing."""

        self._http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self._http.server_port}"
        self._thread = threading.Thread(target=self._http.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


@pytest.fixture(scope="module")
def host() -> Iterator[HostPage]:
    page = HostPage()
    yield page
    page.close()


@pytest.fixture(scope="module")
def chat_server(tmp_path_factory: pytest.TempPathFactory, host: HostPage) -> Iterator[LiveServer]:
    folder = tmp_path_factory.mktemp("chat")
    with LiveServer(folder, **NO_SPEECH, IVR_CHAT_ORIGINS=host.origin) as live:
        host.server = live.url
        yield live


class Chat:
    def __init__(self, page: Page, url: str):
        self.page, self.url, self.wrong, self.expected = page, url, [], []
        page.set_default_timeout(SEE_MS)
        page.add_init_script("document.addEventListener('securitypolicyviolation',"
                             "(e) => console.error(`CSP: ${e.effectiveDirective} ${e.blockedURI}`));")
        page.on("console", lambda m: self.wrong.append(f"{m.type}: {m.text}") if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda e: self.wrong.append(f"exception: {e}"))

    def open(self, path: str = "/chat?lang=en") -> Chat:
        self.page.goto(self.url + path)
        self.page.locator(".log .line").nth(1).wait_for()
        return self

    def say(self, text: str) -> None:
        self.page.locator("textarea").fill(text)
        self.page.locator("textarea").press("Enter")

    def sees(self, text: str) -> None:
        expect(self.page.locator(".log .line", has_text=text).first).to_be_visible(timeout=SEE_MS)

    @property
    def unexpected(self) -> list[str]:
        return [w for w in self.wrong if not any(re.search(e, w) for e in self.expected)]


@pytest.fixture
def window(chat_server: LiveServer, silent_browser: Browser) -> Iterator[Callable[..., Chat]]:
    """`window(url, **context options)`: a fresh page, watched until the test ends."""
    contexts: list[BrowserContext] = []
    chats: list[Chat] = []

    def make(url: str = "", **options: Any) -> Chat:
        contexts.append(silent_browser.new_context(**({"viewport": {"width": 1024, "height": 800}} | options)))
        chats.append(Chat(contexts[-1].new_page(), url or chat_server.url))
        return chats[-1]

    yield make
    for context in contexts:
        context.close()
    assert [w for chat in chats for w in chat.unexpected] == []


class TestOwnPage:
    def test_a_whole_conversation_by_keyboard_alone(self, window: Callable[..., Chat]) -> None:
        chat = window().open()
        page = chat.page
        page.locator("textarea").focus()
        page.keyboard.type("where is my case")
        page.keyboard.press("Enter")
        chat.sees("You can see where your case stands online")
        buttons = page.locator(".choices button")
        expect(buttons).to_have_text(["Yes", "No"])
        page.keyboard.press("Shift+Tab")
        expect(buttons.nth(1)).to_be_focused()
        page.keyboard.press("Enter")
        chat.sees("uscis.gov/casestatus")
        expect(page.locator("textarea")).to_be_focused()
        link = page.locator(".line a").first
        assert link.get_attribute("href") == "https://uscis.gov/casestatus"
        assert link.get_attribute("rel") == "noopener noreferrer"
        chat.say("no")
        chat.sees("Thank you for writing to USCIS")
        expect(page.locator(".again")).to_be_visible()
        expect(page.locator(".state")).to_have_text("This chat has ended.")
        page.locator(".again").click()
        expect(page.locator(".log .line")).to_have_count(2)

    def test_spanish_from_the_browser_and_by_the_switch(self, window: Callable[..., Chat]) -> None:
        spanish = window(locale="es-MX").open("/chat")
        spanish.sees("¿en qué le puedo ayudar?")
        assert spanish.page.locator("html").get_attribute("lang") == "es"
        english = window().open()
        english.page.get_by_role("button", name="Español").click()
        english.sees("¿en qué le puedo ayudar?")
        expect(english.page.get_by_role("button", name="Enviar")).to_be_visible()
        english.say("cómo va mi caso")
        english.sees("Puede ver cómo va su caso")

    def test_after_a_reload_everything_is_there_and_the_draft_too(self, window: Callable[..., Chat]) -> None:
        chat = window().open()
        chat.say("where is my case")
        chat.sees("Shall I do that?")
        before = chat.page.locator(".log .line").all_inner_texts()
        chat.page.locator("textarea").fill("half a sen")
        chat.page.reload()
        expect(chat.page.locator(".log .line")).to_have_count(len(before))
        assert chat.page.locator(".log .line").all_inner_texts() == before
        expect(chat.page.locator("textarea")).to_have_value("half a sen")
        expect(chat.page.locator(".choices button")).to_have_count(2)

    def test_words_that_could_not_be_sent_are_not_lost(self, window: Callable[..., Chat]) -> None:
        chat = window().open()
        chat.expected = ["Failed to load resource", "ERR_INTERNET_DISCONNECTED"]
        chat.page.context.set_offline(True)
        chat.say("where is my case")
        expect(chat.page.locator(".line.caller .mark")).to_have_text("not sent yet")
        expect(chat.page.locator(".state")).to_have_text("No connection. Your words are kept and will be sent.")
        chat.page.context.set_offline(False)
        chat.sees("You can see where your case stands online")
        expect(chat.page.locator(".line.caller")).to_have_count(1)
        expect(chat.page.locator(".line.caller .mark")).to_have_count(0)

    def test_a_lost_answer_is_fetched_and_nothing_happens_twice(self, window: Callable[..., Chat]) -> None:
        chat = window().open()
        chat.expected = ["Failed to load resource", "ERR_"]
        lost: list[str] = []

        def lose(route: Any) -> None:
            if not lost:
                lost.append(route.fetch().text())
                return route.abort()
            return route.continue_()

        chat.page.route("**/chat/api/send", lose)
        chat.say("where is my case")
        chat.sees("Shall I do that?")
        expect(chat.page.locator(".line.caller")).to_have_count(1)
        expect(chat.page.locator(".line", has_text="Shall I do that?")).to_have_count(1)
        assert lost

    def test_an_answer_that_takes_its_time_is_announced(self, window: Callable[..., Chat]) -> None:
        chat = window().open()
        held: list[Any] = []
        chat.page.route("**/chat/api/send", lambda route: held.append(route))
        chat.say("where is my case")
        expect(chat.page.locator(".state")).to_have_text("The assistant is writing")
        assert held
        held[0].continue_()
        chat.sees("Shall I do that?")
        expect(chat.page.locator(".state")).to_have_text("")

    def test_markup_is_words(self, window: Callable[..., Chat]) -> None:
        chat = window().open()
        chat.say('<img src=x onerror="alert(1)"> javascript:alert(1) www.uscis.gov.')
        chat.sees("<img src=x")
        assert chat.page.locator(".log img").count() == 0
        assert [a.get_attribute("href") for a in chat.page.locator(".line.caller a").all()] == ["https://www.uscis.gov"]

    def test_the_token_is_in_no_address(self, window: Callable[..., Chat]) -> None:
        chat = window()
        addresses: list[str] = []
        chat.page.on("request", lambda request: addresses.append(request.url))
        chat.open()
        chat.say("where is my case")
        chat.sees("Shall I do that?")
        token = chat.page.evaluate("Object.values(sessionStorage).map((x) => JSON.parse(x).token).find(Boolean)")
        assert len(token) >= 32
        assert not any(token in address for address in addresses)
        assert chat.page.context.cookies() == []

    def test_a_restart_of_the_server_is_a_pause(self, window: Callable[..., Chat], chat_server: LiveServer) -> None:
        chat = window().open()
        chat.expected = ["Failed to load resource", "ERR_"]
        chat.say("where is my case")
        chat.sees("Shall I do that?")
        port = chat_server.port
        chat_server.kill()
        chat.say("no")
        expect(chat.page.locator(".line.caller .mark")).to_have_text("not sent yet")
        chat_server.port = port
        chat_server.start()
        chat.sees("Is there anything else")


class TestForEverybody:
    @pytest.mark.parametrize("language", ["en", "es"])
    @pytest.mark.parametrize("width", [320, 1024])
    def test_axe_finds_nothing(self, window: Callable[..., Chat], language: str, width: int) -> None:
        axe_module = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
        chat = window(viewport={"width": width, "height": 700}).open(f"/chat?lang={language}")
        chat.say("3")
        chat.page.locator(".choices button").nth(4).wait_for()
        rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
        found = axe_module.Axe().run(chat.page, options={"runOnly": rules})
        assert [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in found.response["violations"]] == []

    def test_nothing_is_wider_than_a_small_screen(self, window: Callable[..., Chat]) -> None:
        chat = window(viewport={"width": 320, "height": 480}).open()
        chat.say("3")
        chat.page.locator(".choices button").nth(4).wait_for()
        assert chat.page.evaluate("document.scrollingElement.scrollWidth") <= 320
        wide = chat.page.evaluate("""() => [...document.querySelector('#chat > div').shadowRoot.querySelectorAll('*')]
            .filter((e) => e.checkVisibility() && !e.classList.contains('vh') && e.getBoundingClientRect().right > 320.5)
            .map((e) => e.className || e.tagName)""")
        assert wide == []

    def test_targets_are_large_enough(self, window: Callable[..., Chat]) -> None:
        chat = window().open()
        chat.say("where is my case")
        chat.page.locator(".choices button").first.wait_for()
        small = chat.page.evaluate("""() => [...document.querySelector('#chat > div').shadowRoot.querySelectorAll('button, textarea')]
            .filter((e) => e.checkVisibility()).map((e) => [e.textContent, e.getBoundingClientRect()])
            .filter(([, box]) => box.width < 44 || box.height < 44).map(([text]) => text)""")
        assert small == []

    def test_what_is_said_is_announced_with_who_said_it(self, window: Callable[..., Chat]) -> None:
        chat = window().open()
        log = chat.page.get_by_role("log", name="Conversation")
        expect(log).to_have_attribute("aria-live", "polite")
        chat.say("where is my case")
        chat.sees("Shall I do that?")
        texts = log.locator(".line").all_inner_texts()
        assert texts[0].startswith("Assistant said:") and any(t.startswith("You said:") for t in texts)
        expect(chat.page.get_by_role("status")).to_have_count(1)
        expect(chat.page.get_by_role("group", name="Answers to choose from")).to_be_visible()
        expect(chat.page.get_by_label("Your message")).to_be_visible()

    def test_nothing_moves_for_those_who_want_it_still(self, window: Callable[..., Chat]) -> None:
        chat = window(reduced_motion="reduce").open()
        held: list[Any] = []
        chat.page.route("**/chat/api/send", lambda route: held.append(route))
        chat.say("where is my case")
        expect(chat.page.locator(".state.dots")).to_be_visible()
        name = chat.page.evaluate("""() => getComputedStyle(document.querySelector('#chat > div').shadowRoot.querySelector('.state'),
            '::after').animationName""")
        assert name == "none"
        held[0].continue_()
        chat.sees("Shall I do that?")


class TestElsewhere:
    def test_one_tag_on_a_page_with_a_hard_policy(self, window: Callable[..., Chat], host: HostPage, chat_server: LiveServer) -> None:
        host.policy, host.attributes = HARD_POLICY.format(server=chat_server.url), 'data-line="chat"'
        chat = window(host.origin)
        page = chat.page
        page.goto(host.origin)
        launch = page.get_by_role("button", name="Chat with us")
        expect(launch).to_have_attribute("aria-expanded", "false")
        launch.focus()
        page.keyboard.press("Enter")
        page.locator(".log .line").nth(1).wait_for()
        expect(page.locator("textarea")).to_be_focused()
        chat.say("where is my case")
        chat.sees("Shall I do that?")
        page.keyboard.press("Escape")
        expect(launch).to_be_focused()
        expect(page.locator(".panel")).to_be_hidden()
        page.reload()
        page.get_by_role("button", name="Chat with us").click()
        chat.sees("Shall I do that?")

    def test_an_open_window_is_open_again_after_the_next_page(self, window: Callable[..., Chat], host: HostPage) -> None:
        host.policy, host.attributes = "", 'data-line="chat" data-language="es"'
        chat = window(host.origin)
        chat.page.goto(host.origin)
        chat.page.get_by_role("button", name="Hable por chat").click()
        chat.sees("¿en qué le puedo ayudar?")
        chat.page.goto(host.origin + "/another")
        chat.sees("¿en qué le puedo ayudar?")
        expect(chat.page.locator(".panel")).to_be_visible()

    def test_a_page_that_is_not_named_gets_nothing(self, window: Callable[..., Chat], chat_server: LiveServer) -> None:
        stranger = HostPage()
        try:
            stranger.server = chat_server.url
            chat = window(stranger.origin)
            chat.expected = ["CORS", "Failed to load resource", "403"]
            with chat.page.expect_event("requestfailed", lambda request: request.url.endswith("/chat/api/about")):
                chat.page.goto(stranger.origin)
            expect(chat.page.locator(".launch")).to_be_hidden()
            answer = chat.page.evaluate(f"""() => fetch('{chat_server.url}/chat/api/start', {{method: 'POST',
                headers: {{'Content-Type': 'application/json'}}, body: '{{}}'}}).then((r) => r.status).catch(() => 'refused')""")
            assert answer == "refused"
        finally:
            stranger.close()


def test_the_script_is_small_and_needs_nothing_else() -> None:
    text = (Path(ROOT) / "ivr/web/static/chat_widget.js").read_text(encoding="utf-8")
    assert len(text) < 30_000
    assert not re.search(r"\b(import|require)\b\s*\(|innerHTML|insertAdjacentHTML|document\.write|eval\(|\.cookie|localStorage", text)
    words = re.findall(r"^    (en|es): \{(.*?)^    \},", text, re.M | re.S)
    assert [name for name, _ in words] == ["en", "es"]
    assert len({frozenset(re.findall(r"(\w+): '", body)) for _, body in words}) == 1, "the same words in every language"
