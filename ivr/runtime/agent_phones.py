"""The telephones of staff, rung through the carrier: the effects of `runtime.phone_legs`. Must never log or quote a number."""

from __future__ import annotations

from ivr.runtime.phone_legs import PHONE_RINGS_S
from ivr.sensitive import Sensitive
from ivr.telephony.rest import TwilioRest


class CarrierPhones:
    """`phone_legs.Phones`. Safe to use from several threads."""

    def __init__(self, rest: TwilioRest, from_number: str, base_url: str):
        self._rest, self._from, self._base = rest, from_number, base_url.rstrip("/")

    def ring(self, number: Sensitive, key: str) -> str:
        return self._rest.create_call(number, self._from, f"{self._base}/voice/phone/ring?k={key}", ring_timeout_s=PHONE_RINGS_S,
                                      status_callback=f"{self._base}/voice/phone/status?k={key}")

    def clear(self, queue_sid: str) -> None:
        self._rest.delete_queue(queue_sid)

    def stop(self, sid: str) -> None:
        self._rest.end_call(sid)
