"""What a desktop keeps of a store whose word did not hold together: it is evidence, and stays.

Until somebody has said that it was looked into, the desktop asks that store nothing more.
"""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from mash_desktop.cache import Cache
from mash_desktop.proofs.head import SignedHead

DISTRUST = "distrust"
"""The fact that keeps it, the first first."""


class Found(msgspec.Struct, frozen=True):
    """What did not hold together, with what the store had signed. ``at`` is this computer's time, in UTC."""

    code: str
    sentence: str
    at: datetime
    shown: SignedHead | None
    """The last head that the store showed, good or bad: that under which it said what did not hold."""
    head: SignedHead | None
    """The last head that held."""
    settled_at: datetime | None = None
    settled_by: str = ""
    """Who said that the desktop may go on."""


def evidence(cache: Cache) -> tuple[Found, ...]:
    """All that was found, the first first."""
    return msgspec.json.decode(cache.fact(DISTRUST) or b"[]", type=tuple[Found, ...])


def unsettled(cache: Cache) -> Found | None:
    """The last that nobody has looked into."""
    return next((found for found in reversed(evidence(cache)) if found.settled_at is None), None)


def keep(cache: Cache, found: Found) -> None:
    """Raises ``Refusal`` where the disk is full."""
    cache.put_fact(DISTRUST, msgspec.json.encode((*evidence(cache), found)))


def settle(cache: Cache, by: str) -> None:
    """``by`` has looked into it: this desktop may ask again, and checks as before."""
    now = datetime.now(UTC)
    settled = (
        found if found.settled_at else msgspec.structs.replace(found, settled_at=now, settled_by=by)
        for found in evidence(cache)
    )
    cache.put_fact(DISTRUST, msgspec.json.encode(tuple(settled)))
