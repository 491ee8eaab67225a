"""One decision as it is read before it is signed: what is decided for whom, why, and what it rests on.

What has arrived since the draft is shown beside it and is not relied on: the signer sees what the drafter did
not. What is signed is the draft named here, by its id and its commitment.
"""

from __future__ import annotations

import msgspec

from ...domain.clocks import decision_due
from ...domain.codes import AnswerResult, Attendance, Rag
from ...domain.configuration import Clock
from ...domain.entries import Body, Made
from ...domain.entries.contact import ConcernRecorded, NoteAdded, SubjectRecorded
from ...domain.entries.decision import (
    DecisionDrafted,
    DecisionReturned,
    DecisionSigned,
    SubjectDecision,
)
from ...domain.entries.gathering import (
    ContributionReleased,
    ReleaseExpired,
    ReleaseWithdrawn,
    RequestAnswered,
)
from ...domain.entries.outcome import EscalationRaised
from ...domain.entries.table import AnalysisRecorded, AttendanceRecorded, ViewRecorded
from ...domain.entries.triage import StrategyHeld
from ...domain.errors import Refusal
from ...domain.fold import Referral
from ...domain.fold.gathering import requests
from ...domain.fold.levels import drafted_levels, levels
from ...domain.fold.people import full_name, household_name
from ...domain.verdict import Answer
from ..countdown import Countdown, countdown
from ..desk import Desk
from ..faces import Face, level_face, movement_face
from ..round_table.deciding import views
from ..telling import Teller
from ..wording import initial_name, joined, local, say_moment
from .after import After, after

_NEWS = (
    ConcernRecorded,
    SubjectRecorded,
    NoteAdded,
    RequestAnswered,
    ContributionReleased,
    ReleaseWithdrawn,
    ReleaseExpired,
    AnalysisRecorded,
    ViewRecorded,
    StrategyHeld,
    EscalationRaised,
)
"""Kinds that a signer must see if they arrive after the draft."""

_KIND_TONES = {"seen": "green", "fact": "green"}


class SubjectShown(msgspec.Struct, frozen=True):
    """What is decided for one person; ``marac`` is its ground in words, ``amended`` what changed it since."""

    subject: str
    who: str
    admission: Face | None
    final: Face | None
    movement: Face | None
    intervention: str
    rationale: str
    marac: str
    level: str
    amended: str = ""


class Evidence(msgspec.Struct, frozen=True):
    """One entry that the decision rests on, under the number by which it is cited."""

    number: int
    entry: str
    source: str
    line: str
    """*12 Nov 2026 · S. Iqbal · about Mia*."""
    words: str
    kind: Face
    gone: str = ""
    """Why it can no longer be relied on."""


class Since(msgspec.Struct, frozen=True):
    """Something that arrived after the draft."""

    entry: str
    words: str


class Decision(msgspec.Struct, frozen=True):
    """A decision and what it rests on. ``why_not_sign`` is a sentence in place of the button."""

    stream: str
    reference: str
    who: str
    rag: Rag | None
    clock: Countdown | None
    stage: str
    draft: str
    commitment: str
    drafted: str
    subjects: tuple[SubjectShown, ...]
    since: tuple[Since, ...]
    dissent: tuple[str, ...]
    quiet: str
    """Who held nothing, refused, or was not there, in words."""
    evidence: tuple[Evidence, ...]
    entries: int
    log: int
    may_sign: bool
    why_not_sign: str
    may_return: bool
    after: After | None


def open_decision(desk: Desk, stream: str) -> Decision | None:
    """As :func:`read_decision`; that it was looked at is kept."""
    desk.viewed(stream, "sign")
    return read_decision(desk, stream)


def read_decision(desk: Desk, stream: str) -> Decision | None:
    """The decision that waits or was signed; ``None`` where there is none now."""
    referral = desk.referral(stream)
    draft = referral.draft
    if draft is None:
        return None
    config, teller = desk.config(), Teller(desk, referral)
    why_not, may_sign = _may_sign(desk, referral, draft)
    signed = referral.signed is not None
    return Decision(
        stream=stream,
        reference=referral.reference or "not sent yet",
        who=household_name(referral),
        rag=referral.rag,
        clock=countdown(
            config,
            Clock.DECISION,
            referral.cohort,
            referral.rag,
            referral.admitted.made_at if referral.admitted else None,
            decision_due(referral),
        )
        if not signed
        else None,
        stage=referral.stage.label,
        draft=draft.id,
        commitment=draft.commitment,
        drafted=f"drafted {say_moment(draft.made_at, desk.now(), config)} by "
        f"{initial_name(desk.name(draft.author))}",
        subjects=_subjects(desk, referral, draft),
        since=() if signed else _since(referral, draft, teller),
        dissent=_dissent(referral, draft, teller),
        quiet=_quiet(referral, teller),
        evidence=tuple(
            _evidence(desk, referral, entry, number, teller)
            for number, entry in enumerate(draft.relies_on, 1)
        ),
        entries=len(referral.entries),
        log=desk.seen.size if desk.seen else max((e.position or 0 for e in referral.entries), default=0),
        may_sign=may_sign,
        why_not_sign=why_not,
        may_return=not signed and desk.may(DecisionReturned, referral),
        after=after(desk, referral) if signed else None,
    )


