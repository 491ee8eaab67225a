"""A person marked restricted: gone from every other desktop, list and count, and the silent alert."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from uuid6 import uuid7

from mash_desktop.cache.searching import Candidate
from mash_desktop.desk import alerts
from mash_desktop.desk.places import badges
from mash_desktop.desk.search import find
from mash_desktop.domain.acts import Draft, compose
from mash_desktop.domain.codes import Marker
from mash_desktop.domain.entries.access import RestrictedMet
from mash_desktop.domain.entries.contact import SubjectRecorded
from mash_desktop.domain.entries.identity import HistoryRecorded, IdentityLinked, MarkerCleared, MarkerSet
from mash_desktop.domain.partial_date import PartialDate
from mash_desktop.matching import PersonFacts
from sync.protocol import PeopleSearch
from sync.store.verifying import verify
from tests.domain.story import OPERATOR
from tests.support.served_story import Cast, ServedStory, settle
from tests.support.store import Desk, ServedStore
from tests.sync.client.conftest import until
from tests.sync.store.feeds.conftest import House, Kept
from tests.sync.store.test_people import Child, child, looked_for, named, search

pytestmark = pytest.mark.parametrize("postgres", ["embedded"], indirect=True)


@pytest.fixture
def told(served_store: ServedStore) -> Cast:
    """A hub of the test's own: each alert that other tests had left would take a stretch of time."""
    return Cast(served_store, served_store.new_hub())


def restrict(reader: Desk, stream: str, subject: str) -> str:
    """Restrict a person to one reader; the identity."""
    identity = f"identity:{uuid7()}"
    readers = (reader.enrolled.person,)
    answer = reader.act(
        Draft(identity, IdentityLinked(referral=stream, subject=subject)),
        Draft(identity, MarkerSet(marker=Marker.RESTRICTED, reason="Works for us.", readers=readers)),
    )
    assert answer.state == "admitted", answer
    return identity


def typed(desktop: Kept, who: Child) -> tuple[Candidate, ...]:
    """Whom a desktop itself knows of that name, as its person types."""
    facts = PersonFacts(who.forename, who.surname, birth=who.born)
    return desktop.cache.matches(facts, desktop.networked.desk.me.person)


def told_of(desktop: Kept, identity: str) -> list[alerts.Alert]:
    """What rings at a person's desktop about one record."""
    return [one for one in alerts.alerts(desktop.networked.desk) if one.target == identity]


def met(desk: Desk, identity: str) -> list[RestrictedMet]:
    """The alerts about one record that a person's feeds bring."""
    raw = [row.body.body for row in desk.holds().values() if row.body is not None]
    found = [one for one in raw if one.startswith(b'{"agency"') and f'"target":"{identity}"'.encode() in one]
    return [msgspec.json.decode(one, type=RestrictedMet) for one in found]


def test_a_restricted_person_vanishes_from_desktops_lists_and_counts_and_comes_back_when_cleared(
    house: House, story: ServedStory, told: Cast
) -> None:
    who = child()
    story.taken()
    named(story, who)
    subject, address = story.entries[-2].id, story.entries[-1].id
    priya, ruth = house.sit("priya"), house.sit("ruth")
    words = f"{who.forename} {who.surname}"
    assert len(typed(priya, who)) == len(find(priya.networked.desk, words).rows) == 1
    identity = restrict(told["ruth"], story.stream, "ivy")
    priya.until_freed(story.stream, subject, address)
    until(lambda: not typed(priya, who), "nobody of that name")
    assert find(priya.networked.desk, words).rows == ()
    assert not priya.holding(identity)
    assert "ivy" not in priya.cache.referral(story.stream).subjects
    assert looked_for(told["priya"], who) == ()
    ruth.until_holding(story.stream, subject, address)
    assert len(typed(ruth, who)) == 1
    told["ruth"].act(Draft(identity, MarkerCleared(marker=Marker.RESTRICTED, reason="Has left us.")))
    priya.until_holding(story.stream, subject, address)
    assert len(looked_for(told["priya"], who)) == 1


def test_a_restricted_child_stays_so_whatever_is_told_of_a_sister_who_is_linked_too(
    story: ServedStory, told: Cast
) -> None:
    story.taken()
    named(story, child())
    subject = story.entries[-2].id
    restrict(told["ruth"], story.stream, "ivy")
    sister = f"identity:{uuid7()}"
    for body in (
        IdentityLinked(referral=story.stream, subject="mia"),
        MarkerSet(marker=Marker.UNSAFE_TO_CONTACT, reason="He reads her telephone."),
    ):
        assert told["ruth"].act(Draft(sister, body)).state == "admitted"
        assert subject not in told["priya"].holds()
    assert subject in told["ruth"].holds()
    found = verify(told.served.direct, told.hub)
    assert found.faults == ()
    assert found.recomputed > 1


def test_who_searches_is_shown_nothing_and_the_named_reader_and_the_cover_are_told(
    house: House, story: ServedStory, told: Cast
) -> None:
    who = child()
    story.taken()
    named(story, who)
    identity = restrict(told["ruth"], story.stream, "ivy")
    ruth, priya = house.sit("ruth"), house.sit("priya")
    for _ in range(2):
        assert looked_for(told["priya"], who) == ()
    settle(told.served, told.hub)
    until(lambda: bool(told_of(ruth, identity)), "the alert")
    (alert,) = told_of(ruth, identity)
    assert (alert.who, alert.reader, alert.record) == ("Priya Nair", True, story.stream)
    assert alert.about == f"{who.forename} Rose {who.surname}"
    assert "shown nothing" in alert.sentence
    (entry,) = met(told["gwen"], identity)
    assert (entry.by, entry.readers) == (told["priya"].enrolled.person, (told["ruth"].enrolled.person,))
    assert met(told["priya"], identity) == []
    assert alerts.alerts(priya.networked.desk) == ()
    assert not priya.kinds(f"access:{datetime.now(UTC).date().isoformat()}")
    assert looked_for(told["ruth"], who)[0].referral == story.stream
    assert len(met(told["ruth"], identity)) == 1


