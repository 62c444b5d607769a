"""`ivr tty`: text from the sound of a text telephone, and its sound from text, through the modem of calls."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import click
import numpy as np

from ivr.errors import IvrError, MalformedRequest
from ivr.speech.resample import resample
from ivr.speech.wav import read_wav, write_pcm16
from ivr.telephony.baudot import CarrierFell, CarrierRose, CharacterReceived, Received, Receiver, duration_s, transmit, typeable

_FRAME = 160
_MAX_BYTES = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a recording says."""

    text: str
    baud: float | None
    """45.45 or 50; none when no character was read."""
    shift_count: int
    error_estimate: float
    """Share of the characters that are wrong, as far as the receiver can tell."""
    seconds: float
    carriers_ms: list[tuple[int, int]]
    """From when to when the other side sent."""
    characters: list[tuple[str, int, float]]
    """Each character with its time in ms and its confidence."""


@click.group()
def tty() -> None:
    """Text telephone (TTY, Baudot): tones to text and text to tones."""


@tty.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--unshift-on-space", is_flag=True, help="The sender goes back to letters after a space.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, with the time and confidence of every character.")
def decode(file: Path, unshift_on_space: bool, as_json: bool) -> None:
    """Read the text in a WAV file: PCM or mu-law, 8 to 48 kHz.

    Exit code: 0 text was read, 1 none was found or the file could not be read.
    """
    try:
        found = decoded(_samples(file), unshift_on_space)
    except IvrError as error:
        click.echo(json.dumps({"file": str(file), "error": str(error)}) if as_json else f"error: {file}: {error}", err=not as_json)
        sys.exit(1)
    if as_json:
        click.echo(json.dumps({"file": str(file), **asdict(found)}, ensure_ascii=False))
    elif found.text:
        click.echo(found.text)
        click.echo(f"[{found.baud:g} baud, {len(found.characters)} characters, {found.shift_count} shifts, about "
                   f"{found.error_estimate:.1%} wrong, {found.seconds:.1f} s]", err=True)
    else:
        click.echo(f"{file}: no text telephone is heard in it", err=True)
    sys.exit(0 if found.text else 1)


@tty.command()
@click.argument("text")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True, help="WAV file to write.")
@click.option("--baud", type=click.Choice(["45.45", "50"]), default="45.45", show_default=True, help="Speed; 50 is not used in the US.")
@click.option("--stop-bits", type=click.FloatRange(1.0, 2.0), default=2.0, show_default=True, help="Length of the stop bit.")
@click.option("--level", type=click.FloatRange(-45.0, 0.0), default=-10.0, show_default=True, help="Level in dBm0.")
def encode(text: str, output: Path, baud: str, stop_bits: float, level: float) -> None:
    """Write TEXT as the tones of a text telephone: 16-bit PCM, 8 kHz."""
    sent = typeable(text)
    if not sent:
        raise MalformedRequest("the text has nothing that a text telephone can send", hint="expected letters, figures or punctuation",
                               code="tty")
    samples = transmit(sent, baud=float(baud), stop_bits=stop_bits, level_dbm0=level)
    try:
        output.write_bytes(write_pcm16(samples.astype(np.float32) / 32768.0))
    except OSError as error:
        raise IvrError(f"{output} cannot be written: {error.strerror}") from error
    click.echo(f"{output}: {sent!r}, {duration_s(sent, baud=float(baud), stop_bits=stop_bits):.1f} s")


def decoded(samples: np.ndarray, unshift_on_space: bool = False) -> Decoded:
    """Everything a receiver tells of int16 samples at 8 kHz. Pure."""
    receiver = Receiver(unshift_on_space)
    events: list[Received] = []
    whole = np.concatenate([samples, np.zeros(-samples.size % _FRAME, np.int16)])
    for at in range(0, whole.size, _FRAME):
        events += receiver.feed(whole[at:at + _FRAME])
    events += receiver.flush()
    characters = [(e.text, e.at_ms, round(e.confidence, 3)) for e in events if isinstance(e, CharacterReceived)]
    rose = [e.at_ms for e in events if isinstance(e, CarrierRose)]
    fell = [e.at_ms for e in events if isinstance(e, CarrierFell)]
    return Decoded("".join(text for text, _, _ in characters), receiver.baud if characters else None, receiver.shift_count,
                   round(receiver.error_estimate, 4), round(samples.size / 8000, 2), list(zip(rose, fell, strict=True)), characters)


def _samples(path: Path) -> np.ndarray:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise IvrError("the file is larger than 512 MB", hint="cut it into shorter files")
        audio = read_wav(path.read_bytes())
    except OSError as error:
        raise IvrError(f"the file cannot be read: {error.strerror}") from error
    return np.clip(np.rint(resample(audio.samples, audio.rate_hz, 8000) * 32768.0), -32768, 32767).astype(np.int16)
