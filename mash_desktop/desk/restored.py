"""That the hub was restored from a backup: every person of it is told, until they have seen it."""

from __future__ import annotations

import msgspec

from sync.client.heads import HEADS_BEFORE, heads_before

from ..domain.entries.hub import EpochOpened
from ..proofs.head import Head, SignedHead
from .desk import Desk
from .wording import say_moment


def restored(desk: Desk) -> str:
    """From when each backup was, and how much of what this desktop had seen it lacked; empty where there is
    nothing to tell, or the hub has yet to say so."""
    opened = _opened(desk)
    seen: dict[int, int] = {}
    for before in map(_head, heads_before(desk.cache)):
        epoch = min((epoch for epoch in opened if epoch > before.epoch), default=None)
        if epoch is not None:
            seen[epoch] = max(before.size, seen.get(epoch, 0))
    return " ".join(_told(desk, opened[epoch], size) for epoch, size in sorted(seen.items()))


def seen(desk: Desk) -> None:
    """Its person has read it."""
    last = max(_opened(desk), default=0)
    untold = [signed for signed in heads_before(desk.cache) if _head(signed).epoch >= last]
    desk.cache.put_facts({HEADS_BEFORE: msgspec.json.encode(untold) if untold else None})


def _opened(desk: Desk) -> dict[int, EpochOpened]:
    """The restores that the hub tells of, by the epoch that each began."""
    told = (entry.body for entry in desk.cache.entries_of_kinds("hub", EpochOpened.KIND))
    return {body.epoch: body for body in told if isinstance(body, EpochOpened)}


def _head(signed: SignedHead) -> Head:
    return msgspec.json.decode(signed.head, type=Head)


def _told(desk: Desk, opened: EpochOpened, seen: int) -> str:
    when = say_moment(opened.backed_up_at, desk.now(), desk.config())
    return (
        f"The hub was restored from a backup of {when}, with {opened.size:,} entries. This desktop had seen "
        f"{seen:,}."
    )
