"""The search knows every state of every call: random callers on the real engine are looked up in it, event by event.

The same comparison must fail when any one kind of move is taken out of the prover's rules, or it would show nothing.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.dialog import actions as act
from ivr.dialog import events as ev
from ivr.dialog import session as sessions
from ivr.dialog.engine import step
from ivr.dialog.session import Session
from ivr.flow.load import bundle_from_files, load_bundle
from ivr.flow.model import Bundle
from ivr.proof.abstract import Shadow
from ivr.proof.build import system_of
from ivr.proof.pack import Packed, pack
from ivr.proof.search import search
from ivr.proof.system import System
from tests import zoo

ROOT = Path(__file__).parents[2]
BEGIN = datetime(2026, 3, 9, 14, 5, tzinfo=UTC)
WORDS = {"en": ["yes", "no", "agent", "help", "main menu", "goodbye", "mumble", "march twentieth",
                "two zero two five five five zero one four three", "ana@example.org", "this is relay operator twelve", "go ahead",
                "the caller says yes go ahead", "one moment please", "vco", "hco", "hd", "sk", "rpt"],
         "es": ["sí", "no", "agente", "ayuda", "menú principal", "adiós", "farfulla", "veinte de marzo", "ana@example.org",
                "le habla una operadora de relevo", "adelante", "la persona dice que sí", "un momento", "vco pf", "hco", "rpt"]}
KEYS = ["1", "2", "2", "3", "9", "4", "5", "7", "8", "0", "*", "#", "03202027", "2025550143", "99"]
FITTING = {"yes_no": "1", "date": "03202027", "phone": "2025550143", "receipt": "4632122345678"}


@cache
def bundle_of(name: str) -> Bundle:
    return bundle_from_files(zoo.files()) if name == "zoo" else load_bundle(ROOT / "flows" / name)


@cache
def packed_of(name: str) -> Packed:
    return pack(system_of(bundle_of(name)))


Step = tuple[ev.Event, Session]


def walk(bundle: Bundle, chance: random.Random, turns: int) -> Iterator[Step]:
    """One call in which everything is drawn by lot: answers, the clock, the rim. Every third caller stays on as long as
    the system lets them."""
    stays = chance.random() < 0.33
    session, now = sessions.fresh("CA1", bundle.hash), BEGIN + timedelta(hours=chance.randrange(24 * 7))
    line = chance.choice(list(bundle.lines))
    event: ev.Event = ev.CallStarted("CA1", line, bundle.lines[line].channel, chance.choice([None, ev.Sensitive("+12025550143")]),
                                     chance.random() < 0.6, chance.choice([None, *bundle.languages]))
    for _ in range(turns):
        before, (session, actions) = session, step(bundle, session, event, now)
        for _ in range(6 if stays and before.waiting == "input" else 0):
            if session.status == "ended":
                event = drawn(bundle, before, (), chance)
                session, actions = step(bundle, before, event, now)
        if session is not before:
            yield event, session
        if session.status == "ended":
            return
        now += timedelta(seconds=chance.choice([1, 5, 60, 3600, 30_000]))
        event = drawn(bundle, session, actions, chance)


def stubborn(bundle: Bundle) -> Iterator[Step]:
    """Somebody who chooses the language for ever, also after the safe landing, until the budget of the call is spent."""
    session = sessions.fresh("CA1", bundle.hash)
    begin = [ev.CallStarted("CA1"), ev.ContactGiven("email", ev.Sensitive("ana@example.org"))]
    for n in range(70):
        back = session.node == "last_link"
        said = ev.SpeechHeard(session.turn, ev.Sensitive("menú principal")) if back else ev.DigitsReceived(session.turn, ev.Sensitive("8"))
        event = begin[n] if n < 2 else said
        session, _ = step(bundle, session, event, BEGIN)
        yield event, session
        if session.status == "ended":
            return


def drawn(bundle: Bundle, session: Session, actions: tuple[act.Action, ...], chance: random.Random) -> ev.Event:
    name, _, rest = session.waiting.partition(":")
    if name == "lookup":
        lookup = next(a for a in actions if isinstance(a, act.Lookup))
        return ev.LookupDone(rest, chance.choice([*lookup.values, *lookup.values, "timeout", "error"]))
    if name == "effect":
        done = ev.EffectRecorded(rest, "ACDEFGHJ", "2026-03-20T12:00:00+00:00")
        return chance.choice([done, done, done, ev.EffectFailed(rest)])
    if name == "queue":
        return ev.QueueEnded(rest, chance.choice(["connected", "closed", "wait_too_long", "failed", "left", "nonsense"]))
    if chance.random() < 0.1:
        return chance.choice([ev.StreamLost(), ev.TtyDetected(), ev.ContactGiven("email", ev.Sensitive("ana@example.org")),
                              ev.ContactGiven("phone", ev.Sensitive("+12025550188"))])
    fitting = FITTING.get(session.last_listen.expect if session.last_listen else "")
    if fitting and chance.random() < 0.5:
        return ev.DigitsReceived(session.turn, ev.Sensitive(fitting))
    if chance.random() < 0.4:
        return ev.DigitsReceived(session.turn, ev.Sensitive(chance.choice(KEYS)))
    if chance.random() < 0.25:
        return ev.NoInput(session.turn)
    own = getattr(bundle.flows[session.flow].nodes[session.node].params, "intents", ())
    others = ["_oos", *(f"_oos.{topic}" for topic in bundle.out_of_scope), "_cmd.repeat", "_cmd.main_menu", "_cmd.goodbye"]
    meant = chance.choice([*own, *own, *own, *bundle.intents, chance.choice(others)])
    ranking = (ev.Hypothesis(meant, chance.choice([0.95, 0.95, 0.4, 0.1])),)
    return ev.SpeechHeard(session.turn, ev.Sensitive(chance.choice(WORDS[session.language])), ranking=ranking,
                          decision=chance.choice(["", "", "accept", "confirm", "reject"]),
                          offered=tuple(chance.sample(sorted(bundle.intents), min(2, len(bundle.intents)))))


def strays(bundle: Bundle, packed: Packed, call: Iterable[Step]) -> str:
    """Where the engine did what the search knows nothing of; empty when the whole call was known."""
    shadow = Shadow(packed)
    last = ""
    for n, (event, session) in enumerate(call):
        known = shadow.follow(bundle, session, event) if n else shadow.begin(bundle, session)
        if not known:
            return f"{last} -> {session.path()} {session.waiting} {session.memo} tries {session.tries} {session.outcome}"
        last = f"{session.path()} {session.waiting} {session.memo}"
    return ""


@pytest.mark.parametrize("name", ["zoo", "uscis", "starter"])
@given(seed=st.integers(0, 2**32))
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_engine_does_nothing_that_the_search_does_not_know(name: str, seed: int):
    bundle = bundle_of(name)
    assert strays(bundle, packed_of(name), walk(bundle, random.Random(seed), 60)) == ""


def move_classes(packed: Packed) -> list[tuple[str, str, str]]:
    """(kind or command, stage it begins in, where it leads) of every move that some call takes: the transition rules."""
    edges = packed.system.edges
    moving = (n for n in set(search(packed).edge) if edges[n].source != edges[n].target or edges[n].sets)
    return sorted({move_class(packed.system, n) for n in moving} - {("", "", "")})


def move_class(system: System, n: int) -> tuple[str, str, str]:
    edge = system.edges[n]
    spot, target = system.spots[edge.source], system.spots[edge.target]
    if edge.move.event == "broken" or not spot.stack:
        return "", "", ""
    kind = bundle_of("zoo").flows[spot.flow].nodes[spot.node].kind
    if edge.command and not edge.move.outcome:
        return "command", "", edge.move.detail
    return kind, spot.stage, f"outcome {edge.move.outcome}" if edge.move.outcome else f"stage {target.stage}"


@cache
def calls() -> list[list[Step]]:
    """Enough calls through the zoo to use every rule."""
    bundle = bundle_of("zoo")
    found = [list(walk(bundle, random.Random(seed), 150)) for seed in range(1500)] + [list(stubborn(bundle))]
    assert not any(strays(bundle, packed_of("zoo"), call) for call in found)
    return found


@pytest.mark.parametrize("rule", move_classes(packed_of("zoo")), ids=" ".join)
def test_a_prover_without_this_rule_is_found_out(rule: tuple[str, str, str]):
    system = packed_of("zoo").system
    poorer = replace(system, edges=[e for n, e in enumerate(system.edges) if move_class(system, n) != rule])
    packed = pack(poorer)
    assert any(strays(bundle_of("zoo"), packed, call) for call in calls()), f"nothing missed {' '.join(rule)}"
