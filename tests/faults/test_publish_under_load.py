"""A publish and a rollback while calls come in on two real servers: no call mixes two versions, no webhook fails."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.figures import record
from tests.live.server import ROOT, LiveServer

pytestmark = [pytest.mark.faults, pytest.mark.speech]
OLD, NEW = "nine to five", "ten to four"
KEYS = "fault-tests-data-key"


@dataclass(frozen=True)
class Lived:
    """What one caller heard, by asking twice in one call."""

    first: str
    second: str
    ended: str


class Callers:
    """Callers on one server, one after the other, who ask for the hours twice."""

    def __init__(self, server: LiveServer):
        self._server, self.lived, self._over = server, list[Lived](), threading.Event()
        self._seen = threading.Condition()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._over.is_set():
            call = self._server.carrier.call()
            heard = []
            for words in ("when are you open", "when are you open", "goodbye"):
                call.say(words)
                heard.append(call.heard_text)
            with self._seen:
                self.lived.append(Lived(_version(heard[0]), _version(heard[1]), call.ended or ""))
                self._seen.notify_all()

    def until(self, holds: Callable[[Lived], bool]) -> bool:
        """Whether a caller's call becomes like that before long."""
        with self._seen:
            return self._seen.wait_for(lambda: bool(self.lived) and holds(self.lived[-1]), 30)

    def stop(self) -> None:
        self._over.set()
        self._thread.join(30)


def _version(heard: str) -> str:
    return "new" if NEW in heard else "old" if OLD in heard else f"neither: {heard[:80]}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "flows/starter", tmp_path / "flows/starter")
    shutil.copytree(ROOT / "prompts/starter", tmp_path / "prompts/starter")
    return tmp_path / "flows/starter"


@pytest.fixture
def settings(tmp_path: Path, folder: Path) -> dict[str, str]:
    return {"IVR_DATABASE_URL": f"sqlite:///{tmp_path / 'shared.db'}", "IVR_DATA_KEYS": KEYS, "IVR_FOLLOW": "published",
            "IVR_BUNDLE": str(folder), "IVR_RECOGNIZER": "twilio", "IVR_INTENTS": "words"}


@pytest.fixture
def callers(new_server: Callable[..., LiveServer], settings: dict[str, str]) -> Iterator[list[Callers]]:
    """On each of two servers with one database."""
    servers = [new_server(**settings) for _ in range(2)]
    found = [Callers(server) for server in servers]
    yield found
    for each in found:
        each.stop()


def ivr(settings: dict[str, str], tmp_path: Path, *arguments: str) -> str:
    env = {k: v for k, v in os.environ.items() if not k.startswith("IVR_")} | settings | {"IVR_VAR_DIR": str(tmp_path / "admin")}
    done = subprocess.run([sys.executable, "-m", "ivr", *arguments], cwd=ROOT, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_publish_and_a_rollback_under_load(callers: list[Callers], settings: dict[str, str], tmp_path: Path, folder: Path) -> None:
    assert all(each.until(lambda c: c.first == "old") for each in callers)
    facts = folder / "facts.yaml"
    facts.write_text(facts.read_text().replace(OLD, NEW))
    ivr(settings, tmp_path, "publish", str(folder), "--reason", "winter")
    published_at = time.monotonic()
    assert all(each.until(lambda c: c.first == "new") for each in callers), "both servers follow"
    followed_at = time.monotonic()
    ivr(settings, tmp_path, "rollback", "--reason", "not yet")
    rolled_back_at = time.monotonic()
    assert all(each.until(lambda c: c.first == "old") for each in callers), "and follow back"
    record("publish", servers=2, calls=sum(len(each.lived) for each in callers), until_followed_s=round(followed_at - published_at, 2),
           until_rolled_back_s=round(time.monotonic() - rolled_back_at, 2))
    for each in callers:
        each.stop()
        assert [c for c in each.lived if c.first != c.second or c.ended != "hangup"] == [], "no call mixes versions, each ends well"
        assert {w.status for w in each._server.ledger.webhooks} == {200}


def test_a_bad_bundle_never_reaches_a_caller(callers: list[Callers], settings: dict[str, str], tmp_path: Path, folder: Path) -> None:
    (folder / "main.yaml").write_text((folder / "main.yaml").read_text().replace("next: why", "next: nowhere"))
    with pytest.raises(AssertionError, match="E-REF"):
        ivr(settings, tmp_path, "publish", str(folder), "--reason", "broken")
    seen = [len(each.lived) for each in callers]
    for each, n in zip(callers, seen, strict=True):
        assert each.until(lambda _, each=each, n=n: len(each.lived) > n + 5)
        assert {(c.first, c.second) for c in each.lived} == {("old", "old")}
