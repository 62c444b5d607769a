"""How a conversation or a promised call ended, as staff say it: codes with their meaning. Pure.

What the codes are called on screens is in `ivr/web/words/staff`; docs/howto/working-calls.md lists them, and tests compare all three.
"""

from __future__ import annotations

from collections.abc import Mapping

OF_A_CALL: Mapping[str, str] = {
    "resolved": "done: nothing is left to do",
    "information_given": "told what there is to know; no case was touched",
    "link_sent": "sent the link that helps on",
    "escalated_urgent": "sent on to an officer as urgent",
    "escalated_routine": "sent on to an officer, not urgent",
    "transferred": "handed over to another queue or a colleague",
    "callback_arranged": "a call or an answer was promised some other way",
    "request_made": "a request to a field office was made",
    "not_verified": "could not show that the case is theirs, and heard nothing about it",
    "not_eligible": "wanted what this service may not do, and heard what helps instead",
    "caller_left": "hung up or stopped answering",
    "wrong_number": "meant somebody else",
    "technical": "could not hear or read each other",
}
OF_A_CALLBACK: Mapping[str, str] = {
    "resolved": "reached, and done",
    "information_given": "reached, and told what there is to know",
    "answered_by_email": "answered in writing",
    "escalated_routine": "reached; an officer goes on with it",
    "no_answer": "tried by hand, and nobody answered",
    "wrong_number": "the number belongs to somebody else",
    "not_wanted": "the caller needs it no more",
    "duplicate": "another promise covers it",
}
