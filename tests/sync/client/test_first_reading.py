"""A desktop that holds nothing shows what is most urgent in its first seconds, and says how far it is."""

from __future__ import annotations

from dataclasses import replace as changed

import msgspec
import pytest
from msgspec.structs import replace
from uuid6 import uuid7

from mash_desktop.domain.codes import Cohort, ContactChannel, SourceOfContact
from mash_desktop.domain.entries.contact import (
    ConcernRecorded,
    ContactOpened,
    ContactPassed,
    NoteAdded,
    SubjectRecorded,
)
from mash_desktop.domain.entries.triage import ContactTriaged, SubjectLevel
from mash_desktop.domain.roles import Role
from sync import protocol
from tests.support.relay import Answered, Asked, Relay
from tests.sync.client.conftest import Networked, Office, until

pytestmark = pytest.mark.parametrize("postgres", ["embedded"], indirect=True)

OPERATOR = ("scc-children", Role.TRIAGE_OPERATOR)
CONSULTANT = ("scc-children", Role.CONSULTANT_SOCIAL_WORKER)


def triaged(desk: Networked, route: str) -> str:
    """A contact with notes on it that went out of triage by ``route``."""
    case = f"referral:{uuid7()}"
    desk.contact(case)
    child = SubjectRecorded(
        subject="mia", forenames="Mia", surname="Carter", relation="subject", of_concern=True
    )
    desk.desk.act(case, child, ConcernRecorded(account="a1", words="A bruise on her forearm."))
    desk.desk.act(
        case,
        ContactTriaged(
            route=route,
            levels=(SubjectLevel("mia", "child_protection"),),
            rationale="Bruises.",
            history_searched=True,
            immediate_danger=False,
        ),
    )
    return case


def without_feeds(relay: Relay) -> None:
    """Only the hub's own feed comes through, and what is asked for beside the feeds."""

    def before(asked: Asked) -> Asked | Answered:
        if asked.path.endswith("/feed"):
            pull = msgspec.json.decode(asked.body, type=protocol.Pull)
            if not pull.only:
                return Answered(503, b"")
        return asked

    relay.before = before


def held(desk: Networked) -> set[str]:
    return set(desk.desk.cache.streams("referral:"))


def test_open_cases_come_before_the_feeds_direct_lines_first_and_closed_ones_with_them(
    office: Office,
) -> None:
    priya = office.sit("Priya Nair", *OPERATOR)
    priya.until_online()
    usual, direct = triaged(priya, "social-work-gateway"), triaged(priya, "direct-line")
    over = f"referral:{uuid7()}"
    priya.contact(over)
    priya.desk.act(over, ContactPassed(worker="Dan Whitmore", reason="Open case."))
    priya.until_sent()
    assert priya.desk.cache.waiting() == ()
    relay = office.relay()
    without_feeds(relay)
    told: list[protocol.UrgentFound] = []

    def hears(asked: Asked, answered: Answered) -> Answered:
        if asked.path.endswith("/urgent"):
            told.append(msgspec.json.decode(answered.body, type=protocol.UrgentFound))
        return answered

    relay.alter = hears
    ruth = office.sit("Ruth Okafor", *CONSULTANT, server=relay.server)
    until(lambda: held(ruth) == {usual, direct}, "what is urgent")
    assert ruth.desk.cache.row(direct) is not None
    assert told[0].rows[0].entry in {entry.id for entry in ruth.desk.cache.entries(direct)}
    assert ruth.statuses[-1].first_sync
    relay.before = lambda asked: asked
    ruth.network.wake()
    ruth.until_online()
    assert held(ruth) == {usual, direct, over}
    assert not ruth.status.first_sync
    # The feeds have told for whom: nothing stands on the first answer any longer.
    assert all(entry.position is not None for entry in ruth.desk.cache.entries(direct))
    asked_before = len(told)
    ruth.connect(relay.server)
    ruth.until_online()
    assert len(told) == asked_before


def test_it_says_how_far_the_first_reading_is(office: Office) -> None:
    priya = office.sit("Priya Nair", *OPERATOR)
    priya.until_online()
    case = f"referral:{uuid7()}"
    priya.contact(case)
    for number in range(6):
        priya.desk.act(case, NoteAdded(words=f"note {number}"))
    priya.until_sent()
    relay = office.relay()

    def short(asked: Asked) -> Asked:
        if not asked.path.endswith("/feed"):
            return asked
        pull = msgspec.json.decode(asked.body, type=protocol.Pull)
        return changed(asked, body=msgspec.json.encode(replace(pull, limit=3)))

    relay.before = short
    ruth = office.sit("Ruth Okafor", *CONSULTANT, server=relay.server)
    ruth.until_online()
    steps = [(one.fetched, one.to_fetch) for one in ruth.statuses if one.first_sync and one.fetched]
    assert steps[-1][1] == 0
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)
    assert len({done + left for done, left in steps}) == 1
    assert any(one.fetching.startswith("Fetching 3 of ") for one in ruth.statuses)
    assert ruth.status.fetching == ""


