"""Email addresses, typed, spoken in words or spelled. Pure: syntax only, no name is looked up.

Addresses are heard badly, so nothing here is used before it was read back letter by letter.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import date

from email_validator import EmailNotValidError, validate_email

from ivr.dialog.slots.base import NOTHING, Context, Reading, SlotType, incomplete, slot_type
from ivr.dialog.slots.email_local import fits_word, letter_of, written
from ivr.dialog.slots.email_words import ASIDES, ENDINGS, KNOWN, LEAD, PROVIDERS, SIGNS, TOP, WITH_LETTER

MAX_TEXT = 400
_CHAIN = re.compile(r"(?<![a-z0-9.@_+-])[a-z0-9](?:[-.][a-z0-9](?![a-z0-9])){2,}(?![@_+-])\.?(?=[\s,]|$)")
_SIGN = re.compile(r"\b(" + "|".join(sorted(map(re.escape, SIGNS), key=len, reverse=True)) + r")\b")
_PROVIDER = re.compile(r"\b(" + "|".join(sorted(map(re.escape, PROVIDERS), key=len, reverse=True)) + r")\b")
_CORRECTION = re.compile(r"\b(no no|no wait|wait no|no sorry|sorry|i mean|i meant|correction|scratch that|wait|no espere|"
                         r"no espera|no perdon|perdon|perdone|"
                         r"disculpe|digo|mejor dicho|quise decir|corrijo|let me start over|empiezo de nuevo)\b")
_TAIL = re.compile(r"(?:[\s.]+(?:thank you|thanks|please|okay|ok|thats it|that is it|gracias|por favor|eso es todo|nada mas|y ya|"
                   r"eso es))+[\s.]*$")


_TYPED = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}\.?")
"""An address as it is typed, or as recognisers put one together; nothing in it is a word of the caller."""


def _spoken(text: str, context: Context) -> Reading:
    if len(text) > MAX_TEXT:
        return NOTHING
    if any(ord(c) < 32 for c in text.strip()):
        return Reading("invalid", problem="syntax")  # nobody speaks in lines; mail headers begin that way
    if _TYPED.fullmatch(text.strip()):
        return check(text.strip().rstrip(".").lower())
    fresh = _read(_plain(text), context.language)
    if context.heard and not fresh.usable:
        return _read(f"{_plain(context.heard)} {_plain(text)}", context.language)
    return fresh


def parse_spoken(text: str, language: str, today: date) -> Reading:
    return _spoken(text, Context(language, today))


def _plain(text: str) -> str:
    """Lower case without accents; only what can stand in an address, and blanks."""
    folded = "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c))
    folded = re.sub(r"\b(e|g|hot)-(?=mail)", r"\1", folded)
    folded = re.sub(r"\s*([@_+])\s*", r" \1 ", folded.replace("'", "").replace("’", ""))
    # "J-O-H-N" and "J.O.H.N. at" are how recognisers write letters that were spelled.
    folded = _CHAIN.sub(lambda m: f" {' '.join(re.findall('[a-z0-9]', m[0]))} ", folded)
    folded = re.sub(r"(?<![a-z0-9])-|-(?![a-z0-9])", " ", folded)
    return " ".join(re.sub(r"[^a-z0-9@._+\- ]|\.(?=\s|$)", " ", folded).split())


def _read(plain: str, language: str) -> Reading:
    plain = _TAIL.sub("", plain)
    plain = " ".join(_SIGN.sub(lambda m: f" {SIGNS[m[1]]} ", _PROVIDER.sub(lambda m: PROVIDERS[m[1]], ASIDES.sub(" ", plain))).split())
    plain = _settled(re.sub(r"@( @)+", "@", plain))
    local, at, domain = f" {plain} ".rpartition(" @ ")
    local, domain = local.strip(), domain.strip()
    local = LEAD.sub("", f"{local if at else plain} ").strip()
    if not at:
        return _no_domain(local, language)
    doubt = any(not fits_word(local, m, language) for m in WITH_LETTER.finditer(local))
    local = WITH_LETTER.sub(lambda m: "" if letter_of(m[2], language) else m[0], local)
    name, place = written(local, language), _domain(domain, language)
    if "@" in local:
        return Reading("ambiguous", problem="several")
    if not name or not place:
        return incomplete(f"{name}@{place}" if name else "", "too_short")
    if "." not in place:
        return incomplete(f"{name}@{place}", "no_ending")
    found = check(f"{name}@{place}")
    return replace(found, status="ambiguous", problem="spelling") if doubt and found.usable else found


def _settled(plain: str) -> str:
    """The address after the caller's own corrections: what is corrected is the side of the @ that was being said."""
    parts = [p.strip() for p in _CORRECTION.split(plain)[::2] if p.strip()]
    whole = parts[0] if parts else ""
    for part in parts[1:]:
        if part.startswith("@ "):
            whole = f"{whole.partition(' @ ')[0]} {part}"
        elif " @ " in f" {part} ":
            begins_with_sign = part[0] in "._-+"
            whole = f"{whole.rstrip('._-+ ')} {part}" if begins_with_sign and "@" not in whole else part
        elif "@" in whole:
            whole = f"{whole.partition(' @ ')[0]} @ {part}"
        else:
            whole = f"{whole.rstrip('._-+ ')} {part}" if part[0] in "._-+" else part
    return whole


def _no_domain(local: str, language: str) -> Reading:
    """No @ was heard: an address that was begun, or no address at all."""
    spelled = re.search(r"(\b[a-z0-9]\b ?){3,}|[._+\-]", local)
    name = written(local, language) if spelled else ""
    return incomplete(name, "no_at") if name else NOTHING


def _domain(said: str, language: str) -> str:
    said = re.sub(r"\s+(?:and|y) (?:thats|that is|eso|ya).*$", "", said)
    place = written(said.replace("@", " "), language).strip(".")
    head, dot, end = place.rpartition(".")
    if dot:
        return f"{head}.{TOP.get(end, end)}"
    # "gmail com": the dot is often swallowed.
    words = said.split()
    if len(words) == 2 and words[0] in KNOWN and TOP.get(words[1], words[1]) in ENDINGS:
        return f"{words[0]}.{TOP.get(words[1], words[1])}"
    return place


_KEYS = {"2": "abc", "3": "def", "4": "ghi", "5": "jkl", "6": "mno", "7": "pqrs", "8": "tuv", "9": "wxyz"}
_PUNCTUATION = ".@_-+"


def _keyed(digits: str, context: Context) -> Reading:
    """Two keys a character: a letter is its key and its place there (C is 2 3), a digit itself and 0, and 1 with
    1 to 5 is `. @ _ - +`."""
    characters = [_character(digits[i:i + 2]) for i in range(0, len(digits), 2)]
    if not all(characters) or len(digits) % 2:
        return Reading("invalid", problem="not_letters")
    return check("".join(c for c in characters if c))


def _character(pair: str) -> str | None:
    if len(pair) < 2:
        return None
    key, place = pair[0], int(pair[1])
    row = _PUNCTUATION if key == "1" else _KEYS.get(key, "")
    if place == 0:
        return key
    return row[place - 1] if place <= len(row) else None


def check(address: str) -> Reading:
    """Syntax of a typed address; no mailbox is asked."""
    if len(address) > 254 or any(ord(c) < 33 for c in address):
        return Reading("invalid", problem="syntax")
    try:
        return Reading("ok", validate_email(address, check_deliverability=False, test_environment=True).normalized)
    except EmailNotValidError:
        return Reading("invalid", problem="syntax")


EMAIL = slot_type(SlotType("email", _spoken, _keyed, max_digits=128, expect="email"))
