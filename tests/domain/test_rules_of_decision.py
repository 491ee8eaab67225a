"""What is refused at the table and of a decision: who drafts it, on what, who signs, what never changes."""

from __future__ import annotations

from datetime import date

import pytest

from mash_desktop.domain.acts import Author
from mash_desktop.domain.codes import Attendance, MaracRoute, RiskOutcome, ToolAnswer, Voice
from mash_desktop.domain.entries.contact import AssessmentRecorded, ConcernRecorded
from mash_desktop.domain.entries.decision import (
    AdultConcluded,
    DecisionAmended,
    DecisionDrafted,
    DecisionReturned,
    DecisionSigned,
    EnquiryCaused,
    EnquiryReported,
    SubjectDecision,
)
from mash_desktop.domain.entries.gathering import (
    ContributionReleased,
    ProceededWithout,
    ReleaseWithdrawn,
    RequestMade,
)
from mash_desktop.domain.entries.outcome import EntryWithdrawn, OutcomeSent
from mash_desktop.domain.entries.table import (
    ActionCompleted,
    ActionRecorded,
    AnalysisRecorded,
    AttendanceRecorded,
    ViewRecorded,
)
from mash_desktop.domain.fold import Stage
from mash_desktop.domain.fold.levels import drafted_levels, levels
from mash_desktop.domain.ladders import Movement
from mash_desktop.domain.verdict import Verdict

from .refusing import Cases, Taken, but
from .stories import SAFEGUARDING, SUPERVISOR, Abuse, abuse, adult, at, stage_of
from .story import CONSULTANT, FACILITATOR, MANAGER, OPERATOR, POLICE, WORKER, Story

MIA = SubjectDecision("mia", "child_protection", "Section 47 enquiry.", "Two unexplained injuries.")
TYLER = SubjectDecision("tyler", "child_in_need", "Child in need plan.", "No injury; same household.")
DRAFT = DecisionDrafted(subjects=(MIA, TYLER))
AMENDED = DecisionAmended(subjects=(but(TYLER, level="child_protection"),), reason="He told his teacher.")
VIEW = ViewRecorded(agency="police", subject="mia", level="child_protection", agrees=True)
DASH = AssessmentRecorded(subject="alma", tool="dash-2009", answers={"1": ToolAnswer.YES})
HIGH = but(DASH, answers={str(number): ToolAnswer.YES for number in range(1, 15)})
CAUSED = EnquiryCaused(
    enquiry="e1",
    subject="alma",
    made_by="Oakmere Care",
    words="What the accounts show.",
    due_on=date(2026, 12, 1),
)
CONCLUDED = AdultConcluded(subject="alma", conclusion="Her son took the money.", risk=RiskOutcome.REMOVED)


def evidence(story: Story) -> tuple[str, ...]:
    return tuple(entry.id for entry in story.entries if isinstance(entry.body, ContributionReleased))


def draft(story: Story | None = None, **changes: object) -> Verdict:
    story = story or at(Stage.TABLE)
    return story.judged(FACILITATOR, but(DRAFT, **changes), relies_on=evidence(story))


def resting_on(*entries: str, story: Story | None = None) -> Verdict:
    return (story or at(Stage.TABLE)).judged(FACILITATOR, DRAFT, relies_on=entries)


def taken_back() -> Story:
    story = at(Stage.TABLE)
    story.tell(POLICE, ReleaseWithdrawn(contribution="c1", reason="Another family's."))
    return story


def told_again() -> Verdict:
    story = at(Stage.TABLE)
    first = next(entry.id for entry in story.entries if isinstance(entry.body, ConcernRecorded))
    story.tell(CONSULTANT, ConcernRecorded(account="a1", words="Mia came in with two bruises."))
    return resting_on(first, story=story)


