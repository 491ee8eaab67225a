"""A real store and real desktops in one process, on simulated lines, and what must hold after all."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator
from contextlib import aclosing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TypeVar

import httpcore
import httpx
from msgspec.structs import replace
from sqlalchemy import Connection as Database
from sqlalchemy import Engine

from mash_desktop.cache import Cache, open_engine
from mash_desktop.cache.outbox import Clash
from mash_desktop.desk import Desk, Me
from mash_desktop.domain.acts import Author, Parcel, read
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.roles import Role
from mash_desktop.proofs.signature import SigningKey
from sync.client import Server, Status
from sync.client.connection import Connection, Unreachable
from sync.client.together import KEY_OVER, Together
from sync.client.verification import Distrust
from sync.store.composition import Store
from tests.faults.clock import SimulatedLoop
from tests.faults.hub import Hub, Seat
from tests.faults.network import Line
from tests.faults.network import Store as Served
from tests.faults.restoring import Backup, back_up, restore

T = TypeVar("T")

CACHE_KEY = "5c" * 32
MEMORY = Path("/dev/shm")
"""Where files cost no disk, on a machine that has it: what is synchronous is looked at elsewhere."""

SEATS: tuple[tuple[str, str, Role], ...] = (
    ("priya", "scc-children", Role.TRIAGE_OPERATOR),
    ("ruth", "scc-children", Role.CONSULTANT_SOCIAL_WORKER),
    ("karen", "mash", Role.HUB_MANAGER),
    ("sam", "police", Role.RESEARCHER),
    ("neil", "mash", Role.DEPUTY_HUB_MANAGER),
    ("iris", "mpft", Role.RESEARCHER),
    ("priya", "scc-children", Role.TRIAGE_OPERATOR),
)
"""Whose desktops there are, in turn: the last is a second one of somebody who has one already."""


MOST_TRIES = 40
"""In a minute: half a second doubled and doubled again, by luck much less each time."""


class Killed(BaseException):
    """A desktop's process ended here."""


def check_durable(engine: Engine) -> None:
    with engine.connect() as db:
        assert db.exec_driver_sql("PRAGMA synchronous").scalar() == 2, "what is saved waits for the disk"


class MortalCache(Cache):
    """A cache whose process ends at a boundary of a commit: ``fuse`` counts them down, two a commit."""

    def __init__(self, engine: Engine, fuse: int | None = None) -> None:
        self.fuse = fuse
        super().__init__(engine)

    @contextmanager
    def _write(self) -> Iterator[Database]:
        with super()._write() as connection:
            yield connection
            self._boundary()
        self._boundary()

    def _boundary(self) -> None:
        if self.fuse is not None:
            self.fuse -= 1
            if self.fuse < 0:
                self.die()

    def die(self) -> None:
        raise Killed


class WatchedConnection(Connection):
    """The product's connection over a simulated line. It watches that nobody is hammered."""

    def __init__(self, server: Server, token: str, line: Line, loop: SimulatedLoop) -> None:
        super().__init__(server, token)
        transport = httpx.AsyncHTTPTransport(verify=server.context())
        transport._pool = httpcore.AsyncConnectionPool(
            ssl_context=server.context(), network_backend=line, max_keepalive_connections=2
        )
        self._client = httpx.AsyncClient(
            base_url=server.url,
            transport=transport,
            timeout=self._client.timeout,
            headers=self._client.headers,
        )
        self._loop = loop
        self._busy = False
        self._not_before = 0.0
        self._failed_at: list[float] = []
        self._live_not_before = 0.0
        self._opened_at: list[float] = []

    async def live(self) -> AsyncGenerator[tuple[str, str], None]:
        now = self._loop.time()
        assert now >= self._live_not_before - 0.001, "listened again sooner than the store wished"
        self._opened_at = [*(at for at in self._opened_at if at > now - 60.0), now]
        assert len(self._opened_at) < MOST_TRIES, "a tight loop"
        try:
            async with aclosing(super().live()) as events:
                async for event in events:
                    yield event
        except Unreachable as error:
            self._live_not_before = self._loop.time() + (error.retry_after or 0.0)
            raise

    async def _send(self, method: str, path: str, **options: object) -> httpx.Response:
        assert not self._busy, "two attempts under way at once"
        assert self._loop.time() >= self._not_before - 0.001, "asked again sooner than the store wished"
        self._busy = True
        try:
            response = await super()._send(method, path, **options)
        except Exception as error:
            self._note(getattr(error, "retry_after", None))
            raise
        finally:
            self._busy = False
        self._failed_at.clear()
        return response

    def _note(self, asked_for: float | None) -> None:
        now = self._loop.time()
        if asked_for is not None:
            self._not_before = now + asked_for
        self._failed_at = [*(at for at in self._failed_at if at > now - 60.0), now]
        assert len(self._failed_at) < MOST_TRIES, "a tight loop"


