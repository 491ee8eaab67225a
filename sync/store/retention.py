"""What is due under the retention schedule, for governance to propose: whole records, the oldest first.

Reckoned from the records when asked, and kept nowhere: from when one is due a birth date could be told.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Engine, false, or_, select

from mash_desktop.domain.codes import RetentionTrigger
from mash_desktop.domain.configuration import HubConfig
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.retention import CONTACT, REFERRAL, Due, due_of_day, due_of_referral
from mash_desktop.domain.roles import Role
from sync.protocol import DueAsked, DueFound, DueRecord

from . import tables
from .pulling import audiences_in
from .sealing import Secrets
from .sign_in.sessions import Caller
from .streams import Held, Shelf, load

CHILDHOOD = 18
MOST_LOOKED_AT = 200
"""Referrals unsealed for one answer."""


def due_records(
    engine: Engine, secrets: Secrets, shelf: Shelf, caller: Caller, asked: DueAsked, now: datetime
) -> DueFound:
    """``Refusal``: *standing-not-held*, *not-permitted*."""
    audiences_in(caller, asked.standing, now)
    if asked.standing.role is not Role.INFORMATION_GOVERNANCE:
        raise Refusal("not-permitted", "Only an information governance officer asks what is due.")
    config = caller.directory.timeline.at(None)
    today, r, s = config.day(now), tables.referrals, tables.streams
    with engine.connect() as db:
        rows = db.execute(
            select(r.c.referral, r.c.reference, r.c.opened, s.c.version)
            .join(s, (s.c.hub == r.c.hub) & (s.c.stream == r.c.referral))
            .where(r.c.hub == caller.hub, r.c.closed_at.is_not(None), r.c.opened > asked.after)
            .where(or_(*_old_enough(config, now)))
            .order_by(r.c.opened)
            .limit(MOST_LOOKED_AT)
        ).all()
        held = _readable(db, shelf, secrets, caller.hub, {row.referral: row.version for row in rows})
        days = _days(db, caller.hub, config, today) if asked.after == 0 else []
    found = list(days)
    for row in rows:
        read = held.get(row.referral)
        one = due_of_referral(read.referral(caller.directory), config) if read is not None else None
        if one is not None and one.on <= today:
            found.append(_record(row.referral, row.reference, one))
    return DueFound(due=tuple(found), next=rows[-1].opened if len(rows) == MOST_LOOKED_AT else None)


def _readable(
    db: Connection, shelf: Shelf, secrets: Secrets, hub: str, versions: Mapping[str, int]
) -> dict[str, Held]:
    """Those streams, but for what does not open: nothing can be decided of it, and the rest is due all the
    same."""
    try:
        return load(db, shelf, secrets, hub, versions)
    except Refusal:
        if len(versions) == 1:
            return {}
    found: dict[str, Held] = {}
    for stream, version in versions.items():
        found |= _readable(db, shelf, secrets, hub, {stream: version})
    return found


def _old_enough(config: HubConfig, now: datetime) -> list[ColumnElement[bool]]:
    """Which referrals need looking at. None falls due sooner after it was closed than the shortest period or,
    where a birth begins it, sooner after it was received than the period less a childhood."""
    r = tables.referrals
    found: list[ColumnElement[bool]] = [false()]
    for row in config.retention:
        if row.record in {CONTACT, REFERRAL} and row.years is not None:
            born = row.trigger is RetentionTrigger.DATE_OF_BIRTH
            since = r.c.received_at if born else r.c.closed_at
            years = max(row.years - CHILDHOOD, 0) if born else row.years
            found.append(since <= now - timedelta(days=365 * years))
    return found


def _days(db: Connection, hub: str, config: HubConfig, today: date) -> list[DueRecord]:
    """Days of the audit trail of which something is kept, and whose keys are still there."""
    t, s = tables.stream_keys, tables.streams
    streams = db.scalars(
        select(t.c.stream)
        .join(s, (s.c.hub == t.c.hub) & (s.c.stream == t.c.stream))
        .where(t.c.hub == hub, t.c.stream.like("access:%"))
        .order_by(t.c.stream)
    )
    found = ((stream, due_of_day(date.fromisoformat(stream.partition(":")[2]), config)) for stream in streams)
    return [_record(stream, "", one) for stream, one in found if one is not None and one.on <= today]


def _record(target: str, reference: str, one: Due) -> DueRecord:
    return DueRecord(
        target=target,
        reference=reference,
        record=one.row.record,
        label=one.row.label,
        on=one.on,
        action=one.row.action.label,
    )
