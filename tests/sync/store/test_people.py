"""Searching for people: what one's own agency holds in full, what others hold as a pointer, or not at all."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from sqlalchemy import text
from uuid6 import uuid7

from mash_desktop.domain.acts import Draft
from mash_desktop.domain.codes import Marker
from mash_desktop.domain.entries.access import SearchMade
from mash_desktop.domain.entries.contact import AddressRecorded, SubjectRecorded
from mash_desktop.domain.entries.identity import HistoryRecorded, IdentityLinked, MarkerSet, PastEpisode
from mash_desktop.domain.partial_date import PartialDate
from sync.protocol import Found, PeopleFound, PeopleSearch
from tests.domain.story import MANAGER, OPERATOR
from tests.support.served_story import Cast, ServedStory
from tests.support.store import Desk


class Child(msgspec.Struct, frozen=True):
    """Somebody whose like is nobody else's in the hub that tests share."""

    forename: str
    surname: str
    born: PartialDate


def child() -> Child:
    letters = "bcdfghjklmnprstv"
    digits = [int(digit, 16) for digit in uuid7().hex[-12:]]
    name = "".join(letters[digit] + "aeiou"[digit % 5] for digit in digits[:4])
    family = "".join(letters[digit] + "aeiou"[digit % 5] for digit in digits[4:8])
    born = PartialDate(1930 + digits[8] * 5 + digits[9] % 5, 1 + digits[10] % 12, 13 + digits[11] % 15)
    return Child(name.capitalize(), family.capitalize(), born)


def search(desk: Desk, **facts: Any) -> PeopleFound:
    asked = PeopleSearch(standing=desk.standing, **facts)
    answer = desk.post(f"/v1/hubs/{desk.hub}/people", asked)
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=PeopleFound)


def told_of(subject: str, who: Child) -> SubjectRecorded:
    return SubjectRecorded(subject=subject, forenames=who.forename, surname=who.surname, birth=who.born)


def named(story: ServedStory, who: Child, **more: Any) -> None:
    story.tell(
        OPERATOR,
        SubjectRecorded(
            subject="ivy", forenames=f"{who.forename} Rose", surname=who.surname, birth=who.born, **more
        ),
        AddressRecorded(address="a", subjects=("ivy",), line="14 Mill Lane", postcode="ST16 2XX"),
    )


def looked_for(desk: Desk, who: Child, **more: Any) -> tuple[Found, ...]:
    return search(desk, forenames=who.forename, surname=who.surname, birth=who.born, **more).found


def test_a_person_told_of_before_is_found_by_a_name_spelt_otherwise(story: ServedStory, told: Cast) -> None:
    who = child()
    story.taken()
    named(story, who)
    (found,) = looked_for(told["ruth"], who)
    assert found.key == f"{story.stream}#ivy"
    assert (found.name, found.birth, found.address) == (
        f"{who.forename} Rose {who.surname}",
        who.born,
        "14 Mill Lane, ST16 2XX",
    )
    assert (found.referral, found.reference) == (story.stream, story.referral.reference)
    assert not found.pointer
    assert found.reasons
    assert found.band in {"very_likely", "likely"}
    assert [episode.what for episode in found.episodes] == [f"{found.reference}: Contact being taken"]


def test_a_person_whose_other_record_is_damaged_is_found_all_the_same(story: ServedStory, told: Cast) -> None:
    who, other = child(), ServedStory(told)
    for one in (story, other):
        one.taken()
        named(one, who)
    assert len(looked_for(told["ruth"], who)) == 2
    with told.served.direct.engine.begin() as db:
        db.execute(
            text(
                "update people set sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1)"
                " where hub = :hub and stream = :stream"
            ),
            {"hub": told.hub, "stream": other.stream},
        )
    assert [one.referral for one in looked_for(told["ruth"], who)] == [story.stream]


def test_another_agency_is_told_where_to_ask_and_nothing_else(story: ServedStory, told: Cast) -> None:
    who = child()
    story.taken()
    named(story, who)
    (found,) = looked_for(told["ada"], who)
    assert found.pointer
    assert (found.agency, found.last_on) == ("scc-children", PartialDate(2026, 11, 12))
    assert (found.name, found.birth, found.address, found.reference) == ("", None, "", None)
    assert (found.reasons, found.episodes) == ((), ())


def test_a_researcher_finds_only_whom_they_were_asked_about(story: ServedStory, told: Cast) -> None:
    who = child()
    story.taken()
    story.tell(
        OPERATOR,
        SubjectRecorded(subject="joanne", forenames=who.forename, surname=who.surname, birth=who.born),
    )
    assert looked_for(told["sam"], who) == ()
    story.triaged().admitted().rated().asked()
    (found,) = looked_for(told["sam"], who)
    assert not found.pointer


@pytest.mark.parametrize("person", ["noor", "gwen"])
def test_administrators_and_governance_do_not_search(told: Cast, person: str) -> None:
    desk = told[person]
    asked = PeopleSearch(standing=desk.standing, forenames="Ivy", surname="Carter")
    answer = desk.post(f"/v1/hubs/{desk.hub}/people", asked)
    assert (answer.status_code, answer.json()["code"]) == (403, "not-permitted")


def test_a_restricted_record_shows_and_counts_nothing_but_to_its_named_readers(
    story: ServedStory, told: Cast
) -> None:
    who = child()
    story.taken()
    named(story, who)
    ruth, identity = told["ruth"], f"identity:{uuid7()}"
    answer = ruth.act(
        Draft(identity, IdentityLinked(referral=story.stream, subject="ivy")),
        Draft(
            identity,
            MarkerSet(marker=Marker.RESTRICTED, reason="Adopted.", readers=(ruth.enrolled.person,)),
        ),
    )
    assert answer.state == "admitted", answer
    for person in ("priya", "ada", "karen"):
        assert looked_for(told[person], who) == ()
    assert len(looked_for(ruth, who)) == 1


