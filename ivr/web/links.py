"""`/l/TOKEN`: the page behind a link of ours. Looking changes nothing, since programs that preview messages follow every link;
only the button does. Works without script; tells nothing about the person; expired and unknown look alike.

One handler a purpose: whoever sends links of another purpose registers theirs in `PURPOSES`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from flask import Blueprint, Response, g, request

from ivr.dialog.render import render
from ivr.ops import logs
from ivr.runtime.services import Services
from ivr.runtime.way_out import UNSUBSCRIBE
from ivr.store.consent import NOTICE, Entry
from ivr.store.links import Link
from ivr.web.access import SECRET, declared
from ivr.web.rate_limit import Misses, peer_of

log = logs.get("links")
_PAGE = """<!doctype html>
<html lang="{language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>{title}</title>
<style nonce="{nonce}">body{{font:1.125rem/1.5 system-ui,sans-serif;margin:2rem auto;max-width:34rem;padding:0 1rem;color:#1b1b1b;
background:#fff}}button{{font:inherit;padding:.75rem 1.25rem;min-height:44px;border:0;border-radius:4px;background:#005ea2;color:#fff}}
button:focus-visible{{outline:4px solid #2491ff;outline-offset:2px}}section+section{{margin-top:2rem;border-top:1px solid #767676;
padding-top:1rem}}</style></head>
<body><main><h1>{title}</h1>
{sections}
</main></body></html>
"""


@dataclass(frozen=True, slots=True)
class Purpose:
    ask: str
    """Prompt key of the question on the page."""
    button: str
    done: str
    act: Callable[[Services, Link], None]
    """Does what the link is for. Twice is as good as once."""


def _unsubscribe(services: Services, link: Link) -> None:
    entry = Entry(link.subject.reveal(), "email", "revoked", "email", NOTICE)
    if services.consents.change(entry, services.clock.now()):
        services.metrics.consents.labels("email", "revoked", "email").inc()


PURPOSES: dict[str, Purpose] = {
    UNSUBSCRIBE: Purpose("unsubscribe_page", "unsubscribe_button", "unsubscribe_done", _unsubscribe),
}


def blueprint(services: Services) -> Blueprint:
    pages = Blueprint("links", __name__)
    misses = Misses(services.clock)

    @pages.route("/l/<token>", methods=["GET", "POST"])
    @declared(SECRET)
    def follow(token: str) -> Response:
        who = peer_of(request.remote_addr or "", request.headers.get("X-Forwarded-For", ""), services.settings.proxy_hops)
        link = None if misses.too_many(who) else services.links.open(token, services.clock.now())
        purpose = PURPOSES.get(link.purpose) if link else None
        if link is None or purpose is None:
            misses.count(who)
            return _answer(services, "link_gone", status=404)
        if request.method == "GET":
            return _answer(services, purpose.ask, button=purpose.button)
        purpose.act(services, link)
        log.info("link used", purpose=link.purpose)
        return _answer(services, purpose.done)

    return pages


def _answer(services: Services, key: str, *, button: str = "", status: int = 200) -> Response:
    """The words in every language of the bundle: who follows a link has not told us theirs."""
    bundle = services.bundles.current

    def words(which: str, language: str) -> str:
        return escape(render(bundle, which, language, "chat", slots={}, values={}).text)

    sections = [f'<section lang="{language}"><p>{words(key, language)}</p>'
                + (f'<form method="post"><button>{words(button, language)}</button></form>' if button else "") + "</section>"
                for language in bundle.languages]
    title = escape(bundle.title.get(bundle.default_language, bundle.id))
    page = _PAGE.format(language=bundle.default_language, title=title, nonce=g.get("nonce", ""), sections="\n".join(sections))
    return Response(page, status, content_type="text/html; charset=utf-8", headers={"Cache-Control": "no-store"})