class WatchedTogether(Together):
    """The product's own, but that a fault of the program ends the schedule, whichever task it befell."""

    fault: BaseException | None = None

    def failed(self, error: Exception) -> None:
        try:
            if not isinstance(error, (Refusal, Distrust, Clash)):
                raise error
            super().failed(error)
        except BaseException as fault:
            self.fault = fault
            raise


class PromisingDesk(Desk):
    """The product's own, but that it tells which acts it has said are kept, and which make way for others."""

    promised: Callable[[str], None]
    making_way: frozenset[str] = frozenset()
    """Acts of the outbox that the last deed meant to take back or to make anew."""

    def keep(
        self,
        parcel: Parcel,
        *,
        forget_drafts: Iterable[str] = (),
        instead_of: str | None = None,
        resting: Iterable[tuple[str, Parcel]] = (),
    ) -> str:
        resting = tuple(resting)
        self.making_way = frozenset(old for old in (instead_of, *(old for old, _ in resting)) if old)
        act = super().keep(parcel, forget_drafts=forget_drafts, instead_of=instead_of, resting=resting)
        for one in (act, *(read(anew.signed).id for _, anew in resting)):
            self.promised(one)
        return act


class Desktop:
    """One person's desktop: cache, desk, and the network that keeps it together with the store."""

    def __init__(self, world: World, seat: Seat) -> None:
        self.world, self.seat = world, seat
        self.folder = world.folder / seat.device
        self.folder.mkdir()
        self.lives = 0
        self.line = Line(world.served, world.hub.id)
        self.clock = timedelta()
        self.session = world.hub.session(seat)
        self.saved: list[str] = []
        """Acts that were saved here, in their order."""
        self.done: set[str] = set()
        """Those that their person took back, or made anew as another."""
        self.remade: set[str] = set()
        """What took the place of one of them."""
        self.lost: set[str] = set()
        """Those that a restore took from the store when they were here no more."""
        self.task: asyncio.Task[None] | None = None
        self.status = Status()
        self.barred = False
        """It has heard that its device was revoked, and asks for a new one though a restore undid that."""

    # --- living

    def start(self) -> None:
        """Open the cache and go on, as after a start of the program."""
        self.lives += 1
        engine = open_engine(self.folder / "cache.db", lambda: CACHE_KEY)
        check_durable(engine)
        self.cache = MortalCache(engine)
        self._sit()
        known = set(self.saved)
        # Killed between the commit and its being told: saved all the same.
        self.saved += [act for act in self._outbox() if act not in known]
        self.connect()

    def _sit(self) -> None:
        seat = self.seat
        author = Author(seat.person, seat.agency, seat.role, seat.key.key_id)
        standings = tuple(
            Author(seat.person, one.agency, one.role, seat.key.key_id, one.team)
            for one in self.session.standings
        )
        me = Me(self.world.hub.id, seat.person, seat.person.title(), author, standings or (author,))
        self.desk = PromisingDesk(
            self.cache,
            me,
            self.seat.key,
            now=lambda: datetime.now(UTC) + self.clock,
            prove_passphrase=lambda passphrase: None,
        )
        self.desk.promised = self.saved.append

    def connect(self) -> None:
        self.connection = WatchedConnection(self.world.server, self.session.token, self.line, self.world.loop)
        self.together = WatchedTogether(
            self.cache,
            self.connection,
            self.session,
            self.world.hub.store_key,
            on_change=self.desk.tell,
            on_status=self._said,
            on_presence=lambda presence: None,
            on_seen=self._seen,
            chance=self.world.chance,
        )
        self.status = self.together.status
        self.desk.wake = self.together.wake
        self.task = self.world.loop.create_task(self.together.run())

    def _said(self, status: Status) -> None:
        self.status = status
        self.barred |= status.barred == KEY_OVER

    def _seen(self, seen: object) -> None:
        self.desk.seen = seen  # type: ignore[assignment]  # a Seen

    def disconnect(self) -> None:
        """End the network and wait for it; what it died of is raised, unless it was killed."""
        task, self.task = self.task, None
        if task is None:
            return
        task.cancel()
        (ended,) = self.world.run_until(asyncio.gather(task, return_exceptions=True))
        self.world.run_until(self.connection.close())
        if ended is not None and not isinstance(ended, (Killed, asyncio.CancelledError)):
            raise ended
        if self.together.fault is not None and not isinstance(self.together.fault, Killed):
            raise self.together.fault

    def kill(self) -> None:
        """End it as SIGKILL does: what is on the disk is all that there is."""
        left = self.folder
        self.folder = left.with_name(f"{self.seat.device}-{self.lives}")
        self.folder.mkdir()
        for name in ("cache.db", "cache.db-wal"):
            if (left / name).exists():
                shutil.copyfile(left / name, self.folder / name)
        self.disconnect()
        self.cache.close()
        shutil.rmtree(left)

    def restart(self) -> None:
        self.kill()
        self.start()

    def check_alive(self) -> None:
        """Notice that its network died, and start it again where it was killed."""
        died = self.together.fault
        if died is None and self.task is not None and self.task.done() and not self.task.cancelled():
            died = self.task.exception()
        if isinstance(died, Killed):
            self.restart()
        elif died is not None:
            raise died

    # --- the person

    def act(self, work: Callable[[], object]) -> str | None:
        """What a person does; the code where the rules say no. Nothing unmeant leaves the outbox."""
        before, self.desk.making_way = set(self._outbox()), frozenset()
        known = len(self.saved)
        code, killed = None, False
        try:
            work()
            meant = self.desk.making_way
        except Refusal as refusal:
            code, meant = refusal.code, frozenset()
        except Killed:
            killed, meant = True, self.desk.making_way
            self.restart()
        after = set(self._outbox())
        gone, new = before - after, after - before
        assert new <= set(self.saved), "more was kept than was said"
        assert killed or after.issuperset(self.saved[known:]), "it was said to be kept too soon"
        assert gone == meant or (killed and not gone), (gone, meant)
        self.done |= gone
        if gone:
            self.remade |= new
        return code

    def _outbox(self) -> list[str]:
        with self.cache._read() as db:
            return [row[0] for row in db.exec_driver_sql("SELECT act FROM outbox ORDER BY seq")]

    def whole(self) -> dict[str, int]:
        """How many bodies are held of each admitted act."""
        with self.cache._read() as db:
            rows = db.exec_driver_sql(
                "SELECT act, count(body) FROM entries WHERE position IS NOT NULL GROUP BY act"
            )
            return {row[0]: row[1] for row in rows}

    def not_admitted(self) -> list[str]:
        return [one.act for one in self.cache.waiting() if one.state == "refused"]

    def sign_in(self) -> None:
        """Sign in anew, with a new key where the device was revoked."""
        self.disconnect()
        hub = self.world.hub
        if self.barred or hub.revoked(self.seat):
            self.barred = False
            self.seat = replace(self.seat, key=SigningKey.generate())
            hub.act(self.seat.enrolment)
        try:
            self.cache.release(self.seat.person)
        except Killed:
            self.restart()
            return
        self.session = hub.session(self.seat)
        self._sit()
        self.connect()


