"""Breaking the glass: who sees what for how long, who is told, and that it closes again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import msgspec
import pytest
from uuid6 import uuid7

from mash_desktop.desk.glass import close_overdue
from mash_desktop.domain.acts import Draft, compose
from mash_desktop.domain.codes import Marker
from mash_desktop.domain.entries.access import GlassBroken, GlassMended
from mash_desktop.domain.entries.contact import (
    AddressRecorded,
    ConcernRecorded,
    ContactOpened,
    NoteAdded,
    ReferrerRecorded,
    SubjectRecorded,
)
from mash_desktop.domain.entries.gathering import ContributionRecorded, ContributionReleased
from mash_desktop.domain.entries.identity import HistoryRecorded, IdentityLinked, MarkerSet
from mash_desktop.domain.roles import Role
from mash_desktop.hub import load_preset
from sync.protocol import Answer
from tests.domain.story import OPERATOR
from tests.support.served_story import Cast, ServedStory
from tests.support.store import Desk, ServedStore
from tests.sync.client.conftest import until
from tests.sync.store.feeds.conftest import House, Instance
from tests.sync.store.test_people import child, looked_for, named

pytestmark = pytest.mark.parametrize("postgres", ["embedded"], indirect=True)

WHY = "Her son is at our door and says that he will go back tonight."


def today(at: datetime) -> str:
    return f"access:{at.date().isoformat()}"


def broken(
    desk: Desk,
    target: str,
    *,
    reason: str = WHY,
    lasting: timedelta = timedelta(hours=1),
    ago: timedelta = timedelta(),
    entry: str = "",
) -> Answer:
    """The store's answer to this person breaking the glass of a record."""
    now = datetime.now(UTC)
    body = GlassBroken(target=target, reason=reason, until=now + lasting)
    draft = Draft(today(now - ago), body, id=entry or str(uuid7()))
    return desk.push(compose(desk.hub, desk.only, [draft], desk.key, now - ago))[0]


def mended(desk: Desk, entry: str, target: str, person: str, reason: str = "Not called for.") -> Answer:
    body = GlassMended(broken=entry, target=target, person=person, reason=reason)
    return desk.act(Draft(today(datetime.now(UTC)), body))


def opened_by(desk: Desk, target: str, lasting: timedelta = timedelta(hours=1)) -> str:
    entry = str(uuid7())
    answer = broken(desk, target, lasting=lasting, entry=entry)
    assert answer.state == "admitted", answer
    return entry


def test_the_glass_opens_a_record_to_one_person_and_the_store_closes_it_when_its_time_is_over(
    house: House, story: ServedStory, told: Cast
) -> None:
    who = child()
    story.taken()
    named(story, who)
    neil, ada = house.sit("neil"), house.sit("ada")
    (pointer,) = looked_for(told["neil"], who)
    assert pointer.pointer
    opened_by(told["neil"], pointer.key.partition("#")[0], timedelta(seconds=8))
    concern, referrer = story.ids(ConcernRecorded)[0], story.ids(ReferrerRecorded)[0]
    neil.until_holding(story.stream, *story.ids(ContactOpened), concern, *story.ids(SubjectRecorded))
    (found,) = looked_for(told["neil"], who)
    assert (found.pointer, found.referral) == (False, story.stream)
    assert referrer not in neil.holding(story.stream)
    assert not ada.holding(story.stream)
    # The store's own clock closes it: nobody does anything.
    neil.until_freed(story.stream)
    rows = [row for row in told["neil"].pull() if row.entry == concern]
    assert [row.op for row in rows] == ["grant", "withdraw"]
    assert rows[0].body is None
    closed = next(row for row in told["neil"].holds().values() if row.position == rows[1].because)
    assert closed.body is not None
    assert closed.body.body == (
        b'{"broken":"%s","person":"%s","target":"%s"}'
        % tuple(
            one.encode()
            for one in (found_glass(told["neil"], story.stream), told["neil"].enrolled.person, story.stream)
        )
    )
    (again,) = looked_for(told["neil"], who)
    assert again.pointer
    assert concern in told["ruth"].holds()


