"""Who may come to a route. Every route declares it where it is made; one that does not is refused, and fails a test.

    pages.add_url_rule("/queues", "queues", declared(needs("queues.manage"))(page.show), methods=["GET"])

`web.guard` reads what is declared before any view runs. docs/howto/users-and-roles.md says which of them to take.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from ivr.access.roles import PERMISSIONS
from ivr.errors import Bug

View = Callable[..., Any]
_MARK = "_ivr_entry"


@dataclass(frozen=True, slots=True)
class Entry:
    kind: str
    """public | webhook | secret | demo | signed_in | permission"""
    permission: str = ""
    token: bool = False
    """Without a session the view itself asks for the bearer token of the API."""
    json: bool = False
    """Answers in JSON: who is not signed in gets 401 and no page to sign in on."""
    quiet: bool = False
    """Asked by a screen by itself: keeps no session alive."""
    own_page: bool = False
    """A change is taken from our own pages only, although nobody needs to be signed in for it."""


PUBLIC = Entry("public")
"""Anybody, without any authority."""
PUBLIC_FORM = Entry("public", own_page=True)
WEBHOOK = Entry("webhook")
"""The carrier: the view checks its signature."""
SECRET = Entry("secret")
"""Whoever holds the random secret in the address or the header, which the view looks up. No cookie counts."""
DEMO = Entry("demo", own_page=True)
"""Only there while trying things out; absent in production."""
SIGNED_IN = Entry("signed_in")
"""Every user, for what is their own."""


def needs(permission: str, *, token: bool = False, json: bool = False, quiet: bool = False) -> Entry:
    if permission not in PERMISSIONS:
        raise Bug(f"there is no permission {permission!r} in ivr/access/roles.py")
    return Entry("permission", permission, token=token, json=json or token, quiet=quiet)


def declared(entry: Entry) -> Callable[[View], View]:
    """The view with its entry on it. Takes bound methods too."""
    def mark(view: View) -> View:
        @wraps(view)
        def marked(*args: Any, **kwargs: Any) -> Any:
            return view(*args, **kwargs)

        setattr(marked, _MARK, entry)
        return marked

    return mark


def entry_of(view: View | None) -> Entry | None:
    return getattr(view, _MARK, None)
