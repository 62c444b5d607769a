"""Who of staff opens a WebSocket from a page of ours: by the cookie, and by the Origin, which browsers always send with one.

For endpoints that a page of staff uses. A session may be ended while its socket is open: ask again now and then, with the same scope.
"""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from typing import Any

from ivr.access.roles import may
from ivr.access.sessions import Session
from ivr.runtime.services import Services
from ivr.web.same_site import is_own_origin
from ivr.web.staff_cookie import name_of


def staff_of(services: Services, scope: dict[str, Any], permission: str, *, counts: bool = False) -> Session | None:
    """The session, or None for who may not. Reads the database: to be called in a thread. Raises Unavailable."""
    headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]}
    if not is_own_origin(services, headers.get("origin", ""), headers.get("host", "")):
        return None
    token = _cookie(headers.get("cookie", ""), name_of(services.settings))
    session = services.access.sessions.get(token, services.clock.now(), counts=counts) if token else None
    if session is None or not may(session.role, permission) or (services.settings.totp_required and not session.has_totp):
        return None
    return session


def _cookie(header: str, name: str) -> str:
    try:
        found = SimpleCookie(header).get(name)
    except CookieError:
        return ""
    return found.value if found else ""
