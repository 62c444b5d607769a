"""What people who type leave out or abbreviate, on text telephones and in chats. Pure data; read by `typed`.

Everything is folded (lower case, no accents). Single letters stand for words only where the answer is a sentence: in a number,
an address or something spelled they are letters.
"""

from __future__ import annotations

from collections.abc import Mapping


def _pairs(text: str) -> dict[str, str]:
    return {key: words.strip() for key, _, words in (pair.strip().partition(" = ") for pair in text.split(",") if pair.strip())}


ABBREVIATIONS: Mapping[str, Mapping[str, str]] = {
    "en": _pairs("""
        pls = please, plz = please, plse = please, pse = please, u = you, ur = your, urs = yours, r = are, thx = thanks, tks = thanks,
        tnx = thanks, thanx = thanks, ty = thank you, tku = thank you, cuz = because, coz = because, bcuz = because, bec = because,
        msg = message, msgs = messages, tmw = tomorrow, tmrw = tomorrow, tmr = tomorrow, abt = about, nbr = number, nr = number,
        nmbr = number, cld = could, shd = should, wud = would, wld = would, biz = business, doc = document, docs = documents,
        appt = appointment, appts = appointments, info = information, mtg = meeting, wo = without, ppl = people, rcvd = received,
        recd = received, recvd = received, rcv = receive, wk = week, wks = weeks, yr = year, yrs = years, hrs = hours, addr = address,
        intvw = interview, gc = green card, govt = government, dept = department, acct = account, pymt = payment, cert = certificate,
        immig = immigration, fwd = forward, resched = reschedule, hv = have, nite = night, thru = through, tho = though,
        fone = phone, asap = as soon as possible, btw = by the way, idk = i don't know, oic = oh i see, wen = when, wat = what,
        wut = what, wht = what, ofc = office, passpt = passport, fingerprt = fingerprint, probs = problems, nxt = next,
        dont = don't, cant = can't, didnt = didn't, doesnt = doesn't, havent = haven't, hasnt = hasn't, isnt = isn't, wont = won't,
        im = i'm, ive = i've, pf = please, xfa = please"""),
    "es": _pairs("""
        x = por, q = que, k = que, d = de, xq = porque, pq = porque, porq = porque, xk = porque, tb = también, tmb = también,
        tbn = también, tbien = también, dl = del, pf = por favor, xf = por favor, xfa = por favor, xfavor = por favor, pfa = por favor,
        porfa = por favor, porfavor = por favor, grax = gracias, grcs = gracias, gcs = gracias, grs = gracias, cdo = cuando,
        cnd = cuando, dnd = dónde, dond = dónde, msj = mensaje, msg = mensaje, msjs = mensajes, tel = teléfono, telf = teléfono,
        nro = número, nr = número, dir = dirección, direcc = dirección, info = información, doc = documento, docs = documentos,
        solic = solicitud, ud = usted, uds = ustedes, aki = aquí, ofic = oficina, ofi = oficina, abog = abogado, cta = cuenta,
        bn = bien, pa = para, pra = para, qiero = quiero, kiero = quiero, qro = quiero, tngo = tengo, nesesito = necesito,
        stoy = estoy, sta = está, pls = por favor, plz = por favor, thx = gracias, tks = gracias"""),
}
"""language -> abbreviation -> words"""

SPELLED = 3
"""So many single letters in a row are something spelled, and stay."""

YES_NO: Mapping[str, Mapping[str, str]] = {
    "en": {"y": "yes", "n": "no", "ys": "yes", "yse": "yes", "yess": "yes", "k": "ok", "kk": "ok", "nop": "no", "noo": "no", "yep": "yes",
           "si": "yes"},
    "es": {"s": "sí", "n": "no", "y": "sí", "ys": "sí", "ss": "sí", "sii": "sí", "siii": "sí", "k": "ok", "noo": "no", "sip": "sí",
           "yes": "sí", "yep": "sí", "yup": "sí", "nope": "no"},
}
"""Whole answers to a question of yes or no."""
POLITE = ("please", "pls", "plz", "pse", "thx", "tks", "thanks", "thank you", "por favor", "pf", "xf", "xfa", "gracias")
"""Beside an answer in either language, without changing it."""

NAMING: Mapping[str, tuple[str, ...]] = {
    "en": ("name is", "names", "called", "mr", "mrs", "ms", "dr", "this is", "im"),
    "es": ("nombre es", "llamo", "llama", "sr", "sra", "senor", "senora", "soy"),
}
"""After these a name may follow, whose letters nobody corrects."""
NAME_WORDS = 3
"""Words of a name that are left alone."""
