"""Text telephones on the whole application: webhooks, media socket, engine and store are real, and so are the tones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ivr.dialog import events as ev
from ivr.speech import mulaw, recognizer_process
from ivr.speech.espeak_synthesizer import EspeakSynthesizer
from ivr.speech.pool import RecognizerPool
from ivr.speech.recognizer_process import RecognizerProcess
from ivr.telephony import tty_conversation
from ivr.testing.emulated_call import EmulatedCall
from ivr.testing.tone_leg import ToneLeg
from ivr.testing.tty_phone import TtyPhone
from ivr.testing.twiml_steps import StreamStep
from ivr.web import utterances
from ivr.web.media import MediaEndpoint
from ivr.web.media_text import MAX_BAD_LINES
from tests.fixtures_speech import whisper_models_dir
from tests.rim.site import TUESDAY, Site, site
from tests.rim.text_people import Clerk

__all__ = ["whisper_models_dir"]

TTY_NUMBER = "+18007671833"


class Caller:
    """One call from a text telephone."""

    def __init__(self, where: Site, call: EmulatedCall):
        self.site, self.call = where, call

    @property
    def leg(self) -> ToneLeg:
        assert isinstance(self.call.leg, ToneLeg)
        return self.call.leg

    @property
    def phone(self) -> TtyPhone:
        return self.leg.phone

    @property
    def session(self) -> Any:
        return self.site.services.turns.session(self.call.sid)

    def read(self, until: str = "GA") -> str:
        return " ".join(self.phone.read(until).split())

    def ask(self, text: str) -> str:
        self.phone.type(text)
        return self.read()


@pytest.fixture
def where(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path, TUESDAY, intents="words") as one:
        endpoint = MediaEndpoint(one.services)

        def leg(call: EmulatedCall, step: StreamStep) -> ToneLeg:
            return ToneLeg(endpoint, step.url, one.carrier.auth_token, account_sid=one.carrier.account_sid, call_sid=call.sid,
                           parameters=step.parameters)

        one.carrier.media_leg = leg  # type: ignore[assignment]
        yield one
        for call in one.carrier.calls.values():
            if not call.ended:
                call.hangup()


@pytest.fixture
def caller(where: Site) -> Caller:
    return Caller(where, where.call(to=TTY_NUMBER))


def test_a_whole_call_is_typed_and_its_link_arrives(caller: Caller) -> None:
    assert caller.read() == "USCIS AUTOMATED LINE. PARA ESPANOL, ESCRIBA 2. WHAT IS YOUR QUESTION? TYPE A FEW WORDS. GA"
    assert caller.ask("I NEVER GOT MY GREEN CARD GA").endswith("YES 1, NO 2 GA")
    caller.phone.type("Y GA")
    assert "ON ITS WAY" in caller.read()
    caller.phone.type("NO THX GA")
    assert caller.read("SK").endswith("SK")
    caller.phone.wait_until(lambda: caller.leg.is_closed, "the end", 20)
    assert caller.call.finish_stream()
    assert (caller.call.ended, caller.session.outcome) == ("hangup", "self_service")
    caller.site.work()
    assert [m.to for m in caller.site.ledger.sms] == ["+12025550143"]


def test_keys_are_answers_too_and_may_be_pressed_ahead(caller: Caller) -> None:
    caller.read()
    caller.leg.press("2")
    assert "PREGUNTA" in caller.read()
    assert caller.session.language == "es"


def test_sk_says_goodbye(caller: Caller) -> None:
    caller.read()
    caller.phone.type("SKSK")
    assert caller.read("SK").endswith("SK")
    caller.phone.wait_until(lambda: caller.leg.is_closed, "the end", 20)


def test_what_is_typed_before_sk_is_answered_first(caller: Caller) -> None:
    caller.read()
    caller.phone.type("ESPANOL SK")
    caller.read("SK")
    assert caller.session.language == "es"


def test_silence_is_announced_and_a_key_gives_more_time(caller: Caller) -> None:
    caller.read()
    before = caller.phone.now_s
    assert caller.read() == "STILL THERE? TYPE ANY KEY FOR MORE TIME. GA"
    assert caller.phone.now_s - before > 15
    caller.phone.type(" ")
    assert "MORE TIME" in caller.read()
    turn = caller.session.turn
    caller.phone.wait(20)
    assert caller.session.turn == turn


def test_a_typist_may_interrupt_an_answer(caller: Caller) -> None:
    caller.phone.wait(4)
    caller.phone.type("CASE STATUS GA", interrupt=True)
    assert "ONLINE" in caller.read()


def test_a_stream_that_is_lost_is_taken_up_with_the_same_question(caller: Caller) -> None:
    caller.read()
    caller.ask("I NEVER GOT MY GREEN CARD GA")
    question = caller.session.last_said[-1].key
    caller.leg.line.close()
    caller.call.stream_ends()
    caller.read()
    assert (caller.session.last_said[-1].key, caller.session.tries) == (question, 0)


def test_a_store_that_fails_ends_the_call_with_words_and_never_with_silence(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    from ivr.errors import Unavailable

    caller.read()

    def fails(*_: Any, **__: Any) -> Any:
        raise Unavailable("the store is down")

    monkeypatch.setattr(caller.site.services.turns, "take", fails)
    caller.phone.type("CASE STATUS GA")
    assert caller.read("SK").endswith("SK")
    caller.phone.wait_until(lambda: caller.leg.is_closed, "the end", 20)


def test_voice_carry_over_is_confirmed_and_kept(caller: Caller) -> None:
    caller.read()
    assert "VCO" in caller.ask("VCO PLS GA")
    assert caller.session.tty_mode == "vco"


def test_nobody_asks_a_typist_to_press_or_to_speak(caller: Caller) -> None:
    shown = caller.read() + caller.ask("HELP GA")
    assert not {"PRESS", "SAY", "SPEAK", "LISTEN", "HEAR"} & set(shown.replace(",", " ").replace(".", " ").split())


def test_a_turn_that_somebody_else_took_goes_on_from_what_is_stored(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another request was faster: the question that stands is asked, and the call is not lost."""
    caller.read()
    take, refused = caller.site.services.turns.take, []

    def late(call_id: str, event: Any, **how: Any) -> Any:
        if refused:
            return take(call_id, event, **how)
        refused.append(event)
        return take(call_id, ev.NoInput(99), **how)

    monkeypatch.setattr(caller.site.services.turns, "take", late)
    assert caller.ask("I NEVER GOT MY GREEN CARD GA").endswith("WHAT IS YOUR QUESTION? TYPE A FEW WORDS. GA")
    assert caller.ask("I NEVER GOT MY GREEN CARD GA").endswith("YES 1, NO 2 GA")
    assert len(refused) == 1


