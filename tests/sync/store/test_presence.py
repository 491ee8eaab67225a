"""Who hears that somebody has a referral open: those who may both see it, at this moment, and nobody else."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import msgspec
import psycopg
import pytest
from sqlalchemy import func, select
from uuid6 import uuid7

from mash_desktop.domain.acts import Draft
from mash_desktop.domain.codes import Marker
from mash_desktop.domain.entries.contact import SubjectRecorded
from mash_desktop.domain.entries.identity import IdentityLinked, MarkerSet
from mash_desktop.domain.entries.outcome import EntryWithdrawn
from mash_desktop.domain.roles import Role
from sync.protocol import LEFT, LOOKING, Presence
from sync.store import tables
from tests.domain.story import CONSULTANT, OPERATOR
from tests.support.ear import Ear, listening
from tests.support.served_story import Cast, ServedStory
from tests.support.store import Desk

pytestmark = pytest.mark.parametrize("postgres", ["embedded"], indirect=True)

EVERYBODY = ("priya", "ruth", "karen", "dee", "sam", "iris", "tom", "ada", "noor", "gwen", "hal")
OWNERS, HUB, ASKED = {"priya", "ruth", "tom"}, {"karen", "dee"}, {"sam", "iris"}


def say(desk: Desk, stream: str, doing: str = LOOKING) -> httpx.Response:
    return desk.post(f"/v1/hubs/{desk.hub}/presence", Presence(stream=stream, doing=doing))


@pytest.fixture
def ears(told: Cast) -> Iterator[dict[str, Ear]]:
    """Everybody listens."""
    with ExitStack() as stack:
        yield {one: stack.enter_context(listening(told.served, told[one])) for one in EVERYBODY}


def hear(told: Cast, ears: dict[str, Ear], stream: str, wanted: dict[str, set[str]]) -> dict[str, set[str]]:
    """Who hears whom, once everybody has tried to say that they are at the referral: what is wanted is waited
    for, and then one second, all listening, for anything else."""
    names = {told[one].session.name: one for one in EVERYBODY}
    for one in EVERYBODY:
        say(told[one], stream)
    found: dict[str, set[str]] = {one: set() for one in EVERYBODY}

    def hears(one: str, seconds: float) -> bool:
        event = ears[one].within("presence", seconds)
        if event:
            assert event["stream"] == stream
            found[one].add(names[str(event["name"])])
        return bool(event)

    for one, others in wanted.items():
        while not others <= found[one] and hears(one, 10.0):
            pass
    until = time.monotonic() + 1.0
    for one in EVERYBODY:
        while hears(one, max(0.01, until - time.monotonic())):
            pass
    return found


def assert_heard(told: Cast, ears: dict[str, Ear], stream: str, wanted: dict[str, set[str]]) -> None:
    assert hear(told, ears, stream, wanted) == wanted


def circle(members: set[str]) -> dict[str, set[str]]:
    return {one: members - {one} if one in members else set() for one in EVERYBODY}


def test_at_each_stage_those_hear_each_other_who_may_both_see_it_and_nobody_else_is_heard(
    story: ServedStory, told: Cast, ears: dict[str, Ear]
) -> None:
    """Asked, police and health know nothing of each other; once the table is open they sit at it together.
    Administrators and governance see no case: not even governance whom a withdrawal was told to."""
    story.taken()
    assert_heard(told, ears, story.stream, circle(OWNERS))
    story.triaged().admitted().rated().asked()
    misfiled = story.tell(OPERATOR, SubjectRecorded(subject="x", surname="Carter"))[0]
    story.tell(CONSULTANT, EntryWithdrawn(entry=misfiled, reason="Another family."))
    assert story.entries[-1].id in told["gwen"].holds()
    assert_heard(told, ears, story.stream, circle(OWNERS | HUB))
    story.answered().tabled()
    assert_heard(told, ears, story.stream, circle(OWNERS | HUB | ASKED))


def test_of_a_referral_of_restricted_people_only_their_readers_among_those_who_hold_it_hear(
    story: ServedStory, told: Cast, ears: dict[str, Ear]
) -> None:
    story.taken().triaged().admitted().rated().asked().answered().tabled()
    readers = tuple(told[one].enrolled.person for one in ("ruth", "dee", "ada"))
    for number, subject in enumerate(("mia", "tyler", "joanne")):
        identity = f"identity:{uuid7()}"
        marker = MarkerSet(marker=Marker.RESTRICTED, reason="Relocated.", readers=readers)
        link = IdentityLinked(referral=story.stream, subject=subject)
        assert told["ruth"].act(Draft(identity, link), Draft(identity, marker)).state == "admitted"
        if number == 0:
            seen = hear(told, ears, story.stream, {"priya": {"ruth", "dee"}})
            assert seen["priya"] >= {"ruth", "dee"}, "two people of it may still be seen"
    assert_heard(told, ears, story.stream, circle({"ruth", "dee"}))
    nowhere = say(told["priya"], f"referral:{uuid7()}")
    assert say(told["priya"], story.stream).json() == nowhere.json()


def test_the_agency_named_is_the_one_for_which_somebody_sees_it(story: ServedStory, told: Cast) -> None:
    story.taken()
    both = told.served.desk(
        told.hub, "Owen Pryce", ("police", Role.RESEARCHER), ("scc-children", Role.SOCIAL_WORKER)
    )
    with listening(told.served, told["ruth"]) as ear:
        assert say(both, story.stream).status_code == 204
        assert ear.next("presence")["agency"] == "scc-children"
        say(both, story.stream, LEFT)
        assert ear.next("presence")["doing"] == "left"


def test_nobody_says_anything_but_that_they_came_or_left_nor_who_they_are(
    story: ServedStory, told: Cast
) -> None:
    story.taken()
    for words in ("", "typing", "Ring me on 07700 900123"):
        answer = say(told["priya"], story.stream, words)
        assert (answer.status_code, answer.json()["code"]) == (400, "doing-unknown")
    forged = Presence(
        stream=story.stream, doing=LOOKING, person=told["ruth"].enrolled.person, name="Ruth", agency="police"
    )
    with listening(told.served, told["ruth"]) as ear:
        told["priya"].post(f"/v1/hubs/{told.hub}/presence", forged)
        heard = ear.next("presence")
    assert (heard["person"], heard["name"], heard["agency"]) == (
        told["priya"].enrolled.person,
        "Priya Nair",
        "scc-children",
    )


def test_presence_is_in_no_table_no_log_and_no_notice_that_the_database_carries(
    story: ServedStory, told: Cast
) -> None:
    story.taken()
    served = told.served

    def sizes() -> dict[str, int]:
        """Of this hub: in others the store writes by itself meanwhile."""
        with served.direct.engine.connect() as db:
            return {
                one.name: db.scalar(select(func.count()).where(one.c.hub == told.hub)) or 0
                for one in tables.metadata.sorted_tables
                if "hub" in one.c
            }

    with (
        psycopg.connect(served.database.replace("+psycopg", ""), autocommit=True) as raw,
        listening(served, told["ruth"]) as ear,
    ):
        raw.execute("listen mash_isl")
        before = sizes()
        for doing in (LOOKING, LEFT):
            assert say(told["priya"], story.stream, doing).status_code == 204
            ear.next("presence")
        carried = []
        for note in raw.notifies(timeout=20):
            carried.append(note.payload)
            if sum(bool(msgspec.json.decode(one).get("told")) for one in carried) == 2:
                break
        else:
            pytest.fail("nothing is carried")
        assert sizes() == before
    said = "".join(carried) + served.log.read_text()
    for secret in (story.stream, told["priya"].enrolled.person, "Priya", "looking"):
        assert secret not in said, secret