def test_an_alert_that_was_seen_rings_no_more_and_that_it_was_is_in_the_trail(
    house: House, story: ServedStory, told: Cast
) -> None:
    who = child()
    story.taken()
    named(story, who)
    identity = restrict(told["ruth"], story.stream, "ivy")
    ruth = house.sit("ruth")
    looked_for(told["ada"], who)
    settle(told.served, told.hub)
    until(lambda: bool(told_of(ruth, identity)), "the alert")
    (alert,) = told_of(ruth, identity)
    before = badges(ruth.networked.desk).by_place["sync"]
    alerts.see(ruth.networked.desk, alert)
    assert told_of(ruth, identity) == []
    assert badges(ruth.networked.desk).by_place["sync"] == before - 1
    ruth.networked.desk.send_access()
    gwen = house.sit("gwen")
    until(lambda: f'"target":"{identity}"' in viewed(gwen), "the look in the trail")


def viewed(officer: Kept) -> str:
    return "\n".join(
        msgspec.json.encode(entry.body).decode()
        for entry in officer.cache.entries_of_kinds("access:", "record.viewed")
    )


def test_naming_the_restricted_record_itself_as_the_reason_of_a_search_silences_nothing(
    story: ServedStory, told: Cast
) -> None:
    who, ada = child(), told["ada"]
    story.taken()
    named(story, who)
    identity = restrict(told["ruth"], story.stream, "ivy")
    for record in (story.stream, identity):
        asked = PeopleSearch(
            standing=ada.standing, forenames=who.forename, surname=who.surname, birth=who.born, because=record
        )
        answer = ada.post(f"/v1/hubs/{told.hub}/people", asked)
        assert (answer.status_code, answer.json()["code"]) == (400, "reason-unknown")
    assert looked_for(ada, who, because=f"referral:{uuid7()}") == (), "a contact that is not sent yet"
    settle(told.served, told.hub)
    assert len(met(told["ruth"], identity)) == 1


def test_what_was_typed_without_the_store_alerts_once_it_is_sent(story: ServedStory, told: Cast) -> None:
    """The desktop knows of nobody: the person is written down, and the store meets the restricted record."""
    who = child()
    earlier = ServedStory(told)
    earlier.taken()
    named(earlier, who)
    identity = restrict(told["ruth"], earlier.stream, "ivy")
    story.taken()
    story.tell(
        OPERATOR,
        SubjectRecorded(subject="x", forenames=who.forename, surname=who.surname, birth=who.born),
    )
    settle(told.served, told.hub)
    (alert,) = met(told["ruth"], identity)
    assert (alert.because, alert.agency) == (story.stream, "scc-children")
    found = looked_for(told["priya"], who, because=story.stream)
    assert [one.key for one in found] == [f"{story.stream}#x"]
    settle(told.served, told.hub)
    assert len(met(told["ruth"], identity)) == 1


def test_what_was_made_yesterday_and_sent_today_alerts_of_yesterday_and_a_search_of_today(
    story: ServedStory, told: Cast
) -> None:
    who, priya = child(), told["priya"]
    earlier = ServedStory(told)
    earlier.taken()
    named(earlier, who)
    identity = restrict(told["ruth"], earlier.stream, "ivy")
    story.taken()
    written = SubjectRecorded(subject="x", forenames=who.forename, surname=who.surname, birth=who.born)
    yesterday = datetime.now(UTC) - timedelta(days=1)
    act = compose(told.hub, priya.only, [Draft(story.stream, written)], priya.key, yesterday)
    for state in ("admitted", "known"):
        assert priya.push(act)[0].state == state
        settle(told.served, told.hub)
        assert len(met(told["ruth"], identity)) == 1
    looked_for(priya, who, because=story.stream)
    settle(told.served, told.hub)
    assert len(met(told["ruth"], identity)) == 2, "today's, beside yesterday's"


def test_a_restricted_history_alerts_and_so_does_nothing_that_is_unlike_or_that_the_reader_types(
    told: Cast,
) -> None:
    who, identity, ruth = child(), f"identity:{uuid7()}", told["ruth"]
    history = HistoryRecorded(
        agency="scc-children", source_system="census", record="1", cohort="children",
        forenames=who.forename, surname=who.surname, birth=who.born,
    )  # fmt: skip
    readers = (ruth.enrolled.person,)
    marked = MarkerSet(marker=Marker.RESTRICTED, reason="Adopted.", readers=readers)
    assert ruth.act(Draft(identity, history), Draft(identity, marked)).state == "admitted"
    assert len(looked_for(ruth, who)) == 1
    # Of the same surname and year, and otherwise nothing like.
    other = PartialDate(who.born.year, 1 + (who.born.month or 1) % 12, 3)
    assert search(told["ada"], forenames="Zebedee", surname=who.surname, birth=other).found == ()
    settle(told.served, told.hub)
    assert met(ruth, identity) == []
    assert looked_for(told["ada"], who) == ()
    settle(told.served, told.hub)
    (alert,) = met(ruth, identity)
    assert alert.agency == "scc-adults"
