"""The table of faults: which recorded figures belong to which row, and how a row is told in one line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

NONE_OF = frozenset({"lost", "doubled", "stuck", "unequal", "failed", "forgotten", "effects", "spoken_but_unwritten", "promises_lost",
                     "doubled_effects", "out_of_order", "silent_calls", "corrupt", "sent_unasked", "server_errors", "wrong"})
"""Figures of which every fault test promises none."""
_ALIKE = frozenset({"lease_s", "lines", "calls_per_s", "outage_s", "servers", "per_s", "nth"})
"""The same in each run: told once, neither added up nor the worst of."""
Recorded = Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    number: str
    fault: str
    expected: str
    names: tuple[str, ...]
    """Names under which the tests record it."""


ROWS = (
    Row("1", "`kill -9` of servers at random and at every named point", "no call stuck, no effect twice", ("storm", "point_web")),
    Row("2", "`kill -9` of the media process in the middle of an utterance", "no silent call", ("media",)),
    Row("3", "`kill -9` of workers before, during and after a send", "none lost, none doubled, recovered within 45 s",
        ("point_worker", "callback_kills")),
    Row("4", "Redis restarted and flushed during live calls", "99 % of the calls go on, no promise lost", ("redis_restart",)),
    Row("5", "Redis 2 s slow, silent, gone", "webhooks answer, back to normal behind it", ("redis_trouble",)),
    Row("6", "database locked, killed, frozen", "no promise spoken that is not written", ("database",)),
    Row("7", "every webhook twice at the same moment, on two servers", "answers equal byte for byte, one effect", ("duplicates",)),
    Row("8", "webhooks in every order", "late ones recorded, not applied", ("order",)),
    Row("9", "two servers on one call", "no update lost", ("two_servers",)),
    Row("10", "provider of texts fails, hangs, asks to wait, refuses", "each text once, no storm", ("sms_faults", "sms_outage")),
    Row("11", "mail server away, greylisting, dropped behind the mail", "none lost; second copies only behind a dropped line",
        ("mail_outage", "mail_faults")),
    Row("12", "clock jumps of 10 minutes, both changes of daylight saving", "nothing twice, local time kept", ("clock_jumps", "dst")),
    Row("13", "disk full at every write", "refused with a sentence, no half file", ("disk",)),
    Row("14, 16", "publish and rollback under load", "no call mixes versions, no webhook fails", ("publish",)),
    Row("19", "genuine requests replayed an hour later", "no effect", ("replay",)),
    Row("22", "more callers at once than lines", "admitted up to the limit, the rest told at once", ("crowd",)),
    Row("23", "a storm of callbacks due at nine", "paced, in their order", ("callback_storm",)),
    Row("27", "rolling restart under load", "no webhook fails", ("rolling",)),
    Row("28", "backup restored on an empty machine", "nothing fires by itself", ("restore",)),
    Row("29", "no DNS, no trusted certificate, nobody there, black hole", "each text once, afterwards", ("sms_way",)),
    Row("30", "poison tasks", "parked, the others flow", ("poison",)),
)


def told(row: Row, recorded: Sequence[Recorded]) -> str:
    """Everything that was measured for the row, in one line; empty where nothing was."""
    parts = []
    for name in row.names:
        mine = [r for r in recorded if r["name"] == name]
        if mine:
            parts.append(", ".join(_figure(key, value) for key, value in _together(mine).items()))
    return "; ".join(parts)


def broken(row: Row, recorded: Sequence[Recorded]) -> float:
    """How many times something happened that must never happen."""
    return sum(r[key] for r in recorded if r["name"] in row.names for key in r if key in NONE_OF)


def _together(rows: Sequence[Recorded]) -> dict[str, Any]:
    """Several runs of one test as one: counts added up, times the worst of them, names left out."""
    keys = list(dict.fromkeys(key for row in rows for key in row if key != "name"))
    out: dict[str, Any] = {"runs": len(rows)} if len(rows) > 1 else {}
    for key in keys:
        values = [row[key] for row in rows if key in row]
        if all(isinstance(v, (int, float)) for v in values) and (key != "nth"):
            out[key] = _one(key, values)
    return out


def _one(key: str, values: Iterable[float]) -> float:
    values = list(values)
    if key in _ALIKE:
        return values[0]
    if key.startswith("shortest"):
        return min(values)
    return max(values) if re.search(r"_(s|minute|once)$", key) else sum(values)


def _figure(key: str, value: float) -> str:
    shown = f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"
    if key.endswith("_per_s") or key == "per_s":
        return f"{shown} a second"
    if key.endswith("_s"):
        return f"{key[:-2].replace('_', ' ')} {shown} s"
    return f"{shown} {key.replace('_', ' ')}"
