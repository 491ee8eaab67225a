"""Desks with real caches beside the cast of a hub: what each comes to hold, and lets go of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mash_desktop.domain.roles import Role
from sync.store.admission import Admission
from sync.store.due import Due
from tests.support.served_story import ROLES, Cast
from tests.support.store import Desk, ServedStore
from tests.sync.client.conftest import Networked, Office, until


class Kept:
    """One person's desktop, kept together with the store: what its cache holds."""

    def __init__(self, networked: Networked) -> None:
        self.networked = networked
        self.cache = networked.desk.cache

    def holding(self, stream: str) -> set[str]:
        return {entry.id for entry in self.cache.entries(stream)}

    def kinds(self, stream: str) -> set[str]:
        return {entry.kind for entry in self.cache.entries(stream)}

    def until_holding(self, stream: str, *entries: str) -> None:
        until(lambda: set(entries) <= self.holding(stream), f"{entries} of {stream}")

    def until_freed(self, stream: str, *entries: str) -> None:
        """Purged: no entry of that id is left, nor any at all where none is named."""
        until(
            lambda: not (self.holding(stream) & set(entries) if entries else self.holding(stream)),
            f"{entries or 'everything'} of {stream} to be purged",
        )


class House:
    """The desktops of a hub's cast, each with a cache of its own."""

    def __init__(self, office: Office, cast: Cast) -> None:
        self.office, self.cast = office, cast

    def sit(self, person: str) -> Kept:
        """The desktop of one of the cast, with everything that it may hold."""
        name, role = ROLES[person]
        return self.at(self.cast[person], name, role[0], role[1])

    def at(self, signed: Desk, name: str, agency: str, role: Role) -> Kept:
        made = self.office.sit(name, agency, role, signed=signed)
        made.until_online()
        return Kept(made)


@pytest.fixture
def house(served_store: ServedStore, told: Cast, tmp_path: Path) -> Iterator[House]:
    with Office(served_store, told.hub, tmp_path) as office:
        yield House(office, told)


class Instance:
    """An instance of the store to which it is so much later, looking after one hub.

    A hub of the test's own: its log is stamped with that time from then on.
    """

    def __init__(self, served: ServedStore, hub: str, after: timedelta) -> None:
        store, self._hub, self._after = served.direct, hub, after
        admission = Admission(
            store.engine, store.secrets, store.shelf, announce=store.live.announce, clock=self._now
        )
        self._due = Due(store.engine, store.secrets, store.shelf, admission)

    def _now(self) -> datetime:
        return datetime.now(UTC) + self._after

    def write(self) -> bool:
        return self._due.write_in(self._hub, self._now())
