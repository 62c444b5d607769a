"""The mail sink with the standard library's client."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage

import pytest

from ivr.testing.ledger import Ledger
from ivr.testing.mail_sink import MailSink


def mail(n: int = 1) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "ivr@example.org", "ana@example.org", "Sus enlaces: ñ"
    message["Message-ID"] = f"<{n}@example.org>"
    message.set_content("Línea uno\n")
    return message


def send(sink: MailSink, message: EmailMessage, timeout_s: float = 5) -> None:
    with smtplib.SMTP(sink.host, sink.port, timeout=timeout_s) as smtp:
        smtp.send_message(message)


@pytest.fixture
def sink():
    with MailSink(Ledger()) as sink:
        yield sink


def test_a_mail_arrives(sink):
    send(sink, mail())
    row, = sink._ledger.emails
    assert (row.to, row.subject, row.body.strip(), row.message_id) == ("ana@example.org", "Sus enlaces: ñ", "Línea uno",
                                                                      "<1@example.org>")


@pytest.mark.parametrize("answer,code", [("451", 451), ("550", 550)])
def test_refusals_are_used_up(sink, answer, code):
    sink.script(answer)
    with pytest.raises(smtplib.SMTPDataError) as caught:
        send(sink, mail())
    assert caught.value.smtp_code == code and not sink._ledger.emails
    send(sink, mail())
    assert len(sink._ledger.emails) == 1 and sink.attempts == 2


def test_dropped_after_data_was_taken(sink):
    sink.script("drop_after_data")
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        send(sink, mail())
    assert len(sink._ledger.emails) == 1


def test_stalled(sink):
    sink.script("stall")
    with pytest.raises((TimeoutError, smtplib.SMTPServerDisconnected)):
        send(sink, mail(), timeout_s=0.3)
    assert sink.attempts == 1 and not sink._ledger.emails


def test_an_outage_on_the_same_port():
    sink = MailSink(Ledger())
    sink.start()
    port = sink.port
    sink.stop()
    with pytest.raises(OSError):
        send(sink, mail())
    sink.start()
    try:
        assert sink.port == port
        send(sink, mail())
    finally:
        sink.stop()
    assert len(sink._ledger.emails) == 1


def test_a_script_is_checked():
    with pytest.raises(ValueError):
        MailSink(Ledger()).script("maybe")
