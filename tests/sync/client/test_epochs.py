"""A hub restored from a backup: what it lost comes back from the desks that had made it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import Connection, delete, insert, select, update
from uuid6 import uuid7

from mash_desktop.domain.entries.contact import NoteAdded
from mash_desktop.domain.roles import Role
from mash_desktop.proofs.feed_chain import START, link
from mash_desktop.proofs.head import Head, SignedHead
from sync.protocol import feed_row_bytes
from sync.store import tables
from sync.store.log import read_head
from tests.sync.client.conftest import Office, until

# Which PostgreSQL the store has is the same to a desk.
pytestmark = pytest.mark.parametrize("postgres", ["embedded"], indirect=True)

Rows = dict[str, list[dict[str, Any]]]


def of_hub() -> list[Any]:
    return [table for table in tables.metadata.sorted_tables if "hub" in table.c and table.name != "sessions"]


def backup(db: Connection, hub: str) -> Rows:
    return {
        table.name: [dict(row) for row in db.execute(select(table).where(table.c.hub == hub)).mappings()]
        for table in of_hub()
    }


def restore(office: Office, kept: Rows, epoch: int) -> None:
    """Put back every row as it was kept, and open an epoch: feeds are chained anew and the head signed."""
    store, hub = office.served.direct, office.hub
    with store.engine.begin() as db:
        for table in reversed(of_hub()):
            db.execute(delete(table).where(table.c.hub == hub))
        for table in of_hub():
            if kept[table.name]:
                db.execute(insert(table), kept[table.name])
        begin_epoch(db, office, epoch)


def begin_epoch(db: Connection, office: Office, epoch: int) -> None:
    hub, key = office.hub, office.served.direct.secrets.signing_key(office.hub)
    f, tails, heads = tables.feeds, tables.feed_tails, tables.heads
    chains: dict[str, bytes] = {}
    for row in db.execute(select(f).where(f.c.hub == hub).order_by(f.c.audience, f.c.n)).all():
        op = "grant" if row.granted else "withdraw"
        data = feed_row_bytes(row.audience, epoch, row.n, op, row.entry, row.because)
        chain = chains[row.audience] = link(chains.get(row.audience, START), data)
        at = (f.c.hub == hub, f.c.audience == row.audience, f.c.n == row.n)
        db.execute(update(f).where(*at).values(epoch=epoch, chain=chain))
    for audience, chain in chains.items():
        db.execute(update(tails).where(tails.c.hub == hub, tails.c.audience == audience).values(chain=chain))
    old = msgspec.json.decode(read_head(db, hub).signed.head, type=Head)
    signed = SignedHead.sign(replace(old, epoch=epoch), key)
    db.execute(
        update(heads)
        .where(heads.c.hub == hub)
        .values(epoch=epoch, head=signed.head, signature=signed.signature, key=signed.key)
    )
    db.execute(update(tables.hubs).where(tables.hubs.c.hub == hub).values(epoch=epoch))


def test_a_hub_restored_from_a_backup_is_given_back_what_its_desks_had_made(office: Office) -> None:
    priya = office.sit("Priya Nair", "scc-children", Role.TRIAGE_OPERATOR)
    ruth = office.sit("Ruth Okafor", "scc-children", Role.CONSULTANT_SOCIAL_WORKER)
    priya.until_online()
    ruth.until_online()
    before, lost, unsent = (f"referral:{uuid7()}" for _ in range(3))
    priya.contact(before)
    ruth.until_holding(before, "contact.opened")
    priya.until_sent()
    with office.served.direct.engine.begin() as db:
        kept = backup(db, office.hub)

    priya.contact(lost)
    ruth.until_holding(lost, "contact.opened")
    ruth.desk.act(lost, NoteAdded(words="The school rang."))
    priya.until_holding(lost, "note.added")
    for one in (priya, ruth):
        one.until_sent()
        one.network.stop()
    priya.contact(unsent)

    restore(office, kept, epoch=2)
    priya.connect()
    priya.until_holding(unsent, "contact.opened")
    ruth.connect()
    ruth.until_holding(lost, "note.added")
    ruth.until_holding(unsent, "contact.opened")
    priya.until_holding(lost, "note.added")
    for one in (priya, ruth):
        until(lambda one=one: one.status.online, "online")  # type: ignore[misc]  # bound now
        assert not one.status.distrust
        assert one.desk.cache.waiting() == ()
        assert {place.epoch for place in one.desk.cache.places().values()} == {2}
    for stream in (before, lost, unsent):
        until(
            lambda stream=stream: priya.desk.cache.entries(stream) == ruth.desk.cache.entries(stream),  # type: ignore[misc]  # bound now
            "the same entries at both",
        )
        assert priya.desk.cache.row(stream) == ruth.desk.cache.row(stream)
