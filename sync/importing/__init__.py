"""Bulk files into a store, as one person signed in like any other client.

``device.py`` is the importing computer's key and sign-in; ``run.py`` reads a file, signs an act a record and
pushes them. Safe to repeat: a record's ids come from its content, so what is there already adds nothing.
"""

from .device import Device
from .run import Outcome, import_history, import_intake

__all__ = ["Device", "Outcome", "import_history", "import_intake"]
