"""A damaged cache is told, what exists nowhere else is saved out of it, and the rest is fetched again."""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from mash_desktop.cache import Cache, engine, open_cache, outbox, rescuing, saved
from mash_desktop.cache.engine import connect, mark_damaged, told
from mash_desktop.cache.schema import READ_ONCE
from mash_desktop.domain.acts import Draft, Parcel, compose, read
from mash_desktop.domain.entries.contact import DocumentAttached, NoteAdded
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.fold.stage import OPEN
from mash_desktop.vault import files
from tests.domain.story import CONSULTANT, KEY, OPERATOR, START, Story
from tests.support.desks import receive, receive_hub

KEY_HEX = "5a" * 32
PAGE = 4096
PIECE = "ab" * 32
FIRST = 1200
"""The number of the first act that waits."""
NOTES = [f"Note {number}: " + "rang the school. " * 40 for number in range(12)]


def parcels() -> list[Parcel]:
    made = [
        compose("staffordshire", OPERATOR, [Draft("referral:1", NoteAdded(words=words))], KEY, START)
        for words in NOTES
    ]
    document = DocumentAttached(
        document="d1", title="Letter", media_type="application/pdf", size=6, digest=PIECE, chunks=(PIECE,)
    )
    return [*made, compose("staffordshire", OPERATOR, [Draft("referral:1", document)], KEY, START)]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache of some days' work, closed."""
    path = tmp_path_factory.mktemp("whole") / "cache.db"
    cache = open_cache(path, key)
    receive_hub(cache)
    for number in range(1, 6):
        receive(cache, CONSULTANT, Story(f"referral:{number}", first=number * 1000).taken())
    cache.put_facts({"account": b"somebody", "signing-key": b"secret", "head": b"3", READ_ONCE: b"yes"})
    for number in range(20):
        cache.put_draft(f"triage/{number}", "Half a sentence " * 30)
    cache.put_chunk(PIECE, b"a page")
    number_from(cache, FIRST)
    for parcel in parcels():
        cache.save(parcel)
    cache.close()
    return path


def number_from(cache: Cache, first: int) -> None:
    """Let as much have been sent before as some days bring."""
    with cache._write() as connection:
        outbox.count_from(connection, first - 1)


def key() -> str:
    return KEY_HEX


@pytest.fixture
def path(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(whole, tmp_path / "cache.db"))


def flip(path: Path, *pages: int) -> None:
    content = bytearray(path.read_bytes())
    for page in pages:
        content[page * PAGE + 1000] ^= 1
    path.write_bytes(content)


def count_pages(path: Path) -> int:
    return path.stat().st_size // PAGE


def refused(path: Path) -> Refusal:
    with pytest.raises(Refusal) as told:
        open_cache(path, key)
    assert told.value.sentence.endswith(".")
    return told.value


def read_everything(cache: Cache) -> None:
    for stream in cache.streams(""):
        cache.entries(stream)
    cache.queue(tuple(OPEN))
    cache.waiting()
    cache.unsent_chunks()
    cache.chunk(PIECE)
    cache.drafts("")
    for number in range(20):
        cache.draft(f"triage/{number}")
    for name in ("account", "signing-key", "head"):
        cache.fact(name)


def test_a_flipped_bit_on_any_page_costs_at_most_what_stood_there(whole: Path, tmp_path: Path) -> None:
    """Each page in turn, the first and the free ones included."""
    driver, mended = connect(whole, key), 0
    tables = "('acts', 'entries', 'outbox', 'drafts', 'facts', 'chunks')"
    found = driver.execute(f"SELECT rootpage - 1 FROM sqlite_master WHERE name IN {tables}").fetchall()
    driver.close()
    # Without the page that a table begins with nothing of it is found, and without the shape nothing at all.
    roots = {0, *(row[0] for row in found)}
    for page in range(count_pages(whole)):
        path = Path(shutil.copy(whole, tmp_path / "cache.db"))
        flip(path, page)
        if not has_shape(path):
            roots.add(page)
        try:
            cache = open_cache(path, key)
            try:
                read_everything(cache)
            finally:
                cache.close()
            refusal = None
        except Refusal as met:
            # Met while it was open: the next opening saves.
            refusal = refused(path) if met.code == "cache-unreadable" else met
        if refusal is not None:
            assert refusal.code == "cache-mended" or page in roots, (page, refusal)
            mended += 1
        again = open_cache(path, key)
        read_everything(again)
        lost = len(parcels()) - len(again.waiting())
        told = "" if refusal is None else refusal.sentence
        assert lost <= 6 or page in roots, (page, told)
        assert again.fact("account") == b"somebody" or page in roots
        if "could not be read" not in told and "any more" not in told:
            assert (lost, len(again.drafts(""))) == (0, 20)
            assert again.chunk(PIECE) == b"a page"
        else:
            assert (tmp_path / "cache.db.damaged-1").exists()
        if told:
            assert again.places() == {}
        again.close()
        for each in tmp_path.glob("cache.db*"):
            each.unlink()
    assert mended > count_pages(whole) // 2
    assert len(roots) < 12


