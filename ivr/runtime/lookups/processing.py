"""Whether a case is outside its normal processing time, from the dated table that the bundle carries.

The table gives the fastest and the slowest office for each form. A case is `inside` when even the fastest office would
still need time, `outside` when even the slowest would be done; in between it depends on the office, which callers rarely
know, and the answer is `unknown`. So it is after the table's own last day, and for a form that it does not list. An answer
comes with the day the figures were taken, which the caller is told.
"""

from __future__ import annotations

from datetime import date

from ivr.flow.source import read_tree
from ivr.flow.tree import Scalar, Table, Tree
from ivr.runtime.lookups.dates import first_date
from ivr.runtime.lookups.registry import Asked, lookup

TABLE = "data/processing_times.yaml"
AS_OF = "times_as_of"
"""Slot that is filled with the day of the table, where it could say something."""


@lookup("processing_time", "inside", "outside", "unknown")
def processing_time(asked: Asked) -> str:
    """`inside`, `outside` or `unknown`, from a form and the day on which it was filed."""
    filed_on, form = first_date(asked), asked.inputs.get("form", "")
    span = _months(asked, form)
    if filed_on is None or span is None or filed_on > asked.today:
        return "unknown"
    waited = _months_between(filed_on, asked.today)
    if span[0] <= waited <= span[1]:
        return "unknown"
    asked.found[AS_OF] = span[2].isoformat()
    return "inside" if waited < span[0] else "outside"


def _months(asked: Asked, form: str) -> tuple[int, int, date] | None:
    """Months of the fastest and of the slowest office, and the day of the figures, while the table is good: from that day on, up
    to its last, and only with the source it was taken from."""
    tree, problems = read_tree(asked.bundle.files.get(TABLE, b""), TABLE)
    if problems or not isinstance(tree, Table) or not _text(tree.entries.get("source")):
        return None
    as_of = date.fromisoformat(_text(tree.entries.get("as_of")))
    if not as_of <= asked.today <= date.fromisoformat(_text(tree.entries.get("good_until"))):
        return None
    forms = tree.entries.get("forms")
    row = forms.entries.get(form) if isinstance(forms, Table) else None
    if not isinstance(row, Table):
        return None
    return int(_text(row.entries.get("fastest_months"))), int(_text(row.entries.get("slowest_months"))), as_of


def _text(tree: Tree | None) -> str:
    return tree.text if isinstance(tree, Scalar) else ""


def _months_between(start: date, end: date) -> int:
    """Whole months that have passed."""
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)
