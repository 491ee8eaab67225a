"""Opening the cache proves that it is encrypted; what the file or the disk declines is told in a sentence."""

from __future__ import annotations

import shutil
import sqlite3
import threading
import time
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy.exc import IntegrityError, OperationalError

from mash_desktop.cache import Cache, engine, open_cache, open_engine
from mash_desktop.cache import cache as caching
from mash_desktop.cache.engine import SQLITE_HEADER
from mash_desktop.domain.acts import read
from mash_desktop.domain.errors import Refusal
from tests.cache.test_outbox import note

KEY = "c3" * 32
CANARY = "Kestrel Quillfeather"


def opened(folder: Path, key: str = KEY) -> Cache:
    return Cache(open_engine(folder / "cache.db", lambda: key))


def code_of(folder: Path, key: str = KEY) -> str:
    with pytest.raises(Refusal) as told:
        opened(folder, key)
    assert told.value.sentence.endswith(".")
    return told.value.code


def test_what_is_written_is_nowhere_in_clear_on_the_disk(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    for number in range(200):
        cache.put_draft(f"triage/{number}", f"{CANARY} {number} " * 20)
    files = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert "cache.db-wal" in files
    assert not [name for name, content in files.items() if CANARY.encode() in content]
    assert not files["cache.db"].startswith(SQLITE_HEADER)
    cache.close()


def test_a_wrong_key_is_told_in_one_sentence(tmp_path: Path) -> None:
    opened(tmp_path).close()
    assert code_of(tmp_path, "d4" * 32) == "cache-unreadable"


def test_a_file_in_clear_is_not_opened(tmp_path: Path) -> None:
    plain = sqlite3.connect(tmp_path / "cache.db")
    plain.execute("CREATE TABLE t (x)")
    plain.commit()
    plain.close()
    assert code_of(tmp_path) == "cache-in-clear"


def test_a_library_without_the_cipher_is_found_out_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "sqlcipher", sqlite3)
    assert code_of(tmp_path) == "cipher-missing"
    assert (tmp_path / "cache.db").read_bytes() == b""


@pytest.mark.parametrize("page", [0, 4096 * 3])
def test_a_damaged_file_is_told_in_one_sentence(tmp_path: Path, page: int) -> None:
    cache = opened(tmp_path)
    for number in range(300):
        cache.put_draft(str(number), "half a sentence " * 50)
    cache.close()
    path = tmp_path / "cache.db"
    content = bytearray(path.read_bytes())
    for start in range(page + 100, len(content), 4096):
        content[start : start + 100] = bytes(100)
    path.write_bytes(content)
    with pytest.raises(Refusal) as told:
        opened(tmp_path).drafts("")
    assert told.value.code == "cache-unreadable"


