"""requirements.yaml of a bundle: its rows, with the place of each. At the rim: it reads one file.

Called by `ivr requirements`, and by `ivr test` for the rows that ask for a test.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ivr.errors import Problem
from ivr.flow.complaints import key_mark, problem, read_as
from ivr.flow.mark import Mark
from ivr.flow.schemas_tests import RequirementShape, RequirementsShape
from ivr.flow.source import read_tree

FILE = "requirements.yaml"
TEST = "T"


@dataclass(frozen=True, slots=True)
class Row:
    id: str
    asked: RequirementShape
    mark: Mark


def read_rows(folder: Path) -> tuple[tuple[Row, ...], list[Problem], bytes]:
    """The rows in the author's order, what is wrong with the file, and its bytes; no rows where there is no file."""
    path = folder / FILE
    if not path.is_file():
        return (), [], b""
    data = path.read_bytes()
    rows, problems = rows_in(data)
    return rows, problems, data


def rows_in(data: bytes) -> tuple[tuple[Row, ...], list[Problem]]:
    tree, problems = read_tree(data, FILE)
    if tree is None:
        return (), problems or [problem(Mark(FILE), "E-SCHEMA", "the file is empty", hint="write its rows, or delete it")]
    shape = read_as(RequirementsShape, tree, problems)
    if shape is None or problems:
        return (), problems
    return tuple(Row(name, row, key_mark(tree, ("rows", name))) for name, row in shape.rows.items()), []


def tested_rows(folder: Path) -> list[tuple[str, Mark]]:
    """Rows that ask for a test, for the coverage."""
    return [(row.id, row.mark) for row in read_rows(folder)[0] if TEST in row.asked.check]
