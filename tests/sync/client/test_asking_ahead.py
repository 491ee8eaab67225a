"""The next page of a feed is on its way while the last is kept, and comes to nothing where that fails."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from uuid6 import uuid7

from mash_desktop.cache import Cache, ChangeSet
from mash_desktop.cache.feed import FeedPlace
from mash_desktop.domain.entries.contact import NoteAdded
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.roles import Role
from sync import protocol
from tests.support.relay import Asked
from tests.sync.client.conftest import Networked, Office

pytestmark = pytest.mark.parametrize("postgres", ["embedded"], indirect=True)

OPERATOR = ("scc-children", Role.TRIAGE_OPERATOR)
NOTES = 9


@pytest.fixture
def case(office: Office, monkeypatch: pytest.MonkeyPatch) -> str:
    """A case of some pages, told by another desk."""
    priya = office.sit("Priya Nair", *OPERATOR)
    priya.until_online()
    stream = f"referral:{uuid7()}"
    priya.contact(stream)
    for number in range(NOTES):
        priya.desk.act(stream, NoteAdded(words=f"note {number}"))
    priya.until_sent()
    monkeypatch.setattr(protocol, "MOST_ROWS", 3)
    return stream


def beginning(office: Office) -> tuple[Networked, list[protocol.Pull]]:
    """A desktop that holds nothing and has yet to begin, and what it will have asked for."""
    relay, pulls = office.relay(), list[protocol.Pull]()

    def before(asked: Asked) -> Asked:
        if asked.path.endswith("/feed"):
            pulls.append(msgspec.json.decode(asked.body, type=protocol.Pull))
        return asked

    relay.before = before
    return office.sit("Sam Okoro", *OPERATOR, server=relay.server, start=False), pulls


def test_a_page_is_asked_for_while_the_one_before_it_is_kept(
    office: Office, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sam, pulls = beginning(office)
    receive, ahead = Cache.receive, list[bool]()

    def slowly(
        cache: Cache, rows: Sequence[Any], at: Sequence[FeedPlace], *rest: Any, **more: Any
    ) -> ChangeSet:
        asked, until = len(pulls), time.monotonic() + 1.5
        places = {one.audience: one.n for one in at}
        while at and len(pulls) == asked and time.monotonic() < until:
            time.sleep(0.01)
        known = {one.audience: one.n for one in pulls[-1].cursors}
        ahead.append(bool(places) and places.items() <= known.items())
        return receive(cache, rows, at, *rest, **more)

    monkeypatch.setattr(Cache, "receive", slowly)
    sam.network.start()
    sam.until_online()
    assert len(sam.desk.cache.entries(case)) == NOTES + 1
    assert ahead.count(True) >= NOTES // 3 - 1
    assert len(pulls) == len({msgspec.json.encode(one) for one in pulls})


def test_what_was_asked_for_ahead_is_given_up_where_the_page_before_cannot_be_kept(
    office: Office, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.client.backoff.CEILING", 0.2)
    sam, pulls = beginning(office)
    receive, full = Cache.receive, ["once"]

    def fails(
        cache: Cache, rows: Sequence[Any], at: Sequence[FeedPlace], *rest: Any, **more: Any
    ) -> ChangeSet:
        if at and len(pulls) > 3 and full:
            full.pop()
            raise Refusal("disk-full", "The disk of this computer is full.")
        return receive(cache, rows, at, *rest, **more)

    monkeypatch.setattr(Cache, "receive", fails)
    sam.network.start()
    sam.until_online()
    assert not full
    assert len(sam.desk.cache.entries(case)) == NOTES + 1
