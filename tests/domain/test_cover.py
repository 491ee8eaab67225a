"""Every gate has deputies and cover: whom the hub names decides there, and nobody over their own words."""

from __future__ import annotations

import pytest

from mash_desktop.domain.acts import Author
from mash_desktop.domain.codes import Rag
from mash_desktop.domain.entries.contact import OwnershipTransferred
from mash_desktop.domain.entries.decision import DecisionAmended, DecisionReturned, DecisionSigned
from mash_desktop.domain.entries.triage import RagRated, StrategyHeld
from mash_desktop.domain.fold import Stage
from mash_desktop.domain.roles import Role
from mash_desktop.domain.verdict import Verdict
from mash_desktop.hub import check

from .refusing import but
from .stories import DEPUTY, OUT_OF_HOURS, admission, at, overseeing
from .story import CONSULTANT, FACILITATOR, Story, staffordshire, with_cover

HELD = StrategyHeld(
    present=("scc-children", "police", "mpft"),
    decision="s47_joint",
    subjects=("mia",),
    reason="Two unexplained injuries.",
    seen_by="Tonight at 22:00",
)


def night() -> Story:
    return Story(config=with_cover(staffordshire())).taken().triaged()


def signing(story: Story) -> DecisionSigned:
    draft = story.referral.draft
    assert draft is not None
    return DecisionSigned(draft=draft.id, commitment=draft.commitment)


def test_a_hub_may_name_its_out_of_hours_team_and_is_sound() -> None:
    assert check(with_cover(staffordshire())) == []


def test_where_the_hub_names_it_the_out_of_hours_team_and_the_deputy_take_a_case_through_every_gate() -> None:
    story = night()
    story.tell(OUT_OF_HOURS, overseeing("admit"))
    story.tell(OUT_OF_HOURS, HELD)
    story.tell(OUT_OF_HOURS, admission(story))
    story.tell(DEPUTY, RagRated(rag=Rag.RED, reason="He is at home tonight."))
    story.asked().answered().tabled().drafted()
    story.tell(OUT_OF_HOURS, DecisionReturned(reason="Say where the children sleep tonight."))
    story.drafted()
    story.tell(OUT_OF_HOURS, signing(story))
    assert story.referral.stage is Stage.SIGNED
    drafted = story.referral.draft
    assert drafted is not None
    amended = DecisionAmended(subjects=drafted.body.subjects, reason="The father has come home.")
    assert story.judged(OUT_OF_HOURS, amended)


def _at_the_gates() -> dict[str, Verdict]:
    """What the default hub says to its out-of-hours team at each gate."""
    drafted = at(Stage.DRAFTED)
    return {
        "oversight": at(Stage.TRIAGED).judged(OUT_OF_HOURS, overseeing("admit")),
        "admission": at(Stage.OVERSEEN).judged(OUT_OF_HOURS, admission(at(Stage.OVERSEEN))),
        "return": drafted.judged(OUT_OF_HOURS, DecisionReturned(reason="Say more.")),
        "sign-off": drafted.judged(OUT_OF_HOURS, signing(drafted)),
    }


def test_where_the_hub_does_not_name_it_the_out_of_hours_team_decides_nothing() -> None:
    assert {verdict.code for verdict in _at_the_gates().values()} == {"not-decision-maker"}


def test_cover_is_for_the_cohort_named_and_of_the_owning_agency_alone() -> None:
    story = night()
    elsewhere = but(OUT_OF_HOURS, agency="scc-adults")
    assert story.judged(elsewhere, overseeing("admit")).code == "not-permitted"
    transfer = OwnershipTransferred(to="stoke-children", reason="He lives there.")
    assert story.judged(OUT_OF_HOURS, transfer).code == "not-permitted", "cover is for the gates"


@pytest.mark.parametrize("drafted_as", [FACILITATOR, but(OUT_OF_HOURS, role=Role.SOCIAL_WORKER)])
def test_whoever_drafted_does_not_sign_as_cover_or_deputy(drafted_as: Author) -> None:
    story = night().admitted().rated().asked().answered().tabled()
    drafter = but(drafted_as, person="mo")
    story.drafted(drafter)
    for signer in (OUT_OF_HOURS, but(CONSULTANT, person="mo")):
        assert story.judged(signer, signing(story)).code == "own-draft"
    assert story.judged(CONSULTANT, signing(story))
