"""A webhook request as the carrier sent it: authenticity first, then its fields as pairs, blanks and repeats included."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Request

from ivr.errors import Forbidden, MalformedRequest
from ivr.telephony.form_fields import decode
from ivr.telephony.signature import RequestSignature

MAX_BODY = 64 * 1024
Pairs = list[tuple[str, str]]


def authentic_pairs(request: Request, signatures: RequestSignature, public_url: str) -> Pairs:
    """The form fields of a signed request. Raises Forbidden or MalformedRequest, nothing else.

    The signed URL is built from configuration, never from Host or forwarding headers.
    """
    if (request.content_length or 0) > MAX_BODY:
        raise MalformedRequest("the body is larger than a webhook's", code="too_large")
    body = request.get_data(cache=True)
    query = request.environ.get("QUERY_STRING", "")
    url = public_url + request.path + (f"?{query}" if query else "")
    signature = request.headers.get("X-Twilio-Signature", "")
    settings = request.headers.get("X-Twilio-Webhooks-Signature-Settings", "")
    if request.method == "GET":
        if not signatures.is_valid_get(url, signature, settings):
            raise Forbidden("the signature does not fit")
        return decode(query.encode("latin-1", "replace"))
    if request.mimetype == "application/json":
        if not signatures.is_valid_json(url, body, signature, settings):
            raise Forbidden("the signature does not fit")
        raise MalformedRequest("this address takes forms, not JSON", code="content_type")
    try:
        pairs = decode(body)
    except MalformedRequest:
        # Who cannot sign learns nothing about what we would have made of the body.
        raise Forbidden("the signature does not fit") from None
    if not signatures.is_valid_form(url, pairs, signature, settings):
        raise Forbidden("the signature does not fit")
    return pairs


def json_body(request: Request) -> Any:
    """What the JSON body says; None where it is none. No depth of brackets gets through the reader."""
    if not request.is_json or (request.content_length or 0) > MAX_BODY:
        return None
    try:
        return orjson.loads(request.get_data())
    except orjson.JSONDecodeError:
        return None
