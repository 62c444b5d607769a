"""The kind that writes to the caller: send. Pure."""

from __future__ import annotations

from ivr.proof.guards import is_value
from ivr.proof.monitors import NO, YES, consent
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
        _written(place, channel)


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


def _written(place: Place, channel: str) -> None:
    effect = place.effect(f"effect_{channel}")
    place.broken(effect, "consent", is_value(consent(channel), NO), channel, place.node.mark)
    said = place.params.sent if channel == "sms" else place.params.sent_email
    place.leave(effect, "sent", "rim", "written", says=[said])
    place.leave(effect, "failed", "rim", "failed")
