"""What was left out can go back to the sender as a table: whole, harmless, and for its owner alone."""

from __future__ import annotations

import csv
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import structs

from mash_desktop.domain.errors import Refusal
from mash_desktop.exchange import Reject, write_rejects

REJECT = Reject("intake.csv", 7, "source", "digits, length 2", "unknown-code", "It is not known.", "row")


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_rejects_become_a_table(tmp_path: Path) -> None:
    path = tmp_path / "rejects.csv"
    assert write_rejects(path, [REJECT, REJECT]) == 2
    heading, first, second = read(path)
    assert heading == ["file", "line", "character", "field", "value", "left out", "code", "reason"]
    assert first == second
    assert first == [
        "intake.csv",
        "7",
        "",
        "source",
        "digits, length 2",
        "row",
        "unknown-code",
        "It is not known.",
    ]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_fault_in_a_return_of_one_line_is_told_by_its_place_in_it(tmp_path: Path) -> None:
    path = tmp_path / "rejects.csv"
    write_rejects(path, [structs.replace(REJECT, line=1, character=53_211)])
    assert read(path)[1][1:3] == ["1", "53211"]


def test_a_file_named_as_a_formula_is_made_harmless(tmp_path: Path) -> None:
    path = tmp_path / "rejects.csv"
    write_rejects(path, [Reject("=cmd.csv", 1, "", "", "code", "Reason.", "row")])
    assert read(path)[1][0] == "'=cmd.csv"


def test_without_rejects_the_table_has_its_heading(tmp_path: Path) -> None:
    path = tmp_path / "rejects.csv"
    assert write_rejects(path, []) == 0
    assert len(read(path)) == 1


def test_an_import_that_fails_half_way_leaves_the_old_table(tmp_path: Path) -> None:
    def failing() -> Iterator[Reject]:
        yield REJECT
        raise Refusal("file-unreadable", "The disk is gone.")

    path = tmp_path / "rejects.csv"
    write_rejects(path, [REJECT])
    with pytest.raises(Refusal, match="The disk is gone"):
        write_rejects(path, failing())
    assert len(read(path)) == 2
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refusal:
        write_rejects(tmp_path / "nowhere" / "rejects.csv", [REJECT])
    assert refusal.value.code == "rejects-unwritable"


def test_a_place_that_cannot_be_written_is_refused_and_left_clean(tmp_path: Path) -> None:
    folder = tmp_path / "rejects.csv"
    folder.mkdir()
    with pytest.raises(Refusal) as refusal:
        write_rejects(folder, [REJECT])
    assert refusal.value.code == "rejects-unwritable"
    assert list(tmp_path.iterdir()) == [folder]
