"""Whatever befalls desktops and their lines, they come together again, and nothing is lost or done twice."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.faults import people
from tests.faults.machine import Ground, Schedule
from tests.faults.network import Fault
from tests.faults.world import World

# One schedule takes about a second: what fails is replayed by its seed, and not made smaller.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)


@pytest.fixture
def world(a_ground: Ground) -> Iterator[World]:
    """One person at one desktop, who has come together with the hub."""
    on = a_ground
    made = World(on.store, on.served, on.server, on.loop, Random(1), 1)
    try:
        made.wait(1.0)
        yield made
    finally:
        made.close()


def test_what_had_come_before_its_key_was_revoked_is_not_made_anew(world: World) -> None:
    (priya,) = world.desktops
    priya.act(lambda: people.opens(priya, ""))
    priya.line.put([Fault.UNANSWERED, *[Fault.LOST] * 9])
    world.wait(1.0)
    assert priya.saved[0] in world.hub.admitted()
    world.hub.revoke(priya.seat)
    priya.line.mend()
    world.wait(9.0)
    assert [one.state for one in priya.cache.waiting()] == ["quarantined"]
    priya.sign_in()
    priya.act(lambda: people.does_again(priya, ""))
    world.heal()
    world.check()
    assert priya.cache.waiting() == ()


def test_what_was_refused_and_taken_back_is_not_admitted_when_it_comes_once_more(world: World) -> None:
    (priya,) = world.desktops
    priya.act(lambda: people.opens(priya, ""))
    world.wait(1.0)
    world.hub.end_role(priya.seat)
    priya.act(lambda: people.notes(priya, world.streams[0]))
    priya.line.put([Fault.AGAIN_LATER])
    world.wait(1.0)
    assert priya.not_admitted() == priya.saved[1:]
    priya.act(lambda: people.lets_go(priya, ""))
    world.hub.give_role(priya.seat.person, priya.seat.agency, priya.seat.role)
    world.wait(60.0)
    world.heal()
    world.check()
    assert priya.saved[1] not in world.hub.admitted()


def test_what_was_set_aside_goes_once_its_keys_revocation_was_lost_with_the_store(world: World) -> None:
    (priya,) = world.desktops
    world.back_up()
    world.hub.revoke(priya.seat)
    priya.act(lambda: people.opens(priya, ""))
    world.wait(1.0)
    assert [one.state for one in priya.cache.waiting()] == ["quarantined"]
    world.restore()
    world.heal()
    world.check()
    assert priya.saved[0] in world.hub.admitted()


def test_what_waited_while_a_store_was_restored_goes_after_what_it_had_admitted(world: World) -> None:
    (priya,) = world.desktops
    priya.act(lambda: people.opens(priya, ""))
    world.wait(1.0)
    world.back_up()
    priya.act(lambda: people.notes(priya, world.streams[0]))
    world.wait(1.0)
    priya.line.lose()
    priya.act(lambda: people.withdraws(priya, world.streams[0]))
    world.restore()
    world.heal()
    world.check()
    assert list(world.hub.admitted())[-2:] == priya.saved[1:]


@pytest.mark.timeout(900)
def test_a_handful_of_schedules(a_ground: Ground) -> None:
    Schedule.ground = a_ground
    run_state_machine_as_test(
        Schedule, settings=settings(max_examples=4, stateful_step_count=10, deadline=None, phases=PHASES)
    )
