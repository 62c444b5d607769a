"""Several processes of one kind that begin at the same moment: made ready one by one, let go together, ended by their ids.

A member module calls `member(prepare)`. `prepare` gets the job as a mapping and gives the work: a function that is handed a
threading.Event, set when the crew is to end, and that returns figures. Whatever it takes to start is over before `go`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from benchmarks.parts.server_process import ROOT

Work = Callable[[threading.Event], dict[str, Any]]


class Crew:
    def __init__(self, module: str, members: int, /, **job: Any):
        self._members = [subprocess.Popen([sys.executable, "-m", module, json.dumps({**job, "member": n})], cwd=ROOT, text=True,
                                          stdin=subprocess.PIPE, stdout=subprocess.PIPE) for n in range(members)]
        for each in self._members:
            if self._line(each) != "ready":
                self.close()
                raise SystemExit(f"error: {module} did not get ready")

    @staticmethod
    def _line(each: subprocess.Popen[str]) -> str:
        assert each.stdout is not None
        return each.stdout.readline().strip()

    def go(self) -> float:
        """The moment at which they began."""
        begun = time.monotonic()
        for each in self._members:
            assert each.stdin is not None
            each.stdin.write("go\n")
            each.stdin.flush()
        return begun

    def results(self) -> list[dict[str, Any]]:
        """What each has to say at its own end."""
        return [json.loads(self._line(each) or "{}") for each in self._members]

    def kill(self, n: int) -> float:
        """`kill -9` of one; the moment of it."""
        self._members[n].kill()
        self._members[n].wait()
        return time.monotonic()

    def close(self) -> None:
        for each in self._members:
            if each.stdin and not each.stdin.closed:
                each.stdin.close()
        for each in self._members:
            try:
                each.wait(20)
            except subprocess.TimeoutExpired:
                each.kill()
                each.wait()
            if each.stdout:
                each.stdout.close()

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def member(prepare: Callable[[Mapping[str, Any]], Work]) -> None:
    """The main function of a member: ready, go, work until done or until the crew ends."""
    work = prepare(json.loads(sys.argv[1]))
    print("ready", flush=True)
    if not sys.stdin.readline():
        return
    over = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.readline(), over.set()), daemon=True).start()
    figures = work(over)
    print(json.dumps(figures), flush=True)
