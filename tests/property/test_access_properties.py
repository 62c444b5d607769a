"""Laws of one-time codes, of when a session is over, and of the chain of the audit."""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ivr.access import recovery, totp
from ivr.access.chain import START, Entry, Head, Verdict, head_of, seal_of, verify
from ivr.access.roles import ROLES, reveals
from ivr.access.session_rules import ABSOLUTE, IDLE, IDLE_REVEALS, is_over

BEGIN = datetime(2026, 3, 10, 14, 0, tzinfo=UTC)
secrets = st.binary(min_size=16, max_size=40)
moments = st.datetimes(datetime(2000, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))
VECTORS = [(59, "94287082", "46119246", "90693936"), (1111111109, "07081804", "68084774", "25091201"),
           (1111111111, "14050471", "67062674", "99943326"), (1234567890, "89005924", "91819424", "93441116"),
           (2000000000, "69279037", "90698825", "38618901"), (20000000000, "65353130", "77737706", "47863826")]
"""RFC 6238, appendix B."""
SEEDS = {"sha1": b"12345678901234567890", "sha256": b"12345678901234567890123456789012",
         "sha512": b"1234567890123456789012345678901234567890123456789012345678901234"}


class TestCodes:
    @pytest.mark.parametrize(("second", "sha1", "sha256", "sha512"), VECTORS)
    def test_the_vectors_of_rfc_6238(self, second: int, sha1: str, sha256: str, sha512: str) -> None:
        step = totp.step_at(datetime.fromtimestamp(second, UTC))
        assert [totp.code_at(SEEDS[a], step, 8, a) for a in SEEDS] == [sha1, sha256, sha512]

    @pytest.mark.parametrize(("counter", "code"), list(enumerate(
        ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"])))
    def test_the_vectors_of_rfc_4226(self, counter: int, code: str) -> None:
        assert totp.code_at(SEEDS["sha1"], counter) == code

    @given(secrets, moments, st.integers(-1, 1))
    def test_a_clock_may_be_one_step_off(self, secret: bytes, now: datetime, off: int) -> None:
        step = totp.step_at(now) + off
        found = totp.accepted_step(secret, totp.code_at(secret, step), now, 0)
        assert found is not None
        assert totp.code_at(secret, found) == totp.code_at(secret, step)

    @given(secrets, moments)
    def test_no_code_is_accepted_twice_nor_one_before_it(self, secret: bytes, now: datetime) -> None:
        last = totp.accepted_step(secret, totp.code_at(secret, totp.step_at(now)), now, 0)
        assert last is not None
        for later in (timedelta(0), timedelta(seconds=30), timedelta(seconds=60)):
            for step in range(last - 2, last + 1):
                again = totp.accepted_step(secret, totp.code_at(secret, step), now + later, last)
                assert again is None or again > last

    @given(secrets, moments, st.integers(2, 10_000).flatmap(lambda n: st.sampled_from([n, -n])))
    def test_other_times_do_not_fit(self, secret: bytes, now: datetime, off: int) -> None:
        code = totp.code_at(secret, totp.step_at(now) + off)
        assume(code not in {totp.code_at(secret, totp.step_at(now) + d) for d in (-1, 0, 1)})
        assert totp.accepted_step(secret, code, now, 0) is None

    @given(secrets, moments, st.text(max_size=30))
    def test_nothing_that_is_typed_breaks_it(self, secret: bytes, now: datetime, typed: str) -> None:
        valid = {totp.code_at(secret, totp.step_at(now) + d) for d in (-1, 0, 1)}
        assert (totp.accepted_step(secret, typed, now, 0) is not None) == ("".join(typed.split()) in valid)

    @given(st.binary(min_size=20, max_size=20))
    def test_the_address_for_apps_holds_the_key_that_is_shown(self, secret: bytes) -> None:
        assert f"secret={totp.shown_secret(secret).replace(' ', '')}&" in totp.uri(secret, "ana", "Front line")
        assert totp.uri(secret, "ana", "Front line").startswith("otpauth://totp/Front%20line:ana?")


class TestRecoveryCodes:
    def test_they_are_many_random_and_readable(self) -> None:
        codes = recovery.new_codes()
        assert len(set(codes)) == recovery.COUNT
        assert all(recovery.normal(c) == c and recovery.normal(c.lower().replace("-", " ")) == c for c in codes)
        assert 18 * 4.52 > 80, "bits of one"

    @given(st.text(max_size=60))
    def test_what_is_none_is_none(self, typed: str) -> None:
        normal = recovery.normal(typed)
        assert normal == "" or len(normal) == 20


class TestSessions:
    @given(st.sampled_from(sorted(ROLES)), st.integers(0, 60_000), st.integers(0, 60_000))
    def test_it_ends_when_nobody_is_there_and_after_half_a_day(self, role: str, seen_s: int, now_s: int) -> None:
        assume(now_s >= seen_s)
        seen, now = BEGIN + timedelta(seconds=seen_s), BEGIN + timedelta(seconds=now_s)
        idle = IDLE_REVEALS if reveals(role) else IDLE
        assert is_over(role, BEGIN, seen, now) == (now - BEGIN >= ABSOLUTE or now - seen >= idle)

    @given(st.sampled_from([*sorted(ROLES), "unknown"]), st.integers(0, 100_000), st.integers(0, 100_000))
    def test_once_over_it_stays_over(self, role: str, now_s: int, later_s: int) -> None:
        now = BEGIN + timedelta(seconds=now_s)
        if is_over(role, BEGIN, BEGIN, now):
            assert is_over(role, BEGIN, BEGIN, now + timedelta(seconds=later_s))

    def test_the_limits_are_those_that_were_asked_for(self) -> None:
        assert timedelta(minutes=15) == IDLE_REVEALS
        assert timedelta(hours=8) == IDLE
        assert timedelta(hours=12) == ABSOLUTE


def mac(content: str) -> str:
    return hmac.new(b"key", content.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


Row = tuple[Entry | None, int, str]
values = st.recursive(st.none() | st.booleans() | st.integers(-10**6, 10**6) | st.text(max_size=8),
                      lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3), max_leaves=4)
contents = st.builds(Entry, st.just(0), st.text(max_size=8), st.text(max_size=8), st.text(max_size=8), st.text(max_size=8), values, values,
                     st.text(max_size=8))


def chain(entries: list[Entry]) -> tuple[list[Row], Head]:
    rows: list[Row] = []
    seal = START
    for seq, entry in enumerate(entries, 1):
        numbered = dataclasses.replace(entry, seq=seq)
        seal = seal_of(numbered, seal, mac)
        rows.append((numbered, seq, seal))
    return rows, head_of(len(rows), seal, mac)


chains = st.lists(contents, min_size=1, max_size=8).map(chain)


class TestChain:
    @given(chains)
    def test_what_was_written_fits(self, written: tuple[list[Row], Head]) -> None:
        rows, head = written
        assert verify(rows, head, mac) == Verdict(len(rows), f"{len(rows)}:{head.seal}")
        assert all(verify(rows, head, mac, f"{seq}:{seal}").is_whole for _, seq, seal in rows)

    def test_nothing_written_fits(self) -> None:
        assert verify([], None, mac).is_whole

    @given(chains, st.data())
    def test_any_edit_of_any_row_is_found_and_named(self, written: tuple[list[Row], Head], data: st.DataObject) -> None:
        rows, head = written
        at = data.draw(st.integers(0, len(rows) - 1))
        entry, seq, seal = rows[at]
        assert entry is not None
        field = data.draw(st.sampled_from(["at", "who", "act", "what", "before", "after", "why", "seal", "unreadable"]))
        if field == "seal":
            rows[at] = (entry, seq, "f" * 64)
        elif field == "unreadable":
            rows[at] = (None, seq, seal)
        else:
            new = data.draw(values if field in ("before", "after") else st.text(max_size=8))
            assume(repr(new) != repr(getattr(entry, field)))
            rows[at] = (dataclasses.replace(entry, **{field: new}), seq, seal)
        assert verify(rows, head, mac) == Verdict(at, verify(rows, head, mac).head, seq, "changed")

    @given(chains, st.data())
    def test_a_row_that_is_gone_is_named(self, written: tuple[list[Row], Head], data: st.DataObject) -> None:
        rows, head = written
        at = data.draw(st.integers(0, len(rows) - 1))
        del rows[at]
        found = verify(rows, head, mac)
        assert (found.at, found.what) == (at + 1, "removed")

    @given(chains, contents)
    def test_a_row_behind_the_head_is_named(self, written: tuple[list[Row], Head], more: Entry) -> None:
        """Even one that was sealed with the key, without the head being moved."""
        rows, head = written
        new = dataclasses.replace(more, seq=len(rows) + 1)
        rows.append((new, new.seq, seal_of(new, head.seal, mac)))
        found = verify(rows, head, mac)
        assert (found.at, found.what) == (new.seq, "added")

    @given(chains, st.data())
    def test_rows_that_are_swapped_or_renumbered_are_found(self, written: tuple[list[Row], Head], data: st.DataObject) -> None:
        rows, head = written
        assume(len(rows) > 1)
        at = data.draw(st.integers(0, len(rows) - 2))
        (a, n, sa), (b, m, sb) = rows[at], rows[at + 1]
        assume(a is not None and b is not None)
        rows[at], rows[at + 1] = (dataclasses.replace(b, seq=n), n, sb), (dataclasses.replace(a, seq=m), m, sa)
        assert verify(rows, head, mac).at == n

    @given(chains)
    def test_a_chain_made_anew_without_the_key_is_found(self, written: tuple[list[Row], Head]) -> None:
        rows, head = written

        def other(content: str) -> str:
            return hmac.new(b"guess", content.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()

        forged: list[Row] = []
        seal = START
        for entry, seq, _ in rows:
            assert entry is not None
            seal = seal_of(entry, seal, other)
            forged.append((entry, seq, seal))
        assert verify(forged, head_of(len(forged), seal, other), mac).at == 1

    @given(chains)
    def test_a_head_that_was_written_by_hand_is_found(self, written: tuple[list[Row], Head]) -> None:
        rows, head = written
        shorter = rows[:-1]
        by_hand = Head(len(shorter), shorter[-1][2] if shorter else START, head.mark)
        assert verify(shorter, by_hand, mac).what == "head"

    @given(chains)
    def test_going_back_to_an_old_head_is_found_by_one_that_was_noted(self, written: tuple[list[Row], Head]) -> None:
        """Rows and head as they truly were an entry ago: only what was noted elsewhere knows of more."""
        rows, head = written
        shorter = rows[:-1]
        old = head_of(len(shorter), shorter[-1][2] if shorter else START, mac)
        assert verify(shorter, old, mac).is_whole
        found = verify(shorter, old, mac, f"{head.seq}:{head.seal}")
        assert (found.at, found.what) == (head.seq, "removed")
