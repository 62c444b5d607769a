"""Bad YAML that is published: 200 bundles with seeded mistakes in bytes, lines and words go through the path of a publish.
None is accepted with an error, none ends in a traceback, and every complaint points at a place that exists."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ivr.dialog import actions as act
from ivr.dialog import events as ev
from ivr.dialog import session as sessions
from ivr.errors import BundleProblems
from ivr.flow.load import bundle_from_files, read_files
from ivr.flow.model import Bundle
from ivr.proof.examine import examine
from ivr.sensitive import Sensitive
from ivr.transcripts.world import World, advance

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 3, 10, 14, 5, tzinfo=UTC)
FILES = {name: dict(read_files(ROOT / "flows" / name).files) for name in ("starter", "uscis")}
SEEDS = [("starter", seed) for seed in range(160)] + [("uscis", seed) for seed in range(40)]

SIGNS = (b"\t", b"\x00", b"{", b"}", b": ", b"- ", b"&a ", b"*a", b"!!x ", b"\"", b"#", b"\xff", b"%", b"\n")
TRAPS = (b"no", b"012", b"1_000", b"null", b"~", b"[]", b"{}", b"2026-01-05", b"1e999", b"''")


def flip_a_byte(data: bytes, dice: random.Random) -> bytes:
    at = dice.randrange(len(data))
    return data[:at] + bytes([dice.randrange(256)]) + data[at + 1:]


def cut_bytes(data: bytes, dice: random.Random) -> bytes:
    at = dice.randrange(len(data))
    return data[:at] + data[at + dice.randrange(1, 20):]


def insert_bytes(data: bytes, dice: random.Random) -> bytes:
    at = dice.randrange(len(data))
    return data[:at] + dice.choice(SIGNS) + data[at:]


def _lines(data: bytes, dice: random.Random, change: Callable[[list[bytes], int], None]) -> bytes:
    lines = data.split(b"\n")
    change(lines, dice.randrange(len(lines)))
    return b"\n".join(lines)


def drop_a_line(data: bytes, dice: random.Random) -> bytes:
    return _lines(data, dice, lambda lines, n: lines.__delitem__(n))


def repeat_a_line(data: bytes, dice: random.Random) -> bytes:
    return _lines(data, dice, lambda lines, n: lines.insert(n, lines[n]))


def indent_a_line(data: bytes, dice: random.Random) -> bytes:
    return _lines(data, dice, lambda lines, n: lines.__setitem__(n, b"  " + lines[n]))


def swap_lines(data: bytes, dice: random.Random) -> bytes:
    def swap(lines: list[bytes], n: int) -> None:
        other = dice.randrange(len(lines))
        lines[n], lines[other] = lines[other], lines[n]

    return _lines(data, dice, swap)


def swap_words(data: bytes, dice: random.Random) -> bytes:
    words = data.split(b" ")
    one, other = dice.randrange(len(words)), dice.randrange(len(words))
    words[one], words[other] = words[other], words[one]
    return b" ".join(words)


def trap_a_word(data: bytes, dice: random.Random) -> bytes:
    words = data.split(b" ")
    words[dice.randrange(len(words))] = dice.choice(TRAPS)
    return b" ".join(words)


MISTAKES = (flip_a_byte, cut_bytes, insert_bytes, drop_a_line, repeat_a_line, indent_a_line, swap_lines, swap_words, trap_a_word)


def mutated(name: str, seed: int) -> tuple[Mapping[str, bytes], str]:
    dice = random.Random(f"{name} {seed}")
    files = dict(FILES[name])
    said = []
    for _ in range(dice.choice([1, 1, 1, 2, 3])):
        file, mistake = dice.choice(sorted(files)), dice.choice(MISTAKES)
        files[file] = mistake(files[file], dice)
        said.append(f"{mistake.__name__} in {file}")
    if dice.random() < 0.05:
        gone = dice.choice(sorted(files))
        del files[gone]
        said.append(f"{gone} missing")
    return files, ", ".join(said)


@pytest.mark.parametrize("part", range(8))
def test_no_mutant_is_accepted_with_an_error_and_none_breaks_the_publish(part: int) -> None:
    for name, seed in SEEDS[part::8]:
        files, said = mutated(name, seed)
        try:
            judge(files)
        except Exception as error:
            raise AssertionError(f"mutant {seed} of {name} ({said}): {type(error).__name__}: {error}") from error


def judge(files: Mapping[str, bytes]) -> None:
    examined = examine(files, NOW)
    errors = [p for p in examined.problems if p.severity == "error"]
    for problem in examined.problems:
        assert problem.message and problem.code
        lines = files.get(problem.file, b"").split(b"\n")
        assert 1 <= problem.line <= len(lines) + 1, (problem.file, problem.line)  # what is missing is missed after the end
    try:
        bundle = bundle_from_files(files)
    except BundleProblems as refused:
        assert any(p.severity == "error" for p in refused.problems)
        assert errors, "the loader refuses what the publish would accept"
        assert {(p.file, p.line, p.code) for p in refused.problems} <= {(p.file, p.line, p.code) for p in examined.problems}
        return
    if not errors:
        take_a_call(bundle)


def take_a_call(bundle: Bundle) -> None:
    """A bundle that is accepted takes calls: whatever a caller presses, there is an answer in words."""
    for language in bundle.languages:
        session = sessions.fresh("CA1", bundle.hash)
        event: ev.Event = ev.CallStarted("CA1", caller_number=Sensitive("+12025550143"), textable=True, language=language)
        for keys in ("9", "1", "2", "*", "1", "1", "0", "1"):
            moved = advance(bundle, session, event, NOW, World())
            session = moved.session
            said = [a for a in moved.actions if isinstance(a, act.Say)]
            assert said
            assert all(a.text.strip() for a in said)
            if session.waiting != "input":
                break
            event = ev.DigitsReceived(session.turn, Sensitive(keys))


def test_the_mutants_are_worth_the_trouble() -> None:
    """Most mutants are broken, and some are not: the publish can do both."""
    refused = sum(not examine(mutated("starter", seed)[0], NOW).ok for seed in range(160))
    assert 80 < refused < 160


def test_the_untouched_starter_is_accepted() -> None:
    judge(FILES["starter"])
    assert examine(FILES["starter"], NOW).ok
