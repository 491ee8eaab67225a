"""The Carter family's referral told in full: what a decision rests on, who thought what, who was there.

Richer than the plain story, for screens and papers that show much of a referral at once. Invented people.
"""

from __future__ import annotations

from datetime import UTC, datetime

from mash_desktop.domain.acts import Author
from mash_desktop.domain.codes import (
    AnswerResult,
    Attendance,
    Cohort,
    ContactChannel,
    DataKind,
    RefusalReason,
    Sex,
    Significance,
    SourceOfContact,
    Voice,
)
from mash_desktop.domain.entries.contact import (
    AddressRecorded,
    ConcernRecorded,
    ContactDetailRecorded,
    ContactOpened,
    HistorySearched,
    ReferrerRecorded,
    RelationshipRecorded,
    SubjectRecorded,
    TellingRecorded,
)
from mash_desktop.domain.entries.decision import DecisionDrafted, SubjectDecision
from mash_desktop.domain.entries.gathering import (
    ContributionRecorded,
    ContributionReleased,
    ProceededWithout,
    RequestAnswered,
)
from mash_desktop.domain.entries.table import (
    ActionRecorded,
    AnalysisRecorded,
    AttendanceRecorded,
    TableOpened,
    ViewRecorded,
)
from mash_desktop.domain.partial_date import PartialDate
from tests.domain.story import (
    EDUCATION,
    FACILITATOR,
    HEALTH,
    MANAGER,
    OPERATOR,
    POLICE,
    PROBATION,
    START,
    Story,
)

SUPPRESSED = "27 Larkspur Close"


