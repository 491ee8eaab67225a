"""What is refused after the decision, and of what may come at any time: hand-over, escalation, withdrawal."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mash_desktop.domain.acts import Author
from mash_desktop.domain.clocks import handover_due
from mash_desktop.domain.codes import EscalationStage
from mash_desktop.domain.entries import Body, Unread
from mash_desktop.domain.entries.body import decode
from mash_desktop.domain.entries.contact import (
    ContactPassed,
    DuplicateNamed,
    HistorySearched,
    NoteAdded,
    SubjectRecorded,
)
from mash_desktop.domain.entries.decision import (
    DecisionAmended,
    DecisionDrafted,
    DecisionSigned,
    SubjectDecision,
)
from mash_desktop.domain.entries.outcome import (
    AgenciesTold,
    EntryWithdrawn,
    EscalationRaised,
    EscalationResolved,
    FeedbackGiven,
    FirstActionRecorded,
    HandoverAcknowledged,
    HandoverMade,
    OutcomeAccepted,
    OutcomeReturned,
    OutcomeSent,
    ReferralClosed,
    SummaryMade,
)
from mash_desktop.domain.fold import Stage, fold
from mash_desktop.domain.fold.handover import handovers
from mash_desktop.domain.fold.levels import to_send
from mash_desktop.domain.verdict import Verdict

from .refusing import Cases, Taken, but
from .stories import (
    GOVERNANCE,
    OTHER_OPERATOR,
    OUT_OF_HOURS,
    at,
    overseeing,
    siblings,
    stage_of,
    triaging,
)
from .story import (
    CONSULTANT,
    EARLY_HELP,
    FACILITATOR,
    GATEWAY,
    MANAGER,
    OPERATOR,
    POLICE,
    START,
    Story,
)

SENT = OutcomeSent(agency="scc-children", team="social-work-gateway")
EARLY = OutcomeSent(agency="scc-children", team="early-help-gateway")
MIA = but(SENT, subjects=("mia",))
TYLER = but(EARLY, subjects=("tyler",))
TOLD = FeedbackGiven(how="Telephoned Mrs Marsh.")
CLOSED = ReferralClosed(reason="Advice was enough.")
HANDED = HandoverMade(handover="h1", team="emergency-duty", words="See Mia before ten tonight.")
ESCALATED = EscalationRaised(
    escalation="e1",
    stage=EscalationStage.PRACTITIONERS,
    parties=("police", "scc-children"),
    words="Police hold that Tyler is at risk too.",
    interim_safety="He stays at his aunt's tonight.",
)
DONE = FirstActionRecorded(words="Visited.", done_at=START)


def routed(level: str = "early_help", route: str = "early-help-gateway", found: int = 0) -> Story:
    story = at(Stage.CONTACT)
    story.tell(OPERATOR, HistorySearched(found=found))
    return story.triaged(level, route)


def rerouted(route: str = "early-help-gateway") -> Story:
    story = at(Stage.TRIAGED)
    story.tell(CONSULTANT, overseeing("reroute", "early_help", route=route))
    return story


def decided(level: str) -> Story:
    """Both children signed off at one level."""
    story = at(Stage.TABLE)
    evidence = next(entry.id for entry in story.entries if entry.kind == "contribution.released")
    story.tell(
        FACILITATOR,
        DecisionDrafted(
            subjects=tuple(SubjectDecision(one, level, "As agreed.", "As told.") for one in ("mia", "tyler"))
        ),
        relies_on=(evidence,),
    )
    waiting = story.referral.draft
    assert waiting is not None
    story.tell(CONSULTANT, DecisionSigned(draft=waiting.id, commitment=waiting.commitment))
    story.tell(CONSULTANT, TOLD)
    return story


def noted() -> tuple[Story, str]:
    story = at(Stage.CONTACT)
    (note,) = story.tell(OPERATOR, NoteAdded(words="Another family's."))
    return story, note


def searched() -> Verdict:
    story = at(Stage.CONTACT)
    (found,) = story.tell(OPERATOR, HistorySearched(found=2))
    return story.judged(OPERATOR, EntryWithdrawn(entry=found, reason="Not them."))


def withdrawn_twice() -> Verdict:
    story, note = noted()
    (withdrawal,) = story.tell(CONSULTANT, EntryWithdrawn(entry=note, reason="Another family's."))
    return story.judged(CONSULTANT, EntryWithdrawn(entry=withdrawal, reason="It was ours."))


def withdrawn_by_another() -> Verdict:
    story = at(Stage.CONTACT)
    (note,) = story.tell(CONSULTANT, NoteAdded(words="Ask who collects her."))
    return story.judged(OPERATOR, EntryWithdrawn(entry=note, reason="Not needed."))


def withdrawn_too_late() -> Verdict:
    story = at(Stage.TRIAGED)
    told = story.referral.all(SubjectRecorded)[0]
    return story.judged(OPERATOR, EntryWithdrawn(entry=told.id, reason="Mistyped."))


def withdrawn_as_typed() -> Verdict:
    story, note = noted()
    return story.judged(OPERATOR, EntryWithdrawn(entry=note, reason="Mistyped."))


def accepted(*bodies: Body, author: Author = GATEWAY) -> Verdict:
    return at(Stage.ACCEPTED).judged(author, *bodies)


def half_accepted() -> tuple[Story, str, str]:
    """Mia's team has accepted her, Tyler's has yet to answer."""
    story, mia, tyler = siblings()
    story.tell(GATEWAY, OutcomeAccepted(sent=mia))
    return story, mia, tyler


def half_returned() -> Story:
    story, _, tyler = half_accepted()
    story.tell(EARLY_HELP, OutcomeReturned(sent=tyler, reason="He needs a social worker too."))
    return story


REFUSED: Cases = {
    "sending to a team that the hub does not have": (
        "unknown-team",
        lambda: at(Stage.SIGNED).judged(FACILITATOR, but(SENT, team="night-shift")),
    ),
    "sending to a team that receives nothing": (
        "team-not-receiving",
        lambda: at(Stage.SIGNED).judged(FACILITATOR, but(SENT, team="scas")),
    ),
    "sending a child in need on before a qualified decision": (
        "not-overseen",
        lambda: at(Stage.TRIAGED).judged(OPERATOR, SENT),
    ),
    "sending early help on where history matches": (
        "not-overseen",
        lambda: routed(found=1).judged(OPERATOR, EARLY),
    ),
    "sending on what is to be admitted": ("not-decided", lambda: at(Stage.OVERSEEN).judged(OPERATOR, SENT)),
    "sending to another team than the route's": (
        "team-not-of-route",
        lambda: routed().judged(OPERATOR, SENT),
    ),
    "sending to a team what was only advice": (
        "team-not-of-route",
        lambda: routed("advice", "advice").judged(OPERATOR, SENT),
    ),
    "sending a child who is with a team already": (
        "with-a-team",
        lambda: siblings()[0].judged(FACILITATOR, but(TYLER, team="tamworth")),
    ),
    "sending everybody while one child is with a team": (
        "with-a-team",
        lambda: half_returned().judged(FACILITATOR, SENT),
    ),
    "sending on once more what everybody went with": (
        "with-a-team",
        lambda: at(Stage.OUTCOME).judged(FACILITATOR, TYLER),
    ),
    "naming a child twice": (
        "subject-twice",
        lambda: at(Stage.SIGNED).judged(FACILITATOR, but(MIA, subjects=("mia", "mia"))),
    ),
    "sending somebody about whom nothing was decided": (
        "subject-undecided",
        lambda: at(Stage.SIGNED).judged(FACILITATOR, but(MIA, subjects=("mia", "joanne"))),
    ),
    "sending one of two siblings on a route of triage": (
        "route-whole",
        lambda: routed().judged(OPERATOR, TYLER),
    ),
    "accepting the sibling who went to another team": (
        "team-of-another",
        lambda: siblings()[0].judged(GATEWAY, OutcomeAccepted(sent=siblings()[2])),
    ),
    "accepting what nobody sent": (
        "not-sent",
        lambda: siblings()[0].judged(GATEWAY, OutcomeAccepted(sent="nothing")),
    ),
    "accepting twice": (
        "answered-already",
        lambda: half_accepted()[0].judged(GATEWAY, OutcomeAccepted(sent=half_accepted()[1])),
    ),
    "returning what was accepted": (
        "answered-already",
        lambda: half_accepted()[0].judged(
            GATEWAY, OutcomeReturned(sent=half_accepted()[1], reason="Not ours.")
        ),
    ),
    "a first action by the team that has not accepted": (
        "not-accepted",
        lambda: half_accepted()[0].judged(EARLY_HELP, but(DONE, sent=half_accepted()[2])),
    ),
    "a first action for the sibling of another team": (
        "team-of-another",
        lambda: half_accepted()[0].judged(EARLY_HELP, but(DONE, sent=half_accepted()[1])),
    ),
    "closing while the other sibling is not accepted": (
        "not-accepted",
        lambda: half_accepted()[0].judged(CONSULTANT, CLOSED),
    ),
    "closing while the other sibling was returned": (
        "not-accepted",
        lambda: half_returned().judged(GATEWAY, CLOSED),
    ),
    "closing while the other sibling was never sent": (
        "not-sent",
        lambda: one_of_two().judged(GATEWAY, CLOSED),
    ),
    "accepting what was sent to another team": (
        "team-of-another",
        lambda: at(Stage.OUTCOME).judged(but(GATEWAY, team="family-hub"), OutcomeAccepted()),
    ),
    "returning what was sent to another team": (
        "team-of-another",
        lambda: at(Stage.OUTCOME).judged(
            but(GATEWAY, team="family-hub"), OutcomeReturned(reason="Not ours.")
        ),
    ),
    "returning without a reason": (
        "field-empty",
        lambda: at(Stage.OUTCOME).judged(GATEWAY, OutcomeReturned(reason="")),
    ),
    "a first action of tomorrow": (
        "from-the-future",
        lambda: accepted(but(DONE, done_at=START + timedelta(days=1))),
    ),
    "a first action without words": ("field-empty", lambda: accepted(but(DONE, words=""))),
    "feedback that neither tells nor says why not": (
        "field-empty",
        lambda: accepted(FeedbackGiven(), author=CONSULTANT),
    ),
    "telling no agency": ("nobody-named", lambda: accepted(AgenciesTold(agencies=()), author=CONSULTANT)),
    "telling a stranger": (
        "unknown-agency",
        lambda: accepted(AgenciesTold(agencies=("the-press",)), author=CONSULTANT),
    ),
    "closing a child in need without a qualified decision": (
        "not-overseen",
        lambda: at(Stage.TRIAGED).judged(OPERATOR, TOLD, CLOSED),
    ),
    "closing what is to be admitted": (
        "not-decided",
        lambda: at(Stage.OVERSEEN).judged(OPERATOR, TOLD, CLOSED),
    ),
    "closing before the receiving team has accepted": (
        "not-accepted",
        lambda: at(Stage.OUTCOME).judged(CONSULTANT, TOLD, CLOSED),
    ),
    "closing at a threshold without any receiving team": (
        "not-sent",
        lambda: at(Stage.SIGNED).judged(CONSULTANT, TOLD, CLOSED),
    ),
    "closing before the referrer is told": ("referrer-not-told", lambda: accepted(CLOSED)),
    "closing over a disagreement": (
        "escalation-open",
        lambda: accepted(ESCALATED, TOLD, CLOSED, author=CONSULTANT),
    ),
    "closing without a reason": (
        "field-empty",
        lambda: decided("advice").judged(CONSULTANT, but(CLOSED, reason="")),
    ),
    "handing over to the day team": (
        "team-not-out-of-hours",
        lambda: at(Stage.RATED).judged(MANAGER, but(HANDED, team="social-work-gateway")),
    ),
    "handing over without saying what is left": (
        "field-empty",
        lambda: at(Stage.RATED).judged(MANAGER, but(HANDED, words="")),
    ),
    "acknowledging what nobody handed over": (
        "handover-unknown",
        lambda: at(Stage.RATED).judged(OUT_OF_HOURS, HandoverAcknowledged(handover="h9")),
    ),
    "an escalation between nobody": (
        "nobody-named",
        lambda: at(Stage.RATED).judged(MANAGER, but(ESCALATED, parties=())),
    ),
    "an escalation with a stranger": (
        "unknown-agency",
        lambda: at(Stage.RATED).judged(MANAGER, but(ESCALATED, parties=("the-press",))),
    ),
    "an escalation that leaves people unsafe meanwhile": (
        "field-empty",
        lambda: at(Stage.RATED).judged(MANAGER, but(ESCALATED, interim_safety="")),
    ),
    "resolving what nobody raised": (
        "escalation-unknown",
        lambda: at(Stage.RATED).judged(MANAGER, EscalationResolved(escalation="e9", result="Agreed.")),
    ),
    "a resolution without a result": (
        "field-empty",
        lambda: at(Stage.RATED).judged(MANAGER, ESCALATED, EscalationResolved(escalation="e1", result="")),
    ),
    "withdrawing what was never told": (
        "entry-unknown",
        lambda: at(Stage.CONTACT).judged(CONSULTANT, EntryWithdrawn(entry="nothing", reason="Misfiled.")),
    ),
    "withdrawing a link of a chain": (
        "chain-entry",
        lambda: at(Stage.SIGNED).judged(
            CONSULTANT, EntryWithdrawn(entry=at(Stage.SIGNED).entries[-1].id, reason="Wrong.")
        ),
    ),
    "an operator withdrawing what another wrote": ("entry-of-another", withdrawn_by_another),
    "an operator withdrawing what has left the desk": ("not-permitted", withdrawn_too_late),
    "withdrawing a withdrawal": ("withdrawal-stands", withdrawn_twice),
    "withdrawing that history was searched and found": ("withdrawal-stands", lambda: searched()),
    "withdrawing what a colleague wrote": (
        "entry-of-another",
        lambda: noted()[0].judged(OTHER_OPERATOR, EntryWithdrawn(entry=noted()[1], reason="Wrong.")),
    ),
    "withdrawing without a reason": (
        "field-empty",
        lambda: noted()[0].judged(CONSULTANT, EntryWithdrawn(entry=noted()[1], reason="")),
    ),
}


@pytest.mark.parametrize("sentence", REFUSED)
def test_refused(sentence: str) -> None:
    code, judged = REFUSED[sentence]
    verdict = judged()
    assert verdict.code == code, verdict.sentence
    assert verdict.answer == "no"


TAKEN: Taken = {
    "siblings to two teams in one act": lambda: at(Stage.SIGNED).judged(FACILITATOR, MIA, TYLER),
    "one sibling first and the other once the first is accepted": lambda: one_of_two().judged(
        FACILITATOR, TYLER
    ),
    "a first action while the sibling’s team has yet to answer": lambda: half_accepted()[0].judged(
        GATEWAY, but(DONE, sent=half_accepted()[1])
    ),
    "the returned sibling to another team": lambda: half_returned().judged(
        FACILITATOR, but(TYLER, team="tamworth")
    ),
    "closing with one sibling accepted and the other below every threshold": lambda: stepped_down().judged(
        GATEWAY, CLOSED
    ),
    "an operator taking back what they wrote while it is a contact": withdrawn_as_typed,
    "early help sent on by the operator who routed it": lambda: routed().judged(OPERATOR, EARLY),
    "a child in need sent on once a consultant has chosen the route": lambda: rerouted().judged(
        OPERATOR, EARLY
    ),
    "acceptance by somebody of no team": lambda: at(Stage.OUTCOME).judged(
        but(GATEWAY, team=None), OutcomeAccepted()
    ),
    "a return with a reason": lambda: at(Stage.OUTCOME).judged(GATEWAY, OutcomeReturned(reason="Not ours.")),
    "a first action": lambda: accepted(DONE),
    "agencies told that work with the family": lambda: accepted(
        AgenciesTold(agencies=("education", "mpft")), author=CONSULTANT
    ),
    "feedback that is not given, with the reason": lambda: accepted(
        FeedbackGiven(not_given="She asked not to be rung."), author=CONSULTANT
    ),
    "advice given and closed by the operator": lambda: routed("advice", "advice").judged(
        OPERATOR, TOLD, CLOSED
    ),
    "closing below every threshold": lambda: decided("early_help").judged(CONSULTANT, CLOSED),
    "closing by the receiving team": lambda: told().judged(GATEWAY, CLOSED),
    "a hand-over, and that the night team has it": lambda: handed_over().judged(
        OUT_OF_HOURS, HandoverAcknowledged(handover="h1")
    ),
    "a direct line left to the night by its operator": lambda: (
        at(Stage.CONTACT).triaged("child_protection", "direct-line").judged(OPERATOR, HANDED)
    ),
    "an escalation and its end": lambda: at(Stage.TABLE).judged(
        POLICE, ESCALATED, EscalationResolved(escalation="e1", result="Agreed at stage 1.")
    ),
    "a summary printed after closing": lambda: at(Stage.CLOSED).judged(
        CONSULTANT, SummaryMade(profile="full", digest="aa")
    ),
    "a misfiled note withdrawn": lambda: noted()[0].judged(
        CONSULTANT, EntryWithdrawn(entry=noted()[1], reason="Another family's.")
    ),
}


def one_of_two() -> Story:
    story = at(Stage.SIGNED)
    story.tell(CONSULTANT, TOLD)
    story.tell(FACILITATOR, MIA)
    story.tell(GATEWAY, OutcomeAccepted())
    return story


def stepped_down() -> Story:
    story = one_of_two()
    advice = SubjectDecision("tyler", "advice", "Advice to his mother.", "No harm to him was found.")
    story.tell(CONSULTANT, DecisionAmended(subjects=(advice,), reason="He was at his aunt's."))
    return story


def told() -> Story:
    story = at(Stage.ACCEPTED)
    story.tell(CONSULTANT, TOLD)
    return story


def handed_over() -> Story:
    story = at(Stage.RATED)
    story.tell(MANAGER, HANDED)
    return story


@pytest.mark.parametrize("sentence", TAKEN)
def test_taken(sentence: str) -> None:
    verdict = TAKEN[sentence]()
    assert verdict, (verdict.code, verdict.sentence)


def test_a_referral_is_never_opened_again() -> None:
    story = at(Stage.CLOSED)
    for author, body in (
        (OPERATOR, at(Stage.CONTACT).entries[0].body),
        (OPERATOR, triaging("child_in_need", "social-work-gateway")),
        (CONSULTANT, overseeing("admit")),
        (GATEWAY, OutcomeAccepted()),
        (CONSULTANT, NoteAdded(words="One more thing.")),
    ):
        assert story.judged(author, body).code == "not-permitted"


@pytest.mark.parametrize(
    "body", [DuplicateNamed(of="referral:9", reason="Twice."), ContactPassed(worker="Dan", reason="His.")]
)
def test_a_duplicate_and_a_contact_passed_on_are_closed(body: Body) -> None:
    story = at(Stage.CONTACT)
    story.tell(OPERATOR, body)
    assert stage_of(story) is Stage.CLOSED
    assert story.judged(OPERATOR, NoteAdded(words="One more thing.")).code == "not-permitted"


def test_what_a_team_returned_goes_back_to_who_sent_it_and_out_again() -> None:
    story = at(Stage.OUTCOME)
    story.tell(GATEWAY, OutcomeReturned(reason="Out of our area."))
    assert stage_of(story) is Stage.SIGNED
    assert story.judged(CONSULTANT, TOLD, CLOSED).code == "not-accepted"
    story.tell(FACILITATOR, but(SENT, team="cannock-chase"))
    story.tell(but(GATEWAY, team="cannock-chase"), OutcomeAccepted())
    assert stage_of(story) is Stage.ACCEPTED
    early = routed()
    early.tell(OPERATOR, EARLY)
    early.tell(but(GATEWAY, team="early-help-gateway"), OutcomeReturned(reason="Needs a social worker."))
    assert stage_of(early) is Stage.TRIAGED


def test_siblings_go_their_own_ways_and_close_together() -> None:
    story, mia, tyler = siblings()
    assert stage_of(story) is Stage.OUTCOME
    story.tell(GATEWAY, OutcomeAccepted(sent=mia))
    assert stage_of(story) is Stage.OUTCOME, "the other team has yet to answer"
    story.tell(GATEWAY, but(DONE, sent=mia))
    story.tell(EARLY_HELP, OutcomeReturned(sent=tyler, reason="He needs a social worker too."))
    assert stage_of(story) is Stage.ACCEPTED, "a return undoes nobody else's acceptance"
    assert to_send(story.referral) == ("tyler",)
    (with_team,) = story.referral.with_team.items()
    assert (with_team[0], with_team[1].team) == ("mia", "social-work-gateway")
    (again,) = story.tell(FACILITATOR, but(TYLER, team="tamworth"))
    tamworth = but(EARLY_HELP, team="tamworth")
    story.tell(tamworth, OutcomeAccepted(sent=again))
    assert story.referral.sendings[again].acted_at is None
    story.tell(tamworth, but(DONE, sent=again, done_at=story.now))
    assert [one.acted_at for one in story.referral.sent] == [START, story.now - timedelta(minutes=1)]
    assert stage_of(story) is Stage.ACCEPTED
    story.tell(tamworth, CLOSED)
    assert stage_of(story) is Stage.CLOSED


def test_what_names_no_sending_answers_the_last_one_before_it() -> None:
    """As every entry did before siblings could part."""
    story = at(Stage.OUTCOME)
    story.tell(GATEWAY, OutcomeReturned(reason="Out of our area."))
    (again,) = story.tell(FACILITATOR, but(SENT, team="cannock-chase"))
    cannock = but(GATEWAY, team="cannock-chase")
    assert story.judged(cannock, DONE).code == "not-accepted"
    story.tell(cannock, OutcomeAccepted())
    story.tell(cannock, DONE)
    first, second = story.referral.sendings.values()
    assert first.returned is not None
    assert (second.id, second.subjects, second.acted_at) == (again, ("mia", "tyler"), START)
    assert story.judged(cannock, OutcomeAccepted()).code == "not-permitted"


def test_a_part_that_lacks_what_was_sent_elsewhere_does_not_call_the_referral_accepted() -> None:
    story, mia, tyler = half_accepted()
    assert stage_of(story) is Stage.OUTCOME
    part = fold([one for one in story.entries if one.id != tyler], story.timeline)
    assert (part.stage, set(part.with_team)) == (Stage.OUTCOME, {"mia"})
    without = fold([one for one in story.entries if one.id != mia], story.timeline)
    assert (without.stage, list(without.sendings)) == (Stage.OUTCOME, [tyler])


def test_older_entries_are_read_as_what_they_said() -> None:
    for kind, raw, body in (
        ("outcome.sent", b'{"agency":"scc-children","team":"social-work-gateway"}', SENT),
        ("outcome.accepted", b"{}", OutcomeAccepted()),
        ("outcome.returned", b'{"reason":"Not ours."}', OutcomeReturned(reason="Not ours.")),
        ("first_action.recorded", b'{"words":"Visited.","done_at":"2026-11-12T13:58:00Z"}', DONE),
    ):
        assert decode(kind, 1, raw) == body
        assert decode(kind, 3, raw) == Unread(why="newer")


def test_a_hand_over_rings_until_the_night_team_has_it() -> None:
    story = handed_over()
    (left,) = handovers(story.referral).values()
    assert handover_due(story.referral, left) == left.made.made_at + timedelta(hours=1)
    story.tell(OUT_OF_HOURS, HandoverAcknowledged(handover="h1"))
    (taken,) = handovers(story.referral).values()
    assert handover_due(story.referral, taken) is None


def test_governance_withdraws_what_is_misfiled_at_any_stage_and_does_nothing_else() -> None:
    story, note = noted()
    assert story.judged(GOVERNANCE, EntryWithdrawn(entry=note, reason="Another family's."))
    assert story.judged(GOVERNANCE, NoteAdded(words="Seen.")).code == "not-permitted"


def test_the_referrer_of_an_anonymous_call_need_not_be_told() -> None:
    story = at(Stage.NONE)
    opened = at(Stage.CONTACT).entries
    story.tell(OPERATOR, opened[0].body)
    story.tell(OPERATOR, but(opened[1].body, name="", anonymous=True), *(entry.body for entry in opened[2:]))
    story.triaged("advice", "advice")
    assert story.judged(OPERATOR, CLOSED)
