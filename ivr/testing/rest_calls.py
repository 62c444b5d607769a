"""Calls of an account, as its REST interface has them: begun, changed, listed, shown. Part of `rest_fake`."""

from __future__ import annotations

from typing import Any

from werkzeug.routing import Rule
from werkzeug.wrappers import Request, Response

from ivr.testing.carrier import Carrier
from ivr.testing.emulated_call import EmulatedCall
from ivr.testing.rest_answers import MAGIC_TO, error, is_number, json_answer, rfc2822
from ivr.testing.twiml_interpreter import TwimlError


class RestCalls:
    """/Calls"""

    def __init__(self, carrier: Carrier):
        self._carrier = carrier

    def rules(self, root: str) -> list[Rule]:
        return [
            Rule(f"{root}/Calls.json", endpoint=self._create, methods=["POST"]),
            Rule(f"{root}/Calls.json", endpoint=self._list, methods=["GET"]),
            Rule(f"{root}/Calls/<sid>.json", endpoint=self._update, methods=["POST"]),
            Rule(f"{root}/Calls/<sid>.json", endpoint=self._get, methods=["GET"]),
        ]

    def _create(self, request: Request) -> Response:
        form = request.form
        if not form.get("To"):
            return error(21201)
        if form["To"] in MAGIC_TO or not is_number(form["To"]):
            return error(21211)
        if not form.get("Url", "").startswith(("http://", "https://")):
            return error(21205)
        call = self._carrier.create_call(form["To"], form.get("From", ""), form["Url"], form.get("Method", "POST"),
                                        form.get("StatusCallback", ""),
                                        tuple(form.getlist("StatusCallbackEvent")) or ("completed",),
                                        form.get("AsyncAmdStatusCallback", "") if form.get("AsyncAmd") == "true" else "")
        self._carrier.callees.taken(call)
        return json_answer(self._shown(call), 201)

    def _list(self, request: Request) -> Response:
        """Newest first. StartTime filters by day, and leaves out what has not begun, as at Twilio."""
        args = request.args
        rows = [c for c in reversed(list(self._carrier.calls.values()))
                if args.get("To", c.to) == c.to and args.get("From", c.from_) == c.from_ and args.get("Status", c.status) == c.status]
        size = min(1000, max(1, args.get("PageSize", 50, type=int)))
        return json_answer({"calls": [self._shown(c) for c in rows[:size]], "page": 0, "page_size": size, "uri": request.path,
                           "first_page_uri": request.path, "next_page_uri": None, "previous_page_uri": None, "start": 0,
                           "end": min(size, len(rows))})

    def _update(self, request: Request, sid: str) -> Response:
        form = request.form
        try:
            self._carrier.update_call(sid, twiml=form.get("Twiml", ""), url=form.get("Url", ""),
                                     method=form.get("Method", "POST"), status=form.get("Status", ""))
        except KeyError:
            return error(20404)
        except ValueError:
            return error(21220)
        except TwimlError:
            return error(12100)
        return self._get(request, sid)

    def _get(self, request: Request, sid: str) -> Response:
        call = self._carrier.calls.get(sid)
        return json_answer(self._shown(call)) if call else error(20404)

    def _shown(self, call: EmulatedCall) -> dict[str, Any]:
        return {"sid": call.sid, "account_sid": self._carrier.account_sid, "to": call.to, "from": call.from_,
                "status": call.status, "direction": call.direction, "api_version": "2010-04-01",
                "date_created": rfc2822(call.made), "duration": None, "answered_by": None,
                "subresource_uris": {}, "uri": f"/2010-04-01/Accounts/{self._carrier.account_sid}/Calls/{call.sid}.json"}
