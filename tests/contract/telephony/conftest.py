"""A tiny application behind the emulated carrier, and the fakes it talks to. Each test gets its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask, request

from ivr.dialog.actions import Listen, Say, Transfer
from ivr.telephony import twiml, webhook_form
from ivr.telephony.rest import TwilioRest
from ivr.testing.carrier import Carrier
from ivr.testing.ledger import Ledger
from ivr.testing.rest_fake import RestFake
from ivr.testing.serve import serve
from ivr.testing.transport import WsgiTransport

ACCOUNT, TOKEN = "AC" + "0" * 32, "secret-token"


def say(text: str, language: str = "en") -> Say:
    return Say("key", text, language)


def build() -> Flask:
    """1 is the waiting line, 2 is a stream, speech is said back, silence is asked again."""
    app = Flask("small")

    def form() -> list[tuple[str, str]]:
        return list(request.values.items(multi=True))

    def xml(document: str):
        return app.response_class(document, mimetype="text/xml")

    @app.post("/voice")
    def voice():
        webhook_form.voice_started(form())
        return xml(twiml.gather([say("Welcome."), say("Bienvenido.", "es")], Listen(1, "en"), action_url="/turn?n=1"))

    @app.post("/turn")
    def turn():
        answer = webhook_form.gather_result(form())
        if answer.digits == "1":
            return xml(twiml.enqueue(Transfer("tier2", "p", "r", "en"), action_url="/queue", wait_url="/wait"))
        if answer.digits == "2":
            return xml(twiml.stream("wss://ivr.example.org/media", {"token": "t0k"}, "/after"))
        if answer.empty:
            return xml(twiml.say_and_redirect([say("Are you there?")], "/voice"))
        said = answer.speech or answer.digits
        return xml(twiml.hangup([say(f"You said {said.reveal()}.")]))

    @app.post("/wait")
    def wait():
        room = webhook_form.queue_wait(form())
        if room.position == 1 and room.size == 3:
            return xml(twiml.leave_queue())
        return xml(twiml.waiting_room([say(f"You are number {room.position} of {room.size}.")], 5))

    @app.post("/queue")
    def queue():
        return xml(twiml.hangup([say(f"Queue said {webhook_form.queue_result(form()).result}.")]))

    @app.post("/after")
    def after():
        return xml(twiml.hangup([say("Goodbye.")]))

    @app.post("/agent")
    def agent():
        return xml(twiml.agent_dial_queue("tier2", "/dialled"))

    @app.post("/dialled")
    def dialled():
        return xml(twiml.hangup())

    @app.post("/voice/status")
    def status():
        webhook_form.call_status(form())
        return ""

    @app.post("/sms")
    def sms():
        message = webhook_form.inbound_message(form())
        return xml(twiml.message(f"Got {message.body.reveal()}") if message.body else twiml.empty())

    @app.post("/sms/status")
    def sms_status():
        webhook_form.message_status(form())
        return ""

    return app


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def small_app() -> Flask:
    return build()


@pytest.fixture
def carrier(ledger: Ledger, small_app: Flask) -> Carrier:
    return Carrier(WsgiTransport(small_app), ACCOUNT, TOKEN, ledger)


@pytest.fixture
def serving() -> Iterator[Callable[[object], str]]:
    """Serve a WSGI application for the length of the test."""
    stops = []

    def start(app: object) -> str:
        url, stop = serve(app)
        stops.append(stop)
        return url

    yield start
    for stop in stops:
        stop()


@pytest.fixture
def fake(carrier: Carrier) -> RestFake:
    return RestFake(carrier)


@pytest.fixture
def api(fake: RestFake, serving: Callable[[object], str]) -> Iterator[TwilioRest]:
    rest = TwilioRest(ACCOUNT, TOKEN, serving(fake), timeout_s=0.5)
    yield rest
    fake.release()
    rest.close()
