"""A person's look is kept in their own profile, and the desktop can say what it is."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from mash_desktop.desk import Desk, settings
from mash_desktop.desk.settings import Look, Renew, Renewed
from mash_desktop.domain.errors import Refusal
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


def test_new_codes_are_asked_for_with_the_present_proofs_and_a_line(desk: Desk) -> None:
    asked: list[Renew] = []

    def store(renew: Renew) -> Future[Renewed]:
        asked.append(renew)
        return Future()

    for password, code, field in (("", "123456", "password"), ("a password", " ", "code")):
        with pytest.raises(Refusal) as told:
            settings.renew_codes(desk, password, code, False)
        assert (told.value.code, told.value.field) == ("field-empty", field)
    with pytest.raises(Refusal) as told:
        settings.renew_codes(desk, "a password", "123456", False)
    assert told.value.code == "offline"
    desk.store_renew = store
    settings.renew_codes(desk, "a password", " 123456 ", True)
    assert asked == [Renew(password="a password", code="123456", authenticator=True)]


def test_the_desktop_says_what_it_is(desk: Desk) -> None:
    said = dict(settings.about(desk))
    assert said["Program"].startswith("MASH Desktop")
    assert said["Hub"] == "Staffordshire · OFFICIAL-SENSITIVE"
    assert said["Guidance"] == "Working Together to Safeguard Children, 2026"
    assert said["You"] == "Tom Hartley: Gateway worker, Social Work Gateway"
