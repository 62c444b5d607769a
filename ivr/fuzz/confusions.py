"""Words that recognisers take for each other, and words that bilingual callers mix in. Pure data.

`SOUNDS_LIKE`: homophones and near-homophones of the sentences callers say, as telephone recognisers write them. `MIXED_IN`:
what a caller who speaks one language often says in the other, because letters and offices use that word.
"""

from __future__ import annotations

from collections.abc import Mapping

SOUNDS_LIKE: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "en": (
        ("for", "four", "fore"), ("to", "two", "too"), ("their", "there", "they're"), ("your", "you're"), ("its", "it's"),
        ("card", "cart", "car"), ("case", "cases", "cage"), ("status", "stages", "statues"), ("mail", "male", "mall"),
        ("notice", "noticed", "notes"), ("receipt", "recede", "the seat"), ("address", "a dress", "undress"),
        ("moved", "move", "mood"),
        ("parole", "payroll", "patrol"), ("oath", "both", "oaf"), ("interview", "interviews", "in review"),
        ("fingerprints", "finger prints", "fingerprint"),
        ("biometrics", "bio metrics", "by metrics", "geometrics"), ("green", "grain", "screen"),
        ("expedite", "expected", "exit bite"),
        ("passport", "pass port", "past port"), ("petition", "position", "partition"), ("filed", "field", "file"),
        ("sent", "cent", "send"),
        ("letter", "ladder", "later"), ("lawyer", "liar", "loyal"), ("wait", "weight"), ("week", "weak"), ("hours", "ours", "owls"),
        ("open", "opened", "oven"), ("write", "right"), ("know", "no"), ("here", "hear"), ("new", "knew"), ("would", "wood"),
        ("where", "wear", "were"), ("by", "buy", "bye"), ("renew", "review", "renewed"), ("travel", "trouble", "travels"),
        ("sick", "six", "sink"),
        ("citizen", "citizens", "sit is in"), ("account", "a count", "accounts"), ("password", "pass word", "past word"),
        ("visa", "viza", "pizza"),
        ("stamp", "stamps", "step"), ("wrong", "long", "rung"), ("spelled", "spell", "smelled"),
        ("emergency", "emerge and see", "agency"),
        ("evidence", "evidences", "every dance"), ("interpreter", "in the printer", "interpret her"),
        ("hearing", "herring", "earring"),
        ("embassy", "embassies", "and basic"), ("agent", "agents", "asian"), ("person", "purses", "persons"),
        ("form", "forum", "farm"),
    ),
    "es": (
        ("caso", "casos", "vaso"), ("cita", "citas", "sita", "quita"), ("huellas", "huella", "ellas"),
        ("tarjeta", "tarjetas", "carpeta"),
        ("a ver", "haber"), ("hecho", "echo"), ("vez", "ves"), ("has", "as"), ("ha", "a"), ("hay", "ahí", "ay"),
        ("cambiar", "cambia", "cambié"),
        ("dirección", "direcciones", "la elección"), ("correo", "corre", "correos"), ("recibo", "recibió", "rezibo"),
        ("aviso", "abiso", "al viso"),
        ("permiso", "permisos", "promesa"), ("viaje", "viajes", "bieja"), ("viajar", "bajar", "fijar"),
        ("emergencia", "emergencias", "agencia"),
        ("entrevista", "entre vista", "revista"), ("juramento", "juramentos", "jura mento"),
        ("ciudadanía", "ciudad anía", "ciudadano"),
        ("residencia", "residencias", "presidencia"), ("renovar", "renobar", "remover"), ("abogado", "abogados", "ahogado"),
        ("cuenta", "cuentas", "cuento"),
        ("contraseña", "contra seña", "con trasera"), ("sello", "cello", "ese yo"), ("pasaporte", "pasa porte", "pasa por te"),
        ("esposa", "esposo", "es posa"),
        ("horario", "horarios", "rosario"), ("abren", "abre", "hablen"), ("carta", "cartas", "cara"), ("llegó", "llego", "yegó"),
        ("nombre", "hombre", "nombres"),
        ("intérprete", "interprete", "entre prete"), ("enfermo", "enferma", "infierno"),
        ("formulario", "formularios", "por mulario"),
        ("pruebas", "prueba", "cruebas"), ("mensaje", "mensajes", "masaje"), ("oficina", "oficinas", "a vecina"),
        ("persona", "personas", "pero sona"),
        ("consulado", "consolado", "con su lado"), ("refugiado", "refugiados", "refugio"), ("trámite", "tramite", "trámites"),
        ("tarda", "tarde", "carta"),
    ),
}
MIXED_IN: Mapping[str, Mapping[str, str]] = {
    "en": {"appointment": "cita", "case": "caso", "fingerprints": "huellas", "card": "tarjeta", "address": "dirección",
           "mail": "correo",
           "letter": "carta", "lawyer": "abogado", "interview": "entrevista", "permit": "permiso", "wife": "esposa",
           "husband": "esposo",
           "mother": "mamá", "papers": "papeles", "office": "oficina", "receipt": "recibo", "citizenship": "ciudadanía",
           "please": "por favor"},
    "es": {"cita": "appointment", "caso": "case", "huellas": "biometrics", "tarjeta": "green card", "correo": "mail",
           "entrevista": "interview",
           "permiso": "permit", "residencia": "green card", "cuenta": "account", "contraseña": "password", "formulario": "form",
           "aviso": "notice",
           "estatus": "status", "ciudadanía": "citizenship", "oficina": "office", "mensaje": "message", "página": "website",
           "recibo": "receipt"},
}
