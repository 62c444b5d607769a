"""What a caller says: the words of a transcript in the language of the moment, and the few of its own. Pure."""

from __future__ import annotations

import unicodedata

from ivr.flow.model import Bundle
from ivr.flow.schemas_tests import ANY_LANGUAGE
from ivr.transcripts.model import Turn

RELAY = {"en": "this is a relay service call", "es": "esta es una llamada del servicio de retransmisión"}
"""How a relay operator announces a call (ADA title II and III, telecommunications relay)."""
_RELAYED = {"en": "the caller says {}, go ahead", "es": "la persona dice {}, adelante"}


def relayed(words: str, language: str) -> str:
    """The words as an operator speaks them for the caller."""
    return _RELAYED.get(language, "{}").format(words)


def yes_in(bundle: Bundle, language: str) -> str:
    """The bundle's own first word for yes."""
    return next(iter(bundle.commands.get("yes", {}).get(language, ())), "yes")


def words(turn: Turn, language: str) -> str:
    """What is said, in the language the call is in at that moment."""
    said = turn.shape.say
    return said.get(language) or said.get(ANY_LANGUAGE) or next(iter(said.values()))


def typed(words: str, channel: str) -> str:
    """The words as they arrive from somebody who types them: a text telephone has capitals, no accents, and ends a turn with GA."""
    if channel != "tty":
        return words
    plain = "".join(c for c in unicodedata.normalize("NFD", words) if not unicodedata.combining(c))
    return f"{plain.upper().replace('@', ' AT ')} GA"
