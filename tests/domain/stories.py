"""More stories: the children's one at any stage, an adult's, and a domestic abuse case of the police."""

from __future__ import annotations

from functools import cache

from mash_desktop.domain.acts import Author
from mash_desktop.domain.codes import (
    AnswerResult,
    Cohort,
    ContactChannel,
    DataKind,
    MaracRoute,
    Rag,
    SourceOfContact,
)
from mash_desktop.domain.entries.contact import ConcernRecorded, ContactOpened, SubjectRecorded
from mash_desktop.domain.entries.decision import DecisionDrafted, SubjectDecision
from mash_desktop.domain.entries.gathering import RequestAnswered, RequestMade
from mash_desktop.domain.entries.outcome import FeedbackGiven, OutcomeAccepted, OutcomeSent, ReferralClosed
from mash_desktop.domain.entries.triage import (
    ContactTriaged,
    InScope,
    RagRated,
    ReferralAdmitted,
    SubjectLevel,
    TriageOverseen,
)
from mash_desktop.domain.fold import Stage
from mash_desktop.domain.lawfulness import prefill
from mash_desktop.domain.roles import Role

from .story import CONSULTANT, FACILITATOR, GATEWAY, HEALTH, KEY, MANAGER, START, Story

ADULT_OPERATOR = Author("ada", "scc-adults", Role.TRIAGE_OPERATOR, KEY.key_id)
SAFEGUARDING = Author("neil", "scc-adults", Role.SAFEGUARDING_MANAGER, KEY.key_id)
ADULT_WORKER = Author("joy", "scc-adults", Role.SOCIAL_WORKER, KEY.key_id)
POLICE_OPERATOR = Author("beth", "police", Role.TRIAGE_OPERATOR, KEY.key_id)
SUPERVISOR = Author("ian", "police", Role.POLICE_SUPERVISOR, KEY.key_id)
OUT_OF_HOURS = Author("mo", "scc-children", Role.OUT_OF_HOURS, KEY.key_id, "emergency-duty")
DEPUTY = Author("lena", "mash", Role.DEPUTY_HUB_MANAGER, KEY.key_id)
ADMINISTRATOR = Author("noor", "mash", Role.ADMINISTRATOR, KEY.key_id)
GOVERNANCE = Author("gwen", "mash", Role.INFORMATION_GOVERNANCE, KEY.key_id)
OTHER_OPERATOR = Author("jay", "scc-children", Role.TRIAGE_OPERATOR, KEY.key_id)


@cache
def _told() -> dict[Stage, Story]:
    """The children's story, kept as it stood at each stage."""
    story = Story()
    kept = {Stage.NONE: _copy(story)}

    def keep() -> None:
        kept[story.referral.stage] = _copy(story)

    for step in (story.taken, story.triaged):
        step()
        keep()
    story.tell(CONSULTANT, overseeing("admit"))
    keep()
    story.tell(CONSULTANT, admission(story))
    keep()
    for step in (story.rated, story.asked):
        step()
        keep()
    story.answered()
    for step in (story.tabled, story.drafted, story.signed):
        step()
        keep()
    story.tell(FACILITATOR, OutcomeSent(agency="scc-children", team="social-work-gateway"))
    keep()
    story.tell(GATEWAY, OutcomeAccepted())
    keep()
    story.tell(CONSULTANT, FeedbackGiven(how="Telephoned Mrs Marsh."))
    story.tell(GATEWAY, ReferralClosed(reason="With the Social Work Gateway."))
    keep()
    assert set(kept) == set(Stage)
    return kept


def _copy(story: Story) -> Story:
    copy = Story(story.stream, story.config, first=story.first)
    copy.now, copy.entries, copy.parcels = story.now, list(story.entries), dict(story.parcels)
    return copy


def at(stage: Stage) -> Story:
    """The children's story when it had come to ``stage``, to go on with."""
    return _copy(_told()[stage])


def stage_of(story: Story) -> Stage:
    return story.referral.stage


def siblings() -> tuple[Story, str, str]:
    """Siblings sent to two teams in one act; with the entries that sent Mia and Tyler."""
    story = at(Stage.SIGNED)
    story.tell(CONSULTANT, FeedbackGiven(how="Telephoned Mrs Marsh."))
    mia, tyler = story.tell(
        FACILITATOR,
        OutcomeSent(agency="scc-children", team="social-work-gateway", subjects=("mia",)),
        OutcomeSent(agency="scc-children", team="early-help-gateway", subjects=("tyler",)),
    )
    return story, mia, tyler


