"""Folders to bundles: inheritance of targets, where prompts lie, what the hash covers, how the command answers."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from ivr.cli.check import check as check_command
from ivr.errors import BundleProblems, ConfigProblem
from ivr.flow.load import bundle_from_files, load_bundle, read_files

ROOT = Path(__file__).parents[2]
STARTER = ROOT / "flows" / "starter"


@pytest.fixture
def files() -> dict[str, bytes]:
    return dict(read_files(STARTER).files)


def with_main(files: dict[str, bytes], old: str, new: str) -> dict[str, bytes]:
    text = files["main.yaml"].decode()
    assert old in text
    return files | {"main.yaml": text.replace(old, new, 1).encode()}


def test_the_reference_bundles_load():
    assert load_bundle(STARTER).id == "starter"
    uscis = load_bundle(ROOT / "flows" / "uscis")
    assert uscis.languages == ("en", "es")
    assert uscis.line_for("+18007671833").channel == "tty"
    assert not uscis.line_for("+12126203418").textable


def test_files_and_folder_give_the_same_bundle(files: dict[str, bytes]):
    assert bundle_from_files(files) == load_bundle(STARTER)


def test_one_changed_byte_changes_the_hash(files: dict[str, bytes]):
    changed = files | {"prompts/en.yaml": files["prompts/en.yaml"] + b"\n"}
    assert bundle_from_files(changed).hash != bundle_from_files(files).hash


def test_the_hash_does_not_depend_on_the_order(files: dict[str, bytes]):
    assert bundle_from_files(dict(reversed(files.items()))).hash == bundle_from_files(files).hash


def test_a_copied_bundle_keeps_its_words(tmp_path: Path):
    shutil.copytree(STARTER, tmp_path / "mine")
    shutil.copytree(ROOT / "prompts" / "starter", tmp_path / "mine" / "prompts")
    assert load_bundle(tmp_path / "mine").prompts == load_bundle(STARTER).prompts


def test_prompts_can_lie_anywhere(tmp_path: Path):
    shutil.copytree(STARTER, tmp_path / "mine")
    shutil.copytree(ROOT / "prompts" / "starter", tmp_path / "words")
    (tmp_path / "mine" / "bundle.yaml").write_text((STARTER / "bundle.yaml").read_text() + "prompts: ../words\n")
    assert load_bundle(tmp_path / "mine").prompts["es"]["why"].variants["voice"] == "¿En qué puedo ayudarle?"


def test_tests_and_layout_are_not_part_of_it(tmp_path: Path):
    shutil.copytree(STARTER, tmp_path / "flows" / "starter")
    shutil.copytree(ROOT / "prompts" / "starter", tmp_path / "prompts" / "starter")
    (tmp_path / "flows" / "starter" / "tests" / "x.yaml").parent.mkdir(exist_ok=True)
    (tmp_path / "flows" / "starter" / "tests" / "x.yaml").write_text("]not yaml")
    (tmp_path / "flows" / "starter" / "layout.json").write_text("{}")
    assert load_bundle(tmp_path / "flows" / "starter").hash == load_bundle(STARTER).hash


def test_inheritance_node_then_kind_then_any_then_built_in(files: dict[str, bytes]):
    head = "start: welcome\ndefaults: {menu: {silence: hours}, any: {silence: way, no_match: way}}"
    flow = bundle_from_files(with_main(files, "start: welcome", head)).flows["main"]
    assert flow.nodes["why"].to["silence"].go == "keys"             # its own
    assert flow.nodes["keys"].to["silence"].go == "hours"           # of its kind
    assert flow.nodes["keys"].to["no_match"].go == "way"            # of any kind
    assert flow.nodes["why"].to["agent_request"].go == "agent_request"
    assert "help" not in flow.nodes["why"].to
    plain = bundle_from_files(files).flows["main"]
    assert plain.nodes["keys"].to["silence"].go == "safe_landing"   # built in


def test_a_target_can_set_variables_and_the_language(files: dict[str, bytes]):
    text = with_main(
        files, "{say: welcome, next: why}", "{say: welcome, next: {set: {language: es, mood: good}, go: why}}"
    )
    text = with_main(text, "start: welcome", "start: welcome\nvars: {mood: {enum: [none, good]}}")
    assert bundle_from_files(text).flows["main"].nodes["welcome"].to["done"].set == {"language": "es", "mood": "good"}


def test_marks_point_into_the_node(files: dict[str, bytes]):
    node = bundle_from_files(files).flows["main"].nodes["why"]
    mark = node.marks["ask.intents.1"]
    line = files["main.yaml"].decode().split("\n")[mark.line - 1]
    assert line[mark.column - 1:mark.column - 1 + mark.length] == "directions"


def test_every_problem_is_carried_in_order(files: dict[str, bytes]):
    with pytest.raises(BundleProblems) as caught:
        bundle_from_files(with_main(with_main(files, "say: hours", "say: ours"), "next: keys", "next: kees"))
    assert [p.code for p in caught.value.problems] == ["E-REF", "E-REF"]
    assert caught.value.problems == sorted(caught.value.problems)


def test_a_folder_that_is_no_bundle(tmp_path: Path):
    with pytest.raises(ConfigProblem, match=r"no bundle\.yaml"):
        load_bundle(tmp_path)


def test_sub_flow_results_are_outcomes(files: dict[str, bytes]):
    sub = (b"schema: ivr.flow/v1\nid: ask_again\nstart: q\nresults: [good, bad]\nnodes:\n"
           b"  q: {ask: {prompt: why, intents: [directions]}, to: {directions: ok, other: no_luck, silence: no_luck,"
           b" no_match: no_luck}}\n  ok: {end: {result: good}}\n  no_luck: {end: {result: bad}}\n")
    called = with_main(files, "{say: welcome, next: why}", "{call: ask_again, to: {good: hours, bad: why}}")
    called = {n: d.replace(b"  welcome:", b"  hello:") if n.startswith("prompts") else d for n, d in called.items()}
    bundle = bundle_from_files(called | {"again.yaml": sub})
    assert set(bundle.flows["main"].nodes["welcome"].to) == {"good", "bad"}
    unwired = with_main(called, "{good: hours, bad: why}", "{good: hours}")
    with pytest.raises(BundleProblems, match="bad"):
        bundle_from_files(unwired | {"again.yaml": sub})


# -- the command ------------------------------------------------------------------------------------------------------


def test_check_says_that_all_is_well():
    result = CliRunner().invoke(check_command, [str(STARTER), "--now", "2026-03-10"])
    assert result.exit_code == 0
    assert result.output.startswith(f"no problems in {STARTER}\n")


def test_check_prints_json_and_fails(tmp_path: Path):
    shutil.copytree(STARTER, tmp_path / "starter")
    shutil.copytree(ROOT / "prompts" / "starter", tmp_path / "starter" / "prompts")
    (tmp_path / "starter" / "facts.yaml").write_text("facts: {hours: {value: no}}\n")
    result = CliRunner().invoke(check_command, [str(tmp_path / "starter"), "--json"])
    found = json.loads(result.output)
    assert result.exit_code == 1
    assert found["errors"] == len(found["problems"]) == 4, "one fact that is gone, in two prompts of two languages"
    assert {p["code"] for p in found["problems"]} == {"E-REF"}


@pytest.mark.parametrize("arguments", [["/nowhere"], [], [str(STARTER), "--now", "tomorrow"], [str(STARTER), "--what"]])
def test_misuse_is_two(arguments: list[str]):
    result = CliRunner().invoke(check_command, arguments)
    assert result.exit_code == 2
    assert "Traceback" not in result.output
