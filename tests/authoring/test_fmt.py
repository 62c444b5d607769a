"""`ivr fmt`: files are laid out alike, a second time changes nothing, and no file ever says anything else afterwards."""

from __future__ import annotations

import os
import random
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.author.drawing import WIDTH
from ivr.author.layout import laid_out
from ivr.author.syntax import comments_in
from ivr.cli.main import main
from ivr.diff.change import Side
from ivr.diff.meaning import meanings
from ivr.errors import BundleProblems, IvrError
from ivr.flow.load import bundle_from_files, read_files
from ivr.flow.source import read_tree
from ivr.flow.tree import plain
from tests.bundle_edits import HARBOR, ROOT, STARTER

GOLDEN = ROOT / "tests" / "golden" / "fmt"
FOLDERS = [STARTER, ROOT / "prompts" / "starter", ROOT / "flows" / "uscis", ROOT / "prompts" / "uscis", HARBOR]
Capture = pytest.CaptureFixture[str]


def twice(text: str) -> str:
    """The text in the common layout, in which it stays."""
    data = laid_out(text.encode(), "x.yaml")
    assert laid_out(data, "x.yaml") == data
    return data.decode()


def said(text: str) -> object:
    tree, problems = read_tree(text, "x.yaml")
    assert not problems
    return plain(tree)


@pytest.mark.parametrize("before", sorted(GOLDEN.glob("*.in.yaml")), ids=lambda p: p.name.split(".")[0])
def test_the_layout_is_the_golden_one(before: Path) -> None:
    golden, text = before.with_name(before.name.replace(".in.", ".out.")), twice(before.read_text(encoding="utf-8"))
    if os.environ.get("REGENERATE_GOLDEN"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_there_are_golden_files() -> None:
    assert len(list(GOLDEN.glob("*.in.yaml"))) == len(list(GOLDEN.glob("*.out.yaml"))) >= 6


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f.relative_to(ROOT).as_posix())
def test_every_file_of_ours_can_be_laid_out_and_says_the_same(folder: Path) -> None:
    for path in sorted(folder.glob("*.yaml")) + sorted(folder.glob("*/*.yaml")):
        text = path.read_text(encoding="utf-8")
        if read_tree(text, path.name)[1]:
            continue  # being written by somebody at this moment
        after = twice(text)
        assert said(after) == said(text), path
        assert comments_in(after) == comments_in(text), path


def test_the_starter_bundle_is_laid_out_already_but_for_one_long_line() -> None:
    for path in [*STARTER.rglob("*.yaml"), *(ROOT / "prompts" / "starter").glob("*.yaml")]:
        was, now = path.read_text().splitlines(), twice(path.read_text()).splitlines()
        new = [line for line in now if line not in was]
        assert len(new) <= 2, path
        assert all(len(line) > WIDTH for line in was if line not in now), path


def test_a_bundle_stays_the_same_bundle() -> None:
    files = dict(read_files(HARBOR).files)
    after = {name: laid_out(data, name) for name, data in files.items()}
    assert meanings(Side(bundle_from_files(after))) == meanings(Side(bundle_from_files(files)))


def test_another_reader_of_yaml_agrees() -> None:
    ruamel = pytest.importorskip("ruamel.yaml", reason="the second reader is not installed")
    reader = ruamel.YAML(typ="safe", pure=True)
    for path in [*sorted(HARBOR.rglob("*.yaml")), *sorted(GOLDEN.glob("*.in.yaml"))]:
        text = path.read_text(encoding="utf-8")
        assert reader.load(twice(text)) == reader.load(text), path


# -- any text ---------------------------------------------------------------------------------------------------------


