"""The silent alert: who types a restricted person's facts is shown nothing, and the named readers are told.

Told as well is who is on duty for the agency that holds the record. An alert is pushed in one commit with the
log of the search, so that it costs little time that could be told apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import msgspec
from sqlalchemy import Connection, func, select

from mash_desktop.domain.acts import Parcel
from mash_desktop.domain.clocks import calendar
from mash_desktop.domain.configuration import HubConfig
from mash_desktop.domain.entries.access import RestrictedMet
from mash_desktop.domain.roles import Role
from mash_desktop.matching import Band, PersonFacts, blocking_keys, compare

from . import tables
from .authoring import access_act
from .bulk import among
from .docket import standings
from .people_index import Account
from .sealing import Secrets
from .sign_in.sessions import Caller
from .streams import Shelf, stream_keys

SHOWN = (Band.VERY_LIKELY, Band.LIKELY, Band.POSSIBLE)
"""How alike people are who count as found."""


class Met(msgspec.Struct, frozen=True):
    """A restricted record that what was typed matches: the identity, who holds it, its named readers."""

    identity: str
    agency: str
    readers: tuple[str, ...]


def met(
    db: Connection,
    shelf: Shelf,
    secrets: Secrets,
    hub: str,
    facts: PersonFacts,
    mine: frozenset[str],
    besides: str = "",
) -> dict[str, Met]:
    """Restricted records that match, by identity: none that a person of the audiences ``mine`` may read, none
    that the stream ``besides`` itself tells."""
    blocks = [secrets.digest("block", f"{hub}\x00{block}") for block in blocking_keys(facts)]
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
        .where(p.c.hub == hub, among(p.c.key, alike), p.c.stream != besides)
        .order_by(p.c.key, k.c.identity)
    ).all()
    keys = stream_keys(db, shelf, secrets, hub, {row.stream for row in rows})
    found: dict[str, Met] = {}
    for row in rows:
        if row.stream not in keys or mine & frozenset(row.audiences):
            continue
        account = msgspec.msgpack.decode(keys[row.stream].open_value(row.key, row.sealed), type=Account)
        if compare(facts, account.facts).band in SHOWN:
            readers = tuple(sorted(one.removeprefix("person:") for one in row.audiences))
            identity = row.identity or row.stream
            found.setdefault(identity, Met(identity, row.owner or row.agency, readers))
    return found


def alerts(
    secrets: Secrets,
    caller: Caller,
    agency: str,
    found: Iterable[Met],
    because: str,
    now: datetime,
    *,
    on: date | None = None,
) -> list[Parcel]:
    """Acts of the store that tell the readers and the cover: one a day for one record, person and contact.

    ``on`` is the day of what was typed, where that may be told of more than once.
    """
    config = caller.directory.timeline.at(None)
    made = []
    for one in found:
        body = RestrictedMet(
            target=one.identity,
            by=caller.person,
            agency=agency,
            at=now,
            readers=one.readers,
            cover=on_duty(caller, config, one, now),
            because=because,
        )
        once = f"met {on or now.date()} {one.identity} {caller.person} {because}"
        made.append(access_act(caller.hub, secrets, [body], now, once=once))
    return made


def on_duty(caller: Caller, config: HubConfig, record: Met, now: datetime) -> tuple[str, ...]:
    """While the hub is open the decision makers of the agency that holds the record, else its out-of-hours
    team; never the one who types, nor who is told already."""
    if calendar(config.hours).is_open(now):
        roles = {role for _, role in config.oversight.decision_makers}
    else:
        roles = {Role.OUT_OF_HOURS}
    return tuple(
        person
        for person in sorted(caller.directory.people)
        if person not in {caller.person, *record.readers}
        and any(
            (one.agency, one.role) in {(record.agency, role) for role in roles}
            for one in standings(caller.directory, person, now)
        )
    )
