"""The implementations that are there, and the one that the settings name."""

from __future__ import annotations

from typing import Any

from ivr.cases import fake, http_source, sql_source
from ivr.cases.source import SOURCES, CaseSource

NONE = "none"

__all__ = ["NONE", "fake", "http_source", "source_of", "sql_source"]


def source_of(settings: Any) -> CaseSource | None:
    """None where no case system is connected."""
    return None if settings.cases_source == NONE else SOURCES[settings.cases_source](settings)
