"""Who may do what: one table, role -> permissions. What is not in it is refused.

Pure. docs/reference/roles.md is drawn from here and a test compares them; routes name a permission of this table and a test
goes through every route with every role.
"""

from __future__ import annotations

from collections.abc import Mapping

PERMISSIONS: Mapping[str, str] = {
    "figures.read": "see counts and waiting times, which name nobody",
    "promises.read": "see what was promised to callers, numbers and addresses masked",
    "promises.change": "take up, call off, let go of and close promises",
    "callers.serve": "be offered callers, talk and write with them, escalate and wrap up",
    "personal.reveal": "see one masked value in full, with a reason that is written down",
    "queues.manage": "see who serves whom, sign agents out of a queue, listen in where the law and the announcement allow it",
    "requests.export": "take the service requests of a field office out as JSON or CSV",
    "bundles.read": "see flows, their pictures, tests and versions",
    "bundles.edit": "change flows and try them",
    "bundles.publish": "put a bundle into service, on trial, and take it back",
    "users.manage": "create, disable and change users, end their sessions",
    "audit.read": "read, check and export the record of what staff did",
}
"""permission -> what it lets somebody do"""

_AGENT = frozenset({"figures.read", "promises.read", "callers.serve", "personal.reveal"})
_EDITOR = frozenset({"figures.read", "bundles.read", "bundles.edit"})
ROLES: Mapping[str, frozenset[str]] = {
    "viewer": frozenset({"figures.read", "bundles.read"}),
    "agent": _AGENT,
    "supervisor": _AGENT | {"promises.change", "queues.manage", "requests.export", "audit.read"},
    "editor": _EDITOR,
    "publisher": _EDITOR | {"bundles.publish"},
    "admin": frozenset({"figures.read", "promises.read", "promises.change", "queues.manage", "bundles.read", "users.manage",
                        "audit.read"}),
}
"""role -> its permissions. An administrator looks after the installation and sees nobody's data: who does both has two users."""

REVEALS = "personal.reveal"


def may(role: str, permission: str) -> bool:
    """False for a role or a permission that nobody knows."""
    return permission in PERMISSIONS and permission in ROLES.get(role, frozenset())


def reveals(role: str) -> bool:
    """Whether personal data can be on this role's screen: such a session ends early when nobody is at it."""
    return may(role, REVEALS)
