"""What calls ask about cases: who somebody is, whether a Form G-28 is on file, where a case stands.

Behind it are the source with a breaker in front, the counters of tries, and the cases kept for a moment. Nothing about a case
leaves this desk without the right answers to the deployment's questions **in the same question**: the flow's policy says when
a status may be asked for, and here the answers are compared again, so that a flow which forgets to verify, or exchanges the
receipt number afterwards, gets `unknown`. Called by `runtime.lookups` in threads that may wait.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from ivr.cases.guesses import Guesses
from ivr.cases.identity import RECEIPT, belongs, complete
from ivr.cases.kept import KeptCases
from ivr.cases.source import CaseRecord, CaseSource
from ivr.cases.stages import stage_of
from ivr.clock import Clock
from ivr.contact.breaker import Breaker
from ivr.errors import Unavailable
from ivr.ops import logs
from ivr.ops.metrics import Metrics
from ivr.sensitive import Sensitive

log = logs.get("cases")


class CaseDesk:
    def __init__(self, source: CaseSource, guesses: Guesses, clock: Clock, metrics: Metrics, *, questions: tuple[str, ...],
                 give_up_s: float, verify_s: float, keep_s: float):
        """`verify_s`: when an answer about an identity is given, whatever it is and however soon it is known."""
        self.give_up_s, self.verify_s = give_up_s, verify_s
        self._source, self._guesses, self._clock, self._metrics = source, guesses, clock, metrics
        self._questions = questions
        self._kept = KeptCases(keep_s)
        self._lock = threading.Lock()
        self._breaker, self._not_before = Breaker(), datetime.min.replace(tzinfo=clock.now().tzinfo)

    def verify(self, call_id: str, caller: str, given: Mapping[str, str]) -> str:
        """verified | not_verified | locked. Raises Unavailable when it could not be checked."""
        now, receipt = self._clock.now(), given.get(RECEIPT, "")
        if not complete(given, self._questions):
            log.error("verification without all its questions", call=call_id, needs=",".join(self._questions))
            return "not_verified"
        taken = self._guesses.take(call_id, caller, receipt, now)
        if not taken.allowed:
            self._metrics.verifications.labels("locked").inc()
            log.warning("verification refused", call=call_id, full=taken.full)
            return "locked"
        try:
            # A little before the answer is due, so that what the source says is known by then.
            right = belongs(self._case(call_id, receipt, self.verify_s * 0.95 or self.give_up_s), given, self._questions)
        except Unavailable:
            self._guesses.give_back(taken, now)
            self._metrics.verifications.labels("not_checked").inc()
            raise
        if right:
            self._guesses.give_back(taken, now)
        self._metrics.verifications.labels("verified" if right else "not_verified").inc()
        return "verified" if right else "not_verified"

    def status(self, call_id: str, given: Mapping[str, str]) -> str:
        """One of `stages.STAGES`; `unknown` without the right answers. Raises Unavailable."""
        case = self._told(call_id, given)
        return "unknown" if case is None else stage_of(case.status_en)

    def changed_on(self, call_id: str, given: Mapping[str, str]) -> date | None:
        """The day of the last change, as the system has it; None without the right answers. Raises Unavailable."""
        case = self._told(call_id, given)
        return case.changed_on if case else None

    def g28(self, call_id: str, caller: str, given: Mapping[str, str]) -> str:
        """on_file | absent | unknown: by the number that calls, which the form in the case has to name."""
        case = self._told(call_id, given)
        if case is None:
            return "unknown"
        if not case.representatives:
            return "absent"
        return "on_file" if caller and caller in {n.reveal() for n in case.representatives} else "unknown"

    def close(self) -> None:
        self._source.close()

    # -- asking the source --------------------------------------------------------------------------------------

    def _told(self, call_id: str, given: Mapping[str, str]) -> CaseRecord | None:
        """The case, for somebody who gave its answers; None, and an entry in the log, for everybody else."""
        if complete(given, self._questions):
            case = self._case(call_id, given[RECEIPT], self.give_up_s * 0.95)
            if belongs(case, given, self._questions):
                return case
        self._metrics.case_refusals.inc()
        log.error("case details asked for without the right answers", call=call_id)
        return None

    def _case(self, call_id: str, receipt: str, deadline_s: float) -> CaseRecord | None:
        known, case = self._kept.get(call_id, receipt, self._clock.monotonic_s())
        if known:
            return case
        self._knock(self._clock.now())
        begun = self._clock.monotonic_s()
        try:
            case = self._source.find(Sensitive(receipt), deadline_s)
        except Unavailable as error:
            self._failed(error, self._clock.now())
            raise
        finally:
            self._metrics.case_seconds.observe(self._clock.monotonic_s() - begun)
        with self._lock:
            self._breaker = Breaker()
        self._metrics.case_requests.labels("answered").inc()
        self._kept.keep(call_id, receipt, case, self._clock.monotonic_s())
        return case

    def _knock(self, now: datetime) -> None:
        """Raises Unavailable while nobody may ask the source."""
        with self._lock:
            if now < self._not_before or self._breaker.allows(now) == 0:
                self._metrics.case_requests.labels("left_alone").inc()
                raise Unavailable("the case system is left alone for a while", code="left_alone")
            self._breaker = self._breaker.probing(now)

    def _failed(self, error: Unavailable, now: datetime) -> None:
        with self._lock:
            was_open = self._breaker.is_open
            if error.retry_after_s:
                self._not_before = now + timedelta(seconds=error.retry_after_s)
            elif error.retryable:
                self._breaker = self._breaker.failed(now)
            opened = self._breaker.is_open and not was_open
        self._metrics.case_requests.labels(error.code).inc()
        log.warning("case system failed", why=error.code)
        if opened or not error.retryable:
            log.error("case system fails, nobody asks it for a while" if opened else "case system refuses us", why=error.code)
