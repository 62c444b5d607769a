"""The transcripts of a bundle folder: tests/**/*.yaml. The rim of the reader; the only module here that opens files.

Called by `ivr test` and `ivr requirements`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ivr.errors import IvrError, Problem
from ivr.flow.model import Bundle
from ivr.flow.suggest import hint_for
from ivr.transcripts.model import Transcript
from ivr.transcripts.reading import read_test

MAX_TESTS = 5000


@dataclass(frozen=True, slots=True)
class Tests:
    tests: tuple[Transcript, ...]
    problems: tuple[Problem, ...] = ()
    files: dict[str, bytes] = field(default_factory=dict)
    """The bytes of every test file, by its name within the bundle."""
    __test__ = False


def read_tests(folder: Path, bundle: Bundle) -> Tests:
    """Every test of the bundle in `folder`, in the order of their names."""
    paths = sorted((folder / "tests").rglob("*.yaml"))
    if len(paths) > MAX_TESTS:
        raise IvrError(f"{folder}/tests holds more than {MAX_TESTS} files", hint="split the bundle")
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    tests: list[Transcript] = []
    problems: list[Problem] = []
    for name, data in files.items():
        test, found = read_test(data, name, bundle)
        problems += found
        if test:
            tests.append(test)
    return Tests(tuple(tests), tuple(problems), files)


def chosen(tests: Sequence[Transcript], names: Sequence[str]) -> tuple[Transcript, ...]:
    """The tests of these names (file names below tests/, or a folder of them); all without a name."""
    if not names:
        return tuple(tests)
    wanted = [name.removeprefix("tests/").removesuffix(".yaml").rstrip("/") for name in names]
    for name in wanted:
        if not any(_is(test, name) for test in tests):
            raise IvrError(f'there is no test "{name}"', hint=hint_for(name, [t.name for t in tests], "tests"))
    return tuple(t for t in tests if any(_is(t, name) for name in wanted))


def _is(test: Transcript, name: str) -> bool:
    return test.name == name or test.name.startswith(f"{name}/") or test.name.rpartition("/")[2] == name