def test_who_types_over_the_goodbye_still_reaches_the_end(caller: Caller) -> None:
    caller.read()
    caller.phone.type("SKSK")
    caller.phone.wait(2.5)
    caller.phone.type("BYE BYE", interrupt=True)
    caller.phone.wait_until(lambda: caller.leg.is_closed, "the end", 30)
    assert caller.session.status == "ended"


def test_a_key_stops_the_question_that_is_being_sent(caller: Caller) -> None:
    caller.phone.wait(4)
    caller.leg.press("2")
    shown = caller.read()
    assert "TYPE A FEW WORDS" not in shown
    assert "PREGUNTA" in shown


# -- people who type ---------------------------------------------------------------------------------------------------

TO_A_PERSON = ("I CANT USE THIS MENU BECAUSE OF MY DISABILITY GA", "NO GA", "YES GA")


def _to_the_queue(caller: Caller) -> None:
    caller.read()
    for words in TO_A_PERSON[:-1]:
        caller.ask(words)
    caller.phone.type(TO_A_PERSON[-1])
    caller.phone.wait_until(lambda: caller.session.transfer is not None, "the queue", 30)


def _until(caller: Caller, condition: Any, what: str) -> None:
    caller.phone.wait_until(lambda: caller.site.services.desk.settled(0.01) and condition(), what, 120)


def test_who_qualifies_types_with_a_member_of_staff_and_both_read_each_other(caller: Caller) -> None:
    desk, ana = caller.site.services.desk, Clerk("ana")
    desk.sign_in(ana)
    _to_the_queue(caller)
    _until(caller, lambda: ana.of("caller"), "the agent to be told")
    assert (ana.of("caller")[0]["channel"], ana.of("caller")[0]["queue"]) == ("tty", "tier1")
    caller.phone.take()
    desk.say(ana, "Hello, how can I help you?")
    assert caller.read().endswith("HELLO, HOW CAN I HELP YOU? GA")
    caller.phone.type("I NEED HELP WITH MY ADDRESS GA")
    _until(caller, lambda: ana.of("line"), "the line to arrive")
    assert ana.of("line")[0]["text"] == "I NEED HELP WITH MY ADDRESS"
    desk.end(ana)
    _until(caller, lambda: caller.session.transfer is None, "the flow to go on")
    assert caller.session.outcome or caller.read()