def test_a_suppressed_address_finds_nobody(story: ServedStory, told: Cast) -> None:
    who = child()
    story.taken()
    named(story, who)
    ruth, identity = told["ruth"], f"identity:{uuid7()}"
    ruth.act(
        Draft(identity, IdentityLinked(referral=story.stream, subject="ivy")),
        Draft(identity, MarkerSet(marker=Marker.ADDRESS_SUPPRESSED, reason="In refuge.")),
    )
    (found,) = looked_for(ruth, who, postcode="ST16 2XX")
    assert found.address == ""
    assert not any("Mill Lane" in reason for reason in found.reasons)


def test_history_from_an_agencys_own_system_is_its_own_in_full(told: Cast) -> None:
    who, identity = child(), f"identity:{uuid7()}"
    history = HistoryRecorded(
        agency="scc-children",
        source_system="Care Director",
        record="4711",
        cohort="children",
        forenames=who.forename,
        surname=who.surname,
        birth=who.born,
        episodes=(PastEpisode(referred_on=PartialDate(2024, 2, 1), summary="Neglect; child in need plan."),),
    )
    assert told["priya"].act(Draft(identity, history)).state == "admitted"
    (found,) = looked_for(told["ruth"], who)
    assert (found.key, found.agency) == (identity, "scc-children")
    assert [episode.what for episode in found.episodes] == ["Neglect; child in need plan."]
    (pointed,) = looked_for(told["ada"], who)
    assert (pointed.pointer, pointed.episodes, pointed.name) == (True, (), "")


def test_a_person_recorded_again_is_found_as_last_told_and_once(story: ServedStory, told: Cast) -> None:
    first, second = child(), child()
    story.taken()
    named(story, first)
    named(story, second)
    assert looked_for(told["ruth"], first) == ()
    assert len(looked_for(told["ruth"], second)) == 1


def test_a_reference_finds_its_referral(story: ServedStory, told: Cast) -> None:
    story.taken()
    reference = story.referral.reference or ""
    found = search(told["priya"], text=reference.lower()).found
    assert {one.key for one in found} == {f"{story.stream}#{who}" for who in ("mia", "tyler", "joanne")}
    assert all(one.pointer for one in search(told["ada"], text=reference).found)


@pytest.mark.parametrize("typed", ["{0} {1}", "{0} {1} {2}", "{0} {1} {3}", "{0} {1} DOB: {2}"])
def test_one_line_is_understood_as_typed(story: ServedStory, told: Cast, typed: str) -> None:
    who = child()
    story.taken()
    named(story, who)
    born = who.born
    line = typed.format(who.forename.lower(), who.surname, f"{born.day}/{born.month}/{born.year}", born.year)
    assert len(search(told["ruth"], text=line).found) == 1


def test_an_nhs_number_finds_whoever_has_it(story: ServedStory, told: Cast) -> None:
    story.taken()
    named(story, child(), nhs_number="9434765919")
    keys = {one.key for one in search(told["ruth"], text="943 476 5919").found}
    assert f"{story.stream}#ivy" in keys


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({}, "search-empty"),
        ({"forenames": "Ivy"}, "search-empty"),
        ({"surname": "Carter", "sex": "X"}, "sex-unknown"),
        ({"text": "Ivy Carter 31/2/17"}, "date-not-in-calendar"),
    ],
)
def test_a_search_that_cannot_be_made_says_why(told: Cast, facts: dict[str, Any], code: str) -> None:
    desk = told["ruth"]
    asked = PeopleSearch(standing=desk.standing, **facts)
    answer = desk.post(f"/v1/hubs/{desk.hub}/people", asked)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_a_search_is_logged_with_its_terms_before_it_is_answered(told: Cast, story: ServedStory) -> None:
    story.taken()
    who = child()
    ruth = told["ruth"]
    before = {row.entry for row in told["gwen"].pull()}
    looked_for(ruth, who, because=story.stream)
    (row,) = [row for row in told["gwen"].pull() if row.entry not in before]
    assert row.body is not None
    logged = msgspec.json.decode(row.body.body, type=SearchMade)
    assert (logged.by, logged.agency) == (ruth.enrolled.person, "scc-children")
    assert (logged.found, logged.because) == (0, story.stream)
    assert who.surname in logged.terms


def test_the_index_holds_no_name_in_clear(story: ServedStory, told: Cast) -> None:
    who = child()
    story.taken()
    named(story, who)
    with told.served.direct.engine.connect() as db:
        kept = "".join(
            str(row)
            for table in ("people", "people_blocks", "bodies", "referrals", "chunks", "streams", "grants")
            for row in db.execute(
                text(f"select to_jsonb(t)::text from {table} t where hub = :hub"), {"hub": told.hub}
            )
        )
    for secret in (who.forename, who.surname, who.surname.lower(), "Mill Lane", "ST16 2XX"):
        assert secret not in kept
        assert secret.encode().hex() not in kept


def test_a_referrals_owner_now_is_the_pointers_agency(story: ServedStory, told: Cast) -> None:
    story.taken().triaged().admitted().rated()
    who = child()
    story.tell(
        MANAGER, SubjectRecorded(subject="ivy", forenames=who.forename, surname=who.surname, birth=who.born)
    )
    (found,) = looked_for(told["karen"], who)
    assert (found.agency, found.pointer) == ("scc-children", False)
