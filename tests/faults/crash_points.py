"""What is done at each named crash point: who is killed there, what leads there, and what must be true in the end.

`SCENARIOS` names every point of the program; `test_crash_points` fails when one is missing here, or is here and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from ivr.contact.callbacks.rounds import PAUSE_AFTER_OURS
from ivr.store.consent import Consents
from ivr.testing.callee import Callee
from tests.faults.backroom import Backroom
from tests.faults.cluster import ROOT, Cluster
from tests.faults.storm import call_for_a_text
from tests.faults.waiting import wait_until

_POINT = re.compile(r"crash\.reached\(\s*(.+?)\)\s*$", re.MULTILINE)
_NAME = re.compile(r'"([a-z_]+)"')


def named_in_the_program() -> set[str]:
    """Every name that is passed to `CrashPoints.reached` anywhere in the program."""
    texts = [path.read_text() for path in sorted((ROOT / "ivr").rglob("*.py"))]
    return {name for text in texts for given in _POINT.findall(text) for name in _NAME.findall(given)}


@dataclass(frozen=True)
class Scene:
    """One scene for one point, in a cluster that other scenes have used: everybody has a number of their own."""

    cluster: Cluster
    room: Backroom
    number: str

    def texts(self) -> int:
        return sum(m.to == self.number and m.via == "rest" for m in self.cluster.ledger.sms)

    def dialled(self) -> int:
        return sum(c.to == self.number and c.direction == "outbound-api" for c in self.cluster.ledger.calls)

    def mine(self) -> list[dict[str, object]]:
        return [row for row in self.room.promises.all() if self.number in str(row["payload"])]


def promised_text(scene: Scene) -> None:
    assert call_for_a_text(scene.cluster, scene.number).promised


def text_arrives(scene: Scene) -> None:
    assert wait_until(lambda: scene.texts() > 0), "what was promised is kept"
    assert wait_until(lambda: all(row["state"] == "done" for row in scene.mine()))
    assert scene.texts() == 1, "and never twice"


def callback_to(behaviour: str, keys: str = "") -> Callable[[Scene], None]:
    def begin(scene: Scene) -> None:
        scene.cluster.carrier.callees.will(scene.number, Callee(behaviour, keys))
        scene.room.promise_callback(scene.number, "CA" + scene.number[1:])

    return begin


def reached_once(scene: Scene) -> None:
    (key,) = [row["key"] for row in scene.mine() if row["kind"] == "callback"]
    assert wait_until(lambda: scene.room.state(str(key)) == "done"), scene.room.history(str(key))
    assert scene.dialled() == 1, "never lost, never dialled twice"


def reached_after_a_pause(scene: Scene) -> None:
    """It is certain that there was no call; as with every call that we could not place, the next try comes after a pause."""
    (key,) = [str(row["key"]) for row in scene.mine() if row["kind"] == "callback"]
    assert wait_until(lambda: scene.room.history(key)[-2:] == ["sending", "waiting"]), scene.room.history(key)
    assert scene.dialled() == 0
    scene.cluster.later(PAUSE_AFTER_OURS)
    scene.cluster.workers[0].stop()
    scene.cluster.workers[0].start()
    reached_once(scene)


def one_tape(scene: Scene) -> None:
    """The message is left once; who has it is waited for until the second round."""
    (key,) = [str(row["key"]) for row in scene.mine() if row["kind"] == "callback"]
    assert wait_until(lambda: scene.room.state(key) == "waiting"), scene.room.history(key)
    calls = [c for c in scene.cluster.carrier.calls.values() if c.to == scene.number]
    heard = [said.text for call in calls for said in call.history]
    assert sum("once more" in text for text in heard) == 1, heard


def stop_by_text(scene: Scene) -> None:
    scene.cluster.carrier.text("STOP", from_=scene.number)


def revoked_once(scene: Scene) -> None:
    assert Consents(scene.room.db).revoked(scene.number, "sms"), "honoured at once"
    assert scene.texts() == 0
    assert sum(m.to == scene.number and m.via == "twiml" for m in scene.cluster.ledger.sms) <= 1, "confirmed at most once"


def text_that_is_lost(code: int) -> Callable[[Scene], None]:
    def begin(scene: Scene) -> None:
        assert call_for_a_text(scene.cluster, scene.number).promised
        assert wait_until(lambda: scene.texts() > 0)
        (sid,) = [m.sid for m in scene.cluster.ledger.sms if m.to == scene.number]
        assert wait_until(lambda: all(row["state"] == "done" for row in scene.mine()))
        scene.cluster.carrier.messages.settle(sid, "sent", "undelivered", error_code=code)

    return begin


def one_follow_up(scene: Scene) -> None:
    keys = [str(row["key"]) for row in scene.mine()]
    assert sorted(k.endswith(":again") for k in keys) == [False, True], keys


def opted_out_by_the_carrier(scene: Scene) -> None:
    assert Consents(scene.room.db).revoked(scene.number, "sms")
    assert scene.texts() == 1


@dataclass(frozen=True)
class Scenario:
    who: str
    """web | worker: the process that is killed."""
    begin: Callable[[Scene], None]
    outcome: Callable[[Scene], None]
    nth: tuple[int, ...] = (1,)
    """Which times that the point is passed are interesting: one of them is chosen, all of them with `make faults`."""


SCENARIOS: dict[str, Scenario] = {
    "before_commit": Scenario("web", promised_text, text_arrives, (1, 2, 3)),
    "after_commit": Scenario("web", promised_text, text_arrives, (1, 2)),
    "after_promise_commit": Scenario("web", promised_text, text_arrives),
    "after_keyword_before_answer": Scenario("web", stop_by_text, revoked_once),
    "after_status_before_follow_up": Scenario("web", text_that_is_lost(30003), one_follow_up, (1, 2)),
    "after_revocation_before_follow_up": Scenario("web", text_that_is_lost(21610), opted_out_by_the_carrier),
    "callback_after_choice": Scenario("web", callback_to("human", "1"), reached_once),
    "callback_before_tape": Scenario("web", callback_to("machine"), one_tape),
    "callback_before_end": Scenario("web", callback_to("human", "1"), reached_once),
    "after_sending_mark": Scenario("worker", promised_text, text_arrives),
    "after_send_before_mark": Scenario("worker", promised_text, text_arrives),
    "before_finish": Scenario("worker", promised_text, text_arrives),
    "callback_before_step": Scenario("worker", callback_to("human", "1"), reached_once),
    "callback_after_step": Scenario("worker", callback_to("human", "1"), reached_once),
    "callback_before_dial": Scenario("worker", callback_to("human", "1"), reached_after_a_pause),
    "callback_after_dial_before_mark": Scenario("worker", callback_to("human", "1"), reached_once),
}
