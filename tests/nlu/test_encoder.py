"""The sentence encoder: only the file that was pinned is loaded, and what it says is the same alone and in company."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import numpy as np
import pytest

from ivr.nlu import encoder as module
from ivr.nlu.encoder import Encoder, encoder_in, why_not
from ivr.nlu.normalise import for_encoder
from ivr.speech.model_catalogue import E5


def test_without_the_model_intents_do_without(tmp_path: Path):
    assert encoder_in(tmp_path) is None
    assert "ivr models fetch e5" in why_not(tmp_path)


def test_machine_code_that_was_not_pinned_is_not_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "_instructions", lambda: module.NEEDED_INSTRUCTIONS)
    folder = tmp_path / E5.name
    folder.mkdir()
    for file in E5.files:
        with (folder / file.name).open("wb") as sink:
            sink.truncate(file.size or 0)
    assert "is not the file that was installed" in why_not(tmp_path)
    assert encoder_in(tmp_path) is None


def test_an_older_processor_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    info = tmp_path / "cpuinfo"
    info.write_text("processor : 0\nflags : fpu sse2 fma\n")
    monkeypatch.setattr(module, "_CPUINFO", info)
    folder = tmp_path / E5.name
    folder.mkdir()
    for file in E5.files:
        (folder / file.name).touch()
    assert why_not(tmp_path) == "this processor has no avx2, which the sentence encoder needs"


def test_alone_in_company_and_in_threads_the_same_bits(e5: Encoder):
    texts = ["where is my case", "cómo va mi caso", "", "i moved to texas", for_encoder("\ufdfa" * 600)]
    together = e5.encode(texts)
    assert together.shape == (len(texts), e5.dimensions)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-4)
    alone = np.vstack([e5.encode([t]) for t in texts])
    assert np.array_equal(together, alone)
    seen: list[bool] = []
    threads = [threading.Thread(target=lambda: seen.append(np.array_equal(e5.encode(texts), together))) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert seen == [True] * 4


def test_languages_share_a_meaning_and_the_environment_is_left_as_it_was(e5: Encoder):
    house, casa, visa = e5.encode(["i moved to another house", "me mudé a otra casa", "the printer has no paper"])
    assert house @ casa > house @ visa
    assert "OMP_WAIT_POLICY" not in os.environ
