"""Changes as text for a terminal and as JSON. Pure. Called by `ivr diff`."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence

from ivr.diff.change import GROUPS, Change
from ivr.diff.wording import plural

_WIDTH = 118


def as_text(changes: Sequence[Change], old: str, new: str) -> str:
    if not changes:
        return f"{old} and {new} say the same\n"
    blocks = []
    for group, heading in GROUPS.items():
        lines = [_item(change) for change in changes if change.group == group]
        if lines:
            blocks.append("\n".join([heading, *lines]))
    return "\n\n".join([*blocks, f"{plural(len(changes), 'difference')} from {old} to {new}"]) + "\n"


def _item(change: Change) -> str:
    text = textwrap.fill(_printable(change.text), _WIDTH, initial_indent="  - ", subsequent_indent="    ", break_long_words=False,
                         break_on_hyphens=False)
    return f"{text}\n      {change.mark.file}:{change.mark.line}" if change.mark else text


def _printable(text: str) -> str:
    """No control characters: a file must not be able to drive the terminal."""
    return "".join(c if c.isprintable() or c == " " else "\N{REPLACEMENT CHARACTER}" for c in text)


def as_json(changes: Sequence[Change], old: str, new: str) -> str:
    found = [{"group": c.group, "text": c.text, "subjects": [list(s) for s in c.subjects],
              "file": c.mark.file if c.mark else None, "line": c.mark.line if c.mark else None} for c in changes]
    return json.dumps({"same": not changes, "old": old, "new": new, "changes": found}, ensure_ascii=False, indent=2)
