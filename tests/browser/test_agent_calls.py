"""A caller at the browser phone and a member of staff at the console, over a real server with nothing scripted: two browsers, two voices
of different pitch, measured where each page gives its sound to the loudspeaker."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from ivr.speech.wav import write_pcm16
from tests.browser.agents import Consoles, Cookies, add_agent, consoles
from tests.browser.conftest import CHROMIUM, FLAGS, OWN_DEMO_PARTS, Watched
from tests.live.server import ROOT, LiveServer
from tests.live.test_text_agents import Caller

pytestmark = [pytest.mark.speech, pytest.mark.timeout(300)]
CALLERS_HZ, AGENTS_HZ, COLLEAGUES_HZ, NEAR_HZ = 1000.0, 620.0, 350.0, 20
SEE_MS = 60_000
PICTURES = os.environ.get("IVR_SCREENSHOT", "")
LISTEN = """
    const connect = AudioNode.prototype.connect;
    AudioNode.prototype.connect = function (to, ...more) {
      if (this instanceof AudioWorkletNode && to instanceof AudioDestinationNode) {
        window.heard = new AnalyserNode(this.context, { fftSize: 2048, smoothingTimeConstant: 0 });
        connect.call(this, window.heard);
      }
      return connect.call(this, to, ...more);
    };
    // The strongest pitch that the loudspeaker gets now; 0 for silence.
    window.pitch = () => {
      const bins = new Float32Array(window.heard.frequencyBinCount);
      window.heard.getFloatFrequencyData(bins);
      const loudest = bins.reduce((best, level, i) => (level > bins[best] ? i : best), 0);
      return bins[loudest] > -50 ? (loudest * window.heard.context.sampleRate) / window.heard.fftSize : 0;
    };"""
TONE_ON_DEMAND = f"""
    navigator.mediaDevices.getUserMedia = async () => {{
      const context = new AudioContext();
      const [source, gain] = [new OscillatorNode(context, {{ frequency: {CALLERS_HZ} }}), new GainNode(context, {{ gain: 0 }})];
      const microphone = new MediaStreamAudioDestinationNode(context);
      source.connect(gain).connect(microphone);
      source.start();
      window.hum = (on) => {{ gain.gain.value = on ? 0.4 : 0; }};
      return microphone.stream;
    }};"""
"""A microphone that is silent while the caller finds the way, as a person would be."""


@pytest.fixture(scope="module")
def calls_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    folder = tmp_path_factory.mktemp("calls")
    with LiveServer(folder, **OWN_DEMO_PARTS) as live:
        add_agent(folder)
        add_agent(folder, "ben")
        yield live


@pytest.fixture
def opened(calls_server: LiveServer, cookies: Cookies) -> Iterator[Consoles]:
    with consoles(calls_server.url, cookies) as each:
        yield each


@pytest.fixture
def at_console(playwright: Playwright, tmp_path: Path, opened: Consoles) -> Iterator[Callable[..., Page]]:
    """`at_console(name, hertz, which)`: ready for callers who speak, with a microphone that hears one tone for ever; all by keyboard."""
    browsers: list[Browser] = []

    def sits_down(name: str = "agent", hertz: float = AGENTS_HZ, which: str = "") -> Page:
        samples = 0.4 * np.sin(2 * np.pi * hertz * np.arange(96_000) / 48_000)
        (tmp_path / f"{name}.wav").write_bytes(write_pcm16(samples.astype(np.float32), 48_000))
        browsers.append(playwright.chromium.launch(executable_path=str(CHROMIUM), args=[
            *FLAGS, "--use-fake-device-for-media-stream", f"--use-file-for-fake-audio-capture={tmp_path / f'{name}.wav'}",
            "--use-fake-ui-for-media-stream"]))
        page = opened.page(browsers[-1], name=name, viewport={"width": 1280, "height": 1000}, permissions=["microphone"])
        page.add_init_script(LISTEN + (f"localStorage.setItem('agent-which', '{which}');" if which else ""))
        page.set_default_timeout(SEE_MS)
        page.goto("/agent?lang=en&raw=1")
        expect(page.locator("#microphone")).to_be_enabled()  # away, or still ready from the page of a moment ago
        page.keyboard.press("m")
        expect(page.locator("#microphone-words")).to_contain_text("Your microphone is on")
        expect(page.locator("#ready")).to_be_enabled()
        page.keyboard.press("r")
        expect(page.locator("#doing-words")).to_have_text("Ready")
        return page

    yield sits_down
    for browser in browsers:
        browser.close()


@pytest.fixture
def agent(at_console: Callable[..., Page]) -> Page:
    return at_console()


@pytest.fixture
def caller_on_the_line(visit: Callable[..., Watched], calls_server: LiveServer) -> Watched:
    """Has heard the first question."""
    phone = visit("?raw=1", url=calls_server.url)
    phone.page.add_init_script(LISTEN)
    phone.page.add_init_script(TONE_ON_DEMAND)
    phone.page.reload()
    phone.page.wait_for_selector("#samples button")
    phone.page.check("#settings input[value=en]")
    phone.page.fill("#number", "+12025550171")
    return phone.call()


def to_a_person(phone: Watched) -> None:
    phone.say("I cannot use this menu because of my disability")
    phone.page.locator("#transcript .caller", has_text="disability").wait_for()
    phone.press("2")
    phone.press("1")


@pytest.fixture
def caller(caller_on_the_line: Watched) -> Watched:
    """On the way to a person, for a reason that qualifies."""
    to_a_person(caller_on_the_line)
    return caller_on_the_line


def hears(page: Page, hertz: float) -> None:
    """Wait for this pitch; `page.pitch` is asked until it is the one."""
    page.wait_for_function(f"() => Math.abs(window.pitch() - {hertz}) < {NEAR_HZ}", timeout=SEE_MS)


def hears_not(page: Page, hertz: float) -> None:
    """For as long as somebody says a word."""
    for _ in range(8):
        page.wait_for_timeout(100)
        assert abs(page.evaluate("window.pitch()") - hertz) > NEAR_HZ


def take(agent: Page) -> None:
    expect(agent.locator("#offer")).to_be_visible(timeout=SEE_MS)
    agent.keyboard.press("a")
    expect(agent.locator("#call")).to_be_visible(timeout=SEE_MS)


def picture(page: Page, name: str) -> None:
    if PICTURES:
        (ROOT / "docs/pictures").mkdir(parents=True, exist_ok=True)
        page.mouse.move(0, 0)
        path = ROOT / f"docs/pictures/{name}.png"
        page.screenshot(path=str(path), animations="disabled", scale="css", full_page=True)


def test_a_caller_who_qualifies_and_an_agent_hear_each_other(agent: Page, caller: Watched) -> None:
    """All of the agent's side by keyboard: offer, talk, hold, mute, a value, an escalation, the wrap-up."""
    expect(agent.locator("#offer")).to_be_visible(timeout=SEE_MS)
    picture(agent, "agent-offer")
    take(agent)
    caller.page.evaluate("window.hum(true)")
    hears(caller.page, AGENTS_HZ)
    hears(agent, CALLERS_HZ)

    facts = agent.inner_text("#facts")
    for shown in ("English", "Voice", "Not checked"):
        assert shown in facts, facts
    assert "2025550171" not in agent.content(), "masked until it is asked for"
    assert "disability" in agent.inner_text("#said")

    agent.keyboard.press("h")
    expect(agent.locator("#call-state")).to_contain_text("On hold")
    agent.wait_for_timeout(500)
    hears_not(caller.page, AGENTS_HZ)
    hears_not(agent, CALLERS_HZ)
    agent.keyboard.press("h")
    hears(caller.page, AGENTS_HZ)
    agent.keyboard.press("u")
    agent.wait_for_timeout(500)
    hears_not(caller.page, AGENTS_HZ)
    agent.keyboard.press("u")
    hears(caller.page, AGENTS_HZ)

    agent.keyboard.press("v")
    agent.locator("[data-slot=number] button").focus()
    agent.keyboard.press("Enter")
    agent.keyboard.type("to read it back")
    agent.keyboard.press("Enter")
    expect(agent.locator("[data-slot=number] .value")).to_have_text("+12025550171")

    agent.keyboard.press("g")
    expect(agent.locator("#articles")).not_to_be_empty()
    picture(agent, "agent-call")
    agent.keyboard.press("Escape")

    agent.keyboard.press("e")
    for key in ("Tab", "Tab", "Space", "Tab"):
        agent.keyboard.press(key)
    expect(agent.locator("#escalate-number")).to_be_focused()
    assert agent.is_checked("[name=urgency][value=urgent]")
    for text in ("2025550171", " ", "ana@example.org", "Cannot use the menu; travel because of a death"):
        agent.keyboard.press("Space") if text == " " else agent.keyboard.type(text)
        agent.keyboard.press("Tab")
    agent.keyboard.press("Enter")
    expect(agent.locator("#escalated-words")).not_to_be_empty(timeout=SEE_MS)
    reference = agent.inner_text("#escalated-reference")
    agent.keyboard.press("Escape")

    agent.keyboard.press("x")
    agent.keyboard.press("Enter")
    expect(agent.locator("#disposition")).to_be_focused()
    expect(agent.locator("#disposition")).to_have_value("escalated_urgent")
    agent.keyboard.press("Control+Enter")
    expect(agent.locator("#doing-words")).to_have_text("Ready")

    plain = reference.replace(" ", "").replace("-", "")
    caller.page.wait_for_function("() => document.querySelectorAll('#arrived .mail').length", timeout=SEE_MS)
    arrived = caller.page.inner_text("#arrived").replace(" ", "").replace("-", "")
    assert plain in arrived
    agent.keyboard.press("c")
    expect(agent.locator("#callbacks-list .callback")).to_have_count(1)
    expect(agent.locator("#callbacks-list")).to_contain_text(reference)
    expect(agent.locator("#callbacks-list .late")).to_have_count(0)


