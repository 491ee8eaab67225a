"""Feeds as stories: who receives what, when it becomes theirs, and when it stops being so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from uuid6 import uuid7

from mash_desktop.domain.acts import Draft
from mash_desktop.domain.codes import Marker
from mash_desktop.domain.entries.contact import (
    AddressRecorded,
    ConcernRecorded,
    NoteAdded,
    ReferrerRecorded,
    SubjectRecorded,
)
from mash_desktop.domain.entries.gathering import (
    ContributionRecorded,
    ContributionReleased,
    ReleaseWithdrawn,
    RequestAcknowledged,
    RequestMade,
    RequestWithdrawn,
)
from mash_desktop.domain.entries.hub import HubConfigured, MembershipEnded
from mash_desktop.domain.entries.identity import IdentityLinked, MarkerCleared, MarkerSet
from mash_desktop.domain.entries.outcome import EntryWithdrawn
from mash_desktop.domain.roles import Role
from mash_desktop.hub import load_preset
from mash_desktop.proofs.feed_chain import START, link
from sync.protocol import Cursor, Pull, feed_row_bytes
from sync.store import pulling
from tests.domain.story import CONSULTANT, MANAGER, OPERATOR, POLICE
from tests.support.served_story import Cast, ServedStory
from tests.support.store import ServedStore


def test_an_agency_asked_later_receives_the_identities_and_the_minimum_concern_made_before(
    story: ServedStory, told: Cast
) -> None:
    story.taken().triaged().admitted().rated()
    assert not told["sam"].holds().keys() & {entry.id for entry in story.entries}
    story.asked()
    held = told["sam"].holds().keys() & {entry.id for entry in story.entries}
    mia, tyler, joanne = story.ids(SubjectRecorded)
    police, health = story.ids(RequestMade)
    assert held == {mia, joanne, police}
    assert tyler not in held
    assert health not in held


def test_a_late_grant_names_the_request_as_its_cause_and_brings_the_words(
    story: ServedStory, told: Cast
) -> None:
    story.taken().triaged().admitted().rated().asked()
    request = next(entry for entry in story.entries if isinstance(entry.body, RequestMade))
    mia = story.ids(SubjectRecorded)[0]
    row = next(row for row in told["sam"].pull() if row.entry == mia)
    assert (row.op, row.because) == ("grant", request.position)
    assert row.body is not None
    assert b'"Mia"' in row.body.body


def test_who_referred_stays_with_the_owning_agency(story: ServedStory, told: Cast) -> None:
    story.taken().triaged().admitted().rated().asked()
    (referrer,) = story.ids(ReferrerRecorded)
    assert referrer in told["priya"].holds()
    for other in ("karen", "sam", "iris"):
        assert referrer not in told[other].holds()


def test_asked_then_withdrawn_then_asked_again(story: ServedStory, told: Cast) -> None:
    story.taken().triaged().admitted().rated().asked()
    mia, _, joanne = story.ids(SubjectRecorded)
    story.tell(MANAGER, RequestWithdrawn(request="r-police", reason="Asked in error."))
    assert not told["sam"].holds().keys() & {mia, joanne}
    rows = [row for row in told["sam"].pull() if row.entry == mia]
    assert [row.op for row in rows] == ["grant", "withdraw"]
    assert rows[0].body is None
    assert rows[0].signed is None
    story.tell(
        MANAGER,
        RequestMade(request="r-2", agency="police", subjects=("mia",), minimum_concern="Injury to a child."),
    )
    held = told["sam"].holds()
    assert mia in held
    assert joanne not in held
    assert held[mia].body is not None


def test_another_agencys_return_reaches_the_table_only_when_released(story: ServedStory, told: Cast) -> None:
    story.taken().triaged().admitted().rated().asked().answered()
    (brought,) = story.ids(ContributionRecorded)
    (released,) = story.ids(ContributionReleased)
    assert {brought, released} <= told["sam"].holds().keys()
    assert released in told["karen"].holds()
    assert brought not in told["karen"].holds()
    assert not told["iris"].holds().keys() & {brought, released}
    story.tabled()
    assert released in told["iris"].holds()
    story.tell(POLICE, ReleaseWithdrawn(contribution="c1", reason="Released in error."))
    assert released not in told["iris"].holds()
    assert released in told["karen"].holds()


def test_a_misfiled_entry_is_withdrawn_from_everyone_who_had_it(story: ServedStory, told: Cast) -> None:
    story.taken()
    (note,) = story.tell(OPERATOR, NoteAdded(words="Belongs to another family."))
    assert note in told["ruth"].holds()
    story.tell(CONSULTANT, EntryWithdrawn(entry=note, reason="Another family's."))
    for person in ("priya", "ruth"):
        assert note not in told[person].holds()


def test_an_address_suppressed_later_is_taken_back_from_those_who_were_asked(
    story: ServedStory, told: Cast
) -> None:
    story.taken()
    (before,) = story.tell(OPERATOR, AddressRecorded(address="a", subjects=("joanne",), line="14 Mill Lane"))
    story.triaged().admitted().rated().asked()
    assert before in told["sam"].holds()
    (after,) = story.tell(
        OPERATOR, AddressRecorded(address="a", subjects=("joanne",), line="14 Mill Lane", suppressed=True)
    )
    assert not told["sam"].holds().keys() & {before, after}
    assert {before, after} <= told["priya"].holds().keys()


def test_who_was_asked_twice_keeps_the_person_while_one_request_stands(
    story: ServedStory, told: Cast
) -> None:
    story.taken().triaged().admitted().rated().asked()
    story.tell(
        MANAGER,
        RequestMade(request="r-2", agency="police", subjects=("mia",), minimum_concern="Injury to a child."),
    )
    mia = story.ids(SubjectRecorded)[0]
    story.tell(MANAGER, RequestWithdrawn(request="r-police", reason="Asked twice."))
    assert mia in told["sam"].holds()


def test_each_feed_is_numbered_without_gaps_and_chained(story: ServedStory, told: Cast) -> None:
    story.taken().triaged().admitted().rated().asked()
    desk = told["sam"]
    page = desk.page()
    epoch = page.audiences[0].epoch
    ends = {cursor.audience: (0, START) for cursor in page.audiences}
    for row in desk.pull(limit=7):
        n, chain = ends[row.audience]
        assert row.n == n + 1
        chain = link(chain, feed_row_bytes(row.audience, epoch, row.n, row.op, row.entry, row.because))
        assert row.chain == chain
        ends[row.audience] = row.n, chain


def test_a_restricted_person_vanishes_from_other_desks_and_comes_back(story: ServedStory, told: Cast) -> None:
    story.taken().triaged().admitted().rated().asked()
    mia, _, joanne = story.ids(SubjectRecorded)
    ruth = told["ruth"]
    identity = f"identity:{uuid7()}"
    linked = ruth.act(
        Draft(identity, IdentityLinked(referral=story.stream, subject="joanne")),
        Draft(
            identity,
            MarkerSet(marker=Marker.RESTRICTED, reason="Relocated.", readers=(ruth.enrolled.person,)),
        ),
    )
    assert linked.state == "admitted", linked
    for person in ("sam", "priya", "karen"):
        held = told[person].holds()
        assert joanne not in held
        assert mia in held
    assert joanne in ruth.holds()
    cleared = ruth.act(Draft(identity, MarkerCleared(marker=Marker.RESTRICTED, reason="No longer at risk.")))
    assert cleared.state == "admitted", cleared
    assert joanne in told["sam"].holds()


def test_an_address_suppressed_for_a_person_is_so_in_every_referral_they_are_in(told: Cast) -> None:
    first, second = (ServedStory(told).taken() for _ in range(2))
    identity = f"identity:{uuid7()}"
    addresses = [
        one.tell(OPERATOR, AddressRecorded(address="a", subjects=("joanne",), line="14 Mill Lane"))[0]
        for one in (first, second)
    ]
    for one in (first, second):
        one.triaged().admitted().rated().asked()
    assert set(addresses) <= told["sam"].holds().keys()
    ruth = told["ruth"]
    answer = ruth.act(
        Draft(identity, IdentityLinked(referral=first.stream, subject="joanne")),
        Draft(identity, IdentityLinked(referral=second.stream, subject="joanne")),
        Draft(identity, MarkerSet(marker=Marker.ADDRESS_SUPPRESSED, reason="In refuge.")),
    )
    assert answer.state == "admitted", answer
    assert not told["sam"].holds().keys() & set(addresses)
    assert set(addresses) <= told["priya"].holds().keys()


def test_a_marker_reaches_everyone_who_holds_the_person_and_a_link_only_who_may_see_both_ends(
    told: Cast,
) -> None:
    first, second = (ServedStory(told).taken().triaged().admitted().rated() for _ in range(2))
    first.asked()
    identity = f"identity:{uuid7()}"
    entries = [str(uuid7()) for _ in range(3)]
    answer = told["ruth"].act(
        Draft(identity, IdentityLinked(referral=first.stream, subject="joanne"), id=entries[0]),
        Draft(identity, IdentityLinked(referral=second.stream, subject="joanne"), id=entries[1]),
        Draft(identity, MarkerSet(marker=Marker.UNSAFE_TO_CONTACT, reason="He answers."), id=entries[2]),
    )
    assert answer.state == "admitted", answer
    held = told["sam"].holds()
    assert entries[2] in held
    assert not held.keys() & set(entries[:2])
    assert set(entries) <= told["karen"].holds().keys()


def test_an_administrator_and_governance_receive_no_case_content(story: ServedStory, told: Cast) -> None:
    story.taken().triaged().admitted()
    for person in ("noor", "gwen"):
        assert not told[person].holds().keys() & {entry.id for entry in story.entries}


def test_who_loses_a_role_is_no_longer_given_its_feed(served_store: ServedStore, a_hub: str) -> None:
    administrator = served_store.desk(a_hub, "Noor Haddad", ("mash", Role.ADMINISTRATOR))
    leaver = served_store.desk(
        a_hub, "Sam Iqbal", ("police", Role.RESEARCHER), ("police", Role.POLICE_SUPERVISOR)
    )
    lost, kept = leaver.session.standings
    answer = administrator.act(
        Draft(
            "hub",
            MembershipEnded(
                person=leaver.enrolled.person, agency="police", role=lost.role, reason="Moved on."
            ),
        )
    )
    assert answer.state == "admitted", answer
    refused = leaver.post(f"/v1/hubs/{a_hub}/feed", Pull(standing=lost))
    assert refused.status_code == 403
    assert refused.json()["code"] == "standing-not-held"
    named = {cursor.audience for cursor in leaver.page(standing=kept).audiences}
    assert f"role:police:{lost.role.value}" not in named


def test_an_agency_whose_membership_has_ended_acts_no_more_and_is_given_nothing(
    served_store: ServedStore, a_hub: str
) -> None:
    """Stoke, March 2023: from the day after its last, its people hold no role here."""
    config = msgspec.structs.replace(load_preset("staffordshire"), id=a_hub)
    cast = Cast(served_store, a_hub)
    story = ServedStory(cast)
    story.taken().triaged().admitted().rated().asked()
    mia = story.ids(SubjectRecorded)[0]
    assert mia in cast["sam"].holds()
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    agencies = tuple(
        msgspec.structs.replace(one, until=yesterday) if one.id == "police" else one
        for one in config.agencies
    )
    left = HubConfigured(config=msgspec.structs.replace(config, agencies=agencies))
    answer = cast["noor"].act(Draft("hub", left))
    assert answer.state == "admitted", answer
    refused = cast["sam"].post(f"/v1/hubs/{a_hub}/feed", Pull(standing=cast["sam"].standing))
    assert (refused.status_code, refused.json()["code"]) == (403, "standing-not-held")
    assert story.push(POLICE, RequestAcknowledged(request="r-police")).code == "role-not-held"
    assert mia in cast["ruth"].holds()


def test_a_page_is_no_longer_than_asked_and_says_whether_more_waits(story: ServedStory, told: Cast) -> None:
    story.taken()
    desk = told["priya"]
    whole = [(row.audience, row.n) for row in desk.pull()]
    third = len(whole) // 3
    assert [(row.audience, row.n) for row in desk.pull(limit=third)] == whole
    first = desk.page(limit=third)
    second = desk.page(first.cursors, limit=third)
    assert len(first.rows) == len(second.rows) == third
    assert first.more
    assert second.more
    assert not desk.page(second.cursors, limit=len(whole) - 2 * third).more


def test_a_page_holds_no_more_bytes_than_a_desktop_can_take_at_once(
    story: ServedStory, told: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    story.taken()
    for number in range(5):
        story.tell(OPERATOR, NoteAdded(words=f"{number}" * 5000))
    direct, desk = told.served.direct, told["priya"]
    whole = [(row.audience, row.n) for row in desk.pull()]
    caller = direct.sessions.caller(desk.session.token)
    for bound in (12_000, 1):
        monkeypatch.setattr(pulling, "PAGE_BYTES", bound)
        found: list[tuple[str, int]] = []
        cursors: tuple[Cursor, ...] = ()
        more = True
        while more:
            page = direct.pull(caller, Pull(standing=desk.standing, cursors=cursors))
            brought = sum(len(row.body.body) for row in page.rows if row.body is not None)
            assert brought <= bound or len(page.rows) == 1
            assert page.left == len(whole) - len(found) - len(page.rows)
            found += [(row.audience, row.n) for row in page.rows]
            cursors, more = page.cursors, page.more
        assert found == whole


def test_a_concern_recorded_after_a_pull_comes_with_the_next(story: ServedStory, told: Cast) -> None:
    story.taken()
    desk = told["ruth"]
    cursors = desk.page().cursors
    (late,) = story.tell(OPERATOR, ConcernRecorded(account="a2", words="Heard shouting again."))
    assert late in {row.entry for row in desk.pull(cursors)}
