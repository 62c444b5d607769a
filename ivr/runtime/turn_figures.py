"""What one turn after the other adds to the metrics and the log: event types, outcomes and node names, never what was said.

Called by `runtime.turn_steps` for each event, applied or not.
"""

from __future__ import annotations

from ivr.dialog import actions as act
from ivr.dialog import events as ev
from ivr.dialog.session import Session
from ivr.ops import logs
from ivr.ops.metrics import Metrics

log = logs.get("turn")


class TurnFigures:
    def __init__(self, metrics: Metrics):
        self._metrics = metrics

    def count(self, event: ev.Event, applied: bool, old: Session, new: Session) -> None:
        m = self._metrics
        if not applied:
            m.ignored.labels(event.type).inc()
            log.info("event ignored", call=old.call_id, type=event.type, waiting=old.waiting, turn=old.turn)
            return
        if isinstance(event, ev.CallStarted):
            m.calls.labels(new.line, new.channel).inc()
        elif isinstance(event, (ev.SpeechHeard, ev.DigitsReceived, ev.NoInput)):
            m.turns.labels(event.type, old.language).inc()
            if isinstance(event, ev.SpeechHeard) and event.ranking:
                m.intents.labels(event.ranking[0].intent, old.language).inc()
        elif isinstance(event, ev.QueueEnded):
            m.queue.labels(event.queue, event.outcome).inc()
        if new.status == "ended" and old.status != "ended" and new.keeps is None:  # calls of ours are counted as such
            m.ended.labels(new.outcome).inc()
        log.info("event", call=new.call_id, type=event.type, seq=new.version, node=new.path(), turn=new.turn,
                 waiting=new.waiting.split(":")[0], bundle=new.bundle_hash[:12])

    def refused(self, action: act.ReportRefusal, call_id: str) -> None:
        """A policy shut a door that a flow had led to: the proof should have made that impossible."""
        self._metrics.refused.inc()
        log.error("policy refused at the door", call=call_id, node=action.node, policy=action.policy)
