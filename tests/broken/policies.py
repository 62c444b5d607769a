"""Policies, promises, hours and environments."""

from __future__ import annotations

from tests.bundle_edits import Edit

_TRANSFER = ("  queue_node: {transfer: {queue: desk, policy: door}, next: goodbye, "
             "to: {closed: goodbye, wait_too_long: goodbye, left: goodbye}}\n")
_QUEUES = ("queues.yaml", "", "schema: ivr.queues/v1\nqueues:\n  desk: {tier: 1}\n")
_NODES = "nodes:\n"

STARTER: dict[str, list[Edit]] = {
    "ref_unknown_queue_and_policy": [
        ("main.yaml", _NODES, _NODES + _TRANSFER),
        ("main.yaml", "{say: welcome, next: why}", "{say: welcome, next: queue_node}"),
    ],
    "ref_policy_guard": [("policy.yaml", "", "schema: ivr.policy/v1\ndoor: {allow_if: hours == opne}\n")],
    "loop_of_policies": [
        ("policy.yaml", "", "schema: ivr.policy/v1\na: {allow_if: b.eligible}\nb: {allow_if: a.eligible}\n")
    ],
    "time_overlapping_hours": [
        ("calendar.yaml", "", 'timezone: America/New_York\nweek: {mon: "08:00-12:00, 11:00-17:00"}\n')
    ],
    "schema_calendar": [
        ("calendar.yaml", "", 'timezone: America/New_Yrok\nweek: {mon: 8-20, funday: "08:00-20:00"}\n')
    ],
    "schema_promise": [("callbacks.yaml", "", "promises: {soon: {kind: service_request, due_within: soon}}\n"), _QUEUES],
}
HARBOR: dict[str, list[Edit]] = {
    "schema_never_form": [("policy.yaml", "rule: transfer when reason == bill", "rule: never transfer bills")],
    "schema_never_about_everything": [("policy.yaml", "say balance_due when verified == nobody", "say when verified == nobody")],
    "schema_always_sentence": [
        ("policy.yaml", "before any transfer the caller hears at least one of: wait_first", "callers are always happy")],
    "schema_service_level": [("queues.yaml", "rows: [R02]}", "rows: [R02], service_level: {share: 80, within_s: 60}}")],
    "schema_offer_without_words": [("queues.yaml", "rows: [R02]}", "rows: [R02], callback_offer_above_s: 300}")],
    "schema_words_without_offer": [("queues.yaml", "rows: [R02]}", "rows: [R02], wait: {offer: monday}}")],
    "time_offer_behind_the_longest_wait": [
        ("queues.yaml", "rows: [R02]}", "rows: [R02], callback_offer_above_s: 600, wait: {offer: monday}}")],
    "ref_words_of_the_wait": [("queues.yaml", "rows: [R02]}", "rows: [R02], wait: {tips: [monday, mondey], leave: leave_line}}")],
    "ref_minutes_of_the_wait": [("queues.yaml", "rows: [R02]}", "rows: [R02], wait: {about: monday}}")],
    "ref_rule_of_the_urgent": [("queues.yaml", "rows: [R02]}", "rows: [R02], priority: {rules: [sweling], ahead_s: 600}}")],
    "ref_language_of_a_queue": [("queues.yaml", "languages: [en, es]", "languages: [en, fr]")],
    "schema_never_guard": [("policy.yaml", "promise soon when reason != pain", "promise soon when reason is pain")],
    "schema_two_doors": [("policy.yaml", "allow_if: verified == patient", "allow_if: verified == patient\n  allow_if_any: []")],
    "schema_policy_key": [("policy.yaml", "open_when: hours == open", "open_if: hours == open")],
    "schema_kept_place_that_rings_nobody": [("callbacks.yaml", "in_line: {kind: callback,", "in_line: {kind: service_request,")],
    "schema_kept_place_with_notice": [
        ("callbacks.yaml", "due_within: 1 business_days}",
         "due_within: 1 business_days, notice: {before: 1 business_day, by: [email], message: promise_notice}}")],
    "schema_notice": [("callbacks.yaml", "before: 1..2 business_days", "before: two days")],
    "schema_round_gap": [("callbacks.yaml", "next_round_after: 60m..90m", "next_round_after: 1h")],
    "schema_backward_round": [("callbacks.yaml", "next_round_after: 60m..90m", "next_round_after: 90m..60m")],
    "schema_recognizer": [("env/development.yaml", "main: auto", "main: wisper")],
    "schema_unsafe_address": [("env/development.yaml", "http://localhost:9999/balance", "http://billing.example/balance")],
    "schema_environment_in_reserve": [("env/production.yaml", "", "schema: ivr.env/v1\nvoice: {en: amy}\n")],
    "ref_queue_of_a_never_rule": [("policy.yaml", "transfer to nurses when", "transfer to nurse when")],
    "ref_promise_of_a_never_rule": [("policy.yaml", "promise soon when", "promise sooon when")],
    "ref_prompt_of_a_never_rule": [("policy.yaml", "say balance_due when", "say balance when")],
    "ref_value_in_a_never_rule": [("policy.yaml", "say balance_due when verified == nobody", "say balance_due when verified == noone")],
    "ref_step_of_an_always_rule": [("policy.yaml", "email_link, online_tools", "email_link, online_chat")],
    "ref_prompt_of_an_always_rule": [("policy.yaml", "at least one of: wait_first", "at least one of: wait_frist")],
    "ref_else_say": [("policy.yaml", "else_say: only_emergencies", "else_say: only_emergency")],
    "ref_voicemail": [("callbacks.yaml", "voicemail: missed_once", "voicemail: missed_one")],
    "ref_notice_message": [("callbacks.yaml", "message: promise_notice", "message: promise_note")],
    "ref_queue_of_an_environment": [("env/development.yaml", "nurses:", "doctors:")],
    "ref_lookup_of_an_environment": [("env/development.yaml", "lookups: {balance:", "lookups: {balances:")],
    "channel_voicemail_without_voice": [
        ("prompts/en.yaml", 'missed_once: "This is Harbor Dental. We try again today."', "missed_once: {chat: We try again.}"),
        ("prompts/es.yaml", 'missed_once: "Le habla Dental Harbor. Llamaremos otra vez hoy."',
         "missed_once: {chat: Llamaremos otra vez.}")],
    "time_outside_the_day": [("calendar.yaml", 'tue: "08:00-18:00"', 'tue: "08:00-25:00"')],
    "time_override_of_noon": [("calendar.yaml", '2026-11-27: "08:00-12:00"', '2026-11-27: "12:00-08:00"')],
    "time_last_round": [("callbacks.yaml", 'last_start: "16:30"', 'last_start: "17:30"')],
    "time_notice_too_late": [("callbacks.yaml", "due_within: 5 business_days", "due_within: 24h..48h")],
    "time_backward_notice": [("callbacks.yaml", "1..2 business_days", "2..1 business_days")],
    "time_never_open": [("calendar.yaml", "*", "schema: ivr.calendar/v1\ntimezone: America/New_York\nweek: {mon: closed}\n")],
}
