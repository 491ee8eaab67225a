"""The children's story told such that each of six agencies stands to the referral in one way and no other,
for whoever asks the permission table cell by cell."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import msgspec

from mash_desktop.domain.acts import Author
from mash_desktop.domain.entries import Body
from mash_desktop.domain.entries.outcome import FeedbackGiven, OutcomeAccepted, OutcomeSent, ReferralClosed
from mash_desktop.domain.fold import Stage
from mash_desktop.domain.permissions import TABLE, Relation, may
from mash_desktop.domain.roles import Role

from .sampling import SAMPLES
from .stories import admission, overseeing
from .story import CONSULTANT, FACILITATOR, GATEWAY, OPERATOR, Story

AGENCIES = {
    Relation.OWNER: "scc-children",
    Relation.ORIGIN: "ambulance",
    Relation.HUB: "mash",
    Relation.ASKED: "police",
    Relation.RECEIVING: "scc-adults",
    Relation.NONE: "housing",
}
"""Who stands to the referral in this way, once it has come far enough."""
TELLERS = {OPERATOR.person: "ambulance", GATEWAY.person: "scc-adults"}
"""Who tells the story for another agency than usual."""
BEGINS = {
    Relation.OWNER: Stage.CONTACT,
    Relation.ORIGIN: Stage.CONTACT,
    Relation.HUB: Stage.ADMITTED,
    Relation.ASKED: Stage.GATHERING,
    Relation.RECEIVING: Stage.OUTCOME,
    Relation.NONE: Stage.NONE,
}
"""The first stage at which an agency can stand so."""


class Cell(NamedTuple):
    kind: str
    role: Role
    relation: Relation
    stage: Stage

    @property
    def allowed(self) -> bool:
        return may(self.kind, self.role, frozenset({self.relation, Relation.NONE}), self.stage)


CELLS = tuple(
    Cell(kind, role, relation, stage)
    for kind, role, relation, stage in product(TABLE, Role, Relation, Stage)
    if stage.rank >= BEGINS[relation].rank and (stage is not Stage.NONE or relation is Relation.NONE)
)
"""Every cell of a referral's kinds in which somebody can stand: before the first line nobody stands to
anything, and nobody is asked of what is not admitted."""


class Apart(Story):
    """The story, with its tellers in other agencies."""

    def tell(self, author: Author, *bodies: Body, relies_on: tuple[str, ...] = ()) -> tuple[str, ...]:
        agency = TELLERS.get(author.person, author.agency)
        return super().tell(
            msgspec.structs.replace(author, agency=agency, team=None), *bodies, relies_on=relies_on
        )


def told_apart(story: Story) -> Iterator[Stage]:
    """Tell it to the end, and stop at each stage."""
    yield Stage.NONE
    story.taken()
    story.tell(CONSULTANT, SAMPLES["handover.made"])
    story.tell(OPERATOR, SAMPLES["escalation.raised"])
    yield Stage.CONTACT
    story.triaged()
    yield Stage.TRIAGED
    story.tell(CONSULTANT, overseeing("admit"))
    yield Stage.OVERSEEN
    story.tell(CONSULTANT, admission(story))
    yield Stage.ADMITTED
    story.rated()
    yield Stage.RATED
    story.asked()
    yield Stage.GATHERING
    story.answered().tabled()
    story.tell(FACILITATOR, SAMPLES["action.recorded"])
    yield Stage.TABLE
    story.drafted()
    yield Stage.DRAFTED
    story.signed()
    yield Stage.SIGNED
    story.tell(FACILITATOR, OutcomeSent(agency="scc-adults", team="sast"))
    yield Stage.OUTCOME
    story.tell(GATEWAY, OutcomeAccepted())
    story.tell(CONSULTANT, FeedbackGiven(how="Telephoned Mrs Marsh."))
    story.tell(OPERATOR, SAMPLES["escalation.resolved"])
    yield Stage.ACCEPTED
    story.tell(GATEWAY, ReferralClosed(reason="With adult social care."))
    yield Stage.CLOSED
