"""A referral told act by act, judged as the store judges it: the shortest way to any stage in a test."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

import msgspec

from mash_desktop.domain.acts import Author, Draft, Parcel, compose, entries_of, read
from mash_desktop.domain.clocks import returns_due
from mash_desktop.domain.codes import (
    AnswerResult,
    Cohort,
    ContactChannel,
    DataKind,
    Rag,
    SourceOfContact,
    Voice,
)
from mash_desktop.domain.configuration import Clock, ClockLimit, HubConfig, HubTimeline
from mash_desktop.domain.entries import Body, Made
from mash_desktop.domain.entries.contact import (
    ConcernRecorded,
    ContactOpened,
    ReferrerRecorded,
    SubjectRecorded,
)
from mash_desktop.domain.entries.decision import DecisionDrafted, DecisionSigned, SubjectDecision
from mash_desktop.domain.entries.gathering import (
    ContributionRecorded,
    ContributionReleased,
    RequestAnswered,
    RequestMade,
)
from mash_desktop.domain.entries.outcome import FeedbackGiven, OutcomeAccepted, OutcomeSent, ReferralClosed
from mash_desktop.domain.entries.table import TableOpened
from mash_desktop.domain.entries.triage import (
    ContactTriaged,
    InScope,
    RagRated,
    ReferralAdmitted,
    SubjectLevel,
    TriageOverseen,
)
from mash_desktop.domain.fold import Referral, fold
from mash_desktop.domain.lawfulness import prefill
from mash_desktop.domain.roles import Role
from mash_desktop.domain.rules import judge_act
from mash_desktop.domain.verdict import Verdict
from mash_desktop.hub import load_preset
from mash_desktop.proofs.signature import SigningKey

KEY = SigningKey.generate()
START = datetime(2026, 11, 12, 13, 58, tzinfo=UTC)

OPERATOR = Author("priya", "scc-children", Role.TRIAGE_OPERATOR, KEY.key_id)
CONSULTANT = Author("ruth", "scc-children", Role.CONSULTANT_SOCIAL_WORKER, KEY.key_id)
WORKER = Author("dan", "scc-children", Role.SOCIAL_WORKER, KEY.key_id)
MANAGER = Author("karen", "mash", Role.HUB_MANAGER, KEY.key_id)
FACILITATOR = Author("dee", "mash", Role.FACILITATOR, KEY.key_id)
POLICE = Author("sam", "police", Role.RESEARCHER, KEY.key_id)
HEALTH = Author("iris", "mpft", Role.RESEARCHER, KEY.key_id)
EDUCATION = Author("sarah", "education", Role.VIRTUAL_PARTNER, KEY.key_id)
PROBATION = Author("owen", "probation", Role.RESEARCHER, KEY.key_id)
HOUSING = Author("wendy", "housing", Role.VIRTUAL_PARTNER, KEY.key_id)
GATEWAY = Author("tom", "scc-children", Role.GATEWAY_WORKER, KEY.key_id, "social-work-gateway")
EARLY_HELP = Author("tariq", "scc-children", Role.GATEWAY_WORKER, KEY.key_id, "early-help-gateway")


@cache
def staffordshire() -> HubConfig:
    return load_preset("staffordshire")


def with_cover(config: HubConfig) -> HubConfig:
    """The hub as one whose out-of-hours team has cover at the gates of children's referrals."""
    makers = (*config.oversight.decision_makers, (Cohort.CHILDREN, Role.OUT_OF_HOURS))
    oversight = msgspec.structs.replace(config.oversight, decision_makers=makers)
    return msgspec.structs.replace(config, oversight=oversight)


def with_blue(config: HubConfig, *cohorts: Cohort) -> HubConfig:
    """The hub as one that also rates blue, untimed, in these cohorts, or in all."""
    row = ClockLimit(clock=Clock.DECISION, rag=Rag.BLUE, cohorts=cohorts or tuple(Cohort))
    return msgspec.structs.replace(config, clocks=(*config.clocks, row))


