"""Who sent this request? Twilio's signature over the public URL and the form, checked and made. Pure.

`base64(HMAC-SHA1(secret, URL + name + value ...))`, names sorted, the values of a repeated name de-duplicated and
sorted. Twilio's own back end is not consistent about the port, so the URL is tried as configured, without a port and
with the scheme's default port. The URL must be built from configuration, never from a header of an untrusted hop.

The `is_valid_*` functions never raise, whatever they are given: anything malformed is False. Comparison takes constant
time and every candidate is tried. Called by the webhook routes and the media upgrade; `sign_*` by the emulator.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import parse_qsl

from ivr.errors import ConfigProblem

Params = Sequence[tuple[str, str]]

SIGNATURE_HEADER = "X-Twilio-Signature"
SETTINGS_HEADER = "X-Twilio-Webhooks-Signature-Settings"
"""`key=...,algorithm=HMAC_SHA256` when the request was signed with a shared key and not with the AuthToken."""

_DEFAULT_PORTS = {"https": 443, "wss": 443, "http": 80, "ws": 80}
_URL = re.compile(r"([a-z][a-z0-9+.-]*)://(?:([^/?#]*)@)?(\[[^\]/?#]*\]|[^:@/?#]*)(?::([0-9]{0,5}))?([/?#].*)?",
                  re.ASCII | re.DOTALL | re.IGNORECASE)
MAX_URL = 8192
MAX_QUERY_FIELDS = 200


class RequestSignature:
    """Checks requests against the secrets that are valid now: two during a rotation."""

    def __init__(self, secrets: Sequence[str], shared_keys: Mapping[str, str] | None = None):
        if isinstance(secrets, str) or not secrets or not all(secrets):
            raise ConfigProblem("no secret to check Twilio's signature with, expected the account's primary AuthToken")
        if not all((shared_keys or {}).values()):
            raise ConfigProblem("a shared webhook key is empty, expected its secret")
        self._secrets = tuple(secrets)
        self._shared_keys = dict(shared_keys or {})
        """Shared keys by id, for accounts that sign with SHA-256."""

    def is_valid_form(self, url: str, params: Params, signature: str, settings: str = "") -> bool:
        """A form POST: `params` are all fields received, blank ones too, untrimmed. For GET use `is_valid_get`."""
        pairs = _pairs(params)
        return pairs is not None and self._any(_url_variants(url), (pairs,), signature, settings)

    def is_valid_get(self, url: str, signature: str, settings: str = "") -> bool:
        """A GET: the fields are in the URL's query and are signed as part of it."""
        return self.is_valid_form(url, (), signature, settings)

    def is_valid_json(self, url: str, body: bytes, signature: str, settings: str = "") -> bool:
        """A body that is no form: the URL must carry `bodySHA256`, and the body must have that hash."""
        if not isinstance(url, str) or not isinstance(body, bytes):
            return False
        hashes = [v for k, v in _query_pairs(_split_query(url)[1]) if k == "bodySHA256"]
        if len(hashes) != 1 or not _same(hashlib.sha256(body).hexdigest(), hashes[0].lower()):
            return False
        return self.is_valid_get(url, signature, settings)

    def is_valid_upgrade(self, url: str, signature: str, settings: str = "") -> bool:
        """The upgrade of a media socket. Carriers differ in the trailing slash, the port, and in whether a query is
        signed as text or as sorted fields: each form is accepted."""
        if not isinstance(url, str):
            return False
        url = re.sub(r"^http(s?)://", r"ws\1://", url, flags=re.IGNORECASE)
        bare, query = _split_query(url)
        slashed = bare.rstrip("/") + "/"
        for path in (slashed[:-1], slashed):
            as_text = path + ("?" + query if query else "")
            if self._any(_url_variants(as_text), ((),), signature, settings):
                return True
            if query and self._any(_url_variants(path), (_query_pairs(query),), signature, settings):
                return True
        return False

    def _any(self, urls: Iterable[str], forms: Iterable[Params], signature: object, settings: object) -> bool:
        if not isinstance(signature, str) or not isinstance(settings, str) or len(signature) > 128:
            return False
        secrets, algorithm = self._keys(settings)
        found = False
        for url in urls:
            for params in forms:
                for secret in secrets:
                    found |= _same(_sign(secret, url, params, algorithm), signature)
        return found

    def _keys(self, settings: str) -> tuple[Sequence[str], str]:
        """Secrets and algorithm. A settings header that we do not know leaves no secret, hence no valid signature."""
        if not settings:
            return self._secrets, "sha1"
        named = dict(part.strip().partition("=")[::2] for part in settings.split(","))
        secret = self._shared_keys.get(named.get("key", ""))
        if secret is None or named.get("algorithm") != "HMAC_SHA256":
            return (), "sha256"
        return (secret,), "sha256"


def sign_form(secret: str, url: str, params: Params = (), *, algorithm: str = "sha1") -> str:
    """The signature Twilio would send. Used by the emulator and by tests."""
    return _sign(secret, url, params, algorithm)


def sign_json(secret: str, url: str, body: bytes) -> tuple[str, str]:
    """The URL with its body hash, and the signature."""
    joined = f"{url}{'&' if '?' in url else '?'}bodySHA256={hashlib.sha256(body).hexdigest()}"
    return joined, _sign(secret, joined, (), "sha1")


def _sign(secret: str, url: str, params: Params, algorithm: str) -> str:
    text = url + "".join(name + value for name, value in sorted(set(params)))
    digest = hmac.new(_bytes(secret), _bytes(text), algorithm).digest()
    return b64encode(digest).decode("ascii")


def _same(expected: str, given: str) -> bool:
    return hmac.compare_digest(_bytes(expected), _bytes(given))


def _bytes(text: str) -> bytes:
    """A lone surrogate cannot come from Twilio; it must give a wrong signature, not an error."""
    return str.encode(text, "utf-8", "surrogatepass")


def _pairs(params: object) -> Params | None:
    if not isinstance(params, (list, tuple)):
        return None
    for pair in params:
        if not (isinstance(pair, tuple) and len(pair) == 2 and all(isinstance(part, str) for part in pair)):
            return None
    return params


def _url_variants(url: object) -> tuple[str, ...]:
    """As given, without a port, and with the default port where none is given."""
    if not isinstance(url, str) or len(url) > MAX_URL:
        return ()
    match = _URL.fullmatch(url)
    if match is None:
        return (url,)
    scheme, user, host, port, rest = match.groups()
    front = f"{scheme}://{user + '@' if user is not None else ''}{host}"
    variants = [url, front + (rest or "")]
    default = _DEFAULT_PORTS.get(scheme.lower())
    if not port and default:
        variants.append(f"{front}:{default}{rest or ''}")
    return tuple(dict.fromkeys(variants))


def _split_query(url: str) -> tuple[str, str]:
    bare, _, query = url.partition("#")[0].partition("?")
    return bare, query


def _query_pairs(query: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query, keep_blank_values=True, max_num_fields=MAX_QUERY_FIELDS)
    except ValueError:
        return []
