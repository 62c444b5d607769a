"""A telephone of staff through the real webhooks and the emulated carrier: it rings, 1 is pressed, the carrier connects the two, and
the flow goes on; or it does not come to that, and the caller is where they were."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ivr.testing.emulated_call import EmulatedCall
from ivr.web.agent_words import catalogue
from tests.rim.phones import NUMBER, Dialler, PhoneScreen
from tests.rim.site import Site
from tests.rim.text_people import Screen

TO_TIER2 = ("I need to move my fingerprint appointment", "march twentieth", "yes")
WORDS = catalogue("phone")["en"]


class OnStream(Dialler):
    """The caller's side without a socket: lets go of the stream when the carrier is waiting for something anyway."""

    def __init__(self, office: Site, call: EmulatedCall):
        super().__init__(call.sid, "tier2")
        self._call, self.rule = call, "x"
        self.bundle_hash = office.services.bundles.current.hash
        self._office = office
        office.carrier.pauses = lambda seconds: self.moves()

    def moves(self) -> None:
        assert self._office.services.desk.settled()
        if self.let_go and self._call.stream is not None:
            self._call.stream_ends()


@pytest.fixture
def ana(office: Site) -> PhoneScreen:
    # A voice of our own is asked for where somebody would hear it: here nobody does.
    office.services.prompt_audio = object()
    screen = PhoneScreen("ana")
    office.services.desk.sign_in(screen)
    return screen


@pytest.fixture
def call(office: Site, ana: PhoneScreen) -> Iterator[EmulatedCall]:
    made = office.call()
    for text in TO_TIER2:
        made.say(text)
    assert made.stream is not None, "they wait on our own stream"
    caller = OnStream(office, made)
    office.services.desk.join(caller, again=True)
    assert office.services.desk.settled()
    yield made
    office.services.prompt_audio = None


def the_phone(office: Site) -> EmulatedCall:
    (phone,) = [c for c in office.carrier.calls.values() if c.to == NUMBER.reveal()]
    return phone


def status(office: Site, call: EmulatedCall) -> str:
    return office.services.turns.session(call.sid).status


def test_picked_up_and_taken(office: Site, ana: PhoneScreen, call: EmulatedCall) -> None:
    phone = the_phone(office)
    phone.answer()
    assert phone.heard_text == WORDS["says"]
    phone.press("1")
    assert office.services.desk.settled()
    assert call.bridge is not None and call.bridge is phone.bridge
    queue = office.carrier.queues.by_name[f"agent-{call.sid}"].sid
    assert (ana.doing, ana.of("caller")[-1]["by_phone"]) == ("talking", True)
    assert office.services.turns.session(call.sid).transfer is not None
    phone.hangup()
    assert office.services.desk.settled()
    assert (ana.doing, office.services.desk.has(call.sid)) == ("wrap_up", False)
    assert office.services.turns.session(call.sid).transfer is None, "the flow has gone on"
    assert call.heard_text != "", "and said so"
    assert (phone.errors, call.errors, office.carrier.bad_answers) == ([], [], [])
    deleted = [path for method, path, _ in office.rest.requests if method == "DELETE"]
    assert [path.endswith(f"{queue}.json") for path in deleted] == [True], "the carrier would keep it for ever"
    assert f"agent-{call.sid}" not in office.carrier.queues.by_name


def test_hung_up_at_the_screen(office: Site, ana: PhoneScreen, call: EmulatedCall) -> None:
    phone = the_phone(office)
    phone.answer()
    phone.press("1")
    office.services.desk.end(ana)
    assert office.services.desk.settled()
    assert phone.ended == "api" and not phone.errors
    assert office.services.turns.session(call.sid).transfer is None and call.heard_text != "", "the flow has gone on"


def test_the_caller_hangs_up_in_the_middle(office: Site, ana: PhoneScreen, call: EmulatedCall) -> None:
    phone = the_phone(office)
    phone.answer()
    phone.press("1")
    call.hangup()
    assert office.services.desk.settled()
    assert (ana.doing, status(office, call)) == ("wrap_up", "ended")
    assert phone.ended


