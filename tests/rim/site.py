"""The real application in this process, with the carrier emulator in front of it and its ledger as the judge."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from ivr import config
from ivr.runtime.services import Services
from ivr.testing.carrier import Carrier
from ivr.testing.emulated_call import EmulatedCall
from ivr.testing.ledger import Ledger
from ivr.testing.mail_sink import MailSink
from ivr.testing.rest_fake import RestFake
from ivr.testing.serve import serve
from ivr.testing.transport import WsgiTransport
from ivr.testing.webhook_sender import Faults
from ivr.web.app import create_app

ROOT = Path(__file__).parent.parent.parent
ACCOUNT, TOKEN, NEXT_TOKEN = "AC" + "1" * 32, "2" * 32, "3" * 32
PUBLIC_URL = "https://ivr.example.org"
TUESDAY = datetime.fromisoformat("2026-03-10T10:05:00-04:00")
SATURDAY = datetime.fromisoformat("2026-03-14T10:05:00-04:00")


STORES: dict[str, str] = {}
"""Settings of the stores that the present test runs on; empty is SQLite in its folder. Set by `on_every_store`."""


class StoppedClock:
    """Moves only when a test says so."""

    def __init__(self, start: datetime):
        self.time = start.astimezone(UTC)

    def now(self) -> datetime:
        return self.time

    def monotonic_s(self) -> float:
        return self.time.timestamp()

    def advance(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


class Site:
    def __init__(self, services: Services, carrier: Carrier, rest: RestFake, mail: MailSink, app: Any):
        self.services, self.carrier, self.rest, self.mail, self.app = services, carrier, rest, mail, app
        self.ledger = carrier.ledger
        self.clock: StoppedClock = services.clock  # type: ignore[assignment]

    def call(self, **kwargs: Any) -> EmulatedCall:
        return self.carrier.call(**kwargs)

    def work(self) -> None:
        """Let the worker perform what is due."""
        while self.services.worker.work_once():
            pass

    def promises(self, kind: str) -> list[dict[str, Any]]:
        return [p for p in self.services.promises.all() if p["kind"] == kind]


@contextmanager
def site(folder: Path, at: datetime = TUESDAY, faults: Faults | None = None, **settings: Any) -> Iterator[Site]:
    clock = StoppedClock(at)
    ledger = Ledger(clock.now)
    relay: dict[str, Any] = {}
    carrier = Carrier(WsgiTransport(lambda e, s: relay["app"](e, s)), ACCOUNT, TOKEN, ledger, PUBLIC_URL,
                      fallback_url=f"{PUBLIC_URL}/voice/fallback", faults=faults)
    rest = RestFake(carrier)
    rest_url, stop = serve(rest)
    mail = MailSink(ledger)
    mail.start()
    shared = ROOT / "var/test-intents"
    shared.mkdir(parents=True, exist_ok=True)
    if not (folder / "intents").exists():
        (folder / "intents").symlink_to(shared)
    values = {"bundle": ROOT / "flows/uscis", "var_dir": folder, "worker": "off", "public_url": PUBLIC_URL,
              "recognizer": "twilio", "twilio_account_sid": ACCOUNT, "twilio_auth_token": SecretStr(TOKEN),
              "twilio_auth_token_next": SecretStr(NEXT_TOKEN), "twilio_from": "+18005550100", "twilio_api_base": rest_url,
              "smtp_url": SecretStr(f"smtp://127.0.0.1:{mail.port}"), "mail_from": "no-reply@ivr.example.org", **STORES, **settings}
    services = Services(config.load({}, **values), clock=clock, speech=False)
    relay["app"] = create_app(services)
    services.ready = True
    try:
        yield Site(services, carrier, rest, mail, relay["app"])
    finally:
        services.close()
        stop()
        mail.stop()
