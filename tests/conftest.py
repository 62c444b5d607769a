"""What every test may use. Nothing here starts a server or loads a model; that is in the folders that need it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ivr.flow.load import load_bundle
from ivr.flow.model import Bundle

ROOT = Path(__file__).parent.parent
os.environ.setdefault("HF_HUB_OFFLINE", "1")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings of the person who runs the tests must not decide them; the models folder is the exception."""
    for name in [n for n in os.environ if n.startswith("IVR_") and n != "IVR_MODELS_DIR"]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def uscis() -> Bundle:
    return load_bundle(ROOT / "flows/uscis")


@pytest.fixture(scope="session")
def starter() -> Bundle:
    return load_bundle(ROOT / "flows/starter")
