"""Plain, polite words: usted, no unexplained acronym, nothing loud (V20, V21, V22). Pure.

An acronym is explained when a word of its meaning stands in the same prompt, or the words that it abbreviates do. The
caller may hear any prompt first, so each prompt explains its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ivr.dialog.lexicon import fold
from ivr.errors import Problem
from ivr.flow.lints.wording import advice, filled, heard, wordings
from ivr.flow.model import Bundle

_FAMILIAR = re.compile(r"(?i)\b(tú|tu|tus|te|ti|contigo|puedes|quieres|tienes|necesitas|debes|dime|presiona|oprime)\b")
_ACRONYM = re.compile(r"\b[A-Z][A-Z0-9]{1,9}\b|\b[A-Z]{1,3}-\d{1,4}[A-Z]?\b")
_EVERYDAY = frozenset({"OK", "USA", "US", "EE", "UU", "ID", "PIN", "AM", "PM", "TV", "STOP", "START", "HELP", "PO", "IOE", "COVID", "ZIP"})
"""Capitals that need no explanation: words of everyday life, keywords, letters that callers read from a paper."""
_ASKED = re.compile(r"\?(?!\w)")
"""The end of a question; in an address it is followed by a name."""
_SMALL = frozenset({"for", "of", "the", "and", "in", "to", "de", "del", "la", "las", "los", "y", "para", "el", "en"})
MEANINGS: dict[str, str] = {
    "ADIT": r"stamp|proof|sello|prueba",
    "ASC": r"support center|biometric|fingerprint|centro de (apoyo|asistencia)|biom[eé]tric|huella",
    "RFE": r"evidence|evidencia|pruebas",
    "EAD": r"work permit|employment|permiso de trabajo|empleo",
    "NVC": r"visa center|visas",
    "VAWA": r"violence|violencia|abus",
    "TPS": r"protected status|protecci[oó]n temporal|estatus de protecci",
    "DACA": r"childhood|dreamer|infancia|niños",
    "FOIA": r"records|freedom of information|registros|informaci[oó]n",
    "LOCKBOX": r"address|mail|filing|direcci[oó]n|correo",
    "TTY": r"text telephone|hearing|teletipo|tel[eé]fono de texto|audici[oó]n",
    "G-28": r"represent|attorney|lawyer|abogad",
    "I-90": r"card|tarjeta", "I-765": r"work|trabajo|empleo", "I-485": r"green card|resident|residencia|tarjeta",
    "I-130": r"relative|family|familiar", "N-400": r"citizen|naturali|ciudadan", "AR-11": r"address|direcci[oó]n",
    "I-131": r"travel|parole|viaj", "I-551": r"stamp|card|sello|tarjeta", "DHS": r"homeland|seguridad nacional",
}
"""Acronym or form -> words of which one explains it. Others must be spelled out beside it."""
_PROMOTION = re.compile(r"(?i)\b(great news|exciting|amazing|special offer|limited time|don't miss|valued customer"
                        r"|congratulations|free consultation|book a consultation"
                        r"|gran noticia|incre[ií]ble|oferta especial|no se pierda|felicidades"
                        r"|consulta gratis|promoci[oó]n)\b|[!¡]")


def familiar_address(bundle: Bundle) -> Iterator[Problem]:
    for wording in wordings(bundle):
        match = _FAMILIAR.search(wording.text) if wording.language == "es" else None
        if match:
            yield advice(wording.spot(match.start(), len(match.group())), "V20",
                         f'"{wording.key}" addresses the caller as tú: "{match.group()}"',
                         consequence="Callers who expect usted feel talked down to.", hint="use the forms of usted")
        if wording.language == "es" and len(_ASKED.findall(wording.text)) != wording.text.count("¿"):
            yield advice(wording.mark, "V20", f'"{wording.key}" has a question without its opening mark',
                         consequence="The voice would not sound like a question.", hint="write ¿ at its beginning")


def unglossed_acronyms(bundle: Bundle) -> Iterator[Problem]:
    names = {word for title in bundle.title.values() for word in re.findall(r"\w+", title)} | {bundle.id.upper()}
    for wording in wordings(bundle, ("voice",)):
        text = heard(bundle, wording)
        for acronym in dict.fromkeys(_ACRONYM.findall(text)):
            if acronym in names | _EVERYDAY or _is_explained(acronym, text):
                continue
            at = wording.text.find(acronym)
            mark = wording.spot(at, len(acronym)) if at >= 0 else wording.mark
            yield advice(mark, "V21", f'"{wording.key}" uses "{acronym}" in {wording.language} without a word of what it is',
                         consequence="Callers who do not know it cannot choose.", hint="say what it is in the same prompt")


def _is_explained(acronym: str, text: str) -> bool:
    meaning = MEANINGS.get(acronym)
    if meaning:
        return bool(re.search(meaning, text, re.I))
    initials = "".join(word[0] for word in fold(text).split() if word not in _SMALL)
    return acronym.lower() in initials and acronym.isalpha()


def loud_words(bundle: Bundle) -> Iterator[Problem]:
    for wording in wordings(bundle):
        match = _PROMOTION.search(filled(bundle, wording.text, wording.language, spoken=True))
        if match:
            at = wording.text.find(match.group())
            mark = wording.spot(at, len(match.group())) if at >= 0 else wording.mark
            yield advice(mark, "V22", f'"{wording.key}" is louder than it needs to be: "{match.group()}"',
                         consequence="Callers came for help and not for advertising.", hint="say it plainly, with a full stop")
