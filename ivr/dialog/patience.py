"""How long a question waits, by the way somebody calls. Pure. The one place for it; called by `TurnDraft`.

A text telephone carries six characters a second and has to be read before it is answered; a relay operator types every word
of ours to the caller and reads every answer out. Both need time that a caller who speaks would take for a dead line.
"""

from __future__ import annotations

import dataclasses

from ivr.dialog.actions import Listen

TTY_TIMES = 4
TTY_LEAST_S = 30.0
"""No wait on a text telephone is shorter (requirement V23)."""
TTY_LONGEST_S = 240.0
RELAY_TIMES = 2
RELAY_END_SILENCE_MS = 1200
"""An operator reads out as the caller types, with pauses within a sentence."""


def unhurried(listen: Listen, channel: str, *, relay: bool) -> Listen:
    """The same question with the time that it takes there."""
    if channel == "tty":
        return dataclasses.replace(listen, timeout_s=min(TTY_LONGEST_S, max(TTY_LEAST_S, TTY_TIMES * listen.timeout_s)),
                                   inter_digit_s=TTY_TIMES * listen.inter_digit_s)
    if relay:
        # A key click or a word to somebody else in the operator's room does not stop a prompt that is being typed along.
        return dataclasses.replace(listen, timeout_s=RELAY_TIMES * listen.timeout_s, inter_digit_s=RELAY_TIMES * listen.inter_digit_s,
                                   end_silence_ms=max(RELAY_END_SILENCE_MS, listen.end_silence_ms), barge_in=False)
    return listen
