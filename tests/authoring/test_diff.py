"""`ivr diff`: what callers notice is told in sentences, everything is told, and what nobody notices is not."""

from __future__ import annotations

import io
import json
import os
import random
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.author.layout import laid_out
from ivr.cli.main import main
from ivr.diff.change import GROUPS, Side
from ivr.diff.compare import differences
from ivr.diff.meaning import meanings
from ivr.diff.renames import renamed, renames
from ivr.diff.report import as_json, as_text
from ivr.diff.wording import both, listed, when
from ivr.errors import BundleProblems
from ivr.flow.load import bundle_from_files, read_files
from ivr.flow.model import Bundle
from ivr.flow.source import read_tree
from ivr.flow.tree import plain
from ivr.proof.prove import prove
from tests.bundle_edits import HARBOR, ROOT, STARTER, Edit, bundle_of, edited

GOLDEN = ROOT / "tests" / "golden" / "diff"
EN, ES = "prompts/en.yaml", "prompts/es.yaml"
EDITS: dict[str, list[Edit]] = {
    "target": [("main.yaml", "move_visit: {set: {reason: move}, go: which_day}", "move_visit: {set: {reason: move}, go: online}")],
    "target_of_many": [("main.yaml", "retry: {retries: 2,", "any: {agent_request: online}\n  retry: {retries: 2,")],
    "assignment": [("main.yaml", "toothache: {set: {reason: pain}, go: is_swollen}", "toothache: {set: {reason: bill}, go: is_swollen}")],
    "said_by_day": [("main.yaml", "if: weekday == monday", "if: hours == closed")],
    "said_more": [("main.yaml", "wait: {say: wait_first,", "wait: {say: [wait_first, monday],")],
    "other_words": [("main.yaml", "owes: {say: balance_due,", "owes: {say: online,")],
    "wording": [(EN, "Mondays are our busiest day.", "Mondays are busy."),
                (ES, "En este momento nadie puede atenderle.", "Nadie puede atenderle.")],
    "text": [(ES, "sus visitas en https://", "todo en https://")],
    "tty": [(EN, "TOOTHACHE 1,", "TOOTH 1,")],
    "rule": [("policy.yaml", "reason == pain and swollen == true", "reason == pain")],
    "door_opened": [("policy.yaml", "reason == pain and swollen == true", "(reason == pain or reason == move) and swollen == true"),
                    ("main.yaml", "move_visit: {set: {reason: move}, go: which_day}", "move_visit: {set: {reason: move}, go: is_swollen}"),
                    ("policy.yaml", "  - {id: no-nurse-for-moving, rule: transfer to nurses when reason == move}\n", "")],
    "open_hours": [("policy.yaml", "open_when: hours == open", "open_when: weekday != monday and hours == open")],
    "always": [("policy.yaml", "within 12 caller turns", "within 14 caller turns")],
    "fact": [("facts.yaml", "value: 24 hours, spoken: {en: 24 hours, es: 24", "value: 48 hours, spoken: {en: 48 hours, es: 48")],
    "fact_review": [("facts.yaml", "review_by: 2027-06-30\n    step", "review_by: 2028-06-30\n    step")],
    "hours": [("calendar.yaml", 'fri: "08:00-18:00"', 'fri: "08:00-14:00", sat: "09:00-13:00"'),
              ("calendar.yaml", "2026-12-24: closed, ", ""), ("calendar.yaml", "America/New_York", "America/Chicago")],
    "intents": [("intents/es.yaml", "phrases: [", "phrases: [se me cayó un diente, "),
                ("intents/en.yaml", "another day for a visit", "a new day")],
    "command": [("intents/en.yaml", "goodbye: [goodbye, that is all]", "goodbye: [goodbye]")],
    "menu": [("main.yaml", '{id: move, key: "2", intents: [move_visit]}', '{id: move, key: "4", intents: [move_visit, bill]}')],
    "decide": [("main.yaml", "if: balance == due and verified == patient", "if: balance != clear and verified == patient"),
               ("main.yaml", "if: balance != due or verified == nobody", "if: balance == clear or verified == nobody")],
    "asked": [("main.yaml", "intents: [toothache, move_visit, bill]}\n    to:\n      toothache: {set: {reason: pain}, go: is_swollen}\n"
               "      move_visit: {set: {reason: move}, go: which_day}\n      bill: {set: {reason: bill}, go: who}\n      other: goodbye",
               "intents: [toothache, move_visit]}\n    to:\n      toothache: {set: {reason: pain}, go: is_swollen}\n"
               "      move_visit: {set: {reason: move}, go: which_day}\n      other: goodbye")],
    "new_node": [("main.yaml", "forget: {set: {balance: unknown, reason: none}, next: anything}",
                  "forget: {set: {balance: unknown, reason: none}, next: busy}\n  busy: {say: monday, next: anything}")],
    "gone_node": [("main.yaml", "go: wait}, no", "go: nurse}, no"), ("main.yaml", "  wait: {say: wait_first, next: nurse}\n", ""),
                  ("policy.yaml", '  - "before any transfer the caller hears at least one of: wait_first"\n', "")],
    "renamed": [("main.yaml", "failed: online}", "failed: on_the_web}"), ("main.yaml", "declined: online,", "declined: on_the_web,"),
                ("main.yaml", "  online: {say", "  on_the_web: {say"), ("main.yaml", "unknown: online}", "unknown: on_the_web}"),
                ("main.yaml", "unknown: online}", "unknown: on_the_web}")],
    "promise": [("callbacks.yaml", "5 business_days", "3 business_days"), ("callbacks.yaml", '"16:30"', '"15:30"'),
                ("queues.yaml", "max_wait_s: 600", "max_wait_s: 300")],
    "queue": [("queues.yaml", "rows: [R02]}", "rows: [R02], service_level: {share: 0.8, within_s: 60}, skills: [travel], handling_s: 300, "
               "priority: {rules: [swelling], ahead_s: 600}, callback_offer_above_s: 120, wait: {tips: [monday], offer: monday}}")],
    "line": [("bundle.yaml", "textable: false", "textable: true"), ("main.yaml", "retries: 2,", "retries: 3,")],
    "escalation": [("callbacks.yaml", '{reason: pain, swollen: "true"}', "{reason: pain}"),
                   ("callbacks.yaml", "  urgent:\n", "  routine:\n")],
    "escalation_judged": [("callbacks.yaml", '{reason: pain, swollen: "true"}', "{reason: pain}")],
    "knowledge": [("knowledge/en.yaml", "Ask what it is about.", "Ask how you can help."),
                  ("knowledge/en.yaml", "  bill:\n    title: A bill\n    say: The office writes to you about it.\n", ""),
                  ("knowledge/es.yaml", "  bill:\n    title: Una factura\n    say: La oficina le escribe sobre ella.\n", "")],
    "timeouts": [("main.yaml", "prompt: which_day, timeout_s: 10", "prompt: which_day, timeout_s: 12"),
                 ("main.yaml", "message: link, by: [sms, email]", "message: link, by: [email, sms]")],
    "environment": [("env/development.yaml", "+12025550160", "+12025550161")],
    "variables": [("main.yaml", "reason: {enum: [none, pain, move, bill]}", "reason: {enum: [none, pain, move, bill, news]}"),
                  ("main.yaml", "cell: {type: phone}", "cell: {type: phone, allow: [context]}")],
}


