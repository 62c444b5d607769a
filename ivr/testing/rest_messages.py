"""Messages of an account, as its REST interface has them: sent through the emulated carrier, listed, shown. Part of `rest_fake`."""

from __future__ import annotations

from datetime import UTC, date
from typing import Any
from urllib.parse import urlencode

from werkzeug.routing import Rule
from werkzeug.wrappers import Request, Response

from ivr.contact.segments import segments
from ivr.testing.carrier import Carrier
from ivr.testing.messages import Message
from ivr.testing.rest_answers import MAGIC_TO, error, is_number, json_answer, rfc2822


class RestMessages:
    """/Messages"""

    def __init__(self, carrier: Carrier):
        self._carrier = carrier

    def rules(self, root: str) -> list[Rule]:
        return [
            Rule(f"{root}/Messages.json", endpoint=self._send, methods=["POST"]),
            Rule(f"{root}/Messages.json", endpoint=self._list, methods=["GET"]),
            Rule(f"{root}/Messages/<sid>.json", endpoint=self._get, methods=["GET"]),
        ]

    def _send(self, request: Request) -> Response:
        form = request.form
        to, from_ = form.get("To", ""), form.get("From") or form.get("MessagingServiceSid", "")
        body = form.get("Body", "")
        problem = self._problem(to, from_, body)
        if problem:
            return error(problem)
        message = self._carrier.messages.create(to, from_, body, form.get("StatusCallback", ""))
        return json_answer(self._shown(message), 201)

    def _problem(self, to: str, from_: str, body: str) -> int:
        checks = ((21604, not to), (21603, not from_), (21602, not body), (21617, len(body) > 1600),
                  (21211, not is_number(to)), (MAGIC_TO.get(to, 0), to in MAGIC_TO),
                  (21610, (from_, to) in self._carrier.messages.opted_out))
        return next((code for code, wrong in checks if wrong), 0)

    def _list(self, request: Request) -> Response:
        args = request.args
        rows = [m for m in self._carrier.messages.listed()
                if args.get("To", m.to) == m.to and args.get("From", m.from_) == m.from_ and _dated(m, args)]
        size = min(1000, max(1, args.get("PageSize", 50, type=int)))
        page = max(0, args.get("Page", 0, type=int))
        shown = rows[page * size:(page + 1) * size]
        more = len(rows) > (page + 1) * size
        query = {**args.to_dict(), "Page": page + 1}
        return json_answer({"messages": [self._shown(m) for m in shown], "page": page, "page_size": size,
                           "uri": f"{request.path}?{urlencode(args.to_dict())}", "first_page_uri": request.path,
                           "next_page_uri": f"{request.path}?{urlencode(query)}" if more else None,
                           "previous_page_uri": None, "start": page * size, "end": page * size + len(shown)})

    def _get(self, request: Request, sid: str) -> Response:
        message = self._carrier.messages.get(sid)
        return json_answer(self._shown(message)) if message else error(20404)

    def _shown(self, m: Message) -> dict[str, Any]:
        sent = m.status not in ("queued", "accepted")
        return {"sid": m.sid, "account_sid": self._carrier.account_sid, "to": m.to, "from": m.from_, "body": m.body,
                "status": m.status, "direction": m.direction, "error_code": m.error_code, "error_message": None,
                "num_segments": str(segments(m.body)), "num_media": "0", "price": None, "price_unit": "USD", "api_version": "2010-04-01",
                "messaging_service_sid": m.from_ if m.from_.startswith("MG") else None,
                "date_created": rfc2822(m.made), "date_updated": rfc2822(m.made),
                "date_sent": rfc2822(m.made) if sent else None, "subresource_uris": {},
                "uri": f"/2010-04-01/Accounts/{self._carrier.account_sid}/Messages/{m.sid}.json"}


def _dated(message: Message, args: Any) -> bool:
    """DateSent filters by day; a message that is still queued has no such date and is left out, as at Twilio."""
    filters = {op: args.get(f"DateSent{op}") for op in ("", "<", ">")}
    if not any(filters.values()):
        return True
    if message.status in ("queued", "accepted"):
        return False
    day = message.made.astimezone(UTC).date()
    return all((not text) or _holds(day, op, date.fromisoformat(text[:10])) for op, text in filters.items())


def _holds(day: date, op: str, other: date) -> bool:
    return {"": day == other, "<": day <= other, ">": day >= other}[op]
