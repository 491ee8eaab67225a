"""Which places a person's roles open, and what is counted at each."""

from __future__ import annotations

from pathlib import Path

import pytest

from mash_desktop.desk import requests
from mash_desktop.desk.places import ROLES, badges, places_for
from mash_desktop.domain.entries.contact import NoteAdded
from mash_desktop.domain.entries.outcome import OutcomeSent
from mash_desktop.domain.roles import Role
from tests.domain.story import (
    CONSULTANT,
    FACILITATOR,
    HOUSING,
    MANAGER,
    OPERATOR,
    POLICE,
    Story,
    staffordshire,
)
from tests.support.carters import at_sign_off
from tests.support.desks import crowd, desk_of


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.STORE])
def test_every_role_has_places_and_among_them_its_settings(role: Role) -> None:
    mine = places_for(frozenset({role}), staffordshire())
    assert mine[-2:] == ("sync", "settings")
    assert list(mine) == [place for place in ROLES if place in mine]


def test_neither_administrator_nor_governance_opens_a_case_by_role() -> None:
    for role in (Role.ADMINISTRATOR, Role.INFORMATION_GOVERNANCE):
        assert not {"file", "search", "table", "hub"} & set(places_for(frozenset({role}), staffordshire()))


def test_a_consultant_sees_what_waits_for_oversight_and_sign_off(tmp_path: Path) -> None:
    found = badges(desk_of(CONSULTANT, tmp_path, Story("referral:1").taken().triaged()))
    assert found.by_place["oversight"] == 1
    assert found.by_place["sign"] == 0
    assert "requests" not in found.by_place
    assert found.hub_label


def test_a_manager_sees_what_waits_to_be_rated(tmp_path: Path) -> None:
    story = Story("referral:1").taken().triaged().admitted()
    assert badges(desk_of(MANAGER, tmp_path, story)).by_place["hub"] == 1


def test_an_agency_sees_the_requests_it_has_not_answered(tmp_path: Path) -> None:
    story = Story("referral:1").taken().triaged().admitted().rated().asked()
    assert badges(desk_of(POLICE, tmp_path, story)).by_place["requests"] == 1


def test_every_request_that_the_list_shows_open_is_counted(tmp_path: Path) -> None:
    signed = at_sign_off().signed()
    signed.tell(FACILITATOR, OutcomeSent(agency="scc-children", team="social-work-gateway"))
    story = Story("referral:1", first=200).taken().triaged().admitted().rated().asked()
    desk = desk_of(HOUSING, tmp_path, signed)
    listed = sum(row.open for row in requests.requests_of_agency(desk))
    assert badges(desk).by_place["requests"] == listed == 1
    other = tmp_path / "police"
    other.mkdir()
    desk = desk_of(POLICE, other, story)
    crowd(desk, "referral:1", 600)
    assert badges(desk).by_place["requests"] == 601


def test_what_waits_and_what_wants_attention_are_counted_apart(tmp_path: Path) -> None:
    desk = desk_of(OPERATOR, tmp_path, Story("referral:1").taken())
    assert (badges(desk).waiting, badges(desk).attention) == (0, 0)
    first = desk.act("referral:1", NoteAdded(words="The school rang."))
    desk.act("referral:1", NoteAdded(words="They ring back."))
    desk.cache.refused(first, "not-permitted", "It cannot be done.", None, None, None)
    found = badges(desk)
    assert (found.waiting, found.attention) == (1, 1)
    assert found.by_place["sync"] == 1
