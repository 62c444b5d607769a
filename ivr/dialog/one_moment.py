"""What a caller hears who waits for us: while recognition or a lookup is slow, and on hold. Pure. Called by every rim with a voice."""

from __future__ import annotations

from ivr.dialog import actions as act
from ivr.dialog.render import render
from ivr.flow.model import Bundle

KEY = "one_moment"


def one_moment(bundle: Bundle, language: str) -> act.Say | None:
    """None where the bundle has no such prompt."""
    if KEY not in bundle.prompts.get(language, {}):
        return None
    return act.Say(KEY, render(bundle, KEY, language, "voice", slots={}, values={}).text, language)