class World:
    """One hub of a store, and desktops on it. All times but the people's clocks are simulated."""

    def __init__(
        self, store: Store, served: Served, server: Server, loop: SimulatedLoop, chance: Random, desks: int
    ) -> None:
        self.store, self.loop, self.chance = store, loop, chance
        memory = MEMORY if MEMORY.is_dir() else None
        self.folder = Path(tempfile.mkdtemp(prefix="mash-faults-", dir=memory))
        self.served = served
        seats = [Seat(*SEATS[number], f"device-{number}", SigningKey.generate()) for number in range(desks)]
        self.hub = Hub(store, seats, served.tell)
        self.server = replace(server, hub=self.hub.id)
        self.streams: list[str] = []
        self.backup: Backup | None = None
        self.desktops = [Desktop(self, seat) for seat in seats]
        for desktop in self.desktops:
            desktop.start()

    def close(self) -> None:
        for desktop in self.desktops:
            desktop.cache.fuse = None
            desktop.disconnect()
            self.run_until(desktop.line.end())
            desktop.cache.close()
        shutil.rmtree(self.folder)

    # --- the store

    def back_up(self) -> None:
        self.backup = back_up(self.store, self.hub.id)

    def restore(self) -> None:
        """Restore the last backup, if there is one of this epoch."""
        if self.backup is None:
            return
        before = self.hub.admitted()
        restore(self.store, self.backup)
        self.backup = None
        lost = before.keys() - self.hub.admitted().keys()
        for desktop in self.desktops:
            whole = desktop.whole()
            desktop.lost |= {
                act for act in lost.intersection(desktop.saved) if whole.get(act) != len(before[act].entries)
            }
        self.served.tell()

    # --- time

    def run_until(self, what: Awaitable[T]) -> T:
        return self.loop.run_until_complete(what)

    def wait(self, seconds: float) -> None:
        self.run_until(asyncio.sleep(seconds))
        for desktop in self.desktops:
            desktop.check_alive()

    # --- what must hold

    def heal(self) -> None:
        """Mend all, and let everybody come together again."""
        for desktop in self.desktops:
            desktop.cache.fuse = None
            desktop.line.mend()
            desktop.clock = timedelta()
        self.wait(0.0)
        began = datetime.now(UTC)
        for desktop in self.desktops:
            desktop.desk.wake()
            self.hub.give_role(desktop.seat.person, desktop.seat.agency, desktop.seat.role)
        quiet = 0
        for _ in range(1200):
            self.wait(1.0)
            for desktop in self.desktops:
                assert not desktop.status.distrust, (desktop.seat.device, desktop.status.distrust)
                if desktop.status.signed_out:
                    desktop.sign_in()
            quiet = quiet + 1 if all(self._settled(desktop, began) for desktop in self.desktops) else 0
            # Once may be between a page that was asked for before and the next, which was asked for since.
            if quiet == 2:
                return
        raise AssertionError(f"never together again: {[d.status for d in self.desktops]}")

    def _settled(self, desktop: Desktop, since: datetime) -> bool:
        status = desktop.status
        if not status.online or status.log_size != self.hub.size:
            return False
        asked = status.synced_at is not None and status.synced_at > since
        return asked and not desktop.cache.outgoing(desktop.seat.person, 1)

    def check(self) -> None:
        """Every desktop holds what the store would have it hold; nothing that was saved is lost or twice."""
        for desktop in self.desktops:
            self.hub.check_view(desktop.session, desktop.cache)
            self.hub.check_saved(
                desktop.saved,
                desktop.cache,
                done=desktop.done,
                remade=desktop.remade,
                lost=desktop.lost,
                elsewhere={
                    act
                    for other in self.desktops
                    if other.seat.person == desktop.seat.person
                    for act in other.saved
                },
            )
        self.hub.check_authors([act for desktop in self.desktops for act in desktop.saved])
        self.hub.check_once()
