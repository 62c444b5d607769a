"""The tutorial is done, page by page, on copies of the bundles: each change is made, each command run, and what the page
shows must be what comes out. Only durations may differ.

After a change to the bundles, `python -m tests.authoring.test_tutorial` writes the outputs into the pages anew; read the difference.
"""

from __future__ import annotations

import functools
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from ivr.cli import diff, main
from ivr.flow.model import Bundle
from ivr.proof import examine
from ivr.proof.prove import Proof, prove

ROOT = Path(__file__).parent.parent.parent
PAGES = sorted((ROOT / "docs/tutorial").glob("[0-9]-*.md"))
BLOCK = re.compile(r"^```(console|diff)\n(.*?)^```$", re.M | re.S)
LEFT_OUT = "[...]"
"""A line of a page that stands for any lines of the output."""
WRITTEN_ON = "2026-03-10"
"""Day on which `ivr check` judges review dates here."""
_PROOFS: dict[str, Proof] = {}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_page_shows_what_happens(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (diff, examine):
        monkeypatch.setattr(sys.modules[module.__name__], "prove", once_a_bundle)
    monkeypatch.chdir(prepared(tmp_path))
    shown = page.read_text()
    for block in BLOCK.finditer(shown):
        for step in steps_of(block):
            assert agrees(step.shown, step.done()), f"{page.name}: {step.what}\n{step.done()}"


def test_the_page_of_the_overview_names_every_page() -> None:
    overview = (ROOT / "docs/tutorial/README.md").read_text()
    assert len(PAGES) == 4 and all(f"]({page.name})" in overview for page in PAGES)


def test_a_test_that_a_page_names_exists() -> None:
    assert (ROOT / "flows/uscis/tests/emergencies/visit_card.yaml").exists()


@dataclass(frozen=True)
class Step:
    what: str
    shown: str
    done: Callable[[], str]


def steps_of(block: re.Match[str]) -> Iterator[Step]:
    kind, body = block.groups()
    if kind == "diff":
        yield Step(body.partition("\n")[0], "", lambda: edited(body))
        return
    for command, shown in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", body, re.M):
        yield Step(command, shown, functools.cache(lambda command=command, shown=shown: output_of(command, shown)))


def edited(change: str) -> str:
    """Make a change of a page: its lines with `-` and without a sign are found, once, and replaced."""
    name, _, body = change.partition("\n")
    lines = body.splitlines(keepends=True)
    old = "".join(line[1:] for line in lines if line[0] in " -")
    new = "".join(line[1:] for line in lines if line[0] in " +")
    path = Path(name)
    text = path.read_text() if old else ""
    assert old or not path.exists(), f"{name} is there already"
    assert not old or text.count(old) == 1, f"found {text.count(old)} times in {name}:\n{old}"
    path.write_text(text.replace(old, new) if old else new)
    return ""


def output_of(command: str, shown: str) -> str:
    words = command.split()
    if words[:2] == ["cp", "-r"]:
        shutil.copytree(words[2], words[3])
        return ""
    assert words[0] == "ivr", command
    now = ["--now", WRITTEN_ON] if words[1] == "check" else []
    spoken = "".join(f"{line}\n" for line in re.findall(r"^caller  (.*)$", shown, re.M))
    return CliRunner().invoke(main.cli, [*words[1:], *now], input=spoken or None).output


def agrees(shown: str, real: str) -> bool:
    parts = [re.escape(_without_seconds(part)) for part in re.split(rf"^{re.escape(LEFT_OUT)}\n", shown, flags=re.M)]
    return re.fullmatch("(?:.*\n)*".join(parts), f"{_without_seconds(real).rstrip()}\n" if shown else real.strip()) is not None


def _without_seconds(text: str) -> str:
    return re.sub(r"\b\d+\.\d+ s\b", "N s", text)


def once_a_bundle(bundle: Bundle) -> Proof:
    """A page proves the same bundle for `check` and for `diff`."""
    if bundle.hash not in _PROOFS:
        _PROOFS[bundle.hash] = prove(bundle)
    return _PROOFS[bundle.hash]


def prepared(folder: Path) -> Path:
    """Copies of the bundles; without the tests of the large one, which no page touches and `ivr diff` would read."""
    for name in ("flows/uscis", "prompts/uscis", "flows/starter", "prompts/starter"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("tests") if "uscis" in name else None)
    return folder


def rewritten(page: Path) -> str:
    """The page with the outputs of today; where it leaves lines out, the first story of the output stays."""
    def block(found: re.Match[str]) -> str:
        steps = list(steps_of(found))
        if found[1] == "diff":
            steps[0].done()
            return found[0]
        return "```console\n" + "".join(f"$ {s.what}\n{_shortened(s.shown, s.done())}" for s in steps) + "```"
    return BLOCK.sub(block, page.read_text())


def _shortened(shown: str, real: str) -> str:
    text = real.rstrip() + "\n" if real.strip() else ""
    if LEFT_OUT not in shown:
        return text
    stories = text.split("\n\n")
    return f"{stories[0]}\n{LEFT_OUT}\n" if shown.rstrip().endswith(LEFT_OUT) else f"{stories[0]}\n\n{LEFT_OUT}\n{stories[-1]}"


if __name__ == "__main__":
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    for each in PAGES:
        with tempfile.TemporaryDirectory() as temporary, chdir(prepared(Path(temporary))):
            each.write_text(rewritten(each))
