"""An audit where the store's signing key is handed on: kept before and checked after, asked after of before;
and a hub whose key was handed on twice since its last backup."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from mash_desktop.domain.errors import Refusal
from mash_desktop.proofs.signature import SigningKey, key_id
from sync import cli
from sync.auditing.command import keep
from sync.auditing.evidence import Evidence, Question, check
from sync.auditing.run import SEEN, gather
from sync.client import Distrust
from sync.importing import Device
from sync.protocol import Session
from sync.store.backup import back_up
from sync.store.composition import Store
from sync.store.database import connect
from sync.store.restoring import restore
from sync.store.rotating import rotate_signing
from sync.store.sealing import Secrets, read_file, replace_secrets
from sync.store.verifying import verify
from tests.support.postgres import PostgresServer
from tests.support.store import PASSWORD, ServedStore, serving
from tests.sync.auditing.conftest import TODAY, Looking, Officer, looked

pytestmark = [
    pytest.mark.parametrize("postgres", ["embedded"], indirect=True, scope="session"),
    pytest.mark.usefixtures("loops_apart"),
]


@dataclass
class Kept:
    """A hub whose audit was kept and which was backed up, before its key was handed on twice."""

    looking: Looking
    before: Evidence
    old: Secrets
    folder: Path
    database: str

    @property
    def hub(self) -> str:
        return self.looking.officer.hub

    @property
    def file(self) -> Path:
        return self.looking.officer.served.secrets_file

    def asked(self, officer: Officer, device: Device, session: Session) -> Evidence:
        """At the service that runs now."""
        here = replace(device, server=replace(officer.server, hub=self.hub))
        author = here.author(session, self.looking.author.role, None)
        question = Question(self.looking.child, TODAY - timedelta(days=1), TODAY + timedelta(days=1))
        # On a thread, since it is asked before the fixtures of any one test too: see ``loops_apart``.
        with ThreadPoolExecutor(1) as thread:
            asking = gather(officer.profile, here, session, author, question)
            return thread.submit(asyncio.run, asking).result()

    @contextmanager
    def serving(self, database: str = "") -> Iterator[ServedStore]:
        """The hub served again, with the secrets of now."""
        with serving(database or self.database, self.folder) as served:
            self.looking.officer.served = served
            yield served


@pytest.fixture
def kept(hub_kept: Kept) -> Iterator[Kept]:
    """The hub; what the officer's profile has seen of its log is afterwards as before."""
    seen = hub_kept.looking.officer.profile / SEEN
    before = seen.read_bytes()
    yield hub_kept
    seen.write_bytes(before)


@pytest.fixture(scope="module")
def hub_kept(
    postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory, secret_service: object
) -> Iterator[Kept]:
    name, folder = postgres.new_database(), tmp_path_factory.mktemp("kept")
    with serving(postgres.url(name), folder) as served:
        looking = looked(served, folder / "officer")
        made = Kept(looking, None, read_file(served.secrets_file), folder, served.database)  # type: ignore[arg-type]  # before, below
        made.before = made.asked(looking.officer, looking.device, looking.session)
        back_up(served.direct.engine, made.old, folder / "backups")
    engine = connect(made.database, 5, generation=made.old.generation)
    for _ in range(2):
        rotate_signing(engine, served.secrets_file)
    engine.dispose()
    yield made
    postgres.drop_database(name)


