"""Bulk files into a store: what is right goes in once, and what is not is told line by line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace as changed
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from mash_desktop.domain.acts import Draft
from mash_desktop.domain.entries.hub import HubConfigured
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.roles import Role
from mash_desktop.exchange import Progress
from mash_desktop.hub import load_preset
from sync import protocol
from sync.client import Distrust, Unreachable
from sync.importing import Outcome, import_history, import_intake
from sync.importing.run import BATCH, TRIES
from tests.support.relay import Answered, Asked, Relay
from tests.sync.importing.conftest import Importer, history, intake

# Which PostgreSQL the store has is the same to who imports.
pytestmark = pytest.mark.parametrize("postgres", ["embedded"], indirect=True)

PROBLEM = b'{"code": "%s", "sentence": "It cannot be taken.", "field": "acts"}'


class Behind:
    """Who imports, behind a relay, and signed in there."""

    def __init__(self, importer: Importer, relay: Relay) -> None:
        self.importer, self.relay = importer, relay
        self.device, self.session = importer.signed_in(relay.server)
        self.progress: list[Progress] = []

    def history(self, path: Path, role: Role = Role.TRIAGE_OPERATOR) -> Outcome:
        author = self.device.author(self.session, role, None)
        return import_history(path, None, self.device, self.session, author, self.progress.append)

    def intake(self, path: Path) -> Outcome:
        author = self.device.author(self.session, Role.TRIAGE_OPERATOR, None)
        return import_intake(path, self.device, self.session, author, self.progress.append)

    def asked(self, what: str) -> list[Asked]:
        return [one for one in self.relay.asked if one.path.endswith(f"/{what}")]

    def pushed(self) -> list[int]:
        """How many acts each push had."""
        return [len(acts(one)) for one in self.asked("acts")]


def acts(asked: Asked) -> tuple[object, ...]:
    return msgspec.json.decode(asked.body, type=protocol.Push).acts


@pytest.fixture
def behind(importer: Importer, monkeypatch: pytest.MonkeyPatch) -> Behind:
    monkeypatch.setattr("sync.client.backoff.FIRST", 0.06)
    return Behind(importer, importer.relay())


# --- what is right goes in, and once


def test_a_return_goes_in_by_batches_and_a_second_time_adds_nothing(behind: Behind, tmp_path: Path) -> None:
    file = history(tmp_path, 30)
    before = behind.importer.log_size()
    first = behind.history(file)
    assert (first.added, first.known) == (29, 0)
    assert behind.pushed() == [BATCH, 4]
    assert [(one.line, one.code) for one in first.rejects] == [(24, "bad-date")]
    assert behind.importer.log_size() == before + 29
    again = behind.history(file)
    assert (again.added, again.known, again.rejects) == (0, 29, first.rejects)
    assert behind.importer.log_size() == before + 29
    assert behind.progress[-1].accepted == 29


def test_a_list_that_fills_its_batches_ends_with_the_last_of_them(behind: Behind, tmp_path: Path) -> None:
    assert behind.history(history(tmp_path, BATCH + 1)).added == BATCH
    assert behind.pushed() == [BATCH]


def test_contacts_of_a_list_are_opened_once_and_each_fault_is_told_by_its_line(
    behind: Behind, tmp_path: Path
) -> None:
    file = intake(tmp_path, slice(1, 9), area="E07000999")
    outcome = behind.intake(file)
    assert (outcome.added, outcome.known) == (6, 0)
    assert [(one.source, one.line, one.field, one.code) for one in outcome.rejects] == [
        ("intake.csv", 2, "area", "unknown-area"),
        ("intake.csv", 8, "person1_forenames", "bad-name"),
    ]
    again = behind.intake(file)
    assert (again.added, again.known, again.rejects) == (0, 6, outcome.rejects)


def test_a_time_without_a_zone_is_the_hubs(behind: Behind, tmp_path: Path) -> None:
    importer = behind.importer
    noor = importer.served.desk(importer.hub, "Noor Haddad", ("mash", Role.ADMINISTRATOR))
    config = replace(load_preset("staffordshire"), id=importer.hub)
    config = replace(config, hours=replace(config.hours, time_zone="Europe/Helsinki"))
    assert noor.act(Draft("hub", HubConfigured(config=config))).state == "admitted"
    assert behind.intake(intake(tmp_path, slice(1, 2), received_at="2026-10-01 09:00")).added == 1
    (act,) = msgspec.json.decode(behind.asked("acts")[-1].body, type=protocol.Push).acts
    assert b'"received_at":"2026-10-01T06:00:00Z"' in b"".join(body.body for body in act.bodies)


def test_what_the_hub_does_not_admit_is_told_by_its_line_with_the_hubs_reason(
    behind: Behind, tmp_path: Path
) -> None:
    outcome = behind.history(history(tmp_path, 4), Role.HUB_MANAGER)
    assert (outcome.added, outcome.known) == (0, 0)
    assert [(one.line, one.code) for one in outcome.rejects] == [
        (10, "not-permitted"),
        (17, "not-permitted"),
        (24, "bad-date"),
        (28, "not-permitted"),
    ]
    assert outcome.rejects[0].reason


# --- the line and the store falter


def test_an_answer_that_was_lost_counts_once_and_adds_nothing_twice(behind: Behind, tmp_path: Path) -> None:
    lost: list[Asked] = []

    def once(asked: Asked, answered: Answered) -> Answered | None:
        if asked.path.endswith("/acts") and not lost:
            lost.append(asked)
            return None
        return answered

    behind.relay.alter = once
    before = behind.importer.log_size()
    outcome = behind.history(history(tmp_path, 2))
    assert (outcome.added, outcome.known, outcome.rejects) == (2, 0, ())
    assert behind.importer.log_size() == before + 2
    assert behind.pushed() == [2, 2]


def test_a_store_that_does_not_answer_is_asked_a_few_times_and_then_no_more(
    behind: Behind, tmp_path: Path
) -> None:
    behind.relay.before = lambda asked: Answered(500, b"")
    with pytest.raises(Unreachable):
        behind.history(history(tmp_path, 2))
    assert len(behind.asked("acts")) == TRIES


def test_a_session_that_ends_in_the_middle_ends_the_import_and_what_went_before_is_there(
    behind: Behind, tmp_path: Path
) -> None:
    def over(asked: Asked) -> Asked | Answered:
        return asked if len(behind.asked("acts")) < 2 else Answered(401, PROBLEM % b"session-ended")

    behind.relay.before = over
    before = behind.importer.log_size()
    with pytest.raises(Refusal) as told:
        behind.history(history(tmp_path, 30))
    assert told.value.code == "session-ended"
    assert behind.importer.log_size() == before + BATCH
    assert len(behind.asked("acts")) == 2


def test_what_is_too_large_for_one_push_goes_in_parts_and_what_is_for_any_is_told(
    behind: Behind, tmp_path: Path
) -> None:
    file = history(tmp_path, 6)
    assert behind.history(file).added == 5
    (whole,) = behind.asked("acts")
    largest = max(len(msgspec.json.encode(act)) for act in acts(whole))

    def small(asked: Asked) -> Asked | Answered:
        if asked.path.endswith("/acts") and len(asked.body) >= largest:
            return Answered(413, PROBLEM % b"body-too-large")
        return asked

    behind.relay.before = small
    again = behind.history(file)
    assert (again.added, again.known) == (0, 4)
    (reject,) = (one for one in again.rejects if one.code != "bad-date")
    assert (reject.code, reject.reason) == ("body-too-large", "It cannot be taken.")
    assert behind.pushed()[1:] == [5, 2, 1, 1, 3, 1, 2, 1, 1]


# --- a store that lies


def feeds(alter: Callable[[protocol.Page], protocol.Page]) -> Callable[[Asked, Answered], Answered]:
    def altered(asked: Asked, answered: Answered) -> Answered:
        if not asked.path.endswith("/feed"):
            return answered
        page = msgspec.json.decode(answered.body, type=protocol.Page)
        return changed(answered, body=msgspec.json.encode(alter(page)))

    return altered


def test_the_configuration_is_read_page_by_page(behind: Behind, tmp_path: Path) -> None:
    def short(asked: Asked) -> Asked:
        if not asked.path.endswith("/feed"):
            return asked
        pull = msgspec.json.decode(asked.body, type=protocol.Pull)
        assert pull.only == ("hub",)
        return changed(asked, body=msgspec.json.encode(replace(pull, limit=2)))

    behind.relay.before = short
    assert behind.intake(intake(tmp_path, slice(1, 2))).added == 1
    assert len(behind.asked("feed")) > 1


def kept_back(page: protocol.Page) -> protocol.Page:
    """The configuration granted, and its content not sent."""

    def bare(row: protocol.Row) -> protocol.Row:
        if row.body is None or HubConfigured.KIND.encode() not in (row.signed.act if row.signed else b""):
            return row
        return replace(row, signed=None, body=None, position=None, admitted_at=None)

    return replace(page, rows=tuple(bare(row) for row in page.rows))


@pytest.mark.parametrize(
    ("lie", "code"),
    [
        (lambda page: replace(page, head=replace(page.head, signature=bytes(64))), "head-forged"),
        (lambda page: replace(page, rows=page.rows[1:]), "feed-gap"),
        (kept_back, "content-withheld"),
    ],
    ids=["the head of a forger", "a row left out", "content kept back"],
)
def test_a_store_that_lies_to_who_imports_is_caught_and_given_nothing(
    behind: Behind, tmp_path: Path, lie: Callable[[protocol.Page], protocol.Page], code: str
) -> None:
    behind.relay.alter = feeds(lie)
    with pytest.raises(Distrust) as told:
        behind.intake(intake(tmp_path, slice(1, 2)))
    assert told.value.code == code
    assert behind.pushed() == []


def disposed_of(page: protocol.Page) -> protocol.Page:
    return replace(page, rows=tuple(replace(row, body=None, disposed=True) for row in page.rows))


@pytest.mark.parametrize("lie", [lambda page: replace(page, rows=()), disposed_of], ids=["nothing", "stubs"])
def test_a_hub_that_shows_no_configuration_takes_no_contacts(
    behind: Behind, tmp_path: Path, lie: Callable[[protocol.Page], protocol.Page]
) -> None:
    behind.relay.alter = feeds(lie)
    with pytest.raises(Refusal) as told:
        behind.intake(intake(tmp_path, slice(1, 2)))
    assert told.value.code == "no-configuration"
    assert behind.pushed() == []


def test_an_answer_that_cannot_be_true_is_caught(behind: Behind, tmp_path: Path) -> None:
    def boasts(asked: Asked, answered: Answered) -> Answered:
        pushed = msgspec.json.decode(answered.body, type=protocol.Pushed)
        answers = tuple(replace(one, positions=(10_000,)) for one in pushed.answers)
        return changed(answered, body=msgspec.json.encode(replace(pushed, answers=answers)))

    behind.relay.alter = boasts
    with pytest.raises(Distrust) as told:
        behind.history(history(tmp_path, 2))
    assert told.value.code == "answer-wrong"
