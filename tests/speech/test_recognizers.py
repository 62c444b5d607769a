"""One suite over every recogniser: the seam's promises, then what only one engine does.

Whisper hears English and Spanish. The Vosk adapter is proved with a real Korean model (which makes no sense of English,
but streams, restricts and resets as the others do) and with English and Spanish models where they are installed.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from fixtures_speech import MODELS_DIR, utterances

from ivr.errors import ConfigProblem, Unavailable
from ivr.speech import vosk_recognizer
from ivr.speech.espeak_synthesizer import EspeakSynthesizer
from ivr.speech.recognizer import Expectation, Recognizer, Transcript
from ivr.speech.vosk_recognizer import VoskRecognizer, VoskUtterance
from ivr.speech.wav import read_wav
from ivr.speech.whisper_recognizer import WhisperRecognizer
from ivr.testing.noises import catalogue

pytestmark = pytest.mark.speech


@pytest.fixture(scope="module")
def vosk(vosk_korean: Path) -> Iterator[VoskRecognizer]:
    engine = VoskRecognizer({"ko": vosk_korean})
    yield engine
    engine.close()


@pytest.fixture(params=["whisper", "vosk"])
def engine(request: pytest.FixtureRequest) -> Recognizer:
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def sentence(espeak: EspeakSynthesizer) -> np.ndarray:
    return espeak.speak("I would like to check the status of my case", "en")


def hear(engine: Recognizer, samples: np.ndarray, expectation: Expectation) -> Transcript:
    utterance = engine.open(expectation)
    for at in range(0, samples.size, 160):
        utterance.accept(samples[at:at + 160])
    return utterance.final()


def language_of(engine: Recognizer) -> str:
    return engine.languages()[0]


def test_a_transcript_keeps_its_promises(engine: Recognizer, sentence: np.ndarray) -> None:
    heard = hear(engine, sentence, Expectation(language_of(engine)))
    assert heard.engine == engine.name and heard.cpu_ms > 0
    assert 0 <= heard.confidence <= 1 and abs(heard.speech_ms - sentence.size / 8) <= 1
    assert heard.text == heard.text.strip() and (heard.text or heard.confidence == 0)


@pytest.mark.parametrize("size", [0, 1, 79, 160])
def test_next_to_nothing_is_nothing(engine: Recognizer, size: int) -> None:
    assert hear(engine, np.zeros(size, np.float32), Expectation(language_of(engine))).text == ""


def test_silence_is_nothing(engine: Recognizer) -> None:
    assert hear(engine, np.zeros(16000, np.float32), Expectation(language_of(engine), "digits")).text == ""


def test_digits_are_digits(engine: Recognizer, sentence: np.ndarray) -> None:
    heard = hear(engine, sentence, Expectation(language_of(engine), "digits"))
    assert re.fullmatch("[0-9]*", heard.text)


def test_a_language_it_does_not_have_is_said(engine: Recognizer) -> None:
    with pytest.raises(ConfigProblem):
        engine.open(Expectation("xx"))


def test_threads_do_not_disturb_each_other(engine: Recognizer, sentence: np.ndarray) -> None:
    """Speech beside silence: no word may cross over. (Kaldi adds random dither, so its texts are not compared.)"""
    sounds = [sentence, np.zeros(16000, np.float32), sentence, np.zeros(12000, np.float32)]
    heard: dict[int, Transcript] = {}

    def work(n: int) -> None:
        heard[n] = hear(engine, sounds[n], Expectation(language_of(engine)))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(len(sounds))]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert [bool(heard[n].text) for n in range(4)] == [True, False, True, False]
    assert [heard[n].speech_ms for n in range(4)] == [s.size // 8 for s in sounds]


def test_whisper_is_the_same_in_every_thread(whisper: WhisperRecognizer, sentence: np.ndarray) -> None:
    alone = whisper.decode(sentence, Expectation("en")).text
    texts: list[str] = []
    threads = [threading.Thread(target=lambda: texts.append(whisper.decode(sentence, Expectation("en")).text))
               for _ in range(3)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert texts == [alone] * 3


# Whisper


def clip(asterisk: tuple[ModuleType, Path], language: str, name: str) -> np.ndarray:
    module, folder = asterisk
    (heard,) = utterances(read_wav(module.clips(folder, language)[name].read_bytes()).samples)
    return heard.samples


@pytest.mark.parametrize(("language", "name", "words"), [
    ("en", "conf-getpin", ["conference"]), ("en", "vm-goodbye", ["goodbye"]), ("en", "conf-lockednow", ["locked"]),
    ("es", "conf-onlyperson", ["persona", "conferencia"]), ("es", "vm-goodbye", ["hasta"]),
])
def test_whisper_understands_recordings(whisper: WhisperRecognizer, asterisk: tuple[ModuleType, Path], language: str,
                                        name: str, words: list[str]) -> None:
    text = whisper.decode(clip(asterisk, language, name), Expectation(language)).text.lower()
    assert all(w in text for w in words), text


def test_whisper_understands_a_robot(whisper: WhisperRecognizer, sentence: np.ndarray) -> None:
    heard = whisper.decode(sentence, Expectation("en"))
    assert "status" in heard.text and "my case" in heard.text and heard.confidence > 0.6


@pytest.mark.parametrize("language", ["en", "es"])
def test_whisper_reads_single_digits(whisper: WhisperRecognizer, asterisk: tuple[ModuleType, Path], language: str) -> None:
    """With several amounts of silence before the digit: one recording alone can go either way by a few milliseconds."""
    module, folder = asterisk
    right = []
    for digit in range(10):
        sound = read_wav(module.clips(folder, language)[f"digits/{digit}"].read_bytes()).samples
        for lead_ms in (0, 150, 300):
            (said,) = utterances(np.concatenate([np.zeros(lead_ms * 8, np.float32), sound]))
            right.append(whisper.decode(said.samples, Expectation(language, "digits")).text == str(digit))
    assert sum(right) >= 25, f"{sum(right)} of 30"


@pytest.mark.parametrize("name", ["vm-goodbye", "conf-getpin", "conf-lockednow"])
def test_a_sentence_is_no_number(whisper: WhisperRecognizer, asterisk: tuple[ModuleType, Path], name: str) -> None:
    heard = whisper.decode(clip(asterisk, "en", name), Expectation("en", "digits"))
    assert heard.text == "" and heard.rejected


def test_hints_help_and_never_reach_a_receipt(whisper: WhisperRecognizer) -> None:
    hints = ("biometrics appointment", "case status")
    plain = whisper.plan(Expectation("en", "text"), 2.0).prompt
    assert len(whisper.plan(Expectation("en", "text", hints), 2.0).prompt) > len(plain)
    for form in ("receipt", "digits", "phone", "a_number"):
        assert whisper.plan(Expectation("en", form, hints), 2.0).prompt == plain
    assert len(whisper.plan(Expectation("en", "text", hints * 200), 2.0).prompt) < 200


def test_open_questions_get_a_wide_beam(whisper: WhisperRecognizer) -> None:
    def beams(*forms: str, seconds: float = 2.0) -> list[int]:
        return [whisper.plan(Expectation("en", f), seconds).beam for f in forms]

    assert beams("text", "yes_no", "digits", "date", "form") == [5, 1, 1, 1, 1]
    assert beams("digits", seconds=6.0) == [5], "a number of several digits is read better so, a single one worse"


def test_the_mask_leaves_digits_only(whisper: WhisperRecognizer) -> None:
    vocabulary = range(whisper.model.tokenizer.get_vocab_size())
    masked = set(whisper.model.digit_mask)
    left = [i for i in vocabulary if i not in masked]
    texts = [whisper.model.tokenizer.decode([i]) for i in left]
    assert all(re.fullmatch(r"[\s0-9,.\-]*", t) for t in texts)
    assert whisper.model.end in left and {str(d) for d in range(10)} <= {t.strip() for t in texts}


def test_whisper_tells_english_from_spanish(whisper: WhisperRecognizer, asterisk: tuple[ModuleType, Path]) -> None:
    english, p_english = whisper.detect_language(clip(asterisk, "en", "conf-getpin"))
    spanish, p_spanish = whisper.detect_language(clip(asterisk, "es", "conf-onlyperson"))
    assert (english, spanish) == ("en", "es") and min(p_english, p_spanish) > 0.5


@pytest.mark.parametrize("language", ["en", "es"])
def test_noise_makes_no_text(whisper: WhisperRecognizer, language: str) -> None:
    """Through the ear, as on a call: at most 2 of 40, and none of silence, keys and text telephones."""
    texts = {n.name: (n.kind, whisper.decode(u.samples, Expectation(language)).text)
             for n in catalogue() for u in utterances(n.samples)}
    made = [kind for kind, text in texts.values() if text]
    assert len(made) <= 2 and set(made) <= {"noise"}, texts


def test_a_broken_model_is_said(tmp_path: Path, whisper_models_dir: Path) -> None:
    folder = tmp_path / "whisper-base"
    folder.mkdir()
    for file in (whisper_models_dir / "whisper-base").iterdir():
        (folder / file.name).write_bytes(file.read_bytes()[:1000])
    with pytest.raises(Unavailable, match="ivr models verify"):
        WhisperRecognizer(tmp_path)
    with pytest.raises(ConfigProblem, match="ivr models fetch whisper"):
        WhisperRecognizer(tmp_path / "nowhere")


# Vosk


def opened(vosk: VoskRecognizer, form: str = "text", hints: tuple[str, ...] = ()) -> VoskUtterance:
    return vosk.open(Expectation("ko", form, hints))


def test_vosk_streams(vosk: VoskRecognizer, sentence: np.ndarray) -> None:
    utterance, partials = opened(vosk), []
    for at in range(0, sentence.size, 160):
        utterance.accept(sentence[at:at + 160])
        partials.append(utterance.partial())
    final = utterance.final()
    assert len({p for p in partials if p}) >= 2, "the text grows while the caller speaks"
    assert final.text and final.confidence > 0


def test_vosk_keeps_to_its_grammar(vosk: VoskRecognizer, sentence: np.ndarray) -> None:
    known = next(w for w in ("네", "예", "아니요") if vosk._model("ko").vosk_model_find_word(w) >= 0)
    utterance = opened(vosk, "yes_no", (known, "zzz unknown words"))
    utterance.accept(sentence)
    assert set(utterance.final().text.split()) <= {known}


def test_vosk_reset_forgets(vosk: VoskRecognizer, sentence: np.ndarray) -> None:
    utterance = opened(vosk)
    utterance.accept(sentence)
    utterance.reset()
    assert utterance.partial() == ""
    utterance.accept(np.zeros(1600, np.float32))
    # Kaldi adds random dither, out of which it may make a syllable; the sentence's words would be several.
    assert len(utterance.final().text.split()) <= 1


def test_vosk_partial_after_its_own_segment_end(vosk: VoskRecognizer, sentence: np.ndarray) -> None:
    """Right after a segment the answer has no `partial` key; the words before must not be lost."""
    utterance = opened(vosk)
    for part in (sentence, np.zeros(16000, np.float32), sentence):
        for at in range(0, part.size, 160):
            utterance.accept(part[at:at + 160])
            utterance.partial()
    assert len(utterance.final().text.split()) >= 2


def test_a_folder_that_is_no_vosk_model_is_said(tmp_path: Path) -> None:
    for part in ("am", "conf"):
        (tmp_path / "vosk-en" / part).mkdir(parents=True)
    assert list(vosk_recognizer.installed(tmp_path)) == ["en"]
    with pytest.raises(Unavailable, match="ivr models verify"):
        VoskRecognizer(vosk_recognizer.installed(tmp_path)).open(Expectation("en"))


@pytest.mark.parametrize("language", ["en", "es"])
def test_vosk_understands_recordings(asterisk: tuple[ModuleType, Path], language: str) -> None:
    found = vosk_recognizer.installed(MODELS_DIR)
    if language not in found:
        pytest.skip(f"the Vosk model for {language} is not installed: ivr models fetch {language}")
    heard = hear(VoskRecognizer(found), clip(asterisk, language, "digits/7"), Expectation(language, "digits"))
    assert heard.text == "7"
