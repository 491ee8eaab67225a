"""Every kind of entry, in one register.

``made.py`` is an entry as this program holds it; the other files declare bodies, one file a part of the
process.
"""

from . import access, contact, decision, gathering, hub, identity, keeping, outcome, table, triage
from .body import KINDS, Body, Unread, decode, encode
from .made import Made

__all__ = [
    "KINDS",
    "Body",
    "Made",
    "Unread",
    "access",
    "contact",
    "decision",
    "decode",
    "encode",
    "gathering",
    "hub",
    "identity",
    "keeping",
    "outcome",
    "table",
    "triage",
]
