"""What a desk that holds a part of a referral is told: never *no* for what it only does not hold."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mash_desktop.domain.acts import Author
from mash_desktop.domain.codes import MaracRoute, Rag
from mash_desktop.domain.entries import Body, Made
from mash_desktop.domain.entries.contact import ContactOpened
from mash_desktop.domain.entries.decision import DecisionDrafted, DecisionReturned, DecisionSigned
from mash_desktop.domain.entries.outcome import OutcomeSent
from mash_desktop.domain.entries.triage import RagRated, ReferralAdmitted
from mash_desktop.domain.fold import Stage, fold
from mash_desktop.domain.rules import RULES, Situation
from mash_desktop.domain.verdict import Answer, Verdict

from .sampling import SAMPLES
from .stories import abuse, at
from .story import CONSULTANT, MANAGER, Story

Held = Callable[[Made[Body]], bool]


def everything(entry: Made[Body]) -> bool:
    return True


def without(*kinds: type[Body]) -> Held:
    return lambda entry: not isinstance(entry.body, kinds)


def ruled(
    story: Story, held: Held, body: Body, author: Author = CONSULTANT, relies_on: tuple[str, ...] = ()
) -> Verdict:
    """What the rule of a kind says of a part, leaving aside who may."""
    part = fold([one for one in story.entries if held(one)], story.timeline)
    (entry,) = story.made(author, body, relies_on=relies_on)
    return RULES[type(body)](Situation(author, part, story.config, story.now), entry)


SIGNING = DecisionSigned(draft="d", commitment="00")
CANNOT_BE_KNOWN: dict[str, tuple[str, Callable[[], Verdict]]] = {
    "whether a draft waits": (
        "no-draft",
        lambda: ruled(at(Stage.DRAFTED), without(DecisionDrafted), SIGNING),
    ),
    "whether there is a draft to return": (
        "no-draft",
        lambda: ruled(at(Stage.DRAFTED), without(DecisionDrafted), DecisionReturned(reason="Say more.")),
    ),
    "whether a decision was signed": (
        "not-signed",
        lambda: ruled(at(Stage.SIGNED), without(DecisionSigned), SAMPLES["decision.amended"]),
    ),
    "whether it was sent to a team": (
        "not-sent",
        lambda: ruled(at(Stage.OUTCOME), without(OutcomeSent), SAMPLES["outcome.accepted"]),
    ),
    "whether it was overseen": (
        "not-overseen",
        lambda: ruled(at(Stage.TRIAGED), everything, SAMPLES["referral.admitted"]),
    ),
    "which cohort decides": (
        "not-opened",
        lambda: ruled(at(Stage.TRIAGED), without(ContactOpened), SAMPLES["triage.overseen"]),
    ),
    "which ladder levels are on": (
        "not-opened",
        lambda: ruled(at(Stage.TABLE), without(ContactOpened), SAMPLES["view.recorded"]),
    ),
    "which ladder a decision is on": (
        "not-opened",
        lambda: ruled(at(Stage.SIGNED), without(ContactOpened), SAMPLES["decision.amended"]),
    ),
    "which ratings are offered": (
        "not-opened",
        lambda: ruled(at(Stage.ADMITTED), without(ContactOpened), SAMPLES["rag.rated"], MANAGER),
    ),
    "who owns it": (
        "not-opened",
        lambda: ruled(at(Stage.RATED), without(ContactOpened), SAMPLES["handover.made"]),
    ),
    "who is in scope": (
        "not-in-scope",
        lambda: ruled(at(Stage.RATED), without(ReferralAdmitted), SAMPLES["request.made"]),
    ),
    "which ground of MARAC is open": ("marac-ground-wrong", lambda: on_a_repeat()),
}


def on_a_repeat() -> Verdict:
    story = abuse()
    return ruled(story, everything, story.deciding("high", MaracRoute.REPEAT), story.decides, story.evidence)


@pytest.mark.parametrize("sentence", CANNOT_BE_KNOWN)
def test_cannot_be_known_here(sentence: str) -> None:
    code, asked = CANNOT_BE_KNOWN[sentence]
    verdict = asked()
    assert (verdict.answer, verdict.code) == (Answer.UNKNOWN, code), verdict.sentence
    assert "the hub will say" in verdict.sentence


def test_a_kind_for_one_cohort_is_not_refused_where_the_cohort_is_not_known() -> None:
    story = at(Stage.RATED)
    for kind in ("strategy.held", "enquiry.caused", "adult.concluded"):
        assert ruled(story, without(ContactOpened), SAMPLES[kind]), kind
    assert ruled(story, without(ContactOpened), SAMPLES["ownership.transferred"]).code == "agency-not-member"
    assert ruled(story, without(ContactOpened), SAMPLES["outcome.sent"])


def test_a_rating_is_compared_with_a_rating_and_not_with_what_an_agency_was_asked_under() -> None:
    amber = RagRated(rag=Rag.AMBER, reason="As things stand.")
    assert ruled(at(Stage.GATHERING), without(RagRated), amber, MANAGER)
    assert ruled(at(Stage.GATHERING), everything, amber, MANAGER).code == "rating-same"
