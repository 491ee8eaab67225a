"""Desktops in processes of their own, killed with SIGKILL at one boundary of a commit after another.

The store is another process over HTTPS, and is killed too; lines are cut and mended meanwhile. What a desktop
promised as saved it writes down in a file beside its cache, and that is what must be found in the end.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from random import Random

from uuid6 import uuid7

from mash_desktop.cache import Cache, open_engine
from mash_desktop.desk import Me
from mash_desktop.domain.acts import Author
from mash_desktop.domain.errors import Refusal
from mash_desktop.proofs.signature import SigningKey
from sync.client import Server, Synchroniser
from sync.protocol import Session
from sync.store.composition import Store
from sync.store.database import connect, migrate
from sync.store.sealing import read_secrets, write_secrets
from sync.store.serving import make_certificate
from tests.faults import people
from tests.faults.hub import Hub, Seat
from tests.faults.world import CACHE_KEY, SEATS, MortalCache, PromisingDesk, check_durable
from tests.support.store import REPOSITORY
from ui.demo.wire import Wire

STEPS, MORE_STEPS = 12, 4
"""Deeds of a desktop by the end of its first life, and how many more by the end of each one after that."""
KILLS = 6
"""Lives of each desktop that are cut short, one more boundary in each schedule."""
PATIENCE = 150.0
DESKS = (0, 1, 6)
"""Seats of those who may open a contact and work on it."""
DEEDS = (people.notes, people.rates, people.triages, people.admits, people.corrects, people.looks)


@dataclass(frozen=True)
class Life:
    """One start of a desktop's program. It ends at ``boundary``, or once everything is sent and fetched."""

    folder: Path
    server: Server
    session: Session
    store_key: bytes
    seat: Seat
    stream: str
    seed: int
    boundary: int | None = None
    steps: int = STEPS


class _Cache(MortalCache):
    def die(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


@dataclass
class _At:
    seat: Seat
    desk: PromisingDesk
    saved: list[str] = field(default_factory=list)


def live(life: Life) -> None:
    """What the process of one life does."""
    seat = life.seat
    engine = open_engine(life.folder / "cache.db", lambda: CACHE_KEY)
    check_durable(engine)
    cache = _Cache(engine, life.boundary)
    author = Author(seat.person, seat.agency, seat.role, seat.key.key_id)
    me = Me(life.server.hub, seat.person, seat.person.title(), author, (author,))
    desk = PromisingDesk(cache, me, seat.key, prove_passphrase=lambda passphrase: None)
    network = Synchroniser(
        cache,
        life.server,
        life.session,
        life.store_key,
        on_change=desk.tell,
        on_status=lambda status: None,
        on_seen=lambda seen: setattr(desk, "seen", seen),
    )
    desk.wake = network.wake
    at = _At(seat, desk, (life.folder / "promised").read_text().split())
    try:
        with (life.folder / "promised").open("a") as promised:

            def promise(act: str) -> None:
                at.saved.append(act)
                promised.write(f"{act}\n")
                promised.flush()

            desk.promised = promise
            # Killed between the commit and its being told: saved all the same.
            for act in (one.act for one in cache.waiting() if one.act not in at.saved):
                promise(act)
            network.start()
            _work(life, at, cache)
        until = time.monotonic() + PATIENCE
        while not _settled(network, cache, seat):
            assert time.monotonic() < until, network.status
            network.wake()
            time.sleep(0.05)
    finally:
        network.stop()
        cache.close()


def _work(life: Life, at: _At, cache: Cache) -> None:
    chance = Random(life.seed)
    while (step := int(cache.fact("step") or b"0")) < life.steps:
        until = time.monotonic() + PATIENCE
        while not at.desk.directory().configs:
            assert time.monotonic() < until, "the hub's configuration never came"
            at.desk.wake()
            time.sleep(0.02)
        streams = cache.streams("referral:")
        if life.stream not in streams:
            people.opens_at(at, life.stream)
        else:
            # Their own is there from the first on, those of others once they have come.
            with suppress(Refusal):
                chance.choice(DEEDS)(at, chance.choice(streams))
        cache.put_fact("step", str(step + 1).encode())
        time.sleep(chance.uniform(0.0, 0.05))


def _settled(network: Synchroniser, cache: Cache, seat: Seat) -> bool:
    return network.status.online and not cache.outgoing(seat.person, 1)


class MortalStore:
    """The store's program on a port that it keeps, killed and started again."""

    def __init__(self, database: str, folder: Path) -> None:
        engine = connect(database, 5)
        migrate(engine)
        engine.dispose()
        self._secrets = folder / "secrets.json"
        write_secrets(self._secrets)
        self._tls = make_certificate(folder / "tls", ("127.0.0.1",))
        self._database, self._log = database, folder / "log"
        self._listen = "127.0.0.1:0"
        self.direct = Store(connect(database, 5), read_secrets(self._secrets))
        self.start()

    def start(self) -> None:
        certificate, key = self._tls
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    sys.executable, "-m", "sync.cli", "serve", "--database", self._database,
                    "--secrets", str(self._secrets), "--listen", self._listen,
                    "--tls-cert", str(certificate), "--tls-key", str(key),
                ],
                stdout=subprocess.PIPE, stderr=log, text=True, cwd=REPOSITORY,
            )  # fmt: skip
        assert self.process.stdout is not None
        said = self.process.stdout.readline()
        assert said.startswith("Serving "), self._log.read_text()
        self.url = said.split()[1].rstrip(",")
        self._listen = self.url.removeprefix("https://")

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self._end()

    def _end(self) -> None:
        self.process.wait(30)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def close(self) -> None:
        self.process.terminate()
        self._end()
        self.direct.close()

    def server(self, hub: str) -> Server:
        return Server(self.url, self._tls[0].read_text(), hub)


