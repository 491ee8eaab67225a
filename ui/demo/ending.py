"""Being asked to end, by Ctrl-C or by the system: what was started is ended in its order, at the next step.

A signal's handler may run inside a callback of Qt's, through which no exception passes. So it only notes that
it came.
"""

from __future__ import annotations

import signal
from threading import Event

_asked = Event()


class Ended(Exception):
    """The demonstration was asked to end before its last step."""


def listen() -> None:
    """From here on, note Ctrl-C and SIGTERM in place of stopping at once."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: _asked.set())


def asked() -> bool:
    return _asked.is_set()


def heed() -> None:
    """Raises ``Ended`` once the demonstration was asked to end."""
    if asked():
        raise Ended