class Story:
    """One referral on the store: whole, judged, positioned. ``tell`` admits or raises ``AssertionError``."""

    def __init__(
        self, stream: str = "referral:0", config: HubConfig | None = None, *, first: int = 2
    ) -> None:
        """``first`` is the position of its first entry: stories on one desk are told apart by it."""
        self.stream = stream
        self.first = first
        self.config = config or staffordshire()
        self.timeline = HubTimeline(((1, self.config),))
        self.now = START
        self.entries: list[Made[Body]] = []
        self.parcels: dict[str, Parcel] = {}
        """What was signed, by act id: for tests that bring the story to a desk."""

    @property
    def referral(self) -> Referral:
        return fold(self.entries, self.timeline, whole=True)

    def made(self, author: Author, *bodies: Body, relies_on: tuple[str, ...] = ()) -> tuple[Made[Body], ...]:
        """Entries as an author would make them now, on the chains as they stand; not yet judged."""
        chains = dict(self.referral.chains)
        drafts = []
        for number, body in enumerate(bodies):
            entry_id = f"{self.first - 2 + len(self.entries) + number:08d}"
            drafts.append(
                Draft(
                    self.stream,
                    body,
                    base=chains.get(body.guard) if body.guard else None,
                    relies_on=relies_on if isinstance(body, DecisionDrafted) else (),
                    id=entry_id,
                )
            )
            if body.guard:
                chains[body.guard] = entry_id
        parcel = compose("staffordshire", author, drafts, KEY, self.now)
        act = read(parcel.signed)
        self.parcels[act.id] = parcel
        return entries_of(act, {body.entry: body for body in parcel.bodies})

    def judged(self, author: Author, *bodies: Body, relies_on: tuple[str, ...] = ()) -> Verdict:
        made = self.made(author, *bodies, relies_on=relies_on)
        return judge_act(author, made, self.referral, self.config, self.now)[0]

    def tell(self, author: Author, *bodies: Body, relies_on: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Admit an act, a minute after the last. Returns the ids of its entries."""
        self.now += timedelta(minutes=1)
        made = self.made(author, *bodies, relies_on=relies_on)
        verdict, _ = judge_act(author, made, self.referral, self.config, self.now)
        assert verdict, (verdict.code, verdict.sentence)
        return self.admit(made)

    def admit(self, made: tuple[Made[Body], ...]) -> tuple[str, ...]:
        """Give entries their positions without judging them."""
        for entry in made:
            position = len(self.entries) + self.first
            self.entries.append(msgspec.structs.replace(entry, position=position, admitted_at=self.now))
        return tuple(entry.id for entry in made)

    # --- the children's story, a step a method

    def taken(self) -> Story:
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
            ConcernRecorded(account="a1", words="Mia came in with a bruise on her left forearm."),
            SubjectRecorded(
                subject="mia", forenames="Mia", surname="Carter", relation="subject", of_concern=True
            ),
            SubjectRecorded(
                subject="tyler", forenames="Tyler", surname="Carter", relation="brother", of_concern=True
            ),
            SubjectRecorded(subject="joanne", forenames="Joanne", surname="Carter", relation="mother"),
        )
        return self

    def triaged(self, level: str = "child_in_need", route: str = "social-work-gateway") -> Story:
        self.tell(
            OPERATOR,
            ContactTriaged(
                route=route,
                levels=(SubjectLevel("mia", level), SubjectLevel("tyler", level)),
                rationale="Second unexplained injury this month.",
                history_searched=True,
                immediate_danger=False,
            ),
        )
        return self

    def admitted(self) -> Story:
        received = START.date()
        kinds = (DataKind.ORDINARY, DataKind.SPECIAL_CATEGORY)
        agency_kind = self.config.agency("scc-children").kind
        basis = prefill(self.config, Cohort.CHILDREN, agency_kind, kinds, received)
        self.tell(
            CONSULTANT,
            TriageOverseen(
                decision="admit",
                levels=(SubjectLevel("mia", "child_in_need"), SubjectLevel("tyler", "child_in_need")),
                reason="Threshold met.",
            ),
            ReferralAdmitted(
                threshold="child_in_need",
                purpose="To find out whether the children are safe at home.",
                scope=tuple(
                    InScope(subject, "in the household", kinds, basis)
                    for subject in ("mia", "tyler", "joanne")
                ),
            ),
        )
        return self

    def rated(self) -> Story:
        self.tell(MANAGER, RagRated(rag=Rag.AMBER, reason="Two injuries in five weeks."))
        return self

    def asked(self) -> Story:
        self.tell(
            MANAGER,
            self.request("r-police", "police", "mia", "joanne"),
            self.request("r-health", "mpft", "mia"),
        )
        return self

    def request(
        self, request: str, agency: str, *subjects: str, concern: str = "Injury to a child."
    ) -> RequestMade:
        """A request as the hub board makes it: an agency that sees no more must know by when, and of what."""
        referral = self.referral
        return RequestMade(
            request=request,
            agency=agency,
            subjects=subjects,
            minimum_concern=concern,
            reference=referral.reference or "",
            cohort=referral.cohort,
            rag=referral.rag,
            due_at=returns_due(referral, self.now + timedelta(minutes=1)),
        )

    def answered(self) -> Story:
        self.tell(
            POLICE,
            ContributionRecorded(
                contribution="c1",
                request="r-police",
                subjects=("joanne",),
                words="Three incidents at the address since June.",
                voice=Voice.FACT,
                data_kind=DataKind.ORDINARY,
            ),
            *(
                RequestAnswered(
                    request="r-police",
                    subject=subject,
                    result=AnswerResult.FINDINGS,
                    systems_searched=("Niche",),
                )
                for subject in ("mia", "joanne")
            ),
        )
        self.tell(
            POLICE,
            ContributionReleased(
                contribution="c1",
                request="r-police",
                subjects=("joanne",),
                words="Three incidents at the address since June.",
                voice=Voice.FACT,
            ),
        )
        self.tell(
            HEALTH,
            RequestAnswered(
                request="r-health", subject="mia", result=AnswerResult.NOTHING_HELD, systems_searched=("RiO",)
            ),
        )
        return self

    def tabled(self) -> Story:
        self.tell(FACILITATOR, TableOpened(place="Room 2"))
        return self

    def drafted(self, author: Author = FACILITATOR) -> Story:
        evidence = next(entry.id for entry in self.entries if entry.kind == "contribution.released")
        self.tell(
            author,
            DecisionDrafted(
                subjects=(
                    SubjectDecision(
                        "mia", "child_protection", "Section 47 enquiry.", "Two unexplained injuries."
                    ),
                    SubjectDecision(
                        "tyler", "child_in_need", "Child in need plan.", "No injury; same household."
                    ),
                )
            ),
            relies_on=(evidence,),
        )
        return self

    def signed(self) -> Story:
        draft = self.referral.draft
        assert draft is not None
        self.tell(CONSULTANT, DecisionSigned(draft=draft.id, commitment=draft.commitment))
        return self

    def closed(self) -> Story:
        self.tell(FACILITATOR, OutcomeSent(agency="scc-children", team="social-work-gateway"))
        self.tell(GATEWAY, OutcomeAccepted())
        self.tell(CONSULTANT, FeedbackGiven(how="Telephoned Mrs Marsh."))
        self.tell(GATEWAY, ReferralClosed(reason="With the Social Work Gateway."))
        return self


def whole_story() -> Story:
    """The children's story from the call to closing."""
    return (
        Story().taken().triaged().admitted().rated().asked().answered().tabled().drafted().signed().closed()
    )
