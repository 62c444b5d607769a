"""Keys as a telephone line hands them over, and the keys that lead where spoken words led. Pure.

`keyed` cuts a run of keys as the media path does. `keys_between` searches the production engine for the shortest run of
keys that brings a call into the state that an utterance brought it into: that is how the variant `keys_only` finds its
way, and it needs no knowledge of any menu.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ivr.dialog import actions as act
from ivr.dialog import events as ev
from ivr.dialog.session import Session
from ivr.dialog.slots.receipt import KEYS
from ivr.flow.model import Bundle
from ivr.sensitive import Sensitive
from ivr.transcripts.world import World, advance

MAX_AHEAD = 20
"""Keys that the media path keeps for the next question."""
MAX_DEPTH = 5
"""Answers by keys that may stand for one spoken answer: an open question, and menus of three levels."""
_FREE = "987654321"
_COMMANDS = ("0", "*")
"""Keys of commands. They stand for the spoken command; as the beginning of a way to something else they would hide that a
question has no keys of its own."""


NONE_KEY = "#"
"""The key for "I do not have it"."""


def keyed(listen: act.Listen, keys: str) -> tuple[str, str]:
    """The digits that complete this question's input, and the keys left for the next one."""
    digits = ""
    for n, key in enumerate(keys):
        rest = keys[n + 1:][:MAX_AHEAD]
        if listen.max_digits == 1 or (not digits and key == "*"):
            return key, rest
        if key == listen.finish_on_key:
            return digits or key, rest
        digits += key
        if len(digits) >= listen.max_digits:
            return digits, rest
    return digits, ""


def keys_between(bundle: Bundle, start: Session, goal: Session, now: datetime, world: World) -> tuple[str, ...] | None:
    """Keys, an item an answer, that lead from `start` to where `goal` is; None when there are none."""
    frontier: list[tuple[Session, tuple[str, ...]]] = [(start, ())]
    seen = {_state(start)}
    for _ in range(MAX_DEPTH):
        reached: list[tuple[Session, tuple[str, ...]]] = []
        for session, path in frontier:
            for keys in _choices(bundle, session, goal, first=not path):
                after = advance(bundle, session, ev.DigitsReceived(session.turn, Sensitive(keys)), now, world).session
                if is_same_place(after, goal):
                    return (*path, keys)
                if after.waiting == "input" and after.status == "live" and keys not in _COMMANDS and _state(after) not in seen:
                    seen.add(_state(after))
                    reached.append((after, (*path, keys)))
        frontier = reached
    return None


def is_same_place(one: Session, other: Session) -> bool:
    """Whether two calls stand at the same question with the same answers behind them, and heard the same prompts on the way;
    values may differ in letters that keys cannot give."""
    heard = [say.key for say in one.last_said] == [say.key for say in other.last_said]
    return heard and _state(one) == _state(other) and set(one.slots) == set(other.slots) and one.outcome == other.outcome


def _state(session: Session) -> tuple[object, ...]:
    memo = {k: v for k, v in session.memo.items() if k not in ("value", "number")}
    return (session.status, session.frames, tuple(sorted(session.vars.items())), tuple(sorted(memo)), session.tries,
            session.waiting.split(":")[0], session.language, "value" in session.memo)


def _choices(bundle: Bundle, session: Session, goal: Session, *, first: bool) -> Iterator[str]:
    """Keys that mean something at this question."""
    listen = session.last_listen
    if listen is None:
        return
    node = bundle.flows[session.flow].nodes[session.node]
    if listen.expect == "yes_no":
        yield from ("1", "2")
    elif node.kind == "menu":
        yield from (choice.key for choice in node.params.choices)
    elif node.kind == "ask":
        languages = {*node.params.language_keys, *bundle.flows[session.frames[0].flow].defaults.language_keys}
        yield next(key for key in _FREE if key not in languages)
    else:
        yield from _values(listen.expect, getattr(node.params, "slot", ""), goal)
    if first:
        yield from _COMMANDS


def _values(expect: str, slot: str, goal: Session) -> Iterator[str]:
    """The value that the goal holds, as it is keyed."""
    found = [goal.memo.get("value", ""), goal.memo.get("second", ""), goal.memo.get("number", "")]
    if slot in goal.slots:
        found.append(goal.slots[slot].reveal())
    for value in found:
        digits = "".join(c for c in value if c.isdigit())
        if expect == "date" and len(digits) == 8:
            yield digits[4:] + digits[:4]
        elif expect == "phone" and digits:
            yield digits[-10:]
        elif expect == "receipt" and digits:
            yield next((keys for keys, letters in KEYS.items() if value.startswith(letters)), "") + digits
        elif expect in ("a_number", "zip") and digits:
            yield digits
    yield NONE_KEY
