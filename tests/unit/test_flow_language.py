"""What each key of the language becomes in the model, on a bundle that uses them all."""

from __future__ import annotations

import shutil
from datetime import time
from pathlib import Path

import pytest

from ivr.errors import BundleProblems
from ivr.flow.complaints import read_as
from ivr.flow.load import load_bundle
from ivr.flow.mark import Mark
from ivr.flow.model import Bundle
from ivr.flow.policy import broken_never, initial_vars
from ivr.flow.policy_references import steps
from ivr.flow.schemas import RequirementsShape, TestShape
from ivr.flow.source import read_tree
from tests.bundle_edits import HARBOR, bundle_of


@pytest.fixture(scope="module")
def harbor() -> Bundle:
    return load_bundle(HARBOR)


def words_at(bundle: Bundle, mark: Mark) -> str:
    line = bundle.files[mark.file].decode().split("\n")[mark.line - 1]
    return line[mark.column - 1:mark.column - 1 + mark.length]


def test_variables(harbor: Bundle) -> None:
    main = harbor.flows["main"]
    assert main.vars["swollen"] == ("false", "true")
    assert bundle_of(HARBOR, ("main.yaml", "boolean: false", "boolean: true")).flows["main"].vars["swollen"] == ("true", "false")
    assert main.protected == {"balance": "case_details"}
    assert initial_vars(harbor) == {"reason": "none", "swollen": "false", "verified": "nobody", "balance": "unknown"}


def test_slots_are_personal_unless_they_cannot_be(harbor: Bundle) -> None:
    slots = harbor.flows["main"].slots
    assert (slots["cell"].sensitive, slots["cell"].allow) == (True, ())
    assert (slots["day"].sensitive, slots["day"].allow) == (True, ("context",))
    assert not slots["is_swollen"].sensitive
    other = bundle_of(HARBOR, ("main.yaml", "{type: yes_no}", "{type: yes_no, sensitive: true, protected_by: case_details}"))
    assert other.flows["main"].slots["is_swollen"].sensitive
    assert other.flows["main"].slots["is_swollen"].protected_by == "case_details"


def test_never_rules_and_the_places_of_their_parts(harbor: Bundle) -> None:
    rules = {r.id: r for r in harbor.policy.never}
    assert [(r.kind, r.name, r.when) for r in harbor.policy.never] == [
        ("transfer", "", "reason == bill"), ("transfer", "nurses", "reason == move"), ("promise", "soon", "reason != pain"),
        ("say", "balance_due", "verified == nobody")]
    for rule in rules.values():
        assert words_at(harbor, rule.mark) == rule.when, rule.id
        if rule.name:
            assert words_at(harbor, rule.name_mark) == rule.name, rule.id
    assert rules["no-talk-of-money"].rows == ("R03",)


def test_a_never_rule_about_one_name_leaves_the_others_alone(harbor: Bundle) -> None:
    env = {**initial_vars(harbor), "reason": "move"}
    assert broken_never(harbor.policy, "transfer", env) is None
    assert broken_never(harbor.policy, "transfer", env, "doctors") is None
    assert broken_never(harbor.policy, "transfer", env, "nurses").id == "no-nurse-for-moving"
    assert broken_never(harbor.policy, "transfer", env | {"reason": "bill"}, "doctors").id == "no-bills-live"
    assert broken_never(harbor.policy, "say", env, "balance_due").id == "no-talk-of-money"
    assert broken_never(harbor.policy, "send", env, "balance_due") is None


def test_always_rules(harbor: Bundle) -> None:
    bounded, refused, heard = harbor.policy.always
    assert (bounded.form, bounded.number, bounded.id) == ("bounded", 12, "always-1")
    assert (refused.form, refused.names, refused.id) == ("refused", ("sms_link", "email_link", "online_tools"), "way-on")
    assert (heard.form, heard.names, heard.id) == ("heard", ("wait_first",), "always-3")
    for rule in harbor.policy.always:
        assert words_at(harbor, rule.mark) == rule.text
        assert [words_at(harbor, m) for m in rule.name_marks] == list(rule.names)


def test_an_always_rule_needs_no_quotes() -> None:
    plain = bundle_of(HARBOR, ("policy.yaml", '"before any transfer the caller hears at least one of: wait_first"',
                               "before any transfer the caller hears at least one of: wait_first, monday"))
    rule = plain.policy.always[2]
    assert rule.names == ("wait_first", "monday")
    assert [words_at(plain, m) for m in rule.name_marks] == ["wait_first", "monday"]


def test_policy_rules_point_at_their_conditions(harbor: Bundle) -> None:
    swelling = harbor.policy.entries["emergency"].allow_if_any[0]
    assert words_at(harbor, swelling.mark) == swelling.when
    assert swelling.rows == ("R02",)
    quoted = bundle_of(HARBOR, ("policy.yaml", "allow_if: verified == patient", 'allow_if: "verified == patient"'))
    rule = quoted.policy.entries["case_details"].allow_if_any[0]
    assert words_at(quoted, rule.mark) == "verified == patient"


def test_steps_come_from_facts_and_kinds(harbor: Bundle) -> None:
    assert harbor.facts["site"].step == "online_tools"
    assert steps(harbor) == {"online_tools", "sms_link", "email_link", "callback", "live_agent"}


