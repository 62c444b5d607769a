"""The console against a scripted server before a conversation and behind it: presence, offers, wrapping up, callbacks, the connection."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.agents import Consoles
from tests.browser.console.steps import HELLO, Open, focused, talk
from tests.browser.scripted_desk import ScriptedDesk

# -- presence


def test_the_page_introduces_itself_and_says_what_it_does(desk: ScriptedDesk) -> None:
    assert desk.heard == [HELLO]
    page = desk.page
    expect(page.locator("#waiting")).to_have_text("2")
    page.keyboard.press("r")
    desk.hears(type="ready")
    desk.present("ready")
    expect(page.locator("#doing-words")).to_have_text("Ready")
    expect(page.locator("#ready")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#polite")).to_have_text("Ready")
    expect(page.locator("#doing-since")).to_have_text("0:02")
    page.keyboard.press("b")
    desk.hears(type="away")


def test_which_callers_are_taken_is_said_at_once_and_kept(desk: ScriptedDesk) -> None:
    page = desk.page
    page.keyboard.press("o")
    focused(page, "#which-title")
    page.uncheck("input[name=queue][value=tier1]")
    page.uncheck("input[name=language][value=en]")
    page.uncheck("input[name=language][value=es]")
    page.click("#which-form button")
    expect(page.locator("#which-problem")).to_contain_text("at least one")
    page.check("input[name=language][value=es]")
    page.keyboard.press("Control+Enter")
    desk.hears(**HELLO, queues=["tier2"], languages=["es"])
    focused(page, "#open-which")
    page.reload()
    desk.wait_for(lambda: desk.types().count("hello") == 3, "introduces itself again")
    assert desk.heard[-1] == {**HELLO, "queues": ["tier2"], "languages": ["es"]}
    assert not page.is_checked("input[name=queue][value=tier1]")


# -- offers


def test_an_offer_is_shown_counted_down_announced_and_answered(desk: ScriptedDesk) -> None:
    page = desk.page
    desk.offer()
    expect(page.locator("#offer")).to_be_visible()
    focused(page, "#offer-title")
    expect(page.locator("#urgent")).to_contain_text("Chat, English, queue tier2, waited 2:05. Urgent. Answer with A")
    assert page.title().startswith("(!) A caller")
    assert page.evaluate("[...document.querySelectorAll('#offer-facts dd')].map((e) => e.textContent)") == [
        "Urgent", "Chat", "English", "tier2", "2:05", "Biometrics reschedule"]
    expect(page.locator("#offer-left")).to_contain_text("18 seconds left")
    page.keyboard.press("a")
    desk.hears(type="answer")
    page.keyboard.press("a")
    page.keyboard.press("d")
    assert "decline" not in desk.types()
    assert desk.types().count("answer") == 1
    talk(desk)
    expect(page.locator("#offer")).to_be_hidden()
    assert page.title() == "Console - Frontline"


def test_the_countdown_is_told_at_ten_and_five_seconds(desk: ScriptedDesk) -> None:
    desk.offer(seconds=6)
    expect(desk.page.locator("#polite")).to_have_text("5 seconds left to answer")


def test_who_writes_is_not_interrupted_by_an_offer(desk: ScriptedDesk) -> None:
    page = desk.page
    page.click("#open-callbacks")
    page.click("summary")
    page.locator("#callbacks-list input").type("called, no ans")
    desk.offer()
    expect(page.locator("#urgent")).to_contain_text("A caller for you")
    page.keyboard.type("wer, a d")
    expect(page.locator("#callbacks-list input")).to_have_value("called, no answer, a d")
    assert "answer" not in desk.types()
    page.keyboard.press("Escape")
    page.keyboard.press("d")
    desk.hears(type="decline")
    desk.present("away")
    expect(page.locator("#offer")).to_be_hidden()


def test_an_offer_that_passes_is_told(desk: ScriptedDesk) -> None:
    desk.offer()
    expect(desk.page.locator("#offer")).to_be_visible()
    desk.tell({"type": "gone", "call": "CA1", "why": "taken"})
    desk.present("away")
    expect(desk.page.locator("#urgent")).to_have_text("The offer has passed.")
    expect(desk.page.locator("#wrap")).to_be_hidden()
    focused(desk.page, "#doing")


# -- afterwards


def test_wrapping_up_by_keyboard(desk: ScriptedDesk) -> None:
    page = talk(desk)
    desk.gone("left")
    focused(page, "#disposition")
    expect(page.locator("#wrap-clock")).to_have_text("0:01")
    assert page.locator("#controls").is_hidden()
    assert page.locator("#line-form").is_hidden()
    expect(page.locator("#disposition")).to_have_value("caller_left")
    page.keyboard.type("Reso")
    page.keyboard.press("Tab")
    page.keyboard.type("moved to April")
    page.keyboard.press("Control+Enter")
    desk.is_asked("wrap-up", call="CA1", disposition="resolved", note="moved to April")
    desk.hears(type="wrapped_up")
    desk.present("ready")
    expect(page.locator("#wrap")).to_be_hidden()
    focused(page, "#doing")
    assert "fingerprints" not in page.content(), "nothing about a caller stays on the screen"
    assert "0143" not in page.content()


def test_away_after_this_caller(desk: ScriptedDesk) -> None:
    page = talk(desk)
    desk.gone("ended")
    page.select_option("#disposition", "resolved")
    page.check("[name=then][value=away]")
    page.click("#wrap-form button")
    desk.hears(type="away")
    assert "wrapped_up" not in desk.types(), "ready in between, and whoever waits would ring"


def test_what_could_not_be_stored_is_not_lost(desk: ScriptedDesk, opened: Consoles) -> None:
    opened.expected.append("status of (503|409)")
    desk.answers["wrap-up"] = (503, {"error": "unavailable"})
    page = talk(desk)
    desk.gone("left")
    page.fill("#wrap-note", "moved to April")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#wrap-problem")).to_have_text("This cannot be done at the moment. Please try again.")
    expect(page.locator("#wrap-note")).to_have_value("moved to April")
    assert "wrapped_up" not in desk.types()


def test_callbacks_are_worked_from_the_same_screen(desk: ScriptedDesk) -> None:
    page = desk.page
    page.keyboard.press("c")
    item = page.locator("#callbacks-list li")
    for shown in ("Callback ACDEFGHJ", "Urgent", "Overdue", "Travel", "Spanish", "********0166"):
        expect(item).to_contain_text(shown)
    page.locator("summary").press("Enter")
    item.locator("button[value=close]").click()
    expect(item.locator("select")).to_be_focused()
    item.locator("input").fill("reached")
    item.locator("button[value=note]").click()
    desk.is_asked("callbacks/note", key="k1", note="reached")
    expect(page.locator("#polite")).to_have_text("The note is written down.")
    page.locator("summary").click()
    item.locator("select").select_option("resolved")
    desk.answers["callbacks"] = (200, {"callbacks": []})
    item.locator("button[value=close]").click()
    desk.is_asked("callbacks/close", key="k1", note="", disposition="resolved")
    expect(page.locator("#callbacks-list")).to_have_text("There are no callbacks.")


# -- the connection


def test_a_lost_connection_is_told_and_comes_back_with_the_same_caller(desk: ScriptedDesk) -> None:
    page = talk(desk)
    page.fill("#line-text", "half a sent")
    desk.sockets[-1].close(code=1012)
    expect(page.locator("#banner")).to_contain_text("The connection is lost")
    expect(page.locator("#doing-words")).to_have_text("Not connected")
    desk.wait_for(lambda: desk.types().count("hello") == 2, "comes back")
    talk(desk)
    expect(page.locator("#banner")).to_be_hidden()
    expect(page.locator("#line-text")).to_have_value("half a sent")


def test_whose_caller_went_back_to_the_line_is_told(desk: ScriptedDesk) -> None:
    page = talk(desk)
    desk.doing = "away"
    desk.sockets[-1].close(code=1012)
    expect(page.locator("#urgent")).to_contain_text("The caller went back to the line")
    expect(page.locator("#call")).to_be_hidden()


def test_another_page_takes_over(desk: ScriptedDesk) -> None:
    desk.tell({"type": "gone_elsewhere"})
    desk.sockets[-1].close(code=1000)
    page = desk.page
    expect(page.locator("#banner")).to_contain_text("opened on another page")
    page.wait_for_timeout(600)
    assert len(desk.sockets) == 1, "it does not take it back by itself"
    page.get_by_role("button", name="Use it here").click()
    expect(page.locator("#doing-words")).to_have_text("Away")
    expect(page.locator("#banner")).to_be_hidden()


def test_who_is_signed_out_is_led_to_the_sign_in(desk: ScriptedDesk, opened: Consoles) -> None:
    opened.expected.append("status of 401")
    desk.answers["callbacks"] = (401, {"error": "unauthorized"})
    desk.page.keyboard.press("c")
    expect(desk.page.locator("#banner")).to_contain_text("You are signed out")
    assert desk.page.get_attribute("#sign-in-again", "href") == "/sign-in?next=%2Fagent&lang=en"


def test_an_error_of_the_server_is_shown(desk: ScriptedDesk) -> None:
    desk.tell({"type": "error", "code": "no_ring", "message": "nobody rings any more"})
    expect(desk.page.locator("#problem")).to_have_text("This was not done: nobody rings any more.")
    desk.tell({"type": "error", "code": "of_another_version", "message": "there is no moon today"})
    expect(desk.page.locator("#problem")).to_have_text("This was not done: there is no moon today")


def test_an_error_of_the_server_is_shown_in_the_language_of_the_page(console: Open, opened: Consoles) -> None:
    desk = console("es")
    desk.tell({"type": "error", "code": "no_ring", "message": "nobody rings any more"})
    expect(desk.page.locator("#problem")).to_have_text("No se hizo: ya no llama nadie.")
    opened.expected.append("status of 409")
    desk.answers["callbacks/note"] = (409, {"error": "conflict", "message": "another transaction changed the same rows first"})
    desk.page.keyboard.press("c")
    desk.page.locator("#callbacks-list summary").click()
    desk.page.fill("#callbacks-list input", "nadie contesta")
    desk.page.click("#callbacks-list [value=note]")
    expect(desk.page.locator("#callbacks-problem")).to_have_text(
        "No se hizo: alguien más cambió lo mismo en este momento. Inténtelo de nuevo.")