def overseeing(decision: str, level: str = "child_in_need", **changes: str) -> TriageOverseen:
    return TriageOverseen(
        decision=decision,
        levels=(SubjectLevel("mia", level), SubjectLevel("tyler", level)),
        reason="Looked at with the operator.",
        **changes,
    )


def triaging(level: str, route: str) -> ContactTriaged:
    return ContactTriaged(
        route=route,
        levels=(SubjectLevel("mia", level), SubjectLevel("tyler", level)),
        rationale="Second unexplained injury this month.",
        history_searched=True,
        immediate_danger=False,
    )


def admission(
    story: Story, subjects: tuple[str, ...] = ("mia", "tyler", "joanne"), threshold: str = "child_in_need"
) -> ReferralAdmitted:
    """Admission on the basis that the agreement prefills."""
    kinds = (DataKind.ORDINARY, DataKind.SPECIAL_CATEGORY)
    cohort, owner = story.referral.cohort, story.referral.owner
    assert cohort is not None
    assert owner is not None
    basis = prefill(story.config, cohort, story.config.agency(owner).kind, kinds, START.date())
    return ReferralAdmitted(
        threshold=threshold,
        purpose="To find out whether everybody is safe at home.",
        scope=tuple(InScope(subject, "in the household", kinds, basis) for subject in subjects),
    )


class OneVictim(Story):
    """A story of one adult: each step with its own people and words."""

    operator = ADULT_OPERATOR
    decides = SAFEGUARDING
    cohort = Cohort.ADULTS
    owner = "scc-adults"
    route = "adult-safeguarding"
    level = "s42_enquiry"
    person = "alma"
    organisational = False

    def taken(self) -> OneVictim:
        self.tell(
            self.operator,
            ContactOpened(
                cohort=self.cohort,
                source=SourceOfContact.GP,
                channel=ContactChannel.PHONE,
                received_at=START,
                local_authority="E10000028",
                owner=self.owner,
                organisational=self.organisational,
            ),
            ConcernRecorded(account="a1", words="Her money is gone and her son will not say where."),
            SubjectRecorded(
                subject=self.person,
                forenames="Alma",
                surname="Whitfield",
                relation="subject",
                of_concern=True,
            ),
            SubjectRecorded(subject="guy", forenames="Guy", surname="Whitfield", relation="son"),
        )
        return self

    def triaging(self, level: str | None = None) -> ContactTriaged:
        return ContactTriaged(
            route=self.route,
            levels=(SubjectLevel(self.person, level or self.level),),
            rationale="Needs care and support, and cannot protect herself.",
            history_searched=True,
            immediate_danger=False,
        )

    def triaged(self, level: str | None = None, route: str | None = None) -> OneVictim:
        self.tell(self.operator, self.triaging(level))
        return self

    def overseeing(self) -> TriageOverseen:
        return TriageOverseen(
            decision="admit", levels=(SubjectLevel(self.person, self.level),), reason="Threshold met."
        )

    def admitted(self) -> OneVictim:
        self.tell(self.decides, self.overseeing())
        self.tell(self.decides, admission(self, (self.person,), self.level))
        self.tell(MANAGER, RagRated(rag=Rag.RED, reason="He has her bank card today."))
        return self

    def answered(self) -> OneVictim:
        self.tell(
            MANAGER,
            RequestMade(
                request="r1", agency="mpft", subjects=(self.person,), minimum_concern="An adult at risk."
            ),
        )
        self.tell(
            HEALTH,
            RequestAnswered(
                request="r1",
                subject=self.person,
                result=AnswerResult.NOTHING_HELD,
                systems_searched=("RiO",),
            ),
        )
        return self

    def deciding(self, level: str | None = None, marac: MaracRoute | None = None) -> DecisionDrafted:
        return DecisionDrafted(
            subjects=(
                SubjectDecision(
                    self.person, level or self.level, "Enquiry by the team.", "She is at risk.", marac
                ),
            )
        )

    @property
    def evidence(self) -> tuple[str, ...]:
        return tuple(entry.id for entry in self.entries if entry.kind == "concern.recorded")


class Abuse(OneVictim):
    """A victim who is neither a child nor an adult with care needs: the police's case."""

    operator = POLICE_OPERATOR
    decides = SUPERVISOR
    cohort = Cohort.DOMESTIC_ABUSE
    owner = "police"
    route = "police-domestic-abuse"
    level = "high"


def adult() -> OneVictim:
    """An adult's case rated and answered, ready for a decision."""
    return OneVictim().taken().triaged().admitted().answered()


def abuse() -> Abuse:
    """A police case rated and answered, ready for a decision."""
    story = Abuse()
    story.taken().triaged().admitted().answered()
    return story
