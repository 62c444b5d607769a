"""Whole calls against a case system, by webhook, in virtual time: what is heard, when, and what guessing gets."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ivr.cases.fake import CASES, NO_ANSWER
from ivr.ops import logs
from ivr.store.alarms import Alarms
from ivr.testing.emulated_call import EmulatedCall
from ivr.testing.webhook_sender import Faults
from tests.cases.inline import inline
from tests.rim.site import Site, site

BORN = {r: c.answers["date_of_birth"] for r, c in CASES.items()}
KEYS = {"IOE": "463", "EAC": "322", "WAC": "922", "LIN": "546", "SRC": "772", "MSC": "672"}
CALLER, LAWYER = "+12025550199", "+12025550143"


@pytest.fixture
def offices(tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """Sites whose clock is moved by the pauses that the carrier makes, and by nothing else."""
    opened: list[Any] = []

    def make(**settings: Any) -> Site:
        opened.append(site(tmp_path / str(len(opened)), **{"cases_source": "fake", **settings}))
        (tmp_path / str(len(opened) - 1)).mkdir()
        office = opened[-1].__enter__()
        office.carrier.pauses = office.clock.advance
        inline(office)
        return office

    yield make
    for each in reversed(opened):
        each.__exit__(None, None, None)


@pytest.fixture
def office(offices: Callable[..., Site]) -> Site:
    return offices()


def asked_for_birth(office: Site, receipt: str, caller: str = CALLER, said: str = "where is my case", first: str = "1") -> EmulatedCall:
    call = office.call(from_=caller)
    call.say(said)
    call.press(first)
    call.press(KEYS[receipt[:3]] + receipt[3:])
    call.press("1")
    return call


def answered(office: Site, receipt: str, born: str, **how: str) -> EmulatedCall:
    call = asked_for_birth(office, receipt, **how)
    call.press(f"{born[5:7]}{born[8:]}{born[:4]}")
    call.press("1")
    return call


def words(call: EmulatedCall) -> str:
    return str(call.heard_text)


STATUS = {"IOE0000000001": "waiting for an officer", "IOE0000000002": "asked for more evidence", "EAC0000000003": "There is an appointment",
          "WAC0000000004": "There is a decision", "LIN0000000005": "mailed a card", "SRC0000000006": "moved to another of our offices",
          "MSC0000000007": "cannot put in a few words"}


@pytest.mark.parametrize("receipt", STATUS)
def test_a_verified_caller_hears_where_the_case_stands(office: Site, receipt: str) -> None:
    call = answered(office, receipt, BORN[receipt])
    assert STATUS[receipt] in words(call) and "One moment" in words(call)
    assert ("how it stands since" in words(call)) == (receipt != "MSC0000000007")
    assert not call.errors and call.paused_s == 4


def test_in_spanish(office: Site) -> None:
    call = office.call(from_=CALLER)
    call.press("2")
    call.say("cómo va mi caso")
    call.press("1")
    call.press("4630000000001")
    call.press("1")
    call.press("05041990")
    call.press("1")
    assert "Recibimos el caso" in words(call) and "Un momento, por favor" in words(call)
    assert "Así está desde el martes, 20 de enero de 2026" in words(call)


def test_a_day_that_is_still_to_come_is_not_told(office: Site) -> None:
    """What another system says of tomorrow is a fault of it, or of our clock."""
    office.clock.advance(-60 * 86_400)
    call = answered(office, "IOE0000000001", BORN["IOE0000000001"])
    assert STATUS["IOE0000000001"] in words(call) and "how it stands since" not in words(call)


def test_not_found_and_not_yours_are_the_same_words_at_the_same_moment(office: Site) -> None:
    heard = {}
    for name, receipt, born in (("not yours", "IOE0000000001", "1990-05-05"), ("no such case", "IOE1111111111", "1990-05-04")):
        begun = office.clock.monotonic_s()
        call = answered(office, receipt, born)
        heard[name] = (words(call), call.paused_s, office.clock.monotonic_s() - begun, call.errors)
    assert heard["not yours"] == heard["no such case"]
    assert "could not match these answers" in heard["not yours"][0] and heard["not yours"][1:] == (4, 4, [])


def test_locked_is_told_at_the_same_moment(office: Site) -> None:
    calls = [answered(office, "IOE0000000001", "1990-05-05") for _ in range(6)]
    assert "too many answers" not in words(calls[4]) and "too many answers" in words(calls[5])
    assert {c.paused_s for c in calls} == {4}
    assert "too many answers" in words(answered(office, "IOE0000000001", BORN["IOE0000000001"])), "and the right one is none then"


def test_a_system_that_fails_is_said_so_at_the_same_moment(office: Site) -> None:
    call = answered(office, NO_ANSWER, "1990-05-04")
    assert "could not check your answers" in words(call) and call.paused_s == 4
    assert "case" in words(call) and call.gathering, "and the way on the web is offered"


def test_a_lookup_that_never_answers_is_given_up_by_whoever_comes_back(office: Site) -> None:
    """As after a server was stopped: the next one asks again, and the caller does not wait for ever."""
    class Never:
        def submit(self, *args: Any) -> None:
            """Nothing ever comes of it."""

        def shutdown(self, **how: Any) -> None: ...

    office.services.slow._executor = Never()  # type: ignore[assignment]
    call = answered(office, "IOE0000000001", "1990-05-04")
    assert "could not check your answers" in words(call) and not call.errors


def test_only_the_representative_on_the_form_is_told(office: Site) -> None:
    said = "I'm an attorney calling for my client"
    assert STATUS["WAC0000000004"] in words(answered(office, "WAC0000000004", BORN["WAC0000000004"], caller=LAWYER, said=said))
    other = words(answered(office, "WAC0000000004", BORN["WAC0000000004"], caller=CALLER, said=said))
    assert STATUS["WAC0000000004"] not in other and "could not check whether your" in other
    none = words(answered(office, "IOE0000000001", BORN["IOE0000000001"], caller=LAWYER, said=said))
    assert STATUS["IOE0000000001"] not in none and "is not in this case yet" in none


def test_without_a_case_system_nobody_is_asked_for_anything(offices: Callable[..., Site]) -> None:
    call = offices(cases_source="none").call(from_=CALLER)
    call.say("where is my case")
    assert "security questions" not in words(call) and "receipt number" in words(call).lower()


def test_a_repeated_webhook_is_no_second_try(offices: Callable[..., Site]) -> None:
    office = offices(faults=Faults(repeat=2))
    for _ in range(4):
        answered(office, "IOE0000000001", "1990-05-05")
    source = office.services.cases._source  # type: ignore[union-attr]
    assert source.asked == 4
    assert "could not match" in words(answered(office, "IOE0000000001", "1990-05-05")), "the fifth is still a try"


# -- guessing -------------------------------------------------------------------------------------------------------------

def test_ten_thousand_guesses_from_many_numbers_stop_at_the_limits_and_are_told(offices: Callable[..., Site]) -> None:
    """Every guess from another number of another block, at another case, within an hour: only the counter of all is left."""
    office = offices(cases_keep_s=0.0)
    desk, source = office.services.cases, office.services.cases._source  # type: ignore[union-attr]
    results = {"verified": 0, "not_verified": 0, "locked": 0}
    for n in range(10_000):
        area, line = 201 + n % 700, 1_000_000 + n * 613 % 9_000_000
        given = {"receipt": f"IOE{n + 1000:010d}", "date_of_birth": "1990-05-04"}
        results[desk.verify(f"CA{n}", f"+1{area}{line}", given)] += 1  # type: ignore[union-attr]
        office.clock.advance(0.3)
    assert results == {"verified": 0, "not_verified": source.asked, "locked": 10_000 - source.asked}
    assert 250 <= source.asked <= 300, "300 in an hour, and 10,000 guesses in 50 minutes"
    alarms = {a.name: a for a in Alarms(office.services.db).recent(office.clock.now())}
    assert alarms["case_guessing"].detail == "everybody" and alarms["case_guessing"].count > 1
    assert office.services.metrics.registry.get_sample_value("ivr_alarms_total", {"name": "case_guessing"}) == results["locked"]


@pytest.mark.parametrize(("callers", "receipts", "most"), [
    (lambda n: "+12025550100", lambda n: f"IOE{n:010d}", 5), (lambda n: "", lambda n: f"IOE{n:010d}", 20),
    (lambda n: f"+1202555{n % 500:04d}", lambda n: f"IOE{n:010d}", 20),
    (lambda n: f"+1{201 + n % 700}{2000000 + n}", lambda n: "IOE0000000001", 5)])
def test_guesses_of_one_number_hidden_numbers_a_block_and_at_one_case(
        offices: Callable[..., Site], callers: Callable[[int], str], receipts: Callable[[int], str], most: int) -> None:
    office = offices(cases_keep_s=0.0)
    desk, source = office.services.cases, office.services.cases._source  # type: ignore[union-attr]
    for n in range(600):
        desk.verify(f"CA{n}", callers(n), {"receipt": receipts(n + 1000), "date_of_birth": "1901-01-01"})  # type: ignore[union-attr]
    assert source.asked == most


# -- nothing of it is anywhere ------------------------------------------------------------------------------------------------

def test_nothing_of_a_case_or_an_answer_is_logged_or_kept_in_the_clear(offices: Callable[..., Site], tmp_path: Path) -> None:
    out = io.StringIO()
    logs.configure("debug", out)
    office = offices()
    for receipt, born in (("WAC0000000004", "1979-07-19"), ("WAC0000000004", "1979-07-18"), (NO_ANSWER, "1979-07-19")):
        answered(office, receipt, born)
    canaries = re.compile(r"WAC0000000004|IOE0000000008|1979-07-1[89]|07191979|07181979|2025550143|Case Was Approved|Se aprobó", re.I)
    assert not canaries.findall(out.getvalue())
    assert not canaries.findall(office.services.metrics.text().decode())
    office.services.db.close()
    for path in (tmp_path / "0").glob("ivr.db*"):
        assert not canaries.findall(path.read_bytes().decode("latin-1")), path.name
