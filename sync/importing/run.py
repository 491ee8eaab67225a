"""A bulk file, record by record, into a store: what is right goes in, what is not is told line by line.

The reader checks the whole file before its first record. A record is one act; acts travel in batches. What
the store refuses is a reject like any other, and what it has already is counted and not added.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from mash_desktop.cache.feed import FeedPlace
from mash_desktop.domain.acts import Author, Draft, Parcel, compose, read
from mash_desktop.domain.audiences import HUB
from mash_desktop.domain.configuration import HubConfig
from mash_desktop.domain.entries import decode
from mash_desktop.domain.entries.hub import HubConfigured
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.fold import Directory
from mash_desktop.exchange import Progress, Reject, read_history, read_intake
from mash_desktop.exchange.entries import history_entry, intake_entries
from mash_desktop.proofs.signature import SigningKey, key_id

from .. import protocol
from ..client import Connection
from ..client.verification import Keys, checked_head, checked_page
from .device import Device

BATCH = 25
TAKEN = "entry-taken"
"""The store's code for an entry whose id it has already."""


class Outcome(msgspec.Struct, frozen=True):
    """What came of a file."""

    added: int
    known: int
    rejects: tuple[Reject, ...]


class _Record(msgspec.Struct, frozen=True):
    line: int
    drafts: tuple[Draft, ...]


Records = Iterator[_Record | Reject]
Report = Callable[[Progress], None]


def import_history(
    path: Path, names: Path | None, device: Device, session: protocol.Session, author: Author, report: Report
) -> Outcome:
    """A children in need census return, and who its children are, as history on identities."""

    def records() -> Records:
        for found in read_history(path, names=names, progress=report):
            if isinstance(found, Reject):
                yield found
            else:
                yield _Record(found.line, (history_entry(found, author.agency),))

    return asyncio.run(_import(path.name, records(), device, session, author))


def import_intake(
    path: Path, device: Device, session: protocol.Session, author: Author, report: Report
) -> Outcome:
    """New contacts as a contact centre or a police overnight list sends them."""
    config = asyncio.run(_configuration(device, session))

    def records() -> Records:
        for found in read_intake(path, progress=report):
            if isinstance(found, Reject):
                yield found
                continue
            try:
                yield _Record(found.line, intake_entries(found, config))
            except Refusal as refusal:
                yield _reject(path.name, found.line, refusal.field or "", refusal.code, refusal.sentence)

    return asyncio.run(_import(path.name, records(), device, session, author))


async def _import(
    source: str, records: Records, device: Device, session: protocol.Session, author: Author
) -> Outcome:
    connection = Connection(device.server, session.token)
    key = SigningKey.from_bytes(device.seed)
    added = known = 0
    rejects: list[Reject] = []
    try:
        for batch in _batches(records, rejects):
            parcels = [compose(device.server.hub, author, r.drafts, key, datetime.now(UTC)) for r in batch]
            for record, answer in zip(batch, await _push(connection, parcels), strict=True):
                if answer.state == "refused" and answer.code != TAKEN:
                    rejects.append(
                        _reject(source, record.line, answer.field or "", answer.code, answer.sentence)
                    )
                elif answer.state == "admitted":
                    added += 1
                else:
                    known += 1
    finally:
        await connection.close()
    return Outcome(added, known, tuple(sorted(rejects, key=lambda reject: reject.line)))


async def _configuration(device: Device, session: protocol.Session) -> HubConfig:
    """The hub's configuration in force, from its verified feed. Raises ``Distrust`` as a desktop would."""
    connection = Connection(device.server, session.token)
    places: dict[str, FeedPlace] = {}
    found: HubConfig | None = None
    keys = Keys(Directory(), key_id(device.store_key), device.store_key)
    try:
        more = True
        while more:
            cursors = tuple(
                protocol.Cursor(audience=p.audience, epoch=p.epoch, n=p.n) for p in places.values()
            )
            asked = protocol.Pull(standing=session.standings[0], cursors=cursors, only=(HUB,))
            page = await connection.ask(asked, f"/v1/hubs/{device.server.hub}/feed", protocol.Page)
            head = checked_head(page.head, device.store_key, device.server.hub)
            checked = checked_page(page, places, keys, head)
            places, more = places | {place.audience: place for place in checked.at}, page.more
            for row in checked.rows:
                if row.signed is not None and row.body is not None:
                    header = next(one for one in read(row.signed).entries if one.id == row.entry)
                    body = decode(header.kind, header.v, row.body.body)
                    if isinstance(body, HubConfigured):
                        found = body.config
    finally:
        await connection.close()
    if found is None:
        raise Refusal("no-configuration", "This hub has no configuration yet. An administrator sets it up.")
    return found


async def _push(connection: Connection, parcels: Sequence[Parcel]) -> tuple[protocol.Answer, ...]:
    path = f"/v1/hubs/{connection.server.hub}/acts"
    return (await connection.ask(protocol.Push(acts=tuple(parcels)), path, protocol.Pushed)).answers


def _batches(records: Records, rejects: list[Reject]) -> Iterator[list[_Record]]:
    batch: list[_Record] = []
    for record in records:
        if isinstance(record, Reject):
            rejects.append(record)
            continue
        batch.append(record)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _reject(source: str, line: int, field: str, code: str, reason: str) -> Reject:
    return Reject(source, line, field, "", code, reason, "row")
