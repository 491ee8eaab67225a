"""A profile's small files are replaced whole or not at all, and a folder that cannot be written says so."""

from __future__ import annotations

import os
import resource
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mash_desktop.domain.errors import Refusal
from mash_desktop.vault.files import make_folder, put_in_place, remove_file, replace_file


@contextmanager
def full_disk() -> Iterator[None]:
    """The kernel refuses every byte, as it does on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_file_is_replaced_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "vault.json"
    for data in (b"first", b"second, and longer", b"third"):
        replace_file(path, data)
        assert path.read_bytes() == data
    assert [each.name for each in tmp_path.iterdir()] == ["vault.json"]


def test_what_a_crash_left_behind_does_not_lend_its_permissions(tmp_path: Path) -> None:
    left = tmp_path / "vault.json.new"
    left.write_bytes(b"left by a crash")
    left.chmod(0o644)
    replace_file(tmp_path / "vault.json", b"new")
    assert stat.S_IMODE((tmp_path / "vault.json").stat().st_mode) == 0o600
    assert not left.exists()


def test_on_a_full_disk_the_old_file_stays_and_the_reason_is_told(tmp_path: Path) -> None:
    path = tmp_path / "vault.json"
    replace_file(path, b"old")
    with full_disk(), pytest.raises(Refusal, match="File too large") as refusal:
        replace_file(path, b"new")
    assert refusal.value.code == "profile-not-writable"
    assert path.read_bytes() == b"old"


def test_a_folder_or_file_that_cannot_be_changed_is_told(tmp_path: Path) -> None:
    (tmp_path / "a file").write_bytes(b"")
    (tmp_path / "a folder").mkdir()
    with pytest.raises(Refusal, match="cannot be written"):
        make_folder(tmp_path / "a file")
    with pytest.raises(Refusal, match="cannot be written"):
        remove_file(tmp_path / "a folder")
    with pytest.raises(Refusal, match="cannot be written"):
        replace_file(tmp_path / "a folder", b"data")
    with pytest.raises(Refusal, match="cannot be written"):
        put_in_place(tmp_path / "a file", tmp_path / "a folder")


def test_where_folders_cannot_be_opened_files_are_replaced_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "O_DIRECTORY")  # as on Windows
    replace_file(tmp_path / "vault.json", b"data")
    assert (tmp_path / "vault.json").read_bytes() == b"data"
