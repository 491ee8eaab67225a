"""Caches as earlier versions wrote them, opened by this one. They are kept in ``kept/`` and never made anew:
the key of each is its version's byte over and over."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection

from mash_desktop.cache import Cache, open_cache, open_engine, schema, upgrading
from mash_desktop.cache.engine import connect
from mash_desktop.cache.feed import FeedPlace
from mash_desktop.cache.projection import SentTo, queue_row
from mash_desktop.cache.schema import VERSION
from mash_desktop.cache.searching import Asked
from mash_desktop.domain.acts import check_bodies, check_signature, read
from mash_desktop.domain.entries.contact import NoteAdded
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.fold import Stage
from mash_desktop.matching import PersonFacts

KEPT = Path(__file__).parent / "kept"
OLD = sorted(KEPT.glob("v*.db"))
KEYS = {"v1": "1d" * 32, "v2": "2d" * 32, "v3": "3d" * 32, "v4": "4d" * 32}


@pytest.fixture(params=[path.stem for path in OLD])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Cache:
    name = request.param
    shutil.copy(KEPT / f"{name}.db", tmp_path / "cache.db")
    return open_cache(tmp_path / "cache.db", lambda: KEYS[name])


def test_there_is_one_of_every_version_before_this_one() -> None:
    assert [path.stem for path in OLD] == [f"v{number}" for number in range(1, VERSION)]


def test_what_had_not_been_sent_is_there_to_the_byte(old: Cache) -> None:
    waiting = old.waiting()
    assert [(one.state, one.code) for one in waiting] == [
        ("refused", "not-permitted"),
        ("waiting", ""),
        ("waiting", ""),
    ]
    assert [entry.body for one in waiting for entry in one.entries] == [
        NoteAdded(words="Rang the school at ten."),
        NoteAdded(words="Ms Hale rings back at two."),
        NoteAdded(words="Seen by the health visitor."),
    ]
    public = next(iter(old.directory().keys.values())).public
    (parcel,) = old.outgoing("priya", 10)
    check_signature(parcel.signed, bytes.fromhex(public))
    check_bodies(read(parcel.signed), parcel.bodies, whole=True)
    assert read(parcel.signed).id == waiting[2].act
    old.close()


def test_what_was_held_is_there_and_found(old: Cache) -> None:
    assert old.referral("referral:1").stage is Stage.ADMITTED
    assert old.draft("triage/1/words") == "Half a sentence about"
    assert old.fact("account") == b'{"person":"priya"}'
    assert old.chunk("ab" * 32) == b"a page"
    assert old.unsent_chunks() == ("ab" * 32,)
    assert found(old, "obrien") == found(old, "sian") == {"identity:1"}
    assert {key.partition("#")[0] for key in found(old, "carter")} >= {"referral:1", "referral:2"}
    assert old.matches(PersonFacts(forenames="Sian", surname="OBrien"), "ruth")
    assert "hub" in old.places()
    old.close()


def test_whom_an_older_version_heard_otherwise_is_found_as_heard_now(tmp_path: Path) -> None:
    old = open_cache(copied(tmp_path, "v3"), lambda: KEYS["v3"])
    assert found(old, "rian smithjones") == {"identity:21"}
    assert found(old, "niamh hart") == {"identity:22"}
    for typed in (PersonFacts("Rian", "Smithjones"), PersonFacts("Ryan", "Smith")):
        assert [one.key for one in old.matches(typed, "ruth")] == ["identity:21"]
    old.close()


def test_what_a_receiving_team_had_is_still_with_it(tmp_path: Path) -> None:
    old = open_cache(copied(tmp_path, "sent-v2"), lambda: KEYS["v2"])
    for stream, waits in (("referral:3", True), ("referral:4", False)):
        row, referral = old.row(stream), old.referral(stream)
        assert row is not None
        assert row.sent == queue_row(referral).sent == (SentTo("scc-children", "social-work-gateway", waits),)
        (sending,) = referral.sent
        assert sending.subjects == ("mia", "tyler"), "who named nobody sent everybody"
        assert (sending.acted_at is None) is waits
    old.close()


def test_it_goes_on_as_if_it_had_been_made_by_this_version(old: Cache, tmp_path: Path) -> None:
    fresh = Cache(open_engine(tmp_path / "fresh.db", lambda: "5a" * 32))
    assert shape(old) == shape(fresh)
    fresh.close()
    act = old.waiting()[1].act
    old.let_go(act)
    assert len(old.waiting()) == 2
    mine = "agency:scc-children"
    old.receive([], [FeedPlace(mine, 1, 9, bytes(32))], ["hub", mine])
    assert found(old, "carter")
    old.receive([], [], ["hub"])
    assert found(old, "carter") == set()
    assert len(old.waiting()) == 2
    old.close()


def found(cache: Cache, typed: str) -> set[str]:
    return {hit.key for hit in cache.search(Asked.of(typed), "ruth")}


def test_markers_that_an_older_version_held_hide_from_now_on(tmp_path: Path) -> None:
    shutil.copy(KEPT / "v2.db", tmp_path / "cache.db")
    cache = open_cache(tmp_path / "cache.db", lambda: KEYS["v2"])
    (known,) = [hit for hit in cache.search(Asked.of("mia louise"), "ruth") if hit.key == "identity:9"]
    assert known.shown.suppressed
    assert "identity:9" not in found(cache, "14 mill")
    assert [one.stream for one in cache.linked_identities("referral:2")] == ["identity:9"]
    cache.close()


# --- on a copy


def copied(folder: Path, name: str = "v2") -> Path:
    path = folder / "cache.db"
    shutil.copy(KEPT / f"{name}.db", path)
    return path


def code_of(path: Path) -> str:
    with pytest.raises(Refusal) as told:
        open_cache(path, lambda: KEYS["v2"])
    assert told.value.sentence.endswith(".")
    return told.value.code


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_an_older_cache_is_not_used_before_it_has_been_upgraded(tmp_path: Path) -> None:
    path = copied(tmp_path)
    with pytest.raises(ValueError, match="upgraded before"):
        Cache(open_engine(path, lambda: KEYS["v2"]))


def test_what_a_newer_program_wrote_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = copied(tmp_path)
    newer = connect(path, lambda: KEYS["v2"])
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    before = path.read_bytes()
    assert code_of(path) == "profile-newer"
    assert path.read_bytes() == before
    assert names_in(tmp_path) == ["cache.db"]


@pytest.mark.parametrize(
    "harm",
    [
        "DELETE FROM drafts",
        "UPDATE outbox SET state = 'waiting', code = ''",
        "UPDATE entries SET body = x'7b7d' WHERE position IS NULL",
        "no such statement",
    ],
)
def test_a_step_that_would_lose_something_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, harm: str
) -> None:
    path = copied(tmp_path)

    def step(connection: Connection) -> None:
        schema._search_by_person(connection)
        connection.exec_driver_sql(harm)

    monkeypatch.setattr(schema, "STEPS", (schema.STEPS[0], step))
    assert code_of(path) == "upgrade-failed"
    assert names_in(tmp_path) == ["cache.db"]
    monkeypatch.undo()
    cache = open_cache(path, lambda: KEYS["v2"])
    assert len(cache.waiting()) == 3
    cache.close()


@pytest.mark.parametrize("pragma", ["cipher_integrity_check", "integrity_check"])
def test_a_copy_that_does_not_check_out_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pragma: str
) -> None:
    path, apply_steps = copied(tmp_path), schema.apply_steps

    def damaged(connection: Connection) -> None:
        apply_steps(connection)
        if pragma == "integrity_check":
            # Pages that belong to nothing any more.
            connection.exec_driver_sql("PRAGMA writable_schema = ON")
            connection.exec_driver_sql("DELETE FROM sqlite_master WHERE name = 'entries_by_stream'")
            connection.exec_driver_sql("PRAGMA schema_version = 9999")

    upgrade = upgrading._upgrade

    def torn(path: Path, fresh: Path, key: Callable[[], str]) -> None:
        # A page that no step reads.
        copy = connect(fresh, key)
        (page,) = copy.execute("SELECT rootpage FROM sqlite_master WHERE name = 'chunks'").fetchone()
        copy.close()
        with fresh.open("r+b") as file:
            file.seek(page * 4096 - 64)
            file.write(bytes(64))
        upgrade(path, fresh, key)

    if pragma == "cipher_integrity_check":
        monkeypatch.setattr(upgrading, "_upgrade", torn)
    else:
        monkeypatch.setattr(schema, "apply_steps", damaged)
    assert code_of(path) == "upgrade-failed"
    assert names_in(tmp_path) == ["cache.db"]


def test_without_room_for_a_copy_the_old_one_stays(tmp_path: Path, small_disk: Path) -> None:
    path = copied(small_disk)
    filler = small_disk / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))
    assert code_of(path) == "disk-full"
    filler.unlink()
    cache = open_cache(path, lambda: KEYS["v2"])
    assert len(cache.waiting()) == 3
    cache.close()


KILLED = """
import os, shutil, signal, sys
from pathlib import Path
from mash_desktop.cache import open_cache, schema, upgrading
from mash_desktop.cache.engine import connect

