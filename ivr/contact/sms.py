"""Texts through Twilio. A POST is not idempotent there (error 20500: a 500 may have sent), hence `find`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from ivr.telephony.rest import TwilioRest


class SmsSender:
    def __init__(self, rest: TwilioRest, from_number: str, status_callback: str | None):
        self._rest, self._from, self._status_callback = rest, from_number, status_callback

    def send(self, key: str, payload: Mapping[str, Any]) -> str:
        return self._rest.send_sms(payload["to"], self._from, payload["text"], self._callback(key))

    def find(self, key: str, payload: Mapping[str, Any], since: datetime) -> str | None:
        return self._rest.find_sms(payload["to"], payload["text"], since)

    def _callback(self, key: str) -> str | None:
        # Reports can come before we have written down the id that they are about: the address names the promise. It is
        # signed as a whole, and keys hold nothing personal.
        return f"{self._status_callback}?key={quote(key, safe='')}" if self._status_callback else None
