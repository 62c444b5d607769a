"""The documents of one emulated call: fetched from the application, one behind the other, with the fallback of the number.

Owned by an `EmulatedCall`, which does what they say. Redirects without a move of the caller are counted, as at the carrier.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from ivr.testing.twiml_interpreter import TwimlError, read
from ivr.testing.twiml_steps import Program, Step
from ivr.testing.webhook_sender import DeliveryFailed

if TYPE_CHECKING:
    from ivr.testing.carrier import Carrier

MAX_HOPS = 100
"""Documents in a row without a move of the caller; more is a loop."""
Fields = list[tuple[str, str]]


class CallScript:
    def __init__(self, carrier: Carrier, fields: Callable[[Fields], Fields]):
        """`fields`: what every webhook of the call carries, with these in front of the usual ones."""
        self._carrier, self._fields = carrier, fields
        self.url = ""
        """Of the document that is being done; addresses in it are relative to it."""
        self.verbs: list[str] = []
        self.errors: list[tuple[int, str]] = []
        self.program = Program([])
        self._hops = 0

    def next(self) -> Step:
        """The next thing to do."""
        step = self.program.next()
        self.errors += [(w.code, w.detail) for w in self.program.warnings]
        self.program.warnings.clear()
        return step

    def load(self, program: Program) -> None:
        self.program = program
        self.verbs += program.verbs

    def moved(self) -> None:
        """The caller has done something: no loop."""
        self._hops = 0

    def fetch(self, kind: str, url: str, method: str, extra: Fields) -> bool:
        """The document at `url`, an empty one being this document's own. False when there is none to go on with."""
        self._hops += 1
        target = urljoin(self.url, url) if url else self.url
        if self._hops > MAX_HOPS:
            self.errors.append((12100, "redirect loop"))
            return False
        try:
            self.load(self._document(kind, target, method, extra))
        except (DeliveryFailed, TwimlError) as problem:
            self.errors.append((problem.code, f"{kind}: {problem}"))
            return self._fall_back(problem.code, target)
        self.url = target
        return True

    def _fall_back(self, code: int, url: str) -> bool:
        fallback = self._carrier.fallback_url
        try:
            if not fallback:
                raise DeliveryFailed(code, url)
            self.load(self._document("fallback", fallback, "POST", [("ErrorCode", str(code)), ("ErrorUrl", url)]))
        except (DeliveryFailed, TwimlError) as problem:
            self.errors.append((problem.code, f"fallback: {problem}"))
            return False
        self.url = fallback
        return True

    def _document(self, kind: str, url: str, method: str, extra: Fields) -> Program:
        answer = self._carrier.sender.send(kind, url, self._fields(extra), method)
        return read(answer.content_type, answer.body)
