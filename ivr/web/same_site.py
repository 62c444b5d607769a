"""Whether a change comes from a page of ours: the one place where Sec-Fetch-Site and Origin are looked at for pages.

A browser says of itself where a request comes from, and a page cannot make it say otherwise. Who is no browser and has somebody's
cookie could say anything: nothing is protected from them here.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Request

from ivr.runtime.services import Services

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing, with us."""


def is_own_origin(services: Services, origin: str, host: str) -> bool:
    own = urlsplit(services.public_url)
    return origin.lower() == f"{own.scheme}://{own.netloc}".lower() or services.is_own_origin(origin, host)


def from_our_page(services: Services, request: Request, *, unsaid: bool = False) -> bool:
    """`unsaid`: what counts where neither header came."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin", "")
    # A page that sends no referrer sends the Origin null from its own forms (Fetch, 3.1).
    told = "" if origin == "null" and site is not None else origin
    if told and not is_own_origin(services, told, request.host):
        return False
    if site is not None:
        return site == "same-origin"
    return bool(told) or (unsaid and not origin)
