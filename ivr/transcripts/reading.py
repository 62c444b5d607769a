"""One file of tests/ to a `Transcript`, with every problem at its place. Pure. Called by `transcripts.folder`.

Names are compared with the bundle: a prompt key, a line, a slot or a lookup that does not exist is a mistake of the test
and not a finding about the flow.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ivr.errors import Problem
from ivr.flow.complaints import mark_at, problem, read_as
from ivr.flow.mark import Mark
from ivr.flow.model import Bundle
from ivr.flow.schemas_tests import ANY_LANGUAGE, VARIANTS
from ivr.flow.source import read_tree
from ivr.flow.suggest import hint_for
from ivr.flow.tree import Table, Tree
from ivr.transcripts.model import Transcript, Turn, Variant
from ivr.transcripts.shape import ExpectShape, TestShape, TurnShape, VariantShape

NONE = "none"
ENDS = ("transfer", "callback", "service_request", "hangup", "safe_landing")
"""Ends besides the outcome codes of the bundle."""
CALLER_VALUES = ("caller_number", "email")
"""Names besides slots that `never_in_logs` takes."""


def read_test(data: bytes, file: str, bundle: Bundle) -> tuple[Transcript | None, list[Problem]]:
    """The transcript, or None and why not."""
    tree, problems = read_tree(data, file)
    if tree is None:
        return None, problems or [problem(Mark(file), "E-SCHEMA", "the file is empty", hint="write a test, or delete it")]
    shape = read_as(TestShape, tree, problems)
    if shape is None:
        return None, sorted(problems)
    problems += _Names(bundle, tree, shape).problems()
    if problems:
        return None, sorted(problems)
    return _transcript(shape, tree, file, bundle), []


def instant(text: str, bundle: Bundle) -> datetime:
    """`2026-03-10T10:05:00 America/New_York`; without a zone the office's own. ValueError when it is no moment."""
    clock, _, zone = text.partition(" ")
    moment = datetime.fromisoformat(clock)
    if moment.tzinfo is None:
        home = ZoneInfo(zone) if zone else ZoneInfo(bundle.calendar.timezone) if bundle.calendar else UTC
        moment = moment.replace(tzinfo=home)
    return moment.astimezone(UTC)


def _transcript(shape: TestShape, tree: Tree, file: str, bundle: Bundle) -> Transcript:
    turns = _turns(shape.turns, tree, ("turns",))
    named = isinstance(tree, Table) and "variants" in tree.entries
    variants = tuple(_variant(v, n, turns, tree, bundle) for n, v in enumerate(shape.variants)) if named else tuple(
        Variant(name) for name in VARIANTS)
    line = bundle.lines[shape.line]
    languages = (shape.language,) if shape.language else (line.language,) if line.language else bundle.languages
    name = str(PurePosixPath(file).with_suffix("")).removeprefix("tests/")
    return Transcript(
        name, file, shape.test, instant(shape.at, bundle), shape.line, languages, turns, shape.expect, variants, shape.caller,
        shape.rows, shape.lookups, frozenset(shape.fails), shape.never_in_logs, mark_at(tree, ("test",)),
        mark_at(tree, ("expect",)))


def _turns(shapes: Iterable[TurnShape], tree: Tree, path: tuple[int | str, ...], first: int = 0) -> tuple[Turn, ...]:
    return tuple(Turn(first + n + 1, s, mark_at(tree, (*path, n))) for n, s in enumerate(shapes))


def _variant(shape: VariantShape, n: int, own: tuple[Turn, ...], tree: Tree, bundle: Bundle) -> Variant:
    kept = own[:_position(own, shape.begins_with)] if shape.begins_with else ()
    turns = (*kept, *_turns(shape.turns, tree, ("variants", n, shape.name, "turns"), len(kept))) if shape.turns else ()
    at = instant(shape.at, bundle) if shape.at else None
    return Variant(shape.name, shape.expect, turns, at, shape.lookups, True, mark_at(tree, ("variants", n)))


def _position(turns: tuple[Turn, ...], key: str) -> int:
    return next(n for n, t in enumerate(turns) if any(h.prompt == key for h in t.shape.hear))


