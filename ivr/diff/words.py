"""Prompts and messages whose words changed, and who hears or reads them; facts that are spoken. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from ivr.dialog.render import variant_for
from ivr.diff.change import Change, Pair, comparer
from ivr.diff.wording import both, listed, plural, quoted
from ivr.flow.model import Bundle
from ivr.flow.model_flow import Node
from ivr.flow.model_words import Fact, Prompt
from ivr.flow.registry import KINDS
from ivr.flow.standard_prompts import STANDARD_PROMPTS

_WRITTEN = {"sms": "the text", "email": "the email", "subject": "the subject of the email", "chat": "the words in chat for"}


@comparer
def prompts(pair: Pair) -> Iterator[Change]:
    a, b = pair.a.prompts, pair.b.prompts
    keys = dict.fromkeys(key for lang in pair.b.languages for key in b.get(lang, {}))
    for key in keys:
        old = {lang: a[lang][key] for lang in pair.a.languages if key in a.get(lang, {})}
        new = {lang: b[lang][key] for lang in pair.b.languages if key in b.get(lang, {})}
        if not old:
            text = variant_for(next(iter(new.values())), "voice")
            yield Change(_group(next(iter(new.values()))), f"new words {key}: {quoted(text)} ({', '.join(new)})", (("prompt", key),),
                         mark=next(iter(new.values())).mark)
        for lang, prompt in new.items() if old else ():
            yield from _prompt(pair, key, lang, old.get(lang), prompt)
    for key in dict.fromkeys(key for lang in pair.a.languages for key in a.get(lang, {})):
        if key not in keys:
            gone = next(a[lang][key] for lang in pair.a.languages if key in a.get(lang, {}))
            text = f"the words {key} are gone: {quoted(variant_for(gone, 'voice'))}"
            yield Change(_group(gone), text, (("prompt", key),), mark=gone.mark)


def _group(prompt: Prompt) -> str:
    return "heard" if "voice" in prompt.variants or "tty" in prompt.variants else "sent"


def _prompt(pair: Pair, key: str, lang: str, old: Prompt | None, new: Prompt) -> Iterator[Change]:
    subject = (("prompt", key),)
    if old is None:
        yield Change(_group(new), f"{key} has words in {lang} now: {quoted(variant_for(new, 'voice'))}", subject, mark=new.mark)
        return
    was, now = _texts(old), _texts(new)
    for variant in [*now, *(v for v in was if v not in now)]:
        if was.get(variant) == now.get(variant):
            continue
        mark = new.marks.get(variant, new.mark)
        if variant in _WRITTEN:
            text = f"{_WRITTEN[variant]} {key} {_changed(was.get(variant), now.get(variant), 'reads')} ({lang})"
            yield Change("sent", text, subject, mark=mark)
        else:
            who = f"{_who(pair, key)} {'on text telephones ' if variant == 'tty' else ''}"
            yield Change("heard", f"{who}{_changed(was.get(variant), now.get(variant), 'hear')} ({key}, {lang})", subject, mark=mark)
    if old.recording != new.recording:
        yield Change("heard", f"{key} is spoken by {new.recording or 'the synthesiser'} instead of {old.recording or 'the synthesiser'} "
                     f"({lang})", subject, mark=new.mark)


def _texts(prompt: Prompt) -> dict[str, str]:
    return dict(prompt.variants) | ({"subject": prompt.subject} if prompt.subject else {})


def _changed(was: str | None, now: str | None, verb: str) -> str:
    if was is None or now is None:
        return f"has its own words now: {quoted(now or '')}" if was is None and verb == "reads" else (
            f"now {verb} {quoted(now)}, words of their own" if now is not None else f"no longer {verb} words of their own")
    new, old = both(now, was)
    return f"now {verb} {new} instead of {old}"


def _who(pair: Pair, key: str) -> str:
    """Those who come to a node that says it."""
    places = [(flow.id, node.id) for flow in pair.b.flows.values() for node in flow.nodes.values() if key in _said(node)]
    if key in STANDARD_PROMPTS or not places:
        return "callers"
    return pair.callers.hearing(places)


def _said(node: Node) -> tuple[str, ...]:
    return KINDS[node.kind].prompts(node.params)


# -- facts ------------------------------------------------------------------------------------------------------------


@comparer
def facts(pair: Pair) -> Iterator[Change]:
    a, b = pair.a.facts, pair.b.facts
    for name, fact in b.items():
        if name not in a:
            yield Change("other", f"fact {name} is new: {fact.value}", (("fact", name),), mark=fact.mark)
        else:
            yield from _fact(pair.b, name, a[name], fact)
    for name in a.keys() - b.keys():
        yield Change("other", f"fact {name} is gone: {a[name].value}", (("fact", name),), mark=a[name].mark)


def _fact(bundle: Bundle, name: str, old: Fact, new: Fact) -> Iterator[Change]:
    subject = (("fact", name),)
    spoken = [lang for lang in bundle.languages if old.spoken.get(lang, old.value) != new.spoken.get(lang, new.value)]
    if old.value != new.value:
        yield Change("heard", f"fact {name}: {old.value} -> {new.value}; {_used(bundle, name)}", subject, mark=new.mark)
    elif spoken:
        said = listed(f"{quoted(new.spoken.get(lang, new.value))} instead of {quoted(old.spoken.get(lang, old.value))} ({lang})"
                      for lang in spoken)
        yield Change("heard", f"fact {name} is spoken as {said}; {_used(bundle, name)}", subject, mark=new.mark)
    if old.step != new.step:
        yield Change("heard", f"naming fact {name} offers {new.step or 'no next step'} instead of {old.step or 'no next step'}", subject,
                     mark=new.mark)
    if old.review_by != new.review_by:
        yield Change("other", f"fact {name} is to be looked at again by {new.review_by} instead of {old.review_by}", subject, mark=new.mark)
    if old.source != new.source:
        yield Change("other", f"fact {name} has the source {quoted(new.source)} instead of {quoted(old.source)}", subject, mark=new.mark)


def _used(bundle: Bundle, name: str) -> str:
    """The prompts that say it."""
    said: dict[str, set[str]] = defaultdict(set)
    for lang in bundle.languages:
        for prompt in bundle.prompts.get(lang, {}).values():
            if any(re.search(rf"\{{fact\.{name}\}}", text) for text in _texts(prompt).values()):
                said[prompt.key].add(lang)
    if not said:
        return "no prompt says it"
    languages = {lang for langs in said.values() for lang in langs}
    verb = "changes" if len(said) == 1 else "change"
    return f"{plural(len(said), 'prompt')} in {plural(len(languages), 'language')} {verb}: {listed(said)}"