def found_glass(desk: Desk, target: str) -> str:
    """The entry by which the glass of this record was broken, as a person's feeds bring it."""
    return next(
        entry
        for entry, row in desk.holds().items()
        if row.body is not None and b'"reason"' in row.body.body and f'"{target}"'.encode() in row.body.body
    )


def test_governance_is_told_at_once_with_the_reason_and_can_end_it(
    house: House, story: ServedStory, told: Cast
) -> None:
    story.taken()
    neil, gwen = house.sit("neil"), house.sit("gwen")
    glass = opened_by(told["neil"], story.stream)
    trail = today(datetime.now(UTC))
    gwen.until_holding(trail, glass)
    reason = next(entry.body for entry in gwen.cache.entries(trail) if entry.id == glass)
    assert isinstance(reason, GlassBroken)
    assert reason.reason == WHY
    assert not gwen.holding(story.stream)
    neil.until_holding(story.stream, *story.ids(ContactOpened))
    person = told["neil"].enrolled.person
    assert mended(told["gwen"], glass, story.stream, person).state == "admitted"
    neil.until_freed(story.stream)
    assert mended(told["gwen"], glass, story.stream, person).code == "glass-whole"


def test_what_comes_while_the_glass_is_broken_comes_too_and_two_breakings_end_one_by_one(
    story: ServedStory, told: Cast
) -> None:
    story.taken()
    neil, person = told["neil"], told["neil"].enrolled.person
    first, second = (opened_by(neil, story.stream) for _ in range(2))
    (late,) = story.tell(OPERATOR, ConcernRecorded(account="a2", words="Shouting again."))
    assert late in neil.holds()
    assert mended(told["gwen"], first, story.stream, person).state == "admitted"
    assert late in neil.holds()
    assert mended(told["gwen"], second, story.stream, person).state == "admitted"
    assert not neil.holds().keys() & {entry.id for entry in story.entries}


def test_the_glass_shows_no_restricted_person_no_suppressed_address_and_nothing_unreleased(
    story: ServedStory, told: Cast
) -> None:
    story.taken().triaged().admitted().rated().asked().answered()
    shown, hidden = story.tell(
        OPERATOR,
        AddressRecorded(address="home", subjects=("mia",), line="14 Mill Lane"),
        AddressRecorded(address="refuge", subjects=("tyler",), line="2 Quiet Street", suppressed=True),
    )
    (note,) = story.tell(OPERATOR, NoteAdded(words="Rang the school."))
    identity = f"identity:{uuid7()}"
    readers = (told["ruth"].enrolled.person,)
    answer = told["ruth"].act(
        Draft(identity, IdentityLinked(referral=story.stream, subject="joanne")),
        Draft(identity, MarkerSet(marker=Marker.RESTRICTED, reason="Works here.", readers=readers)),
    )
    assert answer.state == "admitted", answer
    opened_by(told["neil"], story.stream)
    held = told["neil"].holds().keys()
    mia, tyler, joanne = story.ids(SubjectRecorded)
    assert {shown, note, mia, tyler} <= held
    unseen = {hidden, joanne, *story.ids(ContributionRecorded), *story.ids(ReferrerRecorded)}
    # What police released names joanne, who is restricted.
    assert not held & (unseen | set(story.ids(ContributionReleased)))


def test_earlier_history_of_another_agency_is_opened_by_its_pointer_and_closed_again(
    house: House, told: Cast
) -> None:
    who, identity, entry = child(), f"identity:{uuid7()}", str(uuid7())
    history = HistoryRecorded(
        agency="scc-children", source_system="census", record="1", cohort="children",
        forenames=who.forename, surname=who.surname, birth=who.born,
    )  # fmt: skip
    assert told["ruth"].act(Draft(identity, history, id=entry)).state == "admitted"
    neil = house.sit("neil")
    (pointer,) = looked_for(told["neil"], who)
    assert (pointer.pointer, pointer.key) == (True, identity)
    glass = opened_by(told["neil"], identity)
    neil.until_holding(identity, entry)
    assert not looked_for(told["neil"], who)[0].pointer
    assert entry not in told["ada"].holds()
    assert mended(told["gwen"], glass, identity, told["neil"].enrolled.person).state == "admitted"
    neil.until_freed(identity)


