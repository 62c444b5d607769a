"""Phrases in CSV files with the columns `text,intent` (also `phrase`, and `language` where there is one). Called by `ivr nlu`."""

from __future__ import annotations

import csv
from pathlib import Path

from ivr.dialog.decision import OUT_OF_SCOPE
from ivr.errors import ConfigProblem
from ivr.nlu.phrases import Phrase

_MOST = 200_000


def read(path: Path, language: str, *, intent: str | None = None) -> list[Phrase]:
    """Rows with a text. `language` is for rows without one, `intent` for files without that column."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            names = {str(n).strip().lower(): n for n in rows.fieldnames or ()}
            text = names.get("text") or names.get("phrase")
            if text is None or ("intent" not in names and intent is None):
                raise ConfigProblem(f"{path.name} has the columns {', '.join(names) or '(none)'}, expected text,intent",
                                    hint="the first line names the columns", code="csv_columns")
            return _phrases(rows, text, names, language, intent)
    except OSError as error:
        raise ConfigProblem(f"{path} cannot be read: {error.strerror}", hint="check the name", code="csv_missing") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise ConfigProblem(f"{path.name} is no CSV file in UTF-8: {type(error).__name__}", hint="save it as UTF-8",
                            code="csv_broken") from error


def _phrases(rows: csv.DictReader[str], text: str, names: dict[str, str], language: str, intent: str | None) -> list[Phrase]:
    found = []
    for row in rows:
        said = (row.get(text) or "").strip()
        label = (row.get(names.get("intent", "")) or intent or OUT_OF_SCOPE).strip()
        if said:
            found.append(Phrase(label, (row.get(names.get("language", "")) or language).strip(), said))
        if len(found) > _MOST:
            raise ConfigProblem(f"the file has more than {_MOST} rows", hint="take a part of it", code="csv_rows")
    return found
