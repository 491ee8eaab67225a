"""The drill for the store's keys: backed up, rotated, killed in the middle of it and run again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import Engine, select, text
from uuid6 import uuid7

from mash_desktop.domain.acts import Author, Draft, compose
from mash_desktop.domain.entries.hub import KeyEnrolled, KeyRevoked, PersonEnrolled
from mash_desktop.domain.entries.identity import HistoryRecorded
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.partial_date import PartialDate
from mash_desktop.domain.roles import Role
from mash_desktop.hub import load_preset
from mash_desktop.proofs.signature import SigningKey
from sync import cli
from sync.protocol import PeopleSearch, Standing
from sync.store import rotating, sealing, tables
from sync.store.authoring import hub_act, own_act
from sync.store.backup import back_up
from sync.store.bootstrap import NewPerson, add_people, directory, hubs, open_hub
from sync.store.bulk import copy
from sync.store.committing import lock
from sync.store.composition import Store
from sync.store.database import connect, migrate
from sync.store.examining import STORE
from sync.store.people_index import forget
from sync.store.restoring import restore
from sync.store.rotating import rotate_blocking, rotate_signing, rotate_wrapping
from sync.store.sealing import SECRETS_VARIABLE, Secrets, read_file, replace_secrets, write_secrets
from sync.store.secrets_backup import back_up_secrets
from sync.store.sign_in.provider import Provider
from sync.store.sign_in.sessions import Caller, Shown
from sync.store.verifying import verify
from tests.support.postgres import PostgresServer
from tests.support.store import REPOSITORY

# What is sealed anew are the same rows in either PostgreSQL.
pytestmark = pytest.mark.parametrize("postgres", ["embedded"], indirect=True)

PASSPHRASE = "tin lantern harbour"
HUBS = ("north", "south")
OLU = [NewPerson("Olu", "olu", (("mash", Role.HUB_MANAGER, None),))]


class Kept:
    """A store of two hubs that nobody serves, with its file of secrets."""

    def __init__(self, database: str, file: Path) -> None:
        self.database, self.file = database, file

    @property
    def secrets(self) -> Secrets:
        return read_file(self.file)

    @contextmanager
    def opened(self) -> Iterator[Engine]:
        """As a program that starts now."""
        engine = connect(self.database, 5, generation=self.secrets.generation)
        try:
            yield engine
        finally:
            engine.dispose()

    def run(self, rotate: Callable[[Engine, Path], object]) -> None:
        with self.opened() as engine:
            rotate(engine, self.file)

    def command(self, *arguments: str) -> list[str]:
        return [*arguments, "--database", self.database, "--secrets", str(self.file)]

    def sound(self) -> None:
        """Every log is as signed, and every body opens, with the secrets of the file."""
        with self.opened() as engine:
            store = Store(engine, self.secrets)
            for hub in hubs(store):
                assert verify(store, hub).faults == ()
                assert "Noor" in directory(store, hub).people.values()


@pytest.fixture(scope="module")
def made(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A database to copy, and its secrets."""
    folder, name = tmp_path_factory.mktemp("kept"), postgres.new_database()
    secrets = write_secrets(folder / "secrets.json")
    engine = connect(postgres.url(name), 3)
    migrate(engine)
    store = Store(engine, secrets)
    for hub in HUBS:
        open_hub(store, msgspec.structs.replace(load_preset("staffordshire"), id=hub))
        add_people(store, hub, [NewPerson("Noor", f"noor.{hub}", (("mash", Role.ADMINISTRATOR, None),))])
    with engine.begin() as db:
        sealed = secrets.seal("totp\x00north\x00x", b"secret")
        db.execute(
            text("update accounts set totp = :sealed, person = 'x' where hub = 'north'"), {"sealed": sealed}
        )
    engine.dispose()
    yield name, folder / "secrets.json"
    postgres.drop_database(name)


@pytest.fixture
def kept(made: tuple[str, Path], postgres: PostgresServer, tmp_path: Path) -> Iterator[Kept]:
    template, secrets = made
    name = postgres.new_database(template)
    file = tmp_path / "secrets.json"
    replace_secrets(file, read_file(secrets))
    yield Kept(postgres.url(name), file)
    postgres.drop_database(name)


