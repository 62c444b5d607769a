"""Calls by voice: audio through the WebSocket, recognised here, answered, and the right thing in the ledger."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ivr import config
from ivr.runtime.data_keys import box_of
from ivr.speech import mulaw, wav
from ivr.store.calls import Calls
from ivr.store.db import Database
from ivr.store.promises import Promises
from tests.live.server import LiveServer
from tests.live.talk import Speak, Talk

pytestmark = pytest.mark.speech
MOVED = "Hola, quiero cambiar mi dirección porque me mudé la semana pasada"
"""Spanish, and this wish, to the recogniser wherever it begins (0.97 and more): a call is no place to try the bounds."""


def test_an_english_caller_gets_the_link_by_text(server: LiveServer, speak: Speak) -> None:
    talk = Talk(server.carrier, speak, from_="+12025550151")
    talk.listen()
    talk.say("I never got my green card")
    talk.say("yes please")
    assert server.ledger.wait_until(lambda x: any(s.to == "+12025550151" for s in x.sms), 15)
    (sms,) = [s for s in server.ledger.sms if s.to == "+12025550151"]
    assert "e-request" in sms.body
    talk.say("no")
    assert talk.call.finish_stream(30)
    assert talk.call.ended == "hangup"


def test_a_spanish_caller_is_answered_in_spanish(server: LiveServer, speak: Speak) -> None:
    talk = Talk(server.carrier, speak, from_="+12025550152")
    talk.listen()
    talk.press("2")
    talk.say(MOVED, "es")
    talk.press("2")
    talk.say("sí, claro que sí", "es")
    assert server.ledger.wait_until(lambda x: any(s.to == "+12025550152" for s in x.sms), 15)
    (sms,) = [s for s in server.ledger.sms if s.to == "+12025550152"]
    assert "addresschange" in sms.body
    assert "STOP" in sms.body
    talk.leg.hangup()


def test_who_speaks_spanish_at_once_is_understood(server: LiveServer, speak: Speak) -> None:
    talk = Talk(server.carrier, speak, from_="+12025550156")
    talk.listen()
    talk.say(MOVED, "es")
    talk.press("2")
    talk.press("1")
    assert server.ledger.wait_until(lambda x: any(s.to == "+12025550156" for s in x.sms), 15)
    assert "informe su cambio" in next(s.body for s in server.ledger.sms if s.to == "+12025550156")
    talk.leg.hangup()


def test_a_qualifying_caller_is_handed_over_behind_the_stream(server: LiveServer, speak: Speak) -> None:
    talk = Talk(server.carrier, speak, from_="+12025550153")
    talk.listen()
    talk.say("I need to change my fingerprint appointment")
    talk.press("03202026")
    talk.press("1")
    assert talk.call.finish_stream(30)
    assert talk.call.waiting_in == "tier2"
    talk.call.hangup()


def test_speaking_over_the_prompt_stops_it_and_is_not_lost(server: LiveServer, speak: Speak) -> None:
    talk = Talk(server.carrier, speak, from_="+12025550154")
    assert talk.leg.wait_for_audio(10)
    talk.leg.play_mulaw(speak("When is your office open?"))
    assert talk.leg.wait_for(lambda x: bool(x.clears), 10), "barge-in empties the buffer"
    assert talk.leg.wait_spoken(20)
    spoken = talk.leg.now_s
    assert talk.leg.wait_for_audio(10, after_s=spoken)
    assert any(fate == "cleared" for _, fate in talk.leg.marks)
    assert talk.leg.violations == []
    talk.leg.hangup()


def test_silence_is_never_answered_by_silence(server: LiveServer, speak: Speak) -> None:
    talk = Talk(server.carrier, speak, from_="+12025550155")
    talk.hear_out()
    quiet_since = talk.leg.now_s
    assert talk.leg.wait_for_audio(12, after_s=quiet_since + 3), "after the time to answer, the system speaks again"
    talk.leg.hangup()


def test_full_house_goes_on_by_keys_and_the_carrier_s_recogniser(new_server: Callable[..., LiveServer], speak: Speak) -> None:
    server = new_server(IVR_MAX_STREAMS="0")
    call = server.carrier.call()
    assert call.leg is None
    assert call.gathering
    call.say("where is my case")
    call.say("yes")
    assert server.ledger.wait_until(lambda x: bool(x.sms), 15)


def test_streamdouble_an_independent_client_completes_a_call(new_server: Callable[..., LiveServer], speak: Speak,
                                                             tmp_path: Path) -> None:
    """A Media Streams simulator that is not ours. It sends no signature and knows no token of ours."""
    server = new_server(IVR_MEDIA_REQUIRE_SIGNATURE="0", IVR_MEDIA_REQUIRE_TOKEN="0")
    recording = tmp_path / "hours.wav"
    recording.write_bytes(wav.write_pcm16(mulaw.decode(speak("When is your office open?")), 8000))
    reply = tmp_path / "reply.wav"
    done = subprocess.run([str(Path(sys.executable).with_name("streamdouble")), "call", f"ws://127.0.0.1:{server.port}/media", "--audio",
                           str(recording), "--out", str(reply), "--json", "--max-first-audio-ms", "2000"],
                          capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert not report.get("violations"), report
    heard = wav.read_wav(reply.read_bytes())
    assert len(heard.samples) / heard.rate_hz > 5, "the greeting and an answer"


def test_a_telephone_number_in_a_human_voice_becomes_a_callback(new_server: Callable[..., LiveServer], speak: Speak,
                                                                asterisk: tuple[Any, Path]) -> None:
    """Real recordings of a person saying digits, one after the other. Who is misheard says no and repeats, as people do."""
    server = new_server(IVR_NOW="2026-03-14T10:05:00-04:00")
    talk = Talk(server.carrier, speak, from_="+12025550157")
    talk.listen()
    talk.say("I need to change my fingerprint appointment")
    for keys in ("03202026", "1", "1", "2"):
        talk.press(keys)
    sounds, folder = asterisk
    files = sounds.clips(folder, "en")
    spoken = b"".join(mulaw.encode(wav.read_wav(files[f"digits/{d}"].read_bytes()).samples) + b"\xff" * 800 for d in "2025550143")
    db = Database(f"sqlite:///{server.var_dir / 'ivr.db'}", box_of(config.load({}, var_dir=server.var_dir)))
    store = Calls(db)
    for _ in range(3):
        talk.play(spoken)
        memo = store.load(talk.call.sid).session.memo
        if memo.get("stage") == "confirm":
            right = memo["number"] == "+12025550143"
            talk.press("1" if right else "2")
            if right:
                talk.press("#")  # no second number
                break
    (promise,) = [p for p in Promises(db).all() if p["kind"] == "callback"]
    assert promise["payload"]["numbers"] == ["+12025550143"]
    assert promise["reference"]
    talk.leg.hangup()
