"""Days of accesses on a governance officer's desk, signed and received as the store would bring them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from mash_desktop.cache.feed import FeedRow
from mash_desktop.cache.reading import stamp
from mash_desktop.desk import Desk
from mash_desktop.domain.acts import Author, Draft, compose, read
from mash_desktop.domain.audiences import GOVERNANCE
from mash_desktop.domain.entries import Body
from tests.domain.story import KEY


class Days:
    """The trail as it grows. ``add`` brings one act of one person to the desk."""

    def __init__(self, desk: Desk, first: int = 50_000, audience: str = GOVERNANCE) -> None:
        self.desk = desk
        self._audience = audience
        self._position = first

    def add(self, author: Author, at: datetime, *bodies: Body) -> tuple[str, ...]:
        stream = f"access:{at:%Y-%m-%d}"
        return self.bring(author, at, [Draft(stream, body) for body in bodies])

    def bring(self, author: Author, at: datetime, drafts: Sequence[Draft]) -> tuple[str, ...]:
        parcel = compose("staffordshire", author, drafts, KEY, at)
        bodies = {body.entry: body for body in parcel.bodies}
        rows = []
        for header in read(parcel.signed).entries:
            self._position += 1
            rows.append(
                FeedRow(
                    self._audience,
                    header.id,
                    True,
                    signed=parcel.signed,
                    body=bodies[header.id],
                    position=self._position,
                    admitted_at=stamp(at),
                )
            )
        cache = self.desk.cache
        self.desk.tell(cache.receive(rows, [], cache.places()))
        return tuple(row.entry for row in rows)
