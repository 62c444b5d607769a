"""How the parts of an email address are said, English and Spanish. Pure data; read by `email`."""

from __future__ import annotations

import re

SIGNS: dict[str, str] = {
    "at sign": "@", "at symbol": "@", "at": "@", "arroba": "@", "aroba": "@", "arrova": "@",
    "dotcom": ".com", "puntocom": ".com", "dot": ".", "period": ".", "point": ".", "full stop": ".", "punto": ".", "punta": ".",
    "under score": "_", "underscore": "_", "under scores": "_", "underline": "_", "under line": "_", "guion bajo": "_",
    "guion abajo": "_",
    "raya baja": "_", "raya abajo": "_", "rayita baja": "_", "rayita abajo": "_", "barra baja": "_", "linea baja": "_",
    "sub guion": "_", "subguion": "_",
    "dash": "-", "hyphen": "-", "minus sign": "-", "minus": "-", "guion medio": "-", "guion": "-", "guioncito": "-",
    "raya": "-",
    "rayita": "-", "signo menos": "-",
    "plus sign": "+", "plus": "+", "signo mas": "+",
}
"""Longest phrases first when compiled. `mas` alone is a name in Spanish and stays a word."""
PROVIDERS: dict[str, str] = {
    "g mail": "gmail", "gee mail": "gmail", "ge mail": "gmail", "jee mail": "gmail", "gmale": "gmail", "jimail": "gmail",
    "gimail": "gmail", "jemail": "gmail", "gemail": "gmail",
    "yimeil": "gmail", "jimeil": "gmail", "yimail": "gmail", "gmeil": "gmail", "gimeil": "gmail", "ji mail": "gmail",
    "yi mail": "gmail", "chimeil": "gmail", "je mail": "gmail", "gmel": "gmail", "g male": "gmail",
    "g meil": "gmail", "hot mail": "hotmail", "jotmail": "hotmail", "hotmeil": "hotmail", "jotmeil": "hotmail",
    "hot male": "hotmail", "jot mail": "hotmail", "otmeil": "hotmail", "hotmale": "hotmail",
    "otmail": "hotmail", "ya hoo": "yahoo", "yahu": "yahoo", "yaju": "yahoo", "yajoo": "yahoo", "jahoo": "yahoo",
    "llahoo": "yahoo", "ya hu": "yahoo", "yajuu": "yahoo", "llaju": "yahoo", "yaho": "yahoo", "out look": "outlook",
    "autluk": "outlook",
    "autlook": "outlook", "outluk": "outlook", "out luck": "outlook", "aut look": "outlook", "i cloud": "icloud",
    "eye cloud": "icloud", "icloude": "icloud", "ai cloud": "icloud", "aiclaud": "icloud", "i claud": "icloud",
    "icloudd": "icloud", "a o l": "aol",
    "proton mail": "protonmail", "com cast": "comcast", "live": "live", "m s n": "msn",
}
"""How recognisers write the common providers -> the domain."""
TOP = {"con": "com", "kom": "com", "calm": "com", "come": "com", "comm": "com", "gob": "gob", "nat": "net", "cam": "com",
       "edo": "edu", "orgue": "org"}
"""What is heard for an ending -> the ending; only behind a dot at the end of the address."""
ENDINGS = frozenset({"com", "net", "org", "edu", "gov", "us", "mx", "es", "info", "biz", "io", "co", "gob", "ca", "mil", "me",
                     "gt", "sv", "hn", "pr", "ar", "pe", "ve", "do", "ec", "cl", "br", "uk", "de", "fr", "dev", "app", "tv",
                     "la", "test", "invalid", "eu", "it"})
KNOWN = frozenset({"gmail", "hotmail", "yahoo", "outlook", "icloud", "aol", "protonmail", "live", "msn", "comcast"})

ASIDES = re.compile(
    r"\b(all (one|in one) word|one word|as one word|all together|together|no spaces?|without spaces?|all (in )?lower ?case|"
    r"(in )?lower ?case|all (in )?small letters|small letters|all caps|"
    r"(in )?all capitals|upper ?case|capital letters?|capital|todo junto|todo pegado|todo seguido|juntos?|sin espacios?|"
    r"sin espacio|todo (en |con )?minusculas?|(en|con) minusculas?|minusculas?|(todo )?(en|con) mayusculas?|mayusculas?|"
    r"the letters?|the numbers?|letters?|numbers?|la letra|las letras|el numero|los numeros|numeros?|the word|la palabra|de ahi|"
    r"simbolo|el simbolo|the symbol|sign)\b")
"""Remarks about the writing, which are no part of the address."""
LEAD = re.compile(
    r"^(?:(?:no(?! reply)|(?:my|the|mi|el|la|su|his|her|our) (?:\w+ ){1,4}?(?:is|es|seria)|"
    r"(?:(?:you|puede|pueden|me|lo|favor|de|can|please|por) )*(?:(?:email|write|reach|contact) me @|(?:mande|envie|escriba|mandar|"
    r"enviar|escribir)\w* a|send (?:it|that) to)|uh|um|uhm|er|ah|oh|hmm|okay|ok|yes|yeah|sure|so|well|alright|hi|hello|please|the|"
    r"its|it is|it s|thats|that is|"
    r"that would be|it would be|would be|will be|i think|let me see|you can use|use|send it to|"
    r"my address(?: is)?|my (?:personal |work |new |current |main )?(?:e ?mail|email)(?: address)?(?: is)?|the (?:e ?mail|"
    r"email)(?: address)?(?: is)?|his (?:e ?mail|email)(?: address)?(?: is)?|her (?:e ?mail|email)(?: address)?(?: is)?|"
    r"(?:e ?mail|email) address(?: is)?|email is|e mail is|email|address is|is|si|claro|bueno|pues|eh|este|ay|a ver|mire|entonces|"
    r"anote|apunte|el mio|la mia|seria|es|y|"
    r"(?:mi|el|su) (?:correo electronico|correo|email|e ?mail|imeil|mail|direccion)(?: electronico| electronica|"
    r" de correo)?(?: personal)?(?: es| seria)?|mi direccion(?: de correo)?(?: electronico)? es|correo electronico|correo es|"
    r"correo|la direccion(?: de correo)?(?: es)?|"
    r"(?:mandelo|envielo|mandemelo|enviemelo) a|electronico)\s+)+")
"""What is said in front of an address."""
WITH_LETTER = re.compile(r"\b(with|without|con|sin) (?:an? |la |una )?([a-z]{1,6})\b(?= |$)")
"""`Sarah with an H`, `González con zeta`: how the word before is written."""
SPELLED = re.compile(r"\b(thats spelled|that is spelled|which is spelled|spelled|spelling|spelt|i spell|se escribe|que se escribe|"
                     r"deletreo|deletreado|se deletrea|thats(?= \w \w\b)|that is(?= \w \w\b)|o sea(?= \w \w\b))\b")
