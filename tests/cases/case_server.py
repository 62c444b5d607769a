"""A case system on a loopback port, over real HTTP, that does to each receipt number what its test says."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

ID, SECRET = "client-1", "secret/with+signs&more"
RECEIPT = "IOE0000000001"


def payload(receipt: str = RECEIPT, **status: Any) -> dict[str, Any]:
    """A good answer in the published shape, with the identity that a gateway of the deployment adds."""
    return {"message": "found", "identity": {"answers": {"date_of_birth": "1990-05-04"}, "representatives": ["+12025550143"]},
            "case_status": {"receiptNumber": receipt, "formType": "N400", "submittedDate": "01-15-2025 09:00:00",
                            "modifiedDate": "03-02-2025 14:28:46", "current_case_status_text_en": "Case Was Received",
                            "current_case_status_text_es": "Se recibió su caso", "hist_case_status": None, **status}}


class CaseServer:
    """`does`: receipt -> what happens to a request for it, with the handler as its argument; others get a good answer."""

    def __init__(self) -> None:
        self.does: dict[str, Callable[[Any], None]] = {}
        self.requests: list[str] = []
        self.tokens = 0
        self.token_does: Callable[[Any], None] | None = None
        self.token_life: Any = 1800
        self.refused: set[str] = set()
        """Tokens that are no longer good."""
        self.over = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer.give_token(self)

            def do_GET(self) -> None:
                outer.give_case(self)

            def log_message(self, *args: Any) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        self.origin = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.url, self.token_url = f"{self.origin}/case-status", f"{self.origin}/oauth/accesstoken"

    def close(self) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()

    def give_token(self, handler: Any) -> None:
        form = parse_qs(handler.rfile.read(int(handler.headers["Content-Length"])).decode())
        self.tokens += 1
        if self.token_does:
            return self.token_does(handler)
        if form != {"grant_type": ["client_credentials"], "client_id": [ID], "client_secret": [SECRET]}:
            return answer(handler, 401, {})
        answer(handler, 200, {"access_token": f"token-{self.tokens}", "expires_in": self.token_life, "token_type": "BearerToken"})

    def give_case(self, handler: Any) -> None:
        self.requests.append(handler.path)
        token = handler.headers.get("Authorization", "").removeprefix("Bearer ")
        if not token.startswith("token-") or token in self.refused:
            return answer(handler, 401, {})
        receipt = handler.path.rpartition("/")[2]
        self.does.get(receipt, lambda h: answer(h, 200, payload(receipt)))(handler)

    # -- what it may do -----------------------------------------------------------------------------------------

    def slow(self, handler: Any) -> None:
        """No answer before the test is over."""
        self.over.wait(20)

    def endless(self, handler: Any) -> None:
        """A byte now and then, for ever: each read is fast, and the answer never comes."""
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
        self._drip(handler, b" ")

    def endless_headers(self, handler: Any) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
        self._drip(handler, b"x")

    def _drip(self, handler: Any, byte: bytes) -> None:
        while not self.over.wait(0.02):
            try:
                handler.wfile.write(byte)
                handler.wfile.flush()
            except OSError:
                return

    def flood(self, handler: Any) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
        for _ in range(1000):
            handler.wfile.write(b"[" * 1024)

    def closing(self, handler: Any) -> None:
        """Half an answer, and gone."""
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"case")
        handler.close_connection = True

    def redirecting(self, handler: Any) -> None:
        handler.send_response(302)
        handler.send_header("Location", f"{self.origin}/elsewhere/{RECEIPT}")
        handler.send_header("Content-Length", "0")
        handler.end_headers()


def answer(handler: Any, status: int, content: Any, **headers: str) -> None:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    handler.send_response(status)
    for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)
