"""A service request as the office sees it: what is asked, what became of it, whether the answer is late. Pure.

`store.office_requests` keeps it in the row of the promise, `runtime.office_desk` changes it, the page and the command show it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from ivr.errors import Conflict, MalformedRequest

ACTS: Mapping[str, str] = {"take": "taken", "answer": "answered", "refuse": "refused"}
"""What staff do -> where the request stands after it."""
STANDINGS = ("waiting", "taken", "answered", "refused", "cancelled", "held")
OPEN = ("waiting", "taken", "held")
MOST_NOTE = 500
"""Characters of a note."""
_OFFICE = "office_zip"
_PLAIN = frozenset({"language", "line", "form", "times_as_of", _OFFICE})
"""Parts of the context that say nothing about a person by themselves."""


class NotOpen(Conflict):
    """The request has been answered or called off."""

    code = "state"


class ChangedMeanwhile(Conflict):
    """Somebody else did something to the request after the page that asks was made."""

    code = "changed"


@dataclass(frozen=True, slots=True)
class Step:
    at: str
    by: str
    standing: str
    note: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Taking:
    """The request was taken out in an export."""

    at: str
    by: str


@dataclass(frozen=True, slots=True)
class OfficeRequest:
    key: str
    reference: str
    name: str
    """Promise of callbacks.yaml: field_office, case_inquiry ..."""
    reason: str
    rule: str
    """Rule of the policy that opened the way."""
    language: str
    state: str
    """State of the promise."""
    made_at: datetime
    due_by: datetime
    urgent: bool = False
    numbers: tuple[str, ...] = field(default=(), repr=False)
    email: str = field(default="", repr=False)
    context: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What the caller said for the office, in full."""
    personal: frozenset[str] = frozenset()
    """Names in `context` that are shown masked."""
    steps: tuple[Step, ...] = ()
    takings: tuple[Taking, ...] = ()

    @property
    def standing(self) -> str:
        last = self.steps[-1].standing if self.steps else ""
        if self.state == "open":
            return last or "waiting"
        if self.state == "done":
            return last if last in ("answered", "refused") else "answered"
        return "held" if self.state == "held" else "cancelled"

    @property
    def office(self) -> str:
        """The ZIP code by which the office is found; empty where the caller did not give one."""
        return self.context.get(_OFFICE, "")

    def is_late(self, now: datetime) -> bool:
        return self.standing in OPEN and now > self.due_by

    def after(self, act: str, by: str, note: str, now: datetime) -> OfficeRequest:
        """Raises MalformedRequest without a note where an answer needs one, NotOpen where nothing is open any more."""
        standing = ACTS.get(act)
        if standing is None:
            raise MalformedRequest(f"there is no act {act[:20]!r}, expected one of {', '.join(ACTS)}", code="act")
        note = _noted(note)
        if standing != "taken" and not note:
            raise MalformedRequest("an answer needs a note of what was answered", code="note", hint="such as: new date by mail")
        if self.state != "open":
            raise NotOpen(f"the request is {self.standing}")
        return replace(self, state="open" if standing == "taken" else "done",
                       steps=(*self.steps, Step(now.isoformat(), by, standing, note)))

    def must_be_as_seen(self, seen: int) -> None:
        """`seen`: how many steps there were when whoever asks looked at it. Raises ChangedMeanwhile: two who take up the same would
        both do the work."""
        if seen != len(self.steps):
            raise ChangedMeanwhile(f"the request is {self.standing}, by {self.steps[-1].by if self.steps else 'nobody'}",
                                   hint="look at it again, and then decide")

    def is_done_already(self, act: str, by: str, note: str, seen: int) -> bool:
        """The same click twice."""
        last = self.steps[-1] if self.steps else None
        return last is not None and seen == len(self.steps) - 1 and (last.standing, last.by, last.note) == (ACTS.get(act), by, _noted(note))

    def taken_out(self, by: str, now: datetime) -> OfficeRequest:
        return replace(self, takings=(*self.takings, Taking(now.isoformat(), by)))

    def progress(self) -> dict[str, Any]:
        """What is kept beside the inputs, which never change."""
        return {"steps": [[s.at, s.by, s.standing, s.note] for s in self.steps], "takings": [[t.at, t.by] for t in self.takings]}


def _noted(note: str) -> str:
    return " ".join(note.split())[:MOST_NOTE]


def _due(row: Mapping[str, Any]) -> datetime:
    """In the zone of the office, as the caller was told its day: the instants of the ledger are in UTC, where the evening is the next
    day already."""
    due, told = datetime.fromisoformat(row["not_after"]), row["payload"].get("due_by") or row["not_after"]
    return datetime.fromisoformat(told) if datetime.fromisoformat(told) == due else due


def request_of(row: Mapping[str, Any]) -> OfficeRequest:
    """From an opened row of the ledger."""
    payload, progress = row["payload"], row["progress"]
    context = {str(k): str(v) for k, v in (payload.get("context") or {}).items()}
    known = _PLAIN | set(payload.get("variables") or ())
    return OfficeRequest(
        row["key"], row["reference"], row["name"], str(payload.get("reason", "")), str(payload.get("policy_rule", "")),
        str(payload.get("language", "")), row["state"], datetime.fromisoformat(row["created_at"]),
        _due(row), bool(payload.get("urgent")), tuple(payload.get("numbers") or ()),
        payload.get("email") or "", context, frozenset(context) - known,
        tuple(Step(*s) for s in progress.get("steps", ())), tuple(Taking(*t) for t in progress.get("takings", ())))
