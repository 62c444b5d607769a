"""A small bundle for tests of the test runner: an appointment is moved by an officer in hours, by a callback outside them.
Words and intents come from the starter; the intent model is a table."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ivr.dialog.events import Classification, Hypothesis
from ivr.flow.load import bundle_from_files, read_files
from ivr.flow.model import Bundle
from ivr.transcripts.model import AS_WRITTEN, Run, Transcript, Variant
from ivr.transcripts.play import Stage, play
from ivr.transcripts.ranking import Rankings
from ivr.transcripts.reading import read_test
from ivr.transcripts.suite import Wanted, run_all
from ivr.transcripts.touched import Touched
from tests.callback_words import callback_words

ROOT = Path(__file__).parents[2]
MAIN = """\
schema: ivr.flow/v1
id: main
start: welcome
vars:
  reason: {enum: [none, move]}
  when: {enum: [unknown, future, past]}
slots:
  day: {type: date}
  cell: {type: phone}
nodes:
  welcome: {say: welcome, next: why}
  why:
    ask: {prompt: why, intents: [opening_hours, directions]}
    to: {opening_hours: hours, directions: {set: {reason: move}, go: ask_day}, other: keys, silence: keys, no_match: keys}
  keys:
    menu:
      prompt: keys
      choices: [{id: hours, key: "1", intents: [opening_hours]}, {id: move, key: "2", intents: [directions]}]
    to: {hours: hours, move: {set: {reason: move}, go: ask_day}}
  hours: {say: [hours, {prompt: open_now, if: hours == open}], next: link}
  link: {send: {message: link_hours}, to: {sent: goodbye, declined: goodbye, failed: goodbye}}
  ask_day:
    collect: {slot: day, type: date, prompt: ask_day}
    to: {ok: is_future, refused: goodbye, failed: goodbye}
  is_future:
    check: {name: date_vs_today, with: [day], result: when, values: [future, past, unknown]}
    to: {future: desk, past: too_late, unknown: goodbye, timeout: goodbye, error: goodbye}
  too_late: {say: too_late, next: goodbye}
  desk:
    transfer: {queue: desk, policy: live, context: [reason]}
    to: {connected: goodbye, closed: back, wait_too_long: back, failed: back, left: back}
  back:
    promise: {promise: routine, policy: callback, reason: reason}
    to: {promised: goodbye, no_contact: goodbye, declined: goodbye, failed: goodbye}
  agent_request: {say: no_agents, next: keys}
  goodbye: {end: done}
  safe_landing: {end: {outcome: safe_landing, prompt: safe_landing}}
"""
FILES = {
    "main.yaml": MAIN,
    "policy.yaml": """\
schema: ivr.policy/v1
live:
  allow_if_any: [{id: in-advance, when: reason == move and when == future, rows: [R1]}]
  open_when: hours == open
callback: {allow_if: live.eligible}
""",
    "queues.yaml": "schema: ivr.queues/v1\nqueues:\n  desk: {tier: 1, rows: [R2]}\n",
    "callbacks.yaml": "schema: ivr.callbacks/v1\npromises:\n  routine: {kind: callback, due_within: 30 business_days, rows: [R3]}\n",
    "calendar.yaml": 'schema: ivr.calendar/v1\ntimezone: America/New_York\nweek: {mon: "08:00-20:00", tue: "08:00-20:00", '
                     'wed: "08:00-20:00", thu: "08:00-20:00", fri: "08:00-20:00"}\n',
}
PROMPTS = {
    "en": {"open_now": "We are open now.", "ask_day": "On what date is it?", "too_late": "That day has passed.",
           "link_hours": {"sms": "Green Street Library: hours. Reply STOP to end.", "email": ("Hours", "Here they are.")}},
    "es": {"open_now": "Ahora está abierto.", "ask_day": "¿Qué día es?", "too_late": "Ese día ya pasó.",
           "link_hours": {"sms": "Biblioteca Green Street: horario. STOP para terminar.", "email": ("Horario", "Aquí lo tiene.")}},
}
INTENTS = {"when are you open": "opening_hours", "a qué hora abren": "opening_hours", "move my appointment": "directions",
           "cambiar mi cita": "directions", "one more thing": "agent_request"}
HEAD = "schema: ivr.test/v1\ntest: a call\nat: 2026-03-10T10:05:00 America/New_York\n"


class TableModel:
    """An intent model that knows a few sentences."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def classify(self, text: str, language: str) -> Classification:
        self.asked.append(text)
        return Classification((Hypothesis(INTENTS.get(text, "_oos"), 0.95), Hypothesis("opening_hours", 0.02)), "")


def clinic_files() -> dict[str, bytes]:
    files = dict(read_files(ROOT / "flows/starter").files)
    for name, text in FILES.items():
        files[name] = text.encode()
    for language, prompts in PROMPTS.items():
        lines = []
        for key, words in prompts.items():
            if isinstance(words, str):
                lines.append(f'  {key}: "{words}"')
            else:
                subject, body = words["email"]
                lines.append(f'  {key}: {{sms: "{words["sms"]}", email: {{subject: "{subject}", body: "{body}"}}}}')
        files[f"prompts/{language}.yaml"] += ("\n" + "\n".join(lines) + "\n" + callback_words(language)).encode()
    return files


@cache
def clinic() -> Bundle:
    return bundle_from_files(clinic_files())


def transcript(body: str, name: str = "call") -> Transcript:
    test, problems = read_test((HEAD + body).encode(), f"tests/{name}.yaml", clinic())
    assert test is not None, [(p.line, p.message) for p in problems]
    return test


def written(body: str, language: str = "en") -> Run:
    """The call as its transcript has it."""
    bundle = clinic()
    return play(Stage(bundle, Touched(bundle), Rankings(TableModel())), transcript(body), Variant(AS_WRITTEN), language, None)


def runs(body: str, *variants: str, language: str = "en") -> dict[str, Run]:
    """The call as written and in these variants, by their names."""
    made = run_all(clinic(), TableModel(), [transcript(body)], Wanted(variants, (language,)))
    return {run.variant: run for run in made}
