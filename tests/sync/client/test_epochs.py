"""A hub restored from a backup: what it lost comes back from the desks that had made it."""

from __future__ import annotations

import time
from dataclasses import replace as changed
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import Connection, delete, insert, select, update
from uuid6 import uuid7

from mash_desktop.desk import restored
from mash_desktop.domain.entries.contact import NoteAdded
from mash_desktop.domain.entries.hub import EpochOpened
from mash_desktop.domain.roles import Role
from mash_desktop.proofs.feed_chain import START, link
from mash_desktop.proofs.head import Head, SignedHead
from sync.client import together
from sync.client.evidence import evidence, settle
from sync.protocol import Page, Path, Problem, Pull, feed_row_bytes
from sync.store import tables
from sync.store.authoring import hub_act
from sync.store.log import read_head
from sync.store.streams import Shelf
from tests.support.relay import Answered, Asked
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


def restore(office: Office, kept: Rows, epoch: int, *, told: bool = True) -> None:
    """Put back every row as it was kept, and open an epoch: feeds are chained anew, the head signed, and the
    log says so."""
    store, hub = office.served.direct, office.hub
    with store.engine.begin() as db:
        for table in reversed(of_hub()):
            db.execute(delete(table).where(table.c.hub == hub))
        for table in of_hub():
            if kept[table.name]:
                db.execute(insert(table), kept[table.name])
        begin_epoch(db, office, epoch)
        head = msgspec.json.decode(read_head(db, hub).signed.head, type=Head)
    vars(store.shelf).update(vars(Shelf()))
    if told:
        now = datetime.now(UTC)
        opened = EpochOpened(epoch=epoch, size=head.size, root=head.root.hex(), backed_up_at=now)
        store.admission.admit_own(hub, hub_act(hub, store.secrets, [opened], now))


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
        until(lambda one=one: "This desktop had seen" in restored.restored(one.desk), "that it was restored")  # type: ignore[misc]  # bound now
        restored.seen(one.desk)
        assert restored.restored(one.desk) == ""
    for stream in (before, lost, unsent):
        until(
            lambda stream=stream: priya.desk.cache.entries(stream) == ruth.desk.cache.entries(stream),  # type: ignore[misc]  # bound now
            "the same entries at both",
        )
        assert priya.desk.cache.row(stream) == ruth.desk.cache.row(stream)


class Restored:
    """Priya's desk behind a relay, together with a hub of which a backup has just been made."""

    def __init__(self, office: Office) -> None:
        self.office, self.relay = office, office.relay()
        self.priya = office.sit("Priya Nair", "scc-children", Role.TRIAGE_OPERATOR, server=self.relay.server)
        self.ruth = office.sit("Ruth Okafor", "scc-children", Role.CONSULTANT_SOCIAL_WORKER)
        self.priya.until_online()
        self.ruth.until_online()
        # The second of them came after the first had read all that there was.
        self.priya.network.wake()
        size = self.ruth.signed.head().size
        until(lambda: self.priya.status.online and self.priya.status.log_size == size, "all that there is")
        with office.served.direct.engine.begin() as db:
            self.kept = backup(db, office.hub)

    def fall_silent(self) -> None:
        """The hub cannot be asked, as Priya's desk has noticed."""
        self.relay.before = lambda asked: Answered(500, b"")
        self.priya.network.wake()
        until(lambda: not self.priya.status.online, "offline")

    def restore(self, *, told: bool = True) -> None:
        self.fall_silent()
        self.ruth.network.stop()
        restore(self.office, self.kept, epoch=2, told=told)
        self.relay.before = lambda asked: asked
        self.priya.network.wake()


@pytest.fixture
def hub(office: Office, monkeypatch: pytest.MonkeyPatch) -> Restored:
    monkeypatch.setattr(together, "WOKEN_SECONDS", 0.1)
    return Restored(office)


def test_a_log_begun_anew_that_does_not_say_why_is_not_trusted(
    hub: Restored, caplog: pytest.LogCaptureFixture
) -> None:
    hub.restore(told=False)
    until(lambda: bool(hub.priya.status.distrust), "distrust")
    assert "epoch-unexplained" in caplog.text
    assert restored.restored(hub.priya.desk) == ""
    # Restored once more, and said so: what had been seen before all of it is what counts.
    seen = hub.priya.desk.cache.fact("head-unchecked")
    assert seen is not None
    (found,) = evidence(hub.priya.desk.cache)
    assert msgspec.json.encode(found.head) == seen
    restore(hub.office, hub.kept, epoch=3)
    settle(hub.priya.desk.cache, "Anita Rao")
    hub.priya.connect(hub.relay.server)
    hub.priya.until_online()
    assert (hub.priya.desk.cache.fact("heads-before") or b"").startswith(b"[" + seen)
    assert "The hub was restored" in restored.restored(hub.priya.desk)


