"""Conversations by text message: an inbound text goes on with, or begins, a session on the bundle's `sms` line, and is answered
with one text of few segments.

The person's own message permits its answer and nothing else. STOP ends the conversation at once; machines that answer each other
stop at a cap. Called by the webhook of texts, and by the desk's callers for the words of members of staff.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from ivr.contact import eligibility
from ivr.contact.caps import for_answer, for_same_words
from ivr.contact.sms_answer import fit
from ivr.dialog import actions as act
from ivr.dialog.language_guess import other_language
from ivr.dialog.render import render
from ivr.errors import Conflict
from ivr.flow.model import Bundle, Line
from ivr.ids import TEXTS, new_token
from ivr.ops import logs
from ivr.runtime.effects import row_for
from ivr.runtime.text_session import Told
from ivr.sensitive import Sensitive
from ivr.store.contact_counters import ContactCounters
from ivr.store.text_rows import NewLine, TextRow, since

if TYPE_CHECKING:
    from ivr.runtime.services import Services

AGENT_WORDS_LIFE = timedelta(hours=1)
"""What a member of staff wrote in a conversation is of no use an hour later."""
MORE = {"en": ("more",), "es": ("mas", "más")}
"""What asks for the rest of an answer."""
log = logs.get("sms_talk")


class SmsTalks:
    def __init__(self, services: Services):
        self._s, self._rows, self._counters = services, services.text_rows, ContactCounters(services.db)

    def line(self, to: str) -> Line | None:
        """The line of conversations by text, or None where the bundle has none."""
        return self._s.texts.line("sms", to)

    def going_on(self, number: str) -> TextRow | None:
        return self._rows.by_number(number, since(self._s.clock.now(), self._s.settings.sms_silence_s))

    def answer(self, line: Line, number: str, body: str, message_sid: str, language: str) -> str:
        """The text that answers this one; empty where nothing may or need be said."""
        if self._s.consents.revoked(number, "sms") or eligibility.of(number).text or not self._may_answer(number, body):
            return ""
        going = self.going_on(number)
        rest = self._more(going, body) if going else ""
        if rest:
            return rest
        if going is not None and (session := self._s.turns.session(going.call_id)) is not None and session.status == "live":
            return self.fitted(going.call_id, self._s.texts.typed(going.call_id, body, message_sid).lines)
        call_id = call_id_of(message_sid)
        bundle = self._s.bundles.for_new_call(call_id)
        first = language or other_language(bundle, body, bundle.default_language) or None
        begun = self._s.texts.begin(call_id, line, language=first, number=number)
        return self._first(begun, self._s.texts.typed(call_id, body, message_sid))

    def stop(self, number: str) -> None:
        """The person wants no more of it: every conversation with them ends, without a word."""
        for call_id in self._rows.of_number(number):
            self._s.texts.end(call_id, "completed")

    def fitted(self, call_id: str, lines: Sequence[NewLine]) -> str:
        """The lines as one text; what does not fit is kept for when it is asked for."""
        if not lines:
            return ""
        text, rest = fit(self._texts(lines), self._offer(lines[-1].language))
        self._rows.keep_rest(call_id, rest)
        return text

    def send(self, call_id: str, number: Sensitive, text: str, language: str) -> None:
        """A text outside of an answer to a webhook: words of a member of staff, and what the flow says behind them. It goes out
        as every text does, by the worker, which asks for consent once more."""
        now = self._s.clock.now()
        action = act.SendMessage(f"message:{call_id}:talk:{new_token()}", "sms", number, "talk", fit([text], "")[0], language=language)
        row = dataclasses.replace(row_for(action, call_id, now), not_after=now + AGENT_WORDS_LIFE)
        try:
            with self._s.db.write(durable=True) as connection:
                self._s.promises.insert(connection, row, now)
                self._counters.spend(connection, for_answer(number.reveal(), now, self._s.contact_rules.limits))
        except (Conflict, sa.exc.IntegrityError):
            return self._refused(call_id)
        self._s.worker.wake()

    # -- parts ----------------------------------------------------------------------------------------------------

    def _first(self, begun: Told, told: Told) -> str:
        """Who answers, in the language of the answer, and the answer; the greeting's own question was answered already."""
        session = told.session
        bundle = self._s.bundles.get(session.bundle_hash)
        greeting = [_again(bundle, line, session.language) for line in begun.lines[:-1]]
        lines = told.lines or begun.lines[-1:]
        both, rest = fit([*greeting, *self._texts(lines)], self._offer(session.language))
        self._rows.keep_rest(session.call_id, "")
        return both if not rest else self.fitted(session.call_id, lines)

    def _more(self, going: TextRow, body: str) -> str:
        """The next part of an answer that did not fit, where it is asked for."""
        if not going.rest or body.strip().strip(".!?").lower() not in {w for words in MORE.values() for w in words}:
            return ""
        session = self._s.turns.session(going.call_id)
        question = session.last_said[-1].text if session and session.waiting == "input" and session.last_said else ""
        text, rest = fit([going.rest, question] if question else [going.rest], self._offer(session.language if session else ""))
        self._rows.keep_rest(going.call_id, rest)
        return text

    def _texts(self, lines: Sequence[NewLine]) -> list[str]:
        """A question that takes yes or no asks for 1 or 2: YES is a word of the carriers, who answer it themselves."""
        *said, last = lines
        if dict(last.choices).keys() != {"1", "2"}:
            return [x.text for x in lines]
        yes, no = (re.escape(show) for _, show in last.choices)
        question = re.sub(rf"\s*¿?\b{yes}\b \w+ \b{no}\b\?$", "", last.text, flags=re.IGNORECASE)
        return [*(x.text for x in said), f"{question} {_words(self._s.bundles.current, 'sms_yes_no', last.language)}".strip()]

    def _offer(self, language: str) -> str:
        """The sentence that says how to get the rest; empty where the bundle has none."""
        bundle = self._s.bundles.current
        return _words(bundle, "sms_more", language or bundle.default_language)

    def _may_answer(self, number: str, body: str) -> bool:
        now, words = self._s.clock.now(), " ".join(body.lower().split())
        counted = [*for_answer(number, now, self._s.contact_rules.limits), *for_same_words(number, words, now)]
        try:
            with self._s.db.write() as connection:
                self._counters.spend(connection, counted)
        except (Conflict, sa.exc.IntegrityError):
            self._refused("")
            return False
        return True

    def _refused(self, call_id: str) -> None:
        self._s.metrics.contact_refused.labels("sms", "answers").inc()
        log.warning("no more answers to this number for now", call=call_id)


def call_id_of(message_sid: str) -> str:
    """The same text delivered twice begins one conversation."""
    return TEXTS + hashlib.sha256(message_sid.encode()).hexdigest()[:32]


def _words(bundle: Bundle, key: str, language: str) -> str:
    if key not in bundle.prompts.get(language, {}):
        return ""
    return render(bundle, key, language, "sms", slots={}, values={}).text


def _again(bundle: Bundle, line: NewLine, language: str) -> str:
    """A line of the greeting, said before the language was known, in that language."""
    return line.text if line.language == language else _words(bundle, line.prompt, language)
