"""What a text to us asks for: STOP, START or HELP, in English and Spanish, as one word or in the sender's own words. Pure.

The carrier knows its English words only, and answers them itself; ALTO, BAJA and whole sentences are ours to understand,
since a revocation counts however it is worded (47 CFR 64.1200(a)(10), in force since April 2025).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

STOP = {
    "en": frozenset({"stop", "stopall", "stopplease", "pleasestop", "unsubscribe", "unsubscribeme", "cancel", "end", "quit", "revoke",
                     "optout", "optmeout", "remove", "removeme", "stoptexts", "stoptexting", "stopmessages", "nomore", "nomoretexts",
                     "donttextme", "donottextme"}),
    "es": frozenset({"alto", "altotodo", "parar", "pare", "pares", "paren", "para", "cancelar", "cancele", "baja", "dardebaja",
                     "demebaja", "darmedebaja", "salir", "terminar", "fin", "basta", "nomas", "nomasmensajes", "nomastextos",
                     "revocar", "desuscribir"}),
}
START = {"en": frozenset({"start", "yes", "unstop", "resume", "subscribe"}),
         "es": frozenset({"empezar", "iniciar", "si", "comenzar", "reanudar", "alta"})}
HELP = {"en": frozenset({"help", "info"}), "es": frozenset({"ayuda", "informacion"})}

_STOP_PHRASES = {
    "en": re.compile(r"\b(stop|quit|cease|no more|end|cancel|unsubscribe( me)?( from)?|dont|do not|never|take me off"
                     r"|remove me from)\b.{0,40}\b(text|texts|texting|message|messages|messaging|sms|list)\b"
                     r"|\bopt(ing)? (me )?out\b|\bunsubscribe\b"
                     r"|\bleave me alone\b|\b(please )?stop (it|this|now)\b"),
    "es": re.compile(r"\b(no|deje|dejen|pare|paren|basta|alto|ya no|quiteme|quitenme|borreme|borrenme|cancele|cancelen|dejar de)\b.{0,40}"
                     r"\b(mande|manden|mandar|mandarme|envie|envien|enviar|enviarme|escriba|escriban|escribir|mensaje|mensajes|"
                     r"texto|textos|sms|lista)\b|\b(deme|denme|darme|dar) de baja\b|\bdejeme en paz\b|\bno mas\b"),
}
# "Why did the texts stop?", "don't stop the texts", "no recibí el mensaje": a question or the opposite is no revocation.
_NOT_STOP = re.compile(r"\b(dont|do not|never|why did|did you|have the|did the|no) (you )?(texts? |messages? )?"
                       r"(stop|cancel|unsubscribe|cancele|pare)"
                       r"|\b(didnt|did not|havent|have not|not) (get|got|receive|received|yet|arrive|arrived)\b"
                       r"|\b(dont|do not) (get|have|see|receive|understand|know)\b"
                       r"|\bno (he |me )?(recibi|recibido|llego|llega|llegaron|entiendo|entendi|tengo|veo|se|puedo|encuentro|comprendo)\b")


@dataclass(frozen=True, slots=True)
class Asked:
    what: str
    """stop | start | help"""
    language: str
    """The language it was asked in, as far as the word tells: `end` is English, `baja` Spanish."""


def asked(body: str) -> Asked | None:
    """None when the text asks for none of them."""
    words = _plain(body)
    joined = words.replace(" ", "")
    for what, lists in (("stop", STOP), ("start", START), ("help", HELP)):
        for language, known in lists.items():
            if joined in known:
                return Asked(what, language)
    if 0 < len(words) <= 200 and not _NOT_STOP.search(words):
        for language, phrases in _STOP_PHRASES.items():
            if phrases.search(words):
                return Asked("stop", language)
    return None


def _plain(body: str) -> str:
    """Lower case, letters and digits only, no accents, single blanks."""
    text = unicodedata.normalize("NFKD", str.casefold(body[:1000]))
    text = "".join(c for c in text if not unicodedata.combining(c)).replace("'", "").replace("\u2019", "")
    return " ".join(re.sub(r"[^a-z0-9]+", " ", text).split())
