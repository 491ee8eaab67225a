"""Search without its window: each result says why, and other people's records come as pointers."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from mash_desktop.desk import Desk, search, triage
from mash_desktop.desk.triage.line import read_line
from mash_desktop.domain.acts import Draft
from mash_desktop.domain.codes import Cohort, Marker
from mash_desktop.domain.entries.identity import MarkerSet
from mash_desktop.domain.partial_date import PartialDate
from sync.protocol import Episode, Found, PeopleFound
from tests.domain.story import CONSULTANT, OPERATOR
from tests.support.desks import desk_of
from tests.support.families import BEFORE, KNOWN, earlier_carter, known_before


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = desk_of(OPERATOR, tmp_path, earlier_carter())
    known_before(made)
    return made


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("louise cart", "name"),
        ("14 mill", "address"),
        ("appointments", "in what was told"),
        ("ISL-26-00200", "reference"),
    ],
)
def test_a_result_says_why_it_is_one(desk: Desk, typed: str, why: str) -> None:
    (row,) = search.find(desk, typed).rows
    assert (row.name, row.why) == ("Mia Louise Carter", why)
    assert (row.stream, row.stage, row.last) == (BEFORE, "Closed", "11 Aug 2026")


def test_a_name_told_otherwise_is_found_with_the_reasons(desk: Desk) -> None:
    rows = search.find(desk, "Mia Carter 3 Apr 2017").rows
    assert [row.name for row in rows] == ["Mia Louise Carter", "Mia Cartwright"]
    assert rows[0].why.startswith("very likely: same birth date and surname")


@pytest.mark.parametrize(
    "said", ["dob 3/4/17", "DOB: 03/04/2017", "d.o.b. 3/4/2017", "born 3/4/2017", "Born 3/4/17"]
)
@pytest.mark.parametrize("name", ["", "mia louise carter ", "Mia Carter, "])
def test_a_birth_date_is_known_by_what_is_said_before_it(desk: Desk, said: str, name: str) -> None:
    rows = search.find(desk, f"{name}{said}").rows
    assert rows[0].name == "Mia Louise Carter"
    assert "birth date" in rows[0].why


def test_a_surname_with_a_capital_is_not_taken_for_such_a_word(desk: Desk) -> None:
    said = read_line("Max Born 3 Apr 1960", date(2026, 11, 12))
    assert (said.forenames, said.surname) == ("Max", "Born")
    said = read_line("Max Planck born 3 Apr 1960 father", date(2026, 11, 12))
    assert (said.forenames, said.surname, said.relation) == ("Max", "Planck", "father")


def test_nothing_typed_finds_nothing(desk: Desk) -> None:
    assert search.find(desk, "  ").rows == ()


def test_a_suppressed_address_is_not_shown(tmp_path: Path) -> None:
    desk = desk_of(CONSULTANT, tmp_path, earlier_carter())
    stream = triage.begin(desk, Cohort.CHILDREN, "E10000028")
    mia = triage.add_person(desk, stream, "Mia Carter 3 Apr 2017 subject")
    (match,) = triage.history.of_person(desk, stream, triage.person(desk, stream, mia)).matches
    triage.history.decide(desk, stream, mia, match, triage.history.SAME)
    (identity,) = desk.cache.linked_identities(stream)
    desk.save(
        [Draft(identity.stream, MarkerSet(marker=Marker.ADDRESS_SUPPRESSED, reason="Moved from harm."))]
    )
    assert {row.address for row in search.find(desk, "Mia").rows} == {"address suppressed"}
    assert search.find(desk, "14 Mill").rows == ()


def test_the_stores_answer_stands_beside_and_other_cohorts_are_pointers(desk: Desk) -> None:
    here = search.find(desk, "Mia Carter 3 Apr 2017")
    answer = PeopleFound(
        took_ms=8.0,
        found=(
            Found(key=KNOWN, band="likely", score=9.0, reasons=(), agency="scc-children"),
            Found(
                key="identity:far",
                band="possible",
                score=7.0,
                reasons=("same name",),
                agency="scc-adults",
                pointer=True,
                last_on=PartialDate(2025, 2),
            ),
            Found(
                key="referral:far#1",
                band="likely",
                score=9.0,
                reasons=("same name",),
                agency="scc-children",
                name="Mia Carter",
                referral="referral:far",
                reference="ISL-24-00017",
                episodes=(Episode(on=PartialDate(2024, 2, 1), what="Early help"),),
            ),
        ),
    )
    both = search.with_store(desk, here, answer, 0.2)
    pointer, far = both.rows[len(here.rows) :]
    assert (pointer.name, pointer.pointer, pointer.stream) == ("Adult social care, 2025 · ask", True, "")
    assert (far.reference, far.stage, far.last, far.stream) == (
        "ISL-24-00017",
        "On the store",
        "1 Feb 2024",
        "",
    )
    assert both.timing.endswith("store 0.2 s")


def test_a_search_is_kept_for_governance_with_its_terms(desk: Desk) -> None:
    search.note(desk, search.find(desk, "Mia Carter"))
    desk.send_access()
    (made,) = desk.cache.entries(f"access:{desk.now():%Y-%m-%d}")
    assert made.kind == "search.made"
