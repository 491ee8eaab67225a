"""A misfiled entry: taken back from everybody who had it, filed anew, governance told, recipients listed."""

from __future__ import annotations

import msgspec
import pytest
from uuid6 import uuid7

from mash_desktop.desk import governance
from mash_desktop.domain.entries.contact import NoteAdded, SubjectRecorded
from mash_desktop.domain.entries.gathering import RequestWithdrawn
from mash_desktop.domain.entries.outcome import EntryWithdrawn
from sync.protocol import RecipientsAsked, RecipientsFound
from tests.domain.story import CONSULTANT, MANAGER, OPERATOR
from tests.support.served_story import Cast, ServedStory
from tests.support.store import Desk
from tests.sync.client.conftest import until
from tests.sync.store.feeds.conftest import House
from tests.sync.store.test_disposal import disposed

pytestmark = pytest.mark.parametrize("postgres", ["embedded"], indirect=True)


def received(desk: Desk, entry: str) -> RecipientsFound:
    answer = desk.post(
        f"/v1/hubs/{desk.hub}/recipients", RecipientsAsked(standing=desk.standing, entry=entry)
    )
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=RecipientsFound)


def test_it_goes_from_every_desktop_and_stands_in_the_referral_where_it_belongs(
    house: House, told: Cast
) -> None:
    wrong, right = ServedStory(told), ServedStory(told)
    for story in (wrong, right):
        story.taken().triaged().admitted()
    words = "Mia's brother has moved to his father."
    (note,) = wrong.tell(OPERATOR, NoteAdded(words=words))
    priya, karen, gwen = house.sit("priya"), house.sit("karen"), house.sit("gwen")
    for desktop in (priya, karen):
        desktop.until_holding(wrong.stream, note)
    (anew,) = right.tell(OPERATOR, NoteAdded(words=words))
    (withdrawal,) = wrong.tell(
        CONSULTANT, EntryWithdrawn(entry=note, reason="About another family.", refiled=anew)
    )
    for desktop in (priya, karen):
        desktop.until_freed(wrong.stream, note)
        desktop.until_holding(right.stream, anew)
    gwen.until_holding(wrong.stream, withdrawal)
    assert gwen.holding(wrong.stream) == {withdrawal}
    assert not gwen.holding(right.stream)
    told_of = [one for one in governance.withdrawals(gwen.networked.desk) if one.entry == note]
    assert [(one.who, one.reason, one.refiled, one.state) for one in told_of] == [
        ("Ruth Okafor", "About another family.", anew, "admitted")
    ]
    for desk in (told["priya"], told["karen"], told["ruth"]):
        assert note not in desk.holds()
    rows = [row for row in told["karen"].pull() if row.entry == note]
    assert [(row.op, row.body) for row in rows] == [("grant", None), ("withdraw", None)]
    position = next(one.position for one in wrong.entries if one.id == withdrawal)
    assert rows[1].because == position


def test_governance_is_listed_everybody_who_ever_received_it_and_when_it_was_taken_back(
    story: ServedStory, told: Cast
) -> None:
    story.taken().triaged().admitted().rated().asked()
    mia = story.ids(SubjectRecorded)[0]
    story.tell(MANAGER, RequestWithdrawn(request="r-health", reason="Asked in error."))
    before = {one.audience: one for one in received(told["gwen"], mia).recipients}
    assert before.keys() == {"agency:scc-children", "agency:mash", "agency:police", "agency:mpft"}
    assert before["agency:mpft"].until is not None
    assert before["agency:police"].until is None
    assert before["agency:police"].since > before["agency:scc-children"].since
    answer = story.push(CONSULTANT, EntryWithdrawn(entry=mia, reason="Another family's."))
    assert answer.state == "admitted", answer
    after = {one.audience: one for one in received(told["gwen"], mia).recipients}
    assert after.keys() == before.keys()
    assert {one.until for name, one in after.items() if name != "agency:mpft"} == {answer.admitted_at}
    assert received(told["gwen"], str(uuid7())).recipients == ()


def test_who_receives_the_stub_of_an_entry_disposed_of_is_listed_once_and_until_when(
    story: ServedStory, told: Cast
) -> None:
    story.taken()
    (note,) = story.tell(OPERATOR, NoteAdded(words="A word too many."))
    before = received(told["gwen"], note)
    disposed(told, story.stream, note)
    assert received(told["gwen"], note) == before
    disposed(told, story.stream)
    after = received(told["gwen"], note).recipients
    assert [one.audience for one in after] == [one.audience for one in before.recipients]
    assert all(one.until is not None for one in after)


def test_governance_withdraws_from_its_own_desktop_without_ever_holding_the_entry(
    house: House, story: ServedStory, told: Cast
) -> None:
    story.taken()
    (note,) = story.tell(OPERATOR, NoteAdded(words="Belongs to another family."))
    gwen, priya = house.sit("gwen"), house.sit("priya")
    priya.until_holding(story.stream, note)
    desk = gwen.networked.desk
    governance.withdraw(desk, story.stream, note, "It is about another family.", "")
    priya.until_freed(story.stream, note)
    until(
        lambda: any((one.entry, one.state) == (note, "admitted") for one in governance.withdrawals(desk)),
        "the hub's answer",
    )


@pytest.mark.parametrize("person", ["priya", "ruth", "noor"])
def test_nobody_but_governance_is_told_who_received_an_entry(
    story: ServedStory, told: Cast, person: str
) -> None:
    story.taken()
    desk = told[person]
    asked = RecipientsAsked(standing=desk.standing, entry=story.entries[0].id)
    answer = desk.post(f"/v1/hubs/{desk.hub}/recipients", asked)
    assert (answer.status_code, answer.json()["code"]) == (403, "not-permitted")
    officer = RecipientsAsked(standing=told["gwen"].standing, entry=story.entries[0].id)
    assert desk.post(f"/v1/hubs/{desk.hub}/recipients", officer).json()["code"] == "not-permitted"
