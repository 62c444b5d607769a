"""What went wrong, as a page for whoever looks at one: a sentence in their language instead of JSON. Called by `web.app` for what no view
answered."""

from __future__ import annotations

from flask import Response, request

from ivr.web.staff_page import staff_page

MACHINES = ("/api/", "/agent/api/", "/chat/api/", "/voice", "/sms", "/phone/", "/metrics", "/healthz", "/readyz", "/static/")
"""Asked by programs, and by scripts of ours."""
SAID = {404: ("no_page_title", "no_page"), 405: ("no_page_title", "no_page"), 503: ("unavailable_title", "unavailable"),
        500: ("failed_title", "failed")}
"""Status -> labels of heading and sentence; for every other one the request was not understood."""


def wants_page() -> bool:
    """A browser names HTML before everything else; whoever says nothing gets JSON."""
    return not request.path.startswith(MACHINES) and request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html"


def failed_page(status: int, reference: str = "") -> Response:
    title, said = SAID.get(status, ("failed_title", "unknown"))
    return staff_page("failed.html", status, title=title, said=said, reference=reference, keep={})
