"""The fold of an identity: facts from before, links to subjects, markers in force."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from ..codes import Marker
from ..entries import Body, Made
from ..entries.identity import (
    HistoryRecorded,
    IdentityLinked,
    IdentityNotSame,
    IdentityUnlinked,
    MarkerCleared,
    MarkerSet,
)
from .referral import standing

Subject = tuple[str, str]
"""A subject of a referral: its stream and its subject id."""


class Identity(msgspec.Struct, frozen=True):
    stream: str
    history: tuple[Made[HistoryRecorded], ...] = ()
    linked: frozenset[Subject] = frozenset()
    not_same: frozenset[Subject] = frozenset()
    markers: dict[Marker, Made[MarkerSet]] = {}

    @property
    def restricted_to(self) -> frozenset[str] | None:
        """Named readers of a restricted record, or ``None`` where it is not restricted."""
        marker = self.markers.get(Marker.RESTRICTED)
        return frozenset(marker.body.readers) if marker else None


def fold_identity(entries: Iterable[Made[Body]]) -> Identity:
    """Fold the entries of one identity's stream. Of two that differ the one made later holds."""
    kept = standing(entries)
    history: list[Made[HistoryRecorded]] = []
    linked: set[Subject] = set()
    not_same: set[Subject] = set()
    markers: dict[Marker, Made[MarkerSet]] = {}
    for entry in sorted(kept, key=lambda made: made.made_order):
        body = entry.body
        if isinstance(body, HistoryRecorded):
            history.append(entry)  # type: ignore[arg-type]  # narrowed by its body
        elif isinstance(body, IdentityLinked):
            linked.add((body.referral, body.subject))
            not_same.discard((body.referral, body.subject))
        elif isinstance(body, IdentityUnlinked):
            linked.discard((body.referral, body.subject))
        elif isinstance(body, IdentityNotSame):
            not_same.add((body.referral, body.subject))
            linked.discard((body.referral, body.subject))
        elif isinstance(body, MarkerSet):
            markers[body.marker] = entry  # type: ignore[assignment]  # narrowed by its body
        elif isinstance(body, MarkerCleared):
            markers.pop(body.marker, None)
    return Identity(
        kept[0].stream if kept else "", tuple(history), frozenset(linked), frozenset(not_same), markers
    )
