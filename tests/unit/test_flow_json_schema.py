"""The JSON Schemas take every good file and refuse what the loader refuses for its shape; each property explains itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from ivr.cli.schema import schema as command
from ivr.flow.json_schema import NAMES, schema_of
from ivr.flow.json_schema_nodes import SHORTHANDS
from ivr.flow.reference_files import files_markdown
from ivr.flow.registry import KINDS
from tests.broken import BROKEN
from tests.bundle_edits import HARBOR, ROOT, edited

BUNDLES = (ROOT / "flows" / "starter", ROOT / "flows" / "uscis", HARBOR)
VALIDATORS = {name: Draft202012Validator(schema_of(name)) for name in NAMES}


class EditorLoader(yaml.SafeLoader):
    """YAML 1.2 as an editor reads it: `no` is a word, a date is a word, 12 is a number."""


EditorLoader.yaml_implicit_resolvers = {}
for tag, pattern, first in (("null", r"~|null|Null|NULL|", "~nN\0"), ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
                            ("int", r"[-+]?\d+|0o[0-7]+|0x[\dA-Fa-f]+", "-+0123456789"),
                            ("float", r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?", "-+.0123456789")):
    EditorLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), list(first.replace("\0", "")))


def read(text: str | bytes) -> Any:
    return yaml.load(text, Loader=EditorLoader)


def sort_of(path: str) -> str | None:
    """Which schema an editor would use for a file of a bundle."""
    name, folder = path.rsplit("/", 1)[-1].removesuffix(".yaml"), path.split("/")[0]
    if "/" in path:
        return {"prompts": "prompts", "intents": "intents", "env": "env", "tests": "test", "knowledge": "knowledge"}.get(folder)
    return name if name in NAMES else "flow"


def files_of(bundle: Path) -> Iterator[tuple[str, Path]]:
    prompts = ROOT / "prompts" / bundle.name
    for path in (*bundle.rglob("*.yaml"), *(prompts.glob("*.yaml") if prompts.is_dir() else ())):
        within = f"prompts/{path.name}" if path.is_relative_to(prompts) else path.relative_to(bundle).as_posix()
        name = sort_of(within)
        if name:
            yield name, path


@pytest.mark.parametrize("name", NAMES)
def test_is_a_schema_of_the_draft_with_a_stable_name(name: str) -> None:
    schema = schema_of(name)
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"urn:frontline:schema:{name}:v1"
    assert schema["$schema"].endswith("2020-12/schema")


@pytest.mark.parametrize("name", NAMES)
def test_every_property_has_a_title_and_a_description(name: str) -> None:
    for path, part in properties(schema_of(name)):
        assert part.get("title"), path
        assert len(part.get("description", "")) >= 10, path


def properties(part: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(part, dict):
        for key, value in part.items():
            if key == "properties" and isinstance(value, dict):
                yield from ((f"{path}.{n}", p) for n, p in value.items())
            yield from properties(value, f"{path}.{key}")
    elif isinstance(part, list):
        for n, item in enumerate(part):
            yield from properties(item, f"{path}.{n}")


@pytest.mark.parametrize("name", NAMES)
def test_patterns_are_those_that_editors_understand(name: str) -> None:
    """ECMA 262: no inline flags, no possessive or atomic groups."""
    for pattern in re.findall(r'"pattern": "((?:[^"\\]|\\.)*)"', json.dumps(schema_of(name))):
        assert "(?" not in json.loads(f'"{pattern}"'), pattern


@pytest.mark.parametrize("bundle", BUNDLES, ids=lambda b: b.name)
def test_every_file_of_a_good_bundle_is_taken(bundle: Path) -> None:
    checked = 0
    for name, path in files_of(bundle):
        errors = [f"{path.name}: {e.json_path}: {e.message}" for e in VALIDATORS[name].iter_errors(read(path.read_text()))]
        assert errors == []
        checked += 1
    assert checked >= 6


def test_all_sorts_of_files_are_among_them() -> None:
    assert {name for bundle in BUNDLES for name, _ in files_of(bundle)} == set(NAMES)


BEYOND_SHAPE = {
    "schema_empty_file": "an empty file is not validated",
    "schema_bad_guard": "grammar of conditions", "schema_guard_of_a_word": "grammar of conditions",
    "schema_guard_in_quotes": "grammar of conditions", "schema_never_guard": "grammar of conditions",
    "schema_duplicate_menu_key": "two items are compared", "schema_flow_twice": "two files are compared",
    "schema_next_of_menu": "outcomes of a kind", "schema_brace": "inside a text", "schema_promise": "inside a text",
    "schema_brace_in_an_article": "inside a text",
    "schema_backward_round": "two numbers are compared",
    "schema_offer_without_words": "a number and words go together", "schema_words_without_offer": "a number and words go together",
    "schema_two_doors": "either of two keys",
    "schema_kept_place_that_rings_nobody": "two keys do not go together", "schema_kept_place_with_notice": "two keys do not go together",
    "schema_variable_of_two_kinds": "either of two keys", "schema_end_of_both_sorts": "either of two keys",
    "schema_always_sentence": "inside a text", "schema_hex": "a number in YAML 1.2 too", "schema_power_of_ten": "a number in YAML 1.2 too",
    "schema_octal": "a number in YAML 1.2 too",
}
"""Mistakes that only the loader finds, and why a schema cannot."""
SHAPE = sorted(name for name in BROKEN if name.startswith("schema_") and name not in BEYOND_SHAPE)


@pytest.mark.parametrize("name", SHAPE)
def test_mistakes_of_shape_are_refused_in_the_editor_too(name: str) -> None:
    folder, edits = BROKEN[name]
    files = edited(folder, edits)
    found = [e for file in {f for f, _, _ in edits} for e in VALIDATORS[str(sort_of(file))].iter_errors(read(files[file]))]
    assert found, name


def test_unknown_keys_are_refused_at_every_level() -> None:
    """Each mapping of the good bundle with one key too many, unless its keys are names."""
    for name, path in files_of(HARBOR):
        whole = read(path.read_text())
        if name != "policy":
            assert not VALIDATORS[name].is_valid({**whole, "surplus": {"sur": "plus"}}), path
    flow = read((HARBOR / "main.yaml").read_text())
    for node in flow["nodes"].values():
        kind = next(k for k in KINDS if k in node)
        assert not VALIDATORS["flow"].is_valid({**flow, "nodes": {"n": {**node, "surplus": 1}}}), node
        if isinstance(node[kind], dict) and kind != "set":
            assert not VALIDATORS["flow"].is_valid({**flow, "nodes": {"n": {**node, kind: {**node[kind], "surplus": 1}}}}), node


def test_a_node_has_exactly_one_kind() -> None:
    flow = read((HARBOR / "main.yaml").read_text())
    for node in ({"next": "why"}, {"say": "welcome", "end": "done"}):
        assert not VALIDATORS["flow"].is_valid({**flow, "nodes": {"n": node}})


def test_all_kinds_and_their_shorthands_are_known() -> None:
    node = schema_of("flow")["$defs"]["Node"]["properties"]
    assert set(KINDS) < set(node)
    assert {name for name, kind in KINDS.items() if hasattr(kind.Params, "from_shorthand")} == set(SHORTHANDS)


# -- the command ------------------------------------------------------------------------------------------------------


def test_the_command_prints_lists_and_writes(tmp_path: Path) -> None:
    run = CliRunner().invoke
    listed = run(command, [])
    assert listed.exit_code == 0
    assert [line.split()[0] for line in listed.output.splitlines()] == list(NAMES)
    assert json.loads(run(command, ["flow"]).output) == schema_of("flow")
    assert run(command, ["--out", str(tmp_path / "schemas")]).exit_code == 0
    assert {p.name for p in (tmp_path / "schemas").iterdir()} == {f"{name}.json" for name in NAMES}
    assert json.loads((tmp_path / "schemas" / "policy.json").read_text()) == schema_of("policy")


def test_misuse_of_the_command(tmp_path: Path) -> None:
    wrong = CliRunner().invoke(command, ["flows"])
    assert wrong.exit_code == 2
    assert 'did you mean "flow"?' in wrong.output
    (tmp_path / "file").write_text("")
    blocked = CliRunner().invoke(command, ["--out", str(tmp_path / "file" / "below")])
    assert blocked.exit_code == 2
    assert "Traceback" not in blocked.output


def test_the_page_of_files_is_what_the_models_say() -> None:
    assert (ROOT / "docs/reference/bundle-files.md").read_text() == files_markdown()
