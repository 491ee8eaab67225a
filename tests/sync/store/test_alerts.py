"""Who has cover for a restricted record when its named readers may not be there."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mash_desktop.domain.fold.hub import Directory, Membership
from mash_desktop.domain.roles import Role
from sync.store.alerts import Met, on_duty
from tests.domain.story import staffordshire

WEDNESDAY = datetime(2026, 11, 25, 14, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "cover"),
    [
        (WEDNESDAY, ("dan", "ruth")),
        (WEDNESDAY.replace(hour=23), ("mo",)),
        (WEDNESDAY.replace(day=29), ("mo",)),
    ],
    ids=["open", "night", "sunday"],
)
def test_cover_is_the_decision_makers_while_the_hub_is_open_and_the_out_of_hours_team_when_it_is_not(
    at: datetime, cover: tuple[str, ...]
) -> None:
    """Never the person who types, nor a named reader, who is told anyway."""
    roles = {
        "ruth": Role.CONSULTANT_SOCIAL_WORKER,
        "dan": Role.CONSULTANT_SOCIAL_WORKER,
        "reader": Role.CONSULTANT_SOCIAL_WORKER,
        "typist": Role.CONSULTANT_SOCIAL_WORKER,
        "mo": Role.OUT_OF_HOURS,
        "priya": Role.TRIAGE_OPERATOR,
    }
    directory = Directory(
        people={person: person for person in roles} | {"neil": "Neil"},
        memberships=(
            *(Membership(person, "scc-children", role) for person, role in roles.items()),
            Membership("neil", "scc-adults", Role.SAFEGUARDING_MANAGER),
        ),
        configs=((1, staffordshire()),),
    )
    assert on_duty(directory, "typist", Met("identity:1", "scc-children", ("reader",)), at) == cover
