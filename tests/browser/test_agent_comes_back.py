"""The console when its connection or its session was away: what was written is there again, and nobody's data is left where nobody is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.agents import Consoles
from tests.browser.scripted_desk import CALLBACK, ScriptedDesk

LINES = [{"who": "caller", "text": "hello?"}, {"who": "you", "text": "Good morning."}, {"who": "colleague", "text": "I was here too."}]


@pytest.fixture
def desk(opened: Consoles, silent_browser: Browser) -> ScriptedDesk:
    made = ScriptedDesk(opened.page(silent_browser))
    made.page.goto("/agent?lang=en")
    expect(made.page.locator("#doing-words")).to_have_text("Away")
    return made


def talking(desk: ScriptedDesk, **other: object) -> Page:
    desk.connect(**other)
    expect(desk.page.locator("#call")).to_be_visible()
    return desk.page


def test_what_was_written_is_on_a_page_that_is_loaded_again(desk: ScriptedDesk) -> None:
    page = talking(desk, lines=LINES)
    assert page.inner_text("#lines").split("\n\n")[:3] == ["Caller: hello?", "You: Good morning.", "Colleague: I was here too."]


def test_what_was_written_meanwhile_is_there_when_the_connection_is_back(desk: ScriptedDesk) -> None:
    page = talking(desk, typed_while_waiting=[])
    desk.tell({"type": "line", "call": "CA1", "text": "hello?"})
    expect(page.locator("#lines p")).to_have_count(1)
    page.fill("#line-text", "half a sent")
    desk.sockets[-1].close(code=1012)
    desk.wait_for(lambda: desk.types().count("hello") == 2, "comes back")
    talking(desk, lines=LINES, typed_while_waiting=[])
    expect(page.locator("#lines p")).to_have_count(len(LINES))
    expect(page.locator("#line-text")).to_have_value("half a sent")


def elsewhere(desk: ScriptedDesk) -> None:
    desk.tell({"type": "gone_elsewhere"})
    desk.sockets[-1].close(code=1000)


def signed_out(desk: ScriptedDesk) -> None:
    desk.answers["previous"] = (401, {"error": "unauthorized"})
    desk.page.keyboard.press("Escape")
    desk.page.keyboard.press("p")


@pytest.mark.parametrize("over", [elsewhere, signed_out])
def test_nobodys_data_stays_on_a_page_that_has_no_work(desk: ScriptedDesk, opened: Consoles, over: Callable[[ScriptedDesk], None]) -> None:
    opened.expected.append("status of 401")
    page = talking(desk)
    desk.tell({"type": "revealed", "slot": "appointment_date", "value": "2026-03-20"})
    expect(page.locator("#values")).to_contain_text("2026-03-20")
    over(desk)
    expect(page.locator("#banner")).to_be_visible()
    expect(page.locator("#call")).to_be_hidden()
    for told in ("2026-03-20", "change the date for my fingerprints", "bio-advance"):
        assert told not in page.content()
    expect(page.locator("#doing-words")).to_have_text("Not connected")


def test_who_is_signed_out_while_writing_it_down_leaves_nothing(desk: ScriptedDesk, opened: Consoles) -> None:
    opened.expected.append("status of 401")
    page = talking(desk)
    desk.gone()
    page.fill("#wrap-note", "Ana needs a new card")
    desk.answers["wrap-up"] = (401, {"error": "unauthorized"})
    page.select_option("#disposition", "resolved")
    page.click("#wrap-form button")
    expect(page.locator("#banner")).to_contain_text("You are signed out")
    expect(page.locator("#wrap")).to_be_hidden()
    expect(page.locator("#wrap-note")).to_have_value("")


def test_without_a_caller_nobody_is_said_to_go_back_to_the_line(desk: ScriptedDesk) -> None:
    for begun in (lambda: desk.present("ready"), lambda: (talking(desk), desk.gone())):
        begun()
        desk.sockets[-1].close(code=1012)
        expect(desk.page.locator("#banner-words")).to_have_text("The connection is lost. Trying again…")
        expect(desk.page.locator("#banner")).to_be_hidden()
    talking(desk)
    desk.sockets[-1].close(code=1012)
    expect(desk.page.locator("#banner-words")).to_contain_text("your caller goes back")


def test_who_types_is_never_on_hold(desk: ScriptedDesk) -> None:
    page = talking(desk)
    expect(page.locator("#hold")).to_be_hidden()
    page.keyboard.press("Escape")
    page.keyboard.press("h")
    page.keyboard.press("x")
    expect(page.locator("#hang-up")).to_be_focused()
    assert "hold" not in desk.types()
    talking(desk, call="CA2", channel="voice", speaks=True)
    expect(page.locator("#hold")).to_be_visible()


def test_a_spanish_page_names_reason_and_role_in_spanish(opened: Consoles, silent_browser: Browser) -> None:
    made = ScriptedDesk(opened.page(silent_browser))
    made.page.goto("/agent?lang=es")
    expect(made.page.locator("#doing-words")).to_have_text("Ausente")
    page = talking(made, reason="reschedule_interview", intent="reschedule_interview", previous=[
        {"at": "2026-03-01T15:00:00+00:00", "reason": "reschedule_biometrics", "outcome": "", "disposition": "resolved"}])
    shown = page.inner_text("#facts")
    for words in ("Cambiar una entrevista", "Solicitante"):
        assert words in shown
    assert "Cambiar una cita de huellas" in (page.text_content("#previous-calls") or "")


def test_a_page_of_somebody_who_signed_in_meanwhile_is_made_anew(desk: ScriptedDesk) -> None:
    with desk.page.expect_navigation():
        desk.tell({"type": "welcome", "name": "somebody-else", "queues": [], "languages": []})


@pytest.mark.parametrize(("queue", "other"), [("tier1", "tier2"), ("tier2", "tier1")])
def test_a_caller_is_not_sent_by_default_where_they_came_from(desk: ScriptedDesk, queue: str, other: str) -> None:
    page = talking(desk, queue=queue)
    page.click("#open-transfer")
    expect(page.locator("#transfer-queue")).to_have_value(other)


def test_a_request_to_an_office_is_not_called_a_call(desk: ScriptedDesk) -> None:
    request = CALLBACK | {"key": "k2", "reference": "BBCCDDEE", "kind": "service_request"}
    desk.answers["callbacks"] = (200, {"callbacks": [CALLBACK, request]})
    desk.page.keyboard.press("c")
    expect(desk.page.locator("#callbacks-list h3")).to_have_text(["Callback ACDEFGHJ", "Request to a field office BBCCDDEE"])
