"""The reference page of the states, drawn from the table itself. Pure; a test compares it with the page that is kept."""

from __future__ import annotations

from ivr.contact.states import CLAIMABLE, FINAL, MEANING, TRANSITIONS

_HEAD = """# States of a promise

Drawn from `ivr/contact/states.py` by `ivr.contact.states_page`; a test compares them. The store refuses every move that is
not an arrow here. `held` is left out of the picture: after a restore everything that fell due goes there, and back to where
it was when a person releases it.

```mermaid
stateDiagram-v2
    [*] --> due: message, notice
    [*] --> waiting: callback
    [*] --> open: service request
"""
_LEFT_OUT = "held"


def states_markdown() -> str:
    """The whole page."""
    arrows = [f"    {old} --> {new}" for old, to in TRANSITIONS.items() for new in TRANSITIONS
              if new in to and _LEFT_OUT not in (old, new)]
    rows = [f"| `{state}` | {MEANING[state]} | {_who(state)} | {', '.join(f'`{s}`' for s in TRANSITIONS if s in to) or '-'} |"
            for state, to in TRANSITIONS.items()]
    table = ["| state | meaning | who moves it | may become |", "|---|---|---|---|", *rows, ""]
    return "\n".join([_HEAD.rstrip("\n"), *arrows, "```", "", *table])


def _who(state: str) -> str:
    if state in FINAL:
        return "a person, if anybody"
    if state in CLAIMABLE:
        return "a worker, when its time has come"
    return {"sending": "the worker that leased it, or another one when the lease is over",
            "calling": "the carrier's word, or a worker that asks for it"}.get(state, "people")
