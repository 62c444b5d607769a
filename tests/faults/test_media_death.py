"""Row 2: the server dies in the middle of what a caller says. The call goes on at the other one, and nobody hears silence."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.faults.amount import SEED, amount, dice
from tests.faults.figures import record
from tests.faults.storm import number_of
from tests.faults.timed import p99
from tests.live.server import LiveServer
from tests.live.talk import Speak, Talk

pytestmark = [pytest.mark.faults, pytest.mark.speech]
SAID = "I never got my green card"


def over_to(server: LiveServer, other: LiveServer) -> None:
    """What a load balancer does when a server is gone: the carrier's next connections go to the other one."""
    server._transport._base = other.url
    server.carrier.media_base = f"ws://127.0.0.1:{other.port}"


@pytest.mark.timeout(1500)
def test_a_server_dies_in_the_middle_of_an_utterance(new_server: Callable[..., LiveServer], speak: Speak) -> None:
    throw, silences, dead = dice("media"), list[float](), 0
    first = new_server(IVR_LEASE_S="2")
    key = (first.var_dir / "data.key").read_text().strip()
    other = new_server(IVR_DATABASE_URL=f"sqlite:///{first.var_dir / 'ivr.db'}", IVR_DATA_KEYS=key, IVR_TWILIO_API_BASE=first.rest_url,
                       IVR_SMTP_URL=f"smtp://127.0.0.1:{first.mail.port}")
    here, there = first, other
    audio = speak(SAID)
    for n in range(amount(2, 12)):
        over_to(first, here)
        number = number_of(n)
        talk = Talk(first.carrier, speak, from_=number)
        talk.listen()
        talk.leg.play_mulaw(audio)
        share = throw.random()
        spoken_s = talk.leg.now_s + share * len(audio) / 8000
        assert talk.leg.wait_for(lambda leg, until=spoken_s: leg.now_s >= until, 60)
        here.kill()
        died_at = time.monotonic()
        assert talk.leg.wait_closed(20)
        over_to(first, there)
        talk.call.stream_ends()
        if talk.call.leg is None or not talk.leg.wait_for_audio(20):
            dead += 1
            continue
        silences.append(time.monotonic() - died_at)
        talk.listen()
        talk.say(SAID)
        talk.say("yes please")
        assert first.ledger.wait_until(lambda x, number=number: any(s.to == number for s in x.sms), 30), f"seed {SEED}, at {share:.2f}"
        talk.leg.hangup()
        here.start()
        here, there = there, here
    silences.sort()
    record("media", kills=len(silences) + dead, silent_calls=dead, silence_p95_s=round(silences[int(0.95 * (len(silences) - 1))], 2),
           silence_longest_s=round(p99(silences), 2))
    assert dead == 0, f"seed {SEED}: calls in which nothing was heard again"
    assert all(sum(s.to == m.to for s in first.ledger.sms) == 1 for m in first.ledger.sms)