def test_an_audit_across_two_hand_overs_proves_itself_before_and_after(
    kept: Kept, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = (one.signing_key(kept.hub).public for one in (kept.old, read_file(kept.file)))
    with kept.serving() as served:
        # Asked after, about before, on a device that knew the first key.
        looking = kept.looking
        after = kept.asked(looking.officer, looking.device, looking.session)
        assert len(after.store_keys.keys) == 3
        kinds = [entry.kind for entry in check(after, old).entries]
        assert {"record.viewed", "search.made", "glass.broken"} <= set(kinds)
        assert check(after, new).store_key == key_id(new)
        early = [entry.kind for entry in check(kept.before).entries]
        assert kinds[: len(early)] == early
        # And on a device that is enrolled only now.
        fresh = Officer(served, kept.hub, kept.folder / "fresh")
        found = kept.asked(fresh, *fresh.signed_in()).entries
        assert [one.position for one in found[: len(early)]] == [one.position for one in kept.before.entries]
    files = kept.folder / "before.json", kept.folder / "after.json"
    for file, evidence in zip(files, (kept.before, after), strict=True):
        keep(file, evidence)
    # Kept before, checked after: by itself, with the key of its time, and with the present one once it is
    # shown how the one came of the other.
    command = ["audit", "--check", str(files[0])]
    assert cli.main(command) == 0
    assert cli.main([*command, "--store-key", old.hex()]) == 0
    said = capsys.readouterr().out
    assert f"signed by the store's key {key_id(old)}" in said
    assert cli.main([*command, "--store-key", new.hex()]) == 1
    assert "--handed-on" in capsys.readouterr().err
    assert cli.main([*command, "--store-key", new.hex(), "--handed-on", str(files[1])]) == 0
    assert capsys.readouterr().out == said[: len(said) // 2]
    stranger = SigningKey.generate().public.hex()
    assert cli.main([*command, "--store-key", stranger, "--handed-on", str(files[1])]) == 1
    where = ["--database", served.database, "--secrets", str(kept.file), "--hub", kept.hub]
    for file in files:
        assert cli.main(["verify", *where, "--kept", str(file)]) == 0
    cut = replace(after.store_keys, retired=after.store_keys.retired[:1])
    with pytest.raises(Distrust) as told:
        check(kept.before, new, cut)
    assert told.value.code == "store-key-unlinked"


def test_a_backup_from_before_two_hand_overs_is_restored_and_desktops_that_followed_go_on(
    kept: Kept, postgres: PostgresServer
) -> None:
    name, present = postgres.new_database(), read_file(kept.file)
    keys = tuple(one.signing_key(kept.hub).public for one in present.signers())
    engine = connect(postgres.url(name), 5)
    restore(engine, present, kept.folder / "backups")
    # Cut off or not, once more does no harm.
    restore(engine, present, kept.folder / "backups")
    assert verify(Store(engine, present), kept.hub).faults == ()
    engine.dispose()
    with kept.serving(postgres.url(name)):
        officer = kept.looking.officer
        there = replace(kept.looking.device, server=replace(officer.server, hub=kept.hub))
        session = there.sign_in(PASSWORD, officer.totp_code())
        # The device of before the hand-overs, and one that was given the last key.
        for pinned in (keys[0], keys[2]):
            evidence = kept.asked(officer, replace(there, store_key=pinned), session)
            assert evidence.store_keys.keys == keys
            assert check(evidence, pinned).entries[0].kind == "record.viewed"
    postgres.drop_database(name)


def test_secrets_that_never_had_a_logs_key_restore_and_rotate_nothing_and_say_which_to_name(
    kept: Kept, postgres: PostgresServer, capsys: pytest.CaptureFixture[str]
) -> None:
    name = postgres.new_database()
    forgotten = kept.folder / "forgotten.json"
    replace_secrets(forgotten, replace(read_file(kept.file), former_signing=()))
    more = ["--database", postgres.url(name), "--secrets", str(forgotten)]
    assert cli.main(["restore", str(kept.folder / "backups"), *more]) == 1
    assert "Name the secrets of that time" in capsys.readouterr().err
    older = kept.folder / "older.json"
    replace_secrets(older, kept.old)
    engine = connect(kept.database, 2)
    with pytest.raises(Refusal, match="secrets-wrong"):
        rotate_signing(engine, older)
    engine.dispose()
    assert read_file(older) == kept.old
    postgres.drop_database(name)
