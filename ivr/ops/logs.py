"""Structured logs: one JSON line an event, redacted by type. Configured once, at the start of a process."""

from __future__ import annotations

import atexit
import io
import logging
import sys
import threading
import time
from typing import Any, TextIO

import orjson
import structlog

from ivr.ops.redact import redact
from ivr.sensitive import scrub

_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


FLUSH_EVERY_S = 0.2
_AS_REPR = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_SUBCLASS
"""Objects go through their repr, which masks what is sensitive; written out field by field they would show it."""


def configure(level: str = "info", stream: TextIO | None = None, *, buffered: bool = False) -> None:
    """Send every log, ours and the libraries', to `stream` (default: standard error) as JSON lines.

    `buffered` is for servers: a write for each line gives the interpreter's lock away in the middle of every turn. A kill
    then loses the last moments of the log, never anything that was promised: that is in the database.
    """
    out = stream or sys.stderr
    if buffered:
        out = _flushed_now_and_then(out)
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True), _exceptions, redact, _json],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=(lambda *_: _Lines(out)) if buffered else structlog.PrintLoggerFactory(out), cache_logger_on_first_use=buffered)
    handler = logging.StreamHandler(out)
    handler.setFormatter(_LibraryFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    # Access logs would repeat every URL; the webhook logs its own line.
    logging.getLogger("uvicorn.access").disabled = True


def _flushed_now_and_then(stream: TextIO) -> TextIO:
    raw = io.FileIO(stream.fileno(), "w", closefd=False)
    out = io.TextIOWrapper(io.BufferedWriter(raw, 64 * 1024), encoding="utf-8", errors="backslashreplace")

    def flush() -> None:
        while True:
            time.sleep(FLUSH_EVERY_S)
            out.flush()

    threading.Thread(target=flush, name="log-flush", daemon=True).start()
    atexit.register(out.flush)
    return out


class _Lines:
    """What structlog writes to: a line without a flush."""

    def __init__(self, stream: TextIO):
        self._stream = stream

    def msg(self, line: str) -> None:
        self._stream.write(line + "\n")

    log = debug = info = warning = warn = error = critical = fatal = exception = failure = msg


def get(name: str) -> Any:
    return structlog.get_logger(source=name)


def _exceptions(_logger: Any, _name: str, event: dict[str, Any]) -> dict[str, Any]:
    """An exception is named with its place, without its locals and with its message scrubbed."""
    error = event.pop("exc_info", None)
    error = sys.exc_info()[1] if error is True else error
    if isinstance(error, BaseException):
        trace = error.__traceback__
        while trace and trace.tb_next:
            trace = trace.tb_next
        place = f"{trace.tb_frame.f_code.co_filename.rsplit('/ivr/', 1)[-1]}:{trace.tb_lineno}" if trace else "?"
        event["error"] = f"{type(error).__name__} at {place}: {scrub(str(error))[:300]}"
    return event


def _json(_logger: Any, _name: str, event: dict[str, Any]) -> str:
    return orjson.dumps(event, default=lambda o: scrub(repr(o)), option=_AS_REPR).decode()


class _LibraryFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        event = {"event": scrub(record.getMessage()), "level": record.levelname.lower(), "source": record.name}
        if record.exc_info and record.exc_info[1]:
            event = _exceptions(None, "", {**event, "exc_info": record.exc_info[1]})
        return orjson.dumps(event).decode()