@cache
def side() -> Side:
    """The bundle as it is."""
    return changed()


def changed(*edits: Edit) -> Side:
    bundle = bundle_of(HARBOR, *edits)
    return Side(bundle, case=prove(bundle).case)


@pytest.mark.parametrize("name", sorted(EDITS))
def test_sentences(name: str) -> None:
    text = as_text(differences(side(), changed(*EDITS[name])), "old", "new")
    back = as_text(differences(changed(*EDITS[name]), side()), "new", "old")
    golden = GOLDEN / f"{name}.txt"
    if os.environ.get("REGENERATE_GOLDEN"):
        golden.write_text(f"{text}\n---\n{back}", encoding="utf-8")
    assert f"{text}\n---\n{back}" == golden.read_text(encoding="utf-8")


def test_no_golden_file_without_an_edit() -> None:
    assert {p.stem for p in GOLDEN.glob("*.txt")} == set(EDITS)


# -- nothing is said of what nobody notices ---------------------------------------------------------------------------


def quiet(files: dict[str, bytes]) -> None:
    assert differences(side(), Side(bundle_from_files(files))) == []


def test_nothing_is_said_of_comments_blank_lines_and_layout() -> None:
    files = edited(HARBOR, [])
    quiet(files)
    quiet({name: b"# a comment\n\n" + data.replace(b"\n", b"   # and one\n", 1) for name, data in files.items()})
    quiet({name: laid_out(data, name) for name, data in files.items()})


