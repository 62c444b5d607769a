"""The last lines of `make run`."""

from __future__ import annotations

import re
import shlex

from click.testing import CliRunner

from ivr.access.roles import may
from ivr.cli.ready_message import ready_json, ready_lines
from ivr.cli.users import users

BASE = "http://127.0.0.1:8080"


def lines(**other: bool) -> list[str]:
    return ready_lines(BASE, **({"production": False, "has_staff": False, "hears": True} | other))


def test_the_phone_the_pages_of_staff_and_the_first_user_are_named() -> None:
    said = "\n".join(lines())
    assert said.startswith(f"ready {BASE}/phone\n"), "the first line is what programs wait for"
    for page in ("/agent", "/requests"):
        assert f"{BASE}{page}" in said


def test_the_command_for_the_first_user_is_one() -> None:
    (command,) = [shlex.split(m) for line in lines() for m in re.findall(r"first user: \.venv/bin/ivr (.*)", line)]
    role = command[command.index("--role") + 1]
    assert may(role, "callers.serve") and may(role, "requests.export"), "both pages open for whoever does as told"
    answer = CliRunner().invoke(users, [*command[1:], "--help"])
    assert command[0] == "users" and answer.exit_code == 0 and "--generate" in answer.output


def test_who_has_staff_is_not_told_how_to_begin() -> None:
    assert not [line for line in lines(has_staff=True) if "users create" in line]


def test_production_is_told_of_no_phone_and_no_password() -> None:
    assert lines(production=True) == [f"ready {BASE}/healthz"]


def test_a_missing_model_is_told() -> None:
    assert "ivr models fetch" in lines(hears=False)[-1]


def test_programs_get_the_same_addresses() -> None:
    assert ready_json(BASE) == {"ready": True, "url": BASE, "phone": f"{BASE}/phone", "agent": f"{BASE}/agent",
                                "requests": f"{BASE}/requests"}
