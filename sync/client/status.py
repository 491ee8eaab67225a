"""How a desktop and the store stand, as screens are told of it."""

from __future__ import annotations

from datetime import datetime

import msgspec


class Status(msgspec.Struct, frozen=True):
    """How this desktop and the store stand. Times are UTC."""

    online: bool = False
    since: datetime | None = None
    """Since when it has been so."""
    synced_at: datetime | None = None
    verified_at: datetime | None = None
    log_size: int = 0
    signed_out: str = ""
    """Why the session is no good, as a sentence; empty while it is."""
    barred: str = ""
    """That this person or device may not be here any more, as the refusal's code: the desktop locks."""
    distrust: str = ""
    """What does not hold together at the store, as a sentence; syncing has stopped."""
    first_sync: bool = False
    """The first page has yet to come to its end."""
    trouble: str = ""
    """What keeps this desktop and the store apart where it is not the line, as a sentence."""