def test_a_caller_who_leaves_is_told_to_the_agent(agent: Page, caller: Watched) -> None:
    take(agent)
    hears(caller.page, AGENTS_HZ)
    caller.hang_up()
    expect(agent.locator("#wrap-why")).to_have_text("The caller has left.")
    agent.keyboard.press("Control+Enter")
    expect(agent.locator("#doing-words")).to_have_text("Ready")


def test_a_page_that_is_loaded_again_goes_on_with_the_same_caller(agent: Page, caller: Watched) -> None:
    take(agent)
    hears(caller.page, AGENTS_HZ)
    agent.on("dialog", lambda dialog: dialog.accept())
    agent.reload()
    expect(agent.locator("#call")).to_be_visible(timeout=SEE_MS)
    hears(caller.page, AGENTS_HZ)  # the microphone is taken again without a click: it was on, and is allowed for good
    caller.hang_up()
    expect(agent.locator("#wrap")).to_be_visible()
    agent.keyboard.press("Control+Enter")
    expect(agent.locator("#doing-words")).to_have_text("Ready")


def test_a_warm_transfer_between_three_browsers(at_console: Callable[..., Page], agent: Page, caller: Watched) -> None:
    """Caller and agent, agent and colleague while the caller hears neither, then caller and colleague."""
    colleague = at_console("ben", COLLEAGUES_HZ, '{"queues": ["tier2"]}')
    take(agent)
    caller.page.evaluate("window.hum(true)")
    hears(agent, CALLERS_HZ)
    agent.keyboard.press("t")
    agent.select_option("#transfer-queue", "tier2")
    agent.fill("#transfer-note", "asks about a hearing")
    agent.keyboard.press("Control+Enter")
    expect(colleague.locator("#offer-title")).to_have_text("A colleague asks for you")
    expect(colleague.locator("#offer-facts")).to_contain_text("asks about a hearing")
    take(colleague)
    hears(agent, COLLEAGUES_HZ)
    hears(colleague, AGENTS_HZ)
    hears_not(caller.page, AGENTS_HZ)
    expect(agent.locator("#consulting-words")).to_contain_text("You talk with ben of tier2")
    expect(colleague.locator("#facts")).to_contain_text("asks about a hearing")
    agent.keyboard.press("j")
    expect(agent.locator("#wrap-why")).to_have_text("The caller is handed over.")
    hears(caller.page, COLLEAGUES_HZ)
    hears(colleague, CALLERS_HZ)
    expect(colleague.locator("#call-state")).to_have_text("In conversation")
    caller.hang_up()
    expect(colleague.locator("#wrap-why")).to_have_text("The caller has left.")
    for page in (agent, colleague):
        page.keyboard.press("Control+Enter")
        expect(page.locator("#doing-words")).to_have_text("Ready")
    colleague.keyboard.press("b")
    expect(colleague.locator("#doing-words")).to_have_text("Away")


