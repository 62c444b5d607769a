"""The call that the README shows is what the command prints."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_readme_shows_a_real_call() -> None:
    done = subprocess.run([sys.executable, "-m", "ivr", "call", "flows/uscis", "--at", "2026-03-10T10:05:00-04:00"], cwd=ROOT,
                          input="I never got my green card\nyes\nno\n", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.rstrip() in (ROOT / "README.md").read_text()
