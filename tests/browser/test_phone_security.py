"""Who may use the phone page's API and its socket: our own page, and nobody else's."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from ivr.testing.serve import serve
from tests.browser.conftest import Watched
from tests.live.server import LiveServer

POSTS = ["/phone/calls", "/phone/say", *(f"/phone/calls/CA{'0' * 32}/{x}" for x in
                                         ("email", "after-stream", "hangup", "leave-queue"))]


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("headers", [
    {"Origin": "https://elsewhere.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"}, {"Host": "rebound.example"},
    {"Host": "rebound.example", "Origin": "http://rebound.example", "Sec-Fetch-Site": "same-origin"}])
def test_a_foreign_page_cannot_post(server: LiveServer, path: str, headers: dict[str, str]) -> None:
    assert requests.post(server.url + path, json={}, headers=headers, timeout=20).status_code == 403


def test_a_foreign_page_in_a_real_browser_gets_nowhere(phone: Watched, server: LiveServer) -> None:
    """Another port is another origin; the browser itself says where a request comes from."""
    phone.expect("403")
    url, stop = serve(_another_page)
    try:
        phone.page.goto(url)
        with phone.page.expect_response(f"{server.url}/phone/calls") as seen:
            phone.page.evaluate(f"void fetch('{server.url}/phone/calls', {{method: 'POST', mode: 'no-cors', body: '{{}}'}})")
        assert seen.value.status == 403
        closed = phone.page.evaluate("""(url) => new Promise((done) => {
            const socket = new WebSocket(url);
            socket.onopen = () => done('open');
            socket.onclose = (event) => done(event.code); })""", server.url.replace("http", "ws") + "/media")
        assert closed == 1006
    finally:
        stop()


def _another_page(environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", [("Content-Type", "text/html")])
    return [b"<!doctype html><link rel=icon href='data:,'><p>another page"]


def test_get_changes_nothing(server: LiveServer) -> None:
    for path in POSTS[2:]:
        assert requests.get(server.url + path, timeout=20).status_code == 405
    assert requests.get(f"{server.url}/phone/calls/CA{'0' * 32}", timeout=20).status_code == 404


def test_files_beside_the_page_cannot_be_fetched(server: LiveServer) -> None:
    for name in ("..%2fphone.py", "%2e%2e/phone.py", "../samples/uscis.json"):
        assert requests.get(f"{server.url}/phone/static/{name}", timeout=20).status_code == 404


def test_the_page_brings_a_strict_policy_and_a_fresh_nonce(server: LiveServer) -> None:
    answers = [requests.get(f"{server.url}/phone", timeout=20) for _ in range(2)]
    policies = [a.headers["Content-Security-Policy"] for a in answers]
    assert policies[0] != policies[1]
    assert "default-src 'none'" in policies[0]
    assert "unsafe" not in policies[0]
    assert answers[0].text.count("<script") == 2
    assert " onclick=" not in answers[0].text


def _media(server: LiveServer, origin: str | None) -> ClientConnection:
    return connect(server.url.replace("http", "ws") + "/media", origin=origin, compression=None, proxy=None)  # type: ignore[arg-type]


@pytest.mark.parametrize("origin", ["https://elsewhere.example", None])
def test_the_socket_is_refused_before_the_upgrade(server: LiveServer, origin: str | None) -> None:
    with pytest.raises(InvalidStatus) as refused:
        _media(server, origin)
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize("token", ["", "made-up"])
def test_our_own_page_without_its_token_is_closed(server: LiveServer, token: str) -> None:
    with _media(server, server.url) as socket:
        socket.send(json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"}))
        socket.send(json.dumps({"event": "start", "sequenceNumber": "1", "streamSid": "MZ1", "start": {
            "accountSid": "AC1", "callSid": "CA1", "streamSid": "MZ1", "tracks": ["inbound"], "customParameters": {"token": token},
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}}}))
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=20)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1008


def test_a_token_works_once_and_only_for_its_call(server: LiveServer) -> None:
    one, other = (requests.post(f"{server.url}/phone/calls", json={}, timeout=30).json() for _ in range(2))

    def start(call_sid: str, token: str) -> str | int:
        with _media(server, server.url) as socket:
            socket.send(json.dumps({"event": "start", "sequenceNumber": "1", "streamSid": "MZ1", "start": {
                "accountSid": "AC1", "callSid": call_sid, "streamSid": "MZ1", "tracks": ["inbound"],
                "customParameters": {"token": token},
                "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}}}))
            try:
                return json.loads(socket.recv(timeout=20))["event"]
            except ConnectionClosed as closed:
                return closed.rcvd.code if closed.rcvd else 0

    assert start(other["callSid"], one["token"]) == 1008
    assert start(other["callSid"], other["token"]) == "media"
    assert start(other["callSid"], other["token"]) == 1008


def test_the_begin_request_is_checked(server: LiveServer) -> None:
    for body, error in (({"number": "911"}, "number"), ({"email": "x"}, "email")):
        answer = requests.post(f"{server.url}/phone/calls", json=body, timeout=20)
        assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert requests.post(f"{server.url}/phone/calls", data=b"\xff[", timeout=20).status_code == 200
