"""`ivr transcribe`: what the recogniser hears in recordings, through the same path as a call's audio."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from ivr.errors import IvrError
from ivr.speech.engines import choose, decide
from ivr.speech.file_transcriber import FileTranscript, transcribe_audio
from ivr.speech.recognizer import Expectation, Recognizer
from ivr.speech.wav import read_wav

_MAX_BYTES = 512 * 1024 * 1024


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--lang", type=click.Choice(["en", "es"]), default="en", show_default=True, help="Language spoken.")
@click.option("--expect", type=click.Choice(["text", "digits", "receipt"]), default="text", show_default=True,
              help="What is expected: any words, digits only, or a receipt number (three letters, ten digits; nothing else is"
              " printed).")
@click.option("--hints", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help="File of likely phrases, one a line.")
@click.option("--engine", envvar="IVR_RECOGNIZER", default="auto", show_default=True,
              help="auto, vosk or whisper.")
@click.option("--models-dir", type=click.Path(path_type=Path, file_okay=False), envvar="IVR_MODELS_DIR",
              default=Path("var/models"), show_default=True, help="Folder of the installed models.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a file and line.")
def transcribe(files: tuple[str, ...], lang: str, expect: str, hints: Path | None, engine: str, models_dir: Path,
               as_json: bool) -> None:
    """Recognise speech in WAV files: PCM or mu-law, 8 to 48 kHz.

    Exit code: 0 all read, 1 a file could not be read, 2 wrong use or no recogniser installed.
    """
    try:
        phrases = tuple(_phrases(hints)) if hints else ()
        recognizer = _local(engine, models_dir)
    except IvrError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(2)
    expectation = Expectation(lang, expect, phrases)
    try:
        failed = sum(not _one(name, recognizer, expectation, as_json) for name in files)
    finally:
        recognizer.close()
    sys.exit(1 if failed else 0)


def _local(engine: str, models_dir: Path) -> Recognizer:
    """A recogniser of this machine. Twilio's cannot be asked about a file."""
    if decide(engine, models_dir).name == "twilio":
        raise IvrError(f"no speech model is installed in {models_dir}", hint="run: ivr models fetch whisper")
    return choose(engine, models_dir)


def _phrases(path: Path) -> list[str]:
    try:
        return [line.strip() for line in path.read_text("utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise IvrError(f"the hints file {path} cannot be read", hint="expected UTF-8 text, a phrase a line") from error


def _one(name: str, recognizer: Recognizer, expectation: Expectation, as_json: bool) -> bool:
    try:
        audio = read_wav(_bytes(Path(name)))
        heard = transcribe_audio(audio, recognizer, expectation)
    except IvrError as error:
        if as_json:
            click.echo(json.dumps({"file": name, "error": str(error)}))
        else:
            click.echo(f"error: {name}: {error}", err=True)
        return False
    if as_json:
        click.echo(json.dumps({"file": name, **asdict(heard)}, ensure_ascii=False))
    else:
        click.echo(_line(name, heard))
    return True


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise IvrError("the file is larger than 512 MB", hint="cut it into shorter files")
        return path.read_bytes()
    except OSError as error:
        raise IvrError(f"the file cannot be read: {error.strerror}") from error


def _line(name: str, heard: FileTranscript) -> str:
    said = heard.text or "(no speech)"
    return f"{name}: {said}  [{heard.confidence:.0%}, {heard.speech_ms / 1000:.1f} s of speech, {heard.engine}]"
