"""The ways out of triage: a route, a duplicate, an allocated worker; and the word to the referrer."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Literal

import msgspec

from ...cache.searching import Asked
from ...domain.acts import Draft
from ...domain.codes import Cohort
from ...domain.configuration import Ladder, Route
from ...domain.entries import Body
from ...domain.entries.contact import (
    AcknowledgementSent,
    AddressRecorded,
    AdultRecorded,
    AdviceGiven,
    AssessmentRecorded,
    ConcernRecorded,
    ContactDetailRecorded,
    ContactOpened,
    ContactPassed,
    DocumentAttached,
    DuplicateNamed,
    HistorySearched,
    NoteAdded,
    ReferrerRecorded,
    SettingRecorded,
    SubjectRecorded,
    TellingRecorded,
)
from ...domain.entries.identity import IdentityLinked
from ...domain.entries.outcome import OutcomeSent
from ...domain.entries.triage import ContactTriaged, SubjectLevel
from ...domain.errors import Refusal
from ...domain.fold import Referral
from ...domain.fold.people import full_name, relationships
from ...domain.rules.oversight import needs_decision, sampled
from ...domain.verdict import Answer
from ..desk import Desk, new_id
from .forms import Account, Arrival, Clock, Typed


class RouteChoice(msgspec.Struct, frozen=True):
    """One route as a button. ``why_not`` says why the rules do not let this person take it; empty where they
    do. What merely has not been said yet does not bar the way: it is asked for when the route is taken."""

    id: str
    label: str
    key: str
    kind: Literal["plain", "primary", "urgent"]
    why_not: str = ""


class Ask(msgspec.Struct, frozen=True):
    """One person of concern who is given a level."""

    subject: str
    name: str


class Routing(Typed, frozen=True):
    """A route being taken: its levels, why, and what was looked at."""

    SECTION: ClassVar[str] = "routing"

    route: str = ""
    levels: dict[str, str] = msgspec.field(default_factory=dict)
    rationale: str = ""
    history_searched: bool = False
    advised_by: str = ""


def choices(desk: Desk, referral: Referral) -> tuple[RouteChoice, ...]:
    """The routes of this contact's cohort in the hub's order, each asked of the rules."""
    cohort, ladder = referral.cohort, referral.ladder
    if cohort is None or ladder is None:
        return ()
    return _buttons(desk, cohort, ladder, lambda route: _why_not(desk, referral, route))


def choices_before(desk: Desk, cohort: Cohort) -> tuple[RouteChoice, ...]:
    """The routes of a cohort while nothing has been said."""
    ladder = desk.config().ladder(cohort, Clock.of(desk).today)
    return _buttons(desk, cohort, ladder, lambda _route: "")


def _buttons(
    desk: Desk, cohort: Cohort, ladder: Ladder, why_not: Callable[[Route], str]
) -> tuple[RouteChoice, ...]:
    routes = desk.config().routes_for(cohort, Clock.of(desk).today)
    usual = next((r.id for r in routes if not r.immediate and r.indicative_level in ladder.thresholds), "")
    return tuple(
        RouteChoice(
            route.id,
            route.label,
            route.key.replace("Alt ", "Alt+"),
            "urgent" if route.immediate else "primary" if route.id == usual else "plain",
            why_not(route),
        )
        for route in routes
    )


def _ready(referral: Referral) -> None:
    """Raise ``Refusal`` on what has to be said before any route: *words*, *name* of a setting, or *line*.

    The desk that takes a contact holds all that was said.
    """
    if not referral.all(ConcernRecorded):
        raise Refusal("not-ready", "Write what happened before routing.", "words")
    if referral.opened and referral.opened.body.organisational and not referral.all(SettingRecorded):
        raise Refusal("not-ready", "Name the setting that the concern is about.", "name")
    if not referral.of_concern:
        raise Refusal("not-ready", "Name the person the concern is about.", "line")


def _why_not(desk: Desk, referral: Referral, route: Route) -> str:
    lowest = referral.ladder.levels[0].id if referral.ladder else ""
    level = _usual_level(referral, route) or lowest
    trial = ContactTriaged(
        route=route.id,
        levels=tuple(SubjectLevel(subject, level) for subject in referral.of_concern),
        rationale="-",
        history_searched=True,
        immediate_danger=False,
    )
    verdict = desk.ask(referral.stream, [trial])
    return verdict.sentence if verdict.answer is Answer.NO else ""


def _usual_level(referral: Referral, route: Route) -> str:
    """The level that the route usually means; empty where the cohort's ladder has no such rung."""
    level, ladder = route.indicative_level, referral.ladder
    return level if level is not None and ladder is not None and level in ladder else ""


