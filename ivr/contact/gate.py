"""The last look before anything leaves: consent is asked once more at the moment of sending, however long ago it was promised.

Wraps the sender of a channel, so that no worker, retry or reconciliation can go around it. What a provider refuses for good
goes to `Outcomes`, which knows what to do next.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from ivr.contact.senders import Sender
from ivr.errors import Unavailable
from ivr.store.consent import ALL, NOTICE, Consents


class Outcomes(Protocol):
    def refused(self, key: str, channel: str, payload: Mapping[str, Any], error: Unavailable) -> None:
        """The provider, or our own record, refused the message."""


class Gate:
    def __init__(self, channel: str, sender: Sender, consents: Consents, outcomes: Outcomes):
        self._channel, self._sender, self._consents, self._outcomes = channel, sender, consents, outcomes

    def send(self, key: str, payload: Mapping[str, Any]) -> str:
        try:
            if self._consents.revoked(payload["to"], self._channel, purpose_of(payload)):
                raise Unavailable("the receiver wants no more messages", retryable=False, code="revoked")
            return self._sender.send(key, payload)
        except Unavailable as error:
            if not error.uncertain:
                self._outcomes.refused(key, self._channel, payload, error)
            raise

    def find(self, key: str, payload: Mapping[str, Any], since: datetime) -> str | None:
        return self._sender.find(key, payload, since)


def purpose_of(payload: Mapping[str, Any]) -> str:
    """A notice is sent unasked, so its receivers may end notices alone; everything else was asked for in a call."""
    return NOTICE if payload.get("purpose") == NOTICE else ALL
