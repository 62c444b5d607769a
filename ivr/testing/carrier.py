"""The carrier emulator: a telephone network with one customer, the application under test.

`Carrier.call` rings the application; `text` sends it a message; `agent_answers` takes the next caller out of a waiting
line; the REST fake (`rest_fake.py`) changes and starts calls through it. Everything that went in or out is in the
ledger. It imitates Twilio as documented and must not be bent to suit the application: tests hold it against Twilio's
own examples and SDK.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from email.utils import format_datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from ivr.testing.callee import Callees
from ivr.testing.emulated_call import EmulatedCall
from ivr.testing.emulated_queue import Bridge, EmulatedQueue, Queues
from ivr.testing.ledger import CallRow, Ledger
from ivr.testing.messages import Messages
from ivr.testing.transport import Transport
from ivr.testing.twiml_interpreter import TwimlError, read
from ivr.testing.twiml_steps import DialStep, StreamStep
from ivr.testing.webhook_sender import DeliveryFailed, Faults, WebhookSender

if TYPE_CHECKING:
    from ivr.testing.media_leg import MediaLeg

_MACHINE_FIELDS = frozenset({"CallSid", "AccountSid", "AnsweredBy", "MachineDetectionDuration"})
ALL_EVENTS = ("initiated", "ringing", "answered", "completed")


class Carrier:
    def __init__(self, app_transport: Transport, account_sid: str, auth_token: str, ledger: Ledger | None = None,
                 public_url: str = "https://ivr.example.org", *, voice_path: str = "/voice",
                 status_path: str = "/voice/status", sms_path: str = "/sms", fallback_url: str = "",
                 status_events: tuple[str, ...] = ALL_EVENTS, media_base: str = "", faults: Faults | None = None,
                 shared_key: tuple[str, str] | None = None, clock_s: Callable[[], float] = time.monotonic,
                 pauses: Callable[[float], None] = lambda seconds: None):
        """`media_base`: where media sockets really are (`ws://127.0.0.1:PORT`); without it a stream only waits for
        `call.stream_ends()`. `status_path` '' sends no status callbacks. `pauses` is told of the seconds of
        each `<Pause>`, and may take them."""
        self.pauses = pauses
        self.account_sid = account_sid
        self.auth_token = auth_token
        self.ledger = ledger or Ledger()
        self.public_url = public_url.rstrip("/")
        self.fallback_url = fallback_url
        self.media_base = media_base.rstrip("/")
        self.media_options: dict[str, object] = {}
        """Keyword arguments for every `MediaLeg`, e.g. an `Impairment`."""
        self.media_leg: Callable[[EmulatedCall, StreamStep], MediaLeg] | None = None
        """What opens a call's media socket, where it is not one over the network."""
        self.faults = faults or Faults()
        self.sender = WebhookSender(app_transport, auth_token, self.ledger, self.faults, shared_key)
        self.messages = Messages(self.sender, account_sid, self.ledger)
        self.queues = Queues(clock_s)
        self.calls: dict[str, EmulatedCall] = {}
        self.bad_answers: list[tuple[int, str]] = []
        """Errors of webhooks whose answer no call was waiting for."""
        self._voice_url = self.public_url + voice_path
        self._status_url = self.public_url + status_path if status_path else ""
        self._sms_url = self.public_url + sms_path
        self._status_events = status_events
        self._held: dict[str, list[list[tuple[str, str]]]] = {}
        self._outbound: dict[str, tuple[str, str]] = {}
        self._machine_urls: dict[str, str] = {}
        self.callees = Callees(self)
        self._callbacks: dict[str, tuple[str, tuple[str, ...]]] = {}

    # -- from the outside world

    def call(self, to: str = "+18005550100", from_: str = "+12025550143") -> EmulatedCall:
        """A caller dials. Returns when the application waits for the caller, or has hung up."""
        call = self._new_call(to, from_, "inbound")
        call.start(self._voice_url)
        return call

    def text(self, body: str, to: str = "+18005550100", from_: str = "+12025550143") -> list[str]:
        """A text message arrives. Returns the texts of the replies."""
        return self.messages.inbound(self._sms_url, body, to, from_)

    def agent_answers(self, queue: str) -> Bridge | None:
        """A member of staff takes whoever waits longest; None when nobody waits."""
        line = self.queues.by_name.get(queue)
        if line is None or not line.waiting:
            return None
        return self.connect(line, None)

    def connect(self, queue: EmulatedQueue, agent: EmulatedCall | None) -> Bridge:
        caller = queue.waiting[0]
        queue.leave(caller, self.queues.clock_s())
        bridge = Bridge(caller, agent)
        caller._bridged(bridge)
        if agent is not None:
            agent.bridge = bridge
        return bridge

    # -- from the REST interface

    def create_call(self, to: str, from_: str, url: str, method: str = "POST", status_callback: str = "",
                    events: tuple[str, ...] = ("completed",), machine_url: str = "") -> EmulatedCall:
        """An outbound call. It rings until a test lets it be answered (`call.answer`) or not (`call.decline`), or its callee
        is played (`callees`). `machine_url`: told who answered, when asynchronous machine detection was asked for."""
        call = self._new_call(to, from_, "outbound-api")
        self._outbound[call.sid] = (url, method)
        self._callbacks[call.sid] = (status_callback, events)
        self._machine_urls[call.sid] = machine_url
        call._status("queued", "initiated")
        call._status("ringing", "ringing")
        call.rings.set()
        return call

    def update_call(self, sid: str, *, twiml: str = "", url: str = "", method: str = "POST", status: str = "") -> None:
        """Raises KeyError for an unknown call, ValueError for one that is over, TwimlError for a bad document."""
        call = self.calls[sid]
        if call.ended:
            raise ValueError("the call is over")
        if twiml:
            call.jump(read("text/xml", twiml.encode()))
        elif url:
            call.jump_to(url, method)
        elif status in ("completed", "canceled"):
            call.hangup("api" if status == "completed" else "canceled")

    def machine_detected(self, call: EmulatedCall, answered_by: str) -> None:
        """human | machine_end_beep | machine_end_silence | fax | unknown: told where that was asked for."""
        url = self._machine_urls.get(call.sid, "")
        if url and not call.ended:
            extra = [("AnsweredBy", answered_by), ("MachineDetectionDuration", "3200")]
            self.tell("machine", url, [p for p in call.fields(extra) if p[0] in _MACHINE_FIELDS])

    def outbound_url(self, sid: str) -> tuple[str, str]:
        return self._outbound[sid]

    # -- for the calls

    def tell(self, kind: str, url: str, params: list[tuple[str, str]], method: str = "POST") -> None:
        """A webhook whose answer nobody follows."""
        try:
            self.sender.send(kind, url, params, method)
        except DeliveryFailed as problem:
            self.bad_answers.append((problem.code, f"{kind}: {problem}"))

    def dial_queue(self, agent: EmulatedCall, step: DialStep) -> None:
        queue = self.queues.by_name.get(step.target)
        agent._waiting = step
        if queue is None:
            agent._dial_over("failed")
        elif not queue.waiting:
            queue.agents.append(agent)
        else:
            caller = self.connect(queue, agent).caller
            if step.queue_url:
                self._announce(caller, urljoin(agent.document_url, step.queue_url))

    def _announce(self, caller: EmulatedCall, url: str) -> None:
        """`<Queue url>`: what the caller hears just before the two are connected."""
        try:
            answer = self.sender.send("queue-url", url, caller.fields())
            program = read(answer.content_type, answer.body)
        except (DeliveryFailed, TwimlError) as problem:
            self.bad_answers.append((problem.code, str(problem)))
            return
        for _ in program.verbs:
            step = program.next()
            if hasattr(step, "text"):
                caller._do_spoken(step)

    def open_media(self, call: EmulatedCall, step: StreamStep) -> MediaLeg | None:
        if self.media_leg is not None:
            return self.media_leg(call, step)
        if not self.media_base:
            return None
        from ivr.testing.media_leg import MediaLeg  # websockets and numpy are not needed without a media socket

        return MediaLeg(step.url, self.media_base, self.auth_token, account_sid=self.account_sid, call_sid=call.sid,
                        parameters=step.parameters, **self.media_options)

    # -- status callbacks

    def status_changed(self, call: EmulatedCall, event: str, sequence: int) -> None:
        url, events = self._callbacks.get(call.sid, (self._status_url, self._status_events))
        if not url or event not in events:
            return
        extra = [("SequenceNumber", str(sequence)), ("CallbackSource", "call-progress-events"),
                 ("Timestamp", format_datetime(self.ledger.now()))]
        if event == "completed":
            extra += [("CallDuration", "60"), ("SipResponseCode", "200")]
        self._held.setdefault(call.sid, []).append([("url", url), *call.fields(extra)])
        if self.faults.status_order == "in_order":
            self._release(call)

    def status_done(self, call: EmulatedCall) -> None:
        """The call is over: send what was held back, last first."""
        if self.faults.status_order == "reversed":
            self._held.get(call.sid, []).reverse()
        self._release(call)

    def _release(self, call: EmulatedCall) -> None:
        for (_, url), *params in self._held.pop(call.sid, []):
            for _ in range(2 if self.faults.duplicate_status else 1):
                self.tell("status", url, list(params))

    def _new_call(self, to: str, from_: str, direction: str) -> EmulatedCall:
        call = EmulatedCall(self, "CA" + secrets.token_hex(16), to, from_, direction)
        self.calls[call.sid] = call
        self.ledger.add("calls", CallRow(call.sid, to, from_, direction, self.ledger.now()))
        return call
