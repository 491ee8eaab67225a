"""A folder for a profile, a clock that a test sets, and a cost low enough to unlock often."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mash_desktop.vault.passphrase import Cost


@dataclass
class Clock:
    now: datetime = datetime(2026, 11, 2, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> None:
        self.now += by


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def cheap_vaults() -> None:
    """Here what a passphrase costs is as dear as the product has it, unless a test says otherwise."""


@pytest.fixture
def cheap() -> Cost:
    return Cost(passes=1, memory_kib=8, lanes=1)


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    return tmp_path / "profile"