def test_a_caller_in_the_chat_and_an_agent_in_spanish(opened: Consoles, calls_server: LiveServer, silent_browser: Browser) -> None:
    page = opened.page(silent_browser)
    page.set_default_timeout(SEE_MS)
    page.goto("/agent?lang=es")
    expect(page.locator("#ready")).to_be_enabled()
    page.keyboard.press("r")
    expect(page.locator("#doing-words")).to_have_text("Disponible")
    chat = Caller(calls_server.url)
    try:
        chat.to_a_person()
        take(page)
        expect(page.locator("#line-text")).to_be_focused()
        page.keyboard.type("Hello. Friday?")
        page.keyboard.press("Enter")
        chat.sees("Hello. Friday?")
        chat.say("Friday is good")
        expect(page.locator("#lines")).to_contain_text("Persona: Friday is good")
        page.locator("[data-slot=appointment_date] button").click()
        page.keyboard.type("para moverla")
        page.keyboard.press("Enter")
        expect(page.locator("[data-slot=appointment_date] .value")).to_have_text("2026-03-20")
    finally:
        chat.leave()
    expect(page.locator("#wrap-why")).to_have_text("La persona se fue.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#doing-words")).to_have_text("Disponible")
    page.keyboard.press("b")


# -- callers who type, and callers of a relay service


