"""facts.yaml, calendar.yaml, bundle.yaml and env/*.yaml to the model. Pure. Called by `flow.parse`."""

from __future__ import annotations

import itertools
import re
from datetime import date, time
from zoneinfo import ZoneInfo

from ivr.errors import Problem
from ivr.flow.complaints import key_mark, mark_at, problem, read_as
from ivr.flow.model import Calendar, Fact, Line, Mark, OpenHours
from ivr.flow.schemas import BundleShape, CalendarShape, EnvShape, FactsShape
from ivr.flow.source import Tree

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
_HOLIDAY_YEARS = range(2025, 2036)
"""Holidays are written out at load; a later year needs a newer release."""


def parse_bundle_file(tree: Tree, problems: list[Problem]) -> BundleShape | None:
    return read_as(BundleShape, tree, problems)


def lines_of(shape: BundleShape) -> dict[str, Line]:
    return {name: Line(name, s.flow, s.numbers, s.channel, s.language, s.textable) for name, s in shape.lines.items()}


def parse_facts(tree: Tree, problems: list[Problem]) -> dict[str, Fact]:
    shape = read_as(FactsShape, tree, problems)
    found = {}
    for name, fact in (shape.facts if shape else {}).items():
        review = _day(fact.review_by, mark_at(tree, ("facts", name, "review_by")), problems) if fact.review_by else None
        found[name] = Fact(fact.value, fact.spoken, fact.source, review, mark_at(tree, ("facts", name)))
    return found


def parse_env(tree: Tree, problems: list[Problem]) -> dict[str, str]:
    shape = read_as(EnvShape, tree, problems)
    return dict(shape.recognizer) if shape else {}


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
    found = []
    for part in text.split(","):
        match = _HOURS.fullmatch(part.strip())
        if not match:
            problems.append(problem(mark, "E-SCHEMA", f'"{text}" is not opening hours',
                                    hint='write "08:00-20:00", several joined by commas, or closed'))
            return ()
        h1, m1, h2, m2 = (int(x) for x in match.groups())
        found.append(OpenHours(time(h1, m1), time(h2, m2)))
    if any(h.start >= h.end for h in found) or any(a.end > b.start for a, b in itertools.pairwise(found)):
        problems.append(problem(mark, "E-TIME", f'the hours "{text}" overlap or end before they begin',
                                hint="write them in order; hours past midnight belong to the next day"))
        return ()
    return tuple(found)


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
