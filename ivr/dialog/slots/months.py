"""Names of the months as callers and recognisers write them, folded. Pure data."""

from __future__ import annotations

from collections.abc import Mapping

_NAMES = {
    "en": ("january jan", "february feb febuary", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
           "september sep sept", "october oct", "november nov", "december dec"),
    "es": ("enero ene", "febrero feb", "marzo mar", "abril abr", "mayo may", "junio jun", "julio jul", "agosto ago",
           "septiembre setiembre sep sept set", "octubre oct otubre", "noviembre nov", "diciembre dic disiembre"),
}
MONTHS: Mapping[str, Mapping[str, int]] = {
    language: {name: n for n, names in enumerate(months, 1) for name in names.split()} for language, months in _NAMES.items()}
"""language -> name or abbreviation -> number of the month"""
