"""The link under a notice that ends notices: made for one receiver at the moment of sending. Called by the sender of emails."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from ivr.clock import Clock
from ivr.contact.email_text import WayOut
from ivr.dialog.render import render
from ivr.flow.model import Bundle
from ivr.store.db import Database
from ivr.store.links import Links

UNSUBSCRIBE = "unsubscribe"
LIFE = timedelta(days=60)
"""The law asks for at least 30 days (16 CFR 316.5)."""


class WaysOut:
    def __init__(self, db: Database, clock: Clock, public_url: str, bundle: Callable[[], Bundle]):
        self._db, self._clock, self._public_url, self._bundle = db, clock, public_url, bundle

    def __call__(self, address: str, language: str) -> WayOut:
        now = self._clock.now()
        with self._db.write() as connection:
            token = Links(self._db).make(connection, UNSUBSCRIBE, address, now + LIFE, now)
        url = f"{self._public_url}/l/{token}"
        return WayOut(url, render(self._bundle(), "notice_ending", language, "email", slots={}, values={"link": url}).text)
