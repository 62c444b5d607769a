"""The cookie of a session of staff. Over https its name begins with `__Host-`, which browsers take only with Secure, for this host
alone and for all of it. Over plain http, which is for trying things out on this machine, they would refuse that name, so it has
another one."""

from __future__ import annotations

from flask import Request, Response

from ivr.config import Settings

SECURE_NAME, PLAIN_NAME = "__Host-ivr-staff", "ivr-staff"


def is_secure(settings: Settings) -> bool:
    return settings.is_production or settings.public_url.startswith("https://")


def name_of(settings: Settings) -> str:
    return SECURE_NAME if is_secure(settings) else PLAIN_NAME


def token_in(request: Request, settings: Settings) -> str:
    return request.cookies.get(name_of(settings), "")


def give(response: Response, settings: Settings, token: str) -> Response:
    """Until the browser is closed, or the server says that it is over."""
    response.set_cookie(name_of(settings), token, path="/", secure=is_secure(settings), httponly=True, samesite="Lax")
    return response


def take_away(response: Response, settings: Settings) -> Response:
    response.delete_cookie(name_of(settings), path="/", secure=is_secure(settings), httponly=True, samesite="Lax")
    return response