def has_shape(path: Path) -> bool:
    try:
        driver = connect(path, key)
    except Refusal:
        return False
    driver.close()
    return True


def test_what_is_saved_is_sent_as_it_was_signed_and_the_rest_is_read_anew(path: Path) -> None:
    driver = connect(path, key)
    rows = driver.execute("SELECT rootpage FROM sqlite_master WHERE name = 'grants'").fetchall()
    driver.close()
    flip(path, rows[0][0] - 1)
    cache = open_cache(path, key)
    with pytest.raises(Refusal) as told:
        cache.forget_audience("hub")
    assert told.value.code == "cache-unreadable"
    cache.close()
    assert (path.parent / "cache.db.damaged").exists()
    refusal = refused(path)
    assert refusal.code == "cache-mended"
    assert "13 things not yet sent and 20 drafts were saved" in refusal.sentence
    cache = open_cache(path, key)
    sent = cache.outgoing("priya", 100)
    assert [one.bodies[0].body for one in sent] == [
        body for one in parcels() for body in [one.bodies[0].body]
    ]
    assert {read(one.signed).key for one in sent} == {KEY.key_id}
    assert cache.unsent_chunks() == (PIECE,)
    assert cache.places() == {}
    # As on the first day: what is most urgent comes first.
    assert cache.fact(READ_ONCE) is None
    receive_hub(cache)
    receive(cache, CONSULTANT, Story("referral:1", first=1000).taken())
    assert cache.row("referral:1") is not None
    cache.close()
    # All that was there could be read: nothing of the damaged file is kept.
    assert sorted(each.name for each in path.parent.iterdir()) == ["cache.db", "cache.db.saved"]


