"""What a node says, asks, sends or looks up now. Pure. Called by `diff.nodes` for nodes that are still of the same kind.

Every field of every kind is compared; fields that name prompts are told in words, kinds that read better in a sentence of
their own have one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from difflib import SequenceMatcher

from ivr.dialog.render import variant_for
from ivr.diff.change import Change, Pair
from ivr.diff.meaning import meaning
from ivr.diff.wording import both, instead, only, quoted, shown, when
from ivr.flow.model import Bundle
from ivr.flow.model_flow import Flow, Node
from ivr.flow.registry import KINDS

_GROUP = {"send": "sent", "promise": "person", "transfer": "person", "ask": "understood", "menu": "understood"}
"""Kind -> group of its plain fields; all others lead callers somewhere."""


def contents(pair: Pair, flow: Flow, old: Node, new: Node) -> Iterator[Change]:
    special = _SPECIAL.get(new.kind, {})
    for name in type(new.params).model_fields:
        was, now = getattr(old.params, name), getattr(new.params, name)
        if meaning(was, name) != meaning(now, name):
            yield from special.get(name, _field)(pair, flow, old, new, name)


def words_of(bundle: Bundle, key: str) -> str:
    prompt = bundle.prompts.get(bundle.default_language, {}).get(key)
    return variant_for(prompt, "voice") if prompt else key


def _field(pair: Pair, flow: Flow, old: Node, new: Node, name: str) -> Iterator[Change]:
    was, now = getattr(old.params, name), getattr(new.params, name)
    at, subject = (f"{new.id} ({flow.id})",), (("node", flow.id, new.id),)
    mark = new.marks.get(f"{new.kind}.{name}", new.mark)
    if isinstance(was, str) and was in KINDS[old.kind].prompts(old.params):
        a, b = both(words_of(pair.b, now), words_of(pair.a, was))
        what = f"{_MOMENTS[name]} " if name in _MOMENTS else ""
        who = pair.callers.at(flow.id, new.id)
        yield Change("heard", f"{who} at {{at}} {what}now hear {a} ({now}) instead of {b} ({was})", subject, at, mark)
    else:
        yield Change(_GROUP.get(new.kind, "led"), f"{new.kind} {{at}}: {name} is {instead(now, was)} now", subject, at, mark)


_MOMENTS = {"help": "who ask for help", "made": "once it is written down", "sent": "once it is on its way",
            "sent_email": "once it is on its way", "waiting": "while they wait"}


# -- kinds with sentences of their own --------------------------------------------------------------------------------


def _say(pair: Pair, flow: Flow, old: Node, new: Node, name: str) -> Iterator[Change]:
    a = [(i.prompt, i.when) for i in old.params.items]
    b = [(i.prompt, i.when) for i in new.params.items]
    at, subject, who = (f"{new.id} ({flow.id})",), (("node", flow.id, new.id),), pair.callers.at(flow.id, new.id)
    for tag, a1, a2, b1, b2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        for n in range(max(a2 - a1, b2 - b1)):
            was = a[a1 + n] if a1 + n < a2 else None
            now = b[b1 + n] if b1 + n < b2 else None
            mark = new.marks.get(f"say.{b1 + n}", new.mark)
            yield Change("heard", f"{who}{_one_said(pair, was, now)}", subject, at, mark)


Said = tuple[str, str | None]


def _one_said(pair: Pair, was: Said | None, now: Said | None) -> str:
    if was is None:
        assert now is not None
        return f"{_clause(now[1])} at {{at}} now also hear {quoted(words_of(pair.b, now[0]))} ({now[0]})"
    if now is None:
        return f"{_clause(was[1])} at {{at}} no longer hear {quoted(words_of(pair.a, was[0]))} ({was[0]})"
    if was[0] == now[0]:
        return f" at {{at}} hear {quoted(words_of(pair.b, now[0]))} {only(now[1]) or 'always'} instead of {only(was[1]) or 'always'} now"
    a, b = both(words_of(pair.b, now[0]), words_of(pair.a, was[0]))
    changed = f", {only(now[1]) or 'always'} instead of {only(was[1]) or 'always'}" if was[1] != now[1] else ""
    return f"{_clause(now[1])} at {{at}} now hear {a} ({now[0]}) instead of {b} ({was[0]}){changed}"


def _clause(condition: str | None) -> str:
    return f" {when(condition)} ({condition})" if condition and not when(condition).startswith("when ") else f" {when(condition)}".rstrip()


def _intents(pair: Pair, flow: Flow, old: Node, new: Node, name: str) -> Iterator[Change]:
    at, subject = (f"{new.id} ({flow.id})",), (("node", flow.id, new.id),)
    for intent in new.params.intents:
        if intent not in old.params.intents:
            go = f", which leads to {new.to[intent].go}" if intent in new.to else ""
            yield Change("understood", f"callers can now ask about {pair.callers.intent(intent)} at {{at}}{go}", subject, at, new.mark)
    for intent in old.params.intents:
        if intent not in new.params.intents:
            name = pair.old_callers.intent(intent)
            yield Change("understood", f"callers can no longer ask about {name} at {{at}}", subject, at, new.mark)


def _choices(pair: Pair, flow: Flow, old: Node, new: Node, name: str) -> Iterator[Change]:
    a, b = {c.id: c for c in old.params.choices}, {c.id: c for c in new.params.choices}
    at, subject = (f"{new.id} ({flow.id})",), (("node", flow.id, new.id),)
    for key, choice in b.items():
        if key not in a:
            go = f", which leads to {new.to[key].go}" if key in new.to else ""
            yield Change("led", f"callers can now press {choice.key} ({key}) at {{at}}{go}", subject, at, new.mark)
        elif a[key].key != choice.key:
            yield Change("led", f"callers choose {key} at {{at}} with {choice.key} instead of {a[key].key} now", subject, at, new.mark)
        if key in a and (set(a[key].intents), a[key].words) != (set(choice.intents), choice.words):
            said = instead((*choice.intents, *filter(None, [choice.words])), (*a[key].intents, *filter(None, [a[key].words])))
            yield Change("understood", f"callers choose {key} at {{at}} by saying {said} now", subject, at, new.mark)
    for key in a:
        if key not in b:
            yield Change("led", f"callers can no longer press {a[key].key} ({key}) at {{at}}", subject, at, new.mark)


def _rows(pair: Pair, flow: Flow, old: Node, new: Node, name: str) -> Iterator[Change]:
    a, b = {r.id: r.when for r in old.params.rows}, {r.id: r.when for r in new.params.rows}
    at, subject = (f"{new.id} ({flow.id})",), (("node", flow.id, new.id),)
    for row, condition in b.items():
        mark = new.marks.get(f"decide.{list(b).index(row)}.if", new.mark)
        go = new.to[row].go if row in new.to else row
        if row not in a:
            yield Change("led", f"callers {only(condition)} now go to {go} at {{at}} (row {row} is new)", subject, at, mark)
        elif a[row] != condition:
            yield Change("led", f"callers go from {{at}} to {go} {only(condition)} now, instead of {only(a[row])}", subject, at, mark)
    for row in a:
        if row not in b:
            yield Change("led", f"row {row} of {{at}} ({only(a[row])}) is gone", subject, at, new.mark)
    if [r for r in a if r in b] != [r for r in b if r in a]:
        yield Change("led", f"the rows of {{at}} are tried in the order {shown(tuple(b))} now", subject, at, new.mark)


def _message(pair: Pair, flow: Flow, old: Node, new: Node, name: str) -> Iterator[Change]:
    text = f"{pair.callers.at(flow.id, new.id)} are now sent {new.params.message} instead of {old.params.message} at {{at}}"
    yield Change("sent", text, (("node", flow.id, new.id),), (f"{new.id} ({flow.id})",), new.mark)


def _queue(pair: Pair, flow: Flow, old: Node, new: Node, name: str) -> Iterator[Change]:
    text = f"{pair.callers.at(flow.id, new.id)} now reach queue {new.params.queue} instead of {old.params.queue} at {{at}}"
    yield Change("person", text, (("node", flow.id, new.id),), (f"{new.id} ({flow.id})",), new.mark)


def _policy(pair: Pair, flow: Flow, old: Node, new: Node, name: str) -> Iterator[Change]:
    yield Change("person", f"{{at}} opens by policy {new.params.policy} instead of {old.params.policy} now", (("node", flow.id, new.id),),
                 (f"{new.id} ({flow.id})",), new.mark)


Teller = Callable[[Pair, Flow, Node, Node, str], Iterator[Change]]
_SPECIAL: dict[str, dict[str, Teller]] = {
    "say": {"items": _say}, "ask": {"intents": _intents}, "menu": {"choices": _choices}, "decide": {"rows": _rows},
    "send": {"message": _message}, "transfer": {"queue": _queue, "policy": _policy}, "promise": {"policy": _policy},
}
