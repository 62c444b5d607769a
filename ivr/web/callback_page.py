"""`/callback/TOKEN`: what somebody who holds the link of their email sees of their promised call, and may change of it.

Looking changes nothing, since programs that preview messages follow every link; a change takes two presses of a button, the
second one on a page that says what will be done. Works without script, in both languages. Shows no case details and no
number in full; an expired link and an unknown one look alike.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from babel.dates import format_date
from flask import Blueprint, Response, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from ivr.dialog.render import render
from ivr.dialog.slots import phone
from ivr.errors import IvrError
from ivr.ops import logs
from ivr.runtime.callbacks.desk import CallbackDesk
from ivr.runtime.lookups.callbacks import WINDOWS
from ivr.runtime.services import Services
from ivr.store.links import CALLBACK_LINK
from ivr.web.access import SECRET, declared
from ivr.web.callback_words import Words, languages_of, words_of
from ivr.web.rate_limit import Misses, peer_of

BY = "the caller, by link"
SAID = ("done", "too_late", "too_often", "refused")
"""What the page may say of the last press."""
log = logs.get("callback_page")


def blueprint(services: Services) -> Blueprint:
    pages = Blueprint("callback_page", __name__, template_folder="templates")
    page = CallbackPage(services)
    pages.add_url_rule("/callback/<token>", "look", declared(SECRET)(page.look), methods=["GET"])
    pages.add_url_rule("/callback/<token>", "change", declared(SECRET)(page.change), methods=["POST"])
    return pages


class CallbackPage:
    def __init__(self, services: Services):
        self._s, self._desk, self._misses = services, services.callbacks.desk, Misses(services.clock)

    def look(self, token: str) -> ResponseReturnValue:
        row = self._row(token)
        if row is None:
            return self._gone()
        said = request.args.get("said", "")
        return self._page(row, said=said if said in SAID else "")

    def change(self, token: str) -> ResponseReturnValue:
        row = self._row(token)
        if row is None:
            return self._gone()
        what, value = request.form.get("do", ""), request.form.get("value", "")[:40]
        read = READ.get(what)
        meant = read(value) if read else None
        if meant is None:
            return self._page(row, said="refused", status=400)
        if request.form.get("sure") != "yes":
            return self._page(row, sure=what, value=meant, shown=self._shown(what, meant, self._language(row)))
        said = self._do(row["key"], what, meant)
        # Reloading the page that follows does not send the change again.
        return redirect(f"?lang={self._language(row)}&said={said}", code=303)

    def _do(self, key: str, what: str, value: str) -> str:
        try:
            ACTS[what](self._desk, key, value)
        except IvrError as error:
            log.info("change refused", key=key, what=what, why=error.code)
            return error.code if error.code in SAID else "refused"
        log.info("promised call changed", key=key, what=what)
        return "done"

    # -- parts --------------------------------------------------------------------------------------------------

    def _row(self, token: str) -> dict[str, Any] | None:
        who = peer_of(request.remote_addr or "", request.headers.get("X-Forwarded-For", ""), self._s.settings.proxy_hops)
        link = None if self._misses.too_many(who) else self._s.links.open(token, self._s.clock.now())
        row = self._s.promises.get(link.subject.reveal()) if link and link.purpose == CALLBACK_LINK else None
        if row is None:
            self._misses.count(who)
        return row

    def _language(self, row: dict[str, Any] | None) -> str:
        wanted = request.args.get("lang", "") or (row["payload"].get("language", "") if row else "")
        known = languages_of(self._s.bundles.current)
        return wanted if wanted in known else known[0]

    def _shown(self, what: str, value: str, language: str) -> str:
        """The value as it is read back; the number they have just typed themselves, whole."""
        return {"number": value, "window": self._words(language).get(value, "")}.get(what, "")

    def _words(self, language: str) -> Words:
        return words_of(self._s.bundles.current, language)

    def _page(self, row: dict[str, Any], *, said: str = "", sure: str = "", value: str = "", shown: str = "",
              status: int = 200) -> Response:
        language, found = self._language(row), self._desk.status(row)
        words, window = self._words(language), next((n for n, w in WINDOWS.items() if w == found.window), "any")
        return self._answer(language, status, words, status=found, said=said, sure=sure, value=value, shown=shown, windows=list(WINDOWS),
                            line=self._line(), day=format_date(found.day, format="full", locale=words["locale"]) if found.day else "",
                            by=format_date(found.due_by, format="long", locale=words["locale"]), window=words[window])

    def _gone(self) -> Response:
        language, bundle = self._language(None), self._s.bundles.current
        gone = render(bundle, "link_gone", language, "chat", slots={}, values={}).text
        return self._answer(language, 404, {**self._words(language), "gone": gone}, status=None, said="gone", sure="")

    def _answer(self, language: str, code: int, words: Words, **values: Any) -> Response:
        others = {name: self._words(name)["language_name"] for name in languages_of(self._s.bundles.current) if name != language}
        body = render_template("callback.html", language=language, others=others, w=words, nonce=g.get("nonce", ""), **values)
        return Response(body, code, content_type="text/html; charset=utf-8", headers={"Cache-Control": "no-store"})

    def _line(self) -> str:
        """The number to call us at: the one of the line, else the one that we call from; empty where neither is known."""
        numbers = self._s.bundles.current.line_for(None).numbers
        return next(iter(numbers), self._s.settings.callback_from or self._s.settings.twilio_from)


def _number(text: str) -> str | None:
    digits = "".join(c for c in text if c.isdigit())
    reading = phone.check(f"+1{digits[-10:]}") if len(digits) in (10, 11) else None
    return reading.value if reading is not None and reading.status == "ok" else None


READ: dict[str, Callable[[str], str | None]] = {
    "number": _number, "window": lambda text: text if text in WINDOWS else None, "cancel": lambda text: ""}
"""What is asked for -> its value as it was meant, or None."""
ACTS: dict[str, Callable[[CallbackDesk, str, str], None]] = {
    "number": lambda desk, key, value: desk.change_number(key, value, BY),
    "window": lambda desk, key, value: desk.change_window(key, WINDOWS[value], BY),
    "cancel": lambda desk, key, value: desk.cancel(key, BY),
}
