"""A server in a process of its own, pinned to one core, ended by its id."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
ACCOUNT, TOKEN, PUBLIC_URL = "AC" + "1" * 32, "2" * 32, "https://ivr.example.org"
READY_WITHIN_S = 120.0
SERVER_CORE, GENERATOR_CORE = 0, 1


def pin(core: int) -> None:
    """Keep this process on one core; a machine with fewer cores leaves it where it is."""
    allowed = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {allowed[core % len(allowed)]})


def environment(var_dir: Path, **settings: str) -> dict[str, str]:
    """Production settings of a server of its own, untouched by those of the shell."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("IVR_")}
    return inherited | {"IVR_ENV": "production", "IVR_VAR_DIR": str(var_dir), "IVR_PORT": "0", "IVR_PUBLIC_URL": PUBLIC_URL,
                        "IVR_TWILIO_ACCOUNT_SID": ACCOUNT, "IVR_TWILIO_AUTH_TOKEN": TOKEN,
                        "IVR_DATA_KEYS": "4" * 32, "IVR_BUNDLE": str(ROOT / "flows/uscis"), "IVR_WORKER": "off",
                        "PYTHONUNBUFFERED": "1", **settings}


class ServerProcess:
    """`command` has to print one JSON line with `url` when it is ready."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str], log: Path, *, core: int | None = SERVER_CORE):
        self._log = log.open("wb")
        self.log_path = log
        self.process = subprocess.Popen([sys.executable, *command], cwd=ROOT, env=dict(env), text=True,
                                        stdout=subprocess.PIPE, stderr=self._log,
                                        preexec_fn=None if core is None else lambda: pin(core))
        self.ready = self._first_line()
        self.port = int(self.ready["url"].rsplit(":", 1)[1])

    def _first_line(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        timer = threading.Timer(READY_WITHIN_S, self.process.kill)
        timer.start()
        line = self.process.stdout.readline()
        timer.cancel()
        if not line:
            self.close()
            tail = self.log_path.read_text(errors="replace").splitlines()[-10:]
            raise SystemExit("error: the server did not get ready\n" + "\n".join(tail))
        return json.loads(line)

    @property
    def cpu_s(self) -> float:
        """CPU time the process has used so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def rss_mb(self) -> float:
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()
        self._log.close()

    def __enter__(self) -> ServerProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
