"""An adult's safeguarding concern and a domestic abuse case, each gathered and ready for the table."""

from __future__ import annotations

from mash_desktop.domain.acts import Author
from mash_desktop.domain.codes import (
    AnswerResult,
    Cohort,
    ContactChannel,
    DataKind,
    MaracRoute,
    Rag,
    SourceOfContact,
    Voice,
)
from mash_desktop.domain.entries.contact import ConcernRecorded, ContactOpened, SubjectRecorded
from mash_desktop.domain.entries.decision import DecisionDrafted, DecisionSigned, SubjectDecision
from mash_desktop.domain.entries.gathering import ContributionRecorded, ContributionReleased, RequestAnswered
from mash_desktop.domain.entries.table import TableOpened
from mash_desktop.domain.entries.triage import (
    ContactTriaged,
    InScope,
    RagRated,
    ReferralAdmitted,
    SubjectLevel,
    TriageOverseen,
)
from mash_desktop.domain.lawfulness import prefill
from mash_desktop.domain.roles import Role
from tests.domain.story import FACILITATOR, HEALTH, KEY, MANAGER, START, Story

SAFEGUARDING_MANAGER = Author("grace", "scc-adults", Role.SAFEGUARDING_MANAGER, KEY.key_id)
ADULT_OPERATOR = Author("neil", "scc-adults", Role.TRIAGE_OPERATOR, KEY.key_id)
SUPERVISOR = Author("anita", "police", Role.POLICE_SUPERVISOR, KEY.key_id)
POLICE_INTAKE = Author("carl", "police", Role.TRIAGE_OPERATOR, KEY.key_id)


def adult(stream: str = "referral:adult", first: int = 4000) -> Story:
    """Arthur Whitfield, 81: neglect in a care home; health was asked and has answered."""
    return _gathered(
        Story(stream, first=first), Cohort.ADULTS, ADULT_OPERATOR, SAFEGUARDING_MANAGER,
        SubjectRecorded(subject="arthur", forenames="Arthur", surname="Whitfield", of_concern=True),
        "adult-safeguarding", "s42_enquiry", "Pressure sores on admission; the home kept no turning chart.",
    )  # fmt: skip


def domestic_abuse(stream: str = "referral:abuse", first: int = 5000) -> Story:
    """Leanne Price: high risk, no child or adult at risk in the house; police own it."""
    return _gathered(
        Story(stream, first=first), Cohort.DOMESTIC_ABUSE, POLICE_INTAKE, SUPERVISOR,
        SubjectRecorded(subject="leanne", forenames="Leanne", surname="Price", of_concern=True),
        "police-domestic-abuse", "high", "Third call in six weeks; he has a key again.",
    )  # fmt: skip


def abuse_decided(level: str = "high") -> Story:
    """Leanne Price's case, signed by the police supervisor: what is high is high by judgement."""
    story = domestic_abuse()
    story.tell(FACILITATOR, TableOpened(place="Room 2"))
    evidence = next(entry.id for entry in story.entries if entry.kind == "contribution.released")
    ground = MaracRoute.PROFESSIONAL_JUDGEMENT if level == "high" else None
    decided = SubjectDecision("leanne", level, "Safety plan.", "He has a key again.", ground)
    story.tell(FACILITATOR, DecisionDrafted(subjects=(decided,)), relies_on=(evidence,))
    draft = story.referral.draft
    assert draft is not None
    story.tell(SUPERVISOR, DecisionSigned(draft=draft.id, commitment=draft.commitment))
    return story


def _gathered(
    story: Story,
    cohort: Cohort,
    taker: Author,
    maker: Author,
    subject: SubjectRecorded,
    route: str,
    level: str,
    concern: str,
) -> Story:
    kinds = (DataKind.ORDINARY,)
    basis = prefill(story.config, cohort, story.config.agency(maker.agency).kind, kinds, START.date())
    given = (SubjectLevel(subject.subject, level),)
    story.tell(
        taker,
        ContactOpened(
            cohort=cohort, source=SourceOfContact.OTHER, channel=ContactChannel.PHONE, received_at=START,
            local_authority="E10000028", owner=maker.agency,
        ),
    )  # fmt: skip
    story.tell(taker, ConcernRecorded(account="a1", words=concern), subject)
    story.tell(
        taker,
        ContactTriaged(
            route=route, levels=given, rationale="Meets the threshold.", history_searched=True,
            immediate_danger=False,
        ),
    )  # fmt: skip
    story.tell(
        maker,
        TriageOverseen(decision="admit", levels=given, reason="Meets the threshold."),
        ReferralAdmitted(
            threshold=level,
            purpose="To find out how to keep the person safe.",
            scope=(InScope(subject.subject, "the person at risk", kinds, basis),),
        ),
    )
    story.tell(MANAGER, RagRated(rag=Rag.AMBER, reason="Harm has been done."))
    story.tell(MANAGER, story.request("r-health", "mpft", subject.subject, concern="A person may be harmed."))
    words = "Seen by the community nurse twice in October."
    story.tell(
        HEALTH,
        ContributionRecorded(
            contribution="c1", request="r-health", subjects=(subject.subject,), words=words,
            voice=Voice.FACT, data_kind=DataKind.ORDINARY,
        ),
        RequestAnswered(
            request="r-health", subject=subject.subject, result=AnswerResult.FINDINGS,
            systems_searched=("RiO",),
        ),
        ContributionReleased(
            contribution="c1", request="r-health", subjects=(subject.subject,), words=words, voice=Voice.FACT
        ),
    )  # fmt: skip
    return story