@pytest.mark.parametrize("keys", ["2", ""])
def test_no_key_or_another_one_is_no_answer(office: Site, ana: PhoneScreen, call: EmulatedCall, keys: str) -> None:
    phone = the_phone(office)
    phone.answer()
    phone.press(keys) if keys else phone.silence()
    assert office.services.desk.settled()
    assert phone.ended and (ana.doing, office.services.desk.position(call.sid)) == ("away", 1)
    assert call.stream is not None, "nothing has happened to the caller"


def test_nobody_picks_up(office: Site, ana: PhoneScreen, call: EmulatedCall) -> None:
    the_phone(office).decline("no-answer")
    assert office.services.desk.settled()
    assert (ana.doing, ana.of("error")[-1]["code"]) == ("away", "phone_not_answered")
    assert office.services.desk.position(call.sid) == 1


def test_the_caller_has_left_when_it_is_picked_up(office: Site, ana: PhoneScreen, call: EmulatedCall) -> None:
    phone = the_phone(office)
    office.rest.faults.next("500")  # the call to the phone is not ended, for once
    call.hangup()
    assert office.services.desk.settled()
    phone.answer()
    assert phone.heard_text == WORDS["gone"] and phone.ended


def test_passed_on_the_caller_is_back_on_our_stream(office: Site, ana: PhoneScreen, call: EmulatedCall) -> None:
    phone = the_phone(office)
    phone.answer()
    phone.press("1")
    officer = Screen("ben", ("tier2",))
    assert office.services.desk.transfer(ana, "tier2", "please")
    assert office.services.desk.settled()
    assert phone.ended and call.stream is not None and not call.ended
    assert status(office, call) == "live" and office.services.turns.session(call.sid).transfer is not None
    office.services.desk.sign_in(officer)
    assert office.services.desk.settled()
    assert officer.of("offer")[-1]["call"] == call.sid


def test_put_down_before_the_caller_was_there(office: Site, ana: PhoneScreen, call: EmulatedCall) -> None:
    """The caller's stream ends late: they come into the queue when nobody is behind it any more, and out of it again."""
    phone = the_phone(office)
    office.carrier.pauses = lambda seconds: None
    phone.answer()
    phone.press("1")
    assert phone.ended, "dialled again and again, then given up"
    assert office.services.desk.settled()
    assert (ana.doing, office.services.desk.position(call.sid)) == ("away", 1)
    call.stream_ends()
    assert call.stream is not None and call.waiting_in == "", "the next stream, not the queue"


def test_the_second_end_of_a_stream_opens_a_third(office: Site, ana: PhoneScreen, call: EmulatedCall) -> None:
    """Two that broke in the same wait: each time another one, with a token that was not used yet."""
    tokens = {call.stream.parameters["token"]}
    for _ in range(2):
        call.stream_ends()
        tokens.add(call.stream.parameters["token"])
    assert len(tokens) == 3


def test_a_repetition_changes_nothing(office: Site, ana: PhoneScreen, call: EmulatedCall) -> None:
    phone = the_phone(office)
    phone.answer()
    key = phone.document_url.rsplit("k=", 1)[1]
    for _ in range(2):
        office.carrier.tell("take", f"https://ivr.example.org/voice/phone/take?k={key}", phone.fields([("Digits", "1")]))
    assert office.services.desk.settled()
    assert len(ana.of("caller")) == 1
    for _ in range(2):
        office.carrier.tell("status", f"https://ivr.example.org/voice/phone/status?k={key}",
                            phone.fields([("CallStatus", "completed")]))
    assert office.services.desk.settled()
    assert [m["why"] for m in ana.of("gone")] == ["not_met"]


def test_the_number_is_in_no_log(office: Site, ana: PhoneScreen, call: EmulatedCall, capsys: pytest.CaptureFixture[str]) -> None:
    phone = the_phone(office)
    phone.answer()
    phone.press("1")
    phone.hangup()
    assert office.services.desk.settled()
    said = capsys.readouterr()
    assert NUMBER.reveal()[2:] not in said.out + said.err