@pytest.mark.parametrize("same", [False, True])
def test_each_restore_is_told_of_until_it_is_seen(office: Office, same: bool) -> None:
    """The second from a backup made meanwhile, or from the same as the first."""
    priya = office.sit("Priya Nair", "scc-children", Role.TRIAGE_OPERATOR)

    def work() -> tuple[Rows, int]:
        """Two contacts with a backup between them, and how far the log was seen then."""
        priya.until_online()
        priya.contact(f"referral:{uuid7()}")
        priya.until_sent()
        with office.served.direct.engine.begin() as db:
            kept = backup(db, office.hub)
        priya.contact(f"referral:{uuid7()}")
        priya.until_sent()
        priya.network.stop()
        signed = msgspec.json.decode(priya.desk.cache.fact("head") or b"", type=SignedHead)
        return kept, msgspec.json.decode(signed.head, type=Head).size

    sizes, backups = list[int](), list[Rows]()
    for epoch in (2, 3):
        kept, size = work()
        sizes.append(size)
        backups.append(kept)
        restore(office, backups[0 if same else -1], epoch)
        # Locked and unlocked, before anybody has answered.
        for _ in range(2):
            priya.connect()
            until(lambda: priya.status.online and not priya.status.first_sync, "the new epoch")
            priya.network.stop()
        assert priya.desk.cache.fact("head-unchecked") is None
        priya.connect()
        priya.until_online()
    told = restored.restored(priya.desk)
    seen = [f"This desktop had seen {size:,}." in told for size in sizes]
    assert seen == ([False, True] if same else [True, True])
    assert told.count("restored") == (1 if same else 2)
    restored.seen(priya.desk)
    assert restored.restored(priya.desk) == ""


@pytest.mark.parametrize("waits", [False, True])
def test_what_is_most_urgent_comes_first_again_and_the_reading_ends(
    hub: Restored, monkeypatch: pytest.MonkeyPatch, waits: bool
) -> None:
    """Though what waits cannot be sent."""
    hub.fall_silent()
    hub.ruth.network.stop()
    restore(hub.office, hub.kept, epoch=2)
    if waits:
        hub.priya.contact(f"referral:{uuid7()}")
    problem = msgspec.json.encode(Problem(code="value-wrong", sentence="No."))
    hub.relay.asked.clear()
    hub.relay.before = lambda asked: (
        Answered(400, problem) if (asked.method, asked.path[-5:]) == ("POST", "/acts") else asked
    )
    hub.priya.connect(hub.relay.server)
    until(lambda: hub.priya.desk.cache.fact("read-once") is not None, "the reading")
    until(lambda: not hub.priya.status.first_sync, "its end")
    for _ in range(3):
        hub.priya.network.wake()
        time.sleep(0.3)
    assert not hub.priya.status.fetching
    assert sum(asked.path.endswith("/urgent") for asked in hub.relay.asked) == 1
    if waits:
        assert hub.priya.status.trouble == "No."
    else:
        hub.priya.until_online()


@pytest.mark.parametrize("honest", [True, False])
def test_what_was_seen_before_the_backup_is_in_the_log_still(
    hub: Restored, caplog: pytest.LogCaptureFixture, honest: bool
) -> None:
    size = hub.priya.status.log_size
    no_proof = msgspec.json.encode(Path(path=(bytes(32),), size=1))
    proofs: list[str] = []

    def alter(asked: Asked, answered: Answered) -> Answered:
        if f"consistency?old={size}&" not in asked.path:
            return answered
        proofs.append(asked.path)
        return answered if honest else changed(answered, body=no_proof)

    hub.relay.alter = alter
    hub.restore()
    if honest:
        hub.priya.until_online()
        assert proofs
        # Once is enough, after a start too.
        hub.priya.connect(hub.relay.server)
        hub.priya.until_online()
        assert len(proofs) == 1
        assert f"had seen {size:,}" in restored.restored(hub.priya.desk)
    else:
        until(lambda: bool(hub.priya.status.distrust), "distrust")
        assert "history-rewritten" in caplog.text


def test_what_the_hub_owed_before_it_was_restored_it_owes_no_more(hub: Restored) -> None:
    """A page had granted without its content what the restore lost, and more was to come."""
    pages: list[Page] = []
    asked_on: list[Asked] = []

    def short(asked: Asked) -> Asked | Answered:
        if not asked.path.endswith("/feed"):
            return asked
        if pages:
            asked_on.append(asked)
            return Answered(500, b"")
        pull = msgspec.json.decode(asked.body, type=Pull)
        return changed(asked, body=msgspec.json.encode(replace(pull, limit=1)))

    def strip(asked: Asked, answered: Answered) -> Answered:
        if not asked.path.endswith("/feed"):
            return answered
        page = msgspec.json.decode(answered.body, type=Page)
        row = replace(page.rows[0], signed=None, body=None, position=None, admitted_at=None)
        pages.append(replace(page, rows=(row,)))
        return changed(answered, body=msgspec.json.encode(pages[0]))

    hub.fall_silent()
    for _ in range(2):
        hub.ruth.contact(f"referral:{uuid7()}")
    hub.ruth.until_sent()
    hub.relay.alter, hub.relay.before = strip, short
    hub.priya.network.wake()
    until(lambda: bool(asked_on), "the page taken, and the next one asked for")
    assert pages[0].rows[0].audience == "agency:scc-children"
    assert pages[0].more
    hub.relay.alter = lambda asked, answered: answered
    hub.restore()
    hub.priya.until_online()
    assert not hub.priya.status.distrust
