"""Every name that queues.yaml uses exists, and its words say what they are for. Pure. Called by `flow.references`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ivr.errors import Problem
from ivr.flow.complaints import mark_at, problem
from ivr.flow.mark import Mark
from ivr.flow.model import Bundle
from ivr.flow.model_queues import Queue
from ivr.flow.parse import Reading
from ivr.flow.standard_prompts import placeholders
from ivr.flow.suggest import hint_for

FILE = "queues.yaml"
SILENT = "Callers who wait would hear nothing in its place."


def queue_references(bundle: Bundle, reading: Reading) -> Iterator[Problem]:
    for queue in bundle.queues.values():
        yield from _languages(bundle, reading, queue)
        if not reading.has_broken_flow() and "policy.yaml" not in reading.broken:
            yield from _rules(bundle, reading, queue)
        if not any(name.startswith("prompts/") for name in reading.broken):
            yield from _words(bundle, reading, queue)


def _languages(bundle: Bundle, reading: Reading, queue: Queue) -> Iterator[Problem]:
    for n, language in enumerate(queue.languages):
        yield from _unknown(language, bundle.languages, "language", _at(reading, queue, "languages", n), "Nobody would be served in it.")


def _rules(bundle: Bundle, reading: Reading, queue: Queue) -> Iterator[Problem]:
    known = {rule.id for entry in bundle.policy.entries.values() for rule in entry.allow_if_any}
    for n, rule in enumerate(queue.priority.rules if queue.priority else ()):
        yield from _unknown(rule, known, "rule", _at(reading, queue, "priority", "rules", n), "Nobody would be urgent by it.")


def _words(bundle: Bundle, reading: Reading, queue: Queue) -> Iterator[Problem]:
    words = queue.wait
    named: list[tuple[str, tuple[str | int, ...]]] = [
        (key, ("wait", name)) for name in ("soon", "about", "more_than", "leave", "offer") if (key := getattr(words, name))]
    named += [(key, ("wait", "tips", n)) for n, key in enumerate(words.tips)]
    known = {key for prompts in bundle.prompts.values() for key in prompts}
    for key, path in named:
        yield from _unknown(key, known, "prompt", _at(reading, queue, *path), SILENT)
    for key in {words.about, words.more_than} & known:
        yield from _minutes(bundle, key)


def _minutes(bundle: Bundle, key: str) -> Iterator[Problem]:
    """Every variant says the minutes: they are all that it is for."""
    for prompts in bundle.prompts.values():
        prompt = prompts.get(key)
        for channel, text in prompt.variants.items() if prompt else ():
            if "minutes" not in placeholders(text):
                yield problem(prompt.mark, "E-REF", f'prompt "{key}" ({channel}) tells how long the wait is and lacks {{minutes}}',
                              consequence="The caller could not tell how long it is.", hint="add {minutes} to it")


def _unknown(word: str, known: Iterable[str], what: str, mark: Mark, consequence: str) -> Iterator[Problem]:
    known = list(known)
    if word not in known:
        yield problem(mark, "E-REF", f'there is no {what} "{word}"', consequence=consequence, hint=hint_for(word, known, f"{what}s"))


def _at(reading: Reading, queue: Queue, *path: str | int) -> Mark:
    return mark_at(reading.trees[FILE], ("queues", queue.name, *path))
