"""What is done from the board: rate, ask, chase, go on without, withdraw, bring to the table, escalate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from ...domain.clocks import due, returns_due
from ...domain.codes import AgencyKind, EscalationStage, Rag
from ...domain.configuration import Clock
from ...domain.entries.gathering import ProceededWithout, RequestChased, RequestMade, RequestWithdrawn
from ...domain.entries.outcome import EscalationRaised, EscalationResolved
from ...domain.entries.table import TableOpened
from ...domain.entries.triage import RagRated
from ...domain.errors import Refusal
from ...domain.fold.gathering import requests
from ...domain.fold.people import full_name, household_name
from ...domain.fold.referral import Referral
from ..desk import Desk, new_id
from ..wording import joined, say_moment, small
from .case import ScopedPerson, case


class AskedAgency(msgspec.Struct, frozen=True):
    """An agency that may be asked. ``already`` says about whom it was asked before, in words."""

    id: str
    name: str
    virtual: bool
    already: str
    asked_about: frozenset[str]


class Asking(msgspec.Struct, frozen=True):
    """What the asking of agencies starts from. ``concern`` is the minimum, for the manager to edit."""

    stream: str
    reference: str
    who: str
    agencies: tuple[AskedAgency, ...]
    people: tuple[ScopedPerson, ...]
    concern: str
    due: str


class Ask(msgspec.Struct, frozen=True):
    """One agency, the people it is asked about, and the minimum that it is told."""

    agency: str
    subjects: tuple[str, ...]
    concern: str


def rate(desk: Desk, stream: str, rag: str, reason: str, drafts: Iterable[str] = ()) -> str:
    """Rate, or rate again, with the reason. Raises ``Refusal`` on *rag* or *reason*."""
    if not rag:
        raise Refusal("rating-missing", "Choose a rating.", "rag")
    return desk.act(stream, RagRated(rag=Rag(rag), reason=reason.strip()), forget_drafts=drafts)


def rating_dues(desk: Desk, stream: str) -> dict[str, str]:
    """The ratings that this hub offers, and by when each would have the decision made, in words.

    Raises ``Refusal`` where this desk does not hold what they follow from.
    """
    referral, config = desk.referral(stream), desk.config()
    if referral.admitted is None or referral.cohort is None:
        raise Refusal("not-held", "This desk does not hold the admission yet. Rate it once it has arrived.")
    said = {}
    for rag in config.ratings(referral.cohort, config.day(desk.now())):
        start = referral.admitted.made_at
        limit = config.limit(Clock.DECISION, referral.cohort, config.day(start), rag)
        at = due(config, start, limit)
        said[rag.value] = "This hub sets no limit for it"
        if at is not None and limit is not None:
            length, _, besides = limit.say().partition(", ")
            from_admission = f"{length} from admission{', ' if besides else ''}{besides}"
            said[rag.value] = f"Decision due {say_moment(at, desk.now(), config)}: {from_admission}"
    return said


def asking(desk: Desk, stream: str) -> Asking | None:
    """Who may be asked about whom, and what the asking starts from; ``None`` where it is not held."""
    chosen = case(desk, stream)
    if chosen is None:
        return None
    referral, config, today = desk.referral(stream), desk.config(), desk.today()
    standing = [one for one in requests(referral).values() if not one.withdrawn]
    agencies = []
    for agency in config.agencies_on(today):
        if agency.kind is AgencyKind.HUB:
            continue
        about = dict.fromkeys(
            subject for one in standing if one.agency == agency.id for subject in one.subjects
        )
        names = [full_name(referral.subjects[s].body) for s in about if s in referral.subjects]
        agencies.append(
            AskedAgency(
                agency.id,
                agency.name,
                agency.virtual(today),
                f"asked about {joined(names)}" if names else "",
                frozenset(about),
            )
        )
    at = returns_due(referral, desk.now())
    return Asking(
        stream,
        chosen.reference,
        household_name(referral),
        tuple(agencies),
        chosen.people,
        _minimum_concern(referral),
        f"Answers due {say_moment(at, desk.now(), config)}" if at else "This hub sets no limit for answers",
    )


def _minimum_concern(referral: Referral) -> str:
    """Where the manager starts from: who it is about and how serious, without the referrer or the account."""
    names = [full_name(referral.subjects[subject].body) for subject in referral.of_concern]
    level = ""
    if referral.admitted is not None and referral.ladder is not None:
        threshold = referral.admitted.body.threshold
        level = referral.ladder.level(threshold).label if threshold in referral.ladder else ""
    serious = f", at the level of {small(level)}" if level else ""
    return (
        f"There is concern for the safety of {joined(names) or 'a person'}{serious}. What do you hold about "
        "the people named, and are you working with them now?"
    )


def ask(desk: Desk, stream: str, asks: Sequence[Ask], drafts: Iterable[str] = ()) -> str:
    """Ask agencies, in one act. Raises ``Refusal``; its field is the agency's id where one is at fault."""
    if not asks:
        raise Refusal("nobody-asked", "Choose at least one agency.", "agencies")
    referral = desk.referral(stream)
    bodies = []
    for one in asks:
        if not one.subjects:
            raise Refusal("request-about-nobody", "Name who the agency is asked about.", one.agency)
        if not one.concern.strip():
            raise Refusal("field-empty", "Write the minimum that the agency needs to know.", one.agency)
        bodies.append(
            RequestMade(
                request=new_id(),
                agency=one.agency,
                subjects=one.subjects,
                minimum_concern=one.concern.strip(),
                reference=referral.reference or "",
                cohort=referral.cohort,
                rag=referral.rag,
                due_at=returns_due(referral, desk.now()),
            )
        )
    return desk.act(stream, *bodies, forget_drafts=drafts)


