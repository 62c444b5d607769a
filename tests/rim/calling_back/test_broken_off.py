"""A promised call breaks: its stream, its server, the word of its end. It goes on where it was, or is tried again, and is counted once."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from ivr.contact.callbacks.model import REACHED
from ivr.dialog import events as ev
from ivr.runtime.streams import Streams
from ivr.testing.emulated_call import EmulatedCall
from tests.rim.called_back import AGENTS, Voice, answered, breaks, endings, leg_of, live_sessions, made_to, moves, rings, talks
from tests.rim.promised_call import promise_call, state
from tests.rim.site import Site
from tests.rim.text_people import Screen


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
