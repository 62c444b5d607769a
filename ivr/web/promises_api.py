"""`/api/promises`: the ledger as JSON. Reading is GET, every change is POST, and every answer is masked.

A user who is signed in may do what their role allows. Programs come with the bearer token of the settings, which may do all of it;
without one the API answers in development to this machine alone. It takes JSON only, which no form of another origin can send.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Any

from flask import Blueprint, g, jsonify, request
from flask.typing import ResponseReturnValue

from ivr.contact.states import TRANSITIONS
from ivr.errors import Bug, Conflict, Forbidden, IvrError, MalformedRequest, Unavailable
from ivr.ops import logs
from ivr.runtime.promise_desk import ACTS
from ivr.runtime.services import Services
from ivr.store.promise_ledger import NotFound
from ivr.store.promises import OtherContent
from ivr.web.access import declared, needs
from ivr.web.requests import json_body

LOOPBACK = ("127.0.0.1", "::1")
MAX_BY, NUL = 60, "\0"
_NEEDS = {"GET": "promises.read", "POST": "promises.change"}
log = logs.get("api")


class NotLetIn(IvrError):
    """No token, or a wrong one."""

    code = "unauthorized"


STATUS: dict[type[Exception], int] = {NotLetIn: 401, Forbidden: 403, NotFound: 404, OtherContent: 409, Conflict: 409,
                                      MalformedRequest: 400, Unavailable: 503}


def blueprint(services: Services) -> Blueprint:
    api = Blueprint("promises_api", __name__)
    desk = services.promise_desk

    def listed() -> ResponseReturnValue:
        kind, state, limit = request.args.get("kind", ""), request.args.get("state", ""), request.args.get("limit", 100, type=int)
        if state and state not in TRANSITIONS:
            raise MalformedRequest(f"there is no state {state[:20]!r}", code="state")
        rows = desk.listed(kind=kind, state=state, call_id=request.args.get("call", ""), limit=max(1, limit))
        return jsonify(promises=rows, count=len(rows))

    def counts() -> ResponseReturnValue:
        found = services.ledger.counts()
        return jsonify(counts=[{"kind": kind, "state": state, "count": n} for (kind, state), n in sorted(found.items())])

    def show(name: str) -> ResponseReturnValue:
        return jsonify(desk.show(name))

    def act(name: str, what: str) -> ResponseReturnValue:
        if what not in ACTS:
            raise NotFound(f"there is no act {what[:20]!r}, expected one of {', '.join(ACTS)}")
        body = _body()
        return jsonify(desk.act(what, name, by=_who(body), for_hours=_hours(body.get("for_hours", 24))))

    for path, view, method in (("/api/promises", listed, "GET"), ("/api/promises/counts", counts, "GET"),
                               ("/api/promises/<path:name>", show, "GET"), ("/api/promises/<path:name>/<what>", act, "POST")):
        api.add_url_rule(path, f"{method} {path}", declared(needs(_NEEDS[method], token=True))(_guarded(services, view)), methods=[method])
    return api


def _guarded(services: Services, view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    def guarded(**arguments: str) -> ResponseReturnValue:
        try:
            _let_in(services)
            return view(**arguments)
        except (IvrError, Bug) as error:
            status = next((s for kind, s in STATUS.items() if isinstance(error, kind)), 500)
            if status == 500:
                raise
            log.info("api refused", route=request.path.split("/")[1], status=status, why=error.code)
            return jsonify(error=error.code, message=error.message), status

    return guarded


def _who(body: dict[str, Any]) -> str:
    """Who is signed in goes by no other name, and a program by none that a user can have: both stand in the audit."""
    return g.staff.name if g.staff else f"api:{str(body.get('by', '')).replace(NUL, ' ')[:MAX_BY]}".rstrip(":")


def _let_in(services: Services) -> None:
    """Whoever is not let in by a session, which `web.guard` has looked at."""
    if g.staff is not None:
        return
    token = services.settings.api_token.get_secret_value() if services.settings.api_token else ""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if token:
        if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), token.encode()):
            raise NotLetIn("this needs a bearer token", hint="send Authorization: Bearer with the token of IVR_API_TOKEN")
        return
    if services.settings.is_production:
        raise Forbidden("there is no API without IVR_API_TOKEN")
    # Behind a proxy every request comes from this machine; a forwarded one is not from here.
    if request.remote_addr not in LOOPBACK or request.headers.get("X-Forwarded-For"):
        raise Forbidden("without IVR_API_TOKEN this answers on this machine only")


def _body() -> dict[str, Any]:
    if request.mimetype != "application/json":
        raise MalformedRequest("a change is sent as JSON", code="content_type")
    body = json_body(request)
    if not isinstance(body, dict):
        raise MalformedRequest("the body has to be a JSON object", code="body")
    return body


def _hours(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 24 * 60:
        raise MalformedRequest("for_hours has to be a number of hours, up to 1440", code="for_hours")
    return float(value)
