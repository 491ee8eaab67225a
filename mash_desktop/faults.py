"""What stderr, which a session's journal keeps, is told of a fault: its kind and its place.

Never its message or the values in a traceback, since both may quote what somebody wrote.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from pathlib import Path

_log = logging.getLogger(__name__)
_OURS = ("mash_desktop", "sync", "ui")


def kind_and_place(error: BaseException) -> str:
    """As *KeyError at read in cache.py:80*."""
    kind, places = type(error).__name__, traceback.extract_tb(error.__traceback__)
    if not places:
        return kind
    at = places[-1]
    return f"{kind} at {at.name} in {Path(at.filename).name}:{at.lineno}"


def say_kind_and_place() -> None:
    """Have the log say no more of any fault, whoever meets it, and the interpreter use the log for those that
    nobody has caught. For the whole process."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_WithoutWords("%(levelname)s:%(name)s:%(message)s"))
    logging.getLogger().handlers[:] = [handler]
    sys.excepthook = lambda kind, error, trace: _say(error)
    threading.excepthook = lambda met: _say(met.exc_value)
    sys.unraisablehook = lambda met: _say(met.exc_value)


def _say(error: BaseException | None) -> None:
    # For whoever debugs, the interpreter keeps the last one whole, with every value.
    for kept in ("last_exc", "last_type", "last_value", "last_traceback"):
        vars(sys).pop(kept, None)
    if error is not None and not isinstance(error, SystemExit):
        _log.error("nobody caught: %s", kind_and_place(error))


class _WithoutWords(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        words = record.getMessage()
        if record.name.partition(".")[0] not in _OURS:
            words = f"a library has something to say at {record.module}:{record.lineno}"
        if record.exc_info and record.exc_info[1] is not None:
            words = f"{words}: {kind_and_place(record.exc_info[1])}"
        said = {"name": record.name, "levelname": record.levelname, "msg": words}
        return super().format(logging.makeLogRecord(said))
