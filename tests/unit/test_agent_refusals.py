"""Every code by which staff are refused is in one list, and has words in both languages and a line in the reference."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import ivr
from ivr.agents.refusals import OF_A_LOOK, OF_THE_API, OF_THE_SOCKET, REFUSALS
from ivr.errors import IvrError
from ivr.store.promise_ledger import NotNow
from ivr.web.agent_api import STATUS
from ivr.web.agent_words import catalogue

ROOT = Path(ivr.__file__).parent
REFERENCE = (ROOT.parent / "docs/reference/agent-socket.md").read_text(encoding="utf-8")
API = [*sorted((ROOT / "runtime/desk_work").glob("*.py")), ROOT / "web/agent_api.py"]
FIELDS = ("_text", "_short")
"""Readers of one field: a wrong one is refused by the field's name, their last argument."""


def calls_in(path: Path) -> Iterator[ast.Call]:
    return (n for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Call))


def texts(nodes: list[ast.expr]) -> set[str]:
    return {n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def given(path: Path, keyword: str) -> set[str]:
    return {text for call in calls_in(path) for k in call.keywords if k.arg == keyword for text in texts([k.value])}


def fields(path: Path) -> set[str]:
    return {text for call in calls_in(path) if isinstance(call.func, ast.Name) and call.func.id in FIELDS for text in texts(call.args[-1:])}


def sent_by_the_socket() -> set[str]:
    """What a handler of `ConsoleRequests` returns, or the console refuses with."""
    tree = ast.parse((ROOT / "web/console_requests.py").read_text(encoding="utf-8"))
    console = next(n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == "ConsoleRequests")
    tells = [f for f in console.body if isinstance(f, ast.AsyncFunctionDef) or getattr(f, "name", "") == "_not_talking"]
    handlers = [f for f in tells if isinstance(f.returns, ast.Name) and f.returns.id == "str"]
    assert len(handlers) > 10
    returned = [n for f in handlers for r in ast.walk(f) if isinstance(r, ast.Return) and r.value for n in _branches(r.value)]
    constants = {t.id: n.value for n in tree.body if isinstance(n, ast.Assign) for t in n.targets if isinstance(t, ast.Name)}
    looked_up = [constants[n.id] if isinstance(n, ast.Name) else n for n in returned if not isinstance(n, ast.Call)]
    calls = [c for name in ("agent_socket", "console_requests") for c in calls_in(ROOT / f"web/{name}.py")]
    refused = [c.args[0] for c in calls if isinstance(c.func, ast.Name) and c.func.id == "refusal"]
    return (texts(looked_up) | texts(refused)) - {""}


def _branches(value: ast.expr) -> list[ast.expr]:
    return [*_branches(value.body), *_branches(value.orelse)] if isinstance(value, ast.IfExp) else [value]


def sent_by_the_api() -> set[str]:
    by_guard = {text for call in calls_in(ROOT / "web/guard.py") for k in call.keywords if k.arg == "error" for text in texts([k.value])}
    by_kind = {kind.code for kind in (*STATUS, NotNow) if issubclass(kind, IvrError)}
    return by_guard | by_kind | {code for path in API for code in given(path, "code") | fields(path)}


def sent_by_the_desk() -> set[str]:
    """Told of a telephone, by no handler."""
    tree = ast.parse((ROOT / "runtime/desk_phones.py").read_text(encoding="utf-8"))
    return texts([n.slice for n in ast.walk(tree) if isinstance(n, ast.Subscript) and getattr(n.value, "id", "") == "REFUSALS"])


def test_the_socket_refuses_by_codes_of_the_list() -> None:
    assert sent_by_the_socket() | sent_by_the_desk() == set(OF_THE_SOCKET)


def test_a_look_at_a_value_is_refused_by_codes_of_the_list() -> None:
    assert given(ROOT / "runtime/context_packet.py", "code") == set(OF_A_LOOK)


def test_the_api_refuses_by_codes_of_the_list() -> None:
    assert sent_by_the_api() == set(OF_THE_API)


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_code_has_words(language: str) -> None:
    words = catalogue()[language]
    assert {label.removeprefix("refused_") for label in words if label.startswith("refused_")} == set(REFUSALS)
    for code in REFUSALS:
        said = words[f"refused_{code}"]
        assert said[0].islower() and said[-1] == ".", f"{code}: goes on behind “{words['refused']}”"


def test_every_code_is_in_the_reference() -> None:
    assert [code for code in REFUSALS if f"`{code}`" not in REFERENCE] == []
