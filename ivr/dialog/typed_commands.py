"""Commands of people who type: what a text telephone, a chat or a text message says in capitals and shorthand. Pure.

These are everybody's shorthand and no bundle's, so they are words of ours; the bundle's own commands are understood beside
them. Called by `commands`.
"""

from __future__ import annotations

from collections.abc import Mapping

from ivr.dialog.lexicon import fold, without_fillers

TYPED_CHANNELS = frozenset({"tty", "chat", "sms"})
_POLITE = ("please", "pls", "plz", "pse", "por favor", "pf", "xf", "thanks", "thx", "tks", "gracias", "now", "ahora", "ok", "ga", "q")

_EVERYWHERE: Mapping[str, tuple[str, ...]] = {
    "repeat": ("xxx", "xxxx", "rpt", "rpt that", "rpt msg", "repeat", "repeat that", "repeat that again", "again", "say again",
               "garbled", "msg garbled", "message garbled", "you are garbled", "bad line", "line bad", "repita", "repita eso", "repite",
               "repetir", "otra vez", "de nuevo", "linea mala", "mala linea", "mensaje cortado"),
    "more_time": ("hd", "hd on", "hold", "hold on", "hold one moment", "holding", "wait", "one moment", "one min", "one minute",
                  "1 min", "moment", "just a moment", "just a minute", "a minute", "please hold",
                  "stand by", "more time", "i need more time", "need more time", "brb", "still here",
                  "im still here", "still there", "un momento", "un momentito", "un minuto", "espere", "espera",
                  "espere un momento", "mas tiempo", "necesito mas tiempo", "deme tiempo", "sigo aqui", "aqui sigo", "no cuelgue"),
    "goodbye": ("sk", "sksk", "sk sk", "ga to sk", "ga or sk", "ga sk", "bye", "bye bye", "adios"),
    "main_menu": ("menu", "main", "main menu", "start", "start over", "menu principal", "inicio"),
    "help": ("help", "ayuda", "what", "how", "options", "opciones"),
    "switch_es": ("espanol", "spanish", "en espanol", "esp", "habla espanol", "castellano"),
    "switch_en": ("english", "ingles", "in english", "en ingles", "eng"),
}
_TTY: Mapping[str, tuple[str, ...]] = {
    "vco": ("vco", "vco on", "vco call", "vco user", "i am vco", "im vco", "i use vco", "use vco", "with vco", "this is vco",
            "voice carry over", "voice carryover", "voice carry over on", "i want vco", "i speak", "i will speak", "i will talk",
            "hablo", "voy a hablar", "quiero vco", "con vco", "uso vco", "soy vco"),
    "hco": ("hco", "hco on", "hco call", "hco user", "i am hco", "im hco", "i use hco", "use hco", "with hco", "this is hco",
            "hearing carry over", "hearing carryover", "hearing carry over on", "i want hco", "i can hear", "i hear", "i listen", "oigo",
            "puedo oir", "quiero hco", "con hco", "uso hco", "soy hco"),
    "text_only": ("vco off", "hco off", "no vco", "no hco", "stop vco", "stop hco", "end vco", "end hco", "text only", "tty only",
                  "back to tty", "tty", "sin vco", "sin hco", "solo texto", "solo tty"),
}


def typed_command(text: str, channel: str) -> str | None:
    """The command that the whole text is on this channel, or None."""
    if channel not in TYPED_CHANNELS:
        return None
    readings = {fold(text), without_fillers(text, _POLITE)} - {""}
    tables = (_TTY, _EVERYWHERE) if channel == "tty" else (_EVERYWHERE,)
    return next((name for table in tables for name, words in table.items() if not readings.isdisjoint(words)), None)


def asks_for_time(text: str) -> bool:
    """Whether somebody only asks us to wait: a relay operator says it as typists type it."""
    return not {fold(text), without_fillers(text, _POLITE)}.isdisjoint(_EVERYWHERE["more_time"])
