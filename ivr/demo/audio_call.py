"""`ivr call --wav`: the same call through the whole audio path. The real ASGI application listens on a free port, the
carrier opens a real media socket to it, recordings are spoken into the line and recognised by the installed model.

A line of text is spoken by the prompts' voice; `/wav FILE` speaks a recording. The caller waits until the system has gone
quiet before each input, in real time. Only `ivr call` uses this.
"""

from __future__ import annotations

import socket
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import uvicorn

from ivr import config
from ivr.config import Settings
from ivr.demo.backstage import Backstage
from ivr.demo.call import CALLER, Inputs, TerminalCall, number_of
from ivr.errors import ConfigProblem, IvrError, MalformedRequest, Unavailable
from ivr.runtime.services import Services
from ivr.runtime.transcripts import Transcripts
from ivr.speech import engines
from ivr.speech.wav import read_wav
from ivr.testing.media_leg import MediaLeg
from ivr.testing.transport import HttpTransport
from ivr.web.app import create_app
from ivr.web.asgi import Application

ANSWER_S = 120.0
"""Longest wait for the system to answer and finish speaking; its longest prompt lasts about 25 seconds."""
QUIET_S = 0.4
"""Silence after which the caller speaks."""
SPOKEN_S = 60.0
START_S = 30.0


class AudioCall(TerminalCall):
    """One call by sound. Turns have the same shape as by text, and `heard`: what the recogniser understood."""

    def __init__(self, *arguments: Any):
        super().__init__(*arguments)
        self._lines = 0
        self._heard = ""

    def inputs(self) -> Inputs:
        return super().inputs() | {"/wav": (self._play, True)}

    def begin(self) -> dict[str, Any]:
        self._listen(marks=0)
        return super().begin()

    # -- inputs -------------------------------------------------------------------------------------------------

    def _say(self, text: str) -> dict[str, Any]:
        if self.call.leg is None:
            return super()._say(text)
        session = self.services.turns.session(self.call.sid)
        language = session.language if session else "en"
        self._speak(self.services.prompt_audio.audio(text, language, None, False))
        return {"said": text}

    def _play(self, file: str) -> dict[str, Any]:
        """A recording is what was recognised of it."""
        leg, path = self.call.leg, Path(file)
        if leg is None:
            raise Unavailable("the call has no audio any more, so a recording cannot be spoken",
                              hint="it goes on by keys: use /keys")
        sound = read_recording(path)
        self._move(leg, lambda: leg.play_wav(sound))
        words = self._caller_words()
        return {"said": words} if words else {"wav": path.name}

    def _press(self, keys: str) -> dict[str, Any]:
        leg = self.call.leg
        if leg is None:
            return super()._press(keys)
        self._move(leg, lambda: self.call.press(keys))
        return {"keys": keys}

    def _wait(self, _: str = "") -> dict[str, Any]:
        leg = self.call.leg
        if leg is None:
            return super()._wait()
        self._move(leg, lambda: None)
        return {"waited": True}

    # -- the line -----------------------------------------------------------------------------------------------

    def _speak(self, sound: bytes) -> None:
        leg = self.call.leg
        assert leg is not None
        self._move(leg, lambda: leg.play_mulaw(sound))

    def _move(self, leg: MediaLeg, act: Any) -> None:
        marks = len(leg.marks)
        act()
        leg.wait_spoken(SPOKEN_S)
        self._listen(marks)

    def _listen(self, marks: int) -> None:
        """Until the system's next turn has been played to its end, or it has closed the stream."""
        leg = self.call.leg
        if leg is None:
            return
        if not leg.wait_for(lambda one: one.is_closed or len(one.marks) > marks, ANSWER_S):
            raise Unavailable(f"the system did not answer within {ANSWER_S:g} s", code="no_answer")
        leg.wait_until_quiet(ANSWER_S, quiet_s=QUIET_S)
        if leg.is_closed:
            self.call.finish_stream()
            self._listen(marks=0)

    # -- what came of it ----------------------------------------------------------------------------------------

    def _after(self, caller: dict[str, Any] | None) -> dict[str, Any]:
        turn = super()._after(caller)
        return turn | {"heard": self._heard or None}

    def _spoken(self) -> list[dict[str, str]]:
        self._heard = self._caller_words()
        new = self.services.transcripts.after(self.call.sid, self._lines)
        self._lines += len(new)
        session = self.services.turns.session(self.call.sid)
        language = session.language if session else ""
        return [{"text": x.text, "language": language} for x in new if x.who == "system"] + super()._spoken()

    def _caller_words(self) -> str:
        new = self.services.transcripts.after(self.call.sid, self._lines)
        return " ".join(x.text for x in new if x.who == "caller" and x.note != "keys")