def test_a_log_of_writes_cut_short_loses_no_more_than_its_end(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    for number in range(50):
        cache.put_draft(f"{number:02d}", "half a sentence " * 20)
    found = tmp_path / "as a crash left it"
    found.mkdir()
    for path in tmp_path.glob("cache.db*"):
        shutil.copy(path, found)
    cache.close()
    wal = found / "cache.db-wal"
    wal.write_bytes(wal.read_bytes()[: wal.stat().st_size * 3 // 5])
    (found / "cache.db-shm").unlink()
    again = opened(found)
    kept = sorted(again.drafts(""))
    assert kept == [f"{number:02d}" for number in range(len(kept))]
    assert kept
    again.close()


@pytest.mark.parametrize("key", ["", "passphrase", "C3" * 32, "c3" * 31, "c3" * 32 + "'"])
def test_only_a_raw_key_is_taken(tmp_path: Path, key: str) -> None:
    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        opened(tmp_path, key)


def test_the_key_is_asked_for_with_every_connection_and_not_kept(tmp_path: Path) -> None:
    asked: list[bool] = []

    def key() -> str:
        if len(asked) > 1:
            raise Refusal("vault-locked", "The profile is locked.")
        asked.append(True)
        return KEY

    cache = Cache(open_engine(tmp_path / "cache.db", key))
    assert cache.fact("account") is None
    with cache._read() as first, cache._read() as second:
        assert first.connection.dbapi_connection is not second.connection.dbapi_connection
        assert len(asked) == 2
        with pytest.raises(Refusal) as told:
            cache.fact("account")
    assert told.value.code == "vault-locked"
    cache.close()


def test_what_was_promised_as_saved_waits_for_the_disk(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    with cache._read() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA temp_store").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA secure_delete").scalar() == 1
    cache.close()


def test_a_profile_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    with cache._write() as connection:
        connection.exec_driver_sql("PRAGMA user_version = 99")
    cache.close()
    assert code_of(tmp_path) == "profile-newer"


def test_a_second_opening_finds_what_the_first_wrote(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    cache.put_draft("triage/1", "half a sentence")
    cache.put_fact("head", b"3")
    cache.put_facts({"account": b"someone", "session": b"old"})
    cache.put_facts({"session": None})
    cache.close()
    again = opened(tmp_path)
    assert again.draft("triage/1") == "half a sentence"
    assert again.fact("account") == b"someone"
    assert again.fact("session") is None
    again.put_draft("triage/1", "")
    assert again.draft("triage/1") is None
    again.close()


def test_drafts_are_told_apart_by_what_they_are_called_to_the_letter(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    for key in ("new_contact/1", "newXcontact/1", "NEW_contact/1", "new%contact/1"):
        cache.put_draft(key, "words")
    assert set(cache.drafts("new_c")) == {"new_contact/1"}
    assert set(cache.drafts("new%")) == {"new%contact/1"}
    cache.close()


# --- the disk and other programs


def test_a_cache_that_another_program_is_busy_with_is_not_called_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.1)
    cache = opened(tmp_path)
    other = sqlcipher.connect(str(tmp_path / "cache.db"), isolation_level=None)
    other.execute(f"PRAGMA key = \"x'{KEY}'\"")
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Refusal) as told:
        cache.put_draft("triage/1", "words")
    assert told.value.code == "cache-busy"
    assert code_of(tmp_path) == "cache-busy"
    other.execute("ROLLBACK")
    cache.put_draft("triage/1", "words")
    other.close()
    cache.close()


def test_a_full_disk_is_told_and_what_was_saved_stays(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    cache.put_draft("triage/1", "words")
    with cache._read() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(Refusal) as told:
        cache.put_draft("triage/2", "words " * 10_000)
    assert told.value.code == "disk-full"
    assert cache.drafts("triage/") == {"triage/1": "words"}
    cache.close()


def test_a_folder_that_cannot_be_written_is_not_called_damaged(tmp_path: Path) -> None:
    assert code_of(tmp_path / "not there") == "cache-not-writable"
    (tmp_path / "cache.db").mkdir()
    assert code_of(tmp_path) == "cache-not-writable"


def test_a_fault_of_the_program_stays_a_fault_and_quotes_no_value(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    parcel = note("referral:1", "words")
    cache.save(parcel)
    with pytest.raises(IntegrityError) as met:
        cache.save(parcel)
    assert read(parcel.signed).id not in str(met.value)
    cache.close()


def test_a_fault_at_a_later_row_is_told_as_one_at_the_first(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    with cache._read() as connection, pytest.raises(OperationalError, match="integer overflow"):
        engine.ask(connection, "SELECT abs(value) FROM json_each(?)", (f"[1, {-(2**63)}]",))
    cache.close()


def test_a_write_to_the_disk_that_was_lost_is_met_when_it_is_opened_and_what_stands_is_saved(
    tmp_path: Path,
) -> None:
    """The page of an index as it was before: of the right key, and of the past."""
    path = tmp_path / "cache.db"
    cache = opened(tmp_path)
    cache.put_fact("account", b"{}")
    cache.put_draft("triage/1", "words")
    with cache._read() as connection:
        found = "SELECT rootpage FROM sqlite_master WHERE name = 'sqlite_autoindex_drafts_1'"
        page = connection.exec_driver_sql(found).scalar_one()
    cache.close()
    at = slice((page - 1) * 4096, page * 4096)
    before = path.read_bytes()[at]
    cache = opened(tmp_path)
    cache.put_draft("triage/2", "more words")
    cache.close()
    content = bytearray(path.read_bytes())
    content[at] = before
    path.write_bytes(content)
    with pytest.raises(Refusal) as told:
        open_cache(path, lambda: KEY)
    assert told.value.code == "cache-mended"
    mended = open_cache(path, lambda: KEY)
    assert mended.drafts("") == {"triage/1": "words", "triage/2": "more words"}
    mended.close()


def test_an_act_that_is_not_what_was_kept_any_more_is_damage_and_is_marked(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    cache.save(note("referral:1", "words"))
    with cache._write() as connection:
        connection.exec_driver_sql("UPDATE acts SET signed = x'7b7d'")
    with pytest.raises(Refusal) as told:
        cache.waiting()
    assert told.value.code == "cache-unreadable"
    assert (tmp_path / f"cache.db{engine.DAMAGED}").exists()
    cache.close()


# --- closing


def test_closing_waits_for_what_is_under_way_and_then_answers_nothing(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    begun, ended = threading.Event(), threading.Event()

    def reads() -> None:
        with cache._read() as connection:
            begun.set()
            time.sleep(0.3)
            connection.exec_driver_sql("SELECT count(*) FROM entries")
            ended.set()

    reader = threading.Thread(target=reads)
    reader.start()
    begun.wait()
    cache.close()
    assert ended.is_set()
    reader.join()
    with pytest.raises(Refusal) as told:
        cache.fact("account")
    assert told.value.code == "profile-locked"
    with pytest.raises(Refusal):
        cache.put_draft("a", "b")
    assert not (tmp_path / "cache.db-wal").exists()
    cache.close()


def test_closing_does_not_wait_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caching, "CLOSING_SECONDS", 0.1)
    cache = opened(tmp_path)
    with cache._read():
        cache.close()
    with pytest.raises(Refusal):
        cache.fact("account")
