"""Whatever an author writes, a lint answers with problems at their place, and never with a traceback."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.errors import BundleProblems
from ivr.flow.lints import lint
from ivr.flow.lints.facts import raw_values
from ivr.flow.scalar_traps import TRUTH, cure
from ivr.flow.source_text import readable
from tests.bundle_edits import HARBOR, bundle_of
from tests.examples import examples

EN, BUSY = "prompts/en.yaml", '"Mondays are our busiest day."'
WORDS = st.text(st.characters(codec="utf-8", exclude_characters='"\\{}', exclude_categories=("Cc", "Cs", "Zl", "Zp", "Cf")), min_size=1,
                max_size=120)
CALM = settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])


@given(WORDS)
@CALM
def test_any_words_in_a_prompt(words: str) -> None:
    try:
        bundle = bundle_of(HARBOR, (EN, BUSY, f'"{words}"'))
    except BundleProblems as refused:
        assert all(p.code in ("E-SCHEMA", "E-YAML") for p in refused.problems)
        return
    lines = bundle.files[EN].decode().split("\n")
    for p in lint(bundle):
        assert p.hint and p.message and p.consequence
        if p.file == EN:
            assert 1 <= p.column <= len(lines[p.line - 1]) + 1
            assert p.column + p.length <= len(lines[p.line - 1]) + 2


@given(st.integers(1, 120), st.sampled_from(["hours", "business days", "weeks", "minutes", "días", "meses", "días hábiles"]))
@CALM
def test_a_duration_is_found_and_a_fact_in_its_place_is_not(number: int, unit: str) -> None:
    raw = bundle_of(HARBOR, (EN, BUSY, f'"It takes {number} {unit}."'))
    assert [p.code for p in raw_values(raw)] == ["E-FACT"]
    kept = bundle_of(HARBOR, ("facts.yaml", "value: 24 hours, spoken: {en: 24 hours",
                              f"value: {number} {unit}, spoken: {{en: {number} {unit}"))
    assert list(raw_values(kept)) == []


@given(st.text(max_size=30), st.sampled_from([TRUTH, "a whole number such as 12"]))
def test_every_word_has_a_cure(word: str, wanted: str) -> None:
    assert cure(word, wanted).startswith(("write ", "leave "))


@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_a_problem(data: bytes) -> None:
    text, problems = readable(data, "a.yaml")
    assert (text is not None) or problems
    assert all(p.code == "E-YAML" and p.hint and p.line >= 1 and p.column >= 1 for p in problems)
