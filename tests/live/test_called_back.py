"""A promised call on a running server, from the escalation of one member of staff to the conversation with another: called by the real
worker, answered, put through to a screen, heard at both ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import requests

from ivr.testing.emulated_call import EmulatedCall
from tests.live import console as consoles
from tests.live.console import Console
from tests.live.server import PUBLIC_URL, LiveServer
from tests.live.talk import Speak
from tests.live.test_agent_calls import AGENTS_HZ, CALLERS_HZ, heard_by, near, pitch, to_a_person, tone

pytestmark = pytest.mark.speech


@pytest.fixture(scope="module")
def desk(server: LiveServer) -> LiveServer:
    for name in ("vera", "wim"):
        consoles.user(server, name)
    return server


@pytest.fixture(autouse=True)
def nobody_stays(desk: LiveServer) -> Iterator[None]:
    yield
    for call in list(desk.carrier.calls.values()):
        if not call.ended:
            call.hangup()


def api(desk: LiveServer, console: Console, path: str, **body: Any) -> dict[str, Any]:
    headers = {"Origin": PUBLIC_URL, "Sec-Fetch-Site": "same-origin", "Cookie": console.cookie}
    url = f"{desk.url}/agent/api/{path}"
    answer = requests.post(url, json=body, headers=headers, timeout=20) if body else requests.get(url, headers=headers, timeout=20)
    assert answer.status_code == 200, answer.text
    return answer.json()


def escalated(desk: LiveServer, speak: Speak, console: Console, number: str) -> str:
    """The reference of a call that was promised to this number within hours."""
    talk = to_a_person(desk, speak, number)
    call = console.sees("offer")["call"]
    console.do("answer")
    console.sees("caller")
    made = api(desk, console, "escalate", call=call, urgency="urgent", number="", email="", note="her mother is dying", read_back=True)
    console.do("end")
    console.sees("presence", doing="wrap_up")
    assert talk.call.finish_stream(60)
    console.do("away")
    console.sees("presence", doing="away")
    return made["reference"]


def rung(desk: LiveServer, number: str) -> EmulatedCall:
    def ringing() -> list[EmulatedCall]:
        return [c for c in list(desk.carrier.calls.values()) if c.to == number and c.direction == "outbound-api" and not c.ended]

    assert desk.carrier.ledger.wait_until(lambda _: bool(ringing()), 60), "nobody calls"
    return ringing()[0]


def state_of(desk: LiveServer, console: Console, reference: str) -> str:
    listed = api(desk, console, "callbacks")["callbacks"]
    return next((row["state"] for row in listed if row["reference"] == reference), "over")


def test_whoever_is_called_back_talks_with_the_officer(desk: LiveServer, speak: Speak, open_console: Callable[..., Console]) -> None:
    vera, wim = open_console("vera"), open_console("wim", ready=False, queues=["tier2"])
    reference = escalated(desk, speak, vera, "+12025550190")
    wim.do("ready")
    call = rung(desk, "+12025550190")
    call.answer()
    call.press("1")
    offer = wim.sees("offer")
    assert (offer["call"], offer["called_back"], offer["reference"], offer["queue"]) == (call.sid, True, reference, "tier2")
    wim.do("answer")
    packet = wim.sees("caller")
    assert (packet["reference"], packet["promised"]["note"], packet["promised"]["by"]) == (reference, "her mother is dying", "vera")
    assert any("disability" in x["text"] for x in packet["said"] if x["who"] == "caller")
    assert call.leg is not None
    call.leg.play_mulaw(tone(CALLERS_HZ))
    wim.say(tone(AGENTS_HZ))
    assert pitch(wim.wait_heard(16_000)) == near(CALLERS_HZ)
    assert heard_by(SimpleNamespace(leg=call.leg)) == near(AGENTS_HZ)  # type: ignore[arg-type]
    assert state_of(desk, wim, reference) == "under_way"
    wim.do("end")
    wim.sees("presence", doing="wrap_up")
    assert call.finish_stream(60)
    assert call.ended == "hangup"
    assert api(desk, wim, "wrap-up", call=call.sid, disposition="resolved", note="told what to bring") == {"ok": True}
    assert state_of(desk, wim, reference) == "over"


def test_who_hangs_up_before_anybody_answers_is_called_again(desk: LiveServer, speak: Speak, open_console: Callable[..., Console]) -> None:
    vera, wim = open_console("vera"), open_console("wim", ready=False, queues=["tier2"])
    reference = escalated(desk, speak, vera, "+12025550191")
    wim.do("ready")
    call = rung(desk, "+12025550191")
    call.answer()
    call.press("1")
    wim.sees("offer")
    call.hangup()
    assert wim.sees("gone")["why"] == "left"
    assert state_of(desk, wim, reference) in ("promised", "due")
