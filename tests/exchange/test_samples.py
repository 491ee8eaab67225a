"""The samples are what the committed generator makes, read as they should, and hold the demo's family."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from mash_desktop.domain.codes import Cohort
from mash_desktop.exchange import (
    HistoryChild,
    IntakeContact,
    Reject,
    check_history,
    check_intake,
    read_history,
    read_intake,
)
from mash_desktop.exchange.records import PersonRole
from tools.samples.__main__ import write

from .returns import NOW

SAMPLES = Path(__file__).parents[2] / "resources" / "samples"
HISTORY, NAMES, INTAKE = (SAMPLES / name for name in ("history-2026.xml", "history-names.csv", "intake.csv"))


@pytest.fixture(scope="module")
def history() -> list[HistoryChild | Reject]:
    return list(read_history(HISTORY, names=NAMES, now=NOW))


@pytest.fixture(scope="module")
def intake() -> list[IntakeContact | Reject]:
    return list(read_intake(INTAKE, now=NOW))


def test_the_generator_makes_the_committed_bytes_again(tmp_path: Path) -> None:
    write(tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        path.name: path.read_bytes() for path in SAMPLES.iterdir()
    }
    assert sum(path.stat().st_size for path in SAMPLES.iterdir()) < 600_000


def test_the_sample_return_has_over_300_children_and_faults_of_many_kinds(
    history: list[HistoryChild | Reject],
) -> None:
    assert check_history(HISTORY).children > 310
    children = [found for found in history if isinstance(found, HistoryChild)]
    rejects = [found for found in history if isinstance(found, Reject)]
    assert len(children) > 300
    assert any(child.expected_birth_on for child in children)
    assert any(child.former_upn for child in children)
    assert any(len(child.episodes) > 2 for child in children)
    assert any(episode.protection_plans for child in children for episode in child.episodes)
    assert any(child.ethnicity is None for child in children), "a group that is absent"
    assert len({reject.code for reject in rejects}) > 12
    assert {reject.left_out for reject in rejects} == {"child", "episode", "group", "value", "row"}


def test_the_sample_list_has_over_500_contacts_and_about_4_per_cent_bad_rows(
    intake: list[IntakeContact | Reject],
) -> None:
    contacts = [found for found in intake if isinstance(found, IntakeContact)]
    rejects = [found for found in intake if isinstance(found, Reject)]
    assert len(contacts) >= 500
    assert check_intake(INTAKE).rows == len(contacts) + len({reject.line for reject in rejects})
    assert 0.03 < len(rejects) / len(contacts) < 0.06
    assert len({(reject.field, reject.code) for reject in rejects}) > 20
    assert set(Counter(contact.cohort for contact in contacts)) == set(Cohort)


def test_the_carters_are_known_from_before(history: list[HistoryChild | Reject]) -> None:
    known = {
        f"{child.key.forenames} {child.key.surname}": child
        for child in history
        if isinstance(child, HistoryChild) and child.key
    }
    mia, tyler, other = known["Mia Louise Carter"], known["Tyler Carter"], known["Mia Cartwright"]
    assert mia.birth_on == date(2017, 4, 3)
    assert [episode.closed_on for episode in mia.episodes] == [date(2023, 1, 27), date(2026, 8, 11)]
    assert mia.key is not None
    assert mia.key.address == "14 Mill Lane, Stafford"
    assert [(person.forenames, person.relation) for person in mia.key.relations] == [("Joanne", "mother")]
    assert tyler.birth_on is not None
    assert tyler.birth_on.year == 2020
    assert tyler.key is not None
    assert tyler.key.address == mia.key.address
    assert other.birth_on == date(2017, 3, 4)
    assert other.key is not None
    assert other.key.address != mia.key.address


def test_an_earlier_contact_about_the_carters_spells_them_otherwise(
    intake: list[IntakeContact | Reject],
) -> None:
    (contact,) = (
        found
        for found in intake
        if isinstance(found, IntakeContact) and found.address == "14 Mill Lane, Stafford"
    )
    assert [person.forenames for person in contact.people] == ["Mya", "Ty", "Jo", "Dean"]
    assert contact.people[3].role is PersonRole.ALLEGED
    assert contact.referrer.confidential


def test_telephone_numbers_are_those_kept_for_drama(intake: list[IntakeContact | Reject]) -> None:
    numbers = {found.referrer.phone for found in intake if isinstance(found, IntakeContact)} - {""}
    assert numbers
    assert all(number.startswith(("07700900", "01632960")) for number in numbers)
