"""Breaking the glass at a desk: who may, with what, and what is told of it afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from mash_desktop.desk import ChangeSet, Desk, glass
from mash_desktop.desk.places import badges
from mash_desktop.domain.acts import Author
from mash_desktop.domain.entries.access import GlassBroken, GlassMended
from mash_desktop.domain.errors import Refusal
from tests.domain.story import CONSULTANT, MANAGER, OPERATOR, START, Story
from tests.support.desks import OFFICER, desk_of, receive
from tests.support.trail import Days

STREAM = "referral:019a7b1c-0000-7000-8000-0000000000aa"


def desk_for(author: Author, folder: Path) -> Iterator[Desk]:
    desk = desk_of(author, folder)
    desk.online = lambda: True
    yield desk
    desk.cache.close()


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Desk]:
    yield from desk_for(MANAGER, tmp_path)


@pytest.fixture
def officer(tmp_path: Path) -> Iterator[Desk]:
    yield from desk_for(OFFICER, tmp_path)


@pytest.fixture
def operator(tmp_path: Path) -> Iterator[Desk]:
    yield from desk_for(OPERATOR, tmp_path)


def test_a_named_role_opens_a_record_for_the_hubs_hours_and_sees_until_when(manager: Desk) -> None:
    manager.cache.put_draft("form", "A child is missing.")
    glass.break_glass(manager, STREAM, " A child is missing. ", ("form",))
    (act,) = manager.cache.waiting()
    (entry,) = act.entries
    until = START + timedelta(hours=4)
    assert entry.stream == f"access:{START.date().isoformat()}"
    assert entry.body == GlassBroken(target=STREAM, reason="A child is missing.", until=until)
    assert manager.cache.draft("form") is None
    mine = glass.mine(manager, STREAM)
    assert mine is not None
    assert (mine.until, mine.who, mine.reason) == ("17:58", "Karen Shaw", "A child is missing.")
    assert glass.mine(manager, "referral:other") is None
    manager.now = lambda: until
    assert glass.mine(manager, STREAM) is None


def test_without_the_line_or_a_reason_it_stays_whole(manager: Desk) -> None:
    with pytest.raises(Refusal, match="field-empty") as refused:
        glass.break_glass(manager, STREAM, " ")
    assert refused.value.field == "reason"
    manager.online = lambda: False
    with pytest.raises(Refusal, match="glass-offline"):
        glass.break_glass(manager, STREAM, "A child is missing.")
    assert manager.cache.waiting() == ()


def test_a_role_that_is_not_named_cannot(operator: Desk) -> None:
    assert glass.hours(operator) == 0
    with pytest.raises(Refusal, match="not-permitted"):
        glass.break_glass(operator, STREAM, "A child is missing.")


def test_it_is_broken_in_the_standing_that_may(operator: Desk) -> None:
    """Who acts as an operator, and is a consultant as well, breaks it as a consultant."""
    consultant = msgspec.structs.replace(CONSULTANT, person=OPERATOR.person)
    operator.me = msgspec.structs.replace(operator.me, standings=(OPERATOR, consultant))
    assert glass.hours(operator) == 4
    glass.break_glass(operator, STREAM, "A child is missing.")
    (act,) = operator.cache.waiting()
    assert act.entries[0].role is CONSULTANT.role


def test_governance_counts_what_it_has_not_looked_at_and_ends_what_is_open(officer: Desk) -> None:
    days = Days(officer)
    until = START + timedelta(hours=4)
    (first,) = days.add(MANAGER, START, GlassBroken(target=STREAM, reason="Missing.", until=until))
    (second,) = days.add(CONSULTANT, START, GlassBroken(target=STREAM, reason="Hurt.", until=until))
    days.add(
        OFFICER, START, GlassMended(broken=second, target=STREAM, person="ruth", reason="Not called for.")
    )
    assert list(glass.broken(officer)) == [first]
    assert badges(officer).by_place["govern"] == 2
    told: list[ChangeSet] = []
    officer.listen(told.append)
    glass.see(officer, first)
    assert badges(officer).by_place["govern"] == 1
    assert told
    with pytest.raises(Refusal, match="field-empty"):
        glass.mend(officer, glass.broken(officer)[first], " ")
    glass.mend(officer, glass.broken(officer)[first], "It was a drill.")
    assert glass.broken(officer) == {}
    (act,) = officer.cache.waiting()
    body = act.entries[0].body
    assert body == GlassMended(broken=first, target=STREAM, person="karen", reason="It was a drill.")


def test_nobody_but_governance_counts_and_ends_it(manager: Desk) -> None:
    days = Days(manager)
    days.add(CONSULTANT, START, GlassBroken(target=STREAM, reason="Hurt.", until=START + timedelta(hours=4)))
    assert glass.unseen(manager) == 0
    (broken,) = glass.broken(manager).values()
    with pytest.raises(Refusal, match="not-permitted"):
        glass.mend(manager, broken, "Enough.")


def test_without_the_line_what_was_opened_closes_here_when_its_time_is_over(manager: Desk) -> None:
    story = Story(STREAM).taken()
    until = START + timedelta(hours=4)
    (entry,) = Days(manager, audience="person:karen").add(
        MANAGER, START, GlassBroken(target=STREAM, reason="Missing.", until=until)
    )
    receive(manager.cache, OPERATOR, story, by="person:karen")
    manager.now = lambda: until
    glass.close_overdue(manager)
    assert manager.cache.entries(STREAM), "while the hub is there, the hub closes it"
    manager.online = lambda: False
    manager.now = lambda: until - timedelta(seconds=1)
    glass.close_overdue(manager)
    assert manager.cache.entries(STREAM)
    manager.now = lambda: until
    told: list[ChangeSet] = []
    manager.listen(told.append)
    glass.close_overdue(manager)
    assert manager.cache.entries(STREAM) == ()
    assert STREAM in told[0].streams
    assert entry not in {one.id for one in manager.cache.entries_of_kinds("access:", GlassBroken.KIND)}
    glass.close_overdue(manager)
    assert len(told) == 1


def test_glass_of_others_or_closed_already_closes_nothing_here(officer: Desk) -> None:
    days = Days(officer)
    until = START + timedelta(hours=4)
    days.add(MANAGER, START, GlassBroken(target=STREAM, reason="Missing.", until=until))
    (mine,) = days.add(OFFICER, START, GlassBroken(target=STREAM, reason="Missing.", until=until))
    days.add(OFFICER, START, GlassMended(broken=mine, target=STREAM, person="helen", reason="A drill."))
    officer.online = lambda: False
    officer.now = lambda: until
    glass.close_overdue(officer)
    assert len(officer.cache.entries_of_kinds("access:", GlassBroken.KIND)) == 2
