"""Small parts of conversations in writing: buttons, what was said so far, lines that nobody tells apart, the agent's commands."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.cli.agent import message_for, shown, socket_url
from ivr.contact.segments import segments
from ivr.contact.sms_answer import MOST, fit
from ivr.dialog import events as ev
from ivr.dialog import session as sessions
from ivr.dialog.engine import step
from ivr.dialog.session import Session
from ivr.errors import ConfigProblem
from ivr.flow.lints.text_lines import words_of_conversations
from ivr.flow.load import load_bundle
from ivr.flow.model import Bundle
from ivr.proof.build import system_of
from ivr.runtime.quick_replies import quick_replies, shown_for
from ivr.runtime.retold import retold
from ivr.runtime.text_session import readable
from ivr.sensitive import Sensitive
from ivr.store.calls import LoggedEvent
from tests.bundle_edits import HARBOR, bundle_of

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 3, 10, 14, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return load_bundle(ROOT / "flows/uscis")


def played(bundle: Bundle, *events: ev.Event, line: str = "chat", language: str = "en") -> tuple[Session, list[LoggedEvent]]:
    session = sessions.fresh("CH1", bundle.hash)
    start = ev.CallStarted("CH1", line, bundle.lines[line].channel, None, False, language)
    log = [LoggedEvent(NOW, e, True) for e in (start, *events)]
    for entry in log:
        session, _ = step(bundle, session, entry.event, NOW)
    return session, log


class TestButtons:
    @pytest.mark.parametrize(("language", "first"), [("en", ("1", "My case")), ("es", ("1", "Mi caso"))])
    def test_a_menu_has_one_for_each_choice(self, bundle: Bundle, language: str, first: tuple[str, str]) -> None:
        session, _ = played(bundle, ev.DigitsReceived(1, Sensitive("3")), language=language)
        choices = quick_replies(bundle, session)
        assert len(choices) == 5 and choices[0] == first
        assert shown_for(choices, " 1 ") == first[1]
        assert shown_for(choices, "9") == "9"

    def test_an_open_question_has_none(self, bundle: Bundle) -> None:
        session, _ = played(bundle)
        assert quick_replies(bundle, session) == ()

    def test_every_menu_of_the_reference_flow_has_words_for_all_of_them_in_both_languages(self, bundle: Bundle) -> None:
        for flow in bundle.flows.values():
            for node in flow.nodes.values():
                if node.kind == "menu":
                    for choice in node.params.choices:
                        for language in bundle.languages:
                            assert bundle.words[choice.words][language], (node.id, choice.id)


class TestRetold:
    def test_both_sides_in_order_and_nothing_about_the_person(self, bundle: Bundle) -> None:
        said = ev.SpeechHeard(1, Sensitive("my receipt is IOE0912345678, 202-555-0143"), ranking=(ev.Hypothesis("case_status", 0.99),))
        session, log = played(bundle, said)
        lines = retold(bundle, "CH1", log)
        assert [who for who, _ in lines][:3] == ["system", "system", "caller"]
        assert "0912345678" not in str(lines) and "555-0143" not in str(lines)

    def test_long_numbers_typed_as_keys_are_masked_and_single_keys_are_not(self, bundle: Bundle) -> None:
        _, log = played(bundle, ev.DigitsReceived(1, Sensitive("3")), ev.DigitsReceived(2, Sensitive("123456789")))
        told = [text for who, text in retold(bundle, "CH1", log) if who == "caller"]
        assert told == ["3", "*****6789"]

    def test_what_had_no_effect_is_left_out(self, bundle: Bundle) -> None:
        _, log = played(bundle)
        late = LoggedEvent(NOW, ev.DigitsReceived(0, Sensitive("1")), False)
        assert retold(bundle, "CH1", [*log, late]) == retold(bundle, "CH1", log)


def test_lines_that_no_guard_tells_apart_are_one_to_the_proof(bundle: Bundle) -> None:
    system = system_of(bundle)
    assert set(system.lines) == {"main", "tty", "international", "chat", "sms"}
    assert {system.lines[n] for n in ("main", "tty", "chat", "sms")} == {"main"}
    assert system.lines["international"] == "international"
    assert {start["channel"] for _, start in system.starts} == {"voice", "tty", "chat", "sms"}


def test_a_chat_line_needs_what_a_chat_says_by_itself() -> None:
    harbor = bundle_of(HARBOR, ("bundle.yaml", "channel: tty}", "channel: chat}"))
    assert {p.message.split('"')[1] for p in words_of_conversations(harbor)} == {"chat_ends_soon", "chat_ended"}
    assert {p.code for p in words_of_conversations(harbor)} == {"E-REF"}
    assert list(words_of_conversations(bundle_of(HARBOR))) == []


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=300)


@given(st.lists(WORDS, max_size=8), st.sampled_from(["", "Text MORE."]))
def test_no_answer_is_longer_than_its_segments_and_none_loses_its_words(parts: list[str], more: str) -> None:
    text, rest = fit(parts, more)
    rounds = 0
    while rest and rounds < 200:
        assert segments(text) <= MOST
        shorter, rounds = len(rest), rounds + 1
        text, rest = fit([rest], more)
        assert len(rest) < shorter, "it comes to an end"
    assert segments(text) <= MOST


@given(st.text())
def test_what_is_typed_is_readable_and_stays_so(text: str) -> None:
    once = readable(text)
    assert readable(once) == once
    assert all(c.isprintable() or c in "\n\u00a0" for c in once)
    once.encode()


class TestTerminal:
    @pytest.mark.parametrize(("line", "message"), [
        ("hello\n", {"type": "line", "text": "hello"}), ("/end", {"type": "end"}), ("/next ", {"type": "next"}), ("  ", None), ("/x", None),
        ("/reveal receipt to look it up", {"type": "reveal", "slot": "receipt", "reason": "to look it up"}), ("/reveal", None)])
    def test_commands(self, line: str, message: dict[str, str] | None) -> None:
        assert message_for(line) == message

    @pytest.mark.parametrize(("base", "url"), [("http://127.0.0.1:8080", "ws://127.0.0.1:8080/agents/text"),
                                               ("https://ivr.example.org/", "wss://ivr.example.org/agents/text")])
    def test_addresses(self, base: str, url: str) -> None:
        assert socket_url(base) == url

    def test_an_address_that_is_none(self) -> None:
        with pytest.raises(ConfigProblem):
            socket_url("ivr.example.org")

    def test_what_a_caller_types_does_not_steer_the_terminal(self) -> None:
        assert shown({"type": "line", "text": "\x1b[2J\x07hi"}) == ["caller >  [2J hi"]
        assert shown({"type": "of a later version"}) == []
