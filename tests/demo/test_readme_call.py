"""The call that the README shows is what the command prints."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("options", "typed"), [((), "I never got my green card\nyes\nno\n"),
                                                (("--tty",), "card never came pls\ny\nno thx\n")], ids=["voice", "tty"])
def test_the_readme_shows_a_real_call(options: tuple[str, ...], typed: str) -> None:
    done = subprocess.run([sys.executable, "-m", "ivr", "call", "flows/uscis", *options, "--at", "2026-03-10T10:05:00-04:00"], cwd=ROOT,
                          input=typed, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert _shown(done.stdout.rstrip()) in _shown((ROOT / "README.md").read_text())


def _shown(text: str) -> str:
    """How sure the model is in the last digit depends on which of the two models an installation has."""
    return re.sub(r"\((?:0\.\d\d|1\.00)\)", "(sure)", text)
