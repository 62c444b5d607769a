"""Keys and values of the wrong kind."""

from __future__ import annotations

from tests.bundle_edits import Edit

STARTER: dict[str, list[Edit]] = {
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
}
HARBOR: dict[str, list[Edit]] = {
    "schema_hex": [("main.yaml", "number_timeout_s: 10", "number_timeout_s: 0x10")],
    "schema_power_of_ten": [("queues.yaml", "max_wait_s: 600", "max_wait_s: 6e2")],
    "schema_base_sixty": [("queues.yaml", "max_wait_s: 600", "max_wait_s: 10:00")],
    "schema_thousands": [("queues.yaml", "max_wait_s: 600", "max_wait_s: 1,200")],
    "schema_null_number": [("queues.yaml", "max_wait_s: 600", "max_wait_s: ~")],
    "schema_number_out_of_bounds": [("queues.yaml", "max_wait_s: 600", "max_wait_s: 6")],
    "schema_clock": [("callbacks.yaml", '"16:30"', "8:30")],
    "schema_date_of_a_fact": [("facts.yaml", "review_by: 2027-06-30\n    step", "review_by: 2027/6/30\n    step")],
    "schema_variable_of_two_kinds": [("main.yaml", "swollen: {boolean: false}", "swollen: {boolean: false, enum: [a, b]}")],
    "schema_boolean_of_words": [("main.yaml", "swollen: {boolean: false}", "swollen: {boolean: off}")],
    "schema_slot_type": [("main.yaml", "cell: {type: phone}", "cell: {type: telephone}")],
    "schema_slot_permission": [("main.yaml", "allow: [context]", "allow: [contexts]")],
    "schema_recording": [("prompts/en.yaml", "audio/welcome.wav", "audio/welcome.mp4")],
    "schema_rows": [("queues.yaml", "rows: [R02]", "rows: [row 2]")],
    "schema_unknown_default": [("main.yaml", "  confidence: {accept", "  confidences: {accept")],
    "schema_end_of_both_sorts": [("verify.yaml", "{end: {result: known}}", "{end: {result: known, outcome: done}}")],
    "schema_flow_twice": [("second.yaml", "", "schema: ivr.flow/v1\nid: verify\nstart: a\nresults: [x]\nnodes: {a: {end: {result: x}}}\n")],
    "schema_target_list": [("main.yaml", "wait: {say: wait_first, next: nurse}", "wait: {say: wait_first, next: [nurse]}")],
    "schema_target_key": [("main.yaml", "{set: {reason: pain}, go: is_swollen}", "{set: {reason: pain}, goto: is_swollen}")],
    "schema_set_list": [("main.yaml", "forget: {set: {balance: unknown, reason: none}", "forget: {set: [balance, unknown]")],
    "schema_guard_of_a_word": [("main.yaml", "if: weekday == monday", "if: weekday")],
    "schema_guard_in_quotes": [("main.yaml", "if: weekday == monday", "if: 'weekday = monday'")],
    "schema_brace": [("prompts/en.yaml", "Mondays are our busiest day.", "Mondays {are our busiest day.")],
    "schema_two_questions_at_once": [("main.yaml", "retries: 2, timeout_s: 6", "retries: 9, timeout_s: 90")],
    "schema_text_is_a_list": [("prompts/en.yaml", 'monday: "Mondays are our busiest day."', "monday: [Mondays, are, busy]")],
}
