"""The encrypted local store: entries as received, the outbox, projections that screens read, search.

``engine.py`` opens it and proves that it is encrypted; ``schema.py`` is its shape, to which ``upgrading.py``
brings older ones; ``cache.py`` is the one way to read and change it. It knows no network and no Qt.
"""

from .cache import Cache, open_cache
from .changes import ChangeSet
from .engine import open_engine
from .outbox import Waiting
from .projection import AgencyState, QueueRow

__all__ = ["AgencyState", "Cache", "ChangeSet", "QueueRow", "Waiting", "open_cache", "open_engine"]
