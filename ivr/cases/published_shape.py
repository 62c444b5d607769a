"""A case as the published Case Status API writes it, to our record. Pure; believes nothing it did not check.

    {"case_status": {"receiptNumber": ..., "formType": "N400", "submittedDate": "01-15-2025 09:00:00", "modifiedDate": ...,
                     "current_case_status_text_en": ..., "current_case_status_text_es": ...}}

The published interface tells nobody's date of birth. A deployment whose own gateway may be asked adds `identity` beside
`case_status`: `{"answers": {"date_of_birth": "1990-05-04"}, "representatives": ["+12025550143"]}`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from ivr.cases.source import CaseRecord
from ivr.errors import Unavailable
from ivr.sensitive import Sensitive

_DATES = ("%m-%d-%Y %H:%M:%S", "%m-%d-%Y", "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S")
MAX_TEXT, MAX_ANSWERS, MAX_REPRESENTATIVES = 300, 20, 20


def record_from(payload: Any, asked: Sensitive) -> CaseRecord:
    """Raises Unavailable when it is not that shape, or is about another case than the one that was asked for."""
    status = payload.get("case_status") if isinstance(payload, Mapping) else None
    if not isinstance(status, Mapping):
        raise Unavailable("the case system answered in another shape than agreed", code="shape")
    number = re.sub(r"[^A-Z0-9]", "", _text(status, "receiptNumber").upper())
    if number != asked.reveal():
        raise Unavailable("the case system answered about another case than it was asked for", code="other_case")
    identity = payload.get("identity", {})
    if not isinstance(identity, Mapping):
        raise Unavailable("the case system answered in another shape than agreed", code="shape")
    return CaseRecord(asked, _text(status, "formType")[:20], _day(status, "submittedDate"), _day(status, "modifiedDate"),
                      _text(status, "current_case_status_text_en"), _text(status, "current_case_status_text_es"),
                      _answers(identity.get("answers", {})), _numbers(identity.get("representatives", [])))


def _text(of: Mapping[str, Any], name: str) -> str:
    value = of.get(name, "")
    if not isinstance(value, str):
        raise Unavailable(f"the case system gave something other than words for {name}", code="shape")
    return value[:MAX_TEXT].strip()


def _day(of: Mapping[str, Any], name: str) -> date | None:
    value = of.get(name) and _text(of, name)
    for form in _DATES if value else ():
        try:
            return datetime.strptime(value, form).date()
        except ValueError:
            continue
    return None


def _answers(found: Any) -> dict[str, Sensitive]:
    if not isinstance(found, Mapping) or len(found) > MAX_ANSWERS:
        raise Unavailable("the case system answered in another shape than agreed", code="shape")
    return {str(k): Sensitive(v.strip()) for k, v in found.items() if isinstance(v, str) and 0 < len(v) <= MAX_TEXT}


def _numbers(found: Any) -> tuple[Sensitive, ...]:
    if not isinstance(found, list) or len(found) > MAX_REPRESENTATIVES:
        raise Unavailable("the case system answered in another shape than agreed", code="shape")
    return tuple(Sensitive(n) for n in found if isinstance(n, str) and re.fullmatch(r"\+[1-9]\d{6,14}", n))
