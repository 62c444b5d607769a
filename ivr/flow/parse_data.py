"""bundle.yaml, facts.yaml, calendar.yaml and env/*.yaml to the model. Pure. Called by `flow.parse`."""

from __future__ import annotations

import itertools
import re
from datetime import date, time
from zoneinfo import ZoneInfo

from ivr.errors import Problem
from ivr.flow.complaints import key_mark, mark_at, problem, read_as
from ivr.flow.mark import Mark
from ivr.flow.model import Bindings, Line, LookupBinding
from ivr.flow.model_calendar import Calendar, OpenHours
from ivr.flow.model_words import Fact
from ivr.flow.schemas import BundleShape, EnvShape
from ivr.flow.schemas_rules import CalendarShape, FactsShape
from ivr.flow.tree import Items, Scalar, Table, Tree

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")
_MIDNIGHT = time(23, 59, 59, 999999)
"""24:00, the end of a day."""
_WRONG_HOURS = "Callers would be told that the lines are closed when they are open, or the reverse."
_HOLIDAY_YEARS = range(2025, 2036)
"""Holidays are written out at load; a later year needs a newer release."""


_TRUTH_VALUES = ("no", "on")
"""Language codes that are truth values to other YAML programs: Norwegian is the famous one."""


def parse_bundle_file(tree: Tree, problems: list[Problem]) -> BundleShape | None:
    languages = tree.entries.get("languages") if isinstance(tree, Table) else None
    for item in languages.items if isinstance(languages, Items) else ():
        if isinstance(item, Scalar) and item.plain and item.text in _TRUTH_VALUES:
            problems.append(problem(item.mark, "E-YAML", f'"{item.text}" without quotes is a truth value to other programs',
                                    consequence="An editor would take the language for false.", hint=f'write "{item.text}" in quotes'))
    return read_as(BundleShape, tree, problems)


def lines_of(shape: BundleShape) -> dict[str, Line]:
    return {name: Line(name, s.flow, s.numbers, s.channel, s.language, s.textable, s.rows)
            for name, s in shape.lines.items()}


def parse_facts(tree: Tree, problems: list[Problem]) -> dict[str, Fact]:
    shape = read_as(FactsShape, tree, problems)
    found = {}
    for name, fact in (shape.facts if shape else {}).items():
        review = _day(fact.review_by, mark_at(tree, ("facts", name, "review_by")), problems) if fact.review_by else None
        found[name] = Fact(fact.value, fact.spoken, fact.source, review, mark_at(tree, ("facts", name)),
                           fact.step or "", fact.rows, fact.written)
    return found


def parse_env(tree: Tree, problems: list[Problem]) -> Bindings | None:
    shape = read_as(EnvShape, tree, problems)
    if shape is None:
        return None
    lookups = {name: LookupBinding(s.url, s.timeout_s) for name, s in shape.lookups.items()}
    return Bindings(shape.recognizer, shape.voices, shape.queues, lookups)


def parse_calendar(tree: Tree, problems: list[Problem]) -> Calendar | None:
    shape = read_as(CalendarShape, tree, problems)
    if shape is None:
        return None
    if not _is_zone(shape.timezone):
        problems.append(problem(mark_at(tree, ("timezone",)), "E-SCHEMA", f'"{shape.timezone}" is not a time zone',
                                hint="write a name such as America/New_York"))
        return None
    week = {_DAYS.index(d): _hours(text, mark_at(tree, ("week", d)), problems) for d, text in shape.week.items()}
    overrides = {}
    for text, hours in shape.overrides.items():
        day = _day(text, key_mark(tree, ("overrides", text)), problems)
        if day:
            overrides[day] = _hours(hours, mark_at(tree, ("overrides", text)), problems)
    country = shape.holidays or ""
    days = _holidays(country, mark_at(tree, ("holidays",)), problems) if country else frozenset()
    closed = (days - overrides.keys()) | {d for d, hours in overrides.items() if not hours}
    return Calendar(shape.timezone, week, country, frozenset(closed), overrides)


def _hours(text: str, mark: Mark, problems: list[Problem]) -> tuple[OpenHours, ...]:
    """`08:00-20:00`, several joined by commas, or `closed`."""
    if text == "closed":
        return ()
    matches = [_HOURS.fullmatch(part.strip()) for part in text.split(",")]
    if not all(matches):
        problems.append(problem(mark, "E-SCHEMA", f'"{text}" is not opening hours',
                                hint='write "08:00-20:00", several joined by commas, or closed'))
        return ()
    clocks = [(_clock(m[1], m[2]), _clock(m[3], m[4])) for m in matches if m]
    found = [OpenHours(a, b) for a, b in clocks if a is not None and b is not None]
    if len(found) < len(clocks):
        problems.append(problem(mark, "E-TIME", f'the hours "{text}" are outside 00:00-24:00', consequence=_WRONG_HOURS,
                                hint="write times of one day; hours past midnight belong to the next day"))
        return ()
    if any(h.start >= h.end for h in found) or any(a.end > b.start for a, b in itertools.pairwise(found)):
        problems.append(problem(mark, "E-TIME", f'the hours "{text}" overlap or end before they begin', consequence=_WRONG_HOURS,
                                hint="write them in order; hours past midnight belong to the next day"))
        return ()
    return tuple(found)


def _clock(hour: str, minute: str) -> time | None:
    if (hour, minute) == ("24", "00"):
        return _MIDNIGHT
    return time(int(hour), int(minute)) if int(hour) < 24 and int(minute) < 60 else None


def _day(text: str, mark: Mark, problems: list[Problem]) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        problems.append(
            problem(mark, "E-SCHEMA", f'"{text}" is not a day of the calendar', hint="write it as 2026-12-24")
        )
        return None


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return False
    return True


def _holidays(country: str, mark: Mark, problems: list[Problem]) -> frozenset[date]:
    import holidays  # here, because it takes a seventh of a second that a bundle without holidays need not pay

    try:
        return frozenset(holidays.country_holidays(country, years=_HOLIDAY_YEARS, observed=True))
    except NotImplementedError:
        problems.append(problem(mark, "E-SCHEMA", f'no holidays are known for "{country}"',
                                hint="write a country code such as US, or list the days under overrides"))
        return frozenset()
