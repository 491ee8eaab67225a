"""The referral chosen on the board: who was asked and how they answered, what happened today, what may be
done, and a rating of this person's that somebody else was quicker with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import msgspec

from ...domain.clocks import decision_due, returns_due
from ...domain.codes import Rag
from ...domain.configuration import Clock
from ...domain.entries import Body, Made
from ...domain.entries.contact import OwnershipTransferred
from ...domain.entries.decision import DecisionDrafted, DecisionReturned
from ...domain.entries.gathering import (
    ContributionReleased,
    ProceededWithout,
    RequestAcknowledged,
    RequestAnswered,
    RequestChased,
    RequestMade,
    RequestWithdrawn,
)
from ...domain.entries.outcome import EscalationRaised, EscalationResolved
from ...domain.entries.table import TableOpened
from ...domain.entries.triage import RagRated, ReferralAdmitted, StrategyHeld
from ...domain.fold.gathering import Request, requests
from ...domain.fold.people import full_name, household_name
from ...domain.fold.referral import Referral
from ...domain.fold.stage import Stage
from ...domain.lawfulness import say
from ...working_time import say_duration
from ..countdown import Countdown, countdown
from ..desk import Desk
from ..wording import counted, initial_name, joined, local, say_moment, say_time, small
from .board import Mark


class Answer(msgspec.Struct, frozen=True):
    """One request: whom it asks, how it stands in a word, and who did what when."""

    request: str
    agency: str
    name: str
    state: str
    notes: tuple[str, ...]
    open: bool
    may_withdraw: bool
    at: str = ""
    due: Countdown | None = None

    def mark(self, now: datetime) -> Mark:
        """The state as a pill: *✓ returned 11:02*, *asked*, *late 36 min*."""
        if self.open and self.due is not None and self.due.late(now):
            return Mark(say_duration(self.due.left(now)), "red")
        if self.open:
            return Mark(self.state, "amber")
        said, tone = {
            "returned": (f"✓ returned {self.at}", "green"),
            "nothing_held": (f"nothing held {self.at}", "neutral"),
            "refused": (f"refused {self.at}", "violet"),
            "withdrawn": ("withdrawn", "neutral"),
        }.get(self.state, ("gone on without", "violet"))
        return Mark(said, tone)


class ScopedPerson(msgspec.Struct, frozen=True):
    """A person in scope, whom an agency may be asked about."""

    subject: str
    name: str
    relation: str
    ground: str
    of_concern: bool


class Escalation(msgspec.Struct, frozen=True):
    """A disagreement raised here and not yet resolved."""

    id: str
    words: str


class Case(msgspec.Struct, frozen=True):
    """The referral chosen. ``may_…`` says what this person may do now."""

    stream: str
    reference: str
    who: str
    stage: Stage
    rag: Rag | None
    rating_reason: str
    clock: Countdown | None
    admitted: str
    threshold: str
    answers: tuple[Answer, ...]
    today: tuple[str, ...]
    people: tuple[ScopedPerson, ...]
    escalations: tuple[Escalation, ...]
    may_rate: bool
    may_ask: bool
    may_open_table: bool
    may_escalate: bool
    read_only: bool

    def waiting(self) -> tuple[Answer, ...]:
        """Requests that wait for an answer, the one due first before the others."""
        found = [one for one in self.answers if one.open]
        return tuple(sorted(found, key=lambda one: (one.due is None, one.due.due if one.due else None)))


class RefusedRating(msgspec.Struct, frozen=True):
    """A rating of this person's that was not admitted, because another was made first."""

    act: str
    stream: str
    reference: str
    rag: Rag
    reason: str
    theirs: str
    """What the other person did, in words."""


def case(desk: Desk, stream: str) -> Case | None:
    """The referral as it stands here; ``None`` where it is not held."""
    referral = desk.referral(stream)
    if not referral.entries:
        return None
    config, cohort = desk.config(), referral.cohort
    admitted = referral.admitted
    ladder = referral.ladder
    threshold = admitted.body.threshold if admitted else ""
    return Case(
        stream=stream,
        reference=referral.reference or "not sent yet",
        who=household_name(referral),
        stage=referral.stage,
        rag=referral.rag,
        rating_reason=referral.rated.body.reason if referral.rated else "",
        clock=countdown(
            config,
            Clock.DECISION,
            cohort,
            referral.rag,
            admitted.made_at if admitted else None,
            decision_due(referral),
        ),
        admitted=f"admitted {say_moment(admitted.made_at, desk.now(), config)}" if admitted else "",
        threshold=small(ladder.level(threshold).label) if ladder and threshold in ladder else "",
        answers=tuple(_answer(desk, referral, one) for one in requests(referral).values()),
        today=_today(desk, referral),
        people=tuple(
            ScopedPerson(
                one.subject,
                full_name(referral.subjects[one.subject].body),
                referral.subjects[one.subject].body.relation,
                one.ground,
                one.subject in referral.of_concern,
            )
            for one in referral.scope
            if one.subject in referral.subjects
        ),
        escalations=_escalations(referral),
        may_rate=desk.may(RagRated, referral),
        may_ask=desk.may(RequestMade, referral),
        may_open_table=desk.may(TableOpened, referral),
        may_escalate=desk.may(EscalationRaised, referral),
        read_only=referral.read_only,
    )


