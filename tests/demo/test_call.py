"""`ivr call`: by text and with recordings, as a program and in this process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.live.server import ROOT
from tests.live.spoken import missing_recognizer, spoken

GOLDEN = ROOT / "tests/golden/demo"
USCIS = str(ROOT / "flows/uscis")
OPEN, CLOSED = "2026-03-10T10:05:00-04:00", "2026-03-08T11:00:00-04:00"
NO_SPEECH = missing_recognizer(os.environ.get("IVR_MODELS_DIR"))
IvrCall = Callable[..., tuple[int, list[dict[str, Any]], str]]


def shape(value: Any) -> Any:
    """The same structure with a type's name in place of each value; lists show their different members once."""
    if isinstance(value, dict):
        return {key: shape(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        members = [shape(each) for each in value]
        return [each for i, each in enumerate(members) if each not in members[:i]]
    return "null" if value is None else type(value).__name__


def check_golden(name: str, lines: list[dict[str, Any]]) -> None:
    assert shape(lines) == json.loads((GOLDEN / name).read_text(encoding="utf-8"))


# -- by text ----------------------------------------------------------------------------------------------------------

def test_the_json_of_a_call_by_text_keeps_its_shape(ivr_call: IvrCall) -> None:
    """A text, a promise with its confirmation, a typed address, keys and silence: every kind of line there is."""
    code, lines, _ = ivr_call("/wait\nI need to reschedule my interview\n/keys 1\n/keys #\n/keys #\n/keys #\n/keys #\n"
                              "/email ana@example.org\n/keys #\n/keys 1\n/keys 1\n"
                              "where is my case\nyes\nno\n", USCIS, "--at", OPEN)
    assert code == 0
    check_golden("call_by_text.json", lines)
    ledger = lines[-1]["ledger"]
    assert [p["kind"] for p in ledger["promises"]] == ["service_request"]
    assert any(ledger["promises"][0]["reference"] in sms["body"].replace("-", "") for sms in ledger["sms"])
    assert any("casestatus" in sms["body"] for sms in ledger["sms"])


def test_an_officers_queue_is_in_the_ledger(ivr_call: IvrCall) -> None:
    code, lines, _ = ivr_call("my mother is dying and I need to leave the country\nyes\nyes\n/wait\n", USCIS, "--at", OPEN)
    assert code == 0
    assert lines[-1]["end"] == "transfer"
    assert [q["queue"] for q in lines[-1]["ledger"]["queue"]] == ["tier2"]
    assert lines[-2]["queue"] == "tier2"


def test_at_decides_what_is_open(ivr_call: IvrCall) -> None:
    _, lines, _ = ivr_call("my mother is dying and I need to leave the country\nyes\nyes\n", USCIS, "--at", CLOSED)
    assert lines[-1]["ledger"]["queue"] == []
    assert lines[-2]["node"].endswith("travel_callback")


def test_a_hidden_number_and_a_typed_address_give_an_email(ivr_call: IvrCall) -> None:
    _, lines, _ = ivr_call("/email ana@example.org\nwhere is my case\nyes\n", USCIS, "--from", "anonymous")
    ledger = lines[-1]["ledger"]
    assert [(m["to"], ledger["sms"]) for m in ledger["emails"]] == [("ana@example.org", [])]


def test_the_language_of_the_call_can_be_chosen(ivr_call: IvrCall) -> None:
    _, lines, _ = ivr_call("cómo va mi caso\nsí\n", USCIS, "--lang", "es")
    assert {line["language"] for line in lines[:-1]} == {"es"}
    assert lines[1]["understood"]["intent"] == "case_status"
    assert len(lines[-1]["ledger"]["sms"]) == 1


@pytest.mark.parametrize(("line", "words"), [("/dance", "unknown command /dance"), ("/keys", "/keys needs an argument")])
def test_a_line_that_is_no_input_is_misuse(ivr_call: IvrCall, line: str, words: str) -> None:
    code, lines, err = ivr_call(f"{line}\n", USCIS)
    assert code == 2
    assert words in err
    assert len(lines) == 1


def test_an_unknown_line_is_an_error_that_names_the_known_ones(ivr_call: IvrCall) -> None:
    code, lines, err = ivr_call("", USCIS, "--line", "fax")
    assert (code, lines) == (1, [])
    assert "no line 'fax'" in err
    assert "main" in err


def test_a_time_without_an_offset_is_misuse(ivr_call: IvrCall) -> None:
    assert ivr_call("", USCIS, "--at", "2026-03-10T10:05:00")[0] == 2


def test_the_other_bundle_can_be_called(ivr_call: IvrCall) -> None:
    code, lines, _ = ivr_call("when are you open\n/hangup\nnever read\n", str(ROOT / "flows/starter"))
    assert code == 0
    assert lines[1]["understood"]["intent"] == "opening_hours"
    assert lines[-1]["end"] == "hangup"


def test_as_a_program_it_is_readable_and_leaves_nothing_behind(tmp_path: Path) -> None:
    env = {**os.environ, "TMPDIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-m", "ivr", "call", USCIS, "--at", OPEN], input="where is my case\nyes\n", text=True,
                          capture_output=True, timeout=120, env=env, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "caller  where is my case" in done.stdout
    assert "-- text to +12025550143: USCIS: see your case status" in done.stdout
    assert list(tmp_path.iterdir()) == []


# -- with recordings --------------------------------------------------------------------------------------------------

speech = pytest.mark.skipif(bool(NO_SPEECH), reason=NO_SPEECH or "a recogniser is installed")


@pytest.mark.speech
@speech
def test_an_english_recording_ends_with_a_text(ivr_call: IvrCall, tmp_path: Path) -> None:
    wav = tmp_path / "question.wav"
    wav.write_bytes(spoken("I never got my green card", "en"))
    code, lines, err = ivr_call("/keys 1\n", USCIS, "--wav", str(wav))
    assert code == 0, err
    check_golden("call_by_sound.json", lines)
    assert "green card" in lines[1]["heard"].lower()
    assert lines[1]["caller"] == {"said": lines[1]["heard"]}
    assert lines[1]["understood"]["intent"] == "non_delivery"
    assert ["e-request" in sms["body"] for sms in lines[-1]["ledger"]["sms"]] == [True]


@pytest.mark.speech
@speech
def test_a_spanish_recording_and_a_spoken_no_end_with_a_text_and_a_goodbye(ivr_call: IvrCall, tmp_path: Path) -> None:
    wav = tmp_path / "pregunta.wav"
    wav.write_bytes(spoken("no tengo el aviso de aprobación, nunca lo recibí", "es", hertz=48000))
    code, lines, err = ivr_call("/keys 1\nno\n", USCIS, "--lang", "es", "--wav", str(wav))
    assert code == 0, err
    assert "nunca lo recib" in lines[1]["heard"].lower()
    assert ["e-request" in sms["body"] for sms in lines[-1]["ledger"]["sms"]] == [True]
    assert lines[3]["caller"] == {"said": "no"}
    assert lines[3]["heard"].lower().startswith("no"), lines[3]
    assert lines[3]["status"] == "ended"
    assert lines[-1]["end"] == "self_service"


@pytest.mark.parametrize("content", [b"", b"RIFF", b"not a recording at all"])
@speech
def test_a_file_that_is_no_recording_is_an_error(ivr_call: IvrCall, tmp_path: Path, content: bytes) -> None:
    wav = tmp_path / "broken.wav"
    wav.write_bytes(content)
    code, lines, err = ivr_call("", USCIS, "--wav", str(wav))
    assert (code, lines) == (1, [])
    assert "broken.wav" in err
    assert "WAV" in err


def test_without_a_recogniser_a_recording_is_refused_with_the_way_out(ivr_call: IvrCall, tmp_path: Path,
                                                                      monkeypatch: pytest.MonkeyPatch) -> None:
    wav = tmp_path / "question.wav"
    wav.write_bytes(spoken("hello", "en"))
    monkeypatch.setenv("IVR_MODELS_DIR", str(tmp_path / "no-models"))
    code, lines, err = ivr_call("", USCIS, "--wav", str(wav))
    assert (code, lines) == (1, [])
    assert "ivr models fetch" in err
