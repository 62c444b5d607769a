"""What `ivr serve` says once calls are taken: where to go, and what to do first. Pure; called by `ivr serve`."""

from __future__ import annotations

PHONE, CONSOLE, REQUESTS, HEALTH = "/phone", "/agent", "/requests", "/healthz"
FIRST_ROLE = "supervisor"
"""Sees both pages of staff that are named: takes callers, and exports the requests."""


def ready_lines(base: str, *, production: bool, has_staff: bool, hears: bool) -> list[str]:
    """`has_staff`: somebody may sign in already; `hears`: a speech model is installed."""
    if production:
        return [f"ready {base}{HEALTH}"]
    lines = [f"ready {base}{PHONE}",
             '  try: open it, press "Call", and say: I never got my green card',
             "  or:  .venv/bin/ivr call",
             f"  staff: {base}{CONSOLE} takes callers, {base}{REQUESTS} has what waits for a field office"]
    if not has_staff:
        lines.append(f"  first user: .venv/bin/ivr users create NAME --role {FIRST_ROLE} --generate")
    if not hears:
        lines.append("  note: no speech model is installed, so calls use keys and the carrier's recogniser only (ivr models fetch)")
    return lines


def ready_json(base: str) -> dict[str, object]:
    return {"ready": True, "url": base, "phone": f"{base}{PHONE}", "agent": f"{base}{CONSOLE}", "requests": f"{base}{REQUESTS}"}
