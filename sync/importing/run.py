"""A bulk file, record by record, into a store: what is right goes in, what is not is told line by line.

The reader checks the whole file before its first record. A record is one act; acts travel in batches. What the
store refuses is a reject like any other, and what it has already is counted and not added.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from mash_desktop.domain.acts import Author, Draft, Parcel, compose
from mash_desktop.domain.configuration import HubConfig
from mash_desktop.domain.errors import Refusal
from mash_desktop.exchange import Progress, Reject, read_history, read_intake
from mash_desktop.exchange.entries import history_entry, intake_entries
from mash_desktop.proofs.signature import SigningKey

from .. import protocol
from ..client import Connection
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
    path: Path, config: HubConfig, device: Device, session: protocol.Session, author: Author, report: Report
) -> Outcome:
    """New contacts as a contact centre or a police overnight list sends them."""
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