def test_nothing_is_said_of_another_layout_by_another_program() -> None:
    ruamel = pytest.importorskip("ruamel.yaml", reason="the other program is not installed")
    writer = ruamel.YAML()
    writer.preserve_quotes, writer.width = True, 60
    writer.indent(mapping=4, sequence=6, offset=3)
    files = {}
    for name, data in edited(HARBOR, []).items():
        out = io.BytesIO()
        writer.dump(writer.load(data), out)
        files[name] = out.getvalue()
    quiet(files)


LOOSE = ("intents", "phrases", "context", "with", "results", "rows", "values")
"""Lists of which the order means nothing."""


def shuffled(tree: object, dice: random.Random, key: str = "") -> object:
    if isinstance(tree, dict):
        items = [(k, shuffled(v, dice, k)) for k, v in tree.items()]
        dice.shuffle(items)
        return dict(items)
    if isinstance(tree, list):
        items = [shuffled(item, dice) for item in tree]
        if key in LOOSE and all(isinstance(item, str) for item in items):
            dice.shuffle(items)
        return items
    return tree


@given(st.integers(0, 100_000))
@settings(max_examples=10, deadline=None)
def test_nothing_is_said_of_another_order(seed: int) -> None:
    dice = random.Random(seed)
    files = {}
    for name, data in edited(HARBOR, []).items():
        tree = plain(read_tree(data, name)[0])
        files[name] = yaml.safe_dump(shuffled(tree, dice), sort_keys=False, allow_unicode=True).encode()
    quiet(files)