def test_the_last_line_of_a_member_of_staff_who_hangs_up_at_once_is_read(caller: Caller) -> None:
    desk, ida = caller.site.services.desk, Clerk("ida")
    desk.sign_in(ida)
    _to_the_queue(caller)
    _until(caller, lambda: ida.of("caller"), "the agent to be told")
    caller.phone.take()
    desk.say(ida, "Your appointment is on Friday. Goodbye.")
    desk.end(ida)
    _until(caller, lambda: caller.session.transfer is None, "the flow to go on")
    assert "YOUR APPOINTMENT IS ON FRIDAY. GOODBYE." in caller.read("SK" if caller.session.outcome else "GA")


def test_nobody_at_the_desk_is_told_and_the_flow_goes_another_way(caller: Caller) -> None:
    caller.read()
    for words in TO_A_PERSON:
        shown = caller.ask(words)
    assert shown.endswith("CALL WITHIN 30 BUSINESS DAYS? YES 1, NO 2 GA")
    assert (caller.session.status, caller.session.transfer) == ("live", None)


def test_a_caller_whose_stream_is_lost_keeps_the_conversation(caller: Caller) -> None:
    desk, eva = caller.site.services.desk, Clerk("eva")
    desk.sign_in(eva)
    _to_the_queue(caller)
    _until(caller, lambda: eva.of("caller"), "the agent to be told")
    caller.leg.line.close()
    caller.call.stream_ends()
    desk.say(eva, "Are you still there?")
    assert caller.read().endswith("ARE YOU STILL THERE? GA")


def test_a_caller_who_hangs_up_leaves_the_line(caller: Caller) -> None:
    desk = caller.site.services.desk
    ben = Clerk("ben")
    desk.sign_in(ben)
    _to_the_queue(caller)
    _until(caller, lambda: ben.of("caller"), "the agent to be told")
    caller.call.hangup()
    assert desk.settled()
    assert ben.of("gone")[0]["why"] == "left"


# -- carry over --------------------------------------------------------------------------------------------------------

class _Spoken:
    """A voice that a test can tell from tones: one steady pitch for each prompt."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def audio(self, text: str, language: str, key: str | None, static: bool) -> bytes:
        self.said.append(text)
        return mulaw.encode(0.3 * np.sin(2 * np.pi * 300 / 8000 * np.arange(8000)))

    def close(self) -> None:
        pass


def test_hearing_carry_over_speaks_and_reads(caller: Caller) -> None:
    voice = caller.site.services.prompt_audio = _Spoken()
    caller.read()
    caller.phone.type("HCO PLS GA")
    caller.phone.wait_until(lambda: bool(voice.said), "a spoken answer")
    assert caller.session.tty_mode == "hco"
    caller.phone.wait(3)
    spoken, shown = len(voice.said), caller.phone.take()
    assert "GA" not in shown
    caller.phone.type("I NEVER GOT MY GREEN CARD GA")
    caller.phone.wait_until(lambda: len(voice.said) > spoken, "the answer in speech")
    assert "YES" not in caller.phone.take()


# -- a line in trouble -------------------------------------------------------------------------------------------------

def test_a_bad_line_asks_to_type_again_twice_and_then_takes_what_there_is(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """How doubt is measured is the conversation's; here every long turn is in doubt."""
    caller.read()
    monkeypatch.setattr(tty_conversation, "BAD_LINE", -1.0)
    turn = caller.session.turn
    for _ in range(MAX_BAD_LINES):
        assert caller.ask("I NEVER GOT MY GREEN CARD GA") == "LINE IS BAD. PLS REPEAT. GA"
        assert caller.session.turn == turn
    assert caller.ask("I NEVER GOT MY GREEN CARD GA").endswith("YES 1, NO 2 GA")


# -- speech beside text ------------------------------------------------------------------------------------------------

@pytest.mark.speech
def test_voice_carry_over_is_heard_by_the_recogniser_and_answered_in_text(where: Site, whisper_models_dir: Path,
                                                                          monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(utterances, "RECOGNITION_S", 60.0)  # the first one loads the model
    services = where.services
    process = RecognizerProcess(recognizer_process.command("whisper", whisper_models_dir))
    services.recognition = RecognizerPool(process)
    voice = EspeakSynthesizer()
    try:
        caller = Caller(where, where.call(to=TTY_NUMBER))
        caller.read()
        caller.ask("VCO GA")
        said = mulaw.encode(voice.speak("I never got my green card", "en"))
        for at in range(0, len(said), 160):
            caller.phone.hear_while_speaking(said[at:at + 160].ljust(160, b"\xff"))
        assert "LINK" in caller.read()
        heard = [e.event for e in services.calls.log_of(caller.call.sid) if isinstance(e.event, ev.SpeechHeard)]
        assert "green card" in heard[-1].text.reveal().lower()
    finally:
        voice.close()
        services.recognition.close()
        services.recognition = None
