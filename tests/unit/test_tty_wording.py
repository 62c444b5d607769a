"""The words of the shipped bundles on a text telephone: short, typed, and readable without accents, in both languages."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from ivr.dialog.render import render, variant_for
from ivr.flow.lints import channels, typed_words
from ivr.flow.load import bundle_from_files, load_bundle, read_files
from ivr.flow.model import Bundle
from ivr.flow.standard_prompts import TYPED
from tests.bundle_edits import HARBOR

ROOT = Path(__file__).parents[2]
BUNDLES = [ROOT / "flows" / "uscis", ROOT / "flows" / "starter", HARBOR]


def on_tty(folder: Path) -> Bundle:
    """The bundle with a line for text telephones, which any line may turn out to be."""
    bundle = load_bundle(folder)
    lines = {**bundle.lines, "typed": dataclasses.replace(next(iter(bundle.lines.values())), name="typed", channel="tty")}
    return dataclasses.replace(bundle, lines=lines)


@pytest.mark.parametrize("folder", BUNDLES, ids=lambda f: f.name)
def test_every_question_and_answer_fits_and_tells_nobody_to_speak(folder: Path) -> None:
    bundle = on_tty(folder)
    assert [p.message for p in (*channels.tty_lines(bundle), *typed_words.voice_words(bundle))] == []


@pytest.mark.parametrize("folder", BUNDLES, ids=lambda f: f.name)
@pytest.mark.parametrize("language", ["en", "es"])
def test_what_the_line_itself_says_is_one_short_line(folder: Path, language: str) -> None:
    bundle = load_bundle(folder)
    for key in sorted(TYPED | {"tty_more_time", "relay_welcome"}):
        text = render(bundle, key, language, "tty", slots={}, values={}).text
        assert 0 < len(text) <= 60
        assert "\n" not in text
    # Two seconds of Baudot: whoever is silent on a voice line hears it as a short chirp.
    assert len(render(bundle, "tty_invitation", language, "tty", slots={}, values={}).text) <= 12


@pytest.mark.parametrize("language", ["en", "es"])
def test_an_address_is_told_once_where_it_can_be_read_again(uscis: Bundle, language: str) -> None:
    for key, prompt in uscis.prompts[language].items():
        if key.endswith("_spoken"):
            assert variant_for(prompt, "tty").count("{fact.url_") == 1, key


def test_the_line_has_no_pound_key(uscis: Bundle) -> None:
    """Baudot has no # and no *."""
    for language, prompts in uscis.prompts.items():
        assert [k for k, p in prompts.items() if set("#*") & set(p.variants.get("tty", ""))] == [], language


def test_a_bundle_without_typed_words_is_refused() -> None:
    files = dict(read_files(ROOT / "flows" / "starter").files)
    files["prompts/es.yaml"] = files["prompts/es.yaml"].replace(b'tty_vco: {tty: "', b'tty_vco: {chat: "')
    with pytest.raises(Exception, match="1 error"):
        bundle_from_files(files)
