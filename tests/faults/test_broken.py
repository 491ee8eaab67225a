"""That schedules of faults notice a broken product where the way to it is long: the steps that lead there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

import pytest

from tests.faults import broken, people
from tests.faults.broken import Break
from tests.faults.machine import Ground
from tests.faults.network import Fault
from tests.faults.world import World


@pytest.fixture
def world(a_ground: Ground) -> Iterator[World]:
    """Where a contact has come to everybody."""
    on = a_ground
    made = World(on.store, on.served, on.server, on.loop, Random(1), 2)
    priya = made.desktops[0]
    made.wait(1.0)
    priya.act(lambda: people.opens(priya, ""))
    made.wait(3.0)
    yield made
    made.close()


def notes_in_a_row(world: World) -> None:
    priya = world.desktops[0]
    for _ in range(3):
        priya.act(lambda: people.notes(priya, world.streams[0]))


def an_entry_withdrawn(world: World) -> None:
    _, ruth = world.desktops
    assert ruth.act(lambda: people.withdraws(ruth, world.streams[0])) is None


def a_restore_after_a_note(world: World) -> None:
    priya = world.desktops[0]
    world.back_up()
    priya.act(lambda: people.notes(priya, world.streams[0]))
    world.wait(3.0)
    world.restore()


def a_role_that_ends_with_a_note_unsent(world: World) -> None:
    priya = world.desktops[0]
    priya.line.put([Fault.SLOW])
    world.hub.end_role(priya.seat)
    world.wait(1.0)
    # What brings the news is under way.
    priya.act(lambda: people.notes(priya, world.streams[0]))
    world.wait(20.0)


STORIES: tuple[tuple[Break, Callable[[World], None]], ...] = (
    (broken.the_last_goes_first, notes_in_a_row),
    (broken.a_save_is_made_twice, notes_in_a_row),
    (broken.withdrawals_are_ignored, an_entry_withdrawn),
    (broken.a_new_epoch_is_ignored, a_restore_after_a_note),
    (broken.pending_work_goes_with_what_it_belongs_to, a_role_that_ends_with_a_note_unsent),
)


@pytest.mark.parametrize(("breaks", "story"), STORIES, ids=[f"{breaks.__name__}" for breaks, _ in STORIES])
def test_a_broken_product_is_noticed(
    world: World, breaks: Break, story: Callable[[World], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        breaks(patch)
        with pytest.raises(AssertionError):
            told(world, story)


def test_a_whole_one_is_not(world: World) -> None:
    for story in dict.fromkeys(story for _, story in STORIES):
        told(world, story)


def told(world: World, story: Callable[[World], None]) -> None:
    story(world)
    world.heal()
    world.check()
