"""The kinds behind which people are: transfer and promise. Pure."""

from __future__ import annotations

from ivr.flow.expr import Expr, Not
from ivr.proof.guards import all_of
from ivr.proof.monitors import LIVE_AGENT, YES, consent
from ivr.proof.place import Place
from ivr.proof.rules.registry import rule


def _door(place: Place, source: int, kind: str, name: str) -> Expr:
    """The laws of a door, and the guard under which it opens."""
    may = place.allowed(place.params.policy)
    place.broken(source, "policy", Not(may), place.params.policy, place.mark("policy"))
    innocent = place.never(source, kind, name, place.mark(), may)
    return all_of([may, innocent])


@rule("transfer")
def transfer(place: Place) -> None:
    params, entry = place.params, place.bundle.policy.entries[place.params.policy]
    place.touches(place.enter, params.context, place.mark("context"))
    opens = _door(place, place.enter, "transfer", params.queue)
    now = place.guard(entry.open_when) if entry.open_when else None
    refused = place.monitors.refuse()
    place.leave(place.enter, "failed", "shut", when=Not(opens), sets=refused)
    if now is not None:
        place.leave(place.enter, "closed", "rim", "closed", when=all_of([opens, Not(now)]), sets=refused)
    through = all_of([opens, now])
    place.unheard(place.enter, place.mark(), through)
    queue = place.effect("queue")
    place.go(place.enter, queue, "said", says=[params.announce], when=through)
    place.leave(queue, "connected", "rim", "connected", sets=place.monitors.offered([LIVE_AGENT]))
    place.leave(queue, "left", "rim", "left")
    for outcome in ("closed", "wait_too_long", "failed"):
        place.leave(queue, outcome, "rim", outcome, sets=refused)
    place.leave(queue, "failed", "rim", "undeclared", sets=refused)


@rule("promise")
def promise(place: Place) -> None:
    params, spec = place.params, place.bundle.promises[place.params.promise]
    place.touches(place.enter, params.context, place.mark("context"))
    opens = _door(place, place.enter, "promise", params.promise)
    place.leave(place.enter, "failed", "shut", when=Not(opens))
    offered = place.monitors.offered([spec.kind])
    if params.offer:
        place.go(place.enter, place.waiting("offer"), "said", says=[params.offer], when=opens, sets=offered)
    else:
        for stage, asked in (("confirm", params.confirm_number), ("number", params.number_prompt)):
            place.go(place.enter, place.waiting(stage), "said", says=[asked], when=opens, sets=offered)
    for tries in range(place.retries + 1):
        _answers(place, tries)
    _written(place, opens)


def _answers(place: Place, tries: int) -> None:
    params = place.params
    confirm, number = place.waiting("confirm", tries), place.waiting("number", tries)
    if params.offer:
        offer = place.waiting("offer", tries)
        place.leave(offer, "declined", "no")
        place.go(offer, confirm, "yes", says=[params.confirm_number])
        place.go(offer, number, "yes", "no number known", says=[params.number_prompt])
    if params.second:
        place.go(confirm, place.waiting("second", tries), "yes", says=[params.second], sets={consent("sms"): YES})
        _second(place, tries)
    else:
        place.go(confirm, place.passing("deciding"), "yes", sets={consent("sms"): YES})
    place.go(confirm, number, "no", says=[params.number_prompt])
    place.go(number, confirm, "value", "phone", says=[params.confirm_number])
    place.leave(number, "no_contact", "refused")
    asked = (("offer", "declined"),) if params.offer else ()
    for stage, cause in (*asked, ("confirm", "no_contact"), ("number", "no_contact")):
        for event in ("silence", "unclear"):
            place.retry(stage, tries, cause, event)


def _second(place: Place, tries: int) -> None:
    """The second number: read back like the first, and never a reason not to promise."""
    params, deciding = place.params, place.passing("deciding")
    second, confirm = place.waiting("second", tries), place.waiting("confirm2", tries)
    place.go(second, deciding, "refused")
    place.go(second, confirm, "value", "phone", says=[params.confirm_second or params.confirm_number])
    place.go(confirm, deciding, "yes")
    place.go(confirm, second, "no", says=[params.second])
    for stage, source in (("second", second), ("confirm2", confirm)):
        for event in ("silence", "unclear"):
            place.go(source, deciding if tries + 1 > place.retries else place.waiting(stage, tries + 1), event)


def _written(place: Place, opens: Expr) -> None:
    """The policy is asked once more when the promise is written down; then its confirmations, then it is spoken."""
    deciding, promised = place.passing("deciding"), place.effect("promise")
    place.leave(deciding, "failed", "shut", when=Not(opens))
    place.go(deciding, promised, "said", when=opens)
    place.leave(promised, "failed", "rim", "failed")
    place.leave(promised, "promised", "rim", "written", says=[place.params.made])
    after = None
    for left in range(len(place.bundle.promises[place.params.promise].confirm)):
        # How many confirmations go out depends on the caller's addresses. One that could not be written down takes
        # nothing back.
        confirmed = place.effect(f"message{left}")
        place.go(promised, confirmed, "rim", "written")
        for detail in ("written", "failed"):
            if after is None:
                place.leave(confirmed, "promised", "rim", detail, says=[place.params.made])
            else:
                place.go(confirmed, after, "rim", detail)
        after = confirmed
