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
    "text_already_sent",
    "text_refused",
    "texts_stopped",
    "texts_stop_how",
    "help_text_offer",
    "offer_callback",
    "ask_callback_number",
    "confirm_callback_number",
    "callback_made",
    "transfer_announce",
    "queue_wait",
    "goodbye",
    "safe_landing",
    "technical_problem",
    "lines_busy",
    "stream_resumed",
    "not_understood_yes_no",
    "not_understood_yes_no_2",
    "budget_spent",
    "stop_confirmed",
    "stop_confirmed_call",
    "start_confirmed",
    "help_sms",
    "sms_auto_reply",
    "notice_ending",
    "unsubscribe_page",
    "unsubscribe_button",
    "unsubscribe_done",
    "link_gone",
    "one_moment",
    "relay_welcome",
    "tty_invitation",
    "tty_switched",
    "tty_time_running_out",
    "tty_more_time",
    "tty_bad_line",
    "tty_vco",
    "tty_hco",
)
WRITTEN = frozenset({"stop_confirmed", "stop_confirmed_call", "start_confirmed", "help_sms", "sms_auto_reply", "notice_ending",
                     "unsubscribe_page", "unsubscribe_button", "unsubscribe_done", "link_gone"})
"""Those that are only ever read: in texts, in mails and on the pages of links."""
TYPED = frozenset({"tty_invitation", "tty_switched", "tty_time_running_out", "tty_bad_line", "tty_vco", "tty_hco"})
"""Those that only a text telephone shows: they have words under `tty:` and need no others."""
TEXT_PROMPTS = {"chat": ("chat_ends_soon", "chat_ended"), "sms": ("sms_more", "sms_yes_no")}
"""What a conversation in writing says by itself, by the channel of the line that it needs."""
CALLBACK_PROMPTS = {
    "callback_greeting": ("voice",), "callback_connecting": ("voice",), "callback_later": ("voice",), "callback_off": ("voice",),
    "callback_no_agent": ("voice",), "voicemail_last_try": ("voice",), "callback_late": ("sms", "email"), "callback_ahead": ("sms",),
    "callback_tty": ("sms", "email"), "callback_changed": ("sms", "email"), "callback_called_off": ("sms", "email"),
}
"""Key -> variants that a bundle needs which promises calls: what the call itself says, and what is written about it."""
IN_LINE_PROMPTS = {"callback_later_in_line": ("voice",), "voicemail_in_line": ("voice", "sms", "email")}
"""The same for a bundle with a promise that keeps a place in line: what is said to whoever wants its call on another day, and left
where nobody answers the first one."""
CALLBACK_PAGE = "callback_page_"
CALLBACK_PAGE_WORDS = (
    "language_name", "locale", "title", "reference", "planned", "not_planned", "by", "number", "window", "scheduled", "in_line", "soon",
    "under_way", "missed", "with_staff", "over", "change_number", "new_number", "change_window", "cancel", "next", "sure",
    "back", "sure_number", "sure_window", "sure_cancel", "done", "too_late", "refused", "any", "morning", "afternoon", "evening",
    "go_ahead", "too_often",
)
"""Labels of the page of a promised call. It has words of its own for them; a bundle may write a prompt of the prefix and the label."""
REQUIRED = {
    "confirm_intent": ("intent",), "confirm_two_intents": ("intent", "other"),
    "confirm_date": ("date",), "confirm_phone": ("phone",), "confirm_email": ("email",),
    "confirm_receipt": ("receipt",), "confirm_form": ("form",), "confirm_a_number": ("a_number",),
    "confirm_zip": ("zip",),
    "offer_text": ("number",), "confirm_callback_number": ("number",), "callback_made": ("reference", "due_by"),
    "queue_wait": ("position",), "notice_ending": ("link",), "rest_value": ("heard",), "rest_letters": ("heard",),
}
"""Placeholders without which a standard prompt would lose its point."""
FILLED = frozenset({"reference", "due_by", "number", "intent", "keys", "email", "position", "wait", "minutes", "other", "date",
                    "phone", "receipt", "form", "a_number", "zip", "reason", "heard", "link"})
"""Names that nodes fill; anything else in braces is a fact or a slot."""
COMMANDS = ("repeat", "main_menu", "help", "goodbye", "agent_request", "yes", "no")
"""Commands with a word list in every language; `switch_<lang>` comes with the languages."""
LEAVE_LINE = "leave_line"
"""Word list that does what the key does which leaves the line, and means something only to who waits in one."""
ANSWER_WORDS = frozenset({"yes", "no", "filler", "unsure", "first", "second", LEAVE_LINE})
"""Word lists that are no commands: they mean something only as an answer, or in a line."""
OPTIONAL_COMMANDS = ("stop_texts", "filler", "unsure", "first", "second", "more_time", "keys", "relay", "accommodation", LEAVE_LINE)
INSIDE_A_SENTENCE = frozenset({"accommodation"})
"""Commands that count within a longer answer too, by a phrase of three words or more: whoever cannot use the line says so in a
sentence, and must not have to guess the words of a list."""

PLACEHOLDER = re.compile(r"\{\{|\}\}|\{([a-z_][a-z0-9_.]*)\}")
_STRAY = re.compile(r"[{}]")


def placeholders(text: str) -> frozenset[str]:
    return frozenset(m.group(1) for m in PLACEHOLDER.finditer(text) if m.group(1))


def has_stray_brace(text: str) -> bool:
    """A brace that opens nothing and closes nothing: it would be read aloud."""
    return bool(_STRAY.search(PLACEHOLDER.sub("", text)))
