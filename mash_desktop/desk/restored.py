"""That the hub was restored from a backup: every person of it is told, until they have seen it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from sync.client.heads import HEADS_BEFORE, heads_before

from ..domain.entries import Body
from ..domain.entries.hub import EpochOpened
from ..proofs.head import Head
from .desk import Desk
from .wording import say_moment


def restored(desk: Desk) -> str:
    """From when each backup was, and how much of what this desktop had seen it lacked; empty where there is
    nothing to tell, or the hub has yet to say so."""
    kept = heads_before(desk.cache)
    if not kept:
        return ""
    told = [entry.body for entry in desk.cache.entries_of_kinds("hub", EpochOpened.KIND)]
    heads = [msgspec.json.decode(signed.head, type=Head) for signed in kept]
    return " ".join(filter(None, (_restored(desk, before, told) for before in heads)))


def _restored(desk: Desk, before: Head, told: Sequence[Body]) -> str:
    """What became of the log that this desktop had seen up to there."""
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
    desk.cache.put_facts({HEADS_BEFORE: None})
