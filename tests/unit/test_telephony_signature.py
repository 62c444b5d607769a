"""Our signature check: Twilio's published vectors, the SDK as oracle, and what the SDK gets wrong."""

from __future__ import annotations

import hashlib

import pytest
from twilio.request_validator import RequestValidator

from ivr.errors import ConfigProblem
from ivr.telephony.signature import RequestSignature, sign_form, sign_json

# The example of Twilio's security page and of its SDKs' own tests.
TOKEN = "12345"
URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
PARAMS = [("CallSid", "CA1234567890ABCDE"), ("Digits", "1234"), ("From", "+14158675309"), ("To", "+18005551212"),
          ("Caller", "+14158675309")]
SIGNATURE = "RSOYDt4T1cUTdK1PDd93/VVr8B8="

check = RequestSignature([TOKEN])


def test_the_published_vector():
    assert sign_form(TOKEN, URL, PARAMS) == SIGNATURE
    assert check.is_valid_form(URL, PARAMS, SIGNATURE)
    assert check.is_valid_form(URL, PARAMS[::-1], SIGNATURE)


@pytest.mark.parametrize("url,params,signature", [
    (URL + "x", PARAMS, SIGNATURE), (URL, PARAMS[1:], SIGNATURE), (URL, [*PARAMS, ("x", "")], SIGNATURE),
    (URL, [*PARAMS, ("x", "y")], SIGNATURE), (URL, PARAMS, SIGNATURE[:-2]), (URL, PARAMS, ""),
    (URL, PARAMS, SIGNATURE + "\n"), (URL.replace("https", "http"), PARAMS, SIGNATURE),
    (URL.replace("mycompany", "other"), PARAMS, SIGNATURE)])
def test_anything_else_is_refused(url, params, signature):
    assert not check.is_valid_form(url, params, signature)


def test_another_account_is_refused():
    assert not check.is_valid_form(URL, PARAMS, sign_form("54321", URL, PARAMS))


@pytest.mark.parametrize("asked,signed", [
    ("https://h.example/x", "https://h.example:443/x"), ("https://h.example:443/x", "https://h.example/x"),
    ("https://h.example:8443/x", "https://h.example/x"), ("https://h.example:8443/x", "https://h.example:8443/x"),
    ("http://h.example/x", "http://h.example:80/x"), ("https://[::1]:8443/x", "https://[::1]/x"),
    ("https://[::1]/x", "https://[::1]:443/x"), ("https://h.example", "https://h.example:443")])
def test_the_port_may_be_written_or_not(asked, signed):
    assert check.is_valid_form(asked, PARAMS, sign_form(TOKEN, signed, PARAMS))


@pytest.mark.parametrize("asked,signed", [
    ("https://h.example/x", "https://h.example:8443/x"), ("https://h.example:8443/x", "https://h.example:443/x"),
    ("https://h.example/x", "https://h.example:80/x")])
def test_another_port_is_another_url(asked, signed):
    assert not check.is_valid_form(asked, PARAMS, sign_form(TOKEN, signed, PARAMS))


def test_repeated_names_are_sorted_without_doubles():
    sent = [("a", "2"), ("a", "1"), ("a", "2"), ("B", "")]
    assert sign_form(TOKEN, URL, sent) == sign_form(TOKEN, URL, [("B", ""), ("a", "1"), ("a", "2")])
    assert check.is_valid_form(URL, sent, sign_form(TOKEN, URL + "Ba1a2"))


def test_blank_fields_count():
    assert check.is_valid_form(URL, [("a", ""), ("b", " x ")], sign_form(TOKEN, URL + "ab x "))
    assert not check.is_valid_form(URL, [("b", " x ")], sign_form(TOKEN, URL + "ab x "))


def test_two_secrets_during_a_rotation():
    both = RequestSignature(["new", TOKEN])
    for secret in ("new", TOKEN):
        assert both.is_valid_form(URL, PARAMS, sign_form(secret, URL, PARAMS))
    assert not RequestSignature(["new"]).is_valid_form(URL, PARAMS, SIGNATURE)


@pytest.mark.parametrize("secrets", [[], [""], ["a", ""], "12345"])
def test_an_empty_secret_is_no_secret(secrets):
    with pytest.raises(ConfigProblem):
        RequestSignature(secrets)


def test_a_get_is_signed_by_its_url():
    assert check.is_valid_get(URL, sign_form(TOKEN, URL))
    assert not check.is_valid_get(URL + "&x=1", sign_form(TOKEN, URL))


class TestJson:
    BODY = b'{"event": "ok"}'

    def test_good(self):
        url, signature = sign_json(TOKEN, URL, self.BODY)
        assert check.is_valid_json(url, self.BODY, signature)

    def test_other_body(self):
        url, signature = sign_json(TOKEN, URL, self.BODY)
        assert not check.is_valid_json(url, self.BODY + b" ", signature)

    def test_no_hash_is_not_good(self):
        assert not check.is_valid_json(URL, self.BODY, sign_form(TOKEN, URL))

    def test_hash_of_ours_without_the_signature(self):
        url = f"{URL}&bodySHA256={hashlib.sha256(self.BODY).hexdigest()}"
        assert not check.is_valid_json(url, self.BODY, "x")

    def test_two_hashes(self):
        url, _ = sign_json(TOKEN, URL, self.BODY)
        url, signature = sign_json(TOKEN, url, b"other")
        assert not check.is_valid_json(url, self.BODY, signature)


