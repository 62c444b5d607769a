"""`/agent/api`: what the screen of a member of staff asks beside its socket, as JSON. Thin: everything is done by `runtime.desk_work`.

The guard has looked at session, permission and origin before a view runs. A caller's data is shown and changed only by whoever has
that caller before them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from flask import Blueprint, g, jsonify, request
from flask.typing import ResponseReturnValue

from ivr.access.roles import may
from ivr.errors import Bug, Conflict, Forbidden, IvrError, MalformedRequest, Unavailable
from ivr.ops import logs
from ivr.runtime.desk_work.escalation import Refused
from ivr.runtime.services import Services
from ivr.store.promise_ledger import NotFound
from ivr.web.access import declared, needs
from ivr.web.requests import json_body

STATUS: dict[type[Exception], int] = {Forbidden: 403, NotFound: 404, Refused: 409, Conflict: 409, MalformedRequest: 400, Unavailable: 503}
MAX_KEY = 255
log = logs.get("agent_api")


def blueprint(services: Services) -> Blueprint:
    api, views = Blueprint("agent_api", __name__), AgentApi(services)
    serve = needs("callers.serve", json=True)
    for name, method in (("knowledge", "GET"), ("previous", "GET"), ("callbacks", "GET"), ("callbacks/one", "GET"), ("wrap-up", "POST"),
                         ("escalate", "POST"), ("callbacks/close", "POST"), ("callbacks/note", "POST")):
        view = getattr(views, name.replace("-", "_").replace("/", "_"))
        api.add_url_rule(f"/agent/api/{name}", name, declared(serve)(_guarded(view)), methods=[method])
    return api


class AgentApi:
    def __init__(self, services: Services):
        self._s, self._work = services, services.desk_work

    # -- looking ------------------------------------------------------------------------------------------------

    def knowledge(self) -> ResponseReturnValue:
        asked = request.args.get
        return jsonify(self._work.knowledge(g.staff.name, asked("call", ""), asked("lang", ""), asked("intent", "")))

    def previous(self) -> ResponseReturnValue:
        return jsonify(previous=self._work.previous(g.staff.name, request.args.get("call", "")))

    def callbacks(self) -> ResponseReturnValue:
        return jsonify(callbacks=self._work.promised.listed())

    def callbacks_one(self) -> ResponseReturnValue:
        return jsonify(self._work.promised.show(_short(request.args.get("key", ""), "key")))

    # -- changing -----------------------------------------------------------------------------------------------

    def wrap_up(self) -> ResponseReturnValue:
        body = _body()
        self._work.wrap_up(g.staff.name, _text(body, "call"), _text(body, "disposition"), _text(body, "note"))
        return jsonify(ok=True)

    def escalate(self) -> ResponseReturnValue:
        body = _body()
        done = self._work.escalate(g.staff.name, {**body, "call": _text(body, "call"), "note": _text(body, "note")})
        return jsonify({**asdict(done), "confirmed_by": list(done.confirmed_by)})

    def callbacks_close(self) -> ResponseReturnValue:
        body = _body()
        self._work.promised.close(self._work.serving, g.staff.name, _short(_text(body, "key"), "key"), _text(body, "disposition"),
                                  _text(body, "note"), any_of_them=may(g.staff.role, "promises.change"))
        return jsonify(ok=True)

    def callbacks_note(self) -> ResponseReturnValue:
        body = _body()
        self._work.promised.note(g.staff.name, _short(_text(body, "key"), "key"), _text(body, "note"))
        return jsonify(ok=True)


def _guarded(view: Callable[[], ResponseReturnValue]) -> Callable[[], ResponseReturnValue]:
    def guarded() -> ResponseReturnValue:
        try:
            return view()
        except (IvrError, Bug) as error:
            status = next((s for kind, s in STATUS.items() if isinstance(error, kind)), 500)
            if status == 500:
                raise
            log.info("agent api refused", route=request.path, status=status, why=error.code)
            return jsonify(error=error.code, message=str(error)), status

    return guarded


def _body() -> dict[str, Any]:
    body = json_body(request)
    if not isinstance(body, dict):
        raise MalformedRequest("a change is sent as a JSON object", code="body")
    return body


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name, "")
    if not isinstance(value, str):
        raise MalformedRequest(f"{name} has to be a text", code=name)
    return value


def _short(value: str, name: str) -> str:
    """A key as the databases take it."""
    if not 0 < len(value) <= MAX_KEY or "\0" in value:
        raise MalformedRequest(f"{name} has 1 to {MAX_KEY} characters", code=name)
    return value
