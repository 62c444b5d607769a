"""Twilio's REST interface for Calls, Messages and Queues of one account, as a WSGI application.

Answers are shaped as Twilio's (`sid`, `uri`, RFC 2822 dates, error bodies with code and more_info), states and
effects are those of the emulated carrier. `faults` makes it fail as the real one does, by receiver or for the next
requests. Here are credentials, faults and the way to the resources, `rest_messages`, `rest_calls`, `rest_queues`.
Held against the `twilio` SDK in the tests.
"""

from __future__ import annotations

import base64
import contextlib
import hmac
import socket
import threading
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map
from werkzeug.wrappers import Request, Response

from ivr.testing.carrier import Carrier
from ivr.testing.rest_answers import error
from ivr.testing.rest_calls import RestCalls
from ivr.testing.rest_faults import RestFaults
from ivr.testing.rest_messages import RestMessages
from ivr.testing.rest_queues import RestQueues


class RestFake:
    """The WSGI application. One request at a time per thread; the carrier's own locks guard the state."""

    def __init__(self, carrier: Carrier, faults: RestFaults | None = None):
        self.carrier = carrier
        self.faults = faults or RestFaults()
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        """Method, path and form of every request that had the right credentials."""
        self._released = threading.Event()
        root = f"/2010-04-01/Accounts/{carrier.account_sid}"
        resources = (RestMessages(carrier), RestCalls(carrier), RestQueues(carrier))
        self._urls = Map([rule for resource in resources for rule in resource.rules(root)])

    def __call__(self, environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        request = Request(environ)
        return self._answer(request)(environ, start_response)

    def release(self) -> None:
        """Let go of the requests that hang; called when the server stops."""
        self._released.set()

    def _answer(self, request: Request) -> Response:
        if not self._authorised(request):
            return error(20003)
        try:
            handler, arguments = self._urls.bind_to_environ(request.environ).match()
        except HTTPException:
            return error(20404)
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
            return error(fault)
        if fault in ("500_but_sent", "timeout_after_send"):
            act()
        if fault in ("timeout", "timeout_after_send"):
            self._released.wait(60)
        if fault in ("timeout", "timeout_after_send", "drop"):
            return _Dropped()
        if fault == "429":
            return error(20429, {"Retry-After": str(self.faults.retry_after_s)})
        return error(20500) if fault else act()


class _Dropped(Response):
    """No answer at all: the server's connection is closed under the client."""

    def __call__(self, environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        with contextlib.suppress(KeyError, OSError):
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        raise ConnectionAbortedError("dropped on purpose")
