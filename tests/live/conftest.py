from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ivr.speech import mulaw
from ivr.speech.espeak_synthesizer import EspeakSynthesizer
from tests.fixtures_speech import asterisk, whisper_models_dir
from tests.live.console import Console
from tests.live.server import LiveServer

__all__ = ["asterisk", "whisper_models_dir"]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, whisper_models_dir: Path) -> Iterator[LiveServer]:
    """One server for all tests that do not break it."""
    with LiveServer(tmp_path_factory.mktemp("live")) as running:
        yield running


@pytest.fixture
def new_server(tmp_path: Path, whisper_models_dir: Path) -> Iterator[Callable[..., LiveServer]]:
    """Servers of a test's own, to be broken."""
    made: list[LiveServer] = []

    def make(**settings: str) -> LiveServer:
        made.append(LiveServer(tmp_path / f"server{len(made)}", **settings))
        return made[-1].start()

    yield make
    for each in made:
        each.close()


@pytest.fixture(scope="session")
def speak() -> Iterator[Callable[[str, str], bytes]]:
    """A sentence as mu-law audio, spoken by espeak."""
    voice = EspeakSynthesizer()
    kept: dict[tuple[str, str], bytes] = {}

    def say(text: str, language: str = "en") -> bytes:
        if (text, language) not in kept:
            kept[text, language] = mulaw.encode(voice.speak(text, language))
        return kept[text, language]

    yield say
    voice.close()


@pytest.fixture
def open_console(server: LiveServer) -> Iterator[Callable[..., Console]]:
    """`open_console(name, **options)`: the screen of this member of staff, until the test is over."""
    made: list[Console] = []

    def opened(name: str, **options: object) -> Console:
        made.append(Console(server, name, **options))  # type: ignore[arg-type]
        return made[-1]

    yield opened
    for each in made:
        each.close()
