"""Calls through a relay operator (711, video relay, captions). Pure. Called by the engine, and before the intent model is asked.

Once announced, a call stays a relay call: everything waits longer (see `patience`), what the operator says for the caller is
read as the caller would have said it, and silence asks again for as long as the call is bounded at all, since somebody is
typing on the other side of the operator. Nobody is hung up on for it.
"""

from __future__ import annotations

import dataclasses

from ivr.dialog import commands
from ivr.dialog import events as ev
from ivr.dialog.lexicon import fold
from ivr.dialog.relay_words import ANNOUNCING, HANDING_OVER, MINE, SPEAKING_FOR, SPEAKING_SELF
from ivr.dialog.session import Session
from ivr.dialog.turn_draft import TurnDraft
from ivr.dialog.typed_commands import asks_for_time
from ivr.flow.model import Bundle

WAITING = ("silence_value_1", "silence_value_2")
"""Said by turns in front of the question when nothing comes."""


def handle(draft: TurnDraft, event: ev.Event) -> bool:
    """Whether a relay call needs something else than the node would do."""
    if draft.get("channel") != "voice":
        return False
    if isinstance(event, ev.SpeechHeard) and announces(draft.bundle, event.text.reveal()):
        return _announced(draft)
    if not draft.get("relay"):
        return False
    if isinstance(event, ev.NoInput):
        commands.say_again(draft, first=WAITING[draft.get("turn") % len(WAITING)])
        return True
    if isinstance(event, ev.SpeechHeard) and asks_for_time(event.text.reveal()):
        commands.more_time(draft)
        return True
    if isinstance(event, ev.SpeechHeard) and not event.text.reveal():
        commands.say_again(draft)  # "go ahead" alone: the operator waits for us
        return True
    return False


def _announced(draft: TurnDraft) -> bool:
    """The first announcement costs nothing; an operator who takes over later hears the question again."""
    if not draft.get("relay"):
        draft.put(relay=True, answers=draft.get("answers") - 1)
        commands.say_again(draft, first="relay_welcome")
    elif draft.aside():
        commands.say_again(draft)
    return True


def announces(bundle: Bundle, text: str) -> bool:
    """Whether somebody says that this is a relay call. Understood in every language of the bundle."""
    said = f" {fold(text)} "
    own = bundle.commands.get("relay", {})
    return any(f" {phrase} " in said for language in bundle.languages
               for phrase in (*ANNOUNCING.get(language, ()), *map(fold, own.get(language, ()))))


def plain(event: ev.Event, session: Session) -> ev.Event:
    """The event with the caller's own words where an operator speaks for them."""
    if not session.relay or not isinstance(event, ev.SpeechHeard):
        return event
    text = event.text.reveal()
    own = own_words(text, event.language or session.language)
    return event if own == text else dataclasses.replace(event, text=ev.Sensitive(own))


def own_words(text: str, language: str) -> str:
    """"The caller would like to know where her case is, go ahead" -> "where my case is". '' when only the turn was handed over."""
    if language not in SPEAKING_FOR:
        return text
    said = HANDING_OVER[language].sub("", text).strip()
    rest = SPEAKING_FOR[language].sub("", said)
    if rest == said or not rest.strip(" ,.:;"):
        return said
    for pattern, mine in () if SPEAKING_SELF[language].search(rest) else MINE[language]:
        rest = pattern.sub(mine, rest)
    return rest.strip(" ,:;")
