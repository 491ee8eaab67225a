"""One case as it lies on the table: everything that the console shows of it, read in one go."""

from __future__ import annotations

import msgspec

from ...domain.codes import Cohort, Rag
from ...domain.configuration import HubConfig, Level
from ...domain.entries.decision import DecisionDrafted
from ...domain.entries.table import (
    ActionCompleted,
    ActionRecorded,
    AnalysisRecorded,
    TableOpened,
)
from ...domain.errors import Refusal
from ...domain.fold import Referral, Stage
from ...domain.fold.levels import levels
from ...domain.fold.people import full_name
from ...domain.ladders import movement
from ..countdown import Countdown
from ..desk import Desk
from ..wording import local, say_moment
from .around import Around, around
from .cases import case_of
from .chronology import Line, chronology
from .deciding import Deciding, awaited, evidence, kept_deciding, views
from .doing import analysis_key, to_do
from .household import HouseholdSeen, household
from .names import agency_called, named

PARTS = ("harm", "protective", "unknown", "likelihood", "impact", "voice", "discussion", "options")
"""The parts of the analysis that the console offers, in order: what every case needs stands in sight."""


class Rung(msgspec.Struct, frozen=True):
    """One level that can be decided. ``weight`` is *high*, *middle* or *low*, for its colour."""

    id: str
    label: str
    weight: str


class Decided(msgspec.Struct, frozen=True):
    """One person of concern: the level at admission, and what each final level would be against it."""

    subject: str
    name: str
    called: str
    admission: Rung | None
    moves: dict[str, str]
    """Movement by level id: *up*, *down* or *confirmed*."""


class ViewSeen(msgspec.Struct, frozen=True):
    """One agency's view on one person."""

    agency: str
    agency_name: str
    subject: str
    called: str
    rung: Rung | None
    agrees: bool | None
    words: str


class ActionSeen(msgspec.Struct, frozen=True):
    id: str
    words: str
    owner: str
    due: str
    done: bool


class Table(msgspec.Struct, frozen=True):
    """The console's case. What may be done now is asked of the permission table, not of the stage."""

    stream: str
    reference: str
    who: str
    cohort: Cohort | None
    rag: Rag | None
    clock: Countdown | None
    stage: Stage
    opened: str
    """*14:20, Room 2, Dee Lowe*; empty until the table is opened."""
    may_open: bool
    may_record: bool
    may_draft: bool
    may_complete: bool
    around: tuple[Around, ...]
    others: tuple[tuple[str, str], ...]
    """Further member agencies that could sit down, by id and name."""
    household: HouseholdSeen
    people: tuple[tuple[str, str], ...]
    """Everybody in the referral, by subject id and first name."""
    analysis: dict[str, str]
    """Words by part, kept keystrokes before recorded ones."""
    lines: tuple[Line, ...]
    evidence: frozenset[str]
    subjects: tuple[Decided, ...]
    rungs: tuple[Rung, ...]
    deciding: Deciding
    drafted: str
    """*14:31 by Dee Lowe* while a draft waits for sign-off."""
    returned_by: str
    returned_reason: str
    views: tuple[ViewSeen, ...]
    actions: tuple[ActionSeen, ...]
    to_do: tuple[tuple[str, str], ...]
    """The actions that are not done yet, by id and words."""
    awaited: tuple[str, ...]

    @property
    def present(self) -> int:
        return sum(one.in_the_room for one in self.around)

    def rung(self, level: str) -> Rung | None:
        return next((one for one in self.rungs if one.id == level), None)

    def line(self, evidence: str) -> Line | None:
        return next((one for one in self.lines if one.evidence == evidence), None)


def visit_table(desk: Desk, stream: str) -> Table:
    """As :func:`read_table`; that it was looked at is kept."""
    found = read_table(desk, stream)
    desk.viewed(stream, "table")
    return found


