"""Silent alerts, written apart from what they are about, as many entries whether there are any or none.

Everybody who is signed in can read how long the log is. So once in each stretch of time the store looks
through what was searched and who was written down since, and writes one entry: an alert, or else a blank.
It goes on for a few stretches after the last search or person, which leaves room for several alerts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlalchemy import Connection, Engine, insert, select, update

from mash_desktop.domain.acts import Parcel, entries_of, read
from mash_desktop.domain.entries import Body, Made
from mash_desktop.domain.entries.access import RestrictedWatched, SearchMade
from mash_desktop.domain.entries.contact import SubjectRecorded

from . import tables
from .admission import Admission
from .alerts import Typed, alert, met
from .authoring import access_act
from .examining import STORE
from .log import read_head
from .people_index import facts_of
from .people_search import searched
from .pulling import content
from .sealing import Secrets
from .streams import Shelf, current_directory

STRETCH_SECONDS = 120
"""An alert is written within as long."""
STRETCHES = 3
"""Entries that follow upon what was typed, one in each stretch, however much of it there was."""
_TOGETHER = 500


class Watching:
    """Looks for what was typed of restricted people in the hubs of one database."""

    def __init__(self, engine: Engine, secrets: Secrets, shelf: Shelf, admission: Admission) -> None:
        self._engine = engine
        self._secrets = secrets
        self._shelf = shelf
        self._admission = admission

    def look(self, hub: str, now: datetime) -> None:
        """Look, and write what there is to write, unless that was done in this stretch of time.

        Every instance looks; the first writes. Cut off, it looks again and writes no alert twice.
        """
        w, a = tables.watches, tables.acts
        with self._engine.begin() as db:
            row = db.execute(select(w).where(w.c.hub == hub).with_for_update(skip_locked=True)).one_or_none()
            if row is None or _stretch(row.looked_at) >= _stretch(now):
                return
            size = read_head(db, hub).size
            found = list(self._typed(db, hub, row.settled, size)) if size > row.settled else []
            left = STRETCHES if any(position > row.seen for position, _ in found) else row.left
            told = self._alerts(db, hub, [typed for _, typed in found], now)
            there = set(db.scalars(select(a.c.act).where(a.c.hub == hub, a.c.act.in_(list(told)))))
            untold = [parcel for act, parcel in told.items() if act not in there]
            if untold:
                self._admission.admit_own(hub, untold[0])
            elif left:
                blank = access_act(hub, self._secrets, [RestrictedWatched(at=now)], now)
                self._admission.admit_own(hub, blank)
            db.execute(
                update(w)
                .where(w.c.hub == hub)
                .values(
                    seen=size,
                    settled=row.settled if len(untold) > 1 else size,
                    left=max(0, left - 1),
                    looked_at=now,
                )
            )

    def _typed(self, db: Connection, hub: str, after: int, upto: int) -> Iterator[tuple[int, Typed]]:
        """What was typed in the entries after one position and up to another, each with its own."""
        e = tables.entries
        positions = db.scalars(
            select(e.c.position)
            .where(
                e.c.hub == hub,
                e.c.position > after,
                e.c.position <= upto,
                e.c.kind.in_([SearchMade.KIND, SubjectRecorded.KIND]),
            )
            .order_by(e.c.position)
        ).all()
        for first in range(0, len(positions), _TOGETHER):
            some = set(positions[first : first + _TOGETHER])
            for position, one in sorted(content(db, self._secrets, self._shelf, hub, some).items()):
                if one.body is None:
                    continue
                made = entries_of(read(one.signed), {one.body.entry: one.body})
                typed = _typed(next(entry for entry in made if entry.id == one.body.entry))
                if typed is not None:
                    yield position, typed

    def _alerts(self, db: Connection, hub: str, several: list[Typed], now: datetime) -> Mapping[str, Parcel]:
        """The alerts that these come to, by the ids of their acts."""
        found: dict[str, Parcel] = {}
        if not several:
            return found
        directory = current_directory(db, self._shelf, self._secrets, hub).directory
        for typed in several:
            for record in met(db, self._shelf, self._secrets, hub, typed).values():
                parcel = alert(self._secrets, hub, directory, record, typed, now)
                found.setdefault(read(parcel.signed).id, parcel)
        return found


def begin(db: Connection, hub: str, now: datetime) -> None:
    """Have a new hub looked at."""
    row = {"hub": hub, "seen": 0, "settled": 0, "left": 0, "looked_at": now}
    db.execute(insert(tables.watches).values(row))


def _stretch(at: datetime) -> int:
    return int(at.timestamp()) // STRETCH_SECONDS


def _typed(entry: Made[Body]) -> Typed | None:
    """What an entry says that somebody typed of a person; ``None`` where it was a reference, or on a desk."""
    body = entry.body
    if isinstance(body, SubjectRecorded):
        return Typed(entry.author, entry.agency, entry.stream, entry.made_at, facts_of(body))
    if isinstance(body, SearchMade) and entry.author == STORE:
        facts = searched(body)
        return Typed(body.by, body.agency, body.because, body.at, facts) if facts is not None else None
    return None
