"""V31: whoever cannot use the line says so at any question and gets to a person in hours, to a callback otherwise.

Every question of the reference bundle is gone to with the production engine, and the same is said, typed and keyed there.
"""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.dialog import actions as act
from ivr.dialog import events as ev
from ivr.dialog import session as sessions
from ivr.dialog.engine import step
from ivr.dialog.lexicon import command_in
from ivr.dialog.session import Session
from ivr.flow.load import load_bundle
from ivr.sensitive import Sensitive

BUNDLE = load_bundle(Path(__file__).parent.parent.parent / "flows/uscis")
OPEN = datetime(2026, 3, 10, 14, 5, tzinfo=UTC)
CLOSED = datetime(2026, 3, 14, 14, 5, tzinfo=UTC)
ASKING = ("ask", "menu", "collect", "promise", "send")
SAID = {"en": ("I can't use this menu because of my disability", "um sorry I'm hard of hearing I can't hear you well",
               "I cant press the buttons sir", "I have a speech impediment", "I am deaf",
               "no no listen, I'm blind and can't see the keypad"),
        "es": ("no puedo usar este menú por mi discapacidad", "mire es que no oigo bien y no le entiendo",
               "ay no puedo apretar los botones", "soy discapacitado, no puedo usar el teléfono", "estoy sorda",
               "perdón, soy ciega y no veo las teclas")}
WAY = "accommodation_request"
Place = tuple[str, str]


def place_of(session: Session) -> Place:
    frame = session.frames[-1]
    return frame.flow, frame.node


def settle(session: Session, actions: tuple[act.Action, ...], now: datetime) -> Iterator[tuple[Session, tuple[act.Action, ...]]]:
    """All that the outside can answer, until the caller is asked or the call is over."""
    pending = next((a for a in actions if isinstance(a, act.Lookup | act.SendMessage | act.MakePromise | act.Transfer)), None)
    if session.waiting == "input" or session.status == "ended" or pending is None:
        yield session, actions
        return
    answers: list[ev.Event] = []
    if isinstance(pending, act.Lookup):
        answers = [ev.LookupDone(pending.lookup_id, v) for v in (*pending.values, "timeout")]
    elif isinstance(pending, act.Transfer):
        answers = [ev.QueueEnded(pending.queue, "left")]
    else:
        answers = [ev.EffectRecorded(pending.key, "ACDEFGHJ", "2026-04-21T00:00:00-04:00"), ev.EffectFailed(pending.key)]
    for event in answers:
        after, more = step(BUNDLE, session, event, now)
        if after is not session:
            yield from settle(after, more, now)


def answers_at(session: Session) -> list[ev.Event]:
    listen, turn = session.last_listen, session.turn
    keys = ["1", "2", "3", "4", "5", "#", "03202026", "2025550143", "4631234567890", "10001", "123456789"]
    said = ["yes", "no", "march twentieth", "I-130", "IOE 1234567890", "ana at example dot org", "anything else"]
    events: list[ev.Event] = [ev.DigitsReceived(turn, Sensitive(k)) for k in keys] + [ev.SpeechHeard(turn, Sensitive(s)) for s in said]
    if listen is not None and listen.ranked:
        events += [ev.SpeechHeard(turn, Sensitive("x"), ranking=(ev.Hypothesis(i, 0.99),), decision="accept") for i in BUNDLE.intents]
    return [*events, ev.NoInput(turn)]


@cache
def questions(now: datetime) -> dict[Place, Session]:
    """Node at which the caller is asked -> a call that stands there."""
    found: dict[tuple[Place, str, str, int], Session] = {}
    todo: deque[Session] = deque()
    for number in (Sensitive("+12025550143"), None):
        for name, line in BUNDLE.lines.items():
            if line.flow == "main":
                start = ev.CallStarted(f"CA{name}", name, line.channel, number, number is not None, "en")
                for session, _ in settle(*step(BUNDLE, sessions.fresh(start.call_id, BUNDLE.hash), start, now), now):
                    todo.append(session)
    while todo:
        session = todo.popleft()
        if session.status == "ended" or session.waiting != "input":
            continue
        stage = session.memo.get("stage", "value" if "value" in session.memo else "")
        key = (place_of(session), session.vars["reason"], stage, session.tries)
        if key in found:
            continue
        found[key] = session
        for event in answers_at(session):
            after, actions = step(BUNDLE, session, event, now)
            if after is not session:
                todo.extend(s for s, _ in settle(after, actions, now))
    places: dict[Place, Session] = {}
    for (place, *_), session in found.items():
        places.setdefault(place, session)
    return places


