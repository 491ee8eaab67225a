"""What time itself causes: a membership ends, glass that was broken is whole again.

Written by the store as its own author. Every instance looks; of those that look at once one writes, and
what is about one thing is admitted once. A right ends by the clock: what is written here tells it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, func, select

from mash_desktop.domain.acts import Parcel
from mash_desktop.domain.entries.access import GlassMended
from mash_desktop.domain.entries.hub import MembershipEnded, MembershipGranted
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.roles import Role

from . import tables
from .admission import Admission
from .authoring import access_act, hub_act
from .committing import lock_number
from .sealing import Secrets
from .streams import HUB_STREAM, Held, Shelf, current_directory

logger = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
LEFT = "The agency's membership of the hub has ended."


class Due:
    """Looks, on a thread of its own, for what is due in the hubs of one database, and writes it."""

    def __init__(
        self,
        engine: Engine,
        secrets: Secrets,
        shelf: Shelf,
        admission: Admission,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._engine = engine
        self._secrets = secrets
        self._shelf = shelf
        self._admission = admission
        self._clock = clock
        self._looked: dict[str, tuple[int, datetime]] = {}
        """The version of each hub's stream and the hour at which its memberships were looked at."""
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mash-isl-due")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(LOOK_SECONDS):
            try:
                self.write()
            except Exception as error:
                # What is due stays due: it is looked for again.
                logger.warning("what is due was not written", extra={"error": type(error).__name__})

    def write(self) -> None:
        """Write all that is due now, in every hub."""
        now = self._clock()
        t, s = tables.terms, tables.streams
        with self._engine.connect() as db:
            over = set(db.scalars(select(t.c.hub).distinct().where(t.c.until <= now)))
            versions = dict(db.execute(select(s.c.hub, s.c.version).where(s.c.stream == HUB_STREAM)).all())
        # Days begin on the hour wherever a hub is.
        hour = now.replace(minute=0, second=0, microsecond=0)
        for hub, version in versions.items():
            due = hub in over or self._looked.get(hub) != (version, hour)
            if due and self.write_in(hub, now):
                self._looked[hub] = (version, hour)

    def write_in(self, hub: str, now: datetime) -> bool:
        """Write all that is due in one hub; whether it was this instance's turn."""
        with self._engine.begin() as db:
            # Held until all is written; who does not get it leaves it to who has it.
            if not db.scalar(select(func.pg_try_advisory_xact_lock(lock_number(hub, "due")))):
                return False
            held = current_directory(db, self._shelf, self._secrets, hub)
            for parcel in [*self._memberships(hub, held, now), *self._glass(db, hub, now)]:
                try:
                    self._admission.admit_own(hub, parcel)
                except Refusal as refusal:
                    # A hub keeps its last administrator; and another instance may have been here first.
                    logger.info("what is due was refused", extra={"code": refusal.code})
        return True

    def _memberships(self, hub: str, held: Held, now: datetime) -> Iterator[Parcel]:
        """The memberships of people whose agency is no longer a member of the hub."""
        directory = held.directory
        if not directory.configs:
            return
        config = directory.timeline.at(None)
        today = config.day(now)
        left = {one.id for one in config.agencies if one.until is not None and one.until < today}
        granted = {
            (entry.body.person, entry.body.agency, entry.body.role): entry.id
            for entry in held.entries
            if isinstance(entry.body, MembershipGranted)
        }
        for one in directory.memberships:
            if one.agency in left and one.role is not Role.STORE:
                body = MembershipEnded(person=one.person, agency=one.agency, role=one.role, reason=LEFT)
                once = f"left {granted[one.person, one.agency, one.role]}"
                yield hub_act(hub, self._secrets, [body], now, once=once)

    def _glass(self, db: Connection, hub: str, now: datetime) -> Iterator[Parcel]:
        t = tables.terms
        rows = db.execute(
            select(t.c.entry, t.c.stream, t.c.person)
            .where(t.c.hub == hub, t.c.until <= now)
            .order_by(t.c.until, t.c.entry)
        ).all()
        for row in rows:
            body = GlassMended(broken=row.entry, target=row.stream, person=row.person)
            yield access_act(hub, self._secrets, [body], now, once=f"mended {row.entry}")
