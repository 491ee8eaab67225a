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
    """The feeds have yet to be read to their end for the first time, or since the hub was restored."""
    fetched: int = 0
    """Rows of the feeds that the first reading has brought since this began."""
    to_fetch: int = 0
    """Those that it has yet to bring, as far as the store has told."""
    trouble: str = ""
    """What keeps this desktop and the store apart where it is not the line, as a sentence."""

    @property
    def fetching(self) -> str:
        """How far the first reading is; empty once it is over, and before it has begun."""
        if not (self.first_sync and self.fetched):
            return ""
        return f"Fetching {self.fetched:,} of {self.fetched + self.to_fetch:,}"
