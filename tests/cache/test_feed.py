"""Feeds into the cache: kept while any audience grants it, purged when none does."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from mash_desktop.cache import Cache, ChangeSet, feed, open_engine
from mash_desktop.cache.feed import FeedPlace, FeedRow, Moved
from mash_desktop.cache.projection import queue_row
from mash_desktop.cache.reading import stamp
from mash_desktop.cache.searching import Asked
from mash_desktop.domain.acts import Draft, Parcel, compose, read
from mash_desktop.domain.entries import Unread
from mash_desktop.domain.entries.contact import NoteAdded, SubjectRecorded
from mash_desktop.domain.entries.hub import HubConfigured, PersonEnrolled
from mash_desktop.domain.entries.identity import HistoryRecorded, IdentityLinked, PastEpisode
from mash_desktop.domain.fold import Stage
from mash_desktop.domain.partial_date import PartialDate
from mash_desktop.matching import Band, PersonFacts
from tests.domain.story import CONSULTANT, KEY, MANAGER, OPERATOR, POLICE, START, Story, staffordshire
from tests.support.desks import receive, receive_hub, rows_for


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    made = Cache(open_engine(tmp_path / "cache.db", lambda: "5a" * 32))
    receive_hub(made)
    return made


def test_an_asked_agency_holds_who_it_is_asked_about_and_no_more(cache: Cache) -> None:
    receive(cache, POLICE, Story("referral:1").taken().triaged().admitted().rated().asked())
    referral = cache.referral("referral:1")
    assert set(referral.subjects) == {"mia", "joanne"}
    assert referral.opened is None
    assert referral.stage is Stage.GATHERING


def test_an_entry_is_kept_while_any_audience_grants_it(cache: Cache) -> None:
    story = Story("referral:1").taken()
    receive(cache, CONSULTANT, story)
    entry = story.entries[0]
    parcel = story.parcels[entry.act]
    body = next(one for one in parcel.bodies if one.entry == entry.id)
    other = FeedRow(
        "person:ruth", entry.id, True, parcel.signed, body, position=entry.position, admitted_at=1
    )
    cache.receive([other], [], cache.places())
    cache.receive([FeedRow("agency:scc-children", entry.id, False)], [], cache.places())
    assert entry.id in {one.id for one in cache.entries("referral:1")}
    cache.receive([FeedRow("person:ruth", entry.id, False)], [], cache.places())
    assert entry.id not in {one.id for one in cache.entries("referral:1")}


def test_an_audience_that_is_gone_is_purged_from_every_index(cache: Cache) -> None:
    story = Story("referral:1").taken()
    receive(cache, CONSULTANT, story)
    cache.receive([], [FeedPlace("agency:scc-children", 1, 9, bytes(32))], ["hub", "agency:scc-children"])
    assert found(cache, "carter")
    change = cache.receive([], [], ["hub"])
    assert "referral:1" in change.streams
    assert cache.entries("referral:1") == ()
    assert cache.row("referral:1") is None
    assert found(cache, "carter") == {}
    assert cache.matches(PersonFacts(forenames="Mia", surname="Carter"), "ruth") == ()
    assert "agency:scc-children" not in cache.places()


def test_a_queue_is_most_urgent_first(cache: Cache) -> None:
    calm, urgent = Story("referral:1").taken().triaged().admitted(), Story("referral:2")
    urgent.taken().triaged().admitted().rated()
    receive(cache, MANAGER, calm)
    receive(cache, MANAGER, urgent)
    assert [row.stream for row in cache.queue((Stage.ADMITTED, Stage.RATED))] == ["referral:2", "referral:1"]
    assert cache.counts() == {Stage.ADMITTED: 1, Stage.RATED: 1}
    assert [row.stream for row in cache.queue((Stage.ADMITTED, Stage.RATED), owners=("police",))] == []


@pytest.mark.parametrize("typed", ["cart", "Mia C", "CARTER mia", "bruise", "ISL-26-00002"])
def test_words_are_found_by_how_they_begin(cache: Cache, typed: str) -> None:
    receive(cache, CONSULTANT, Story("referral:1").taken())
    assert set(found(cache, typed).values()) >= {"Mia Carter"}


@pytest.mark.parametrize("typed", ["", "'", '"', "*", "NEAR(", "mia AND", "-", "zzz"])
def test_nothing_typed_breaks_the_search(cache: Cache, typed: str) -> None:
    receive(cache, CONSULTANT, Story("referral:1").taken())
    assert found(cache, typed) == {}


def test_history_is_matched_and_says_why(cache: Cache) -> None:
    body = HistoryRecorded(
        agency="scc-children",
        source_system="census",
        record="1",
        cohort="children",
        forenames="Mia Louise",
        surname="Carter",
        birth=PartialDate(2017, 4, 3),
        address="14 Mill Lane",
        episodes=(PastEpisode(referred_on=PartialDate(2026, 6, 1), closed_on=PartialDate(2026, 8, 11)),),
    )
    cache.save(compose("staffordshire", OPERATOR, [Draft("identity:1", body)], KEY, START))
    (match,) = cache.matches(
        PersonFacts(forenames="Mia", surname="Carter", birth=PartialDate(2017, 4, 3)), "ruth"
    )
    assert match.match.band in {Band.LIKELY, Band.VERY_LIKELY}
    assert "same birth date and surname" in match.match.say()
    assert match.shown.past[0][2] == PartialDate(2026, 8, 11)
    assert cache.identity("identity:1").history[0].body == body


def found(cache: Cache, typed: str) -> dict[str, str]:
    """Names by key."""
    return {hit.key: hit.shown.name for hit in cache.search(Asked.of(typed), "ruth")}


def granted(parcel: Parcel, position: int, audience: str = "agency:scc-children") -> list[FeedRow]:
    return [
        FeedRow(
            audience,
            body.entry,
            True,
            signed=parcel.signed,
            body=body,
            position=position + place,
            admitted_at=stamp(START),
        )
        for place, body in enumerate(parcel.bodies)
    ]


def note(stream: str, words: str) -> Parcel:
    return compose("staffordshire", OPERATOR, [Draft(stream, NoteAdded(words=words))], KEY, START)


def test_a_grant_without_content_waits_for_its_withdrawal(cache: Cache) -> None:
    parcel = note("referral:1", "a")
    (row,) = granted(parcel, 7)
    bare = FeedRow(row.audience, row.entry, True)
    assert not cache.receive([bare], [], cache.places())
    cache.receive([row], [], cache.places())
    assert cache.receive([bare, FeedRow(row.audience, row.entry, False)], [], cache.places())
    assert cache.entries("referral:1") == ()
    with cache._read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM acts WHERE id != 0").scalar() == 1


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_a_page_tells_the_same_as_its_rows_one_by_one(data: st.DataObject) -> None:
    """Several acts of two referrals, some by two audiences, some withdrawn again, some disposed of."""
    rows = [
        replace(row, audience=audience)
        for at in (1, 2)
        for row in rows_for(
            CONSULTANT, Story(f"referral:{at}", first=1 + 400 * at).taken().triaged().admitted()
        )
        for audience in data.draw(st.sampled_from((("a",), ("a", "b"))))
    ]
    rows = data.draw(st.permutations(rows))
    for row in data.draw(st.lists(st.sampled_from(rows), max_size=3, unique_by=id)):
        rows.insert(data.draw(st.integers(0, len(rows))), FeedRow(row.audience, row.entry, grant=False))
    for at in data.draw(st.sets(st.integers(0, len(rows) - 1), max_size=2)):
        rows[at] = replace(rows[at], body=None, disposed=True)
    told = []
    for most in (1, data.draw(st.integers(2, len(rows)))):
        with TemporaryDirectory() as folder:
            cache = Cache(open_engine(Path(folder) / "cache.db", lambda: "5a" * 32))
            receive_hub(cache)
            for start in range(0, len(rows), most):
                cache.receive(rows[start : start + most], [], ["hub", "a", "b"])
            with cache._read() as connection:
                indexed = connection.exec_driver_sql(
                    "SELECT key, facts, shown FROM people ORDER BY key"
                ).all()
            told.append((cache.row("referral:1"), cache.row("referral:2"), indexed, found(cache, "carter")))
            cache.close()
    assert told[0] == told[1]


def test_a_page_that_comes_once_its_feed_has_been_forgotten_is_not_kept(cache: Cache) -> None:
    """It would stand for all that came before it."""
    mine = "person:ruth"
    first, second = note("referral:one", "one"), note("referral:two", "two")
    start, then = FeedPlace(mine, 1, 1, b"a" * 32), FeedPlace(mine, 1, 2, b"b" * 32)
    cache.receive(granted(first, 2001, mine), [start], {*cache.places(), mine}, asked_from=cache.places())
    asked_from = cache.places()
    cache.forget_audience(mine)
    with pytest.raises(Moved):
        cache.receive(granted(second, 2002, mine), [then], {*cache.places(), mine}, asked_from=asked_from)
    assert mine not in cache.places()
    assert cache.entries("referral:two") == ()


def test_a_body_disposed_of_leaves_its_entry(cache: Cache) -> None:
    parcel = note("referral:1", "a")
    (row,) = granted(parcel, 7)
    cache.receive([row], [], cache.places())
    cache.receive([replace(row, body=None, disposed=True)], [], cache.places())
    cache.receive([replace(granted(note("referral:1", "b"), 8)[0], body=None)], [], cache.places())
    assert [entry.body for entry in cache.entries("referral:1")] == [
        Unread(why="disposed"),
        Unread(why="damaged"),
    ]


def test_a_body_that_is_damaged_at_the_store_stays_whole_where_it_was_held(cache: Cache) -> None:
    parcel = note("referral:1", "a")
    (row,) = granted(parcel, 7)
    cache.receive([row], [], cache.places())
    before = cache.entries("referral:1")
    cache.receive([replace(row, body=None, audience="agency:other")], [], cache.places())
    assert cache.entries("referral:1") == before


def test_what_a_newer_program_wrote_is_kept_and_said_to_be_newer(cache: Cache) -> None:
    parcel = note("referral:1", "a")
    (row,) = granted(parcel, 7)
    assert row.body is not None
    cache.receive([replace(row, body=replace(row.body, body=b'{"words":3}'))], [], cache.places())
    assert [entry.body for entry in cache.entries("referral:1")] == [Unread(why="newer")]


def test_a_case_comes_to_the_lists_once_the_configuration_is_there(tmp_path: Path) -> None:
    cache = Cache(open_engine(tmp_path / "bare.db", lambda: "5a" * 32))
    cache.receive(granted(note("referral:1", "a"), 7), [], [])
    assert cache.row("referral:1") is None
    assert cache.queue(tuple(Stage)) == ()
    receive_hub(cache)
    assert cache.row("referral:1") is not None
    cache.close()


def test_lists_are_told_anew_when_the_hub_is_configured_anew(cache: Cache) -> None:
    story = Story("referral:1").taken().triaged().admitted()
    receive(cache, CONSULTANT, story)
    hub = staffordshire()
    turned = replace(hub, routes=tuple(replace(one, immediate=not one.immediate) for one in hub.routes))
    before = cache.row("referral:1")
    for config, position in ((turned, 900_000), (turned, 900_001), (hub, 900_002)):
        draft = Draft("hub", HubConfigured(config=config))
        parcel = compose("staffordshire", CONSULTANT, [draft], KEY, START)
        change = cache.receive(granted(parcel, position, "hub"), [], cache.places())
        # The same once more changes nothing of a case.
        assert ("referral:1" in change.streams) == (position != 900_001)
        row = cache.row("referral:1")
        assert row == queue_row(cache.referral("referral:1"))
        assert (row == before) == (config == hub)


def test_people_are_shown_anew_when_their_case_moves_on(cache: Cache) -> None:
    story = Story("referral:1").taken()
    receive(cache, CONSULTANT, story)
    before = {hit.key: hit.shown.past for hit in cache.search(Asked.of("carter"), "ruth")}
    story.triaged()
    receive(cache, CONSULTANT, story)
    after = {hit.key: hit.shown.past for hit in cache.search(Asked.of("carter"), "ruth")}
    assert before.keys() == after.keys()
    assert before["referral:1#mia"] != after["referral:1#mia"]
    facts = PersonFacts(forenames="Mia", surname="Carter")
    assert [one.key for one in cache.matches(facts, "ruth")] == ["referral:1#mia"]
    body = next(e.body for e in cache.entries("referral:1") if isinstance(e.body, SubjectRecorded))
    corrected = replace(body, surname="Quillfeather")
    told = compose(
        "staffordshire", OPERATOR, [Draft("referral:1", corrected)], KEY, START + timedelta(hours=1)
    )
    cache.save(told)
    assert [one.key for one in cache.matches(replace(facts, surname="Quillfeather"), "ruth")] == [
        "referral:1#mia"
    ]
    assert found(cache, "quillf")
    assert cache.matches(facts, "ruth", besides="referral:1") == ()
    assert cache.matches(PersonFacts(), "ruth") == ()


def test_an_identity_without_history_is_not_found_by_name(cache: Cache) -> None:
    link = IdentityLinked(referral="referral:1", subject="mia", reason="Same birth date.")
    parcel = compose("staffordshire", OPERATOR, [Draft("identity:1", link)], KEY, START)
    change = cache.receive(granted(parcel, 7), [], cache.places())
    assert change.streams == {"identity:1"}
    assert cache.linking() == ("identity:1",)
    assert [one.stream for one in cache.linked_identities("referral:1")] == ["identity:1"]
    assert cache.linked_identities("referral:2") == ()


def test_changes_add_up(cache: Cache) -> None:
    hub = cache.receive(granted(note("hub", "a"), 7), [], cache.places())
    assert hub.hub
    case = cache.receive(granted(note("referral:1", "a"), 8), [], cache.places())
    both = hub | case | ChangeSet(drafts=frozenset({"triage/1"}))
    assert both.streams == {"hub", "referral:1"}
    assert both.drafts == {"triage/1"}
    assert not case.hub
    assert not ChangeSet()


# --- the hub's own stream


def told_of(name: str) -> Parcel:
    drafts = [Draft("hub", PersonEnrolled(person="lucy", name=name))]
    return compose("staffordshire", OPERATOR, drafts, KEY, START)


def test_a_reader_that_began_before_a_change_does_not_bring_back_what_was(cache: Cache) -> None:
    with cache._read() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM entries").scalar()
        cache.receive(granted(told_of("Lucy Machin"), 7, "hub"), [], cache.places())
        assert cache.directory().name("lucy") == "Lucy Machin"
        assert cache._directory_in(connection).name("lucy") == "someone no longer listed"
    assert cache.directory().name("lucy") == "Lucy Machin"


def test_a_change_that_came_to_nothing_is_not_remembered(cache: Cache) -> None:
    rows = granted(told_of("Lucy Machin"), 7, "hub")

    def broken() -> None:
        with cache._write() as connection:
            feed.apply(connection, rows, [], cache.places())
            cache._project(connection, frozenset({"hub"}))
            assert cache._directory_in(connection).name("lucy") == "Lucy Machin"
            raise LookupError

    with pytest.raises(LookupError):
        broken()
    assert cache.directory().name("lucy") == "someone no longer listed"


# --- asking


def test_streams_entries_and_holdings_are_counted_by_what_they_are(cache: Cache) -> None:
    cache.receive(granted(note("referral:1", "the yellow door"), 7), [], cache.places())
    cache.save(note("referral:2", "the yellow car"))
    refused = note("referral:3", "the yellow bus")
    cache.save(refused)
    cache.refused(read(refused.signed).id, "not-permitted", "It cannot be done.", None, None, None)
    cache.put_chunk("aa" * 32, b"a page")
    cache.mark_sent("aa" * 32)
    assert cache.streams("referral:") == ("referral:1", "referral:2", "referral:3")
    assert {entry.stream for entry in cache.entries_naming("referral:", "yellow")} == {
        "referral:1",
        "referral:2",
    }
    assert cache.entries_naming("referral:", "green") == ()
    noted = cache.entries_of_kinds("referral:", NoteAdded.KIND)
    assert [entry.stream for entry in noted] == ["referral:1", "referral:2"]
    assert cache.entries_of_kinds("referral:", SubjectRecorded.KIND) == ()
    holdings = cache.holdings()
    assert (holdings.referrals, holdings.identities, holdings.access_days, holdings.documents) == (3, 0, 0, 1)
    assert cache.timeline().versions


def test_a_list_is_longest_waiting_first_or_one_owners_when_asked(cache: Cache) -> None:
    first, second = Story("referral:1").taken(), Story("referral:2", first=50)
    second.now += timedelta(hours=1)
    second.taken()
    for story in (second, first):
        receive(cache, CONSULTANT, story)
    rows = cache.queue((Stage.CONTACT,), by_due=False)
    assert {row.stream for row in rows} == {"referral:1", "referral:2"}
    assert [row.received_at for row in rows] == sorted(row.received_at for row in rows if row.received_at)
    assert len(cache.queue((Stage.CONTACT,), owners=("scc-children",))) == 2
    assert len(cache.queue((Stage.CONTACT,), most=1, offset=1)) == 1
