"""How well and how fast recordings are understood, through the same path as `ivr transcribe` and a call.

    python benchmarks/recognition.py [--quick] [--json OUT] [--models-dir DIR] [--engine auto]

Sentences: Debian's Asterisk prompts, the clips of `clips_*.txt` (rule in recognition_clips.py). Word error rate ignores
case, accents and punctuation; numbers are written in digits on both sides.
Digits: the packages' recordings of 0-20 and 30-90 with `--expect digits`, and strings of four digits joined from them,
each with four amounts of silence before it (n counts sounds times silences). Strings of ten digits and spelled receipt
numbers (`--expect receipt`) are joined in the same way, see `parts/spoken_numbers.py`; exact means every symbol.
Noise: `ivr.testing.noises`. Latency: the end of the sound's last loud 10 ms to the text, 600 ms of silence ending the
utterance, recognition begun at the pause. The limits are the project's; exit code 1 when one is missed.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
import unicodedata
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "tests" / "data"), str(HERE)]

import fetch_asterisk  # noqa: E402
import jiwer  # noqa: E402
import numpy as np  # noqa: E402
from recognition_clips import listed, set_aside  # noqa: E402

from benchmarks.parts import spoken_numbers as numbers  # noqa: E402
from ivr.speech import mulaw  # noqa: E402
from ivr.speech.engines import choose  # noqa: E402
from ivr.speech.file_transcriber import transcribe_audio  # noqa: E402
from ivr.speech.leveling import trim  # noqa: E402
from ivr.speech.listener import CallListener, UtteranceEnded, UtterancePaused  # noqa: E402
from ivr.speech.recognizer import Expectation, Recognizer, Transcript  # noqa: E402
from ivr.speech.wav import Audio, read_wav  # noqa: E402
from ivr.testing.noises import catalogue  # noqa: E402

_NUMBERS = {
    "en": ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"],
    "es": ["cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez"],
}
_ONE_SPELLING = {"i am": "im", "you are": "youre", "that is": "thats", "can not": "cant", "cannot": "cant", "it is": "its",
               "do not": "dont", "will not": "wont", "re record": "rerecord", "voice mail": "voicemail", "mail box": "mailbox",
               "file name": "filename", "black list": "blacklist", "e mail": "email", "touch tone": "touchtone"}
GUARDS_SEED, OTHER_SEED = 1, 20260310
"""The guards against invented words were chosen on the noises of the first; the other's random ones they have not seen."""
_LEADS_MS = (100, 300, 500, 700)
_SAME = {"en": {"ok": "okay"}, "es": {"un": "1", "una": "1"}}


@dataclass(frozen=True, slots=True)
class Row:
    what: str
    n: int
    value: float
    unit: str
    limit: float | None = None
    at_least: bool = False

    @property
    def met(self) -> bool:
        if self.limit is None:
            return True
        return self.value >= self.limit if self.at_least else self.value <= self.limit


def plain(text: str, language: str) -> str:
    """Words for comparison."""
    flat = unicodedata.normalize("NFD", text.lower().replace("'", "").replace("’", ""))
    words = re.findall(r"\d|[^\W\d_]+", "".join(c for c in flat if not unicodedata.combining(c)))
    numbers = {w: str(i) for i, w in enumerate(_NUMBERS[language])}
    out = " ".join(numbers.get(w) or _SAME[language].get(w, w) for w in words)
    if language == "en":  # one spelling of what is said alike
        for long, short in _ONE_SPELLING.items():
            out = re.sub(rf"\b{long}\b", short, out)
    return out


def sentences(engine: Recognizer, root: Path, language: str, quick: bool) -> tuple[list[Row], list[dict]]:
    words, files = fetch_asterisk.transcripts(root, language), fetch_asterisk.clips(root, language)
    names = listed(language)[::6 if quick else 1]
    others = [] if quick else set_aside(language)
    wanted, got, cpu, clips = [], [], [], []
    for name in [*names, *others]:
        heard = transcribe_audio(read_wav(files[name].read_bytes()), engine, Expectation(language))
        wanted.append(plain(words[name], language))
        got.append(plain(heard.text, language))
        cpu.append(heard.cpu_ms)
        clips.append({"clip": name, "set_aside": name in others, "wanted": wanted[-1], "got": got[-1],
                      "wer": jiwer.wer(wanted[-1], got[-1])})
    limit = {"en": 9.0, "es": 12.0}[language]
    rows = [Row(f"word error rate, {language}, with clips set aside", len(wanted), 100 * jiwer.wer(wanted, got), "%")]
    wanted, got, cpu = wanted[:len(names)], got[:len(names)], cpu[:len(names)]
    exact = 100 * float(np.mean([w == g for w, g in zip(wanted, got, strict=True)]))
    return [Row(f"word error rate, {language} sentences", len(names), 100 * jiwer.wer(wanted, got), "%", limit),
            Row(f"sentences without any error, {language}", len(names), exact, "%"),
            Row(f"CPU a clip, {language}, median", len(names), float(np.median(cpu)), "ms"),
            Row(f"CPU a clip, {language}, p95", len(names), float(np.percentile(cpu, 95)), "ms"),
            *(rows if others else [])], clips


