"""What is understood of sentences that were typed on a text telephone, beside the same sentences as they were written.

    python benchmarks/typed.py [--quick] [--bundle flows/uscis] [--models DIR] [--words-only] [--json OUT]

The sentences are the bundle's held-out test sentences and what callers say in its transcripts. A seeded typist sends each in
capitals, without accents, in shorthand, with a slip in one word of fifteen (`ivr/fuzz/typist.py`). Counted is what the opening question
makes of it: as it arrived, and as `ivr/dialog/typed.py` hands it on.
"""

from __future__ import annotations

import random
import sys
import time
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.parts import figures  # noqa: E402
from benchmarks.parts.figures import Figure  # noqa: E402
from ivr.dialog.decision import ACCEPT  # noqa: E402
from ivr.dialog.events import SpeechHeard  # noqa: E402
from ivr.dialog.typed import normalised  # noqa: E402
from ivr.flow.load import load_bundle  # noqa: E402
from ivr.flow.model import Bundle  # noqa: E402
from ivr.fuzz.damage import Understand  # noqa: E402
from ivr.fuzz.hearing import understanding  # noqa: E402
from ivr.fuzz.sentences import FILE, Sentence, read_sentences  # noqa: E402
from ivr.fuzz.tally import Outcome  # noqa: E402
from ivr.fuzz.typist import typed  # noqa: E402
from ivr.nlu.encoder import encoder_in, why_not  # noqa: E402
from ivr.nlu.train import model_for  # noqa: E402
from ivr.transcripts.folder import read_tests  # noqa: E402
from ivr.transcripts.model import AS_WRITTEN  # noqa: E402
from ivr.transcripts.suite import Wanted, run_all  # noqa: E402

SEEDS = range(101, 106)
"""None of them was looked at while the rules were written; those were seeds 0 to 4."""
LOSS = 2.0
"""Points that typing may cost against the sentences as they were written."""
Read = Callable[[Sentence, int], str]


def main() -> int:
    parser = figures.options("Intents of typed sentences.")
    parser.add_argument("--bundle", type=Path, default=ROOT / "flows" / "uscis")
    parser.add_argument("--models", type=Path, default=ROOT / "var" / "models")
    parser.add_argument("--cache", type=Path, default=ROOT / "var" / "intents")
    parser.add_argument("--words-only", action="store_true", help="without the sentence encoder")
    parser.add_argument("--misses", type=int, default=0, metavar="N", help="sentences to list that typing loses")
    options = parser.parse_args()
    encoder = None if options.words_only else encoder_in(options.models)
    if encoder is None:
        print(f"by words alone: {why_not(options.models) or 'asked for'}")
    bundle = load_bundle(options.bundle)
    model = model_for(bundle, options.cache, encoder)
    sentences = [*read_sentences(options.bundle / FILE, bundle), *said_in_transcripts(options.bundle, bundle, model)]
    table, details = evaluate(bundle, sentences, understanding(bundle, model), SEEDS[:1] if options.quick else SEEDS, options.misses)
    figures.show(f"Typed sentences, {options.bundle.name}", table)
    figures.save("typed", table, options.json, quick=options.quick, details=details)
    return 0 if all(f.met is not False for f in table) else 1


def said_in_transcripts(folder: Path, bundle: Bundle, model: object) -> list[Sentence]:
    """Every request of a caller in the transcripts that was taken for an intent."""
    tests = read_tests(folder, bundle).tests
    found: dict[tuple[str, str], Sentence] = {}
    for run in run_all(bundle, model, tests, Wanted((AS_WRITTEN,))):
        for answered in run.answers:
            event = answered.event
            if not isinstance(event, SpeechHeard) or not event.ranking or event.decision != ACCEPT:
                continue
            if not event.ranking[0].intent.startswith("_"):
                language = answered.before.language
                found.setdefault((event.text.reveal(), language), Sentence(event.text.reveal(), event.ranking[0].intent, language))
    return list(found.values())


def evaluate(bundle: Bundle, sentences: list[Sentence], understand: Understand, seeds: range, misses: int) -> tuple[list[Figure], dict]:
    ways: dict[str, Read] = {
        "as written": lambda s, seed: s.text,
        "typed, as it arrives": lambda s, seed: sent(s, seed),
        "typed, as it is handed on": lambda s, seed: normalised(sent(s, seed), s.language, bundle),
    }
    found = {name: outcomes(sentences, read, understand, seeds[:1] if name == "as written" else seeds) for name, read in ways.items()}
    table = [Figure("sentences", len(sentences)), Figure("typings of each", len(seeds))]
    for language in bundle.languages:
        share = {name: shares(own, language) for name, own in found.items()}
        table += [Figure(f"{name}: understood or asked about rightly, {language}", right, "%") for name, (right, _, _) in share.items()]
        table += [Figure(f"{name}: understood at once, {language}", taken, "%") for name, (_, taken, _) in share.items()]
        table += [Figure(f"{name}: taken for something else, {language}", wrong, "%") for name, (_, _, wrong) in share.items()]
        clean, handed = share["as written"], share["typed, as it is handed on"]
        table += [Figure(f"lost by typing: understood or asked about rightly, {language}", clean[0] - handed[0], "points", LOSS),
                  Figure(f"lost by typing: understood at once, {language}", clean[1] - handed[1], "points", LOSS)]
    table.append(Figure("putting a sentence right, median", timing(bundle, sentences), "ms", 1.0))
    lost = [(s.text, ways["typed, as it arrives"](s, seed), ways["typed, as it is handed on"](s, seed), s.intent, o.understood)
            for seed, s, o in found["typed, as it is handed on"] if seed == seeds[0] and not o.right]
    for row in lost[:misses]:
        print(" | ".join(row))
    return table, {"seeds": list(seeds), "not_understood_of_first": len(lost)}


def sent(sentence: Sentence, seed: int) -> str:
    """Its own chance for each sentence, so that one more sentence changes no other."""
    chance = random.Random(zlib.crc32(f"{seed}|typed|{sentence.language}|{sentence.text}".encode()))
    return typed(sentence.text, sentence.language, chance)


def outcomes(sentences: list[Sentence], read: Read, understand: Understand, seeds: Iterable[int]) -> list[tuple[int, Sentence, Outcome]]:
    known: dict[tuple[str, str], object] = {}
    out = []
    for seed in seeds:
        for sentence in sentences:
            key = (read(sentence, seed), sentence.language)
            got = known.get(key) or known.setdefault(key, understand(*key))
            out.append((seed, sentence, Outcome(sentence.intent, "typed", sentence.language, got.intent, got.decision, got.offered)))
    return out


def shares(found: list[tuple[int, Sentence, Outcome]], language: str) -> tuple[float, float, float]:
    """Per cent understood or asked about rightly, understood at once, and taken for something else."""
    own = [o for _, _, o in found if o.language == language]
    return tuple(100 * sum(count(o) for o in own) / max(1, len(own)) for count in (
        lambda o: o.right, lambda o: o.taken, lambda o: o.decision == ACCEPT and o.understood != o.intent))


def timing(bundle: Bundle, sentences: list[Sentence]) -> float:
    lines = [(sent(s, SEEDS[0]), s.language) for s in sentences]
    spent = []
    for text, language in lines:
        begun = time.perf_counter()
        normalised(text, language, bundle)
        spent.append(time.perf_counter() - begun)
    return 1000 * sorted(spent)[len(spent) // 2]


if __name__ == "__main__":
    sys.exit(main())
