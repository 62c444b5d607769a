"""The page itself: for everybody, in both languages, light and dark, small and large, with and without a model."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser import accessibility
from tests.browser.conftest import Watched

Visit = Callable[..., Watched]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_call_with_a_text_is_accessible_and_fits_320_pixels(visit: Visit, scheme: str) -> None:
    phone = visit("?lang=es", color_scheme=scheme, reduced_motion="reduce", viewport={"width": 320, "height": 640})
    phone.page.fill("#email", "nobody")
    phone.page.press("#email", "Enter")
    phone.see("#email-problem", "dirección completa")
    assert phone.page.evaluate(accessibility.OVERFLOW) == []
    assert accessibility.complaints(phone.page) == []
    phone.page.fill("#email", "")
    phone.page.check("#settings input[value=es]")
    phone.call()
    phone.press("9")
    for answered in (3, 4, 6):  # the menu, the menu of cases, the answer and the offer of a text
        phone.see_question(answered)
        phone.press("1")
    phone.see("#arrived .sms", "USCIS")
    assert phone.page.evaluate(accessibility.OVERFLOW) == []
    assert accessibility.complaints(phone.page) == []
    assert accessibility.nameless(phone.page) == []


def test_the_page_changes_its_language_at_once_and_keeps_it(phone: Watched) -> None:
    phone.page.click("text=Español >> nth=0")
    assert phone.page.inner_text("#title") == "Centro de Contacto de USCIS"
    assert phone.page.inner_text("#call") == "Llamar"
    assert phone.page.get_attribute("html", "lang") == "es"
    assert phone.page.inner_text("#samples button >> nth=0").startswith("El caso")
    english = phone.page.evaluate("""() => { const words = JSON.parse(document.getElementById('page-settings').textContent).words;
        return [...document.querySelectorAll('[data-word]')].filter((e) => words.en[e.dataset.word] !== words.es[e.dataset.word]
            && e.textContent !== words.es[e.dataset.word]).map((e) => e.dataset.word); }""")
    assert english == []
    phone.page.reload()
    assert phone.page.inner_text("#call") == "Llamar"


def test_the_browsers_language_is_the_first_choice(visit: Visit) -> None:
    assert visit(locale="es-MX").page.inner_text("#call") == "Llamar"


def test_a_call_with_the_keyboard_alone(phone: Watched) -> None:
    """Focus goes the way the page reads, is always seen, and nothing needs a pointer."""
    passed = []
    for _ in range(45):
        phone.page.keyboard.press("Tab")
        passed.append(phone.page.evaluate("""() => { const e = document.activeElement; const s = getComputedStyle(e);
            return [e.id || e.dataset.key || e.dataset.pageLanguage || e.className || e.tagName,
                    s.outlineStyle !== 'none' || e.tagName === 'BODY']; }"""))
        if passed[-1][0] == "sample":
            break
    order = [name for name, _ in passed]
    assert all(seen for _, seen in passed)
    landmarks = ["skip", "en", "es", "call", "1", "2", "#", "keyboard", "line", "number", "anonymous", "email", "transcript-frame",
                 "say-text", "say-language", "sample"]
    assert [name for name in order if name in landmarks and order.count(name) == 1] == landmarks

    phone.page.focus("#call")
    phone.page.keyboard.press("Enter")
    phone.see_question()
    phone.press("9", by_keyboard=True)
    phone.see("#transcript .system", "press 1")
    phone.page.focus("#say-text")
    phone.page.keyboard.type("hours 4")
    assert phone.page.locator("#transcript .caller").count() == 1, "digits in a field press no keys"
    phone.page.focus("#call")
    for key, words in (("5", "For hours"), ("2", "For our hours"), ("1", "This line answers")):
        phone.press(key, by_keyboard=True)
        phone.see("#transcript .system", words)
    phone.page.keyboard.press("Space")
    phone.page.wait_for_selector('#state[data-state="ended"]')


def test_keyboard_keys_can_be_turned_off(phone: Watched) -> None:
    phone.page.uncheck("#keyboard")
    phone.call()
    phone.press("9", by_keyboard=True)
    phone.press("0")
    phone.see("#transcript .caller", "0")
    assert phone.page.locator("#transcript .caller").count() == 1


def test_without_a_model_the_page_says_what_to_do(phone: Watched) -> None:
    phone.expect("409")
    phone.page.route("**/phone/calls", lambda route: route.fulfill(status=409, json={"error": "no_recognizer"}))
    phone.page.click("#call")
    assert "ivr models fetch" in phone.see("#problem", "No speech model")
    assert phone.page.inner_text("#call") == "Call again"


def test_without_a_server_the_page_says_so(phone: Watched) -> None:
    phone.expect("ERR_FAILED")
    phone.page.route("**/phone/calls", lambda route: route.abort())
    phone.page.click("#call")
    phone.see("#problem", "server cannot be reached")


def test_a_number_that_cannot_be_called_is_explained_at_its_field(phone: Watched) -> None:
    phone.expect("400")
    phone.page.fill("#number", "911")
    phone.page.click("#call")
    phone.see("#number-problem", "no U.S. number")
    assert phone.page.evaluate("document.activeElement.id") == "number"
    assert phone.page.get_attribute("#number", "aria-invalid") == "true"


def test_text_from_elsewhere_is_shown_as_text(phone: Watched) -> None:
    """A transcript or message full of markup becomes characters, never elements."""
    attack = "<img src=x onerror=alert(1)><script>alert(2)</script> javascript:alert(3) \u202e"
    phone.page.route("**/phone/calls/CA*?after=0", lambda route: route.fulfill(json={
        "lines": [{"number": 1, "who": "caller", "text": attack, "note": "x"}], "status": "live", "outcome": "", "node": attack,
        "language": "en", "queue": attack, "sms": [{"to": attack, "body": attack}],
        "emails": [{"to": attack, "subject": attack, "body": attack}],
        "promises": [{"kind": attack, "state": "open", "reference": attack, "due_by": attack}]}))
    phone.page.click("#call")
    phone.see("#transcript .caller", "onerror")
    assert attack in (phone.page.text_content("#transcript .said") or "")
    assert phone.page.locator("#transcript img, #transcript script, #arrived img, #where img, a[href^=javascript]").count() == 0
    phone.see("#arrived .promise", "onerror")
