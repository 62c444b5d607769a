"""What stands in an address or a form and no database can hold, on SQLite and on PostgreSQL: an answer as to anything that is not
there, never a failure of ours. And no answer that was made for one person is kept by a browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rim import service_request as waiting
from tests.rim.promised_call import promise_call
from tests.rim.routes import NOBODY, ask, client_of, staffed
from tests.rim.site import PUBLIC_URL

NUL, HALF, LONG = "%00", "%ED%A0%80", "9" * 400
ADDRESSES = {
    "agent": ("/agent/api/callbacks/one?key={}", "/agent/api/knowledge?call={}", "/agent/api/previous?call={}"),
    "supervisor": ("/requests?name={}", "/requests?kind={}", "/requests?office={}", "/requests?from={}", "/requests?standing={}",
                   "/requests/{}", "/requests/x{}?said={}", "/api/promises?kind={}", "/api/promises?call={}", "/api/promises?limit={}",
                   "/api/promises?state={}", "/api/promises/x{}", "/api/promises/callback:{}:node"),
    NOBODY: ("/callback/{}" + "a" * 20, "/l/{}" + "a" * 20, "/sign-in?next={}", "/sign-in?lang={}")}
FORMS = {
    "supervisor": (("/requests/x{}/take", {}), ("/requests/export.csv", {"kind": "\0", "why": "\0"}),
                   ("/requests/export.json", {"office": "\0", "why": "a\0b"}), ("/requests/export.csv", {"why": "a\0b\ud7ff"})),
    "agent": (("/account/sessions", {"id": "\0"}), ("/account/totp", {"do": "\0"}), ("/account/totp", {"do": "begin", "password": "\0"})),
    NOBODY: (("/sign-in", {"name": "a\0", "password": "\0", "code": "\0"}),)}


@pytest.mark.usefixtures("on_every_store")
def test_what_no_database_can_hold(tmp_path: Path) -> None:
    broken = []
    with staffed(tmp_path) as s:
        waiting.request_service(s)
        promise_call(s)
        for who, paths in ADDRESSES.items():
            client = client_of(s, who)
            broken += [(who, path, strange[:9], status) for path in paths for strange in (NUL, HALF, LONG, "-1")
                       if (status := ask(client, path.replace("{}", strange)).status_code) >= 500]
        for who, forms in FORMS.items():
            client = client_of(s, who)
            broken += [(who, path, str(form), status) for path, form in forms
                       if (status := ask(client, path.replace("{}", NUL), "POST", data=form).status_code) >= 500]
    assert broken == []


def test_what_is_made_for_one_person_is_kept_by_no_browser(tmp_path: Path) -> None:
    with staffed(tmp_path) as s:
        key = promise_call(s)
        for who, path in (("agent", "/agent/api/callbacks"), ("agent", f"/agent/api/callbacks/one?key={key}"), ("agent", "/agent"),
                          ("supervisor", "/api/promises"), ("supervisor", f"/api/promises/{key}"), ("supervisor", "/requests"),
                          ("supervisor", "/account"), ("agent", "/agent/api/previous?call=CA1"), ("viewer", "/requests")):
            answer = ask(client_of(s, who), path)
            assert answer.headers.get("Cache-Control") == "no-store", path
        answer = ask(client_of(s, NOBODY), "/api/promises", headers={"Authorization": "Bearer x"}, base_url=PUBLIC_URL)
        assert answer.headers.get("Cache-Control") == "no-store"
