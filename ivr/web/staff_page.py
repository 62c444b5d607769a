"""What all pages of staff have in common: language, words, heading, who is signed in, and that no copy of them is kept.

Templates extend `staff.html`. Called by every page for staff.
"""

from __future__ import annotations

from typing import Any

from flask import Response, g, render_template, request

from ivr.access.roles import may
from ivr.web.staff_words import catalogue, language_of


def staff_page(template: str, status: int = 200, *, keep: dict[str, str] | None = None, **values: Any) -> Response:
    """`keep`: what goes along when the language is changed; without it what was asked for."""
    language = language_of(request)
    words = catalogue()[language]
    others = {name: each["language_name"] for name, each in catalogue().items() if name != language}
    staff = g.get("staff")
    body = render_template(template, language=language, w=words, others=others, staff=staff, nonce=g.get("nonce", ""),
                           keep=_asked() if keep is None else keep,
                           serves=staff is not None and may(staff.role, "callers.serve"),
                           exports=staff is not None and may(staff.role, "requests.export"), **values)
    # With no referrer at all a browser would say `Origin: null` of our own forms.
    return Response(body, status, content_type="text/html; charset=utf-8",
                    headers={"Cache-Control": "no-store", "Referrer-Policy": "same-origin"})


def _asked() -> dict[str, str]:
    """What the page was asked for goes along when its language is changed; what it had to say does not."""
    return {name: value for name, value in request.args.items() if name not in ("lang", "said")} if request.method == "GET" else {}


def refused_page(status: int) -> Response:
    return staff_page("refused.html", status, said="forbidden" if status == 403 else "unavailable")


def local_path(wanted: str) -> str:
    """Where to go after the sign-in: a path of ours, else the account."""
    good = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable() and wanted.isascii() \
        and "\\" not in wanted and len(wanted) <= 500
    return wanted if good else "/account"
