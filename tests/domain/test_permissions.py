"""The table of who may make what: complete, deny by default, and the same with real referrals behind it."""

from __future__ import annotations

from itertools import chain, combinations, product

import pytest

from mash_desktop.domain.acts import Author
from mash_desktop.domain.entries import KINDS
from mash_desktop.domain.entries.gathering import RequestMade, RequestWithdrawn
from mash_desktop.domain.entries.outcome import OutcomeReturned, OutcomeSent
from mash_desktop.domain.fold import Stage
from mash_desktop.domain.permissions import FAMILY_TABLE, GATES, TABLE, Relation, may, relations
from mash_desktop.domain.roles import DECIDERS, HUB_MANAGERS, RESEARCHERS, Role
from mash_desktop.domain.rules import Situation, judge

from .apart import AGENCIES, Apart, told_apart
from .apart import CELLS as CELLS_REACHED
from .sampling import SAMPLES
from .stories import at
from .story import FACILITATOR, KEY, MANAGER

CELLS = tuple(product(sorted(KINDS), Role, Relation, Stage))


def test_every_kind_is_in_one_table_and_every_row_is_a_kind() -> None:
    assert set(TABLE) == {name for name, body in KINDS.items() if body.FAMILY == "referral"}
    assert set(FAMILY_TABLE) == {name for name, body in KINDS.items() if body.FAMILY != "referral"}


def test_every_row_can_be_used_by_somebody() -> None:
    for permit in chain.from_iterable(TABLE.values()):
        assert permit.roles
        assert permit.relations
        assert permit.stages


def test_every_cell_is_in_the_table_or_refused() -> None:
    """Kind × role × relation × stage: what is not written down is not permitted."""
    written = {
        (kind, role, relation, stage)
        for kind, permits in TABLE.items()
        for permit in permits
        for role, relation, stage in product(permit.roles, permit.relations, permit.stages)
    } | {
        (kind, role, relation, stage)
        for kind, roles in FAMILY_TABLE.items()
        for role, relation, stage in product(roles, Relation, Stage)
    }
    for kind, role, relation, stage in CELLS:
        assert may(kind, role, frozenset({relation}), stage) is ((kind, role, relation, stage) in written)


def test_relations_add_up_and_never_take_away() -> None:
    pairs = [frozenset(pair) for pair in combinations(Relation, 2)]
    for kind, role, both, stage in product(TABLE, Role, pairs, Stage):
        assert may(kind, role, both, stage) is any(may(kind, role, frozenset({one}), stage) for one in both)


def test_a_kind_that_nobody_declared_is_refused_to_everybody() -> None:
    assert not any(
        may("kind.invented", role, frozenset(Relation), stage) for role, stage in product(Role, Stage)
    )


def _makers(kind: str) -> set[Role]:
    return {
        role
        for role, relation, stage in product(Role, Relation, Stage)
        if may(kind, role, frozenset({relation}), stage)
    }


def test_an_administrator_makes_nothing_in_a_case() -> None:
    assert not [kind for kind in TABLE if Role.ADMINISTRATOR in _makers(kind)]


def test_governance_only_withdraws_what_was_misfiled() -> None:
    assert [kind for kind in TABLE if Role.INFORMATION_GOVERNANCE in _makers(kind)] == ["entry.withdrawn"]


def test_a_virtual_partner_answers_requests_and_may_escalate() -> None:
    assert {kind for kind in TABLE if Role.VIRTUAL_PARTNER in _makers(kind)} == {
        "request.acknowledged",
        "request.answered",
        "contribution.recorded",
        "contribution.released",
        "release.withdrawn",
        "document.attached",
        "escalation.raised",
        "escalation.resolved",
    }


@pytest.mark.parametrize(
    ("kind", "roles"),
    [
        ("decision.signed", DECIDERS),
        ("decision.returned", DECIDERS),
        ("decision.amended", DECIDERS),
        ("triage.overseen", DECIDERS),
        ("referral.admitted", DECIDERS),
        ("rag.rated", HUB_MANAGERS),
        ("request.answered", RESEARCHERS),
        ("contribution.released", RESEARCHERS),
        ("handover.acknowledged", {Role.OUT_OF_HOURS}),
        ("outcome.accepted", {Role.GATEWAY_WORKER}),
        ("table.opened", HUB_MANAGERS | {Role.FACILITATOR}),
        ("sign_in.failed", {Role.STORE}),
        ("restricted.met", {Role.STORE}),
        ("release.expired", {Role.STORE}),
        ("glass.mended", {Role.STORE, Role.INFORMATION_GOVERNANCE}),
        ("recovery_codes.made", {Role.STORE}),
        ("recovery_code.used", {Role.STORE}),
    ],
)
def test_gates_belong_to_the_roles_that_answer_for_them(kind: str, roles: set[Role]) -> None:
    made = _makers(kind) if kind in TABLE else FAMILY_TABLE[kind]
    assert made == set(roles)