def test_promises_and_rounds(harbor: Bundle) -> None:
    soon, rounds = harbor.promises["soon"], harbor.rounds
    assert soon.notice is not None and rounds is not None
    assert (soon.notice.before, soon.notice.by, soon.notice.message) == ("1..2 business_days", ("email",), "promise_notice")
    assert (soon.by, soon.rows) == (("call",), ("R02",))
    assert (rounds.order, rounds.max, rounds.numbers, rounds.overtime) == ("fifo", 2, ("cell", "office"), "switch")
    assert (rounds.voicemail, rounds.next_after_min, rounds.last_missed) == ("missed_once", (60, 90), {"email": "missed_twice"})
    assert rounds.last_start == time(16, 30)
    assert bundle_of(HARBOR, ("callbacks.yaml", "60m..90m", "45m")).rounds.next_after_min == (45, 45)


def test_environments_bind_names(harbor: Bundle) -> None:
    assert harbor.recognizer == {"main": "auto"}
    assert harbor.bindings.voices == {"en": "amy", "es": "davefx"}
    assert harbor.bindings.queues == {"nurses": "+12025550160"}
    assert harbor.bindings.lookups["balance"].url == "http://localhost:9999/balance"
    assert load_bundle(HARBOR, "production").bindings.queues == {}


def test_rows_and_recordings_are_kept(harbor: Bundle) -> None:
    assert harbor.lines["main"].rows == ("R01",)
    assert harbor.facts["notice"].rows == ("R03",)
    assert harbor.queues["nurses"].rows == ("R02",)
    assert harbor.prompts["en"]["welcome"].recording == "audio/welcome.wav"
    assert words_at(harbor, harbor.prompts["en"]["keys"].marks["tty"]) == '"TOOTHACHE 1, MOVE A VISIT 2, BILL 3"'


def test_a_day_may_end_at_midnight() -> None:
    late = bundle_of(HARBOR, ("calendar.yaml", 'tue: "08:00-18:00"', 'tue: "08:00-24:00"'))
    assert late.calendar.week[1][0].end == time(23, 59, 59, 999999)


def test_tests_requirements_and_layout_are_no_part_of_what_calls_run_on(harbor: Bundle, tmp_path: Path) -> None:
    folder = tmp_path / "harbor"
    shutil.copytree(HARBOR, folder)
    shutil.rmtree(folder / "tests")
    (folder / "requirements.yaml").write_text("rows: [anything")
    (folder / "layout.json").write_text("{")
    assert load_bundle(folder).hash == harbor.hash
    assert not {"requirements.yaml", "layout.json", "tests/swelling.yaml"} & set(harbor.files)


@pytest.mark.parametrize("name", ["bundle.yaml", "facts.yaml", "env/development.yaml", "prompts/es.yaml", "verify.yaml"])
def test_everything_else_changes_the_hash(harbor: Bundle, name: str) -> None:
    assert bundle_of(HARBOR, (name, "", harbor.files[name].decode() + "# note\n")).hash != harbor.hash


def test_a_mistake_in_an_unused_environment_is_found() -> None:
    with pytest.raises(BundleProblems, match="voice"):
        bundle_of(HARBOR, ("env/production.yaml", "", "schema: ivr.env/v1\nvoice: {en: amy}\n"))


# -- tests and requirements -------------------------------------------------------------------------------------------


def shape_of(shape: type, name: str):
    tree, problems = read_tree((HARBOR / name).read_bytes(), name)
    assert tree is not None
    value = read_as(shape, tree, problems)
    assert problems == []
    return value


def test_transcripts_are_read_whatever_form_they_take() -> None:
    test = shape_of(TestShape, "tests/swelling.yaml")
    assert [h.prompt for h in test.turns[0].hear] == ["welcome", "why"]
    assert test.turns[1].say == {"en": "my tooth hurts", "es": "me duele una muela"}
    assert test.turns[1].heard_as.confidence == 0.86
    assert [v.name for v in test.variants] == ["keys_only", "closed_hours"]
    assert test.variants[1].expect.promise == "soon"
    assert test.expect.queue == "nurses"


@pytest.mark.parametrize(("turn", "says"), [
    ("{say: hello, press: '1'}", "exactly one"), ("{heard_as: {confidence: 0.5}}", "exactly one"),
    ("{press: '1', heard_as: {confidence: 0.5}}", "heard_as"), ("{sya: hello}", "sya"), ("{say: {english: hello}}", "language code"),
    ("{press: abc}", "keys such as"), ("{silence: yes}", "true or false"),
])
def test_a_turn_does_one_thing(turn: str, says: str) -> None:
    text = f"schema: ivr.test/v1\ntest: a\nat: 2026-03-10T10:05:00\nturns:\n  - {turn}\n"
    tree, problems = read_tree(text, "t.yaml")
    assert tree is not None
    assert read_as(TestShape, tree, problems) is None
    assert {p.line for p in problems} == {5}
    assert any(says in p.message for p in problems), problems


def test_requirements() -> None:
    rows = shape_of(RequirementsShape, "requirements.yaml").rows
    assert rows["R02"].check == ("P", "T", "C")
    assert rows["R03"].performed == "later"
