"""The call in which a promised call was promised: what an officer has to know of somebody whom we have called back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ivr.dialog.session import Session
from ivr.runtime.desk_work.promised import Promised
from ivr.runtime.desk_work.topic import verified
from ivr.store.promise_ledger import NotFound

MOST_BACK = 5
"""A promise may have been made in a call that kept another one, and so on."""
SessionOf = Callable[[str], Session | None]


def origin_of(session_of: SessionOf, session: Session) -> Session | None:
    """The first call of the matter; None where it is not kept any more, or this is no call of ours."""
    found: Session | None = session
    for _ in range(MOST_BACK):
        if found is None or found.keeps is None:
            break
        found = session_of(found.keeps.promised_in)
    return found if found is not None and found.keeps is None and found.call_id != session.call_id else None


def told_of(session: Session, origin: Session | None, promised: Promised) -> dict[str, Any]:
    """What was promised, by whom it was sent on with which note, and as whom the caller was verified then, which is not now."""
    assert session.keeps is not None
    try:
        shown = promised.show(session.keeps.key)
    except NotFound:
        shown = {}
    then = {"call": origin.call_id, "at": origin.started_at, "channel": origin.channel, "verified": verified(origin)} if origin else None
    return {"called_back": True, "reference": session.keeps.reference, "promised": shown, "then": then}
