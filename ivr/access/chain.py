"""The chain of the audit: each entry's seal covers the seal before it, so that no entry can be changed, taken out or put in.

Pure. The seal is a keyed hash that `mac` makes: who can write the tables but has no key cannot make one that fits. What the chain
alone cannot show is that its newest entries are missing; the head, which is kept apart, does.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

Mac = Callable[[str], str]
START = "0" * 64
"""What the first entry takes for the seal before it."""


@dataclass(frozen=True, slots=True)
class Entry:
    seq: int
    """1, 2, 3 ... without a gap."""
    at: str
    """UTC, ISO 8601."""
    who: str
    """Name of the user, or of who ran a command as `cli:NAME`."""
    act: str
    """Such as `user.disabled`."""
    what: str
    """What was acted on: a name, a key, a number; no personal data."""
    before: Any = None
    after: Any = None
    """Plain JSON values; never a secret."""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    seq: int
    seal: str
    mark: str
    """Keyed hash of both: a head that somebody wrote by hand does not fit."""


def seal_of(entry: Entry, before: str, mac: Mac) -> str:
    """`before`: the seal of the entry before."""
    content = [before, entry.seq, entry.at, entry.who, entry.act, entry.what, entry.before, entry.after, entry.why]
    return mac(json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")))


def head_of(seq: int, seal: str, mac: Mac) -> Head:
    return Head(seq, seal, mac(f"head {seq} {seal}"))


@dataclass(frozen=True, slots=True)
class Verdict:
    entries: int
    """How many were looked at and fit."""
    head: str
    """`SEQ:SEAL` of the newest that fits, to be noted somewhere else."""
    at: int = 0
    """Number of the first entry that is not as it was written; 0: all are."""
    what: str = ""
    """changed | removed | added | head"""

    @property
    def is_whole(self) -> bool:
        return not self.at and not self.what


def verify(entries: Iterable[tuple[Entry | None, int, str]], head: Head | None, mac: Mac, noted: str = "") -> Verdict:
    """`entries`: (entry, or None where it cannot be read; its number; its seal), in order of number. `noted`: a head that was noted
    before, which has to be in the chain."""
    last, before, noted_seq = 0, START, int(noted.partition(":")[0] or 0) if noted else 0
    for entry, seq, seal in entries:
        wrong = ""
        if head is None or seq > head.seq or seq <= last:
            wrong = "added"
        elif seq != last + 1:
            return Verdict(last, f"{last}:{before}", last + 1, "removed")
        elif entry is None or seal_of(entry, before, mac) != seal or (seq == noted_seq and noted != f"{seq}:{seal}"):
            wrong = "changed"
        if wrong:
            return Verdict(last, f"{last}:{before}", seq, wrong)
        last, before = seq, seal
    if head is not None and head != head_of(head.seq, head.seal, mac):
        return Verdict(last, f"{last}:{before}", 0, "head")
    if last < max(head.seq if head else 0, noted_seq):
        return Verdict(last, f"{last}:{before}", last + 1, "removed")
    if head is not None and head.seal != before:
        return Verdict(last, f"{last}:{before}", 0, "head")
    return Verdict(last, f"{last}:{before}")