def test_much_damage_saves_what_can_be_read_and_keeps_the_damaged_file(path: Path) -> None:
    chance = random.Random(7)
    flip(path, *chance.sample(range(1, count_pages(path)), count_pages(path) // 3))
    refusal = refused(path)
    assert refusal.code in {"cache-mended", "cache-lost"}
    assert "cache.db.damaged-1" in refusal.sentence
    assert (path.parent / "cache.db.damaged-1").exists()
    cache = open_cache(path, key)
    assert len(cache.waiting()) < 13
    cache.close()
    # And a second time beside the first.
    flip(path, *range(1, count_pages(path)))
    refused(path)
    assert (path.parent / "cache.db.damaged-2").exists()


def test_a_file_that_is_no_cache_any_more_is_set_aside(path: Path) -> None:
    path.write_bytes(os.urandom(PAGE * 3))
    refusal = refused(path)
    assert refusal.code == "cache-lost"
    assert "one-time code" in refusal.sentence
    cache = open_cache(path, key)
    assert cache.waiting() == ()
    cache.close()


def test_damage_in_the_log_of_writes_is_met_as_well(path: Path) -> None:
    cache = open_cache(path, key)
    for number in range(20, 60):
        cache.put_draft(f"triage/{number}", "Half a sentence " * 30)
    folder = path.parent / "as a crash left it"
    folder.mkdir()
    for each in path.parent.glob("cache.db*"):
        shutil.copy(each, folder)
    cache.close()
    (folder / "cache.db-shm").unlink()
    wal = folder / "cache.db-wal"
    content = bytearray(wal.read_bytes())
    content[len(content) // 2] ^= 1
    wal.write_bytes(content)
    # SQLite reads no further than a frame that does not check out.
    again = open_cache(folder / "cache.db", key)
    assert 20 <= len(again.drafts("")) < 60
    assert len(again.waiting()) == 13
    again.close()


# --- a log of writes cut short


def as_a_crash_left_it(cache: Cache, folder: Path) -> Path:
    """The files of a cache that is open, and the log of writes cut in its midst."""
    folder.mkdir()
    for each in cache._path.parent.glob("cache.db*"):
        shutil.copy(each, folder)
    (folder / "cache.db-shm").unlink()
    wal = folder / "cache.db-wal"
    wal.write_bytes(wal.read_bytes()[: wal.stat().st_size // 2])
    return folder / "cache.db"


def test_acts_that_a_log_cut_short_has_lost_are_counted_and_told_once(path: Path, tmp_path: Path) -> None:
    cache = open_cache(path, key)
    for number in range(20):
        draft = Draft("referral:2", NoteAdded(words=f"Note {number}"))
        cache.save(compose("staffordshire", OPERATOR, [draft], KEY, START))
    left = as_a_crash_left_it(cache, tmp_path / "left")
    cache.close()
    refusal = refused(left)
    again = open_cache(left, key)
    missing = 20 + len(parcels()) - len(again.waiting())
    assert 0 < missing < 20
    assert refusal.code == "cache-cut-short"
    assert refusal.sentence.startswith(f"{missing} things that were saved last are no longer")
    # What is saved from now on is told apart from that.
    again.save(next(many()))
    again.close()
    open_cache(left, key).close()


def test_of_a_cache_that_is_damaged_as_well_what_its_log_has_lost_is_told_with_the_rest(
    path: Path, tmp_path: Path
) -> None:
    cache = open_cache(path, key)
    for parcel in itertools.islice(many(), 20):
        cache.save(parcel)
    left = as_a_crash_left_it(cache, tmp_path / "left")
    cache.close()
    left.with_name("cache.db.damaged").touch()
    assert "could not be read: tell your administrator" in refused(left).sentence
    open_cache(left, key).close()


def test_one_act_that_is_gone_is_told_and_one_that_was_taken_back_is_not(path: Path) -> None:
    cache = open_cache(path, key)
    for one in cache.waiting():
        cache.let_go(one.act)
    cache.close()
    beside = path.with_name("cache.db.saved")
    assert beside.stat().st_mode & 0o077 == 0
    open_cache(path, key).close()
    saved.note(beside, saved.noted(beside) + 1)
    assert refused(path).sentence.startswith("1 thing that was saved last is no longer")
    open_cache(path, key).close()
    beside.unlink()
    open_cache(path, key).close()


def test_where_the_number_cannot_be_noted_work_goes_on_and_no_alarm_is_raised(path: Path) -> None:
    path.with_name("cache.db.saved").unlink(missing_ok=True)
    path.with_name("cache.db.saved").mkdir()
    cache = open_cache(path, key)
    cache.save(next(many()))
    cache.close()
    open_cache(path, key).close()


# --- an outbox of many pages


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cache of a desktop that has been without the hub for long."""
    path = tmp_path_factory.mktemp("long") / "cache.db"
    cache = open_cache(path, key)
    cache.put_facts({"account": b"somebody"})
    number_from(cache, FIRST)
    with cache._write() as connection:
        for number in range(200):
            draft = Draft("referral:1", NoteAdded(words=f"Note {number}"))
            outbox.put(connection, compose("staffordshire", OPERATOR, [draft], KEY, START), START)
    cache.close()
    return path


class Pages(NamedTuple):
    """Where the first and the last rows of the outbox stand, and some of the index that tells of all."""

    first: int
    last: int
    numbers: int


@pytest.fixture(scope="module")
def pages(long: Path) -> Pages:
    queries = (
        "SELECT * FROM outbox WHERE seq = 1200",
        "SELECT * FROM outbox WHERE seq = 1399",
        "SELECT seq FROM outbox WHERE act = ''",
    )
    needed: list[set[int]] = [set(), set(), set()]
    for page in range(1, count_pages(long)):
        flip(long, page)
        for query, found in zip(queries, needed, strict=True):
            try:
                driver = connect(long, key)
                driver.execute("PRAGMA cipher_log_level = NONE")
                with contextlib.closing(driver), told():
                    driver.execute(query).fetchall()
            except Refusal:
                found.add(page)
        flip(long, page)
    first, last, index = needed
    (begins,), (ends,) = first - last, last - first
    return Pages(begins, ends, max(index - first))


@pytest.mark.parametrize("end", ["first", "last"])
def test_of_a_long_outbox_no_more_is_lost_than_stood_on_the_damaged_page(
    long: Path, pages: Pages, tmp_path: Path, end: str
) -> None:
    path = Path(shutil.copy(long, tmp_path / "cache.db"))
    flip(path, getattr(pages, end))
    sentence = refused(path).sentence
    cache = open_cache(path, key)
    saved = len(cache.waiting())
    cache.close()
    assert 100 < saved < 200
    assert f"{saved} things not yet sent" in sentence
    assert f" {200 - saved} could not be read: tell your administrator" in sentence
    assert (tmp_path / "cache.db.damaged-1").exists()


@pytest.mark.parametrize("ends", [("first",), ("last",), ("first", "last")])
def test_where_the_index_is_damaged_too_what_may_be_lost_is_told_and_the_file_kept(
    long: Path, pages: Pages, tmp_path: Path, ends: tuple[str, ...]
) -> None:
    path = Path(shutil.copy(long, tmp_path / "cache.db"))
    flip(path, pages.numbers, *(getattr(pages, end) for end in ends))
    assert "could not be read: tell your administrator" in refused(path).sentence
    cache = open_cache(path, key)
    assert len(cache.waiting()) > 80
    cache.close()
    assert (tmp_path / "cache.db.damaged-1").exists()


def test_an_act_that_is_not_what_was_signed_any_more_is_lost_and_told_and_no_other(path: Path) -> None:
    driver = connect(path, key)
    driver.execute("UPDATE acts SET signed = x'7b7d' WHERE id = (SELECT act FROM outbox LIMIT 1)")
    driver.close()
    refusal = refused(path)
    assert refusal.code == "cache-mended"
    assert "12 things not yet sent" in refusal.sentence
    assert " 1 could not be read: tell your administrator" in refusal.sentence
    cache = open_cache(path, key)
    assert len(cache.waiting()) == 12
    cache.close()


# --- on the way


def test_what_another_program_is_busy_with_is_saved_from_once_it_is_not(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.1)
    mark_damaged(path)
    other = connect(path, key)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    assert refused(path).code == "cache-busy"
    other.execute("ROLLBACK")
    other.close()
    assert refused(path).code == "cache-mended"
    cache = open_cache(path, key)
    assert len(cache.waiting()) == 13
    cache.close()


@pytest.mark.parametrize("interrupted", range(6))
def test_an_interruption_of_the_exchange_only_delays_it(
    path: Path, monkeypatch: pytest.MonkeyPatch, interrupted: int
) -> None:
    damaged = open_cache(path, key)
    damaged.put_draft("triage/last", "In the log of writes")
    folder = path.parent / "as a crash left it"
    folder.mkdir()
    for each in path.parent.glob("cache.db*"):
        shutil.copy(each, folder)
    damaged.close()
    path = folder / "cache.db"
    (folder / "cache.db.damaged").touch()
    calls = 0

    class Killed(Exception):
        pass

    def put_in_place(fresh: Path, old: Path) -> None:
        nonlocal calls
        calls += 1
        if calls > interrupted:
            raise Killed
        files.put_in_place(fresh, old)

    monkeypatch.setattr(rescuing, "put_in_place", put_in_place)
    with pytest.raises((Killed, Refusal)):
        open_cache(path, key)
    monkeypatch.undo()
    with contextlib.suppress(Refusal):
        open_cache(path, key).close()
    cache = open_cache(path, key)
    assert len(cache.waiting()) == 13
    assert cache.draft("triage/last") == "In the log of writes"
    cache.close()


def test_without_room_nothing_is_touched(whole: Path, small_disk: Path) -> None:
    path = Path(shutil.copy(whole, small_disk / "cache.db"))
    (small_disk / "cache.db.damaged").touch()
    filler = small_disk / "filler"
    fill(filler)
    assert refused(path).code == "disk-full"
    assert path.read_bytes() == whole.read_bytes()
    filler.unlink()
    assert refused(path).code == "cache-mended"
    cache = open_cache(path, key)
    assert len(cache.waiting()) == 13
    cache.close()


# --- the disk


def fill(filler: Path) -> None:
    with filler.open("wb", buffering=0) as file:
        for size in (65_536, 4096, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue


def test_a_full_disk_is_told_and_what_was_saved_stays(whole: Path, small_disk: Path) -> None:
    path = Path(shutil.copy(whole, small_disk / "cache.db"))
    cache = open_cache(path, key)
    filler = small_disk / "filler"
    fill(filler)
    saved = len(cache.waiting())
    with pytest.raises(Refusal) as told:  # noqa: PT012  # until there is no room for one more
        for parcel in many():
            cache.save(parcel)
            saved += 1
    assert told.value.code == "disk-full"
    assert "Make room" in told.value.sentence
    assert len(cache.waiting()) == saved
    filler.unlink()
    cache.save(next(many()))
    assert len(cache.waiting()) == saved + 1
    cache.close()


def many() -> Iterator[Parcel]:
    for number in range(1000):
        draft = Draft("referral:2", NoteAdded(words=f"{number} " * 500))
        yield compose("staffordshire", OPERATOR, [draft], KEY, START)


def test_a_folder_that_is_read_only_is_told_and_left(whole: Path, small_disk: Path) -> None:
    path = Path(shutil.copy(whole, small_disk / "cache.db"))
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    refusal = refused(path)
    assert refusal.code in {"cache-not-writable", "profile-not-writable"}
    assert "permissions" in refusal.sentence


def test_damage_is_no_pretext_where_it_cannot_be_noted(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path) -> None:
        raise OSError

    monkeypatch.setattr(Path, "touch", full)
    flip(path, *range(3, count_pages(path)))
    assert refused(path).code in {"cache-mended", "cache-lost"}