def refused_ratings(desk: Desk) -> tuple[RefusedRating, ...]:
    """Ratings of this person's that someone else was quicker with, and which wait to be looked at."""
    found = []
    for waiting in desk.cache.waiting():
        mine = [entry for entry in waiting.entries if isinstance(entry.body, RagRated)]
        if not waiting.conflicting or len(mine) != len(waiting.entries):
            continue
        body, stream = mine[0].body, mine[0].stream
        assert isinstance(body, RagRated)
        referral = desk.referral(stream)
        theirs = referral.rated
        said = "It has been moved on since."
        if theirs is not None:
            at = say_moment(theirs.made_at, desk.now(), desk.config())
            said = (
                f"{desk.name(theirs.author)} rated it {theirs.body.rag.label.lower()} at {at}: "
                f"“{theirs.body.reason}”"
            )
        found.append(
            RefusedRating(waiting.act, stream, referral.reference or "", body.rag, body.reason, said)
        )
    return tuple(found)


def _answer(desk: Desk, referral: Referral, request: Request) -> Answer:
    config, now = desk.config(), desk.now()
    body = request.made.body
    due = body.due_at or returns_due(referral, request.made.made_at)
    name = next((one.name for one in config.agencies if one.id == request.agency), request.agency)
    return Answer(
        request=request.id,
        agency=request.agency,
        name=name,
        state=request.state if request.without is None or request.answered else "without",
        notes=_notes(desk, referral, request),
        open=request.open,
        may_withdraw=not request.answers and not request.withdrawn,
        at=say_moment(request.answered_at, now, config) if request.answered_at else "",
        due=countdown(config, Clock.RETURN, referral.cohort, referral.rag, request.made.made_at, due),
    )


def _notes(desk: Desk, referral: Referral, request: Request) -> tuple[str, ...]:
    """Who did what about one request, oldest first."""

    def line(what: str, entry: Made[Body], besides: str = "") -> str:
        at = say_moment(entry.made_at, desk.now(), desk.config())
        said = f"{what} {at} by {initial_name(desk.name(entry.author))}"
        return f"{said}: {besides}" if besides else said

    about = joined([_first(referral, subject) for subject in request.subjects])
    notes = [line("asked", request.made, f"about {about}")]
    if request.acknowledged is not None:
        notes.append(line("acknowledged", request.acknowledged))
    notes += [
        line("chased", made, made.body.how)
        for made in referral.all(RequestChased)
        if made.body.request == request.id
    ]
    notes += [line(said, made, why) for said, made, why in _results(referral, request)]
    if request.without is not None:
        notes.append(line("gone on without", request.without, request.without.body.reason))
    notes += [
        line("withdrawn", gone, gone.body.reason)
        for gone in referral.all(RequestWithdrawn)
        if gone.body.request == request.id
    ]
    return tuple(notes)


def _results(referral: Referral, request: Request) -> list[tuple[str, Made[RequestAnswered], str]]:
    """One line a result: whom it is about, the last of its answers, and why where it is a refusal."""
    by_result: dict[tuple[str, str], list[str]] = {}
    last: dict[tuple[str, str], Made[RequestAnswered]] = {}
    for subject, made in request.answers.items():
        reason = made.body.refusal_reason
        result = (made.body.result.label.lower(), reason.label if reason else "")
        by_result.setdefault(result, []).append(_first(referral, subject))
        last[result] = made
    return [
        (f"{result} for {joined(names)}", last[result, why], why)
        for (result, why), names in by_result.items()
    ]


def _first(referral: Referral, subject: str) -> str:
    made = referral.subjects.get(subject)
    if made is None:
        return "someone not known here"
    return made.body.forenames.strip() or full_name(made.body)


def _escalations(referral: Referral) -> tuple[Escalation, ...]:
    resolved = {made.body.escalation for made in referral.all(EscalationResolved)}
    return tuple(
        Escalation(one, f"{made.body.stage.label}: {made.body.words}")
        for one, made in referral.latest(EscalationRaised, "escalation").items()
        if one not in resolved
    )


# --- earlier today