def _may_sign(desk: Desk, referral: Referral, draft: Made[DecisionDrafted]) -> tuple[str, bool]:
    if referral.signed is not None:
        return "", False
    try:
        verdict = desk.ask(referral.stream, [DecisionSigned(draft=draft.id, commitment=draft.commitment)])
    except Refusal as refusal:
        return refusal.sentence, False
    return ("", True) if verdict.answer is not Answer.NO else (verdict.sentence, False)


def _subjects(desk: Desk, referral: Referral, draft: Made[DecisionDrafted]) -> tuple[SubjectShown, ...]:
    given = levels(referral) if referral.signed is not None else drafted_levels(referral)
    amended: dict[str, tuple[SubjectDecision, str]] = {}
    for made in referral.amendments:
        at = say_moment(made.made_at, desk.now(), desk.config())
        for one in made.body.subjects:
            amended[one.subject] = one, f"Amended {at}: {made.body.reason}"
    today = local(desk.now(), desk.config()).date()
    found = []
    for one, why in ({one.subject: (one, "") for one in draft.body.subjects} | amended).values():
        told = referral.subjects.get(one.subject)
        age = told.body.birth.say_age(today) if told is not None and told.body.birth else ""
        name = full_name(told.body) if told is not None else "someone not held here"
        mine = given.get(one.subject)
        found.append(
            SubjectShown(
                one.subject,
                f"{name}, {age}" if age else name,
                level_face(referral.ladder, mine.admission if mine else None, short=True),
                level_face(referral.ladder, one.level, short=True),
                movement_face(mine.movement) if mine else None,
                one.intervention,
                one.rationale,
                f"To MARAC: {one.marac.label.lower()}" if one.marac else "",
                one.level,
                why,
            )
        )
    return tuple(found)


def _since(referral: Referral, draft: Made[DecisionDrafted], teller: Teller) -> tuple[Since, ...]:
    """A release speaks for the answer and the record that came with it."""
    news = [e for e in referral.entries if e.order > draft.order and isinstance(e.body, _NEWS)]
    brought = {e.agency for e in news if isinstance(e.body, ContributionReleased)}
    shown = [
        e
        for e in news
        if not (
            isinstance(e.body, RequestAnswered)
            and e.body.result is AnswerResult.FINDINGS
            and e.agency in brought
        )
    ]
    return tuple(Since(entry.id, _news(entry, teller)) for entry in shown)


def _news(entry: Made[Body], teller: Teller) -> str:
    told = teller.tell(entry)
    at = teller.moment(entry.made_at)
    return f"{told.what}, {at}{f': {told.words}' if told.words else ''}"


def _dissent(referral: Referral, draft: Made[DecisionDrafted], teller: Teller) -> tuple[str, ...]:
    """What the draft says of dissent, and views recorded against it that it does not name."""
    said = [line for line in draft.body.dissent.splitlines() if line.strip()]
    for made in views(referral):
        body = made.body
        if body.agrees is False and not any(body.words in line for line in said):
            said.append(f"{teller.agency(body.agency)} about {teller.subject(body.subject)}: {body.words}")
    return tuple(said)


def _quiet(referral: Referral, teller: Teller) -> str:
    """*Probation: nothing held. Housing: apologies, information sent.*"""
    words = {
        Attendance.APOLOGIES: "apologies",
        Attendance.SENT_INFORMATION: "apologies, information sent",
    }
    said: dict[str, list[str]] = {}
    for request in requests(referral).values():
        if request.state in {"nothing_held", "refused"}:
            said.setdefault(request.agency, []).append(request.state.replace("_", " "))
    for agency, made in referral.latest(AttendanceRecorded, "agency").items():
        if made.body.attendance in words:
            said.setdefault(agency, []).append(words[made.body.attendance])
    for request in requests(referral).values():
        if request.without is not None and not request.answered:
            said.setdefault(request.agency, ["gone on without"])
    return " ".join(f"{teller.agency(agency)}: {joined(what)}." for agency, what in said.items())


def _evidence(desk: Desk, referral: Referral, entry: str, number: int, teller: Teller) -> Evidence:
    made = referral.get(entry)
    if made is None:
        return Evidence(number, entry, "Not held here", "", "", Face("gone"), "It was withdrawn since.")
    told = teller.tell(made)
    on = told.on.display() if told.on else teller.moment(made.made_at)
    who = initial_name(desk.name(made.author))
    about = teller.subjects(told.about) if told.about else ""
    line = " · ".join(part for part in (on, who, f"about {about}" if about else "") if part)
    replaced = made.guard is not None and referral.chains[made.guard] != made.id
    source = desk.agency_name(made.agency)
    if isinstance(made.body, ConcernRecorded) and referral.source is not None:
        source = f"{referral.source.label.split(':')[0]}, as told"
    return Evidence(
        number,
        entry,
        source,
        line,
        told.words or told.what,
        Face(told.kind or "entry", _KIND_TONES.get(told.kind, "neutral")),
        "It was replaced or taken back since." if replaced else "",
    )