def digits(engine: Recognizer, root: Path, language: str, quick: bool) -> list[Row]:
    files = fetch_asterisk.clips(root, language)
    single = {str(i): read_wav(files[f"digits/{i}"].read_bytes()).samples for i in (*range(21), *range(30, 100, 10))}
    ones = [k for k in single if len(k) == 1]
    files_right = _right(engine, language, {k: s for k, s in single.items() if len(k) == 1 or not quick})
    strings = _right(engine, language, _strings({k: single[k] for k in ones}, 10 if quick else 50))
    alone = [r for k in ones for r in files_right[k]]
    every = [r for found in files_right.values() for r in found]
    joined = [r for found in strings.values() for r in found]
    return [Row(f"digit files 0-9 right, {language}", len(alone), 100 * float(np.mean(alone)), "%"),
            Row(f"number files 0-20, 30-90 right, {language}", len(every), 100 * float(np.mean(every)), "%"),
            Row(f"strings of 4 digits right, {language}", len(joined), 100 * float(np.mean(joined)), "%")]


def _strings(single: dict[str, np.ndarray], count: int) -> dict[str, np.ndarray]:
    """Four recordings each, 0.1 to 0.25 s apart. Real voices, but without the flow of a spoken number."""
    rng = random.Random(7)
    out: dict[str, np.ndarray] = {}
    while len(out) < count:
        keys = rng.choices(sorted(single), k=4)
        gaps = [np.zeros(int(8000 * rng.uniform(0.1, 0.25)), np.float32) for _ in keys]
        out["".join(keys)] = np.concatenate([x for k, gap in zip(keys, gaps, strict=True) for x in (trim(single[k]), gap)])
    return out


def _right(engine: Recognizer, language: str, sounds: dict[str, np.ndarray]) -> dict[str, list[bool]]:
    """Each sound with several amounts of silence before it: one alone can go either way by a few milliseconds."""
    return {want: [_digits_in(engine, language, s, lead_ms) == want for lead_ms in _LEADS_MS] for want, s in sounds.items()}


def _digits_in(engine: Recognizer, language: str, sound: np.ndarray, lead_ms: int) -> str:
    lead, tail = np.zeros(lead_ms * 8, np.float32), np.zeros(2400, np.float32)
    return transcribe_audio(Audio(np.concatenate([lead, sound, tail]), 8000), engine, Expectation(language, "digits")).text


def long_numbers(engine: Recognizer, root: Path, language: str, quick: bool) -> list[Row]:
    """Ten digits and receipt numbers, exact or not; and receipt numbers that came out well formed and wrong."""
    sounds = numbers.symbols(fetch_asterisk.clips(root, language))
    count = 20 if quick else 100

    def heard(form: str, wanted: list[str]) -> list[tuple[str, str]]:
        return [(number, transcribe_audio(Audio(sound, 8000), engine, Expectation(language, form)).text)
                for number, sound in numbers.spoken(wanted, sounds)]

    digits_heard, receipts_heard = heard("digits", numbers.ten_digits(count)), heard("receipt", numbers.receipts(count))
    wrong = [got for want, got in receipts_heard if got and got != want]
    return [Row(f"strings of 10 digits exact, {language}", count, _share(digits_heard), "%", 80.0, at_least=True),
            Row(f"receipt numbers spelled, exact, {language}", count, _share(receipts_heard), "%",
                {"en": 95.0, "es": 85.0}[language], at_least=True),
            Row(f"receipt numbers well formed but wrong, {language}", count, len(wrong), "")]


def _share(pairs: list[tuple[str, str]]) -> float:
    return 100 * float(np.mean([want == got for want, got in pairs]))


def languages(engine: Recognizer, root: Path, quick: bool) -> list[Row]:
    """Sentences of 2 s and more in a call that begins in English and may go over to Spanish."""
    rows = []
    for spoken, what in (("en", "English taken for Spanish"), ("es", "Spanish told from English in an English call")):
        files = fetch_asterisk.clips(root, spoken)
        expectation = Expectation("en", also=("es",))
        told = [t.language == "es" for name in listed(spoken)[::6 if quick else 1]
                for t in utterances_of(engine, read_wav(files[name].read_bytes()), expectation) if t.speech_ms >= 2000]
        rows.append(Row(what, len(told), 100 * float(np.mean(told)), "%", 0.0 if spoken == "en" else None))
    return rows


def utterances_of(engine: Recognizer, audio: Audio, expectation: Expectation) -> list[Transcript]:
    listener = CallListener(end_silence_ms=600)
    heard = listener.feed(mulaw.encode(audio.samples)) + listener.flush()
    return [_transcript(engine, e.samples, expectation) for e in heard if isinstance(e, UtteranceEnded)]


def _transcript(engine: Recognizer, samples: np.ndarray, expectation: Expectation) -> Transcript:
    utterance = engine.open(expectation)
    utterance.accept(samples)
    return utterance.final()


