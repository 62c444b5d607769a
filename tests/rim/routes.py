"""Every rule of the URL map of the whole application, the browser phone's with it, and users of every role with their sessions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from werkzeug.routing import Rule
from werkzeug.test import Client, TestResponse

from ivr.access.desk import Access
from ivr.access.passwords import Cost, Passwords
from ivr.access.roles import ROLES
from ivr.demo.phone import blueprint
from ivr.testing.ledger import Ledger
from ivr.web.staff_cookie import name_of
from tests.rim.site import PUBLIC_URL, Site, site

PASSWORD = "correct horse battery"
NOBODY = ""
WHO = (NOBODY, *ROLES)
OURS = {"Origin": PUBLIC_URL, "Sec-Fetch-Site": "same-origin"}
CHEAP = Cost(memory_kib=8, passes=1)


@dataclass(frozen=True)
class Route:
    rule: Rule
    method: str

    def __str__(self) -> str:
        return f"{self.method} {self.rule.rule}"

    def path(self, **values: str) -> str:
        """With every argument as in `values`, else some word."""
        built = self.rule.build({name: values.get(name, "some") for name in self.rule.arguments}, append_unknown=False)
        assert built is not None, self.rule
        return built[1]


@contextmanager
def staffed(folder: Path, **settings: Any) -> Iterator[Site]:
    """The application with the browser phone, and a user of every role who is named like it."""
    with site(folder, **settings) as s:
        backstage = SimpleNamespace(carrier=None, ledger=Ledger(s.clock.now))
        s.app.register_blueprint(blueprint(s.services, backstage))  # type: ignore[arg-type]
        s.services.access = Access(s.services.db, s.services.shared.counters, Passwords(CHEAP))
        for role in ROLES:
            s.services.access.staff.create(role, role, PASSWORD, "cli:test", s.clock.now())
        yield s


def routes_of(s: Site) -> list[Route]:
    return sorted((Route(rule, method) for rule in s.app.url_map.iter_rules() for method in rule.methods or ()), key=str)


def session_token(s: Site, role: str) -> str:
    """A new session of the user with this role."""
    with s.services.db.write() as connection:
        return s.services.access.sessions.begin(connection, role, s.clock.now(), "192.0.2.1", "test")


def client_of(s: Site, role: str) -> Client:
    client = Client(s.app)
    if role:
        client.set_cookie(name_of(s.services.settings), session_token(s, role), domain="ivr.example.org", secure=True)
    return client


def ask(client: Client, route: Route | str, method: str = "GET", **more: Any) -> TestResponse:
    path, method = (route.path(), route.method) if isinstance(route, Route) else (route, method)
    return client.open(path, **{"method": method, "base_url": PUBLIC_URL, "headers": OURS, **more})