def sits_down_to_write(opened: Consoles, browser: Browser) -> Page:
    """Without a microphone; all by keyboard."""
    page = opened.page(browser, viewport={"width": 1280, "height": 1000})
    page.set_default_timeout(SEE_MS)
    page.goto("/agent?lang=en")
    expect(page.locator("#ready")).to_be_enabled()
    page.keyboard.press("r")
    expect(page.locator("#doing-words")).to_have_text("Ready")
    return page


def written_up(page: Page) -> None:
    expect(page.locator("#disposition")).to_be_focused()
    page.keyboard.press("r")  # the first outcome that begins so
    page.keyboard.press("Control+Enter")
    expect(page.locator("#doing-words")).to_have_text("Ready")
    page.keyboard.press("b")
    expect(page.locator("#doing-words")).to_have_text("Away")


def without_complaints(page: Page) -> None:
    axe_module = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    rules = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    assert axe_module.Axe().run(page, options={"runOnly": rules}).response["violations"] == []


def type_in_tones(phone: Watched, text: str) -> None:
    """On the text telephone of the phone page, once the last thing has arrived whole: who types over it loses a letter or two."""
    seen = phone.page.locator("#transcript .system").count()
    quiet(phone)
    phone.page.fill("#tty-text", text)
    phone.page.press("#tty-text", "Enter")
    phone.page.locator("#transcript .system").nth(seen).wait_for(timeout=SEE_MS)


def quiet(phone: Watched) -> None:
    """Until the line has been still for two seconds: words are shown before their tones begin."""
    phone.page.evaluate("window.lastSound = Date.now()")
    phone.page.wait_for_function("""() => {
      if (window.pitch() > 0) window.lastSound = Date.now();
      return Date.now() - window.lastSound > 2000;
    }""", timeout=SEE_MS)


def test_a_caller_on_a_text_telephone_and_an_agent_read_each_other(
        opened: Consoles, calls_server: LiveServer, visit: Callable[..., Watched], silent_browser: Browser) -> None:
    agent = sits_down_to_write(opened, silent_browser)
    phone = visit(url=calls_server.url)
    phone.page.set_default_timeout(SEE_MS)
    phone.page.add_init_script(LISTEN)
    phone.page.reload()
    phone.page.wait_for_selector("#samples button")
    phone.page.select_option("#line", "tty")
    phone.page.check("#settings input[value=en]")
    phone.page.fill("#number", "+12025550172")
    phone.page.click("#call")
    phone.see("#transcript .system", "question")
    type_in_tones(phone, "change the date for my fingerprints")
    type_in_tones(phone, "march 20 2026")
    type_in_tones(phone, "yes")

    expect(agent.locator("#offer-facts")).to_contain_text("Text telephone", timeout=SEE_MS)
    take(agent)
    expect(agent.locator("#typing-hint")).to_contain_text("GA is added for you")
    expect(agent.locator("#line-text")).to_be_focused()
    for shown in ("Text telephone, types and reads", "English", "Not checked"):
        assert shown in agent.inner_text("#facts"), agent.inner_text("#facts")
    assert "FINGERPRINTS" in agent.inner_text("#said").upper()
    without_complaints(agent)

    agent.keyboard.type("Hello. Is Monday good?")
    agent.keyboard.press("Enter")
    phone.see("#transcript .system", "Is Monday good?")
    quiet(phone)
    phone.page.fill("#tty-text", "monday is good")
    phone.page.press("#tty-text", "Enter")
    expect(agent.locator("#lines")).to_contain_text("MONDAY IS GOOD", ignore_case=True, timeout=SEE_MS)
    expect(agent.locator("#lines")).not_to_contain_text("MONDAY IS GOOD GA", ignore_case=True)
    phone.hang_up()
    expect(agent.locator("#wrap-why")).to_have_text("The caller has left.", timeout=SEE_MS)
    written_up(agent)


def test_a_call_of_a_relay_operator_is_shown_as_one(agent: Page, caller_on_the_line: Watched) -> None:
    caller_on_the_line.say("hello this is a relay call")
    caller_on_the_line.page.wait_for_selector("#transcript .caller")
    to_a_person(caller_on_the_line)
    take(agent)
    expect(agent.locator("#facts")).to_contain_text("Voice, through a relay service")
    expect(agent.locator("#typing")).to_be_hidden()
    hears(caller_on_the_line.page, AGENTS_HZ)
    without_complaints(agent)
    caller_on_the_line.hang_up()
    expect(agent.locator("#wrap-why")).to_have_text("The caller has left.")
    written_up(agent)
