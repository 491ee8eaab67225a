"""The table of a referral's kinds over HTTPS: what it allows is judged, what it does not is refused."""

from __future__ import annotations

from collections import Counter

import pytest

from mash_desktop.domain.fold import Stage
from mash_desktop.domain.roles import Role
from sync.store.verifying import verify
from tests.domain.apart import CELLS

from .walking import ALLOWED, REFUSED, AllRoles, Walk

pytestmark = pytest.mark.parametrize("postgres", ["embedded"], indirect=True)

OF_ANOTHER_STORY = {"enquiry.caused", "enquiry.reported", "adult.concluded", "ownership.transferred"}
"""An adult's only, and where another member of the hub owns the cohort: permitted here, and then a rule's."""


@pytest.mark.timeout(600)
def test_the_store_permits_every_cell_of_the_table_and_refuses_the_others(all_roles: AllRoles) -> None:
    """One test and not three, since the walk is shared and takes its time."""
    walk = Walk(all_roles).walk()
    _permitted(walk)
    _refused(walk)
    assert walk.grown == 0, "what is refused leaves nothing in the log"
    assert verify(all_roles.served.direct, all_roles.hub).faults == ()


def _permitted(walk: Walk) -> None:
    tried = {cell: walk.said[cell] for cell in ALLOWED}
    assert not [cell for cell, said in tried.items() if said.at_once and said.code == "not-permitted"]
    well = Counter(cell.kind for cell, said in tried.items() if said.judged_well)
    rule = Counter(said.code for said in tried.values() if not said.judged_well)
    print(f"{len(tried)} allowed: {sum(well.values())} would be admitted, the others a rule refused: {rule}")
    assert {cell.kind for cell in ALLOWED} - well.keys() == OF_ANOTHER_STORY


def _refused(walk: Walk) -> None:
    assert {cell[:3] for cell in REFUSED} == {
        cell[:3] for cell in CELLS if cell not in ALLOWED and cell.stage is not Stage.NONE
    }
    print(f"{len(REFUSED)} refused, one for each kind, role and relation")
    for cell in REFUSED:
        code = "role-not-held" if cell.role is Role.STORE else "not-permitted"
        assert walk.said[cell] == (code, True), cell