def test_after_rotating_the_wrapping_key_the_old_one_opens_nothing(kept: Kept) -> None:
    old = kept.secrets
    with kept.opened() as engine:
        with engine.connect() as db:
            rows = db.execute(text("select stream || hub as name, wrapped from stream_keys"))
            before = {row.name: row.wrapped for row in rows}
        assert rotate_wrapping(engine, kept.file) == len(before) + 1
    new = kept.secrets
    assert new.wrapping not in (old.wrapping, "")
    assert (new.next_wrapping, new.signing, new.index) == ("", old.signing, old.index)
    with kept.opened() as engine, engine.connect() as db:
        for hub, stream, wrapped in db.execute(text("select hub, stream, wrapped from stream_keys")):
            assert wrapped != before[stream + hub]
            with pytest.raises(Refusal):
                old.open(f"stream\x00{hub}\x00{stream}", wrapped)
        totp = db.scalar(text("select totp from accounts where person = 'x'"))
    assert new.open("totp\x00north\x00x", totp or b"") == b"secret"
    assert kept.file.stat().st_mode & 0o777 == 0o600
    assert not kept.file.with_name("secrets.json.new").exists()
    kept.sound()


def test_what_a_directory_gave_in_confidence_and_what_was_refused_opens_after_rotating(kept: Kept) -> None:
    provider = Provider("Council sign-in", "https://login.example.gov.uk", "mash", "a secret")
    with kept.opened() as engine:
        store = Store(engine, kept.secrets)
        store.directories.set("north", provider, 300)
        signing = SigningKey.generate()
        noor = next(one for one, name in directory(store, "north").people.items() if name == "Noor")
        shown = Shown("d", b"x", signing.sign(b"x", b"label"), b"label")
        key = KeyEnrolled(key=signing.key_id, person=noor, device="d", public=signing.public.hex())
        store.admission.admit_own("north", hub_act("north", kept.secrets, [key], datetime.now(UTC)))
        with engine.begin() as db:
            store.sessions.open(db, "north", noor, shown, grant="a refresh token")
        author = Author(noor, "mash", Role.ADMINISTRATOR, signing.key_id)
        nameless = Draft("hub", PersonEnrolled(person=str(uuid7()), name=" "))
        act = compose("north", author, [nameless], signing, datetime.now(UTC))
        refused = store.admission.push("north", noor, [act]).answers
        assert refused[0].code == "field-empty"
        rotate_wrapping(engine, kept.file)
    with kept.opened() as engine, engine.connect() as db:
        store = Store(engine, kept.secrets)
        assert store.directories.of("north") == provider
        row = db.execute(select(tables.sessions)).one()
        assert store.sessions.grant(row) == "a refresh token"
        assert store.admission.push("north", noor, [act]).answers == refused


def test_a_program_with_the_old_wrapping_key_alone_stops_the_rotation_until_it_knows_both(kept: Kept) -> None:
    old = kept.secrets
    with kept.opened() as running, running.connect():
        with pytest.raises(Refusal, match="others-running"):
            kept.run(rotate_wrapping)
        # Until it is started again it works as before.
        Store(running, old).check_ready()
    begun = kept.secrets
    assert begun.next_wrapping
    with kept.opened() as again, again.connect():
        # Started again it knows both, and seals with the new one while the others are sealed anew.
        add_people(Store(again, begun), "north", OLU)
        kept.run(rotate_wrapping)
        assert "Olu" in directory(Store(again, begun), "north").people.values()
    kept.sound()


