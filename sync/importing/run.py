"""A bulk file, record by record, into a store: what is right goes in, what is not is told line by line.

The reader checks the whole file before its first record. A record is one act; acts travel in batches. What
the store refuses is a reject like any other, and what it has already is counted and not added.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import msgspec

from mash_desktop.cache.feed import FeedPlace, FeedRow
from mash_desktop.domain.acts import Author, Draft, Parcel, compose, read
from mash_desktop.domain.audiences import HUB
from mash_desktop.domain.configuration import HubConfig
from mash_desktop.domain.entries import decode
from mash_desktop.domain.entries.access import RecordsExported
from mash_desktop.domain.entries.hub import HubConfigured
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.fold import Directory
from mash_desktop.exchange import Progress, Reject, read_history, read_intake
from mash_desktop.exchange.entries import history_entry, intake_entries
from mash_desktop.proofs.head import Head, SignedHead
from mash_desktop.proofs.signature import SigningKey

from .. import protocol
from ..client import Connection, Unreachable
from ..client.backoff import Backoff
from ..client.store_keys import StoreKeys
from ..client.together import UNFIT
from ..client.verification import Keys, Owed, checked_answers, checked_page
from .device import Device

M = TypeVar("M")

BATCH = 25
TRIES = 6
"""How often one request is made before the import gives up: half a minute, or as long as the store asks."""
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
        for found in read_intake(path, zone=ZoneInfo(config.hours.time_zone), progress=report):
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
    hub = Hub(device, session)
    key = SigningKey.from_bytes(device.seed)
    added = known = 0
    rejects: list[Reject] = []
    try:
        for batch in _batches(records, rejects):
            parcels = [compose(device.server.hub, author, r.drafts, key, datetime.now(UTC)) for r in batch]
            for record, answer in zip(batch, await hub.push(parcels), strict=True):
                if answer.state != "refused":
                    # Acts are new in every run: one that is known already is this run's, its answer lost.
                    added += 1
                elif answer.code == TAKEN:
                    known += 1
                else:
                    rejects.append(
                        _reject(source, record.line, answer.field or "", answer.code, answer.sentence)
                    )
    finally:
        await hub.close()
    return Outcome(added, known, tuple(sorted(rejects, key=lambda reject: (reject.line, reject.character))))


async def _configuration(device: Device, session: protocol.Session) -> HubConfig:
    hub = Hub(device, session)
    try:
        return await hub.configuration()
    finally:
        await hub.close()


class Hub:
    """The store as an importing computer speaks to it, which trusts it as little as a desk does."""

    def __init__(self, device: Device, session: protocol.Session) -> None:
        self._device = device
        self._session = session
        self.connection = Connection(device.server, session.token)
        self.keys = StoreKeys(device.server.hub, (device.store_key,))

    async def close(self) -> None:
        await self.connection.close()

    async def configuration(self) -> HubConfig:
        """The hub's configuration in force, from its verified feed. Raises ``Refusal`` or ``Distrust``."""
        found: HubConfig | None = None
        rows, _ = await self.feeds(self._session.standings[0], HUB)
        for row in rows:
            if row.signed is not None and row.body is not None:
                header = next(one for one in read(row.signed).entries if one.id == row.entry)
                body = decode(header.kind, header.v, row.body.body)
                if isinstance(body, HubConfigured):
                    found = body.config
        if found is None:
            raise Refusal(
                "no-configuration", "This hub has no configuration yet. An administrator sets it up."
            )
        return found

    async def feeds(self, standing: protocol.Standing, *only: str) -> tuple[list[FeedRow], SignedHead]:
        """These audiences' feeds to their end, verified, and the head under which that was.

        Raises ``Refusal`` or ``Distrust``.
        """
        found: list[FeedRow] = []
        places: dict[str, FeedPlace] = {}
        owed = Owed()
        await self.keys.learn(self.connection)
        keys = Keys(Directory(), self.keys.keys)
        while True:
            asked = protocol.Pull(
                standing=standing,
                cursors=tuple(
                    protocol.Cursor(audience=p.audience, epoch=p.epoch, n=p.n) for p in places.values()
                ),
                only=only,
            )
            page = await self.ask(asked, "feed", protocol.Page)
            checked = checked_page(page, places, keys, await self._head(page.head))
            places |= {place.audience: place for place in checked.at}
            owed.note(checked.rows)
            found += checked.rows
            if not page.more:
                owed.check(only)
                return found, page.head

    async def push(self, parcels: Sequence[Parcel]) -> tuple[protocol.Answer, ...]:
        """The answer to each act. What cannot be taken for its size or shape is refused by itself."""
        try:
            pushed = await self.ask(protocol.Push(acts=tuple(parcels)), "acts", protocol.Pushed)
        except Refusal as refusal:
            if refusal.code not in UNFIT:
                raise
            if len(parcels) == 1:
                only, said = read(parcels[0].signed).id, refusal.sentence
                return (protocol.Answer(act=only, state="refused", code=refusal.code, sentence=said),)
            half = len(parcels) // 2
            return await self.push(parcels[:half]) + await self.push(parcels[half:])
        answers = checked_answers(parcels, pushed, await self._head(pushed.head))
        return tuple(answer for _, answer in answers)

    async def tell(self, author: Author, what: str, count: int) -> None:
        """Put into the audit trail that ``count`` of ``what`` are taken out. Raises ``Refusal`` where that
        is not taken."""
        now = datetime.now(UTC)
        drafts = [Draft(f"access:{now.date().isoformat()}", RecordsExported(what=what, count=count, at=now))]
        key = SigningKey.from_bytes(self._device.seed)
        (answer,) = await self.push([compose(self._device.server.hub, author, drafts, key, now)])
        if answer.state == "refused":
            raise Refusal(answer.code, answer.sentence, answer.field)

    async def ask(self, message: protocol.Message, what: str, answer: type[M]) -> M:
        """Ask, and ask again for a while where the line or the store falters. Raises ``Unreachable``."""
        backoff = Backoff()
        for _ in range(TRIES - 1):
            try:
                return await self.connection.ask(message, self._path(what), answer)
            except Unreachable as error:
                await asyncio.sleep(backoff.next(error.retry_after))
        return await self.connection.ask(message, self._path(what), answer)

    async def store_keys(self) -> protocol.StoreKeys:
        return await self.connection.get(self._path("store-keys"), protocol.StoreKeys)

    def _path(self, what: str) -> str:
        return f"/v1/hubs/{self._device.server.hub}/{what}"

    async def _head(self, signed: SignedHead) -> Head:
        return await self.keys.head(self.connection, signed)


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
