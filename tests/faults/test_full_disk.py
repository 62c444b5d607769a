"""Row 13: the disk is full, at every possible moment of a write: a small file system of its own, filled up to a byte.

What cannot be written is refused with a sentence; no half file is left; calls go on; with room again everything works.
"""

from __future__ import annotations

import os
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ivr.errors import IvrError
from ivr.speech.prompt_audio import PromptAudio, PromptItem
from ivr.store.backup import backup
from ivr.store.db import Database
from ivr.store.pinned import PinnedBundles
from ivr.store.restore import restore
from ivr.store.versions import Change, Versions
from tests.faults.amount import SEED, amount, dice
from tests.faults.figures import record
from tests.faults.storm import number_of
from tests.rim.site import TUESDAY, Site, site

pytestmark = [pytest.mark.faults]
SIZE_MB = 24
TRIES = amount(12, 120)


class Disk:
    """A file system in memory that can be filled."""

    def __init__(self, folder: Path):
        self.folder, self._ballast = folder, folder / "ballast"

    def fill(self, but_bytes: int) -> None:
        """Leave room for so many bytes (in whole pages, as a file system does)."""
        self.empty()
        free = os.statvfs(self.folder)
        size = max(0, free.f_bavail * free.f_frsize - but_bytes)
        with self._ballast.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, size) if size else None

    def empty(self) -> None:
        self._ballast.unlink(missing_ok=True)

    def left_overs(self, *known: str) -> list[str]:
        return sorted(p.name for p in self.folder.rglob("*") if p.is_file() and p != self._ballast and not p.name.startswith(known))


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = os.getuid() == 0 and subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "tmpfs", str(folder)],
                                                  capture_output=True).returncode == 0
    if not mounted:
        pytest.skip("a small file system can be mounted by root only")
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def rooms(throw: random.Random, most: int) -> list[int]:
    """Bytes that are left: none, a page, and wherever the dice fall."""
    return [0, 4096, *(throw.randrange(most) for _ in range(TRIES - 2))]


def test_backups_are_whole_or_not_there(disk: Disk, tmp_path: Path) -> None:
    throw, target = dice("disk backup"), disk.folder / "backup"
    with site(tmp_path) as office:
        for n in range(20):
            call = office.call(from_=number_of(n))
            call.say("where is my case")
            call.hangup()
        backup(office.services.db, target, office.clock.now())
        whole = target.stat().st_size
        target.unlink()
        refused = 0
        for room in rooms(throw, whole * 2):
            disk.fill(room)
            try:
                backup(office.services.db, target, office.clock.now())
            except IvrError as error:
                refused += 1
                assert "cannot be written" in str(error)
                assert disk.left_overs() == [], f"seed {SEED}: no half file"
            else:
                with_room = Database(f"sqlite:///{tmp_path / f'back{room}.db'}", office.services.db.box)
                restore(with_room, target, office.clock.now())
                with_room.close()
                target.unlink()
        record("disk", what="backup", tries=TRIES, refused=refused, corrupt=0)
        assert refused > 0


def test_a_publish_is_refused_and_the_old_bundle_stays(disk: Disk, tmp_path: Path) -> None:
    throw, refused = dice("disk publish"), 0
    db = Database(f"sqlite:///{disk.folder / 'ivr.db'}")
    try:
        for room in rooms(throw, 600_000):
            disk.fill(room)
            try:
                _publish(db, throw)
            except IvrError as error:
                refused += 1
                assert "database" in str(error) and "Traceback" not in str(error)
            db.ping()
            with db.read() as connection:
                assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        disk.empty()
        _publish(db, throw)
        record("disk", what="publish", tries=TRIES, refused=refused, corrupt=0)
    finally:
        db.close()


def _publish(db: Database, throw: random.Random) -> None:
    """As `ivr publish` does: the bundle is kept, then the pointer moves."""
    name = f"{throw.randrange(16**63):064x}"
    PinnedBundles(db).keep(name, "uscis", {"main.yaml": throw.randbytes(100_000)}, TUESDAY)
    Versions(db).publish("uscis", name, Change("test", "test", TUESDAY))
    pointer = Versions(db).pointer("uscis")
    assert pointer is not None and pointer.hash == name


class Voice:
    """Says everything as the same second of sound."""

    name = "test"

    def voice(self, language: str) -> str:
        return "test"

    def speak(self, text: str, language: str) -> np.ndarray:
        return (np.sin(np.arange(8000) / 5) * 0.3).astype(np.float32)

    def close(self) -> None:
        return None


def test_prompts_are_spoken_though_they_cannot_be_kept(disk: Disk) -> None:
    throw = dice("disk prompts")
    audio = PromptAudio(disk.folder / "audio", Voice())  # type: ignore[arg-type]
    whole = len(audio.audio("first", "en"))
    kept = 0
    for n, room in enumerate(rooms(throw, 3 * whole)):
        disk.fill(room)
        assert len(audio.audio(f"prompt {n}", "en")) == whole, "the prompt is said"
        kept += audio.is_cached(PromptItem("x", "en", f"prompt {n}"))
    sizes = {p.stat().st_size for p in (disk.folder / "audio").rglob("*") if p.is_file()}
    record("disk", what="prompts", tries=TRIES, refused=TRIES - kept, corrupt=len(sizes - {whole}))
    assert len(sizes) == 1, "whole files only"


def test_calls_on_a_full_disk(disk: Disk) -> None:
    """No promise is spoken that was not written; callers are told where to go; with room again all is well."""
    throw = dice("disk calls")
    with site(disk.folder) as office:
        told = promised = 0
        for n, room in enumerate(rooms(throw, 1_000_000)):
            disk.fill(room)
            spoken = _call(office, n)
            promised += spoken
            told += not spoken
        disk.empty()
        office.work()
        texts = {m.to for m in office.ledger.sms}
        assert _call(office, 500), "with room again"
        assert len(texts) == promised, "spoken and written are one"
        with office.services.db.read() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        record("disk", what="calls", tries=TRIES, refused=told, corrupt=0)


def _call(office: Site, n: int) -> bool:
    """Whether the text was promised."""
    call = office.call(from_=number_of(n))
    for words in ("where is my case", "yes"):
        if call.gathering:
            call.say(words)
    promised = "text is on its way" in call.heard_text
    assert promised or call.ended or call.gathering
    assert call.history, "never silence"
    if not call.ended:
        call.hangup()
    return promised
