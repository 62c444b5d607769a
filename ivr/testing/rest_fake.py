"""Twilio's REST interface for Calls, Messages and Queues of one account, as a WSGI application.

Answers are shaped as Twilio's (`sid`, `uri`, RFC 2822 dates, error bodies with code and more_info), states and
effects are those of the emulated carrier. `faults` makes it fail as the real one does, by receiver or for the next
requests. Held against the `twilio` SDK in the tests.
"""

from __future__ import annotations

import base64
import contextlib
import hmac
import json
import socket
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from ivr.contact.segments import segments
from ivr.testing.carrier import Carrier
from ivr.testing.emulated_call import EmulatedCall
from ivr.testing.emulated_queue import EmulatedQueue
from ivr.testing.messages import Message
from ivr.testing.twiml_interpreter import TwimlError

MAGIC_TO = {"+15005550001": 21211, "+15005550002": 21612, "+15005550003": 21408, "+15005550004": 21610,
            "+15005550009": 21614}
"""Twilio's documented test numbers."""

WORDS = {20001: ("Unknown parameters", 400), 20003: ("Authenticate", 401), 20404: ("The requested resource was not found", 404),
         20429: ("Too Many Requests", 429), 20500: ("Internal Server Error", 500),
         21201: ("No 'To' number is specified", 400), 21211: ("The 'To' number is not a valid phone number.", 400),
         21220: ("Call is not in-progress. Cannot redirect.", 400), 21408: ("Permission to send an SMS has not been "
         "enabled for the region indicated by the 'To' number", 400), 21602: ("Message body is required.", 400),
         21603: ("A 'From' phone number is required.", 400), 21604: ("A 'To' phone number is required.", 400),
         21610: ("Attempt to send to unsubscribed recipient", 400), 21612: ("The message cannot be sent with the "
         "current combination of 'To' and 'From' parameters", 400), 21614: ("'To' number is not a valid mobile "
         "number", 400), 21617: ("The concatenated message body exceeds the 1600 character limit", 400),
         21205: ("Url is not a valid URL", 400), 12100: ("Document parse failure", 400)}


class RestFaults:
    """What goes wrong next. A fault is one of the names below or a Twilio error code.

    `429` (with Retry-After), `500` (nothing done), `500_but_sent`, `timeout` (no answer, nothing done),
    `timeout_after_send`, `drop` (the connection is closed without an answer, nothing done).
    """

    NAMES = frozenset({"429", "500", "500_but_sent", "timeout", "timeout_after_send", "drop"})

    def __init__(self) -> None:
        self._by_number: dict[str, deque[str | int]] = defaultdict(deque)
        self._next: deque[str | int] = deque()
        self._lock = threading.Lock()
        self.retry_after_s = 1
        self.seen: list[str | int] = []
        """Faults that have happened."""

    def for_number(self, number: str, *faults: str | int) -> None:
        self._check(faults)
        self._by_number[number].extend(faults)

    def next(self, *faults: str | int) -> None:
        """For the next requests that have an effect, whoever they are for."""
        self._check(faults)
        self._next.extend(faults)

    def take(self, number: str) -> str | int:
        with self._lock:
            line = self._by_number[number] or self._next
            if not line:
                return ""
            self.seen.append(line[0])
            return line.popleft()

    @classmethod
    def _check(cls, faults: Iterable[str | int]) -> None:
        for fault in faults:
            if not (fault in cls.NAMES or fault in WORDS):
                raise ValueError(f"unknown fault {fault!r}, expected one of {sorted(cls.NAMES)} or an error code")