def chase(desk: Desk, stream: str, request: str, how: str, drafts: Iterable[str] = ()) -> str:
    if not how.strip():
        raise Refusal("field-empty", "Write how you chased, and whom.", "how")
    return desk.act(stream, RequestChased(request=_one(request), how=how.strip()), forget_drafts=drafts)


def go_on_without(desk: Desk, stream: str, request: str, reason: str, drafts: Iterable[str] = ()) -> str:
    body = ProceededWithout(request=_one(request), reason=reason.strip())
    return desk.act(stream, body, forget_drafts=drafts)


def withdraw(desk: Desk, stream: str, request: str, reason: str, drafts: Iterable[str] = ()) -> str:
    body = RequestWithdrawn(request=_one(request), reason=reason.strip())
    return desk.act(stream, body, forget_drafts=drafts)


def _one(request: str) -> str:
    if not request:
        raise Refusal("request-missing", "Choose an agency.", "request")
    return request


def bring_to_table(desk: Desk, stream: str) -> None:
    """Open the round table for this referral, unless it is open already."""
    if desk.may(TableOpened, desk.referral(stream)):
        desk.act(stream, TableOpened(held_at=desk.now()))


def parties(desk: Desk) -> tuple[tuple[str, str], ...]:
    """Agencies that may be at odds, with their short names."""
    members = desk.config().agencies_on(desk.today())
    return tuple((one.id, one.short_name) for one in members if one.kind is not AgencyKind.HUB)


def escalate(
    desk: Desk,
    stream: str,
    stage: str,
    between: tuple[str, ...],
    words: str,
    interim_safety: str,
    drafts: Iterable[str] = (),
) -> str:
    if not between:
        raise Refusal("nobody-named", "Name the agencies that disagree.", "parties")
    body = EscalationRaised(
        escalation=new_id(),
        stage=EscalationStage(stage or "1"),
        parties=between,
        words=words.strip(),
        interim_safety=interim_safety.strip(),
    )
    return desk.act(stream, body, forget_drafts=drafts)


def resolve(desk: Desk, stream: str, escalation: str, result: str, drafts: Iterable[str] = ()) -> str:
    body = EscalationResolved(escalation=escalation, result=result.strip())
    return desk.act(stream, body, forget_drafts=drafts)
