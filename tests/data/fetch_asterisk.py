"""Fetch recorded telephone prompts with transcripts (Debian's Asterisk sounds) into a cache folder, unpacked.

    python tests/data/fetch_asterisk.py [FOLDER]        default: var/asterisk

Nothing is installed: the packages are downloaded as the current user and unpacked with dpkg-deb. Used by the speech
tests and the recognition benchmark. Needs a Debian or Ubuntu machine with its package sources reachable.
"""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PACKAGES = ("asterisk-core-sounds-en-wav", "asterisk-core-sounds-es-wav", "asterisk-core-sounds-en",
            "asterisk-core-sounds-es")
DEFAULT = Path(__file__).resolve().parents[2] / "var" / "asterisk"


class NotFetched(Exception):
    """The packages cannot be had here; the message says why."""


def fetch(folder: Path = DEFAULT) -> Path:
    """The folder with the unpacked sounds; downloads them when they are not there yet."""
    if (folder / "usr").is_dir():
        return folder
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise NotFetched("apt-get or dpkg-deb is missing: this is not a Debian machine")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".asterisk-") as scratch:
        unpacked = Path(scratch) / "unpacked"
        for deb in _download(Path(scratch)):
            subprocess.run(["dpkg-deb", "-x", str(deb), str(unpacked)], check=True, capture_output=True)
        try:
            os.replace(unpacked, folder)
        except OSError:  # another process was first
            if not (folder / "usr").is_dir():
                raise
    return folder


def transcripts(folder: Path, language: str) -> dict[str, str]:
    """Clip name (`digits/1`) to its words, as the package lists them (the English list is gzipped)."""
    found = sorted((folder / "usr/share/doc").glob(f"asterisk-core-sounds-{language}*/core-sounds-{language}.txt*"))
    if not found:
        raise NotFetched(f"no transcripts for {language} in {folder}")
    raw = found[0].read_bytes()
    text = (gzip.decompress(raw) if found[0].suffix == ".gz" else raw).decode("utf-8", "replace")
    pairs = (line.partition(":") for line in text.splitlines() if line.strip() and not line.startswith(";"))
    return {name.strip(): words.strip() for name, colon, words in pairs if colon}


def clips(folder: Path, language: str) -> dict[str, Path]:
    """Clip name to its WAV file."""
    roots = [p for p in (folder / "usr/share/asterisk/sounds").iterdir() if p.name.startswith(language)]
    return {str(w.relative_to(root).with_suffix("")): w for root in sorted(roots) for w in sorted(root.rglob("*.wav"))}


def _download(scratch: Path) -> list[Path]:
    done = subprocess.run(["apt-get", "download", *PACKAGES], cwd=scratch, capture_output=True, text=True,
                          timeout=300, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise NotFetched(f"apt-get download failed: {last}")
    return sorted(scratch.glob("*.deb"))


if __name__ == "__main__":
    try:
        target = fetch(Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT)
    except NotFetched as error:
        sys.exit(f"error: {error}")
    for code in ("en", "es"):
        print(f"{code}: {len(clips(target, code))} clips, {len(transcripts(target, code))} transcripts")
