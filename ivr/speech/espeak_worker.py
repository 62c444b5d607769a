"""The process that speaks: pyttsx3 with espeak-ng behind JSON lines. Started by `espeak_synthesizer`, never imported.

pyttsx3 is safe in one pattern only: one engine for the life of the process, one thread, one file for each
`runAndWait`. Other patterns crash in native code, so this lives in a process of its own: a crash ends no call.

Request  {"id": 1, "text": "...", "voice": "gmw/en-US", "rate": 160}
Answer   {"id": 1, "wav": "<base64>"}  or  {"id": 1, "error": "..."}

A second thread reads stdin, so that the end of the parent is noticed even while the engine hangs.
"""

from __future__ import annotations

import base64
import ctypes
import json
import os
import queue
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any, TextIO

_LIBRARY = "libespeak-ng.so.1"


def main() -> None:
    answers = _private_stdout()
    requests: queue.Queue[dict[str, Any]] = queue.Queue()
    threading.Thread(target=_read, args=(requests,), daemon=True).start()
    engine = _engine()
    voices = {v.id.lower(): v.id for v in engine.getProperty("voices")}
    with tempfile.TemporaryDirectory(prefix="ivr-speech-", dir=_memory_folder()) as folder:
        while True:
            request = requests.get()
            answer = {"id": request["id"], **_spoken(engine, voices, request, Path(folder))}
            answers.write(json.dumps(answer) + "\n")
            answers.flush()


def _private_stdout() -> TextIO:
    """Our answers' channel. pyttsx3 prints on stdout, so that descriptor is pointed at stderr."""
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return channel


def _read(requests: queue.Queue[dict[str, Any]]) -> None:
    for line in sys.stdin:
        requests.put(json.loads(line))
    os._exit(0)  # the parent is gone


def _memory_folder() -> str | None:
    """Prompts may hold personal data: keep them off the disk where the system has a folder in memory."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def _engine() -> Any:
    if not _system_library():
        _use_packaged_library()
    import pyttsx3

    return pyttsx3.init("espeak")


def _system_library() -> bool:
    try:
        ctypes.CDLL(_LIBRARY)
    except OSError:
        return False
    return True


def _use_packaged_library() -> None:
    """Let pyttsx3 find the library and voices of the `espeakng-loader` package.

    The driver loads the library by its bare name while it is imported, and has no setting for another place.
    """
    import espeakng_loader

    loader = ctypes.cdll
    by_name = loader.LoadLibrary
    packaged = str(espeakng_loader.get_library_path())
    loader.LoadLibrary = lambda name: by_name(packaged if "espeak" in str(name) else name)  # type: ignore[method-assign]
    try:
        from pyttsx3.drivers import _espeak
    finally:
        loader.LoadLibrary = by_name  # type: ignore[method-assign]
    start = _espeak.Initialize
    data = str(espeakng_loader.get_data_path()).encode()
    _espeak.Initialize = lambda *_a, **_k: start(_espeak.AUDIO_OUTPUT_RETRIEVAL, 1000, data, 0)


def _spoken(engine: Any, voices: dict[str, str], request: dict[str, Any], folder: Path) -> dict[str, str]:
    voice = voices.get(request["voice"].lower())
    if voice is None:
        return {"error": f"voice {request['voice']} is not installed"}
    target = folder / f"{request['id']}.wav"
    try:
        engine.setProperty("voice", voice)
        engine.setProperty("rate", request["rate"])
        engine.save_to_file(request["text"], str(target))
        engine.runAndWait()
        return {"wav": base64.b64encode(target.read_bytes()).decode()} if target.exists() else {"error": "no file"}
    except Exception as error:  # any trouble is an answer: the parent tries again and then uses another way
        return {"error": type(error).__name__}
    finally:
        target.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
