"""Every broken bundle prints exactly its golden text. `REGENERATE_GOLDEN=1` writes the files anew for review."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ivr.flow.check import problems_in
from ivr.flow.load import read_files
from ivr.flow.report import as_text

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden" / "flow"
NOW = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
Edit = tuple[str, str, str | None]

_NODES = "nodes:\n"
_TRANSFER = ("  queue_node: {transfer: {queue: desk, policy: door}, next: goodbye, "
             "to: {closed: goodbye, wait_too_long: goodbye, left: goodbye}}\n")
_QUEUES = ("queues.yaml", "", "schema: ivr.queues/v1\nqueues:\n  desk: {tier: 1}\n")

BROKEN: dict[str, list[Edit]] = {
    "yaml_tab": [("main.yaml", "  hours: {say", "\thours: {say")],
    "yaml_unclosed_bracket": [
        ("main.yaml", "intents: [opening_hours]}, {id: way", "intents: [opening_hours}, {id: way")
    ],
    "yaml_colon_in_text": [
        ("facts.yaml", 'source: "door sign", review_by: 2027-12-31}\n  street', "source: door: sign\n  street")
    ],
    "yaml_duplicate_key": [("main.yaml", _NODES, _NODES + "  hours: {say: way, next: goodbye}\n")],
    "yaml_python_tag": [("main.yaml", "start: welcome", "start: !!python/object/apply:os.system [welcome]")],
    "yaml_alias_of_itself": [("main.yaml", "to: {hours: hours, way: way}", "to: &loop {hours: hours, way: *loop}")],
    "yaml_unknown_alias": [("main.yaml", "start: welcome", "start: *welcome")],
    "yaml_not_utf8": [("prompts/es.yaml", "línea automática", "l\udcffnea")],
    "schema_empty_file": [("facts.yaml", "*", "")],
    "schema_norway": [
        (
            "main.yaml",
            '{id: way, key: "2", intents: [directions]}]',
            '{id: way, key: "2", intents: [directions]}]\n      retries: off',
        )
    ],
    "schema_octal": [
        (
            "main.yaml",
            '{id: way, key: "2", intents: [directions]}]',
            '{id: way, key: "2", intents: [directions]}]\n      retries: 02',
        )
    ],
    "schema_underscore_number": [
        ("main.yaml", "start: welcome", "start: welcome\ndefaults: {retry: {timeout_s: 1_0}}")
    ],
    "schema_textable_no": [("bundle.yaml", 'numbers: ["+12025550142"]', 'numbers: ["+12025550142"], textable: no')],
    "schema_reserved_key": [("main.yaml", 'key: "2"', 'key: "0"')],
    "schema_six_choices": [
        (
            "main.yaml",
            "choices: [",
            'choices: [{id: a, key: "3"}, {id: b, key: "4"}, {id: c, key: "5"}, {id: d, key: "6"}, ',
        )
    ],
    "schema_unknown_kind": [("main.yaml", "  hours: {say:", "  hours: {sya:")],
    "schema_two_kinds": [("main.yaml", "hours: {say: hours,", "hours: {say: hours, end: done,")],
    "schema_unknown_param": [("main.yaml", "menu:\n      prompt:", "menu:\n      promt: keys\n      prompt:")],
    "schema_missing_param": [("main.yaml", "      prompt: keys\n", "")],
    "schema_empty_value": [("main.yaml", "start: welcome", "start:")],
    "schema_next_of_menu": [("main.yaml", "    to: {hours: hours, way: way}", "    next: hours")],
    "schema_wrong_schema": [("main.yaml", "schema: ivr.flow/v1", "schema: ivr.flow/v2")],
    "schema_bad_guard": [("main.yaml", "hours: {say: hours,", "hours: {say: [{prompt: hours, if: language = en}],")],
    "schema_bad_telephone_number": [("bundle.yaml", "+12025550142", "2025550142")],
    "schema_duplicate_menu_key": [("main.yaml", 'key: "2"', 'key: "1"')],
    "ref_unknown_node": [("main.yaml", "way: {say: way, next: anything_else}", "way: {say: way, next: anything_esle}")],
    "ref_unknown_start": [("main.yaml", "start: welcome", "start: wellcome")],
    "ref_unknown_prompt": [("main.yaml", "say: hours,", "say: ours,")],
    "ref_unknown_intent": [
        ("main.yaml", "ask: {prompt: why, intents: [opening_hours", "ask: {prompt: why, intents: [open_hours"),
        (
            "main.yaml",
            "to: {opening_hours: hours, directions: way, other: keys",
            "to: {open_hours: hours, directions: way, other: keys",
        ),
    ],
    "ref_unknown_outcome": [("main.yaml", "to: {hours: hours, way: way}", "to: {hours: hours, way: way, wya: way}")],
    "ref_unknown_variable": [
        ("main.yaml", "hours: {say: hours,", "hours: {say: [{prompt: hours, if: langage == en}],")
    ],
    "ref_impossible_value": [
        ("main.yaml", "hours: {say: hours,", "hours: {say: [{prompt: hours, if: language == fr}],")
    ],
    "ref_unknown_fact": [
        ("prompts/en.yaml", "{fact.street}", "{fact.stret}"),
        ("prompts/es.yaml", "{fact.street}", "{fact.stret}"),
    ],
    "ref_unknown_queue_and_policy": [
        ("main.yaml", _NODES, _NODES + _TRANSFER),
        ("main.yaml", "{say: welcome, next: why}", "{say: welcome, next: queue_node}"),
    ],
    "ref_missing_standard_prompt": [
        ("prompts/en.yaml", "  budget_spent:", "  budget_spend:"),
        ("prompts/es.yaml", "  budget_spent:", "  budget_spend:"),
    ],
    "ref_unknown_flow_of_a_line": [("bundle.yaml", "flow: main", "flow: mian")],
    "ref_policy_guard": [("policy.yaml", "", "schema: ivr.policy/v1\ndoor: {allow_if: hours == opne}\n")],
    "total_unwired_outcome": [
        (
            "main.yaml",
            "to: {opening_hours: hours, directions: way, other: keys, silence",
            "to: {opening_hours: hours, other: keys, silence",
        )
    ],
    "total_decide": [
        (
            "main.yaml",
            "  welcome: {say: welcome, next: why}\n",
            "  welcome: {decide: [{id: a, if: language == en and hours == open}, {id: b, if: language == es}], "
            "to: {a: why, b: why}}\n",
        ),
        ("prompts/en.yaml", "  welcome:", "  why_not:"),
        ("prompts/es.yaml", "  welcome:", "  why_not:"),
    ],
    "total_missing_place": [("main.yaml", "  agent_request: {say: no_agents, next: keys}\n", "")],
    "lang_missing_prompt": [("prompts/es.yaml", '  hours: "Abrimos de {fact.hours}, de lunes a sábado."\n', "")],
    "lang_missing_file": [("prompts/es.yaml", "*", None)],
    "lang_placeholder_mismatch": [("prompts/es.yaml", "Abrimos de {fact.hours},", "Abrimos temprano,")],
    "lang_missing_intent": [("intents/es.yaml", "  directions:\n", "  direcciones:\n")],
    "lang_fact": [("facts.yaml", "{en: nine to five, es: nueve a cinco}", "{en: nine to five}")],
    "loop_of_policies": [
        ("policy.yaml", "", "schema: ivr.policy/v1\na: {allow_if: b.eligible}\nb: {allow_if: a.eligible}\n")
    ],
    "loop_without_a_question": [
        ("main.yaml", "agent_request: {say: no_agents, next: keys}", "agent_request: {say: no_agents, next: again}"),
        (
            "main.yaml",
            _NODES,
            _NODES + "  again: {decide: [{id: a, if: hours == open}, "
            "{id: b, if: hours != open}], to: {a: agent_request, b: keys}}\n",
        ),
    ],
    "dead_end": [
        ("main.yaml", "way: {say: way, next: anything_else}", "way: {say: way, next: trap}"),
        (
            "main.yaml",
            _NODES,
            _NODES + "  trap: {ask: {prompt: why, intents: [directions]}, to: {directions: trap, "
            "other: trap, silence: trap, no_match: trap, agent_request: trap}}\n",
        ),
    ],
    "unreach_node": [("main.yaml", _NODES, _NODES + "  attic: {say: way, next: goodbye}\n")],
    "unreach_prompt_and_intent": [
        ("main.yaml", "way: {say: way,", "way: {say: hours,"),
        ("main.yaml", "intents: [opening_hours, directions, agent_request]", "intents: [opening_hours, directions]"),
    ],
    "channel_deep_menus": [
        ("main.yaml", "to: {hours: hours, way: way}", "to: {hours: hours, way: two}"),
        (
            "main.yaml",
            _NODES,
            _NODES
            + "".join(
                f'  {name}: {{menu: {{prompt: keys, choices: [{{id: a, key: "1"}}]}}, to: {{a: {goes}}}}}\n'
                for name, goes in (("two", "three"), ("three", "four"), ("four", "goodbye"))
            ),
        ),
    ],
    "stale_fact": [
        (
            "facts.yaml",
            'es: nueve a cinco}, source: "door sign", review_by: 2027-12-31',
            'es: nueve a cinco}, source: "door sign", review_by: 2026-01-31',
        )
    ],
    "time_overlapping_hours": [
        ("calendar.yaml", "", 'timezone: America/New_York\nweek: {mon: "08:00-12:00, 11:00-17:00"}\n')
    ],
    "schema_calendar": [
        ("calendar.yaml", "", 'timezone: America/New_Yrok\nweek: {mon: 8-20, funday: "08:00-20:00"}\n')
    ],
    "schema_promise": [("callbacks.yaml", "", "promises: {soon: {kind: callback, due_within: soon}}\n"), _QUEUES],
    "many_at_once": [
        ("main.yaml", "say: hours,", "say: ours,"),
        ("main.yaml", "next: anything_else}\n  way", "next: anything}\n  way"),
        ("prompts/es.yaml", "  way: ", "  weg: "),
        ("bundle.yaml", "es: Biblioteca", "fr: Biblioteca"),
    ],
}
"""Name -> edits of (file, old, new) that turn the starter bundle into a broken one; the name begins with its code."""


def broken(edits: list[Edit]) -> dict[str, bytes]:
    """The starter's files after the edits; each edit must find its old text, `*` stands for the whole file."""
    files = dict(read_files(ROOT / "flows" / "starter").files)
    for name, old, new in edits:
        text = files.get(name, b"").decode()
        assert old in text or old == "*", f"{name} no longer holds {old!r}"
        if new is None:
            del files[name]
        else:
            changed = new if old in ("*", "") else text.replace(old, new, 1)
            files[name] = changed.encode("utf-8", "surrogateescape")
    return files


def test_the_starter_itself_has_no_problem():
    files = broken([])
    assert as_text(problems_in(files, NOW), files, "flows/starter") == "no problems in flows/starter\n"


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_message(name: str):
    files = broken(BROKEN[name])
    text = as_text(problems_in(files, NOW), files, "flows/broken")
    golden = GOLDEN / f"{name}.txt"
    if os.environ.get("REGENERATE_GOLDEN"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_code_is_the_one_its_name_promises(name: str):
    """`ref_...` is found as E-REF and so on, so that a golden file cannot quietly turn into another mistake."""
    codes = {p.code for p in problems_in(broken(BROKEN[name]), NOW)}
    family = name.split("_")[0].upper()
    assert family == "MANY" or f"E-{family}" in codes or (family == "STALE" and "W-FACT-STALE" in codes), codes


def test_no_golden_file_without_a_bundle():
    assert {p.stem for p in GOLDEN.glob("*.txt")} == set(BROKEN)
