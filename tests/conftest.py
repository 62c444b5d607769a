"""What every test may use. Nothing here starts a server or loads a model; that is in the folders that need it."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from ivr.flow.load import load_bundle
from ivr.flow.model import Bundle
from ivr.ops import logs
from tests.examples import FAST, examples

ROOT = Path(__file__).parent.parent
if FAST:
    settings.register_profile("fast", max_examples=examples(settings.default.max_examples))
    settings.load_profile("fast")
os.environ.setdefault("HF_HUB_OFFLINE", "1")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings of the person who runs the tests must not decide them; the models folder is the exception."""
    for name in [n for n in os.environ if n.startswith("IVR_") and n != "IVR_MODELS_DIR"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("IVR_INTENTS", "words")  # learning by meaning takes a minute; what needs it asks for it


@pytest.fixture(autouse=True)
def _own_log() -> Iterator[None]:
    """A command under test sends the logs to its own standard error, which is closed when it is done: the next test begins
    with a log of its own."""
    logs.configure("error", io.StringIO())
    yield
    logs.configure("error", io.StringIO())


@pytest.fixture(scope="session")
def uscis() -> Bundle:
    return load_bundle(ROOT / "flows/uscis")


@pytest.fixture(scope="session")
def starter() -> Bundle:
    return load_bundle(ROOT / "flows/starter")
