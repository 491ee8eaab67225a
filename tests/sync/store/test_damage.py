"""A body that does not open any more: the rest comes, and desktops and governance are told of the one."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import text

from mash_desktop.desk.telling.teller import Teller
from mash_desktop.domain.acts import Draft
from mash_desktop.domain.entries import Unread
from mash_desktop.domain.entries.access import DamageFound
from mash_desktop.domain.entries.contact import AddressRecorded, NoteAdded
from mash_desktop.domain.entries.keeping import HoldSet
from mash_desktop.domain.errors import Refusal
from sync.store import backup, damage
from sync.store.admission import Admission
from sync.store.pulling import content
from sync.store.streams import Shelf
from sync.store.verifying import verify
from tests.domain.story import MANAGER, OPERATOR
from tests.support.served_story import Cast, ServedStory
from tests.support.store import ServedStore
from tests.sync.client.conftest import Office
from tests.sync.store.feeds.conftest import House

pytestmark = pytest.mark.parametrize("postgres", ["embedded"], indirect=True)


@pytest.fixture
def cast(served_store: ServedStore) -> Cast:
    return Cast(served_store, served_store.new_hub())


def told(cast: Cast) -> list[DamageFound]:
    """What governance is told of damage."""
    raw = [row.body.body for row in cast["gwen"].holds().values() if row.body is not None]
    return [msgspec.json.decode(one, type=DamageFound) for one in raw if b'"position"' in one]


def spoil(cast: Cast, what: str, entry: str) -> None:
    """As a failing disk might, or a host."""
    statements = {
        "body": "update bodies set sealed = set_byte(sealed, 40, 255 - get_byte(sealed, 40))",
        "wrapped": "update body_keys set wrapped = substr(wrapped, 1, 20) || substr(wrapped, 22)",
        "gone": "delete from bodies",
    }
    where = " where hub = :hub and position = (select position from entries where entry = :entry)"
    with cast.served.direct.engine.begin() as db:
        db.execute(text(statements[what] + where), {"hub": cast.hub, "entry": entry})


@pytest.mark.parametrize("what", ["body", "wrapped", "gone"])
def test_of_a_damaged_body_the_rest_comes_and_governance_is_told_once(cast: Cast, what: str) -> None:
    story = ServedStory(cast)
    story.taken()
    (note,) = story.tell(OPERATOR, NoteAdded(words="The stairs are unsafe."))
    (after,) = story.tell(OPERATOR, NoteAdded(words="Two dogs."))
    spoil(cast, what, note)
    for _ in range(2):
        held = cast["ruth"].holds()
        assert (held[note].damaged, held[note].disposed, held[note].body) == (True, False, None)
        assert held[note].signed is not None
        assert held[after].body is not None
        assert sum(row.damaged for row in held.values()) == 1
    (found,) = told(cast)
    assert (found.target, found.entry, found.position) == (story.stream, note, held[note].position)
    assert verify(cast.served.direct, cast.hub).faults != ()


def test_a_desktop_shows_which_and_keeps_what_it_held_before(cast: Cast, tmp_path: Path) -> None:
    story = ServedStory(cast)
    story.taken()
    (note,) = story.tell(OPERATOR, NoteAdded(words="The stairs are unsafe."))
    with Office(cast.served, cast.hub, tmp_path) as office:
        before = House(office, cast).sit("ruth")
        before.until_holding(story.stream, note)
        spoil(cast, "body", note)
        fresh = House(office, cast).sit("ruth")
        (last,) = story.tell(OPERATOR, NoteAdded(words="Two dogs."))
        for desktop, said in ((before, "Note"), (fresh, "damaged at the hub")):
            desktop.until_holding(story.stream, note, last)
            desk = desktop.networked.desk
            referral = desk.referral(story.stream)
            entry = next(one for one in referral.entries if one.id == note)
            assert said in Teller(desk, referral).tell(entry).what
            assert isinstance(entry.body, NoteAdded if desktop is before else Unread)
            assert not desktop.networked.status.distrust
            assert not desktop.networked.status.trouble


def test_a_stream_whose_key_does_not_open_keeps_no_other_from_coming(cast: Cast) -> None:
    one, other = ServedStory(cast), ServedStory(cast)
    for story in (one, other):
        story.taken()
    direct = cast.served.direct
    with direct.engine.begin() as db:
        db.execute(
            text("update stream_keys set wrapped = wrapped || wrapped where hub = :hub and stream = :stream"),
            {"hub": cast.hub, "stream": one.stream},
        )
    positions = {entry.id: entry.position or 0 for entry in (*one.entries, *other.entries)}
    with direct.engine.connect() as db:
        # By a program that has not opened the key before.
        found = content(db, direct.secrets, Shelf(), cast.hub, set(positions.values()))
    for entry in one.entries:
        assert found[positions[entry.id]].damaged
    for entry in other.entries:
        assert found[positions[entry.id]].body is not None


def test_a_suppressed_address_is_not_handed_out_once_what_suppressed_it_is_lost(cast: Cast) -> None:
    story = ServedStory(cast)
    story.taken()
    clear, later = (
        AddressRecorded(address="now", subjects=("joanne",), line="2 Quiet Street", suppressed=suppressed)
        for suppressed in (False, True)
    )
    (refuge,) = story.tell(OPERATOR, clear)
    (hidden,) = story.tell(OPERATOR, later)
    story.triaged().admitted().rated()
    spoil(cast, "gone", hidden)
    direct, sam = cast.served.direct, cast["sam"]
    # By a program that has not read the record before; being asked is what gives others the addresses.
    fresh = Admission(direct.engine, direct.secrets, Shelf())
    asked = story.parcel(MANAGER, story.request("r-police", "police", "mia", "joanne"))
    (answer,) = fresh.push(cast.hub, cast["karen"].enrolled.person, [asked]).answers
    assert answer.code == "record-damaged"
    assert refuge not in sam.holds()


def test_where_it_cannot_be_told_who_asks_is_answered_all_the_same_and_the_log_says_so(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    story = ServedStory(cast)
    story.taken()
    (note,) = story.tell(OPERATOR, NoteAdded(words="The stairs are unsafe."))
    direct = cast.served.direct
    stranger = Admission(direct.engine, replace(direct.secrets, signing="ab" * 32), Shelf())
    position = story.entries[-1].position
    assert position is not None
    damage.tell(stranger, cast.hub, {note: position}, datetime.now(UTC))
    assert "damage was not told" in caplog.messages
    assert told(cast) == []


def test_a_backup_that_would_lack_a_decision_on_keeping_is_not_made(cast: Cast) -> None:
    story = ServedStory(cast)
    story.taken()
    held = Draft(f"keeping:{story.stream}", HoldSet(target=story.stream, reason="An inquiry."))
    parcel = cast["gwen"].compose([held])
    assert cast["gwen"].push(parcel)[0].state == "admitted"
    spoil(cast, "body", parcel.bodies[0].entry)
    direct = cast.served.direct
    with direct.engine.connect() as db, pytest.raises(Refusal, match="decision-damaged"):
        backup._decisions(db, direct.secrets, cast.hub)
