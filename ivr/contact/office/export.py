"""Service requests as JSON and as CSV for another office's programs. Pure.

The CSV is RFC 4180: CRLF, every field that needs them in quotes. No field begins with what a spreadsheet takes for a formula
(=, +, -, @, tab, carriage return): such a field gets an apostrophe in front. Neither does any part of a field that a spreadsheet
would take for a field of its own where it parts them elsewhere than at commas, as it does in countries that write 1,5. Telephone numbers
begin with a plus, so in CSV all of them have it; JSON has every value as it is.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from ivr.contact.office.model import OfficeRequest

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""The last four are the wide forms of the first four, which some spreadsheets take as well."""
_PARTED = re.compile(r"([;,|\t\r\n\"][\s\"]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")
"""What may part fields, or end one, in front of what begins a formula."""
BOM = "\ufeff"
COLUMNS = ("reference", "request", "reason", "rule", "standing", "late", "urgent", "language", "office", "made_at", "due_by", "numbers",
           "email", "details", "note", "changed_at", "changed_by", "exported_before")
MEDIA_TYPES: Mapping[str, str] = {"json": "application/json", "csv": "text/csv; charset=utf-8"}


def record(request: OfficeRequest, now: datetime) -> dict[str, Any]:
    """One request in full. `exported_before` is when it was last taken out before this time; empty the first time."""
    last = request.steps[-1] if request.steps else None
    return {"reference": request.reference, "request": request.name, "reason": request.reason, "rule": request.rule,
            "standing": request.standing, "late": request.is_late(now), "urgent": request.urgent, "language": request.language,
            "office": request.office, "made_at": request.made_at.isoformat(), "due_by": request.due_by.isoformat(),
            "numbers": list(request.numbers), "email": request.email,
            "details": {k: v for k, v in sorted(request.context.items()) if k not in ("office_zip", "language")},
            "note": last.note if last else "", "changed_at": last.at if last else "", "changed_by": last.by if last else "",
            "exported_before": request.takings[-1].at if request.takings else ""}


def as_json(requests: Iterable[OfficeRequest], now: datetime, *, bom: bool = False) -> str:
    """A byte order mark is no part of JSON (RFC 8259, 8.1): `bom` changes nothing."""
    rows = [record(r, now) for r in requests]
    return json.dumps({"exported_at": now.isoformat(), "count": len(rows), "requests": rows}, ensure_ascii=False, indent=1) + "\n"


def as_csv(requests: Iterable[OfficeRequest], now: datetime, *, bom: bool = False) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for request in requests:
        row = record(request, now)
        writer.writerow([cell(row[c]) for c in COLUMNS])
    return (BOM if bom else "") + out.getvalue()


def cell(value: Any) -> str:
    text = _PARTED.sub(r"\1'", _text(value).replace("\0", " "))
    return f"'{text}" if text.startswith(FORMULA) else text


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(value)
    if isinstance(value, dict):
        return "; ".join(f"{k}: {v}" for k, v in value.items())
    return str(value)


FORMATS: Mapping[str, Callable[..., str]] = {"json": as_json, "csv": as_csv}
