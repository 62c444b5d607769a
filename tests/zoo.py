"""A small bundle in which every node kind stands in every way: what the prover's rules and the engine are compared on."""

from __future__ import annotations

from pathlib import Path

from ivr.flow.load import read_files
from tests.callback_words import callback_words

MAIN = """
schema: ivr.flow/v1
id: main
start: welcome
vars:
  reason: {enum: [none, urgent, plain]}
  found: {enum: [unknown, yes, no]}
  verified: {enum: [none, caller]}
  status: {enum: [unknown, approved, waiting], protected_by: details}
slots:
  day: {type: date}
  agrees: {type: yes_no}
defaults:
  places: {main_menu: start_over, agent_request: agent_rules, goodbye: goodbye, safe_landing: safe_landing}
nodes:
  welcome:
    say: [welcome, {prompt: hours, if: hours == open}, {prompt: way, if: weekday == monday}]
    next: why
  start_over: {set: {reason: none, found: unknown}, next: why}
  why:
    ask: {prompt: why, intents: [opening_hours, directions], language_keys: {"8": es}}
    to: {opening_hours: {set: {reason: urgent}, go: when}, directions: {set: {reason: plain}, go: details}, other: keys,
         silence: keys, no_match: keys}
  keys:
    menu:
      prompt: keys
      choices: [{id: hours, key: "1", intents: [opening_hours]}, {id: way, key: "2"}, {id: sub, key: "3"}]
    to: {hours: {set: {reason: urgent}, go: when}, way: details, sub: second_opinion}
  when:
    collect: {slot: day, type: date, prompt: ask_day}
    to: {ok: look, refused: link, failed: more}
  look:
    check: {name: date_vs_today, with: [day], result: found, values: ["yes", "no", unknown]}
    to: {"yes": may, "no": keys, unknown: more, timeout: when, error: link}
  may:
    decide:
      - {id: live, if: reason == urgent and found == yes}
      - {id: later, if: not (reason == urgent and found == yes)}
    to: {live: queue, later: link}
  queue:
    transfer: {queue: desk, policy: live_agent, context: [reason]}
    to: {connected: goodbye, closed: closed, wait_too_long: too_long, failed: ring, left: link}
  closed: {say: no_agents, next: ring}
  too_long: {collect: {slot: agrees, type: yes_no, prompt: anything_else}, to: {"yes": ring, "no": link, failed: goodbye}}
  ring:
    promise: {promise: soon, policy: live_agent, reason: reason}
    to: {promised: more, no_contact: link, declined: keys, failed: when}
  details: {call: {flow: verify, with: {asked: once}}, to: {ok: read, failed: link}}
  read:
    check: {name: case_status, result: status, values: [approved, waiting]}
    to: {approved: told, waiting: keys, timeout: more, error: link}
  told: {say: [{prompt: way, if: status == approved}, {prompt: hours, if: status != approved}], next: link}
  link:
    send: {message: link, also: true, ask_email: true}
    to: {sent: again, declined: more, failed: more}
  again:
    send: {message: other_link, consent: given, by: [sms, email], also: true}
    to: {sent: second_opinion, declined: more, failed: more}
  second_opinion: {call: {flow: verify, with: {asked: twice}}, to: {ok: link, failed: keys}}
  more:
    collect: {slot: agrees, type: yes_no, prompt: anything_else, retries: 1}
    to: {"yes": start_over, "no": goodbye, failed: goodbye}
  agent_rules: {say: no_agents, next: keys}
  goodbye: {end: done}
  safe_landing: {say: safe_landing, next: last_link}
  last_link: {send: {message: last_link, by: [email], also: true}, to: {sent: landed, declined: landed, failed: landed}}
  landed: {end: safe_landing}
"""
VERIFY = """
schema: ivr.flow/v1
id: verify
start: begin
inputs: [asked]
results: [ok, failed]
vars:
  asked: {enum: [once, twice]}
  trust: {enum: [low, high]}
  verified: {enum: [none, caller]}
slots:
  agrees: {type: yes_no}
nodes:
  begin: {set: {trust: high}, next: sure}
  sure:
    ask: {prompt: anything_else, intents: [directions], retries: 1}
    to: {directions: {set: {verified: caller}, go: well}, other: short, silence: bad, no_match: bad}
  short: {menu: {prompt: keys, choices: [{id: a, key: "1"}, {id: b, key: "2"}], retries: 0}, to: {a: well, b: bad}}
  well: {decide: [{id: yes, if: verified == caller and trust == high}, {id: no, if: verified != caller or trust != high}],
         to: {"yes": good, "no": unsure}}
  unsure: {collect: {slot: agrees, type: yes_no, prompt: anything_else}, to: {"yes": good, "no": bad, failed: bad}}
  good: {end: {result: ok}}
  bad: {end: {result: failed}}
"""
POLICY = """
schema: ivr.policy/v1
live_agent:
  allow_if_any: [{id: urgent, when: reason == urgent and found == yes}]
  open_when: hours == open
details: {allow_if: verified == caller}
never: [{id: no-plain, rule: transfer to desk when reason == plain}]
always:
  - {id: next-step, rule: "after any refusal of a live agent the caller is offered at least one of: sms_link, website"}
"""
CALLBACKS = """
schema: ivr.callbacks/v1
promises:
  soon: {kind: callback, due_within: 3 business_days, confirm: {sms: link, email: link}}
"""


