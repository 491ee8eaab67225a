"""What is decided in oversight: admit, send on a route, advise, hold a strategy discussion, close."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from ...domain.codes import AgencyKind
from ...domain.entries import Body
from ...domain.entries.contact import AcknowledgementSent, AdultRecorded, AdviceGiven
from ...domain.entries.outcome import FeedbackGiven, OutcomeSent, ReferralClosed
from ...domain.entries.triage import InScope, ReferralAdmitted, StrategyHeld, SubjectLevel, TriageOverseen
from ...domain.errors import Refusal
from ...domain.fold.people import full_name, household_name
from ...domain.fold.referral import Referral
from ..desk import Desk
from ..moments import when_done
from .admission import StrategyChoices
from .contact import needs_feedback


class Admitted(msgspec.Struct, frozen=True):
    """An admission as filled in. ``told`` is how the referrer was told, if they were."""

    levels: tuple[SubjectLevel, ...]
    reason: str
    threshold: str
    purpose: str
    scope: tuple[InScope, ...]
    told: str = ""
    overrides: tuple[tuple[str, str], ...] = ()
    """Why an adult's refusal of consent is overridden, by subject."""


class Routed(msgspec.Struct, frozen=True):
    """A contact sent on a route rather than into the hub. ``words`` go to the receiving team."""

    levels: tuple[SubjectLevel, ...]
    reason: str
    route: str
    words: str = ""
    told: str = ""


class StrategyGiven(msgspec.Struct, frozen=True):
    """A strategy discussion as filled in."""

    present: tuple[str, ...]
    decision: str
    subjects: tuple[str, ...]
    reason: str
    interim_safety: str = ""
    seen_by: str = ""
    held_at: str = ""
    """In people's words; now, if nothing is written."""


def admit(desk: Desk, stream: str, given: Admitted, drafts: Iterable[str] = ()) -> str:
    """Oversee and admit, in one act. Raises ``Refusal`` naming the field at fault."""
    bodies: list[Body] = [
        *_overrides(desk.referral(stream), given.overrides),
        TriageOverseen(decision="admit", levels=given.levels, reason=given.reason.strip()),
        ReferralAdmitted(threshold=given.threshold, purpose=given.purpose.strip(), scope=given.scope),
    ]
    return desk.act(stream, *bodies, *_told(given.told), forget_drafts=drafts)


def send_on(desk: Desk, stream: str, given: Routed, drafts: Iterable[str] = ()) -> str:
    """Send a contact on a route: to its receiving team where the route has one, in the same act."""
    config = desk.config()
    if not given.route:
        raise Refusal("route-missing", "Choose a route.", "route")
    route = config.route(given.route)
    bodies: list[Body] = [
        TriageOverseen(
            decision="reroute", levels=given.levels, reason=given.reason.strip(), route=given.route
        )
    ]
    owner = desk.referral(stream).owner
    if route.team is not None and owner is not None:
        bodies.append(
            OutcomeSent(agency=config.receiver(route, owner), team=route.team, words=given.words.strip())
        )
    return desk.act(stream, *bodies, *_told(given.told), forget_drafts=drafts)


def _overrides(referral: Referral, overrides: tuple[tuple[str, str], ...]) -> list[Body]:
    """What is recorded of the adults concerned, with why their refusal is overridden."""
    recorded = referral.latest(AdultRecorded, "subject")
    return [
        msgspec.structs.replace(recorded[subject].body, override_reason=reason.strip())
        for subject, reason in overrides
        if subject in recorded and reason.strip() != recorded[subject].body.override_reason
    ]


def _told(how: str) -> tuple[Body, ...]:
    return (AcknowledgementSent(how=how.strip(), decided=True),) if how.strip() else ()


def advise(desk: Desk, stream: str, words: str, drafts: Iterable[str] = ()) -> str:
    if not words.strip():
        raise Refusal("field-empty", "Write what you advise.", "advice")
    return desk.act(stream, AdviceGiven(words=words.strip()), forget_drafts=drafts)


def close(desk: Desk, stream: str, reason: str, feedback: str, drafts: Iterable[str] = ()) -> str:
    """Close a contact whose route leads to no team: the referrer is told, and why it closes is said.

    This desk is the owner's and holds the referrer, so it refuses by itself what the store would.
    """
    referral = desk.referral(stream)
    if needs_feedback(referral) and not feedback.strip():
        raise Refusal("referrer-not-told", "Tell the referrer the outcome, and write how.", "feedback")
    bodies: list[Body] = [FeedbackGiven(how=feedback.strip())] if feedback.strip() else []
    return desk.act(stream, *bodies, ReferralClosed(reason=reason.strip()), forget_drafts=drafts)


def strategy_choices(desk: Desk, stream: str) -> StrategyChoices | None:
    """What a strategy discussion starts from; ``None`` where the contact is not held."""
    referral, config = desk.referral(stream), desk.config()
    if referral.opened is None:
        return None
    return StrategyChoices(
        stream,
        household_name(referral),
        tuple(
            (one.id, one.short_name, one.kind)
            for one in config.agencies_on(desk.today())
            if one.kind is not AgencyKind.HUB
        ),
        config.required_strategy_agencies,
        tuple((subject, full_name(referral.subjects[subject].body)) for subject in referral.of_concern),
        (desk.who_may(StrategyHeld, referral) or desk.me.author).agency,
    )


def hold_strategy(desk: Desk, stream: str, given: StrategyGiven, drafts: Iterable[str] = ()) -> str:
    """Record a strategy discussion. Raises ``Refusal`` naming the field at fault."""
    if not given.subjects:
        raise Refusal("nobody-named", "Name the children whom it was about.", "subjects")
    body = StrategyHeld(
        present=given.present,
        decision=given.decision,
        subjects=given.subjects,
        reason=given.reason.strip(),
        interim_safety=given.interim_safety.strip(),
        seen_by=given.seen_by.strip(),
        held_at=when_done(given.held_at, desk.now(), desk.config(), "held_at")
        if given.held_at.strip()
        else desk.now(),
    )
    return desk.act(stream, body, forget_drafts=drafts)