def prepared(desk: Desk, stream: str, route_id: str) -> Routing:
    """The form of a route before it is taken: everybody at the level that the route usually means.

    Raises ``Refusal`` on what has to be said first: *words*, *name* of a setting, or *line*.
    """
    referral = desk.referral(stream)
    _ready(referral)
    route = desk.config().route(route_id)
    advice = referral.all(AdviceGiven)
    return Routing(
        route=route.id,
        levels=dict.fromkeys(referral.of_concern, _usual_level(referral, route)),
        history_searched=bool(referral.all(HistorySearched)),
        advised_by=advice[-1].author if advice else "",
    )


def ladder_choices(ladder: Ladder | None) -> tuple[tuple[str, str], ...]:
    return tuple((level.id, level.label) for level in ladder.levels) if ladder else ()


def concerned(referral: Referral) -> tuple[Ask, ...]:
    return tuple(Ask(s, full_name(referral.subjects[s].body)) for s in referral.of_concern)


def take_route(desk: Desk, stream: str, routing: Routing, forget_drafts: tuple[str, ...] = ()) -> str:
    """Route a contact; where nobody has to look at it first, send it to the route's team in the same act.

    Returns a sentence for its author. Raises ``Refusal`` on the field at fault.
    """
    referral = desk.referral(stream)
    route = desk.config().route(routing.route)
    _ready(referral)
    missing = [one.name for one in concerned(referral) if not routing.levels.get(one.subject)]
    if missing:
        raise Refusal("level-missing", f"Choose a level for {missing[0]}.", "levels")
    triaged = ContactTriaged(
        route=routing.route,
        levels=tuple(SubjectLevel(s, routing.levels[s]) for s in referral.of_concern),
        rationale=routing.rationale,
        history_searched=routing.history_searched,
        immediate_danger=Account.of(referral).danger == "yes",
        advised_by=routing.advised_by or None,
    )
    sent = _to_its_team(desk, referral, route, triaged)
    desk.act(stream, triaged, *sent, forget_drafts=forget_drafts)
    return f"Routed to {route.label}. {_what_follows(desk, stream, sent)}"


def _to_its_team(
    desk: Desk, referral: Referral, route: Route, triaged: ContactTriaged
) -> tuple[OutcomeSent, ...]:
    """What sends it on by itself: nothing where the route has no team, a decision comes first, or it is one
    of the sample."""
    stream, config = referral.stream, desk.config()
    if route.team is None or referral.owner is None or sampled(stream, config):
        return ()
    sent = OutcomeSent(agency=config.receiver(route, referral.owner), team=route.team)
    return (sent,) if desk.ask(stream, [triaged, sent]) else ()


def _what_follows(desk: Desk, stream: str, sent: tuple[OutcomeSent, ...]) -> str:
    config = desk.config()
    if sent:
        return f"It is with {config.agency(sent[0].agency).team(sent[0].team).name}."
    if needs_decision(desk.referral(stream), config):
        return "It waits for a qualified decision."
    if sampled(stream, config):
        return "It is one of the sample: it waits for a decision maker to look at it."
    return "It waits in oversight to be sent on or closed."


