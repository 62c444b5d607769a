"""Personal data at rest: values are sealed with AES-256-GCM before they reach a database, and found again by a keyed hash.

A sealed value begins with a marker, the key's id and a nonce, and is bound to a context (`table.column`), so that it cannot be
moved to another column. The first key seals; every key opens, which is how keys are rotated. Called by the stores only.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ivr.errors import ConfigProblem

_MARK = b"\x01ivr"
_NONCE_BYTES, _ID_BYTES = 12, 4


class SecretBox:
    """Seals and opens values. Safe to use from several threads."""

    def __init__(self, keys: Sequence[str], index_key: str = ""):
        """`keys`: secrets of any length, the one in force first. `index_key` keys the hashes that values are looked up by and
        stays when `keys` are rotated; empty takes the last (oldest) of them."""
        if not keys or not all(keys):
            raise ConfigProblem("a key for personal data is empty", hint="set IVR_DATA_KEYS to one or more random words")
        self._ciphers = {_key_id(k): AESGCM(_derived(k, b"ivr column")) for k in keys}
        self._first = _key_id(keys[0])
        self._index_key = _derived(index_key or keys[-1], b"ivr blind index")

    def seal(self, plain: bytes, context: str) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return _MARK + self._first + nonce + self._ciphers[self._first].encrypt(nonce, plain, context.encode())

    def open(self, sealed: bytes, context: str) -> bytes:
        """Raises ConfigProblem when no key fits. What was written before there were keys comes back as it is."""
        if not sealed.startswith(_MARK):
            return sealed
        cipher = self._ciphers.get(self.key_id(sealed))
        start = len(_MARK) + _ID_BYTES
        try:
            if cipher is None:
                raise InvalidTag
            return cipher.decrypt(sealed[start:start + _NONCE_BYTES], sealed[start + _NONCE_BYTES:], context.encode())
        except InvalidTag:
            raise ConfigProblem(f"a value in {context} was sealed with a key that is not in IVR_DATA_KEYS",
                                hint="add the former key behind the present one") from None

    def is_current(self, sealed: bytes) -> bool:
        """Whether it is sealed with the key in force; False asks for sealing it anew."""
        return sealed.startswith(_MARK) and self.key_id(sealed) == self._first

    @property
    def current_prefix(self) -> bytes:
        """What every value sealed with the key in force begins with."""
        return _MARK + self._first

    @property
    def fingerprint(self) -> list[str]:
        """Which keys these are, in order, and nothing of what they are."""
        return [key_id.hex() for key_id in self._ciphers]

    @staticmethod
    def key_id(sealed: bytes) -> bytes:
        return sealed[len(_MARK):len(_MARK) + _ID_BYTES]

    def index(self, value: str, context: str) -> str:
        """The hash under which `value` is looked up: equal values give equal hashes, within one context only."""
        return hmac.new(self._index_key, f"{context}\0{value}".encode(), hashlib.sha256).hexdigest()


def _key_id(key: str) -> bytes:
    return hashlib.sha256(b"ivr key id\0" + key.encode()).digest()[:_ID_BYTES]


def _derived(key: str, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, None, purpose).derive(key.encode())
