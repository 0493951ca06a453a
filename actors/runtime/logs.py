"""Structured logs: one JSON object a line, each actor into its own rotating file.

    {"at": "2025-11-28T00:00:03.120Z", "level": "info", "actor": "feed-1", "run": "8f3a", "event": "feed_connected", …}

What other libraries log goes the same way. Secrets are taken out of the finished line, wherever they hid:
`urllib3` quotes the URL in its exceptions and its own log, and the URL of the Bot API holds the token. Tracebacks carry
no locals.
"""

import logging
import re
from collections.abc import Callable, Iterable
from logging.handlers import RotatingFileHandler
from pathlib import Path

import msgspec
import structlog
from structlog.typing import EventDict, WrappedLogger

__all__ = ["Redactor", "set_up_logs"]

_BOT_TOKEN = re.compile(r"\d{6,12}:[A-Za-z0-9_-]{30,}")
_BEARER = re.compile(r"(?i)bearer [A-Za-z0-9._-]{16,}")
_LEVELS = logging.getLevelNamesMapping()


class Redactor:
    """Takes secrets out of a text."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._forms: list[str] = []
        for secret in secrets:
            self.add(secret)

    def add(self, secret: str) -> None:
        """Take *secret* out, too, from now on: a key or token that was issued while we run."""
        if secret:
            self._forms = sorted({*self._forms, *_forms_of(secret)}, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """Return *text* with `***` in place of every known secret and of whatever looks like a token."""
        for form in self._forms:
            text = text.replace(form, "***")
        return _BEARER.sub("***", _BOT_TOKEN.sub("***", text))


def _forms_of(secret: str) -> set[str]:
    """Return how *secret* stands in a text, in what an exception quotes, and in a line of JSON with either."""
    quoted = {secret, repr(secret)[1:-1]}
    return quoted | {msgspec.json.encode(form).decode()[1:-1] for form in quoted}


class _FileLogger:
    """What structlog hands a finished line to; the handler of the standard library rotates the file."""

    def __init__(self, handler: logging.Handler) -> None:
        self._handler = handler

    def msg(self, line: str) -> None:
        self._handler.handle(logging.makeLogRecord({"msg": line}))

    debug = info = warning = error = critical = exception = msg


class _ForeignHandler(logging.Handler):
    """Sends what other libraries log down the same way as our own lines."""

    def __init__(self, log: structlog.typing.FilteringBoundLogger) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info or False
        self._log.log(record.levelno, "library_logged", logger=record.name, text=record.getMessage(), exc_info=error)


def set_up_logs(
    path: Path,
    *,
    level: str,
    max_bytes: int,
    files: int,
    moment: Callable[[], str],
    redact: Redactor,
    **bound: str,
) -> structlog.typing.FilteringBoundLogger:
    """Send all logging of this process to *path* and return the logger that our own code uses.

    Args:
        path: the log file; its folder exists.
        level: the least important level that is written.
        max_bytes: size at which the file is rotated.
        files: how many rotated files are kept.
        moment: returns what a line shows as its time.
        redact: takes secrets out of a finished line.
        bound: key/values on every line.
    """
    logging.raiseExceptions = False  # a full disk must not print a traceback for every line
    handler = RotatingFileHandler(path, maxBytes=max_bytes, backupCount=files, encoding="utf-8", delay=True)

    def add_moment(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return {"at": moment(), **event}

    def render(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
        return redact(msgspec.json.encode(event, enc_hook=repr).decode())

    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.format_exc_info, add_moment, render],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level.upper()]),
        logger_factory=lambda *_: _FileLogger(handler),
        cache_logger_on_first_use=True,
    )
    log: structlog.typing.FilteringBoundLogger = structlog.get_logger().bind(**bound)
    logging.basicConfig(handlers=[_ForeignHandler(log)], level=logging.WARNING, force=True)
    logging.captureWarnings(capture=True)
    return log
