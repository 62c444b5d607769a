"""Why something that a member of staff asked for was not done: stable codes, with what each means. Pure.

`/agent/socket` and `/agent/api` send them; the page says them in its own language, by `refused_CODE` of `ivr/web/words/agent`. A new
code comes in here first: tests compare this list with what the code sends, with the words, and with docs/reference/agent-socket.md.
"""

from __future__ import annotations

from collections.abc import Mapping

MALFORMED = "expected what docs/reference/agent-socket.md and docs/howto/working-calls.md say"
OF_THE_SOCKET: Mapping[str, str] = {
    "no_ring": "nobody rings any more",
    "no_caller": "you are talking with nobody",
    "no_reader": "you are talking with nobody who reads",
    "no_queue": "there is no such queue",
    "no_colleague": "nobody has answered yet",
    "no_phone": "no telephone is set up for you",
    "phone_not_answered": "your telephone was not answered",
    "no_microphone": "a colleague is asked by voice, with a microphone at the screen",
    "on_phone": "this needs a microphone at the screen",
    "type": "there is no message of this type",
}
"""What the desk answers. The meaning is also the message."""
OF_A_LOOK: Mapping[str, str] = {
    "reason": "a masked value is shown for a reason only",
    "slot": "there is no such value in this call",
}
OF_THE_API: Mapping[str, str] = {
    "unauthorized": "nobody is signed in",
    "forbidden": "the role does not allow it, or it came from no page of ours",
    "not_serving": "this is not the call that you have",
    "of_an_office": "this is answered by its office",
    "malformed": MALFORMED,
    "body": MALFORMED,
    "call": MALFORMED,
    "key": MALFORMED,
    "disposition": "there is no such outcome",
    "note": "the note is longer than a page",
    "unknown_call": "nothing is kept of this call",
    "urgency": "neither urgent nor routine",
    "read_back": "number and address were not read back to the caller",
    "number": "this number cannot be called, or none is known",
    "email": "this is not an email address",
    "refused": "it cannot be done this way",
    "no_escalation": "this service sends nothing on with this urgency",
    "policy": "the policy allows no such call for this",
    "contact": "no further call can be promised to this number now",
    "other_content": "it was sent on already, with another number, address or note",
    "over": "it was sent on already, and is over",
    "state": "it is over or under way already",
    "not_found": "there is no such promised call",
    "conflict": "somebody else changed the same in this moment",
    "unavailable": "the database does not answer",
}
REFUSALS: Mapping[str, str] = {**OF_THE_SOCKET, **OF_A_LOOK, **OF_THE_API}
