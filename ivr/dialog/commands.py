"""What a caller may say or press at every question: repeat, main menu, help, another language, goodbye, an agent, that they
cannot use the line. Pure.

Each one spends a budget of the call, so that no sequence of commands goes on for ever; when it is spent, the call goes
to the safe landing.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from ivr.dialog import agreements
from ivr.dialog import events as ev
from ivr.dialog.decision import ACCEPT, COMMAND, Bands, decide
from ivr.dialog.lexicon import command_in
from ivr.dialog.turn_draft import TurnDraft
from ivr.dialog.typed_commands import typed_command
from ivr.dialog.yes_no import said
from ivr.flow.registry import KINDS

_KEYS = {"*": "repeat", "0": "agent_request"}


def handle(draft: TurnDraft, event: ev.Event) -> bool:
    """Carry out the command in `event`; False when there is none and the node is to see it."""
    name = _command(draft, event)
    if name is None:
        return False
    if name not in _FREE and not draft.aside():
        return True
    if name.startswith("switch_"):
        _switch(draft, name.removeprefix("switch_"))
    else:
        _COMMANDS[name](draft)
    return True


def _command(draft: TurnDraft, event: ev.Event) -> str | None:
    if isinstance(event, ev.DigitsReceived):
        return _KEYS.get(event.digits.reveal()) or _language_key(draft, event.digits.reveal())
    if isinstance(event, ev.SpeechHeard) and not _answers_in_own_words(draft, event):
        name = _typed(draft, event) or command_in(draft.bundle, event.text.reveal(), draft.language) or _meant(draft, event)
        if name and (name in _COMMANDS or name.startswith("switch_")) and not (name == "accommodation" and _is_on_that_way(draft)):
            return name
    return None


def _typed(draft: TurnDraft, event: ev.SpeechHeard) -> str | None:
    """A command in the shorthand of those who type, unless the same words answer the question: "ok" to a yes or no."""
    name = typed_command(event.text.reveal(), draft.get("channel"))
    return None if name and name.startswith("switch_") and name.removeprefix("switch_") not in draft.bundle.languages else name


def _answers_in_own_words(draft: TurnDraft, event: ev.SpeechHeard) -> bool:
    """Whether these are the very words of a choice that was read out: "something else" in a menu that offers it is that
    choice, however much it sounds like a goodbye."""
    named = getattr(KINDS[draft.node.kind], "named", None)
    return bool(named and named(event, draft))


def _language_key(draft: TurnDraft, key: str) -> str | None:
    """The key of another language, at a question that takes one key and has no other use for this one."""
    language, last = draft.root.defaults.language_keys.get(key), draft.session.last_listen
    own = {c.key for c in getattr(draft.params, "choices", ())} | set(getattr(draft.params, "language_keys", ()))
    if language is None or language == draft.language or last is None or last.max_digits != 1 or key in own:
        return None
    return f"switch_{language}"


def _meant(draft: TurnDraft, event: ev.SpeechHeard) -> str | None:
    """A command that the intent model is sure of, said in other words than the bundle's; never where yes or no was said."""
    best = event.ranking[0] if event.ranking else None
    if best is None or not best.intent.startswith(COMMAND) or decide(best, event.decision, Bands()) != ACCEPT:
        return None
    if said(draft.bundle, event.text.reveal(), draft.language):
        return None
    return best.intent.removeprefix(COMMAND)


def say_again(draft: TurnDraft, first: str | None = None) -> None:
    """Say the current question again as a new turn; it does not count as a try."""
    last = draft.session.last_listen
    if first:
        draft.say(first)
    apology = tuple(draft.says)
    draft.says.extend(draft.session.last_said)
    if last is None:
        KINDS[draft.node.kind].enter(draft)
        return
    turn = draft.get("turn") + 1
    listen = dataclasses.replace(last, turn=turn)
    if draft.get("relay") and not draft.session.relay:
        listen = draft.unhurried(listen)  # from this turn on
    draft.actions.extend([*draft.says, listen])
    # What is said again next time is the question alone, without the apology.
    draft.put(turn=turn, last_listen=listen, apology=apology)
    draft.says = []
    draft.waiting = "input"


def _help(draft: TurnDraft) -> None:
    say_again(draft, first=getattr(draft.params, "help", None) or "help")


def _switch(draft: TurnDraft, language: str) -> None:
    """Change the language and ask the same question in it. Values already collected stay, and so does one that is just
    being read back."""
    if language not in draft.bundle.languages:
        say_again(draft)
        return
    draft.put(language=language)
    draft.say("language_switched")
    resume = getattr(KINDS[draft.node.kind], "resume", None)
    if resume and resume(draft):
        return
    draft.put(tries=0)
    draft.memo = {}
    KINDS[draft.node.kind].enter(draft)


def _agent(draft: TurnDraft) -> None:
    """Never a queue: the flow's own explanation of who qualifies, with a real next step."""
    if "agent_request" in draft.node.to:
        draft.leave("agent_request")
    else:
        draft.go_to_place("agent_request")


def _is_on_that_way(draft: TurnDraft) -> bool:
    """Whether there is no way for an accommodation, or the call is on it: what is said there is an answer."""
    flow, place = draft.root, draft.root.defaults.places.get("accommodation")
    return place is None or draft.frames[0].node in {place, *(t.go for t in flow.nodes[place].to.values())}


def _stop_texts(draft: TurnDraft) -> None:
    """"Stop texting me": at once and for good. Where the question was whether to text, it is asked anew without."""
    number = draft.get("caller_number")
    if number is None:
        return say_again(draft, first="texts_stop_how")
    agreements.revoke(draft, "sms", number)
    draft.put(textable=False)
    if not getattr(KINDS[draft.node.kind], "asks_to_write", False):
        return say_again(draft, first="texts_stopped")
    draft.say("texts_stopped")
    draft.put(tries=0)
    draft.memo = {}
    KINDS[draft.node.kind].enter(draft)


def more_time(draft: TurnDraft) -> None:
    """The same wait once more, without the question: it was read, and is being answered."""
    last = draft.session.last_listen
    if last is None:
        return say_again(draft)
    turn = draft.get("turn") + 1
    listen = dataclasses.replace(last, turn=turn)
    draft.say("tty_more_time")
    draft.actions.extend([*draft.says, listen])
    draft.put(turn=turn, last_listen=listen)
    draft.says = []
    draft.waiting = "input"


def _carry_over(mode: str, confirmed_by: str) -> Callable[[TurnDraft], None]:
    """Voice or hearing carry-over: one direction of the call is spoken, the other typed."""
    def switch(draft: TurnDraft) -> None:
        draft.put(tty_mode=mode)
        say_again(draft, first=confirmed_by)

    return switch


_FREE = frozenset({"more_time", "vco", "hco", "text_only"})
"""They spend none of the call's asides: how somebody calls is no detour. Every answer is counted all the same."""
_COMMANDS: dict[str, Callable[[TurnDraft], None]] = {
    "repeat": say_again,
    "help": _help,
    "main_menu": lambda draft: draft.go_to_place("main_menu"),
    "goodbye": lambda draft: draft.go_to_place("goodbye"),
    "agent_request": _agent,
    "accommodation": lambda draft: draft.go_to_place("accommodation"),
    "stop_texts": _stop_texts,
    "more_time": more_time,
    "vco": _carry_over("vco", "tty_vco"),
    "hco": _carry_over("hco", "tty_hco"),
    "text_only": _carry_over("", "tty_switched"),
}
