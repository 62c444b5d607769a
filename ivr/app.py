"""Composition root: settings in, one ASGI application out. The only module that knows every part."""

from __future__ import annotations

from ivr import config
from ivr.config import Settings
from ivr.ops import logs
from ivr.runtime.services import Services
from ivr.web.app import create_app
from ivr.web.asgi import Application


def build(settings: Settings | None = None, *, port: int | None = None, speech: bool = True) -> Application:
    """Services, Flask, media, and in development the demo parts (browser phone, pretended carrier and mail server)."""
    settings = settings or config.load()
    logs.configure(settings.log_level, buffered=True)
    closers = []
    demo = None
    if not settings.is_production:
        from ivr.demo.backstage import Backstage

        demo = Backstage(settings, port=port)
        settings = demo.settings
        closers.append(demo.close)
    services = Services(settings, speech=speech, port=port)
    closers.insert(0, services.close)
    flask_app = create_app(services)
    if demo is not None:
        from ivr.demo.phone import blueprint

        flask_app.register_blueprint(blueprint(services, demo))

    def close() -> None:
        for each in closers:
            each()

    application = Application(services, flask_app, close)
    application.services = services  # type: ignore[attr-defined]
    return application
