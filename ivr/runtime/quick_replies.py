"""The answers that a question offers, for buttons: what is sent for each, and the words on it. Pure.

A menu's buttons carry the words of its choices, a yes-or-no question the two of them. An open question has none.
"""

from __future__ import annotations

from ivr.dialog.session import Session
from ivr.flow.model import Bundle

Choices = tuple[tuple[str, str], ...]
_YES_NO = (("1", "yes"), ("2", "no"))


def quick_replies(bundle: Bundle, session: Session) -> Choices:
    """(what is typed, what is shown) for each; empty unless every one of them can be put in words."""
    if session.status != "live" or session.waiting != "input" or session.last_listen is None:
        return ()
    if session.last_listen.expect == "yes_no":
        shown = [(key, _first(bundle.commands.get(name, {}).get(session.language, ()))) for key, name in _YES_NO]
    else:
        node = bundle.flows[session.flow].nodes[session.node]
        shown = [(c.key, _label(bundle, c, session.language)) for c in getattr(node.params, "choices", ())] if node.kind == "menu" else []
    return tuple(shown) if all(label for _, label in shown) else ()


def shown_for(choices: Choices, typed: str) -> str:
    """What a button's answer is shown as; any other text as it is."""
    return dict(choices).get(typed.strip(), typed)


def _label(bundle: Bundle, choice: object, language: str) -> str:
    words = bundle.words.get(getattr(choice, "words", None) or "", {}).get(language, ())
    if words:
        return _first(words)
    intents = getattr(choice, "intents", ())
    intent = bundle.intents.get(intents[0]) if len(intents) == 1 else None
    return _first((intent.name.get(language, ""),)) if intent else ""


def _first(words: tuple[str, ...]) -> str:
    return words[0][:1].upper() + words[0][1:] if words else ""
