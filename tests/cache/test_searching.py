"""Search as one types: whom it finds, by what, in which order, and whom it keeps silent about."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from mash_desktop.cache import Cache, indexing, open_engine
from mash_desktop.cache.feed import FeedPlace, FeedRow
from mash_desktop.cache.reading import stamp
from mash_desktop.cache.searching import FEW, Asked, Hit
from mash_desktop.domain.acts import Draft, compose
from mash_desktop.domain.codes import Marker
from mash_desktop.domain.entries import Body
from mash_desktop.domain.entries.contact import AddressRecorded, ConcernRecorded, SubjectRecorded
from mash_desktop.domain.entries.identity import HistoryRecorded, IdentityLinked, IdentityUnlinked, MarkerSet
from mash_desktop.domain.partial_date import PartialDate
from mash_desktop.matching import PersonFacts, how_near, near_keys
from tests.domain.story import CONSULTANT, KEY, OPERATOR, START, Story
from tests.support.desks import receive, receive_hub

HEARD = (
    "Siân O'Brien", "Adaeze Okonkwo", "Stephen Wright", "Niamh Smith-Jones", "Siobhan Byrne", "Rhys Knight",
    "Ryan Rowett",
)  # fmt: skip


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    made = Cache(open_engine(tmp_path / "cache.db", lambda: "5a" * 32))
    receive_hub(made)
    return made


def known(cache: Cache, number: int, forenames: str, surname: str, **more: Any) -> str:
    """Somebody known before, whom the store tells of."""
    body = HistoryRecorded(
        agency="scc-children",
        source_system="census",
        record=str(number),
        cohort="children",
        forenames=forenames,
        surname=surname,
        **more,
    )
    bring(cache, f"identity:{number}", number, body)
    return f"identity:{number}"


def bring(cache: Cache, stream: str, number: int, *bodies: Body) -> list[FeedRow]:
    drafts = [Draft(stream, body) for body in bodies]
    parcel = compose("staffordshire", OPERATOR, drafts, KEY, START + timedelta(minutes=number))
    rows = [
        FeedRow(
            "agency:scc-children",
            body.entry,
            True,
            signed=parcel.signed,
            body=body,
            position=10_000 + number * 10 + place,
            admitted_at=stamp(START),
        )
        for place, body in enumerate(parcel.bodies)
    ]
    cache.receive(rows, [], cache.places())
    return rows


def search(cache: Cache, typed: str, reader: str = "ruth") -> tuple[Hit, ...]:
    return cache.search(Asked.of(typed), reader)


def found(cache: Cache, typed: str, reader: str = "ruth") -> dict[str, tuple[str, ...]]:
    """Names with what they were found by, best first."""
    return {hit.shown.name: hit.by for hit in search(cache, typed, reader)}


@pytest.mark.parametrize(
    ("typed", "who"),
    [
        ("o'brien", "Siân O'Brien"),
        ("O’Brien", "Siân O'Brien"),
        ("obrien", "Siân O'Brien"),
        ("o brien", "Siân O'Brien"),
        ("brien", "Siân O'Brien"),
        ("SIAN", "Siân O'Brien"),
        ("siân obr", "Siân O'Brien"),
        ("macdonald", "Ewan McDonald"),
        ("mcdonald", "Ewan McDonald"),
        ("smith jones", "Ana Smith-Jones"),
        ("smith-j", "Ana Smith-Jones"),
        ("smithjones", "Ana Smith-Jones"),
    ],
)
def test_accents_apostrophes_and_hyphens_are_as_one_types_them(cache: Cache, typed: str, who: str) -> None:
    known(cache, 1, "Siân", "O'Brien")
    known(cache, 2, "Ewan", "McDonald")
    known(cache, 3, "Ana", "Smith-Jones")
    assert found(cache, typed) == {who: ("name",)}


@pytest.mark.parametrize(
    ("typed", "by"),
    [
        ("quillfeather", ("name",)),
        ("quillfaether", ("name spelled nearly so",)),
        ("quilfeather", ("name spelled nearly so",)),
        ("elizabeth quillfether", ("name", "name spelled nearly so")),
        ("lizzie quillfeather", ("other form of the name", "name")),
        ("kilfether", ("name that sounds so",)),
        ("birdie", ("other name",)),
        ("9434765919", ("NHS number",)),
        ("A123456789012", ("UPN",)),
        ("beacon", ("address",)),
        ("st162lh", ("address",)),
        ("st16 2l", ("address",)),
        ("quill beacon", ("name", "address")),
        ("3 beacon rise", ("address",)),
        ("3 beacon street", ("address",)),
        ("beacon street", ("address",)),
        ("e quill", ("name",)),
    ],
)
def test_each_hit_says_what_it_was_found_by(cache: Cache, typed: str, by: tuple[str, ...]) -> None:
    known(
        cache,
        1,
        "Elizabeth",
        "Quillfeather",
        aliases=("Birdie",),
        nhs_number="9434765919",
        upn="A123456789012",
        address="3 Beacon Rise",
        postcode="ST16 2LH",
    )
    assert found(cache, typed) == {"Elizabeth Quillfeather": by}


@pytest.mark.parametrize(
    ("typed", "who", "how"),
    [
        ("O'Bryan", "Siân O'Brien", "name that sounds so"),
        ("Shan O'Bryan", "Siân O'Brien", "name that sounds so"),
        ("okonquo", "Adaeze Okonkwo", "name that sounds so"),
        ("steven rite", "Stephen Wright", "name that sounds so"),
        ("neve", "Niamh Smith-Jones", "other form of the name"),
        ("shivaun", "Siobhan Byrne", "other form of the name"),
        ("birn", "Siobhan Byrne", "name that sounds so"),
        ("reece", "Rhys Knight", "other form of the name"),
        ("nite", "Rhys Knight", "name that sounds so"),
        ("smyth-jones", "Niamh Smith-Jones", "name spelled nearly so"),
    ],
)
def test_a_name_is_found_as_it_was_heard(cache: Cache, typed: str, who: str, how: str) -> None:
    for number, name in enumerate(HEARD):
        known(cache, number, *name.rsplit(" ", 1))
    assert how in found(cache, typed)[who]


def test_short_words_are_not_taken_for_each_other() -> None:
    assert how_near("ann", "amy") is None
    assert how_near("carter", "carpenter") is None
    assert how_near("wright", "rowett") is None
    assert "an" not in near_keys("ann")


def test_whole_words_come_before_those_that_only_begin_so_and_names_before_the_rest(cache: Cache) -> None:
    known(cache, 1, "Ann", "Hart")
    known(cache, 2, "Annabel", "Hart")
    known(cache, 3, "Joan", "Poole", aliases=("Ann",))
    known(cache, 4, "Piers", "Poole", address="3 Ann Street")
    known(cache, 5, "Mia", "Street", address="4 Mill Close")
    assert list(found(cache, "mia stre")) == ["Mia Street"]
    assert list(found(cache, "ann")) == ["Ann Hart", "Annabel Hart", "Joan Poole", "Piers Poole"]


@pytest.mark.parametrize("birth", [PartialDate(2017, 4, 3), PartialDate(2017, 4, 3, estimated=True)])
def test_a_birth_date_narrows_what_a_name_finds(cache: Cache, birth: PartialDate) -> None:
    known(cache, 1, "Mia", "Hart", birth=birth)
    known(cache, 2, "Mia", "Hart", birth=PartialDate(2011, 1, 9))
    for typed, asked in (
        ("mia", PartialDate(2017, 4, 3)),
        ("mia", PartialDate(2017, 4)),
        ("", PartialDate(2017)),
    ):
        words = tuple(typed.split())
        (hit,) = cache.search(Asked(words, asked, (*words, "typed")), "ruth")
        assert hit.key == "identity:1"
        assert hit.by[-1] == "birth date"


def test_words_of_a_date_that_are_a_number_of_a_house_find_it_as_well(cache: Cache) -> None:
    known(cache, 1, "Mia", "Hart", address="2011 Beacon Rise")
    (hit,) = cache.search(Asked(("beacon",), PartialDate(2011), ("2011", "beacon")), "ruth")
    assert hit.by == ("address",)


def test_a_street_beside_such_a_number_is_looked_for_in_neither_way_alone(cache: Cache) -> None:
    known(cache, 1, "Mia", "Hart", address="2011 Beacon Rise")
    asked = Asked(("beacon", "street"), PartialDate(2011), ("2011", "beacon", "street"))
    (hit,) = cache.search(asked, "ruth")
    assert hit.by == ("address",)


def test_where_many_bear_a_name_no_other_spelling_of_it_is_looked_for(cache: Cache) -> None:
    for number in range(FEW + 1):
        known(cache, number, "Ann", "Quillfeather")
    known(cache, 100, "Ann", "Quilfeather")
    hits = search(cache, "quillfeather")
    assert len(hits) == FEW + 1
    assert {hit.by for hit in hits} == {("name",)}


def test_somebody_of_the_same_block_who_is_not_like_them_is_none_of_the_candidates(cache: Cache) -> None:
    known(cache, 1, "Kestrel", "Quillfeather", birth=PartialDate(2017, 4, 3))
    known(cache, 2, "Ola", "Quillfeather", birth=PartialDate(2017, 11, 9))
    typed = PersonFacts(forenames="Kestrel", surname="Quillfeather", birth=PartialDate(2017, 4, 3))
    assert [one.key for one in cache.matches(typed, "ruth")] == ["identity:1"]


def test_words_of_several_people_of_one_contact_are_found_in_what_was_told(cache: Cache) -> None:
    receive(cache, CONSULTANT, Story("referral:1").taken())
    assert set(found(cache, "bruise").values()) == {("what was told",)}
    assert set(found(cache, "mia bruise").values()) == {("what was told",)}
    assert found(cache, "mia") == {"Mia Carter": ("name",)}


# --- markers


def test_a_suppressed_address_is_searched_by_nobody_once_the_marker_is_here(cache: Cache) -> None:
    story, address = Story("referral:1").taken(), "14 Mill Lane"
    story.tell(OPERATOR, AddressRecorded(address="home", subjects=("mia", "tyler"), line=address))
    receive(cache, CONSULTANT, story)
    assert found(cache, address)
    assert found(cache, "bruise")
    bring(
        cache,
        "identity:1",
        1,
        IdentityLinked(referral="referral:1", subject="mia", reason="Same birth date."),
        MarkerSet(marker=Marker.ADDRESS_SUPPRESSED, reason="Moved from harm."),
    )
    assert found(cache, address) == {}
    assert found(cache, "bruise") == {}
    (mia,) = search(cache, "mia")
    assert (mia.shown.address, mia.shown.suppressed) == ("", True)
    bring(cache, "identity:1", 2, IdentityUnlinked(referral="referral:1", subject="mia", reason="Not her."))
    assert found(cache, address)
    assert found(cache, "bruise")


def test_an_address_told_as_suppressed_takes_what_was_told_with_it(cache: Cache) -> None:
    story = Story("referral:1").taken()
    story.tell(
        OPERATOR,
        AddressRecorded(address="refuge", subjects=("mia",), line="9 Hidden Court", suppressed=True),
        ConcernRecorded(account="more", words="She is at 9 Hidden Court."),
    )
    receive(cache, CONSULTANT, story)
    assert found(cache, "hidden court") == {}
    assert found(cache, "mia")


def test_who_was_known_before_and_is_hidden_is_not_compared_by_the_address(cache: Cache) -> None:
    key = known(cache, 1, "Una", "Vane", address="9 Hidden Court", postcode="ST1 1AA")
    bring(cache, key, 2, MarkerSet(marker=Marker.ADDRESS_SUPPRESSED, reason="Moved from harm."))
    assert found(cache, "hidden") == {}
    assert found(cache, "st1") == {}
    (una,) = search(cache, "una")
    assert una.shown.suppressed


def test_a_restricted_record_is_shown_to_its_readers_alone_and_counts_nothing(cache: Cache) -> None:
    story = Story("referral:1").taken()
    receive(cache, CONSULTANT, story)
    marker = MarkerSet(marker=Marker.RESTRICTED, reason="Works for us.", readers=("ruth", "dan"))
    link = IdentityLinked(referral="referral:1", subject="mia", reason="Same birth date.")
    bring(cache, "identity:1", 1, link, marker)
    second = replace(marker, readers=("ruth",))
    bring(cache, "identity:2", 2, link, second)
    assert list(found(cache, "mia", "ruth")) == ["Mia Carter"]
    assert found(cache, "mia", "dan") == {}  # a reader of one of the two alone
    assert found(cache, "mia", "rut") == {}
    assert found(cache, "bruise", "ruth") == {}
    mia = PersonFacts(forenames="Mia", surname="Carter")
    assert [one.key for one in cache.matches(mia, "ruth")] == ["referral:1#mia"]
    assert cache.matches(mia, "dan") == ()


# --- the index


def test_what_is_purged_leaves_no_row_in_any_index(cache: Cache) -> None:
    receive(cache, CONSULTANT, Story("referral:1").taken())
    known(cache, 1, "Kestrel", "Quillfeather")
    link = IdentityLinked(referral="referral:1", subject="mia", reason="Same birth date.")
    bring(cache, "identity:2", 2, link)
    cache.receive([], [FeedPlace("agency:scc-children", 1, 9, bytes(32))], ["hub", "agency:scc-children"])
    assert rows_of(cache)["links"] == 1
    cache.receive([], [], ["hub"])
    assert set(rows_of(cache).values()) == {0}


def rows_of(cache: Cache) -> dict[str, int]:
    indexes = ("persons", "words", "worded", "names", "near", "people", "blocks", "links", "referrals")
    with cache._read() as connection:
        return {
            index: connection.exec_driver_sql(f"SELECT count(*) FROM {index}").scalar_one()
            for index in indexes
        }


def test_many_rows_are_taken_out_together(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "MANY", 2)
    rows = [row for number in range(4) for row in bring_known(cache, number)]
    assert found(cache, "quillfeather")
    cache.receive([replace(row, grant=False) for row in rows[:3]], [], cache.places())
    assert [hit.key for hit in search(cache, "quillfeather")] == ["identity:3"]
    cache.receive([replace(rows[3], grant=False)], [], cache.places())
    assert found(cache, "quillfeather") == {}
    with cache._read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM near").scalar() == 0
        assert connection.exec_driver_sql("SELECT count(*) FROM names").scalar() == 0


def bring_known(cache: Cache, number: int) -> list[FeedRow]:
    body = HistoryRecorded(
        agency="scc-children",
        source_system="census",
        record=str(number),
        cohort="children",
        forenames="Kestrel",
        surname="Quillfeather",
    )
    return bring(cache, f"identity:{number}", number, body)


def test_names_are_counted_as_they_stand(cache: Cache) -> None:
    story = Story("referral:1").taken()
    receive(cache, CONSULTANT, story)
    body = next(e.body for e in cache.entries("referral:1") if isinstance(e.body, SubjectRecorded))
    for surname in ("Quillfeather", "Carter", "Quill"):
        draft = Draft("referral:1", replace(body, surname=surname))
        cache.save(compose("staffordshire", OPERATOR, [draft], KEY, START + timedelta(hours=1)))
    with cache._read() as connection:
        rows = connection.exec_driver_sql("SELECT name, alias FROM persons").all()
        counted: dict[str, int] = dict(connection.exec_driver_sql("SELECT word, people FROM names").all())
    held = Counter(word for row in rows for word in set(f"{row[0]} {row[1]}".split()) if word.isalpha())
    assert counted == dict(held)
