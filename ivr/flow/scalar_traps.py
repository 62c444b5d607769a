"""Words that mean something else to other YAML programs, where a number or a truth value was expected. Pure.

Here every word is the text that stands in the file, so none of them does harm; but whoever wrote `012` or `off` had
something in mind, and is told how to write it. Called by `flow.schema_sentences`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

TRUTH = "true or false"
_TRUE = ("true", "yes", "on", "y")


def cure(text: str, wanted: str) -> str:
    """What to write instead of `text`."""
    if wanted == TRUTH and re.fullmatch(r"(?i)yes|no|on|off|y|n|true|false", text):
        return f"write {'true' if text.lower() in _TRUE else 'false'}, in small letters; other words for it differ between programs"
    for pattern, hint in _CURES:
        match = re.fullmatch(pattern, text)
        if match and wanted != TRUTH:
            return hint(match)
    return f"write {wanted}"


def _sixty(match: re.Match[str]) -> str:
    total = 0
    for part in match[0].split(":"):
        total = total * 60 + int(part)
    return f"write {total}: with colons it is a time to you, and a number of base 60 to other programs"


_CURES: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    (r"(?i)yes|no|on|off|y|n|true|false", lambda m: f'write a number; "{m[0]}" is a truth value to other programs'),
    (r"~|(?i:null|none)", lambda m: "leave the key out: nothing is not a value"),
    (r"0\d{1,9}", lambda m: f"write {int(m[0])}: with a zero before it, it is a number of base 8 to other programs"),
    (r"0o([0-7]{1,9})", lambda m: f"write {int(m[1], 8)}: numbers of base 8 are not read here"),
    (r"0x([0-9A-Fa-f]{1,9})", lambda m: f"write {int(m[1], 16)}: numbers of base 16 are not read here"),
    (r"0b([01]{1,32})", lambda m: f"write {int(m[1], 2)}: numbers of base 2 are not read here"),
    (r"(\d{1,6})(?:\.0*)?[eE]\+?(\d)", lambda m: f"write {int(m[1]) * 10 ** int(m[2])}: powers of ten are not read here"),
    (r"[\d]{1,3}(?::[0-5]?\d){1,2}", _sixty),
    (r"\d{4}-\d\d?-\d\d?", lambda m: "write a number; this is a date to other programs"),
    (r"\d[\d_,]*", lambda m: f"write {re.sub(r'[_,]', '', m[0])}, without separators"),
    (r"\+(\d+)", lambda m: f"write {m[1]}, without a sign"),
    (r"\.\d+", lambda m: f"write 0{m[0]}"),
)
"""What the word looks like -> what to do. The first that fits wins."""
