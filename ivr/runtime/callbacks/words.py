"""What is written to somebody about their promised call: rows of kind `notice`, one for each channel that reaches them.

A text goes to a number that takes texts and whose owner has not revoked them; else it is an email, or nothing, and what is
said by the call itself stands. Pure but for the question whether a number may be texted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from ivr.dialog.render import render
from ivr.flow.model import Bundle
from ivr.runtime.callbacks.situation import Situation
from ivr.store.promises import NewPromise

NOTICE_LIFE = timedelta(hours=12)
"""A notice that could not be sent by then says something that is past."""
PURPOSE = "notice"
IN_LINE_TAPE = "voicemail_in_line"
"""The second round of a kept place may fall on the next day, and the usual words would not be true."""
MayText = Callable[[str], bool]


def notices(s: Situation, what: str, message: str, channels: Sequence[str], nth: str, now: datetime, may_text: MayText, *,
            either: bool = False, life: timedelta = NOTICE_LIFE, **values: str) -> list[NewPromise]:
    """Rows for `message` on the channels that reach the caller; `either` stops at the first one. `nth` tells two of a kind apart."""
    rows = []
    for channel in channels:
        to = _address(s, channel, may_text)
        if to is None or not has_words(s.bundle, message, channel):
            continue
        rendered = render(s.bundle, message, s.language, channel, slots={}, values={"reference": s.reference, **values})
        payload = {"channel": channel, "to": to, "message": message, "text": rendered.text, "subject": rendered.subject,
                   "language": s.language, "purpose": PURPOSE}
        rows.append(NewPromise(f"notice:{s.key}:{what}:{nth}:{channel}", "notice", channel, s.call_id, payload, now, now + life,
                               reference=""))
        if either:
            break
    return rows


def first_missed(s: Situation) -> str:
    """Prompt key of what is left behind a round that reached nobody, when another one follows."""
    own = s.rules.in_line and IN_LINE_TAPE in s.bundle.prompts.get(s.bundle.default_language, {})
    return IN_LINE_TAPE if own else s.rules.rounds.voicemail


def has_words(bundle: Bundle, key: str, channel: str) -> bool:
    prompt = bundle.prompts.get(bundle.default_language, {}).get(key)
    return prompt is not None and channel in prompt.variants


def _address(s: Situation, channel: str, may_text: MayText) -> str | None:
    if channel == "email":
        return s.email.reveal() if s.email else None
    return next((n.reveal() for n in s.numbers if may_text(n.reveal())), None)
