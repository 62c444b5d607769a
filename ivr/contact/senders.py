"""How a message leaves, by channel: the registry of senders and what each must be."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol


class Sender(Protocol):
    """Sends one message. Raises Unavailable; `uncertain` there means that it may have gone out all the same."""

    def send(self, key: str, payload: Mapping[str, Any]) -> str:
        """The provider's id of the message."""

    def find(self, key: str, payload: Mapping[str, Any], since: datetime) -> str | None:
        """The provider's id of a message that went out already, or None. Used before anything uncertain is sent again."""


Senders = dict[str, Sender]
"""channel (sms, email) -> sender"""