def test_the_gates_are_what_the_deciders_and_nobody_else_may_make() -> None:
    assert {kind for kind in TABLE if _makers(kind) == set(DECIDERS)} == GATES


def test_nothing_but_printing_and_withdrawing_happens_after_closing() -> None:
    assert {
        kind for kind in TABLE for role in Role if may(kind, role, frozenset(Relation), Stage.CLOSED)
    } == {
        "summary.made",
        "entry.withdrawn",
        "release.expired",
    }


def test_the_owner_alone_signs() -> None:
    for role, stage in product(Role, Stage):
        assert not may("decision.signed", role, frozenset(Relation) - {Relation.OWNER}, stage)


def test_an_agency_stands_to_a_referral_in_every_way_that_it_does() -> None:
    story = at(Stage.OUTCOME)
    said = {agency.id: relations(story.referral, agency.id, story.config) for agency in story.config.agencies}
    for agency, found in said.items():
        assert Relation.NONE in found, agency
    assert said["scc-children"] == {Relation.NONE, Relation.OWNER, Relation.ORIGIN, Relation.RECEIVING}
    assert said["mash"] == {Relation.NONE, Relation.HUB}
    assert said["police"] == {Relation.NONE, Relation.ASKED}
    assert said["housing"] == {Relation.NONE}


def test_each_agency_that_was_sent_a_sibling_receives_until_its_own_team_returns_it() -> None:
    story = at(Stage.SIGNED)
    _, tyler = story.tell(
        FACILITATOR,
        OutcomeSent(agency="scc-children", team="social-work-gateway", subjects=("mia",)),
        OutcomeSent(agency="scc-adults", team="sast", subjects=("tyler",)),
    )
    for agency in ("scc-children", "scc-adults"):
        assert Relation.RECEIVING in relations(story.referral, agency, story.config)
    adults = Author("tess", "scc-adults", Role.GATEWAY_WORKER, KEY.key_id)
    story.tell(adults, OutcomeReturned(sent=tyler, reason="He is six."))
    assert Relation.RECEIVING not in relations(story.referral, "scc-adults", story.config)
    assert Relation.RECEIVING in relations(story.referral, "scc-children", story.config)


def test_an_agency_is_no_longer_asked_once_the_request_is_withdrawn() -> None:
    story = at(Stage.GATHERING)
    story.tell(MANAGER, RequestWithdrawn(request="r-police", reason="Asked in error."))
    assert Relation.ASKED not in relations(story.referral, "police", story.config)
    story.tell(
        MANAGER,
        RequestMade(request="r2", agency="police", subjects=("mia",), minimum_concern="Injury to a child."),
    )
    assert Relation.ASKED in relations(story.referral, "police", story.config)


def test_the_judge_permits_what_the_table_says_with_a_real_referral_behind_it() -> None:
    """Each cell in which somebody can stand: the judge says *not permitted* exactly where the table does."""
    story, tried = Apart(), 0
    for stage in told_apart(story):
        referral = story.referral
        assert referral.stage is stage
        made = {kind: story.made(MANAGER, sample)[0] for kind, sample in SAMPLES.items()}
        for relation, agency in AGENCIES.items():
            cells = [cell for cell in CELLS_REACHED if (cell.relation, cell.stage) == (relation, stage)]
            if cells:
                assert relations(referral, agency, story.config) == {relation, Relation.NONE}
            for cell in cells:
                author = Author("somebody", agency, cell.role, KEY.key_id)
                situation = Situation(author, referral, story.config, story.now)
                refused = judge(situation, made[cell.kind]).code in {"not-permitted", "not-opened"}
                assert refused is not cell.allowed or stage is Stage.NONE, cell
            tried += len(cells)
    assert tried == len(CELLS_REACHED)


def test_the_samples_are_of_every_kind() -> None:
    assert set(SAMPLES) == set(TABLE)
