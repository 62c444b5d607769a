"""Every route of the application, asked by everybody in every way: never a failure of ours, never anybody's data.

A small share a run, always the same one. `ROUTE_FUZZ=200` sends so many requests to each route by each role, and
`ROUTE_FUZZ_SEED=7` others. A failure names the seed and the request, which `asked(...)` sends again.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from pydantic import SecretStr
from werkzeug.test import Client, TestResponse

from ivr.access.roles import ROLES, may
from ivr.dialog import events as ev
from ivr.sensitive import Sensitive
from tests.rim import service_request as waiting
from tests.rim.promised_call import promise_call
from tests.rim.routes import NOBODY, OURS, Route, ask, client_of, routes_of, staffed
from tests.rim.site import PUBLIC_URL, Site

EACH = int(os.environ.get("ROUTE_FUZZ", "2"))
SEED = os.environ.get("ROUTE_FUZZ_SEED", "1")
BEARER = "bearer"
WHO = (NOBODY, BEARER, *ROLES)
TOKEN = "t" * 40
NUMBER, OTHER, EMAIL, SAID = "+12025550166", "+12025550188", "canary.person@example.org", "IOE0999999998"
PLANTED = (NUMBER, NUMBER[2:], EMAIL, SAID, OTHER[2:], waiting.EMAIL, waiting.RECEIPT, TOKEN)
"""Values of people, and the secret of the API: in no answer to anybody here."""
LEAKS = re.compile(r"Traceback|File \"|\$argon2|sqlalchemy|sqlite3|psycopg|werkzeug|jinja2|root:x:|SELECT .{1,200} FROM ", re.I)
SENSIBLE = frozenset(
    {200, 204, 301, 302, 303, 304, 308, 400, 401, 403, 404, 405, 406, 409, 410, 411, 413, 414, 415, 416, 422, 429, 431, 503}
)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND")
SCRIPT = "<script>alert(1)</script>"
WORDS = (
    "",
    "some",
    "0",
    "-1",
    "1e999",
    "9" * 400,
    "NaN",
    "null",
    "true",
    "\u0661",
    "\x00",
    "%00",
    "%",
    "%zz",
    "../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "..\\..\\windows",
    "'; DROP TABLE users; --",
    '" OR ""="',
    "{{7*7}}",
    "${7*7}",
    "%s%n",
    SCRIPT,
    f'"><img src=x onerror=alert(1)>{SCRIPT}',
    '=HYPERLINK("http://x")',
    "\r\nSet-Cookie: x=1",
    "\r\n\r\n<html>",
    "\u202e\u200b\ufeff",
    "\U0001f600" * 50,
    "\ud7ff\ue000",
    "a" * 5000,
    "CA" + "0" * 32,
    "9999-12-31",
    "0000-00-00",
    "2026-02-30",
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "javascript:alert(1)",
    "-" * 64,
    "A" * 65,
    "e\u0301",
    "İ",
    "ß",
    "ﬀ",
)
FIELDS = (
    "name",
    "password",
    "code",
    "next",
    "do",
    "id",
    "new",
    "again",
    "value",
    "sure",
    "lang",
    "said",
    "after",
    "state",
    "kind",
    "limit",
    "token",
    "text",
    "language",
    "email",
    "number",
    "line",
    "Body",
    "From",
    "To",
    "CallSid",
    "turn",
    "a",
    "call",
    "by",
    "for_hours",
    "office",
    "standing",
    "from",
    "to",
    "why",
    "bom",
    "note",
    "Digits",
    "SpeechResult",
    "Confidence",
    "CallStatus",
    "look",
    "MessageSid",
    "username",
)
MEDIA = (
    "application/json",
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "",
    "a/b; q=\xe9",
    "application/json; charset=utf-7",
    "text/html",
)


@dataclass
class Planted:
    """Real things to ask for."""

    names: dict[str, list[str]]


def plant(s: Site) -> Planted:
    key = promise_call(s, numbers=(NUMBER,), email=EMAIL)
    reference = waiting.request_service(s, "CA8", number=OTHER)
    call_id = "CA" + "7" * 32
    s.services.turns.take(call_id, ev.CallStarted(call_id, "main", "voice", Sensitive(NUMBER), False, "en"))
    s.services.turns.take(call_id, ev.SpeechHeard(1, Sensitive(f"my receipt number is {SAID}")))
    return Planted(
        {
            "name": [key, reference, "counts"],
            "what": ["retry", "cancel", "done", "release", "take", "answer", "refuse"],
            "form": ["csv", "json"],
            "sid": [call_id],
            "token": [key],
        }
    )


@dataclass(frozen=True)
class Request:
    path: str
    method: str
    more: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.method} {self.path[:200]!r} {str(self.more)[:600]}"


class Hostile:
    """Requests drawn for one route."""

    def __init__(self, draw: random.Random, planted: Planted):
        self._draw, self._planted = draw, planted

    def request(self, route: Route, who: str) -> Request:
        d = self._draw
        path = route.path(**{n: self._argument(n) for n in route.rule.arguments})
        if d.random() < 0.15:
            path += d.choice(
                ["/", "//", "/..", "/%2e%2e/", "%00", ";x=1", "/" + "a" * 3000, "%3f", "%ff", "/\u00e1", ".json", "/some/more"]
            )
        method = route.method if d.random() < 0.8 else d.choice(METHODS)
        query = [(d.choice(FIELDS), d.choice(WORDS)) for _ in range(d.randint(0, 4))]
        return Request(path, method, {**self._body(), "headers": self._headers(who), "query_string": _encoded(query)})

    def _argument(self, name: str) -> str:
        real = self._planted.names.get(name, [])
        return self._draw.choice(real) if real and self._draw.random() < 0.6 else self._draw.choice(WORDS) or "x"

    def _body(self) -> dict[str, Any]:
        d = self._draw
        return d.choice(
            [
                dict,
                lambda: {"data": self._form()},
                lambda: {"data": self._form()},
                lambda: {"json": self._json(0)},
                lambda: {"json": self._json(0)},
                lambda: {"data": d.randbytes(d.randint(0, 400)), "content_type": d.choice(MEDIA)},
                lambda: {"data": b"[" * 60_000, "content_type": "application/json"},
                lambda: {"data": b"\xef\xbb\xbf{}", "content_type": "application/json"},
                lambda: {"data": b'{"a":1,"a":2', "content_type": "application/json"},
                lambda: {"data": b'"\\ud800"', "content_type": "application/json"},
                lambda: {"data": b"a=1&" * 2000, "content_type": "application/x-www-form-urlencoded"},
                lambda: {"data": b"%ff=%fe&%00=%00&a[]=1&a=%u0041", "content_type": "application/x-www-form-urlencoded"},
                lambda: {
                    "data": b'--x\r\nContent-Disposition: form-data; name="name"; filename="../x"\r\n\r\n' + d.randbytes(40),
                    "content_type": "multipart/form-data; boundary=x",
                },
                lambda: {"data": b"x" * (2 * 1024 * 1024 + 1), "content_type": d.choice(MEDIA)} if d.random() < 0.1 else {},
            ]
        )()

    def _form(self) -> dict[str, str]:
        return {self._draw.choice(FIELDS): self._draw.choice(WORDS) for _ in range(self._draw.randint(1, 8))}

    def _json(self, depth: int) -> Any:
        d = self._draw
        if depth > 3 or d.random() < 0.3:
            return d.choice([*WORDS, 1, -1, 0, 10**400, 1e308, None, True, [], {}])
        if d.random() < 0.3:
            return [self._json(depth + 1) for _ in range(d.randint(0, 4))]
        return {d.choice(FIELDS): self._json(depth + 1) for _ in range(d.randint(0, 6))}

    def _headers(self, who: str) -> dict[str, str]:
        d = self._draw
        own = (
            OURS
            if d.random() < 0.7
            else d.choice([{}, {"Origin": "null"}, {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}])
        )
        odd = d.choice(
            [
                {},
                {},
                {"Accept-Language": "es,*;q=0.1"},
                {"Accept-Language": ",".join(f"x{n};q={n}" for n in range(300))},
                {"X-Forwarded-For": "a, b, c" * 50},
                {"X-Twilio-Signature": "\u00e1" * 20},
                {"I-Twilio-Idempotency-Token": "a" * 3000},
                {"Range": "bytes=5-1,0-0"},
                {"If-None-Match": "*"},
                {"If-Modified-Since": "yesterday"},
                {"X-Chat-Token": "\x7f"},
                {"Authorization": "Bearer \u00e1"},
                {"Authorization": "Basic !!!"},
                {"Authorization": "Bearer"},
                {"Accept": "a/b;q=x"},
                {"Forwarded": "for=127.0.0.1"},
                {"Transfer-Encoding": "chunked"},
                {"X-HTTP-Method-Override": "DELETE"},
            ]
        )
        bearer = {"Authorization": f"Bearer {TOKEN}"} if who == BEARER and d.random() < 0.9 else {}
        return {**own, **odd, **bearer}


def _encoded(query: list[tuple[str, str]]) -> str:
    from urllib.parse import quote

    return "&".join(f"{quote(name)}={quote(value, safe='', errors='replace')}" for name, value in query)


def asked(client: Client, request: Request) -> TestResponse:
    return client.open(request.path, method=request.method, base_url=PUBLIC_URL, **request.more)


def check(route: Route, request: Request, answer: TestResponse, who: str) -> None:
    what = f"seed {SEED}, {who or 'nobody'}: {request}"
    body = answer.get_data(as_text=False).decode("utf-8", "replace")
    assert answer.status_code in SENSIBLE, f"{what} gave {answer.status} {body[:300]}"
    assert not LEAKS.search(body), f"{what} told {body[:500]}"
    if not is_export(route, answer, who):
        told = [value for value in PLANTED if value in body]
        assert not told, f"{what} told {told}"
    location = answer.headers.get("Location", "")
    assert urlsplit(location).netloc in ("", urlsplit(PUBLIC_URL).netloc), f"{what} leads to {location}"
    assert not location.startswith(("//", "/\\", "\\")), f"{what} leads to {location}"
    assert "x=1" not in answer.headers.get("Set-Cookie", ""), what
    if answer.mimetype == "text/html":
        assert SCRIPT not in body, f"{what} says {body[:500]}"
    if not request.path.startswith(("/voice", "/sms")):
        assert answer.headers["X-Content-Type-Options"] == "nosniff", what
        assert "unsafe" not in answer.headers["Content-Security-Policy"], what


def is_export(route: Route, answer: TestResponse, who: str) -> bool:
    """The one answer that has values in full, to whom it is meant for."""
    return (
        route.rule.rule.startswith("/requests/export.")
        and answer.status_code == 200
        and who in ROLES
        and may(who, "requests.export")
        and answer.headers.get("Content-Disposition", "").startswith("attachment")
    )


@pytest.fixture(params=WHO, ids=lambda who: who or "nobody")
def asker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Site, str]]:
    with staffed(tmp_path, api_token=SecretStr(TOKEN)) as s:
        yield s, request.param


def test_no_route_fails_or_tells_anything_whoever_asks_however(asker: tuple[Site, str]) -> None:
    s, who = asker
    draw, role, count = random.Random(f"{SEED} {who}"), "" if who == BEARER else who, 0
    hostile, client, routes = Hostile(draw, plant(s)), client_of(s, role), routes_of(s)
    statuses: dict[int, int] = {}
    for route in routes:
        for _ in range(EACH):
            request = hostile.request(route, who)
            answer = asked(client, request)
            check(route, request, answer, who)
            statuses[answer.status_code] = statuses.get(answer.status_code, 0) + 1
            count += 1
            if role and ask(client, "/account").status_code == 302:
                client = client_of(s, role)  # it signed us out
    assert count == EACH * len(routes)
    assert {400, 403, 404, 405} & set(statuses), "nothing was refused, so nothing hostile was sent"
    assert 200 in statuses, "nothing was answered, so nothing was looked at"
    assert s.services.access.audit.verify().is_whole


def test_what_is_planted_is_there_to_be_found(asker: tuple[Site, str]) -> None:
    """Whoever may export finds it, so the search would find it elsewhere; everybody else is told nothing of it."""
    s, who = asker
    plant(s)
    role = "" if who == BEARER else who
    answer = ask(
        client_of(s, role),
        "/requests/export.json",
        "POST",
        data={"why": "x"},
        headers=OURS | ({"Authorization": f"Bearer {TOKEN}"} if who == BEARER else {}),
    )
    assert (waiting.RECEIPT in answer.text) is bool(role and may(role, "requests.export"))
    assert NUMBER in str(s.services.promises.all())