def withdrawn_evidence() -> Verdict:
    story = at(Stage.TABLE)
    (extra,) = story.tell(WORKER, ConcernRecorded(account="a2", words="About another Mia."))
    story.tell(CONSULTANT, EntryWithdrawn(entry=extra, reason="Another family's."))
    return resting_on(extra, story=story)


def signing(story: Story, author: Author = CONSULTANT, **changes: str) -> Verdict:
    waiting = story.referral.draft
    body = DecisionSigned(
        draft=waiting.id if waiting else "none", commitment=waiting.commitment if waiting else ""
    )
    return story.judged(author, but(body, **changes))


def asked_since() -> Story:
    story = at(Stage.DRAFTED)
    story.tell(
        MANAGER,
        RequestMade(
            request="r9", agency="education", subjects=("mia",), minimum_concern="Injury to a child."
        ),
    )
    return story


def lost_its_evidence() -> Story:
    story = at(Stage.DRAFTED)
    story.tell(POLICE, ReleaseWithdrawn(contribution="c1", reason="Another family's."))
    return story


def drafted_by_the_consultant() -> Story:
    story = at(Stage.TABLE)
    return story.drafted(CONSULTANT)


def risk(
    assessed: AssessmentRecorded | None, level: str = "high", marac: MaracRoute | None = None
) -> Verdict:
    story = abuse()
    if assessed is not None:
        story.tell(SUPERVISOR, assessed)
    return story.judged(FACILITATOR, story.deciding(level, marac), relies_on=story.evidence)


def decided_adult() -> Story:
    story = adult()
    story.tell(FACILITATOR, story.deciding(), relies_on=story.evidence)
    waiting = story.referral.draft
    assert waiting is not None
    story.tell(SAFEGUARDING, DecisionSigned(draft=waiting.id, commitment=waiting.commitment))
    return story


