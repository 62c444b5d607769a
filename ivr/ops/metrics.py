"""Prometheus metrics. Labels are small closed sets: never a number, a call id or anything a caller said."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

SECONDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.2, 2, 5, 10)

WAITS_S = (5, 15, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600)
"""Service levels are read off these."""


class Metrics:
    """One registry a process, built with the services: tests do not share counters."""

    def __init__(self) -> None:
        r = self.registry = CollectorRegistry()
        self.calls = Counter("ivr_calls_total", "Calls begun.", ["line", "channel"], registry=r)
        self.lines_busy = Counter("ivr_calls_lines_busy_total", "Calls that were told that all lines are busy; ivr_calls_total has "
                                  "them too.", registry=r)
        self.tty = Counter("ivr_tty_calls_total", "Streams that were served in text: on a TTY line, or recognised on a voice line.",
                           ["how"], registry=r)
        self.ended = Counter("ivr_calls_ended_total", "Calls ended, by outcome code.", ["outcome"], registry=r)
        self.live = Gauge("ivr_live_streams", "Media streams open now.", registry=r)
        self.turns = Counter("ivr_turns_total", "Answers of callers, by kind.", ["kind", "language"], registry=r)
        self.ignored = Counter("ivr_events_ignored_total", "Events that were illegal in their state.", ["type"], registry=r)
        self.intents = Counter("ivr_intents_total", "Intents understood.", ["intent", "language"], registry=r)
        self.recognition = Histogram("ivr_recognition_seconds", "Time from end of speech to text.", ["engine"],
                                     buckets=SECONDS, registry=r)
        self.turn_seconds = Histogram("ivr_turn_seconds", "Time the engine and the store take for one event.",
                                      buckets=SECONDS, registry=r)
        self.queue = Counter("ivr_queue_total", "Transfers to queues, by end.", ["queue", "outcome"], registry=r)
        self.queue_wait = Histogram("ivr_queue_wait_seconds", "Wait of callers whom somebody took, by queue and language.",
                                    ["queue", "language"], buckets=WAITS_S, registry=r)
        self.refused = Counter("ivr_transfers_refused_total", "Transfers the run-time policy check refused.", registry=r)
        self.effects = Counter("ivr_effects_total", "Promised effects, by kind and state reached.", ["kind", "state"],
                               registry=r)
        self.callback_calls = Counter("ivr_callback_calls_total", "Promised calls that were made, by how each ended.", ["result"],
                                      registry=r)
        self.callbacks_late = Counter("ivr_callbacks_late_total", "Callbacks that had to be planned after their deadline.", registry=r)
        self.contact_refused = Counter("ivr_contact_refused_total", "Messages and callbacks that were refused before they were "
                                       "promised, by why.", ["channel", "why"], registry=r)
        self.undelivered = Counter("ivr_undelivered_total", "Messages that a provider refused or lost, by its code.",
                                   ["channel", "code"], registry=r)
        self.consents = Counter("ivr_consents_total", "Answers about messages, revocations included.",
                                ["channel", "answer", "source"], registry=r)
        self.alarms = Counter("ivr_alarms_total", "Alarms for staff, by name.", ["name"], registry=r)
        self.following_failed = Counter("ivr_following_failed_total", "Published bundles or edits that could not be taken over.",
                                        registry=r)
        self.webhooks = Counter("ivr_webhooks_total", "Webhooks answered.", ["route", "status"], registry=r)
        self.chat_requests = Counter("ivr_chat_requests_total", "Requests of chat windows.", ["route", "status"], registry=r)
        self.escalations = Counter("ivr_escalations_total", "Matters that staff sent on to officers, by urgency.", ["urgency"], registry=r)
        self.wrap_ups = Counter("ivr_wrap_ups_total", "Conversations that staff wrapped up, by disposition.", ["disposition"], registry=r)
        self.sign_ins = Counter("ivr_sign_ins_total", "Tries to sign in as a member of staff, by result.", ["result"], registry=r)
        self.text_agents = Gauge("ivr_text_agents", "Members of staff signed in at the desk of those who type.", registry=r)
        self.verifications = Counter("ivr_verifications_total", "Callers who were to be verified, by result.", ["result"], registry=r)
        self.case_requests = Counter("ivr_case_requests_total", "Questions to the case system, by what became of them.", ["outcome"],
                                     registry=r)
        self.case_seconds = Histogram("ivr_case_seconds", "Time the case system takes for one answer.", buckets=SECONDS, registry=r)
        self.case_refusals = Counter("ivr_case_refusals_total", "Case details that a flow asked for without the right answers.",
                                     registry=r)
        self.hostile = Counter("ivr_media_hostile_frames_total", "Media frames that were refused.", ["reason"], registry=r)
        self.conflicts = Counter("ivr_conflicts_total", "Turns run again because another worker was first.", registry=r)
        self.degraded = Counter("ivr_degraded_total", "Calls that went on by keys and the carrier's recogniser.", ["why"],
                                registry=r)

    def text(self) -> bytes:
        return generate_latest(self.registry)
