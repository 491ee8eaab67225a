"""Caches as earlier versions wrote them, opened by this one. They are kept in ``kept/`` and never made anew:
the key of each is its version's byte over and over."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mash_desktop.cache import Cache, open_engine
from mash_desktop.cache.feed import FeedPlace
from mash_desktop.cache.schema import VERSION
from mash_desktop.domain.acts import check_bodies, check_signature, read
from mash_desktop.domain.entries.contact import NoteAdded
from mash_desktop.domain.fold import Stage
from mash_desktop.matching import PersonFacts

KEPT = Path(__file__).parent / "kept"
OLD = sorted(KEPT.glob("v*.db"))
KEYS = {"v1": "1d" * 32}


@pytest.fixture(params=[path.stem for path in OLD])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Cache:
    name = request.param
    shutil.copy(KEPT / f"{name}.db", tmp_path / "cache.db")
    return Cache(open_engine(tmp_path / "cache.db", lambda: KEYS[name]))


def test_there_is_one_of_every_version_before_this_one() -> None:
    assert [path.stem for path in OLD] == [f"v{number}" for number in range(1, VERSION)]


def test_what_had_not_been_sent_is_there_to_the_byte(old: Cache) -> None:
    waiting = old.waiting()
    assert [(one.state, one.code) for one in waiting] == [
        ("refused", "not-permitted"),
        ("waiting", ""),
        ("waiting", ""),
    ]
    assert [entry.body for one in waiting for entry in one.entries] == [
        NoteAdded(words="Rang the school at ten."),
        NoteAdded(words="Ms Hale rings back at two."),
        NoteAdded(words="Seen by the health visitor."),
    ]
    public = next(iter(old.directory().keys.values())).public
    (parcel,) = old.outgoing("priya", 10)
    check_signature(parcel.signed, bytes.fromhex(public))
    check_bodies(read(parcel.signed), parcel.bodies, whole=True)
    assert read(parcel.signed).id == waiting[2].act
    old.close()


def test_what_was_held_is_there_and_found(old: Cache) -> None:
    assert old.referral("referral:1").stage is Stage.ADMITTED
    assert old.draft("triage/1/words") == "Half a sentence about"
    assert old.fact("account") == b'{"person":"priya"}'
    assert old.chunk("ab" * 32) == b"a page"
    assert old.unsent_chunks() == ("ab" * 32,)
    assert {shown.name for _, shown in old.search("obrien")} == set()
    assert {shown.name for _, shown in old.search("sian")} == {"Siân O'Brien"}
    assert {shown.referral for _, shown in old.search("carter")} == {"referral:1", "referral:2"}
    assert old.matches(PersonFacts(forenames="Sian", surname="OBrien"))
    assert "hub" in old.places()
    old.close()


def test_it_goes_on_as_if_it_had_been_made_by_this_version(old: Cache, tmp_path: Path) -> None:
    fresh = Cache(open_engine(tmp_path / "fresh.db", lambda: "5a" * 32))
    assert shape(old) == shape(fresh)
    fresh.close()
    act = old.waiting()[1].act
    old.let_go(act)
    assert len(old.waiting()) == 2
    mine = "agency:scc-children"
    old.receive([], [FeedPlace(mine, 1, 9, bytes(32))], ["hub", mine])
    assert old.search("carter")
    old.receive([], [], ["hub"])
    assert old.search("carter") == ()
    assert len(old.waiting()) == 2
    old.close()


def shape(cache: Cache) -> set[tuple[str, str, str]]:
    with cache._read() as connection:
        found = connection.exec_driver_sql("SELECT type, name, coalesce(sql, '') FROM sqlite_master").all()
        version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    return {(row[0], row[1], row[2]) for row in found} | {("version", "", str(version))}
