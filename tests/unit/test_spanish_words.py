"""Spanish as it is heard: what is put into a sentence has to fit it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ivr.dialog.render import render
from ivr.flow.load import load_bundle

ROOT = Path(__file__).parents[2]
BUNDLE = load_bundle(ROOT / "flows/uscis")
TWICE, NOT_DRAWN_TOGETHER = re.compile(r"\b([^\W\d]{2,}) \1\b", re.IGNORECASE), re.compile(r"\b(?:de|a) el\b")


@pytest.mark.parametrize("channel", ["voice", "chat", "tty"])
@pytest.mark.parametrize("key", ["line_tip_quiet", "monday_hint", "office_advice", "wait_advice"])
def test_the_day_is_named_once(key: str, channel: str) -> None:
    text = render(BUNDLE, key, "es", channel, slots={}, values={}).text
    assert "los lunes" in text and not TWICE.search(text)


@pytest.mark.parametrize("channel", ["voice", "chat", "tty"])
@pytest.mark.parametrize("name", sorted({i.name["es"] for i in BUNDLE.intents.values() if i.name.get("es")}))
def test_every_topic_can_be_asked_about(name: str, channel: str) -> None:
    for key in ("confirm_intent", "confirm_two_intents"):
        text = render(BUNDLE, key, "es", channel, slots={}, values={"intent": name, "other": name}).text
        assert not NOT_DRAWN_TOGETHER.search(text.split(name)[0] + name), text
