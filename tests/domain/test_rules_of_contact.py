"""What is refused while a contact is taken, and what is not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from mash_desktop.domain.codes import Cohort, ContactChannel, NotToldReason, SourceOfContact, ToolAnswer
from mash_desktop.domain.configuration import QuestionSetChoice
from mash_desktop.domain.entries import Body
from mash_desktop.domain.entries.contact import (
    AcknowledgementSent,
    AddressRecorded,
    AdultRecorded,
    AdviceGiven,
    AssessmentRecorded,
    ConcernRecorded,
    ContactCorrected,
    ContactDetailRecorded,
    ContactOpened,
    ContactPassed,
    DocumentAttached,
    DuplicateNamed,
    HistorySearched,
    NoteAdded,
    OwnershipTransferred,
    RelationshipRecorded,
    SettingRecorded,
    SubjectRecorded,
    TellingRecorded,
)
from mash_desktop.domain.fold import Stage
from mash_desktop.domain.partial_date import PartialDate
from mash_desktop.domain.verdict import Verdict

from .refusing import Cases, Taken, but
from .stories import OTHER_OPERATOR, SUPERVISOR, Abuse, at, overseeing, triaging
from .story import CONSULTANT, OPERATOR, START, WORKER, Story, staffordshire

OPENING = ContactOpened(
    cohort=Cohort.CHILDREN,
    source=SourceOfContact.SCHOOLS,
    channel=ContactChannel.PHONE,
    received_at=START,
    local_authority="E10000028",
    owner="scc-children",
)
CORRECTION = ContactCorrected(
    source=SourceOfContact.GP, channel=ContactChannel.PHONE, received_at=START - timedelta(hours=1)
)
PAPER = DocumentAttached(
    document="d1", title="Body map", media_type="application/pdf", size=9, digest="aa", chunks=("aa",)
)
DASH = AssessmentRecorded(subject="alma", tool="dash-2009", answers={"1": ToolAnswer.YES})
STORY = SubjectRecorded(subject="mia", forenames="Mia", surname="Carter", of_concern=True)
CONCERN = ConcernRecorded(account="a2", words="Seen with a bruise.")
UNTOLD = TellingRecorded(subject="joanne", told=False)


def opening(**changes: object) -> Verdict:
    return Story().judged(OPERATOR, but(OPENING, **changes))


def taking(*bodies: Body, cohort: str = "children") -> Verdict:
    story = at(Stage.CONTACT) if cohort == "children" else Abuse().taken()
    return story.judged(OPERATOR if cohort == "children" else SUPERVISOR, *bodies)


def leaving(body: Body, story: Story) -> Verdict:
    return story.judged(OPERATOR, body)


def found_before() -> Story:
    story = at(Stage.CONTACT)
    story.tell(OPERATOR, HistorySearched(found=1))
    return story.triaged("early_help", "early-help-gateway")


DUPLICATE = DuplicateNamed(of="referral:9", reason="The school rang twice.")
PASSED = ContactPassed(worker="Dan Whitmore", reason="He is allocated to her.")

REFUSED: Cases = {
    "a contact from the future": ("from-the-future", lambda: opening(received_at=START + timedelta(days=1))),
    "a contact of the last century": (
        "too-long-ago",
        lambda: opening(received_at=datetime(1926, 1, 1, tzinfo=UTC)),
    ),
    "a contact of another agency than its cohort and authority call for": (
        "owner-wrong",
        lambda: opening(owner="police"),
    ),
    "a child of an authority that nobody here answers for": (
        "no-owning-agency",
        lambda: opening(local_authority="E06000021"),
    ),
    "an area that the hub does not cover": ("unknown-area", lambda: opening(area="E09000001")),
    "a referral that repeats itself": ("repeats-itself", lambda: opening(previous="referral:0")),
    "a contact corrected to tomorrow": (
        "from-the-future",
        lambda: taking(but(CORRECTION, received_at=START + timedelta(days=1))),
    ),
    "a concern without words": ("field-empty", lambda: taking(but(CONCERN, words=" "))),
    "an incident that is to come": (
        "from-the-future",
        lambda: taking(but(CONCERN, incident_on=PartialDate(2027))),
    ),
    "a person of whom nothing is said": ("field-empty", lambda: taking(SubjectRecorded(subject="x"))),
    "a birth that is to come and not expected": (
        "birth-in-the-future",
        lambda: taking(but(STORY, birth=PartialDate(2027, 2, 14))),
    ),
    "an NHS number that fails its check": (
        "nhs-number-check",
        lambda: taking(but(STORY, nhs_number="9434765918")),
    ),
    "a UPN that fails its check": ("upn-check", lambda: taking(but(STORY, upn="B123456789012"))),
    "a person related to themselves": (
        "related-to-self",
        lambda: taking(RelationshipRecorded(first="mia", second="mia", relation="sibling")),
    ),
    "a relation to nobody of this referral": (
        "subject-unknown",
        lambda: taking(RelationshipRecorded(first="mia", second="nobody", relation="sibling")),
    ),
    "an address without a line": (
        "field-empty",
        lambda: taking(AddressRecorded(address="a", subjects=("mia",), line="")),
    ),
    "a way to reach nobody": (
        "subject-unknown",
        lambda: taking(
            ContactDetailRecorded(detail="d", subject="nobody", medium="phone", value="01785 100200")
        ),
    ),
    "not telling without a coded reason": ("not-told-why", lambda: taking(UNTOLD)),
    "not telling without words": (
        "not-told-why",
        lambda: taking(but(UNTOLD, not_told_reason=NotToldReason.RAISES_RISK)),
    ),
    "what an adult wants, of nobody here": (
        "subject-unknown",
        lambda: taking(AdultRecorded(subject="nobody")),
    ),
    "a setting without a name": ("field-empty", lambda: taking(SettingRecorded(setting="s", name=""))),
    "empty advice": ("field-empty", lambda: at(Stage.CONTACT).judged(WORKER, AdviceGiven(words=""))),
    "an empty note": ("field-empty", lambda: taking(NoteAdded(words="\n"))),
    "an acknowledgement that does not say how": ("field-empty", lambda: taking(AcknowledgementSent(how=""))),
    "an operator who tells the referrer what a social worker has yet to decide": (
        "not-decided",
        lambda: taking(AcknowledgementSent(how="By e-mail.", decided=True)),
    ),
    "a spreadsheet": ("document-type", lambda: taking(but(PAPER, media_type="text/csv"))),
    "a document of nothing": ("document-size", lambda: taking(but(PAPER, size=0))),
    "a document of a gigabyte": ("document-size", lambda: taking(but(PAPER, size=2**30))),
    "a tool that the hub does not use": (
        "tool-not-in-use",
        lambda: taking(but(DASH, tool="dash-1999"), cohort="abuse"),
    ),
    "an answer to a question that the tool does not ask": (
        "unknown-question",
        lambda: taking(but(DASH, answers={"99": ToolAnswer.YES}), cohort="abuse"),
    ),
    "judgement that rests on nothing": (
        "judgement-why",
        lambda: taking(but(DASH, judgement=True), cohort="abuse"),
    ),
    "a MARAC that has not met": (
        "from-the-future",
        lambda: taking(but(DASH, last_marac_on=date(2027, 1, 1)), cohort="abuse"),
    ),
    "a duplicate of itself": ("duplicate-of-itself", lambda: taking(but(DUPLICATE, of="referral:0"))),
    "a duplicate without a reason": ("field-empty", lambda: taking(but(DUPLICATE, reason=""))),
    "a contact passed to nobody": ("field-empty", lambda: taking(but(PASSED, worker=""))),
    "an operator who calls a child in need a duplicate": (
        "not-overseen",
        lambda: leaving(DUPLICATE, at(Stage.TRIAGED)),
    ),
    "an operator who passes on what matches history": (
        "not-overseen",
        lambda: leaving(PASSED, found_before()),
    ),
    "an operator who calls a duplicate what is to be admitted": (
        "not-decided",
        lambda: leaving(DUPLICATE, at(Stage.OVERSEEN)),
    ),
    "ownership that moves to where it is": (
        "owner-same",
        lambda: at(Stage.RATED).judged(CONSULTANT, OwnershipTransferred(to="scc-children", reason="Moved.")),
    ),
    "a child given to the police": (
        "owner-wrong",
        lambda: at(Stage.RATED).judged(CONSULTANT, OwnershipTransferred(to="police", reason="Moved.")),
    ),
    "a child given to an authority that has left the hub": (
        "agency-not-member",
        lambda: at(Stage.RATED).judged(CONSULTANT, OwnershipTransferred(to="sot-children", reason="Moved.")),
    ),
}


@pytest.mark.parametrize("sentence", REFUSED)
def test_refused(sentence: str) -> None:
    code, judged = REFUSED[sentence]
    verdict = judged()
    assert verdict.code == code, verdict.sentence
    assert verdict.answer == "no"
    assert verdict.sentence.endswith(".")


TAKEN: Taken = {
    "a first contact": lambda: opening(area="E07000193"),
    "a repeat linked to the referral before it": lambda: opening(previous="referral:9"),
    "a child of nobody knows where": lambda: opening(local_authority=""),
    "a correction": lambda: taking(CORRECTION),
    "an incident of today": lambda: taking(but(CONCERN, incident_on=PartialDate(2026, 11, 12))),
    "an unborn child": lambda: taking(but(STORY, birth=PartialDate(2027, 2, 14, expected=True))),
    "a child with both numbers": lambda: taking(but(STORY, nhs_number="9434765919", upn="H801200001001")),
    "an address and its households": lambda: taking(
        AddressRecorded(address="a", subjects=("mia", "joanne"), line="14 Mill Lane")
    ),
    "a safe number": lambda: taking(
        ContactDetailRecorded(detail="d", subject="joanne", medium="phone", value="01785 100200", safe=True)
    ),
    "not telling, with its reason": lambda: taking(
        but(UNTOLD, not_told_reason=NotToldReason.RAISES_RISK, not_told_text="He reads her post.")
    ),
    "an adult's refusal, before anybody overrides it": lambda: taking(
        AdultRecorded(subject="joanne", consent=False)
    ),
    "a tool in use": lambda: taking(
        but(DASH, judgement=True, judgement_reason="He has found her.", last_marac_on=date(2026, 3, 1)),
        cohort="abuse",
    ),
    "a document": lambda: taking(PAPER),
    "an early duplicate": lambda: taking(DUPLICATE),
    "a contact for the allocated worker": lambda: taking(PASSED),
    "a duplicate that the consultant sees in a child in need": lambda: at(Stage.TRIAGED).judged(
        CONSULTANT, DUPLICATE
    ),
    "a duplicate of what needed no decision": lambda: leaving(
        DUPLICATE, at(Stage.CONTACT).triaged("early_help", "early-help-gateway")
    ),
    "a decision told by the social worker who made it": lambda: at(Stage.TRIAGED).judged(
        WORKER, AcknowledgementSent(how="By telephone.", decided=True)
    ),
    "a decision told by an operator once it is made": lambda: at(Stage.OVERSEEN).judged(
        OPERATOR, AcknowledgementSent(how="By telephone.", decided=True)
    ),
    "an operator of the police who says what is decided about an adult victim": lambda: (
        Abuse().taken().judged(SUPERVISOR, AcknowledgementSent(how="By telephone.", decided=True))
    ),
}


@pytest.mark.parametrize("sentence", TAKEN)
def test_taken(sentence: str) -> None:
    verdict = TAKEN[sentence]()
    assert verdict, (verdict.code, verdict.sentence)


def test_ownership_moves_to_the_other_authority_while_both_are_members() -> None:
    owning = tuple(but(one, until=None) for one in staffordshire().owning)
    agencies = tuple(but(one, until=None) for one in staffordshire().agencies)
    story = Story(config=but(staffordshire(), owning=owning, agencies=agencies)).taken()
    story.tell(CONSULTANT, OwnershipTransferred(to="sot-children", reason="The family moved to Stoke."))
    assert story.referral.owner == "sot-children"
    assert story.referral.local_authority == "E10000028"
    refused = story.judged(CONSULTANT, NoteAdded(words="Further to this."))
    assert refused, "who took the contact keeps it until it is admitted"


def test_a_tool_is_in_use_on_the_days_that_the_hub_says() -> None:
    config = but(
        staffordshire(),
        question_sets=(QuestionSetChoice(question_set="dash-2009", until=date(2026, 11, 12)),),
    )
    story = Abuse(config=config)
    story.taken()
    assert story.judged(SUPERVISOR, DASH)
    story.now = datetime(2026, 11, 13, 0, 30, tzinfo=UTC)
    assert story.judged(SUPERVISOR, DASH).code == "tool-not-in-use"


def test_the_day_is_the_hubs_own_in_summer_too() -> None:
    """Half past midnight of the 2nd in Stafford is still the 1st in UTC."""
    config = but(
        staffordshire(), question_sets=(QuestionSetChoice(question_set="dash-2009", since=date(2027, 6, 2)),)
    )
    story = Abuse(config=config)
    story.taken()
    story.now = datetime(2027, 6, 1, 23, 30, tzinfo=UTC)
    assert story.judged(SUPERVISOR, DASH)


def test_a_later_triage_does_not_take_a_contact_out_of_qualified_hands() -> None:
    story = at(Stage.TRIAGED)
    story.tell(OPERATOR, triaging("early_help", "early-help-gateway"))
    assert story.judged(OPERATOR, DUPLICATE).code == "not-overseen"
    story = at(Stage.CONTACT).triaged("early_help", "early-help-gateway")
    story.tell(CONSULTANT, overseeing("reroute", "early_help", route="family-hub"))
    story.tell(OTHER_OPERATOR, triaging("advice", "advice"))
    assert story.judged(OTHER_OPERATOR, DUPLICATE).code == "not-overseen"