def test_nothing_is_said_of_the_editors_layout(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(HARBOR, tmp_path / "b")
    (tmp_path / "b" / "layout.json").write_text('{"why": [1, 2]}')
    (tmp_path / "b" / "main.yaml").rename(tmp_path / "b" / "first.yaml")
    assert main(["diff", str(HARBOR), str(tmp_path / "b")]) == 0
    assert "say the same" in capsys.readouterr().out


# -- everything else is said ------------------------------------------------------------------------------------------

WORDS = [(name, n, word) for name, data in sorted(edited(HARBOR, []).items()) for n, line in enumerate(data.decode().split("\n"))
         for word in line.replace(",", " ").replace("}", " ").replace("]", " ").split() if word.strip("{[\"'").isalnum()]


@given(st.sampled_from(WORDS), st.sampled_from(WORDS))
@settings(max_examples=150, deadline=None)
def test_a_bundle_that_means_something_else_is_never_called_the_same(place: tuple[str, int, str], other: tuple[str, int, str]) -> None:
    name, number, word = place
    lines = edited(HARBOR, [])[name].decode().split("\n")
    lines[number] = lines[number].replace(word, other[2].strip("{[\"'"), 1)
    try:
        new = Side(bundle_from_files(edited(HARBOR, []) | {name: "\n".join(lines).encode()}))
    except BundleProblems:
        return
    found = differences(side(), new)
    assert bool(found) == (meanings(side()) != meanings(new))
    assert all(c.group in GROUPS and "{at}" not in c.text and "  " not in c.text for c in found)
    assert as_text(found, "a", "b")
    assert json.loads(as_json(found, "a", "b"))["same"] is (not found)


def test_what_no_sentence_was_written_for_is_said_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivr.diff.compare.COMPARERS", [])
    found = differences(side(), changed(*EDITS["fact"]))
    assert [c.text for c in found] == ["fact notice says something else now"]


# -- callers, doors, names --------------------------------------------------------------------------------------------


def test_the_reference_deployment_names_its_callers(uscis: Bundle) -> None:
    files = dict(read_files(ROOT / "flows" / "uscis").files)
    old, new = b"reschedule_oath: reschedule_oath\n", b"reschedule_oath: reschedule_biometrics\n"
    assert old in files["main.yaml"]
    other = bundle_from_files(files | {"main.yaml": files["main.yaml"].replace(old, new, 1)})
    texts = [c.text for c in differences(Side(uscis, case=prove(uscis).case), Side(other, case=prove(other).case))]
    assert any("(reschedule_oath) at why (main) now go to reschedule_biometrics instead of reschedule_oath" in t for t in texts), texts
    assert "callers with reason = reschedule_oath can no longer reach promise field_office" in texts


def test_a_renamed_node_is_renamed_and_nothing_else() -> None:
    old, new = side().bundle, bundle_of(HARBOR, *EDITS["renamed"])
    names = {flow: renames(old.flows[flow], new.flows[flow]) for flow in old.flows}
    assert names == {"main": {"online": "on_the_web"}, "verify": {}}
    assert meanings(Side(renamed(old, names))) == meanings(Side(new))


def test_of_two_nodes_that_are_alike_none_is_taken_for_the_other() -> None:
    twins = ("main.yaml", "  online: {say: online, next: anything}\n",
             "  web_a: {say: online, next: anything}\n  web_b: {say: online, next: anything}\n")
    refer: list[Edit] = [("main.yaml", "declined: online, failed: online", "declined: web_a, failed: web_b"),
                         ("main.yaml", "unknown: online}", "unknown: web_a}"), ("main.yaml", "unknown: online}", "unknown: web_b}")]
    new = bundle_of(HARBOR, twins, *refer)
    assert renames(side().bundle.flows["main"], new.flows["main"]) == {}


def test_words_of_conditions_and_lists() -> None:
    assert when("hours == closed") == "outside office hours"
    assert when("weekday == monday") == "on Mondays"
    assert when("reason == oath") == "when reason == oath"
    assert when(None) == ""
    assert listed("abcdef") == "a, b, c, d and 2 more"
    assert listed("abcde") == "a, b, c, d and e"
    assert listed(["a"]) == "a"


@given(st.lists(st.sampled_from("ab"), max_size=60), st.lists(st.sampled_from("ab"), max_size=60))
def test_two_long_texts_are_shown_where_they_differ(a: list[str], b: list[str]) -> None:
    one, other = both(" ".join(f"word{x}" for x in a), " ".join(f"word{x}" for x in b))
    assert (one == other) == (a == b)


# -- the command ------------------------------------------------------------------------------------------------------


def test_the_command_prints_and_exits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(HARBOR, tmp_path / "b")
    facts = tmp_path / "b" / "facts.yaml"
    facts.write_text(facts.read_text().replace("24 hours", "48 hours"))
    (tmp_path / "b" / "tests" / "more.yaml").write_text("schema: ivr.test/v1\n")
    assert main(["diff", str(HARBOR), str(tmp_path / "b"), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["same"] is False
    assert [(c["group"], c["file"]) for c in found["changes"]] == [("heard", "facts.yaml"), ("other", None)]
    assert "test tests/more.yaml is new" in found["changes"][1]["text"]
    assert main(["diff", str(HARBOR), str(HARBOR)]) == 0


@pytest.mark.parametrize("arguments", [[], [str(HARBOR)], ["/nowhere", str(HARBOR)], ["git:HEAD", str(HARBOR)],
                                       ["git:--output=x:flows", str(HARBOR)], ["git:no-such-revision:flows/starter", str(HARBOR)]])
def test_misuse_is_two(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", *arguments]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_a_bundle_that_does_not_load_cannot_be_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bundle.yaml").write_text("schema: ivr.bundle/v1\n")
    assert main(["diff", str(tmp_path), str(HARBOR)]) == 2
    assert "does not load" in capsys.readouterr().err


def test_a_revision_of_a_repository_can_be_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                                    capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(STARTER, tmp_path / "flows" / "starter")
    shutil.copytree(ROOT / "prompts" / "starter", tmp_path / "prompts" / "starter")
    monkeypatch.chdir(tmp_path)
    for arguments in (["init", "-q"], ["add", "."], ["-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qm", "one"]):
        subprocess.run(["git", *arguments], check=True, timeout=60)
    assert main(["diff", "git:HEAD:flows/starter", "flows/starter"]) == 0
    words = tmp_path / "prompts" / "starter" / "en.yaml"
    words.write_text(words.read_text().replace("opposite the park", "beside the park"))
    assert main(["diff", "git:HEAD:flows/starter", "flows/starter"]) == 1
    out = capsys.readouterr().out
    assert 'callers asking about the way to us (directions) now hear "We are at {fact.street}, beside the park."' in " ".join(out.split())