@contextmanager
def a_mortal_store(database: str, folder: Path) -> Iterator[MortalStore]:
    store = MortalStore(database, folder)
    try:
        yield store
    finally:
        store.close()


def context() -> ForkServerContext:
    """Processes come from one that has read every module already, so that a start takes no second."""
    made = multiprocessing.get_context("forkserver")
    made.set_forkserver_preload(["tests.faults.processes"])
    return made


def run_schedule(store: MortalStore, folder: Path, seed: int, processes: ForkServerContext) -> int:
    """One schedule: three desktops killed again and again, then healed and looked at. Returns the kills."""
    chance = Random(seed)
    seats = [Seat(*SEATS[number], f"device-{number}", SigningKey.generate()) for number in DESKS]
    hub = Hub(store.direct, seats)
    wires = [Wire(store.server(hub.id)) for _ in seats]
    lives = []
    for number, (seat, wire) in enumerate(zip(seats, wires, strict=True)):
        home = folder / seat.device
        home.mkdir(parents=True)
        (home / "promised").touch()
        session = hub.session(seat)
        life = Life(home, wire.server, session, hub.store_key, seat, f"referral:{uuid7()}", seed + number)
        # First lives end at one boundary after another: forty schedules kill at each of the first 120.
        boundaries = [(3 * seed + number) % 120, *(chance.randrange(16) for _ in range(KILLS - 1))]
        lives.append((life, boundaries))
    try:
        killed = _killed(store, wires, lives, chance, processes)
    finally:
        for wire in wires:
            wire.close()
    for life, _ in lives:
        _check(hub, life)
    hub.check_once()
    return killed


def _killed(
    store: MortalStore,
    wires: list[Wire],
    lives: list[tuple[Life, list[int]]],
    chance: Random,
    processes: ForkServerContext,
) -> int:
    """Run every life, then whole ones until all is sent and fetched. Returns how many were killed."""
    killed = 0
    left = [
        [replace(life, boundary=at, steps=STEPS + MORE_STEPS * n) for n, at in enumerate(boundaries)]
        for life, boundaries in lives
    ]
    running: list[ForkServerProcess | None] = [_begin(processes, one.pop(0)) for one in left]
    store_dies_at = time.monotonic() + chance.uniform(0.2, 3.0)
    while any(process is not None for process in running):
        for number, process in enumerate(running):
            if process is None or process.is_alive():
                continue
            process.join()
            assert process.exitcode in {0, -signal.SIGKILL}, process.exitcode
            killed += process.exitcode != 0
            process.close()
            running[number] = _begin(processes, left[number].pop(0)) if left[number] else None
        wire = chance.choice(wires)
        wire.cut() if chance.random() < 0.05 else wire.mend()
        if time.monotonic() > store_dies_at:
            store_dies_at = float("inf")
            store.kill()
            store.start()
        time.sleep(0.01)
    for wire in wires:
        wire.mend()
    # Once so that all is sent, and once more so that all of it is fetched.
    for _ in range(2):
        steps = STEPS + MORE_STEPS * KILLS
        whole = [processes.Process(target=live, args=(replace(life, steps=steps),)) for life, _ in lives]
        for process in whole:
            process.start()
        for process in whole:
            process.join()
            assert process.exitcode == 0, process.exitcode
            process.close()
    return killed


def _begin(processes: ForkServerContext, life: Life) -> ForkServerProcess:
    process = processes.Process(target=live, args=(life,))
    process.start()
    return process


def _check(hub: Hub, life: Life) -> None:
    cache = Cache(open_engine(life.folder / "cache.db", lambda: CACHE_KEY))
    try:
        hub.check_view(life.session, cache)
        promised = (life.folder / "promised").read_text().split()
        assert promised, "nothing was done"
        hub.check_saved(promised, cache)
    finally:
        cache.close()
