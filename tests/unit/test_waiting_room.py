"""What is said to somebody who waits, and in which order."""

from __future__ import annotations

import pytest

from ivr.flow.load import load_bundle
from ivr.flow.model_queues import Priority, Queue, WaitWords
from ivr.runtime.lookups import Asked, perform
from ivr.runtime.waiting_room import Standing, may_leave, says, without_ways_out, words
from ivr.telephony import twiml
from tests.rim.site import ROOT, TUESDAY

WORDS = WaitWords("soon", "about", "more_than", ("tip_a", "tip_b"), "leave", "offer")
QUEUE = Queue("desk", 1, callback_offer_above_s=300, wait=WORDS)


def keys(standing: Standing, queue: Queue | None = QUEUE) -> list[str]:
    return [key for key, _ in words(queue, "place", standing)]


def test_the_place_then_how_long_then_the_way_out() -> None:
    assert keys(Standing(1, 20)) == ["place", "soon", "leave"]
    assert words(QUEUE, "place", Standing(4, 200)) == [("place", {"position": "4"}), ("about", {"minutes": "4"}), ("leave", {})]
    assert keys(Standing(9, 7200)) == ["place", "more_than", "offer"]
    assert keys(Standing(2)) == ["place", "leave"], "nothing is guessed"


def test_a_call_back_is_offered_above_its_limit_only() -> None:
    assert [keys(Standing(2, s))[-1] for s in (299, 300, 301)] == ["leave", "leave", "offer"]


def test_advice_comes_in_turn_and_not_first() -> None:
    said = [keys(Standing(3, 120, n)) for n in range(1, 6)]
    assert [[k for k in one if k.startswith("tip")] for one in said] == [[], ["tip_a"], ["tip_b"], ["tip_a"], ["tip_b"]]


def test_a_queue_without_words_says_the_place() -> None:
    assert keys(Standing(3, 120, 2), Queue("desk", 1)) == ["place"] == keys(Standing(3, 120), None)
    assert not may_leave(Queue("desk", 1)) and not may_leave(None) and may_leave(QUEUE)
    assert keys(Standing(3, 900), without_ways_out(QUEUE)) == ["place", "about"]


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("channel", ["voice", "tty", "chat", "sms"])
def test_the_reference_bundle_has_words_for_every_wait(language: str, channel: str) -> None:
    bundle = load_bundle(ROOT / "flows" / "uscis")
    for queue in bundle.queues.values():
        for standing in (Standing(1, 10), Standing(3, 240, 2), Standing(30, 4000, 3), Standing(2, None, 4)):
            told = says(bundle, queue, "queue_wait", standing, language, channel, {})
            assert len(told) >= 2 and all(say.text and "{" not in say.text for say in told)
            ways = told[-1].text
            assert "1" in ways and (("oprima" in ways or "press" in ways) == (channel == "voice")), "keys are pressed by voice only"


def test_urgent_callers_by_the_rule_that_let_them_in() -> None:
    queue = Queue("desk", 1, priority=Priority(("swelling",), 600))
    assert (queue.ahead_s("swelling"), queue.ahead_s("other"), QUEUE.ahead_s("swelling")) == (600.0, 0.0, 0.0)


def test_a_round_of_the_carriers_waiting_room() -> None:
    silent = twiml.waiting_room([], 30.0)
    assert '<Pause length="30"' in silent and "Gather" not in silent
    keyed = twiml.waiting_room([], 30.0, key_url="https://ivr.example.org/voice/wait")
    assert 'numDigits="1"' in keyed and 'timeout="30"' in keyed and "https://ivr.example.org/voice/wait" in keyed


@pytest.mark.parametrize(("seconds", "band"), [(0, "short"), (299, "short"), (300, "medium"), (1800, "medium"), (1801, "long"),
                                               (float("inf"), "long"), (None, "unknown")])
def test_the_wait_is_answered_in_the_bands_of_the_words(seconds: float | None, band: str) -> None:
    bundle = load_bundle(ROOT / "flows" / "starter")
    assert perform("wait_time", Asked({}, bundle, TUESDAY, wait_s=lambda: seconds)) == band
    assert perform("wait_time", Asked({}, bundle, TUESDAY)) == "unknown"
