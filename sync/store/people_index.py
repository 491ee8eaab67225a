"""The people index: who is told of in this hub's referrals and histories.

Blocking keys are kept as keyed hashes and what is compared is sealed with its stream's key. Who finds what
is in ``people_search``.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Any

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, delete, select, update

from mash_desktop.domain.entries import Made
from mash_desktop.domain.entries.contact import AddressRecorded, SubjectRecorded
from mash_desktop.domain.entries.identity import HistoryRecorded, PastEpisode
from mash_desktop.domain.entries.outcome import EntryWithdrawn
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.fold import Referral
from mash_desktop.matching import PersonFacts, Residence, blocking_keys

from . import tables
from .bulk import among, copy
from .holding import Marks, only_named, residence
from .pulling import keys_that_open
from .sealing import Secrets, StreamKey
from .streams import Held, Shelf

logger = logging.getLogger(__name__)


class Account(msgspec.Struct, frozen=True, omit_defaults=True):
    """One account of one person, as sealed in the index."""

    facts: PersonFacts
    episodes: tuple[PastEpisode, ...] = ()

    @property
    def name(self) -> str:
        return " ".join(filter(None, (self.facts.forenames, self.facts.surname)))

    @property
    def address(self) -> str:
        if not self.facts.addresses:
            return ""
        last = self.facts.addresses[-1]
        return ", ".join(filter(None, (last.line, last.postcode)))


_TELLING = (SubjectRecorded, AddressRecorded, HistoryRecorded, EntryWithdrawn)


def index(
    db: Connection,
    hub: str,
    secrets: Secrets,
    streams: Iterable[Held],
    keys: Mapping[str, StreamKey],
    fresh: Mapping[str, int],
    *,
    marked: bool,
    disposed: Set[str],
) -> None:
    """Bring the index up to these streams, where they tell something new of somebody.

    ``fresh`` are the ids of the entries just admitted; ``marked`` says that an identity moved, which may
    have suppressed an address in any of the streams; of the ``disposed`` ones something is told no more.
    """
    people: list[tuple[Any, ...]] = []
    blocks: list[tuple[Any, ...]] = []
    stale: list[str] = []
    for held in streams:
        new = [entry for entry in held.entries if entry.id in fresh]
        telling = held.stream in disposed or any(isinstance(entry.body, _TELLING) for entry in new)
        if not (marked or telling):
            continue
        if len(new) < len(held.entries):
            stale.append(held.stream)
        for key, agency, told, account in _accounts(held):
            sealed = keys[held.stream].seal_value(key, msgspec.msgpack.encode(account))
            people.append((hub, key, held.stream, told.position, agency, sealed))
            restricted = only_named(held.audiences[told.id])
            blocks += [
                (hub, secrets.block(hub, block), key, restricted) for block in blocking_keys(account.facts)
            ]
    if stale:
        forget(db, hub, stale)
    copy(db, tables.people, people)
    copy(db, tables.people_blocks, blocks)


def forget(db: Connection, hub: str, streams: Sequence[str], entry: str | None = None) -> None:
    """Take everybody whom these streams, or one ``entry`` of them, tell of out of the index."""
    p, b, e = tables.people, tables.people_blocks, tables.entries
    told = [p.c.hub == hub, p.c.stream.in_(streams)]
    if entry is not None:
        told.append(p.c.position.in_(select(e.c.position).where(e.c.hub == hub, e.c.entry == entry)))
    old = select(p.c.key).where(*told).scalar_subquery()
    db.execute(delete(b).where(b.c.hub == hub, b.c.key.in_(old)))
    db.execute(delete(p).where(*told))


def keep_addresses(
    db: Connection, hub: str, secrets: Secrets, stream: str, key: StreamKey, told: Sequence[Residence]
) -> None:
    """Leave of whom a stream tells the addresses that are told still, so that nobody is found by another."""
    p = tables.people
    for row in db.execute(select(p.c.key, p.c.sealed).where(p.c.hub == hub, p.c.stream == stream)).all():
        account = opened(key, row.key, row.sealed)
        left = tuple(one for one in account.facts.addresses if one in told)
        if left != account.facts.addresses:
            account = replace(account, facts=replace(account.facts, addresses=left))
            sealed = key.seal_value(row.key, msgspec.msgpack.encode(account))
            db.execute(update(p).where(p.c.hub == hub, p.c.key == row.key).values(sealed=sealed))
            reblock(db, hub, secrets, {row.key: account.facts})


def opened(key: StreamKey, of: str, sealed: bytes) -> Account:
    """The account of one person, from under the key of its stream."""
    return msgspec.msgpack.decode(key.open_value(of, sealed), type=Account)


def legible(
    db: Connection, shelf: Shelf, secrets: Secrets, hub: str, rows: Sequence[Any]
) -> Iterator[tuple[Any, Account]]:
    """Rows of the index with their accounts. One that is damaged keeps nobody else from being found."""
    keys = keys_that_open(db, shelf, secrets, hub, {row.stream for row in rows})
    for row in rows:
        key = keys.get(row.stream)
        try:
            account = opened(key, row.key, row.sealed) if key is not None else None
        except Refusal:
            account = None
        if account is None:
            logger.warning("somebody in the people index does not open", extra={"hub": hub})
        else:
            yield row, account


def reblock(db: Connection, hub: str, secrets: Secrets, several: Mapping[str, PersonFacts]) -> None:
    """Have people, by their keys, found by the blocking keys of these facts and by no other."""
    b = tables.people_blocks
    theirs = (b.c.hub == hub, among(b.c.key, several))
    restricted = dict(db.execute(select(b.c.key, b.c.restricted).distinct().where(*theirs)).all())
    db.execute(delete(b).where(*theirs))
    blocks = [
        (hub, secrets.block(hub, block), key, restricted[key])
        for key, facts in several.items()
        for block in blocking_keys(facts)
    ]
    copy(db, tables.people_blocks, blocks)


def reblock_streams(db: Connection, hub: str, secrets: Secrets, streams: Sequence[str]) -> int:
    """Have everybody whom these streams tell of found by the present blocking keys; how many people."""
    p = tables.people
    rows = db.execute(
        select(p.c.key, p.c.stream, p.c.sealed).where(p.c.hub == hub, among(p.c.stream, streams))
    ).all()
    facts = {row.key: account.facts for row, account in legible(db, Shelf(), secrets, hub, rows)}
    reblock(db, hub, secrets, facts)
    return len(facts)


def _accounts(held: Held) -> Iterable[tuple[str, str, Made[Any], Account]]:
    """Key, agency, telling entry, and account of each person in a stream."""
    referral = held.folded
    if referral is None:
        for entry in held.identity.history:
            yield f"{held.stream}#{entry.id}", entry.agency, entry, _from_history(entry.body)
        return
    marks = held.extent.marks if held.extent is not None else Marks()
    for subject, told in referral.subjects.items():
        facts = _from_subject(referral, told.body, marks)
        yield f"{held.stream}#{subject}", referral.owner or told.agency, told, Account(facts)


def _from_history(body: HistoryRecorded) -> Account:
    places = (Residence(body.address, body.postcode),) if body.address or body.postcode else ()
    facts = PersonFacts(
        body.forenames, body.surname, body.aliases, body.birth, body.sex, body.nhs_number, body.upn, places
    )
    return Account(facts, body.episodes)


def _from_subject(referral: Referral, body: SubjectRecorded, marks: Marks) -> PersonFacts:
    """A suppressed address is left out: finding by it would betray it."""
    places = tuple(
        residence(one.body)
        for one in (referral.addresses if body.subject not in marks.suppressed else ())
        if body.subject in one.body.subjects
        and not one.body.suppressed
        and one.body.address not in marks.hidden
    )
    return facts_of(body, places)


def facts_of(body: SubjectRecorded, places: tuple[Residence, ...] = ()) -> PersonFacts:
    """What a person is compared by, as one entry tells of them."""
    return PersonFacts(
        body.forenames,
        body.surname,
        body.aliases,
        body.birth,
        body.sex,
        body.nhs_number,
        body.upn,
        places,
        body.school,
    )
