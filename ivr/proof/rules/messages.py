"""The kind that writes to the caller: send. Pure."""

from __future__ import annotations

from ivr.proof.guards import is_value
from ivr.proof.monitors import NO, SENT, YES, consent
from ivr.proof.place import Place
from ivr.proof.rules.registry import rule


@rule("send")
def send(place: Place) -> None:
    params = place.params
    place.never(place.enter, "send", params.message, place.mark("message"))
    place.leave(place.enter, "failed", "rim", "no address")
    for n, channel in enumerate(params.by):
        if params.consent == "given":
            _without_asking(place, channel)
        _offer(place, place.enter, channel, "said")
        for tries in range(place.retries + 1):
            _answers(place, channel, tries, params.by[n + 1:])
        _written(place, channel, params.by[n + 1:])
    if params.ask_email and "email" in params.by and params.consent == "ask":
        _email_question(place)
    already = place.monitors.offered([f"{channel}_link" for channel in params.by])
    place.leave(place.enter, "sent", "rim", "sent already", when=is_value(SENT, YES), says=[params.already], sets=already)


def _offer(place: Place, source: int, channel: str, event: str) -> None:
    says = [place.params.offer if channel == "sms" else place.params.offer_email]
    place.go(source, place.waiting(f"offer_{channel}"), event, says=says, sets=place.monitors.offered([f"{channel}_link"]))


def _without_asking(place: Place, channel: str) -> None:
    """A yes that was given earlier in the call is used: there must have been one."""
    effect = place.effect(f"effect_{channel}")
    given = consent(channel)
    place.broken(place.enter, "consent", is_value(given, NO), channel, place.mark("consent"))
    place.go(place.enter, effect, "said", when=is_value(given, YES), sets=place.monitors.offered([f"{channel}_link"]))


def _answers(place: Place, channel: str, tries: int, rest: tuple[str, ...]) -> None:
    asked = place.waiting(f"offer_{channel}", tries)
    place.go(asked, place.effect(f"effect_{channel}"), "yes", sets={consent(channel): YES})
    place.leave(asked, "declined", "no")
    for other in rest:
        # The tries already spent are not given back with the next channel.
        says = [place.params.offer if other == "sms" else place.params.offer_email]
        place.go(asked, place.waiting(f"offer_{other}", tries), "no", says=says)
    for event in ("silence", "unclear"):
        place.retry(f"offer_{channel}", tries, "declined", event)


def _email_question(place: Place) -> None:
    """No text can be sent, or it was refused, and no address is known: it is asked for and read back by the offer."""
    params, offered = place.params, place.monitors.offered(["email_link"])
    wanted = place.waiting("want_email")
    place.go(place.enter, wanted, "said", says=[params.offer_by_email], sets=offered)
    if "sms" in params.by:
        place.go(place.effect("effect_sms"), wanted, "rim", "failed", says=[params.refused, params.offer_by_email], sets=offered)
    for tries in range(place.retries + 1):
        want, address = place.waiting("want_email", tries), place.waiting("email_address", tries)
        place.go(want, place.waiting("email_address"), "yes", says=[params.email_prompt])
        place.go(address, place.waiting("offer_email"), "value", says=[params.offer_email])
        place.leave(want, "declined", "no")
        place.leave(address, "failed", "no")
        for event in ("silence", "unclear"):
            place.retry("want_email", tries, "declined", event)
            place.retry("email_address", tries, "failed", event)
        place.retry("offer_email", tries, "declined", "no", to_stage="email_address", says=[params.email_prompt])


def _written(place: Place, channel: str, rest: tuple[str, ...]) -> None:
    effect = place.effect(f"effect_{channel}")
    place.broken(effect, "consent", is_value(consent(channel), NO), channel, place.node.mark)
    said = place.params.sent if channel == "sms" else place.params.sent_email
    place.leave(effect, "sent", "rim", "written", says=[said], sets={SENT: YES})
    refused = [place.params.refused] if channel == "sms" else []
    place.leave(effect, "failed", "rim", "failed", says=refused)
    for other in rest:
        says = [*refused, place.params.offer if other == "sms" else place.params.offer_email]
        offered = place.monitors.offered([f"{other}_link"])
        place.go(effect, place.waiting(f"offer_{other}"), "rim", "failed", says=says, sets=offered)
        if place.params.consent == "given":
            given = is_value(consent(other), YES)
            place.go(effect, place.effect(f"effect_{other}"), "rim", "failed", when=given, says=refused, sets=offered)