@pytest.mark.parametrize("code", ["not-found", "hub-fault"])
def test_an_older_hub_has_no_first_look_and_its_feeds_bring_all(office: Office, code: str) -> None:
    priya = office.sit("Priya Nair", *OPERATOR)
    priya.until_online()
    case = f"referral:{uuid7()}"
    priya.contact(case)
    priya.until_sent()
    relay = office.relay()
    sentence = "There is nothing at this address."
    problem = msgspec.json.encode(protocol.Problem(code=code, sentence=sentence))
    relay.before = lambda asked: Answered(404, problem) if asked.path.endswith("/urgent") else asked
    ruth = office.sit("Ruth Okafor", *CONSULTANT, server=relay.server)
    if code != "not-found":
        until(lambda: ruth.status.trouble == sentence, "the refusal told")
        relay.before = lambda asked: asked
        ruth.network.wake()
    ruth.until_online()
    assert held(ruth) == {case}


def test_what_the_first_look_brings_is_checked_as_the_feeds_are(office: Office) -> None:
    priya = office.sit("Priya Nair", *OPERATOR)
    priya.until_online()
    case = f"referral:{uuid7()}"
    priya.contact(case)
    priya.until_sent()

    def lies(row: protocol.Row, how: str) -> protocol.Row:
        assert row.signed is not None
        assert row.body is not None
        return {
            "unsigned": replace(row, signed=None),
            "altered": replace(row, body=replace(row.body, body=row.body.body + b" ")),
            "forged": replace(row, signed=replace(row.signed, signature=bytes(64))),
            "withdrawn": replace(row, op="withdraw"),
        }[how]

    for how in ("unsigned", "altered", "forged", "withdrawn"):
        relay = office.relay()

        def alter(asked: Asked, answered: Answered, how: str = how) -> Answered:
            if not asked.path.endswith("/urgent"):
                return answered
            found = msgspec.json.decode(answered.body, type=protocol.UrgentFound)
            rows = tuple(lies(row, how) for row in found.rows)
            return changed(answered, body=msgspec.json.encode(replace(found, rows=rows)))

        relay.alter = alter
        ruth = office.sit("Ruth Okafor", *CONSULTANT, server=relay.server)
        until(lambda at=ruth: bool(at.status.distrust), how)  # type: ignore[misc]  # bound now
        assert held(ruth) == set()


def test_what_the_feeds_do_not_grant_goes_at_their_end(office: Office) -> None:
    """A right that ended between the first look and the feeds' end."""
    priya = office.sit("Priya Nair", *OPERATOR)
    priya.until_online()
    case = f"referral:{uuid7()}"
    priya.contact(case)
    priya.until_sent()
    found: list[tuple[protocol.Row, ...]] = []

    def alter(asked: Asked, answered: Answered) -> Answered:
        if not asked.path.endswith("/urgent"):
            return answered
        mine = msgspec.json.decode(answered.body, type=protocol.UrgentFound)
        found.append(mine.rows)
        return changed(answered, body=msgspec.json.encode(replace(mine, rows=found[0])))

    relay = office.relay()
    relay.alter = alter
    ruth = office.sit("Ruth Okafor", *CONSULTANT, server=relay.server)
    ruth.until_online()
    assert found[0]
    elsewhere = office.sit("Sam Iqbal", "police", Role.RESEARCHER, server=relay.server)
    elsewhere.until_online()
    assert any(status.first_sync for status in elsewhere.statuses)
    assert held(elsewhere) == set()


def test_nothing_is_missed_where_there_is_nothing_urgent(office: Office) -> None:
    ruth = office.sit("Ruth Okafor", *CONSULTANT)
    ruth.until_online()
    assert held(ruth) == set()
    opened = ContactOpened(
        cohort=Cohort.CHILDREN,
        source=SourceOfContact.SCHOOLS,
        channel=ContactChannel.PHONE,
        received_at=ruth.desk.now(),
        local_authority="E10000028",
        owner="scc-children",
    )
    ruth.desk.act(f"referral:{uuid7()}", opened)
    ruth.until_sent()
