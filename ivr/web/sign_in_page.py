"""`/sign-in` and `/sign-out`. One form for all: name, password, and the code of those who have one, so that no answer tells who has.

Works without script. Whatever does not fit, the words are the same.
"""

from __future__ import annotations

from flask import Blueprint, Response, g, redirect, request
from flask.typing import ResponseReturnValue

from ivr.access.sign_in import Refused, TooMany
from ivr.errors import Unavailable
from ivr.runtime.services import Services
from ivr.web import staff_cookie
from ivr.web.access import PUBLIC_FORM, SIGNED_IN, declared
from ivr.web.guard import Guard
from ivr.web.rate_limit import peer_of
from ivr.web.staff_page import local_path, staff_page
from ivr.web.staff_words import language_of

STATUS = {"refused": 403, "too_many": 429, "unavailable": 503}


def blueprint(services: Services) -> Blueprint:
    pages = Blueprint("sign_in", __name__, template_folder="templates")
    page = SignInPage(services)
    pages.add_url_rule("/sign-in", "ask", declared(PUBLIC_FORM)(page.ask), methods=["GET"])
    pages.add_url_rule("/sign-in", "enter", declared(PUBLIC_FORM)(page.enter), methods=["POST"])
    pages.add_url_rule("/sign-out", "leave", declared(SIGNED_IN)(page.leave), methods=["POST"])
    return pages


class SignInPage:
    def __init__(self, services: Services):
        self._s, self._guard = services, Guard(services)

    def ask(self) -> ResponseReturnValue:
        said = "signed_out" if request.args.get("said") == "signed_out" else ""
        return self._form(request.args.get("next", ""), said=said)

    def enter(self) -> ResponseReturnValue:
        form, then = request.form, request.form.get("next", "")
        try:
            former = self._guard.session_of(request, counts=False)
            signed = self._s.access.door.sign_in(
                form.get("name", ""), form.get("password", ""), form.get("code", ""), self._peer(),
                request.headers.get("User-Agent", ""), self._s.clock.now(), former=former.id if former else "")
        except (Refused, TooMany, Unavailable) as error:
            said = error.code if error.code in STATUS else "unavailable"
            self._s.metrics.sign_ins.labels(said).inc()
            return self._form(then, said=said)
        self._s.metrics.sign_ins.labels("signed_in").inc()
        there = local_path(then)
        if signed.recovery_codes_left is not None:
            there = "/account?said=recovery_used"
        join = "&" if "?" in there else "?"
        answer = redirect(there if "lang=" in there else f"{there}{join}lang={language_of(request)}", 303)
        return staff_cookie.give(answer, self._s.settings, signed.token)  # type: ignore[arg-type]

    def leave(self) -> ResponseReturnValue:
        self._s.access.sessions.end(g.staff.id)
        answer = redirect(f"/sign-in?said=signed_out&lang={language_of(request)}", 303)
        answer.headers["Clear-Site-Data"] = '"cache"'
        return staff_cookie.take_away(answer, self._s.settings)  # type: ignore[arg-type]

    def _form(self, then: str, *, said: str = "") -> Response:
        there = then if local_path(then) == then else ""
        answer = staff_page("sign_in.html", STATUS.get(said, 200), said=said, then=there, keep={"next": there} if there else {})
        if said == "too_many":
            answer.headers["Retry-After"] = "900"
        return answer

    def _peer(self) -> str:
        return peer_of(request.remote_addr or "", request.headers.get("X-Forwarded-For", ""), self._s.settings.proxy_hops)
