"""Schedules of faults, as a state machine: desktops that work, and whatever may befall them meanwhile."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import ClassVar

import hypothesis.strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from litestar.exceptions import LitestarDeprecationWarning

from sync.client import Server
from sync.store.composition import Store
from sync.store.database import connect, migrate
from sync.store.sealing import read_secrets, write_secrets
from sync.store.service import application
from sync.store.serving import make_certificate
from tests.faults import people
from tests.faults.clock import SetClock, SimulatedLoop
from tests.faults.network import Fault
from tests.faults.network import Store as Served
from tests.faults.people import Deed
from tests.faults.world import SEATS, Desktop, World
from tests.support.postgres import PostgresServer

WHO = st.integers(0, len(SEATS) - 1)
ON = st.integers(0, 3)
BEFALLS = st.none() | st.sampled_from(Fault)


def several(*deeds: Deed) -> st.SearchStrategy[list[Deed]]:
    return st.lists(st.sampled_from(deeds), min_size=1, max_size=6)


class Ground:
    """What all schedules of a run stand on: a database, its secrets, a certificate, a loop."""

    def __init__(self, database: str, folder: Path) -> None:
        engine = connect(database, 5)
        migrate(engine)
        engine.dispose()
        secrets = folder / "secrets.json"
        write_secrets(secrets)
        certificate, _ = make_certificate(folder / "tls", ("store",))
        self.clock = SetClock()
        self.store = Store(connect(database, 5), read_secrets(secrets), self.clock)
        self.server = Server("https://store", certificate.read_text(), "")
        self.loop = SimulatedLoop()
        self.held = 0
        """Schedules at whose end all was as it must be."""
        with warnings.catch_warnings():
            # As the service has it in its own process.
            warnings.simplefilter("ignore", LitestarDeprecationWarning)
            app = application(self.store, rate=1e9)
        self.served = Served(app)

    def close(self) -> None:
        self.loop.run_until_complete(self.served.close())
        self.loop.close()
        self.store.close()


@contextmanager
def ground(postgres: PostgresServer, folder: Path) -> Iterator[Ground]:
    name = postgres.new_database()
    made = Ground(postgres.url(name), folder)
    try:
        yield made
    finally:
        made.close()
        postgres.drop_database(name)


class Schedule(RuleBasedStateMachine):
    """One schedule on the ``ground``; what must hold is checked at its end, and wherever all is mended."""

    ground: ClassVar[Ground]

    @initialize(
        desks=st.integers(3, len(SEATS)),
        chance=st.integers(0, 2**32 - 1),
        far=st.integers(0, len(people.WAY)),
    )
    def begin(self, desks: int, chance: int, far: int) -> None:
        """With a contact that has gone so far, and backed up by then."""
        on = self.ground
        self.world = World(on.store, on.served, on.server, on.loop, Random(chance), desks)
        self.world.wait(1.0)
        priya = self.world.desktops[0]
        assert priya.act(partial(people.opens, priya, "")) is None
        assert priya.saved
        self.go(self.world.streams[0], far)
        self.world.back_up()

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        try:
            self.all_is_mended()
            self.ground.held += 1
        finally:
            self.world.close()

    def desktop(self, number: int) -> Desktop:
        return self.world.desktops[number % len(self.world.desktops)]

    def stream(self, number: int) -> str:
        # The latest are the likeliest to be worked on.
        streams = self.world.streams
        return streams[-1 - number % min(len(streams), 4)]

    def all_is_mended(self) -> None:
        self.ground.clock.ahead = timedelta()
        self.world.heal()
        self.world.check()

    def go(self, stream: str, far: int) -> None:
        """Each does their step once they have heard of the last, if they have."""
        self.world.wait(1.0)
        for seat, deed in people.WAY[:far]:
            if seat < len(self.world.desktops):
                desktop = self.world.desktops[seat]
                desktop.act(partial(deed, desktop, stream))
                self.world.wait(1.0)

    # --- people

    @rule(who=WHO, deeds=several(*people.DEEDS), on=ON, befalls=BEFALLS)
    def works(self, who: int, deeds: list[Deed], on: int, befalls: Fault | None = None) -> None:
        """One thing after another, before any of it is sent; and what befalls that."""
        desktop = self.desktop(who)
        for deed in deeds:
            desktop.act(partial(deed, desktop, self.stream(on)))
        if befalls is not None:
            desktop.line.put([befalls])

    @rule(
        who=st.sampled_from([0, 6]), deeds=several(*people.TAKING, *people.ANYBODYS), on=ON, befalls=BEFALLS
    )
    def somebody_takes_contacts(self, who: int, deeds: list[Deed], on: int, befalls: Fault | None) -> None:
        self.works(who, deeds, on, befalls)

    @rule(deeds=several(*people.DECIDING, *people.ANYBODYS), on=ON, befalls=BEFALLS)
    def somebody_decides(self, deeds: list[Deed], on: int, befalls: Fault | None) -> None:
        self.works(1, deeds, on, befalls)

    @rule(
        who=st.sampled_from([2, 4]), deeds=several(*people.RUNNING, *people.ANYBODYS), on=ON, befalls=BEFALLS
    )
    def somebody_runs_the_hub(self, who: int, deeds: list[Deed], on: int, befalls: Fault | None) -> None:
        self.works(who, deeds, on, befalls)

    @rule(
        who=st.sampled_from([3, 5]),
        deeds=several(*people.ANSWERING, *people.ANYBODYS),
        on=ON,
        befalls=BEFALLS,
    )
    def somebody_answers(self, who: int, deeds: list[Deed], on: int, befalls: Fault | None) -> None:
        self.works(who, deeds, on, befalls)

    @rule(who=WHO, on=ON, other=WHO)
    def two_do_the_same(self, who: int, on: int, other: int) -> None:
        for number in (who, other):
            desktop = self.desktop(number)
            for deed in (people.rates, people.triages, people.signs, people.drafts):
                if desktop.act(partial(deed, desktop, self.stream(on))) is None:
                    break

    @rule(on=ON, mended=st.booleans())
    def a_contact_goes_its_way(self, on: int, mended: bool) -> None:
        if mended:
            self.all_is_mended()
        self.go(self.stream(on), len(people.WAY))

    @rule(seconds=st.floats(0.0, 40.0))
    def time_passes(self, seconds: float) -> None:
        self.world.wait(seconds)

    # --- lines

    @rule(who=WHO, faults=st.lists(st.sampled_from(Fault), min_size=1, max_size=4))
    def a_line_falters(self, who: int, faults: list[Fault]) -> None:
        self.desktop(who).line.put(faults)
        self.desktop(who).desk.wake()

    @rule(who=WHO, faults=st.lists(st.sampled_from(Fault), max_size=4))
    def a_live_stream_falters(self, who: int, faults: list[Fault]) -> None:
        self.desktop(who).line.put_live(faults)

    @rule(who=WHO, mended=st.booleans())
    def a_line_is_cut(self, who: int, mended: bool) -> None:
        line = self.desktop(who).line
        line.lose()
        if mended:
            line.mend()

    # --- machines

    @rule(who=WHO, boundary=st.integers(0, 11))
    def a_desktop_will_be_killed(self, who: int, boundary: int) -> None:
        """At one of the next boundaries of a commit."""
        self.desktop(who).cache.fuse = boundary

    @rule(who=WHO)
    def a_desktop_is_killed(self, who: int) -> None:
        self.desktop(who).restart()

    @rule(who=WHO, minutes=st.sampled_from([-90, -2, 3, 120]))
    def a_clock_jumps(self, who: int, minutes: int) -> None:
        self.desktop(who).clock += timedelta(minutes=minutes)

    @rule(minutes=st.sampled_from([-20, -2, 0, 3, 20, 120]))
    def the_stores_clock_jumps(self, minutes: int) -> None:
        self.ground.clock.ahead = timedelta(minutes=minutes)

    @rule()
    def the_store_is_backed_up(self) -> None:
        self.world.back_up()

    @rule()
    def the_store_is_restored(self) -> None:
        self.world.restore()

    @rule(seconds=st.floats(0.0, 4.0))
    def the_store_is_restored_twice(self, seconds: float) -> None:
        """While desktops give it back what it had lost the first time."""
        self.world.restore()
        self.world.wait(seconds)
        self.world.back_up()
        self.world.restore()

    # --- rights

    @rule(who=WHO)
    def a_session_ends(self, who: int) -> None:
        self.world.hub.end_session(self.desktop(who).session)

    @rule(who=WHO)
    def a_device_is_revoked(self, who: int) -> None:
        self.world.hub.revoke(self.desktop(who).seat)

    @rule(who=WHO, deeds=several(*people.DEEDS), on=ON, slow=st.booleans())
    def a_role_ends(self, who: int, deeds: list[Deed], on: int, slow: bool) -> None:
        """While its person works on, who may not have heard."""
        desktop = self.desktop(who)
        desktop.line.put([Fault.SLOW] * slow)
        self.world.hub.end_role(desktop.seat)
        self.world.wait(1.0)
        self.works(who, deeds, on)

    @rule(who=WHO, as_of=WHO)
    def a_role_is_given(self, who: int, as_of: int) -> None:
        _, agency, role = SEATS[as_of]
        self.world.hub.give_role(self.desktop(who).seat.person, agency, role)

    @rule(who=WHO)
    def somebody_signs_in_again(self, who: int) -> None:
        desktop = self.desktop(who)
        if self.world.hub.roles(desktop.seat.person) and not desktop.line.cut:
            desktop.sign_in()
