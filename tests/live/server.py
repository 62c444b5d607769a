"""A real `ivr serve` process on a free port, with the pretended carrier, REST and mail server outside of it, so that they
outlive a kill of the server and their ledger is the judge."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from pathlib import Path
from typing import Any

from ivr.testing.carrier import Carrier
from ivr.testing.ledger import Ledger
from ivr.testing.mail_sink import MailSink
from ivr.testing.rest_fake import RestFake
from ivr.testing.serve import serve
from ivr.testing.transport import HttpTransport

ROOT = Path(__file__).parent.parent.parent
ACCOUNT, TOKEN = "AC" + "1" * 32, "2" * 32
PUBLIC_URL = "https://ivr.example.org"
READY_WITHIN_S = 120


AUDIO = ROOT / "var/audio"
"""Rendered prompts, told apart by voice and words: those of the tests and those of `make run` are the same."""
INTENTS = ROOT / "var/test-intents"
"""Where the intent models of all tests are kept: they are told apart by what they were trained on."""


class LiveServer:
    def __init__(self, var_dir: Path, *, port: int = 0, **settings: str):
        self.ledger = Ledger()
        self._transport = HttpTransport("http://127.0.0.1:1")
        self.carrier = Carrier(self._transport, ACCOUNT, TOKEN, self.ledger, PUBLIC_URL)
        self.rest = RestFake(self.carrier)
        self.rest_url, self._stop_rest = serve(self.rest)
        self.mail = MailSink(self.ledger)
        self.mail.start()
        self.var_dir = var_dir
        var_dir.mkdir(parents=True, exist_ok=True)
        AUDIO.mkdir(parents=True, exist_ok=True)
        if not (var_dir / "audio").exists():
            (var_dir / "audio").symlink_to(AUDIO)
        if not (var_dir / "intents").exists():
            INTENTS.mkdir(parents=True, exist_ok=True)
            (var_dir / "intents").symlink_to(INTENTS)
        self._settings = settings
        self.port = port
        self.process: subprocess.Popen[str] | None = None
        self.log: deque[str] = deque(maxlen=2000)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, **more: str) -> LiveServer:
        env = {k: v for k, v in os.environ.items() if not k.startswith("IVR_")}
        env |= {"IVR_VAR_DIR": str(self.var_dir), "IVR_PORT": str(self.port), "IVR_PUBLIC_URL": PUBLIC_URL,
                "IVR_MODELS_DIR": os.environ.get("IVR_MODELS_DIR", str(ROOT / "var/models")),
                "IVR_TWILIO_ACCOUNT_SID": ACCOUNT, "IVR_TWILIO_AUTH_TOKEN": TOKEN, "IVR_TWILIO_FROM": "+18005550100",
                "IVR_TWILIO_API_BASE": self.rest_url, "IVR_SMTP_URL": f"smtp://127.0.0.1:{self.mail.port}",
                "IVR_MAIL_FROM": "no-reply@ivr.example.org", "IVR_NOW": "2026-03-10T10:05:00-04:00",
                "IVR_BUNDLE": str(ROOT / "flows/uscis"), "HF_HUB_OFFLINE": "1", "PYTHONUNBUFFERED": "1", "IVR_INTENTS": "words",
                **self._settings, **more}
        self.process = subprocess.Popen([sys.executable, "-m", "ivr", "serve", "--json"], cwd=ROOT, env=env, text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        threading.Thread(target=self._drain, args=(self.process.stderr,), daemon=True).start()
        ready = self._first_line()
        self.port = int(ready["url"].rsplit(":", 1)[1])
        self._transport._base = self.url
        self.carrier.media_base = f"ws://127.0.0.1:{self.port}"
        return self

    def _first_line(self) -> dict[str, Any]:
        assert self.process is not None
        assert self.process.stdout is not None
        timer = threading.Timer(READY_WITHIN_S, self.process.kill)
        timer.start()
        line = self.process.stdout.readline()
        timer.cancel()
        if not line:
            raise AssertionError("the server did not get ready:\n" + "\n".join(list(self.log)[-20:]))
        return json.loads(line)

    def _drain(self, stream: Any) -> None:
        for line in stream:
            self.log.append(line.rstrip())

    def kill(self) -> None:
        """`kill -9`."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def wait_died(self, timeout_s: float = 30) -> int:
        assert self.process is not None
        return self.process.wait(timeout_s)

    def stop(self) -> int:
        """Ctrl-C; the exit code."""
        if self.process is None or self.process.poll() is not None:
            return -1 if self.process is None else self.process.returncode
        self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise

    def close(self) -> None:
        try:
            self.stop()
        finally:
            self._stop_rest()
            self.mail.stop()

    def __enter__(self) -> LiveServer:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()
