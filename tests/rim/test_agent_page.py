"""The console's page and the files it loads, without a browser: who gets them, in which words, and nothing else beside them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import ivr.web
from ivr.agents.dispositions import OF_A_CALL, OF_A_CALLBACK
from ivr.runtime.desk_work.promised import STATES
from ivr.web.agent_words import catalogue
from tests.rim.routes import NOBODY, ask, client_of, staffed
from tests.rim.site import Site

STATIC = Path(ivr.web.__file__).parent / "static"
TEMPLATE = (Path(ivr.web.__file__).parent / "templates/agent.html").read_text(encoding="utf-8")
SCRIPTS = {path.name: path.read_text(encoding="utf-8") for path in STATIC.glob("agent*.js")}


@pytest.fixture(scope="module")
def staff(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with staffed(tmp_path_factory.mktemp("page")) as s:
        yield s


@pytest.mark.parametrize(("language", "title"), [("en", "Console"), ("es", "Consola")])
def test_the_page_in_both_languages(staff: Site, language: str, title: str) -> None:
    answer = ask(client_of(staff, "agent"), f"/agent?lang={language}")
    assert answer.status_code == 200
    assert f"<title>{title} - Frontline</title>" in answer.text
    assert f'<html lang="{language}">' in answer.text
    assert "Undefined" not in answer.text and "built-in method" not in answer.text


def test_the_way_to_the_console_is_shown_to_who_may_go_it(staff: Site) -> None:
    for role, shown in (("agent", True), ("supervisor", True), ("editor", False), ("admin", False)):
        assert ('href="/agent?' in ask(client_of(staff, role), "/account").text) is shown, role


def test_files_are_what_they_are_and_nothing_else_is_reached(staff: Site) -> None:
    nobody = client_of(staff, NOBODY)
    for name in sorted(path.name for path in STATIC.iterdir()):
        answer = ask(nobody, f"/static/{name}")
        assert answer.status_code == 200, name
        assert answer.headers["Content-Type"].split(";")[0] in ("text/javascript", "text/css"), name
        assert answer.headers["Cache-Control"] == "no-cache, max-age=0" or "no-cache" in answer.headers["Cache-Control"]
    for name in ("..%2fapp.py", "../app.py", "%2e%2e/app.py", "agent_page.py", "", "missing.js", "..%2fwords%2fen.yaml"):
        assert ask(nobody, f"/static/{name}").status_code == 404, name


def test_every_word_that_is_used_is_there_and_every_word_is_used() -> None:
    used = set(re.findall(r"\bc\.(\w+)", TEMPLATE))
    for text in SCRIPTS.values():
        used |= set(re.findall(r'\bword\("(\w+)"', text)) | set(re.findall(r'banner\("(\w+)"', text))
        used |= {word for pair in re.findall(r'word\([^()]*\? "(\w+)" : "(\w+)"', text) for word in pair}
    used |= set(re.findall(r'banner\("\w+", "(\w+)"\)', SCRIPTS["agent_console.js"]))
    words = catalogue()["en"]
    assert used - {"key", "keys"} <= set(words), used - set(words)
    families = ("channel_", "language_", "mode_", "verified_", "who_", "hint_", "kind_", "doing_", "mic_", "why_",
                "consult_", "article_", "urgency_", "refused_", "as_")
    assert {w for w in words if w not in used and not w.startswith(families)} - {"key"} == set()


def test_what_the_server_names_goes_to_the_page_with_its_words(staff: Site) -> None:
    page = ask(client_of(staff, "agent"), "/agent?lang=es").text
    settings = json.loads(page.split('id="page-settings"')[1].split(">", 1)[1].split("</script>")[0])
    assert settings["dispositions"] == {"call": list(OF_A_CALL), "callback": list(OF_A_CALLBACK)}
    assert {f"disposition_{x}" for x in (*OF_A_CALL, *OF_A_CALLBACK)} | {f"promised_{x}" for x in STATES} <= set(settings["words"])


@pytest.mark.parametrize("language", ["en", "es"])
def test_what_is_put_into_the_words_is_the_same_in_both_languages(language: str) -> None:
    for label, words in catalogue()[language].items():
        assert set(re.findall(r"\{(\w+)\}", words)) == set(re.findall(r"\{(\w+)\}", catalogue()["en"][label])), label


def test_one_key_for_one_action() -> None:
    keys = re.findall(r'(?:button|opener)\("\w+", c\.\w+, "(\w)"', TEMPLATE) + re.findall(r'data-(?:focus-)?key="([A-Z?])"', TEMPLATE)
    assert len(keys) == len(set(keys)) > 20


def test_scripts_put_no_foreign_text_in_as_markup() -> None:
    for name, text in SCRIPTS.items():
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|\.style\b", text), name
