"""Before any view: who asks, whether they may, and whether a change comes from a page of ours. Refuses what nobody declared.

After it `g.staff` is the session of who is signed in, or None. A view asks for nothing of this again.
"""

from __future__ import annotations

from urllib.parse import quote

from flask import Flask, Request, Response, current_app, g, jsonify, redirect, request
from flask.typing import ResponseReturnValue

from ivr.access.roles import may
from ivr.access.sessions import Session
from ivr.errors import IvrError
from ivr.ops import logs
from ivr.runtime.services import Services
from ivr.web.access import Entry, entry_of
from ivr.web.same_site import SAFE, from_our_page
from ivr.web.staff_cookie import token_in
from ivr.web.staff_page import refused_page
from ivr.web.staff_words import language_of

log = logs.get("guard")


class Guard:
    def __init__(self, services: Services):
        self._s = services

    def install(self, app: Flask) -> None:
        app.before_request(self.check)

    def check(self) -> ResponseReturnValue | None:
        """None: the view may run."""
        g.staff = None
        if request.endpoint is None:
            return None  # there is no such route, or not with this method
        entry = entry_of(current_app.view_functions.get(request.endpoint))
        if entry is None:
            log.error("a route without an entry was refused", route=request.endpoint)
            return self._refused(Entry("permission"))
        if entry.kind in ("signed_in", "permission"):
            return self._for_staff(entry)
        if entry.own_page and request.method not in SAFE and not self._is_ours(entry):
            return self._refused(entry)
        return None

    def _for_staff(self, entry: Entry) -> ResponseReturnValue | None:
        try:
            g.staff = self.session_of(request, counts=not entry.quiet)
        except IvrError as error:
            log.warning("nobody can be let in", why=error.code)
            return self._unavailable(entry)
        if g.staff is None:
            return None if entry.token else self._nobody(entry)
        if request.method not in SAFE and not from_our_page(self._s, request):
            return self._refused(entry)
        if entry.kind == "permission" and not may(g.staff.role, entry.permission):
            return self._refused(entry)
        if entry.kind == "permission" and self._s.settings.totp_required and not g.staff.has_totp:
            return self._refused(entry) if entry.json else redirect(f"/account?said=totp_first{_in_language()}", 302)
        return None

    def session_of(self, asked: Request, *, counts: bool = True) -> Session | None:
        token = token_in(asked, self._s.settings)
        return self._s.access.sessions.get(token, self._s.clock.now(), counts=counts) if token else None

    def _is_ours(self, entry: Entry) -> bool:
        if entry.kind != "demo":
            return from_our_page(self._s, request)
        # The page's own API, asked by tools as well while trying things out; never under a name that is not ours.
        return from_our_page(self._s, request, unsaid=True) and self._s.is_own_origin(f"http://{request.host}", request.host)

    # -- answers ------------------------------------------------------------------------------------------------

    def _nobody(self, entry: Entry) -> ResponseReturnValue:
        if entry.json:
            return jsonify(error="unauthorized"), 401
        there = f"next={quote(request.full_path.rstrip('?'), safe='')}" if request.method == "GET" else ""
        query = f"{there}{_in_language()}".lstrip("&")
        return _fresh(redirect(f"/sign-in?{query}" if query else "/sign-in", 302))

    def _refused(self, entry: Entry) -> ResponseReturnValue:
        log.warning("refused", route=request.endpoint, method=request.method)
        return (jsonify(error="forbidden"), 403) if entry.json or entry.kind == "demo" else refused_page(403)

    def _unavailable(self, entry: Entry) -> ResponseReturnValue:
        return (jsonify(error="unavailable"), 503) if entry.json else refused_page(503)


def _in_language() -> str:
    """Whoever asked for a page in a language is answered in it wherever they are led."""
    return f"&lang={language_of(request)}" if request.args.get("lang") else ""


def _fresh(response: object) -> Response:
    response.headers["Cache-Control"] = "no-store"  # type: ignore[attr-defined]
    return response  # type: ignore[return-value]
