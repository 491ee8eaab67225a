"""Who may know that somebody is at a referral. What is told of it is sealed on its way between instances, and
stored nowhere.
"""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, select

from mash_desktop.domain.entries.contact import ContactOpened, SubjectRecorded
from mash_desktop.domain.entries.table import TableOpened
from sync.protocol import Presence

from . import tables

_NOBODY = frozenset[str]()


class Circle(msgspec.Struct, frozen=True):
    """Those who may both see a referral, by their audiences.

    ``table`` are who holds that the table was opened, and until then who holds that the contact was: before
    the table no agency learns of another that was asked. ``people`` are who holds somebody in it; ``None``
    where nobody has been told of yet.
    """

    table: frozenset[str]
    people: frozenset[str] | None

    def has(self, audiences: frozenset[str]) -> bool:
        """Whether somebody of these audiences belongs to it."""
        return bool(audiences & self.table) and (self.people is None or bool(audiences & self.people))


class Told(msgspec.Struct, frozen=True):
    """What instances tell each other, sealed."""

    presence: Presence
    circle: Circle


def purpose(hub: str) -> str:
    """What a sealed presence is bound to."""
    return f"presence\x00{hub}"


def circle(db: Connection, hub: str, stream: str) -> Circle:
    """As things stand now; nobody where there is no such referral."""
    e, g = tables.entries, tables.grants
    kinds = (ContactOpened.KIND, TableOpened.KIND, SubjectRecorded.KIND)
    found: dict[str, list[frozenset[str]]] = {kind: [] for kind in kinds}
    for kind, audiences in db.execute(
        select(e.c.kind, g.c.audiences)
        .join(g, (g.c.hub == e.c.hub) & (g.c.position == e.c.position))
        .where(e.c.hub == hub, e.c.stream == stream, e.c.kind.in_(kinds))
        .order_by(e.c.position)
    ):
        found[kind].append(frozenset(audiences))
    opened, tabled, told = found.values()
    at = [_NOBODY, *opened, *tabled][-1]
    return Circle(at, _NOBODY.union(*told) if told else None)
