"""Markers are set on whoever is told of, hold wherever they are linked, and can be cleared by a reader."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from mash_desktop.desk import Desk, referral_file
from mash_desktop.domain.acts import Author, Draft, compose
from mash_desktop.domain.codes import Marker
from mash_desktop.domain.entries.hub import MembershipGranted, PersonEnrolled
from mash_desktop.domain.entries.identity import IdentityLinked
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.roles import Role
from tests.domain.story import CONSULTANT, KEY, MANAGER, OPERATOR, START, Story
from tests.support.desks import desk_of

STREAM, OTHER = "referral:0", "referral:1"
SUPPRESS = {"subject": "mia", "marker": "address_suppressed", "reason": "In refuge."}


def consultant(folder: Path) -> Desk:
    return desk_of(CONSULTANT, folder, Story().taken(), Story(OTHER, first=100).taken())


def marks(desk: Desk, stream: str) -> dict[str, list[str]]:
    file = referral_file.read_file(desk, stream)
    assert file is not None
    return {one.subject: [mark.text for mark in one.marks] for one in file.people}


def refused(desk: Desk, values: Mapping[str, str]) -> Refusal:
    with pytest.raises(Refusal) as told:
        referral_file.set_marker(desk, STREAM, values)
    return told.value


def test_a_marker_makes_an_identity_where_there_is_none_and_holds_wherever_it_is_linked(
    tmp_path: Path,
) -> None:
    desk = consultant(tmp_path)
    referral_file.set_marker(desk, STREAM, SUPPRESS)
    (identity,) = desk.cache.linked_identities(STREAM)
    desk.save([Draft(identity.stream, IdentityLinked(referral=OTHER, subject="mia"))])
    referral_file.set_marker(desk, OTHER, SUPPRESS | {"marker": "unsafe_to_contact", "reason": "He answers."})
    (identity,) = desk.cache.linked_identities(STREAM)
    assert set(identity.markers) == {Marker.ADDRESS_SUPPRESSED, Marker.UNSAFE_TO_CONTACT}
    for stream in (STREAM, OTHER):
        assert marks(desk, stream)["mia"] == ["address suppressed", "unsafe to contact"]
    assert marks(desk, STREAM)["tyler"] == []


def test_a_marker_is_cleared_with_its_reason(tmp_path: Path) -> None:
    desk = consultant(tmp_path)
    referral_file.set_marker(desk, STREAM, SUPPRESS)
    desk.now = lambda: START + timedelta(hours=1)
    file = referral_file.read_file(desk, STREAM)
    assert file is not None
    ((marked, words),) = file.head.marked
    assert words == "Mia Carter: address suppressed"
    for values, field in (({}, "marked"), ({"marked": marked}, "reason")):
        with pytest.raises(Refusal) as told:
            referral_file.clear_marker(desk, STREAM, values)
        assert told.value.field == field
    referral_file.clear_marker(desk, STREAM, {"marked": marked, "reason": "They have moved."})
    assert marks(desk, STREAM)["mia"] == []


def test_a_restricted_record_names_readers_of_whom_one_may_clear_it(tmp_path: Path) -> None:
    desk = consultant(tmp_path)
    root = Author("root", "mash", Role.ADMINISTRATOR, KEY.key_id)
    second = [
        Draft("hub", PersonEnrolled(person="sam2", name="Sam Iqbal")),
        Draft("hub", MembershipGranted(person="sam2", agency="mash", role=Role.FACILITATOR)),
    ]
    desk.cache.save(compose("staffordshire", root, second, KEY, START))
    restrict = {"subject": "mia", "marker": "restricted", "reason": "Child of a colleague."}
    for readers, code in (
        ("", "readers-missing"),
        ("Ruth Okafor\nNobody Known", "person-unknown"),
        ("Sam Iqbal", "person-ambiguous"),
        ("Dan Whitmore; Priya Nair", "readers-cannot-clear"),
    ):
        found = refused(desk, restrict | {"readers": readers})
        assert (found.code, found.field) == (code, "readers")
    referral_file.set_marker(desk, STREAM, restrict | {"readers": "ruth okafor\nSam Iqbal (Police)"})
    (identity,) = desk.cache.linked_identities(STREAM)
    assert identity.restricted_to == frozenset({"ruth", "sam"})


@pytest.mark.parametrize("field", ["subject", "marker", "reason"])
def test_what_is_missing_is_named(tmp_path: Path, field: str) -> None:
    assert refused(consultant(tmp_path), SUPPRESS | {field: ""}).field == field


def test_who_may_not_is_not_offered_it_and_a_manager_asks_the_owner_where_nobody_is_linked(
    tmp_path: Path,
) -> None:
    story = Story().taken()
    file = referral_file.read_file(desk_of(OPERATOR, tmp_path, story), STREAM)
    assert file is not None
    assert not file.head.may_mark
    story.triaged().admitted()
    manager = desk_of(MANAGER, tmp_path, story)
    file = referral_file.read_file(manager, STREAM)
    assert file is not None
    assert file.head.may_mark
    assert refused(manager, SUPPRESS).code == "identity-missing"
