"""A real server whose case system does not answer: callers are asked to wait and told so, and nobody else waits for them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from ivr.testing.emulated_call import EmulatedCall
from tests.cases.case_server import ID, RECEIPT, SECRET, CaseServer
from tests.live.server import LiveServer
from tests.live.talk import Speak, Talk

pytestmark = pytest.mark.speech
SILENT = "IOE0000000002"


@pytest.fixture
def cases() -> Iterator[CaseServer]:
    s = CaseServer()
    s.does[SILENT] = s.slow
    yield s
    s.close()


@pytest.fixture
def connected(new_server: Callable[..., LiveServer], cases: CaseServer) -> Callable[..., LiveServer]:
    def make(**settings: str) -> LiveServer:
        return new_server(IVR_CASES_SOURCE="http", IVR_CASES_URL=cases.url, IVR_CASES_TOKEN_URL=cases.token_url,
                          IVR_CASES_CLIENT_ID=ID, IVR_CASES_CLIENT_SECRET=SECRET, **settings)
    return make



def test_callers_who_wait_hold_up_nobody(connected: Callable[..., LiveServer], cases: CaseServer) -> None:
    """More of them than there are threads for webhooks; while they wait, another caller is served, and they are served then."""
    served = threading.Event()
    server = connected(IVR_RECOGNIZER="twilio", IVR_WEBHOOK_THREADS="3")
    server.carrier.pauses = served.wait  # a carrier's pause takes its time

    def waits(n: int) -> EmulatedCall:
        call = server.carrier.call(from_=f"+1{302 + n}5550151")
        call.say("where is my case")
        for keys in ("1", "463" + SILENT[3:], "1", "05041990", "1"):
            call.press(keys)
        return call

    with ThreadPoolExecutor(8) as callers:
        waiting = [callers.submit(waits, n) for n in range(8)]
        assert server.ledger.wait_until(lambda x: sum("/voice/lookup" in w.url for w in x.webhooks) >= 6, 30)
        other = server.carrier.call(from_="+12025550161")
        other.say("I never got my green card")
        assert other.gathering and not all(w.done() for w in waiting), "served while they waited"
        served.set()
        ends = [w.result() for w in waiting]
    assert all("could not check your answers" in str(c.heard_text) and not c.errors for c in ends)


def test_a_case_is_read_out_on_a_stream_behind_a_word_of_patience(
        connected: Callable[..., LiveServer], cases: CaseServer, speak: Speak) -> None:
    server = connected()
    talk = Talk(server.carrier, speak, from_="+12025550171")
    talk.hear_out()
    talk.say("I want to check the status of my case")
    for keys in ("1", "463" + RECEIPT[3:], "1", "05041990"):
        talk.press(keys)
    talk.press("1")
    assert talk.leg.wait_for(lambda _: bool(cases.requests), 30), _told(server, talk)
    assert cases.requests == [f"/case-status/{RECEIPT}"]
    assert talk.leg.wait_for(lambda _: any("status_received" in line for line in _told(server, talk)), 30)
    talk.leg.hangup()


def _told(server: LiveServer, talk: Talk) -> list[str]:
    """What the call was told, by prompt: from its log, since a voice is no text."""
    from ivr import config
    from ivr.dialog.session import Session
    from ivr.runtime.data_keys import box_of
    from ivr.store.calls import Calls
    from ivr.store.db import Database

    settings = config.load({}, var_dir=server.var_dir)
    db = Database(settings.database, box_of(settings))
    try:
        session: Session | None = Calls(db).load(talk.call.sid).session
        return [say.key for say in session.last_said] if session else []
    finally:
        db.close()