class Scribe:
    """Writes one and the same tree in a hand of its own: indentation, blanks, quotes, comments, brackets or lines."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)
        self.comments = 0

    def text(self, tree: object) -> str:
        return "\n".join([*self.remarks(0), *self.block(tree, 0), *self.remarks(0)]) + "\n"

    def block(self, tree: object, indent: int) -> list[str]:
        lines: list[str] = []
        for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree):  # type: ignore[arg-type, var-annotated]
            head = " " * indent + (f"{self.word(key)}:" if isinstance(tree, dict) else "-")
            lines += [] if not lines else self.remarks(indent)
            if isinstance(value, dict | list) and value and self.random.random() < 0.6:
                lines += [head + self.comment(), *self.remarks(indent + 4), *self.block(value, indent + self.random.choice([1, 2, 3, 4]))]
            else:
                flow = self.flow(value, indent + 8)
                lines += [f"{head}{' ' * self.random.choice([1, 1, 1, 3])}{flow}{self.comment()}"]
        return lines

    def flow(self, value: object, indent: int) -> str:
        comma = lambda: self.random.choice([", ", ",", " , ", f",\n{' ' * indent}"])  # noqa: E731
        if isinstance(value, dict):
            parts = [f"{self.word(k)}: {self.flow(v, indent + 1)}" for k, v in value.items()]
            return f"{{{self.joined(parts, comma)}}}"
        if isinstance(value, list):
            return f"[{self.joined([self.flow(v, indent + 1) for v in value], comma)}]"
        return self.word(value)

    def joined(self, parts: list[str], comma: object) -> str:
        return parts[0] + "".join(comma() + part for part in parts[1:]) if parts else ""  # type: ignore[operator]

    def word(self, text: object) -> str:
        quote = self.random.choice(['"', "'", ""])
        special = not str(text).isalnum()
        return f"{quote or chr(34)}{text}{quote or chr(34)}" if quote or special else str(text)

    def comment(self) -> str:
        if self.random.random() > 0.3:
            return ""
        self.comments += 1
        return f"{' ' * self.random.randint(1, 9)}# beside {self.comments}"

    def remarks(self, indent: int) -> list[str]:
        lines = []
        for _ in range(self.random.choice([0, 0, 0, 1, 2])):
            self.comments += 1
            lines.append(self.random.choice(["", " " * indent + f"# above {self.comments}", " " * indent + f"# -- part {self.comments}"]))
        return lines


words = st.text("abcXYZ09 é#:,-[]{}", min_size=1, max_size=12).map(lambda t: t.strip() or "w")
long_words = st.integers(1, 60).map(lambda n: "lorem ipsum "[:n].strip() * 4)
leaves = words | long_words
trees = st.recursive(leaves, lambda inner: st.lists(inner, min_size=1, max_size=5)
                     | st.dictionaries(words, inner, min_size=1, max_size=5), max_leaves=25)


@given(st.dictionaries(words, trees, min_size=1, max_size=6) | st.lists(trees, min_size=1, max_size=5), st.integers(0, 10_000))
@settings(max_examples=150, deadline=None)
def test_any_hand_becomes_the_same_layout_twice_and_says_the_same(tree: object, seed: int) -> None:
    text = Scribe(seed).text(tree)
    assert said(text) == tree
    after = twice(text)
    assert said(after) == tree
    assert comments_in(after) == comments_in(text)
    assert "\n\n\n" not in after
    assert not any(line != line.rstrip() for line in after.split("\n"))


@given(st.dictionaries(words, trees, min_size=1, max_size=4), st.integers(0, 10_000), st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_line_breaks_between_brackets_make_no_difference(tree: dict[str, object], one: int, other: int) -> None:
    hands = [Scribe(seed) for seed in (one, other)]
    for hand in hands:
        hand.random.random()
    flat = [f"top: {Plain(seed).flow(tree, 4)}\n" for seed in (one, other)]
    assert twice(flat[0]) == twice(flat[1])


class Plain(Scribe):
    """A hand that differs in blanks and line breaks only."""

    def word(self, text: object) -> str:
        return f'"{text}"'


@pytest.mark.parametrize("text", ["a: 1\na: 2\n", "a: [1\n", "\ta: 1\n", "a: !!python/name:x y\n", "a: 1\n---\nb: 2\n", "a: *x\n"])
def test_what_the_reader_refuses_is_refused_with_its_problems(text: str) -> None:
    with pytest.raises(BundleProblems) as refused:
        laid_out(text.encode(), "x.yaml")
    assert refused.value.problems == sorted(read_tree(text, "x.yaml")[1])


@pytest.mark.parametrize("text", ["a: |2\n    x\n   y\n", "a: |+\n  x\n\n\nb: 1\n", "a: # c1\n  # c2\n  b # c3\n"])
def test_what_cannot_be_laid_out_safely_is_left_alone(text: str) -> None:
    with pytest.raises(IvrError, match="so rare"):
        laid_out(text.encode(), "x.yaml")


# -- the command ------------------------------------------------------------------------------------------------------


@pytest.fixture
def untidy(tmp_path: Path) -> Path:
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.yaml").write_text("a:   1   # one\n")
    (tmp_path / "sub" / "b.yaml").write_text("b: 2\n")
    return tmp_path


def test_check_names_the_files_and_writes_nothing(untidy: Path, capsys: Capture) -> None:
    before = (untidy / "a.yaml").read_bytes()
    assert main(["fmt", "--check", str(untidy)]) == 1
    assert capsys.readouterr().out == f"{untidy / 'a.yaml'}\n1 of 2 files would change\n"
    assert (untidy / "a.yaml").read_bytes() == before


def test_files_are_replaced_whole_with_their_permissions_and_through_links(untidy: Path) -> None:
    (untidy / "a.yaml").chmod(0o640)
    (untidy / "link.yaml").symlink_to(untidy / "a.yaml")
    assert main(["fmt", str(untidy / "link.yaml")]) == 0
    assert (untidy / "a.yaml").read_text() == "a: 1     # one\n"
    assert stat.S_IMODE((untidy / "a.yaml").stat().st_mode) == 0o640
    assert (untidy / "link.yaml").is_symlink()
    assert sorted(p.name for p in untidy.iterdir()) == ["a.yaml", "link.yaml", "sub"]
    assert main(["fmt", "--check", str(untidy)]) == 0


def test_a_file_that_cannot_be_read_is_named_and_the_others_are_laid_out(untidy: Path, capsys: Capture) -> None:
    (untidy / "bad.yaml").write_text("x: 1\nx: 2\n")
    assert main(["fmt", str(untidy)]) == 1
    out, err = capsys.readouterr()
    assert out.endswith("1 of 3 files changed, 1 cannot be laid out\n")
    assert f"{untidy / 'bad.yaml'}:2:1: error[E-YAML]" in err
    assert (untidy / "bad.yaml").read_text() == "x: 1\nx: 2\n"


def test_a_bundle_brings_its_prompts_along(capsys: Capture) -> None:
    assert main(["fmt", "--check", str(STARTER)]) == 1
    assert "of 13 files" in capsys.readouterr().out  # 11 of the folder, 2 of prompts/starter


@pytest.mark.parametrize("arguments", [[], ["/nowhere"], ["--what"]])
def test_misuse_is_two(arguments: list[str], capsys: Capture) -> None:
    assert main(["fmt", *arguments]) == 2
    assert "Traceback" not in capsys.readouterr().err
