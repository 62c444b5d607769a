"""How relay operators announce themselves and speak for a caller. Pure data, folded; read by `relay`.

A bundle adds its own phrases with a list `relay` among its commands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(" ".join(phrase.split()) for phrase in text.split(","))


ANNOUNCING: Mapping[str, tuple[str, ...]] = {
    "en": _phrases("""
        relay service, relay services, relay operator, relay call, relay calls, relay agent, relay assistant, relay center, relay user,
        relay conference, communications assistant, communication assistant, communications agent, captioning assistant, ca number,
        c a number, operator number, this is relay, this is a relay, hello relay, telecommunications relay, text relay, tty relay,
        ip relay, video relay, video interpreter, video interpreting, through relay, through a relay, using relay, used relay,
        relay before, familiar with relay, via relay, 711 operator, 711 call, 711 relay, 711 service, from 711, through 711, this is 711,
        seven one one operator, seven one one relay, seven one one call, seven one one service, speech to speech relay,
        speech to speech operator, this is a sign language interpreter, i am a sign language interpreter,
        im a sign language interpreter, sign language interpreter calling, sign language interpreter on the line,
        caller is deaf or hard of hearing, person is deaf or hard of hearing, calling for a deaf person, captioned call,
        captioned telephone"""),
    "es": _phrases("""
        servicio de relevo, servicio de retransmision, servicio de retransmisiones, servicio de relay, servicio de transmision telefonica,
        operador de relevo, operadora de relevo, operador de retransmision, operadora de retransmision, operador de relay,
        operadora de relay, operador del relevo, operadora del relevo, agente de relevo, asistente de relevo, llamada de relevo,
        llamada por relevo, llamada de retransmision, llamada por retransmision, llamada de relay, llamada por relay,
        asistente de comunicaciones, asistente de comunicacion, asistente de las comunicaciones, relevo de telecomunicaciones,
        retransmision de telecomunicaciones, relevo por video, video relevo, videorelevo, retransmision por video, numero de ca,
        ca numero, operador numero, operadora numero, este es relevo, le habla relevo, relevo de california, relevo de texas,
        relevo de florida, llamada del 711, operador del 711, operadora del 711, servicio 711, servicio del 711, a traves del 711,
        desde el 711, servicio siete uno uno, operador siete uno uno, soy interprete de senas, soy interprete de lenguaje de senas,
        soy interprete de lengua de senas, interprete de senas en la linea, interprete de lengua de senas en la linea,
        la persona es sorda o con dificultad, ha recibido una llamada de relevo, llamada con subtitulos, telefono con subtitulos"""),
}
"""Anywhere in an utterance. What callers ask for at an appointment, "a sign language interpreter", announces nothing."""

SPEAKING_FOR: Mapping[str, re.Pattern[str]] = {
    "en": re.compile(r"""(?xi)
        ^\W* (?: (?: ok | okay | yes,? | um | so | and | alright | thank \s you | thanks ) [\s,.]+ )*
        (?: (?: the | my | our | this | your ) \s+
            (?: caller | client | customer | person | user | party | (?: tty | vrs ) \s user | deaf \s person | gentleman | lady | man
              | woman )
          | he | she | they )
        (?: 's | \s+ (?: is | are | was ) )? \s+ (?: now \s+ )?
        (?: (?: would | 'd ) \s+ like \s+ to (?: \s+ (?: know | ask | find \s out ) (?: \s+ (?: about | if ) )? )?
          | (?: wants? | needs? | wishes | hopes ) \s+ to (?: \s+ (?: know | ask | find \s out ) (?: \s+ (?: about | if ) )? )?
          | (?: asking | calling | inquiring | wondering | speaking ) (?: \s+ (?: about | regarding | for | to \s ask | to \s know ) )?
          | (?: says? | said | states? | repl (?: ied | ies ) | answers? | answered | types? | typed | typing | responds? ) (?: \s+ that )?
          | ask (?: s | ed ) (?: \s+ (?: about | for | if | to ) )? )
        [\s,:]+"""),
    "es": re.compile(r"""(?xi)
        ^\W* (?: (?: ok | bueno | s[ií], | este | y | gracias ) [\s,.]+ )*
        (?: (?: la | el | mi | su | esta | este ) \s+
            (?: persona (?: \s que \s llama )? | clienta? | cliente | usuari[oa] | llamante | se[nñ]ora? | interlocutora? )
          | quien \s llama | [eé]l | ella )
        \s+
        (?: (?: quiere | quisiera | desea | necesita | le \s gustar[ií]a | querr[ií]a ) \s+ (?: saber | preguntar | consultar | averiguar )
            (?: \s+ (?: por | sobre | si | acerca \s de ) )?
          | (?: quiere | quisiera | desea | le \s gustar[ií]a | querr[ií]a ) (?= \s+ \w+ [aei]r (?: l[aoe]s? | me | se )? \b )
          | (?: dice | dijo | contesta | contest[oó] | responde | respondi[oó] | escribe | escribi[oó] | indica ) (?: \s+ que )?
          | (?: est[aá] \s+ )? (?: pregunta | pregunt[oó] | preguntando | llama | llamando | consulta | consultando )
            (?: \s+ (?: por | sobre | para | si | acerca \s de ) )? )
        [\s,:]+"""),
}
"""How what an operator says for a caller begins."""
MINE: Mapping[str, tuple[tuple[re.Pattern[str], str], ...]] = {
    "en": ((re.compile(r"(?i)\b(?:his|her|their)\b"), "my"), (re.compile(r"(?i)\b(?:he|she|they)(?:'s|\s+is|\s+are)\b"), "I am"),
           (re.compile(r"(?i)\b(?:he|she|they)\s+has\b"), "I have"), (re.compile(r"(?i)\b(?:he|she|they)\b"), "I")),
    "es": ((re.compile(r"(?i)\bsu\b"), "mi"), (re.compile(r"(?i)\bsus\b"), "mis")),
}
"""Words about the caller, as the caller would have said them."""
SPEAKING_SELF: Mapping[str, re.Pattern[str]] = {"en": re.compile(r"(?i)\b(?:i|my|me|mine)\b"),
                                                "es": re.compile(r"(?i)\b(?:yo|mi|mis|me|m[ií])\b")}
"""Relayed word by word: then "her case" is somebody else's."""
HANDING_OVER: Mapping[str, re.Pattern[str]] = {
    "en": re.compile(r"(?i)[\s,.;:]*\b(?:please go ahead|go ahead please|go ahead|g a|ga|over to you|over)[\s.!]*$"),
    "es": re.compile(r"(?i)[\s,.;:]*\b(?:adelante por favor|adelante|siga|prosiga|cambio|ga)[\s.!]*$"),
}
"""The end of what an operator says: the turn is ours. By itself it is no answer, and above all no yes."""
