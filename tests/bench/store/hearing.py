"""How soon another desktop hears of a push among 300 live connections, beside a bare notice of PostgreSQL."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Coroutine, Iterator
from typing import Any
from urllib.parse import urlsplit

import psutil
import psycopg
from sqlalchemy import make_url
from uuid6 import uuid7

from mash_desktop.domain.acts import Draft
from mash_desktop.domain.entries.contact import NoteAdded
from mash_desktop.domain.roles import Role
from sync.protocol import VERSION, VERSION_HEADER
from tests.bench import Row, measures
from tests.support.store import Desk, ServedStore

from .running import OPERATOR, Line, a_server, a_store, contact, percentile, pushed, pushes

CONNECTIONS, PUSHES, NOTICES = 300, 60, 300
# As in a hub: most who are connected are of agencies that a note on a contact is none of yet.
PEOPLE = (
    OPERATOR,
    ("scc-children", Role.CONSULTANT_SOCIAL_WORKER),
    ("scc-adults", Role.TRIAGE_OPERATOR),
    ("police", Role.RESEARCHER),
    ("mpft", Role.RESEARCHER),
    ("probation", Role.RESEARCHER),
    ("mash", Role.HUB_MANAGER),
    ("mash", Role.FACILITATOR),
    ("mash", Role.ADMINISTRATOR),
    ("mash", Role.INFORMATION_GOVERNANCE),
)


class _Ear(asyncio.Protocol):
    """One live connection, with as little of a client around it as there can be."""

    def __init__(self, number: int, heard: dict[int, float], request: bytes) -> None:
        self._number = number
        self._heard = heard
        self._request = request
        self.closed = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        if b"event: grown" in data:
            self._heard[self._number] = time.perf_counter()

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed.set_result(None)


class Ears:
    """Live connections in a thread of their own; when each heard last."""

    def __init__(self, served: ServedStore) -> None:
        self._served = served
        self._context = served.context()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._open: list[tuple[asyncio.Transport, _Ear]] = []
        self.heard: dict[int, float] = {}

    def start(self, desks: list[Desk]) -> None:
        """Open all of them, and wait until each was told how far the log is."""
        self._thread.start()
        for number in range(CONNECTIONS):
            self._run(self._listen(number, desks[number % len(desks)]))
        while len(self.heard) < CONNECTIONS:
            time.sleep(0.01)

    async def _listen(self, number: int, desk: Desk) -> None:
        address = urlsplit(self._served.base_url)
        assert address.hostname is not None
        assert address.port is not None
        request = (
            f"GET /v1/hubs/{desk.hub}/live HTTP/1.1\r\nHost: {address.netloc}\r\n"
            f"Authorization: Bearer {desk.session.token}\r\n{VERSION_HEADER}: {VERSION}\r\n\r\n"
        ).encode()
        self._open.append(
            await self._loop.create_connection(
                lambda: _Ear(number, self.heard, request), address.hostname, address.port, ssl=self._context
            )
        )

    def stop(self) -> None:
        async def end() -> None:
            for transport, ear in self._open:
                transport.close()
                await ear.closed

        self._run(end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(30)


@measures("store")
def hearing_of_a_push() -> Iterator[Row]:
    with a_server() as server, a_store(server) as served:
        hub = served.new_hub()
        desks = [served.desk(hub, f"Listener {number}", role) for number, role in enumerate(PEOPLE)]
        line, stream = Line(served, desks[0]), f"referral:{uuid7()}"
        pushed([line], [pushes([desks[0].compose(contact(stream, 1))], 1)])
        process = psutil.Process(served.process.pid)
        before = process.memory_info().rss
        ears = Ears(served)
        ears.start(desks)
        each = (process.memory_info().rss - before) / CONNECTIONS / 1024
        sent, waits = _waits(desks[0], line, stream, ears)
        ears.stop()
        line.close()
        bare = _bare(served)
    yield Row(
        f"push answered → heard by another desktop, {CONNECTIONS} live connections, p95",
        1000 * percentile(waits, 0.95),
        "ms",
        1000 * percentile(bare, 0.95),
        at_most=20,
    )
    # An instance tells its own connections before it answers: that nothing is waited for says little alone.
    yield Row(
        f"push sent → heard by another desktop, {CONNECTIONS} live connections, p95",
        1000 * percentile(sent, 0.95),
        "ms",
    )
    yield Row("memory per live connection", each, "KB", at_most=100)


def _waits(desk: Desk, line: Line, stream: str, ears: Ears) -> tuple[list[float], list[float]]:
    """Seconds from each push, and from its answer, to each other desktop that is told, one after another."""
    sent: list[float] = []
    waits: list[float] = []
    expected = 0
    for _ in range(PUSHES):
        ears.heard.clear()
        (body,) = pushes([desk.compose([Draft(stream, NoteAdded(words="Rang back."))])], 1)
        began = time.perf_counter()
        line.post("/acts", body)
        answered = time.perf_counter()
        # Who hears is settled by the first push: everyone who holds the contact.
        while len(ears.heard) < max(expected, 1) and time.perf_counter() < answered + 5:
            time.sleep(0.001)
        time.sleep(0.1)
        expected = max(expected, len(ears.heard))
        sent += [at - began for at in ears.heard.values()]
        waits += [max(0.0, at - answered) for at in ears.heard.values()]
    assert expected > 1, "nobody heard"
    return sent, waits


def _bare(served: ServedStore) -> list[float]:
    """Seconds from a bare notice sent to a bare notice heard."""
    url = make_url(served.database)
    waits = []
    with (
        psycopg.connect(
            host=str(url.query["host"]), user=url.username, dbname=url.database, autocommit=True
        ) as one,
        psycopg.connect(
            host=str(url.query["host"]), user=url.username, dbname=url.database, autocommit=True
        ) as other,
    ):
        other.execute("listen bench")
        for _ in range(NOTICES):
            began = time.perf_counter()
            one.execute("notify bench")
            next(other.notifies(timeout=5, stop_after=1))
            waits.append(time.perf_counter() - began)
    return waits
