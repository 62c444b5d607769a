"""Consent, promises, sends, retries, reports and revocations in any order: nothing ever leaves for an address that revoked.

The machine drives the real stores, the real last gate and the real follow-ups; the provider is a list that may refuse, lose or
hang as Twilio does. What it was handed is compared with a model of who had said what at that moment.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from ivr.contact.gate import Gate
from ivr.errors import Unavailable
from ivr.ops.metrics import Metrics
from ivr.runtime.message_outcomes import MessageOutcomes
from ivr.store.consent import Consents, Entry
from ivr.store.db import Database
from ivr.store.promises import NewPromise, Promises
from tests.examples import examples

NUMBERS = st.sampled_from(["+12025550143", "+12025550144", "+17875550145"])
MAILS = st.sampled_from(["", "ana@example.org", "Ana@Example.org", "luis@example.org"])
SOURCES = st.sampled_from(["voice", "key", "sms", "email", "staff"])
ANSWERS = st.sampled_from(["ok", "ok", "lost", 21610, 21614, 500, 429])
REPORTS = st.sampled_from([("sent", None), ("delivered", None), ("undelivered", 30003), ("undelivered", 30006), ("failed", 21610),
                           ("failed", 30034), ("queued", None)])


class StoppedClock:
    def __init__(self) -> None:
        self.time = datetime(2026, 3, 10, 14, 5, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def monotonic_s(self) -> float:
        return self.time.timestamp()


class Provider:
    """Takes what it is handed, and answers as it was told to."""

    def __init__(self, machine: ConsentMachine, channel: str):
        self.machine, self.channel = machine, channel
        self.answer: str | int = "ok"
        self.taken: list[str] = []

    def send(self, key: str, payload: dict) -> str:
        self.machine.left.append((self.channel, payload["to"], payload.get("purpose", "all"), key))
        if self.machine.is_revoked(self.channel, payload["to"], payload.get("purpose", "all")):
            self.machine.wrong.append(key)
        if self.answer == "lost":
            raise Unavailable("no answer", uncertain=True, code="timeout")
        if isinstance(self.answer, int):
            raise Unavailable("refused", retryable=self.answer in (429, 500), code=str(self.answer))
        self.taken.append(key)
        return f"SM{len(self.taken)}-{key}"

    def find(self, key: str, payload: dict, since: datetime) -> str | None:
        return None


class ConsentMachine(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.db = Database(f"sqlite:///{Path(self.folder.name) / 'ivr.db'}")
        self.clock, self.n = StoppedClock(), 0
        self.promises, self.consents = Promises(self.db), Consents(self.db)
        self.outcomes = MessageOutcomes(self.db, self.clock, Metrics())
        self.providers = {c: Provider(self, c) for c in ("sms", "email")}
        self.gates = {c: Gate(c, p, self.consents, self.outcomes) for c, p in self.providers.items()}
        self.revoked: dict[tuple[str, str], str] = {}
        self.left: list[tuple[str, str, str, str]] = []
        self.wrong: list[str] = []

    def is_revoked(self, channel: str, address: str, purpose: str) -> bool:
        scope = self.revoked.get((channel, address.lower()), "")
        return scope == "all" or (scope == "notice" and purpose == "notice")

    # -- what people do ---------------------------------------------------------------------------------------------

    @rule(number=NUMBERS, email=MAILS, notice=st.booleans())
    def promise_text(self, number: str, email: str, notice: bool) -> None:
        self.n += 1
        payload = {"to": number, "text": "hello", "language": "en", "message": "link", "email": email or None, "email_text": "hello",
                   "email_subject": "Hi", **({"purpose": "notice"} if notice else {})}
        self._write(f"message:CA{self.n}:x:1", "sms", payload)

    @rule(email=MAILS.filter(bool), notice=st.booleans())
    def promise_mail(self, email: str, notice: bool) -> None:
        self.n += 1
        payload = {"to": email, "text": "hello", "subject": "Hi", "language": "en", **({"purpose": "notice"} if notice else {})}
        self._write(f"message:CA{self.n}:x:1", "email", payload)

    @rule(number=NUMBERS, source=SOURCES)
    def revoke_texts(self, number: str, source: str) -> None:
        self.consents.change(Entry(number, "sms", "revoked", source), self.clock.now())
        self.revoked["sms", number] = "all"

    @rule(email=MAILS.filter(bool), purpose=st.sampled_from(["all", "notice"]))
    def revoke_mails(self, email: str, purpose: str) -> None:
        self.consents.change(Entry(email, "email", "revoked", "email", purpose), self.clock.now())
        if self.revoked.get(("email", email.lower())) != "all":
            self.revoked["email", email.lower()] = purpose

    @rule(number=NUMBERS)
    def start_again(self, number: str) -> None:
        self.consents.change(Entry(number, "sms", "resumed", "sms"), self.clock.now())
        self.revoked.pop(("sms", number), None)

    @rule(number=NUMBERS, answer=st.sampled_from(["yes", "no"]))
    def answer_in_a_call(self, number: str, answer: str) -> None:
        """Evidence, which lifts no revocation."""
        with self.db.write() as connection:
            self.consents.note(connection, Entry(number, "sms", answer, "voice", wording="offer_text"), self.clock.now())

    # -- what workers and carriers do -------------------------------------------------------------------------------

    @rule(channel=st.sampled_from(["sms", "email"]), answer=ANSWERS, seconds=st.integers(0, 2000), between=st.booleans(), number=NUMBERS)
    def work(self, channel: str, answer: str | int, seconds: int, between: bool, number: str) -> None:
        self.clock.time += timedelta(seconds=seconds)
        self.providers[channel].answer = answer
        claimed = self.promises.claim("w", self.clock.now(), 30, limit=3)
        if between:  # STOP between the claim and the sending
            self.revoke_texts(number, "sms")
        for each in claimed:
            self._perform(each)

    def _perform(self, each) -> None:
        self.promises.start(each, self.clock.now())
        try:
            sid = self.gates[each.name].send(each.key, each.payload)
        except Unavailable as error:
            if error.code == "21610":
                self.revoked[each.name, each.payload["to"].lower()] = "all"
            state = "unknown" if error.uncertain else "retry" if error.retryable else "failed"
            due = self.clock.now() + timedelta(seconds=60)
            return self.promises.finish(each, state, self.clock.now(), note=error.code, due_at=due)
        self.promises.finish(each, "done", self.clock.now(), provider_id=sid)

    @rule(report=REPORTS, pick=st.integers(0, 50), times=st.integers(1, 3))
    def carrier_reports(self, report: tuple[str, int | None], pick: int, times: int) -> None:
        if not self.providers["sms"].taken:
            return
        taken = self.providers["sms"].taken
        place = pick % len(taken)
        key = taken[place]
        for _ in range(times):
            self.outcomes.reported(f"SM{place + 1}-{key}", key, *report)
        if report[1] == 21610:
            to = self.promises.get(key)["payload"]["to"]
            if self.consents.revoked(to, "sms"):
                self.revoked["sms", to] = "all"

    # -- what must hold ---------------------------------------------------------------------------------------------

    @invariant()
    def nothing_left_for_a_revoked_address(self) -> None:
        assert not getattr(self, "wrong", [])

    @invariant()
    def nothing_is_followed_up_twice(self) -> None:
        if hasattr(self, "promises"):
            firsts = Counter(p["key"].split(":again")[0].split(":email")[0] for p in self.promises.all())
            assert all(count <= 3 for count in firsts.values())

    @invariant()
    def the_record_agrees(self) -> None:
        for (channel, address), scope in getattr(self, "revoked", {}).items():
            assert self.consents.revoked(address, channel, scope)

    def teardown(self) -> None:
        if hasattr(self, "db"):
            self.db.close()
            self.folder.cleanup()

    def _write(self, key: str, channel: str, payload: dict) -> None:
        now = self.clock.now()
        with self.db.write() as connection:
            self.promises.insert(connection, NewPromise(key, "message", channel, "CA1", payload, now, now + timedelta(hours=24)), now)


TestConsent = ConsentMachine.TestCase
TestConsent.settings = settings(max_examples=examples(30), stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck))
