"""The pure rules of contact: words that end texts, segments, limits, kinds of numbers, what a carrier's code means, mails."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest

from ivr.contact import caps, eligibility, keywords
from ivr.contact.delivery import LOST, NEXT, is_news, next_step
from ivr.contact.email_text import WayOut, as_html, compose
from ivr.contact.segments import is_gsm7, segments
from ivr.dialog.render import render
from ivr.errors import Unavailable
from ivr.flow.load import load_bundle
from ivr.telephony.carrier_errors import MEANINGS
from tests.bundle_edits import ROOT

NOW = datetime(2026, 3, 10, 14, 5, tzinfo=UTC)


@pytest.mark.parametrize(("body", "what", "language"), [
    ("STOP", "stop", "en"), (" stop. ", "stop", "en"), ("Stop All", "stop", "en"), ("opt-out", "stop", "en"), ("REVOKE", "stop", "en"),
    ("\u201cstop\u201d", "stop", "en"), ("Alto", "stop", "es"), ("BAJA", "stop", "es"), ("Cancelar", "stop", "es"), ("parar!", "stop",
    "es"),
    ("please stop texting me", "stop", "en"), ("Don\u2019t text me again", "stop", "en"), ("take me off your list", "stop", "en"),
    ("no me manden m\u00e1s mensajes", "stop", "es"), ("Dejen de escribirme mensajes", "stop", "es"), ("quiero darme de baja", "stop",
    "es"),
    ("start", "start", "en"), ("UNSTOP", "start", "en"), ("Empezar", "start", "es"), ("S\u00cd", "start", "es"),
    ("Help", "help", "en"), ("info", "help", "en"), ("ayuda", "help", "es"), ("Informaci\u00f3n", "help", "es")])
def test_what_a_text_asks_for(body: str, what: str, language: str) -> None:
    assert keywords.asked(body) == keywords.Asked(what, language)


@pytest.mark.parametrize("body", ["", "stopped", "yes please", "\U0001f44d", "don't stop the texts", "Why did the texts stop?",
    "where is my case",
                                  "I did not get the text", "no recib\u00ed el mensaje", "no entiendo el mensaje",
    "my message is about a stop"])
def test_what_asks_for_nothing(body: str) -> None:
    assert keywords.asked(body) is None


@pytest.mark.parametrize(("text", "count"), [
    ("", 1), ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("\u20ac" * 80, 1), ("\u20ac" * 81, 2),
    ("a" * 152 + "\u20ac" + "a" * 10, 2), ("\u00e1" * 70, 1), ("\u00e1" * 71, 2), ("\U0001f44d" * 35, 1), ("\U0001f44d" * 36, 2),
    ("\u00f1\u00e9\u00bf" * 50, 1)])
def test_segments(text: str, count: int) -> None:
    assert segments(text) == count


def test_every_text_of_the_reference_bundle_is_one_segment_with_the_longest_values() -> None:
    bundle = load_bundle(ROOT / "flows" / "uscis")
    values = {"reference": "ACDEFGHJ", "due_by": "2026-09-30T17:00:00+00:00", "number": "+12025550143"}
    for language, prompts in bundle.prompts.items():
        for key in (k for k, p in prompts.items() if "sms" in p.variants):
            text = render(bundle, key, language, "sms", slots={}, values=values).text
            assert is_gsm7(text), (language, key)
            assert segments(text) == 1, (language, key, len(text))


@pytest.mark.parametrize(("number", "why"), [
    ("+19005551234", "premium"), ("+18765551234", "abroad"), ("+18095551234", "abroad"), ("+447012345678", "personal_number"),
    ("+881612345678", "satellite"), ("+882991234567", "satellite"), ("+911", "not_a_number"), ("911", "not_a_number"),
    ("*6712025550143", "not_a_number"), ("+18005551234", "toll_free"), ("+15335551234", "personal_number"), ("+442079460018", "abroad"),
    ("+1202555014", "not_a_number"), ("", "not_a_number"), ("sip:ana@example.org", "not_a_number"),
    ("+1202555\u0660\u0661\u0664\u0663", "not_a_number")])
def test_numbers_that_are_never_called_or_texted(number: str, why: str) -> None:
    assert eligibility.of(number) == eligibility.Eligibility(why, why)


@pytest.mark.parametrize("number", ["+12025550143", "+17875550143", "+16715550143"])
def test_numbers_of_the_states_and_territories(number: str) -> None:
    assert eligibility.of(number) == eligibility.Eligibility("", "")


def test_a_run_of_500_adjacent_numbers_lies_in_one_block() -> None:
    for first in (12025550000, 12025550250, 12025550501, 12025550999):
        low = {caps.blocks(f"+{first + n}")[0] for n in range(500)}
        high = {caps.blocks(f"+{first + n}")[1] for n in range(500)}
        assert min(len(low), len(high)) == 1


def test_windows_begin_where_they_should_and_outlive_themselves() -> None:
    for counter in caps.for_text("+12025550143", NOW, caps.Limits()):
        assert counter.window <= NOW < counter.expires_at
    hour = next(c for c in caps.for_text("+12025550143", NOW, caps.Limits()) if c.scope == "sms.number.hour")
    assert hour.window == NOW.replace(minute=0)
    later = caps.for_text("+12025550143", NOW + timedelta(hours=1), caps.Limits())
    assert hour not in later


def test_the_order_of_statuses() -> None:
    assert is_news("queued", "sent")
    assert not is_news("sent", "queued")
    assert not is_news("sent", "sent")
    assert not is_news("delivered", "undelivered"), "the first end stands"
    assert not is_news("undelivered", "delivered")
    assert {"failed", "undelivered", "canceled"} >= LOST


def test_every_code_that_means_something_for_the_receiver_says_what_to_do_next() -> None:
    assert {str(c) for c in MEANINGS if 30000 <= c < 31000 or c in (21610, 21211, 21614, 21408)} <= set(NEXT)
    assert next_step("21610").revoked
    assert next_step("30006").never
    assert next_step("30003").again
    assert next_step("99999").email, "an unknown code goes to email as well"
    assert not any(step.never and step.again for step in NEXT.values())


def mail(**more: str) -> dict[str, str]:
    return {"to": "ana@example.org", "subject": "Hello", "text": "See https://uscis.gov/tools.\n\nSecond <b>paragraph</b>",
    "language": "es", **more}


def test_a_mail_has_both_parts_and_no_remote_content() -> None:
    message = message_from_bytes(bytes(compose("k", mail(), "us@example.org")), policy=policy.default)
    plain, page = message.get_body(("plain",)).get_content(), message.get_body(("html",)).get_content()
    assert "Second <b>paragraph</b>" in plain
    assert '<html lang="es">' in page
    assert "Second &lt;b&gt;paragraph&lt;/b&gt;" in page
    assert 'href="https://uscis.gov/tools"' in page
    assert not any(word in page for word in ("<img", "<script", "src=", "url(", "@import", "<link"))
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe"] is None, "what was asked for in a call is no list"


def test_a_notice_says_how_to_get_no_more() -> None:
    out = WayOut("https://ivr.example.org/l/abc", "No more: https://ivr.example.org/l/abc")
    message = message_from_bytes(bytes(compose("k", mail(), "us@example.org", out)), policy=policy.default)
    assert message["List-Unsubscribe"] == "<https://ivr.example.org/l/abc>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for kind in ("plain", "html"):
        assert "No more:" in message.get_body((kind,)).get_content()


@pytest.mark.parametrize("to", ["ana@example.org\r\nBcc: x@example.org", "ana@example.org, x@example.org", "Ana <ana@example.org>",
    "ana", "",
                                "a na@example.org", "ana@exa\nmple.org", "ana@..org" + "x" * 300])
def test_what_is_no_single_address_is_refused_for_good(to: str) -> None:
    with pytest.raises(Unavailable) as refused:
        compose("k", mail(to=to), "us@example.org")
    assert refused.value.code == "address"
    assert not refused.value.retryable


@pytest.mark.parametrize("subject", ["Hi\r\nBcc: x@example.org", "Hi\nX: y", "Su petici\u00f3n \u2603 " + "\u00f1" * 100])
def test_a_subject_is_one_line_whatever_is_in_it(subject: str) -> None:
    message = message_from_bytes(bytes(compose("k", mail(subject=subject), "us@example.org")), policy=policy.default)
    assert message["Bcc"] is None
    assert message["X"] is None
    assert message["Subject"] == " ".join(subject.split())


def test_letters_beyond_ascii_in_an_address() -> None:
    assert "m\u00fcller@xn--mnchen-3ya.de" in compose("k", mail(to="m\u00fcller@m\u00fcnchen.de"), "us@example.org")["To"]


def test_html_of_odd_words_stays_text() -> None:
    page = as_html('"><script>alert(1)</script> https://a.example/"onmouseover="x', '</title><script>', "en")
    assert "<script" not in page
    assert 'onmouseover="' not in page
