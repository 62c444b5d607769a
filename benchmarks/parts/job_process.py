"""A load generator in a process of its own: a JSON job a line goes in, a JSON line of figures comes out."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from benchmarks.parts.server_process import ROOT


class JobProcess:
    def __init__(self, module: str):
        self._process = subprocess.Popen([sys.executable, "-m", module], cwd=ROOT, text=True, stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE)
        self._jobs = 0

    def run(self, **job: Any) -> dict[str, Any]:
        """Perform one job; its `group` keeps its calls apart from those of other jobs."""
        self._jobs += 1
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps({**job, "group": f"{self._jobs:x}"}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("error: the load generator ended")
        return json.loads(line)

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)
