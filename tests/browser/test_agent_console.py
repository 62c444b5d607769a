"""The console against a scripted server: every part of the page by keyboard and by mouse, in both languages, small and large.

Longer than other files, because it is one page on one scripted desk: the last test goes through all the states that the ones before it
lead to, and shares their steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.accessibility import CONTRAST, OVERFLOW, STRUCTURE, TARGETS
from tests.browser.agents import Consoles
from tests.browser.scripted_desk import CALLBACK, OFFER, PACKET, TOPICS, WORDS, ScriptedDesk

Open = Callable[..., ScriptedDesk]
HELLO = {"type": "hello", "audio": False, "phone": False, "language": "en"}


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


def talk(desk: ScriptedDesk, **other: Any) -> Page:
    desk.connect(**other)
    expect(desk.page.locator("#call")).to_be_visible()
    return desk.page


def focused(page: Page, selector: str) -> None:
    expect(page.locator(selector)).to_be_focused()


# -- presence


def test_the_page_introduces_itself_and_says_what_it_does(desk: ScriptedDesk) -> None:
    assert desk.heard == [HELLO]
    page = desk.page
    expect(page.locator("#waiting")).to_have_text("2")
    page.keyboard.press("r")
    desk.hears(type="ready")
    desk.present("ready")
    expect(page.locator("#doing-words")).to_have_text("Ready")
    expect(page.locator("#ready")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#polite")).to_have_text("Ready")
    expect(page.locator("#doing-since")).to_have_text("0:02")
    page.keyboard.press("b")
    desk.hears(type="away")


def test_which_callers_are_taken_is_said_at_once_and_kept(desk: ScriptedDesk) -> None:
    page = desk.page
    page.keyboard.press("o")
    focused(page, "#which-title")
    page.uncheck("input[name=queue][value=tier1]")
    page.uncheck("input[name=language][value=en]")
    page.uncheck("input[name=language][value=es]")
    page.click("#which-form button")
    expect(page.locator("#which-problem")).to_contain_text("at least one")
    page.check("input[name=language][value=es]")
    page.keyboard.press("Control+Enter")
    desk.hears(**HELLO, queues=["tier2"], languages=["es"])
    focused(page, "#open-which")
    page.reload()
    desk.wait_for(lambda: desk.types().count("hello") == 3, "introduces itself again")
    assert desk.heard[-1] == {**HELLO, "queues": ["tier2"], "languages": ["es"]}
    assert not page.is_checked("input[name=queue][value=tier1]")


# -- offers


def test_an_offer_is_shown_counted_down_announced_and_answered(desk: ScriptedDesk) -> None:
    page = desk.page
    desk.offer()
    expect(page.locator("#offer")).to_be_visible()
    focused(page, "#offer-title")
    expect(page.locator("#urgent")).to_contain_text("Chat, English, queue tier2, waited 2:05. Urgent. Answer with A")
    assert page.title().startswith("(!) A caller")
    assert page.evaluate("[...document.querySelectorAll('#offer-facts dd')].map((e) => e.textContent)") == [
        "Urgent", "Chat", "English", "tier2", "2:05", "Biometrics reschedule"]
    expect(page.locator("#offer-left")).to_contain_text("18 seconds left")
    page.keyboard.press("a")
    desk.hears(type="answer")
    page.keyboard.press("a")
    page.keyboard.press("d")
    assert "decline" not in desk.types()
    assert desk.types().count("answer") == 1
    talk(desk)
    expect(page.locator("#offer")).to_be_hidden()
    assert page.title() == "Console - Frontline"


def test_the_countdown_is_told_at_ten_and_five_seconds(desk: ScriptedDesk) -> None:
    desk.offer(seconds=6)
    expect(desk.page.locator("#polite")).to_have_text("5 seconds left to answer")


def test_who_writes_is_not_interrupted_by_an_offer(desk: ScriptedDesk) -> None:
    page = desk.page
    page.click("#open-callbacks")
    page.click("summary")
    page.locator("#callbacks-list input").type("called, no ans")
    desk.offer()
    expect(page.locator("#urgent")).to_contain_text("A caller for you")
    page.keyboard.type("wer, a d")
    expect(page.locator("#callbacks-list input")).to_have_value("called, no answer, a d")
    assert "answer" not in desk.types()
    page.keyboard.press("Escape")
    page.keyboard.press("d")
    desk.hears(type="decline")
    desk.present("away")
    expect(page.locator("#offer")).to_be_hidden()


def test_an_offer_that_passes_is_told(desk: ScriptedDesk) -> None:
    desk.offer()
    expect(desk.page.locator("#offer")).to_be_visible()
    desk.tell({"type": "gone", "call": "CA1", "why": "taken"})
    desk.present("away")
    expect(desk.page.locator("#urgent")).to_have_text("The offer has passed.")
    expect(desk.page.locator("#wrap")).to_be_hidden()
    focused(desk.page, "#doing")


# -- the conversation


def test_everything_that_is_known_is_on_the_screen(desk: ScriptedDesk) -> None:
    page = talk(desk, note="asked twice already")
    facts = page.inner_text("#facts")
    for shown in ("Checked: is who they say · Applicant", "Biometrics reschedule", "bio-advance · biometrics in fewer than 12 days",
                  "English", "Chat", "tier2", "********0143", "asked twice already"):
        assert shown in facts
    assert "change the date for my fingerprints" in page.inner_text("#said")
    assert "reschedule (sms, delivered)" in page.inner_text("#links")
    assert "hello?" in page.inner_text("#lines")
    assert page.locator("#values button").count() == 2, "what is not masked has nothing to show"
    page.keyboard.press("Escape")
    page.keyboard.press("p")
    expect(page.locator("#previous-calls")).to_contain_text("Case status · Completed · Resolved")


@pytest.mark.parametrize(("language", "shown"), [
    ("en", ("We called back: reference", "ACDEFGHJ · Urgent", "Identity in that call",
            "Was checked then; it does not count now · Applicant", "Not checked: say nothing about a case",
            "her mother is dying", "call after ten")),
    ("es", ("Llamada devuelta: referencia", "ACDEFGHJ · Urgente", "Se comprobó entonces; ahora no vale", "her mother is dying"))])
def test_of_somebody_whom_we_called_the_promise_is_shown(console: Open, language: str, shown: tuple[str, ...]) -> None:
    desk = console(language)
    desk.offer(called_back=True, reference="ACDEFGHJ")
    expect(desk.page.locator("#offer-facts")).to_contain_text("ACDEFGHJ")
    expect(desk.page.locator("#urgent")).to_contain_text("Called back. Urgent." if language == "en" else "Llamada devuelta. Urgente.")
    page = talk(desk, called_back=True, reference="ACDEFGHJ", verified={"state": "unknown", "as": "none"}, channel="voice", speaks=True,
                promised={**CALLBACK, "note": "her mother is dying", "by": "eva", "notes": [{"note": "call after ten"}]},
                then={"call": "CA0", "at": "2026-03-01T15:00:00+00:00", "channel": "voice",
                      "verified": {"state": "verified", "as": "applicant"}})
    facts = page.inner_text("#facts")
    for words in shown:
        assert words in facts, words


def test_lines_go_both_ways(desk: ScriptedDesk) -> None:
    page = talk(desk)
    focused(page, "#line-text")
    page.keyboard.type("Good morning, a r h x ?")
    page.keyboard.press("Enter")
    desk.hears(type="line", text="Good morning, a r h x ?")
    desk.tell({"type": "line", "call": "CA1", "text": "<b>I live</b> in Ohio"})
    desk.tell({"type": "line", "call": "another", "text": "not this caller's"})
    expect(page.locator("#lines p").last).to_have_text("Caller: <b>I live</b> in Ohio")
    assert [m for m in desk.heard if m["type"] not in ("hello", "line")] == []


def test_a_value_is_shown_for_a_reason(desk: ScriptedDesk) -> None:
    page = talk(desk)
    page.keyboard.press("Escape")
    page.keyboard.press("v")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    focused(page, "#reveal-reason")
    page.keyboard.press("Enter")
    assert "reveal" not in desk.types(), "a reason is required"
    page.keyboard.type("to move it")
    page.keyboard.press("Enter")
    desk.hears(type="reveal", slot="appointment_date", reason="to move it")
    desk.tell({"type": "revealed", "slot": "appointment_date", "value": "2026-03-20"})
    expect(page.locator("[data-slot=appointment_date] .value")).to_have_text("2026-03-20")
    expect(page.locator("#polite")).to_have_text("Appointment date is shown.")
    focused(page, "#values-title")
    page.locator("[data-slot=email] button").click()
    page.keyboard.press("Escape")
    expect(page.locator("#reveal")).to_be_hidden()
    focused(page, "[data-slot=email] button")


def test_hold_and_hanging_up_need_their_keys_and_escape_does_neither(desk: ScriptedDesk) -> None:
    page = talk(desk, channel="voice", speaks=True)
    for _ in range(4):
        page.keyboard.press("Escape")
    focused(page, "#call-title")
    page.keyboard.press("h")
    desk.hears(type="hold", on=True)
    desk.tell({"type": "held", "call": "CA1", "on": True})
    expect(page.locator("#call-state")).to_contain_text("On hold")
    expect(page.locator("#polite")).to_contain_text("On hold")
    expect(page.locator("#hold")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("h")
    desk.hears(type="hold", on=False)
    page.keyboard.press("x")
    focused(page, "#hang-up")
    assert "end" not in desk.types(), "one key alone hangs nobody up"
    page.keyboard.press("Enter")
    desk.hears(type="end")


def test_the_keypad_sends_digits_by_mouse_and_by_key(desk: ScriptedDesk) -> None:
    page = talk(desk, channel="voice", speaks=True)
    page.keyboard.press("5")
    page.keyboard.press("k")
    page.click("[data-digit='1']")
    page.keyboard.press("9")
    page.keyboard.press("#")
    desk.wait_for(lambda: "".join(m.get("digits", "") for m in desk.heard) == "19#", "the digits, in order and once")
    expect(page.locator("#digits-sent")).to_have_text("19#")
    page.keyboard.press("Escape")
    expect(page.locator("#keypad")).to_be_hidden()


def test_articles_are_in_the_language_of_the_caller(desk: ScriptedDesk, opened: Consoles) -> None:
    opened.expected.append("status of (503|409)")
    page = talk(desk, language="es", channel="voice")
    page.keyboard.press("g")
    expect(page.locator("#articles article")).to_have_attribute("lang", "es")
    assert page.locator("#articles a").get_attribute("href") == "https://www.uscis.gov/reschedule"
    expect(page.locator("#articles h4")).to_have_text(["Say", "Limits"])
    desk.answers["knowledge"] = (200, {"intent": "fee", "articles": [], "topics": TOPICS})
    page.focus("#topic")
    page.select_option("#topic", "fee")
    expect(page.locator("#articles")).to_have_text("There is no article for this.")
    expect(page.locator("#knowledge-intent")).to_have_text("For: Fee")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    focused(page, "#open-knowledge")
    desk.answers["knowledge"] = (503, {"error": "unavailable"})
    page.keyboard.press("g")
    expect(page.locator("#knowledge-problem")).to_have_text("This cannot be done at the moment. Please try again.")


def test_an_escalation_is_read_back_and_ends_with_the_words_to_say(desk: ScriptedDesk) -> None:
    page = talk(desk, channel="voice")
    page.keyboard.press("e")
    page.check("[name=urgency][value=urgent]")
    page.fill("#escalate-number", "202 555 0143")
    expect(page.locator("#escalate-read")).to_have_text("Read aloud: 2 0 2 5 5 5 0 1 4 3")
    page.check("#read-back")
    page.fill("#escalate-number", "202 555 01")
    assert not page.is_checked("#read-back"), "another number is read back anew"
    page.check("#read-back")
    page.fill("#escalate-note", "Travel because of a death")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#escalate-problem")).to_contain_text("ten digits")
    page.fill("#escalate-number", "202 555 0143")
    page.keyboard.press("Control+Enter")
    assert ("escalate" not in dict(desk.asked)), "not without having read it back"
    page.check("#read-back")
    page.fill("#escalate-email", "ana@example.org")
    page.keyboard.press("Control+Enter")
    desk.is_asked("escalate", call="CA1", urgency="urgent", number="202 555 0143", email="ana@example.org",
                  note="Travel because of a death", read_back=True)
    expect(page.locator("#escalated-words")).to_have_text(WORDS)
    focused(page, "#escalated")
    desk.gone("left")
    expect(page.locator("#disposition")).to_have_value("escalated_urgent")


def test_a_refused_escalation_says_why_and_keeps_what_was_written(desk: ScriptedDesk, opened: Consoles) -> None:
    opened.expected.append("status of (503|400)")
    desk.answers["escalate"] = (400, {"error": "number", "message": "this number cannot be called: abroad (ask for another)"})
    page = talk(desk, channel="voice")
    page.keyboard.press("e")
    page.check("[name=urgency][value=routine]")
    page.fill("#escalate-number", "+5355551234")
    page.check("#read-back")
    page.fill("#escalate-note", "x")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#escalate-problem")).to_contain_text("This was not done: this number cannot be called. Ask for")
    expect(page.locator("#escalate-note")).to_have_value("x")


def test_a_cold_transfer(desk: ScriptedDesk) -> None:
    page = talk(desk, channel="voice")
    page.keyboard.press("t")
    page.select_option("#transfer-queue", "tier1")
    page.fill("#transfer-note", "wants to know the fee")
    page.click("[value=transfer]")
    desk.hears(type="transfer", queue="tier1", note="wants to know the fee")
    desk.gone("transferred")
    expect(page.locator("#wrap-why")).to_have_text("The caller is handed over.")
    expect(page.locator("#disposition")).to_have_value("transferred")


def test_a_warm_transfer(desk: ScriptedDesk) -> None:
    page = talk(desk, channel="voice")
    page.keyboard.press("t")
    page.fill("#transfer-note", "please help with travel")
    page.keyboard.press("Control+Enter")
    desk.hears(type="consult", queue="tier1", note="please help with travel")
    desk.tell({"type": "held", "call": "CA1", "on": True})
    desk.tell({"type": "consulting", "queue": "tier1", "state": "waiting", "with": ""})
    expect(page.locator("#consulting-words")).to_contain_text("Waiting for a colleague of tier1")
    focused(page, "#back")
    page.keyboard.press("j")
    assert "consult_complete" not in desk.types(), "nobody is there yet"
    desk.tell({"type": "consulting", "queue": "tier1", "state": "talking", "with": "eva"})
    expect(page.locator("#consulting-words")).to_contain_text("You talk with eva")
    page.keyboard.press("n")
    desk.hears(type="consult_end")
    desk.tell({"type": "consulting", "queue": "tier1", "state": "over", "with": "eva"})
    desk.tell({"type": "held", "call": "CA1", "on": False})
    expect(page.locator("#consulting")).to_be_hidden()
    desk.tell({"type": "consulting", "queue": "tier1", "state": "talking", "with": "eva"})
    expect(page.locator("#join")).to_be_enabled()
    page.keyboard.press("j")
    desk.hears(type="consult_complete")
    desk.gone("taken")
    expect(page.locator("#wrap-why")).to_have_text("Your colleague goes on with the caller.")


def test_a_consultation_is_offered_as_such(desk: ScriptedDesk) -> None:
    desk.offer(consult=True, note="please help with travel")
    expect(desk.page.locator("#offer-title")).to_have_text("A colleague asks for you")
    expect(desk.page.locator("#offer-facts")).to_contain_text("please help with travel")


def test_who_is_asked_sees_the_caller_and_gets_them_when_they_are_handed_over(desk: ScriptedDesk) -> None:
    page = talk(desk, consult=True, speaks=True, note="please help with travel")
    expect(page.locator("#call-state")).to_have_text("You talk with a colleague about this caller, who is on hold")
    focused(page, "#call-title")
    expect(page.locator("#line-form")).to_be_hidden()
    for each in ("#hold", "#open-transfer"):
        expect(page.locator(each)).to_be_disabled()
    desk.connect(note="please help with travel", typed_while_waiting=[])
    expect(page.locator("#call-state")).to_have_text("In conversation")
    focused(page, "#line-text")
    expect(page.locator("#hold")).to_be_enabled()


# -- afterwards


def test_wrapping_up_by_keyboard(desk: ScriptedDesk) -> None:
    page = talk(desk)
    desk.gone("left")
    focused(page, "#disposition")
    expect(page.locator("#wrap-clock")).to_have_text("0:01")
    assert page.locator("#controls").is_hidden()
    assert page.locator("#line-form").is_hidden()
    expect(page.locator("#disposition")).to_have_value("caller_left")
    page.keyboard.type("Reso")
    page.keyboard.press("Tab")
    page.keyboard.type("moved to April")
    page.keyboard.press("Control+Enter")
    desk.is_asked("wrap-up", call="CA1", disposition="resolved", note="moved to April")
    desk.hears(type="wrapped_up")
    desk.present("ready")
    expect(page.locator("#wrap")).to_be_hidden()
    focused(page, "#doing")
    assert "fingerprints" not in page.content(), "nothing about a caller stays on the screen"
    assert "0143" not in page.content()


def test_away_after_this_caller(desk: ScriptedDesk) -> None:
    page = talk(desk)
    desk.gone("ended")
    page.select_option("#disposition", "resolved")
    page.check("[name=then][value=away]")
    page.click("#wrap-form button")
    desk.hears(type="away")
    assert "wrapped_up" not in desk.types(), "ready in between, and whoever waits would ring"


def test_what_could_not_be_stored_is_not_lost(desk: ScriptedDesk, opened: Consoles) -> None:
    opened.expected.append("status of (503|409)")
    desk.answers["wrap-up"] = (503, {"error": "unavailable"})
    page = talk(desk)
    desk.gone("left")
    page.fill("#wrap-note", "moved to April")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#wrap-problem")).to_have_text("This cannot be done at the moment. Please try again.")
    expect(page.locator("#wrap-note")).to_have_value("moved to April")
    assert "wrapped_up" not in desk.types()


def test_callbacks_are_worked_from_the_same_screen(desk: ScriptedDesk) -> None:
    page = desk.page
    page.keyboard.press("c")
    item = page.locator("#callbacks-list li")
    for shown in ("Callback ACDEFGHJ", "Urgent", "Overdue", "Travel", "Spanish", "********0166"):
        expect(item).to_contain_text(shown)
    page.locator("summary").press("Enter")
    item.locator("button[value=close]").click()
    expect(item.locator("select")).to_be_focused()
    item.locator("input").fill("reached")
    item.locator("button[value=note]").click()
    desk.is_asked("callbacks/note", key="k1", note="reached")
    expect(page.locator("#polite")).to_have_text("The note is written down.")
    page.locator("summary").click()
    item.locator("select").select_option("resolved")
    desk.answers["callbacks"] = (200, {"callbacks": []})
    item.locator("button[value=close]").click()
    desk.is_asked("callbacks/close", key="k1", note="", disposition="resolved")
    expect(page.locator("#callbacks-list")).to_have_text("There are no callbacks.")


# -- the connection


def test_a_lost_connection_is_told_and_comes_back_with_the_same_caller(desk: ScriptedDesk) -> None:
    page = talk(desk)
    page.fill("#line-text", "half a sent")
    desk.sockets[-1].close(code=1012)
    expect(page.locator("#banner")).to_contain_text("The connection is lost")
    expect(page.locator("#doing-words")).to_have_text("Not connected")
    desk.wait_for(lambda: desk.types().count("hello") == 2, "comes back")
    talk(desk)
    expect(page.locator("#banner")).to_be_hidden()
    expect(page.locator("#line-text")).to_have_value("half a sent")


def test_whose_caller_went_back_to_the_line_is_told(desk: ScriptedDesk) -> None:
    page = talk(desk)
    desk.doing = "away"
    desk.sockets[-1].close(code=1012)
    expect(page.locator("#urgent")).to_contain_text("The caller went back to the line")
    expect(page.locator("#call")).to_be_hidden()


def test_another_page_takes_over(desk: ScriptedDesk) -> None:
    desk.tell({"type": "gone_elsewhere"})
    desk.sockets[-1].close(code=1000)
    page = desk.page
    expect(page.locator("#banner")).to_contain_text("opened on another page")
    page.wait_for_timeout(600)
    assert len(desk.sockets) == 1, "it does not take it back by itself"
    page.get_by_role("button", name="Use it here").click()
    expect(page.locator("#doing-words")).to_have_text("Away")
    expect(page.locator("#banner")).to_be_hidden()


def test_who_is_signed_out_is_led_to_the_sign_in(desk: ScriptedDesk, opened: Consoles) -> None:
    opened.expected.append("status of 401")
    desk.answers["callbacks"] = (401, {"error": "unauthorized"})
    desk.page.keyboard.press("c")
    expect(desk.page.locator("#banner")).to_contain_text("You are signed out")
    assert desk.page.get_attribute("#sign-in-again", "href") == "/sign-in?next=%2Fagent&lang=en"


def test_an_error_of_the_server_is_shown(desk: ScriptedDesk) -> None:
    desk.tell({"type": "error", "code": "no_ring", "message": "nobody rings any more"})
    expect(desk.page.locator("#problem")).to_have_text("This was not done: nobody rings any more.")
    desk.tell({"type": "error", "code": "of_another_version", "message": "there is no moon today"})
    expect(desk.page.locator("#problem")).to_have_text("This was not done: there is no moon today")


def test_an_error_of_the_server_is_shown_in_the_language_of_the_page(console: Open, opened: Consoles) -> None:
    desk = console("es")
    desk.tell({"type": "error", "code": "no_ring", "message": "nobody rings any more"})
    expect(desk.page.locator("#problem")).to_have_text("No se hizo: ya no llama nadie.")
    opened.expected.append("status of 409")
    desk.answers["callbacks/note"] = (409, {"error": "conflict", "message": "another transaction changed the same rows first"})
    desk.page.keyboard.press("c")
    desk.page.locator("#callbacks-list summary").click()
    desk.page.fill("#callbacks-list input", "nadie contesta")
    desk.page.click("#callbacks-list [value=note]")
    expect(desk.page.locator("#callbacks-problem")).to_have_text(
        "No se hizo: alguien más cambió lo mismo en este momento. Inténtelo de nuevo.")


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
