"""The intent model of a bundle, learnt ahead where the servers of tests and benchmarks look for it."""

from __future__ import annotations

from pathlib import Path

from ivr.flow.load import load_bundle
from ivr.nlu.encoder import encoder_in
from ivr.nlu.train import model_for
from tests.live.server import INTENTS


def learn_intents(bundle: Path, models_dir: Path) -> None:
    model_for(load_bundle(bundle), INTENTS, encoder_in(models_dir))
