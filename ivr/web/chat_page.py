"""`/chat`, our own page around the chat, and `/chat/widget.js`, which any page may embed."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, abort, g, render_template, request, send_from_directory
from flask.typing import ResponseReturnValue

from ivr.runtime.services import Services
from ivr.web.access import PUBLIC, declared

STATIC = Path(__file__).parent / "static"
LANGUAGES = ("en", "es")
CACHE_S = 300
WORDS = {
    "en": {"no_script": "This chat needs JavaScript. You can also call us:", "skip": "Skip to the chat",
           "foot": "Automated service. Do not send passwords or payment details."},
    "es": {"no_script": "Este chat necesita JavaScript. También puede llamarnos:", "skip": "Ir al chat",
           "foot": "Servicio automático. No envíe contraseñas ni datos de pago."},
}


def blueprint(services: Services) -> Blueprint:
    pages = Blueprint("chat_page", __name__, template_folder="templates")

    def page() -> ResponseReturnValue:
        bundle = services.bundles.current
        line = services.texts.line("chat")
        if line is None:
            abort(404)
        known = [x for x in LANGUAGES if x in bundle.languages] or list(LANGUAGES)
        asked = request.args.get("lang") or request.accept_languages.best_match(known)
        language = asked if asked in known else known[0]
        numbers = [n for x in bundle.lines.values() if x.channel in ("voice", "tty") for n in x.numbers]
        body = render_template("chat.html", language=language, title=bundle.title.get(language, bundle.id), w=WORDS[language],
                               line=line.name, numbers=numbers, nonce=g.nonce)
        return Response(body, content_type="text/html; charset=utf-8", headers={"Cache-Control": "no-store"})

    def widget() -> ResponseReturnValue:
        answer = send_from_directory(STATIC, "chat_widget.js", max_age=CACHE_S, mimetype="text/javascript")
        # Pages that isolate themselves may load it too; it holds no secret and runs as code of the page.
        answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return answer

    pages.add_url_rule("/chat", "page", declared(PUBLIC)(page), methods=["GET"])
    pages.add_url_rule("/chat/widget.js", "widget", declared(PUBLIC)(widget), methods=["GET"])
    return pages
