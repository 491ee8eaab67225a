"""Product desks kept together with a served store by the product's own network thread."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

import pytest

from mash_desktop.cache import Cache, ChangeSet, open_engine
from mash_desktop.desk import Desk, Me
from mash_desktop.domain.acts import Author
from mash_desktop.domain.roles import Role
from sync.client import Server, Status, Synchroniser
from sync.protocol import Presence, Session
from tests.support.contacts import opened_now
from tests.support.relay import Relay
from tests.support.store import Desk as Signed
from tests.support.store import ServedStore
from ui.demo.wire import Wire


def until(seen: Callable[[], bool], what: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not seen():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.01)


@dataclass
class Networked:
    """A product desk on a wire of its own to the store."""

    desk: Desk
    network: Synchroniser
    wire: Wire
    signed: Signed
    changes: list[ChangeSet]
    statuses: list[Status]
    presences: list[Presence]
    folder: Path

    @property
    def status(self) -> Status:
        return self.network.status

    def until_online(self) -> None:
        until(lambda: self.status.online, "online")

    def until_sent(self) -> None:
        until(lambda: not any(one.state == "waiting" for one in self.desk.cache.waiting()), "everything sent")

    def until_holding(self, stream: str, kind: str) -> None:
        until(
            lambda: any(e.kind == kind and e.position is not None for e in self.desk.cache.entries(stream)),
            f"{kind} at {self.desk.me.name}",
        )

    def connect(self, server: Server | None = None, session: Session | None = None) -> None:
        """End the network and begin another, as signing in again does; straight to ``server``."""
        self.network.stop()
        self.network = Synchroniser(
            self.desk.cache,
            server or self.wire.server,
            session or self.signed.session,
            self.signed.enrolled.store_key,
            on_change=self.desk.tell,
            on_status=self.statuses.append,
            on_presence=self.presences.append,
        )
        self.desk.wake = self.network.wake
        self.network.start()

    def contact(self, stream: str) -> None:
        self.desk.act(
            stream,
            opened_now(),
        )


class Office(AbstractContextManager["Office"]):
    """Makes networked desks in one hub, and ends each of them when it is left, whatever has failed."""

    def __init__(self, served: ServedStore, hub: str, folder: Path) -> None:
        self.served, self.hub, self.folder = served, hub, folder
        self.desks: list[Networked] = []
        self._stack = ExitStack()

    def sit(
        self,
        name: str,
        agency: str,
        role: Role,
        *,
        signed: Signed | None = None,
        server: Server | None = None,
        start: bool = True,
        folder: Path | None = None,
    ) -> Networked:
        """A desk; through ``server``, where that is not the store's own end; on the cache in ``folder``."""
        signed = signed or self.served.desk(self.hub, name, (agency, role))
        folder = folder or self.folder / f"{signed.enrolled.person}-{len(self.desks)}"
        folder.mkdir(exist_ok=True)
        cache = Cache(open_engine(folder / "cache.db", lambda: "7e" * 32))
        self._stack.callback(cache.close)
        author = Author(signed.enrolled.person, agency, role, signed.enrolled.key)
        wire = Wire(server or self.server)
        self._stack.callback(wire.close)
        me = Me(self.hub, author.person, name, author, (author,))
        desk = Desk(cache, me, signed.key, prove_passphrase=lambda passphrase: None)
        statuses: list[Status] = []
        presences: list[Presence] = []

        def hear(presence: Presence) -> None:
            presences.append(presence)
            desk.heard(presence)

        network = Synchroniser(
            cache,
            wire.server,
            signed.session,
            signed.enrolled.store_key,
            on_change=desk.tell,
            on_status=statuses.append,
            on_presence=hear,
        )
        desk.wake, desk.say_where = network.wake, network.be_at
        changes: list[ChangeSet] = []
        desk.listen(changes.append)
        made = Networked(desk, network, wire, signed, changes, statuses, presences, folder)
        self.desks.append(made)
        self._stack.callback(lambda: made.network.stop())
        if start:
            network.start()
        return made

    def left(self, name: str, agency: str, role: Role) -> Networked:
        """A desk that has been together with the store before, and is not connected now."""
        made = self.sit(name, agency, role)
        made.until_online()
        made.network.stop()
        return made

    @property
    def server(self) -> Server:
        return Server(self.served.base_url, self.served.cert.read_text(), self.hub)

    def relay(self) -> Relay:
        made = Relay(self.server, Path(mkdtemp(dir=self.folder)))
        self._stack.callback(made.close)
        return made

    def __exit__(self, *fault: object) -> None:
        self._stack.close()


@pytest.fixture
def office(served_store: ServedStore, a_hub: str, tmp_path: Path) -> Iterator[Office]:
    with Office(served_store, a_hub, tmp_path) as made:
        yield made
