"""The console for everybody: by keyboard alone, in both languages, by the rules of accessibility, with a telephone for a microphone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.accessibility import CONTRAST, OVERFLOW, STRUCTURE, TARGETS
from tests.browser.agents import Consoles
from tests.browser.console.steps import HELLO, Open, talk
from tests.browser.scripted_desk import OFFER, PACKET, ScriptedDesk

# -- keys


def test_the_list_of_keys_and_switching_them_off(desk: ScriptedDesk) -> None:
    page = talk(desk, channel="voice")
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    rows = page.locator("#help-keys tr")
    shown = dict(row.split("\t") for row in rows.all_inner_texts())
    assert shown["A"] == "Answer"
    assert shown["X"] == "go to “Hang up”, then Enter"
    assert shown["L"] == "Your line"
    assert len(shown) == rows.count(), "one key, one action"
    page.uncheck("#keys-on")
    page.keyboard.press("Escape")
    page.keyboard.press("h")
    assert "hold" not in desk.types()
    assert page.locator("[aria-keyshortcuts]").count() == 0
    page.click("#hold")
    desk.hears(type="hold", on=True)


def test_every_button_and_every_key_on_it_are_the_same_in_both_languages(console: Open) -> None:
    read = "[...document.querySelectorAll('[data-key], [data-focus-key]')].map((e) => e.id + (e.dataset.key ?? e.dataset.focusKey))"
    assert console("en").page.evaluate(read) == console("es").page.evaluate(read)


# -- everybody


def stages(desk: ScriptedDesk) -> Iterator[str]:
    page = desk.page
    yield "away"
    for panel in ("which", "callbacks"):
        page.click(f"#open-{panel}")
        expect(page.locator(f"#{panel} li, #{panel} fieldset").first).to_be_visible()
        yield panel
    page.click("#open-callbacks")
    desk.offer()
    expect(page.locator("#offer")).to_be_visible()
    yield "offer"
    talk(desk, speaks=True)
    page.locator("[data-slot=email] button").click()
    yield "talking"
    for panel in ("keypad", "transfer", "escalate", "previous", "knowledge"):
        page.click(f"#open-{panel}")
        if panel == "knowledge":
            expect(page.locator("article")).to_be_visible()
        yield panel
    desk.tell({"type": "consulting", "queue": "tier1", "state": "waiting", "with": ""})
    expect(page.locator("#consulting")).to_be_visible()
    yield "consulting"
    desk.gone("left")
    expect(page.locator("#wrap")).to_be_visible()
    yield "wrap up"
    page.click("#show-help")
    yield "keys"
    page.keyboard.press("Escape")
    desk.tell({"type": "gone_elsewhere"})
    expect(page.locator("#banner")).to_be_visible()
    yield "elsewhere"


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("language", ["en", "es"])
def test_wcag_2_2_aa(console: Open, language: str, width: int) -> None:
    axe_module = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    rules = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    desk = console(language, viewport={"width": width, "height": 900}, reduced_motion="reduce")
    for where in stages(desk):
        for look in (STRUCTURE, TARGETS, OVERFLOW) + ((CONTRAST,) if where == "talking" else ()):
            assert desk.page.evaluate(look) == [], where
        found = axe_module.Axe().run(desk.page, options={"runOnly": rules})
        assert found.response["violations"] == [], where


def test_spanish_is_spanish(console: Open) -> None:
    desk = console("es")
    desk.offer()
    expect(desk.page.locator("#urgent")).to_contain_text("Una persona para usted: Chat, Inglés, fila tier2")
    talk(desk)
    assert desk.page.get_attribute("html", "lang") == "es"
    assert desk.page.get_attribute("#said span[lang]", "lang") == "en", "what was said is in the caller's language"
    assert OFFER["call"] == PACKET["call"]


def test_callers_ring_on_the_phone_of_who_has_one(desk: ScriptedDesk, opened: Consoles, silent_browser: Browser) -> None:
    """Without one nothing is said of it; with one it takes the place of the microphone, and what needs that is not shown."""
    expect(desk.page.locator("#phone")).to_be_hidden()
    page = opened.page(silent_browser)
    with_phone = ScriptedDesk(page)

    def set_up(route: Route) -> None:
        answer = route.fetch()
        assert '"phone": ""' in answer.text()
        route.fulfill(response=answer, body=answer.text().replace('"phone": ""', '"phone": "0180"'))

    page.route("**/agent?lang=en", set_up)
    page.goto("/agent?lang=en")
    expect(page.locator("#phone")).to_be_enabled()
    page.keyboard.press("f")
    expect(page.locator("#phone")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#phone-words")).to_contain_text("ends in 0180")
    expect(page.locator("#microphone")).to_be_disabled()
    with_phone.hears(**{**HELLO, "phone": True})
    with_phone.tell({**OFFER, "channel": "voice", "by_phone": True, "seconds": 40})
    with_phone.present("offered")
    expect(page.locator("#offer-title")).to_contain_text("press 1")
    expect(page.locator("#answer")).to_be_hidden()
    expect(page.locator("#decline")).to_be_visible()
    with_phone.tell({**PACKET, "channel": "voice", "by_phone": True, "speaks": False, "typed_while_waiting": []})
    with_phone.present("talking")
    for shown, those in ((False, ("#hold", "#mute", "#open-keypad")), (True, ("#open-transfer", "#hang-up"))):
        for each in those:
            expect(page.locator(each)).to_be_visible(visible=shown)
    page.keyboard.press("t")
    expect(page.locator("#ask-colleague")).to_be_hidden()
    with_phone.tell({"type": "gone", "call": "CA1", "why": "not_met"})
    with_phone.present("away")
    expect(page.locator("#urgent")).to_contain_text("did not connect you")
