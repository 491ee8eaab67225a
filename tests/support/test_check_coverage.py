"""The gate on locked files can close."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from tools import check_coverage

FULL = {"covered_lines": 2, "num_statements": 2, "covered_branches": 2, "num_branches": 2}
NOTHING_MISSING: dict[str, object] = {"summary": FULL, "missing_lines": [], "missing_branches": []}


def report(folder: Path, **changes: object) -> str:
    file = folder / "report.json"
    files = {"mash_desktop/proofs/merkle.py": NOTHING_MISSING | changes}
    file.write_bytes(msgspec.json.encode({"totals": FULL, "files": files}))
    return str(file)


@pytest.fixture
def locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "locked-files.txt"
    file.write_text("# proofs\nmash_desktop/proofs/merkle.py\n")
    monkeypatch.setattr(check_coverage, "LOCKED", file)
    return file


@pytest.mark.usefixtures("locked")
def test_a_locked_file_that_was_run_in_full_passes(tmp_path: Path) -> None:
    assert check_coverage.main(report(tmp_path)) == 0


@pytest.mark.usefixtures("locked")
def test_a_branch_that_no_test_took_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gap = report(tmp_path, summary=FULL | {"covered_branches": 1}, missing_branches=[(41, -40)])
    assert check_coverage.main(gap) == 1
    assert "mash_desktop/proofs/merkle.py: 75.0 %, not run: 41→exit" in capsys.readouterr().out


def test_a_pattern_that_names_no_file_is_a_complaint(locked: Path, tmp_path: Path) -> None:
    locked.write_text("mash_desktop/proofs/moved.py\n")
    assert check_coverage.main(report(tmp_path)) == 1


def test_a_locked_file_that_no_test_imports_is_a_complaint(locked: Path, tmp_path: Path) -> None:
    locked.write_text("mash_desktop/proofs/head.py\n")
    assert check_coverage.main(report(tmp_path)) == 1
