"""A vault file that is missing, damaged or newer is told as what it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mash_desktop.domain.errors import Refusal
from mash_desktop.vault import wrap

KEPT: dict[str, Any] = json.loads(
    (Path(__file__).parent / "kept" / "vault-1.json").read_text(encoding="utf-8")
)


def refusal_of(folder: Path) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        wrap.read(folder)
    return refusal.value


def test_a_folder_without_a_profile_says_so(tmp_path: Path) -> None:
    assert refusal_of(tmp_path).code == "vault-missing"


def test_a_vault_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    (tmp_path / wrap.FILE).mkdir()
    refusal = refusal_of(tmp_path)
    assert refusal.code == "vault-unreadable"
    assert "Is a directory" in refusal.sentence


def test_a_newer_vault_is_refused_whatever_else_it_holds(tmp_path: Path) -> None:
    (tmp_path / wrap.FILE).write_text(json.dumps({"version": 2, "halves": [1, 2, 3]}))
    refusal = refusal_of(tmp_path)
    assert refusal.code == "vault-newer"
    assert "install that version" in refusal.sentence


@pytest.mark.parametrize(
    "change",
    [
        {"version": 0},
        {"version": "1"},
        {"profile": ""},
        {"salt": "AAAA"},
        {"wrapped_key": "AAAA"},
        {"wrapped_key": "not base64"},
        {"unexpected": 1},
        {"cost": {"passes": 0, "memory_kib": 64, "lanes": 2}},
        {"cost": {"passes": 1, "memory_kib": 64, "lanes": 65}},
        {"cost": {"passes": 1, "memory_kib": 8, "lanes": 2}},
        {"cost": {"passes": 1, "memory_kib": 2**32, "lanes": 2}},
    ],
    ids=str,
)
def test_a_file_that_no_version_writes_is_damaged(tmp_path: Path, change: dict[str, Any]) -> None:
    (tmp_path / wrap.FILE).write_text(json.dumps(KEPT | change))
    assert refusal_of(tmp_path).code == "vault-damaged"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary() | st.integers(0, 200).map(lambda length: json.dumps(KEPT).encode()[:length]))
def test_bytes_that_are_no_vault_are_damaged_and_never_crash(tmp_path: Path, data: bytes) -> None:
    (tmp_path / wrap.FILE).write_bytes(data)
    assert refusal_of(tmp_path).code == "vault-damaged"
