"""`/healthz` (the process lives), `/readyz` (it can take calls), `/metrics`."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue

from ivr.errors import IvrError, Unavailable
from ivr.runtime.services import Services
from ivr.web.access import PUBLIC, declared


def _shared(services: Services) -> str:
    """Degraded is ready all the same: sessions are then read from the database, and what needs a counter decides for itself."""
    try:
        services.shared.ping()
    except Unavailable:
        return "degraded"
    return "ok"


def blueprint(services: Services) -> Blueprint:
    health = Blueprint("health", __name__)

    @health.get("/healthz")
    @declared(PUBLIC)
    def healthz() -> ResponseReturnValue:
        return jsonify(status="ok")

    @health.get("/readyz")
    @declared(PUBLIC)
    def readyz() -> ResponseReturnValue:
        try:
            services.db.ping()
        except IvrError as error:
            return jsonify(status="database", why=error.code), 503
        if not services.ready or services.streams.draining:
            return jsonify(status="draining" if services.streams.draining else "starting"), 503
        pool = services.recognition
        # Ready all the same: without local speech calls go by keys and the carrier's recogniser.
        return jsonify(status="ready", bundle=services.bundles.current.id, hash=services.bundles.current.hash[:12],
                       recognizer=pool.recognizer.name if pool else "twilio",
                       speech="degraded" if pool and not pool.usable else "ok", shared=_shared(services))

    @health.get("/metrics")
    @declared(PUBLIC)
    def metrics() -> ResponseReturnValue:
        return Response(services.metrics.text(), content_type="text/plain; version=0.0.4; charset=utf-8")

    return health
