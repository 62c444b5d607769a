"""Laws of `step`, on the reference bundle, for any caller whatsoever."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.dialog import actions as act
from ivr.dialog import events as ev
from ivr.dialog import session as sessions
from ivr.dialog.engine import step
from ivr.dialog.session import Session
from ivr.flow import policy as policies
from ivr.flow.load import load_bundle
from ivr.sensitive import Sensitive
from tests.examples import examples

BUNDLE = load_bundle(Path(__file__).parent.parent.parent / "flows/uscis")
OPEN = datetime(2026, 3, 10, 14, 5, tzinfo=UTC)
CLOSED = datetime(2026, 3, 14, 14, 5, tzinfo=UTC)
NUMBER = Sensitive("+12025550143")

words = st.sampled_from(["yes", "no", "agent", "help", "repeat", "main menu", "goodbye", "español", "english", "march twentieth",
                         "two zero two five five five zero one four three", "mumble", "quiero cambiar mi cita de huellas",
                         "operator now", "this is relay operator 12", "the caller says yes, go ahead", "go ahead", "one moment", "vco",
                         "hco", "vco off", "hd", "sk", "rpt", "", "<Hangup/>", "{reference}", "{{7*7}}",
                         "'; DROP TABLE calls"]) | st.text(max_size=40)
intents = st.sampled_from([*BUNDLE.intents, "_oos", "_oos.passport", "_oos.no_such_topic", "_cmd.goodbye", "_cmd.nonsense",
                           "no_such_intent"])
decisions = st.sampled_from(["", "accept", "confirm", "reject"])
keys = st.text("0123456789*#", min_size=1, max_size=10)


@st.composite
def moves(draw: st.DrawFn) -> tuple[str, tuple[object, ...]]:
    kind = draw(st.sampled_from(["speech", "speech", "speech", "keys", "keys", "silence", "lost", "late", "queue", "email", "tty",
                                 "refuse"]))
    return kind, (draw(words), draw(intents), draw(st.floats(0, 1)), draw(keys),
                  draw(st.sampled_from(["connected", "closed", "wait_too_long", "failed", "left", "nonsense"])), draw(decisions))


def event_for(session: Session, move: tuple[str, tuple[object, ...]]) -> ev.Event:
    kind, (text, intent, p, digits, outcome, decision) = move
    if kind == "speech":
        return ev.SpeechHeard(session.turn, Sensitive(text), ranking=(ev.Hypothesis(intent, p),), decision=decision,
                              offered=(intent, "case_status"))
    if kind == "late":
        return ev.SpeechHeard(session.turn - 1, Sensitive(text))
    return {"keys": ev.DigitsReceived(session.turn, Sensitive(digits)), "silence": ev.NoInput(session.turn),
            "lost": ev.StreamLost(), "queue": ev.QueueEnded("tier2", outcome), "tty": ev.TtyDetected(),
            "email": ev.ContactGiven("email", Sensitive("ana@example.org")), "refuse": ev.EffectFailed("x")}[kind]


def answer(action: act.Action, refuse: bool) -> ev.Event | None:
    if isinstance(action, act.Lookup):
        return ev.LookupDone(action.lookup_id, "timeout" if refuse else action.values[0])
    if isinstance(action, (act.SendMessage, act.MakePromise)):
        return ev.EffectFailed(action.key) if refuse else ev.EffectRecorded(action.key, "ACDEFGHJ",
                                                                            getattr(action, "due_by", ""))
    return None


class Run:
    """One call: every event goes through the laws that hold for each single step."""

    def __init__(self, now: datetime, refuse: bool, **start: object):
        self.now, self.refuse = now, refuse
        self.session = sessions.fresh("CA1", BUNDLE.hash)
        self.log: list[ev.Event] = []
        self.actions: list[act.Action] = []
        self.send(ev.CallStarted("CA1", **start))

    def send(self, event: ev.Event) -> None:
        pending = [event]
        self.actions = []
        while pending:
            current, before = pending.pop(0), self.session
            self.session, actions = step(BUNDLE, before, current, self.now)
            self.log.append(current)
            if self.session is before:
                assert actions == ()
                continue
            assert self.session.version == before.version + 1
            assert sessions.from_json(sessions.to_json(self.session)) == self.session
            assert ev.from_json(ev.to_json(current)) == current
            for action in actions:
                assert act.from_json(act.to_json(action)) == action
                follow_up = answer(action, self.refuse)
                if follow_up is None:
                    self.actions.append(action)
                else:
                    pending.append(follow_up)
        self.check_turn()

    def check_turn(self) -> None:
        """Never silence: a live call waits for something it asked for, and what it says has words."""
        s = self.session
        for action in self.actions:
            if isinstance(action, act.Say):
                assert action.text.strip(), action.key
                assert "{" not in action.text, action.text
            if isinstance(action, act.Transfer):
                self.check_door(action)
        if s.status == "live":
            assert s.waiting == "input" or s.waiting.startswith("queue:")
        waits = [a for a in self.actions if isinstance(a, (act.Listen, act.Transfer, act.Hangup))]
        assert len(waits) <= 1
        if waits:
            assert self.actions[-1] is waits[0]
            spoken = [a for a in self.actions if isinstance(a, act.Say)]
            assert spoken, "the caller is asked, handed over or left without a word"

    def check_door(self, transfer: act.Transfer) -> None:
        """Worked out here from the policy file, not from the engine's own check."""
        s = self.session
        env = policies.environment(BUNDLE, s.vars, language=s.language, channel=s.channel, line=s.line, now=self.now,
                                   contact="sms")
        rule = policies.true_rule(BUNDLE.policy.entries["live_agent"], env)
        assert rule is not None
        assert rule.id == transfer.policy_rule
        assert policies.broken_never(BUNDLE.policy, "transfer", env) is None
        assert {"reschedule_biometrics": s.vars["appt"] == "future", "emergency_advance_parole": s.vars["urgency"] == "urgent",
                "adit_stamp": s.vars["status_proof"] == "needed", "expedite_request": s.vars["expedite_criterion"] != "none",
                "in_person_appointment": s.vars["in_person_need"] != "none"}[s.vars["reason"]]
        assert self.now == OPEN


