"""The silent alert: who types a restricted person's facts is shown nothing, and the named readers are told.

Told as well is who is on duty for the agency that holds the record. When it is written is in ``watching``.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import Connection, func, select

from mash_desktop.domain.acts import Parcel
from mash_desktop.domain.clocks import calendar
from mash_desktop.domain.entries.access import RestrictedMet
from mash_desktop.domain.fold import Directory
from mash_desktop.domain.roles import Role
from mash_desktop.matching import Band, PersonFacts, blocking_keys, compare

from . import tables
from .authoring import access_act
from .bulk import among
from .docket import standings
from .people_index import legible
from .sealing import Secrets
from .streams import Shelf

SHOWN = (Band.VERY_LIKELY, Band.LIKELY, Band.POSSIBLE)
"""How alike people are who count as found."""


class Typed(msgspec.Struct, frozen=True):
    """Facts of a person that somebody searched by or wrote down, for which agency and in which contact."""

    by: str
    agency: str
    because: str
    at: datetime
    facts: PersonFacts


class Met(msgspec.Struct, frozen=True):
    """A restricted record that what was typed matches: the identity, who holds it, its named readers."""

    identity: str
    agency: str
    readers: tuple[str, ...]


def met(db: Connection, shelf: Shelf, secrets: Secrets, hub: str, typed: Typed) -> dict[str, Met]:
    """Restricted records that match, by identity: none that the person themself may read, none that the
    contact itself tells."""
    blocks = secrets.blocks(hub, blocking_keys(typed.facts))
    p, b, g, r, k = (
        tables.people, tables.people_blocks, tables.grants, tables.referrals, tables.links,
    )  # fmt: skip
    # By themselves first: for almost everybody there is none, and so nothing to join.
    alike = db.scalars(
        select(b.c.key).distinct().where(b.c.hub == hub, among(b.c.block, blocks), b.c.restricted)
    ).all()
    if not alike:
        return {}
    rows = db.execute(
        select(p.c.key, p.c.stream, p.c.sealed, p.c.agency, r.c.owner, g.c.audiences, k.c.identity)
        .join(g, (g.c.hub == p.c.hub) & (g.c.position == p.c.position))
        .outerjoin(r, (r.c.hub == p.c.hub) & (r.c.referral == p.c.stream))
        .outerjoin(
            k,
            (k.c.hub == p.c.hub)
            & (k.c.referral == p.c.stream)
            & (k.c.subject == func.split_part(p.c.key, "#", 2)),
        )
        .where(p.c.hub == hub, among(p.c.key, alike), p.c.stream != typed.because)
        .order_by(p.c.key, k.c.identity)
    ).all()
    others = [row for row in rows if f"person:{typed.by}" not in row.audiences]
    found: dict[str, Met] = {}
    for row, account in legible(db, shelf, secrets, hub, others):
        if compare(typed.facts, account.facts).band in SHOWN:
            readers = tuple(sorted(one.removeprefix("person:") for one in row.audiences))
            identity = row.identity or row.stream
            found.setdefault(identity, Met(identity, row.owner or row.agency, readers))
    return found


def alert(
    secrets: Secrets, hub: str, directory: Directory, record: Met, typed: Typed, now: datetime
) -> Parcel:
    """The act of the store that tells the readers and the cover: one a day for one record, person and
    contact."""
    body = RestrictedMet(
        target=record.identity,
        by=typed.by,
        agency=typed.agency,
        at=typed.at,
        readers=record.readers,
        cover=on_duty(directory, typed.by, record, now),
        because=typed.because,
    )
    once = f"met {typed.at.date()} {record.identity} {typed.by} {typed.because}"
    return access_act(hub, secrets, [body], now, once=once)


def on_duty(directory: Directory, by: str, record: Met, now: datetime) -> tuple[str, ...]:
    """While the hub is open the decision makers of the agency that holds the record, else its out-of-hours
    team; never the one who types, nor who is told already."""
    config = directory.timeline.at(None)
    if calendar(config.hours).is_open(now):
        roles = {role for _, role in config.oversight.decision_makers} - {Role.OUT_OF_HOURS}
    else:
        roles = {Role.OUT_OF_HOURS}
    return tuple(
        person
        for person in sorted(directory.people)
        if person not in {by, *record.readers}
        and any(
            (one.agency, one.role) in {(record.agency, role) for role in roles}
            for one in standings(directory, person, now)
        )
    )
