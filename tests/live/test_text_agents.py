"""A member of staff at `ivr agent --tty` and a caller in the chat, over a real server: the token, the lines, the end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.live.server import ROOT, LiveServer

API_TOKEN = "a-token-of-this-test"
SEE_S = 60.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    settings = {"IVR_RECOGNIZER": "twilio", "IVR_API_TOKEN": API_TOKEN, "IVR_CHAT_STARTS_HOUR": "1000"}
    with LiveServer(tmp_path_factory.mktemp("agents"), **settings) as live:
        yield live


class Caller:
    """A chat window without a browser."""

    def __init__(self, url: str):
        self._url, self._n, self.after, self.read, self.state = f"{url}/chat/api", 0, 0, list[str](), ""
        self._headers = {"Authorization": f"Bearer {requests.post(f'{self._url}/start', json={}, timeout=20).json()['token']}"}

    def say(self, text: str) -> None:
        self._n += 1
        self._take(requests.post(f"{self._url}/send", json={"id": f"message-{self._n}", "text": text, "after": self.after},
                                 headers=self._headers, timeout=20))

    def sees(self, text: str) -> None:
        until(lambda: self._look() or any(text in line for line in self.read), f"{text!r} in {self.read}")

    def _look(self) -> bool:
        self._take(requests.get(f"{self._url}/lines?after={self.after}", headers=self._headers, timeout=20))
        return False

    def _take(self, answer: requests.Response) -> None:
        assert answer.status_code == 200, answer.text
        for line in answer.json()["lines"]:
            self.after = line["seq"]
            self.read.append(line["text"])
        self.state = answer.json()["state"]

    def leave(self) -> None:
        assert requests.post(f"{self._url}/end", json={}, headers=self._headers, timeout=20).json() == {"state": "ended"}

    def to_a_person(self) -> None:
        for text in ("change the date for my fingerprints", "March 20 2026", "yes"):
            self.say(text)


Callers = Callable[[], Caller]


@pytest.fixture()
def callers(server: LiveServer) -> Iterator[Callers]:
    """Callers of one test: nobody is left in a queue for the agents of the next one."""
    came: list[Caller] = []

    def comes() -> Caller:
        came.append(Caller(server.url))
        return came[-1]

    yield comes
    for caller in came:
        caller.leave()


def until(seen: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + SEE_S
    while not seen():
        assert time.monotonic() < end, what
        threading.Event().wait(0.6)


class Terminal:
    """`ivr agent --tty` as a process."""

    def __init__(self, url: str, *more: str, token: str = API_TOKEN):
        env = {k: v for k, v in os.environ.items() if not k.startswith("IVR_")} | {"IVR_API_TOKEN": token, "PYTHONUNBUFFERED": "1"}
        self._process = subprocess.Popen([sys.executable, "-m", "ivr", "agent", "--tty", "--url", url, "--name", "eva", *more], cwd=ROOT,
                                         env=env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.lines: list[str] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self.lines.append(line.rstrip())

    def type(self, text: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(text + "\n")
        self._process.stdin.flush()

    def sees(self, text: str) -> None:
        until(lambda: any(text in line for line in self.lines), f"{text!r} in {self.lines}")

    def quits(self) -> int:
        self.type("/quit")
        return self._process.wait(20)


def test_a_conversation_from_the_terminal(server: LiveServer, callers: Callers) -> None:
    agent = Terminal(server.url)
    agent.sees("signed in; queues: tier1, tier2")
    caller = callers()
    caller.to_a_person()
    agent.sees("== a caller ==")
    for shown in ("bio-advance", "chat", "reschedule_biometrics", "caller > change the date for my fingerprints"):
        agent.sees(shown)
    assert not any("2026-03-20" in line for line in agent.lines)
    agent.type("/reveal appointment_date to move it")
    agent.sees("appointment_date: 2026-03-20")
    agent.type("Hello. Friday?")
    caller.sees("Hello. Friday?")
    assert caller.state == "agent"
    caller.say("Friday is good")
    agent.sees("caller > Friday is good")
    agent.type("/nonsense")
    agent.sees("/reveal SLOT why")
    agent.type("/end")
    agent.sees("you have hung up")
    caller.sees("Thank you for writing")
    assert agent.quits() == 0


def test_a_queue_of_ones_own_and_the_next_caller(server: LiveServer, callers: Callers) -> None:
    agent = Terminal(server.url, "--queue", "tier2", "--json")
    agent.sees("welcome")
    first, second = callers(), callers()
    for caller in (first, second):
        caller.to_a_person()
    agent.sees('"caller"')
    second.sees("1")
    agent.type("/next")
    until(lambda: sum('"type": "caller"' in line for line in agent.lines) == 2, str(agent.lines))
    first.sees("Thank you for writing")
    agent.type("to the second")
    second.sees("to the second")
    assert agent.quits() == 0
    until(lambda: second._look() or second.state == "waiting", "first in line again, for another member of staff")


def test_a_wrong_token_is_told_so(server: LiveServer) -> None:
    agent = Terminal(server.url, token="another")
    agent.sees("does not let you in")


def socket(server: LiveServer, **headers: str) -> ClientConnection:
    let_in = {"Authorization": f"Bearer {API_TOKEN}", **headers}
    return connect(server.url.replace("http", "ws") + "/agents/text", additional_headers=let_in)


@pytest.mark.parametrize("headers", [{"Authorization": ""}, {"Authorization": "Bearer x"}, {"Authorization": f"Basic {API_TOKEN}"},
                                     {"Origin": "https://elsewhere.example"}, {"Origin": "null"}])
def test_nobody_else_gets_in(server: LiveServer, headers: dict[str, str]) -> None:
    with pytest.raises(InvalidStatus) as refused:
        socket(server, **headers)
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize("hello", ["", "[]", "{", '{"type": "line"}', '{"type": "hello"}', '{"type": "hello", "name": " "}',
                                   '{"type": "hello", "name": 5}', '{"type": "hello", "name": "eva", "queues": ["nowhere"]}', "[" * 8000])
def test_who_does_not_introduce_themselves_is_shown_out(server: LiveServer, hello: str) -> None:
    with socket(server) as agent:
        agent.send(hello)
        with pytest.raises(ConnectionClosed):
            agent.recv(timeout=SEE_S)


def test_nonsense_is_answered_and_harms_nobody(server: LiveServer) -> None:
    with socket(server) as agent:
        agent.send(json.dumps({"type": "hello", "name": "eva", "queues": ["tier1"], "languages": "en"}))
        assert json.loads(agent.recv(timeout=SEE_S))["type"] == "welcome"
        assert json.loads(agent.recv(timeout=SEE_S)) == {"type": "waiting", "count": 0}
        strange: list[Any] = [5, None, [], {}, {"type": []}, {"type": "line"}, {"type": "line", "text": {"a": 1}}, {"type": "reveal"}]
        for message in strange:
            agent.send(json.dumps(message))
            answer = json.loads(agent.recv(timeout=SEE_S))
            known = isinstance(message, dict) and message.get("type") in ("line", "reveal")
            assert (answer["type"], answer["code"]) == ("error", "no_caller" if known else "type"), message
        agent.send("x" * 9000)
        with pytest.raises(ConnectionClosed):
            agent.recv(timeout=SEE_S)
    assert requests.get(f"{server.url}/healthz", timeout=20).status_code == 200


