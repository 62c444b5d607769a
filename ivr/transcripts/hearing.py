"""Whether a call says what its transcript hears. Called by `play`.

What was said since the caller's last turn is a pool that `hear` items use up in order: prompts may stand between two of
them, the order may not change.
"""

from __future__ import annotations

from collections.abc import Callable

from ivr.dialog import actions as act
from ivr.dialog.speakable import speakable
from ivr.flow.schemas_tests import HeardShape
from ivr.transcripts.call import Call
from ivr.transcripts.model import Failure, Turn

AGENT = "connected"
"""How a queue ends that the transcript says nothing about: an agent answers."""


class Mismatch(Exception):
    """The call left its transcript."""

    def __init__(self, failure: Failure):
        super().__init__(failure.message)
        self.failure = failure


def listen(call: Call, turn: Turn) -> None:
    """Match a `hear` or a `not_hear` item."""
    for wanted in turn.shape.hear:
        if wanted.read_back:
            _read_back(call, turn, wanted.read_back)
        else:
            key = wanted.prompt or ""
            _find(call, turn, wanted, key, lambda say, key=key: say.key == key)
    for key in turn.shape.not_hear:
        said = [say.key for say in call.pool]
        if key in said:
            raise _mismatch(call, turn, f'"{key}" is said here, and must not be', f"not {key}")


def named(heard: HeardShape) -> str:
    """The item as its author wrote it."""
    return f"read back {heard.read_back}" if heard.read_back else heard.prompt or ""


def shown(say: act.Say) -> str:
    return f"{say.key}: {say.text}"


def _find(call: Call, turn: Turn, wanted: HeardShape, what: str, fits: Callable[[act.Say], bool]) -> None:
    while True:
        for n, say in enumerate(call.pool):
            if fits(say):
                del call.pool[:n + 1]
                return
        if not call.queue:
            raise _mismatch(call, turn, f'"{what}" is not heard here', named(wanted))
        call.queue_ends_by(AGENT)


def _read_back(call: Call, turn: Turn, slot: str) -> None:
    """The confirmation of that slot's type is heard, and it holds the value."""
    session = call.session
    node = call.bundle.flows[session.flow].nodes[session.node] if session.frames else None
    if node is None or getattr(node.params, "slot", None) != slot or "value" not in session.memo:
        raise _mismatch(call, turn, f'slot "{slot}" is not being read back here', f"read back {slot}")
    kind = node.params.type
    key = node.params.confirm_prompt or f"confirm_{kind}"
    words = speakable(kind, session.memo["value"], session.language, session.channel)
    flat = " ".join(words.split())
    _find(call, turn, HeardShape(read_back=slot), f"{key} with its value",
          lambda say: say.key == key and flat in " ".join(say.text.split()))


def _mismatch(call: Call, turn: Turn, message: str, expected: str) -> Mismatch:
    heard = tuple(shown(say) for say in call.pool) or (where(call),)
    return Mismatch(Failure(message, turn.number, turn.mark, (expected,), heard))


def where(call: Call) -> str:
    """Where the call stands when nothing more is said."""
    if call.over:
        return f"(nothing: the call is over, outcome {call.session.outcome})"
    if call.queue:
        return f"(nothing: the caller waits in queue {call.queue})"
    return f"(nothing: the call waits at {call.session.flow}.{call.session.node})"
