"""`kill -9` of the server in the middle of calls, at named points. The judge is the ledger, which lives outside of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ivr.testing.emulated_call import EmulatedCall
from tests.live.server import LiveServer
from tests.live.talk import Speak, Talk

pytestmark = [pytest.mark.faults, pytest.mark.speech]
NewServer = Callable[..., LiveServer]
FAST = {"IVR_LEASE_S": "2", "IVR_LISTED_AFTER_S": "1", "IVR_RECOGNIZER": "twilio"}
"""Without local speech a restart takes a moment; the lease is short so that nobody waits half a minute."""


def promised(server: LiveServer) -> EmulatedCall:
    """A caller who has been offered a text and is about to say yes."""
    call = server.carrier.call()
    call.say("where is my case")
    assert "Shall I send it" in call.heard_text
    return call


def restart(server: LiveServer) -> None:
    server.wait_died()
    server.start(IVR_CRASH_AT="")


def deliver_again(server: LiveServer, call: EmulatedCall) -> bytes:
    """Twilio's retry: the caller's last answer once more, under the same idempotency token."""
    last = [row for row in server.ledger.webhooks if row.kind == "gather"][-1]
    answer = server.carrier.sender.replay(last)
    assert answer is not None
    return answer.body


@pytest.mark.parametrize("point", ["before_commit:3", "after_promise_commit"])
def test_a_kill_around_the_commit_of_a_promise(new_server: NewServer, point: str) -> None:
    """Before the commit nothing was promised and the retry promises it; after it the retry gets the stored answer."""
    server = new_server(IVR_CRASH_AT=point, **FAST)
    call = promised(server)
    call.say("yes")
    restart(server)
    answer = deliver_again(server, call).decode()
    assert "text is on its way" in answer
    assert server.ledger.wait_until(lambda x: bool(x.sms), 20), "what was promised is kept"
    again = deliver_again(server, call).decode()
    assert again == answer
    assert len(server.ledger.sms) == 1


@pytest.mark.parametrize("point", ["after_sending_mark", "after_send_before_mark"])
def test_a_kill_while_the_text_is_being_sent(new_server: NewServer, point: str) -> None:
    """Found in `sending` after the lease: looked up at the provider first, then sent if it never went out."""
    server = new_server(IVR_CRASH_AT=point, **FAST)
    call = promised(server)
    call.say("yes")
    assert "on its way" in call.heard_text
    before = {"after_sending_mark": 0, "after_send_before_mark": 1}[point]
    restart(server)
    assert len(server.ledger.sms) == before
    assert server.ledger.wait_until(lambda x: bool(x.sms), 30)
    call.say("no")
    assert call.ended == "hangup"
    assert len(server.ledger.sms) == 1, "never twice"


def test_a_call_that_lost_its_server_goes_on_at_the_same_question(new_server: NewServer) -> None:
    server = new_server(**FAST)
    call = promised(server)
    server.kill()
    server.start()
    call.say("yes")
    assert "text is on its way" in call.heard_text
    assert server.ledger.wait_until(lambda x: bool(x.sms), 20)


def test_a_voice_call_survives_the_death_of_the_media_process(new_server: NewServer, speak: Speak) -> None:
    server = new_server(IVR_LEASE_S="2")
    talk = Talk(server.carrier, speak)
    talk.listen()
    talk.say("I never got my green card")
    server.kill()
    assert talk.leg.wait_closed(10)
    server.start()
    talk.call.stream_ends()
    assert talk.call.leg is not None, "a new stream at the same node"
    talk.listen()
    talk.say("yes please")
    assert server.ledger.wait_until(lambda x: bool(x.sms), 20), "at the question it was at, with everything said before"


def test_a_dead_server_is_answered_by_the_fallback_only(new_server: NewServer) -> None:
    server = new_server(**FAST)
    call = promised(server)
    server.kill()
    call.say("yes")
    assert call.ended
    assert server.ledger.queue == []


def test_a_clean_stop_drains_and_ends_with_zero(new_server: NewServer, speak: Speak) -> None:
    server = new_server(IVR_DRAIN_S="0.5")
    talk = Talk(server.carrier, speak)
    talk.listen()
    assert server.stop() == 0
    assert talk.leg.is_closed
    server.start()
    talk.call.stream_ends()
    talk.listen()
    talk.leg.hangup()
