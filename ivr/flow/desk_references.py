"""Every name that escalations and articles use exists, and every article is there in every language. Pure.

Called by `flow.references`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ivr.errors import Problem
from ivr.flow.complaints import mark_at, problem
from ivr.flow.mark import Mark
from ivr.flow.model import Bundle
from ivr.flow.model_desk import Article, Escalation
from ivr.flow.parse import KNOWLEDGE, Reading
from ivr.flow.policy import domains
from ivr.flow.standard_prompts import has_stray_brace, placeholders
from ivr.flow.suggest import hint_for

FILE = "callbacks.yaml"
_FACT = "fact."
UNREAD = "Whoever serves the caller would have nothing to go by."


def desk_references(bundle: Bundle, reading: Reading) -> Iterator[Problem]:
    for escalation in bundle.escalations.values():
        yield from _escalation(bundle, reading, escalation)
    if bundle.knowledge and not any(name.startswith(KNOWLEDGE) for name in reading.broken):
        yield from _languages(bundle)
        yield from _articles(bundle, reading)


# -- escalations ------------------------------------------------------------------------------------------------------


def _escalation(bundle: Bundle, reading: Reading, e: Escalation) -> Iterator[Problem]:
    def at(*path: str) -> Mark:
        return mark_at(reading.trees[FILE], ("escalations", e.urgency, *path))

    shut = "Nothing could be sent on this way."
    prompts = {key for spoken in bundle.prompts.values() for key in spoken}
    named: tuple[tuple[str, str, Iterable[str], str, bool], ...] = (
        ("promise", e.promise, bundle.promises, shut, True),
        ("policy", e.policy, bundle.policy.entries, shut, "policy.yaml" not in reading.broken),
        ("queue", e.queue, bundle.queues, "Nobody would call back.", "queues.yaml" not in reading.broken),
        ("fact", e.within, bundle.facts, "Staff could not say how long it takes.", "facts.yaml" not in reading.broken),
        ("prompt", e.say, prompts, "Staff would have no words for it.", not any(n.startswith("prompts/") for n in reading.broken)))
    for what, word, known, consequence, is_read in named:
        if is_read and word not in known:
            path = {"fact": "within", "prompt": "say"}.get(what, what)
            yield problem(at(path), "E-REF", f'there is no {what} "{word}"', consequence=consequence,
                          hint=hint_for(word, known, "policies" if what == "policy" else f"{what}s"))
    promise = bundle.promises.get(e.promise)
    if promise and promise.kind != "callback":
        yield problem(at("promise"), "E-REF", f'"{e.promise}" rings nobody: it is a {promise.kind}', consequence="No officer would call.",
                      hint="name a promise of kind callback")
    if promise and promise.in_line:
        yield problem(at("promise"), "E-REF", f'"{e.promise}" keeps a place in line, and whoever is sent on has none', consequence=shut,
                      hint="name a promise without in_line")
    if not reading.has_broken_flow():
        yield from _assigned(bundle, e, at)


def _assigned(bundle: Bundle, e: Escalation, at: Callable[..., Mark]) -> Iterator[Problem]:
    space = {name: values for name, values in domains(bundle).items() if any(name in flow.vars for flow in bundle.flows.values())}
    for name, value in e.set.items():
        mark = at("set", name)
        if name not in space:
            yield problem(mark, "E-REF", f'there is no variable "{name}"', consequence="The policy would never hear of it.",
                          hint=hint_for(name, space, "variables"))
        elif value not in space[name]:
            yield problem(mark, "E-REF", f'variable "{name}" cannot be "{value}"', consequence="The policy would never hear of it.",
                          hint=hint_for(value, space[name], "values"))


# -- articles ---------------------------------------------------------------------------------------------------------


def _languages(bundle: Bundle) -> Iterator[Problem]:
    for language in bundle.knowledge:
        if language not in bundle.languages:
            yield problem(Mark(f"{KNOWLEDGE}{language}.yaml"), "E-LANG", f'"{language}" is not one of the languages of this bundle',
                          consequence=UNREAD, hint=hint_for(language, bundle.languages, "languages"))
    for language in bundle.languages:
        if language not in bundle.knowledge:
            yield problem(Mark("bundle.yaml"), "E-LANG", f"there is no {KNOWLEDGE}{language}.yaml", consequence=UNREAD,
                          hint="add the file, with the same articles")


def _articles(bundle: Bundle, reading: Reading) -> Iterator[Problem]:
    spoken = [language for language in bundle.languages if language in bundle.knowledge]
    for language in spoken:
        for article in bundle.knowledge[language].values():
            if bundle.intents and article.intent not in bundle.intents:
                yield problem(article.mark, "E-REF", f'there is an article for "{article.intent}", which is no intent', consequence=UNREAD,
                              hint=hint_for(article.intent, bundle.intents, "intents"))
            if "facts.yaml" not in reading.broken:
                yield from _facts(bundle, article)
    for intent in dict.fromkeys(i for language in spoken for i in bundle.knowledge[language]):
        yield from _parity(bundle, intent, spoken)


def _facts(bundle: Bundle, article: Article) -> Iterator[Problem]:
    if any(has_stray_brace(text) for text in article.texts):
        yield problem(article.mark, "E-SCHEMA", f'the article for "{article.intent}" has a brace that belongs to no placeholder',
                      hint="write {fact.NAME}, or double the brace to have it as a character")
    names = {name for text in article.texts for name in placeholders(text)} | ({_FACT + article.link} if article.link else set())
    for name in sorted(names):
        if not name.startswith(_FACT):
            yield problem(article.mark, "E-REF", f'the article for "{article.intent}" uses {{{name}}}, which nobody fills',
                          consequence="The sentence would have a hole.", hint="write {fact.NAME}")
        elif (word := name.removeprefix(_FACT)) not in bundle.facts:
            yield problem(article.mark, "E-REF", f'the article for "{article.intent}" uses the fact "{word}", which does not exist',
                          consequence="The sentence would have a hole.", hint=hint_for(word, bundle.facts, "facts"))


def _parity(bundle: Bundle, intent: str, spoken: list[str]) -> Iterator[Problem]:
    """The same parts and the same facts in every language."""
    found = {language: article for language in spoken if (article := bundle.knowledge[language].get(intent))}
    first = next(iter(found.values()))
    for language in spoken:
        if language not in found:
            yield problem(first.mark, "E-LANG", f'the article for "{intent}" is missing in {language}', consequence=UNREAD,
                          hint=f"add it to {KNOWLEDGE}{language}.yaml")
        elif odd := _odd(first, found[language]):
            yield problem(found[language].mark, "E-LANG", f'the article for "{intent}" differs from the other language in {odd}',
                          consequence="Callers of one language would be told something else.", hint="say the same in both")


def _odd(a: Article, b: Article) -> str:
    parts = [part for part in ("do", "limits", "link") if bool(getattr(a, part)) != bool(getattr(b, part))]
    parts += ["link"] if a.link and b.link and a.link != b.link else []
    one, two = ({n for text in x.texts for n in placeholders(text)} for x in (a, b))
    return ", ".join([*parts, *(f"{{{n}}}" for n in sorted(one ^ two))])
