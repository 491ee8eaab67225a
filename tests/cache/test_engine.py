"""Opening the cache proves that it is encrypted."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from mash_desktop.cache import Cache, open_engine
from mash_desktop.cache.engine import SQLITE_HEADER
from mash_desktop.domain.errors import Refusal

KEY = "c3" * 32
CANARY = "Kestrel Quillfeather"


def opened(folder: Path, key: str = KEY) -> Cache:
    return Cache(open_engine(folder / "cache.db", lambda: key))


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
    with pytest.raises(Refusal) as told:
        opened(tmp_path, "d4" * 32)
    assert told.value.code == "cache-unreadable"


def test_a_file_in_clear_is_not_opened(tmp_path: Path) -> None:
    plain = sqlite3.connect(tmp_path / "cache.db")
    plain.execute("CREATE TABLE t (x)")
    plain.commit()
    plain.close()
    with pytest.raises(Refusal) as told:
        opened(tmp_path)
    assert told.value.code == "cache-in-clear"


def test_a_damaged_file_is_told_in_one_sentence(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    cache.put_draft("a", "b")
    cache.close()
    path = tmp_path / "cache.db"
    content = bytearray(path.read_bytes())
    content[100:200] = bytes(100)
    path.write_bytes(content)
    with pytest.raises(Refusal) as told:
        opened(tmp_path)
    assert told.value.code == "cache-unreadable"


@pytest.mark.parametrize("key", ["", "passphrase", "C3" * 32, "c3" * 31, "c3" * 32 + "'"])
def test_only_a_raw_key_is_taken(tmp_path: Path, key: str) -> None:
    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        open_engine(tmp_path / "cache.db", lambda: key)


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
    with pytest.raises(Refusal) as told:
        opened(tmp_path)
    assert told.value.code == "profile-newer"


def test_a_second_opening_finds_what_the_first_wrote(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    cache.put_draft("triage/1", "half a sentence")
    cache.put_fact("account", b"someone")
    cache.close()
    again = opened(tmp_path)
    assert again.draft("triage/1") == "half a sentence"
    assert again.fact("account") == b"someone"
    again.close()
