"""Who may import whom, file sizes, names: the shape of the code as a test."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
SOURCES = sorted((ROOT / "ivr").rglob("*.py"))


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(Path(sys.executable).with_name(command[0])), *command[1:]], cwd=ROOT, capture_output=True, text=True)


def test_the_import_contracts_hold() -> None:
    done = run("lint-imports", "--no-cache")
    assert done.returncode == 0, done.stdout


def test_ruff_is_content() -> None:
    done = run("ruff", "check", ".", "--no-cache")
    assert done.returncode == 0, done.stdout


def test_long_files_say_why() -> None:
    for path in SOURCES:
        text = path.read_text()
        if len(text.splitlines()) > 500:
            assert "long" in (ast.get_docstring(ast.parse(text)) or ""), f"{path} has over 500 lines and does not say why"


def test_modules_say_what_they_are_for() -> None:
    for path in SOURCES:
        text = path.read_text()
        if text.strip():
            assert ast.get_docstring(ast.parse(text)), path
        assert not re.fullmatch(r"utils?|helpers?|common|misc|manager", path.stem), path


def test_the_pure_core_reads_no_clock_and_draws_no_random_number() -> None:
    forbidden = re.compile(r"datetime\.now|date\.today|time\.time\b|time\.monotonic|\brandom\.|\buuid\b|secrets\."
                           r"|os\.environ|(?<!def )(?<![\w.])open\(")
    core = [p for p in SOURCES if "/dialog/" in str(p) or "/agents/" in str(p) or ("/flow/" in str(p) and p.name != "load.py")]
    assert len(core) > 30
    for path in core:
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                node.value = ""
        assert not forbidden.search(ast.unparse(tree)), path


def test_nothing_of_the_machine_it_was_written_on_is_in_the_files() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True).stdout.split()
    home = str(Path.home())
    for name in tracked:
        path = ROOT / name
        if path.suffix in {".py", ".md", ".yaml", ".toml", ".txt", ".sh", ".in"} and path.exists():
            text = path.read_text(errors="replace")
            assert str(ROOT) + "/" not in text, name
            assert home == "/" or f"{home}/" not in text, name
