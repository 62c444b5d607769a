"""The policy file: who may reach whom, what never happens, what always does. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diff.change import Change, Pair, comparer
from ivr.diff.wording import quoted
from ivr.flow.model_policy import AlwaysRule, NeverRule, PolicyEntry, Rule


@comparer
def entries(pair: Pair) -> Iterator[Change]:
    a, b = pair.a.policy.entries, pair.b.policy.entries
    for name, entry in b.items():
        if name not in a:
            rules = "; ".join(f"{r.id}: {r.when}" for r in entry.allow_if_any)
            yield Change("person", f"policy {name} is new: {rules}", (("policy", name),), mark=entry.mark)
        else:
            yield from _entry(name, a[name], entry)
    for name in a.keys() - b.keys():
        yield Change("person", f"policy {name} is gone", (("policy", name),), mark=a[name].mark)


def _entry(name: str, old: PolicyEntry, new: PolicyEntry) -> Iterator[Change]:
    subject = (("policy", name),)
    a, b = {r.id: r for r in old.allow_if_any}, {r.id: r for r in new.allow_if_any}
    for rule_id, rule in b.items():
        if rule_id not in a:
            text = f"policy {name}: rule {rule_id} is new, and opens to callers for whom {rule.when}"
            yield Change("person", text, subject, mark=rule.mark)
        else:
            yield from _rule(name, a[rule_id], rule)
    for rule_id in a.keys() - b.keys():
        yield Change("person", f"policy {name}: rule {rule_id} is gone; it opened to callers for whom {a[rule_id].when}", subject,
                     mark=a[rule_id].mark)
    if old.open_when != new.open_when:
        yield Change("person", f"policy {name} lets eligible callers through when {new.open_when or 'they come'} instead of when "
                     f"{old.open_when or 'they come'}", subject, mark=new.mark)
    if old.else_say != new.else_say:
        yield Change("heard", f"callers refused by policy {name} hear {new.else_say or 'nothing'} instead of {old.else_say or 'nothing'}",
                     subject, mark=new.mark)
    if set(old.rows) != set(new.rows):
        yield Change("other", f"policy {name} performs rows {_rows(new.rows)} instead of {_rows(old.rows)}", subject, mark=new.mark)


def _rule(name: str, old: Rule, new: Rule) -> Iterator[Change]:
    subject = (("policy", name),)
    if " ".join(old.when.split()) != " ".join(new.when.split()):
        yield Change("person", f"policy {name}: rule {new.id} now asks for {new.when} instead of {old.when}", subject, mark=new.mark)
    if old.source != new.source:
        yield Change("other", f"policy {name}: rule {new.id} has the source {quoted(new.source)} instead of {quoted(old.source)}", subject,
                     mark=new.mark)
    if set(old.rows) != set(new.rows):
        yield Change("other", f"policy {name}: rule {new.id} performs rows {_rows(new.rows)} instead of {_rows(old.rows)}", subject,
                     mark=new.mark)


def _rows(rows: tuple[str, ...]) -> str:
    return ", ".join(sorted(rows)) or "none"


@comparer
def nevers(pair: Pair) -> Iterator[Change]:
    a, b = {r.id: r for r in pair.a.policy.never}, {r.id: r for r in pair.b.policy.never}
    for name, rule in b.items():
        subject = (("never", name),)
        if name not in a:
            yield Change("person", f"never, from now on: {_sentence(rule)} ({name})", subject, mark=rule.mark)
        elif _sentence(a[name]) != _sentence(rule):
            yield Change("person", f"never: {_sentence(rule)}, instead of: {_sentence(a[name])} ({name})", subject, mark=rule.mark)
        elif (a[name].source, set(a[name].rows)) != (rule.source, set(rule.rows)):
            yield Change("other", f"rule {name} has another source or other rows", subject, mark=rule.mark)
    for name in a.keys() - b.keys():
        yield Change("person", f"no longer forbidden: {_sentence(a[name])} ({name})", (("never", name),), mark=a[name].mark)


def _sentence(rule: NeverRule) -> str:
    link = "to " if rule.kind == "transfer" and rule.name else ""
    return f"{rule.kind} {f'{link}{rule.name} ' if rule.name else ''}when {' '.join(rule.when.split())}"


@comparer
def always(pair: Pair) -> Iterator[Change]:
    a, b = {r.text: r for r in pair.a.policy.always}, {r.text: r for r in pair.b.policy.always}
    for text, rule in b.items():
        if text not in a:
            yield Change("person", f"always, from now on: {_plain(rule)}", (("always", text),), mark=rule.mark)
        elif (a[text].source, set(a[text].rows)) != (rule.source, set(rule.rows)):
            yield Change("other", f"the rule {quoted(text)} has another source or other rows", (("always", text),), mark=rule.mark)
    for text in a.keys() - b.keys():
        yield Change("person", f"no longer demanded: {_plain(a[text])}", (("always", text),), mark=a[text].mark)


def _plain(rule: AlwaysRule) -> str:
    return " ".join(rule.text.split())
