"""Whole calls on the phone page: spoken, typed and keyed, to the message that arrives."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.conftest import SCREENSHOT, Watched
from tests.live.server import ROOT
from tests.live.spoken import spoken

GREETING_S = 2.5
"""Silence before the recording speaks: the microphone is open before the call is answered."""
Visit = Callable[..., Watched]


@pytest.mark.speech
def test_words_spoken_into_the_microphone_are_recognised_and_the_text_arrives(speaker: Visit) -> None:
    phone = speaker(spoken("I never got my green card", "en", before_s=GREETING_S, after_s=60.0)).call()
    assert "green card" in phone.see("#transcript .caller", "card").lower()
    phone.see("#transcript .system", "Shall I send it?")
    phone.press("1")
    assert "uscis.gov/e-request" in phone.see("#arrived .sms", "USCIS:")
    assert phone.page.text_content("#microphone-words") == "On"
    if SCREENSHOT:
        phone.see("#transcript .system", "anything else")
        (ROOT / "docs/img").mkdir(parents=True, exist_ok=True)
        phone.page.mouse.move(0, 0)
        phone.page.set_viewport_size({"width": 1280, "height": 1300})
        phone.page.evaluate("document.querySelector('#transcript-frame').scrollTop = 1e6")
        phone.page.screenshot(path=str(ROOT / "docs/img/phone.png"), animations="disabled")
    phone.hang_up()


@pytest.mark.speech
def test_spanish_by_microphone_in_a_context_of_48_kilohertz(speaker: Visit) -> None:
    """The rate of a browser that cannot run sound at 8 kHz: both directions are resampled."""
    phone = speaker(spoken("no tengo el aviso de aprobación, nunca lo recibí", "es", before_s=GREETING_S, after_s=60.0),
                    "?raw=1&hertz=48000&lang=es")
    phone.page.check("#settings input[value=es]")
    phone.call()
    assert "nunca lo recib" in phone.see("#transcript .caller", "recib").lower()
    phone.see("#transcript .system", "oprima 1")
    phone.press("1")
    assert "uscis.gov/e-request" in phone.see("#arrived .sms", "USCIS")
    assert phone.page.get_attribute("#transcript .system:last-child .said", "lang") == "es"


def test_without_a_microphone_a_typed_sentence_is_spoken_and_recognised(phone: Watched) -> None:
    phone.call()
    assert "No microphone was found" in phone.see("#notice", "microphone")
    phone.say("When are you open?")
    assert "open" in phone.see("#transcript .caller", "open").lower()
    phone.see("#transcript .system", "This line answers")


def test_a_refused_microphone_is_told_and_the_call_goes_on(speaker: Visit) -> None:
    phone = speaker(spoken("nobody hears this", "en"), allowed=False).call()
    assert "was not allowed" in phone.see("#notice", "microphone")
    phone.page.click("text=I want to talk to a person.")
    phone.see("#transcript .system", "We have few representatives")


def test_the_whole_way_by_keys(phone: Watched) -> None:
    """The buttons and the keyboard do the same; any key at the open question leads to the menus."""
    phone.call()
    phone.press("9")
    phone.see("#transcript .system", "For your case or your address, press 1.")
    phone.press("1", by_keyboard=True)
    phone.see("#transcript .system", "For the status of your case, press 1.")
    phone.press("1", by_keyboard=True)
    phone.see("#transcript .system", "Shall I send it?")
    phone.press("1")
    phone.see("#arrived .sms", "uscis.gov/casestatus")
    assert phone.see("#transcript .caller >> nth=0", "9").startswith("You")
    assert "by keypad" in phone.page.inner_text("#transcript .caller >> nth=0")


def test_an_address_typed_in_the_call_gets_the_link_by_email(phone: Watched) -> None:
    phone.page.check("#anonymous")
    phone.call()
    phone.page.fill("#email", "nobody@")
    phone.page.press("#email", "Enter")
    phone.see("#email-problem", "no complete email address")
    phone.page.fill("#email", "ana@example.org")
    phone.page.press("#email", "Enter")
    phone.see("#email-good", "has your address")
    phone.page.click("text=Where is my case right now?")
    phone.see("#transcript .system", "link by email")
    phone.press("1")
    mail = phone.see("#arrived .mail", "Your case status")
    assert "ana@example.org" in mail
    assert "https://uscis.gov/casestatus" in mail.replace("www.", "")
    assert phone.page.locator("#arrived .sms").count() == 0


def test_whoever_does_not_wait_for_an_officer_gets_a_callback_with_a_reference(phone: Watched) -> None:
    phone.page.check("#settings input[value=en]")
    phone.call()
    phone.say("My mother is dying and I need to leave the country.")
    phone.see("#transcript .system", "because of an emergency")
    phone.press("1")
    phone.see("#transcript .system", "before an ordinary application")
    phone.press("1")
    phone.page.wait_for_selector('#state[data-state="queue"]', timeout=60_000)
    assert phone.page.inner_text("#state-words") == "In line for an officer"
    assert "tier2" in phone.see("#where", "Queue")
    phone.page.click("#leave-queue")
    phone.see("#transcript .system", "keep your place in line")
    phone.press("2")
    phone.see("#transcript .system", "within 24")
    phone.press("1")
    phone.see("#transcript .system", "May we call and text you")
    phone.press("1")
    phone.see("#transcript .system", "second number")
    phone.say("no")
    promise = phone.see("#arrived .promise", "Reference")
    assert "March 13, 2026" in promise, "72 hours after a Tuesday, as the caller heard it"
    assert phone.page.inner_text("#arrived .promise .reference") in phone.see("#arrived .sms", "Reference")


def test_a_broken_line_is_repaired_where_it_was(phone: Watched) -> None:
    """The socket breaks under the call: the page asks what comes next and goes on with a new token."""
    phone.call()
    phone.page.evaluate("window.sockets[0].close()")
    phone.see("#notice", "The line broke and is back")
    phone.see_question(4)
    phone.page.click("text=When are you open?")
    phone.see("#transcript .system", "This line answers")
    assert phone.page.evaluate("window.sockets.length") == 2


def test_hanging_up_ends_the_call_and_another_can_begin(phone: Watched) -> None:
    phone.call()
    phone.hang_up()
    assert phone.page.inner_text("#state-detail") == "you hung up"
    assert phone.page.inner_text("#call") == "Call again"
    phone.call()
    assert phone.page.inner_text("#call") == "Hang up"
    assert phone.page.locator("#transcript .system").count() == 2
