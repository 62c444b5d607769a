"""Whether what a caller says over a prompt interrupts it. Pure: no audio, no clock, no I/O.

    prompt   ==============--------------------- held at 300 ms of voice; an answer: the next turn follows
    voice            |xxxxxxxxxxxxxxxx|   text "where is my case"

    prompt   ==================----------------- short, so not held yet; known at the pause to be an answer
    voice            |xxxx|   text "yes"

    prompt   ==============------------========= held, but only "uh-huh": it goes on where it was
    voice            |xxxxxxxxx|   text "uh-huh"

    prompt   ======= may not be interrupted ====|the words are answered here
    voice            |xxxxxxxxxxxxxxxxxxxxxx|

Backchannels last 300-800 ms, as long as "yes" and "stop": no length tells them apart, only their words do. So a prompt is
held early, which feels like being listened to, and lost only to an answer. Noises that gave no text count as backchannels.
Nothing that was said is lost: the words are recognised whether the prompt was held or not. A key always ends a prompt.
The media socket tells this what it hears; one object a call.
"""

from __future__ import annotations

from dataclasses import dataclass

HOLD_MS = 300.0


@dataclass(frozen=True, slots=True)
class Verdict:
    hold: bool = False
    """Stop the prompt now."""
    go_on: bool = False
    """Play the rest of the prompt that was held."""
    drop: bool = False
    """The words are no answer: the question still stands."""


@dataclass(slots=True)
class BargeIn:
    """State of the words being spoken now."""

    over_prompt: bool = False
    """They began while a prompt was playing."""
    held: bool = False
    """The prompt was stopped for them."""

    def began(self, *, playing: bool) -> None:
        """Speech began."""
        # Words that follow a held prompt belong to the same interruption: "uh-huh ... wait".
        self.over_prompt = playing or self.held

    def over(self) -> None:
        """A new turn, or a key: what was spoken before no longer matters."""
        self.over_prompt = self.held = False

    def voiced(self, voiced_ms: float, *, allowed: bool) -> Verdict:
        """After so much voice; `allowed`: this prompt may be interrupted. Holds once."""
        if not allowed or not self.over_prompt or self.held or voiced_ms < HOLD_MS:
            return Verdict()
        self.held = True
        return Verdict(hold=True)

    def recognised(self, *, backchannel: bool, allowed: bool, final: bool = True) -> Verdict:
        """The words are known; `final`: the caller has also finished."""
        if not self.over_prompt:
            return Verdict()
        if not backchannel:
            hold, self.held = allowed and not self.held, self.held or allowed
            return Verdict(hold=hold)
        if not final:
            return Verdict()
        held = self.held
        self.over()
        return Verdict(go_on=held, drop=True)
