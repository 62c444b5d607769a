"""Every rule of the URL map with every role and with nobody. Generated: a new route is in it, and fails until it declares who may come.

A new route? Declare it where it is made (`ivr/web/access.py`), then write the list anew:
    REGENERATE_GOLDEN=1 python -m pytest tests/rim/test_every_route.py
and read in the comparison whether that is who you mean.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from ivr.access.roles import may
from ivr.dialog import events as ev
from ivr.runtime.services import Services
from ivr.web.access import Entry, declared, entry_of
from ivr.web.asgi import SOCKETS
from tests.rim.promised_call import promise_call
from tests.rim.routes import NOBODY, OURS, PASSWORD, WHO, Route, ask, client_of, routes_of, staffed
from tests.rim.serving import Desk
from tests.rim.site import PUBLIC_URL, Site

GOLDEN = Path(__file__).parent.parent / "golden/access/routes.txt"
SAFE = ("GET", "HEAD", "OPTIONS")
CALLER, EMAIL = "+12025550166", "canary.person@example.org"
"""Of whom a call is promised; the browser phone's own caller is another."""


@pytest.fixture(scope="module")
def staff(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with staffed(tmp_path_factory.mktemp("staff"), api_token=SecretStr("t" * 40)) as s:
        yield s


def entry(s: Site, route: Route) -> Entry:
    found = entry_of(s.app.view_functions[route.rule.endpoint])
    assert found is not None, f"{route} does not declare who may come: see ivr/web/access.py"
    return found


def line_of(route: str, e: Entry) -> str:
    flags = [name for name in ("token", "json", "quiet", "own_page") if getattr(e, name)]
    return " ".join([f"{route:60}", e.kind, e.permission, *flags]).rstrip()


def test_every_route_declares_who_may_come(staff: Site) -> None:
    for route in routes_of(staff):
        assert entry(staff, route).kind in ("public", "webhook", "secret", "demo", "signed_in", "permission")


def test_who_may_come_is_as_it_was_read_by_a_person(staff: Site) -> None:
    lines = [line_of(str(r), entry(staff, r)) for r in routes_of(staff) if r.method not in ("HEAD", "OPTIONS")]
    lines += [line_of(f"WSS {path}", e) for path, (e, _) in sorted(SOCKETS.items())]
    if os.environ.get("REGENERATE_GOLDEN"):
        GOLDEN.write_text("\n".join(lines) + "\n")
    assert GOLDEN.read_text().splitlines() == lines


def test_a_route_that_declares_nothing_is_refused(tmp_path: Path) -> None:
    with staffed(tmp_path) as s:
        s.app.add_url_rule("/forgotten", "forgotten", lambda: "secret", methods=["GET", "POST"])
        for role in WHO:
            for method in ("GET", "POST"):
                answer = ask(client_of(s, role), "/forgotten", method)
                assert answer.status_code == 403
                assert "secret" not in answer.text


@pytest.fixture(scope="module")
def reached(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The views replaced by one that says that it was reached: what is tested is who gets there."""
    with staffed(tmp_path_factory.mktemp("matrix")) as s:
        for endpoint, view in s.app.view_functions.items():
            found = entry_of(view)
            s.app.view_functions[endpoint] = declared(found)(lambda **_: "reached") if found else view
        yield s


class TestMatrix:
    @pytest.mark.parametrize("who", WHO)
    def test_who_gets_there(self, reached: Site, who: str) -> None:
        for route in routes_of(reached):
            if route.method == "OPTIONS" and route.rule.provide_automatic_options:
                continue
            e, answer = entry(reached, route), ask(client_of(reached, who), route)
            if e.kind == "demo" and route.method not in SAFE:
                continue  # asks for a name of this machine too; its own test
            if self.expected(e, who):
                assert answer.status_code == 200, f"{route} as {who or 'nobody'}: {answer.status}"
            elif who == NOBODY and not e.json:
                assert answer.status_code == 302, route
                assert answer.headers["Location"].startswith("/sign-in"), route
            else:
                assert answer.status_code == (401 if who == NOBODY else 403), route
                assert "reached" not in answer.text

    @staticmethod
    def expected(e: Entry, who: str) -> bool:
        if e.kind in ("public", "webhook", "secret", "demo"):
            return True
        if who == NOBODY:
            return e.token  # the view asks for the token
        return e.kind == "signed_in" or may(who, e.permission)

    @pytest.mark.parametrize("headers", [
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example"}, {"Origin": "null"}, {}], ids=str)
    def test_nobody_elses_page_changes_anything(self, reached: Site, headers: dict[str, str]) -> None:
        looked_at = 0  # changes of staff, by anybody, in the demo
        for route in routes_of(reached):
            e = entry(reached, route)
            if route.method in SAFE or e.kind in ("webhook", "secret"):
                continue  # the first change nothing, the others take no cookie for a permission
            if e.kind == "demo" and not headers:
                continue  # tools on this machine
            who = next((w for w in WHO if w and (e.kind != "permission" or may(w, e.permission))), NOBODY)
            assert ask(client_of(reached, who), route, headers=headers).status_code == 403, route
            looked_at += 1
        assert looked_at >= (6 if not headers else 12)

    def test_a_session_that_is_over_is_nobodys(self, reached: Site) -> None:
        client = client_of(reached, "agent")
        reached.clock.advance(15 * 60)
        assert ask(client, "/account").headers["Location"] == "/sign-in?next=%2Faccount"
        reached.clock.advance(-15 * 60)

    def test_looking_changes_no_state(self, reached: Site) -> None:
        """What changes something has no GET beside it in one route, but for links, whose GET only asks."""
        one_rule = {rule.rule for rule in reached.app.url_map.iter_rules() if {"GET", "POST"} <= (rule.methods or set())}
        assert {r for r in one_rule if not r.startswith("/voice")} == {"/l/<token>"}


def test_the_demo_is_asked_under_a_name_of_this_machine_only(staff: Site) -> None:
    here = f"http://127.0.0.1:{staff.services.port}"
    for base, headers, status in ((here, {"Origin": here}, 400), (here, {}, 400), ("http://evil.example", {}, 403),
                                  ("http://evil.example", {"Origin": "http://evil.example"}, 403), (here, {"Origin": "null"}, 403),
                                  (here, {"Sec-Fetch-Site": "cross-site"}, 403)):
        answer = ask(client_of(staff, NOBODY), "/phone/say", "POST", base_url=base, headers=headers, json={})
        assert answer.status_code == status, (base, headers)


def test_without_one_time_codes_nobody_gets_further_than_the_account_where_they_are_required(tmp_path: Path) -> None:
    with staffed(tmp_path, staff_totp="required") as s:
        s.app.add_url_rule("/queues", "queues", declared(Entry("permission", "queues.manage"))(lambda: "reached"))
        client = client_of(s, "supervisor")
        assert ask(client, "/account").status_code == 200
        assert ask(client, "/queues").headers["Location"] == "/account?said=totp_first"
        assert ask(client, "/api/promises").status_code == 403
        with s.services.db.write() as connection:
            s.services.access.users.set_totp(connection, "supervisor", b"x" * 20, 1, [])
        assert ask(client, "/queues").text == "reached"
        assert ask(client, "/api/promises").status_code == 200


def test_the_api_by_role(staff: Site) -> None:
    key = promise_call(staff)
    seen = {who: (ask(client_of(staff, who), "/api/promises").status_code,
                  ask(client_of(staff, who), f"/api/promises/{key}/cancel", "POST", json={"by": "somebody else"}).status_code)
            for who in WHO if who not in ("admin", "supervisor")}
    assert seen == {"": (401, 401), "viewer": (403, 403), "agent": (200, 403), "editor": (403, 403), "publisher": (403, 403)}
    done = ask(client_of(staff, "supervisor"), f"/api/promises/{key}/cancel", "POST", json={"by": "somebody else"})
    assert done.status_code == 200
    assert "supervisor" in str(staff.services.promise_desk.show(key)["history"])
    assert "somebody else" not in str(staff.services.promise_desk.show(key)["history"])
    bearer = {"Authorization": f"Bearer {'t' * 40}"}
    assert ask(client_of(staff, NOBODY), "/api/promises", headers=bearer).status_code == 200, "programs, as before"
    assert ask(client_of(staff, "agent"), f"/api/promises/{key}/cancel", "POST", json={}, headers=OURS | bearer).status_code == 403, \
        "a session decides where there is one"


# -- fuzz -------------------------------------------------------------------------------------------------------------

VALUES = ("", "some", "0", "-1", "%00", "..%2f..%2fetc%2fpasswd", "'; DROP TABLE users; --", "{{7*7}}", "<script>alert(1)</script>",
          "\u202e\u0000\u00e1", "a" * 3000, "CA" + "0" * 32, "=HYPERLINK(1)", "\r\nSet-Cookie: x=1", "\U0001f600")
FIELDS = ("name", "password", "code", "next", "do", "id", "new", "again", "value", "sure", "lang", "said", "after", "state", "kind",
          "limit", "token", "text", "language", "email", "number", "line", "Body", "From", "CallSid", "turn", "a", "call",
          "urgency", "disposition", "note", "read_back", "key", "intent")
BODIES: tuple[dict[str, Any], ...] = (
    {}, {"json": {}}, {"json": []}, {"json": None}, {"json": "x"}, {"json": {"a": {"b": [1, 2, {"c": None}]}}}, {"data": b"\xff\xfe\x00"},
    {"data": b"[" * 5000, "content_type": "application/json"}, {"data": b"{}", "content_type": "text/plain"},
    {"data": b"a" * 100_000, "content_type": "application/x-www-form-urlencoded"},
    {"data": b"--x\r\nContent-Disposition: form-data; name=\"name\"; filename=\"x\"\r\n\r\n",
     "content_type": "multipart/form-data; boundary=x"})
LEAKS = re.compile(r"Traceback|File \"|\$argon2|sqlalchemy|sqlite3|psycopg|2025550166|canary\.person|root:x:|SELECT .{1,200} FROM ", re.I)


def payload(random_: random.Random) -> dict[str, Any]:
    body = random_.choice(BODIES)
    if random_.random() < 0.5:
        body = {"data": {random_.choice(FIELDS): random_.choice(VALUES) for _ in range(random_.randint(1, 6))}}
    elif random_.random() < 0.3:
        body = {"json": {random_.choice(FIELDS): random_.choice([*VALUES, 1, None, True, [], {}]) for _ in range(random_.randint(1, 6))}}
    query = {random_.choice(FIELDS): random_.choice(VALUES) for _ in range(random_.randint(0, 3))}
    headers = random_.choice([OURS, OURS, {}, OURS | {"Accept-Language": "es,*;q=0.1"}, OURS | {"Authorization": "Bearer \u00e1"},
                              OURS | {"Cookie": "__Host-ivr-staff=%00; a=b;;"}, OURS | {"X-Forwarded-For": "a, b, c"}])
    return {**body, "query_string": query, "headers": headers}


def seeded(s: Site) -> dict[str, list[str]]:
    """Real things to ask for: a promised call of somebody, a call under way, sessions."""
    key = promise_call(s, numbers=(CALLER,), email=EMAIL)
    call_id = "CA" + "7" * 32
    s.services.turns.take(call_id, ev.CallStarted(call_id, "main", "voice", None, False, "en"))
    s.services.transcripts.watch(call_id)
    s.services.desk_work.serving = Desk(agent=call_id, supervisor=call_id)
    return {"name": [key, *VALUES], "what": ["retry", "cancel", "done", *VALUES], "sid": [call_id, *VALUES], "token": list(VALUES)}


@pytest.mark.parametrize("who", WHO)
def test_no_route_fails_or_tells_more_whatever_it_is_sent(tmp_path: Path, who: str) -> None:
    random_ = random.Random(f"routes {who}")
    with staffed(tmp_path, api_token=SecretStr("t" * 40)) as s:
        real, count = seeded(s), 0
        client = client_of(s, who)
        for route in routes_of(s):
            for _ in range(6):
                path = route.path(**{name: random_.choice(real.get(name, VALUES)) or "x" for name in route.rule.arguments})
                answer = ask(client, path, route.method, **payload(random_))
                assert answer.status_code < 500 or answer.status_code == 503, (str(route), answer.status, answer.text[:300])
                assert not LEAKS.search(answer.text), (str(route), answer.text[:500])
                assert "\r" not in str(answer.headers.get("Location", "")), str(route)
                count += 1
            if ask(client, "/account").status_code == 302:
                client = client_of(s, who)  # one of the payloads signed us out
        assert count > 500, "too little was sent"


def test_every_page_for_staff_has_its_headers(staff: Site) -> None:
    for who, path in ((NOBODY, "/sign-in"), ("agent", "/account"), ("viewer", "/account?lang=es")):
        h = ask(client_of(staff, who), path).headers
        assert h["Cache-Control"] == "no-store"
        assert "default-src 'none'" in h["Content-Security-Policy"] and "frame-ancestors 'none'" in h["Content-Security-Policy"]
        assert "unsafe" not in h["Content-Security-Policy"]
        assert h["X-Content-Type-Options"] == "nosniff"
        assert h["Strict-Transport-Security"] == "max-age=31536000"


def test_sockets_know_staff_by_cookie_and_origin(staff: Site) -> None:
    from ivr.web.staff_socket import staff_of
    from tests.rim.routes import session_token

    services: Services = staff.services

    def may_come(role: str, **headers: str) -> bool:
        cookie = f"other=1; __Host-ivr-staff={session_token(staff, role)}"
        sent = {"origin": PUBLIC_URL, "host": "ivr.example.org", "cookie": cookie, **headers}
        scope = {"headers": [(k.encode(), v.encode()) for k, v in sent.items()]}
        return staff_of(services, scope, "callers.serve") is not None

    assert may_come("agent")
    assert not may_come("viewer")
    assert not may_come("agent", origin="https://evil.example")
    assert not may_come("agent", origin="")
    assert not may_come("agent", cookie="")
    assert not may_come("agent", cookie="__Host-ivr-staff=x; \x00")


def test_the_password_of_the_tests_is_one(staff: Site) -> None:
    assert staff.services.access.passwords.fits(staff.services.access.users.get("agent").password, PASSWORD)
