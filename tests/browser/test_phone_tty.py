"""The phone page as a text telephone: what is typed goes into the line as tones and is read there."""

from __future__ import annotations

from collections.abc import Callable

from tests.browser import accessibility
from tests.browser.conftest import Watched

Visit = Callable[..., Watched]


def _type(phone: Watched, text: str) -> None:
    phone.page.fill("#tty-text", text)
    phone.page.press("#tty-text", "Enter")


def test_a_call_to_the_text_line_is_typed_in_tones_and_the_text_arrives(phone: Watched) -> None:
    phone.page.select_option("#line", "tty")
    phone.page.check("#settings input[value=en]")
    phone.page.click("#call")
    phone.see("#transcript .system", "question")
    _type(phone, "i never got my green card")
    assert phone.see("#transcript .caller", "GREEN").endswith("I NEVER GOT MY GREEN CARD GA")
    assert "typed" in phone.see("#transcript .caller .who", "You")
    assert accessibility.complaints(phone.page) == []
    phone.hang_up()


def test_typing_on_a_voice_line_changes_the_call_to_text_where_it_stands(phone: Watched) -> None:
    phone.page.check("#settings input[value=en]")
    phone.page.click("#call")
    phone.page.wait_for_selector('#state[data-state="live"]')
    _type(phone, "hello")
    phone.see("#transcript .system", "You are on TTY now")
    _type(phone, "my card never came")
    assert "MY CARD NEVER CAME GA" in phone.see("#transcript .caller", "CARD")
    phone.hang_up()
