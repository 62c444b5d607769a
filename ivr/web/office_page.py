"""`/requests`: service requests that wait for an office. Listed and filtered, looked at with masked values, taken up, answered,
refused, and exported as CSV or JSON.

What is here is done by `runtime.office_desk`; an export is a POST, since it marks what went out, and the only way by which values
leave in full.
"""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Any
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, g, redirect, request
from flask.typing import ResponseReturnValue

from ivr.contact.office.export import MEDIA_TYPES
from ivr.contact.office.model import STANDINGS
from ivr.errors import IvrError
from ivr.runtime.office_desk import wanted_of
from ivr.runtime.services import Services
from ivr.web.access import declared, needs
from ivr.web.office_clock import day_there, time_there, zone_of
from ivr.web.staff_page import staff_page
from ivr.web.staff_words import catalogue, language_of
from ivr.web.topic_names import topic_names

FILTERS = {"office": "office", "kind": "name", "standing": "standing", "from": "since", "to": "until"}
"""Field of the form -> filter of the desk."""
SHOWN, MOST_REFERENCE = 200, 40
GOOD = ("request_changed",)
WRONG = {"not_found": 404, "state": 409, "changed": 409, "note": 400, "act": 400, "why": 400, "office": 400, "standing": 400,
         "day": 400, "format": 404, "nothing_to_export": 200}
"""Code of an error, and what the page says with the label of the same name in front of `requests_` -> status."""


def blueprint(services: Services) -> Blueprint:
    pages = Blueprint("office", __name__, template_folder="templates")
    page = OfficePage(services)
    for rule, name, view, method in (
            ("/requests", "listed", page.listed, "GET"), ("/requests/<name>", "show", page.show, "GET"),
            ("/requests/<name>/<what>", "act", page.act, "POST"), ("/requests/export.<form>", "export", page.export, "POST")):
        pages.add_url_rule(rule, name, declared(needs("requests.export"))(view), methods=[method])
    return pages


class OfficePage:
    def __init__(self, services: Services):
        self._s, self._desk = services, services.office_desk

    def listed(self) -> ResponseReturnValue:
        """All that fit; or the one whose reference somebody was told, however they write it."""
        told = request.args.get("reference", "").strip()[:MOST_REFERENCE]
        try:
            if told:
                found = self._desk.show(told)
                return redirect(f"/requests/{quote(found['reference'] or found['key'], safe='')}?lang={language_of(request)}", 302)
            return self._list(_filters(request.args))
        except IvrError as error:
            return self._wrong(error, {})

    def show(self, name: str) -> ResponseReturnValue:
        said = request.args.get("said", "")
        try:
            return self._one(name, said if said in GOOD else "")
        except IvrError as error:
            return self._wrong(error, {})

    def act(self, name: str, what: str) -> ResponseReturnValue:
        note = request.form.get("note", "")[:2000]
        try:
            done = self._desk.act(what, name, g.staff.name, note, _number(request.form.get("seen", "")))
        except IvrError as error:
            if error.code in ("note", "state", "changed"):
                return self._one(name, error.code, WRONG[error.code], note)
            return self._wrong(error, {})
        # Reloading the page that follows does not do it again.
        query = urlencode({"said": "request_changed", "lang": language_of(request)})
        return redirect(f"/requests/{done['reference']}?{query}", 303)

    def export(self, form: str) -> ResponseReturnValue:
        filters = _filters(request.form)
        try:
            found = self._desk.export(form, wanted_of(**_named(filters), zone=self._zone()), g.staff.name, request.form.get("why", ""),
                                      again=request.form.get("again") == "yes", bom=request.form.get("bom") == "yes")
        except IvrError as error:
            return self._wrong(error, filters)
        if not found.count:
            return self._list(filters, "nothing_to_export")
        name = f"requests-{self._s.clock.now():%Y-%m-%d-%H%M%S}.{form}"
        return Response(found.text.encode(), content_type=MEDIA_TYPES[form], headers={
            "Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"})

    # -- parts --------------------------------------------------------------------------------------------------

    def _list(self, filters: dict[str, str], said: str = "", status: int = 200) -> Response:
        rows = [self._shown(r) for r in self._desk.listed(wanted_of(**_named(filters), zone=self._zone()), SHOWN + 1)]
        return staff_page("requests.html", status, said=said, rows=rows[:SHOWN], more=len(rows) > SHOWN, filters=filters, most=SHOWN,
                          keep={field: value for field, value in filters.items() if value},
                          names=self._desk.names(), standings=("open", "late", *STANDINGS, "all"))

    def _one(self, name: str, said: str, status: int = 200, note: str = "") -> Response:
        found = self._shown(self._desk.show(name))
        for each in (*found["steps"], *found["exports"]):
            each["at"] = self._time(each["at"])
        return staff_page("request.html", status, said=said, one=found, note=note)

    def _wrong(self, error: IvrError, filters: dict[str, str]) -> ResponseReturnValue:
        if error.code not in WRONG:
            raise error
        filters = {} if error.code in ("office", "standing", "day") else filters
        return self._list(filters, error.code, WRONG[error.code])

    def _shown(self, row: dict[str, Any]) -> dict[str, Any]:
        """With times and topics in the words of the page."""
        language = language_of(request)
        topic = topic_names(self._s.bundles.current, language).get(row["reason"], row["reason"])
        spoken = catalogue().get(row["language"], {}).get("language_name", row["language"])
        return {**row, "topic": topic, "spoken": spoken, "made": self._time(row["made_at"]),
                "due": day_there(datetime.fromisoformat(row["due_by"]), self._zone(), self._locale())}

    def _time(self, at: str) -> str:
        return time_there(datetime.fromisoformat(at), self._zone(), self._locale())

    def _zone(self) -> tzinfo:
        return zone_of(self._s.bundles.current)

    @staticmethod
    def _locale() -> str:
        return catalogue()[language_of(request)]["locale"]


def _filters(given: Any) -> dict[str, str]:
    return {field: given.get(field, "").strip()[:64] for field in FILTERS}


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else None


def _named(filters: dict[str, str]) -> dict[str, str]:
    return {FILTERS[field]: value for field, value in filters.items()}
