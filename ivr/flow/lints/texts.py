"""A text message fits into one, says who sends it and how to end them (V18). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ivr.dialog.lexicon import fold
from ivr.errors import Problem
from ivr.flow.complaints import problem
from ivr.flow.lints.wording import filled, wordings
from ivr.flow.model import Bundle

# GSM 03.38: one character outside this set turns a text of 160 characters into one of 70.
GSM7 = frozenset("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
                 "abcdefghijklmnopqrstuvwxyzäöñüà")
GSM7_DOUBLE = frozenset("^{}\\[~]|€")
"""Characters that take two places."""
_SENDER = re.compile(r"([^:{}]{2,40}): ")
STOPPED = frozenset({"stop_confirmed", "stop_confirmed_call"})
"""The answers to STOP need not say how to stop."""


def long_texts(bundle: Bundle) -> Iterator[Problem]:
    for wording in wordings(bundle, ("sms",)):
        text = filled(bundle, wording.text, wording.language, spoken=False)
        odd = sorted(set(text) - GSM7 - GSM7_DOUBLE)
        length = len(text) if odd else len(text) + sum(c in GSM7_DOUBLE for c in text)
        limit = 70 if odd else 160
        if length > limit:
            why = f' because of "{"".join(odd)}"' if odd else ""
            yield problem(wording.mark, "E-CHANNEL",
                          f'text "{wording.key}" has {length} characters with its facts, and {limit} fit into one message{why}',
                          consequence="It would come in pieces, perhaps out of order.",
                          hint=f'write it without "{"".join(odd)}"' if odd else "shorten it")


def anonymous_texts(bundle: Bundle) -> Iterator[Problem]:
    names = {word for title in bundle.title.values() for word in fold(title).split()} | {fold(bundle.id)}
    for wording in wordings(bundle, ("sms",)):
        sender = _SENDER.match(wording.text)
        if sender is None or not set(fold(sender[1]).split()) <= names:
            yield problem(wording.mark, "E-CHANNEL", f'text "{wording.key}" does not say who sends it',
                          consequence="Whoever gets it cannot tell it from a fraud.", hint="begin it with the service's name and a colon")
        if "STOP" not in wording.text and wording.key not in STOPPED:
            yield problem(wording.mark, "E-CHANNEL", f'text "{wording.key}" does not say how to get no more of them',
                          consequence="Whoever gets it would not know how to refuse further texts.", hint='add "Reply STOP to end."')
