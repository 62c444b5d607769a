"""Laws of the flow language's readers: no text gives a traceback, guards mean what they say."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ivr.errors import BundleProblems
from ivr.flow.calendar import add_business_days, is_business_day, is_open, local, next_opening
from ivr.flow.expr import Both, Comparison, Either, ExprError, Not, Truth, evaluate, is_total, names, parse_expr
from ivr.flow.load import bundle_from_files, read_files
from ivr.flow.model_calendar import Calendar, OpenHours
from ivr.flow.report import as_json, as_text
from ivr.flow.source import read_tree
from ivr.flow.tree import plain, scalars
from ivr.proof.examine import problems_in
from tests.examples import examples

STARTER = dict(read_files(Path(__file__).parents[2] / "flows" / "starter").files)
YAMLISH = st.text(alphabet="ab:-[]{}&*!|>#'\"%@`,?~ \n\t\\0é\x85\u2028\ufeff\x00", max_size=80)


# -- source -----------------------------------------------------------------------------------------------------------


@given(st.one_of(st.text(max_size=200), YAMLISH, st.binary(max_size=200)))
@example("\ud800")
@example("a: &a [*a]")
@example("? [a]\n: b")
@settings(max_examples=examples(300))
def test_no_text_gives_a_traceback(text: str | bytes):
    tree, problems = read_tree(text, "f.yaml")
    assert tree is not None or problems or plain(tree) is None
    for p in problems:
        assert p.line >= 1
        assert p.column >= 1
        assert p.message
        assert p.hint


plain_values = st.recursive(st.text(max_size=8), lambda inner: st.lists(inner, max_size=3)
                            | st.dictionaries(st.text(max_size=6), inner, max_size=3), max_leaves=12)


@given(plain_values)
def test_what_yaml_writes_we_read(value: object):
    text = yaml.safe_dump(value, default_style='"', allow_unicode=True)
    tree, problems = read_tree(text, "f.yaml")
    assert problems == []
    assert plain(tree) == value


@given(st.lists(st.from_regex(r"[a-z0-9_]{1,8}", fullmatch=True), min_size=1, max_size=6))
def test_marks_point_at_the_very_word(words: list[str]):
    text = "".join(f"k{n}:\n  - {word}\n" for n, word in enumerate(words))
    tree, _ = read_tree(text, "f.yaml")
    lines = text.split("\n")
    for scalar in scalars(tree):
        m = scalar.mark
        assert lines[m.line - 1][m.column - 1:m.column - 1 + m.length] == scalar.text


# -- whole bundles ----------------------------------------------------------------------------------------------------


@given(st.data())
@settings(max_examples=examples(150), suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_a_damaged_bundle_gives_problems_and_never_a_traceback(data: st.DataObject):
    name = data.draw(st.sampled_from(sorted(STARTER)))
    text = STARTER[name].decode()
    start = data.draw(st.integers(0, len(text)))
    end = min(len(text), start + data.draw(st.integers(0, 30)))
    files = STARTER | {name: (text[:start] + data.draw(YAMLISH) + text[end:]).encode()}
    found = problems_in(files, datetime(2026, 3, 10, tzinfo=UTC))
    assert found == sorted(found)
    assert as_text(found, files, "x")
    assert as_json(found, "x", "", {})
    if not any(p.severity == "error" for p in found):
        assert bundle_from_files(files).hash
    for p in found:
        assert p.file in files or p.file in ("env", "queues.yaml", "policy.yaml", "intents/es.yaml", "intents/en.yaml")
        assert p.line <= files.get(p.file, b"").decode().count("\n") + files.get(p.file, b"").decode().count("\x85") + \
            files.get(p.file, b"").decode().count("\u2028") + files.get(p.file, b"").decode().count("\r") + 2


@given(st.sampled_from(sorted(STARTER)), st.data())
@settings(max_examples=examples(60), deadline=None)
def test_a_lost_line_loads_or_is_explained(name: str, data: st.DataObject):
    lines = STARTER[name].decode().split("\n")
    lost = data.draw(st.integers(0, len(lines) - 1))
    files = STARTER | {name: "\n".join(lines[:lost] + lines[lost + 1:]).encode()}
    try:
        bundle_from_files(files)
    except BundleProblems as caught:
        assert all(p.message for p in caught.problems)


# -- guards -----------------------------------------------------------------------------------------------------------

NAMES = ("a", "b.c", "hours")
VALUES = ("x", "y", "z")
leaves = st.builds(lambda n, v, neg: Comparison(n, tuple(v), neg), st.sampled_from(NAMES),
                   st.lists(st.sampled_from(VALUES), min_size=1, max_size=3), st.booleans())
guards = st.recursive(leaves | st.builds(Truth, st.just("p.eligible")), lambda inner: st.builds(Not, inner)
                      | st.lists(inner, min_size=2, max_size=3).map(lambda p: Both(tuple(p)))
                      | st.lists(inner, min_size=2, max_size=3).map(lambda p: Either(tuple(p))), max_leaves=8)
environments = st.fixed_dictionaries({**{n: st.sampled_from(VALUES) for n in NAMES}, "p.eligible": st.booleans()})
DOMAINS = {**dict.fromkeys(NAMES, VALUES), "p.eligible": (True, False)}


def written(e: object) -> str:
    if isinstance(e, Comparison):
        return f"{e.name} {'not in' if e.negated else 'in'} [{', '.join(e.values)}]"
    if isinstance(e, Truth):
        return e.name
    if isinstance(e, Not):
        return f"not ({written(e.inner)})"
    word = " and " if isinstance(e, Both) else " or "
    return "(" + word.join(written(p) for p in e.parts) + ")"


@given(guards, environments)
def test_a_guard_that_is_written_and_read_means_the_same(guard, env):
    again = parse_expr(written(guard))
    assert evaluate(again, env) is evaluate(guard, env)
    assert names(again) == names(guard)


@given(st.one_of(st.text(max_size=60), st.text(alphabet="ab .()[],=!notandri", max_size=60)))
def test_no_guard_gives_a_traceback(text: str):
    try:
        parse_expr(text)
    except ExprError as error:
        assert 1 <= error.column <= len(text) + 1
        assert error.message


@given(st.lists(guards, min_size=1, max_size=3), environments)
def test_totality_is_what_it_says(rows, env):
    missing = is_total(rows, DOMAINS)
    if missing is None:
        assert any(evaluate(row, env) for row in rows)
    else:
        assert not any(evaluate(row, env | missing) for row in rows)


# -- calendar ---------------------------------------------------------------------------------------------------------

moments = st.datetimes(datetime(2025, 1, 1), datetime(2030, 1, 1)).map(lambda d: d.replace(tzinfo=UTC))
spans = st.tuples(st.integers(0, 22), st.integers(1, 23)).filter(lambda p: p[0] < p[1])
calendars = st.builds(
    lambda zone, days, holidays: Calendar(zone, {d: (OpenHours(time(a), time(b)),) for d, (a, b) in days.items()}, "",
                                          frozenset(h.date() for h in holidays)),
    st.sampled_from(["America/New_York", "Europe/Madrid", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"]),
    st.dictionaries(st.integers(0, 6), spans, min_size=1), st.lists(moments, max_size=5))


@given(calendars, moments)
@settings(deadline=None)
def test_the_next_opening_is_open_and_nothing_opens_before(calendar: Calendar, now: datetime):
    found = next_opening(calendar, now)
    assert found is not None
    assert found > now
    assert is_open(calendar, found) or local(calendar, found).dst() != local(calendar, found + timedelta(hours=2)).dst()
    if not is_open(calendar, now):
        for part in (0.25, 0.5, 0.75):
            assert not is_open(calendar, now + (found - now) * part)


@given(calendars, moments, st.integers(1, 40))
@settings(deadline=None)
def test_business_days_end_on_a_business_day_and_grow(calendar: Calendar, now: datetime, n: int):
    end = add_business_days(calendar, now, n)
    assert end > now
    day = local(calendar, end - timedelta(minutes=1)).date()
    assert is_business_day(calendar, day)
    assert add_business_days(calendar, now, n + 1) > end