def name_duplicate(desk: Desk, stream: str, reference: str, reason: str) -> None:
    """Close this contact as a duplicate of another. Raises ``Refusal`` on *of* or *reason*."""
    found = [
        hit.shown.referral
        for hit in desk.cache.search(Asked.of(reference), desk.me.person)
        if hit.shown.referral and (hit.shown.reference or "").lower() == reference.strip().lower()
    ]
    if not found:
        raise Refusal("reference-unknown", "No referral held here has that reference.", "of")
    desk.act(stream, DuplicateNamed(of=found[0], reason=reason))


def pass_on(desk: Desk, stream: str, worker: str, reason: str) -> None:
    """Pass a contact to the allocated worker of an open case. Raises ``Refusal``."""
    desk.act(stream, ContactPassed(worker=worker, reason=reason))


def acknowledge(desk: Desk, stream: str, how: str) -> None:
    """Keep that the referrer was told that the contact was received. Raises ``Refusal``."""
    if not how.strip():
        raise Refusal("field-empty", "Write how the referrer was told.", "how")
    desk.act(stream, AcknowledgementSent(how=how))


def _by_others(desk: Desk, before: Referral) -> list[Body]:
    """Notes and advice, under the name of whoever wrote them; and the documents that this person attached.

    A piece of a document goes on with who sent it. What a colleague attached stays with the first contact,
    which is linked as its duplicate.
    """
    me = desk.me.person
    said = [
        NoteAdded(
            words=made.body.words if made.author == me else f"{desk.name(made.author)}: {made.body.words}"
        )
        for made in before.entries
        if isinstance(made.body, NoteAdded | AdviceGiven)
    ]
    documents = [
        made.body for made in before.latest(DocumentAttached, "document").values() if made.author == me
    ]
    return [*said, *documents]


def reopen_as(desk: Desk, stream: str, cohort: Cohort, authority: str, organisational: bool = False) -> str:
    """Take the same contact up under another cohort or authority, or as about a setting: fixed at entry.

    What was told goes along in one act, and the first is closed as its duplicate. Returns the new stream.
    """
    before = desk.referral(stream)
    arrival = Arrival().recorded(before)
    if arrival is None:
        raise Refusal("not-opened", "This contact was never opened.")
    other, config = f"referral:{new_id()}", desk.config()
    opened = ContactOpened(
        cohort=cohort,
        source=arrival.source,
        channel=arrival.channel,
        received_at=arrival.received_at,
        local_authority=authority,
        owner=config.owner_for(cohort, authority, config.day(arrival.received_at)),
        area=arrival.area,
        previous=before.opened.body.previous if before.opened else None,
        organisational=organisational,
    )
    told: list[Body] = [made.body for made in before.all(ReferrerRecorded)[-1:]]
    for kind, key in (
        (SubjectRecorded, "subject"),
        (AddressRecorded, "address"),
        (ContactDetailRecorded, "detail"),
        (ConcernRecorded, "account"),
        (SettingRecorded, "setting"),
        (TellingRecorded, "subject"),
        (AdultRecorded, "subject"),
    ):
        told += [made.body for made in before.latest(kind, key).values()]
    told += relationships(before)
    told += {
        (made.body.subject, made.body.tool): made.body for made in before.all(AssessmentRecorded)
    }.values()
    told += [made.body for made in before.all(AcknowledgementSent) if not made.body.decided]
    told += _by_others(desk, before)
    moved = DuplicateNamed(of=other, reason=f"Taken up again as {cohort.label.lower()}.")
    drafts = [Draft(other, body, id=new_id()) for body in (opened, *told)]
    drafts += [
        Draft(identity.stream, IdentityLinked(referral=other, subject=subject), id=new_id())
        for identity in desk.cache.linked_identities(stream)
        for linked, subject in sorted(identity.linked)
        if linked == stream
    ]
    drafts.append(Draft(stream, moved, base=before.chains.get("stage"), id=new_id()))
    desk.save(drafts)
    return other
