"""What a caller says: the words of a transcript in the language of the moment, and the few of its own. Pure."""

from __future__ import annotations

from ivr.flow.model import Bundle
from ivr.flow.schemas_tests import ANY_LANGUAGE
from ivr.transcripts.model import Turn

RELAY = {"en": "this is a relay service call", "es": "esta es una llamada del servicio de retransmisión"}
"""How a relay operator announces a call (ADA title II and III, telecommunications relay)."""


def yes_in(bundle: Bundle, language: str) -> str:
    """The bundle's own first word for yes."""
    return next(iter(bundle.commands.get("yes", {}).get(language, ())), "yes")


def words(turn: Turn, language: str) -> str:
    """What is said, in the language the call is in at that moment."""
    said = turn.shape.say
    return said.get(language) or said.get(ANY_LANGUAGE) or next(iter(said.values()))
