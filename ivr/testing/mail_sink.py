"""A mail server on a free loopback port that keeps every mail in the ledger and misbehaves when told to.

Scripted answers are used up one a mail: `451` (try later), `550` (never), `drop_after_data` (the mail is taken and
the connection closed before the answer: the sender cannot know), `stall` (no answer until the sink stops), `ok`.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections import deque
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from ivr.testing.ledger import Email, Ledger

ANSWERS = {"451": "451 4.7.1 greylisted, try again later", "550": "550 5.1.1 no such mailbox"}
KINDS = frozenset({*ANSWERS, "ok", "drop_after_data", "stall"})


class MailSink:
    """Start with `with MailSink(ledger) as sink:`; then `sink.host`, `sink.port`."""

    def __init__(self, ledger: Ledger, host: str = "127.0.0.1"):
        self.host = host
        self.port = 0
        self.attempts = 0
        """Mails offered, whatever became of them."""
        self._ledger = ledger
        self._script: deque[str] = deque()
        self._lock = threading.Lock()
        self._controller: _Controller | None = None

    def script(self, *answers: str) -> None:
        """Answers for the next mails; after them every mail is taken."""
        unknown = set(answers) - KINDS
        if unknown:
            raise ValueError(f"unknown answers {sorted(unknown)}, expected of {sorted(KINDS)}")
        with self._lock:
            self._script.extend(answers)

    def __enter__(self) -> MailSink:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """On the first start a free port is chosen; a later start uses the same one (an hour's outage, say)."""
        listener = socket.create_server((self.host, self.port))
        self.port = listener.getsockname()[1]
        self._controller = _Controller(self, listener)
        self._controller.start()

    def stop(self) -> None:
        controller, self._controller = self._controller, None
        if controller is not None:
            controller.stop()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        with self._lock:
            self.attempts += 1
            answer = self._script.popleft() if self._script else "ok"
        if answer in ANSWERS:
            return ANSWERS[answer]
        if answer == "stall":
            await asyncio.Event().wait()  # cancelled when the sink stops
        self._keep(envelope)
        if answer == "drop_after_data":
            server.transport.abort()
        return "250 2.0.0 accepted"

    def _keep(self, envelope: Envelope) -> None:
        mail = message_from_bytes(envelope.content, policy=policy.default)
        body = mail.get_body(("plain", "html"))
        for to in envelope.rcpt_tos:
            self._ledger.add("emails", Email(to, str(mail["Subject"] or ""), body.get_content() if body else "",
                                             str(mail["Message-ID"] or ""), self._ledger.now(),
                                             str(mail["From"] or ""), envelope.content))


class _Controller(Controller):
    """aiosmtpd cannot bind port 0 by itself: it is handed a socket that is bound already."""

    def __init__(self, sink: MailSink, listener: socket.socket):
        super().__init__(sink, hostname=sink.host, port=sink.port, ready_timeout=10)
        self._listener = listener

    def _create_server(self):
        return self.loop.create_server(self._factory_invoker, sock=self._listener)
