"""The HTTP connector against a real server that is slow, wrong, lying, closing, refusing, redirecting and endless."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from ivr import config
from ivr.cases.http_source import HttpSource, build
from ivr.cases.oauth import Tokens
from ivr.cases.one_request import place_of
from ivr.errors import ConfigProblem, Unavailable
from ivr.sensitive import Sensitive
from tests.cases.case_server import ID, RECEIPT, SECRET, CaseServer, answer, payload

SHORT_S, LONG_S = 0.4, 10.0


@pytest.fixture
def server() -> Iterator[CaseServer]:
    s = CaseServer()
    yield s
    s.close()


@pytest.fixture
def source(server: CaseServer) -> HttpSource:
    return HttpSource(server.url, server.token_url, ID, SECRET)


def find(source: HttpSource, receipt: str = RECEIPT, deadline_s: float = LONG_S):  # type: ignore[no-untyped-def]
    return source.find(Sensitive(receipt), deadline_s)


def failure(source: HttpSource, deadline_s: float = LONG_S) -> Unavailable:
    with pytest.raises(Unavailable) as caught:
        find(source, deadline_s=deadline_s)
    assert RECEIPT not in str(caught.value) and SECRET not in str(caught.value) and "token-" not in str(caught.value)
    return caught.value


def test_a_case_in_the_published_shape(source: HttpSource) -> None:
    case = find(source)
    assert (case.form, case.submitted_on, case.changed_on) == ("N400", date(2025, 1, 15), date(2025, 3, 2))
    assert (case.status_en, case.status_es) == ("Case Was Received", "Se recibió su caso")
    assert case.answers == {"date_of_birth": "1990-05-04"} and case.representatives == ("+12025550143",)
    assert RECEIPT not in repr(case) and "1990" not in repr(case) and "2025550143" not in repr(case) and "Received" not in repr(case)


def test_the_published_interface_alone_verifies_nobody(server: CaseServer, source: HttpSource) -> None:
    server.does[RECEIPT] = lambda h: answer(h, 200, {"case_status": payload()["case_status"]})
    assert find(source).answers == {} and find(source).representatives == ()


def test_one_token_serves_many_requests(server: CaseServer, source: HttpSource) -> None:
    for _ in range(5):
        find(source)
    assert server.tokens == 1 and server.requests == [f"/case-status/{RECEIPT}"] * 5


@pytest.mark.parametrize(("life", "renewed_after_s"), [(1800, 1740), ("1800", 1740), (100, 80), (1, 0.8)])
def test_a_token_is_renewed_before_its_end(server: CaseServer, life: Any, renewed_after_s: float) -> None:
    server.token_life, now = life, [0.0]
    tokens = Tokens(place_of(server.token_url, "X"), ID, SECRET, monotonic=lambda: now[0])
    assert tokens.token(LONG_S) == "token-1"
    now[0] = renewed_after_s - 0.01
    assert tokens.token(LONG_S) == "token-1"
    now[0] = renewed_after_s + 0.01
    assert tokens.token(LONG_S) == "token-2"


def test_a_token_that_is_called_back_is_renewed_once(server: CaseServer, source: HttpSource) -> None:
    find(source)
    server.refused.add("token-1")
    assert find(source) is not None and server.tokens == 2
    server.refused.update({"token-2", "token-3"})
    refused = failure(source)
    assert (refused.code, refused.retryable, server.tokens) == ("credentials", False, 3), "401 for ever is no reason to go on asking"


def test_wrong_credentials_are_a_matter_for_the_operator(server: CaseServer) -> None:
    refused = failure(HttpSource(server.url, server.token_url, ID, "wrong"))
    assert (refused.code, refused.retryable) == ("credentials", False) and not server.requests


@pytest.mark.parametrize("what", ["slow", "endless", "endless_headers"])
def test_it_is_given_up_at_the_deadline_however_it_drips(server: CaseServer, source: HttpSource, what: str) -> None:
    find(source, "IOE0000000002")
    server.does[RECEIPT] = getattr(server, what)
    assert failure(source, SHORT_S).code == "timeout"


@pytest.mark.parametrize("what", ["slow", "endless"])
def test_a_slow_token_spends_the_same_deadline(server: CaseServer, source: HttpSource, what: str) -> None:
    server.token_does = getattr(server, what)
    assert failure(source, SHORT_S).code == "timeout"


def test_too_much_is_not_read(server: CaseServer, source: HttpSource) -> None:
    server.does[RECEIPT] = server.flood
    assert failure(source).code == "too_long"


def test_half_an_answer_is_none(server: CaseServer, source: HttpSource) -> None:
    server.does[RECEIPT] = server.closing
    assert failure(source).code == "connection"


def test_nobody_there(server: CaseServer) -> None:
    server.close()
    assert failure(HttpSource(server.url, server.token_url, ID, SECRET)).code == "connection"


def test_a_redirect_is_not_followed(server: CaseServer, source: HttpSource) -> None:
    server.does[RECEIPT] = server.redirecting
    assert failure(source).code == "status_302"
    assert server.requests == [f"/case-status/{RECEIPT}"]


@pytest.mark.parametrize("receipt", ["../../admin", "IOE000000000", "ioe0000000001", "IOE0000000001/..", "IOE٠٠٠٠٠٠٠٠٠١", ""])
def test_only_a_receipt_number_gets_into_an_address(server: CaseServer, source: HttpSource, receipt: str) -> None:
    assert find(source, receipt) is None and server.requests == [] and server.tokens == 0


def test_no_such_case(server: CaseServer, source: HttpSource) -> None:
    server.does[RECEIPT] = lambda h: answer(h, 404, {"message": "not recognised"})
    assert find(source) is None


@pytest.mark.parametrize(("value", "wait_s"), [("7", 7), ("999999", 3600), ("soon", None), ("-3", None), ("", None),
                                               ("Wed, 21 Oct 2015 07:28:00 GMT", 0)])
def test_too_many_requests(server: CaseServer, source: HttpSource, value: str, wait_s: float | None) -> None:
    server.does[RECEIPT] = lambda h: answer(h, 429, {}, Retry_After=value)
    found = failure(source)
    assert (found.code, found.retryable, found.retry_after_s) == ("status_429", True, wait_s)


GOOD = payload()["case_status"]


@pytest.mark.parametrize(("content", "code"), [
    (b"", "shape"), (b"<html>Down for maintenance</html>", "shape"), (b"[" * 100_000, "shape"), (b"null", "shape"), (b"[]", "shape"),
    (b"\xff\xfe{}", "shape"), (b'{"case_status": "fine"}', "shape"), (payload("IOE0000000002"), "other_case"),
    ({"case_status": {}}, "other_case"), (payload(receiptNumber=1), "shape"), (payload(formType={"x": 1}), "shape"),
    ({"case_status": GOOD, "identity": "me"}, "shape"), ({"case_status": GOOD, "identity": {"answers": ["1990-05-04"]}}, "shape"),
    ({"case_status": GOOD, "identity": {"representatives": "+12025550143"}}, "shape")])
def test_lies_and_other_shapes_are_no_case(server: CaseServer, source: HttpSource, content: Any, code: str) -> None:
    server.does[RECEIPT] = lambda h: answer(h, 200, content)
    assert failure(source).code == code


def test_dates_that_are_none_are_left_out(server: CaseServer, source: HttpSource) -> None:
    server.does[RECEIPT] = lambda h: answer(h, 200, payload(submittedDate="soon", modifiedDate="2025-13-40"))
    assert (find(source).submitted_on, find(source).changed_on) == (None, None)


@pytest.mark.parametrize("token", [b"{}", b"no", b'{"access_token": ""}', b'{"access_token": "a b"}', b'{"access_token": "a\\r\\nX: 1"}',
                                   b'{"access_token": 5}', b'{"access_token": "a", "expires_in": "NaN"}',
                                   b'{"access_token": "a", "expires_in": {}}'])
def test_a_token_that_is_none(server: CaseServer, source: HttpSource, token: bytes) -> None:
    server.token_does = lambda h: answer(h, 200, token)
    assert failure(source).code == "shape" and not server.requests


@pytest.mark.parametrize("url", ["http://api.example.org/cases", "ftp://127.0.0.1/", "https://", "https://user:pw@api.example.org/",
                                 "https://api.example.org/?x=1", "https://api.example.org:port/", "api.example.org"])
def test_addresses_that_are_refused_at_the_start(url: str) -> None:
    with pytest.raises(ConfigProblem, match="IVR_CASES_URL"):
        HttpSource(url, "https://api.example.org/token", ID, SECRET)


def test_what_is_missing_is_named() -> None:
    with pytest.raises(ConfigProblem, match="IVR_CASES_TOKEN_URL, IVR_CASES_CLIENT_SECRET"):
        build(config.load({}, cases_source="http", cases_url="https://api.example.org", cases_client_id="x"))
    assert "hush-hush" not in repr(config.load({}, cases_client_secret=SecretStr("hush-hush")))


def test_a_far_end_of_a_token_is_not_believed(server: CaseServer) -> None:
    server.token_life, now = 10**12, [0.0]
    tokens = Tokens(place_of(server.token_url, "X"), ID, SECRET, monotonic=lambda: now[0])
    tokens.token(LONG_S)
    now[0] = timedelta(days=1).total_seconds()
    assert tokens.token(LONG_S) == "token-2"
