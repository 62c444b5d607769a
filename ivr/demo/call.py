"""`ivr call`: a whole call in the terminal, self-contained. The carrier emulator dials the real application in this
process; texts and emails go to the pretended carrier and mail server; nothing is left behind.

One input a line: text is speech, `/keys 1#` presses, `/wait` stays silent, `/email you@example.org` is the address typed
on the phone page, `/hangup` ends; the end of the input hangs up.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from ivr import config
from ivr.demo.backstage import DEMO_NUMBER, Backstage
from ivr.dialog import events as ev
from ivr.dialog.slots import email as addresses
from ivr.errors import IvrError
from ivr.runtime.services import Services
from ivr.sensitive import Sensitive
from ivr.testing.emulated_call import EmulatedCall
from ivr.testing.transport import WsgiTransport
from ivr.web.app import create_app

CALLER = "+12025550143"


Inputs = dict[str, tuple[Callable[[str], dict[str, Any]], bool]]
"""command -> what carries it out and says what the caller did, and whether it takes an argument"""


class TerminalCall:
    """One call, by text. `take` gives what happened since the last input, `result` the ledger and the end."""

    def __init__(self, services: Services, backstage: Backstage, call: EmulatedCall):
        self.services, self.backstage, self.call = services, backstage, call
        self._turn = 0
        self._seen = 0
        self._events = 0

    @property
    def over(self) -> bool:
        return bool(self.call.ended)

    def inputs(self) -> Inputs:
        return {"/keys": (self._press, True), "/wait": (self._wait, False), "/email": (self._email, True),
                "/hangup": (self._hang_up, False)}

    def take(self, line: str) -> dict[str, Any]:
        """Carry out one input line; returns the turn, or `{"error": ...}` for a line that is no input."""
        text = line.strip()
        if not text.startswith("/"):
            return self._after(self._say(text))
        command, _, argument = text.partition(" ")
        known = self.inputs()
        if command not in known:
            return {"error": f"unknown command {command}, expected {', '.join(known)}"}
        carry_out, takes_argument = known[command]
        if takes_argument and not argument.strip():
            return {"error": f"{command} needs an argument"}
        return self._after(carry_out(argument.strip()))

    def begin(self) -> dict[str, Any]:
        return self._after(None)

    def end(self) -> None:
        if not self.over:
            self.call.hangup()

    # -- inputs: each says what the caller did --------------------------------------------------------------------

    def _say(self, text: str) -> dict[str, Any]:
        self.call.say(text)
        return {"said": text}

    def _press(self, keys: str) -> dict[str, Any]:
        self.call.press(keys)
        return {"keys": keys}

    def _wait(self, _: str = "") -> dict[str, Any]:
        self.call.wait_round() if self.call.waiting_in else self.call.silence()
        return {"waited": True}

    def _hang_up(self, _: str = "") -> dict[str, Any]:
        self.call.hangup()
        return {"hung_up": True}

    def _email(self, address: str) -> dict[str, Any]:
        reading = addresses.check(address)
        if reading.status == "ok":
            self.services.turns.take(self.call.sid, ev.ContactGiven("email", Sensitive(reading.value)))
        return {"email": address, "accepted": reading.status == "ok"}

    # -- what came of it ----------------------------------------------------------------------------------------

    def _after(self, caller: dict[str, Any] | None) -> dict[str, Any]:
        while self.services.worker.work_once():
            pass
        session = self.services.turns.session(self.call.sid)
        turn = {"turn": self._turn, "caller": caller, "system": self._spoken(),
                "node": session.path() if session else "", "language": session.language if session else "",
                "understood": self._understood(), "queue": self.call.waiting_in or None,
                "status": "ended" if self.over else "live"}
        self._turn += 1
        return turn

    def _spoken(self) -> list[dict[str, str]]:
        """What the carrier's voice said since the last turn."""
        spoken, self._seen = self.call.history[self._seen:], len(self.call.history)
        return [{"text": s.text, "language": s.language[:2]} for s in spoken if s.text]

    def _understood(self) -> dict[str, Any] | None:
        """The intent model's first choice for the last utterance, if there was one in this turn."""
        log = self.services.calls.log_of(self.call.sid)
        new, self._events = log[self._events:], len(log)
        for logged in reversed(new):
            if isinstance(logged.event, ev.SpeechHeard) and logged.event.ranking:
                best = logged.event.ranking[0]
                return {"intent": best.intent, "probability": round(best.probability, 3)}
        return None

    def result(self) -> dict[str, Any]:
        ledger = self.backstage.ledger.as_json()
        rows = [r for r in self.services.promises.of_call(self.call.sid) if r["kind"] != "message"]
        promises = [{"kind": r["kind"], "name": r["name"], "reason": r["payload"]["reason"], "state": r["state"],
                     "reference": r["reference"], "due_by": r["due_at"], "numbers": r["payload"]["numbers"],
                     "email": r["payload"]["email"], "policy_rule": r["payload"]["policy_rule"]} for r in rows]
        return {"ledger": {"sms": ledger["sms"], "emails": ledger["emails"], "queue": ledger["queue"],
                           "promises": promises}, "end": self._end(ledger)}

    def _end(self, ledger: dict[str, Any]) -> str:
        """transfer when a queue was reached, else the flow's own outcome code, else how the caller left."""
        session = self.services.turns.session(self.call.sid)
        if ledger["queue"]:
            return "transfer"
        return (session.outcome if session else "") or self.call.ended


@contextmanager
def terminal_call(bundle: Path, *, line: str | None = "main", language: str | None = None, at: datetime | None = None,
                  caller: str = CALLER, channel: str = "voice", kind: type[TerminalCall] = TerminalCall,
                  dial: Callable[[Services, Any], None] = lambda services, carrier: None) -> Iterator[TerminalCall]:
    """A call that has just been answered. Everything is built in a temporary folder and gone afterwards. Without a line the first
    one for `channel` is called; `dial(services, carrier)` is asked before."""
    with tempfile.TemporaryDirectory(prefix="ivr-call-") as folder:
        settings = config.load({}, bundle=bundle, var_dir=Path(folder), now=at, worker="off",
                               public_url="http://localhost", recognizer="twilio", log_level="error")
        relay = _Relay()
        backstage = Backstage(settings, WsgiTransport(relay))
        services = None
        try:
            services = Services(backstage.settings, speech=False, first_language=language, intents=_kept_models())
            relay.app = create_app(services)
            services.ready = True
            assert backstage.carrier is not None
            dial(services, backstage.carrier)
            to = number_of(services, line or line_for(services, channel))
            yield kind(services, backstage, backstage.carrier.call(to=to, from_=caller))
        finally:
            if services:
                services.close()
            backstage.close()


def _kept_models() -> Path | None:
    """Where the server of this folder keeps its trained models, if there is one: training takes longer than the call."""
    var = config.load().var_dir
    return var / "intents" if var.is_dir() else None


def line_for(services: Services, channel: str) -> str:
    """The first line of that channel, else `main`: a text telephone may call the voice line as well."""
    return next((line.name for line in services.bundles.current.lines.values() if line.channel == channel), "main")


def number_of(services: Services, line: str) -> str:
    """The number that reaches this line."""
    lines = services.bundles.current.lines
    if line not in lines:
        raise IvrError(f"the bundle has no line {line!r}", hint=f"lines here: {', '.join(lines)}")
    return lines[line].numbers[0] if lines[line].numbers else DEMO_NUMBER


class _Relay:
    """Stands in for the application until it is built: the carrier is needed first."""

    app: Any = None

    def __call__(self, environ: Any, start_response: Any) -> Any:
        return self.app(environ, start_response)