class _EveryCall(Transcripts):
    """The one call here is watched from its first word, before its id is known to anybody."""

    def add(self, call_id: str, who: str, text: str, note: str = "") -> None:
        if not self.is_watched(call_id):
            self.watch(call_id)
        super().add(call_id, who, text, note)


class _Server(uvicorn.Server):
    """Runs in a thread; `begun` is set when it takes calls, or when it could not start."""

    def __init__(self, application: Application):
        super().__init__(uvicorn.Config(application, ws="websockets-sansio", log_config=None, access_log=False, lifespan="on",
                                        timeout_graceful_shutdown=2, ws_per_message_deflate=False))
        self.begun = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        finally:
            self.begun.set()


@contextmanager
def audio_call(bundle: Path, *, line: str = "main", language: str | None = None, at: datetime | None = None,
               caller: str = CALLER, wavs: Sequence[Path] = ()) -> Iterator[AudioCall]:
    """A call that has just been answered. `wavs` are only checked here: `take("/wav FILE")` speaks them."""
    models_dir = _models_with_recognizer()
    for path in wavs:
        read_recording(path)
    with tempfile.TemporaryDirectory(prefix="ivr-call-") as folder, \
            socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        own = config.load()
        _keep_what_is_learnt(Path(folder), own.var_dir.resolve())
        settings = config.load({}, bundle=bundle, var_dir=Path(folder), now=at, worker="off", models_dir=models_dir,
                               intents=own.intents, port=port, public_url="http://localhost", log_level="error")
        backstage = Backstage(settings, HttpTransport(f"http://127.0.0.1:{port}"))
        try:
            with _serving(backstage.settings, listener, language) as services:
                carrier = backstage.carrier
                assert carrier is not None
                carrier.media_base = f"ws://127.0.0.1:{port}"
                yield AudioCall(services, backstage, carrier.call(to=number_of(services, line), from_=caller))
        finally:
            backstage.close()


def _keep_what_is_learnt(folder: Path, var_dir: Path) -> None:
    """Rendered prompts and trained intents are kept beside those of the server, by their content: the next call begins at once.
    Where there is no such folder, or it cannot be written, they go with this call."""
    for name in ("audio", "intents") if var_dir.is_dir() else ():
        with suppress(OSError):
            (var_dir / name).mkdir(parents=True, exist_ok=True)
            (folder / name).symlink_to(var_dir / name)


@contextmanager
def _serving(settings: Settings, listener: socket.socket, language: str | None) -> Iterator[Services]:
    services = Services(settings, port=settings.port, first_language=language)
    services.transcripts = _EveryCall()
    server = _Server(Application(services, create_app(services), services.close))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="ivr-call-server")
    thread.start()
    try:
        if not server.begun.wait(START_S) or not server.started:
            raise Unavailable("the application did not start", code="server")
        yield services
    finally:
        server.should_exit = True
        thread.join()


def _models_with_recognizer() -> Path:
    """The models folder of the settings. Raises ConfigProblem where no recogniser is installed in it."""
    folder = config.load().models_path
    if engines.decide("auto", folder).name == "twilio":
        raise ConfigProblem(f"no speech recogniser is installed in {folder}, expected a Vosk or Whisper model",
                            hint="run: ivr models fetch, or leave --wav out to call by text", code="model_missing")
    return folder


def read_recording(path: Path) -> bytes:
    """The bytes of a WAV file that can be spoken."""
    try:
        sound = path.read_bytes()
    except OSError as error:
        raise IvrError(f"{path} cannot be read: {error.strerror}") from error
    try:
        read_wav(sound)
    except MalformedRequest as error:
        raise MalformedRequest(f"{path}: {error.message}", hint=error.hint, code=error.code) from error
    return sound