kept, folder, key = Path(sys.argv[1]), Path(sys.argv[2]), lambda: "2d" * 32
path = folder / "cache.db"


def outbox():
    connection = connect(path, key)
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    found = connection.execute(upgrading._OUTBOX).fetchall()
    connection.close()
    return found, version


def upgrade(lines):
    seen = set()

    def line(frame, event, argument):
        if event == "line":
            seen.add((frame.f_code.co_filename, frame.f_lineno))
            if len(seen) > lines:
                os.kill(os.getpid(), signal.SIGKILL)
        return line

    ours = {upgrading.__file__, schema.__file__, sys.modules["mash_desktop.vault.files"].__file__}
    sys.settrace(lambda frame, event, argument: line if frame.f_code.co_filename in ours else None)
    upgrading.bring_up_to_date(path, key)
    sys.settrace(None)


shutil.copy(kept, path)
as_it_was = outbox()[0]
versions, lines = [], 0
while True:
    for each in folder.iterdir():
        each.unlink()
    shutil.copy(kept, path)
    child = os.fork()
    if child == 0:
        upgrade(lines)
        os._exit(0)
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert ended in (0, -signal.SIGKILL), ended
    rows, version = outbox()
    assert rows == as_it_was
    versions.append(version)
    cache = open_cache(path, key)
    assert len(cache.waiting()) == 3 and cache.draft("triage/1/words") == "Half a sentence about"
    cache.close()
    left = sorted(each.name for each in folder.iterdir())
    assert left == ["cache.db", "cache.db.saved"], left
    if ended == 0:
        break
    lines += 1
assert versions == sorted(versions) and versions[0] == 2 and versions[-1] == schema.VERSION, versions
print(len(versions))
"""


def test_a_kill_at_any_step_leaves_the_old_one_or_the_new_one(tmp_path: Path) -> None:
    folder = tmp_path / "profile"
    folder.mkdir()
    ran = subprocess.run(
        [sys.executable, "-c", KILLED, str(KEPT / "v2.db"), str(folder)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": "."},
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout) > 40


def shape(cache: Cache) -> set[tuple[str, str, str]]:
    with cache._read() as connection:
        found = connection.exec_driver_sql("SELECT type, name, coalesce(sql, '') FROM sqlite_master").all()
        version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    return {(row[0], row[1], row[2]) for row in found} | {("version", "", str(version))}