def files() -> dict[str, bytes]:
    """The starter's words with another flow, and what that flow needs."""
    found = dict(read_files(Path(__file__).parents[1] / "flows" / "starter").files)
    found |= {"main.yaml": MAIN.encode(), "verify.yaml": VERIFY.encode(), "policy.yaml": POLICY.encode(),
              "callbacks.yaml": CALLBACKS.encode(), "queues.yaml": b"schema: ivr.queues/v1\nqueues:\n  desk: {tier: 1}\n"}
    found["facts.yaml"] += b"  web: {value: example.org, spoken: {en: example dot org, es: ejemplo punto org}, step: website}\n"
    for lang in ("en", "es"):
        name = f"prompts/{lang}.yaml"
        text = found[name].decode() + callback_words(lang)
        text += {"en": '  ask_day: "Which day? Say the month and the day."\n', "es": '  ask_day: "¿Qué día? Diga el mes y el día."\n'}[lang]
        text += {"en": '  offer_link_by_email: "Shall I email it? Say yes, or press 1."\n',
                 "es": '  offer_link_by_email: "¿Se lo mando por correo? Diga sí, u oprima 1."\n'}[lang]
        text += {"en": '  ask_email_address: "Which address?"\n', "es": '  ask_email_address: "¿Qué dirección?"\n'}[lang]
        text += {"en": '  not_ours: "Somebody else does that."\n', "es": '  not_ours: "De eso se encarga otra oficina."\n'}[lang]
        topic = f"out_of_scope:\n  elsewhere: {{answer: not_ours, phrases: [xyzzy {lang}]}}\n"
        found[f"intents/{lang}.yaml"] = found[f"intents/{lang}.yaml"].replace(b"out_of_scope:\n", topic.encode())
        for key in ("other_link", "last_link"):
            text += f"  {key}: {{sms: 'Link {lang}: {{fact.web}}', email: {{subject: Link {lang}, body: '{lang}: {{fact.web}}'}}}}\n"
        text += f"  link: {{sms: 'Link {lang}: {{fact.web}}', email: {{subject: Link {lang}, body: '{lang}: {{fact.web}}'}}}}\n"
        for key in ("safe_landing", "no_agents"):
            text = text.replace(f"  {key}: \"", f"  {key}: \"{{fact.web}}. ", 1)
        found[name] = text.encode()
    return found
