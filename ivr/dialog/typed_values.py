"""Values as people type them, in the form that the value grammars read. Pure. Called by `typed`.

A slip that looks like another sign is set right only where the form of the value leaves no doubt: an O among the ten digits of
a receipt number is a zero, a 1 in front of "OE" is an I. A text telephone has no @, and some of them send an X for it: what
that may be is understood, and since every address is read back, the caller decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from ivr.dialog.lexicon import fold
from ivr.dialog.slots.email_words import KNOWN
from ivr.dialog.slots.receipt import PREFIXES
from ivr.dialog.typed_words import ABBREVIATIONS

_POLITE = frozenset({"pls", "plz", "pse", "please", "thx", "tks", "tnx", "thanks", "pf", "xf", "xfa", "gracias", "porfa"})
_DIGIT = str.maketrans("OoIiLl|", "0011111")
_LETTER = str.maketrans("01|", "OII")
_NEARLY = r"(?:[0-9OoIiLl|][\s.-]{0,2})"
_RECEIPT = re.compile(rf"(?<![A-Za-z0-9])([A-Za-z0-9|]{{3}})([\s#:.-]{{0,3}})({_NEARLY}{{8,12}})(?![A-Za-z0-9])")
_ALIEN = re.compile(rf"(?i)(?<![a-z0-9])(a)([\s#:.-]{{0,3}})({_NEARLY}{{7,10}})(?![a-z0-9])")
_PHONE = re.compile(rf"(?<![A-Za-z0-9])()(\+?[(]?)({_NEARLY}{{2,4}}[)]?\s?{_NEARLY}{{6,8}})(?![A-Za-z0-9])")
_FORM = re.compile(r"(?i)(?<![a-z0-9])(?<![a-z0-9][\s-])(?:[l|][\s-]{0,2}|1[\s-]{1,2})([0-9]{2,3}[a-z]?)(?![a-z0-9])")
_RUN_TOGETHER = re.compile(r"(?i)(?<![a-z0-9])([a-z]{3,10})(\d{1,2})(\d{4})(?!\d)")
_PROVIDER = "|".join(sorted(map(re.escape, KNOWN), key=len, reverse=True))
_AT_PROVIDER = re.compile(rf"(?i)^(.*?[a-z0-9._+-])\s*(?:x|at)\s*((?:{_PROVIDER})(?:\s*(?:\.|\bdot\b|\bpunto\b)\s*[a-z]{{2,4}})?)$")
_ONE_X = re.compile(r"(?i)^([^x@]*[a-z0-9])\s*x\s*([a-z0-9-]+(?:\s*(?:\.|\bdot\b|\bpunto\b)\s*[a-wyz]+)+)$")
_HAS_AT = re.compile(r"(?i)@|\bat\b|\barroba\b")
_LEAST_DIGITS = 5
"""Real digits among signs that look like some: fewer are words."""


def typed_value(text: str, expect: str, language: str) -> str:
    """The value without the politeness around it, its slips set right."""
    words = text.split()
    plain = " ".join(w for w in words if fold(w) not in _POLITE) or text
    return _KINDS.get(expect, lambda said, _: said)(plain, language)


def _receipt(text: str, language: str) -> str:
    def right(match: re.Match[str]) -> str:
        likely = (match[1].upper(), match[1].upper().translate(_LETTER), match[1].replace("l", "I").upper().translate(_LETTER))
        prefix = next((p for p in likely if p in PREFIXES), "")
        return f"{prefix}{match[2]}{match[3].translate(_DIGIT)}" if prefix and _is_number(match[3]) else match[0]

    return _RECEIPT.sub(right, text)


def _digits(pattern: re.Pattern[str]) -> Callable[[str, str], str]:
    def right(match: re.Match[str]) -> str:
        return f"{match[1]}{match[2]}{match[3].translate(_DIGIT)}" if _is_number(match[3]) else match[0]

    return lambda text, language: pattern.sub(right, text)


def _is_number(text: str) -> bool:
    return sum(c.isdigit() for c in text) >= _LEAST_DIGITS


def _form(text: str, language: str) -> str:
    """No form begins with a 1 or an L."""
    return _FORM.sub(r"I-\1", text)


def _date(text: str, language: str) -> str:
    known = ABBREVIATIONS.get(language, {})
    apart = _RUN_TOGETHER.sub(r"\1 \2 \3", text)
    return " ".join(known.get(fold(w), w) if w.isalpha() else w for w in apart.split())


def _email(text: str, language: str) -> str:
    if _HAS_AT.search(text):
        return text
    found = _AT_PROVIDER.match(text) or _ONE_X.match(text)
    return f"{found[1]} at {found[2]}" if found else text


_KINDS: Mapping[str, Callable[[str, str], str]] = {
    "receipt": _receipt, "a_number": _digits(_ALIEN), "phone": _digits(_PHONE), "form": _form, "date": _date, "email": _email}
