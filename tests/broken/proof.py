"""What only a call shows: doors open to the wrong people, refusals without a way on, details told to strangers."""

from __future__ import annotations

from tests.bundle_edits import Edit

_NODES = "nodes:\n"
_MOVE = "move_visit: {set: {reason: move}, go: which_day}"
_LINK = "send: {message: link, by: [sms, email]"
_LONG = "".join(
    f"  q{n}: {{collect: {{slot: is_swollen, type: yes_no, prompt: is_swollen, retries: 0}}, "
    f'to: {{"yes": q{n + 1}, "no": q{n + 1}, failed: q{n + 1}}}}}\n'
    for n in range(13)
) + "  q13: {say: online, next: goodbye}\n"

STARTER: dict[str, list[Edit]] = {}
HARBOR: dict[str, list[Edit]] = {
    "policy_target_led_to_the_door": [("main.yaml", _MOVE, "move_visit: {set: {reason: move}, go: wait}")],
    "policy_answer_ignored": [("main.yaml", 'no: {set: {swollen: "false"}, go: link}', 'no: {set: {swollen: "false"}, go: wait}')],
    "policy_by_a_fault": [("main.yaml", "go: link}, failed: link}\n  wait", "go: link}, failed: wait}\n  wait")],
    "policy_wrong_entry": [("main.yaml", "transfer: {queue: nurses, policy: emergency", "transfer: {queue: nurses, policy: case_details")],
    "policy_assignment_forgotten": [("main.yaml", 'yes: {set: {swollen: "true"}, go: wait}', "yes: wait")],
    "policy_guard_too_wide": [
        ("main.yaml", 'yes: {set: {swollen: "true"}, go: wait}', 'yes: {set: {swollen: "true"}, go: gate}'),
        ("main.yaml", 'no: {set: {swollen: "false"}, go: link}', 'no: {set: {swollen: "false"}, go: gate}'),
        ("main.yaml", "failed: link}\n  wait", "failed: gate}\n  wait"),
        ("main.yaml", "  wait: {say", "  gate:\n    decide:\n      - {id: in, if: reason == pain}\n      - {id: out, if: reason != pain}\n"
                                      "    to: {in: wait, out: link}\n  wait: {say"),
    ],
    "policy_for_a_promise": [("main.yaml", "  online: {say: online, next: anything}", "  online: {say: online, next: ring_back}")],
    "never_against_the_policy": [
        ("policy.yaml", "when: reason == pain and swollen == true", "when: (reason == pain and swollen == true) or reason == move"),
        ("main.yaml", _MOVE, "move_visit: {set: {reason: move}, go: wait}"),
    ],
    "never_said": [
        ("policy.yaml", "say balance_due when verified == nobody", "say balance_due when weekday == friday"),
    ],
    "lang_refusal_in_one_language": [("prompts/es.yaml", "lo demás está en {fact.site}.", "lo demás está en la red.")],
    "always_wait_not_announced": [("main.yaml", 'yes: {set: {swollen: "true"}, go: wait}', 'yes: {set: {swollen: "true"}, go: nurse}')],
    "always_landing_without_a_step": [
        ("prompts/en.yaml", "Please see {fact.site}. Goodbye.", "Please call again. Goodbye."),
        ("prompts/es.yaml", "Vea {fact.site}. Hasta luego.", "Vuelva a llamar. Hasta luego."),
    ],
    "pii_told_to_a_stranger": [("main.yaml", "to: {known: balance, unknown: online}", "to: {known: balance, unknown: balance}")],
    "pii_in_the_packet": [("main.yaml", "context: [reason, swollen]", "context: [reason, balance]")],
    "consent_never_given": [("main.yaml", _LINK, f"{_LINK}, consent: given")],
    "loop_of_too_many_questions": [
        ("main.yaml", "other: goodbye\n      silence: goodbye\n      no_match: goodbye",
         "other: q0\n      silence: q0\n      no_match: q0"),
        ("main.yaml", _NODES, _NODES + _LONG),
    ],
    "unreach_behind_a_guard": [
        ("main.yaml", "  welcome: {say: [welcome, {prompt: monday, if: weekday == monday}], next: why}",
         "  welcome: {say: [welcome, {prompt: monday, if: weekday == monday}], next: fork}\n"
         "  fork: {decide: [{id: a, if: reason == none}, {id: b, if: reason != none}], to: {a: clean, b: attic}}\n"
         "  clean: {set: {reason: none}, next: why}\n  attic: {say: online, next: why}"),
        ("main.yaml", "places: {safe_landing: safe_landing}", "places: {main_menu: clean, safe_landing: safe_landing}"),
    ],
    "channel_not_by_keys": [
        ("main.yaml", '        - {id: bill, key: "3", words: money}\n', ""),
        ("main.yaml", "      move: {set: {reason: move}, go: which_day}\n      bill: {set: {reason: bill}, go: who}\n  is_swollen",
         "      move: {set: {reason: move}, go: which_day}\n  is_swollen"),
    ],
    "lang_parity": [
        ("main.yaml", "  welcome: {say: [welcome, {prompt: monday, if: weekday == monday}], next: why}",
         "  welcome: {say: [welcome, {prompt: monday, if: weekday == monday}], next: fork}\n"
         "  fork: {decide: [{id: a, if: language == en}, {id: b, if: language == es}], to: {a: why, b: keys}}"),
    ],
}
