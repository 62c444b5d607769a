"""`/account`: what users see and change of their own: the password, one-time codes with their picture, where they are signed in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, g, redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from ivr.access import totp
from ivr.access.account import Account
from ivr.errors import IvrError, MalformedRequest, Unavailable
from ivr.runtime.services import Services
from ivr.web import staff_cookie
from ivr.web.access import SIGNED_IN, declared
from ivr.web.office_clock import time_there, zone_of
from ivr.web.staff_page import staff_page
from ivr.web.staff_words import catalogue, language_of

ISSUER = "Frontline"
SAID = ("password_changed", "totp_first", "totp_ended", "session_ended", "recovery_used", "scan")
"""What the address may make the page say."""
WRONG = {"refused": 403, "too_many": 429, "too_short": 400, "too_long": 400, "too_easy": 400, "not_the_same": 400, "code_refused": 403,
         "password_refused": 403, "nothing": 400, "unknown": 400, "unavailable": 503}


def blueprint(services: Services) -> Blueprint:
    pages = Blueprint("account", __name__, template_folder="templates")
    page = AccountPage(services)
    for rule, name, view, method in (
            ("/account", "show", page.show, "GET"), ("/account/password", "password", page.password, "POST"),
            ("/account/totp", "totp", page.totp, "POST"), ("/account/sessions", "sessions", page.sessions, "POST")):
        pages.add_url_rule(rule, name, declared(SIGNED_IN)(view), methods=[method])
    return pages


class AccountPage:
    def __init__(self, services: Services):
        self._s = services

    def show(self) -> ResponseReturnValue:
        said = request.args.get("said", "")
        return self._page(said if said in SAID else "")

    def password(self) -> ResponseReturnValue:
        form = request.form
        try:
            if form.get("new") != form.get("again"):
                raise MalformedRequest("the two are not the same", code="not_the_same")
            token = self._account.change_password(g.staff.name, form.get("password", ""), form.get("new", ""), g.staff, self._now)
        except IvrError as error:
            return self._wrong(error, refused="password_refused")
        return staff_cookie.give(self._again("password_changed"), self._s.settings, token)

    def totp(self) -> ResponseReturnValue:
        """begin and end with the password, confirm with a code, cancel."""
        what, form, name = request.form.get("do", ""), request.form, g.staff.name
        try:
            if what == "begin":
                self._account.begin_totp(name, form.get("password", ""), self._now)
                return self._again("scan")
            if what == "confirm":
                return self._page("totp_begun", codes=self._account.confirm_totp(name, form.get("code", ""), self._now))
            if what == "end":
                self._account.end_totp(name, form.get("password", ""), self._now)
                return self._again("totp_ended")
            if what == "cancel":
                self._account.drop_pending(name)
                return self._again("")
            raise MalformedRequest("expected begin, confirm, end or cancel", code="unknown")
        except IvrError as error:
            return self._wrong(error, refused="code_refused" if what == "confirm" else "password_refused")

    def sessions(self) -> ResponseReturnValue:
        """End one, or all but this one."""
        only = request.form.get("id", "")
        self._account.end_sessions(g.staff.name, self._now, only=only[:16], but="" if only else g.staff.id)
        if only == g.staff.id:
            return staff_cookie.take_away(redirect("/sign-in?said=signed_out", 303), self._s.settings)  # type: ignore[arg-type]
        return self._again("session_ended")

    # -- parts --------------------------------------------------------------------------------------------------

    @property
    def _account(self) -> Account:
        return self._s.access.account

    @property
    def _now(self) -> datetime:
        return self._s.clock.now()

    def _again(self, said: str) -> Response:
        # Reloading the page that follows does not send the change again.
        return redirect(f"/account?said={said}&lang={language_of(request)}", 303)  # type: ignore[return-value]

    def _wrong(self, error: IvrError, *, refused: str) -> Response:
        """`refused`: what is said where the one thing that was asked for does not fit."""
        said = "unavailable" if isinstance(error, Unavailable) else refused if error.code == "refused" else error.code
        if said not in WRONG:
            raise error
        return self._page(said, WRONG[said])

    def _page(self, said: str, status: int = 200, codes: list[str] | None = None) -> Response:
        user, locale = self._account.user(g.staff.name), catalogue()[language_of(request)]
        return staff_page("account.html", status, said=said, user=user, role=locale[f"role_{user.role}"], codes=codes,
                          left=self._s.access.users.recovery_codes_left(user.name) if user.totp else 0,
                          pending=self._picture(user.name, user.totp_pending, locale["picture"]) if user.totp_pending else None,
                          sessions=[self._shown(s, locale["locale"]) for s in self._s.access.sessions.of(user.name, self._now)])

    def _picture(self, name: str, secret: bytes, label: str) -> dict[str, Any]:
        from ivr.access.qr import svg

        return {"svg": Markup(svg(totp.uri(secret, name, ISSUER), str(escape(label)))), "secret": totp.shown_secret(secret)}

    def _shown(self, session: Any, locale: str) -> dict[str, Any]:
        return {"id": session.id, "is_this": session.id == g.staff.id, "address": session.address, "browser": session.browser,
                "begun": time_there(session.begun_at, zone_of(self._s.bundles.current), locale)}
