"""How the emulator reaches the application: in the same process through WSGI, or over real HTTP. Public URLs in,
answers out; the signature is over the public URL, only the socket goes elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

import requests
from werkzeug.test import Client

Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    content_type: str
    body: bytes


class NoAnswer(Exception):
    """The application could not be reached or did not answer in time (Twilio's 11205)."""


class Transport(Protocol):
    def send(self, method: str, url: str, form: Pairs, headers: dict[str, str], timeout_s: float) -> Answer:
        """Deliver to the public `url`. Raises NoAnswer."""


class WsgiTransport:
    """Calls a WSGI application directly. An exception of the application is a 500, as behind a real server."""

    def __init__(self, app: Any):
        self._client = Client(app, use_cookies=False)

    def send(self, method: str, url: str, form: Pairs, headers: dict[str, str], timeout_s: float) -> Answer:
        parts = urlsplit(url)
        body = urlencode(form).encode() if method == "POST" else b""
        try:
            response = self._client.open(path=parts.path or "/", query_string=parts.query, method=method, data=body,
                                         base_url=f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/",
                                         headers=headers)
            answer = Answer(response.status_code, response.headers.get("Content-Type", ""), response.get_data())
            response.close()
            return answer
        except Exception as problem:  # the application's, whatever it is; its text becomes the 500 page
            return Answer(500, "text/plain", f"{type(problem).__name__}: {problem}".encode())


class HttpTransport:
    """Real HTTP to `base_url`, in place of the public address."""

    def __init__(self, base_url: str):
        self._base = base_url.rstrip("/")
        self._session = requests.Session()
        self._session.trust_env = False

    def send(self, method: str, url: str, form: Pairs, headers: dict[str, str], timeout_s: float) -> Answer:
        parts = urlsplit(url)
        target = self._base + (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            response = self._session.request(method, target, data=urlencode(form) if method == "POST" else None,
                                             headers=headers, timeout=timeout_s, allow_redirects=False)
        except requests.RequestException as problem:
            raise NoAnswer(type(problem).__name__) from None
        return Answer(response.status_code, response.headers.get("Content-Type", ""), response.content)

    def close(self) -> None:
        self._session.close()
