"""`never_in_logs`: makes the call a second time through the production turn, with the production log at its finest level,
and looks for the caller's values in everything that was written. Called by `suite`.

Looked at: every log line, every metric, and what sessions, events and actions show of themselves when somebody prints
them. Looked for: the value, what the caller said or keyed for it, and the words in which it was read back. The rim of this
package: a database in a temporary folder, and the process's log for the length of a call.
"""

from __future__ import annotations

import dataclasses
import io
import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog

from ivr.dialog import events as ev
from ivr.dialog.session import Session
from ivr.dialog.speakable import speakable
from ivr.flow.model import Bundle
from ivr.transcripts.model import Failure, Run
from ivr.transcripts.ranking import IntentModel

SHORTEST = 4
"""Characters below which a value cannot be told from any other word of a log."""
_SHOWN = 60


class LogWatch:
    """Use as a context manager; nothing is built before the first test that needs it."""

    def __init__(self, bundle: Bundle, model: IntentModel):
        self._bundle, self._model = bundle, model
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._stage: Any = None
        self._calls = 0

    def __enter__(self) -> LogWatch:
        return self

    def __exit__(self, *_: object) -> None:
        if self._stage is not None:
            self._stage.close()
        if self._folder is not None:
            self._folder.cleanup()

    def judged(self, run: Run) -> Run:
        """The run, failed where a value shows up that must not."""
        values = values_of(self._bundle, run)
        missing = [name for name in run.test.never_in_logs if name not in values]
        if missing:
            return _failed(run, f'never_in_logs: the call gives no "{missing[0]}" that could be looked for', ())
        written = self._written(run)
        for name, forms in values.items():
            for form in forms:
                place = next((line for line in written if form in line), None)
                if place is not None:
                    return _failed(run, f'the value of "{name}" shows up in what is logged or printed', (_around(place, form),))
        return run

    def _written(self, run: Run) -> list[str]:
        if self._stage is None:
            from ivr.transcripts.log_stage import LogStage

            self._folder = tempfile.TemporaryDirectory(prefix="ivr-test-")
            self._stage = LogStage(self._bundle, self._model, Path(self._folder.name))
        self._calls += 1
        with captured() as out:
            shown = self._stage.replay(run, self._calls)
        return [*out.getvalue().splitlines(), *self._stage.metrics(), *shown]


@contextmanager
def captured() -> Iterator[io.StringIO]:
    """The process's log at its finest level, as production writes it; afterwards as it was."""
    from ivr.ops import logs

    before, root = structlog.get_config(), logging.getLogger()
    handlers, level, access = root.handlers[:], root.level, logging.getLogger("uvicorn.access").disabled
    out = io.StringIO()
    try:
        logs.configure("debug", out)
        yield out
    finally:
        structlog.configure(**before)
        root.handlers[:] = handlers
        root.setLevel(level)
        logging.getLogger("uvicorn.access").disabled = access


def values_of(bundle: Bundle, run: Run) -> dict[str, frozenset[str]]:
    """What is looked for, by the name in `never_in_logs`: only values that the call really had."""
    found: dict[str, set[str]] = {name: set() for name in run.test.never_in_logs}
    for answered in run.answers:
        session = answered.before
        slot = _slot_asked(bundle, session)
        if slot in found:
            found[slot] |= _given(answered.event)
    for session in (*(a.after for a in run.answers), run.session):
        for name in found:
            found[name] |= _held(bundle, session, name)
    return {name: kept for name, forms in found.items() if (kept := frozenset(f for f in forms if len(f) >= SHORTEST))}


def _slot_asked(bundle: Bundle, session: Session) -> str:
    """The slot whose value the question wants; not while it is only confirmed."""
    flow = bundle.flows.get(session.flow)
    node = flow.nodes[session.node] if flow else None
    return "" if node is None or "value" in session.memo else getattr(node.params, "slot", "")


def _given(event: ev.Event) -> set[str]:
    if isinstance(event, ev.SpeechHeard):
        return {event.text.reveal()}
    return {event.digits.reveal()} if isinstance(event, ev.DigitsReceived) else set()


def _held(bundle: Bundle, session: Session, name: str) -> set[str]:
    """The value as it is kept, written and read aloud."""
    if name in ("caller_number", "email"):
        value, kind = getattr(session, name), {"caller_number": "phone"}.get(name, name)
    else:
        value = session.slots.get(name)
        kind = next((f.slots[name].type for f in bundle.flows.values() if name in f.slots), "text")
    if value is None:
        return set()
    plain = value.reveal()
    return {plain, *(speakable(kind, plain, session.language, channel) for channel in ("voice", "sms"))}


def _failed(run: Run, message: str, heard: tuple[str, ...]) -> Run:
    failure = Failure(message, 0, run.test.mark, ("never_in_logs: " + ", ".join(run.test.never_in_logs),) if heard else (), heard)
    return dataclasses.replace(run, failure=failure)


def _around(line: str, form: str) -> str:
    """The place, with the value itself taken out: a report is a log too."""
    at = line.index(form)
    return (line[max(0, at - _SHOWN):at] + "<the value>" + line[at + len(form):at + len(form) + _SHOWN]).replace(form, "<the value>")

