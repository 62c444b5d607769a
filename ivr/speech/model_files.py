"""Bytes of models on their way to the disk: download that resumes, hash, safe unpacking. Called by `models`.

Nothing here trusts what it is sent: sizes are bounded, hashes are compared before anything is unpacked, and a zip
entry may not leave its folder.
"""

from __future__ import annotations

import hashlib
import http.client
import shutil
import stat
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from ivr.errors import Unavailable
from ivr.speech.model_catalogue import ModelFile

Progress = Callable[[str, int, int], None]
"""Called with (file name, bytes so far, bytes in all)."""

_CHUNK = 1 << 18
_TRIES = 5
_PAUSE_S = 0.2
"""Before the second try; doubled for each one after."""
_TIMEOUT_S = 20.0
_MAX_UNPINNED = 16 * 1024 * 1024
"""Of a file whose size is not known ahead."""


def sha256_of(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def check(path: Path, wanted: ModelFile) -> None:
    """Raise Unavailable unless the file is exactly the pinned one."""
    size = path.stat().st_size
    if wanted.size is not None and size != wanted.size:
        raise _broken(f"{wanted.name} has {size} bytes, expected {wanted.size}")
    found = sha256_of(path)
    if found != wanted.sha256:
        raise _broken(f"{wanted.name} has sha256 {found[:12]}..., expected {wanted.sha256[:12]}...")


def download(url: str, target: Path, wanted: ModelFile, progress: Progress) -> None:
    """Fetch `url` into `target`, going on where an earlier try broke off, and check the hash.

    The unfinished file stays for the next run when the network fails; a file with a wrong hash is removed.
    """
    last: Exception | None = None
    for attempt in range(_TRIES):
        have = target.stat().st_size if target.exists() else 0
        if wanted.size is not None and have >= wanted.size:
            break
        try:
            _fetch_rest(url, target, have, wanted, progress)
            break
        except (OSError, http.client.HTTPException) as error:
            last = error
            if isinstance(error, urllib.error.HTTPError) and error.code < 500:
                raise _unreachable(url, error) from error
            if not (target.exists() and target.stat().st_size > have) and have == 0:
                raise _unreachable(url, error) from error
            _pause(attempt)
    else:
        raise _unreachable(url, last)
    try:
        check(target, wanted)
    except Unavailable:
        target.unlink(missing_ok=True)
        raise


def _pause(attempt: int) -> None:
    """Longer after each failed try; after the last one nobody waits."""
    if attempt + 1 < _TRIES:
        time.sleep(_PAUSE_S * 2 ** attempt)


def fetch_unpinned(url: str, target: Path, progress: Progress) -> None:
    """Fetch a small file whose hash is not known ahead, from its beginning. What is in it is for the caller to check."""
    last: Exception | None = None
    for attempt in range(_TRIES):
        try:
            with urllib.request.urlopen(url, timeout=_TIMEOUT_S) as answer:
                data = answer.read(_MAX_UNPINNED + 1)
                promised = int(answer.headers.get("Content-Length") or len(data))
            if len(data) > _MAX_UNPINNED:
                raise _broken(f"{target.name} is longer than {_MAX_UNPINNED} bytes")
            if len(data) < promised:
                raise http.client.IncompleteRead(data, promised - len(data))
            target.write_bytes(data)
            progress(target.name, len(data), len(data))
            return
        except (OSError, http.client.HTTPException) as error:
            last = error
            if isinstance(error, urllib.error.HTTPError) and error.code < 500:
                break
            _pause(attempt)
    raise _unreachable(url, last)


def _fetch_rest(url: str, target: Path, have: int, wanted: ModelFile, progress: Progress) -> None:
    request = urllib.request.Request(url, headers={"Range": f"bytes={have}-"} if have else {})
    with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:
        if have and answer.status != 206:
            have = 0  # the server ignores Range: begin again
        limit = wanted.size if wanted.size is not None else 1 << 31
        with target.open("ab" if have else "wb") as sink:
            while chunk := answer.read(_CHUNK):
                have += len(chunk)
                if have > limit:
                    break
                sink.write(chunk)
                progress(wanted.name, have, limit)
        if have < limit and wanted.size is not None:
            raise http.client.IncompleteRead(b"", limit - have)
    if have > limit:
        target.unlink(missing_ok=True)
        raise _broken(f"{wanted.name} is longer than the {limit} bytes expected")


def unzip(archive: Path, folder: Path, max_bytes: int) -> None:
    """Unpack into `folder`, without the single top folder that model archives have."""
    try:
        with zipfile.ZipFile(archive) as source:
            entries = [e for e in source.infolist() if not e.is_dir()]
            if sum(e.file_size for e in entries) > max_bytes or len(entries) > 10_000:
                raise _broken(f"{archive.name} unpacks to more than {max_bytes} bytes")
            for entry in entries:
                target = folder.joinpath(*_inside(entry))
                target.parent.mkdir(parents=True, exist_ok=True)
                _copy(source, entry, target)
    except zipfile.BadZipFile as error:
        raise _broken(f"{archive.name} is not a zip file") from error


def append_entry(archive: Path, entry: str, target: Path) -> None:
    """Append one entry of a zip to `target`."""
    with zipfile.ZipFile(archive) as source, source.open(entry) as part, target.open("ab") as sink:
        shutil.copyfileobj(part, sink, _CHUNK)


def _inside(entry: zipfile.ZipInfo) -> tuple[str, ...]:
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    link = stat.S_ISLNK(entry.external_attr >> 16)
    if path.is_absolute() or ".." in path.parts or any(":" in p for p in path.parts) or link:
        raise _broken(f"the archive holds an unsafe path {entry.filename!r}")
    return path.parts[1:] if len(path.parts) > 1 else path.parts


def _copy(source: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path) -> None:
    """The size is counted while unpacking: the one in the archive's table may lie."""
    left = entry.file_size
    with source.open(entry) as part, target.open("wb") as sink:
        while chunk := part.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise _broken(f"{entry.filename} is longer than the archive says")
            sink.write(chunk)


def _broken(message: str) -> Unavailable:
    return Unavailable(message, retryable=False, hint="nothing was installed; try again or use another source",
                       code="model_hash")


def _unreachable(url: str, error: Exception | None) -> Unavailable:
    http_error = isinstance(error, urllib.error.HTTPError)
    reason = f"the server answers {error.code}" if http_error else getattr(error, "reason", None) or error
    return Unavailable(f"cannot download {url}: {reason}",
                       hint="check the network, or name a mirror with --from URL", code="model_network")
