"""What two officers may decide about keeping a record, told as sentences."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import msgspec
import pytest

from mash_desktop.domain.acts import Author, Draft, compose, entries_of, read
from mash_desktop.domain.codes import Marker, RetentionAction, RetentionTrigger
from mash_desktop.domain.configuration import RetentionRow
from mash_desktop.domain.entries import Body, Made
from mash_desktop.domain.entries.contact import AddressRecorded, ContactOpened, NoteAdded
from mash_desktop.domain.entries.identity import IdentityNotSame, IdentityUnlinked, MarkerCleared, MarkerSet
from mash_desktop.domain.entries.keeping import (
    DisposalAgreed,
    DisposalDeclined,
    DisposalProposed,
    HoldLifted,
    HoldSet,
)
from mash_desktop.domain.entries.outcome import EntryWithdrawn
from mash_desktop.domain.fold import Stage, fold_keeping
from mash_desktop.domain.fold.keeping import keeping_of
from mash_desktop.domain.retention import Due
from mash_desktop.domain.roles import Role
from mash_desktop.domain.rules.keeping import Target, judge_keeping
from mash_desktop.domain.verdict import Verdict

from .stories import GOVERNANCE, at
from .story import KEY, OPERATOR, START

OTHER = Author("hal", "police", Role.INFORMATION_GOVERNANCE, KEY.key_id)
TODAY = date(2034, 1, 1)
ROW = RetentionRow(
    record="referral",
    label="Referral",
    trigger=RetentionTrigger.REFERRAL_CLOSED,
    action=RetentionAction.DISPOSE,
    years=6,
)
STORY = at(Stage.CONTACT)
STORY.tell(OPERATOR, NoteAdded(words="A word too many."))
TARGET = STORY.stream
NOTE = STORY.entries[-1].id
OPENED = next(entry.id for entry in STORY.entries if isinstance(entry.body, ContactOpened))
WHY = "It was about the wrong house."


class Decisions:
    """What has been decided about one record, and what the rules say of the next word."""

    def __init__(self, due: Due | None = None, *, whole: bool = True, bound: bool = False) -> None:
        self.entries: list[Made[Body]] = []
        self.target = Target(tuple(STORY.entries), due, TODAY, bound=bound) if whole else None

    def made(self, author: Author, body: Body, stream: str = keeping_of(TARGET)) -> Made[Body]:
        parcel = compose("staffordshire", author, [Draft(stream, body)], KEY, START)
        act = read(parcel.signed)
        place = {act.entries[0].id: len(self.entries) + 1}
        return entries_of(act, {one.entry: one for one in parcel.bodies}, positions=place)[0]

    def judged(self, author: Author, body: Body, **where: str) -> Verdict:
        entry = self.made(author, body, **where)
        return judge_keeping(author, entry, fold_keeping(self.entries), self.target)

    def tell(self, author: Author, body: Body) -> str:
        verdict = self.judged(author, body)
        assert verdict, verdict.sentence
        self.entries.append(self.made(author, body))
        return self.entries[-1].id


def proposed(**told: str) -> DisposalProposed:
    return DisposalProposed(**({"target": TARGET, "reason": WHY} | told))


def agreeing(decisions: Decisions, by: Author = OTHER, **told: str) -> Verdict:
    proposal = decisions.tell(GOVERNANCE, proposed())
    return decisions.judged(by, DisposalAgreed(**({"target": TARGET, "proposal": proposal} | told)))


def gone() -> Decisions:
    decisions = Decisions()
    proposal = decisions.tell(GOVERNANCE, proposed())
    decisions.tell(OTHER, DisposalAgreed(target=TARGET, proposal=proposal))
    return decisions


def held() -> tuple[Decisions, str]:
    decisions = Decisions()
    return decisions, decisions.tell(GOVERNANCE, HoldSet(target=TARGET, reason="An inquest."))


def again() -> Verdict:
    decisions = Decisions()
    decisions.tell(GOVERNANCE, proposed())
    return decisions.judged(OTHER, proposed())


def declining(reason: str) -> Verdict:
    decisions = Decisions()
    proposal = decisions.tell(GOVERNANCE, proposed())
    return decisions.judged(OTHER, DisposalDeclined(target=TARGET, proposal=proposal, reason=reason))


def due(on: date, record: str = "referral") -> Verdict:
    return Decisions(Due(ROW, on)).judged(GOVERNANCE, DisposalProposed(target=TARGET, record=record))


def nothing_there() -> Verdict:
    decisions = Decisions()
    decisions.target = Target((), None, TODAY)
    return decisions.judged(GOVERNANCE, proposed())


def on_a_day_going_on(**more: str) -> Verdict:
    decisions = Decisions()
    decisions.target = Target(tuple(STORY.entries), None, TODAY, going_on=True)
    return decisions.judged(GOVERNANCE, proposed(**more))


Cases = dict[str, tuple[str, Callable[[], Verdict]]]

REFUSED: Cases = {
    "deciding in another record's stream": (
        "stream-wrong",
        lambda: Decisions().judged(GOVERNANCE, proposed(), stream=keeping_of("access:2020-01-01")),
    ),
    "a note in the place of a decision": (
        "stream-wrong",
        lambda: Decisions().judged(GOVERNANCE, NoteAdded(words="Keep it.")),
    ),
    "a record that is not there": ("target-unknown", nothing_there),
    "what hides an address going alone": (
        "protects",
        lambda: one_entry(address(suppressed=True), address()),
    ),
    "proposing outside the schedule without a reason": (
        "field-empty",
        lambda: Decisions().judged(GOVERNANCE, proposed(reason=" ")),
    ),
    "proposing twice": ("proposed-already", again),
    "proposing what is gone": ("disposed", lambda: gone().judged(GOVERNANCE, proposed())),
    "proposing one entry of what is gone": (
        "disposed",
        lambda: gone().judged(GOVERNANCE, proposed(entry=NOTE)),
    ),
    "proposing under a legal hold": ("on-hold", lambda: held()[0].judged(GOVERNANCE, proposed())),
    "proposing an earlier history that is linked": (
        "still-linked",
        lambda: Decisions(bound=True).judged(GOVERNANCE, proposed()),
    ),
    "proposing a day of accesses that is not over": ("day-going-on", on_a_day_going_on),
    "proposing an entry that is not there": (
        "entry-unknown",
        lambda: Decisions().judged(GOVERNANCE, proposed(entry="another")),
    ),
    "proposing a link of a chain alone": (
        "chain-entry",
        lambda: Decisions().judged(GOVERNANCE, proposed(entry=OPENED)),
    ),
    "proposing one entry under the schedule": (
        "record-whole",
        lambda: Decisions(Due(ROW, TODAY)).judged(GOVERNANCE, proposed(entry=NOTE, record="referral")),
    ),
    "proposing before it is due": ("not-due", lambda: due(date(2034, 1, 2))),
    "proposing under another row of the schedule": ("not-due", lambda: due(TODAY, "contact")),
    "proposing under the schedule what never falls due": (
        "not-due",
        lambda: Decisions().judged(GOVERNANCE, DisposalProposed(target=TARGET, record="referral")),
    ),
    "agreeing to one's own proposal": ("second-person", lambda: agreeing(Decisions(), GOVERNANCE)),
    "agreeing to what nobody proposed": (
        "proposal-unknown",
        lambda: agreeing(Decisions(), proposal="another"),
    ),
    "agreeing to one entry where all was proposed": (
        "proposal-unknown",
        lambda: agreeing(Decisions(), entry=NOTE),
    ),
    "declining what nobody proposed": (
        "proposal-unknown",
        lambda: Decisions().judged(OTHER, DisposalDeclined(target=TARGET, proposal="another", reason="No.")),
    ),
    "declining without a reason": ("field-empty", lambda: declining(" ")),
    "holding without a reason": (
        "field-empty",
        lambda: Decisions().judged(GOVERNANCE, HoldSet(target=TARGET, reason="")),
    ),
    "holding what is gone": (
        "disposed",
        lambda: gone().judged(GOVERNANCE, HoldSet(target=TARGET, reason="An inquest.")),
    ),
    "lifting a hold that is not there": (
        "hold-unknown",
        lambda: Decisions().judged(GOVERNANCE, HoldLifted(target=TARGET, hold="another", reason="Over.")),
    ),
    "lifting a hold without a reason": (
        "field-empty",
        lambda: lifting(""),
    ),
}


def lifting(reason: str) -> Verdict:
    decisions, hold = held()
    return decisions.judged(OTHER, HoldLifted(target=TARGET, hold=hold, reason=reason))


def one_entry(body: Body, *before: Body) -> Verdict:
    """Proposing ``body`` alone, in a record that told ``before`` first."""
    decisions = Decisions()
    made: list[Made[Body]] = []
    for minutes, one in enumerate((*before, body)):
        entry = decisions.made(OPERATOR, one, stream=TARGET)
        made.append(msgspec.structs.replace(entry, made_at=START + timedelta(minutes=minutes)))
    decisions.target = Target((*STORY.entries, *made), None, TODAY)
    return decisions.judged(GOVERNANCE, proposed(entry=made[-1].id))


def address(where: str = "a", *, suppressed: bool = False) -> AddressRecorded:
    return AddressRecorded(address=where, subjects=("s",), line="1 High Street", suppressed=suppressed)


@pytest.mark.parametrize(
    "body",
    [
        EntryWithdrawn(entry=NOTE, reason="Another family's."),
        IdentityUnlinked(referral=TARGET, subject="s", reason="Another person."),
        IdentityNotSame(referral=TARGET, subject="s"),
        MarkerSet(marker=Marker.RESTRICTED, reason="A colleague's child.", readers=("ruth",)),
        MarkerCleared(marker=Marker.RESTRICTED, reason="Over."),
    ],
    ids=lambda body: type(body).__name__,
)
def test_what_takes_back_or_protects_does_not_go_alone(body: Body) -> None:
    assert one_entry(body).code == "protects"


def test_a_suppressed_address_does_not_go_alone_while_an_earlier_word_on_it_would_be_told_again() -> None:
    assert one_entry(address(suppressed=True), address()).code == "protects"
    assert one_entry(address(suppressed=True), address("another"))
    assert one_entry(address(suppressed=True))
    assert one_entry(address(), address(suppressed=True))


@pytest.mark.parametrize("sentence", REFUSED)
def test_refused(sentence: str) -> None:
    code, judged = REFUSED[sentence]
    verdict = judged()
    assert verdict.code == code, verdict.sentence
    assert verdict.answer == "no"


@pytest.mark.parametrize(
    "judged",
    [
        lambda: due(TODAY),
        lambda: Decisions().judged(GOVERNANCE, proposed(entry=NOTE)),
        lambda: Decisions(whole=False).judged(GOVERNANCE, proposed(entry="not held here")),
        lambda: Decisions(whole=False).judged(
            GOVERNANCE, DisposalProposed(target=TARGET, record="the store knows")
        ),
        lambda: agreeing(Decisions()),
        lambda: agreeing(Decisions(whole=False)),
        lambda: declining("It is needed."),
        lambda: lifting("The inquest has ended."),
    ],
    ids=[
        "what is due",
        "one free entry with a reason",
        "one entry as far as a desk can know",
        "under the schedule as far as a desk can know",
        "agreed by another",
        "agreed at a desk",
        "declined with a reason",
        "a hold lifted",
    ],
)
def test_taken(judged: Callable[[], Verdict]) -> None:
    verdict = judged()
    assert verdict, verdict.sentence


def test_after_one_entry_is_gone_another_and_the_whole_may_follow() -> None:
    decisions = Decisions()
    proposal = decisions.tell(GOVERNANCE, proposed(entry=NOTE))
    decisions.tell(OTHER, DisposalAgreed(target=TARGET, proposal=proposal, entry=NOTE))
    assert decisions.judged(GOVERNANCE, proposed(entry=NOTE)).code == "disposed"
    assert decisions.judged(GOVERNANCE, proposed())
    assert decisions.judged(GOVERNANCE, HoldSet(target=TARGET, reason="An inquest."))


def test_what_a_restore_has_disposed_of_again_need_not_be_due_again() -> None:
    decisions = Decisions()
    decisions.target = Target(tuple(STORY.entries), None, TODAY, stub=True)
    assert decisions.judged(GOVERNANCE, DisposalProposed(target=TARGET, record="referral"))


def test_a_proposal_declined_may_be_made_again() -> None:
    decisions = Decisions()
    proposal = decisions.tell(GOVERNANCE, proposed())
    decisions.tell(OTHER, DisposalDeclined(target=TARGET, proposal=proposal, reason="Not yet."))
    assert decisions.judged(GOVERNANCE, proposed())


def test_a_word_of_another_kind_in_the_stream_changes_nothing() -> None:
    decisions = Decisions()
    decisions.entries.append(decisions.made(GOVERNANCE, NoteAdded(words="Not a decision.")))
    assert fold_keeping(decisions.entries) == fold_keeping(())


def test_a_disposal_that_was_declined_is_proposed_no_more_and_may_be_proposed_anew() -> None:
    decisions = Decisions()
    proposal = decisions.tell(GOVERNANCE, proposed())
    decisions.tell(OTHER, DisposalDeclined(target=TARGET, proposal=proposal, reason="A sister asks for it."))
    kept = fold_keeping(decisions.entries)
    assert not kept.proposals
    assert not kept.gone(None)
    assert decisions.judged(GOVERNANCE, proposed())


def test_a_hold_that_was_lifted_holds_nothing_up() -> None:
    decisions, hold = held()
    assert set(fold_keeping(decisions.entries).holds) == {hold}
    decisions.tell(OTHER, HoldLifted(target=TARGET, hold=hold, reason="The inquiry is over."))
    assert not fold_keeping(decisions.entries).holds
    assert decisions.judged(GOVERNANCE, proposed())