def _today(desk: Desk, referral: Referral) -> tuple[str, ...]:
    """What happened to this referral today, a line an act."""
    config = desk.config()
    today = local(desk.now(), config).date()
    lines = []
    acts: dict[str, list[Made[Body]]] = {}
    for entry in referral.entries:
        if local(entry.made_at, config).date() == today:
            acts.setdefault(entry.act, []).append(entry)
    for entries in acts.values():
        said = next(
            (words for words in (_said(desk, referral, entries, one) for one in entries) if words), ""
        )
        if said:
            lines.append(f"{say_time(entries[0].made_at, config)} {said}")
    return tuple(lines)


def _said(desk: Desk, referral: Referral, act: list[Made[Body]], entry: Made[Body]) -> str:
    body, by = entry.body, initial_name(desk.name(entry.author))
    if isinstance(body, ReferralAdmitted):
        bases = dict.fromkeys(say(one.basis) for one in body.scope)
        return f"admitted by {by} · {'; '.join(bases)}"
    if isinstance(body, RequestMade):
        asks = [one.body for one in act if isinstance(one.body, RequestMade)]
        about = {subject for ask in asks for subject in ask.subjects}
        return (
            f"{counted(len({ask.agency for ask in asks}), 'agency', 'agencies')} asked about "
            f"{counted(len(about), 'person', 'people')}"
        )
    if isinstance(body, RequestAnswered):
        results = dict.fromkeys(
            one.body.result.label.lower() for one in act if isinstance(one.body, RequestAnswered)
        )
        return f"{desk.agency_name(entry.agency)} answered: {joined(list(results))}"
    say_it = _SAID.get(type(body))
    return say_it(desk, referral, body, by) if say_it else ""


def _asked(desk: Desk, referral: Referral, request: str) -> str:
    found = requests(referral).get(request)
    return desk.agency_name(found.agency) if found else "an agency"


_SAID: dict[type[Body], Callable[[Desk, Referral, Body, str], str]] = {}
"""How an entry of a kind reads as a line."""


def _line(kind: type[Body]) -> Callable[[Callable[..., str]], Callable[..., str]]:
    def register(words: Callable[..., str]) -> Callable[..., str]:
        _SAID[kind] = words
        return words

    return register


@_line(RagRated)
def _rated(desk: Desk, referral: Referral, body: RagRated, by: str) -> str:
    return f"rated {body.rag.label.lower()} by {by}: {body.reason}"


@_line(StrategyHeld)
def _strategy(desk: Desk, referral: Referral, body: StrategyHeld, by: str) -> str:
    present = joined([desk.agency_name(one) for one in body.present])
    return f"strategy discussion recorded by {by} with {present}"


@_line(RequestAcknowledged)
def _acknowledged(desk: Desk, referral: Referral, body: RequestAcknowledged, by: str) -> str:
    return f"{_asked(desk, referral, body.request)} acknowledged"


@_line(RequestChased)
def _chased(desk: Desk, referral: Referral, body: RequestChased, by: str) -> str:
    return f"{_asked(desk, referral, body.request)} chased by {by}"


@_line(ProceededWithout)
def _without(desk: Desk, referral: Referral, body: ProceededWithout, by: str) -> str:
    return f"gone on without {_asked(desk, referral, body.request)}: {body.reason}"


@_line(RequestWithdrawn)
def _withdrawn(desk: Desk, referral: Referral, body: RequestWithdrawn, by: str) -> str:
    return f"request to {_asked(desk, referral, body.request)} withdrawn: {body.reason}"


@_line(ContributionReleased)
def _released(desk: Desk, referral: Referral, body: ContributionReleased, by: str) -> str:
    return f"{_asked(desk, referral, body.request)} released an item to the table"


@_line(TableOpened)
def _tabled(desk: Desk, referral: Referral, body: TableOpened, by: str) -> str:
    return f"brought to the table by {by}"


@_line(DecisionDrafted)
def _drafted(desk: Desk, referral: Referral, body: DecisionDrafted, by: str) -> str:
    return f"decision drafted by {by}"


@_line(DecisionReturned)
def _returned(desk: Desk, referral: Referral, body: DecisionReturned, by: str) -> str:
    return f"draft returned by {by}: {body.reason}"


@_line(OwnershipTransferred)
def _transferred(desk: Desk, referral: Referral, body: OwnershipTransferred, by: str) -> str:
    return f"passed to {desk.agency_name(body.to)} by {by}"


@_line(EscalationRaised)
def _escalated(desk: Desk, referral: Referral, body: EscalationRaised, by: str) -> str:
    return f"escalated by {by}: {body.words}"


@_line(EscalationResolved)
def _resolved(desk: Desk, referral: Referral, body: EscalationResolved, by: str) -> str:
    return f"escalation resolved: {body.result}"