def read_table(desk: Desk, stream: str) -> Table:
    """Raises ``Refusal`` where this desk no longer holds the case."""
    referral, config, now = desk.referral(stream), desk.config(), desk.now()
    row = desk.cache.row(stream)
    if row is None:
        raise Refusal("case-gone", "This case is no longer held here. Take the next one.")
    case = case_of(config, row)
    rungs = _rungs(referral)
    opened = referral.last(TableOpened)
    draft, back = referral.draft, referral.returned
    seats = around(desk, referral)
    seated = {one.agency for one in seats}
    return Table(
        stream=stream,
        reference=case.reference,
        who=case.who,
        cohort=referral.cohort,
        rag=case.rag,
        clock=case.clock,
        stage=referral.stage,
        opened=", ".join(
            part
            for part in (
                say_moment(opened.body.held_at or opened.made_at, now, config),
                opened.body.place,
                desk.name(opened.author),
            )
            if part
        )
        if opened
        else "",
        may_open=desk.may(TableOpened, referral),
        may_record=desk.may(AnalysisRecorded, referral) and not referral.read_only,
        may_draft=draft is None and desk.may(DecisionDrafted, referral) and not referral.read_only,
        may_complete=desk.may(ActionCompleted, referral) and not referral.read_only,
        around=seats,
        others=tuple(
            (one.id, one.short_name)
            for one in config.agencies_on(local(now, config).date())
            if one.id not in seated
        ),
        household=household(referral, local(now, config).date()),
        people=tuple((one, named(referral, (one,))) for one in referral.subjects),
        analysis=_analysis(desk, referral),
        lines=chronology(desk, referral),
        evidence=evidence(referral),
        subjects=tuple(_decided(referral, subject, rungs) for subject in referral.of_concern),
        rungs=rungs,
        deciding=kept_deciding(desk, referral),
        drafted=f"{say_moment(draft.made_at, now, config)} by {desk.name(draft.author)}"
        if draft and referral.signed is None
        else "",
        returned_by=f"{desk.name(back.author)}, {say_moment(back.made_at, now, config)}" if back else "",
        returned_reason=back.body.reason if back else "",
        views=_views(referral, config, rungs),
        actions=_actions(desk, referral),
        to_do=to_do(referral),
        awaited=awaited(desk, referral),
    )


def _rungs(referral: Referral) -> tuple[Rung, ...]:
    ladder = referral.ladder
    if ladder is None:
        return ()
    top = max(one.rank for one in ladder.levels)
    least = min((ladder.level(one).rank for one in ladder.thresholds), default=top)

    def weight(level: Level) -> str:
        if level.rank == top:
            return "high"
        return "middle" if level.rank >= min(least, top - 1) else "low"

    return tuple(Rung(one.id, one.label, weight(one)) for one in ladder.levels)


def _decided(referral: Referral, subject: str, rungs: tuple[Rung, ...]) -> Decided:
    known = levels(referral).get(subject)
    admission = known.admission if known else None
    moves = {}
    if referral.ladder is not None:
        for one in rungs:
            moved = movement(referral.ladder, admission, one.id)
            if moved is not None:
                moves[one.id] = moved.value
    return Decided(
        subject=subject,
        name=full_name(referral.subjects[subject].body),
        called=named(referral, (subject,)),
        admission=next((one for one in rungs if one.id == admission), None),
        moves=moves,
    )


def _analysis(desk: Desk, referral: Referral) -> dict[str, str]:
    recorded = referral.latest(AnalysisRecorded, "part")
    found = {part: recorded[part].body.words if part in recorded else "" for part in PARTS}
    typed = desk.cache.drafts(analysis_key(referral.stream, ""))
    found.update({key.rsplit("/", 1)[1]: text for key, text in typed.items()})
    return found


def _views(referral: Referral, config: HubConfig, rungs: tuple[Rung, ...]) -> tuple[ViewSeen, ...]:
    return tuple(
        ViewSeen(
            agency=made.body.agency,
            agency_name=agency_called(config, made.body.agency),
            subject=made.body.subject,
            called=named(referral, (made.body.subject,)),
            rung=next((one for one in rungs if one.id == made.body.level), None),
            agrees=made.body.agrees,
            words=made.body.words,
        )
        for made in views(referral)
    )


def _actions(desk: Desk, referral: Referral) -> tuple[ActionSeen, ...]:
    done = referral.latest(ActionCompleted, "action")
    now, config = desk.now(), desk.config()
    return tuple(
        ActionSeen(
            id=action,
            words=made.body.words,
            owner=made.body.owner,
            due=say_moment(made.body.due_at, now, config) if made.body.due_at else "",
            done=action in done,
        )
        for action, made in referral.latest(ActionRecorded, "action").items()
    )
