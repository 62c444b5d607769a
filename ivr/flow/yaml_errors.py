"""libyaml's complaints in our own words, with the cure. Pure. Called by `flow.source`."""

from __future__ import annotations

import re

import yaml

from ivr.errors import Problem

NOT_TAKEN = "The bundle is not taken, and callers go on hearing the one before it."
# libyaml's phrase -> (our sentence, cure). The first phrase that occurs in its message wins.
_SENTENCES = (
    (
        "mapping values are not allowed",
        "a colon stands where none is expected",
        "put the whole text in quotes, or check the indentation of this line",
    ),
    (
        "expected <block end>",
        "this line is indented differently from the lines it belongs to",
        "line it up with its neighbours, using spaces",
    ),
    (
        "did not find expected '-' indicator",
        "a list goes on with something that is not a list item",
        "begin the line with a dash, or indent it under the item above",
    ),
    (
        "did not find expected key",
        "this line does not fit the mapping it stands in",
        "line it up with the keys above, or put a text with special characters in quotes",
    ),
    ("could not find expected ':'", "a key has no colon", "write `key: value`"),
    ("did not find expected ',' or ']'", "a list in brackets is not closed", "add the missing comma or ]"),
    (
        "did not find expected ',' or '}'",
        "a mapping in braces is not closed",
        "add the missing comma or }, or quote the text",
    ),
    ("unexpected end of stream", "a quoted text is never closed", "add the closing quote"),
    ("did not find expected node content", "a value is missing here, or a bracket is not closed", "complete the value"),
    ("found unknown escape character", "a backslash stands in a text with double quotes", "use single quotes"),
    ("did not find expected alphabetic", "a star or an ampersand begins a special name here", "put the text in quotes"),
    ("undefined tag handle", "an exclamation mark begins a tag here", "put the text in quotes"),
    ("cannot start any token", "this character cannot begin a value", "put the text in quotes"),
    ("block sequence entries are not allowed", "a dash stands where no list can begin", "begin the list on a new line"),
    ("did not find expected <document start>", "the file goes on after its end, `...` or a second document",
     "write one document, without `...`"),
    ("control characters are not allowed", "the file holds a control character that nobody can see", "delete it"),
)


def syntax_problem(error: yaml.YAMLError, file: str, text: str) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark else _position(getattr(error, "position", None), text)
    rows = text.split("\n")
    indent = re.match(r"[ ]*\t", rows[line - 1]) if 0 < line <= len(rows) else None
    if indent:
        return yaml_problem(file, "a tab stands in the indentation", line=line, column=indent.end(),
                        hint="indent with spaces")
    said = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
    for phrase, sentence, cure in _SENTENCES:
        if phrase in said:
            return yaml_problem(file, sentence, line=line, column=column, hint=cure)
    return yaml_problem(
        file, f"this is not YAML: {shortened(said)}", line=line, column=column, hint="put the text in quotes"
    )


def _position(offset: int | None, text: str) -> tuple[int, int]:
    before = text[:offset or 0]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def shortened(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."


def yaml_problem(
    file: str, message: str, *, line: int = 1, column: int = 1, length: int = 1, hint: str = ""
) -> Problem:
    return Problem(file, line, column, "E-YAML", message, NOT_TAKEN, hint, length=length)
