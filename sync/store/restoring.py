"""Restoring a backup into an empty database: verified, disposed of again, and opened as a new epoch.

All that a desktop could see is one transaction: before it the database is empty, after it everything that was
decided on keeping holds again. What follows it may be cut off, and is done by running it once more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import msgspec
from msgspec.structs import replace
from psycopg import sql
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    LargeBinary,
    MetaData,
    Table,
    Text,
    delete,
    exists,
    select,
    text,
    update,
)

from mash_desktop.domain.acts import Act, Author, Parcel, check_bodies, check_signature, entries_of, read
from mash_desktop.domain.entries import Body, Made
from mash_desktop.domain.entries.hub import EpochOpened
from mash_desktop.domain.entries.keeping import DisposalAgreed
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.fold import Directory, fold_hub, fold_keeping
from mash_desktop.proofs.feed_chain import START, link
from sync.protocol import feed_row_bytes

from . import tables
from .authoring import hub_act
from .backup import (
    DECISIONS,
    KEYS,
    LOG,
    TABLES,
    HubThen,
    Manifest,
    columns,
    driver,
    found,
    manifest_of,
    named,
    newest,
)
from .bootstrap import directory
from .bulk import copy
from .composition import Store
from .database import migrate, revision
from .disposing import destroy
from .docket import standing
from .examining import family_of, public_key
from .families import judge_kept
from .holding import residence
from .log import head_row, read_head, root_at, signed_head
from .people_index import forget, keep_addresses
from .rotating import hand_on
from .sealing import Secrets
from .streams import Shelf, current_directory, load, stream_keys
from .verifying import walk

_READ = 1 << 16
_CHAINED = Table(
    "chained", MetaData(), Column("audience", Text), Column("n", BigInteger), Column("chain", LargeBinary)
)


class Restored(msgspec.Struct, frozen=True):
    """``hubs`` as the backup had them, ``disposals`` replayed, ``refused`` decisions no longer taken.

    ``left_out`` names the decisions that are not as one of the hub's own people signed them, or were not
    theirs to make, and why.
    """

    made_at: datetime
    hubs: tuple[HubThen, ...]
    disposals: int
    refused: int
    left_out: tuple[str, ...] = ()


def restore(engine: Engine, secrets: Secrets, folder: Path, name: str | None = None) -> Restored:
    """Restore the latest backup that can be read, or the one named, with the latest keys that fit it.

    Raises ``Refusal``: *backup-missing*, *keys-missing*, *backup-damaged*, *backup-of-another-version*,
    *keys-of-another-wrapping*, *log-of-another-signing*, *database-not-empty*.
    """
    (where, manifest), kept = _chosen(folder, name)
    if kept[1].generation != secrets.generation:
        raise Refusal(
            "keys-of-another-wrapping",
            "A key was rotated since: this backup does not fit these secrets. Name those of that time with "
            "--secrets.",
            "secrets",
        )
    told = _decisions(folder)
    migrate(engine)
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as db, db.begin():
        if revision(db) != manifest.revision or kept[1].revision != manifest.revision:
            raise Refusal(
                "backup-of-another-version",
                "This backup was made by another version. Restore it with that one, then run: "
                "mash-isl init --upgrade.",
            )
        begun = _begun(db, manifest)
        if not begun:
            _load(db, where, manifest, TABLES[LOG])
            _load(db, kept[0], kept[1], TABLES[KEYS])
            _drop_strange_keys(db)
            for hub in manifest.hubs:
                _check(db, _signer(db, secrets, hub.hub), hub)
        decisions, left_out = _as_signed(db, secrets, manifest, told)
        if not begun:
            for hub in manifest.hubs:
                for disposal in _disposals(decisions[hub.hub]):
                    destroy(db, hub.hub, disposal.target, disposal.entry)
                    _forget(db, secrets, hub.hub, disposal)
                _open_epoch(db, _signer(db, secrets, hub.hub), hub)
    for hub in manifest.hubs:
        _hand_on(engine, secrets, hub.hub)
    refused = _tell(Store(engine, secrets.signers()[-1]), manifest, decisions)
    replayed = sum(len(list(_disposals(several))) for several in decisions.values())
    return Restored(manifest.made_at, manifest.hubs, replayed, refused, left_out)


def _signer(db: Connection, secrets: Secrets, hub: str) -> Secrets:
    """The secrets as they were when this log was signed. ``Refusal`` (*log-of-another-signing*)."""
    signed_with = read_head(db, hub).signed.key
    for one in secrets.signers():
        if one.signing_key(hub).key_id == signed_with:
            return one
    raise Refusal(
        "log-of-another-signing",
        f"The log of {hub} is signed with a key that these secrets never had. Name the secrets of that time, "
        "or a later backup of them, with --secrets.",
        "secrets",
    )


def _hand_on(engine: Engine, secrets: Secrets, hub: str) -> None:
    """From the key that signed the log to the present one, key by key as was done before the log was lost:
    desktops that had followed find the key that they trust."""
    for before, after in pairwise(secrets.signers()):
        store = Store(engine, before)
        key = directory(store, hub).keys.get(before.signing_key(hub).key_id)
        if key is not None and key.revoked is None:
            hand_on(store, Store(engine, after), hub)


def _chosen(folder: Path, name: str | None) -> tuple[tuple[Path, Manifest], tuple[Path, Manifest]]:
    """The log named, or the latest of which there are keys; and the latest keys that fit it."""
    there = [one for one in named(folder / LOG) if name in (None, one.name)]
    if not there:
        raise Refusal("backup-missing", f"There is no such backup in {folder / LOG}.", "from")
    readable = found(folder / LOG) if name is None else []
    logs, keys = readable or [(there[0], manifest_of(there[0]))], found(folder / KEYS)
    for log in logs:
        kept = newest(keys, log[1])
        if kept is not None:
            return log, kept
    raise Refusal(
        "keys-missing",
        "No backup of keys as new as this log is kept any more: nothing of it could be read.",
        "from",
    )


def _decisions(folder: Path) -> dict[str, tuple[Parcel, ...]]:
    """What was decided on keeping up to the latest backup of all, however old the log that is restored."""
    several = named(folder / DECISIONS)
    if not several:
        raise Refusal("backup-missing", f"There are no decisions on keeping in {folder / DECISIONS}.", "from")
    where = several[0]
    # Without the latest ones, what they disposed of would come back unnoticed.
    manifest = manifest_of(where)
    raw = (where / DECISIONS).read_bytes()
    if hashlib.sha256(raw).hexdigest() != manifest.files[DECISIONS]:
        raise _damaged(where / DECISIONS)
    return msgspec.json.decode(raw, type=dict[str, tuple[Parcel, ...]])


def _as_signed(
    db: Connection, secrets: Secrets, manifest: Manifest, told: dict[str, tuple[Parcel, ...]]
) -> tuple[dict[str, tuple[Parcel, ...]], tuple[str, ...]]:
    """The decisions that are as their authors signed them and were theirs to make; the others by name."""
    kept: dict[str, tuple[Parcel, ...]] = {}
    left_out = []
    for hub in (one.hub for one in manifest.hubs):
        deciding, kept[hub] = _Deciding(db, secrets, hub), ()
        for number, parcel in enumerate(told.get(hub, ()), 1):
            name = f"{hub}, decision {number}"
            try:
                act = read(parcel.signed)
                name = f"{name} on {', '.join(sorted({header.stream for header in act.entries}))}"
                deciding.judge(act, parcel)
            except Refusal as refusal:
                left_out.append(f"{name}: {refusal.sentence}")
            else:
                kept[hub] += (parcel,)
    return kept, tuple(left_out)


class _Deciding:
    """The decisions on keeping of one hub judged again, one after another, by who was who when each was
    admitted; what the log has lost, by who was who at its end."""

    def __init__(self, db: Connection, secrets: Secrets, hub: str) -> None:
        self._db = db
        self._secrets = secrets
        self._hub = hub
        self._people = current_directory(db, Shelf(), secrets, hub)
        self._decided: dict[str, tuple[Made[Body], ...]] = {}
        self._then: dict[int, Directory] = {}

    def judge(self, act: Act, parcel: Parcel) -> None:
        """``Refusal`` unless the act is as its author signed it, and was theirs to make."""
        if act.hub != self._hub:
            raise Refusal("hub-wrong", "This act was made for another hub.")
        a = tables.acts
        row = self._db.execute(
            select(a.c.first, a.c.admitted_at).where(
                a.c.hub == self._hub, a.c.act == act.id, a.c.bytes == parcel.signed.act
            )
        ).one_or_none()
        directory = self._directory(row.first) if row else self._people.directory
        check_signature(parcel.signed, public_key(act, directory, self._secrets))
        bodies = check_bodies(act, parcel.bodies, whole=True)
        at = row.admitted_at if row else act.made_at
        held = standing(directory, act.author, act.agency, act.role, at)
        if held is None or directory.keys[act.key].revoked is not None:
            raise Refusal("role-not-held", "Who decided did not hold that role, or that device, then.")
        author = Author(act.author, held.agency, held.role, act.key, held.team)
        decided = dict(self._decided)
        for entry in entries_of(act, bodies):
            before = decided.get(entry.stream, ())
            verdict = judge_kept(author, entry, fold_keeping(before), None, at)
            if not verdict:
                raise Refusal(verdict.code, verdict.sentence)
            # In the order in which they are told, wherever the log has them.
            decided[entry.stream] = (*before, replace(entry, position=len(before) + 1))
        self._decided = decided

    def _directory(self, position: int) -> Directory:
        """Who was who before this position."""
        before = [entry for entry in self._people.entries if (entry.position or 0) < position]
        if len(before) not in self._then:
            self._then[len(before)] = fold_hub(before)
        return self._then[len(before)]


def _disposals(acts: tuple[Parcel, ...]) -> Iterator[DisposalAgreed]:
    for parcel in acts:
        for entry in entries_of(read(parcel.signed), {body.entry: body for body in parcel.bodies}):
            if isinstance(entry.body, DisposalAgreed):
                yield entry.body


def _begun(db: Connection, manifest: Manifest) -> bool:
    """Whether this backup was restored here before, and cut off after. ``Refusal`` (*database-not-empty*)."""
    there = set(db.scalars(select(tables.hubs.c.hub)))
    if not there:
        return False
    for one in manifest.hubs:
        head = read_head(db, one.hub) if one.hub in there else None
        again = head is not None and head.epoch == one.epoch + 1 and head.size >= one.size
        if not again or root_at(db, one.hub, one.size).hex() != one.root:
            raise Refusal("database-not-empty", "There is a hub in this database. Restore into an empty one.")
    return True


def _load(db: Connection, where: Path, manifest: Manifest, several: tuple[Table, ...]) -> None:
    for table in several:
        file, digest = where / table.name, hashlib.sha256()
        statement = sql.SQL("COPY {} FROM STDIN").format(columns(table))
        try:
            with file.open("rb") as source, driver(db).cursor() as cursor, cursor.copy(statement) as copying:
                while some := source.read(_READ):
                    digest.update(some)
                    copying.write(some)
                if digest.hexdigest() != manifest.files[table.name]:
                    raise _damaged(file)
        except FileNotFoundError as error:
            raise _damaged(file) from error


def _damaged(file: Path) -> Refusal:
    return Refusal("backup-damaged", f"{file} is not as it was written. Use another backup.", "from")


def _drop_strange_keys(db: Connection) -> None:
    """Keys may be newer than the log: those of what it does not have yet are of no use."""
    e, s, c = tables.entries, tables.streams, tables.chunks
    for t, there, of in (
        (tables.body_keys, e, "position"),
        (tables.stream_keys, s, "stream"),
        (tables.chunk_keys, c, "chunk"),
    ):
        db.execute(delete(t).where(~exists().where(there.c.hub == t.c.hub, there.c[of] == t.c[of])))


def _check(db: Connection, secrets: Secrets, then: HubThen) -> None:
    """The log is as signed, and ends at the head that the backup names."""
    head = read_head(db, then.hub)
    if (head.epoch, head.size, head.frontier.root().hex()) != (then.epoch, then.size, then.root):
        raise Refusal("backup-damaged", f"The log of {then.hub} does not end where the backup says.", "from")
    for fault in walk(db, secrets, Shelf(), then.hub).faults:
        raise Refusal(
            "backup-damaged", f"The log of {then.hub} is not as signed, at {fault.position}: {fault.sentence}"
        )


def _forget(db: Connection, secrets: Secrets, hub: str, gone: DisposalAgreed) -> None:
    """Take what was disposed of out of the people index and the queue; of one entry, whom it tells of, or
    where."""
    target = gone.target
    forget(db, hub, [target], gone.entry)
    if gone.entry is None:
        r = tables.referrals
        db.execute(delete(r).where(r.c.hub == hub, r.c.referral == target))
        return
    shelf = Shelf()
    key = stream_keys(db, shelf, secrets, hub, [target]).get(target)
    if key is not None and family_of(target) == "referral":
        left = load(db, shelf, secrets, hub, {target: 1})[target]
        referral = left.referral(current_directory(db, shelf, secrets, hub).directory)
        told = [residence(one.body) for one in referral.addresses]
        keep_addresses(db, hub, secrets, target, key, told)


def _open_epoch(db: Connection, secrets: Secrets, then: HubThen) -> None:
    """The same log under the next epoch: the head signed anew, and every feed chained from its first row."""
    hub, epoch = then.hub, then.epoch + 1
    f, t, h = tables.feeds, tables.feed_tails, tables.heads
    db.execute(text("create temporary table chained (audience text, n bigint, chain bytea) on commit drop"))
    chains: dict[str, bytes] = {}
    rows = db.execute(
        select(f).where(f.c.hub == hub).order_by(f.c.audience, f.c.n), execution_options={"yield_per": 2000}
    )
    for some in rows.partitions():
        linked = []
        for row in some:
            op = "grant" if row.granted else "withdraw"
            data = feed_row_bytes(row.audience, epoch, row.n, op, row.entry, row.because)
            chains[row.audience] = link(chains.get(row.audience, START), data)
            linked.append((row.audience, row.n, chains[row.audience]))
        copy(db, _CHAINED, linked)
    db.execute(
        text(
            "update feeds set epoch = :epoch, chain = chained.chain from chained"
            " where feeds.hub = :hub and feeds.audience = chained.audience and feeds.n = chained.n"
        ),
        {"hub": hub, "epoch": epoch},
    )
    db.execute(text("drop table chained"))
    for audience, chain in chains.items():
        db.execute(update(t).where(t.c.hub == hub, t.c.audience == audience).values(chain=chain))
    head = read_head(db, hub)
    signed = signed_head(hub, epoch, head.frontier, head.at, secrets.signing_key(hub))
    db.execute(update(h).where(h.c.hub == hub).values(head_row(hub, signed)))
    db.execute(update(tables.hubs).where(tables.hubs.c.hub == hub).values(epoch=epoch, generation=None))


def _tell(store: Store, manifest: Manifest, decisions: dict[str, tuple[Parcel, ...]]) -> int:
    """Name the last good head in each log, and put back the decisions on keeping that it had lost.

    Returns how many of these the log takes no more; what they disposed of is gone all the same.
    """
    refused = 0
    for then in manifest.hubs:
        with store.engine.connect() as db:
            held = current_directory(db, store.shelf, store.secrets, then.hub)
        opened = EpochOpened(
            epoch=then.epoch + 1, size=then.size, root=then.root, backed_up_at=manifest.made_at
        )
        if opened not in [entry.body for entry in held.entries]:
            own = hub_act(then.hub, store.secrets, [opened], store.clock())
            store.admission.admit_own(then.hub, own)
        for parcel in decisions[then.hub]:
            author = read(parcel.signed).author
            # Nobody waits for the answer, and a desktop may offer it once more of what it rests on is back.
            answers = store.admission.push(then.hub, author, [parcel], told=False).answers
            refused += answers[0].state == "refused"
    return refused