REFUSED: Cases = {
    "the attendance of a stranger": (
        "unknown-agency",
        lambda: at(Stage.TABLE).judged(
            FACILITATOR, AttendanceRecorded(agency="the-press", attendance=Attendance.PRESENT)
        ),
    ),
    "the view of another agency": (
        "view-of-another",
        lambda: at(Stage.TABLE).judged(POLICE, but(VIEW, agency="mpft")),
    ),
    "dissent without words": (
        "field-empty",
        lambda: at(Stage.TABLE).judged(FACILITATOR, but(VIEW, agrees=False)),
    ),
    "a view on another ladder": (
        "level-unknown",
        lambda: at(Stage.TABLE).judged(FACILITATOR, but(VIEW, level="high")),
    ),
    "the view of a stranger": (
        "unknown-agency",
        lambda: at(Stage.TABLE).judged(FACILITATOR, but(VIEW, agency="the-press")),
    ),
    "a view about nobody": (
        "subject-unknown",
        lambda: at(Stage.TABLE).judged(FACILITATOR, but(VIEW, subject="nobody")),
    ),
    "a part that the analysis does not have": (
        "part-unknown",
        lambda: at(Stage.TABLE).judged(FACILITATOR, AnalysisRecorded(part="blame", words="None.")),
    ),
    "an action that nobody does": (
        "field-empty",
        lambda: at(Stage.TABLE).judged(FACILITATOR, ActionRecorded(action="x", words="Visit.", owner="")),
    ),
    "completing what was never agreed": (
        "action-unknown",
        lambda: at(Stage.TABLE).judged(FACILITATOR, ActionCompleted(action="x")),
    ),
    "an action rewritten after the signature": (
        "signed-off",
        lambda: with_action().judged(FACILITATOR, ActionRecorded(action="x", words="Write.", owner="Police")),
    ),
    "deciding while an agency has not answered": ("answers-awaited", lambda: draft(at(Stage.GATHERING))),
    "a second draft beside the first": ("draft-waits", lambda: draft(at(Stage.DRAFTED))),
    "a decision that leaves out a child of concern": ("decision-missing", lambda: draft(subjects=(MIA,))),
    "a decision that rests on nothing": ("evidence-missing", resting_on),
    "a decision that rests on what was taken back": (
        "evidence-superseded",
        lambda: resting_on(*evidence(taken_back()), story=taken_back()),
    ),
    "a decision that rests on what has been told otherwise since": ("evidence-superseded", told_again),
    "a decision that rests on what was misfiled": ("evidence-gone", withdrawn_evidence),
    "two decisions for one child": ("level-twice", lambda: draft(subjects=(MIA, TYLER, MIA))),
    "a decision off the ladder": ("level-unknown", lambda: draft(subjects=(but(MIA, level="high"), TYLER))),
    "a decision that does nothing": (
        "field-empty",
        lambda: draft(subjects=(but(MIA, intervention=""), TYLER)),
    ),
    "a decision that does not say why": (
        "field-empty",
        lambda: draft(subjects=(but(MIA, rationale=""), TYLER)),
    ),
    "a decision about a stranger": (
        "subject-unknown",
        lambda: draft(subjects=(MIA, TYLER, but(MIA, subject="nobody"))),
    ),
    "a decision about a neighbour who is not in scope": (
        "decision-about-another",
        lambda: about_a_neighbour(),
    ),
    "an amendment of nobody": (
        "decision-empty",
        lambda: at(Stage.SIGNED).judged(CONSULTANT, but(AMENDED, subjects=())),
    ),
    "high risk and no ground for MARAC": ("marac-ground", lambda: risk(None)),
    "MARAC by a score that is not there": ("marac-ground-wrong", lambda: risk(DASH, marac=MaracRoute.SCORE)),
    "MARAC for medium risk": (
        "marac-not-high",
        lambda: risk(DASH, "medium", MaracRoute.PROFESSIONAL_JUDGEMENT),
    ),
    "judgement that lowers a score of fourteen": ("judgement-lowers", lambda: risk(HIGH, "medium")),
    "signing one's own draft": (
        "own-draft",
        lambda: signing(drafted_by_the_consultant()),
    ),
    "signing another draft than was read": (
        "draft-changed",
        lambda: signing(at(Stage.DRAFTED), commitment="00"),
    ),
    "signing by another cohort's decision maker": (
        "not-decision-maker",
        lambda: signing(at(Stage.DRAFTED), but(SAFEGUARDING, agency="scc-children")),
    ),
    "signing while an agency asked since has not answered": (
        "answers-awaited",
        lambda: signing(asked_since()),
    ),
    "signing what has lost its evidence": ("evidence-superseded", lambda: signing(lost_its_evidence())),
    "returning without a reason": (
        "field-empty",
        lambda: at(Stage.DRAFTED).judged(CONSULTANT, DecisionReturned(reason="")),
    ),
    "amending without a reason": (
        "field-empty",
        lambda: at(Stage.SIGNED).judged(CONSULTANT, but(AMENDED, reason="")),
    ),
    "amending what was never signed": (
        "not-signed",
        lambda: sent_without_the_hub().judged(CONSULTANT, AMENDED),
    ),
    "the drafter who amends": (
        "own-draft",
        lambda: signed_by_a_colleague().judged(CONSULTANT, AMENDED),
    ),
    "an enquiry caused for a child": (
        "enquiry-not-adults",
        lambda: at(Stage.SIGNED).judged(CONSULTANT, but(CAUSED, subject="mia")),
    ),
    "an enquiry that nobody makes": (
        "field-empty",
        lambda: decided_adult().judged(SAFEGUARDING, but(CAUSED, made_by="")),
    ),
    "a report of no enquiry": (
        "enquiry-unknown",
        lambda: decided_adult().judged(SAFEGUARDING, EnquiryReported(enquiry="e9", words="Nothing.")),
    ),
    "a report that says nothing": (
        "field-empty",
        lambda: decided_adult().judged(SAFEGUARDING, CAUSED, EnquiryReported(enquiry="e1", words="")),
    ),
    "a conclusion about a child": (
        "enquiry-not-adults",
        lambda: at(Stage.SIGNED).judged(CONSULTANT, but(CONCLUDED, subject="mia")),
    ),
    "a conclusion without words": (
        "field-empty",
        lambda: decided_adult().judged(SAFEGUARDING, but(CONCLUDED, conclusion="")),
    ),
}


