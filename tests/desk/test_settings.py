"""A person's look is kept in their own profile, and the desktop can say what it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mash_desktop.desk import Desk, settings
from mash_desktop.desk.settings import Look
from tests.domain.story import GATEWAY
from tests.support.desks import desk_of


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = desk_of(GATEWAY, tmp_path)
    yield made
    made.cache.close()


def test_a_look_is_kept(desk: Desk) -> None:
    assert settings.kept_look(desk) is None
    settings.keep_look(desk, Look("dark", 1.3))
    assert settings.kept_look(desk) == Look("dark", 1.3)


def test_the_desktop_says_what_it_is(desk: Desk) -> None:
    said = dict(settings.about(desk))
    assert said["Program"].startswith("MASH Desktop")
    assert said["Hub"] == "Staffordshire · OFFICIAL-SENSITIVE"
    assert said["Guidance"] == "Working Together to Safeguard Children, 2026"
    assert said["You"] == "Tom Hartley: Gateway worker, Social Work Gateway"
