"""What time itself causes: a membership ends, a release is over, broken glass is whole again, the hub closes.

Written by the store as its own author. Every instance looks; of those that look at once one writes, and
what is about one thing is admitted once. A membership ends by the clock, and what is written tells it; the
others end by what is written.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from http import HTTPStatus
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import Connection, Engine, delete, func, or_, select

from mash_desktop.domain.acts import Parcel
from mash_desktop.domain.clocks import calendar
from mash_desktop.domain.codes import Rag
from mash_desktop.domain.entries.access import GlassMended
from mash_desktop.domain.entries.gathering import ContributionReleased, ReleaseExpired
from mash_desktop.domain.entries.hub import MembershipEnded, MembershipGranted
from mash_desktop.domain.entries.outcome import HandoverMade
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.fold import Referral
from mash_desktop.domain.fold.handover import handovers
from mash_desktop.domain.fold.stage import BEFORE_SIGNING
from mash_desktop.domain.roles import Role

from . import tables
from .admission import Admission
from .authoring import access_act, hub_act, own_act
from .committing import lock_number
from .refusals import status_of
from .repeating import Repeating
from .sealing import Secrets
from .streams import HUB_STREAM, Held, Shelf, current_directory, load
from .sweeping import forget_pieces, forget_ways_in
from .watching import Watching

logger = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
NOT_WRITTEN = "what is due was not written"
LEFT = "The agency's membership of the hub has ended."
OVER = "The last day of the appointment is past."
UNDECIDED = "The hub has closed and it is not decided."
TONIGHT = timedelta(hours=12)
"""What somebody handed over so lately is not handed over again at closing."""


_Due = tuple[str, Callable[[], Parcel | None]]
"""The entry or stream that it is about, and what makes what is to be written of it: ``None`` is nothing."""


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
        self.watching = Watching(engine, secrets, shelf, admission)
        self._looked: dict[str, tuple[int, datetime]] = {}
        """The version of each hub's stream and the quarter of an hour in which it was looked at."""
        self._refused: dict[str, set[str]] = {}
        """What has come to its end in each hub and was refused that: it is left until the next quarter."""
        # What is due stays due: where it was not written it is looked for again.
        self._swept: date | None = None
        self._repeating = Repeating("mash-isl-due", LOOK_SECONDS, self.write, NOT_WRITTEN)
        self.start, self.stop = self._repeating.start, self._repeating.stop

    def write(self) -> None:
        """Write all that is due now, in every hub; once a day let go of what is of no more use."""
        now = self._clock()
        t, h, s = tables.terms, tables.hubs, tables.streams
        with self._engine.connect() as db:
            over = {
                row.hub
                for row in db.execute(select(t.c.hub, t.c.entry).where(t.c.until <= now))
                if row.entry not in self._refused.get(row.hub, ())
            }
            versions = dict(
                db.execute(
                    # From the hubs, which are few, and not from the streams, which are not.
                    select(h.c.hub, s.c.version).join(s, (s.c.hub == h.c.hub) & (s.c.stream == HUB_STREAM))
                ).all()
            )
        # Days begin, and hubs close, on a quarter of an hour wherever they are.
        quarter = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
        for hub, version in versions.items():
            anew = self._looked.get(hub) != (version, quarter)
            if anew:
                self._refused.pop(hub, None)
            try:
                if (anew or hub in over) and self.write_in(hub, now):
                    self._looked[hub] = (version, quarter)
                self.watching.look(hub, now)
            except Exception as error:
                # One hub's fault is not its neighbours'.
                _not_written(hub, error)
        if self._swept != now.date():
            forget_ways_in(self._engine, now)
            forget_pieces(self._engine, now)
            self._swept = now.date()

    def write_in(self, hub: str, now: datetime) -> bool:
        """Write all that is due in one hub; whether it was this instance's turn and nothing failed."""
        with self._engine.begin() as db:
            # Held until all is written; who does not get it leaves it to who has it.
            if not db.scalar(select(func.pg_try_advisory_xact_lock(lock_number(hub, "due")))):
                return False
            held = current_directory(db, self._shelf, self._secrets, hub)
            if not held.directory.configs:
                return True
            whole = True
            for what, made in [
                *self._memberships(hub, held, now),
                *self._terms(db, hub, held, now),
                *self._hand_overs(db, hub, held, now),
            ]:
                try:
                    parcel = made()
                    if parcel is not None:
                        self._admission.admit_own(hub, parcel)
                except Refusal as refusal:
                    # A hub keeps its last administrator; and another instance may have been here first.
                    logger.info("what is due was refused", extra={"code": refusal.code})
                    if status_of(refusal) == HTTPStatus.SERVICE_UNAVAILABLE:
                        whole = False
                    else:
                        self._refused.setdefault(hub, set()).add(what)
                except Exception as error:
                    # One record that does not open keeps no other from its end.
                    _not_written(hub, error)
                    whole = False
        return whole

    def _memberships(self, hub: str, held: Held, now: datetime) -> Iterator[_Due]:
        """The memberships whose last day is past, or whose agency is no longer a member of the hub."""
        directory = held.directory
        config = directory.timeline.at(None)
        today = config.day(now)
        left = {one.id for one in config.agencies if one.until is not None and one.until < today}
        granted = {
            (entry.body.person, entry.body.agency, entry.body.role): entry.id
            for entry in held.entries
            if isinstance(entry.body, MembershipGranted)
        }
        for one in directory.memberships:
            over = one.until is not None and one.until < today
            if (over or one.agency in left) and one.role is not Role.STORE:
                reason = OVER if over else LEFT
                body = MembershipEnded(person=one.person, agency=one.agency, role=one.role, reason=reason)
                entry = granted[one.person, one.agency, one.role]
                yield entry, partial(hub_act, hub, self._secrets, [body], now, once=f"left {entry}")

    def _terms(self, db: Connection, hub: str, held: Held, now: datetime) -> Iterator[_Due]:
        """Broken glass and releases whose time is over."""
        t = tables.terms
        rows = db.execute(
            select(t.c.entry, t.c.stream, t.c.person)
            .where(t.c.hub == hub, t.c.until <= now)
            .order_by(t.c.until, t.c.entry)
        ).all()
        for row in rows:
            if row.person is not None:
                body = GlassMended(broken=row.entry, target=row.stream, person=row.person)
                once = f"mended {row.entry}"
                yield row.entry, partial(access_act, hub, self._secrets, [body], now, once=once)
            else:
                yield row.entry, partial(self._release_over, db, hub, held, row.stream, row.entry, now)

    def _release_over(
        self, db: Connection, hub: str, held: Held, stream: str, release: str, now: datetime
    ) -> Parcel | None:
        entry = self._referral(db, hub, held, stream).get(release)
        if entry is None or not isinstance(entry.body, ContributionReleased):
            # Disposed of, alone or with its record: nothing is left that could end.
            t = tables.terms
            db.execute(delete(t).where(t.c.hub == hub, t.c.entry == release))
            return None
        over = ReleaseExpired(contribution=entry.body.contribution, agency=entry.agency)
        return own_act(hub, self._secrets, stream, [over], now, once=f"over {release}", base=release)

    def _hand_overs(self, db: Connection, hub: str, held: Held, now: datetime) -> Iterator[_Due]:
        """Once a closing, where the hub has it so: what is red or a direct line, and not decided."""
        config = held.directory.timeline.at(None)
        hours = calendar(config.hours)
        if not config.hand_over_at_close or hours.is_open(now):
            return
        teams = {
            agency.id: team.id
            for agency in config.agencies_on(config.day(now))
            for team in agency.teams
            if team.out_of_hours and team.holds(config.day(now))
        }
        direct = [route.id for route in config.routes if route.immediate]
        r = tables.referrals
        rows = db.execute(
            select(r.c.referral, r.c.owner).where(
                r.c.hub == hub,
                r.c.stage.in_([stage.value for stage in BEFORE_SIGNING]),
                or_(r.c.rag == Rag.RED.value, r.c.route.in_(direct)),
                r.c.owner.in_(teams),
            )
        ).all()
        opens = hours.next_open(now)
        for row in rows:
            team = teams[row.owner]
            yield row.referral, partial(self._hand_over, db, hub, held, row.referral, team, opens, now)

    def _hand_over(
        self, db: Connection, hub: str, held: Held, stream: str, team: str, opens: datetime, now: datetime
    ) -> Parcel | None:
        left = handovers(self._referral(db, hub, held, stream)).values()
        if any(one.made.made_at > now - TONIGHT for one in left):
            return None
        once = f"close {stream} {opens}"
        body = HandoverMade(handover=str(uuid5(NAMESPACE_URL, f"{hub} {once}")), team=team, words=UNDECIDED)
        return own_act(hub, self._secrets, stream, [body], now, once=once)

    def _referral(self, db: Connection, hub: str, held: Held, stream: str) -> Referral:
        s = tables.streams
        version = db.scalar(select(s.c.version).where(s.c.hub == hub, s.c.stream == stream))
        loaded = load(db, self._shelf, self._secrets, hub, {stream: version or 0})
        return loaded[stream].referral(held.directory)


def _not_written(hub: str, error: Exception) -> None:
    logger.warning(NOT_WRITTEN, extra={"hub": hub, "error": type(error).__name__})
