"""Every word exists in every language, with the same placeholders. Pure. Called by `flow.references`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ivr.errors import Problem
from ivr.flow.complaints import mark_at, problem
from ivr.flow.mark import Mark
from ivr.flow.model import Bundle
from ivr.flow.model_words import Prompt
from ivr.flow.parse import Reading
from ivr.flow.standard_prompts import (
    COMMANDS,
    FILLED,
    OPTIONAL_COMMANDS,
    REQUIRED,
    STANDARD_PROMPTS,
    TYPED,
    WRITTEN,
    has_stray_brace,
    placeholders,
)
from ivr.flow.suggest import hint_for
from ivr.flow.topics import topic_problems

_NEEDED = ("voice", "sms", "email")
"""Variants that no other one can stand in for."""


def language_problems(bundle: Bundle, reading: Reading) -> Iterator[Problem]:
    for lang in bundle.languages:
        if lang not in bundle.title:
            yield problem(
                mark_at(reading.trees["bundle.yaml"], ("title",)),
                "E-LANG",
                f"the title is missing in {lang}",
                hint=f"add `{lang}: ...`",
            )
    if not any(name.startswith("prompts/") for name in reading.broken):
        yield from _prompts(bundle, reading)
    if not any(name.startswith("intents/") for name in reading.broken):
        yield from _intents(bundle, reading)
    yield from _facts(bundle)


# -- prompts ----------------------------------------------------------------------------------------------------------


def _prompts(bundle: Bundle, reading: Reading) -> Iterator[Problem]:
    lacking = [lang for lang in bundle.languages if f"prompts/{lang}.yaml" not in reading.trees]
    for lang in lacking:
        yield problem(Mark("bundle.yaml"), "E-LANG", f"there is no prompts/{lang}.yaml",
                      consequence=f"A caller who speaks {lang} would hear nothing.",
                      hint="add the file, or correct `prompts:` in bundle.yaml")
    spoken = [lang for lang in bundle.languages if lang not in lacking]
    if spoken:
        yield from _compared(bundle, reading, spoken)


def _compared(bundle: Bundle, reading: Reading, spoken: list[str]) -> Iterator[Problem]:
    first, *others = spoken
    keys = dict.fromkeys(k for lang in spoken for k in bundle.prompts[lang])
    for lang in spoken:
        yield from _standard(bundle.prompts[lang], f"prompts/{lang}.yaml", keys)
        for prompt in bundle.prompts[lang].values():
            yield from _template(bundle, reading, prompt)
    for key in keys:
        holder = next(lang for lang in spoken if key in bundle.prompts[lang])
        for lang in spoken:
            if key not in bundle.prompts[lang] and key not in STANDARD_PROMPTS:
                yield problem(bundle.prompts[holder][key].mark, "E-LANG", f'prompt "{key}" is missing in {lang}',
                              consequence=f"A caller who speaks {lang} would hear another language here.",
                              hint=f"add it to prompts/{lang}.yaml")
        for lang in others:
            if key in bundle.prompts[first] and key in bundle.prompts[lang]:
                yield from _parity(bundle.prompts[first][key], bundle.prompts[lang][key], first, lang)


def _standard(prompts: Mapping[str, Prompt], file: str, keys: Iterable[str]) -> Iterator[Problem]:
    for key in STANDARD_PROMPTS:
        if key not in prompts:
            near = [k for k in keys if k not in STANDARD_PROMPTS]
            yield problem(Mark(file), "E-REF", f'the standard prompt "{key}" is missing', hint=_add(key, near),
                          consequence="The engine says it by itself, and would be silent.")
        else:
            yield from _required(key, prompts[key])


def _required(key: str, prompt: Prompt) -> Iterator[Problem]:
    words = prompt.variants.get("voice")
    if key in TYPED and "tty" not in prompt.variants:
        yield problem(prompt.mark, "E-REF", f'the standard prompt "{key}" has no words for a text telephone', hint="add `tty: ...`")
    if words is None and key not in WRITTEN | TYPED:
        yield problem(prompt.mark, "E-REF", f'the standard prompt "{key}" has no spoken words', hint="add `voice: ...`")
    for name in REQUIRED.get(key, ()):
        if words is not None and name not in placeholders(words):
            yield problem(prompt.mark, "E-REF", f'the standard prompt "{key}" lacks {{{name}}}',
                          consequence="The caller could not tell what is meant.", hint=f"add {{{name}}} to it")


def _add(key: str, near: list[str]) -> str:
    hint = hint_for(key, near) if near else ""
    return hint if hint.startswith("did you mean") else f"add `{key}: ...`"


def _template(bundle: Bundle, reading: Reading, prompt: Prompt) -> Iterator[Problem]:
    slots = {name for flow in bundle.flows.values() for name in flow.slots}
    for text in (*prompt.variants.values(), prompt.subject):
        if has_stray_brace(text):
            yield problem(prompt.mark, "E-SCHEMA", f'prompt "{prompt.key}" has a brace that belongs to no placeholder',
                          hint="write {name}, or double the brace to have it as a character")
        for name in sorted(placeholders(text)):
            space, _, word = name.rpartition(".")
            known: Iterable[str] = {"fact": bundle.facts, "slot": slots}.get(space, ())
            if f"{space}s.yaml" in reading.broken or (space == "slot" and reading.has_broken_flow()):
                continue
            if space in ("fact", "slot") and word not in known:
                yield problem(
                    prompt.mark,
                    "E-REF",
                    f'prompt "{prompt.key}" uses the {space} "{word}", which does not exist',
                    consequence="The sentence would have a hole.",
                    hint=hint_for(word, known, f"{space}s"),
                )
            elif space not in ("fact", "slot") and name not in FILLED:
                yield problem(
                    prompt.mark,
                    "E-REF",
                    f'prompt "{prompt.key}" uses {{{name}}}, which nobody fills',
                    consequence="The sentence would have a hole.",
                    hint=hint_for(name, FILLED, "placeholders"),
                )


def _parity(a: Prompt, b: Prompt, first: str, lang: str) -> Iterator[Problem]:
    """The same channels and the same placeholders in both languages."""
    for channel in _NEEDED:
        if (channel in a.variants) != (channel in b.variants):
            lacking, where = (b, lang) if channel in a.variants else (a, first)
            yield problem(
                lacking.mark, "E-LANG", f'prompt "{a.key}" has no {channel} text in {where}', hint=f"add `{channel}:`"
            )
    for channel in a.variants.keys() & b.variants.keys():
        one, two = placeholders(a.variants[channel]), placeholders(b.variants[channel])
        if one != two:
            odd = ", ".join(f"{{{n}}}" for n in sorted(one ^ two))
            poorer = a if one < two else b
            yield problem(
                poorer.mark,
                "E-LANG",
                f'prompt "{a.key}" ({channel}) differs between {first} and {lang} in {odd}',
                consequence="Callers of one language would miss something.",
                hint="use the same placeholders in both",
            )


# -- intents and facts ------------------------------------------------------------------------------------------------


def _intents(bundle: Bundle, reading: Reading) -> Iterator[Problem]:
    lacking = [lang for lang in bundle.languages if f"intents/{lang}.yaml" not in reading.trees]
    if lacking and len(lacking) < len(bundle.languages):
        for lang in lacking:
            yield problem(Mark("bundle.yaml"), "E-LANG", f"there is no intents/{lang}.yaml",
                          consequence=f"A caller who speaks {lang} could say nothing.", hint="add the file")
        return
    for intent in (*bundle.intents.values(), *bundle.out_of_scope.values()):
        part = "intents" if intent.id in bundle.intents else "out_of_scope"
        yield from _missing(bundle, reading, (part, intent.id), intent.phrases, f'intent "{intent.id}"')
    yield from topic_problems(bundle, reading)
    if not bundle.intents and not bundle.commands:
        return  # a bundle of menus alone needs no words
    switches = tuple(f"switch_{lang}" for lang in bundle.languages)
    for name in (*COMMANDS, *switches):
        if name not in bundle.commands:
            yield problem(
                Mark(f"intents/{bundle.default_language}.yaml"),
                "E-REF",
                f'the command "{name}" has no words',
                consequence="Callers could not say it.",
                hint=f"add `{name}: [...]` under commands",
            )
    for name, words in bundle.commands.items():
        if name not in (*COMMANDS, *switches, *OPTIONAL_COMMANDS):
            lang = next(iter(words))
            yield problem(mark_at(reading.trees[f"intents/{lang}.yaml"], ("commands", name)), "E-REF",
                          f'there is no command "{name}"', hint=hint_for(name, (*COMMANDS, *switches), "commands"))
        if not name.startswith("switch_"):
            yield from _missing(bundle, reading, ("commands", name), words, f'command "{name}"')
    for name, words in bundle.words.items():
        yield from _missing(bundle, reading, ("words", name), words, f'word list "{name}"')


def _missing(
    bundle: Bundle, reading: Reading, path: tuple[str, str], words: Mapping[str, object], what: str
) -> Iterator[Problem]:
    for lang in bundle.languages:
        if lang not in words:
            holder = next(iter(words))
            yield problem(
                mark_at(reading.trees[f"intents/{holder}.yaml"], path),
                "E-LANG",
                f"{what} is missing in {lang}",
                consequence=f"A caller who speaks {lang} could not say it.",
                hint=f"add it to intents/{lang}.yaml",
            )


def _facts(bundle: Bundle) -> Iterator[Problem]:
    for name, fact in bundle.facts.items():
        for lang in bundle.languages:
            if fact.spoken and lang not in fact.spoken:
                yield problem(
                    fact.mark,
                    "E-LANG",
                    f'fact "{name}" has no spoken form in {lang}',
                    consequence=f"A caller who speaks {lang} would hear its written form.",
                    hint=f"add `{lang}:` under spoken",
                )
