"""What our language names mean to Twilio: locale of `<Say>`, its voice, locale of its recogniser. Pure data.

A bundle speaks of `en` and `es`. Called by `twiml.py`. A third language is one more row.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Locale:
    speech: str
    """`language` of `<Say>`."""
    voice: str | None
    """`voice` of `<Say>`; None lets Twilio choose."""
    recognition: str
    """`language` of `<Gather>`."""


LOCALES = {
    "en": Locale("en-US", "Polly.Joanna-Neural", "en-US"),
    "es": Locale("es-US", "Polly.Lupe-Neural", "es-US"),
    "es-MX": Locale("es-MX", "Polly.Mia-Neural", "es-MX"),
}


def locale_of(language: str) -> Locale:
    """The row of the language, or of its base (`es-PR` is `es`); a language without a row is passed on by name."""
    base = language.partition("-")[0]
    return LOCALES.get(language) or LOCALES.get(base) or Locale(language, None, language)