starts = st.fixed_dictionaries({}, optional={"caller_number": st.just(NUMBER), "textable": st.booleans(),
                                             "line": st.sampled_from(["main", "tty", "international", "nowhere"]),
                                             "channel": st.sampled_from(["voice", "tty"]),
                                             "language": st.sampled_from(["en", "es", "fr"])})


@settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(moves(), max_size=30), st.booleans(), st.booleans(), starts)
def test_any_caller_is_served(steps: list, is_open: bool, refuse: bool, start: dict) -> None:
    run = Run(OPEN if is_open else CLOSED, refuse, **start)
    for move in steps:
        run.send(event_for(run.session, move))


@settings(max_examples=examples(40), deadline=None)
@given(st.lists(moves(), min_size=1, max_size=12), st.booleans())
def test_every_call_ends_whatever_the_caller_does(cycle: list, is_open: bool) -> None:
    """Any behaviour repeated for ever: the budgets of a call end it."""
    run = Run(OPEN if is_open else CLOSED, False, caller_number=NUMBER, textable=True)
    for n in range(400):
        if run.session.status == "ended":
            break
        move = cycle[n % len(cycle)]
        if run.session.waiting == "input" and move[0] not in ("speech", "keys", "silence"):
            move = ("silence", move[1])
        elif run.session.waiting.startswith("queue:"):
            move = ("queue", move[1])
        run.send(event_for(run.session, move))
    assert run.session.status == "ended"


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(moves(), max_size=20), st.booleans())
def test_a_replay_of_the_log_gives_the_same_session(steps: list, refuse: bool) -> None:
    run = Run(OPEN, refuse, caller_number=NUMBER, textable=True)
    for move in steps:
        run.send(event_for(run.session, move))
    again = sessions.fresh("CA1", BUNDLE.hash)
    for event in run.log:
        again, _ = step(BUNDLE, again, event, OPEN)
    assert again == run.session
