"""`ivr tty`: what it prints, and that a mistake never shows a traceback."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from ivr.cli.main import main
from ivr.cli.tty import tty
from ivr.speech.wav import write_pcm16


def test_text_goes_out_and_comes_back(tmp_path: Path) -> None:
    wav = tmp_path / "out.wav"
    written = CliRunner().invoke(tty, ["encode", "¿Dónde está? A #5 GA", "-o", str(wav), "--stop-bits", "1.5"])
    assert written.exit_code == 0
    assert "'DONDE ESTA? A $5 GA'" in written.output
    result = CliRunner().invoke(tty, ["decode", str(wav)])
    assert result.exit_code == 0
    assert result.output.splitlines()[0] == "DONDE ESTA? A $5 GA"


def test_the_json_has_times_speed_and_doubt(tmp_path: Path) -> None:
    wav = tmp_path / "out.wav"
    CliRunner().invoke(tty, ["encode", "OK 12 GA", "-o", str(wav), "--baud", "50"])
    found = json.loads(CliRunner().invoke(tty, ["decode", str(wav), "--json"]).output)
    assert (found["text"], found["baud"], found["shift_count"]) == ("OK 12 GA", 50.0, 3)
    assert found["error_estimate"] < 0.01
    assert [c[0] for c in found["characters"]] == list("OK 12 GA")
    assert len(found["carriers_ms"]) == 1


def test_another_rate_is_read_too(tmp_path: Path) -> None:
    wav = tmp_path / "out.wav"
    CliRunner().invoke(tty, ["encode", "OK", "-o", str(wav)])
    from ivr.speech.resample import resample
    from ivr.speech.wav import read_wav
    high = tmp_path / "high.wav"
    high.write_bytes(write_pcm16(resample(read_wav(wav.read_bytes()).samples, 8000, 48000), 48000))
    assert CliRunner().invoke(tty, ["decode", str(high)]).output.startswith("OK\n")


def test_silence_has_no_text(tmp_path: Path) -> None:
    wav = tmp_path / "silence.wav"
    wav.write_bytes(write_pcm16(np.zeros(8000, np.float32)))
    result = CliRunner().invoke(tty, ["decode", str(wav)])
    assert result.exit_code == 1
    assert "no text telephone" in result.output


@pytest.mark.parametrize("name", ["missing.wav", "text.wav"])
def test_what_is_no_recording_is_named(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "text.wav").write_text("no sound")
    with pytest.raises(SystemExit) as stopped:
        main(["tty", "decode", str(tmp_path / name)])
    assert stopped.value.code == 1
    assert name in capsys.readouterr().err


def test_nothing_to_send_is_a_mistake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tty", "encode", "\u200b", "-o", str(tmp_path / "x.wav")]) == 1
    assert "nothing that a text telephone can send" in capsys.readouterr().err
    assert not (tmp_path / "x.wav").exists()
