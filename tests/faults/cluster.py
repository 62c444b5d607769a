"""Servers and workers as processes of their own over one database, with the carrier, its REST interface and the mail server
outside of them, so that these outlive every kill and their ledger is the judge."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from ivr.testing.carrier import Carrier
from ivr.testing.ledger import Ledger
from ivr.testing.mail_sink import MailSink
from ivr.testing.rest_fake import RestFake
from ivr.testing.serve import serve
from ivr.testing.transport import Answer, HttpTransport, NoAnswer, Pairs
from tests.live.server import ACCOUNT, INTENTS, PUBLIC_URL, ROOT, TOKEN

READY_WITHIN_S = 120
BEGIN = datetime.fromisoformat("2026-03-10T10:05:00-04:00")
"""A Tuesday morning, lines open: when a cluster's clock starts."""
TRIES = 6
"""Deliveries of one webhook: a carrier that is told to try again (`#rc=5&rp=all`), behind a load balancer."""


class Node:
    """One `ivr serve` or `ivr worker`."""

    def __init__(self, name: str, command: list[str], env: dict[str, str], now: Callable[[], datetime]):
        """`now`: what the clock of a process shows that starts at this moment, so that all of them show the same."""
        self.name, self._command, self._env, self._now = name, command, env, now
        self.serves = command[0] == "serve"
        self.process: subprocess.Popen[str] | None = None
        self.transport: HttpTransport | None = None
        self.log: deque[str] = deque(maxlen=4000)

    def start(self, **more: str) -> Node:
        self.transport = None
        self.process = subprocess.Popen([sys.executable, "-m", "ivr", *self._command], cwd=ROOT,
                                        env=self._env | {"IVR_NOW": self._now().isoformat()} | more, text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        threading.Thread(target=self._drain, args=(self.process.stderr,), daemon=True).start()
        if self.serves:
            self.transport = HttpTransport(self._ready())
        return self

    def _ready(self) -> str:
        assert self.process is not None and self.process.stdout is not None
        timer = threading.Timer(READY_WITHIN_S, self.process.kill)
        timer.start()
        line = self.process.stdout.readline()
        timer.cancel()
        if not line:
            raise AssertionError(f"{self.name} did not get ready:\n" + "\n".join(list(self.log)[-20:]))
        return str(json.loads(line)["url"])

    def _drain(self, stream: object) -> None:
        for line in stream:  # type: ignore[attr-defined]
            self.log.append(line.rstrip())

    @property
    def up(self) -> bool:
        """Runs, and takes calls if that is its work."""
        return self.alive and (self.transport is not None or not self.serves)

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def send(self, what: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(what)

    def kill(self) -> None:
        """`kill -9`."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def wait_died(self, timeout_s: float = 60) -> int:
        assert self.process is not None
        return self.process.wait(timeout_s)

    def stop(self) -> int | None:
        """A clean end; its exit code."""
        if not self.alive:
            return None if self.process is None else self.process.returncode
        self.send(signal.SIGCONT)
        self.send(signal.SIGTERM)
        try:
            return self.wait_died(30)
        except subprocess.TimeoutExpired:
            self.kill()
            raise


class _Balanced:
    """Delivers to any server that answers, the next one first each time; a webhook whose server died on it is tried again."""

    def __init__(self, webs: list[Node]):
        self._webs, self._turn, self._lock = webs, 0, threading.Lock()
        self.first_only = False
        """Always the first one that is up, instead of one after the other."""
        self.tried_again = 0

    def send(self, method: str, url: str, form: Pairs, headers: dict[str, str], timeout_s: float) -> Answer:
        for last in (n == TRIES - 1 for n in range(TRIES)):
            node = self._next()
            try:
                if node is None or node.transport is None:
                    raise NoAnswer("nobody is up")
                answer = node.transport.send(method, url, form, headers, timeout_s)
                if answer.status < 500 or last:
                    return answer
            except NoAnswer:
                if last:
                    raise
                self.tried_again += 1
                threading.Event().wait(0.4)  # a carrier's pause between two tries; the dead server is on its way back
        raise NoAnswer("nobody answered")

    def _next(self) -> Node | None:
        with self._lock:
            up = [n for n in self._webs if n.up]
            self._turn += 1
            return None if not up else up[0] if self.first_only else up[self._turn % len(up)]


class Cluster:
    def __init__(self, folder: Path, *, webs: int = 2, workers: int = 1, rest_through: str | None = None, **settings: str):
        """`settings` are those of every process. `rest_through`: an address in front of the pretended REST interface."""
        folder.mkdir(parents=True, exist_ok=True)
        self.ledger = Ledger()
        self.webs: list[Node] = []
        self.balanced = _Balanced(self.webs)
        self._zero = time.monotonic()
        self.carrier = Carrier(self.balanced, ACCOUNT, TOKEN, self.ledger, PUBLIC_URL)
        self.rest = RestFake(self.carrier)
        self.rest_url, self._stop_rest = serve(self.rest)
        self.mail = MailSink(self.ledger)
        self.mail.start()
        INTENTS.mkdir(parents=True, exist_ok=True)
        if not (folder / "intents").exists():
            (folder / "intents").symlink_to(INTENTS)
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("IVR_")} | {
            "IVR_VAR_DIR": str(folder), "IVR_PORT": "0", "IVR_PUBLIC_URL": PUBLIC_URL, "IVR_TWILIO_ACCOUNT_SID": ACCOUNT,
            "IVR_TWILIO_AUTH_TOKEN": TOKEN, "IVR_TWILIO_FROM": "+18005550100", "IVR_TWILIO_API_BASE": rest_through or self.rest_url,
            "IVR_SMTP_URL": f"smtp://127.0.0.1:{self.mail.port}", "IVR_MAIL_FROM": "no-reply@ivr.example.org",
            "IVR_BUNDLE": str(ROOT / "flows/uscis"), "IVR_INTENTS": "words",
            "IVR_RECOGNIZER": "twilio", "IVR_WORKER": "off", "IVR_LEASE_S": "2", "PYTHONUNBUFFERED": "1",
            "IVR_LISTED_AFTER_S": "1", "IVR_TEXTS_MINUTE": "100000", "IVR_TEXTS_HOUR": "1000000", **settings}
        self.webs += [Node(f"web{n}", ["serve", "--json"], self.env, self.now) for n in range(webs)]
        self.workers = [Node(f"worker{n}", ["worker"], self.env, self.now) for n in range(workers)]

    def now(self) -> datetime:
        return BEGIN + timedelta(seconds=time.monotonic() - self._zero)

    def later(self, span: timedelta) -> None:
        """Processes that are started from now on find that so much time has passed."""
        self._zero -= span.total_seconds()

    @property
    def nodes(self) -> list[Node]:
        return [*self.webs, *self.workers]

    def __enter__(self) -> Cluster:
        for node in self.nodes:
            node.start()
        return self

    def __exit__(self, *_: object) -> None:
        try:
            for node in self.nodes:
                node.stop()
        finally:
            self._stop_rest()
            self.mail.stop()

    def ivr(self, *arguments: str, check: bool = True) -> str:
        """A command of an administrator, with the settings of the servers."""
        done = subprocess.run([sys.executable, "-m", "ivr", *arguments], cwd=ROOT,
                              env=self.env | {"IVR_NOW": self.now().isoformat()}, capture_output=True, text=True,
                              timeout=900)
        assert done.returncode == 0 or not check, f"ivr {' '.join(arguments)}: {done.stderr}"
        return done.stdout

    def logged(self, words: str) -> int:
        return sum(words in line for node in self.nodes for line in list(node.log))
