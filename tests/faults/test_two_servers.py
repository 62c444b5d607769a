"""Row 9: two servers on one call. One wins; the other loads what the winner saved and answers from there."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from pydantic import SecretStr

from ivr.dialog import events as ev
from ivr.dialog.replay import replay
from ivr.runtime.turn_result import Delivery, Rendered
from ivr.sensitive import Sensitive
from tests.faults.amount import SEED, amount
from tests.faults.figures import record
from tests.faults.storm import number_of
from tests.rim.site import Site, site

pytestmark = [pytest.mark.faults]
WORDS = st.sampled_from(("where is my case", "yes", "no", "when are you open", "main menu", "blah", "agent", "repeat"))
SERVER = st.sampled_from((0, 1))


class Tally:
    calls = races = 0


def machine(offices: list[Site], tally: Tally) -> type[RuleBasedStateMachine]:
    """`offices` have one database between them."""

    class OneCall(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            tally.calls += 1
            offices[0].clock.advance(60)
            offices[1].clock.time = offices[0].clock.time
            self.sid, self.deliveries = f"CA{tally.calls:032x}", 0
            self._take(0, ev.CallStarted(self.sid, "main", "voice", Sensitive(number_of(tally.calls)), True, "en"))

        def _take(self, server: int, event: ev.Event, meanwhile: Any = None) -> None:
            """`meanwhile` happens between this server's reading and its writing."""
            self.deliveries += 1
            todo = [meanwhile] if meanwhile else []

            def render(*_: Any) -> Rendered:
                if todo:
                    todo.pop()()
                return Rendered("<Response/>")

            offices[server].services.turns.take(self.sid, event, delivery=Delivery(f"{self.sid}:{self.deliveries}"), render=render)

        def _said(self, words: str, back: int = 0) -> ev.Event:
            session = offices[0].services.turns.session(self.sid)
            assert session is not None
            return ev.SpeechHeard(max(0, session.turn - back), Sensitive(words), 0.9)

        @property
        def live(self) -> bool:
            session = offices[0].services.turns.session(self.sid)
            return session is not None and session.status == "live"

        @rule(server=SERVER, words=WORDS)
        def says(self, server: int, words: str) -> None:
            self._take(server, self._said(words))

        @rule(server=SERVER, words=WORDS)
        def says_late(self, server: int, words: str) -> None:
            self._take(server, self._said(words, back=1))

        @rule(server=SERVER, one=WORDS, other=WORDS)
        def says_to_both_at_once(self, server: int, one: str, other: str) -> None:
            tally.races += 1
            first, second = self._said(one), self._said(other)
            self._take(server, first, lambda: self._take(1 - server, second))

        @rule(server=SERVER, words=WORDS)
        @precondition(lambda self: self.live)
        def hangs_up_while_it_is_worked_on(self, server: int, words: str) -> None:
            tally.races += 1
            self._take(server, self._said(words), lambda: self._take(1 - server, ev.CallEnded("hangup")))
            assert not self.live

        @invariant()
        def nothing_is_lost(self) -> None:
            here, there = (office.services.turns.session(self.sid) for office in offices)
            log = offices[0].services.calls.log_of(self.sid)
            assert here is not None and here == there, "both see the same call"
            assert here.version == sum(e.applied for e in log), "no update was lost"
            again, _ = replay(offices[0].services.bundles.current, self.sid, [(e.at, e.event) for e in log if e.applied])
            assert again == here, "the log says how it came to be"

    return OneCall


def test_two_servers_on_one_call(tmp_path: Path) -> None:
    print(f"seed {SEED}")
    for name in "ab":
        (tmp_path / name).mkdir()
    url, key, tally = f"sqlite:///{tmp_path / 'one.db'}", SecretStr("k"), Tally()
    with ExitStack() as both:
        offices = [both.enter_context(site(tmp_path / name, database_url=url, data_keys=key)) for name in "ab"]
        wanted = settings(max_examples=amount(12, 300), stateful_step_count=12, deadline=None, database=None,
                          suppress_health_check=list(HealthCheck))
        run_state_machine_as_test(seed(SEED)(machine(offices, tally)), settings=wanted)
        conflicts = sum(office.services.metrics.conflicts._value.get() for office in offices)
        record("two_servers", calls=tally.calls, races=tally.races, run_again=conflicts, lost=0)
        assert conflicts > 0, "they did get in each other's way"
