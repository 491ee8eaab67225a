"""A plausible body of every kind of a referral's stream, for the children's story."""

from __future__ import annotations

from datetime import date

from mash_desktop.domain.codes import (
    AnswerResult,
    Attendance,
    ContactChannel,
    DataKind,
    EscalationStage,
    Rag,
    RiskOutcome,
    SourceOfContact,
    ToolAnswer,
    Voice,
)
from mash_desktop.domain.entries import Body, contact, decision, gathering, outcome, table
from mash_desktop.domain.entries.triage import RagRated, StrategyHeld
from mash_desktop.domain.fold import Stage

from .stories import admission, at, overseeing, triaging
from .story import START

_DECIDED = (
    decision.SubjectDecision("mia", "child_protection", "Section 47 enquiry.", "Two unexplained injuries."),
    decision.SubjectDecision("tyler", "child_in_need", "Child in need plan.", "Same household."),
)

_BODIES: tuple[Body, ...] = (
    at(Stage.CONTACT).entries[0].body,
    contact.ContactCorrected(source=SourceOfContact.SCHOOLS, channel=ContactChannel.PHONE, received_at=START),
    contact.ReferrerRecorded(name="Helen Marsh"),
    contact.ConcernRecorded(account="a1", words="A bruise."),
    contact.SubjectRecorded(subject="mia", forenames="Mia", surname="Carter", of_concern=True),
    contact.RelationshipRecorded(first="joanne", second="mia", relation="parent"),
    contact.AddressRecorded(address="home", subjects=("mia", "joanne"), line="14 Mill Lane"),
    contact.ContactDetailRecorded(detail="d1", subject="joanne", medium="phone", value="01785 100200"),
    contact.TellingRecorded(subject="joanne", told=True),
    contact.AdultRecorded(subject="joanne", wishes="To be left alone."),
    contact.HistorySearched(found=0),
    contact.AdviceGiven(words="Ask who collects her."),
    contact.NoteAdded(words="Rang twice."),
    contact.AcknowledgementSent(how="By e-mail."),
    contact.DocumentAttached(
        document="d", title="Body map", media_type="application/pdf", size=9, digest="aa", chunks=("aa",)
    ),
    contact.AssessmentRecorded(subject="joanne", tool="dash-2009", answers={"1": ToolAnswer.YES}),
    contact.SettingRecorded(setting="s1", name="Hawthorn House"),
    contact.DuplicateNamed(of="referral:9", reason="The school rang twice."),
    contact.ContactPassed(worker="Dan Whitmore", reason="He is allocated."),
    contact.OwnershipTransferred(to="sot-children", reason="The family moved."),
    triaging("child_in_need", "social-work-gateway"),
    overseeing("admit"),
    StrategyHeld(
        present=("scc-children", "police", "mpft"),
        decision="s47_joint",
        subjects=("mia",),
        reason="Two injuries.",
        seen_by="Tonight",
    ),
    admission(at(Stage.OVERSEEN)),
    RagRated(rag=Rag.RED, reason="He is at home tonight."),
    gathering.RequestMade(
        request="r9", agency="housing", subjects=("mia",), minimum_concern="A child at risk."
    ),
    gathering.RequestWithdrawn(request="r-police", reason="Asked in error."),
    gathering.RequestChased(request="r-police", how="Telephoned."),
    gathering.ProceededWithout(request="r-police", reason="She must be seen tonight."),
    gathering.RequestAcknowledged(request="r-police"),
    gathering.RequestAnswered(
        request="r-police", subject="mia", result=AnswerResult.NOTHING_HELD, systems_searched=("Niche",)
    ),
    gathering.ContributionRecorded(
        contribution="c1",
        request="r-police",
        subjects=("joanne",),
        words="Three incidents.",
        voice=Voice.FACT,
        data_kind=DataKind.ORDINARY,
    ),
    gathering.ContributionReleased(
        contribution="c1",
        request="r-police",
        subjects=("joanne",),
        words="Three incidents.",
        voice=Voice.FACT,
    ),
    gathering.ReleaseWithdrawn(contribution="c1", reason="Another family's."),
    gathering.ReleaseExpired(contribution="c1", agency="police"),
    table.TableOpened(place="Room 2"),
    table.AttendanceRecorded(agency="police", attendance=Attendance.PRESENT),
    table.ViewRecorded(agency="police", subject="mia", level="child_protection", agrees=True),
    table.AnalysisRecorded(part="harm", words="Two injuries."),
    table.ActionRecorded(action="x", words="Visit.", owner="Police"),
    table.ActionCompleted(action="x"),
    decision.DecisionDrafted(subjects=_DECIDED),
    decision.DecisionReturned(reason="Say what Tyler saw."),
    decision.DecisionSigned(draft="d", commitment="00"),
    decision.DecisionAmended(subjects=_DECIDED[1:], reason="He told his teacher."),
    decision.EnquiryCaused(
        enquiry="e1",
        subject="joanne",
        made_by="Oakmere Care",
        words="What it knows.",
        due_on=date(2026, 12, 1),
    ),
    decision.EnquiryReported(enquiry="e1", words="Nothing."),
    decision.AdultConcluded(subject="joanne", conclusion="Unfounded.", risk=RiskOutcome.REMOVED),
    outcome.OutcomeSent(agency="scc-children", team="social-work-gateway"),
    outcome.OutcomeAccepted(),
    outcome.OutcomeReturned(reason="Not ours."),
    outcome.FirstActionRecorded(words="Visited.", done_at=START),
    outcome.FeedbackGiven(how="Telephoned."),
    outcome.AgenciesTold(agencies=("education",)),
    outcome.SummaryMade(profile="full", digest="aa"),
    outcome.HandoverMade(handover="h1", team="emergency-duty", words="See Mia tonight."),
    outcome.HandoverAcknowledged(handover="h1"),
    outcome.ReferralClosed(reason="Done."),
    outcome.EscalationRaised(
        escalation="e1",
        stage=EscalationStage.PRACTITIONERS,
        parties=("police",),
        words="Tyler is at risk too.",
        interim_safety="He stays with his aunt.",
    ),
    outcome.EscalationResolved(escalation="e1", result="Agreed."),
    outcome.EntryWithdrawn(entry="00000001", reason="Misfiled."),
)

SAMPLES: dict[str, Body] = {body.KIND: body for body in _BODIES}
