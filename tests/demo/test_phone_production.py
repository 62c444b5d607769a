"""In production there is no browser phone, and no pretended carrier."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ivr import config
from ivr.app import build
from ivr.demo.backstage import Backstage
from ivr.demo.phone import blueprint
from ivr.runtime.services import Services
from ivr.web.app import create_app
from tests.live.server import ROOT

PRODUCTION = {
    "IVR_ENV": "production", "IVR_SECRET_KEY": "k" * 32, "IVR_DATA_KEYS": "d" * 32, "IVR_TWILIO_ACCOUNT_SID": "AC" + "1" * 32,
    "IVR_TWILIO_AUTH_TOKEN": "2" * 32, "IVR_PUBLIC_URL": "https://ivr.example.org", "IVR_WORKER": "off"}
OWN = {"Host": "127.0.0.1:8080", "Origin": "http://127.0.0.1:8080"}


def _client(app: Flask) -> FlaskClient:
    return app.test_client(use_cookies=False)


def test_in_production_every_address_of_the_phone_is_404(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A server keeps its loggers for good; in this process other tests listen to them later.
    monkeypatch.setattr("ivr.app.logs.configure", lambda *_, **__: None)
    settings = config.load(PRODUCTION, var_dir=tmp_path, bundle=ROOT / "flows/starter")
    application = build(settings, speech=False)
    try:
        flask_app = create_app(application.services)  # type: ignore[attr-defined]
        assert not [rule for rule in flask_app.url_map.iter_rules() if rule.rule.startswith("/phone")]
        client = _client(application._pages.app)  # type: ignore[attr-defined]
        for path in ("/phone", "/phone/", "/phone/static/page.js", "/phone/samples"):
            assert client.get(path).status_code == 404
        for path in ("/phone/calls", "/phone/say", "/phone/calls/CA1/hangup"):
            assert client.post(path, json={}, headers=OWN).status_code == 404
    finally:
        application._on_close()


@pytest.fixture
def without_speech(tmp_path: Path) -> Iterator[FlaskClient]:
    settings = config.load({}, var_dir=tmp_path, bundle=ROOT / "flows/starter", worker="off")
    backstage = Backstage(settings)
    services = Services(backstage.settings, speech=False)
    app = create_app(services)
    app.register_blueprint(blueprint(services, backstage))
    yield _client(app)
    services.close()
    backstage.close()


def test_without_a_recogniser_the_page_warns_and_no_call_begins(without_speech: FlaskClient) -> None:
    page = without_speech.get("/phone", headers={"Host": "127.0.0.1:8080"})
    assert b'"recognizer": false' in page.data
    answer = without_speech.post("/phone/calls", json={}, headers=OWN)
    assert (answer.status_code, answer.get_json()["error"]) == (409, "no_recognizer")


def test_both_languages_have_the_same_words_and_every_bundle_has_sentences(without_speech: FlaskClient) -> None:
    from ivr.demo.phone import words

    assert words("en").keys() == words("es").keys()
    samples = without_speech.get("/phone/samples").get_json()
    assert all(sample["en"] and sample["es"] and sample["intent"] for sample in samples)
