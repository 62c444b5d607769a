"""Answers in the shapes of Twilio's REST interface: bodies, errors with code and words, dates. Used by `rest_fake` and its resources."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from werkzeug.wrappers import Response

MAGIC_TO = {"+15005550001": 21211, "+15005550002": 21612, "+15005550003": 21408, "+15005550004": 21610,
            "+15005550009": 21614}
"""Twilio's documented test numbers."""

WORDS = {20001: ("Unknown parameters", 400), 20003: ("Authenticate", 401), 20404: ("The requested resource was not found", 404),
         20429: ("Too Many Requests", 429), 20500: ("Internal Server Error", 500),
         21201: ("No 'To' number is specified", 400), 21211: ("The 'To' number is not a valid phone number.", 400),
         21220: ("Call is not in-progress. Cannot redirect.", 400), 21408: ("Permission to send an SMS has not been "
         "enabled for the region indicated by the 'To' number", 400), 21602: ("Message body is required.", 400),
         21603: ("A 'From' phone number is required.", 400), 21604: ("A 'To' phone number is required.", 400),
         21610: ("Attempt to send to unsubscribed recipient", 400), 21612: ("The message cannot be sent with the "
         "current combination of 'To' and 'From' parameters", 400), 21614: ("'To' number is not a valid mobile "
         "number", 400), 21617: ("The concatenated message body exceeds the 1600 character limit", 400),
         21205: ("Url is not a valid URL", 400), 12100: ("Document parse failure", 400)}


def is_number(value: str) -> bool:
    return value.startswith("+") and value[1:].isascii() and value[1:].isdigit() and 8 <= len(value) <= 16


def rfc2822(when: datetime) -> str:
    return format_datetime(when.astimezone(UTC).replace(microsecond=0))


def json_answer(body: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(body), status, content_type="application/json")


def error(code: int, headers: dict[str, str] | None = None) -> Response:
    message, status = WORDS[code]
    body = {"code": code, "message": message, "more_info": f"https://www.twilio.com/docs/errors/{code}",
            "status": status}
    response = json_answer(body, status)
    response.headers.extend(headers or {})
    if code == 20003:
        response.headers["WWW-Authenticate"] = 'Basic realm="Twilio API"'
    return response
