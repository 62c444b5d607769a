"""One telephone call at the emulated carrier: runs the application's TwiML and does what the caller does.

The caller's moves are `say`, `press`, `silence`, `hangup`, and in a waiting line `wait_round`. Each returns when the
application waits for the next move or the call is over. What was said to the caller is in `heard` (since the last
move) and `history`. With a media leg the conversation goes over a real socket; `finish_stream` waits for the
application to close it and runs the next verb. Made by `carrier.Carrier`.

Not locked: one thread moves one call. The REST fake may move it from another thread while the test waits.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from ivr.testing.call_script import CallScript, Fields
from ivr.testing.emulated_queue import Bridge
from ivr.testing.ledger import DialRow
from ivr.testing.place_in_line import PlaceInLine
from ivr.testing.twiml_steps import (
    DialStep,
    EnqueueStep,
    GatherStep,
    HangupStep,
    LeaveStep,
    Paused,
    Program,
    RecordStep,
    RedirectStep,
    Spoken,
    Step,
    StreamStep,
)

if TYPE_CHECKING:
    from ivr.testing.carrier import Carrier
    from ivr.testing.media_leg import MediaLeg

RINGS_WITHIN_S = 20.0
REJECTIONS = ("rejected", "busy")
"""A call that is rejected by its first verb was never answered."""
TERMINAL = {"caller": "completed", "hangup": "completed", "document_end": "completed", "error": "completed",
            "rejected": "no-answer", "busy": "busy", "no-answer": "no-answer", "failed": "failed",
            "canceled": "canceled", "api": "completed"}


class EmulatedCall:
    def __init__(self, carrier: Carrier, sid: str, to: str, from_: str, direction: str = "inbound"):
        self.carrier = carrier
        self.sid = sid
        self.to = to
        self.from_ = from_
        self.direction = direction
        self.status = "ringing" if direction == "inbound" else "queued"
        self.ended = ""
        """Why the call is over, '' before: caller | hangup | document_end | rejected | busy | error | api | no-answer |
        failed | canceled."""
        self.heard: list[Spoken] = []
        self.history: list[Spoken] = []
        self._script = CallScript(carrier, self.fields)
        self.verbs: list[str] = self._script.verbs
        """Names of the verbs of all documents so far."""
        self.errors: list[tuple[int, str]] = self._script.errors
        """Twilio error codes with a detail: 11200, 11205, 12100, 12200, 12300..."""
        self.paused_s = 0.0
        self.dropped_keys = ""
        """Keys pressed after a Gather was complete: Twilio does not keep them for the next one."""
        self.leg: MediaLeg | None = None
        self.stream: StreamStep | None = None
        self.bridge: Bridge | None = None
        self._waiting: Step | None = None
        self._place: PlaceInLine | None = None
        self._sequence = 0
        self.rings = threading.Event()
        """Set once an outbound call rings, and its server was told so."""
        self.made = carrier.ledger.now()

    # -- what can be seen

    @property
    def heard_text(self) -> str:
        return " ".join(s.text for s in self.heard)

    @property
    def waiting_in(self) -> str:
        """Name of the queue the caller waits in, or ''."""
        return self._place.queue.name if self._place and not self.bridge else ""

    @property
    def document_url(self) -> str:
        return self._script.url

    @property
    def gathering(self) -> GatherStep | None:
        return self._waiting if isinstance(self._waiting, GatherStep) else None

    # -- what the caller does

    def say(self, text: str, confidence: float | str | None = 0.9) -> None:
        """Speak. Where the application does not listen for speech it is silence. `confidence` None leaves it out."""
        step = self._move()
        if not isinstance(step, GatherStep) or "speech" not in step.inputs:
            self._empty(step)
            return
        fields = [("SpeechResult", text), ("Language", step.language)]
        if confidence is not None:
            fields.append(("Confidence", str(confidence)))
        self._follow("gather", step.action, step.method, fields)

    def press(self, keys: str) -> None:
        """Press keys, then wait. In a media stream they travel as dtmf messages."""
        if self.leg is not None:
            self.leg.press(keys)
            return
        step = self._move()
        if not isinstance(step, GatherStep) or "dtmf" not in step.inputs:
            self.dropped_keys += keys
            self._empty(step)
            return
        digits, finish, rest = step.collect(keys)
        self.dropped_keys += rest
        if digits or step.on_empty:
            self._follow("gather", step.action, step.method, [("Digits", digits), ("FinishedOnKey", finish)])
        else:
            self._run()

    def silence(self) -> None:
        """Say and press nothing until the application's patience ends."""
        self._empty(self._move())

    def hangup(self, reason: str = "caller") -> None:
        """By whoever is on this end, or by the REST interface (`api`)."""
        if self.ended:
            return
        bridge, self.bridge = self.bridge, None
        self._end(reason, "bridged" if bridge else "hangup")
        if bridge is not None and bridge.caller is not self:
            bridge.caller._bridge_ended()
        elif bridge is not None and bridge.agent is not None:
            bridge.agent._dial_over("completed")

    def wait_round(self) -> None:
        """The waiting room's document has ended: Twilio asks for it again."""
        if self._place is None or self.bridge:
            raise RuntimeError("the caller is in no queue")
        self._move()
        self._follow("wait", self._place.wait_url, self._place.step.wait_method, self._place.waiting())

    def stream_ends(self) -> None:
        """The application closed the media socket (or it broke): the next verb runs."""
        step, self.stream, self.leg = self.stream, None, None
        if step is None or self.ended:
            return
        self._move()
        if step.action:
            self._follow("stream", step.action, step.method, [])
        else:
            self._run()

    def finish_stream(self, timeout_s: float = 10.0) -> bool:
        """Wait for the application to close the media socket, then go on. False when it did not."""
        if self.leg is None or not self.leg.wait_closed(timeout_s):
            return False
        self.stream_ends()
        return True

    # -- outbound calls

    def answer(self) -> None:
        """The called person picks up, who does not before it rings."""
        self._wait_for_ring()
        self._status("in-progress", "answered")
        self._follow("voice", *self.carrier.outbound_url(self.sid), [])

    def decline(self, reason: str = "no-answer") -> None:
        """busy | no-answer | failed | canceled"""
        self._wait_for_ring()
        self._end(reason)

    def _wait_for_ring(self) -> None:
        """A test may see the call while the REST request that makes it is still being answered in another thread."""
        if not self.rings.wait(RINGS_WITHIN_S):
            raise RuntimeError("the call never rang")

    # -- the machinery

    def start(self, url: str, method: str = "POST") -> None:
        self._status("ringing", "ringing")
        self._follow("voice", url, method, [])

    def jump(self, program: Program) -> None:
        """The REST interface gave the call a new document."""
        if self.leg is not None:
            self.leg.hangup()
            self.stream = self.leg = None
        self._leave_queue("redirected", follow=False)
        self._move()
        self._script.load(program)
        self._run()

    def jump_to(self, url: str, method: str) -> None:
        self._leave_queue("redirected", follow=False)
        self._move()
        self._follow("redirect", url, method, [])

    def fields(self, extra: Fields = ()) -> Fields:
        """What every voice webhook carries; blank fields are sent, as Twilio does."""
        base = [("CallSid", self.sid), ("AccountSid", self.carrier.account_sid), ("ApiVersion", "2010-04-01"),
                ("From", self.from_), ("To", self.to), ("Caller", self.from_), ("Called", self.to),
                ("CallStatus", self.status), ("Direction", self.direction), ("FromCity", ""), ("FromState", ""),
                ("FromZip", ""), ("FromCountry", "US"), ("ToCity", ""), ("ToState", ""), ("ToZip", ""),
                ("ToCountry", "US")]
        names = {k for k, _ in extra}
        return [pair for pair in base if pair[0] not in names] + list(extra)

    def _move(self) -> Step | None:
        """The caller moves: forget what was heard and hand over what was waited for."""
        if self.ended:
            raise RuntimeError(f"the call is over: {self.ended}")
        step, self._waiting = self._waiting, None
        self.heard = []
        self._script.moved()
        return step

    def _empty(self, step: Step | None) -> None:
        if isinstance(step, GatherStep) and step.on_empty:
            self._follow("gather", step.action, step.method, [("Digits", ""), ("FinishedOnKey", "")])
        elif isinstance(step, RecordStep):
            self._follow("record", step.action, step.method, [("RecordingDuration", "0"), ("Digits", "")])
        elif step is not None:
            self._run()

    def _follow(self, kind: str, url: str, method: str, extra: Fields) -> None:
        if self._fetch(kind, url, method, extra):
            self._run()

    def _fetch(self, kind: str, url: str, method: str, extra: Fields) -> bool:
        if not self._script.fetch(kind, url, method, extra):
            self._end("error")
            return False
        return True

    def _run(self) -> None:
        """Run verbs until the application waits for the caller or the call ends."""
        while not self.ended and self._waiting is None:
            step = self._script.next()
            if self.status == "ringing" and not (isinstance(step, HangupStep) and step.reason in REJECTIONS):
                self._status("in-progress", "answered")
            _DO[type(step)](self, step)

    def _do_spoken(self, step: Spoken) -> None:
        self.heard.append(step)
        self.history.append(step)

    def _do_paused(self, step: Paused) -> None:
        self.paused_s += step.seconds
        self.carrier.pauses(step.seconds)

    def _do_gather(self, step: GatherStep) -> None:
        for prompt in step.prompts:
            self._do_spoken(prompt)
        self._waiting = step

    def _do_redirect(self, step: RedirectStep) -> None:
        self._fetch("redirect", step.url, step.method, [])

    def _do_wait(self, step: RecordStep) -> None:
        self._waiting = step

    def _do_enqueue(self, step: EnqueueStep) -> None:
        place = PlaceInLine(self.carrier, self, step, self.document_url, self._script.program)
        if not place.join():
            self._fetch("queue", step.action, step.method, [("QueueResult", "queue-full"), ("QueueTime", "0")])
            return
        self._place = place
        if place.queue.agents:
            self.carrier.connect(place.queue, place.queue.agents.pop(0))
        elif step.wait_url:
            self._fetch("wait", step.wait_url, step.wait_method, place.waiting())
        else:
            self._waiting = step

    def _do_leave(self, step: LeaveStep) -> None:
        if self._place is None:
            self.errors.append((12200, "<Leave> outside a queue"))
            return
        self._leave_queue("leave", follow=True)

    def _leave_queue(self, result: str, follow: bool) -> None:
        """Out of the line. The action URL is told; its document is run when the call goes on."""
        if self._place is None:
            return
        place, self._place = self._place, None
        step, told = place.step, place.leave(result)
        if not step.action:
            self._script.program = place.rest
        elif follow:
            self._script.url = place.base_url
            self._fetch("queue", step.action, step.method, told)
        else:
            self.carrier.tell("queue", urljoin(place.base_url, step.action), self.fields(told), step.method)

    def _bridged(self, bridge: Bridge) -> None:
        self.bridge = bridge
        assert self._place is not None
        self._waiting = self._place.step

    def _bridge_ended(self) -> None:
        if self.bridge is None or self.ended:
            return
        self.bridge = None
        self._move()
        self._leave_queue("bridged", follow=True)
        self._run()

    def _do_dial(self, step: DialStep) -> None:
        if step.kind == "queue":
            self.carrier.dial_queue(self, step)
            return
        self.carrier.ledger.add("dials", DialRow(self.sid, step.kind, step.target, self.carrier.ledger.now()))
        if step.action:
            self._fetch("dial", step.action, step.method, [("DialCallStatus", "no-answer")])

    def _dial_over(self, status: str) -> None:
        """This call's `<Dial><Queue>` is over: its action, or its next verb. Nothing where the application has ended the call by then."""
        if self.ended:
            return
        step, self.bridge = self._move(), None
        if isinstance(step, DialStep) and step.action:
            self._follow("dial", step.action, step.method, [("DialCallStatus", status)])
        else:
            self._run()

    def _do_stream(self, step: StreamStep) -> None:
        self.stream = step
        self._waiting = step
        self.leg = self.carrier.open_media(self, step)

    def _do_hangup(self, step: HangupStep) -> None:
        if step.reason == "document_end" and self._place is not None:
            self._waiting = self._place.step  # a round of the waiting room is over, the caller goes on waiting
            return
        self._end(step.reason)

    def _end(self, reason: str, queue_result: str = "hangup") -> None:
        if self.ended:
            return
        self._leave_queue("error" if reason == "error" else queue_result, follow=False)
        self.ended = reason
        self._waiting = None
        if self.leg is not None:
            self.leg.hangup()
            self.leg = self.stream = None
        self._status(TERMINAL[reason], "completed")
        self.carrier.status_done(self)

    def _status(self, status: str, event: str) -> None:
        self.status = status
        self.carrier.status_changed(self, event, self._sequence)
        self._sequence += 1


_DO: dict[type, Callable[[EmulatedCall, Any], None]] = {
    Spoken: EmulatedCall._do_spoken, Paused: EmulatedCall._do_paused, GatherStep: EmulatedCall._do_gather,
    RedirectStep: EmulatedCall._do_redirect, EnqueueStep: EmulatedCall._do_enqueue, DialStep: EmulatedCall._do_dial,
    StreamStep: EmulatedCall._do_stream, RecordStep: EmulatedCall._do_wait, LeaveStep: EmulatedCall._do_leave,
    HangupStep: EmulatedCall._do_hangup}
