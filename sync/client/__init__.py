"""The desktop's side of the wire: sign-in, push, pull, live, verification, backoff. No Qt.

``connection.py`` is HTTPS to a pinned store; ``verification.py`` trusts nothing that it brings;
``synchroniser.py`` is the one network thread that keeps a cache and a store together.
"""

from .connection import Connection, Server, Unreachable
from .synchroniser import Status, Synchroniser
from .verification import Distrust

__all__ = ["Connection", "Distrust", "Server", "Status", "Synchroniser", "Unreachable"]
