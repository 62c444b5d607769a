"""What happens while a password is being compared, which takes a tenth of a second and, behind others, up to ten: whoever is shut
out meanwhile must not come in. On every database."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ivr.access import totp
from ivr.access.desk import Access
from ivr.access.sign_in import Refused
from ivr.store.db import Database
from tests.contract.test_access_stores import NOW, PASSWORD, access_of, enter

ANOTHER = "another one, much longer"
Deed = Callable[[Access], object]


@pytest.fixture
def access(db: Database) -> Access:
    made = access_of(db)
    made.staff.create("ana", "agent", PASSWORD, "cli:root", NOW)
    return made


def meanwhile(access: Access, deed: Deed, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once, right after the password was found to fit."""
    compare, left = access.passwords.fits, [deed]

    def fits(stored: str | None, password: str) -> bool:
        found = compare(stored, password)
        if found and left:
            left.pop()(access)
        return found

    monkeypatch.setattr(access.passwords, "fits", fits)


def _codes(access: Access) -> None:
    """A second factor, set up in another browser."""
    access.account.begin_totp("ana", PASSWORD, NOW)
    secret = access.account.user("ana").totp_pending
    assert secret is not None
    access.account.confirm_totp("ana", totp.code_at(secret, totp.step_at(NOW)), NOW)


SHUT_OUT: dict[str, Deed] = {
    "disabled": lambda a: a.staff.set_disabled("ana", True, "cli:root", NOW),
    "another password": lambda a: a.staff.set_password("ana", ANOTHER, "cli:root", NOW)}


@pytest.mark.parametrize("how", [*SHUT_OUT, "codes"])
def test_who_is_shut_out_meanwhile_does_not_come_in(access: Access, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    meanwhile(access, SHUT_OUT.get(how, _codes), monkeypatch)
    with pytest.raises(Refused):
        enter(access)
    assert access.sessions.of("ana", NOW) == []


@pytest.mark.parametrize("how", [*SHUT_OUT, "sessions ended"])
def test_the_administrators_word_is_the_last_one(access: Access, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody with a stolen session and the old password changes it while the administrator shuts them out."""
    session = access.sessions.get(enter(access), NOW)
    assert session is not None
    deed = SHUT_OUT.get(how, lambda a: a.staff.end_sessions("ana", "cli:root", NOW))
    meanwhile(access, deed, monkeypatch)
    with pytest.raises(Refused):
        access.account.change_password("ana", PASSWORD, "the thief's own password", session, NOW)
    assert access.sessions.of("ana", NOW) == []
    user = access.users.get("ana")
    assert user is not None
    assert not access.passwords.fits(user.password, "the thief's own password")


@pytest.mark.parametrize("what", ["begin_totp", "end_totp"])
def test_codes_are_not_changed_with_a_password_of_before(access: Access, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _codes(access)
    meanwhile(access, SHUT_OUT["another password"], monkeypatch)
    with pytest.raises(Refused):
        getattr(access.account, what)("ana", PASSWORD, NOW)
    user = access.users.get("ana")
    assert user is not None
    assert user.totp is not None
    assert user.totp_pending is None
