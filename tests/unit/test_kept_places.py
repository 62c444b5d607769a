"""A place in line that is kept: what the call remembers of the wait, what is promised, and when its call goes out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ivr.contact.callbacks.model import Attempt, Inputs, Progress, Rules
from ivr.contact.callbacks.rounds import another_day, may_be_called, next_step
from ivr.dialog import actions as act
from ivr.dialog import events as ev
from ivr.dialog import session as sessions
from ivr.flow.calendar import due_by
from ivr.flow.model import Bundle
from ivr.runtime.callbacks.door import queue_for
from ivr.runtime.effects import row_for
from ivr.sensitive import Sensitive
from tests.unit.test_engine import NUMBER, Caller

NEW_YORK = ZoneInfo("America/New_York")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK).astimezone(UTC)


NOON = at("2026-03-10T12:00")


class TestTheCall:
    @pytest.fixture
    def waiting(self, uscis: Bundle) -> Caller:
        caller = Caller(uscis).says("emergency travel", "emergency_advance_parole")
        for _ in range(2):
            caller.send(ev.DigitsReceived(caller.session.turn, Sensitive("1")))
        assert caller.session.waiting == "queue:tier2"
        return caller

    @pytest.mark.parametrize("outcome", ["left", "wait_too_long"])
    def test_the_promise_carries_the_place(self, waiting: Caller, outcome: str) -> None:
        joined = waiting.now
        waiting.now += timedelta(minutes=7)
        waiting.send(ev.QueueEnded("tier2", outcome))
        assert waiting.session.place == {"queue": "tier2", "since": joined.isoformat(), "ahead_s": 900.0}, "urgent by their rule"
        for _ in range(2):
            waiting.send(ev.DigitsReceived(waiting.session.turn, Sensitive("1")))
        (promise,) = [e for e in waiting.effects if isinstance(e, act.MakePromise)]
        assert (promise.name, promise.place) == ("in_line", waiting.session.place)
        row = row_for(promise, "CA1", waiting.now)
        assert row.payload["place"]["queue"] == "tier2"
        assert act.from_json(act.to_json(promise)).place == promise.place

    def test_no_other_end_of_a_wait_keeps_a_place(self, waiting: Caller) -> None:
        waiting.send(ev.QueueEnded("tier2", "failed"))
        assert (waiting.session.place, waiting.session.queued_at) == ({}, "")

    def test_the_session_is_stored_with_it(self, waiting: Caller) -> None:
        waiting.send(ev.QueueEnded("tier2", "left"))
        assert sessions.from_json(sessions.to_json(waiting.session)) == waiting.session
        older = {k: v for k, v in sessions.to_json(waiting.session).items() if k not in ("place", "queued_at")}
        assert sessions.from_json(older).place == {}

    def test_a_call_that_waited_under_an_older_program_keeps_nothing(self, waiting: Caller) -> None:
        waiting.session = replace(waiting.session, queued_at="")
        waiting.send(ev.QueueEnded("tier2", "left"))
        assert not [e for e in waiting.effects if isinstance(e, act.MakePromise)]
        assert "travel_call_again" in [s.key for s in waiting.actions if isinstance(s, act.Say)]

    def test_what_keeps_no_place_is_written_as_before(self) -> None:
        promise = act.MakePromise("callback:CA1:n:1", "callback", "routine", "adit_stamp", "adit", "en", numbers=(NUMBER,),
                                  due_by="2026-04-01T12:00:00+00:00")
        assert "place" not in row_for(promise, "CA1", NOON).payload


class TestTheDoor:
    def test_it_leads_to_the_line_that_was_left(self, uscis: Bundle) -> None:
        payload = {"policy": "callback", "variables": {"reason": "agent_request", "agent_review": "needed"}}
        found = [queue_for(uscis, "in_line", {**payload, **more}, "en", NOON)
                 for more in ({}, {"place": {"queue": "tier2"}}, {"place": {"queue": "gone"}})]
        assert [q[0].name for q in found if q] == ["tier1", "tier2", "tier1"]

    def test_the_policy_is_asked_all_the_same(self, uscis: Bundle) -> None:
        payload = {"policy": "callback", "variables": {"reason": "reschedule_biometrics", "appt": "past"}, "place": {"queue": "tier2"}}
        assert queue_for(uscis, "in_line", payload, "en", NOON) is None


class TestTheSteps:
    def rules(self, uscis: Bundle) -> Rules:
        assert uscis.rounds is not None
        return Rules(uscis.calendar, uscis.rounds, in_line=True)

    def inputs(self, uscis: Bundle, made: datetime = NOON, *zones: str) -> Inputs:
        return Inputs(made, due_by(uscis.calendar, "1 business_days", made).astimezone(UTC), False, 1, zones)

    def test_nothing_is_done_before_the_turn_comes(self, uscis: Bundle) -> None:
        inputs, rules = self.inputs(uscis), self.rules(uscis)
        step = next_step(inputs, Progress(), rules, NOON)
        assert (step.kind, step.at) == ("turn", inputs.due_by)

    def test_then_the_call_at_once_without_notice_and_after_the_last_start_too(self, uscis: Bundle) -> None:
        inputs, rules = self.inputs(uscis), self.rules(uscis)
        for moment in (NOON, at("2026-03-10T18:45"), at("2026-03-10T19:59")):
            step = next_step(inputs, Progress(planned_at=moment), rules, moment)
            assert (step.kind, step.at, step.round) == ("call", moment, 1)

    def test_never_outside_the_hours_of_the_office_or_the_caller(self, uscis: Bundle) -> None:
        inputs, rules = self.inputs(uscis, at("2026-03-10T09:00"), "America/Los_Angeles"), self.rules(uscis)
        early, night = at("2026-03-11T08:30"), at("2026-03-10T20:01")
        assert next_step(inputs, Progress(planned_at=night), rules, night).at == at("2026-03-11T11:00"), "eight in Los Angeles"
        assert not may_be_called(inputs, rules, early)
        assert may_be_called(inputs, rules, at("2026-03-11T11:00"))

    def test_a_turn_that_never_came_is_late_and_called(self, uscis: Bundle) -> None:
        inputs, rules = self.inputs(uscis), self.rules(uscis)
        after = inputs.due_by + timedelta(minutes=1)
        assert next_step(inputs, Progress(), rules, after).kind == "tell_late"
        told = next_step(inputs, Progress(late_told=True), rules, after)
        assert told.kind == "call" and told.at >= after

    def test_another_day_is_the_next_one_of_the_office_and_not_late(self, uscis: Bundle) -> None:
        inputs, rules = self.inputs(uscis, at("2026-03-13T15:00")), self.rules(uscis)
        moment = another_day(inputs, rules, at("2026-03-13T16:00"))
        assert moment == at("2026-03-16T08:00")
        later = at("2026-03-17T09:00")
        assert next_step(inputs, Progress(planned_at=moment, postponed=1), rules, later).kind == "call"

    def test_the_second_round_is_that_of_every_promise(self, uscis: Bundle) -> None:
        inputs, rules = self.inputs(uscis), self.rules(uscis)
        missed = Progress(planned_at=NOON, attempts=(Attempt(1, 0, NOON, NOON + timedelta(seconds=30), "no_answer"),))
        assert next_step(inputs, missed, rules, NOON + timedelta(minutes=1)).kind == "tell_second"
        step = next_step(inputs, replace(missed, second_told=1), rules, NOON + timedelta(minutes=1))
        assert (step.kind, step.round, step.at) == ("call", 2, NOON + timedelta(minutes=60, seconds=30))

    def test_a_wish_that_no_hour_can_fulfil_is_let_go(self, uscis: Bundle) -> None:
        inputs, rules = self.inputs(uscis, NOON, "Pacific/Guam"), self.rules(uscis)
        hopeless = replace(inputs, window=(at("2026-03-10T17:00").time(), at("2026-03-10T21:00").time()))
        assert next_step(hopeless, Progress(planned_at=NOON), rules, NOON).kind == "call"
