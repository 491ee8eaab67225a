"""What a person may act as on a day: the hub's day, which in summer begins an hour before UTC's."""

from __future__ import annotations

from datetime import UTC, date, datetime

import msgspec
import pytest

from mash_desktop.domain.fold.hub import Directory, Membership
from mash_desktop.domain.roles import Role
from sync.store.docket import standing, standings
from tests.domain.story import staffordshire


def stoke(**dates: date) -> Directory:
    """Sol researches for police, which is a member between these days."""
    config = staffordshire()
    agencies = tuple(
        msgspec.structs.replace(one, **dates) if one.id == "police" else one for one in config.agencies
    )
    return Directory(
        people={"sol": "Sol"},
        memberships=(Membership("sol", "police", Role.RESEARCHER),),
        configs=((1, msgspec.structs.replace(config, agencies=agencies)),),
    )


@pytest.mark.parametrize(
    ("at", "member"),
    [
        (datetime(2026, 6, 30, 22, 59, 59, tzinfo=UTC), True),
        (datetime(2026, 6, 30, 23, 0, tzinfo=UTC), False),
    ],
    ids=["a second before midnight in summer", "midnight in summer"],
)
def test_membership_ends_at_the_hubs_midnight(at: datetime, member: bool) -> None:
    directory = stoke(until=date(2026, 6, 30))
    assert bool(standings(directory, "sol", at)) is member
    assert (standing(directory, "sol", "police", Role.RESEARCHER, at) is not None) is member


def test_membership_and_a_role_begin_on_their_day() -> None:
    night, morning = datetime(2026, 6, 30, 22, tzinfo=UTC), datetime(2026, 6, 30, 23, tzinfo=UTC)
    directory = stoke(since=date(2026, 7, 1))
    assert standings(directory, "sol", night) == ()
    assert len(standings(directory, "sol", morning)) == 1
    later = (Membership("sol", "police", Role.RESEARCHER, since=date(2026, 7, 1)),)
    directory = msgspec.structs.replace(stoke(), memberships=later)
    assert standings(directory, "sol", night) == ()
    assert len(standings(directory, "sol", morning)) == 1


def test_an_appointment_ends_at_the_hubs_midnight() -> None:
    last = (Membership("sol", "police", Role.RESEARCHER, until=date(2026, 6, 30)),)
    directory = msgspec.structs.replace(stoke(), memberships=last)
    assert len(standings(directory, "sol", datetime(2026, 6, 30, 22, 59, 59, tzinfo=UTC))) == 1
    assert standings(directory, "sol", datetime(2026, 6, 30, 23, tzinfo=UTC)) == ()


def test_a_hub_without_a_configuration_knows_no_roles() -> None:
    directory = msgspec.structs.replace(stoke(), configs=())
    assert standings(directory, "sol", datetime(2026, 6, 30, tzinfo=UTC)) == ()
