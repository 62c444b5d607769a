"""Personal data at rest: what is sealed is unreadable, bound to its place, and survives a change of keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr import config
from ivr.errors import ConfigProblem
from ivr.runtime.data_keys import box_of
from ivr.store.sealed import SecretBox

BOX = SecretBox(["one"])


@given(st.binary(), st.text(min_size=1))
def test_what_is_sealed_comes_back_only_in_its_own_place(plain: bytes, context: str) -> None:
    sealed = BOX.seal(plain, context)
    assert BOX.open(sealed, context) == plain
    # The marker in front is the same for all; of longer values nothing comes back by chance.
    assert len(plain) < 6 or plain not in sealed[4:]
    with pytest.raises(ConfigProblem):
        BOX.open(sealed, context + "x")


def test_a_new_key_opens_what_the_old_one_sealed_and_is_used_from_now_on() -> None:
    old = BOX.seal(b"x", "t.c")
    rotated = SecretBox(["two", "one"])
    assert rotated.open(old, "t.c") == b"x" and not rotated.is_current(old)
    new = rotated.seal(b"x", "t.c")
    assert rotated.is_current(new)
    with pytest.raises(ConfigProblem, match="IVR_DATA_KEYS"):
        BOX.open(new, "t.c")


def test_two_sealings_of_one_value_differ_and_its_index_does_not() -> None:
    assert BOX.seal(b"x", "t.c") != BOX.seal(b"x", "t.c")
    assert BOX.index("x", "t.c") == BOX.index("x", "t.c") != BOX.index("x", "t.d")
    assert SecretBox(["two", "one"]).index("x", "t.c") == BOX.index("x", "t.c"), "what was written can still be found"


def test_what_was_written_before_there_were_keys_is_read() -> None:
    assert BOX.open(b'{"a": 1}', "t.c") == b'{"a": 1}'


@pytest.mark.parametrize("keys", [[], [""]])
def test_an_empty_key_is_refused(keys: list[str]) -> None:
    with pytest.raises(ConfigProblem):
        SecretBox(keys)


def test_an_installation_without_keys_makes_one_and_keeps_it(tmp_path: Path) -> None:
    settings = config.load({"IVR_VAR_DIR": str(tmp_path)})
    sealed = box_of(settings).seal(b"x", "t.c")
    assert box_of(settings).open(sealed, "t.c") == b"x"
    assert (tmp_path / "data.key").stat().st_mode & 0o777 == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["data.key"]
