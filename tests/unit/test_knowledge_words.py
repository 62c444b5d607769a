"""What staff read in an article is for them: where a rule comes from stands in the comments of the file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

FOLDER = Path(__file__).parents[2] / "flows/uscis/knowledge"
SOURCE = re.compile(r"\b[AB] L\d|\bREADME\b|\bR\d\d\b")


@pytest.mark.parametrize("language", ["en", "es"])
def test_no_article_names_a_line_of_our_sources(language: str) -> None:
    articles = yaml.safe_load((FOLDER / f"{language}.yaml").read_text(encoding="utf-8"))["articles"]
    named = {intent: text for intent, article in articles.items() for text in article.values() if SOURCE.search(text)}
    assert articles
    assert named == {}
