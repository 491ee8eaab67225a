"""The Carters' case gathered for the round table: six agencies, a household, answers of every sort."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from mash_desktop.domain.acts import Author
from mash_desktop.domain.codes import (
    AnswerResult,
    Cohort,
    ContactChannel,
    DataKind,
    Rag,
    RefusalReason,
    Sex,
    Significance,
    SourceOfContact,
    Voice,
)
from mash_desktop.domain.entries.contact import (
    AddressRecorded,
    ConcernRecorded,
    ContactOpened,
    ReferrerRecorded,
    RelationshipRecorded,
    SubjectRecorded,
)
from mash_desktop.domain.entries.gathering import (
    ContributionRecorded,
    ContributionReleased,
    RequestAcknowledged,
    RequestAnswered,
)
from mash_desktop.domain.entries.triage import (
    InScope,
    RagRated,
    ReferralAdmitted,
    SubjectLevel,
    TriageOverseen,
)
from mash_desktop.domain.lawfulness import prefill
from mash_desktop.domain.partial_date import PartialDate, parse
from tests.domain.story import (
    CONSULTANT,
    EDUCATION,
    HEALTH,
    HOUSING,
    MANAGER,
    OPERATOR,
    POLICE,
    PROBATION,
    START,
    Story,
)

CHILDREN = ("mia", "tyler")
EVERYONE = ("mia", "tyler", "joanne", "lee", "dean")


def on(text: str) -> PartialDate:
    return parse(text, today=date(2026, 11, 12))


class CarterStory(Story):
    """The children's story with the whole household, and five agencies asked."""

    def taken(self) -> CarterStory:
        self.tell(
            OPERATOR,
            ContactOpened(
                cohort=Cohort.CHILDREN,
                source=SourceOfContact.SCHOOLS,
                channel=ContactChannel.PHONE,
                received_at=START,
                local_authority="E10000028",
                owner="scc-children",
            ),
        )
        self.tell(
            OPERATOR,
            ReferrerRecorded(name="Helen Marsh", capacity="deputy head"),
            ConcernRecorded(
                account="a1",
                words="Bruise to left forearm; says she fell on the stairs. Afraid to go home.",
                incident_on=on("12 Nov 2026"),
            ),
            _person("mia", "Mia", "Carter", "3 Apr 2017", Sex.FEMALE, "subject", of_concern=True),
            _person("tyler", "Tyler", "Carter", "9 Feb 2020", Sex.MALE, "brother", of_concern=True),
            _person("joanne", "Joanne", "Carter", "1988, estimated", Sex.FEMALE, "mother"),
            _person("lee", "Lee", "Carter", "14 Jun 1986", Sex.MALE, "father"),
            SubjectRecorded(
                subject="dean",
                forenames="Dean",
                sex=Sex.MALE,
                relation="mother’s partner",
                alleged_to_cause_harm=True,
            ),
            RelationshipRecorded(first="lee", second="joanne", relation="separated"),
            RelationshipRecorded(first="joanne", second="dean", relation="partner", since=on("June 2026")),
            *(
                RelationshipRecorded(first=parent, second=child, relation="parent")
                for child in CHILDREN
                for parent in ("lee", "joanne")
            ),
            AddressRecorded(
                address="home",
                subjects=(*CHILDREN, "joanne"),
                line="14 Mill Lane, Stafford",
                postcode="ST16 2BN",
            ),
            AddressRecorded(
                address="refuge",
                subjects=("lee",),
                line="3 Orchard Close, Stone",
                postcode="ST15 8QA",
                suppressed=True,
            ),
        )
        return self

    def admitted(self) -> CarterStory:
        kinds = (DataKind.ORDINARY, DataKind.SPECIAL_CATEGORY)
        kind = self.config.agency("scc-children").kind
        basis = prefill(self.config, Cohort.CHILDREN, kind, kinds, START.date())
        given = tuple(SubjectLevel(child, "child_in_need") for child in CHILDREN)
        self.tell(
            CONSULTANT,
            TriageOverseen(decision="admit", levels=given, reason="Two unexplained injuries in five weeks."),
            ReferralAdmitted(
                threshold="child_in_need",
                purpose="To find out whether the children are safe at home.",
                scope=tuple(InScope(one, "in the household", kinds, basis) for one in EVERYONE),
            ),
        )
        return self

    def rated(self) -> CarterStory:
        self.tell(MANAGER, RagRated(rag=Rag.RED, reason="Injury, and the child is afraid to go home."))
        return self

    def asked(self) -> CarterStory:
        concern = "A child has an injury that the account does not explain, and is afraid to go home."
        self.tell(
            MANAGER,
            self.request("r-police", "police", *EVERYONE, concern=concern),
            self.request("r-health", "mpft", "mia", "tyler", "joanne", concern=concern),
            self.request("r-education", "education", *CHILDREN, concern=concern),
            self.request("r-probation", "probation", "dean", "lee", concern=concern),
            self.request("r-housing", "housing", "joanne", concern=concern),
        )
        return self

    def answered(self) -> CarterStory:
        """Police, education, probation and housing have answered; health has only acknowledged."""
        self.tell(HEALTH, RequestAcknowledged(request="r-health"))
        self.now += timedelta(minutes=34)
        self.brings(
            POLICE,
            "r-police",
            ("joanne", "dean"),
            "Verbal argument reported by a neighbour; no offences disclosed.",
            "31 Oct 2026",
            significance=Significance.HIGH,
        )
        self.brings(
            POLICE, "r-police", ("joanne",), "Neighbour reports shouting; all quiet on arrival.", "2 Jun 2026"
        )
        self.brings(
            POLICE,
            "r-police",
            ("joanne",),
            "Three incidents at the address since June.",
            aspect="involvement",
        )
        self.answers(POLICE, "r-police", "Niche", findings=("mia", "tyler", "joanne"), nothing=("lee",))
        self.tell(
            POLICE,
            RequestAnswered(
                request="r-police",
                subject="dean",
                result=AnswerResult.REFUSED,
                refusal_reason=RefusalReason.PREJUDICES_INVESTIGATION,
                refusal_text="An enquiry is at an early stage.",
                review_on=date(2026, 11, 20),
            ),
        )
        self.brings(
            EDUCATION,
            "r-education",
            ("mia",),
            "Bruise to left forearm; account does not fit.",
            "12 Nov 2026",
            voice=Voice.SEEN,
            significance=Significance.HIGH,
        )
        self.brings(
            EDUCATION, "r-education", ("mia",), "Absent three days, no contact from home.", "6 Nov 2026"
        )
        self.brings(
            EDUCATION,
            "r-education",
            ("mia",),
            "Attendance 81 %, two unexplained bruises logged.",
            aspect="involvement",
        )
        self.answers(EDUCATION, "r-education", "CPOMS", findings=CHILDREN)
        self.answers(PROBATION, "r-probation", "nDelius", nothing=("dean", "lee"))
        self.answers(HOUSING, "r-housing", "Civica", nothing=("joanne",))
        return self

    def health_answers(self) -> CarterStory:
        self.brings(
            HEALTH,
            "r-health",
            ("joanne",),
            "GP notes low mood, two appointments missed.",
            "c. Sept 2026",
            voice=Voice.OPINION,
        )
        self.answers(HEALTH, "r-health", "RiO", findings=("joanne",), nothing=CHILDREN)
        return self

    # --- an item brought and released, an answer given

    def brings(
        self,
        author: Author,
        request: str,
        about: tuple[str, ...],
        words: str,
        when: str = "",
        *,
        voice: Voice = Voice.FACT,
        significance: Significance | None = None,
        aspect: str = "event",
        released: bool = True,
    ) -> str:
        """Returns the contribution's id."""
        contribution = f"c{len(self.entries)}"
        said: dict[str, Any] = {
            "contribution": contribution,
            "request": request,
            "subjects": about,
            "words": words,
            "voice": voice,
            "on": on(when) if when else None,
            "significance": significance,
            "aspect": aspect,
        }
        recorded = ContributionRecorded(**said, data_kind=DataKind.ORDINARY)
        bodies = [recorded, ContributionReleased(**said)] if released else [recorded]
        self.tell(author, *bodies)
        return contribution

    def answers(
        self,
        author: Author,
        request: str,
        system: str,
        *,
        findings: tuple[str, ...] = (),
        nothing: tuple[str, ...] = (),
    ) -> None:
        results = [(one, AnswerResult.FINDINGS) for one in findings]
        results += [(one, AnswerResult.NOTHING_HELD) for one in nothing]
        self.tell(
            author,
            *(
                RequestAnswered(request=request, subject=one, result=result, systems_searched=(system,))
                for one, result in results
            ),
        )


def _person(
    subject: str,
    forenames: str,
    surname: str,
    born: str,
    sex: Sex,
    relation: str,
    *,
    of_concern: bool = False,
) -> SubjectRecorded:
    return SubjectRecorded(
        subject=subject,
        forenames=forenames,
        surname=surname,
        birth=on(born),
        sex=sex,
        relation=relation,
        of_concern=of_concern,
    )


def gathered(stream: str = "referral:0", first: int = 2) -> CarterStory:
    """Asked, and answered by all but health."""
    story = CarterStory(stream, first=first)
    story.taken().triaged()
    return story.admitted().rated().asked().answered()
