"""Words for moments without a working turn: the fallback, a refused request, the waiting room, replies to texts.

Rendered once from the bundle at start, so that they are there when nothing else is.
"""

from __future__ import annotations

from ivr.dialog import actions as act
from ivr.dialog.render import render
from ivr.dialog.session import Session
from ivr.flow.model import Bundle
from ivr.telephony import twiml


class LastWords:
    def __init__(self, bundle: Bundle):
        self._bundle = bundle
        self._problem = twiml.hangup([s for lang in bundle.languages for s in self._says(lang, "technical_problem",
                                                                                          "safe_landing")])
        self._fallback = twiml.hangup([s for lang in bundle.languages for s in self._says(lang, "safe_landing")])
        self._busy = twiml.hangup([s for lang in bundle.languages for s in self._says(lang, "lines_busy")])

    def problem(self) -> str:
        """Something broke: say so, say where to go, in every language; hang up. Never a person (ruling of the design)."""
        return self._problem

    def busy(self) -> str:
        """More calls than there is room for: said at once, with the hours and where else help is."""
        return self._busy

    def fallback(self) -> str:
        return self._fallback

    def text(self, key: str, channel: str) -> str:
        """One text in every language of the bundle: who writes to us has not told us theirs."""
        parts = [render(self._bundle, key, lang, channel, slots={}, values={}).text for lang in self._bundle.languages]
        return "\n".join(dict.fromkeys(parts))

    @staticmethod
    def say(bundle: Bundle, key: str, session: Session, **values: str) -> act.Say:
        rendered = render(bundle, key, session.language, session.channel, slots=session.slots, values=values)
        return act.Say(key, rendered.text, session.language)

    def _says(self, language: str, *keys: str) -> list[act.Say]:
        return [act.Say(k, render(self._bundle, k, language, "voice", slots={}, values={}).text, language) for k in keys]