def with_action() -> Story:
    story = at(Stage.TABLE)
    story.tell(FACILITATOR, ActionRecorded(action="x", words="Visit tonight.", owner="Police"))
    return story.drafted().signed()


def about_a_neighbour() -> Verdict:
    story = at(Stage.TABLE)
    told = next(one.body for one in story.referral.subjects.values() if one.body.subject == "joanne")
    story.tell(FACILITATOR, but(told, subject="rose", forenames="Rose", relation="neighbour"))
    return draft(story, subjects=(MIA, TYLER, but(MIA, subject="rose")))


def sent_without_the_hub() -> Story:
    story = at(Stage.CONTACT).triaged("early_help", "early-help-gateway")
    story.tell(OPERATOR, OutcomeSent(agency="scc-children", team="early-help-gateway"))
    return story


def signed_by_a_colleague() -> Story:
    story = drafted_by_the_consultant()
    waiting = story.referral.draft
    assert waiting is not None
    story.tell(but(CONSULTANT, person="olu"), DecisionSigned(draft=waiting.id, commitment=waiting.commitment))
    return story


@pytest.mark.parametrize("sentence", REFUSED)
def test_refused(sentence: str) -> None:
    code, judged = REFUSED[sentence]
    verdict = judged()
    assert verdict.code == code, verdict.sentence
    assert verdict.answer == "no"


TAKEN: Taken = {
    "a view of one's own": lambda: at(Stage.TABLE).judged(POLICE, VIEW),
    "a view recorded for an agency that sent it in": lambda: at(Stage.TABLE).judged(
        FACILITATOR, but(VIEW, agency="education", agrees=False, words="We see her every day.")
    ),
    "a part of the analysis": lambda: at(Stage.TABLE).judged(
        FACILITATOR, AnalysisRecorded(part="voice", words="She says she fell.")
    ),
    "an action and its completion": lambda: at(Stage.TABLE).judged(
        FACILITATOR,
        ActionRecorded(action="x", words="Visit tonight.", owner="Police"),
        ActionCompleted(action="x", words="Seen."),
    ),
    "a draft": draft,
    "a draft by the owning agency's worker": lambda: at(Stage.TABLE).judged(
        WORKER, DRAFT, relies_on=evidence(at(Stage.TABLE))
    ),
    "a draft about a mother in scope too": lambda: draft(subjects=(MIA, TYLER, but(TYLER, subject="joanne"))),
    "high risk by score": lambda: risk(HIGH, marac=MaracRoute.SCORE),
    "high risk by professional judgement below fourteen": lambda: risk(
        but(DASH, judgement=True, judgement_reason="He has strangled her before."),
        marac=MaracRoute.PROFESSIONAL_JUDGEMENT,
    ),
    "high risk by professional judgement without any tool": lambda: risk(
        None, marac=MaracRoute.PROFESSIONAL_JUDGEMENT
    ),
    "high risk by three events in a year": lambda: risk(
        but(DASH, events_in_12_months=3), marac=MaracRoute.ESCALATION
    ),
    "high risk as a repeat": lambda: risk(but(DASH, last_marac_on=date(2026, 2, 1)), marac=MaracRoute.REPEAT),
    "medium risk where no tool says more": lambda: risk(DASH, "medium"),
    "signing": lambda: signing(at(Stage.DRAFTED)),
    "amending what was signed": lambda: at(Stage.SIGNED).judged(CONSULTANT, AMENDED),
    "an adult's enquiry, its report and its conclusion": lambda: decided_adult().judged(
        SAFEGUARDING, CAUSED, EnquiryReported(enquiry="e1", words="Withdrawals in Stafford."), CONCLUDED
    ),
}


