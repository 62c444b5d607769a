"""The table of roles, passwords, and what decides about cookies, origins and addresses to go to."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Request
from werkzeug.test import EnvironBuilder

from ivr import config
from ivr.access.passwords import Cost, Passwords, acceptable
from ivr.access.qr import svg
from ivr.access.roles import PERMISSIONS, ROLES, may, reveals
from ivr.access.roles_page import reference_markdown
from ivr.access.users import user_name
from ivr.errors import Bug, MalformedRequest, Unavailable
from ivr.web import same_site, staff_cookie
from ivr.web.access import declared, entry_of, needs
from ivr.web.staff_page import local_path
from ivr.web.staff_words import catalogue

ROOT = Path(__file__).parent.parent.parent
CHEAP = Cost(memory_kib=8, passes=1)


class TestRoles:
    def test_the_reference_page_is_drawn_from_the_table(self) -> None:
        assert (ROOT / "docs/reference/roles.md").read_text() == reference_markdown(), "ivr users roles > docs/reference/roles.md"

    def test_the_roles_are_those_that_were_asked_for(self) -> None:
        assert list(ROLES) == ["viewer", "agent", "supervisor", "editor", "publisher", "admin"]
        assert all(permissions <= PERMISSIONS.keys() for permissions in ROLES.values())
        assert all(any(may(role, p) for role in ROLES) for p in PERMISSIONS), "a permission that nobody has"

    @pytest.mark.parametrize(("role", "permission"), [
        ("", "figures.read"), ("Admin", "users.manage"), ("root", "figures.read"), ("admin", ""), ("admin", "everything"),
        ("admin", "personal.reveal"), ("viewer", "promises.read"), ("editor", "bundles.publish"), ("agent", "audit.read")])
    def test_what_is_not_in_the_table_is_refused(self, role: str, permission: str) -> None:
        assert not may(role, permission)

    def test_who_reveals_leaves_early(self) -> None:
        assert {r for r in ROLES if reveals(r)} == {"agent", "supervisor"}

    def test_a_route_cannot_need_what_there_is_not(self) -> None:
        with pytest.raises(Bug):
            needs("promises.raed")

    def test_an_entry_stays_on_a_bound_method(self) -> None:
        view = declared(needs("audit.read"))(self.test_who_reveals_leaves_early)
        assert entry_of(view) == needs("audit.read")
        assert entry_of(lambda: None) is None
        assert entry_of(None) is None


class TestPasswords:
    def test_only_the_same_password_fits(self) -> None:
        passwords = Passwords(CHEAP)
        stored = passwords.hash("correct horse battery")
        assert stored.startswith("$argon2id$v=19$m=8,t=1,p=1$")
        assert passwords.fits(stored, "correct horse battery")
        assert not passwords.fits(stored, "correct horse batterY")
        assert passwords.hash("correct horse battery") != stored, "salted"

    def test_one_hash_is_computed_whoever_asks(self) -> None:
        passwords = Passwords(CHEAP)
        stored = passwords.hash("correct horse battery")
        for known in (stored, None, "", "no hash at all"):
            before = passwords.computed
            passwords.fits(known, "x")
            assert passwords.computed == before + 1

    def test_nobody_is_let_in_by_the_hash_that_stands_in_for_nobody(self) -> None:
        passwords = Passwords(CHEAP)
        assert not passwords.fits(None, "")
        assert passwords.no_user == passwords.no_user

    def test_who_would_have_to_wait_too_long_is_sent_away(self) -> None:
        passwords = Passwords(CHEAP, wait_s=0)
        passwords._room.acquire()
        with pytest.raises(Unavailable):
            passwords.fits(None, "x")
        passwords._room.release()
        assert not passwords.fits(None, "x")

    def test_other_parameters_are_noticed(self) -> None:
        stored = Passwords(CHEAP).hash("correct horse battery")
        assert not Passwords(CHEAP).is_outdated(stored)
        assert Passwords(Cost(memory_kib=16, passes=1)).is_outdated(stored)
        assert Passwords(Cost(memory_kib=8, passes=2)).is_outdated(stored)
        assert Passwords(CHEAP).is_outdated("something else")

    def test_the_pinned_parameters(self) -> None:
        """RFC 9106 and OWASP ask for no less. Whoever changes them changes this line, and passwords are hashed anew at sign-in."""
        assert Passwords().no_user.startswith("$argon2id$v=19$m=65536,t=3,p=1$")

    def test_what_is_longer_than_a_password_is_none(self) -> None:
        passwords, longest = Passwords(CHEAP), "ab cd ef gh " * 21 + "1234"
        stored = passwords.hash(acceptable(longest, "anapereira"))
        assert len(longest) == 256
        assert passwords.fits(stored, longest)
        assert not passwords.fits(stored, longest + "x")
        assert not passwords.fits(stored, longest * 1000)

    def test_one_password_however_it_was_typed(self) -> None:
        passwords = Passwords(CHEAP)
        assert passwords.fits(passwords.hash("contrase\u00f1a de a\u00f1os"), "contrasen\u0303a de an\u0303os")

    @pytest.mark.parametrize("password", [
        "", "short", "elevenchars", "aaaaaaaaaaaaaaaa", "password1234", "Password 2026!", "anapereira2026", "anapereira-anapereira",
        "x" * 257, "abababababab", "correct horse battery staple"])
    def test_what_is_guessed_first_is_no_password(self, password: str) -> None:
        with pytest.raises(MalformedRequest):
            acceptable(password, "anapereira")

    @pytest.mark.parametrize("password", ["correct horse battery", "un perro azul come pan", "4f9c-2b7e-a1d0", "x y z 1 2 3 4 5 6"])
    def test_length_is_what_counts(self, password: str) -> None:
        assert acceptable(password, "anapereira") == password


@pytest.mark.parametrize(("typed", "name"), [("ana", "ana"), (" Ana ", "ana"), ("a.b-c_9", "a.b-c_9")])
def test_a_name_has_one_form(typed: str, name: str) -> None:
    assert user_name(typed) == name


@pytest.mark.parametrize("typed", ["", "a", "9ana", "ana maria", "ana\n", "añá", "a" * 64, "../ana", "(nobody)", "cli:root"])
def test_what_is_no_name(typed: str) -> None:
    if typed == "ana\n":
        assert user_name(typed) == "ana"
        return
    with pytest.raises(MalformedRequest):
        user_name(typed)


@pytest.mark.parametrize(("wanted", "there"), [
    ("/agent", "/agent"), ("/api/promises?state=due", "/api/promises?state=due"), ("", "/account"), ("//evil.example", "/account"),
    ("/\\evil.example", "/account"), ("https://evil.example", "/account"), ("javascript:alert(1)", "/account"),
    ("/a\r\nSet-Cookie: x", "/account"),
    ("/" + "a" * 600, "/account"), ("/a\\..\\b", "/account"), ("/\t/evil.example", "/account")])
def test_a_sign_in_leads_nowhere_else(wanted: str, there: str) -> None:
    assert local_path(wanted) == there


def test_the_pages_say_the_same_in_every_language() -> None:
    words = catalogue()
    assert list(words) == ["en", "es"]
    assert all(f"role_{role}" in words["en"] for role in ROLES)
    same = {label for label in words["en"] if words["en"][label] == words["es"][label]}
    assert same <= {"role_supervisor", "role_editor"}, "not translated"


def test_the_cookie_is_bound_to_this_host_wherever_there_is_tls() -> None:
    plain = config.load({})
    secure = config.load({}, public_url="https://ivr.example.org")
    assert staff_cookie.name_of(plain) == "ivr-staff"
    assert staff_cookie.name_of(secure) == "__Host-ivr-staff"


def test_the_picture_is_ours_and_holds_no_script() -> None:
    drawn = svg("otpauth://totp/Frontline:ana?secret=ABC", "Picture")
    assert drawn.startswith("<svg ")
    assert "style" not in drawn and "script" not in drawn and "href" not in drawn
    assert drawn.count("<path") == 1


class _Own:
    public_url = "https://ivr.example.org"

    def is_own_origin(self, origin: str, host: str) -> bool:
        return origin == "http://127.0.0.1:8080" and host == "127.0.0.1:8080"


@pytest.mark.parametrize(("headers", "ours"), [
    ({"Sec-Fetch-Site": "same-origin"}, True), ({"Sec-Fetch-Site": "same-origin", "Origin": "https://ivr.example.org"}, True),
    ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, True), ({"Origin": "https://ivr.example.org"}, True),
    ({"Origin": "HTTPS://IVR.example.org"}, True), ({}, False), ({"Origin": "null"}, False), ({"Sec-Fetch-Site": "none"}, False),
    ({"Sec-Fetch-Site": "same-site"}, False), ({"Sec-Fetch-Site": "cross-site"}, False), ({"Sec-Fetch-Site": ""}, False),
    ({"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"}, False), ({"Origin": "https://evil.example"}, False),
    ({"Origin": "http://ivr.example.org"}, False), ({"Origin": "https://ivr.example.org.evil.example"}, False),
    ({"Sec-Fetch-Site": "cross-site", "Origin": "https://ivr.example.org"}, False)])
def test_where_a_change_comes_from(headers: dict[str, str], ours: bool) -> None:
    request = Request(EnvironBuilder(method="POST", headers=headers, base_url="https://ivr.example.org").get_environ())
    assert same_site.from_our_page(_Own(), request) is ours  # type: ignore[arg-type]
