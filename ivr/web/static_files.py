"""`/static/NAME`: scripts and styles of our own that more than one page loads. They hold no data and no secret, so anybody may have them.

One folder without folders in it; nothing else of the program is reached by this. Called by the application's factory.
"""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, abort, send_from_directory

from ivr.web.access import PUBLIC, declared

FOLDER = Path(__file__).parent / "static"
KINDS = {".js": "text/javascript", ".css": "text/css"}


def blueprint(_services: object) -> Blueprint:
    files = Blueprint("static_files", __name__)
    files.add_url_rule("/static/<name>", "file", declared(PUBLIC)(give), methods=["GET"])
    return files


def give(name: str) -> Response:
    """Asked for again every time, so that no page mixes modules of two versions; unchanged ones are answered by 304."""
    kind = KINDS.get(Path(name).suffix)
    if kind is None:
        abort(404)
    return send_from_directory(FOLDER, name, max_age=0, mimetype=kind)
