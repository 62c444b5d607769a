"""`step`: what one event does to one call. The product in one pure function; everything else brings it events or
performs its actions.

    step(bundle, session, event, now) -> (session, actions)

An event that is not legal in the session's state returns the very same session and no actions (the caller of `step`
records it as ignored). A legal event returns a session whose version is one higher. No clock, no randomness, no I/O.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import ivr.dialog.slots
import ivr.flow.kinds  # noqa: F401  (both fill their registries)
from ivr.dialog import called_back, commands, legality, relay
from ivr.dialog import events as ev
from ivr.dialog.actions import Action
from ivr.dialog.language_guess import FIRST_TURNS, other_language
from ivr.dialog.session import Frame, Session
from ivr.dialog.turn_draft import TurnDraft
from ivr.errors import Bug
from ivr.flow.model import Bundle
from ivr.flow.model_queues import KEEPS_PLACE
from ivr.flow.registry import KINDS

MAX_MOVES = 200
"""Nodes one event may pass without the caller being asked. A checked bundle needs a handful; the cap is the tripwire."""


def step(bundle: Bundle, session: Session, event: ev.Event, now: datetime) -> tuple[Session, tuple[Action, ...]]:
    """Apply one event. `now` is aware, UTC."""
    if not legality.is_legal(session, event):
        return session, ()
    event = relay.plain(event, session)
    draft = TurnDraft(bundle, session, now)
    draft.waiting = session.waiting
    _APPLY[type(event)](draft, event)
    _run(draft)
    return draft.freeze(), tuple(draft.actions)


# -- one function an event ------------------------------------------------------------------------------------------

def _call_started(draft: TurnDraft, event: ev.CallStarted) -> None:
    line = draft.bundle.lines.get(event.line) or draft.bundle.line_for(None)
    language = event.language or line.language or draft.bundle.default_language
    if language not in draft.bundle.languages:
        language = draft.bundle.default_language
    flow = draft.bundle.flows[line.flow]
    draft.put(status="live", started_at=draft.now.isoformat(), line=line.name, channel=event.channel, language=language,
              caller_number=event.caller_number, textable=event.textable and line.textable)
    draft.vars = {**called_back.first_values(draft.bundle), **draft.vars}
    draft.frames = [Frame(flow.id, flow.start)]
    _enter(draft)


def _answered(draft: TurnDraft, event: ev.SpeechHeard | ev.DigitsReceived | ev.NoInput) -> None:
    draft.waiting = ""
    left = draft.get("cycles_left") - 1
    draft.put(cycles_left=left, answers=draft.get("answers") + 1)
    _notice_language(draft, event)
    if left == 0:
        draft.go_to_place("safe_landing")
    elif left < -8:
        # The safe landing itself asks a question; somebody who never answers it is not kept for ever.
        draft.say("goodbye", barge_in=False)
        draft.hang_up("safe_landing")
    elif not relay.handle(draft, event) and not commands.handle(draft, event):
        KINDS[draft.node.kind].on(event, draft)


def _notice_language(draft: TurnDraft, event: ev.Event) -> None:
    """On the first answers a call goes on in the language it was spoken to in; later it changes only by request."""
    if not isinstance(event, ev.SpeechHeard) or draft.session.answers >= FIRST_TURNS:
        return
    heard = event.language if event.language in draft.bundle.languages else None
    if heard in (None, draft.language):
        heard = other_language(draft.bundle, event.text.reveal(), draft.language)
    if heard and heard != draft.language:
        draft.put(language=heard)


def _came_back(draft: TurnDraft, event: ev.Event) -> None:
    """The answer to something the engine asked the rim for."""
    draft.waiting = ""
    KINDS[draft.node.kind].on(event, draft)


def _queue_ended(draft: TurnDraft, event: ev.QueueEnded) -> None:
    draft.put(place=_place(draft, event), queued_at="")
    draft.put(transfer=None)
    if draft.session.keeps is not None:
        return called_back.ended(draft, event)
    _came_back(draft, event)


def _place(draft: TurnDraft, event: ev.QueueEnded) -> dict[str, Any]:
    """Where they stood, so that they can be called as if they had waited on; empty where there is nothing to keep."""
    transfer = draft.session.transfer
    if transfer is None or event.outcome not in KEEPS_PLACE or not draft.session.queued_at:
        return {}
    queue = draft.bundle.queues.get(transfer.queue)
    ahead_s = queue.ahead_s(transfer.policy_rule) if queue else 0.0
    return {"queue": transfer.queue, "since": draft.session.queued_at, **({"ahead_s": ahead_s} if ahead_s else {})}


def _contact_given(draft: TurnDraft, event: ev.ContactGiven) -> None:
    if event.kind == "email":
        draft.put(email=event.value)
    elif event.kind == "phone":
        draft.put(caller_number=event.value, textable=draft.bundle.lines[draft.get("line")].textable)


def _stream_lost(draft: TurnDraft, event: ev.StreamLost) -> None:
    commands.say_again(draft, first="stream_resumed")


def _tty_detected(draft: TurnDraft, event: ev.TtyDetected) -> None:
    draft.put(channel="tty")
    draft.waiting = ""
    _enter(draft)


def _call_ended(draft: TurnDraft, event: ev.CallEnded) -> None:
    draft.put(status="ended", outcome=draft.session.outcome or event.reason, transfer=None)
    draft.waiting = ""


_APPLY = {
    ev.CallStarted: _call_started, ev.CalledBack: called_back.began,
    ev.SpeechHeard: _answered, ev.DigitsReceived: _answered, ev.NoInput: _answered,
    ev.LookupDone: _came_back, ev.EffectRecorded: _came_back, ev.EffectFailed: _came_back, ev.QueueEnded: _queue_ended,
    ev.ContactGiven: _contact_given, ev.StreamLost: _stream_lost, ev.TtyDetected: _tty_detected, ev.CallEnded: _call_ended,
}


# -- from node to node ----------------------------------------------------------------------------------------------

def _enter(draft: TurnDraft) -> None:
    draft.memo = {}
    draft.put(tries=0)
    KINDS[draft.node.kind].enter(draft)


def _follow(draft: TurnDraft, outcome: str) -> None:
    target = draft.node.to.get(outcome)
    if target is None:
        # A sub-flow inherits its built-in outcomes from the flow the call began in.
        draft.move_to_root(draft.root.defaults.places["agent_request" if outcome == "agent_request" else "safe_landing"])
        return
    draft.assign(target.set)
    draft.move(target.go)


def _run(draft: TurnDraft) -> None:
    """Follow outcomes until the call waits or has ended."""
    for _ in range(MAX_MOVES):
        if draft.get("status") == "ended" or draft.waiting:
            return
        if draft.jump is not None:
            node, draft.jump = draft.jump, None
            draft.left = draft.result = None
            draft.move_to_root(node)
        elif draft.result is not None:
            # Back from a sub-flow: its result is the outcome of the `call` node below.
            draft.frames.pop()
            draft.left, draft.result = draft.result, None
            continue
        elif draft.left is not None:
            _follow(draft, draft.left)
        elif draft.pushed:
            draft.pushed = False
        else:
            raise Bug(f"node {draft.node.id!r} of flow {draft.flow.id!r} neither waits nor leaves")
        KINDS[draft.node.kind].enter(draft)
    raise Bug(f"flow {draft.flow.id!r} passed {MAX_MOVES} nodes without asking the caller anything")
