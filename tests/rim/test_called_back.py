"""People whom we have called wait at our own desk: they are offered, talk, are passed on, and the promise is kept once, or tried again,
whatever breaks and in whatever order.

Longer than other files, because each test is one more way in which the same call goes or ends, told with the same few helpers."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from ivr.contact.callbacks.model import REACHED
from ivr.dialog import events as ev
from ivr.runtime.people_desk import GRACE_S
from ivr.runtime.streams import Streams
from ivr.sensitive import Sensitive
from ivr.store.schema_promises import promise_history
from ivr.testing.emulated_call import EmulatedCall
from ivr.transcripts.log_watch import captured
from tests.rim.called_back import Voice, answered, breaks, leg_of, made_to, rings, with_voice
from tests.rim.phones import NUMBER, PhoneScreen
from tests.rim.promised_call import CELL, OFFICE, dialled, promise_call, state
from tests.rim.serving import changed
from tests.rim.site import Site
from tests.rim.text_people import Screen

CALLERS, AGENTS = b"\x11" * 160, b"\x22" * 160
RECEIPT = "EAC9999999999"


@pytest.fixture
def voice(office: Site) -> Voice:
    return with_voice(office)


@pytest.fixture
def screen(office: Site, voice: Voice) -> Screen:
    made = Screen("ana")
    office.services.desk.sign_in(made)
    return made


def promised_in(office: Site, call_id: str = "CA1") -> str:
    """The call in which it is promised: verified, with a case number, and over."""
    turns = office.services.turns
    turns.take(call_id, ev.CallStarted(call_id, caller_number=Sensitive(CELL), textable=True, language="en"))
    session = turns.session(call_id)
    assert session is not None
    turns.take(call_id, ev.SpeechHeard(session.turn, Sensitive("I have to move my biometrics appointment"), language="en"))
    changed(office, call_id, variables={"reason": "reschedule_biometrics", "appt": "future", "identity": "verified", "role": "applicant"},
            slots={"receipt_number": RECEIPT})
    turns.take(call_id, ev.CallEnded("hangup"))
    return call_id


def talks(office: Site, screen: Screen, call: EmulatedCall) -> dict[str, Any]:
    """The packet, once they talk."""
    assert office.services.desk.answer(screen)
    leg_of(call).settle()
    return screen.of("caller")[-1]


def moves(office: Site, key: str) -> list[str]:
    with office.services.db.read() as connection:
        rows = connection.execute(sa.select(promise_history.c.state, promise_history.c.note).where(promise_history.c.key == key)
                                  .order_by(promise_history.c.at)).all()
    return [f"{state}: {note}" for state, note in rows]


def endings(office: Site) -> dict[str, float]:
    """Result of promised calls -> how often it was counted."""
    return {s.labels["result"]: s.value for m in office.services.metrics.callback_calls.collect() for s in m.samples
            if s.name.endswith("_total")}


def live_sessions(office: Site) -> list[str]:
    from ivr.store.schema import calls

    with office.services.db.read() as connection:
        return list(connection.execute(sa.select(calls.c.call_id).where(calls.c.status == "live")).scalars())


@pytest.mark.usefixtures("on_every_store")
def test_they_are_offered_and_talk_and_the_promise_is_kept(office: Site, voice: Voice, screen: Screen) -> None:
    key = promise_call(office)
    call = answered(office)
    (offer,) = screen.of("offer")
    reference = office.services.promises.get(key)["reference"]  # type: ignore[index]
    assert (offer["call"], offer["queue"], offer["channel"]) == (call.sid, "tier2", "voice")
    assert (offer["called_back"], offer["reference"]) == (True, reference)
    packet = talks(office, screen, call)
    assert (packet["called_back"], packet["reference"], packet["speaks"]) == (True, reference, True)
    leg = leg_of(call)
    leg.say(CALLERS)
    assert CALLERS in screen.heard
    screen.end.say(AGENTS)
    assert leg.hears(AGENTS)
    assert state(office, key) != "done", "it is not over yet"
    office.services.desk.end(screen)
    assert call.finish_stream()
    assert call.ended == "hangup"
    assert (state(office, key), made_to(office, call).result, endings(office)) == ("done", REACHED, {REACHED: 1.0})
    assert [m for m in moves(office, key) if m.startswith("done")] == ["done: connected"]
    assert office.ledger.queue == [], "not at the carrier"
    assert live_sessions(office) == []
    office.work()
    assert len(dialled(office)) == 1


def test_they_hear_their_place_and_no_way_out(office: Site, voice: Voice, screen: Screen) -> None:
    promise_call(office)
    office.services.desk.away(screen)
    call = answered(office)
    said = " ".join(text for key, text in voice.said if key == "queue_wait")
    assert "next" in said.lower() or "1" in said or "first" in said.lower(), said
    assert "press 1" not in said.lower()
    leg_of(call).press("1")
    assert office.services.desk.position(call.sid) == 1
    office.clock.advance(61)
    office.services.desk.seen(screen)
    office.services.desk.tick()
    leg_of(call).settle()
    assert [key for key, _ in voice.said].count("queue_wait") == 2
    call.hangup()


def test_who_hangs_up_in_the_conversation_was_reached(office: Site, screen: Screen) -> None:
    key = promise_call(office)
    call = answered(office)
    talks(office, screen, call)
    call.hangup()
    assert office.services.desk.settled()
    assert (state(office, key), endings(office)) == ("done", {REACHED: 1.0})
    assert screen.of("gone")[-1]["why"] == "left"
    assert live_sessions(office) == []


def test_who_hangs_up_in_the_line_is_tried_on_the_next_number(office: Site, screen: Screen) -> None:
    key = promise_call(office)
    call = answered(office)
    assert screen.of("offer")
    call.hangup()
    assert office.services.desk.settled()
    assert (screen.of("gone")[-1]["why"], screen.doing) == ("left", "ready")
    assert (state(office, key), made_to(office, call).result, endings(office)) == ("waiting", "hung_up", {"hung_up": 1.0})
    rings(office)
    assert [to for _, to in dialled(office)] == [CELL, OFFICE]
    assert live_sessions(office) == []


def test_where_nobody_comes_they_hear_so_and_are_called_again(office: Site, voice: Voice, screen: Screen) -> None:
    key = promise_call(office, numbers=[CELL])
    office.services.desk.away(screen)
    call = answered(office)
    office.services.desk.sign_out(screen)
    for _ in range(2):
        office.clock.advance(GRACE_S)
        office.services.desk.tick()
    assert call.finish_stream()
    assert "callback_no_agent" in [key for key, _ in voice.said]
    assert (call.ended, state(office, key), endings(office)) == ("hangup", "waiting", {"no_agent": 1.0})
    rings(office)
    assert [to for _, to in dialled(office)] == [CELL, CELL], "it was our fault, so the same number"


def test_who_was_passed_on_to_nobody_is_called_again(office: Site, voice: Voice, screen: Screen) -> None:
    key = promise_call(office, numbers=[CELL])
    call = answered(office)
    talks(office, screen, call)
    assert made_to(office, call).result == REACHED
    assert office.services.desk.transfer(screen, "tier1", "wants something else")
    leg_of(call).settle()
    assert made_to(office, call).result is None
    office.services.desk.sign_out(screen)
    for _ in range(2):
        office.clock.advance(GRACE_S)
        office.services.desk.tick()
    assert call.finish_stream()
    assert (state(office, key), endings(office)) == ("waiting", {"no_agent": 1.0})


def test_who_is_handed_over_goes_on_with_the_colleague(office: Site, voice: Voice, screen: Screen) -> None:
    key = promise_call(office)
    call = answered(office)
    talks(office, screen, call)
    ben = Screen("ben")
    office.services.desk.sign_in(ben)
    assert office.services.desk.consult(screen, "tier2", "ask about the date")
    leg_of(call).settle()
    assert ben.of("offer")[-1]["called_back"] is True
    assert office.services.desk.answer(ben)
    assert office.services.desk.consult_complete(screen)
    leg_of(call).settle()
    assert (ben.of("caller")[-1]["call"], ben.of("caller")[-1]["note"]) == (call.sid, "ask about the date")
    office.services.desk.end(ben)
    assert call.finish_stream()
    assert (state(office, key), endings(office)) == ("done", {REACHED: 1.0})


@pytest.mark.parametrize("first", ["officer", "caller", "nobody"])
def test_an_officer_takes_them_on_a_telephone(office: Site, voice: Voice, first: str) -> None:
    key, officer = promise_call(office, numbers=[CELL]), PhoneScreen("ana")
    office.services.desk.sign_in(officer)
    call = answered(office)
    assert office.services.desk.settled()
    assert officer.of("offer")[-1]["called_back"] is True
    (phone,) = [c for c in office.carrier.calls.values() if c.to == NUMBER.reveal()]

    def goes_to_meet(seconds: float) -> None:
        if call.leg is not None:
            leg_of(call).settle()
            call.finish_stream()

    office.carrier.pauses = goes_to_meet
    phone.answer()
    if first == "nobody":
        office.carrier.pauses = lambda seconds: None
        phone.press("1")
        phone.hangup()
        leg_of(call).settle()
        call.finish_stream()
        assert (made_to(office, call).result, office.services.desk.position(call.sid)) == (None, 1)
        call.hangup()
        assert (state(office, key), endings(office)) == ("waiting", {"hung_up": 1.0})
        return
    phone.press("1")
    assert call.bridge is not None and call.bridge is phone.bridge
    assert (officer.doing, officer.of("caller")[-1]["promised"]["key"]) == ("talking", key)
    assert made_to(office, call).result == REACHED
    (phone if first == "officer" else call).hangup()
    assert office.services.desk.settled()
    assert (state(office, key), endings(office), live_sessions(office)) == ("done", {REACHED: 1.0}, [])
    assert officer.doing == "wrap_up"


# -- what breaks ------------------------------------------------------------------------------------------------------


def test_a_stream_that_never_comes_ends_at_the_carrier(office: Site, voice: Voice, screen: Screen) -> None:
    office.carrier.media_leg = lambda call, step: None  # type: ignore[assignment,return-value]
    key = promise_call(office)
    call = answered(office)
    for _ in range(5):
        if call.stream is not None:
            call.stream_ends()
    assert call.waiting_in == "tier2"
    assert "press 1" not in call.heard_text.lower(), "no way out at the carrier either"
    bridge = office.carrier.agent_answers("tier2")
    assert bridge is not None
    bridge.ends()
    assert (call.ended, state(office, key), endings(office)) == ("hangup", "done", {REACHED: 1.0})
    assert live_sessions(office) == []


@pytest.mark.parametrize(("how", "result", "after"), [("hangs up", "hung_up", "waiting"), ("too long", "no_agent", "waiting")])
def test_at_the_carrier_it_ends_as_it_does_here(office: Site, voice: Voice, screen: Screen, how: str, result: str, after: str) -> None:
    office.carrier.media_leg = lambda call, step: None  # type: ignore[assignment,return-value]
    key = promise_call(office)
    call = answered(office)
    while call.stream is not None:
        call.stream_ends()
    if how == "hangs up":
        call.hangup()
    else:
        begun = office.carrier.queues.clock_s()
        office.carrier.queues.clock_s = lambda: begun + 10_000
        call.wait_round()
    assert (bool(call.ended), state(office, key), endings(office)) == (True, after, {result: 1.0})
    assert live_sessions(office) == []


def test_a_stream_that_breaks_in_the_line_comes_back_to_the_same_place(office: Site, screen: Screen) -> None:
    key = promise_call(office)
    office.services.desk.away(screen)
    call = answered(office)
    for _ in range(4):
        office.clock.advance(10)
        breaks(office, call)
        assert office.services.desk.position(call.sid) == 1
    office.services.desk.ready(screen)
    leg_of(call).settle()
    assert screen.of("offer")[-1]["waited_s"] == 40
    talks(office, screen, call)
    office.services.desk.end(screen)
    assert call.finish_stream()
    assert (state(office, key), endings(office)) == ("done", {REACHED: 1.0})


def test_a_stream_that_breaks_in_the_conversation_goes_on_with_it(office: Site, screen: Screen) -> None:
    key = promise_call(office)
    call = answered(office)
    talks(office, screen, call)
    breaks(office, call)
    leg = leg_of(call)
    screen.end.say(AGENTS)
    assert leg.hears(AGENTS)
    leg.line.hangup()
    call.hangup()
    assert (state(office, key), endings(office)) == ("done", {REACHED: 1.0}), "broken off for good, but they had talked"


def test_a_server_that_is_started_anew_finds_them_where_they_were(office: Site, voice: Voice, screen: Screen) -> None:
    key = promise_call(office)
    office.services.desk.away(screen)
    call = answered(office)
    old = office.services.desk
    office.services.streams = Streams(office.services.settings.max_streams)
    old.leave(call.sid)  # the process is gone, and with it what it knew
    office.clock.advance(20)
    breaks(office, call)
    assert office.services.desk.position(call.sid) == 1
    office.services.desk.ready(screen)
    leg_of(call).settle()
    assert screen.of("offer")[-1]["waited_s"] == 20, "what they waited before counts"
    talks(office, screen, call)
    office.services.desk.end(screen)
    assert call.finish_stream()
    assert (state(office, key), endings(office)) == ("done", {REACHED: 1.0})


def test_the_last_word_of_the_call_may_come_before_the_key(office: Site, screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    key = promise_call(office)
    call = rings(office)
    call.answer()
    take = office.services.waiting.takes_called_back

    def too_late(*args: Any) -> bool:
        office.services.callbacks.endings.end(made_to(office, call).attempt_id, "hung_up", office.clock.now())
        return take(*args)

    monkeypatch.setattr(office.services.waiting, "takes_called_back", too_late)
    office.carrier.media_leg = lambda call, step: None  # type: ignore[assignment,return-value]
    call.press("1")
    assert (state(office, key), endings(office), live_sessions(office)) == ("waiting", {"hung_up": 1.0}, [])
    call.stream_ends()
    assert (call.ended, screen.of("offer")) == ("hangup", [])


def test_a_lost_word_of_the_end_is_asked_for(office: Site, screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    key = promise_call(office)
    call = answered(office)
    talks(office, screen, call)
    monkeypatch.setattr(office.carrier, "status_changed", lambda *args: None)
    monkeypatch.setattr(office.carrier, "status_done", lambda *args: None)
    call.hangup()
    assert state(office, key) == "calling"
    office.clock.advance(601)
    office.work()
    assert (state(office, key), endings(office), live_sessions(office)) == ("done", {REACHED: 1.0}, [])
    assert not office.services.desk.has(call.sid)


def test_a_repeated_webhook_gives_the_same_answer(office: Site, screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    promise_call(office)
    call = rings(office)
    call.answer()
    send, first = office.carrier.sender.send, b""

    def kept(kind: str, url: str, *args: Any) -> Any:
        nonlocal first
        answer = send(kind, url, *args)
        first = answer.body if "/callback/choice" in url and not first else first
        return answer

    monkeypatch.setattr(office.carrier.sender, "send", kept)
    call.press("1")
    row = next(w for w in reversed(office.ledger.webhooks) if "/callback/choice" in w.url)
    again = office.carrier.sender.send("gather", row.url, list(row.params))
    assert again.body == first
    assert office.services.desk.position(call.sid) == 0
    assert len(screen.of("offer")) == 1
    call.hangup()


WORDS = ("desk", "status", "asked of the carrier", "hours later")
"""Who may tell of the end, in any order, and each of them alone."""


@pytest.mark.parametrize("talked", [True, False])
@pytest.mark.usefixtures("on_every_store")
def test_the_promise_ends_once_whoever_tells_of_it_first(office: Site, screen: Screen, talked: bool) -> None:
    office.carrier.media_leg = lambda call, step: None  # type: ignore[assignment,return-value]
    orders = [order for n in (1, len(WORDS)) for order in itertools.permutations(WORDS, n)]
    services, before = office.services, 0.0
    for n, order in enumerate(orders):
        key = promise_call(office, "urgent", [f"+120255501{n:02d}"], email=None, texts=False, call_id=f"CAX{n}")
        call = answered(office)
        attempt = made_to(office, call)
        services.callbacks.keeping.with_staff(attempt.attempt_id, talked)
        for word in order:
            _tell(office, word, call, attempt.attempt_id, talked)
        ended = [m for m in moves(office, key) if m.partition(": ")[2] in ("connected", "hung_up", "no_agent", "not_placed")]
        now = sum(endings(office).values())
        assert (len(ended), now - before, live_sessions(office)) == (1, 1.0, []), (order, ended)
        assert (state(office, key) == "done") == talked, order
        before = now
        if state(office, key) != "done":
            _close(office, key)
        if not call.ended:
            call.hangup()


def _tell(office: Site, word: str, call: EmulatedCall, attempt_id: str, talked: bool) -> None:
    services, now = office.services, office.clock.now()
    if word == "desk":
        services.turns.take(call.sid, ev.QueueEnded("tier2", "connected" if talked else "wait_too_long"))
    elif word == "status":
        call.hangup()
    else:
        services.callbacks.endings.end(attempt_id, "no_agent" if word == "asked of the carrier" else "not_placed", now, note=word)


def _close(office: Site, key: str) -> None:
    """Nobody calls again in this test."""
    from ivr.store.schema_promises import promises

    with office.services.db.write() as connection:
        connection.execute(promises.update().where(promises.c.key == key).values(state="cancelled", wake_at=None))


def test_everything_that_was_delivered_once_more_changes_nothing(office: Site, screen: Screen) -> None:
    key = promise_call(office)
    call = answered(office)
    breaks(office, call)
    talks(office, screen, call)
    office.services.desk.end(screen)
    assert call.finish_stream()
    office.services.desk.ready(screen)
    before = (moves(office, key), endings(office), office.services.calls.log_of(call.sid), len(screen.of("offer")))
    for row in [w for w in office.ledger.webhooks if dict(w.params).get("CallSid") == call.sid]:
        office.carrier.sender.send(row.kind, row.url, list(row.params))
    assert office.services.desk.settled()
    assert (moves(office, key), endings(office), office.services.calls.log_of(call.sid), len(screen.of("offer"))) == before
    assert not office.services.desk.has(call.sid)


# -- who does not come here ----------------------------------------------------------------------------------------


def test_with_nobody_at_the_desk_they_wait_at_the_carrier(office: Site, voice: Voice) -> None:
    key = promise_call(office)
    call = answered(office)
    assert (call.waiting_in, office.services.turns.session(call.sid)) == ("tier2", None)
    bridge = office.carrier.agent_answers("tier2")
    assert bridge is not None
    bridge.ends()
    assert (state(office, key), endings(office)) == ("done", {REACHED: 1.0})


@pytest.mark.parametrize("which", ["tier1", "no microphone", "other language"])
def test_somebody_who_cannot_take_them_is_nobody(office: Site, voice: Voice, which: str) -> None:
    other = {"tier1": Screen("ana", ("tier1",)), "no microphone": Screen("ana", speaks=False),
             "other language": Screen("ana", languages=("es",))}[which]
    office.services.desk.sign_in(other)
    promise_call(office)
    call = answered(office)
    assert (call.waiting_in, other.of("offer")) == ("tier2", [])
    call.hangup()


@pytest.mark.parametrize("at_the_engine", [False, True])
def test_a_policy_that_has_become_false_is_counted_and_nobody_rings(office: Site, screen: Screen, monkeypatch: pytest.MonkeyPatch,
                                                                    at_the_engine: bool) -> None:
    key = promise_call(office, variables={"reason": "reschedule_biometrics", "appt": "past"})
    if at_the_engine:
        queue = office.services.bundles.current.queues["tier2"]
        monkeypatch.setattr("ivr.web.outbound.queue_for", lambda *args: (queue, "some-rule"))
    call = answered(office)
    assert (call.ended, screen.of("offer"), call.verbs[-2:]) == ("hangup", [], ["Say", "Hangup"])
    assert "again" in call.history[-1].text
    assert (state(office, key), endings(office)) == ("waiting", {"no_agent": 1.0})
    assert office.services.metrics.refused._value.get() == 1
    assert live_sessions(office) == []


def test_with_all_lines_busy_they_wait_at_the_carrier(office: Site, screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    promise_call(office)
    call = rings(office)
    other = office.call()
    monkeypatch.setattr(office.services.calls, "_most", 1)
    call.answer()
    call.press("1")
    assert (call.waiting_in, screen.of("offer")) == ("tier2", [])
    for each in (call, other):
        each.hangup()


# -- what the officer is told --------------------------------------------------------------------------------------


def test_the_packet_is_of_the_call_in_which_it_was_promised(office: Site, screen: Screen) -> None:
    call_id = promised_in(office)
    began = office.services.turns.session(call_id).started_at  # type: ignore[union-attr]
    key = promise_call(office, "urgent", call_id=call_id, variables={"reason": "emergency_advance_parole", "urgency": "urgent",
                                                                     "identity": "verified", "role": "applicant"})
    call = answered(office)
    assert screen.of("offer")[-1]["reason"] == "reschedule_biometrics"
    packet = talks(office, screen, call)
    assert packet["reason"] == "reschedule_biometrics"
    assert any("biometrics" in x["text"] for x in packet["said"] if x["who"] == "caller")
    assert packet["verified"]["state"] == "unknown", "whoever answers has shown nothing"
    assert (packet["then"]["call"], packet["then"]["at"], packet["then"]["verified"]) == (
        call_id, began, {"state": "verified", "as": "applicant"})
    promised = packet["promised"]
    assert (promised["key"], promised["urgency"], promised["state"]) == (key, "urgent", "under_way")
    assert datetime.fromisoformat(promised["promised_at"]) <= datetime.fromisoformat(promised["due_by"])
    assert packet["slots"]["receipt_number"].endswith(RECEIPT[-4:])
    assert RECEIPT not in str(packet) and CELL not in str(packet)
    assert [p["at"] for p in packet["previous"]], "it came from the same number"
    value = office.services.packets.reveal(call.sid, "receipt_number", "to look the case up", "ana")
    assert value == RECEIPT
    (entry,) = [e for e in office.services.access.audit.newest(10) if e and e.act == "value.revealed"]
    assert (entry.who, entry.what) == ("ana", f"{call.sid} receipt_number")
    call.hangup()


def test_what_is_handed_on_stays_masked_when_the_first_call_is_gone(office: Site, screen: Screen) -> None:
    promise_call(office, call_id="CAgone")
    call = rings(office)
    key = next(iter(r["key"] for r in office.promises("callback")))
    row = office.services.promises.get(key)
    assert row is not None
    _repay(office, key, {**row["payload"], "context": {"language": "en", "receipt_number": RECEIPT}})
    call.answer()
    call.press("1")
    packet = talks(office, screen, call)
    assert packet["then"] is None
    assert (packet["slots"]["language"], packet["slots"]["receipt_number"]) == ("en", "*********9999")
    assert RECEIPT not in str(packet) + str(screen.got)
    assert office.services.packets.reveal(call.sid, "receipt_number", "needed", "ana") == RECEIPT
    call.hangup()


def test_a_place_that_was_kept_is_the_queue_and_the_time(office: Site, screen: Screen) -> None:
    promise_call(office)
    call = rings(office)
    (row,) = office.promises("callback")
    since = office.clock.now().timestamp() - 600
    place = {"queue": "tier2", "since": datetime.fromtimestamp(since, office.clock.now().tzinfo).isoformat()}
    _repay(office, row["key"], {**row["payload"], "place": place})
    call.answer()
    call.press("1")
    (offer,) = screen.of("offer")
    assert (offer["queue"], offer["waited_s"]) == ("tier2", 600)
    waiting = office.services.desk._callers[call.sid].caller
    assert (waiting.place_key, waiting.since.isoformat()) == (row["key"], place["since"])  # type: ignore[attr-defined,union-attr]
    call.hangup()


def _repay(office: Site, key: str, payload: dict[str, Any]) -> None:
    """The promise as if it had been made with these inputs."""
    import orjson

    from ivr.store.promise_rows import PAYLOAD
    from ivr.store.schema_promises import promises

    with office.services.db.write() as connection:
        sealed = office.services.db.box.seal(orjson.dumps(payload), PAYLOAD)
        connection.execute(promises.update().where(promises.c.key == key).values(payload=sealed))


# -- afterwards ----------------------------------------------------------------------------------------------------


def test_what_was_written_about_it_is_erased_with_the_person(office: Site, screen: Screen) -> None:
    from ivr.store.about_person import AboutPerson

    call_id = promised_in(office)
    promise_call(office, call_id=call_id)
    call = answered(office)
    talks(office, screen, call)
    office.services.desk.end(screen)
    assert call.finish_stream()
    office.services.desk_work.wrap_up("ana", call.sid, "resolved", "moved to the 20th")
    about, now = AboutPerson(office.services.db), office.clock.now()
    shown = about.export([RECEIPT], now)
    assert {c["call_id"] for c in shown["calls"]} == {call_id, call.sid}, "found by what was only said in the first call"
    assert [w["note"] for c in shown["calls"] for w in c.get("wrap_ups", [])] == ["moved to the 20th"]
    erased = about.erase([RECEIPT], now)
    assert (erased.calls, office.promises("callback")) == (2, [])
    assert office.services.turns.session(call.sid) is None
    assert about.export([RECEIPT, CELL], now)["calls"] == []


def test_nothing_of_the_person_is_in_the_log(office: Site, screen: Screen) -> None:
    with captured() as log:
        promise_call(office, call_id=promised_in(office))
        call = answered(office)
        breaks(office, call)
        packet = talks(office, screen, call)
        office.services.packets.reveal(call.sid, "receipt_number", "to look the case up", "ana")
        office.services.desk.end(screen)
        assert call.finish_stream()
        events = repr(office.services.calls.log_of(call.sid)) + repr(office.services.turns.session(call.sid)) + repr(packet)
    written = log.getvalue()
    assert '"called_back"' in written and len(written) > 2000, "the log was there"
    for value in (RECEIPT, CELL, CELL[2:]):
        assert value not in written + events


def test_articles_and_escalation_work_on_it(office: Site, screen: Screen) -> None:
    promise_call(office, call_id=promised_in(office))
    call = answered(office)
    talks(office, screen, call)
    work = office.services.desk_work
    assert work.knowledge("ana", call.sid, "")["intent"] == "reschedule_biometrics"
    done = work.escalate("ana", {"call": call.sid, "urgency": "routine", "note": "one more question", "read_back": True})
    again = office.services.promises.get(f"callback:{call.sid}:escalation:routine")
    assert (done.is_new, again["payload"]["numbers"]) == (True, [CELL])  # type: ignore[index]
    call.hangup()


@pytest.fixture(autouse=True)
def _desks_are_closed(office: Site) -> Iterator[None]:
    yield
    for call in office.carrier.calls.values():
        if not call.ended:
            call.hangup()

