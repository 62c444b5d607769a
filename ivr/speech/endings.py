"""Early decisions about one question's answer, from its first recognised words. Pure.

    ends_at_once    the answer is whole: 250-300 ms of silence are enough, whatever the state's hang-over is
    is_backchannel  "uh-huh" while a prompt is playing: the caller is listening, not answering

A plain yes ends at once; a no does not, since "no" is often followed by the correction. While a yes-or-no question is
played, yes and no are answers and never backchannels. Called by the media socket.
"""

from __future__ import annotations

from datetime import date

from ivr.dialog.actions import Listen
from ivr.dialog.lexicon import fillers, fold
from ivr.dialog.yes_no import said as yes_or_no_in
from ivr.flow.model import Bundle
from ivr.speech import forms

_HUMS = {
    "en": frozenset({"uh huh", "uhhuh", "mhm", "mm hmm", "mmhmm", "mm", "hmm", "hm", "uh", "um", "okay", "ok", "right", "yeah",
                     "yep", "yes", "sure", "i see", "alright", "all right", "got it", "oh", "ah"}),
    "es": frozenset({"aja", "ajá", "mhm", "mmm", "mm", "hmm", "eh", "ah", "oh", "si", "ok", "okay", "vale", "claro", "bueno",
                     "ya", "de acuerdo", "entiendo", "bien"}),
}
"""What listeners say to show that they listen, folded; the bundle's fillers and its list `backchannel` are added."""

_SOUNDS = frozenset({"uh huh", "uhhuh", "mhm", "mm hmm", "mmhmm", "mm", "hmm", "hm", "aja"})
"""Of these the sounds that are no words: over a yes-or-no question they only show that somebody listens; after it they say yes."""


def ends_at_once(bundle: Bundle, listen: Listen, words: str, today: date) -> bool:
    if listen.expect == "yes_no":
        return yes_or_no_in(bundle, words, listen.language) == "yes" and len(fold(words).split()) <= 2
    if listen.expect == "text":
        said = fold(words)
        return bool(said) and any(said == fold(hint) for hint in listen.hints)
    return forms.is_whole(listen.expect, words, listen.language, today, listen.max_digits)


def is_backchannel(bundle: Bundle, listen: Listen, words: str) -> bool:
    """Nothing but sounds of listening, which are no answer to this question."""
    said = fold(words)
    if not said:
        return False
    if listen.expect == "yes_no" and said not in _SOUNDS and yes_or_no_in(bundle, words, listen.language) is not None:
        return False
    if any(said == fold(hint) for hint in listen.hints):
        return False
    own = (*fillers(bundle, listen.language), *bundle.words.get("backchannel", {}).get(listen.language, ()))
    hums = _HUMS.get(listen.language, frozenset()) | {fold(f) for f in own}
    return said in hums or all(word in hums for word in said.split())
