"""How well intents are told apart: the reference bundle by cross-validation, and public sets where their files are given.

    python benchmarks/nlu.py [--quick] [--json OUT] [--bundle flows/uscis] [--sets DIR] [--models DIR]

`--sets DIR` holds NAME_train.csv and NAME_test.csv (columns text,intent), and if there are any NAME_near.csv (out of scope, of
the same kind) and far.csv (out of scope, of any kind, for every set that has it not as NAME_far.csv). Names that begin with
clinc60, clinc150_10, clinc150_20, banking_10 and banking_full have targets. What is not there is not measured.
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.parts import figures  # noqa: E402
from benchmarks.parts.figures import Figure  # noqa: E402
from ivr.flow.load import load_bundle  # noqa: E402
from ivr.nlu import bench, evaluate  # noqa: E402
from ivr.nlu.costly import costly_intents  # noqa: E402
from ivr.nlu.csv_phrases import read  # noqa: E402
from ivr.nlu.embeddings import Embeddings  # noqa: E402
from ivr.nlu.encoder import encoder_in, why_not  # noqa: E402
from ivr.nlu.normalise import for_encoder  # noqa: E402
from ivr.nlu.phrases import phrases_of  # noqa: E402
from ivr.nlu.train import train  # noqa: E402

TARGETS: dict[str, dict[str, tuple[float, bool]]] = {
    "clinc60": {"accuracy": (0.955, True), "near AUROC": (0.935, True), "far AUROC": (0.970, True),
                "far recall at 95 % accept": (0.86, True), "accepted and right": (0.87, True),
                "accepted and wrong": (0.01, False), "far accepted": (0.08, False)},
    "clinc150_10": {"accuracy": (0.90, True)}, "clinc150_20": {"far recall at 95 % accept": (0.80, True)},
    "banking_10": {"accuracy": (0.84, True)}, "banking_full": {"accuracy": (0.92, True)},
}


def main() -> int:
    parser = figures.options("Accuracy, calibration, rejection and times of the intent models.")
    parser.add_argument("--bundle", type=Path, default=ROOT / "flows" / "uscis")
    parser.add_argument("--models", type=Path, default=ROOT / "var" / "models")
    parser.add_argument("--sets", type=Path, help="folder of public sets as CSV files")
    options = parser.parse_args()
    encoder = encoder_in(options.models)
    if encoder is None:
        print(f"by words alone: {why_not(options.models)}")
    remembered = Embeddings(encoder) if encoder else None
    table, details = of_bundle(options.bundle, encoder, remembered, options)
    for row, more in of_sets(options.sets, remembered) if options.sets else ():
        table += row
        details["sets"].append(more)
    if not options.sets:
        print("public sets: not measured (no --sets)")
    figures.show("intents", table)
    figures.save("nlu", table, options.json, quick=options.quick, details=details)
    return 0 if all(f.met is not False for f in table) else 1


def of_bundle(folder: Path, encoder: Any, remembered: Any, options: Any) -> tuple[list[Figure], dict[str, Any]]:
    bundle = load_bundle(folder)
    phrases, costly = phrases_of(bundle), costly_intents(bundle)
    folds = 2 if options.quick else 5
    far = options.sets / "far.csv" if options.sets else None
    others = {"far": read(far, "en", intent="_oos")} if far and far.is_file() else {}
    began = time.perf_counter()
    train(phrases, remembered, costly=costly)
    cold_s = time.perf_counter() - began
    clean = evaluate.report(evaluate.cross_validated(phrases, folds, remembered, costly, others=others))
    noisy = evaluate.report(evaluate.cross_validated(phrases, folds, remembered, costly, noise=0.15))
    words = evaluate.report(evaluate.cross_validated(phrases, folds, None, costly))
    began = time.perf_counter()
    train(phrases, remembered, costly=costly, publish=True)
    publish_s = time.perf_counter() - began
    table = [
        Figure("phrases of the bundle", len(phrases)),
        *(Figure(f"accuracy, {one}", 100 * clean["languages"][one]["accuracy"], "%", 93, True) for one in bundle.languages),
        Figure("calibration error", clean["ece"], "", 0.03),
        *(Figure(f"accuracy with 15 % of words wrong, {one}", 100 * noisy["languages"][one]["accuracy"], "%", 90, True)
          for one in bundle.languages),
        *(Figure(f"accuracy by words alone, {one}", 100 * words["languages"][one]["accuracy"], "%") for one in bundle.languages),
        Figure("in scope: accepted and right", 100 * clean["three_way"]["in_scope"]["accept_right"], "%"),
        Figure("in scope: accepted and wrong", 100 * clean["three_way"]["in_scope"]["accept_wrong"], "%"),
        *_outside("the bundle's topics out of scope", "out_of_scope", clean, None),
        *(_outside("far out of scope", "far", clean, 0.86) if others else ()),
        Figure("a classification, p50", clean["p50_ms"], "ms", 15), Figure("a classification, p99", clean["p99_ms"], "ms", 60),
        Figure("training, nothing embedded yet", cold_s, "s"), Figure("training after an edit", clean["train_s"], "s", 8),
        Figure("training at publish, with noised folds", publish_s, "s"),
    ]
    return table, {"bundle": clean, "noise": noisy, "words": words, "sets": []}


def _outside(what: str, name: str, found: dict[str, Any], recall: float | None) -> list[Figure]:
    return [Figure(f"{what}: AUROC", found["oos"][name]["auroc"]),
            Figure(f"{what}: recall at 95 % accept", found["oos"][name]["recall_at_95_accept"], "", recall, True),
            Figure(f"{what}: accepted", 100 * found["three_way"][name]["accept"], "%")]


def of_sets(folder: Path, remembered: Any) -> list[tuple[list[Figure], dict[str, Any]]]:
    """Figures of every set in the folder; sets of one name with a number behind it (NAME.1, NAME.2) by their medians."""
    runs: dict[str, list[dict[str, float]]] = {}
    for training in sorted(folder.glob("*_train.csv")):
        stem = training.name.removesuffix("_train.csv")
        runs.setdefault(stem.partition(".")[0], []).append(of_set(folder, stem, remembered))
        print(f"measured {stem}", flush=True)
    out = []
    for name, several in runs.items():
        middle = {k: statistics.median(r[k] for r in several) for k in several[0]}
        goals = TARGETS.get(name, {})
        out.append(([Figure(f"{name}: {k}", v, "s" if k == "training" else "", *goals.get(k, (None, False))) for k, v in middle.items()],
                    {"name": name, "runs": several}))
    return out


def of_set(folder: Path, stem: str, remembered: Any) -> dict[str, float]:
    outside = {kind: path for kind in ("near", "far")
               if (path := folder / f"{stem}_{kind}.csv").is_file() or (path := folder / f"{kind}.csv").is_file()}
    training, tests = read(folder / f"{stem}_train.csv", "en"), read(folder / f"{stem}_test.csv", "en")
    others = {kind: read(path, "en", intent="_oos") for kind, path in outside.items()}
    if remembered:
        remembered.encode([for_encoder(p.text) for p in [*training, *tests, *(p for rows in others.values() for p in rows)]])
    found = bench.run(training, tests, others, remembered)
    ways = found["three_way"]
    named = {"accuracy": found["accuracy"], "calibration error": found["ece"], "training": found["train_s"],
             "accepted and right": ways["in_scope"]["accept_right"], "accepted and wrong": ways["in_scope"]["accept_wrong"]}
    for kind in others:
        named |= {f"{kind} AUROC": found["oos"][kind]["auroc"], f"{kind} recall at 95 % accept": found["oos"][kind]["recall_at_95_accept"],
                  f"{kind} accepted": ways[kind]["accept"]}
    return named


if __name__ == "__main__":
    sys.exit(main())
