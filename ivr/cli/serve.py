"""`ivr serve`: take calls. Binds first, prepares (prompts are rendered ahead of time), then says that it is ready.

Ctrl-C or SIGTERM drains: no new streams, running calls get a moment, sockets close so that the carrier resumes each call
elsewhere; a second signal ends at once. Exit code 0.
"""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import time
from typing import Any

import click
import uvicorn

from ivr import config
from ivr.cli.progress import progress
from ivr.cli.ready_message import ready_json, ready_lines
from ivr.errors import ConfigProblem, IvrError
from ivr.ops import logs

KEEP_ALIVE_S = 75
"""Above the proxy's, so that the proxy never writes into a connection we are closing."""
log = logs.get("serve")


@click.command()
@click.option("--host", help="Address to listen on (IVR_HOST).")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on (IVR_PORT); 0 takes a free one.")
@click.option("--bundle", type=click.Path(exists=True, file_okay=False), help="Bundle folder (IVR_BUNDLE).")
@click.option("--json", "as_json", is_flag=True, help="Say `ready` as one JSON object.")
def serve(host: str | None, port: int | None, bundle: str | None, as_json: bool) -> int:
    """Take calls: webhooks, media socket, browser phone, on one port."""
    overrides = {k: v for k, v in {"host": host, "port": port, "bundle": bundle}.items() if v is not None}
    settings = config.load(**overrides)
    listener = _bind(settings.host, settings.port)
    bound = listener.getsockname()[1]
    from ivr import app

    application: Any = app.build(settings, port=bound)
    _render_prompts(application.services)
    base = f"http://{settings.host}:{bound}"
    server = _Server(uvicorn.Config(application, ws="websockets-sansio", loop="uvloop", http="httptools", log_config=None,
                                    access_log=False, proxy_headers=False, server_header=False, lifespan="on",
                                    timeout_keep_alive=KEEP_ALIVE_S,
                                    timeout_graceful_shutdown=5, ws_max_size=64 * 1024, ws_max_queue=32,
                                    ws_ping_interval=10, ws_ping_timeout=15, ws_per_message_deflate=False),
                     application.services, lambda: _say_ready(base, application.services, as_json))
    server.run(sockets=[listener])
    return 0


def _bind(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), backlog=512, reuse_port=False)
    except OSError as error:
        raise ConfigProblem(f"cannot listen on {host}:{port}: {error.strerror}",
                            hint="another server may be running there; choose one with IVR_PORT") from error


def _render_prompts(services: Any) -> None:
    if services.prompt_audio is None:
        return
    from ivr.dialog.render import static_prompts
    from ivr.speech.prompt_audio import PromptItem

    items = [PromptItem(*item) for item in static_prompts(services.bundles.current)]
    missing = [item for item in items if not services.prompt_audio.is_cached(item)]
    if not missing:
        return
    with progress("rendering prompts", len(missing)) as step:
        for done, item in enumerate(missing, 1):
            services.prompt_audio.render_all([item])
            step(done)


def _say_ready(base: str, services: Any, as_json: bool) -> None:
    if as_json:
        print(json.dumps(ready_json(base)), flush=True)
        return
    for line in ready_lines(base, production=services.settings.is_production, has_staff=_has_staff(services),
                            hears=services.recognition is not None):
        print(line, flush=True)


def _has_staff(services: Any) -> bool:
    try:
        return bool(services.access.users.all())
    except IvrError as error:
        log.warning("nobody can be looked up", why=error.code)
        return True  # whoever has no database has more to do than to create users


class _Server(uvicorn.Server):
    """uvicorn with a drain in front of its shutdown."""

    def __init__(self, configuration: uvicorn.Config, services: Any, on_ready: Any):
        super().__init__(configuration)
        self._services, self._on_ready = services, on_ready
        self._draining = False

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_ready()

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        """Unlike uvicorn's, signals are not raised again afterwards: a drained server has ended well."""
        handled = (signal.SIGINT, signal.SIGTERM)
        before = {s: signal.signal(s, self.handle_exit) for s in handled}
        try:
            yield
        finally:
            for s, handler in before.items():
                signal.signal(s, handler)

    def handle_exit(self, sig: int, frame: Any) -> None:
        if self._draining:
            self.should_exit = self.force_exit = True
            return
        self._draining = True
        self._services.streams.draining = True
        self._drain_until = time.monotonic() + self._services.settings.drain_s

    async def on_tick(self, counter: int) -> bool:
        if self._draining and (self._services.streams.count == 0 or time.monotonic() > self._drain_until):
            self.should_exit = True
        return await super().on_tick(counter)



