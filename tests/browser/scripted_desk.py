"""The server's side of the console, scripted: what a test says to the page, and what the page said. No server of ours is in it, so that a
test can bring about what seldom happens."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, Route, WebSocketRoute

WELCOME = {"type": "welcome", "name": "agent", "queues": ["tier1", "tier2"], "languages": ["en", "es"]}
OFFER = {"type": "offer", "call": "CA1", "channel": "chat", "language": "en", "queue": "tier2", "urgent": True, "waited_s": 125,
         "reason": "biometrics_reschedule", "note": "", "consult": False, "seconds": 20}
PACKET: dict[str, Any] = {
    "type": "caller", "call": "CA1", "queue": "tier2", "language": "en", "channel": "chat", "relay": False, "tty_mode": "",
    "reason": "biometrics_reschedule", "rule": "bio-advance", "policy": "biometrics in fewer than 12 days", "number": "********0143",
    "slots": {"appointment_date": "******3-20", "office": "field office", "email": "a***@example.org"},
    "said": [{"who": "system", "text": "How can I help you?"}, {"who": "caller", "text": "change the date for my fingerprints"}],
    "links": ["reschedule (sms, delivered)"], "verified": {"state": "verified", "as": "applicant"},
    "previous": [{"at": "2026-03-01T15:00:00+00:00", "reason": "case_status", "outcome": "completed", "disposition": "resolved"}],
    "intent": "biometrics_reschedule", "note": "", "typed_while_waiting": ["hello?"], "speaks": False}
ARTICLE = {"title": "Moving an appointment", "body": "Only before the day.\n\nAsk for the notice.",
           "parts": {"say": "Only before the day.", "limits": "Promise no date."}, "url": "https://www.uscis.gov/reschedule"}
TOPICS = [{"intent": "biometrics_reschedule", "title": "Moving an appointment"}, {"intent": "fee", "title": "Fees"}]
CALLBACK = {"key": "k1", "reference": "ACDEFGHJ", "kind": "callback", "state": "due", "promised_at": "2026-03-01T15:00:00+00:00",
            "due_by": "2026-03-04T15:00:00+00:00", "next_at": "2026-03-03T15:00:00+00:00", "urgency": "urgent", "language": "es",
            "reason": "travel", "number": "********0166", "tier": 2, "is_late": True}
WORDS = "We call you within 72 hours. Your reference number is A C, D E, F G, H J."


class ScriptedDesk:
    """Routes the socket and the requests of one page to itself."""

    def __init__(self, page: Page):
        self.page = page
        self.sockets: list[WebSocketRoute] = []
        self.heard: list[dict[str, Any]] = []
        self.sound: list[bytes] = []
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.doing = "away"
        self.answers: dict[str, tuple[int, Any]] = {
            "knowledge": (200, {"intent": "biometrics_reschedule", "articles": [ARTICLE], "topics": TOPICS}),
            "previous": (200, {"previous": PACKET["previous"]}),
            "callbacks": (200, {"callbacks": [CALLBACK]}), "wrap-up": (200, {"ok": True}), "callbacks/close": (200, {"ok": True}),
            "callbacks/note": (200, {"ok": True}), "escalate": (200, {"reference": "ACDEFGHJ", "within": "72 hours", "words": WORDS})}
        page.route_web_socket("**/agent/socket", self._opened)
        page.route("**/agent/api/**", self._requested)

    # -- what the page did

    def _opened(self, socket: WebSocketRoute) -> None:
        self.sockets.append(socket)
        socket.on_message(self._message)

    def _message(self, message: str | bytes) -> None:
        if isinstance(message, bytes):
            return self.sound.append(message)
        read = json.loads(message)
        if read["type"] == "hello":
            self.tell(WELCOME)
            self.present(self.doing)
            self.tell({"type": "waiting", "count": 2})
        if read["type"] != "ping":
            self.heard.append(read)
        return None

    def _requested(self, route: Route) -> None:
        name = route.request.url.split("/agent/api/")[1].split("?")[0]
        self.asked.append((name, route.request.post_data_json or {}))
        status, body = self.answers[name]
        route.fulfill(status=status, json=body)

    def types(self) -> list[str]:
        return [message["type"] for message in self.heard]

    def wait_for(self, seen: Callable[[], bool], what: str) -> None:
        for _ in range(200):
            if seen():
                return
            self.page.wait_for_timeout(25)
        raise AssertionError(f"{what}; heard {self.heard}, asked {self.asked}")

    def hears(self, **message: Any) -> None:
        self.wait_for(lambda: message in self.heard, f"never heard {message}")

    def is_asked(self, name: str, **body: Any) -> None:
        self.wait_for(lambda: (name, body) in self.asked, f"never asked {name} {body}")

    # -- what the server says

    def tell(self, message: dict[str, Any]) -> None:
        self.sockets[-1].send(json.dumps(message))

    def play(self, sound: bytes) -> None:
        self.sockets[-1].send(sound)

    def present(self, doing: str, call: str = "") -> None:
        self.doing = doing
        self.tell({"type": "presence", "doing": doing, "call": call})

    def offer(self, **other: Any) -> None:
        self.tell(OFFER | other)
        self.present("offered", str((OFFER | other)["call"]))

    def connect(self, **other: Any) -> None:
        """A conversation begins."""
        packet = PACKET | other
        self.tell(packet)
        self.present("talking", str(packet["call"]))

    def gone(self, why: str = "left", call: str = "CA1") -> None:
        self.tell({"type": "gone", "call": call, "why": why})
        self.present("wrap_up", call)
