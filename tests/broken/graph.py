"""Outcomes that lead nowhere, nodes that nobody reaches, circles."""

from __future__ import annotations

from tests.bundle_edits import Edit

_NODES = "nodes:\n"

STARTER: dict[str, list[Edit]] = {
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
}
HARBOR: dict[str, list[Edit]] = {
    "total_input_not_given": [("verify.yaml", "results: [known", "inputs: [verified]\nresults: [known")],
    "total_result_not_wired": [("main.yaml", "to: {known: balance, unknown: online}", "to: {known: balance}")],
    "total_decide_of_two_variables": [("main.yaml", "if: balance != due or verified == nobody", "if: balance != due")],
    "unreach_fact": [("facts.yaml", "  notice:", '  parking: {value: Lot 5, source: map}\n  notice:')],
    "unreach_flow": [("spare.yaml", "", "schema: ivr.flow/v1\nid: spare\nstart: a\nresults: [x]\nnodes: {a: {end: {result: x}}}\n")],
    "unreach_sub_flow_node": [("verify.yaml", "  patient: {end", "  attic: {end: {result: known}}\n  patient: {end")],
}
