"""The breakers of this process, one a provider. Safe to use from several threads; the rule is `contact.breaker`."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime

from ivr.contact.breaker import Breaker
from ivr.errors import Unavailable
from ivr.ops import logs

TWILIO, SMTP = "twilio", "smtp"
PROVIDERS = {"sms": TWILIO, "call": TWILIO, "email": SMTP}
OUR_OWN = frozenset({"revoked", "no_sender"})
log = logs.get("breaker")


def provider_of(channel: str) -> str:
    return PROVIDERS.get(channel, channel)


class Breakers:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_provider: dict[str, Breaker] = {}

    def allows(self, channel: str, now: datetime) -> int | None:
        return self._of(channel).allows(now)

    def shut(self, channels: Sequence[str], now: datetime) -> tuple[str, ...]:
        """Those of the channels that nobody may ask now."""
        return tuple(c for c in channels if self.allows(c, now) == 0)

    def probing(self, channel: str, now: datetime) -> None:
        with self._lock:
            self._by_provider[provider_of(channel)] = self._of(channel).probing(now)

    def succeeded(self, channel: str) -> None:
        with self._lock:
            if self._of(channel) != Breaker():
                log.info("provider answers again", provider=provider_of(channel))
                self._by_provider[provider_of(channel)] = Breaker()

    def failed(self, channel: str, error: Unavailable, now: datetime) -> None:
        """A refusal shows that the provider is alive; everything else counts against it. What our own gate refused says
        nothing about it."""
        if error.code in OUR_OWN:
            return
        if not (error.retryable or error.uncertain):
            return self.succeeded(channel)
        with self._lock:
            before = self._of(channel)
            after = self._by_provider[provider_of(channel)] = before.failed(now)
        if after.is_open and not before.is_open:
            log.error("provider fails, nobody asks it for a while", provider=provider_of(channel), why=error.code, pause_s=after.pause_s)

    def open_providers(self) -> list[str]:
        return sorted(p for p, b in self._by_provider.items() if b.is_open)

    def _of(self, channel: str) -> Breaker:
        return self._by_provider.get(provider_of(channel), Breaker())
