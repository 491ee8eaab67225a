"""The heading of a referral file: who, where it stands, whose it is, which clocks run, what may be done."""

from __future__ import annotations

from datetime import datetime

import msgspec

from ...domain.clocks import (
    acknowledgement_due,
    assessment_due,
    became_referral,
    conference_due,
    decision_due,
    enquiry_started,
)
from ...domain.codes import EscalationStage, Rag
from ...domain.configuration import Clock
from ...domain.entries.contact import (
    AcknowledgementSent,
    DocumentAttached,
    NoteAdded,
    OwnershipTransferred,
)
from ...domain.entries.outcome import EntryWithdrawn, EscalationRaised, EscalationResolved, FeedbackGiven
from ...domain.entries.table import ActionCompleted
from ...domain.fold import Referral, Stage
from ...domain.fold.people import household_name
from ...domain.fold.stage import AFTER_SIGNING
from ...domain.permissions import Relation, relations
from .. import glass
from ..countdown import Countdown, countdown
from ..desk import Desk
from ..oversight.contact import needs_feedback
from ..round_table import to_do
from ..telling import Teller
from ..wording import say_moment
from .marking import marked, may_mark


class Clocked(msgspec.Struct, frozen=True):
    """A clock that runs: what for, until when in words, and how much is left."""

    label: str
    due: str
    clock: Countdown


class OpenEscalation(msgspec.Struct, frozen=True):
    id: str
    words: str


class Head(msgspec.Struct, frozen=True):
    """The heading. ``owner`` is an agency's name; ``facts`` are words for the line below the name."""

    stream: str
    reference: str
    who: str
    stage: Stage
    rag: Rag | None
    owner: str
    facts: tuple[str, ...]
    clocks: tuple[Clocked, ...]
    read_only: bool
    pending: bool
    escalations: tuple[OpenEscalation, ...]
    to_do: tuple[tuple[str, str], ...]
    """Actions that are not done yet, by id and words."""
    about: tuple[tuple[str, str], ...]
    """Subjects by id and name, for what a document is about."""
    agencies: tuple[tuple[str, str], ...]
    """Member agencies by id and short name, for who disagrees."""
    owners: tuple[tuple[str, str], ...]
    """Agencies that may own it instead, by id and name."""
    rungs: tuple[tuple[str, str], ...]
    """Stages of escalation."""
    may_note: bool
    may_attach: bool
    may_escalate: bool
    may_resolve: bool
    may_complete: bool
    may_tell_referrer: bool
    """A referrer is known, has not been told the outcome, and this person may say that they were."""
    may_withdraw: bool
    may_transfer: bool
    may_mark: bool
    marked: tuple[tuple[str, str], ...]
    """The markers that hold of somebody here, by what clears them and in words."""
    may_break_glass: int
    """Hours for which this person may see all of it by breaking the glass; 0 where it is theirs, or they may
    not."""
    open_until: str
    """Until when it is open to this person by broken glass, in words; empty where it is not."""


def read_head(desk: Desk, stream: str) -> Head | None:
    """The heading as it stands; ``None`` where nothing of the referral is held here."""
    referral = desk.referral(stream)
    if not referral.entries:
        return None
    config, today, teller = desk.config(), desk.today(), Teller(desk, referral)
    members = config.agencies_on(today)
    opened = glass.mine(desk, stream)
    mine = frozenset().union(*(relations(referral, one.agency, config) for one in desk.me.standings))
    theirs = mine & {Relation.OWNER, Relation.ORIGIN, Relation.HUB}
    owning = {rule.agency for rule in config.owning if rule.cohort is referral.cohort}
    return Head(
        stream=stream,
        reference=referral.reference or "not sent yet",
        who=household_name(referral),
        stage=referral.stage,
        rag=referral.rag,
        owner=next((one.name for one in config.agencies if one.id == referral.owner), ""),
        facts=_facts(desk, referral),
        clocks=_clocks(desk, referral),
        read_only=referral.read_only,
        pending=any(entry.position is None for entry in referral.entries),
        escalations=_escalations(referral),
        to_do=to_do(referral),
        about=tuple((one, teller.subject(one)) for one in referral.subjects),
        agencies=tuple((one.id, one.short_name) for one in members),
        owners=tuple((one.id, one.name) for one in members if one.id != referral.owner and one.id in owning),
        rungs=tuple((one.value, one.label) for one in EscalationStage),
        may_note=desk.may(NoteAdded, referral),
        may_attach=desk.may(DocumentAttached, referral),
        may_escalate=desk.may(EscalationRaised, referral),
        may_resolve=desk.may(EscalationResolved, referral),
        may_complete=desk.may(ActionCompleted, referral),
        may_tell_referrer=referral.stage in AFTER_SIGNING
        and needs_feedback(referral)
        and desk.may(FeedbackGiven, referral),
        may_withdraw=desk.may(EntryWithdrawn, referral),
        may_transfer=desk.may(OwnershipTransferred, referral),
        may_mark=may_mark(desk),
        marked=marked(desk, stream),
        may_break_glass=0 if theirs or opened is not None else glass.hours(desk),
        open_until=opened.until if opened is not None else "",
    )


def _facts(desk: Desk, referral: Referral) -> tuple[str, ...]:
    opened, came = referral.opened, referral.arrival
    if opened is None or came is None:
        return ("How the contact began is not held here",)
    body, config = opened.body, desk.config()
    area = next((one.name for one in config.areas if one.gss == (came.area or body.local_authority)), "")
    found = [
        body.cohort.label,
        area,
        f"received {say_moment(came.received_at, desk.now(), config)}",
        came.source.label,
    ]
    if referral.route is not None:
        found.append(Teller(desk, referral).route(referral.route))
    return tuple(part for part in found if part)


def _clocks(desk: Desk, referral: Referral) -> tuple[Clocked, ...]:
    """Clocks still running: until its decision, its acknowledgement, its assessment, its conference."""
    admitted = referral.admitted.made_at if referral.admitted is not None else None
    decided = referral.signed is not None
    acknowledged = any(made.body.decided for made in referral.all(AcknowledgementSent))
    working = referral.stage in AFTER_SIGNING
    began, enquiry = became_referral(referral), enquiry_started(referral)
    referred, started = began[0] if began else None, enquiry[0] if enquiry else None
    rows: tuple[tuple[str, Clock, datetime | None, datetime | None, bool], ...] = (
        ("Decision", Clock.DECISION, admitted, decision_due(referral), not decided),
        (
            "Word to the referrer",
            Clock.ACKNOWLEDGE,
            referral.received_at,
            acknowledgement_due(referral),
            not acknowledged and not working and referral.stage is not Stage.CLOSED,
        ),
        ("Assessment", Clock.ASSESSMENT, referred, assessment_due(referral), working),
        ("Initial conference", Clock.CONFERENCE, started, conference_due(referral), working or not decided),
    )
    found = []
    for label, clock, start, due, runs in rows:
        if runs and due is not None:
            left = countdown(desk.config(), clock, referral.cohort, referral.rag, start, due)
            if left is not None:
                found.append(Clocked(label, say_moment(due, desk.now(), desk.config()), left))
    return tuple(found)


def _escalations(referral: Referral) -> tuple[OpenEscalation, ...]:
    resolved = {made.body.escalation for made in referral.all(EscalationResolved)}
    return tuple(
        OpenEscalation(one, f"{made.body.stage.label}: {made.body.words}")
        for one, made in referral.latest(EscalationRaised, "escalation").items()
        if one not in resolved
    )
