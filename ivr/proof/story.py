"""A way through the search, told as a phone call. Pure.

    system  why                "In a few words, how can I help you?"
    caller  "reschedule my interview" / "quiero cambiar mi entrevista"        reason = reschedule_interview
    -> biometrics_transfer
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ivr.dialog.render import variant_for
from ivr.flow.model import Bundle
from ivr.proof.search import Reached
from ivr.proof.system import Edge, Move, Spot

LANGUAGE_NAMES = {"en": "English", "es": "Spanish", "fr": "French", "de": "German", "pt": "Portuguese", "it": "Italian"}
_QUIET = ("said", "result", "call", "row", "broken", "end", "owed", "shut")


@dataclass(slots=True)
class Story:
    turns: int = 0
    lines: list[str] = field(default_factory=list)
    setting: str = ""
    """Languages, channel and time of the call."""


def tell(bundle: Bundle, reached: Reached, number: int) -> Story:
    """The shortest call to a state."""
    system = reached.packed.system
    way = reached.way_to(number)
    edges = [system.edges[e] for e, _ in way if e >= 0]
    story = Story(sum(e.turn for e in edges), list(_lines(bundle, system.spots, edges)))
    story.setting = ", ".join([_languages(bundle), _channel(reached, way), _moment(reached, way)])
    return story


def _lines(bundle: Bundle, spots: list[Spot], edges: list[Edge]) -> Iterator[str]:
    spoken: list[str] = []
    for edge in edges:
        words = _caller(bundle, spots[edge.source], edge.move)
        if words:
            yield from _system(bundle, spoken)
            spoken = []
            sets = ", ".join(f"{k} = {v}" for k, v in edge.sets.items() if not k.startswith("#"))
            yield f"{words}{'   ' + sets if sets else ''}"
        spoken += edge.move.says
    yield from _system(bundle, spoken)
    last = spots[edges[-1].target] if edges else None
    if last is not None and last.stack:
        yield f"-> {last.node} ({last.flow})"


def _system(bundle: Bundle, keys: Iterable[str]) -> Iterator[str]:
    prompts = bundle.prompts[bundle.default_language]
    for key in keys:
        text = variant_for(prompts[key], "voice") if key in prompts else ""
        yield f'system  {key}  "{text if len(text) <= 70 else text[:67] + "..."}"'


def _caller(bundle: Bundle, spot: Spot, move: Move) -> str:
    if move.event == "rim":
        return f"        ({_RIM.get(spot.stage, spot.stage)}: {move.detail})"
    if move.event in _QUIET or (move.event == "command" and not move.detail):
        return ""
    return f"caller  {_WORDS[move.event](bundle, move)}"


_RIM = {"lookup": "the check answers", "queue": "the queue", "promise": "the promise is"}


def _intent(bundle: Bundle, move: Move) -> str:
    intent = bundle.intents.get(move.detail)
    return _both(intent.phrases[lang][0] for lang in bundle.languages if lang in intent.phrases) if intent else move.detail


def _both(phrases: Iterable[str]) -> str:
    return " / ".join(f'"{p}"' for p in phrases)


def _command(bundle: Bundle, move: Move) -> str:
    if move.detail in ("budget", "budget_spent"):
        return "asks until the budget of the call is spent"
    name = "switch_" + bundle.languages[-1] if move.detail == "switch_language" else move.detail
    return _both(phrases[0] for phrases in bundle.commands.get(name, {}).values() if phrases) or move.detail


_WORDS = {
    "intent": _intent,
    "key": lambda bundle, move: f"presses {move.detail}",
    "language_key": lambda bundle, move: "presses the key of a language",
    "any_key": lambda bundle, move: "presses a key",
    "yes": lambda bundle, move: _yes_no(bundle, "yes"),
    "no": lambda bundle, move: _yes_no(bundle, "no"),
    "value": lambda bundle, move: f"gives {'an' if move.detail[:1] in 'aeio' else 'a'} {move.detail.replace('_', ' ')}",
    "refused": lambda bundle, move: _yes_no(bundle, "no"),
    "doubt": lambda bundle, move: "says something that is understood with doubt",
    "unclear": lambda bundle, move: "says something that is not understood",
    "silence": lambda bundle, move: "says nothing",
    "command": _command,
}


def _yes_no(bundle: Bundle, answer: str) -> str:
    key = {"yes": "1", "no": "2"}[answer]
    words = _both(phrases[0] for phrases in bundle.commands.get(answer, {}).values() if phrases)
    return f"{words}, or presses {key}" if words else f"presses {key}"


def _languages(bundle: Bundle) -> str:
    return " and ".join(LANGUAGE_NAMES.get(lang, lang) for lang in bundle.languages)


def _channel(reached: Reached, way: list[tuple[int, int]]) -> str:
    spot = _spot(reached, way[0][1])
    begins = (values for start, values in reached.packed.system.starts if start == spot)
    return next(begins, {}).get("channel", "voice")


def _spot(reached: Reached, number: int) -> int:
    return reached.states[number] & reached.packed.spot_mask


def _moment(reached: Reached, way: list[tuple[int, int]]) -> str:
    """A time at which the call can happen: what the clock must be, where it mattered last."""
    packed, states = reached.packed, reached.states
    hours, weekday = "", ""
    for _, number in way:
        live, values = packed.live[states[number] & packed.spot_mask], packed.values(states[number])
        hours = values["hours"] if packed.fields["hours"][1] & live else hours
        weekday = values["weekday"] if packed.fields["weekday"][1] & live else weekday
    day = weekday.capitalize() or ("Sunday" if hours == "closed" else "Tuesday")
    return f"{day} {'22:05' if hours == 'closed' and day not in ('Saturday', 'Sunday') else '10:05'}"
