"""Run a WSGI application on a free loopback port: the REST fake for the product under test, or a product for the
emulated carrier. A thread of its own with werkzeug's threaded server; for tests and demos only."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Request lines can hold numbers, and a test has its ledger."""


def serve(app: Any, host: str = "127.0.0.1") -> tuple[str, Callable[[], None]]:
    """Returns the base URL and a function that stops the server and waits for its thread."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server(host, 0, app, threaded=True, request_handler=_Quiet)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="serve", daemon=True)
    thread.start()

    def stop() -> None:
        release = getattr(app, "release", None)
        if release is not None:
            release()
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)

    return f"http://{host}:{server.server_port}", stop
