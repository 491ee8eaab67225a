"""That the hub was restored from a backup: every person of it is told, until they have seen it."""

from __future__ import annotations

import msgspec

from sync.client.heads import HEAD_BEFORE

from ..domain.entries.hub import EpochOpened
from ..proofs.head import Head, SignedHead
from .desk import Desk
from .wording import say_moment


def restored(desk: Desk) -> str:
    """From when the backup was, and how much of what this desktop had seen it lacked; empty where there is
    nothing to tell, or the hub has yet to say so."""
    kept = desk.cache.fact(HEAD_BEFORE)
    if kept is None:
        return ""
    before = msgspec.json.decode(msgspec.json.decode(kept, type=SignedHead).head, type=Head)
    told = [entry.body for entry in desk.cache.entries_of_kinds("hub", EpochOpened.KIND)]
    opened = [body for body in told if isinstance(body, EpochOpened) and body.epoch > before.epoch]
    if not opened:
        return ""
    least = min(opened, key=lambda body: body.size)
    when = say_moment(least.backed_up_at, desk.now(), desk.config())
    return (
        f"The hub was restored from a backup of {when}, with {least.size:,} entries. This desktop had seen "
        f"{before.size:,}."
    )


def seen(desk: Desk) -> None:
    """Its person has read it."""
    desk.cache.put_facts({HEAD_BEFORE: None})