@pytest.mark.parametrize("sentence", TAKEN)
def test_taken(sentence: str) -> None:
    verdict = TAKEN[sentence]()
    assert verdict, (verdict.code, verdict.sentence)


def test_a_decision_goes_on_without_an_answer_once_it_is_written_why() -> None:
    story = at(Stage.GATHERING)
    refused = resting_on(story.entries[2].id, story=story)
    assert refused.code == "answers-awaited"
    assert "MPFT, Police" in refused.sentence
    for request in ("r-police", "r-health"):
        story.tell(MANAGER, ProceededWithout(request=request, reason="She must be seen tonight."))
    assert resting_on(story.entries[2].id, story=story)


def test_a_direct_line_never_waits_for_returns() -> None:
    story = at(Stage.CONTACT)
    story.triaged("child_protection", "direct-line").admitted().rated().asked()
    assert resting_on(story.entries[2].id, story=story)


def test_a_draft_comes_back_with_a_reason_and_is_written_anew() -> None:
    story = at(Stage.DRAFTED)
    story.tell(CONSULTANT, DecisionReturned(reason="Say what Tyler saw."))
    assert stage_of(story) is Stage.TABLE
    assert story.referral.returned
    story.drafted()
    assert not story.referral.returned
    assert signing(story)


def test_there_is_nothing_to_sign_or_return_once_the_draft_came_back() -> None:
    story = at(Stage.DRAFTED)
    waiting = story.referral.draft
    assert waiting is not None
    story.tell(CONSULTANT, DecisionReturned(reason="Say what Tyler saw."))
    both = story.judged(
        CONSULTANT,
        DecisionSigned(draft=waiting.id, commitment=waiting.commitment),
        DecisionReturned(reason="No."),
    )
    assert both.code == "not-permitted", "the stage has gone back to the table"


def test_siblings_differ_stepped_up_and_confirmed_against_the_level_at_admission() -> None:
    story = at(Stage.DRAFTED)
    assert levels(story.referral)["mia"].final is None
    assert drafted_levels(story.referral)["mia"].movement is Movement.UP
    found = levels(at(Stage.SIGNED).referral)
    assert (found["mia"].movement, found["tyler"].movement) == (Movement.UP, Movement.CONFIRMED)
    assert not found["mia"].changed_by_oversight


def test_an_amendment_changes_the_final_level_and_nothing_that_was_signed() -> None:
    story = at(Stage.SIGNED)
    before = [entry for entry in story.entries if entry.guard == "decision"]
    story.tell(CONSULTANT, AMENDED)
    assert levels(story.referral)["tyler"].final == "child_protection"
    assert levels(story.referral)["mia"].final == "child_protection"
    assert [entry for entry in story.entries if entry.guard == "decision"][:-1] == before


def test_who_drafted_signs_in_no_role_at_all() -> None:
    """The person, whatever role they act in."""
    story = at(Stage.TABLE).drafted(but(FACILITATOR, person=CONSULTANT.person))
    assert signing(story).code == "own-draft"


def test_an_operator_never_signs() -> None:
    assert signing(at(Stage.DRAFTED), OPERATOR).code == "not-permitted"


def test_the_assessment_made_last_is_the_one_that_counts() -> None:
    story = Abuse()
    story.taken().triaged().admitted().answered()
    story.tell(SUPERVISOR, HIGH)
    story.tell(SUPERVISOR, DASH)
    assert story.judged(FACILITATOR, story.deciding("medium"), relies_on=story.evidence)


def test_what_is_told_in_fact_seen_or_opinion_keeps_its_voice_when_released() -> None:
    release = next(one.body for one in at(Stage.TABLE).entries if isinstance(one.body, ContributionReleased))
    assert release.voice is Voice.FACT