@pytest.mark.parametrize("rotate", [rotate_wrapping, rotate_blocking])
def test_a_program_that_was_away_while_a_key_was_rotated_is_let_in_no_more(
    kept: Kept, rotate: Callable[[Engine, Path, Callable[[int], None]], object], tmp_path: Path
) -> None:
    """What it wrote would open, or be found, with no key that is left."""
    with kept.opened() as engine:
        Teller(Store(engine, kept.secrets)).tell("Sandringham")
    with kept.opened() as away:
        store = Store(away, kept.secrets)
        away.dispose()

        def come_back(_: int = 0) -> None:
            with pytest.raises(Refusal, match="secrets-old"):
                add_people(store, "north", OLU)
            with pytest.raises(Refusal, match="not-ready") as told:
                store.check_ready()
            assert "Start this program of the store again" in told.value.sentence

        with kept.opened() as engine:
            rotate(engine, kept.file, come_back)
        come_back()
    kept.sound()
    with kept.opened() as engine:
        made = back_up(engine, kept.secrets, tmp_path)
    assert made.generation == kept.secrets.generation


def test_a_log_from_before_a_rotation_is_restored_with_keys_from_after_it_and_lets_programs_in(
    kept: Kept, postgres: PostgresServer, tmp_path: Path
) -> None:
    for _ in range(2):
        kept.run(rotate_wrapping)
        with kept.opened() as engine:
            back_up(engine, kept.secrets, tmp_path)
    first = min((tmp_path / "log").iterdir()).name
    name = postgres.new_database()
    restored = Kept(postgres.url(name), kept.file)
    with restored.opened() as engine:
        restore(engine, kept.secrets, tmp_path, first)
    restored.sound()
    postgres.drop_database(name)


def test_heads_are_signed_by_the_new_key_and_acts_of_the_old_one_still_verify(kept: Kept) -> None:
    old = kept.secrets
    with kept.opened() as engine:
        handed = dict(rotate_signing(engine, kept.file))
        new = kept.secrets
        assert handed == {hub: new.signing_key(hub).key_id for hub in HUBS}
        assert (new.next_signing, new.wrapping) == ("", old.wrapping)
        store = Store(engine, new)
        for hub in HUBS:
            assert store.head(hub).key == handed[hub]
            keys = directory(store, hub).keys
            assert keys[old.signing_key(hub).key_id].revoked is not None
            assert keys[handed[hub]].revoked is None
        kept.sound()
        # Who runs with the old key signs nothing more, and says so.
        with pytest.raises(Refusal, match="store-key-old"):
            add_people(Store(engine, old), "north", OLU)
        add_people(store, "north", OLU)
    kept.sound()


class Teller:
    """Somebody who tells of people in one hub of a store, and searches for them."""

    def __init__(self, store: Store) -> None:
        self.store, self.key, now = store, SigningKey.generate(), datetime.now(UTC)
        roles = (("scc-children", Role.TRIAGE_OPERATOR, None),)
        (made,) = add_people(store, "north", [NewPerson("Priya", f"priya.{self.key.key_id}", roles)])
        self.person = made.person
        enrolled = KeyEnrolled(
            key=self.key.key_id, person=made.person, device="d", public=self.key.public.hex()
        )
        store.admission.admit_own("north", hub_act("north", store.secrets, [enrolled], now))

    def tell(self, surname: str) -> None:
        body = HistoryRecorded(
            agency="scc-children", source_system="census", record=surname, cohort="children",
            forenames="Ivo", surname=surname, birth=PartialDate(2014, 3, 2),
        )  # fmt: skip
        author = Author(self.person, "scc-children", Role.TRIAGE_OPERATOR, self.key.key_id)
        draft = Draft(f"identity:{uuid7()}", body)
        parcel = compose("north", author, [draft], self.key, datetime.now(UTC))
        assert self.store.admission.push("north", self.person, [parcel]).answers[0].state == "admitted"

    def finds(self, store: Store, surname: str) -> bool:
        caller = Caller("north", self.person, "d", self.key.key_id, b"", directory(store, "north"))
        standing = Standing(agency="scc-children", role=Role.TRIAGE_OPERATOR)
        born = PartialDate(2014, 3, 2)
        asked = PeopleSearch(standing=standing, forenames="Ivo", surname=surname, birth=born)
        return f"Ivo {surname}" in [one.name for one in store.people.search(caller, asked).found]


