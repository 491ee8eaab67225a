"""The drill: a hub backed up, lost and restored; log verified, same head, new epoch, disposals replayed."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import text
from uuid6 import uuid7

from mash_desktop.domain.acts import Draft, Parcel, SignedAct, compose
from mash_desktop.domain.entries.contact import AddressRecorded, NoteAdded, SubjectRecorded
from mash_desktop.domain.entries.hub import EpochOpened, MembershipEnded
from mash_desktop.domain.entries.identity import HistoryRecorded
from mash_desktop.domain.entries.keeping import DisposalAgreed, DisposalProposed
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.partial_date import PartialDate
from mash_desktop.domain.roles import Role
from mash_desktop.proofs.signature import SigningKey
from sync import cli
from sync.store import backup, restoring
from sync.store.backup import DECISIONS, KEYS, LOG, MANIFEST, Manifest, back_up
from sync.store.bootstrap import directory
from sync.store.composition import Store
from sync.store.database import connect, migrate
from sync.store.restoring import Restored, restore
from sync.store.sealing import read_file
from sync.store.streams import current_directory
from sync.store.verifying import verify
from tests.domain.story import OPERATOR
from tests.support.postgres import PostgresServer
from tests.support.served_story import Cast, ServedStory
from tests.support.store import ServedStore, serving

# COPY is the same to both; one test goes from the newer PostgreSQL to the older.
pytestmark = pytest.mark.parametrize("postgres", ["embedded"], indirect=True)

WHY = "It was about the wrong house."


class Drill:
    """A hub with three referrals, backed up twice, and what was decided between and after.

    ``old`` is the first backup, ``new`` the second. ``early`` was disposed of before both, ``late`` between
    them, ``kept`` never; a note was added after the second, and is lost.
    """

    def __init__(self, served: ServedStore, folder: Path) -> None:
        self.served, self.folder, self.backups = served, folder, folder / "backups"
        self.hub = served.new_hub()
        self.cast = Cast(served, self.hub)
        self.early, self.late, self.kept = (ServedStory(self.cast).taken() for _ in range(3))
        (note,) = self.kept.tell(OPERATOR, NoteAdded(words="A word too many."))
        self.child = next(one.body for one in self.kept.entries if isinstance(one.body, SubjectRecorded))
        lives = AddressRecorded(
            address="a", subjects=(self.child.subject,), line="14 Mill Lane", postcode="ST16 2XX"
        )
        (self.address,) = self.kept.tell(OPERATOR, lives)
        self.identity = f"identity:{uuid7()}"
        history = HistoryRecorded(
            agency="scc-children", source_system="census", record="1", cohort="children",
            forenames="Ivo", surname="Sandringham", birth=PartialDate(2014, 3, 2),
        )  # fmt: skip
        told = self.cast["ruth"].compose([Draft(self.identity, history)])
        assert self.cast["ruth"].push(told)[0].state == "admitted"
        self.history = told.bodies[0].entry
        assert self.cast["karen"].hub == self.hub, "signed in before anything is backed up"
        (early,) = self.early.tell(OPERATOR, NoteAdded(words="Of another."))
        self.dispose(self.early.stream, early)
        self.dispose(self.early.stream)
        self.refused = self.cast["priya"].compose([Draft(self.kept.stream, NoteAdded(words=" "))])
        self.answers = self.cast["priya"].push(self.refused)
        self.old = self.back_up()
        self.dispose(self.late.stream)
        self.dispose(self.kept.stream, note)
        self.new = self.back_up()
        self.kept.tell(OPERATOR, NoteAdded(words="After the backup."))

    @property
    def secrets(self) -> Path:
        return self.served.secrets_file

    def back_up(self) -> Manifest:
        store = self.served.direct
        return back_up(store.engine, store.secrets, self.backups)

    def dispose(self, target: str, entry: str | None = None) -> None:
        both = decided(self.cast, "gwen", "hal", target, entry)
        for person, parcel in zip(("gwen", "hal"), both, strict=True):
            assert self.cast[person].push(parcel)[0].state == "admitted"


@pytest.fixture(scope="module")
def drill(
    served_store: ServedStore, postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Drill]:
    """In a database of its own: a backup is of all its hubs."""
    folder, name = tmp_path_factory.mktemp("drill"), postgres.new_database()
    with serving(postgres.url(name), folder) as served:
        yield Drill(served, folder)
    postgres.drop_database(name)


@pytest.fixture
def empty(postgres: PostgresServer) -> Iterator[str]:
    name = postgres.new_database()
    yield postgres.url(name)
    postgres.drop_database(name)


def restored(drill: Drill, database: str, name: str | None = None, backups: Path | None = None) -> Restored:
    secrets = read_file(drill.secrets)
    engine = connect(database, 5)
    try:
        return restore(engine, secrets, backups or drill.backups, name)
    finally:
        engine.dispose()


def looked_at(drill: Drill, database: str) -> tuple[Store, list[str]]:
    """A store on the restored database (its engine is the caller's to end), and the faults of its log."""
    store = Store(connect(database, 5), read_file(drill.secrets))
    return store, [fault.sentence for fault in verify(store, drill.hub).faults]


def test_the_latest_backup_comes_back_with_the_same_head_in_a_new_epoch(drill: Drill, empty: str) -> None:
    done = restored(drill, empty)
    then = drill.new.hubs[0]
    assert done.hubs == drill.new.hubs
    assert (done.disposals, done.refused) == (4, 0)
    store, faults = looked_at(drill, empty)
    with store.engine.connect() as db:
        held = current_directory(db, store.shelf, store.secrets, drill.hub)
        epochs = set(db.scalars(text("select epoch from feeds union select epoch from heads")))
        tables_left = {
            name: db.scalar(text(f"select count(*) from {name}")) for name in ("sessions", "enrolment_codes")
        }
    opened = held.entries[-1]
    assert isinstance(opened.body, EpochOpened)
    assert (opened.body.epoch, opened.body.size, opened.body.root) == (then.epoch + 1, then.size, then.root)
    assert opened.position == then.size + 1
    assert faults == []
    assert epochs == {then.epoch + 1}
    assert set(tables_left.values()) == {0}
    priya = drill.cast["priya"].enrolled.person
    assert tuple(store.admission.push(drill.hub, priya, [drill.refused]).answers) == drill.answers
    assert store.consistency(drill.hub, then.size, opened.position).size == opened.position
    store.engine.dispose()


def test_a_backup_of_a_newer_postgresql_is_restored_into_an_older_one(
    drill: Drill, debian_postgres: PostgresServer
) -> None:
    name = debian_postgres.new_database()
    assert restored(drill, debian_postgres.url(name)).hubs == drill.new.hubs
    store, faults = looked_at(drill, debian_postgres.url(name))
    assert faults == []
    store.engine.dispose()
    debian_postgres.drop_database(name)


def test_an_older_log_with_the_latest_keys_has_no_more_than_was_left_of_it(drill: Drill, empty: str) -> None:
    done = restored(drill, empty, name=sorted(p.name for p in (drill.backups / LOG).iterdir())[0])
    assert done.hubs == drill.old.hubs
    store, faults = looked_at(drill, empty)
    assert faults == []
    with store.engine.connect() as db:
        streams = set(db.scalars(text("select stream from stream_keys where stream like 'referral:%'")))
        told = set(db.scalars(text("select distinct stream from people")))
        decided = db.scalar(
            text(f"select count(*) from entries where stream = 'keeping:{drill.late.stream}'")
        )
    assert streams == told - {drill.identity} == {drill.kept.stream}
    # The decision itself was made after that backup, and is in the log again.
    assert decided == 2
    store.engine.dispose()


def test_keys_from_before_a_disposal_do_not_bring_back_what_was_disposed_of(
    drill: Drill, empty: str, tmp_path: Path
) -> None:
    """Of the latest backup only the decisions are left; log and keys have what was disposed of later."""
    backups = tmp_path / "backups"
    shutil.copytree(drill.backups, backups)
    for part in (LOG, KEYS):
        shutil.rmtree(max((backups / part).iterdir()))
    done = restored(drill, empty, backups=backups)
    assert (done.disposals, done.refused) == (4, 0)
    store, faults = looked_at(drill, empty)
    with store.engine.connect() as db:
        streams = set(db.scalars(text("select stream from stream_keys where stream like 'referral:%'")))
        rows = set(db.scalars(text("select referral from referrals")))
        blocks = db.scalar(
            text(
                "select count(*) from people_blocks b left join people p on p.key = b.key where p.key is null"
            )
        )
    assert streams == rows == {drill.kept.stream}
    assert (faults, blocks) == ([], 0)
    store.engine.dispose()


class Killed(BaseException):
    """As a kill would, it passes every handler."""


@pytest.mark.parametrize("step", ["_load", "_check", "_tell", "hub_act"])
def test_cut_off_anywhere_it_is_run_again(
    drill: Drill, empty: str, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(*arguments: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(restoring, step, cut)
        with pytest.raises(Killed):
            restored(drill, empty)
    assert restored(drill, empty).refused == 0
    again = restored(drill, empty)
    store, faults = looked_at(drill, empty)
    assert faults == []
    opened = [e for e in _hub_entries(store, drill.hub) if isinstance(e, EpochOpened)]
    assert len(opened) == 1
    assert again.hubs == drill.new.hubs
    store.engine.dispose()


def _hub_entries(store: Store, hub: str) -> list[object]:
    with store.engine.connect() as db:
        return [one.body for one in current_directory(db, store.shelf, store.secrets, hub).entries]


def spoiled_row(backups: Path) -> None:
    """An entry of another kind, and the manifest made to fit it."""
    where = max((backups / LOG).iterdir())
    entries = (where / "entries").read_bytes().replace(b"contact.opened", b"contact.openes")
    (where / "entries").write_bytes(entries)
    rewrite(where, "entries", entries)


def rewrite(where: Path, table: str, content: bytes) -> None:
    manifest = msgspec.json.decode((where / MANIFEST).read_bytes(), type=Manifest)
    files = manifest.files | {table: hashlib.sha256(content).hexdigest()}
    (where / MANIFEST).write_bytes(msgspec.json.encode(msgspec.structs.replace(manifest, files=files)))


def decide(backups: Path, drill: Drill, *more: Parcel, spoil: str = "") -> None:
    """Write these into the latest decisions, the manifest made to fit; those on ``spoil`` are changed."""
    where = max((backups / DECISIONS).iterdir())
    told = msgspec.json.decode((where / DECISIONS).read_bytes(), type=dict[str, tuple[Parcel, ...]])
    kept = [
        replace(one, bodies=tuple(replace(body, salt=bytes(16)) for body in one.bodies))
        if spoil and spoil.encode() in one.signed.act
        else one
        for one in told[drill.hub]
    ]
    content = msgspec.json.encode({drill.hub: (*kept, *more)})
    (where / DECISIONS).write_bytes(content)
    rewrite(where, DECISIONS, content)


def change(backups: Path, part: str, **fields: object) -> None:
    for where in (backups / part).iterdir():
        manifest = msgspec.json.decode((where / MANIFEST).read_bytes(), type=Manifest)
        changed = msgspec.structs.replace(manifest, **fields)
        (where / MANIFEST).write_bytes(msgspec.json.encode(changed))


def unreadable(where: Path) -> int:
    return (where / MANIFEST).write_bytes(b"{")


def another_end(backups: Path) -> None:
    where = max((backups / LOG).iterdir())
    manifest = msgspec.json.decode((where / MANIFEST).read_bytes(), type=Manifest)
    hubs = tuple(msgspec.structs.replace(one, size=one.size + 1) for one in manifest.hubs)
    (where / MANIFEST).write_bytes(msgspec.json.encode(msgspec.structs.replace(manifest, hubs=hubs)))


SPOILED: dict[str, tuple[str, Callable[[Path], object]]] = {
    "no backup at all": ("backup-missing", lambda b: shutil.rmtree(b / LOG)),
    "no decisions": ("backup-missing", lambda b: shutil.rmtree(b / DECISIONS)),
    "no keys": ("keys-missing", lambda b: shutil.rmtree(b / KEYS)),
    "keys older than the log": (
        "keys-missing",
        lambda b: change(b, KEYS, made_at=datetime.now(UTC) - timedelta(days=9)),
    ),
    "keys of another wrapping": ("keys-of-another-wrapping", lambda b: change(b, KEYS, generation="0")),
    "another version": ("backup-of-another-version", lambda b: change(b, LOG, revision="0001")),
    "a file that is gone": ("backup-damaged", lambda b: (max((b / LOG).iterdir()) / "acts").unlink()),
    "a file that was changed": (
        "backup-damaged",
        lambda b: (max((b / LOG).iterdir()) / "grants").write_bytes(b""),
    ),
    "decisions that were changed": (
        "backup-damaged",
        lambda b: (max((b / DECISIONS).iterdir()) / DECISIONS).write_bytes(b"{}"),
    ),
    "logs of which none has a manifest": (
        "backup-damaged",
        lambda b: [unreadable(one) for one in (b / LOG).iterdir()],
    ),
    "latest decisions without a manifest": (
        "backup-damaged",
        lambda b: unreadable(max((b / DECISIONS).iterdir())),
    ),
    "a log that was rewritten": ("backup-damaged", spoiled_row),
    "a log that ends elsewhere": ("backup-damaged", another_end),
}


@pytest.mark.parametrize("what", SPOILED)
def test_what_is_not_whole_is_refused_and_nothing_is_restored(
    drill: Drill, empty: str, tmp_path: Path, what: str
) -> None:
    code, spoil = SPOILED[what]
    backups = tmp_path / "backups"
    shutil.copytree(drill.backups, backups)
    spoil(backups)
    with pytest.raises(Refusal, match=code):
        restored(drill, empty, backups=backups)
    engine = connect(empty, 2)
    migrate(engine)
    with engine.connect() as db:
        assert db.scalar(text("select count(*) from hubs")) == 0
    engine.dispose()


@pytest.mark.parametrize("part", [LOG, KEYS])
def test_without_a_name_the_latest_log_that_can_be_read_with_its_keys_is_restored(
    drill: Drill, empty: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, part: str
) -> None:
    backups = tmp_path / "backups"
    shutil.copytree(drill.backups, backups)
    spoiled = max((backups / part).iterdir())
    unreadable(spoiled)
    with pytest.raises(Refusal, match="backup-damaged" if part == LOG else "keys-missing"):
        restored(drill, empty, name=spoiled.name, backups=backups)
    assert restored(drill, empty, backups=backups).hubs == drill.old.hubs
    assert f"The backup in {spoiled} cannot be read. It is left out." in caplog.messages


def test_decisions_that_nobody_here_signed_as_they_are_destroy_nothing_and_are_named(
    drill: Drill, empty: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    backups, target, gwen = tmp_path / "backups", drill.kept.stream, drill.cast["gwen"]
    shutil.copytree(drill.backups, backups)
    agreed = Draft(f"keeping:{target}", DisposalAgreed(target=target, proposal=str(uuid7())))
    stranger, now = SigningKey.generate(), datetime.now(UTC)
    decide(
        backups,
        drill,
        compose(drill.hub, replace(gwen.only, key=stranger.key_id), [agreed], stranger, now),
        compose(drill.hub, gwen.only, [agreed], stranger, now),
        compose("another", gwen.only, [agreed], gwen.key, now),
        Parcel(SignedAct(b"not an act", bytes(64)), ()),
        spoil=drill.late.stream,
    )
    command = ["restore", str(backups), "--database", empty, "--secrets", str(drill.secrets)]
    assert cli.main(command) == 0
    said = capsys.readouterr()
    assert "3 disposals replayed" in said.out
    named = [line for line in said.err.splitlines() if line.startswith("Left out")]
    assert [drill.late.stream in line for line in named] == [True, True, False, False, False, False]
    for line, why in zip(
        named[2:5], ("not one that its author", "does not belong", "another hub"), strict=True
    ):
        assert f"on keeping:{target}: " in line
        assert why in line
    store, faults = looked_at(drill, empty)
    with store.engine.connect() as db:
        streams = set(db.scalars(text("select stream from stream_keys where stream like 'referral:%'")))
    assert streams == {target}
    assert faults == []
    store.engine.dispose()


def decided(cast: Cast, who: str, other: str, target: str, entry: str | None = None) -> tuple[Parcel, Parcel]:
    """A proposal by the one and an agreement by the other, as their desktops would sign them."""
    stream = f"keeping:{target}"
    body = DisposalProposed(target=target, entry=entry, reason=WHY)
    proposed = cast[who].compose([Draft(stream, body)])
    agreed = DisposalAgreed(target=target, entry=entry, proposal=proposed.bodies[0].entry)
    return proposed, cast[other].compose([Draft(stream, agreed)])


def index_of(database: str) -> tuple[set[str], dict[str, int], int]:
    """Entries that tell of somebody, by how many blocking keys each is found, and how many tell of nobody."""
    engine = connect(database, 2)
    with engine.connect() as db:
        found = set(db.scalars(text("select e.entry from people p join entries e using (hub, position)")))
        blocks: dict[str, int] = dict(
            db.execute(text("select key, count(*) from people_blocks group by key")).all()
        )
        orphans = db.scalar(
            text(
                "select count(*) from people_blocks b left join people p on p.key = b.key where p.key is null"
            )
        )
    engine.dispose()
    return found, blocks, orphans or 0


def test_whom_and_where_one_entry_told_of_is_found_no_more_before_the_log_takes_its_disposal(
    drill: Drill, empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backups, target = tmp_path / "backups", drill.kept.stream
    shutil.copytree(drill.backups, backups)
    told = [one.id for one in drill.kept.entries if isinstance(one.body, SubjectRecorded)]
    lost = (target, told[1]), (target, drill.address), (drill.identity, drill.history)
    decide(backups, drill, *(one for each in lost for one in decided(drill.cast, "gwen", "hal", *each)))
    before = index_of(drill.served.database)[1]
    with monkeypatch.context() as patch:
        # As where the log takes them no more, or the machine stops here.
        patch.setattr(restoring, "_tell", lambda *arguments: 0)
        done = restored(drill, empty, backups=backups)
    assert (done.disposals, done.left_out) == (7, ())
    found, blocks, orphans = index_of(empty)
    assert found == {*told} - {told[1]}
    assert orphans == 0
    lived = f"{target}#{drill.child.subject}"
    assert blocks[lived] < before[lived]
    assert restored(drill, empty, backups=backups).refused == 0
    store, faults = looked_at(drill, empty)
    assert faults == []
    store.engine.dispose()
    assert index_of(empty) == (found, blocks, 0)


@pytest.mark.parametrize(
    ("who", "other", "proposal", "named"),
    [
        ("gwen", "gwen", True, ["You proposed it. Somebody else agrees to it."]),
        ("gwen", "gwen", False, ["That proposal is not there"]),
        ("gwen", "karen", True, ["Hub manager cannot do this."]),
        ("priya", "gwen", True, ["Triage operator cannot do this.", "That proposal is not there"]),
    ],
    ids=["one officer", "no proposal", "not an officer agrees", "not an officer proposes"],
)
def test_what_was_not_theirs_to_decide_destroys_nothing_and_is_named(
    drill: Drill, empty: str, tmp_path: Path, who: str, other: str, proposal: bool, named: list[str]
) -> None:
    """Whoever reaches the folder of decisions can put well signed acts there that no store ever admitted."""
    backups, target = tmp_path / "backups", drill.kept.stream
    shutil.copytree(drill.backups, backups)
    forged = decided(drill.cast, who, other, target)
    decide(backups, drill, *(forged if proposal else forged[1:]))
    done = restored(drill, empty, backups=backups)
    assert (done.disposals, done.refused) == (4, 0)
    assert len(done.left_out) == len(named)
    for said, words in zip(done.left_out, named, strict=True):
        assert f"on keeping:{target}: {words}" in said
    store, faults = looked_at(drill, empty)
    with store.engine.connect() as db:
        streams = set(db.scalars(text("select stream from stream_keys where stream like 'referral:%'")))
    assert streams == {target}
    assert faults == []
    store.engine.dispose()


def test_decisions_are_judged_by_who_was_an_officer_when_they_were_admitted(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    """One who decided and has left since decided rightly; one who left before, whose key is good, did not."""
    name, back = postgres.new_database(), postgres.new_database()
    with serving(postgres.url(name), tmp_path) as served:
        hub = served.new_hub()
        cast = Cast(served, hub)
        stories = [ServedStory(cast).taken() for _ in range(2)]
        for person, parcel in zip(
            ("gwen", "hal"), decided(cast, "gwen", "hal", stories[0].stream), strict=True
        ):
            assert cast[person].push(parcel)[0].state == "admitted"
        ended = MembershipEnded(
            person=cast["hal"].enrolled.person,
            agency="police",
            role=Role.INFORMATION_GOVERNANCE,
            reason="Moved.",
        )
        assert cast["noor"].act(Draft("hub", ended)).state == "admitted"
        store = served.direct
        back_up(store.engine, store.secrets, tmp_path / "backups")
        late = decided(cast, "gwen", "hal", stories[1].stream)
        where = max((tmp_path / "backups" / DECISIONS).iterdir())
        told = msgspec.json.decode((where / DECISIONS).read_bytes(), type=dict[str, tuple[Parcel, ...]])
        content = msgspec.json.encode({hub: (*told[hub], *late)})
        (where / DECISIONS).write_bytes(content)
        rewrite(where, DECISIONS, content)
        secrets = read_file(served.secrets_file)
    engine = connect(postgres.url(back), 5)
    done = restore(engine, secrets, tmp_path / "backups")
    assert (done.disposals, done.refused) == (1, 0)
    (said,) = done.left_out
    assert "did not hold that role" in said
    assert stories[1].stream in said
    engine.dispose()
    for one in (name, back):
        postgres.drop_database(one)


def test_nothing_is_restored_over_a_hub(drill: Drill, empty: str) -> None:
    with pytest.raises(Refusal, match="database-not-empty"):
        restored(drill, drill.served.database)
    assert verify(drill.served.direct, drill.hub).faults == ()


def test_keys_are_kept_as_many_days_as_the_hub_says(drill: Drill, tmp_path: Path) -> None:
    backups = tmp_path / "backups"
    store = drill.served.direct
    shutil.copytree(drill.backups, backups)
    days = directory(store, drill.hub).timeline.at(None).key_backup_days
    change(backups, KEYS, made_at=datetime.now(UTC) - timedelta(days=days, hours=1))
    back_up(store.engine, store.secrets, backups)
    assert [len(list((backups / part).iterdir())) for part in (LOG, KEYS, DECISIONS)] == [3, 1, 3]


def test_keys_whose_deletion_was_cut_off_go_with_the_next_backup(
    drill: Drill, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(*arguments: object) -> None:
        raise Killed

    backups, store = tmp_path / "backups", drill.served.direct
    begun, made = (f"{datetime.now(UTC) - timedelta(days=days):%Y%m%dT%H%M%S%fZ}" for days in (0, 400))
    shutil.copytree(min((drill.backups / KEYS).iterdir()), backups / KEYS / made)
    change(backups, KEYS, made_at=datetime.now(UTC) - timedelta(days=400))
    (backups / KEYS / f"{begun}.part").mkdir()
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", cut)
        with pytest.raises(Killed):
            back_up(store.engine, store.secrets, backups)
    there = {one.name for one in (backups / KEYS).iterdir()}
    assert f"{made}.part" in there
    assert made not in there
    back_up(store.engine, store.secrets, backups)
    # What another backup is making now is left alone.
    assert [one.name for one in (backups / KEYS).glob("*.part")] == [f"{begun}.part"]


def test_while_the_wrapping_key_is_rotated_nothing_is_backed_up(drill: Drill, tmp_path: Path) -> None:
    secrets = msgspec.structs.replace(drill.served.direct.secrets, next_wrapping="ab" * 32)
    with pytest.raises(Refusal, match="rotation-open"):
        back_up(drill.served.direct.engine, secrets, tmp_path / "backups")
    assert not (tmp_path / "backups").exists()


def test_a_backup_that_is_cut_off_is_none(
    drill: Drill, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: object) -> None:
        raise OSError("no space left")

    backups, store = tmp_path / "backups", drill.served.direct
    with monkeypatch.context() as patch:
        patch.setattr(backup, "_put", full)
        with pytest.raises(OSError, match="no space"):
            back_up(store.engine, store.secrets, backups)
    assert list((backups / LOG).iterdir()) == []


def test_no_words_of_a_case_and_no_key_in_clear_are_in_a_backup(drill: Drill) -> None:
    kept = b"".join(file.read_bytes() for file in drill.backups.rglob("*") if file.is_file())
    names = {e.body.surname for e in drill.kept.entries if isinstance(e.body, SubjectRecorded)}
    assert names
    for name in names:
        assert name.encode() not in kept
    secrets = read_file(drill.secrets)
    for part in (secrets.wrapping, secrets.signing, secrets.index):
        assert part.encode() not in kept


def test_backed_up_and_restored_from_the_command_line(
    drill: Drill, empty: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secrets = ["--secrets", str(drill.secrets)]
    to = str(tmp_path / "backups")
    assert cli.main(["backup", to, "--database", drill.served.database, *secrets]) == 0
    assert f"{drill.hub}: " in capsys.readouterr().out
    assert cli.main(["restore", to, "--database", empty, *secrets]) == 0
    assert "epoch 2 begins after" in capsys.readouterr().out
    assert cli.main(["verify", "--database", empty, *secrets]) == 0
    engine = connect(empty, 2)
    migrate(engine)
    engine.dispose()
    assert cli.main(["restore", to, "--name", "never", "--database", empty, *secrets]) == 1
    assert "no such backup" in capsys.readouterr().err


def test_a_database_without_a_hub_is_not_backed_up(drill: Drill, empty: str, tmp_path: Path) -> None:
    engine = connect(empty, 2)
    migrate(engine)
    with pytest.raises(Refusal, match="hub-unknown"):
        back_up(engine, read_file(drill.secrets), tmp_path / "backups")
    engine.dispose()
