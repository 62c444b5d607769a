"""The console against a scripted server while somebody talks: what is known, lines, keys, articles, escalations, transfers, colleagues."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.agents import Consoles
from tests.browser.console.steps import Open, focused, talk
from tests.browser.scripted_desk import CALLBACK, TOPICS, WORDS, ScriptedDesk


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