def say(session: Session, text: str, now: datetime) -> tuple[Session, list[act.Action]]:
    after, actions = step(BUNDLE, session, ev.SpeechHeard(session.turn, Sensitive(text)), now)
    return after, list(actions)


def press(session: Session, key: str, now: datetime) -> tuple[Session, list[act.Action]]:
    (after, actions), *_ = settle(*step(BUNDLE, session, ev.DigitsReceived(session.turn, Sensitive(key)), now), now)
    return after, list(actions)


def leads_to_people(session: Session, language: str, now: datetime) -> None:
    """From the first question of the way: two answers, then a person, or the promise of a call."""
    assert place_of(session) == ("access", "accommodation"), place_of(session)
    assert session.vars["reason"] == WAY
    session, _ = say(session, {"en": "no", "es": "no"}[language], now)
    session, actions = say(session, {"en": "yes", "es": "sí"}[language], now)
    if now == OPEN:
        (transfer,) = [a for a in actions if isinstance(a, act.Transfer)]
        assert (transfer.queue, transfer.policy) == ("tier1", "accommodation")
    else:
        assert place_of(session) == ("access", "access_callback"), "nobody is there: a callback is offered"


def reached_all(found: dict[Place, Session]) -> set[Place]:
    """Questions of the bundle that were not gone to."""
    return {(f.id, n.id) for f in BUNDLE.flows.values() for n in f.nodes.values() if n.kind in ASKING} - set(found)


def test_every_question_of_the_bundle_is_looked_at() -> None:
    missing = reached_all(questions(OPEN) | questions(CLOSED))
    assert not missing, sorted(missing)


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("now", [OPEN, CLOSED], ids=["open", "closed"])
def test_said_at_any_question_it_leads_to_people(now: datetime, language: str) -> None:
    looked_at = 0
    for place, standing in questions(now).items():
        if standing.frames[0].node == WAY:
            continue  # already on the way: what is said is an answer
        session = standing if language == standing.language else sessions_in(standing, language)
        for text in SAID[language][: 1 if looked_at % 5 else None]:
            after, _ = say(session, text, now)
            assert place_of(after) == ("access", "accommodation"), (place, text, place_of(after))
        leads_to_people(after, language, now)
        looked_at += 1
    assert looked_at >= 100


@pytest.mark.parametrize("now", [OPEN, CLOSED], ids=["open", "closed"])
def test_by_keys_it_is_three_keys_from_any_question(now: datetime) -> None:
    for place, standing in questions(now).items():
        session, _ = press(standing, "0", now)
        session, _ = press(session, "5", now)
        session, _ = press(session, "4", now)
        assert place_of(session) == ("access", "accommodation"), place


def test_typed_at_any_question_it_leads_to_people() -> None:
    for place, standing in questions(OPEN).items():
        if standing.frames[0].node != WAY:
            session = with_channel(standing, "tty")
            after, _ = say(session, "I CANT USE THIS MENU BECAUSE OF MY DISABILITY GA", OPEN)
            assert place_of(after) == ("access", "accommodation"), place


def test_on_the_way_itself_it_is_an_answer() -> None:
    for place, standing in questions(OPEN).items():
        if standing.frames[0].node == WAY:
            after, _ = say(standing, SAID["en"][0], OPEN)
            assert after.commands_left == standing.commands_left, place


def test_nothing_of_another_topic_comes_along() -> None:
    for standing in questions(OPEN).values():
        if standing.frames[0].node != WAY:
            after, _ = say(standing if standing.language == "en" else sessions_in(standing, "en"), SAID["en"][0], OPEN)
            left = {after.vars[n] for n in ("urgency", "appt", "status_proof", "identity", "access_need", "in_person_need")}
            assert left <= {"unknown", "none"}


@given(st.sampled_from(sorted(BUNDLE.intents)), st.sampled_from(["en", "es"]), st.data())
def test_no_sentence_of_another_topic_is_taken_for_it(intent: str, language: str, data: st.DataObject) -> None:
    if intent == WAY:
        return
    text = data.draw(st.sampled_from(sorted(BUNDLE.intents[intent].phrases[language])))
    assert command_in(BUNDLE, text, language) != "accommodation", text


def sessions_in(session: Session, language: str) -> Session:
    return dataclasses.replace(session, language=language)


def with_channel(session: Session, channel: str) -> Session:
    return dataclasses.replace(session, channel=channel)
