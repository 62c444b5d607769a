"""OAuth 2 client credentials: one token for all requests of this process, renewed before it ends.

The token and the secret are kept in memory only and never logged. One thread renews, the others wait for it or go on with the
token that is still good.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from urllib.parse import urlencode

from ivr.cases.one_request import Place, request
from ivr.errors import Unavailable
from ivr.sensitive import Sensitive

EARLY_S = 60.0
"""A token is renewed so long before its end, or when a fifth of its life is left if that is less."""
SHORTEST_S, LONGEST_S = 1.0, 24 * 3600.0
MAX_TOKEN = 8192


class Tokens:
    def __init__(self, place: Place, client_id: str, secret: str, monotonic: Callable[[], float] = time.monotonic):
        self._place, self._form = place, Sensitive(urlencode(
            {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}))
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._token, self._renew_at = Sensitive(""), 0.0

    def token(self, deadline_s: float) -> Sensitive:
        """Raises Unavailable when none can be had in time."""
        until = self._monotonic() + deadline_s
        if not self._lock.acquire(timeout=deadline_s):
            raise Unavailable("the case system gives no token in time", code="timeout")
        try:
            if not self._token or self._monotonic() >= self._renew_at:
                self._renew(max(0.1, until - self._monotonic()))
            return self._token
        finally:
            self._lock.release()

    def forget(self, token: Sensitive) -> None:
        """The other side refuses this one. A newer one, which another thread has had meanwhile, is kept."""
        with self._lock:
            if self._token.reveal() == token.reveal():
                self._token = Sensitive("")

    def _renew(self, deadline_s: float) -> None:
        asked_at = self._monotonic()
        answer = request(self._place, "POST", "", deadline_s, body=self._form.reveal().encode(),
                         headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"})
        if answer.status in (400, 401, 403):
            raise Unavailable("the case system refuses our client id or secret", retryable=False, code="credentials",
                              hint="see IVR_CASES_CLIENT_ID and IVR_CASES_CLIENT_SECRET")
        if answer.status != 200:
            raise Unavailable(f"the case system gives no token (status {answer.status})", code=f"token_{answer.status}")
        token, life_s = _read(answer.body)
        self._token = token
        self._renew_at = asked_at + max(life_s * 0.8, life_s - EARLY_S)


def _read(body: bytes) -> tuple[Sensitive, float]:
    """Lives are written as numbers by some and as texts by others."""
    try:
        found = json.loads(body)
        token, life_s = found["access_token"], float(found.get("expires_in", 300))
    except (ValueError, TypeError, KeyError, RecursionError):
        raise Unavailable("the case system's token is in another shape than agreed", code="shape") from None
    if not isinstance(token, str) or not token.isprintable() or not token.isascii() or not 0 < len(token) <= MAX_TOKEN \
            or " " in token or not life_s == life_s:
        raise Unavailable("the case system's token is in another shape than agreed", code="shape")
    return Sensitive(token), min(LONGEST_S, max(SHORTEST_S, life_s))