def test_a_desktop_without_the_line_closes_it_itself_and_with_the_line_holds_what_the_hub_says(
    house: House, story: ServedStory, told: Cast
) -> None:
    story.taken()
    neil = house.sit("neil")
    desk, network = neil.networked.desk, neil.networked
    desk.online = lambda: network.status.online
    opened_by(told["neil"], story.stream)
    concern = story.ids(ConcernRecorded)[0]
    neil.until_holding(story.stream, concern)
    network.wire.cut()
    desk.wake()
    until(lambda: not network.status.online, "the line to be down")
    now = desk.now
    desk.now = lambda: datetime.now(UTC) + timedelta(hours=2)
    close_overdue(desk)
    assert not neil.holding(story.stream)
    desk.now = now
    network.wire.mend()
    neil.until_holding(story.stream, concern)


@pytest.mark.parametrize(
    ("person", "changed", "code", "field"),
    [
        ("ada", {}, "not-permitted", None),
        ("gwen", {}, "not-permitted", None),
        ("neil", {"reason": " "}, "field-empty", "reason"),
        ("neil", {"lasting": timedelta(hours=5)}, "glass-long", "until"),
        ("neil", {"lasting": timedelta(seconds=-1)}, "glass-long", "until"),
        ("neil", {"ago": timedelta(minutes=6)}, "glass-late", None),
    ],
)
def test_the_glass_is_broken_by_a_named_role_with_a_reason_now_and_for_some_hours(
    story: ServedStory, told: Cast, person: str, changed: dict[str, Any], code: str, field: str | None
) -> None:
    story.taken()
    answer = broken(told[person], story.stream, **changed)
    assert (answer.state, answer.code, answer.field) == ("refused", code, field)


def test_a_role_that_the_hub_does_not_name_cannot_break_the_glass(served_store: ServedStore) -> None:
    config = msgspec.structs.replace(load_preset("staffordshire"), break_glass_roles=(Role.OUT_OF_HOURS,))
    cast = Cast(served_store, served_store.new_hub(config))
    story = ServedStory(cast).taken()
    assert broken(cast["neil"], story.stream).code == "not-permitted"


def test_there_is_no_glass_where_there_is_no_record_or_everybody_in_it_is_restricted(told: Cast) -> None:
    neil, ruth = told["neil"], told["ruth"]
    readers = (ruth.enrolled.person,)
    restricted = MarkerSet(marker=Marker.RESTRICTED, reason="Works here.", readers=readers)
    story, identity = ServedStory(told), f"identity:{uuid7()}"
    story.taken()
    answer = ruth.act(
        *(
            Draft(identity, IdentityLinked(referral=story.stream, subject=subject))
            for subject in ("mia", "tyler", "joanne")
        ),
        Draft(identity, restricted),
    )
    assert answer.state == "admitted", answer
    for target in (f"referral:{uuid7()}", f"identity:{uuid7()}", "hub", "referral:x", story.stream, identity):
        answer = broken(neil, target)
        assert (answer.code, answer.field) == ("not-found", "target"), target


def test_who_is_no_governance_officer_ends_nobodys_and_no_other_persons(
    story: ServedStory, told: Cast
) -> None:
    story.taken()
    glass = opened_by(told["neil"], story.stream)
    assert mended(told["neil"], glass, story.stream, told["neil"].enrolled.person).code == "not-permitted"
    for target, person in ((story.stream, "somebody"), (f"referral:{uuid7()}", told["neil"].enrolled.person)):
        assert mended(told["gwen"], glass, target, person).code == "glass-whole"
    assert story.ids(ContactOpened)[0] in told["neil"].holds()


def test_instances_that_look_at_once_close_it_once(served_store: ServedStore, a_hub: str) -> None:
    cast = Cast(served_store, a_hub)
    story = ServedStory(cast).taken()
    neil, gwen = cast["neil"], cast["gwen"]
    glass = opened_by(neil, story.stream)
    instances = [Instance(served_store, a_hub, timedelta(hours=2)) for _ in range(3)]
    threads = [Thread(target=one.write) for one in instances]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(one.write() for one in instances)
    closing = [
        row
        for row in gwen.holds().values()
        if row.body is not None and row.body.body.startswith(b'{"broken":"%s"' % glass.encode())
    ]
    assert len(closing) == 1
    assert not neil.holds().keys() & {entry.id for entry in story.entries}
