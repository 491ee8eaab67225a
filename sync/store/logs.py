"""The service's own log: one JSON object a line on standard error, and nothing personal in it.

Not the Information Sharing Log. What may be said of a request is its route, status and fault; names, terms,
accounts, addresses and bodies never.
"""

from __future__ import annotations

import logging
import sys

import structlog

_OURS = ("sync", "mash_desktop")
_SERVER = "uvicorn"


def configure(level: str) -> None:
    """Send every logger of this process to standard error as JSON lines, ours from ``level`` on.

    Of libraries only warnings are kept, and of those not the words, which may quote what passed through.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                _without_words,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in _OURS:
        logging.getLogger(name).setLevel(level.upper())
    logging.getLogger(_SERVER).setLevel(logging.INFO)


def _without_words(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    # Not the traceback: its locals and messages may quote what people wrote.
    found = event.pop("exc_info", None)
    if isinstance(found, tuple) and found[0] is not None:
        event["error"] = found[0].__name__
    event.pop("color_message", None)
    if event["logger"].partition(".")[0] not in (*_OURS, _SERVER):
        record: logging.LogRecord = event["_record"]
        event["event"] = "a library has something to say"
        event["where"] = f"{record.module}:{record.lineno}"
    return event
