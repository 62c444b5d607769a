"""What can be said about a bundle's words and times without following a call. Pure. Called by `flow.check`.

A lint is a function of a loaded bundle; each family has its own file, and this list is the only place that names them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ivr.errors import Problem
from ivr.flow.lints import (
    articles,
    channels,
    consent,
    facts,
    greeting,
    menus,
    personal,
    questions,
    repair,
    speech,
    style,
    text_lines,
    texts,
    times,
    translations,
    typed_words,
)
from ivr.flow.model import Bundle

Lint = Callable[[Bundle], Iterator[Problem]]

LINTS: tuple[Lint, ...] = (
    facts.raw_values,
    facts.unused_facts,
    articles.intents_without_article,
    translations.untranslated,
    translations.lopsided_variants,
    channels.unspoken_prompts,
    channels.tty_lines,
    channels.only_by_text,
    typed_words.voice_words,
    text_lines.words_of_conversations,
    texts.long_texts,
    texts.anonymous_texts,
    personal.placed_values,
    personal.handed_on,
    personal.in_addresses,
    personal.trusted_by_hand,
    consent.offers_without_number,
    consent.unannounced_confirmations,
    speech.shared_phrases,
    speech.shared_words,
    speech.hidden_by_commands,
    times.rounds_after_closing,
    times.impossible_notices,
    times.never_open,
    questions.long_questions,
    questions.question_last,
    questions.uncounted_digits,
    questions.short_patience,
    greeting.long_greetings,
    greeting.nameless_greetings,
    menus.unread_keys,
    menus.key_before_action,
    menus.other_keys,
    repair.same_words_again,
    repair.blame,
    repair.long_refusals,
    repair.long_goodbyes,
    style.familiar_address,
    style.unglossed_acronyms,
    style.loud_words,
)


def lint(bundle: Bundle) -> Iterator[Problem]:
    """Everything that any lint finds."""
    for examine in LINTS:
        yield from examine(bundle)
