"""The desktop's side of the wire: sign-in, push, pull, live, verification, backoff. No Qt.

``connection.py`` is HTTPS to a pinned store; ``verification.py`` trusts nothing that it brings;
``together.py`` keeps a cache and a store together, on the one network thread that ``synchroniser.py`` is.
"""

from .connection import Connection, Server, Unreachable
from .status import Status
from .synchroniser import Synchroniser
from .verification import Distrust

__all__ = ["Connection", "Distrust", "Server", "Status", "Synchroniser", "Unreachable"]
