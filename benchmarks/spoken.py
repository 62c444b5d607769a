"""What callers want, spoken in a noisy room: synthetic voices, babble, telephone line, real recogniser, intent model.

    python benchmarks/spoken.py [--quick] [--group robot|neural] [--snr 12] [--json OUT]
    python benchmarks/spoken.py --fetch-voices

Sentences that no model has seen (flows/uscis/tests/sentences.csv), each spoken by one of several synthetic speakers of either
group: `robot`, espeak-ng's variants, which a recogniser made from people hears badly even without noise; `neural`, piper and
Kokoro (parts/neural_voices.py), where `--fetch-voices` has installed them. Both speak all sentences; the target stands on the two
together. They speak into babble of eight other voices (espeak-ng's, for both groups) and pink noise, 12 dB below. The sound goes
through mu-law and a call's ear (tone gate, voice detector, end of speech) to the recogniser, in the state of the opening
question. Right: the intent is taken and is the right one, or it is among those that the caller is asked about. Word errors count
what was heard of it all, an utterance that was not heard as all its words. Seeded.
"""

from __future__ import annotations

import csv
import random
import re
import sys
import time
import unicodedata
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import jiwer  # noqa: E402

from benchmarks.parts import figures  # noqa: E402
from benchmarks.parts.fetch_voices import fetch_voices  # noqa: E402
from benchmarks.parts.figures import Figure  # noqa: E402
from benchmarks.parts.neural_voices import neural_speakers  # noqa: E402
from benchmarks.parts.statistics import percentile  # noqa: E402
from ivr.dialog.decision import REJECT  # noqa: E402
from ivr.flow.load import load_bundle  # noqa: E402
from ivr.flow.model import Bundle  # noqa: E402
from ivr.fuzz.damage import SPOKEN, Understood, in_room  # noqa: E402
from ivr.fuzz.hearing import ear, understanding  # noqa: E402
from ivr.fuzz.tally import Outcome  # noqa: E402
from ivr.nlu.base import IntentModel  # noqa: E402
from ivr.nlu.encoder import encoder_in, why_not  # noqa: E402
from ivr.nlu.train import model_for  # noqa: E402
from ivr.speech.engines import choose  # noqa: E402
from ivr.speech.recognizer import Recognizer  # noqa: E402
from ivr.testing.babble import babble  # noqa: E402
from ivr.testing.speakers import Speaker, babblers, speakers  # noqa: E402

TARGETS = {"en": 90.0, "es": 85.0}
GROUPS = ("robot", "neural")
VOICES = ROOT / "var/voices"
SEED = 20260310


@dataclass(frozen=True, slots=True)
class Said:
    group: str
    """robot | neural"""
    language: str
    intent: str
    words: str
    heard: str
    speaker: str
    outcome: str
    """right | confirmed | wrong | rejected | unheard"""
    as_text: str
    """The outcome had every word been understood: what the recogniser and the room take away is the difference."""
    recognition_ms: float


def main() -> int:
    parser = figures.options("Intents of sentences spoken in babble.")
    parser.add_argument("--snr", type=float, default=12.0, help="decibels between speech and babble")
    parser.add_argument("--group", choices=GROUPS, help="speakers of one kind only")
    parser.add_argument("--fetch-voices", action="store_true", help="install the neural voices in var/voices, measure nothing")
    parser.add_argument("--models-dir", type=Path, default=ROOT / "var/models")
    options = parser.parse_args()
    if options.fetch_voices:
        fetch_voices(VOICES)
        return 0
    groups = (options.group,) if options.group else GROUPS
    said = measure_all(groups, options.models_dir, options.snr, 30 if options.quick else 0)
    table = evaluate(said)
    figures.show(f"spoken in babble at {options.snr:g} dB", table)
    details = {"snr_db": options.snr, "groups": sorted({s.group for s in said}), "intents": _intents_by(options.models_dir),
               "speakers": by_speaker(said), "misses": [[s.group, s.language, s.intent, s.words, s.heard, s.speaker, s.outcome]
                                                        for s in said if s.outcome not in ("right", "confirmed")]}
    figures.save("spoken", table, options.json, quick=options.quick, details=details)
    return 0 if said and all(f.met is not False for f in table) else 1


def measure_all(groups: tuple[str, ...], models_dir: Path, snr_db: float, limit: int) -> list[Said]:
    bundle = load_bundle(ROOT / "flows/uscis")
    print(f"intents by {_intents_by(models_dir)}", flush=True)
    model = model_for(bundle, ROOT / "var/intents", encoder_in(models_dir))
    engine = choose("auto", models_dir)
    said = [s for group in groups for language in TARGETS
            for s in measure(bundle, model, engine, group, language, models_dir, snr_db, limit)]
    engine.close()
    return said