class RestFake:
    """The WSGI application. One request at a time per thread; the carrier's own locks guard the state."""

    def __init__(self, carrier: Carrier, faults: RestFaults | None = None):
        self.carrier = carrier
        self.faults = faults or RestFaults()
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        """Method, path and form of every request that had the right credentials."""
        self._released = threading.Event()
        root = f"/2010-04-01/Accounts/{carrier.account_sid}"
        self._urls = Map([
            Rule(f"{root}/Messages.json", endpoint=self._send_message, methods=["POST"]),
            Rule(f"{root}/Messages.json", endpoint=self._list_messages, methods=["GET"]),
            Rule(f"{root}/Messages/<sid>.json", endpoint=self._get_message, methods=["GET"]),
            Rule(f"{root}/Calls.json", endpoint=self._create_call, methods=["POST"]),
            Rule(f"{root}/Calls.json", endpoint=self._list_calls, methods=["GET"]),
            Rule(f"{root}/Calls/<sid>.json", endpoint=self._update_call, methods=["POST"]),
            Rule(f"{root}/Calls/<sid>.json", endpoint=self._get_call, methods=["GET"]),
            Rule(f"{root}/Queues.json", endpoint=self._list_queues, methods=["GET"]),
            Rule(f"{root}/Queues/<sid>.json", endpoint=self._get_queue, methods=["GET"]),
            Rule(f"{root}/Queues/<sid>.json", endpoint=self._delete_queue, methods=["DELETE"]),
            Rule(f"{root}/Queues/<sid>/Members.json", endpoint=self._list_members, methods=["GET"]),
        ])

    def __call__(self, environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        request = Request(environ)
        return self._answer(request)(environ, start_response)

    def release(self) -> None:
        """Let go of the requests that hang; called when the server stops."""
        self._released.set()

    def _answer(self, request: Request) -> Response:
        if not self._authorised(request):
            return _error(20003)
        try:
            handler, arguments = self._urls.bind_to_environ(request.environ).match()
        except HTTPException:
            return _error(20404)
        self.requests.append((request.method, request.path, request.form.to_dict()))
        if request.method != "POST":
            return handler(request, **arguments)
        return self._with_faults(request, lambda: handler(request, **arguments))

    def _authorised(self, request: Request) -> bool:
        given = request.headers.get("Authorization", "")
        wanted = base64.b64encode(f"{self.carrier.account_sid}:{self.carrier.auth_token}".encode()).decode()
        return hmac.compare_digest(given.encode(), f"Basic {wanted}".encode())

    def _with_faults(self, request: Request, act: Callable[[], Response]) -> Response:
        fault = self.faults.take(request.form.get("To", ""))
        if isinstance(fault, int):
            return _error(fault)
        if fault in ("500_but_sent", "timeout_after_send"):
            act()
        if fault in ("timeout", "timeout_after_send"):
            self._released.wait(60)
        if fault in ("timeout", "timeout_after_send", "drop"):
            return _Dropped()
        if fault == "429":
            return _error(20429, {"Retry-After": str(self.faults.retry_after_s)})
        return _error(20500) if fault else act()

    # -- messages

    def _send_message(self, request: Request) -> Response:
        form = request.form
        to, from_ = form.get("To", ""), form.get("From") or form.get("MessagingServiceSid", "")
        body = form.get("Body", "")
        problem = self._message_problem(to, from_, body)
        if problem:
            return _error(problem)
        message = self.carrier.messages.create(to, from_, body, form.get("StatusCallback", ""))
        return _json(self._message(message), 201)

    def _message_problem(self, to: str, from_: str, body: str) -> int:
        checks = ((21604, not to), (21603, not from_), (21602, not body), (21617, len(body) > 1600),
                  (21211, not _is_number(to)), (MAGIC_TO.get(to, 0), to in MAGIC_TO),
                  (21610, (from_, to) in self.carrier.messages.opted_out))
        return next((code for code, wrong in checks if wrong), 0)

    def _list_messages(self, request: Request) -> Response:
        args = request.args
        rows = [m for m in self.carrier.messages.listed()
                if args.get("To", m.to) == m.to and args.get("From", m.from_) == m.from_ and _dated(m, args)]
        size = min(1000, max(1, args.get("PageSize", 50, type=int)))
        page = max(0, args.get("Page", 0, type=int))
        shown = rows[page * size:(page + 1) * size]
        more = len(rows) > (page + 1) * size
        query = {**args.to_dict(), "Page": page + 1}
        return _json({"messages": [self._message(m) for m in shown], "page": page, "page_size": size,
                      "uri": f"{request.path}?{urlencode(args.to_dict())}", "first_page_uri": request.path,
                      "next_page_uri": f"{request.path}?{urlencode(query)}" if more else None,
                      "previous_page_uri": None, "start": page * size, "end": page * size + len(shown)})

    def _get_message(self, request: Request, sid: str) -> Response:
        message = self.carrier.messages.get(sid)
        return _json(self._message(message)) if message else _error(20404)

    def _message(self, m: Message) -> dict[str, Any]:
        sent = m.status not in ("queued", "accepted")
        return {"sid": m.sid, "account_sid": self.carrier.account_sid, "to": m.to, "from": m.from_, "body": m.body,
                "status": m.status, "direction": m.direction, "error_code": m.error_code, "error_message": None,
                "num_segments": str(segments(m.body)), "num_media": "0", "price": None, "price_unit": "USD", "api_version": "2010-04-01",
                "messaging_service_sid": m.from_ if m.from_.startswith("MG") else None,
                "date_created": _rfc2822(m.made), "date_updated": _rfc2822(m.made),
                "date_sent": _rfc2822(m.made) if sent else None, "subresource_uris": {},
                "uri": f"/2010-04-01/Accounts/{self.carrier.account_sid}/Messages/{m.sid}.json"}

    # -- calls

    def _create_call(self, request: Request) -> Response:
        form = request.form
        if not form.get("To"):
            return _error(21201)
        if form["To"] in MAGIC_TO or not _is_number(form["To"]):
            return _error(21211)
        if not form.get("Url", "").startswith(("http://", "https://")):
            return _error(21205)
        call = self.carrier.create_call(form["To"], form.get("From", ""), form["Url"], form.get("Method", "POST"),
                                        form.get("StatusCallback", ""),
                                        tuple(form.getlist("StatusCallbackEvent")) or ("completed",),
                                        form.get("AsyncAmdStatusCallback", "") if form.get("AsyncAmd") == "true" else "")
        self.carrier.callees.taken(call)
        return _json(self._call(call), 201)

    def _list_calls(self, request: Request) -> Response:
        """Newest first. StartTime filters by day, and leaves out what has not begun, as at Twilio."""
        args = request.args
        rows = [c for c in reversed(list(self.carrier.calls.values()))
                if args.get("To", c.to) == c.to and args.get("From", c.from_) == c.from_ and args.get("Status", c.status) == c.status]
        size = min(1000, max(1, args.get("PageSize", 50, type=int)))
        return _json({"calls": [self._call(c) for c in rows[:size]], "page": 0, "page_size": size, "uri": request.path,
                      "first_page_uri": request.path, "next_page_uri": None, "previous_page_uri": None, "start": 0,
                      "end": min(size, len(rows))})

    def _update_call(self, request: Request, sid: str) -> Response:
        form = request.form
        try:
            self.carrier.update_call(sid, twiml=form.get("Twiml", ""), url=form.get("Url", ""),
                                     method=form.get("Method", "POST"), status=form.get("Status", ""))
        except KeyError:
            return _error(20404)
        except ValueError:
            return _error(21220)
        except TwimlError:
            return _error(12100)
        return self._get_call(request, sid)

    def _get_call(self, request: Request, sid: str) -> Response:
        call = self.carrier.calls.get(sid)
        return _json(self._call(call)) if call else _error(20404)

    def _call(self, call: EmulatedCall) -> dict[str, Any]:
        return {"sid": call.sid, "account_sid": self.carrier.account_sid, "to": call.to, "from": call.from_,
                "status": call.status, "direction": call.direction, "api_version": "2010-04-01",
                "date_created": _rfc2822(call.made), "duration": None, "answered_by": None,
                "subresource_uris": {}, "uri": f"/2010-04-01/Accounts/{self.carrier.account_sid}/Calls/{call.sid}.json"}

    # -- queues

    def _list_queues(self, request: Request) -> Response:
        lines = list(self.carrier.queues.by_name.values())
        return _json({"queues": [self._queue(q) for q in lines], "page": 0, "page_size": 50, "next_page_uri": None,
                      "previous_page_uri": None, "first_page_uri": request.path, "uri": request.path, "start": 0,
                      "end": len(lines)})

    def _get_queue(self, request: Request, sid: str) -> Response:
        line = self._line(sid)
        return _json(self._queue(line)) if line else _error(20404)

    def _delete_queue(self, request: Request, sid: str) -> Response:
        """Of an empty one only."""
        line = self._line(sid)
        if line is None:
            return _error(20404)
        if line.waiting:
            return _error(20001)
        del self.carrier.queues.by_name[line.name]
        return Response("", 204)

    def _list_members(self, request: Request, sid: str) -> Response:
        line = self._line(sid)
        if line is None:
            return _error(20404)
        now = self.carrier.queues.clock_s()
        members = [{"call_sid": call.sid, "position": i + 1, "queue_sid": sid,
                    "wait_time": int(dict(line.fields(call, now))["QueueTime"])}
                   for i, call in enumerate(list(line.waiting))]
        return _json({"queue_members": members, "page": 0, "page_size": 50, "next_page_uri": None,
                      "previous_page_uri": None, "first_page_uri": request.path, "uri": request.path, "start": 0,
                      "end": len(members)})

    def _line(self, sid: str) -> EmulatedQueue | None:
        return next((q for q in self.carrier.queues.by_name.values() if q.sid == sid), None)

    def _queue(self, queue: EmulatedQueue) -> dict[str, Any]:
        return {"sid": queue.sid, "friendly_name": queue.name, "current_size": len(queue.waiting),
                "max_size": queue.max_size, "average_wait_time": 0, "account_sid": self.carrier.account_sid,
                "uri": f"/2010-04-01/Accounts/{self.carrier.account_sid}/Queues/{queue.sid}.json"}


class _Dropped(Response):
    """No answer at all: the server's connection is closed under the client."""

    def __call__(self, environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        with contextlib.suppress(KeyError, OSError):
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        raise ConnectionAbortedError("dropped on purpose")


def _is_number(value: str) -> bool:
    return value.startswith("+") and value[1:].isascii() and value[1:].isdigit() and 8 <= len(value) <= 16


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


def _rfc2822(when: datetime) -> str:
    return format_datetime(when.astimezone(UTC).replace(microsecond=0))


def _json(body: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(body), status, content_type="application/json")


def _error(code: int, headers: dict[str, str] | None = None) -> Response:
    message, status = WORDS[code]
    body = {"code": code, "message": message, "more_info": f"https://www.twilio.com/docs/errors/{code}",
            "status": status}
    response = _json(body, status)
    response.headers.extend(headers or {})
    if code == 20003:
        response.headers["WWW-Authenticate"] = 'Basic realm="Twilio API"'
    return response
