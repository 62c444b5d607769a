"""The screen of a member of staff without a browser: signs in with a password, opens the socket, speaks and hears in real time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections import deque
from typing import Any

import requests
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.live.server import PUBLIC_URL, ROOT, LiveServer

PASSWORD = "correct horse battery"
SEE_S = 60.0
FRAME = 160
PING_EVERY = 250
"""Frames: five seconds."""
SILENCE = b"\xff" * FRAME


def user(server: LiveServer, name: str, role: str = "agent") -> None:
    env = {k: v for k, v in os.environ.items() if not k.startswith("IVR_")} | {"IVR_VAR_DIR": str(server.var_dir)}
    subprocess.run([sys.executable, "-m", "ivr", "users", "create", name, "--role", role, "--password-stdin"], check=True,
                   input=PASSWORD + "\n", text=True, cwd=ROOT, env=env, capture_output=True)


def phone_of(server: LiveServer, name: str, number: str) -> None:
    env = {k: v for k, v in os.environ.items() if not k.startswith("IVR_")} | {"IVR_VAR_DIR": str(server.var_dir)}
    subprocess.run([sys.executable, "-m", "ivr", "users", "phone", name, number], check=True, cwd=ROOT, env=env, capture_output=True)


def cookie(server: LiveServer, name: str, password: str = PASSWORD) -> str:
    """`name=value` of the session."""
    answer = requests.post(f"{server.url}/sign-in", data={"name": name, "password": password, "code": ""}, allow_redirects=False,
                           headers={"Origin": PUBLIC_URL, "Sec-Fetch-Site": "same-origin"}, timeout=20)
    assert answer.status_code == 303, answer.text
    return answer.headers["Set-Cookie"].split(";")[0]


class Console:
    def __init__(self, server: LiveServer, name: str, *, audio: bool = True, ready: bool = True, session: str = "", **hello: Any):
        self.got: list[dict[str, Any]] = []
        self.heard = bytearray()
        self.heard_at: list[float] = []
        self.is_open = True
        self._microphone: deque[bytes] = deque()
        self._changed = threading.Condition()
        self.cookie = session or cookie(server, name)
        self._socket: ClientConnection = connect(server.url.replace("http", "ws") + "/agent/socket", origin=PUBLIC_URL,  # type: ignore[arg-type]
                                                 additional_headers={"Cookie": self.cookie})
        threading.Thread(target=self._read, daemon=True).start()
        threading.Thread(target=self._speak, daemon=True).start()
        self.do("hello", audio=audio, **hello)
        self.sees("presence")
        if ready:
            self.do("ready")

    def do(self, what: str, **fields: Any) -> None:
        self._socket.send(json.dumps({"type": what, **fields}))

    def say(self, audio: bytes) -> None:
        with self._changed:
            self._microphone.extend(audio[at:at + FRAME].ljust(FRAME, b"\xff") for at in range(0, len(audio), FRAME))

    def sees(self, kind: str, **fields: Any) -> dict[str, Any]:
        """The last message of this kind with these fields; waits for it."""
        end = time.monotonic() + SEE_S
        with self._changed:
            while True:
                found = [m for m in self.got if m["type"] == kind and all(m.get(k) == v for k, v in fields.items())]
                if found:
                    return found[-1]
                assert self._changed.wait(end - time.monotonic()), f"no {kind} {fields} in {self.got}"

    def forget(self) -> None:
        with self._changed:
            self.got.clear()

    def wait_heard(self, n_bytes: int) -> bytes:
        """So much sound, counted from now on."""
        end = time.monotonic() + SEE_S
        with self._changed:
            self.heard.clear()
            while len(self.heard) < n_bytes:
                assert self._changed.wait(end - time.monotonic()), f"heard {len(self.heard)} of {n_bytes}"
            return bytes(self.heard)

    def die(self) -> None:
        """As a browser that is killed: no goodbye."""
        self.is_open = False
        self._socket.socket.close()

    def close(self) -> None:
        self.is_open = False
        self._socket.close()

    def _read(self) -> None:
        try:
            for message in self._socket:
                with self._changed:
                    if isinstance(message, bytes):
                        self.heard += message
                        self.heard_at.append(time.monotonic())
                    else:
                        self.got.append(json.loads(message))
                    self._changed.notify_all()
        except (ConnectionClosed, OSError):
            pass
        with self._changed:
            self.is_open = False
            self.got.append({"type": "closed"})
            self._changed.notify_all()

    def _speak(self) -> None:
        """20 ms of sound every 20 ms, and a sign of life now and then."""
        at, frames = time.monotonic(), 0
        while self.is_open:
            at, frames = at + 0.02, frames + 1
            with self._changed:
                frame = self._microphone.popleft() if self._microphone else SILENCE
                self._changed.wait_for(lambda: not self.is_open, max(0.0, at - time.monotonic()))
            try:
                self._socket.send(frame)
                if frames % PING_EVERY == 0:
                    self.do("ping")
            except (ConnectionClosed, OSError):
                return
