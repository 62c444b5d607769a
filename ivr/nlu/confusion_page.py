"""The confusion matrix as CSV and as a page that a browser shows without any network. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

_STYLE = """body{font:14px/1.5 system-ui,sans-serif;margin:2rem;color:#1b1b1b}table{border-collapse:collapse}
td,th{border:1px solid #ddd;padding:2px 4px;text-align:center;font-size:12px;font-weight:400}
th.row{text-align:right;white-space:nowrap}th.col{vertical-align:bottom}
th.col span{writing-mode:vertical-rl;transform:rotate(180deg);white-space:nowrap}
table.list td,table.list th{text-align:left;padding:4px 8px;font-size:14px}table.list th{font-weight:600}"""


def as_csv(labels: Sequence[str], table: Sequence[Sequence[int]]) -> str:
    """First column: what was meant; first row: what was understood."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["meant", *labels])
    writer.writerows([label, *row] for label, row in zip(labels, table, strict=True))
    return out.getvalue()


def as_html(title: str, labels: Sequence[str], table: Sequence[Sequence[int]], report: Mapping[str, Any]) -> str:
    head = "".join(f'<th class="col" scope="col"><span>{escape(label)}</span></th>' for label in labels)
    rows = "".join(_row(i, labels, row) for i, row in enumerate(table))
    summary = f"accuracy {_percent(report['accuracy'])}, macro-F1 {_percent(report['macro_f1'])}, calibration error {report['ece']:.3f}"
    return (f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style></head>'
            f"<body><h1>{escape(title)}</h1><p>{summary}. A row is what was meant, a column what was understood; what is right stands "
            f"on the diagonal.</p><table><caption>Phrases by what was meant and what was understood</caption>"
            f"<thead><tr><td></td>{head}</tr></thead><tbody>{rows}</tbody></table>{_pairs(report['worst_pairs'])}</body></html>\n")


def _row(at: int, labels: Sequence[str], row: Sequence[int]) -> str:
    total = sum(row) or 1
    cells = "".join(_cell(n, n / total, labels[at], labels[j], right=at == j) for j, n in enumerate(row))
    return f'<tr><th class="row" scope="row">{escape(labels[at])}</th>{cells}</tr>'


def _cell(count: int, share: float, meant: str, said: str, *, right: bool) -> str:
    if not count:
        return "<td></td>"
    colour = "46,125,50" if right else "198,40,40"
    depth = share if right else min(1.0, 0.2 + 2 * share)
    ink = "#fff" if depth > 0.6 else "#1b1b1b"
    return (f'<td style="background:rgba({colour},{depth:.2f});color:{ink}" title="{escape(meant)} understood as {escape(said)}">'
            f"{count}</td>")


def _pairs(pairs: Sequence[Mapping[str, Any]]) -> str:
    if not pairs:
        return ""
    rows = "".join(f"<tr><td>{escape(p['intent'])}</td><td>{escape(p['taken_for'])}</td><td>{p['times']}</td>"
                   f"<td>{'<br>'.join(escape(t) for t in p['phrases'])}</td></tr>" for p in pairs)
    return ('<h2>Worst pairs</h2><table class="list"><thead><tr><th>meant</th><th>understood</th><th>times</th><th>phrases</th></tr>'
            f"</thead><tbody>{rows}</tbody></table>")


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
