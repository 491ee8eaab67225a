"""What is refused of asking, answering, contributing and releasing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from mash_desktop.domain.acts import Author
from mash_desktop.domain.audiences import audiences
from mash_desktop.domain.codes import (
    AnswerResult,
    Cohort,
    DataKind,
    IntelligenceGrade,
    IntelligenceHandling,
    IntelligenceSource,
    Rag,
    RefusalReason,
    Voice,
)
from mash_desktop.domain.configuration import Commencements
from mash_desktop.domain.entries import Body
from mash_desktop.domain.entries.gathering import (
    ContributionRecorded,
    ContributionReleased,
    ProceededWithout,
    ReleaseExpired,
    ReleaseWithdrawn,
    RequestAcknowledged,
    RequestAnswered,
    RequestChased,
    RequestMade,
    RequestWithdrawn,
)
from mash_desktop.domain.entries.outcome import EntryWithdrawn
from mash_desktop.domain.fold import Stage
from mash_desktop.domain.fold.gathering import released, requests, was_released
from mash_desktop.domain.roles import Role
from mash_desktop.domain.verdict import Verdict

from .refusing import Cases, Taken, but
from .stories import adult, at
from .story import CONSULTANT, FACILITATOR, HEALTH, KEY, MANAGER, POLICE, START, Story, staffordshire

ASKED = RequestMade(request="r9", agency="education", subjects=("mia",), minimum_concern="Injury to a child.")
REFUSAL = RequestAnswered(
    request="r-police",
    subject="mia",
    result=AnswerResult.REFUSED,
    refusal_reason=RefusalReason.NOT_RELEVANT,
    refusal_text="An unrelated matter.",
    review_on=date(2027, 1, 12),
)
HELD = ContributionRecorded(
    contribution="c9",
    request="r-police",
    subjects=("mia",),
    words="Seen at the address in June.",
    voice=Voice.FACT,
    data_kind=DataKind.ORDINARY,
)
RELEASED = ContributionReleased(
    contribution="c9",
    request="r-police",
    subjects=("mia",),
    words="Seen at the address in June.",
    voice=Voice.FACT,
)
WITHDRAWAL = RequestWithdrawn(request="r-police", reason="Asked in error.")
GRADED = but(
    HELD,
    intelligence_source=IntelligenceSource.RELIABLE,
    intelligence_grade=IntelligenceGrade.KNOWN_DIRECTLY,
    handling=IntelligenceHandling.WITH_CONDITIONS,
)


def ask(**changes: object) -> Verdict:
    return at(Stage.RATED).judged(MANAGER, but(ASKED, **changes))


def answer(**changes: object) -> Verdict:
    return at(Stage.GATHERING).judged(POLICE, but(REFUSAL, **changes))


def bring(**changes: object) -> Verdict:
    return at(Stage.GATHERING).judged(POLICE, but(HELD, **changes))


def holding(body: ContributionRecorded = HELD) -> Story:
    story = at(Stage.GATHERING)
    story.tell(POLICE, body)
    return story


def release(held: ContributionRecorded = HELD, **changes: object) -> Verdict:
    return holding(held).judged(POLICE, but(RELEASED, **changes))


STORE = Author("store", "store", Role.STORE, KEY.key_id)
LAST_DAY = START.date()


def on_the_table(until: date | None = LAST_DAY, *, days_later: int = 1) -> Story:
    """An item on the table until the day of the story, looked at so many days later."""
    story = holding()
    story.tell(POLICE, but(RELEASED, until=until))
    story.now += timedelta(days=days_later)
    return story


def expiring(story: Story, **changes: object) -> Verdict:
    contribution = RELEASED.contribution
    return story.judged(STORE, but(ReleaseExpired(contribution=contribution, agency="police"), **changes))


def asked_twice() -> Story:
    """The police hold an item about Mia and are asked anew, about her mother."""
    story = holding()
    story.tell(MANAGER, but(ASKED, request="r2", agency="police", subjects=("joanne",)))
    return story


def asked_elsewhere() -> Story:
    """The police brought an item to a request that was misfiled, and health is asked under its name."""
    story = holding()
    (misfiled,) = (
        one.id
        for one in story.entries
        if isinstance(one.body, RequestMade) and one.body.request == "r-police"
    )
    story.tell(CONSULTANT, EntryWithdrawn(entry=misfiled, reason="Misfiled."))
    story.tell(MANAGER, but(ASKED, request="r-police", agency="mpft", subjects=("mia",)))
    return story


def withdrawn() -> Story:
    story = at(Stage.GATHERING)
    story.tell(MANAGER, WITHDRAWAL)
    return story


def signed_and_late(*bodies: Body) -> Verdict:
    """An agency that had not answered when the decision was signed without it."""
    return decided_without_health().judged(HEALTH, *bodies)


def decided_without_health() -> Story:
    story = at(Stage.GATHERING)
    story.tell(POLICE, *(but(REFUSAL, subject=subject) for subject in ("mia", "joanne")), HELD)
    story.tell(POLICE, RELEASED)
    story.tell(MANAGER, ProceededWithout(request="r-health", reason="The ward does not answer before night."))
    return story.drafted().signed()


def under_the_duty() -> Story:
    config = but(staffordshire(), commencements=Commencements(information_sharing_duty=date(2026, 9, 1)))
    return Story(config=config).taken().triaged().admitted().rated().asked()


REFUSED: Cases = {
    "asking an agency that the hub does not have": ("unknown-agency", lambda: ask(agency="the-press")),
    "asking an agency that has left": ("agency-not-member", lambda: ask(agency="sot-children")),
    "asking the same twice": (
        "request-twice",
        lambda: at(Stage.GATHERING).judged(MANAGER, but(ASKED, request="r-police")),
    ),
    "asking about nobody": ("request-about-nobody", lambda: ask(subjects=())),
    "asking about somebody not in scope": ("not-in-scope", lambda: ask(subjects=("mia", "a-neighbour"))),
    "asking without the minimum concern": ("field-empty", lambda: ask(minimum_concern=" ")),
    "asking under another cohort": ("request-misleads", lambda: ask(cohort=Cohort.ADULTS)),
    "asking under another reference": ("request-misleads", lambda: ask(reference="ISL-26-99999")),
    "asking under a rating that has changed": ("rating-outdated", lambda: ask(rag=Rag.RED)),
    "withdrawing what was never asked": (
        "request-unknown",
        lambda: at(Stage.GATHERING).judged(MANAGER, but(WITHDRAWAL, request="r9")),
    ),
    "withdrawing twice": ("request-withdrawn", lambda: withdrawn().judged(MANAGER, WITHDRAWAL)),
    "withdrawing what is answered": ("request-answered", lambda: at(Stage.TABLE).judged(MANAGER, WITHDRAWAL)),
    "chasing what is answered": (
        "request-answered",
        lambda: at(Stage.TABLE).judged(MANAGER, RequestChased(request="r-health", how="Telephoned.")),
    ),
    "chasing what was never asked": (
        "request-unknown",
        lambda: at(Stage.GATHERING).judged(MANAGER, RequestChased(request="r9", how="Telephoned.")),
    ),
    "going on without a reason": (
        "field-empty",
        lambda: at(Stage.GATHERING).judged(MANAGER, ProceededWithout(request="r-police", reason="")),
    ),
    "going on without an answer that is there": (
        "request-answered",
        lambda: at(Stage.TABLE).judged(MANAGER, ProceededWithout(request="r-police", reason="Late.")),
    ),
    "acknowledging another agency's request": (
        "request-of-another",
        lambda: at(Stage.GATHERING).judged(HEALTH, RequestAcknowledged(request="r-police")),
    ),
    "answering another agency's request": (
        "request-of-another",
        lambda: at(Stage.GATHERING).judged(HEALTH, REFUSAL),
    ),
    "answering about somebody else": ("not-asked-about", lambda: answer(subject="tyler")),
    "a refusal without a coded reason": ("refusal-why", lambda: answer(refusal_reason=None)),
    "a refusal without words": ("refusal-why", lambda: answer(refusal_text="")),
    "a refusal without a review": ("refusal-review", lambda: answer(review_on=None)),
    "a refusal reviewed last year": ("refusal-review", lambda: answer(review_on=date(2025, 1, 1))),
    "withholding about a child for another reason than the duty has": (
        "withholding-not-excepted",
        lambda: under_the_duty().judged(POLICE, but(REFUSAL, refusal_reason=RefusalReason.CONFIDENTIALITY)),
    ),
    "nothing held, and nothing searched": (
        "systems-not-named",
        lambda: answer(result=AnswerResult.NOTHING_HELD),
    ),
    "bringing something about somebody else": ("not-asked-about", lambda: bring(subjects=("tyler",))),
    "bringing something about nobody": ("not-asked-about", lambda: bring(subjects=())),
    "bringing something to another agency's request": (
        "request-of-another",
        lambda: bring(request="r-health"),
    ),
    "intelligence that is half graded": (
        "intelligence-ungraded",
        lambda: bring(handling=IntelligenceHandling.SHARING_PERMITTED),
    ),
    "bringing nothing": ("field-empty", lambda: bring(words="")),
    "taking over another agency's item": (
        "contribution-of-another",
        lambda: holding().judged(HEALTH, but(HELD, request="r-health")),
    ),
    "releasing what nobody brought": ("contribution-unknown", lambda: release(contribution="c8")),
    "releasing under a request that is not one's own": (
        "request-of-another",
        lambda: release(request="r-health"),
    ),
    "releasing an item under another request than the one it was brought to": (
        "request-of-another-item",
        lambda: asked_twice().judged(POLICE, but(RELEASED, request="r2")),
    ),
    "releasing another agency's item": (
        "contribution-of-another",
        lambda: holding().judged(HEALTH, but(RELEASED, request="r-health")),
    ),
    "releasing another agency's item by the name of a request that was misfiled": (
        "contribution-of-another",
        lambda: asked_elsewhere().judged(HEALTH, RELEASED),
    ),
    "a release that names more people than the item": (
        "release-too-wide",
        lambda: release(subjects=("mia", "joanne")),
    ),
    "intelligence with conditions released word for word": ("wording-not-released", lambda: release(GRADED)),
    "releasing silence": ("field-empty", lambda: release(words=" ")),
    "a last day on the table that is past": (
        "release-past",
        lambda: release(until=LAST_DAY - timedelta(days=1)),
    ),
    "a release that has no last day being over": ("release-not-over", lambda: expiring(on_the_table(None))),
    "a release being over on its last day": (
        "release-not-over",
        lambda: expiring(on_the_table(days_later=0)),
    ),
    "a release being over that was never made": ("not-released", lambda: expiring(holding())),
    "another agency's release being over": (
        "contribution-of-another",
        lambda: expiring(on_the_table(), agency="mpft"),
    ),
    "taking back what is not on the table": (
        "not-released",
        lambda: holding().judged(POLICE, ReleaseWithdrawn(contribution="c9", reason="An error.")),
    ),
    "taking back another agency's item": (
        "contribution-of-another",
        lambda: at(Stage.TABLE).judged(HEALTH, ReleaseWithdrawn(contribution="c1", reason="An error.")),
    ),
    "taking back without a reason": (
        "field-empty",
        lambda: at(Stage.TABLE).judged(POLICE, ReleaseWithdrawn(contribution="c1", reason="")),
    ),
    "answering otherwise after the signature": (
        "signed-off",
        lambda: decided_without_health().judged(
            POLICE, but(REFUSAL, result=AnswerResult.NOTHING_HELD, systems_searched=("Niche",))
        ),
    ),
    "another wording after the signature": (
        "signed-off",
        lambda: decided_without_health().judged(POLICE, but(RELEASED, words="Seen there once.")),
    ),
}


@pytest.mark.parametrize("sentence", REFUSED)
def test_refused(sentence: str) -> None:
    code, judged = REFUSED[sentence]
    verdict = judged()
    assert verdict.code == code, verdict.sentence
    assert verdict.answer == "no"


TAKEN: Taken = {
    "asking under the rating in force": lambda: ask(rag=Rag.AMBER, cohort=Cohort.CHILDREN),
    "asking by the facilitator": lambda: at(Stage.TABLE).judged(FACILITATOR, ASKED),
    "asking by the owning agency": lambda: at(Stage.RATED).judged(CONSULTANT, ASKED),
    "chasing": lambda: at(Stage.GATHERING).judged(
        MANAGER, RequestChased(request="r-police", how="Telephoned.")
    ),
    "an acknowledgement": lambda: at(Stage.GATHERING).judged(POLICE, RequestAcknowledged(request="r-police")),
    "a refusal with its reason and review": answer,
    "withholding about a child as not relevant, under the duty": lambda: under_the_duty().judged(
        POLICE, REFUSAL
    ),
    "withholding about a mother in confidence, under the duty": lambda: under_the_duty().judged(
        POLICE, but(REFUSAL, subject="joanne", refusal_reason=RefusalReason.CONFIDENTIALITY)
    ),
    "findings": lambda: answer(result=AnswerResult.FINDINGS, systems_searched=("Niche",)),
    "an item": bring,
    "graded intelligence": lambda: at(Stage.GATHERING).judged(POLICE, GRADED),
    "a release": release,
    "a release in wording released for it": lambda: release(
        GRADED, words="Information suggests a visit in June."
    ),
    "a release about fewer people": lambda: holding(but(HELD, subjects=("mia", "joanne"))).judged(
        POLICE, RELEASED
    ),
    "a release in another wording before the signature": lambda: at(Stage.DRAFTED).judged(
        POLICE, but(RELEASED, contribution="c1", subjects=("joanne",), words="Three incidents since June.")
    ),
    "taking a release back even after the signature": lambda: at(Stage.SIGNED).judged(
        POLICE, ReleaseWithdrawn(contribution="c1", reason="Another family's incidents.")
    ),
    "a late answer after the signature": lambda: signed_and_late(
        RequestAnswered(
            request="r-health",
            subject="mia",
            result=AnswerResult.FINDINGS,
            systems_searched=("RiO",),
        ),
        but(HELD, contribution="c-late", request="r-health"),
    ),
}


@pytest.mark.parametrize("sentence", TAKEN)
def test_taken(sentence: str) -> None:
    verdict = TAKEN[sentence]()
    assert verdict, (verdict.code, verdict.sentence)


def test_an_agency_is_asked_until_midnight_of_its_last_day_at_the_hub() -> None:
    agencies = tuple(
        but(one, until=date(2027, 6, 1)) if one.id == "education" else one for one in staffordshire().agencies
    )
    story = Story(config=but(staffordshire(), agencies=agencies))
    story.taken().triaged().admitted().rated()
    story.now = START.replace(year=2027, month=6, day=1, hour=22, minute=59)
    assert story.judged(MANAGER, ASKED)
    story.now += timedelta(minutes=1)
    assert story.judged(MANAGER, ASKED).code == "agency-not-member"


def test_a_request_goes_from_asked_to_answered_person_by_person() -> None:
    story = at(Stage.GATHERING)

    def state(request: str = "r-police") -> str:
        return requests(story.referral)[request].state

    assert (state(), requests(story.referral)["r-police"].unanswered) == ("asked", ("mia", "joanne"))
    story.tell(POLICE, RequestAcknowledged(request="r-police"))
    assert state() == "acknowledged"
    story.tell(POLICE, REFUSAL)
    assert state() == "acknowledged"
    assert requests(story.referral)["r-police"].unanswered == ("joanne",)
    assert requests(story.referral)["r-police"].answered_at is None
    story.tell(
        POLICE, but(REFUSAL, subject="joanne", result=AnswerResult.NOTHING_HELD, systems_searched=("Niche",))
    )
    assert state() == "refused"
    assert requests(story.referral)["r-police"].answered_at == story.now
    story.tell(POLICE, but(REFUSAL, result=AnswerResult.FINDINGS, systems_searched=("Niche",)))
    assert state() == "returned"
    story.tell(
        HEALTH, but(REFUSAL, request="r-health", result=AnswerResult.NOTHING_HELD, systems_searched=("RiO",))
    )
    assert state("r-health") == "nothing_held"
    assert state("r-health") != "refused"


def test_a_withdrawn_request_asks_nothing_and_waits_for_nothing() -> None:
    request = requests(withdrawn().referral)["r-police"]
    assert (request.state, request.open) == ("withdrawn", False)


def test_a_release_taken_back_leaves_the_table_and_is_remembered() -> None:
    story = at(Stage.TABLE)
    assert set(released(story.referral)) == {"c1"}
    assert was_released(story.referral) == frozenset()
    story.tell(POLICE, ReleaseWithdrawn(contribution="c1", reason="Another family's."))
    assert not released(story.referral)
    assert was_released(story.referral) == {"c1"}
    story.tell(POLICE, but(RELEASED, contribution="c1", subjects=("joanne",)))
    assert set(released(story.referral)) == {"c1"}
    assert was_released(story.referral) == frozenset()


def test_a_release_ends_on_its_last_day_and_may_be_made_again() -> None:
    story = on_the_table()
    assert expiring(story)
    story.tell(STORE, ReleaseExpired(contribution=RELEASED.contribution, agency="police"))
    assert not released(story.referral)
    assert was_released(story.referral) == {RELEASED.contribution}
    over = story.referral.last(ReleaseExpired)
    assert over is not None
    audience = audiences(story.referral, over, story.config)
    assert audience == {"agency:mash", "agency:police", "agency:scc-children"}
    story.tell(POLICE, RELEASED)
    assert set(released(story.referral)) == {RELEASED.contribution}


def test_an_adults_agency_may_withhold_in_confidence_whatever_the_childrens_duty_says() -> None:
    story = adult()
    verdict = story.judged(
        HEALTH, but(REFUSAL, request="r1", subject="alma", refusal_reason=RefusalReason.CONFIDENTIALITY)
    )
    assert verdict
