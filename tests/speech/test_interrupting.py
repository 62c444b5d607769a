"""Speaking over a prompt in a real call: real server, real media socket, real recogniser, a synthetic voice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.flow.model import Bundle
from ivr.speech import mulaw
from ivr.speech.espeak_synthesizer import EspeakSynthesizer
from ivr.speech.leveling import trim
from tests.live.server import LiveServer
from tests.live.talk import Talk

pytestmark = pytest.mark.speech


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, whisper_models_dir: Path) -> Iterator[LiveServer]:
    with LiveServer(tmp_path_factory.mktemp("live")) as running:
        yield running


@pytest.fixture
def talk(server: LiveServer, espeak: EspeakSynthesizer) -> Iterator[Talk]:
    def speak(text: str, language: str = "en") -> bytes:
        return mulaw.encode(espeak.speak(text, language))

    made = Talk(server.carrier, speak)
    yield made
    if not made.leg.is_closed:
        made.leg.hangup()


def test_uh_huh_does_not_end_a_prompt(talk: Talk) -> None:
    talk.listen()
    marks = talk.leg.marks_sent
    talk.leg.play_mulaw(talk.speak("okay"))
    assert talk.leg.wait_spoken(20)
    spoken = talk.leg.now_s
    if talk.leg.clears:  # held for the moment in which it might have been an answer: it goes on
        assert talk.leg.wait_for(lambda x: any(p.received_s > x.clears[0] for p in x.pieces), 10)
    assert talk.leg.wait_until_quiet(60, after_s=spoken)
    assert talk.leg.marks_sent <= marks + 1, "no turn was taken: one mark more at most, behind the rest of the same prompt"
    assert any(fate == "played" for _, fate in talk.leg.marks)
    talk.say("I never got my green card")
    assert not talk.leg.is_closed


def test_an_answer_over_the_prompt_stops_it_and_counts(talk: Talk) -> None:
    talk.listen()
    marks = talk.leg.marks_sent
    begun = talk.leg.now_s
    talk.leg.play_mulaw(talk.speak("When is your office open?"))
    assert talk.leg.wait_for(lambda x: bool(x.clears), 10)
    assert talk.leg.clears[0] - begun < 2.0, "while the caller is still speaking"
    assert talk.leg.wait_for(lambda x: x.marks_sent > marks, 20)
    assert any(fate == "cleared" for _, fate in talk.leg.marks)


def test_spanish_is_offered_within_five_seconds(uscis: Bundle, espeak: EspeakSynthesizer) -> None:
    """A caller who knows no English must hear that there is Spanish before hanging up: the first prompt, up to and with
    the word "español", at the speed at which it is spoken."""
    main = uscis.flows["main"]
    assert main.nodes[main.start].params.items[0].prompt == "welcome"
    words = uscis.prompts["en"]["welcome"].variants["voice"]
    offer = words[:words.index("español") + len("español")]
    assert trim(espeak.speak(offer, "en")).size <= 5 * 8000
