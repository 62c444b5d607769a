"""Twilio forms to typed values: what is read, what is tolerated, what is refused."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ivr.errors import MalformedRequest
from ivr.telephony import form_fields, webhook_form

SID = "CA" + "0" * 32
CALLER = "+12025550143"


def form(**fields: str) -> list[tuple[str, str]]:
    return [("CallSid", SID), *fields.items()]


def test_a_call_is_read_and_its_number_is_masked():
    call = webhook_form.voice_started([("CallSid", SID), ("From", CALLER), ("To", "+18005550100"),
                                       ("CallStatus", "ringing"), ("FromCity", ""), ("Unheard", "of")])
    assert (call.call_sid, call.from_.reveal(), call.to, call.status) == (SID, CALLER, "+18005550100", "ringing")
    assert CALLER not in repr(call)


@pytest.mark.parametrize("hidden", ["+266696687", "266696687", "+7378742833", "+2562533", "+8656696", "+86282452253",
                                    "anonymous", "Anonymous", "Restricted", "unknown", "", "client:bob",
                                    "sip:a@example.org", "911"])
def test_a_hidden_caller_has_no_number(hidden):
    assert webhook_form.voice_started(form(From=hidden)).from_ is None


@pytest.mark.parametrize("sent,read", [("0.87", 0.87), ("1", 1.0), ("0.0", None), ("", None), ("high", None),
                                       ("nan", None), ("inf", None), ("-1", None), ("7", None)])
def test_confidence_is_tolerated(sent, read):
    assert webhook_form.gather_result(form(SpeechResult="case status", Confidence=sent)).confidence == read


def test_confidence_may_be_missing():
    assert webhook_form.gather_result(form(SpeechResult="case status")).confidence is None


@pytest.mark.parametrize("fields,digits", [({"Digits": "12*#"}, "12*#"), ({"Digits": "", "FinishedOnKey": "#"}, "#"),
                                           ({"Digits": "7", "FinishedOnKey": "#"}, "7"),
                                           ({"FinishedOnKey": "timeout"}, None), ({}, None)])
def test_keys(fields, digits):
    result = webhook_form.gather_result(form(**fields))
    assert result.digits == digits
    assert result.empty == (digits is None)


def test_status_is_read_with_its_order():
    status = webhook_form.call_status(form(CallStatus="completed", SequenceNumber="3", CallDuration="61",
                                           Timestamp="Tue, 10 Mar 2026 15:05:00 +0000", SipResponseCode="200"))
    assert status.terminal and status.sequence_number == 3 and status.duration_s == 61
    assert status.timestamp == datetime(2026, 3, 10, 15, 5, tzinfo=UTC)


def test_an_unreadable_date_is_no_reason_to_refuse():
    assert webhook_form.call_status(form(CallStatus="ringing", Timestamp="yesterday")).timestamp is None


def test_messages():
    message = webhook_form.inbound_message([("MessageSid", "SM1"), ("From", CALLER), ("Body", "Stop\u00e9"),
                                            ("OptOutType", "STOP")])
    assert (message.body, message.opt_out_type) == ("Stop\u00e9", "stop")
    status = webhook_form.message_status([("SmsSid", "SM1"), ("MessageStatus", "undelivered"), ("ErrorCode", "30003")])
    assert (status.status, status.error_code) == ("undelivered", 30003)


def test_queue():
    wait = webhook_form.queue_wait(form(QueuePosition="2", CurrentQueueSize="5", QueueTime="61", AvgQueueTime="40",
                                        MaxQueueSize="1000", QueueSid="QU1"))
    assert (wait.position, wait.size, wait.waited_s, wait.average_s, wait.max_size) == (2, 5, 61, 40, 1000)
    left = webhook_form.queue_result(form(QueueResult="bridged", QueueTime="61"))
    assert (left.result, left.waited_s) == ("bridged", 61)


PARSERS = [webhook_form.voice_started, webhook_form.gather_result, webhook_form.call_status,
           webhook_form.inbound_message, webhook_form.message_status, webhook_form.queue_result,
           webhook_form.queue_wait]

REFUSED = {
    "nothing": [],
    "blank sid": [("CallSid", ""), ("MessageSid", "")],
    "sid too long": [("CallSid", "C" * 256), ("MessageSid", "S" * 256)],
    "two sids": [("CallSid", "CA1"), ("CallSid", "CA2"), ("MessageSid", "SM1"), ("MessageSid", "SM2")],
    "nul": [("CallSid", "CA\x00"), ("MessageSid", "SM\x00")],
    "nul in a field nobody reads": [("CallSid", SID), ("MessageSid", "SM1"), ("X", "\x00")],
    "lone surrogate": [("CallSid", SID), ("MessageSid", "SM1"), ("X", "\udcff")],
    "201 fields": [("CallSid", SID), ("MessageSid", "SM1"), *((f"f{i}", "") for i in range(200))],
    "9 KB": [("CallSid", SID), ("MessageSid", "SM1"), ("Body", "x" * 9000)],
    "long name": [("CallSid", SID), ("MessageSid", "SM1"), ("n" * 256, "")],
}


@pytest.mark.parametrize("parse", PARSERS, ids=lambda p: p.__name__)
@pytest.mark.parametrize("pairs", REFUSED.values(), ids=REFUSED.keys())
def test_every_parser_refuses(parse, pairs):
    with pytest.raises(MalformedRequest):
        parse(pairs)


@pytest.mark.parametrize("pairs", [form(CallStatus="exploded"), form(CallStatus=""),
                                   form(CallStatus="busy", SequenceNumber="-1"),
                                   form(CallStatus="busy", SequenceNumber="1e9")])
def test_status_outside_the_vocabulary(pairs):
    with pytest.raises(MalformedRequest):
        webhook_form.call_status(pairs)


def test_messages_of_errors_never_quote_the_value():
    with pytest.raises(MalformedRequest) as caught:
        webhook_form.gather_result(form(Digits="EAC9999999999"))
    assert "EAC" not in str(caught.value)


def test_decoding_keeps_blanks_order_and_repeats():
    assert form_fields.decode(b"b=&a=1+2&a=%C3%A9&=x&c") == [("b", ""), ("a", "1 2"), ("a", "\u00e9"), ("", "x"),
                                                             ("c", "")]


@pytest.mark.parametrize("raw", [b"a=%ff", b"a=\xff", b"%ff=a", b"x" * 70_000, b"&".join([b"a=1"] * 201)])
def test_decoding_refuses(raw):
    with pytest.raises(MalformedRequest):
        form_fields.decode(raw)
