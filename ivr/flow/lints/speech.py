"""No two things are said with the same words: intents, choices of a menu, commands. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.dialog.lexicon import fold
from ivr.errors import Problem
from ivr.flow.complaints import problem
from ivr.flow.lints.roles import nodes
from ivr.flow.lints.wording import place_in
from ivr.flow.model import Bundle
from ivr.flow.model_words import Intent
from ivr.flow.standard_prompts import ANSWER_WORDS


def _intents(bundle: Bundle) -> Iterator[tuple[str, Intent]]:
    yield from (("intents", i) for i in bundle.intents.values())
    yield from (("out_of_scope", i) for i in bundle.out_of_scope.values())


def shared_phrases(bundle: Bundle) -> Iterator[Problem]:
    """One model serves all languages, so a phrase belongs to one intent whatever its language."""
    owner: dict[str, Intent] = {}
    for part, intent in _intents(bundle):
        for language, phrases in intent.phrases.items():
            for n, phrase in enumerate(phrases):
                first = owner.setdefault(fold(phrase), intent)
                if first is not intent:
                    yield problem(place_in(bundle, f"intents/{language}.yaml", part, intent.id, "phrases", n), "E-ASR",
                                  f'"{phrase}" is a phrase of "{first.id}" and of "{intent.id}"',
                                  consequence="Which of the two a caller gets would be a matter of luck.", hint="keep it in one of them")


def shared_words(bundle: Bundle) -> Iterator[Problem]:
    for _, node in nodes(bundle, "menu"):
        taken: dict[tuple[str, str], str] = {}
        for n, choice in enumerate(node.params.choices):
            said = [(lang, fold(w)) for lang, words in bundle.words.get(choice.words or "", {}).items() for w in words]
            for where in [*said, *(("intent", i) for i in choice.intents)]:
                first = taken.setdefault(where, choice.id)
                if first != choice.id:
                    what = "intent" if where[0] == "intent" else f"word ({where[0]})"
                    yield problem(node.marks.get(f"menu.choices.{n}", node.mark), "E-ASR",
                                  f'the {what} "{where[1]}" chooses "{first}" and "{choice.id}" in this menu',
                                  consequence="A caller who says it always gets the first one.", hint="give it to one of them")


def hidden_by_commands(bundle: Bundle) -> Iterator[Problem]:
    """Commands are heard before anything else, so that a phrase equal to one is never understood as something else."""
    commands = {(lang, fold(w)): name for name, by in bundle.commands.items() if name not in ANSWER_WORDS
                for lang, words in by.items() for w in words}
    for name, by in bundle.commands.items():
        for language, words in by.items():
            for n, word in enumerate(words):
                if name not in ANSWER_WORDS and commands[language, fold(word)] != name:
                    yield _hidden(bundle, language, ("commands", name, n), word, f'command "{name}"', commands[language, fold(word)])
    for part, intent in _intents(bundle):
        for language, phrases in intent.phrases.items():
            for n, phrase in enumerate(phrases):
                name = commands.get((language, fold(phrase)), intent.id)
                if name != intent.id:
                    yield _hidden(bundle, language, (part, intent.id, "phrases", n), phrase, f'intent "{intent.id}"', name)
    for listed in sorted({c.words for _, node in nodes(bundle, "menu") for c in node.params.choices if c.words}):
        for language, words in bundle.words.get(listed, {}).items():
            for n, word in enumerate(words):
                if (language, fold(word)) in commands:
                    yield _hidden(bundle, language, ("words", listed, n), word, f'word list "{listed}"', commands[language, fold(word)])


def _hidden(bundle: Bundle, language: str, path: tuple[int | str, ...], word: str, owner: str, command: str) -> Problem:
    return problem(place_in(bundle, f"intents/{language}.yaml", *path), "E-ASR", f'"{word}" of {owner} is also the command "{command}"',
                   consequence=f'A caller who says it always gets "{command}".', hint="remove it here or there")
