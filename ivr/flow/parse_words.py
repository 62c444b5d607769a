"""prompts/<lang>.yaml and intents/<lang>.yaml to the model. Pure. Called by `flow.parse`, one language at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ivr.errors import Problem
from ivr.flow.complaints import key_mark, mark_at, read_as
from ivr.flow.model_words import Intent, Prompt
from ivr.flow.schemas import IntentsShape, PromptShape, PromptsShape
from ivr.flow.tree import Table, Tree

_CHANNELS = ("voice", "tty", "sms", "chat")


def parse_prompts(tree: Tree, problems: list[Problem]) -> dict[str, Prompt]:
    """Prompts of one language by key."""
    shape = read_as(PromptsShape, tree, problems, shorthand=_voice_shorthand)
    table = tree.entries.get("prompts") if isinstance(tree, Table) else None
    if shape is None or not isinstance(table, Table):
        return {}
    return {key: _prompt(key, p, table) for key, p in shape.prompts.items()}


def _voice_shorthand(raw: Any) -> Any:
    """`key: text` stands for `key: {voice: text}`."""
    if not isinstance(raw, dict) or not isinstance(raw.get("prompts"), dict):
        return raw
    return raw | {"prompts": {k: {"voice": v} if isinstance(v, str) else v for k, v in raw["prompts"].items()}}


def _prompt(key: str, shape: PromptShape, table: Table) -> Prompt:
    variants = {c: text.strip() for c in _CHANNELS if (text := getattr(shape, c)) is not None}
    places = {c: mark_at(table, (key, c)) for c in variants}
    if shape.email:
        variants["email"] = shape.email.body.strip()
        places |= {"email": mark_at(table, (key, "email", "body")), "subject": mark_at(table, (key, "email", "subject"))}
    return Prompt(key, variants, shape.email.subject if shape.email else "", key_mark(table, (key,)), shape.recording or "", places)


def parse_intents(tree: Tree, problems: list[Problem]) -> IntentsShape | None:
    return read_as(IntentsShape, tree, problems)


def join_intents(shapes: Mapping[str, IntentsShape]) -> dict[str, Intent]:
    """Intents with all their languages; an override of the bands counts for all of them."""
    ids = dict.fromkeys(i for shape in shapes.values() for i in shape.intents)
    return {i: _joined(i, {lang: s.intents[i] for lang, s in shapes.items() if i in s.intents}) for i in ids}


def join_out_of_scope(shapes: Mapping[str, IntentsShape]) -> dict[str, Intent]:
    ids = dict.fromkeys(i for shape in shapes.values() for i in shape.out_of_scope)
    return {i: _joined(i, {lang: s.out_of_scope[i] for lang, s in shapes.items() if i in s.out_of_scope}) for i in ids}


def _joined(intent_id: str, parts: Mapping[str, Any]) -> Intent:
    first = {band: next((v for p in parts.values() if (v := getattr(p, band, None)) is not None), None)
             for band in ("accept", "confirm", "answer")}
    return Intent(intent_id, {lang: p.name for lang, p in parts.items() if p.name},
                  {lang: p.phrases for lang, p in parts.items()}, first["accept"], first["confirm"], first["answer"] or "")


def join_lists(shapes: Mapping[str, IntentsShape], part: str) -> dict[str, dict[str, tuple[str, ...]]]:
    """`commands` or `words`: name -> language -> phrases."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for lang, shape in shapes.items():
        for name, phrases in getattr(shape, part).items():
            found.setdefault(name, {})[lang] = phrases
    return found
