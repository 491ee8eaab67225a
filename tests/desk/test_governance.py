"""Governance reads who did what, without case content, and withdraws what was misfiled."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from uuid6 import uuid7

from mash_desktop.desk import Desk, glass, governance, keeping
from mash_desktop.desk.governance import Sought
from mash_desktop.domain.acts import Author, Draft
from mash_desktop.domain.entries.access import (
    DocumentPrinted,
    GlassBroken,
    RecordsExported,
    RecordViewed,
    RecoveryCodesMade,
    RecoveryCodeUsed,
    SearchMade,
    SignInFailed,
)
from mash_desktop.domain.entries.outcome import EntryWithdrawn
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.identifiers import in_fours
from mash_desktop.domain.roles import Role
from sync.protocol import DueAsked, DueFound, RecipientsAsked, RecipientsFound
from tests.domain.story import CONSULTANT, KEY, MANAGER, OPERATOR, START
from tests.support.desks import OFFICER, desk_of
from tests.support.trail import Days

STREAM = "referral:019a7b1c-0000-7000-8000-0000000000aa"
REFERENCE = "ISL-26-04417"
MISFILED = "019a7b1c-0000-7000-8000-0000000000bb"
STORE = Author("store", "mash", Role.STORE, KEY.key_id)
MORNING = START - timedelta(hours=5)
YESTERDAY = START - timedelta(days=1)
LONG_AGO = START - timedelta(days=60)


def viewed(at: datetime, screen: str = "file") -> RecordViewed:
    return RecordViewed(target=STREAM, screen=screen, at=at, reference=REFERENCE)


@pytest.fixture
def officer(tmp_path: Path) -> Iterator[Desk]:
    desk = desk_of(OFFICER, tmp_path)
    days = Days(desk)
    days.add(CONSULTANT, LONG_AGO, viewed(LONG_AGO, "oversight"))
    days.add(OPERATOR, YESTERDAY, viewed(YESTERDAY, "triage"))
    days.add(
        MANAGER,
        MORNING,
        viewed(MORNING, "hub"),
        DocumentPrinted(target=STREAM, profile="full", at=MORNING + timedelta(minutes=1)),
        RecordsExported(what="Figures as published", count=6, at=MORNING + timedelta(minutes=2)),
        GlassBroken(target="identity:x", reason="A child is missing.", until=START + timedelta(hours=4)),
    )
    days.add(STORE, MORNING, SignInFailed(account_digest="ab" * 16, address="10.1.4.7", at=MORNING))
    days.add(
        STORE,
        MORNING,
        SearchMade(
            terms="carter mia", found=2, at=MORNING, because=STREAM, by="priya", agency="scc-children"
        ),
    )
    yield desk
    desk.cache.close()


def read(desk: Desk, **sought: str) -> list[tuple[str, str, str]]:
    return [(row.who, row.what, row.about) for row in governance.read_trail(desk, Sought(**sought)).rows]


def test_the_trail_says_who_did_what_about_what_the_latest_first(officer: Desk) -> None:
    said = read(officer)
    assert said[0] == ("Karen Shaw", "Exported", "")
    assert ("Priya Nair", "Searched for people", REFERENCE) in said
    assert ("Unknown", "Sign-in refused", "") in said
    assert said[-1] == ("Priya Nair", "Looked at a record", REFERENCE)
    rows = governance.read_trail(officer, Sought()).rows
    assert list(rows) == sorted(rows, key=lambda row: (row.at, row.id), reverse=True)


def test_who_signs_in_without_the_authenticator_is_read_as_that_person(officer: Desk) -> None:
    Days(officer, first=60_000).add(
        STORE,
        MORNING,
        RecoveryCodesMade(person="priya", at=MORNING),
        RecoveryCodeUsed(person="priya", left=0, at=MORNING),
    )
    rows = governance.read_trail(officer, Sought(person="priya")).rows
    told = {(row.who, row.acting, row.what, row.detail) for row in rows}
    assert ("Priya Nair", "signing in", "New recovery codes", "for a lost authenticator") in told
    assert ("Priya Nair", "signing in", "Used a recovery code", "none left") in told


def test_role_agency_screen_and_device_stand_beside_it(officer: Desk) -> None:
    row = next(one for one in governance.read_trail(officer, Sought()).rows if one.detail == "hub board")
    assert (row.acting, row.when) == ("Hub manager, MASH", "08:58")
    assert row.device == "d"
    assert row.kind == "record.viewed"


def test_what_was_searched_for_is_not_in_the_trail_as_read(officer: Desk) -> None:
    assert "carter" not in str(governance.read_trail(officer, Sought(days="all"))).lower()


def test_the_words_searched_for_are_shown_one_search_at_a_time_and_that_is_kept(officer: Desk) -> None:
    (row,) = governance.read_trail(officer, Sought(kind="search.made")).rows
    assert row.searched
    assert governance.terms_of(officer, row) == "carter mia"
    officer.send_access()
    mine = governance.read_trail(officer, Sought(person="helen")).rows
    assert [one.detail for one in mine] == ["governance"]


def test_the_trail_is_narrowed_by_day_person_and_kind(officer: Desk) -> None:
    assert len(read(officer, days="all")) == len(read(officer, days="7")) + 1
    assert all(who == "Priya Nair" for who, _, _ in read(officer, person="priya"))
    assert [what for _, what, _ in read(officer, days="1", kind="record.viewed")] == ["Looked at a record"]


def test_who_looked_at_this_is_asked_by_reference_or_by_stream(officer: Desk) -> None:
    by_reference = read(officer, target="isl-26-04417")
    assert [who for who, what, _ in by_reference if what == "Looked at a record"] == [
        "Karen Shaw",
        "Priya Nair",
        "Ruth Okafor",
    ]
    assert read(officer, target=STREAM) == by_reference


@pytest.mark.parametrize(
    ("typed", "code"), [("Carter", "reference-misshapen"), ("ISL-26-99999", "nothing-of-that-name")]
)
def test_a_reference_that_nothing_answers_to_is_said_at_its_field(
    officer: Desk, typed: str, code: str
) -> None:
    with pytest.raises(Refusal, match=code) as refused:
        governance.read_trail(officer, Sought(target=typed))
    assert refused.value.field == "target"


def test_broken_glass_is_told_with_its_reason(officer: Desk) -> None:
    (broken,) = governance.read_trail(officer, Sought()).of_kind(GlassBroken)
    assert broken.detail.endswith("A child is missing.")


def test_a_misfiled_entry_is_withdrawn_of_a_referral_of_which_nothing_is_held(officer: Desk) -> None:
    entry = str(uuid7())
    governance.withdraw(officer, REFERENCE, in_fours(entry), "It is about another family.", "")
    (waiting,) = officer.cache.waiting()
    body = waiting.entries[0].body
    assert isinstance(body, EntryWithdrawn)
    assert (waiting.entries[0].stream, body.entry) == (STREAM, entry)
    (withdrawal,) = governance.withdrawals(officer)
    assert (withdrawal.state, withdrawal.about, withdrawal.who) == ("waiting", REFERENCE, "Helen Tams")


def test_a_withdrawal_that_the_hub_refused_is_told_as_refused(officer: Desk) -> None:
    act = governance.withdraw(officer, REFERENCE, str(uuid7()), "It is about another family.", "")
    officer.cache.refused(act, "entry-unknown", "There is no such entry here.", "entry", None, None)
    assert [one.state for one in governance.withdrawals(officer)] == ["refused"]


def test_a_withdrawal_made_by_an_owning_agency_is_told_to_governance(officer: Desk) -> None:
    entry = str(uuid7())
    body = EntryWithdrawn(entry=entry, reason="Wrong family.", refiled="ISL-26-04390")
    Days(officer, 90_000).bring(CONSULTANT, START, [Draft(STREAM, body)])
    (withdrawal,) = governance.withdrawals(officer)
    assert (withdrawal.state, withdrawal.who, withdrawal.refiled) == (
        "admitted",
        "Ruth Okafor",
        "ISL-26-04390",
    )


@pytest.mark.parametrize(
    ("typed", "entry", "reason", "field"),
    [
        ("", MISFILED, "Wrong family.", "target"),
        (REFERENCE, "12", "Wrong family.", "entry"),
        (REFERENCE, MISFILED, " ", "reason"),
    ],
)
def test_an_incomplete_withdrawal_names_the_field(
    officer: Desk, typed: str, entry: str, reason: str, field: str
) -> None:
    with pytest.raises(Refusal) as refused:
        governance.withdraw(officer, typed, entry, reason, "")
    assert refused.value.field == field


def test_whom_to_tell_of_a_misfiled_entry_are_those_who_looked_since_it_was_made(officer: Desk) -> None:
    made = int((MORNING - timedelta(hours=1)).timestamp() * 1000)
    entry = f"{made:012x}"
    number = f"{entry[:8]}-{entry[8:]}-7000-8000-000000000001"
    said = governance.looked_since(officer, REFERENCE, number)
    assert said == "Karen Shaw looked at the referral since the entry was made: tell them."
    later = int(datetime(2027, 1, 1, tzinfo=UTC).timestamp() * 1000)
    number = f"{later:012x}"
    nobody = governance.looked_since(officer, REFERENCE, f"{number[:8]}-{number[8:]}-7000-8000-000000000001")
    assert nobody.startswith("Nobody")


def test_the_retention_schedule_is_that_of_the_hub(officer: Desk) -> None:
    lines = governance.retention(officer)
    assert ("Who looked at what", "7 years", "Dispose of") in [
        (line.record, line.period, line.action) for line in lines
    ]


def test_an_empty_trail_says_that_no_day_is_held(tmp_path: Path) -> None:
    desk = desk_of(OFFICER, tmp_path)
    trail = governance.read_trail(desk, Sought())
    assert (trail.rows, trail.days_held, trail.since) == ((), 0, "")
    desk.cache.close()


def test_who_sits_here_as_another_first_still_governs_as_an_officer(officer: Desk) -> None:
    first = msgspec.structs.replace(OPERATOR, person=OFFICER.person)
    officer.me = msgspec.structs.replace(officer.me, author=first, standings=(first, OFFICER))
    asked: list[DueAsked | RecipientsAsked] = []

    def due(question: DueAsked) -> Future[DueFound]:
        asked.append(question)
        return Future()

    def recipients(question: RecipientsAsked) -> Future[RecipientsFound]:
        asked.append(question)
        return Future()

    officer.store_due, officer.store_recipients = due, recipients
    keeping.ask_due(officer)
    governance.ask_recipients(officer, str(uuid7()))
    assert [one.standing.role for one in asked] == [Role.INFORMATION_GOVERNANCE] * 2
    governance.withdraw(officer, REFERENCE, str(uuid7()), "It is about another family.", "")
    keeping.propose(officer, REFERENCE, "", "A court ordered it.")
    (proposed,) = keeping.lines(officer)
    keeping.hold(officer, proposed, "An inquest.")
    (broken,) = glass.broken(officer).values()
    glass.mend(officer, broken, "It was a drill.")
    made = [entry for act in officer.cache.waiting() for entry in act.entries]
    assert [entry.role for entry in made] == [Role.INFORMATION_GOVERNANCE] * 4
