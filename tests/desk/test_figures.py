"""Figures of what a desk holds, filtered, said to be of what is held, and taken out as published."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from mash_desktop.desk import Desk, figures
from mash_desktop.desk.figures import HIDDEN, Basis, Chosen
from mash_desktop.domain.codes import Cohort
from mash_desktop.domain.configuration import Population
from mash_desktop.domain.entries.access import RecordsExported
from mash_desktop.domain.errors import Refusal
from tests.domain.story import CONSULTANT, MANAGER, Story, whole_story
from tests.support.desks import OFFICER, desk_of

ALL = Chosen(period="all")


def stories() -> tuple[Story, ...]:
    return (
        whole_story(),
        Story("referral:1", first=1000).taken().triaged().admitted().rated().asked(),
        Story("referral:2", first=2000).taken(),
    )


@pytest.fixture
def consultant(tmp_path: Path) -> Iterator[Desk]:
    desk = desk_of(CONSULTANT, tmp_path, *stories())
    yield desk
    desk.cache.close()


def basis(desk: Desk) -> Basis:
    return figures.basis(desk, figures.read_cases(desk, figures.streams_held(desk)))


def texts(of: Basis, chosen: Chosen, row: str = "all") -> dict[str, str]:
    found = next(one for one in figures.view(of, chosen).rows if one.key == row)
    return {name: cell.text for name, cell in found.cells.items()}


def test_the_figures_of_an_owning_agency_begin_with_demand(consultant: Desk) -> None:
    of = basis(consultant)
    said = texts(of, ALL)
    assert (said["contacts"], said["referrals"], said["admitted"], said["decided"]) == ("3", "2", "2", "1")
    assert said["shared"] == "100 %"
    assert texts(of, ALL, "E10000028/children") == said
    assert figures.view(of, ALL).coverage.startswith(
        "These figures cover what this desk holds: three contacts that Children's social care holds."
    )


def test_a_desk_that_receives_from_admission_on_does_not_claim_to_know_demand(tmp_path: Path) -> None:
    desk = desk_of(MANAGER, tmp_path, *stories())
    of = basis(desk)
    laid = figures.view(of, ALL)
    assert [section.id for section in laid.sections] == ["times", "returns", "outcomes", "after"]
    assert texts(of, ALL)["admitted"] == "2"
    assert "not admitted stay with" in laid.coverage
    desk.cache.close()


def test_a_period_a_cohort_and_an_authority_narrow_what_is_counted(consultant: Desk) -> None:
    of = basis(consultant)
    later = msgspec.structs.replace(of, now=of.now + timedelta(days=40))
    assert texts(later, Chosen(period="30"))["contacts"] == "0"
    assert texts(later, Chosen(period="year"))["contacts"] == "3"
    assert texts(of, Chosen(period="all", cohort="adults"))["contacts"] == "0"
    assert texts(of, Chosen(period="all", authority="E10000028"))["contacts"] == "3"


def test_the_published_view_hides_small_counts_and_what_they_could_be_told_from(consultant: Desk) -> None:
    said = texts(basis(consultant), Chosen(period="all", published=True))
    assert said["contacts"] == said["referrals"] == said["decided"] == said["within"] == HIDDEN
    assert said["escalations"] == "0"


def test_the_published_row_of_all_is_of_all_whatever_is_filtered(consultant: Desk) -> None:
    of = basis(consultant)
    many = {
        f"referral:{at}": msgspec.structs.replace(one, stream=f"referral:{at}")
        for at, one in enumerate(list(of.cases.values()) * 10)
    }
    of = msgspec.structs.replace(of, cases=many)
    said = texts(of, Chosen(period="all", cohort="adults", published=True))
    assert said["contacts"] == "30"
    assert texts(of, Chosen(period="all", cohort="adults"))["contacts"] == "0"


def test_rates_are_shown_where_the_hub_knows_the_population(consultant: Desk) -> None:
    of = basis(consultant)
    assert "contact_rate" not in texts(of, ALL)
    known = Population(
        authority="E10000028", cohort=Cohort.CHILDREN, count=15_000, year=2025, source="Estimate"
    )
    config = msgspec.structs.replace(of.config, populations=(known,))
    of = msgspec.structs.replace(of, config=config)
    assert texts(of, ALL)["contact_rate"] == "2.0"


def test_who_holds_no_referral_has_nothing_to_count(tmp_path: Path) -> None:
    desk = desk_of(OFFICER, tmp_path)
    assert figures.streams_held(desk) == ()
    assert figures.view(basis(desk), ALL).contacts == 0
    desk.cache.close()


def test_an_export_is_the_published_view_and_is_kept_in_the_trail(consultant: Desk, tmp_path: Path) -> None:
    file = tmp_path / "figures.csv"
    name = figures.export(consultant, basis(consultant), Chosen(period="all", cohort="adults"), str(file))
    assert name == "figures.csv"
    rows = list(csv.DictReader(io.StringIO(file.read_text())))
    assert [row["Local authority"] for row in rows] == ["Staffordshire", "All"]
    assert {row["Demand: Contacts"] for row in rows} == {"suppressed"}
    assert list(tmp_path.glob("*.new")) == []
    consultant.send_access()
    (act,) = consultant.cache.waiting()
    (entry,) = act.entries
    assert isinstance(entry.body, RecordsExported)
    assert (entry.body.what, entry.body.count) == ("Figures as published, all that is held", 2)


@pytest.mark.parametrize(
    ("file", "code"), [(" ", "file-missing"), ("/no/such/folder/f.csv", "file-unwritable")]
)
def test_a_file_that_cannot_be_written_is_named(consultant: Desk, file: str, code: str) -> None:
    with pytest.raises(Refusal, match=code) as refused:
        figures.export(consultant, basis(consultant), ALL, file)
    assert refused.value.field == "file"


def test_the_filters_offer_what_this_hub_has(consultant: Desk) -> None:
    authorities, cohorts = figures.choices(basis(consultant))
    assert authorities == (
        ("", "Every local authority"),
        ("E10000028", "Staffordshire"),
        ("E06000021", "Stoke-on-Trent"),
    )
    assert cohorts[0] == ("", "Every cohort")


def test_a_file_is_offered_under_the_day_it_is_made(consultant: Desk) -> None:
    assert figures.default_file(consultant).endswith("figures 12 Nov 2026.csv")
