"""`ivr call --record`: a call in the terminal becomes a test that passes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ivr.flow.load import load_bundle
from ivr.nlu.train import model_for
from ivr.transcripts.reading import read_test
from ivr.transcripts.suite import Wanted, run_all
from tests.live.server import ROOT

STARTER = ROOT / "flows/starter"
IvrCall = Callable[..., tuple[int, list[dict[str, Any]], str]]


def test_a_recorded_call_is_a_test_that_passes(ivr_call: IvrCall, tmp_path: Path) -> None:
    path = tmp_path / "my_first_test.yaml"
    code, lines, err = ivr_call("what time do you close\n/wait\n/keys 9\n", str(STARTER), "--record", str(path))
    assert (code, err) == (0, "")
    assert "end" in lines[-1]
    bundle = load_bundle(STARTER)
    test, problems = read_test(path.read_bytes(), "tests/my_first_test.yaml", bundle)
    assert test is not None, problems
    assert test.title == "my first test"
    runs = run_all(bundle, model_for(bundle), [test], Wanted())
    assert [r.failure for r in runs] == [None]


def test_a_call_from_a_real_number_is_not_recorded(ivr_call: IvrCall, tmp_path: Path) -> None:
    path = tmp_path / "real.yaml"
    code, _, err = ivr_call("what time do you close\n", str(STARTER), "--record", str(path), "--from", "+12024561414")
    assert code == 1
    assert "could be a real person's" in err
    assert not path.exists()


def test_a_file_that_cannot_be_written(ivr_call: IvrCall, tmp_path: Path) -> None:
    code, _, err = ivr_call("", str(STARTER), "--record", str(tmp_path / "no/such/folder.yaml"))
    assert code == 1
    assert "cannot be written" in err
    assert json.dumps(err).count("Traceback") == 0
