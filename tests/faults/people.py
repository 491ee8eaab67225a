"""What people do at their desktops: whatever the rules let them at that moment."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from uuid6 import uuid7

from mash_desktop.desk import Desk, attention
from mash_desktop.desk.desk import new_id
from mash_desktop.domain.acts import Draft
from mash_desktop.domain.clocks import returns_due
from mash_desktop.domain.codes import (
    AnswerResult,
    Cohort,
    DataKind,
    Rag,
    Voice,
)
from mash_desktop.domain.entries import Body, Made
from mash_desktop.domain.entries.contact import (
    ConcernRecorded,
    ContactPassed,
    DocumentAttached,
    NoteAdded,
    OwnershipTransferred,
    SubjectRecorded,
)
from mash_desktop.domain.entries.decision import DecisionDrafted, DecisionSigned, SubjectDecision
from mash_desktop.domain.entries.gathering import (
    ContributionRecorded,
    ContributionReleased,
    ProceededWithout,
    ReleaseWithdrawn,
    RequestAnswered,
    RequestMade,
    RequestWithdrawn,
)
from mash_desktop.domain.entries.outcome import EntryWithdrawn
from mash_desktop.domain.entries.table import TableOpened
from mash_desktop.domain.entries.triage import (
    ContactTriaged,
    InScope,
    RagRated,
    ReferralAdmitted,
    SubjectLevel,
    TriageOverseen,
)
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.fold.gathering import asked_about, contributions, released, requests
from mash_desktop.domain.lawfulness import prefill
from mash_desktop.domain.roles import DECISION_MAKERS
from tests.faults.hub import Seat, once
from tests.faults.world import Desktop
from tests.support.contacts import opened_now


class Sitting(Protocol):
    """Somebody at a desktop. ``saved`` are their acts so far."""

    seat: Seat
    saved: list[str]

    @property
    def desk(self) -> Desk: ...


LEVELS = (SubjectLevel("mia", "child_in_need"),)
ASKED = ("police", "mpft")


def opens(desktop: Desktop, stream: str) -> None:
    stream = f"referral:{uuid7()}"
    desktop.world.streams.append(stream)
    opens_at(desktop, stream)


def opens_at(desktop: Sitting, stream: str) -> None:
    desktop.desk.act(
        stream,
        opened_now(),
        SubjectRecorded(
            subject="mia", forenames="Mia", surname="Carter", relation="subject", of_concern=True
        ),
        ConcernRecorded(account="a1", words=once("A bruise on her left forearm.")),
    )


def notes(desktop: Sitting, stream: str) -> None:
    desktop.desk.act(stream, NoteAdded(words=once("Rang the school.")))


def corrects(desktop: Sitting, stream: str) -> None:
    desktop.desk.act(stream, ConcernRecorded(account="a1", words=once("She said otherwise.")))


def attaches(desktop: Desktop, stream: str) -> None:
    page = f"%PDF-1.7 {uuid7()}".encode()
    digest = hashlib.sha256(page).hexdigest()
    desktop.cache.put_chunk(digest, page)
    desktop.desk.act(
        stream,
        DocumentAttached(
            document="d1",
            title=once("Chronology"),
            media_type="application/pdf",
            size=len(page),
            digest=digest,
            chunks=(digest,),
        ),
    )


def triages(desktop: Sitting, stream: str) -> None:
    desktop.desk.act(
        stream,
        ContactTriaged(
            route="social-work-gateway",
            levels=LEVELS,
            rationale=once("Second injury this month."),
            history_searched=True,
            immediate_danger=False,
        ),
    )


def passes(desktop: Desktop, stream: str) -> None:
    desktop.desk.act(stream, ContactPassed(worker="Dan Whitmore", reason=once("An open case of Dan's.")))


def admits(desktop: Sitting, stream: str) -> None:
    kinds = (DataKind.ORDINARY, DataKind.SPECIAL_CATEGORY)
    config, today = desktop.desk.config(), datetime.now(UTC).date()
    basis = prefill(config, Cohort.CHILDREN, config.agency("scc-children").kind, kinds, today)
    desktop.desk.act(
        stream,
        TriageOverseen(decision="admit", levels=LEVELS, reason=once("Threshold met.")),
        ReferralAdmitted(
            threshold="child_in_need",
            purpose="To find out whether she is safe.",
            scope=(InScope("mia", "in the household", kinds, basis),),
        ),
    )


def rates(desktop: Sitting, stream: str) -> None:
    rag = (Rag.RED, Rag.AMBER, Rag.GREEN)[len(desktop.saved) % 3]
    desktop.desk.act(stream, RagRated(rag=rag, reason=once(f"As {desktop.seat.person} sees it.")))


def asks(desktop: Desktop, stream: str) -> None:
    referral = desktop.desk.referral(stream)
    asked = asked_about(referral)
    agency = next((one for one in ASKED if one not in asked), ASKED[len(desktop.saved) % 2])
    desktop.desk.act(
        stream,
        RequestMade(
            request=f"r-{uuid7()}",
            agency=agency,
            subjects=("mia",),
            minimum_concern=once("Injury to a child."),
            reference=referral.reference or "",
            cohort=referral.cohort,
            rag=referral.rag,
            due_at=returns_due(referral, desktop.desk.now()),
        ),
    )


def _request(desktop: Desktop, stream: str, *agencies: str) -> str:
    asked = requests(desktop.desk.referral(stream)).values()
    found = [one.id for one in asked if not agencies or one.agency in agencies]
    if not found:
        raise Refusal("none", "Nothing has been asked.")
    return found[len(desktop.saved) % len(found)]


def takes_the_question_back(desktop: Desktop, stream: str) -> None:
    desktop.desk.act(stream, RequestWithdrawn(request=_request(desktop, stream), reason=once("Not needed.")))


def goes_on_without(desktop: Desktop, stream: str) -> None:
    desktop.desk.act(
        stream, ProceededWithout(request=_request(desktop, stream), reason=once("It cannot wait."))
    )


def answers(desktop: Desktop, stream: str) -> None:
    request = _request(desktop, stream, desktop.seat.agency)
    desktop.desk.act(
        stream,
        ContributionRecorded(
            contribution=f"c-{uuid7()}",
            request=request,
            subjects=("mia",),
            words=once("Three incidents at the address."),
            voice=Voice.FACT,
            data_kind=DataKind.ORDINARY,
        ),
        RequestAnswered(
            request=request, subject="mia", result=AnswerResult.FINDINGS, systems_searched=("Niche",)
        ),
    )


def releases(desktop: Desktop, stream: str) -> None:
    referral = desktop.desk.referral(stream)
    held = [one.body for one in contributions(referral).values() if one.agency == desktop.seat.agency]
    if not held:
        raise Refusal("none", "There is nothing to release.")
    brought = held[len(desktop.saved) % len(held)]
    desktop.desk.act(
        stream,
        ContributionReleased(
            contribution=brought.contribution,
            request=brought.request,
            subjects=brought.subjects,
            words=once("Three incidents."),
            voice=brought.voice,
        ),
    )


def takes_the_release_back(desktop: Desktop, stream: str) -> None:
    referral = desktop.desk.referral(stream)
    mine = [one.body for one in released(referral).values() if one.agency == desktop.seat.agency]
    if not mine:
        raise Refusal("none", "Nothing of this agency's is on the table.")
    desktop.desk.act(
        stream, ReleaseWithdrawn(contribution=mine[-1].contribution, reason=once("Of her uncle."))
    )


def opens_the_table(desktop: Desktop, stream: str) -> None:
    desktop.desk.act(stream, TableOpened(place=once("Room 2")))


def drafts(desktop: Desktop, stream: str) -> None:
    decided = SubjectDecision("mia", "child_protection", "Section 47 enquiry.", once("Two injuries."))
    desktop.desk.act(stream, DecisionDrafted(subjects=(decided,)))


def signs(desktop: Desktop, stream: str) -> None:
    draft = desktop.desk.referral(stream).draft
    if draft is None:
        raise Refusal("none", "There is no draft.")
    desktop.desk.act(stream, DecisionSigned(draft=draft.id, commitment=draft.commitment))


def _slip(desktop: Desktop, stream: str) -> Made[Body]:
    """One of the last things written here that this person may take back."""
    seat = desktop.seat
    found = [
        one
        for one in desktop.cache.entries(stream)
        if one.position is not None
        and one.body.guard is None
        and not isinstance(one.body, EntryWithdrawn)
        and (one.author == seat.person or seat.role in DECISION_MAKERS)
    ][-3:]
    if not found:
        raise Refusal("none", "There is nothing to withdraw.")
    return found[len(desktop.saved) % len(found)]


def withdraws(desktop: Desktop, stream: str) -> None:
    slip = _slip(desktop, stream)
    desktop.desk.act(stream, EntryWithdrawn(entry=slip.id, reason=once("Of another child.")))


def files_elsewhere(desktop: Desktop, stream: str) -> None:
    slip, anew = _slip(desktop, stream), new_id()
    other = next((one for one in desktop.cache.streams("referral:") if one != stream), None)
    if other is None:
        raise Refusal("none", "There is no other record.")
    withdrawn = EntryWithdrawn(entry=slip.id, reason=once("Of another child."), refiled=anew)
    desktop.desk.save(
        [Draft(other, NoteAdded(words=once("Rang the school.")), id=anew), Draft(stream, withdrawn)]
    )


def hands_over(desktop: Desktop, stream: str) -> None:
    owner = desktop.desk.referral(stream).owner
    to = "sot-children" if owner == "scc-children" else "scc-children"
    desktop.desk.act(stream, OwnershipTransferred(to=to, reason=once("She lives there.")))


def looks(desktop: Sitting, stream: str) -> None:
    desktop.desk.viewed(stream, "file")
    desktop.desk.send_access()


def does_again(desktop: Desktop, stream: str) -> None:
    for act in desktop.not_admitted()[:1]:
        attention.do_again(desktop.desk, act)


def lets_go(desktop: Desktop, stream: str) -> None:
    for act in desktop.not_admitted()[:1]:
        desktop.desk.making_way = frozenset({act})
        attention.let_go(desktop.desk, act)


Deed = Callable[[Desktop, str], None]

WAY: tuple[tuple[int, Deed], ...] = (
    (0, triages),
    (1, admits),
    (2, rates),
    (2, asks),
    (3, answers),
    (2, asks),
    (2, opens_the_table),
    (3, releases),
)
"""How a contact goes: the seats whose step it is, in turn."""

TAKING: tuple[Deed, ...] = (withdraws, opens, triages, corrects, passes)
DECIDING: tuple[Deed, ...] = (withdraws, files_elsewhere, admits, hands_over, drafts, signs, opens)
RUNNING: tuple[Deed, ...] = (
    rates,
    asks,
    takes_the_question_back,
    goes_on_without,
    opens_the_table,
    drafts,
)
ANSWERING: tuple[Deed, ...] = (answers, releases, takes_the_release_back)
ANYBODYS: tuple[Deed, ...] = (notes, does_again, lets_go, attaches, looks)
DEEDS: tuple[Deed, ...] = (*ANYBODYS, *TAKING, *DECIDING, *RUNNING, *ANSWERING)