def measure(bundle: Bundle, model: IntentModel, engine: Recognizer, group: str, language: str, models_dir: Path, snr_db: float,
            limit: int) -> Iterator[Said]:
    voices = list(speakers_of(group, language, models_dir).items())
    room = babble(babblers(language), 30 * 8000, SEED)
    hear, understand = ear(bundle, engine), understanding(bundle, model)
    for number, (intent, words) in enumerate(sentences(language, limit) if voices else []):
        name, speak = voices[number % len(voices)]
        sound = in_room(speak(words), room, snr_db, random.Random(zlib.crc32(words.encode())))
        begun = time.perf_counter()
        heard = hear(sound, language)
        spent_ms = 1000 * (time.perf_counter() - begun)
        outcome = judged(intent, language, understand(heard, language)) if heard else "unheard"
        as_text = judged(intent, language, understand(words, language))
        yield Said(group, language, intent, words, heard, name, outcome, as_text, spent_ms)


def speakers_of(group: str, language: str, models_dir: Path) -> dict[str, Speaker]:
    if group == "neural":
        return neural_speakers(language, VOICES)
    return {name: speak for name, speak in speakers(language, models_dir).items() if name.startswith("espeak")}


def _intents_by(models_dir: Path) -> str:
    reason = why_not(models_dir)
    return f"words alone: {reason}" if reason else "words and the sentence encoder"


def sentences(language: str, limit: int) -> list[tuple[str, str]]:
    """(intent, words), in an order that gives every speaker all kinds of sentences."""
    with (ROOT / "flows/uscis/tests/sentences.csv").open(encoding="utf-8", newline="") as source:
        rows = [(r["intent"], r["text"]) for r in csv.DictReader(source) if r["lang"] == language]
    wanted = sorted((i, w) for i, w in rows if not i.startswith("_"))
    random.Random(SEED).shuffle(wanted)
    return wanted[:limit or None]


def judged(intent: str, language: str, found: Understood) -> str:
    """`right` | `confirmed` | `wrong` | `rejected`."""
    outcome = Outcome(intent, SPOKEN, language, found.intent, found.decision, found.offered)
    if outcome.right:
        return "right" if outcome.taken else "confirmed"
    return "rejected" if found.decision == REJECT else "wrong"


def evaluate(said: list[Said]) -> list[Figure]:
    """The table: each language with its target on all groups that spoke, then each group. Pure."""
    out = []
    for language, target in TARGETS.items():
        own = [s for s in said if s.language == language]
        groups = [g for g in GROUPS if any(s.group == g for s in own)]
        if own:
            out += [Figure(f"intent right or confirmed, {language}, {' and '.join(groups)}", _understood(own), "%", target, at_least=True),
                    Figure(f"right or confirmed had it been typed, {language}",
                           _share([s.as_text in ("right", "confirmed") for s in own]), "%")]
        for group in groups:
            out += _of_group(f"{language}, {group}", [s for s in own if s.group == group])
    return out


def _of_group(who: str, own: list[Said]) -> list[Figure]:
    return [Figure(f"sentences, {who}", len(own)), Figure(f"intent right or confirmed, {who}", _understood(own), "%"),
            *(Figure(f"of these {o}, {who}", _share([s.outcome == o for s in own]), "%")
              for o in ("right", "confirmed", "wrong", "rejected", "unheard")),
            Figure(f"word errors, {who}", word_errors(own), "%"),
            Figure(f"sound to text, {who}, median", percentile([s.recognition_ms for s in own], 0.5), "ms")]


def by_speaker(said: list[Said]) -> list[dict[str, object]]:
    """What each voice came to: one that nobody understands would show here. Pure."""
    names = sorted({(s.group, s.language, s.speaker) for s in said})
    owns = [(name, [s for s in said if (s.group, s.language, s.speaker) == name]) for name in names]
    return [{"group": group, "language": language, "speaker": speaker, "sentences": len(own),
             "right_or_confirmed": round(_understood(own), 1), "word_errors": round(word_errors(own), 1)}
            for (group, language, speaker), own in owns]


def word_errors(said: list[Said]) -> float:
    """Per cent of the words said, without regard to case, accents and punctuation. Pure."""
    return 100 * float(jiwer.wer([_plain(s.words) for s in said], [_plain(s.heard) for s in said]))


def _plain(text: str) -> str:
    letters = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[a-z0-9]+", re.sub(r"['’-]", "", letters)))


def _understood(said: list[Said]) -> float:
    return _share([s.outcome in ("right", "confirmed") for s in said])


def _share(hits: list[bool]) -> float:
    return 100 * sum(hits) / max(1, len(hits))


if __name__ == "__main__":
    sys.exit(main())
