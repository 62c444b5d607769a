"""Several workers, a cache that loses, delays and misorders: no event of a call is lost, doubled or applied twice, ever."""

from __future__ import annotations

import dataclasses
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from ivr.dialog import events as ev
from ivr.dialog import session as sessions
from ivr.errors import Conflict
from ivr.store.calls import Calls, Loaded, LoggedEvent
from ivr.store.db import Database
from ivr.store.redis_link import RedisLink
from ivr.store.redis_shared import RedisSessions
from tests.contract import servers

NOW = datetime(2026, 3, 10, 14, 0, tzinfo=UTC)
CALL = "CA1"


class Workers(RuleBasedStateMachine):
    """Workers load, work out and write in any interleaving; what they would put into the cache comes when it likes, or never."""

    loaded: Bundle[Loaded] = Bundle("loaded")
    saves: Bundle[Any] = Bundle("saves")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.db = Database(f"sqlite:///{Path(self.folder.name) / 'ivr.db'}")
        servers.redis().flush()
        self.link = RedisLink(servers.redis().url)
        self.calls = Calls(self.db, RedisSessions(self.link, self.db.box))
        first = dataclasses.replace(sessions.fresh(CALL, "h"), status="live", version=1)
        with self.db.write() as c:
            self.calls.insert(c, first, NOW)
            self.calls.append(c, CALL, 1, [LoggedEvent(NOW, ev.CallStarted(CALL), True)])
        self.written, self.applied = 1, 1

    @rule(target=loaded, fresh=st.booleans())
    def load(self, fresh: bool) -> Loaded:
        return self.calls.load(CALL, fresh=fresh)

    @rule(target=saves, seen=consumes(loaded), applied=st.booleans(), events=st.integers(1, 2))
    def write(self, seen: Loaded, applied: bool, events: int) -> Any:
        """As a turn does; `applied=False` is a turn whose events were ignored, which changes no version."""
        assert seen.session is not None
        new = dataclasses.replace(seen.session, version=seen.session.version + events, turn=seen.events) if applied else seen.session
        log = [LoggedEvent(NOW, ev.NoInput(1), applied)] * events
        try:
            with self.db.write() as c:
                if applied:
                    self.calls.update(c, new, seen.session.version, NOW)
                self.calls.append(c, CALL, seen.events + 1, log)
        except (Conflict, sa.exc.IntegrityError):
            return None
        assert seen.events == self.written, "only what was worked out from the newest could be written"
        self.written += events
        self.applied += events if applied else 0
        return (new, seen.events + events, seen.events)

    @rule(save=consumes(saves))
    def save_late(self, save: Any) -> None:
        if save is not None:
            self.calls.remember(*save)

    @rule()
    def flush(self) -> None:
        servers.redis().flush()

    @invariant()
    def the_log_has_every_event_once_and_the_session_is_its_fold(self) -> None:
        loaded = self.calls.load(CALL)
        assert loaded.session is not None
        assert loaded.events == self.written == len(self.calls.log_of(CALL))
        assert loaded.session.version == self.applied == sum(e.applied for e in self.calls.log_of(CALL))

    @invariant()
    def a_copy_is_never_wrong_about_its_own_moment(self) -> None:
        copy = self.calls.load(CALL, fresh=False)
        if copy.cached and copy.events == self.written:
            assert copy.session == self.calls.load(CALL).session

    def teardown(self) -> None:
        self.link.close()
        self.db.close()
        self.folder.cleanup()


Workers.TestCase.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
TestWorkers = Workers.TestCase
