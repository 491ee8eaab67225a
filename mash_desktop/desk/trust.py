"""That the hub's word did not hold together: what is kept of it in words, and how this desktop goes on.

The information governance officer looks into it, with what is kept here; whoever sits here says who did. The
desktop then asks the hub again, and checks everything as it did before, from the last log that held.
"""

from __future__ import annotations

import msgspec

from sync.client import evidence

from ..domain.errors import Refusal
from ..proofs.head import Head, SignedHead
from .desk import Desk
from .wording import say_moment


class Shown(msgspec.Struct, frozen=True):
    """One head in words: how much it covers, from when, and its mark; empty where it is no head."""

    size: int = 0
    at: str = ""
    epoch: int = 0
    root: str = ""


class Found(msgspec.Struct, frozen=True):
    """One time that the hub's word did not hold together. ``settled`` says since when, and who said so, it
    has been looked into; empty until then."""

    code: str
    sentence: str
    at: str
    held: Shown
    """The last log that held."""
    shown: Shown
    """What the hub showed as its log when it did not."""
    settled: str = ""


def distrusted(desk: Desk) -> str:
    """What does not hold together and has yet to be looked into, as a sentence; empty where all is well."""
    found = evidence.unsettled(desk.cache)
    return found.sentence if found else ""


def found(desk: Desk) -> tuple[Found, ...]:
    """All that was found on this desktop, the last first."""
    config, now = desk.config(), desk.now()

    def words(signed: SignedHead | None) -> Shown:
        try:
            head = msgspec.json.decode(signed.head if signed else b"", type=Head)
        except ValueError:
            return Shown()
        return Shown(head.size, say_moment(head.at, now, config), head.epoch, head.root.hex())

    return tuple(
        Found(
            one.code,
            one.sentence,
            say_moment(one.at, now, config),
            words(one.head),
            words(one.shown),
            f"{say_moment(one.settled_at, now, config)}, by {one.settled_by}" if one.settled_at else "",
        )
        for one in reversed(evidence.evidence(desk.cache))
    )


def to_hand_over(desk: Desk) -> str:
    """The last that was found as it is kept, with the heads as the hub signed them, and what was before it.

    As a file it is what ``mash-isl verify --kept`` takes: the log must begin with the last head that held.
    """
    *earlier, last = msgspec.to_builtins(evidence.evidence(desk.cache))
    return msgspec.json.format(msgspec.json.encode({**last, "earlier": earlier})).decode()


def settle(desk: Desk, by: str) -> None:
    """``by`` has looked into it and says that this desktop may ask the hub again. Raises ``Refusal``."""
    if not by.strip():
        raise Refusal("name-missing", "Write who looked into it and said that you may go on.", "by")
    evidence.settle(desk.cache, by.strip())
