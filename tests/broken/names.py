"""Names that point to nothing."""

from __future__ import annotations

from tests.bundle_edits import Edit

STARTER: dict[str, list[Edit]] = {
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
    "ref_missing_standard_prompt": [
        ("prompts/en.yaml", "  budget_spent:", "  budget_spend:"),
        ("prompts/es.yaml", "  budget_spent:", "  budget_spend:"),
    ],
    "ref_unknown_flow_of_a_line": [("bundle.yaml", "flow: main", "flow: mian")],
    "many_at_once": [
        ("main.yaml", "say: hours,", "say: ours,"),
        ("main.yaml", "next: anything_else}\n  way", "next: anything}\n  way"),
        ("prompts/es.yaml", "  way: ", "  weg: "),
        ("bundle.yaml", "es: Biblioteca", "fr: Biblioteca"),
    ],
}
HARBOR: dict[str, list[Edit]] = {
    "ref_unknown_subflow": [("main.yaml", "call: verify", "call: verfy")],
    "ref_unknown_result": [("verify.yaml", "{end: {result: unknown}}", "{end: {result: unkown}}")],
    "ref_slot_of_another_type": [("main.yaml", "{slot: day, type: date", "{slot: cell, type: date")],
    "ref_unknown_slot": [("main.yaml", "{slot: day, type: date", "{slot: dya, type: date")],
    "ref_value_of_a_check": [("main.yaml", "values: [due, clear, unknown]}\n    to: {due: tell, clear: tell,",
                              "values: [due, cleared, unknown]}\n    to: {due: tell, cleared: tell,")],
    "ref_unknown_word_list": [("main.yaml", "words: money", "words: moneys")],
    "ref_word_list_of_a_value": [("main.yaml", "{slot: day, type: date", "{slot: day, type: date, without: moneys")],
    "ref_language_of_a_key": [("main.yaml", "reprompts: [why_again]}", 'reprompts: [why_again], language_keys: {"2": fr}}')],
    "ref_language_key_of_a_flow": [("main.yaml", "  places: {safe_landing: safe_landing}",
                                    '  places: {safe_landing: safe_landing}\n  language_keys: {"8": fr}')],
    "ref_language_of_a_line": [("bundle.yaml", "channel: tty}", "channel: tty, language: fr}")],
    "ref_line_into_a_subflow": [("bundle.yaml", "abroad: {flow: main", "abroad: {flow: verify")],
    "ref_unknown_command": [("intents/en.yaml", "  goodbye:", "  good_bye: [see you]\n  goodbye:")],
    "ref_unknown_placeholder": [("prompts/en.yaml", "by {due_by}. Reference {reference}", "by {due}. Reference {reference}"),
        ("prompts/es.yaml", "antes del {due_by}. Referencia {reference}", "antes del {due}. Referencia {reference}")],
    "ref_placeholder_of_a_standard_prompt": [("prompts/en.yaml", "You are number {position} in line.", "You are in line."),
                                             ("prompts/es.yaml", "Usted es el número {position} en la fila.", "Usted está en la fila.")],
    "ref_context": [("main.yaml", "context: [reason, swollen]", "context: [reason, swolen]")],
    "ref_variable_of_a_set": [("main.yaml", "forget: {set: {balance: unknown,", "forget: {set: {balnce: unknown,")],
    "ref_place": [("main.yaml", "places: {safe_landing: safe_landing}", "places: {safe_landing: safe_landnig}")],
    "ref_policy_of_a_variable": [("main.yaml", "protected_by: case_details", "protected_by: case_detail")],
    "ref_policy_of_a_slot": [("main.yaml", "cell: {type: phone}", "cell: {type: phone, protected_by: nobody}")],
    "ref_message": [("main.yaml", "send: {message: link,", "send: {message: links,")],
    "ref_kept_place_without_a_wait": [
        ("main.yaml", "closed: ring_back, wait", "closed: keep_place, wait"),
        ("main.yaml", "other: goodbye\n      silence", "other: keep_place\n      silence")],
    "ref_words_of_a_kept_place": [("prompts/en.yaml", "  callback_later_in_line:", "  callback_later_in_lime:"),
                                  ("prompts/es.yaml", "  callback_later_in_line:", "  callback_later_in_lime:")],
    "many_of_another_bundle": [
        ("main.yaml", "call: verify", "call: verfy"),
        ("queues.yaml", "tier: 1", "tier: 10"),
        ("callbacks.yaml", "max: 2", "max: two"),
        ("policy.yaml", "transfer to nurses when", "transfer to nurse when"),
        ("prompts/es.yaml", "Los lunes recibimos", "Los {dia} recibimos"),
        ("env/development.yaml", "nurses:", "doctors:"),
    ],
}