class Carters(Story):
    """The same steps as a plain story, with more said at each."""

    def taken(self) -> Carters:
        self.tell(
            OPERATOR,
            ContactOpened(
                cohort=Cohort.CHILDREN,
                source=SourceOfContact.SCHOOLS,
                channel=ContactChannel.PHONE,
                received_at=START,
                local_authority="E10000028",
                owner="scc-children",
                area="E07000197",
            ),
        )
        self.tell(
            OPERATOR,
            ReferrerRecorded(
                name="Helen Marsh",
                capacity="deputy head",
                organisation="St Chad’s Primary",
                call_back="01785 555 0142",
            ),
            ConcernRecorded(
                account="a1",
                words="Mia came in with a bruise on her left forearm. She said she fell on the stairs; later "
                "that she did not want to go home with Dean.",
                incident_on=PartialDate(2026, 11, 12),
                incident_place="at home",
                where_now="At school with the caller until 15:15",
                next_access="Today 15:15, collection",
            ),
            SubjectRecorded(
                subject="mia",
                forenames="Mia Louise",
                surname="Carter",
                birth=PartialDate(2017, 4, 3),
                sex=Sex.FEMALE,
                relation="subject",
                nhs_number="9434765919",
                school="St Chad’s Primary, year 4",
                of_concern=True,
            ),
            SubjectRecorded(
                subject="tyler",
                forenames="Tyler",
                surname="Carter",
                birth=PartialDate(2020, 9, 19),
                sex=Sex.MALE,
                relation="brother",
                of_concern=True,
            ),
            SubjectRecorded(
                subject="joanne",
                forenames="Joanne",
                surname="Carter",
                birth=PartialDate(1988, estimated=True),
                sex=Sex.FEMALE,
                relation="mother",
                parental_responsibility=True,
            ),
            SubjectRecorded(
                subject="dean",
                aliases=("Dean",),
                sex=Sex.MALE,
                relation="mother’s partner",
                alleged_to_cause_harm=True,
                unsafe_to_contact=True,
            ),
            SubjectRecorded(
                subject="lee", forenames="Lee", surname="Carter", sex=Sex.MALE, relation="father"
            ),
            RelationshipRecorded(first="joanne", second="lee", relation="separated"),
            RelationshipRecorded(
                first="joanne", second="dean", relation="partner", since=PartialDate(2026, 6)
            ),
            *(
                RelationshipRecorded(first=parent, second=child, relation="parent")
                for parent in ("joanne", "lee")
                for child in ("mia", "tyler")
            ),
            AddressRecorded(
                address="home", subjects=("mia", "tyler", "joanne"), line="14 Mill Lane, Stafford",
                postcode="ST16 2QB",
            ),
            AddressRecorded(
                address="away", subjects=("lee",), line=f"{SUPPRESSED}, Uttoxeter", postcode="ST14 7QP",
                suppressed=True,
            ),
            ContactDetailRecorded(
                detail="d1", subject="joanne", medium="mobile", value="07700 900142", safe=False
            ),
            HistorySearched(found=2),
        )  # fmt: skip
        self.tell(
            OPERATOR,
            TellingRecorded(subject="joanne", told=True, agrees_to_service=True),
        )
        return self

    def asked(self) -> Carters:
        self.tell(
            MANAGER,
            self.request("r-police", "police", "mia", "joanne"),
            self.request("r-health", "mpft", "mia"),
            self.request("r-education", "education", "mia", "tyler"),
            self.request("r-probation", "probation", "joanne"),
            self.request("r-housing", "housing", "joanne"),
        )
        return self

    def brings(
        self,
        who: Author,
        request: str,
        contribution: str,
        subjects: tuple[str, ...],
        words: str,
        voice: Voice,
        on: PartialDate,
        aspect: str = "event",
    ) -> None:
        self.tell(
            who,
            ContributionRecorded(
                contribution=contribution, request=request, subjects=subjects, words=words, voice=voice,
                data_kind=DataKind.ORDINARY, on=on, aspect=aspect,
            ),
        )  # fmt: skip
        self.tell(
            who,
            ContributionReleased(
                contribution=contribution, request=request, subjects=subjects, words=words, voice=voice,
                on=on, significance=Significance.HIGH, aspect=aspect,
            ),
        )  # fmt: skip

    def _answers(self, who: Author, request: str, result: AnswerResult, system: str, *subjects: str) -> None:
        self.tell(
            who,
            *(
                RequestAnswered(request=request, subject=one, result=result, systems_searched=(system,))
                for one in subjects
            ),
        )

    def answered(self) -> Carters:
        found = AnswerResult.FINDINGS
        self._answers(EDUCATION, "r-education", found, "CPOMS", "mia", "tyler")
        self.brings(EDUCATION, "r-education", "c-bruise", ("mia",),
            "Bruise to left forearm about 4 cm. Mia said she fell on the stairs; later that she did not want "
            "to go home with Dean.", Voice.SEEN, PartialDate(2026, 11, 12))  # fmt: skip
        self.brings(EDUCATION, "r-education", "c-october", ("mia",),
            "Bruise to upper arm noticed in PE, no account given.", Voice.FACT,
            PartialDate(2026, 10, 9))  # fmt: skip
        self._answers(POLICE, "r-police", found, "Niche", "mia", "joanne")
        self.brings(POLICE, "r-police", "c-police", ("joanne",),
            "Three reports of arguments at the address, no offences disclosed.", Voice.FACT,
            PartialDate(2026, 6, 2))  # fmt: skip
        self._answers(PROBATION, "r-probation", AnswerResult.NOTHING_HELD, "nDelius", "joanne")
        return self

    def tabled(self) -> Carters:
        self.tell(FACILITATOR, TableOpened(place="Room 2, Tipping Street", held_at=self.now))
        self.tell(
            MANAGER,
            ProceededWithout(request="r-health", reason="The child cannot wait until tomorrow."),
            ProceededWithout(request="r-housing", reason="Sends what it holds in writing."),
        )
        self.tell(
            FACILITATOR,
            AttendanceRecorded(agency="police", attendance=Attendance.PRESENT, name="Sam Iqbal"),
            AttendanceRecorded(agency="education", attendance=Attendance.PRESENT, name="Sarah Whitlock"),
            AttendanceRecorded(agency="housing", attendance=Attendance.APOLOGIES, name="Wendy Tams"),
            AnalysisRecorded(
                part="harm",
                words="Two unexplained injuries in five weeks; child afraid of an adult at home.",
            ),
            AnalysisRecorded(part="protective", words="School and grandmother."),
            AnalysisRecorded(part="unknown", words="Dean’s full name and history."),
            AnalysisRecorded(part="voice", words="“I don’t like it when Dean picks me up.”"),
            AnalysisRecorded(part="discussion", words="Whether the children are safe at home tonight."),
            AnalysisRecorded(part="options", words="Section 47 enquiry, joint.\nChild in need plan alone."),
            ActionRecorded(
                action="x1",
                words="Safe collection from school",
                owner="Helen Marsh",
                due_at=datetime(2026, 11, 12, 15, 15, tzinfo=UTC),
            ),
            ActionRecorded(action="x2", words="Strategy discussion today", owner="Ruth Okafor"),
            ViewRecorded(agency="police", subject="mia", level="child_protection", agrees=True),
            ViewRecorded(agency="education", subject="mia", level="child_protection", agrees=True),
        )
        return self

    def dissenting(self) -> Carters:
        """Police do not agree about Tyler."""
        self.tell(
            FACILITATOR,
            ViewRecorded(
                agency="police",
                subject="tyler",
                level="child_protection",
                agrees=False,
                words="He lives with the same adult.",
            ),
        )
        return self

    def drafted(self, author: Author = FACILITATOR) -> Carters:
        evidence = [entry.id for entry in self.entries if entry.kind == "contribution.released"]
        evidence += [entry.id for entry in self.entries if entry.kind == "concern.recorded"]
        self.tell(
            author,
            DecisionDrafted(
                subjects=(
                    SubjectDecision(
                        "mia",
                        "child_protection",
                        "Section 47 enquiry, joint with police. Strategy discussion today 15:00. Mia stays "
                        "at school with Mrs Marsh until a safe adult collects her.",
                        "Two unexplained injuries in five weeks [1][2], a child afraid of an adult in the "
                        "household [1], police incidents at the address since June [3]. Told by the school "
                        "on the day [4].",
                    ),
                    SubjectDecision(
                        "tyler", "child_in_need", "Child in need plan.", "No injury; same household."
                    ),
                )
            ),
            relies_on=tuple(evidence),
        )
        return self

    def answered_late(self) -> Carters:
        """Health answers after the draft."""
        self._answers(HEALTH, "r-health", AnswerResult.FINDINGS, "RiO", "mia")
        self.brings(HEALTH, "r-health", "c-health", ("mia",), "Two A&E attendances in 2026.",
            Voice.FACT, PartialDate(2026))  # fmt: skip
        return self

    def refused_by_police(self) -> Carters:
        """Police share nothing about Joanne, for a reason that stays in the full copy."""
        self.tell(
            POLICE,
            *(
                RequestAnswered(
                    request="r-police",
                    subject=subject,
                    result=AnswerResult.REFUSED,
                    refusal_reason=RefusalReason.PREJUDICES_INVESTIGATION,
                    refusal_text="A live investigation.",
                    review_on=datetime(2026, 12, 1, tzinfo=UTC).date(),
                )
                for subject in ("joanne",)
            ),
        )
        return self


def carters(stream: str = "referral:0", *, first: int = 2) -> Carters:
    return Carters(stream, first=first)


def at_sign_off(stream: str = "referral:0", *, first: int = 2) -> Carters:
    """Drafted by the facilitator; health has answered since."""
    story = carters(stream, first=first)
    story.taken().triaged().admitted().rated()
    story.asked().answered().tabled().drafted()
    return story.answered_late()
