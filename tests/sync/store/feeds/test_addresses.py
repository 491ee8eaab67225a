"""A mother's refuge address, suppressed in one referral and therefore in the other that has it too."""

from __future__ import annotations

from typing import Any

import pytest
from uuid6 import uuid7

from mash_desktop.domain.acts import Draft
from mash_desktop.domain.entries.contact import AddressRecorded
from mash_desktop.domain.entries.identity import IdentityLinked, IdentityUnlinked
from mash_desktop.domain.entries.outcome import EntryWithdrawn
from tests.domain.story import CONSULTANT, OPERATOR
from tests.support.served_story import Cast, ServedStory
from tests.sync.store.feeds.conftest import House
from tests.sync.store.test_people import child, looked_for, told_of

pytestmark = pytest.mark.parametrize("postgres", ["embedded"], indirect=True)

REFUGE: dict[str, Any] = {"line": "2 Quiet Street", "postcode": "ST16 9QQ"}


def asked_about_joanne(told: Cast) -> tuple[ServedStory, str, str]:
    """A referral at gathering, with the refuge and a former address; both told to whoever is asked."""
    story = ServedStory(told)
    story.taken()
    refuge, before = story.tell(
        OPERATOR,
        AddressRecorded(address="now", subjects=("joanne",), **REFUGE),
        AddressRecorded(address="before", subjects=("joanne",), line="14 Mill Lane"),
    )
    story.triaged().admitted().rated().asked()
    return story, refuge, before


def same_person(told: Cast, *stories: ServedStory) -> str:
    identity = f"identity:{uuid7()}"
    links = (Draft(identity, IdentityLinked(referral=one.stream, subject="joanne")) for one in stories)
    answer = told["ruth"].act(*links)
    assert answer.state == "admitted", answer
    return identity


def suppressed(story: ServedStory, line: str = "2, Quiet St.") -> tuple[str, ...]:
    """The refuge written down as suppressed, as somebody else writes it."""
    address = AddressRecorded(
        address="r", subjects=("joanne",), line=line, postcode="st169qq", suppressed=True
    )
    return story.tell(OPERATOR, address)


def test_suppressed_in_one_referral_it_leaves_the_other_and_comes_back_when_that_was_a_slip(
    house: House, told: Cast
) -> None:
    first, refuge, before = asked_about_joanne(told)
    second = ServedStory(told)
    second.taken()
    same_person(told, first, second)
    sam, ruth = house.sit("sam"), house.sit("ruth")
    sam.until_holding(first.stream, refuge, before)
    (hidden,) = suppressed(second)
    sam.until_freed(first.stream, refuge)
    assert before in sam.holding(first.stream)
    ruth.until_holding(first.stream, refuge)
    cause = next(row for row in told["sam"].pull() if row.entry == refuge and row.op == "withdraw")
    assert cause.because == next(one.position for one in second.entries if one.id == hidden)
    second.tell(CONSULTANT, EntryWithdrawn(entry=hidden, reason="Another Joanne's."))
    sam.until_holding(first.stream, refuge)


def test_it_is_hidden_from_the_moment_the_person_is_found_to_be_the_same(told: Cast) -> None:
    first, refuge, before = asked_about_joanne(told)
    second = ServedStory(told)
    second.taken()
    suppressed(second)
    assert {refuge, before} <= told["sam"].holds().keys()
    identity = same_person(told, first, second)
    assert refuge not in told["sam"].holds()
    assert before in told["sam"].holds()
    (late,) = first.tell(OPERATOR, AddressRecorded(address="late", subjects=("joanne",), **REFUGE))
    assert late not in told["sam"].holds()
    unlinked = IdentityUnlinked(referral=second.stream, subject="joanne", reason="Not the same.")
    assert told["ruth"].act(Draft(identity, unlinked)).state == "admitted"
    assert {refuge, late} <= told["sam"].holds().keys()


def test_another_address_of_hers_and_anothers_at_the_refuge_stay_as_they_were(told: Cast) -> None:
    first, refuge, before = asked_about_joanne(told)
    (mias,) = first.tell(OPERATOR, AddressRecorded(address="m", subjects=("mia",), **REFUGE))
    second = ServedStory(told)
    second.taken()
    same_person(told, first, second)
    suppressed(second, "9 Quiet Street")
    assert {refuge, before, mias} <= told["sam"].holds().keys()
    suppressed(second)
    assert {before, mias} <= told["sam"].holds().keys()
    assert refuge not in told["sam"].holds()


def test_nobody_is_found_by_an_address_that_is_suppressed_elsewhere(told: Cast) -> None:
    who = child()
    first, second = ServedStory(told), ServedStory(told)
    for story in (first, second):
        story.taken()
        story.tell(OPERATOR, told_of("joanne", who))
    first.tell(OPERATOR, AddressRecorded(address="now", subjects=("joanne",), **REFUGE))
    (found,) = [one for one in looked_for(told["ruth"], who) if one.referral == first.stream]
    assert found.address == "2 Quiet Street, ST16 9QQ"
    same_person(told, first, second)
    suppressed(second)
    found_again = looked_for(told["ruth"], who, postcode="ST16 9QQ")
    assert {one.referral: one.address for one in found_again} == {first.stream: "", second.stream: ""}
    assert not any("address" in reason for one in found_again for reason in one.reasons)
