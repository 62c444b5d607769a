"""Calls from the terminal in this process: input lines in, JSON lines out."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from ivr.cli.main import main

Lines = list[dict[str, Any]]


@pytest.fixture
def ivr_call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, Lines, str]]:
    """`ivr_call(inputs, *arguments)` -> exit code, one object a line, what was said on standard error."""

    def run(inputs: str, *arguments: str) -> tuple[int, Lines, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(inputs))
        code = main(["call", *arguments, "--json"])
        out, err = capsys.readouterr()
        return code, [json.loads(line) for line in out.splitlines()], err

    return run
