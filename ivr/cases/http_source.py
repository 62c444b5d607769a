"""Cases over HTTP, shaped after the published Case Status API: OAuth 2 client credentials, one GET a case.

The host comes from the settings only. A receipt number is put into the path after it was checked to be three letters and ten
digits. Called from the threads of slow lookups.
"""

from __future__ import annotations

import json
import re
import ssl
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from ivr.cases.oauth import Tokens
from ivr.cases.one_request import Answer, place_of, request
from ivr.cases.published_shape import record_from
from ivr.cases.source import CaseRecord, CaseSource, case_source
from ivr.errors import ConfigProblem, Unavailable
from ivr.sensitive import Sensitive

_RECEIPT = re.compile(r"[A-Z]{3}[0-9]{10}")
MAX_RETRY_AFTER_S = 3600.0


class HttpSource:
    def __init__(self, url: str, token_url: str, client_id: str, secret: str):
        self._place = place_of(url, "IVR_CASES_URL")
        self._tokens = Tokens(place_of(token_url, "IVR_CASES_TOKEN_URL"), client_id, secret)
        self._context = ssl.create_default_context()

    def find(self, receipt: Sensitive, deadline_s: float) -> CaseRecord | None:
        if not _RECEIPT.fullmatch(receipt.reveal()):
            return None
        until = time.monotonic() + deadline_s
        answer = self._asked(receipt, until)
        if answer.status == 404:
            return None
        if answer.status != 200:
            raise _refusal(answer)
        try:
            payload = json.loads(answer.body)
        except (ValueError, RecursionError):
            raise Unavailable("the case system answered in another shape than agreed", code="shape") from None
        return record_from(payload, receipt)

    def close(self) -> None:
        """Every request has a connection of its own: nothing is held."""

    def _asked(self, receipt: Sensitive, until: float) -> Answer:
        token = self._tokens.token(_left(until))
        answer = self._get(receipt, token, until)
        if answer.status == 401:
            # It may have been called back before its time: once more with a new one.
            self._tokens.forget(token)
            answer = self._get(receipt, self._tokens.token(_left(until)), until)
        return answer

    def _get(self, receipt: Sensitive, token: Sensitive, until: float) -> Answer:
        headers = {"Authorization": f"Bearer {token.reveal()}", "Accept": "application/json"}
        return request(self._place, "GET", f"/{receipt.reveal()}", _left(until), headers=headers, context=self._context)


def _left(until: float) -> float:
    left_s = until - time.monotonic()
    if left_s <= 0:
        raise Unavailable("the case system did not answer in time", code="timeout")
    return left_s


def _refusal(answer: Answer) -> Unavailable:
    if answer.status in (401, 403):
        return Unavailable("the case system refuses our token", retryable=False, code="credentials",
                           hint="see IVR_CASES_CLIENT_ID and IVR_CASES_CLIENT_SECRET")
    if answer.status in (429, 503):
        return Unavailable("the case system wants fewer requests", retry_after_s=_retry_after(answer.headers.get("retry-after", "")),
                           code=f"status_{answer.status}")
    # A redirect is one of these: where a case is asked for is decided in the settings.
    return Unavailable(f"the case system answered with status {answer.status}", code=f"status_{answer.status}")


def _retry_after(value: str) -> float | None:
    if value.isdecimal() and len(value) < 10:
        return min(float(value), MAX_RETRY_AFTER_S)
    try:
        wait_s = (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError):
        return None
    return min(max(0.0, wait_s), MAX_RETRY_AFTER_S)


@case_source("http")
def build(settings: Any) -> CaseSource:
    secret = settings.cases_client_secret.get_secret_value() if settings.cases_client_secret else ""
    needed = {"IVR_CASES_URL": settings.cases_url, "IVR_CASES_TOKEN_URL": settings.cases_token_url,
              "IVR_CASES_CLIENT_ID": settings.cases_client_id, "IVR_CASES_CLIENT_SECRET": secret}
    missing = [name for name, value in needed.items() if not value]
    if missing:
        raise ConfigProblem(f"IVR_CASES_SOURCE=http needs {', '.join(missing)}")
    return HttpSource(settings.cases_url, settings.cases_token_url, settings.cases_client_id, secret)