class _Names:
    """Everything a transcript names, compared with its bundle."""

    def __init__(self, bundle: Bundle, tree: Tree, shape: TestShape):
        self.bundle, self.tree, self.shape = bundle, tree, shape
        self.prompts = {key for prompts in bundle.prompts.values() for key in prompts}
        self.slots = {name for flow in bundle.flows.values() for name in flow.slots}
        self.rules = {r.id for entry in bundle.policy.entries.values() for r in entry.allow_if_any}
        nodes = [node for flow in bundle.flows.values() for node in flow.nodes.values()]
        self.ends = {node.params.outcome for node in nodes if node.kind == "end" and node.params.outcome}
        self.checks: dict[str, set[str]] = {}
        for node in nodes:
            if node.kind == "check":
                self.checks.setdefault(node.params.name, {"timeout", "error"}).update(node.params.values)

    def problems(self) -> list[Problem]:
        return [*self._head(), *self._all_turns(self.shape.turns, ("turns",)), *self._expect(self.shape.expect, ("expect",)),
                *self._lookups(self.shape.lookups, ("lookups",)), *self._variants()]

    def _known(self, word: str, names: Iterable[str], what: str, path: tuple[int | str, ...]) -> Iterator[Problem]:
        names = list(names)
        if word not in names:
            yield problem(mark_at(self.tree, path), "E-REF", f'there is no {what} "{word}" in this bundle',
                          hint=hint_for(word, names, f"{what}s"))

    def _head(self) -> Iterator[Problem]:
        shape = self.shape
        yield from self._moment(shape.at, ("at",))
        yield from self._known(shape.line, self.bundle.lines, "line", ("line",))
        if shape.language:
            yield from self._known(shape.language, self.bundle.languages, "language", ("language",))
        for n, name in enumerate(shape.never_in_logs):
            yield from self._known(name, (*self.slots, *CALLER_VALUES), "slot", ("never_in_logs", n))

    def _moment(self, text: str, path: tuple[int | str, ...]) -> Iterator[Problem]:
        try:
            instant(text, self.bundle)
        except (ValueError, ZoneInfoNotFoundError):
            yield problem(mark_at(self.tree, path), "E-SCHEMA", f'"{text}" is not a moment',
                          hint="write such as 2026-03-10T10:05:00 America/New_York")

    def _all_turns(self, turns: Iterable[TurnShape], path: tuple[int | str, ...]) -> Iterator[Problem]:
        for n, turn in enumerate(turns):
            at = (*path, n)
            for heard in turn.hear:
                if heard.prompt:
                    yield from self._known(heard.prompt, self.prompts, "prompt", (*at, "hear"))
                if heard.read_back:
                    yield from self._known(heard.read_back, self.slots, "slot", (*at, "hear", "read_back"))
            for key in turn.not_hear:
                yield from self._known(key, self.prompts, "prompt", (*at, "not_hear"))
            yield from self._said(turn, (*at, "say"))

    def _said(self, turn: TurnShape, path: tuple[int | str, ...]) -> Iterator[Problem]:
        """A call that is made in two languages needs its words in both."""
        if not turn.say or ANY_LANGUAGE in turn.say:
            return
        for language in turn.say:
            yield from self._known(language, self.bundle.languages, "language", (*path, language))
        missing = [x for x in self.bundle.languages if x not in turn.say]
        if missing and self.shape.language is None:
            yield problem(mark_at(self.tree, path), "E-LANG", f'the caller has no words in "{missing[0]}"',
                          hint=f"add `{missing[0]}:`, or make the call in one language with `language: {next(iter(turn.say))}`")

    def _expect(self, expect: ExpectShape | None, path: tuple[int | str, ...]) -> Iterator[Problem]:
        if expect is None:
            return
        bundle = self.bundle
        for name, names, what in (("queue", bundle.queues, "queue"), ("promise", bundle.promises, "promise"),
                                  ("policy_rule", self.rules, "policy rule"), ("language", bundle.languages, "language")):
            value = getattr(expect, name)
            if value and value != NONE:
                yield from self._known(value, names, what, (*path, name))
        if expect.end:
            yield from self._known(expect.end, (*self.ends, *ENDS), "end", (*path, "end"))
        for name in ("sms", "email", "message", "not_heard"):
            for key in getattr(expect, name):
                if key != NONE:
                    yield from self._known(key, self.prompts, "prompt", (*path, name))
        variables = {v for flow in bundle.flows.values() for v in flow.vars}
        for name in expect.vars:
            yield from self._known(name, variables, "variable", (*path, "vars", name))

    def _lookups(self, lookups: dict[str, str], path: tuple[int | str, ...]) -> Iterator[Problem]:
        for name, value in lookups.items():
            yield from self._known(name, self.checks, "lookup", (*path, name))
            if name in self.checks:
                yield from self._known(value, self.checks[name], f'value of lookup "{name}"', (*path, name))

    def _variants(self) -> Iterator[Problem]:
        heard = {h.prompt for t in self.shape.turns for h in t.hear}
        for n, variant in enumerate(self.shape.variants):
            path = ("variants", n, variant.name)
            if variant.at:
                yield from self._moment(variant.at, (*path, "at"))
            yield from self._expect(variant.expect, (*path, "expect"))
            yield from self._lookups(variant.lookups, (*path, "lookups"))
            yield from self._all_turns(variant.turns, (*path, "turns"))
            if variant.begins_with and variant.begins_with not in heard:
                yield problem(mark_at(self.tree, (*path, "from")), "E-REF",
                              f'the test has no turn `hear: {variant.begins_with}`', hint="name a key that the test hears")
            if variant.begins_with and not variant.turns:
                yield problem(mark_at(self.tree, path), "E-SCHEMA", "`from` says where other turns take over, and there are none",
                              hint="add `turns:`")
