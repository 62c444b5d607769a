"""The Flask application: webhooks, API, pages. Built by a factory from services; keeps nothing of its own."""

from __future__ import annotations

import secrets

from flask import Flask, Response, abort, g, jsonify, request
from werkzeug.exceptions import HTTPException

from ivr.errors import Conflict, Unavailable
from ivr.ops import logs
from ivr.runtime.services import Services
from ivr.web import (
    account_page,
    agent_api,
    agent_page,
    callback_page,
    chat_api,
    chat_page,
    health,
    links,
    messages,
    office_page,
    outbound,
    phone_hooks,
    promises_api,
    sign_in_page,
    static_files,
    webhooks,
)
from ivr.web.failed_page import failed_page, wants_page
from ivr.web.guard import Guard

log = logs.get("web")


def create_app(services: Services) -> Flask:
    # What is static is given out by the page it belongs to: no route that nobody declared.
    app = Flask("ivr.web", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = 2 * 1024 * 1024
    for part in (webhooks, outbound, phone_hooks, promises_api, callback_page, messages, chat_api, chat_page, links, health, sign_in_page,
                 account_page, agent_api, office_page, agent_page, static_files):
        app.register_blueprint(part.blueprint(services))
    app.before_request(_nonce)
    Guard(services).install(app)
    app.before_request(_no_nul)
    app.after_request(_headers)
    if services.public_url.startswith("https://"):
        app.after_request(_https_only)
    app.register_error_handler(Exception, _error)
    return app


WEBHOOKS = ("/voice", "/sms")
"""Answered to machines: no page, so no policy for pages."""


def _nonce() -> None:
    if not request.path.startswith(WEBHOOKS):
        g.nonce = secrets.token_urlsafe(16)


def _no_nul() -> None:
    """No database of ours can hold one, and no page sends one: refused once, here, and not by an error of a database anywhere."""
    if request.path.startswith(WEBHOOKS):
        return
    if "\0" in request.path or b"%00" in request.query_string or any("\0" in v for v in _fields()):
        abort(400)


def _fields() -> list[str]:
    return [text for name, values in request.form.lists() for text in (name, *values)]


def _headers(response: Response) -> Response:
    if request.path.startswith(WEBHOOKS):
        return response
    nonce = g.get("nonce", "")
    h = response.headers
    h["Content-Security-Policy"] = (
        f"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; "
        "connect-src 'self' ws: wss:; media-src 'self' blob:; worker-src 'self' blob:; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'; object-src 'none'")
    h["X-Content-Type-Options"] = "nosniff"
    h.setdefault("Referrer-Policy", "no-referrer")
    if g.get("staff") is not None or "Authorization" in request.headers:
        # Whatever is made for one person is for nobody who sits at the same screen later.
        h.setdefault("Cache-Control", "no-store")
    h["Cross-Origin-Opener-Policy"] = "same-origin"
    return response


def _https_only(response: Response) -> Response:
    """For a year no browser asks for a page of ours in the clear again."""
    response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response


def _error(error: Exception) -> tuple[Response, int]:
    """A page or API error: a sentence and an id to find it by in the log, never a traceback."""
    if isinstance(error, HTTPException):
        code = error.code or 500
        return (failed_page(code), code) if wants_page() else (jsonify(error=error.name), code)
    if isinstance(error, Unavailable | Conflict):
        log.warning("request cannot be answered now", route=request.path, why=error.code)
        return (failed_page(503), 503) if wants_page() else (jsonify(error="unavailable"), 503)
    reference = secrets.token_hex(4)
    log.error("request failed", route=request.path, reference=reference, exc_info=error)
    return (failed_page(500, reference), 500) if wants_page() else (jsonify(error="Something went wrong here.", reference=reference), 500)
