"""The state of one call. Pure data: the fold over the call's numbered events.

`version` is the number of events applied and the compare-and-set token of the store. Everything here can be rebuilt by
replaying the events against the bundle the call pinned (`bundle_hash`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ivr.dialog import actions as act
from ivr.sensitive import Sensitive

SCHEMA = 2
COMMAND_BUDGET = 10
"""Global commands (repeat, help, language ...) a call may spend before the safe landing: what keeps a call bounded."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One level of the call stack: a flow and the node it stands at."""

    flow: str
    node: str


@dataclass(frozen=True, slots=True)
class Keeps:
    """The promise that a call of ours keeps."""

    key: str
    attempt_id: str
    reference: str
    promised_in: str
    """The call in which it was promised."""
    place_since: str = ""
    """ISO instant since which a kept place counts; empty for none."""


@dataclass(frozen=True, slots=True)
class Session:
    call_id: str
    bundle_hash: str
    version: int = 0
    status: str = "fresh"
    """fresh | live | ended"""
    started_at: str = ""
    """ISO instant of CallStarted."""
    line: str = "main"
    channel: str = "voice"
    language: str = "en"
    caller_number: Sensitive | None = None
    textable: bool = False
    email: Sensitive | None = None
    frames: tuple[Frame, ...] = ()
    vars: Mapping[str, str] = field(default_factory=dict)
    slots: Mapping[str, Sensitive] = field(default_factory=dict)
    memo: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Scratch of the node the call stands at; forgotten when it is left."""
    tries: int = 0
    """Failed tries at this node, silence and no-match together."""
    turn: int = 0
    """Number of the last Listen."""
    waiting: str = ""
    """'' | input | effect:KEY | lookup:ID | queue:NAME: what would bring the call on."""
    commands_left: int = COMMAND_BUDGET
    cycles_left: int = 40
    """Caller turns left before the safe landing; a second bound on every loop, spent by each answered question."""
    answers: int = 0
    """Answers of the caller so far, silence included."""
    effects: int = 0
    """Effects asked for so far; makes their keys unique and replayable."""
    queued_at: str = ""
    """ISO instant of the handover the call is in."""
    place: Mapping[str, Any] = field(default_factory=dict)
    """The place in line that the caller has left last, as a promise can keep it (`MakePromise.place`)."""
    outcome: str = ""
    """Outcome code of the `end` node, or how the call was lost."""
    apology: tuple[act.Say, ...] = ()
    """Said once in front of the question that is asked again (a lost stream), and never repeated."""
    last_said: tuple[act.Say, ...] = ()
    last_listen: act.Listen | None = None
    transfer: act.Transfer | None = None
    """The handover the call is in, while it waits for the queue."""
    keeps: Keeps | None = None
    """Of a call that we made to keep a promise: it stands in a queue and at no node."""
    relay: bool = False
    """A relay operator speaks for the caller: everything takes longer, and silence is no answer."""
    tty_mode: str = ""
    """On a text telephone: '' types and reads | vco speaks and reads | hco types and hears."""

    @property
    def node(self) -> str:
        return self.frames[-1].node if self.frames else ""

    @property
    def flow(self) -> str:
        return self.frames[-1].flow if self.frames else ""

    def path(self) -> str:
        return "/".join(f"{f.flow}.{f.node}" for f in self.frames)


def fresh(call_id: str, bundle_hash: str) -> Session:
    return Session(call_id=call_id, bundle_hash=bundle_hash)


_SECRET = ("caller_number", "email")
# A session is written and read on every turn, so the names of its parts are looked up once and each part is converted by
# its own rule instead of by trying its type.
_FIELDS = tuple(f.name for f in dataclasses.fields(Session))
_KNOWN = frozenset(_FIELDS)
_LISTEN = tuple(f.name for f in dataclasses.fields(act.Listen))


def to_json(session: Session) -> dict[str, Any]:
    """For storage only: sensitive values are revealed."""
    out: dict[str, Any] = {"schema": SCHEMA}
    for name in _FIELDS:
        out[name] = getattr(session, name)
    out["frames"] = [[f.flow, f.node] for f in session.frames]
    out["vars"], out["memo"], out["place"] = dict(session.vars), dict(session.memo), dict(session.place)
    out["slots"] = {k: v.reveal() for k, v in session.slots.items()}
    for name in ("last_said", "apology"):
        out[name] = [_said(a) for a in getattr(session, name)]
    out["last_listen"] = session.last_listen and _listened(session.last_listen)
    out["transfer"] = session.transfer and act.to_json(session.transfer)
    out["keeps"] = session.keeps and list(dataclasses.astuple(session.keeps))
    for name in _SECRET:
        out[name] = None if out[name] is None else out[name].reveal()
    return out


def _said(say: act.Say) -> list[Any]:
    """The fields in their order: of this kind of action every turn has several, and names would be most of the bytes."""
    return [say.key, say.text.reveal() if isinstance(say.text, Sensitive) else say.text, say.language, say.sensitive,
            say.barge_in, say.static]


def _listened(listen: act.Listen) -> list[Any]:
    return [list(v) if isinstance(v, tuple) else v for v in (getattr(listen, name) for name in _LISTEN)]


def _listen_again(values: list[Any]) -> act.Listen:
    return act.Listen(*(tuple(v) if isinstance(v, list) else v for v in values))


def from_json(data: Mapping[str, Any]) -> Session:
    if data.get("schema") != SCHEMA:
        raise ValueError(f"session schema {data.get('schema')!r} is not {SCHEMA}")
    kwargs = {k: v for k, v in data.items() if k in _KNOWN}
    kwargs["frames"] = tuple(Frame(*f) for f in kwargs.get("frames", ()))
    kwargs["slots"] = {k: Sensitive(v) for k, v in kwargs.get("slots", {}).items()}
    for name in ("last_said", "apology"):
        kwargs[name] = tuple(act.Say(*values) for values in kwargs.get(name, ()))
    if kwargs.get("last_listen"):
        kwargs["last_listen"] = _listen_again(kwargs["last_listen"])
    if kwargs.get("transfer"):
        kwargs["transfer"] = act.from_json(kwargs["transfer"])
    if kwargs.get("keeps"):
        kwargs["keeps"] = Keeps(*kwargs["keeps"])
    for name in _SECRET:
        if kwargs.get(name) is not None:
            kwargs[name] = Sensitive(kwargs[name])
    return Session(**kwargs)
