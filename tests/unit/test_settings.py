"""Settings: typed, all problems in one message, dangerous ones refused in production, documented."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr import config
from ivr.errors import ConfigProblem

ROOT = Path(__file__).parent.parent.parent
PRODUCTION = {"IVR_ENV": "production", "IVR_DATA_KEYS": "d" * 32,
              "IVR_TWILIO_AUTH_TOKEN": "t", "IVR_TWILIO_ACCOUNT_SID": "AC1",
              "IVR_PUBLIC_URL": "https://ivr.example.org"}


def test_the_reference_page_is_what_the_code_says() -> None:
    assert (ROOT / "docs/reference/settings.md").read_text() == config.reference_markdown()


def test_defaults_are_for_trying_things_out() -> None:
    settings = config.load({})
    assert (settings.env, settings.host, settings.port) == ("development", "127.0.0.1", 8080)
    assert settings.media_require_signature
    assert settings.media_require_token


@pytest.mark.parametrize(("more", "named"), [
    ({"IVR_MEDIA_REQUIRE_SIGNATURE": "0"}, "IVR_MEDIA_REQUIRE_SIGNATURE"), ({"IVR_MEDIA_REQUIRE_TOKEN": "0"}, "IVR_MEDIA_REQUIRE_TOKEN"),
    ({"IVR_NOW": "2026-03-10T10:05:00-05:00"}, "IVR_NOW"), ({"IVR_CRASH_AT": "x"}, "IVR_CRASH_AT"),
    ({"IVR_PUBLIC_URL": "http://ivr.example.org"}, "IVR_PUBLIC_URL")])
def test_what_production_refuses(more: dict[str, str], named: str) -> None:
    assert config.load(PRODUCTION).is_production
    with pytest.raises(ConfigProblem, match=named):
        config.load({**PRODUCTION, **more})


def test_every_bad_setting_is_named_at_once() -> None:
    with pytest.raises(ConfigProblem) as caught:
        config.load({"IVR_PORT": "many", "IVR_ENV": "test", "IVR_NOW": "2026-03-10"})
    for name in ("IVR_PORT", "IVR_ENV", "IVR_NOW"):
        assert name in str(caught.value)


def test_a_secret_may_come_from_a_file_and_is_never_shown(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("very-secret\n")
    settings = config.load({"IVR_TWILIO_AUTH_TOKEN_FILE": str(tmp_path / "token"), "IVR_TWILIO_AUTH_TOKEN_NEXT": "next-secret"})
    assert settings.tokens() == ("very-secret", "next-secret")
    assert "secret" not in repr(settings).replace("client_secret", "")
    with pytest.raises(ConfigProblem, match="IVR_SMTP_URL_FILE"):
        config.load({"IVR_SMTP_URL_FILE": str(tmp_path / "missing")})
    assert config.sources({"IVR_PORT": "1", "IVR_SMTP_URL_FILE": "x"})["port"] == "IVR_PORT"
