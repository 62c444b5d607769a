"""Webhooks signed with a shared key: vectors worked out here and not by the code under test, rotation, and no way down to SHA-1."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest

from ivr.config import load
from ivr.errors import ConfigProblem
from ivr.telephony.signature import RequestSignature

URL = "https://ivr.example.org/voice?x=1"
PARAMS = [("To", "+18005550100"), ("CallSid", "CA1"), ("From", "+12025550143"), ("From", "+12025550143"), ("Empty", "")]
TEXT = b"https://ivr.example.org/voice?x=1CallSidCA1EmptyFrom+12025550143To+18005550100"
SIGNATURES = RequestSignature(("token",), {"WK1": "first", "WK2": "second"})


def signed(secret: str, algorithm: str, text: bytes = TEXT) -> str:
    return base64.b64encode(hmac.new(secret.encode(), text, getattr(hashlib, algorithm)).digest()).decode()


def test_a_vector_of_another_program() -> None:
    # printf %s TEXT | openssl dgst -sha256 -hmac first -binary | base64
    vector = "haIk67DrW4x++GxkFVRlfrTv5VLHhl+TLLbYkWpVXjI="
    assert SIGNATURES.is_valid_form(URL, PARAMS, vector, "key=WK1,algorithm=HMAC_SHA256")
    assert not SIGNATURES.is_valid_form(URL, [*PARAMS, ("More", "x")], vector, "key=WK1,algorithm=HMAC_SHA256")


@pytest.mark.parametrize("settings", ["key=WK1,algorithm=HMAC_SHA256", "algorithm=HMAC_SHA256,key=WK1", "key=WK1, algorithm=HMAC_SHA256"])
def test_a_shared_key_is_found_by_its_name(settings: str) -> None:
    assert SIGNATURES.is_valid_form(URL, PARAMS, signed("first", "sha256"), settings)
    assert not SIGNATURES.is_valid_form(URL, PARAMS, signed("second", "sha256"), settings)


def test_two_keys_are_valid_during_a_rotation_and_the_token_beside_them() -> None:
    assert SIGNATURES.is_valid_form(URL, PARAMS, signed("second", "sha256"), "key=WK2,algorithm=HMAC_SHA256")
    assert SIGNATURES.is_valid_form(URL, PARAMS, signed("token", "sha1"))
    assert SIGNATURES.is_valid_get("https://ivr.example.org/a", signed("first", "sha256", b"https://ivr.example.org/a"),
                                   "key=WK1,algorithm=HMAC_SHA256")


@pytest.mark.parametrize(("secret", "algorithm", "settings"), [
    ("first", "sha1", "key=WK1,algorithm=HMAC_SHA1"), ("first", "sha1", "key=WK1,algorithm=HMAC_SHA256"), ("first", "sha1", "key=WK1"),
    ("token", "sha1", "key=WK1,algorithm=HMAC_SHA1"), ("token", "sha1", "algorithm=HMAC_SHA1"), ("token", "sha256", ""),
    ("token", "sha256", "algorithm=HMAC_SHA256"), ("token", "sha256", "key=,algorithm=HMAC_SHA256"), ("first", "sha256", ""),
    ("first", "sha512", "key=WK1,algorithm=HMAC_SHA512"), ("first", "sha256", "key=WK1,algorithm=none"),
    ("first", "sha256", "key=WK9,algorithm=HMAC_SHA256"), ("", "sha256", "key=WK9,algorithm=HMAC_SHA256"),
    ("first", "sha256", "key=WK1,algorithm=HMAC_SHA256,algorithm=HMAC_SHA1"), ("token", "sha1", "key"), ("token", "sha1", ","),
    ("token", "sha1", "=")])
def test_no_other_algorithm_and_no_way_down(secret: str, algorithm: str, settings: str) -> None:
    assert not SIGNATURES.is_valid_form(URL, PARAMS, signed(secret, algorithm), settings)


def test_without_shared_keys_the_header_opens_nothing() -> None:
    plain = RequestSignature(("token",))
    assert not plain.is_valid_form(URL, PARAMS, signed("token", "sha256"), "key=token,algorithm=HMAC_SHA256")
    assert not plain.is_valid_form(URL, PARAMS, signed("token", "sha1"), "key=token,algorithm=HMAC_SHA1")


def test_the_setting() -> None:
    assert load({"IVR_TWILIO_SHARED_KEYS": "WK1=a=b  WK2=c"}).shared_keys() == {"WK1": "a=b", "WK2": "c"}
    assert load({}).shared_keys() == {}
    with pytest.raises(ConfigProblem) as problem:
        load({"IVR_TWILIO_SHARED_KEYS": "just-a-secret"}).shared_keys()
    assert "just-a-secret" not in str(problem.value)