def test_people_are_found_by_a_new_key_and_by_the_old_one_no_more_and_while_it_is_rotated_by_both(
    kept: Kept, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with kept.opened() as engine:
        teller = Teller(Store(engine, kept.secrets))
        teller.tell("Sandringham")
    old = kept.secrets
    with kept.opened() as running, running.connect(), pytest.raises(Refusal, match="others-running"):
        kept.run(rotate_blocking)
    with kept.opened() as engine:
        # Started again in the midst of it: finds who was told of before, and tells of somebody more.
        store = teller.store = Store(engine, kept.secrets)
        with pytest.raises(Refusal, match="rotation-open"):
            back_up(engine, kept.secrets, tmp_path / "backups")
        teller.tell("Balmoral")
        assert [teller.finds(store, one) for one in ("Sandringham", "Balmoral")] == [True, True]
        with engine.connect():
            assert cli.main(kept.command("keys", "rotate-blocking")) == 0
        assert "2 people are found by a new key" in capsys.readouterr().out
        teller.tell("Osborne")
        assert teller.finds(store, "Sandringham")
    new = kept.secrets
    assert new.next_blocking == ""
    assert new.blocking not in ("", old.index)
    assert replace(new, blocking="") == old
    with kept.opened() as engine:
        store = Store(engine, new)
        assert all(teller.finds(store, one) for one in ("Sandringham", "Balmoral", "Osborne"))
        assert not teller.finds(Store(engine, old), "Sandringham")
        with engine.connect() as db:
            restricted = db.scalars(select(tables.people_blocks.c.restricted).distinct()).all()
        assert restricted == [False]
    kept.run(rotate_blocking)
    assert kept.secrets.blocking not in ("", new.blocking)
    kept.sound()


def test_a_rotation_of_the_blocking_key_waits_for_who_is_telling_of_somebody_and_misses_nobody(
    kept: Kept,
) -> None:
    with kept.opened() as engine:
        teller = Teller(Store(engine, kept.secrets))
        for name in ("Sandringham", "Balmoral", "Osborne"):
            teller.tell(name)
        with engine.connect() as db:
            streams = list(db.scalars(select(tables.people.c.stream)))
    # As a program that is started again once the rotation has begun.
    replace_secrets(kept.file, replace(kept.secrets, next_blocking="ab" * 32))
    with kept.opened() as engine:
        with engine.begin() as telling:
            lock(telling, "north", streams[:1])
            rotating_now = threading.Thread(target=rotate_blocking, args=(engine, kept.file))
            rotating_now.start()
            waiting = text(
                "select count(*) from pg_locks where locktype = 'advisory' and not granted"
                " and database = (select oid from pg_database where datname = current_database())"
            )
            with kept.opened() as looking, looking.connect() as db:
                while not db.scalar(waiting):
                    assert rotating_now.is_alive()
            forget(telling, "north", streams[:1])
        rotating_now.join()
    with kept.opened() as engine, engine.connect() as db:
        found = {key.partition("#")[0] for key in db.scalars(select(tables.people_blocks.c.key))}
    assert found == set(streams[1:])


def test_a_key_handed_on_twice_is_linked_three_long(kept: Kept) -> None:
    kept.run(rotate_signing)
    kept.run(rotate_signing)
    with kept.opened() as engine:
        told = Store(engine, kept.secrets).store_keys("north")
    assert (len(told.keys), len(told.handed_on), len(told.retired)) == (3, 2, 2)
    kept.sound()


def test_a_rotation_begun_while_another_is_under_way_waits_and_neither_key_is_lost(kept: Kept) -> None:
    old = kept.secrets
    signing = threading.Thread(target=kept.run, args=(rotate_signing,))

    def meanwhile(done: int) -> None:
        if signing.ident is None:
            signing.start()
        waiting = text(
            "select count(*) from pg_locks where locktype = 'advisory' and not granted"
            " and database = (select oid from pg_database where datname = current_database())"
        )
        with kept.opened() as looking, looking.connect() as db:
            while signing.is_alive() and not db.scalar(waiting):
                pass

    with kept.opened() as engine:
        rotate_wrapping(engine, kept.file, meanwhile)
    signing.join()
    new = kept.secrets
    assert new.wrapping != old.wrapping
    assert new.signing != old.signing
    assert (new.next_wrapping, new.next_signing) == ("", "")
    kept.sound()


class Killed(BaseException):
    """As a kill would, it passes every handler."""


Rotate = Callable[[Engine, Path], object]
STEPS: dict[str, tuple[Rotate, object, str, int]] = {
    "before the next wrapping key is written": (rotate_wrapping, rotating, "replace_secrets", 0),
    "between two tables": (rotate_wrapping, rotating, "_rewrap", 1),
    "before the old wrapping key is dropped": (rotate_wrapping, rotating, "replace_secrets", 1),
    "while a file is being replaced": (rotate_signing, sealing, "sync_folder", 0),
    "before the log is told": (rotate_signing, rotating, "hub_act", 0),
    "before the head is signed anew": (rotate_signing, rotating, "signed_head", 0),
    "before the old key is revoked": (rotate_signing, rotating, "hub_act", 1),
    "between two hubs": (rotate_signing, rotating, "signed_head", 1),
    "before the old signing key is dropped": (rotate_signing, rotating, "replace_secrets", 1),
    "before people are found by the next key": (rotate_blocking, rotating, "_reblock", 0),
    "before the old blocking key is dropped": (rotate_blocking, rotating, "replace_secrets", 1),
}


@pytest.mark.parametrize("step", STEPS)
def test_cut_off_at_any_step_it_opens_as_it_is_and_goes_on_when_run_again(
    kept: Kept, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rotate, module, name, after = STEPS[step]
    real, calls = getattr(module, name), []

    def cut(*arguments: object, **named: object) -> object:
        calls.append(1)
        if len(calls) > after:
            raise Killed
        return real(*arguments, **named)

    old = kept.secrets
    with monkeypatch.context() as patch:
        patch.setattr(module, name, cut)
        with pytest.raises(Killed):
            kept.run(rotate)
    kept.sound()
    kept.run(rotate)
    kept.sound()
    new = kept.secrets
    assert (new.wrapping, new.signing, new.blocking) != (old.wrapping, old.signing, old.blocking)
    assert (new.next_wrapping, new.next_signing, new.next_blocking) == ("", "", "")


def test_killed_in_the_middle_and_run_again_from_the_command_line(kept: Kept) -> None:
    secrets = kept.secrets
    # Enough that there is a middle.
    days = [f"access:{date(1990, 1, 1) + timedelta(days=n)}" for n in range(6000)]
    with kept.opened() as engine, engine.begin() as db:
        rows = [("north", day, secrets.seal(f"stream\x00north\x00{day}", bytes(32))) for day in days]
        copy(db, tables.stream_keys, rows)
    command = [sys.executable, "-m", "sync.cli", *kept.command("keys", "rotate-wrapping")]
    terminal, its_end = os.openpty()
    process = subprocess.Popen(command, cwd=REPOSITORY, env=os.environ.copy(), stderr=its_end)
    os.close(its_end)
    try:
        said = b""
        while b"looked at" not in said:
            said += os.read(terminal, 1)
        process.send_signal(signal.SIGKILL)
        process.wait(30)
    finally:
        os.close(terminal)
    assert kept.secrets.next_wrapping
    kept.sound()
    deadline = time.monotonic() + 60
    while True:
        # PostgreSQL takes a moment to see that the killed program is gone.
        done = subprocess.run(
            command, cwd=REPOSITORY, env=os.environ.copy(), capture_output=True, text=True, check=False
        )
        if done.returncode == 0 or time.monotonic() > deadline:
            break
    assert done.returncode == 0, done.stderr
    assert not kept.secrets.next_wrapping
    kept.sound()


def test_secrets_are_backed_up_under_a_passphrase_and_come_back_the_same(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    backup, secrets = tmp_path / "secrets.backup", kept.secrets
    monkeypatch.setenv(cli.BACKUP_PASSPHRASE, PASSPHRASE)
    assert cli.main(kept.command("keys", "backup", "--file", str(backup))) == 0
    assert backup.stat().st_mode & 0o777 == 0o600
    raw = backup.read_bytes()
    for part in (secrets.wrapping, secrets.signing, secrets.index, PASSPHRASE):
        assert part.encode() not in raw
        assert bytes.fromhex(secrets.wrapping) not in raw
    assert cli.main(kept.command("keys", "restore", "--file", str(backup))) == 1
    assert "already" in capsys.readouterr().err
    kept.file.unlink()
    assert cli.main(kept.command("keys", "restore", "--file", str(backup))) == 0
    assert kept.secrets == secrets
    said = capsys.readouterr()
    assert secrets.wrapping not in said.out + said.err
    kept.sound()


@pytest.mark.parametrize(
    ("arguments", "passphrase", "spoil", "sentence"),
    [
        (["backup"], PASSPHRASE, None, "--file"),
        (["backup", "--file", "BACKUP"], PASSPHRASE, None, "There is a file"),
        (["backup", "--file", "NEW"], "short", None, "at least 12"),
        (["backup", "--file", "NEW"], "", None, cli.BACKUP_PASSPHRASE),
        (["restore", "--file", "BACKUP"], "another passphrase", None, "does not open"),
        (["restore", "--file", "BACKUP"], PASSPHRASE, b"\xff", "is no backup"),
        (["restore", "--file", "NEW"], PASSPHRASE, None, "is no backup"),
    ],
)
def test_what_is_wrong_with_a_backup_of_secrets_is_a_sentence(
    kept: Kept,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    passphrase: str,
    spoil: bytes | None,
    sentence: str,
) -> None:
    backup = tmp_path / "secrets.backup"
    back_up_secrets(kept.secrets, backup, PASSPHRASE)
    if spoil is not None:
        backup.write_bytes(spoil)
    monkeypatch.setenv(cli.BACKUP_PASSPHRASE, passphrase)
    names = {"BACKUP": str(backup), "NEW": str(tmp_path / "new")}
    told = [names.get(one, one) for one in arguments]
    if told[0] == "restore":
        kept.file.unlink()
    assert cli.main(kept.command("keys", *told)) == 1
    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1


def test_keys_are_rotated_in_a_file_only_and_restored_to_one(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["keys", "rotate-signing", "--database", kept.database]) == 1
    backup = tmp_path / "b"
    back_up_secrets(kept.secrets, backup, PASSPHRASE)
    assert cli.main(["keys", "restore", "--database", kept.database, "--file", str(backup)]) == 1
    assert "--secrets" in capsys.readouterr().err
    monkeypatch.setenv(SECRETS_VARIABLE, kept.file.read_text())
    assert cli.main(kept.command("keys", "rotate-wrapping")) == 1
    assert SECRETS_VARIABLE in capsys.readouterr().err
    monkeypatch.delenv(SECRETS_VARIABLE)
    assert cli.main(kept.command("keys", "rotate-signing")) == 0
    assert "Hub north is signed with the key" in capsys.readouterr().out
    kept.sound()


def test_nobody_but_the_store_enrols_or_revokes_a_key_of_the_store(kept: Kept) -> None:
    with kept.opened() as engine:
        refuses_keys_of_the_store(Store(engine, kept.secrets), kept.secrets)
    kept.sound()


def refuses_keys_of_the_store(store: Store, secrets: Secrets) -> None:
    now, key, other = datetime.now(UTC), SigningKey.generate(), SigningKey.generate()
    own = secrets.signing_key("north")
    person = next(p for p, name in directory(store, "north").people.items() if name == "Noor")
    mine = KeyEnrolled(key=key.key_id, person=person, device="d", public=key.public.hex())
    store.admission.admit_own("north", hub_act("north", secrets, [mine], now))
    noor = Author(person, "mash", Role.ADMINISTRATOR, key.key_id)
    for body in (
        KeyEnrolled(key=other.key_id, person=STORE, device="d", public=other.public.hex()),
        KeyRevoked(key=own.key_id, reason="No."),
    ):
        parcel = compose("north", noor, [Draft("hub", body)], key, now)
        assert store.admission.push("north", person, [parcel]).answers[0].code == "key-of-store"
    itself = own_act("north", secrets, "hub", [KeyRevoked(key=own.key_id, reason="No.")], now)
    with pytest.raises(Refusal, match="key-of-store"):
        store.admission.admit_own("north", itself)
