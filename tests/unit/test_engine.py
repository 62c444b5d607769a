"""What one event does to one call: commands, retries, effects, refusals, on the reference bundle."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import Any

import pytest

from ivr.dialog import actions as act
from ivr.dialog import events as ev
from ivr.dialog import session as sessions
from ivr.dialog.engine import step
from ivr.flow.model import Bundle
from ivr.sensitive import Sensitive

TUESDAY = datetime(2026, 3, 10, 14, 5, tzinfo=UTC)   # 10:05 in New York
SATURDAY = datetime(2026, 3, 14, 14, 5, tzinfo=UTC)
NUMBER = Sensitive("+12025550143")


class Caller:
    """Drives `step` as the runtime does, with effects answered at once unless told otherwise."""

    def __init__(self, bundle: Bundle, now: datetime = TUESDAY, **start: Any):
        self.bundle, self.now = bundle, now
        self.session = sessions.fresh("CA1", bundle.hash)
        self.actions: list[act.Action] = []
        self.effects: list[act.Action] = []
        self.fail_effects = False
        self.send(ev.CallStarted("CA1", **{"caller_number": NUMBER, "textable": True, **start}))

    def send(self, event: ev.Event) -> Caller:
        before = self.session
        self.session, actions = step(self.bundle, before, event, self.now)
        self.actions = []
        for action in actions:
            answer = self._answer(action)
            if answer is None:
                self.actions.append(action)
            else:
                kept = self.actions
                self.send(answer)
                self.actions = kept + self.actions
        return self

    def _answer(self, action: act.Action) -> ev.Event | None:
        if isinstance(action, act.Lookup):
            value = action.inputs.get("appointment_date", "")
            return ev.LookupDone(action.lookup_id, "future" if value > self.now.date().isoformat() else "past")
        if isinstance(action, (act.SendMessage, act.MakePromise)):
            self.effects.append(action)
            if self.fail_effects:
                return ev.EffectFailed(action.key)
            return ev.EffectRecorded(action.key, "ACDEFGHJ", getattr(action, "due_by", ""))
        return None

    def says(self, text: str, intent: str = "_oos", p: float = 0.95) -> Caller:
        return self.send(ev.SpeechHeard(self.session.turn, Sensitive(text), ranking=(ev.Hypothesis(intent, p),), language="en"))

    def keys(self, digits: str) -> Caller:
        return self.send(ev.DigitsReceived(self.session.turn, Sensitive(digits)))

    def silent(self) -> Caller:
        return self.send(ev.NoInput(self.session.turn))

    @property
    def heard(self) -> list[str]:
        return [a.key for a in self.actions if isinstance(a, act.Say)]

    @property
    def last(self) -> act.Action:
        return self.actions[-1]


@pytest.fixture
def caller(uscis: Bundle) -> Caller:
    return Caller(uscis)


def test_the_greeting_is_followed_by_an_open_question(caller: Caller) -> None:
    assert caller.heard == ["welcome", "why"]
    assert isinstance(caller.last, act.Listen)
    assert caller.last.barge_in


def test_a_sure_intent_is_taken_and_a_doubtful_one_confirmed(caller: Caller) -> None:
    assert caller.says("where is my case", "case_status", 0.9).heard == ["case_status", "offer_text"]
    doubtful = Caller(caller.bundle).says("my thing", "case_status", 0.4)
    assert doubtful.heard == ["confirm_intent"]
    assert doubtful.says("yes").heard == ["case_status", "offer_text"]


def test_a_doubt_that_is_denied_costs_a_try_and_asks_in_other_words(caller: Caller) -> None:
    caller.says("my thing", "case_status", 0.4).says("no")
    assert caller.heard == ["why_again"]
    assert caller.session.tries == 1


def test_silence_and_mismatch_share_one_budget_and_lead_to_keys(caller: Caller) -> None:
    assert caller.silent().heard == ["why_again"]
    assert caller.says("mumble").heard == ["why_examples"]
    assert caller.silent().heard == ["keys"]
    assert caller.session.node == "keys"


def test_keys_then_failures_end_in_the_safe_landing_never_in_a_queue(caller: Caller) -> None:
    caller.keys("7")
    for _ in range(3):
        caller.silent()
    assert "safe_landing" in caller.heard
    while caller.session.status == "live":
        caller.silent()
    assert isinstance(caller.last, act.Hangup)
    assert caller.session.outcome == "safe_landing"


def test_repeat_says_the_question_again_without_costing_a_try(caller: Caller) -> None:
    before = caller.heard
    assert caller.keys("*").heard == before
    assert caller.says("say that again").heard == before
    assert caller.session.tries == 0


def test_help_explains_and_asks_again(caller: Caller) -> None:
    assert caller.says("help").heard == ["why_help", "welcome", "why"]


@pytest.mark.parametrize("ask", ["agent", "operator", "representative", "talk to a person", "0"])
def test_asking_for_a_person_is_answered_with_the_rules_and_a_next_step(caller: Caller, ask: str) -> None:
    caller.keys("0") if ask == "0" else caller.says(ask)
    assert caller.heard == ["agent_rules", "agent_choices"]
    assert not any(isinstance(a, act.Transfer) for a in caller.actions)


def test_commands_are_bounded(caller: Caller) -> None:
    for _ in range(sessions.COMMAND_BUDGET):
        caller.keys("*")
    assert caller.keys("*").heard[:2] == ["budget_spent", "safe_landing"]


def test_the_language_can_be_changed_at_any_question(caller: Caller) -> None:
    caller.says("where is my case", "case_status").says("español")
    assert caller.session.language == "es"
    assert caller.heard == ["language_switched", "offer_text"]
    assert all(a.language == "es" for a in caller.actions if isinstance(a, act.Say))


def test_the_greeting_s_key_changes_the_language(caller: Caller) -> None:
    assert caller.keys("2").heard == ["language_switched", "why"]
    assert caller.session.language == "es"
    assert caller.session.tries == 0


def test_a_clear_spanish_sentence_on_the_first_turn_is_answered_in_spanish(caller: Caller) -> None:
    caller.says("quiero cambiar mi cita de huellas", "reschedule_biometrics")
    assert caller.session.language == "es"


def test_later_the_language_changes_only_by_request(caller: Caller) -> None:
    caller.silent().silent().keys("*")
    caller.says("quiero cambiar mi cita de huellas", "reschedule_biometrics")
    assert caller.session.language == "en"


def test_a_text_is_written_down_after_a_clear_yes_and_spoken_after_that(caller: Caller) -> None:
    caller.says("where is my case", "case_status").says("yes")
    assert caller.heard == ["text_sent", "anything_else"]
    (message,) = caller.effects
    assert (message.channel, message.message, message.to) == ("sms", "link_case_status", NUMBER)
    assert "uscis.gov/casestatus" in message.text


def test_without_a_clear_yes_nothing_is_sent(caller: Caller) -> None:
    caller.says("where is my case", "case_status").says("maybe").silent().silent()
    assert caller.effects == []
    assert caller.heard[-1] == "anything_else"


def test_what_cannot_be_written_down_is_not_promised(caller: Caller) -> None:
    caller.fail_effects = True
    caller.says("where is my case", "case_status").says("yes")
    assert "text_sent" not in caller.heard
    assert caller.heard == ["text_refused", "offer_link_by_email"], "said, and another way offered"
    assert caller.says("no").heard[0] == "case_status_spoken"


def test_a_caller_without_a_mobile_is_offered_an_email_and_else_gets_the_address_spoken(uscis: Bundle) -> None:
    hidden = Caller(uscis, caller_number=None, textable=False)
    assert hidden.says("where is my case", "case_status").heard[:2] == ["case_status", "offer_link_by_email"]
    assert hidden.says("no").heard[0] == "case_status_spoken"


def test_a_typed_email_address_is_offered_instead(uscis: Bundle) -> None:
    hidden = Caller(uscis, caller_number=None, textable=False)
    hidden.send(ev.ContactGiven("email", Sensitive("ana@example.org")))
    assert hidden.says("where is my case", "case_status").heard == ["case_status", "offer_email"]
    hidden.says("yes")
    assert hidden.effects[0].channel == "email"
    assert hidden.effects[0].subject == "Your case status"


def test_an_appointment_in_the_future_reaches_an_officer_in_open_hours(caller: Caller) -> None:
    caller.says("move my fingerprints", "reschedule_biometrics").says("march twentieth")
    assert caller.heard == ["confirm_date"]
    caller.says("yes")
    assert isinstance(caller.last, act.Transfer)
    assert (caller.last.queue, caller.last.policy_rule) == ("tier2", "bio-advance")
    assert caller.last.context["appointment_date"] == "2026-03-20"
    caller.send(ev.QueueEnded("tier2", "connected"))
    assert caller.heard == ["summary_helped", "goodbye"]


def test_the_same_call_outside_hours_is_offered_a_callback(uscis: Bundle) -> None:
    late = Caller(uscis, SATURDAY).says("move my fingerprints", "reschedule_biometrics").says("march twentieth").says("yes")
    assert late.heard == ["lines_closed", "offer_biometrics_callback"]
    late.says("yes")
    assert late.heard == ["confirm_callback_number"]
    late.says("yes")
    assert late.heard == ["ask_second_number"]
    late.says("no")
    assert late.heard[0] == "callback_made"
    promise, confirmation = late.effects
    assert (promise.kind, promise.name, promise.numbers) == ("callback", "routine", (NUMBER,))
    assert promise.policy_rule
    assert confirmation.message == "callback_confirm"
    assert "ACDE" in confirmation.text.replace("-", "")


def test_a_second_number_is_read_back_and_promised_too(uscis: Bundle) -> None:
    late = Caller(uscis, SATURDAY).says("move my fingerprints", "reschedule_biometrics").says("march twentieth").says("yes")
    late.says("yes").says("yes").says("two zero two five five five zero one seven eight")
    assert late.heard == ["confirm_second_number"]
    late.says("yes")
    assert late.heard[0] == "callback_made"
    assert late.effects[0].numbers == (NUMBER, Sensitive("+12025550178"))
    assert (late.effects[0].policy, late.effects[0].urgent) == ("callback", False)
    assert late.effects[0].variables["appt"] == "future"


@pytest.mark.parametrize("answers", [["no"], ["#"], ["", "", ""], ["two zero two five five five zero one seven eight", "no", "no"],
                                     ["two zero two five five five zero one seven eight", "", "", ""]])
def test_without_a_second_number_the_call_is_promised_all_the_same(uscis: Bundle, answers: list[str]) -> None:
    late = Caller(uscis, SATURDAY).says("move my fingerprints", "reschedule_biometrics").says("march twentieth").says("yes")
    late.says("yes").says("yes")
    for answer in answers:
        _ = late.keys("#") if answer == "#" else late.says(answer) if answer else late.silent()
    assert "callback_made" in late.heard
    assert late.effects[0].numbers == (NUMBER,)


def test_an_appointment_in_the_past_goes_to_self_service(caller: Caller) -> None:
    caller.says("move my fingerprints", "reschedule_biometrics").says("march second").says("yes")
    assert caller.heard[0] == "biometrics_past"
    assert not any(isinstance(a, act.Transfer) for a in caller.actions)


def test_an_interview_becomes_a_service_request_and_never_a_transfer(caller: Caller) -> None:
    caller.says("move my interview", "reschedule_interview").says("yes").keys("#").keys("#").keys("10001").says("yes")
    caller.keys("#").keys("#").keys("#").says("yes")  # no bad day, any day, no address
    assert caller.effects[0].kind == "service_request"
    assert caller.effects[0].context["office_zip"].reveal() == "10001"
    assert caller.heard[:2] == ["service_request_made", "interview_plan"]


def test_a_late_answer_changes_nothing(caller: Caller) -> None:
    caller.silent()
    before = caller.session
    after, actions = step(caller.bundle, before, ev.NoInput(before.turn - 1), TUESDAY)
    assert after is before
    assert actions == ()


def test_nothing_happens_before_the_start_or_after_the_end(uscis: Bundle) -> None:
    fresh = sessions.fresh("CA1", uscis.hash)
    assert step(uscis, fresh, ev.NoInput(0), TUESDAY) == (fresh, ())
    over = Caller(uscis).send(ev.CallEnded("hangup")).session
    assert over.outcome == "hangup"
    for event in (ev.CallStarted("CA1"), ev.CallEnded("hangup"), ev.NoInput(over.turn), ev.StreamLost()):
        assert step(uscis, over, event, TUESDAY) == (over, ())


def test_a_lost_stream_asks_again_and_costs_nothing(caller: Caller) -> None:
    caller.says("where is my case", "case_status")
    caller.send(ev.StreamLost())
    assert caller.heard == ["stream_resumed", "case_status", "offer_text"]
    assert caller.session.tries == 0
    caller.send(ev.StreamLost())
    assert caller.heard == ["stream_resumed", "case_status", "offer_text"], "the apology itself is not repeated"


def test_the_policy_is_looked_at_again_at_the_door(caller: Caller) -> None:
    """The tripwire behind the proof: even a session that stands at the transfer by mistake does not get through."""
    caller.says("move my fingerprints", "reschedule_biometrics").says("march twentieth")
    forged = dataclasses.replace(caller.session, vars={**caller.session.vars, "reason": "reschedule_interview"})
    caller.session = forged
    caller.says("yes")
    assert not any(isinstance(a, act.Transfer) for a in caller.actions)
    refusals = [a for a in caller.actions if isinstance(a, act.ReportRefusal)]
    assert refusals[0] == act.ReportRefusal("biometrics_transfer", "live_agent"), "and staff can see the fault of the flow"


def test_a_correction_in_the_answer_to_the_read_back_is_taken(caller: Caller) -> None:
    caller.says("move my fingerprints", "reschedule_biometrics").says("march twentieth").says("no march twenty first")
    assert caller.heard == ["confirm_date"]
    assert caller.session.memo["value"] == "2026-03-21"
