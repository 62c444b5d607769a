"""The transcripts of the reference deployment by text telephone, through real tones over the media socket's protocol.

A share of them, drawn by a fixed seed; `benchmarks/tty_calls.py` makes all of them.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from ivr.demo.toned_call import call_by_tones
from ivr.flow.load import load_bundle
from ivr.nlu.train import model_for
from ivr.transcripts.call_report import call_text
from ivr.transcripts.folder import read_tests
from ivr.transcripts.suite import Wanted, run_all

ROOT = Path(__file__).parents[2]
SHARE, SEED = 16, 20261122


@pytest.mark.parametrize("part", range(4))
def test_transcripts_go_the_same_way_in_tones(part: int) -> None:
    folder = ROOT / "flows/uscis"
    bundle = load_bundle(folder)
    tests = list(read_tests(folder, bundle).tests)
    random.Random(SEED).shuffle(tests)
    made = tests[part:SHARE:4] if not os.environ.get("TONED_FULL") else tests[part::4]
    runs = run_all(bundle, model_for(bundle, ROOT / "var/test-intents"), made, Wanted(("tty",)), call=call_by_tones)
    toned = [run for run in runs if run.variant == "tty"]
    failed = [run for run in toned if not run.ok]
    assert not failed, "\n".join(call_text(run, folder.name) for run in failed[:2])
    assert sum(1 for run in toned if not run.not_applicable) >= len(made)
