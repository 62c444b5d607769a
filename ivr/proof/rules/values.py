"""The kind that fills a slot: collect. Pure."""

from __future__ import annotations

from ivr.proof.place import Place
from ivr.proof.rules.registry import rule


@rule("collect")
def collect(place: Place) -> None:
    params = place.params
    place.go(place.enter, place.waiting("ask"), "said", says=[params.prompt])
    if params.known and params.type == "email":
        place.leave(place.enter, "ok", "said")  # the call knows the address already
    for tries in range(place.retries + 1):
        if params.type == "yes_no":
            _yes_no(place, tries)
        else:
            _value(place, tries)


def _yes_no(place: Place, tries: int) -> None:
    asked = place.waiting("ask", tries)
    place.leave(asked, "yes", "yes")
    place.leave(asked, "no", "no")
    for event in ("silence", "unclear"):
        place.retry("ask", tries, "failed", event, says=[place.params.prompt])


def _value(place: Place, tries: int) -> None:
    asked = place.waiting("ask", tries)
    place.leave(asked, "refused", "refused")
    for event in ("silence", "unclear"):
        place.retry("ask", tries, "failed", event, says=[place.params.prompt])
    if place.params.known and place.params.type == "email":
        # An address may have been typed on a page meanwhile: then whatever comes, and nothing at all, goes on.
        for event in ("silence", "unclear", "refused"):
            place.leave(asked, "ok", event)
    if place.params.read_back == "never" or (place.params.known and place.params.type == "email"):
        # A value in doubt is read back all the same.
        place.leave(asked, "ok", "value", place.params.type)
    read = place.waiting("read_back", tries)
    place.go(asked, read, "value", place.params.type)
    place.leave(read, "ok", "yes")
    place.go(read, read, "value", place.params.type)  # "no, the twentieth"
    for event in ("unclear", "silence"):
        place.retry("read_back", tries, "failed", event)
    # Part of a correction is understood: the rest is asked for. "No" to a date in numbers: the other reading is read back.
    for event in ("no", "unclear"):
        place.retry("read_back", tries, "failed", event, to_stage="ask", says=[place.params.prompt])
    place.retry("read_back", tries, "failed", "no")
