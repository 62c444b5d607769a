"""docs/reference/roles.md, drawn from the tables of `access.roles`."""

from __future__ import annotations

from ivr.access.roles import PERMISSIONS, ROLES, may, reveals
from ivr.access.session_rules import ABSOLUTE, IDLE, IDLE_REVEALS


def reference_markdown() -> str:
    lines = ["# Roles", "", "Generated from `ivr/access/roles.py` by `ivr users roles`; a test compares them. A user has one role. What "
             "is not in the table is refused.", "",
             "| permission | lets somebody | " + " | ".join(ROLES) + " |", "|---|---|" + "---|" * len(ROLES)]
    lines += [f"| `{name}` | {meaning} | " + " | ".join("yes" if may(role, name) else "-" for role in ROLES) + " |"
              for name, meaning in PERMISSIONS.items()]
    lines += ["", "## Sessions", "", "| role | ends after | and after |", "|---|---|---|"]
    for role in ROLES:
        idle = IDLE_REVEALS if reveals(role) else IDLE
        shown = f"{idle.seconds // 60} minutes" if idle.seconds < 3600 else f"{idle.seconds // 3600} hours"
        lines.append(f"| {role} | {shown} without a request | {ABSOLUTE.seconds // 3600} hours in any case |")
    return "\n".join(lines) + "\n"
