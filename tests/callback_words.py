"""What a bundle has to say that promises calls, for bundles that tests make out of the starter's words."""

from __future__ import annotations

from pathlib import Path

HARBOR = Path(__file__).parent / "data/bundles/harbor/prompts"
LIBRARY = {"en": "Green Street Library", "es": "Biblioteca Green Street"}
SENDER = {"en": "Harbor Dental", "es": "Dental Harbor"}


def callback_words(language: str) -> str:
    """The lines of a prompt file, under the library's name."""
    text = (HARBOR / f"{language}.yaml").read_text()
    start = text.index("  callback_greeting:")
    end = text.index("\n", text.index("    email:", text.index("  callback_called_off:"))) + 1
    words = text[start:end].replace(SENDER[language], LIBRARY[language])
    for name in ("HARBOR DENTAL", "DENTAL HARBOR"):
        words = words.replace(name, "LIBRARY")
    return words
