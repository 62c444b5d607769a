"""What callers of the reference bundles hear and get. What a lint or the proof can judge is judged there."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from ivr.flow.check import check
from ivr.flow.lints import lint
from ivr.flow.lints.roles import nodes
from ivr.flow.load import load_bundle
from ivr.flow.model import Bundle

ROOT = Path(__file__).parents[2]
BUNDLES = ("starter", "uscis")
LEAST_PHRASES = 20
"""Phrases of an intent in one language, below which it is not learnt well."""


@pytest.fixture(params=BUNDLES)
def bundle(request: pytest.FixtureRequest) -> Bundle:
    return load_bundle(ROOT / "flows" / request.param)


def test_nothing_to_complain_about(bundle: Bundle) -> None:
    assert check(bundle, datetime(2026, 3, 10, tzinfo=UTC)) == []


def test_no_lint_complains(bundle: Bundle) -> None:
    """Lengths, order of words, languages, facts, texts, personal data: see `flow.lints`."""
    assert [f"{p.file}:{p.line}: {p.message}" for p in sorted(lint(bundle))] == []


def test_every_fact_has_a_source_and_a_review_date(bundle: Bundle) -> None:
    assert [n for n, f in bundle.facts.items() if not f.source or not f.review_by] == []


def test_every_intent_has_enough_phrases() -> None:
    uscis = load_bundle(ROOT / "flows" / "uscis")
    for intent in uscis.intents.values():
        for language in uscis.languages:
            phrases = intent.phrases[language]
            assert len(set(phrases)) == len(phrases) >= LEAST_PHRASES, (intent.id, language)


def test_only_a_policy_opens_a_queue() -> None:
    uscis = load_bundle(ROOT / "flows" / "uscis")
    for _, node in nodes(uscis, "transfer", "promise"):
        assert node.params.policy in uscis.policy.entries
    main = uscis.flows["main"]
    assert main.nodes[main.defaults.places["safe_landing"]].kind == "say"


def test_the_wait_is_announced_before_every_transfer() -> None:
    """You may have to wait, try the online tools first: a rule that the proof watches over."""
    uscis = load_bundle(ROOT / "flows" / "uscis")
    assert [rule.names for rule in uscis.policy.always if rule.form == "heard"] == [("live_help_wait",)]