def noise(engine: Recognizer) -> list[Row]:
    """A sound counts once when any language and form makes a text of it."""
    counts: dict[str, list[bool]] = {}
    for seed, sound in [(n, sound) for n in (GUARDS_SEED, OTHER_SEED) for sound in catalogue(n)]:
        if seed == OTHER_SEED and sound.kind != "noise":
            continue
        texts = [transcribe_audio(Audio(sound.samples, 8000), engine, Expectation(language, form)).text
                 for language in ("en", "es") for form in ("text", "digits")]
        kind = sound.kind if seed == GUARDS_SEED else "noise, other seed"
        counts.setdefault(kind, []).append(any(texts))
    limits = {"silence": 0, "dtmf": 0, "baudot": 0, "noise": 2, "noise, other seed": 2}
    return [Row(f"texts out of {kind}", len(found), sum(found), "", limits[kind]) for kind, found in counts.items()]


def latency(engine: Recognizer, root: Path, quick: bool) -> list[Row]:
    files = fetch_asterisk.clips(root, "en")
    waits = [w for name in listed("en")[::12 if quick else 3]
             if (w := _wait(engine, read_wav(files[name].read_bytes()))) is not None]
    return [Row("end of speech to text, median", len(waits), float(np.median(waits)), "s", 0.8),
            Row("end of speech to text, p95", len(waits), float(np.percentile(waits, 95)), "s", 1.2)]


def _wait(engine: Recognizer, audio: Audio) -> float | None:
    """Seconds from the last loud 10 ms to the text of the last utterance; None without speech."""
    rms = np.sqrt(np.mean(audio.samples[:audio.samples.size // 80 * 80].reshape(-1, 80) ** 2, axis=1))
    speech_end_ms = 10 * (int(np.flatnonzero(rms > 0.05 * rms.max())[-1]) + 1)
    listener = CallListener(end_silence_ms=600)
    payload = mulaw.encode(np.concatenate([audio.samples, np.zeros(16000, np.float32)]))
    paused_ms, ended_ms, samples = 0, 0, None
    for at in range(0, len(payload), 160):
        for event in listener.feed(payload[at:at + 160]):
            if isinstance(event, UtterancePaused):
                paused_ms = listener.heard_ms
            elif isinstance(event, UtteranceEnded):
                ended_ms, samples = listener.heard_ms, event.samples
    if samples is None:
        return None
    begun = time.monotonic()
    _transcript(engine, samples, Expectation("en"))
    text_ms = max(ended_ms, paused_ms + 1000 * (time.monotonic() - begun))
    return (text_ms - speech_end_ms) / 1000


def main() -> int:
    parser = argparse.ArgumentParser(description="Recognition benchmark.")
    parser.add_argument("--quick", action="store_true", help="a sixth of the clips")
    parser.add_argument("--json", type=Path, metavar="OUT", help="save rows and clips")
    parser.add_argument("--models-dir", type=Path, default=HERE.parent / "var" / "models")
    parser.add_argument("--engine", default="auto")
    options = parser.parse_args()
    try:
        root = fetch_asterisk.fetch()
    except fetch_asterisk.NotFetched as error:
        sys.exit(f"error: {error}")
    engine = choose(options.engine, options.models_dir)
    rows: list[Row] = []
    clips: dict[str, list[dict]] = {}
    for language in ("en", "es"):
        scored, clips[language] = sentences(engine, root, language, options.quick)
        rows += [*scored, *digits(engine, root, language, options.quick),
                 *long_numbers(engine, root, language, options.quick)]
    for what, label, limit in (("digit files", "digit files 0-9 right, both languages", 90.0),
                               ("number files", "number files 0-20, 30-90 right, both languages", None)):
        files = [r for r in rows if r.what.startswith(what)]
        right = sum(r.n * r.value for r in files) / sum(r.n for r in files)
        rows.append(Row(label, sum(r.n for r in files), right, "%", limit, at_least=True))
    rows += [*languages(engine, root, options.quick), *noise(engine), *latency(engine, root, options.quick)]
    engine.close()
    show(rows, engine.name)
    if options.json:
        table = [{"what": r.what, "n": r.n, "value": round(r.value, 3), "unit": r.unit, "limit": r.limit, "met": r.met}
                 for r in rows]
        options.json.write_text(json.dumps({"engine": engine.name, "rows": table, "clips": clips}, indent=1), "utf-8")
    return 0 if all(r.met for r in rows) else 1


def show(rows: list[Row], engine: str) -> None:
    print(f"engine {engine}\n{'':48} {'n':>4} {'value':>8}    limit")
    for r in rows:
        limit = "" if r.limit is None else f"{'>=' if r.at_least else '<='} {r.limit:g} {'' if r.met else 'MISSED'}"
        print(f"{r.what:48} {r.n:4} {r.value:8.2f} {r.unit:2} {limit}")


if __name__ == "__main__":
    sys.exit(main())
