"""The files of a bundle to a `model.Bundle`, with every problem found in one run. Pure.

`read_bundle` never stops at the first mistake: what can be read is read, so that one run shows them all, and what could
not be read is remembered, so that one mistake is not reported a hundred times. Called by `flow.load`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ivr.errors import Problem
from ivr.flow import parse_data, parse_policy, parse_words
from ivr.flow.complaints import mark_at, problem
from ivr.flow.mark import Mark
from ivr.flow.model import Bindings, Bundle
from ivr.flow.model_flow import Flow
from ivr.flow.model_policy import Policy
from ivr.flow.parse_callbacks import parse_callbacks, parse_rounds
from ivr.flow.parse_desk import parse_escalations, parse_knowledge
from ivr.flow.parse_flow import Head, parse_head, parse_nodes
from ivr.flow.parse_queues import parse_queues
from ivr.flow.schemas import IntentsShape
from ivr.flow.source import read_tree
from ivr.flow.tree import Scalar, Table, Tree, scalars

_FLOW_SCHEMA = "ivr.flow/v1"
REQUIREMENTS = "requirements.yaml"
KNOWLEDGE = "knowledge/"
_NAMED = ("bundle.yaml", "policy.yaml", "facts.yaml", "calendar.yaml", "queues.yaml", "callbacks.yaml")


@dataclass(slots=True)
class Reading:
    """What was read so far: trees by file name, problems, and what must not be complained about a second time."""

    trees: dict[str, Tree] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    """Files that hold a mistake: names missing from them are not reported as unknown."""
    node_ids: dict[str, frozenset[str]] = field(default_factory=dict)
    """flow -> all its node ids, readable or not."""
    bundle: Bundle | None = None

    def part(self, name: str, parse: Callable[[Tree, list[Problem]], Any], default: Any = None) -> Any:
        """What `parse` makes of file `name`; `default` when there is no such file."""
        if name not in self.trees:
            return default
        before = len(self.problems)
        value = parse(self.trees[name], self.problems)
        if len(self.problems) > before:
            self.broken.add(name)
        return default if value is None else value

    def mark_of(self, file: str, word: str) -> Mark:
        """Where `word` stands as a value in a file."""
        return next((s.mark for s in scalars(self.trees.get(file)) if s.text == word), Mark(file))

    def has_broken_flow(self) -> bool:
        """Whether a file of the bundle folder itself has a mistake, so that a flow may be missing."""
        return any("/" not in name for name in self.broken)


def read_bundle(files: Mapping[str, bytes], env: str = "development") -> Reading:
    """Everything that can be read of `files`; `bundle` stays None when bundle.yaml itself is unusable."""
    reading = Reading()
    _read_trees(files, reading)
    shape = reading.part("bundle.yaml", parse_data.parse_bundle_file)
    if shape is None:
        if "bundle.yaml" not in files:
            reading.problems.append(problem(Mark("bundle.yaml"), "E-REF", "there is no bundle.yaml",
                                            hint="name the folder of a bundle"))
        return reading
    flows = _flows(reading)
    words = {lang: reading.part(f"intents/{lang}.yaml", parse_words.parse_intents) for lang in shape.languages}
    known: dict[str, IntentsShape] = {lang: part for lang, part in words.items() if part}
    reading.bundle = Bundle(
        shape.id,
        digest(files),
        shape.title,
        shape.languages,
        parse_data.lines_of(shape),
        flows,
        {lang: reading.part(f"prompts/{lang}.yaml", parse_words.parse_prompts, {}) for lang in shape.languages},
        parse_words.join_intents(known),
        parse_words.join_lists(known, "commands"),
        parse_words.join_lists(known, "words"),
        parse_words.join_out_of_scope(known),
        reading.part("policy.yaml", parse_policy.parse_policy, Policy()),
        reading.part("facts.yaml", parse_data.parse_facts, {}),
        reading.part("calendar.yaml", parse_data.parse_calendar),
        reading.part("queues.yaml", parse_queues, {}),
        reading.part("callbacks.yaml", parse_callbacks, {}),
        _bindings(reading, env),
        reading.part("callbacks.yaml", parse_rounds),
        reading.part("callbacks.yaml", parse_escalations, {}),
        {lang: reading.part(f"{KNOWLEDGE}{lang}.yaml", parse_knowledge, {}) for lang in _told_in(reading)},
        dict(sorted(files.items())),
    )
    return reading


def _told_in(reading: Reading) -> list[str]:
    """Languages that have a file of articles, whether the bundle speaks them or not."""
    return [name.removeprefix(KNOWLEDGE).removesuffix(".yaml") for name in reading.trees if name.startswith(KNOWLEDGE)]


def _bindings(reading: Reading, env: str) -> Bindings:
    """Those of `env`; the other environments are read too, so that a mistake in them shows before they are used."""
    found = {name: reading.part(name, parse_data.parse_env) for name in reading.trees if name.startswith("env/")}
    return found.get(f"env/{env}.yaml") or Bindings()


def digest(files: Mapping[str, bytes]) -> str:
    """sha256 over the sorted names and bytes; lengths keep two different bundles from looking the same."""
    total = hashlib.sha256()
    for name, data in sorted(files.items()):
        total.update(f"{len(name.encode())}:{name}:{len(data)}:".encode())
        total.update(data)
    return total.hexdigest()


def is_read(name: str) -> bool:
    """Whether a file is part of what calls run on; tests, requirements and the editor's layout are not."""
    if not name.endswith(".yaml") or name == REQUIREMENTS:
        return False
    return "/" not in name or name.split("/")[0] in ("prompts", "intents", "env", "data", "knowledge")


def _read_trees(files: Mapping[str, bytes], reading: Reading) -> None:
    for name, data in sorted(files.items()):
        if not is_read(name):
            continue
        tree, found = read_tree(data, name)
        reading.problems.extend(found)
        if found or tree is None:
            reading.broken.add(name)
        if tree is not None:
            reading.trees[name] = tree
        elif not found:
            reading.problems.append(
                problem(Mark(name), "E-SCHEMA", "the file is empty", hint="write its content, or delete it")
            )


def _flows(reading: Reading) -> dict[str, Flow]:
    heads: dict[str, Head] = {}
    for name, tree in reading.trees.items():
        if "/" not in name and name not in _NAMED:
            head = reading.part(name, _head)
            if head and head.flow.id in heads:
                first = heads[head.flow.id].flow.file
                reading.problems.append(
                    problem(
                        mark_at(tree, ("id",)),
                        "E-SCHEMA",
                        f'flow "{head.flow.id}" stands in {first} already',
                        hint="rename one of them",
                    )
                )
            elif head:
                heads[head.flow.id] = head
    known = {flow_id: head.flow for flow_id, head in heads.items()}
    reading.node_ids.update({flow_id: head.node_ids for flow_id, head in heads.items()})
    return {flow_id: _whole(head, known, reading) for flow_id, head in heads.items()}


def _head(tree: Tree, problems: list[Problem]) -> Head | None:
    schema = tree.entries.get("schema") if isinstance(tree, Table) else None
    if isinstance(schema, Scalar) and schema.text != _FLOW_SCHEMA:
        problems.append(parse_policy.check_schema_name(schema.text, (_FLOW_SCHEMA,), schema.mark))
        return None
    return parse_head(tree, problems)


def _whole(head: Head, known: Mapping[str, Flow], reading: Reading) -> Flow:
    before = len(reading.problems)
    flow = parse_nodes(head, known, reading.problems)
    if len(reading.problems) > before:
        reading.broken.add(flow.file)
    return flow
