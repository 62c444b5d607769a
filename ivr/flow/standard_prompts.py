"""Prompt keys that the engine speaks by itself, and the placeholders that it fills. Pure.

Every bundle has these keys in every language: the engine must never be at a loss for words.
"""

from __future__ import annotations

import re

STANDARD_PROMPTS = (
    "reprompt_1",
    "reprompt_2",
    "silence_1",
    "silence_2",
    "reprompt_value_1",
    "reprompt_value_2",
    "silence_value_1",
    "silence_value_2",
    "reprompt_value_long",
    "reprompt_value_wrong",
    "rest_value",
    "rest_letters",
    "confirm_intent",
    "confirm_two_intents",
    "confirm_date",
    "confirm_phone",
    "confirm_email",
    "confirm_receipt",
    "confirm_form",
    "confirm_a_number",
    "help",
    "language_switched",
    "agent_unavailable",
    "offer_text",
    "offer_email",
    "text_sent",
    "email_sent",
    "offer_callback",
    "ask_callback_number",
    "confirm_callback_number",
    "callback_made",
    "transfer_announce",
    "queue_wait",
    "goodbye",
    "safe_landing",
    "technical_problem",
    "stream_resumed",
    "not_understood_yes_no",
    "not_understood_yes_no_2",
    "budget_spent",
    "stop_confirmed",
    "start_confirmed",
    "help_sms",
    "sms_auto_reply",
    "one_moment",
)
REQUIRED = {
    "confirm_intent": ("intent",), "confirm_two_intents": ("intent", "other"),
    "confirm_date": ("date",), "confirm_phone": ("phone",), "confirm_email": ("email",),
    "confirm_receipt": ("receipt",), "confirm_form": ("form",), "confirm_a_number": ("a_number",),
    "offer_text": ("number",), "confirm_callback_number": ("number",), "callback_made": ("reference", "due_by"),
    "queue_wait": ("position",), "rest_value": ("heard",), "rest_letters": ("heard",),
}
"""Placeholders without which a standard prompt would lose its point."""
FILLED = frozenset({"reference", "due_by", "number", "intent", "keys", "email", "position", "wait", "other", "date", "phone",
                    "receipt", "form", "a_number", "reason", "heard"})
"""Names that nodes fill; anything else in braces is a fact or a slot."""
COMMANDS = ("repeat", "main_menu", "help", "goodbye", "agent_request", "yes", "no")
"""Commands with a word list in every language; `switch_<lang>` comes with the languages."""
ANSWER_WORDS = frozenset({"yes", "no", "filler", "unsure", "first", "second"})
"""Word lists that are no commands: they mean something only as an answer."""
OPTIONAL_COMMANDS = ("filler", "unsure", "first", "second", "more_time", "keys")

PLACEHOLDER = re.compile(r"\{\{|\}\}|\{([a-z_][a-z0-9_.]*)\}")
_STRAY = re.compile(r"[{}]")


def placeholders(text: str) -> frozenset[str]:
    return frozenset(m.group(1) for m in PLACEHOLDER.finditer(text) if m.group(1))


def has_stray_brace(text: str) -> bool:
    """A brace that opens nothing and closes nothing: it would be read aloud."""
    return bool(_STRAY.search(PLACEHOLDER.sub("", text)))