class TestUpgrade:
    @pytest.mark.parametrize("asked,signed", [
        ("wss://h/media", "wss://h/media"), ("wss://h/media", "wss://h/media/"), ("wss://h/media/", "wss://h/media"),
        ("wss://h/media", "wss://h:443/media"), ("wss://h:443/media", "wss://h/media/"),
        ("https://h/media", "wss://h/media"), ("ws://127.0.0.1:5000/media", "ws://127.0.0.1:5000/media"),
        ("wss://h/media?b=2&a=1", "wss://h/media?b=2&a=1")])
    def test_spellings(self, asked, signed):
        assert check.is_valid_upgrade(asked, sign_form(TOKEN, signed))

    def test_query_as_fields(self):
        signature = sign_form(TOKEN, "wss://h/relay", [("a", "1"), ("b", "2")])
        assert check.is_valid_upgrade("wss://h/relay?b=2&a=1", signature)

    @pytest.mark.parametrize("signed", ["wss://h/other", "https://h/media", "wss://h:8443/media", "ws://h/media"])
    def test_refused(self, signed):
        assert not check.is_valid_upgrade("wss://h/media", sign_form(TOKEN, signed))


class TestSharedKey:
    BOTH = RequestSignature([TOKEN], {"key1": "secret1"})
    SETTINGS = "key=key1,algorithm=HMAC_SHA256"

    def test_sha256(self):
        signature = sign_form("secret1", URL, PARAMS, algorithm="sha256")
        assert signature == RequestValidator("secret1").compute_signature(URL, dict(PARAMS), "HMAC_SHA256")
        assert self.BOTH.is_valid_form(URL, PARAMS, signature, self.SETTINGS)

    @pytest.mark.parametrize("settings", ["key=key2,algorithm=HMAC_SHA256", "key=key1,algorithm=HMAC_MD5",
                                          "key=key1", "algorithm=HMAC_SHA256", ",,=,"])
    def test_unknown_settings_are_refused(self, settings):
        for algorithm in ("sha1", "sha256"):
            for secret in ("secret1", TOKEN):
                signature = sign_form(secret, URL, PARAMS, algorithm=algorithm)
                assert not self.BOTH.is_valid_form(URL, PARAMS, signature, settings)

    def test_settings_may_not_switch_the_token_to_sha256(self):
        assert not self.BOTH.is_valid_form(URL, PARAMS, sign_form(TOKEN, URL, PARAMS, algorithm="sha256"))


class TestBetterThanTheSdk:
    """The four gaps of twilio 9.13: each shown on the SDK, then on ours."""

    sdk = RequestValidator(TOKEN)

    def test_password_and_port(self):
        url, without = "https://user:pass@h.example:8443/x", "https://user:pass@h.example/x"
        signature = sign_form(TOKEN, without)
        assert not self.sdk.validate(url, {}, signature)
        assert check.is_valid_form(url, [], signature)
        assert not check.is_valid_form(url, [], sign_form(TOKEN, "https://user/x"))

    def test_wss_port(self):
        signature = sign_form(TOKEN, "wss://h.example:443/x")
        assert not self.sdk.validate("wss://h.example/x", {}, signature)
        assert check.is_valid_form("wss://h.example/x", [], signature)

    def test_json_without_its_hash(self):
        with pytest.raises(TypeError):
            self.sdk.validate(URL, '{"a": 1}', SIGNATURE)
        assert not check.is_valid_json(URL, b'{"a": 1}', SIGNATURE)

    def test_comparison_takes_constant_time(self, monkeypatch):
        import hmac

        calls = []
        monkeypatch.setattr(hmac, "compare_digest", lambda a, b: calls.append((a, b)) or a == b)
        assert check.is_valid_form(URL, PARAMS, SIGNATURE)
        assert len(calls) == 2, "every spelling of the URL is tried, also after a match"


@pytest.mark.parametrize("junk", [None, 1, b"x", [], {}, "\ud800", "\x00", "x" * 100_000, "é"])
def test_junk_is_false(junk):
    assert check.is_valid_form(junk, PARAMS, SIGNATURE) is False
    assert check.is_valid_form(URL, PARAMS, junk) is False
    assert check.is_valid_form(URL, PARAMS, SIGNATURE, junk) is (junk in ("", [], {}, None) and isinstance(junk, str))
    assert check.is_valid_form(URL, [(junk, "x")], SIGNATURE) is False
    assert check.is_valid_form(URL, junk, SIGNATURE) is False
    assert check.is_valid_json(URL, junk, SIGNATURE) is False
    assert check.is_valid_json(junk, b"", SIGNATURE) is False
    assert check.is_valid_upgrade(junk, SIGNATURE) is False
    assert check.is_valid_get("https://h:port:port/@@[", junk) is False
