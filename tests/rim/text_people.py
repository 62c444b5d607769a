"""Callers and members of staff who type, as tests need them: what they were told is a list."""

from __future__ import annotations

from typing import Any

from tests.rim.site import Site


class Typist:
    """A caller of the desk, such as a text telephone."""

    def __init__(self, call_id: str, queue: str = "tier1", language: str = "en", channel: str = "tty"):
        self.call_id, self.queue, self.language, self.channel, self.context = call_id, queue, language, channel, {}
        self.rule, self.bundle_hash, self.since = "", "", None
        self.read: list[str] = []
        self.outcomes: list[str] = []

    async def deliver(self, text: str) -> None:
        self.read.append(text)

    async def released(self, outcome: str) -> None:
        self.outcomes.append(outcome)


class Clerk:
    """A member of staff."""

    def __init__(self, name: str = "eva", queues: tuple[str, ...] = (), languages: tuple[str, ...] = ()):
        self.name, self.queues, self.languages = name, queues, languages
        self.skills: tuple[str, ...] = ()
        self.got: list[dict[str, Any]] = []

    async def send(self, message: dict[str, Any]) -> None:
        self.got.append(message)

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [m for m in self.got if m["type"] == kind]


class Window:
    """A chat window on a web page."""

    def __init__(self, office: Site, language: str = "en", **headers: str):
        self._client, self._headers, self._count = office.app.test_client(), headers, 0
        begun = self._client.post("/chat/api/start", json={"language": language}, headers=headers)
        assert begun.status_code == 200, begun.json
        self.token = begun.json["token"]
        self.lines: list[dict[str, Any]] = list(begun.json["lines"])
        self.state, self.language = begun.json["state"], begun.json["language"]

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", **self._headers}

    @property
    def after(self) -> int:
        return self.lines[-1]["seq"] if self.lines else 0

    def say(self, text: str, key: str = "") -> list[str]:
        """What the system answered."""
        self._count += 1
        return self._take(self._client.post("/chat/api/send", headers=self.headers, json={
            "id": key or f"message-{self._count}", "text": text, "after": self.after}))

    def look(self) -> list[str]:
        return self._take(self._client.get(f"/chat/api/lines?after={self.after}", headers=self.headers))

    def post(self, name: str, **body: Any) -> list[str]:
        return self._take(self._client.post(f"/chat/api/{name}", headers=self.headers, json={"after": self.after, **body}))

    def said_by(self, who: str) -> list[str]:
        return [x["text"] for x in self.lines if x["who"] == who]

    def _take(self, answer: Any) -> list[str]:
        assert answer.status_code == 200, (answer.status_code, answer.json)
        new = [x for x in answer.json.get("lines", []) if x["seq"] > self.after]
        self.lines += new
        self.state = answer.json.get("state", self.state)
        self.language = answer.json.get("language", self.language)
        return [x["text"] for x in new if x["who"] != "caller"]


class Speaker(Typist):
    """A caller with a voice; what their end of the line hears is a list."""

    def __init__(self, call_id: str, queue: str = "tier1", language: str = "en"):
        super().__init__(call_id, queue, language, "voice")
        self.end: Any = None
        self.heard: list[bytes] = []
        self.holds: list[bool] = []

    async def talks(self, end: Any) -> None:
        if self.end is not None:
            self.end.listens(None)
        self.end = end
        if end is not None:
            end.listens(self.heard.append)

    async def held(self, on: bool) -> None:
        self.holds.append(on)


class Screen(Clerk):
    """A member of staff at a console."""

    answers = True

    def __init__(self, name: str = "eva", queues: tuple[str, ...] = (), languages: tuple[str, ...] = (), *, speaks: bool = True):
        super().__init__(name, queues, languages)
        self.speaks, self.end, self.heard = speaks, None, list[bytes]()

    talks = Speaker.talks

    @property
    def doing(self) -> str:
        return self.of("presence")[-1]["doing"]
