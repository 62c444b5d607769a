"""Laws of the text telephone modem."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.speech import mulaw
from ivr.telephony.baudot import CarrierFell, CarrierRose, CharacterReceived, Receiver, Transmitter, TtyDetector, transmit, typeable
from ivr.telephony.baudot.encoder import encoded
from ivr.telephony.baudot.table import FIGS, FIGURES, LETTERS, LTRS, RETURN, meaning
from tests.examples import examples

TYPED = "".join(sorted(set(LETTERS + FIGURES) - {"\0", "\r", "\b"}))


@given(st.text(max_size=60))
def test_what_is_typeable_stays_as_it_is(text: str) -> None:
    once = typeable(text)
    assert typeable(once) == once
    assert set(once) <= set(TYPED) | {"\b"}


@given(st.text(TYPED, max_size=200))
def test_codes_mean_the_text_to_a_receiver_that_starts_in_letters(text: str) -> None:
    shift, out, since = LTRS, [], 0
    for code in encoded(text):
        assert 0 <= code < 32
        since = 0 if code in (LTRS, FIGS) else since + 1
        assert since <= 72
        shift = code if code in (LTRS, FIGS) else shift
        out.append("" if code == RETURN else meaning(code, shift))
    assert "".join(out) == text


@settings(max_examples=examples(40), deadline=None)
@given(st.text(TYPED, min_size=1, max_size=25).filter(lambda t: t.strip()), st.sampled_from([45.45, 50.0]), st.floats(1.0, 2.0),
       st.integers(0, 159), st.floats(-40.0, -6.0))
def test_every_text_comes_back(text: str, baud: float, stop_bits: float, offset: int, dbm0: float) -> None:
    sound = transmit(text, baud=baud, stop_bits=stop_bits, level_dbm0=dbm0)
    line = np.concatenate([np.zeros(1600 + offset, np.int16), sound, np.zeros(4000, np.int16)])
    heard = mulaw.decode_pcm16(mulaw.encode_pcm16(line))
    receiver, events = Receiver(), []
    for at in range(0, heard.size - 159, 160):
        events += receiver.feed(heard[at:at + 160])
    assert "".join(e.text for e in events if isinstance(e, CharacterReceived)) == text
    assert not receiver.carrier


@settings(max_examples=examples(25), deadline=None)
@given(st.lists(st.tuples(st.text(TYPED, max_size=8), st.integers(0, 40)), max_size=6))
def test_frames_carry_everything_that_was_sent_however_it_was_given(pieces: list[tuple[str, int]]) -> None:
    transmitter, frames = Transmitter(stop_bits=1.5), [np.zeros(1600, np.int16)]
    for text, count in pieces:
        transmitter.send(text)
        frames += [f if (f := transmitter.frame()) is not None else np.zeros(160, np.int16) for _ in range(count)]
    while (frame := transmitter.frame()) is not None:
        frames.append(frame)
    receiver, events = Receiver(), []
    for frame in [*frames, *[np.zeros(160, np.int16)] * 25]:
        events += [e for start in range(0, frame.size, 160) for e in receiver.feed(frame[start:start + 160])]
    assert "".join(e.text for e in events if isinstance(e, CharacterReceived)) == "".join(text for text, _ in pieces)


@settings(max_examples=examples(25), deadline=None)
@given(st.integers(0, 2 ** 32 - 1), st.lists(st.sampled_from(["noise", "typed", "lost", "mute", "silence", "loud"]), max_size=12))
def test_no_sound_is_too_strange(seed: int, plan: list[str]) -> None:
    rng = np.random.default_rng(seed)
    receiver, detector, events, carrier = Receiver(), TtyDetector(), [], False
    typed = transmit("RY 12 GA", stop_bits=1.5)
    for what in plan:
        if what == "mute":
            receiver.mute(int(rng.integers(0, 500)))
        cut = int(rng.integers(0, typed.size - 4800))
        sound = {"noise": rng.normal(0, 3000, 4800), "typed": typed[cut:cut + 4800], "loud": rng.choice([-32768, 32767], 4800)}
        samples = np.clip(sound.get(what, np.zeros(4800)), -32768, 32767).astype(np.int16)
        for at in range(0, 4800, 160):
            events += receiver.feed(samples[at:at + 160], erased=what == "lost")
            detector.feed(samples[at:at + 160], erased=what == "lost")
    for event in [*events, *receiver.flush()]:
        if isinstance(event, CharacterReceived):
            assert carrier, "characters come between a rise and a fall"
            assert 0 <= event.confidence <= 1.0 + 1e-9
        else:
            assert isinstance(event, CarrierRose) is not carrier
            carrier = isinstance(event, CarrierRose)
            assert carrier or isinstance(event, CarrierFell)
    assert not carrier
