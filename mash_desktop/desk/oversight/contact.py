"""The contact chosen: what was said, about whom, what was found before, and what triage makes of it."""

from __future__ import annotations

from datetime import datetime

import msgspec

from ...domain.assessments import question_set
from ...domain.clocks import acknowledgement_due
from ...domain.codes import Cohort, Voice
from ...domain.configuration import Clock
from ...domain.entries.contact import (
    AcknowledgementSent,
    AdultRecorded,
    AdviceGiven,
    ConcernRecorded,
    HistorySearched,
    ReferrerRecorded,
    SubjectRecorded,
    TellingRecorded,
)
from ...domain.entries.outcome import FeedbackGiven, ReferralClosed
from ...domain.entries.triage import StrategyHeld, SubjectLevel, TriageOverseen
from ...domain.errors import Refusal
from ...domain.fold.people import full_name, household_name
from ...domain.fold.referral import Referral
from ...domain.fold.risk import assessments, result_of
from ...domain.fold.stage import Stage
from ..countdown import Countdown, countdown
from ..desk import Desk
from ..triage.history import Match, of_everybody
from ..wording import initial_name, joined, local, say_moment


class Segment(msgspec.Struct, frozen=True):
    """A stretch of an account; ``voice`` where the operator marked it as fact, seen or opinion."""

    text: str
    voice: Voice | None = None


class Account(msgspec.Struct, frozen=True):
    """One account of concern, with what was asked beside it."""

    segments: tuple[Segment, ...]
    facts: tuple[tuple[str, str], ...]
    danger: bool


class PersonShown(msgspec.Struct, frozen=True):
    """A person as told here; ``marks`` are words with the name of their tone."""

    subject: str
    name: str
    born: str
    relation: str
    ground: str
    of_concern: bool
    marks: tuple[tuple[str, str], ...]
    matches: tuple[Match, ...]
    told: tuple[tuple[str, str], ...] = ()
    """What an adult wishes, and what an assessment of risk came to, with labels."""


class LevelGiven(msgspec.Struct, frozen=True):
    """The level that one person has."""

    subject: str
    name: str
    level: str
    label: str


class Triage(msgspec.Struct, frozen=True):
    """What the operator made of it. ``by`` is who and when."""

    route: str
    route_label: str
    immediate: bool
    levels: tuple[LevelGiven, ...]
    rationale: str
    danger: bool
    by: str


class Contact(msgspec.Struct, frozen=True):
    """The contact chosen. ``refusal`` says why this person does not decide it; ``may_…`` what they may do."""

    stream: str
    reference: str
    who: str
    stage: Stage
    came: str
    referrer: str
    clock: Countdown | None
    accounts: tuple[Account, ...]
    people: tuple[PersonShown, ...]
    homes: tuple[tuple[str, str], ...]
    searched: str
    triage: Triage | None
    overseen: str
    reaches_threshold: bool
    advice: tuple[tuple[str, str], ...]
    strategies: tuple[str, ...]
    told: str
    refusal: str
    may_decide: bool
    may_advise: bool
    may_hold_strategy: bool
    may_close: bool
    needs_feedback: bool


def contact(desk: Desk, stream: str) -> Contact | None:
    """The contact as it stands here; ``None`` where it is not held."""
    referral = desk.referral(stream)
    came = referral.arrival
    if came is None:
        return None
    config, now = desk.config(), desk.now()
    triage, overseen = _triage(desk, referral), referral.overseen
    decidable = desk.may(TriageOverseen, referral)
    refusal = _refusal(desk, referral) if referral.triaged is not None else ""
    decided = any(one.body.decided for one in referral.all(AcknowledgementSent))
    return Contact(
        stream=stream,
        reference=referral.reference or "not sent yet",
        who=household_name(referral),
        stage=referral.stage,
        came=f"{say_moment(came.received_at, now, config)} · {came.channel.label} · "
        f"{came.source.value} {came.source.label}",
        referrer=_referrer(referral),
        clock=None
        if decided
        else countdown(
            config,
            Clock.ACKNOWLEDGE,
            referral.cohort,
            None,
            came.received_at,
            acknowledgement_due(referral),
        ),
        accounts=tuple(_account(made.body) for made in referral.latest(ConcernRecorded, "account").values()),
        people=_people(desk, referral),
        homes=_homes(referral),
        searched=_searched(desk, referral),
        triage=triage,
        overseen=_overseen(desk, referral),
        reaches_threshold=referral.ladder is not None
        and triage is not None
        and any(one.level in referral.ladder.thresholds for one in triage.levels),
        advice=tuple(
            (f"{desk.name(made.author)} {say_moment(made.made_at, now, config)}", made.body.words)
            for made in referral.all(AdviceGiven)
        ),
        strategies=tuple(
            _strategy(desk, referral, made.body, made.body.held_at or made.made_at)
            for made in referral.all(StrategyHeld)
        ),
        told=_told(desk, referral),
        refusal=refusal,
        may_decide=decidable and not refusal and not referral.read_only,
        may_advise=desk.may(AdviceGiven, referral),
        may_hold_strategy=desk.may(StrategyHeld, referral) and referral.cohort is Cohort.CHILDREN,
        may_close=desk.may(ReferralClosed, referral)
        and overseen is not None
        and overseen.body.decision == "reroute",
        needs_feedback=needs_feedback(referral),
    )


def needs_feedback(referral: Referral) -> bool:
    """A referrer is known, and has not been told the outcome."""
    known = any(not one.body.anonymous for one in referral.all(ReferrerRecorded))
    return known and not referral.all(FeedbackGiven)


def _refusal(desk: Desk, referral: Referral) -> str:
    """Why this person does not oversee it, in the rule's own sentence."""
    triaged = referral.triaged
    assert triaged is not None
    probe = TriageOverseen(decision="admit", levels=triaged.body.levels, reason="–")
    verdict = desk.ask(referral.stream, [probe])
    own = verdict.answer == "no" and verdict.code in {"own-triage", "not-decision-maker", "made-by-newer"}
    return verdict.sentence if own else ""


def _referrer(referral: Referral) -> str:
    last = referral.all(ReferrerRecorded)
    if not last:
        return "referrer not recorded"
    body = last[-1].body
    if body.anonymous:
        return "anonymous"
    said = ", ".join(part for part in (body.name, body.capacity, body.organisation) if part)
    return f"{said} · the family may not know who called" if body.confidential else said


def segments(body: ConcernRecorded) -> tuple[Segment, ...]:
    """The words cut at the stretches that were marked, in the order of the words."""
    found: list[Segment] = []
    at = 0
    marked = [one for one in body.statements if one.text and one.text in body.words]
    places = sorted(((body.words.find(one.text), one) for one in marked), key=lambda place: place[0])
    for start, statement in places:
        if start < at:
            continue
        found.append(Segment(body.words[at:start].strip()))
        found.append(Segment(statement.text.strip(), statement.voice))
        at = start + len(statement.text)
    found.append(Segment(body.words[at:].strip()))
    return tuple(one for one in found if one.text)


def _account(body: ConcernRecorded) -> Account:
    when = body.incident_on.display() if body.incident_on else ""
    facts = (
        ("Incident", " · ".join(part for part in (when, body.incident_place) if part)),
        ("Where now, and with whom", body.where_now),
        ("Next access", body.next_access),
        ("Primary need", body.primary_need.label if body.primary_need else ""),
        ("Kinds of abuse", joined([one.label.lower() for one in body.abuse_types])),
    )
    told = tuple((label, words) for label, words in facts if words)
    return Account(segments(body), told, bool(body.immediate_danger))


def _people(desk: Desk, referral: Referral) -> tuple[PersonShown, ...]:
    today = local(desk.now(), desk.config()).date()
    found = of_everybody(desk, referral.stream)
    told = referral.latest(TellingRecorded, "subject")
    shown = []
    for subject, made in referral.subjects.items():
        body = made.body
        age = body.birth.say_age(today) if body.birth else ""
        telling = told.get(subject)
        shown.append(
            PersonShown(
                subject,
                full_name(body),
                f"{body.birth.display()} ({age})"
                if body.birth and age
                else body.birth.display()
                if body.birth
                else "–",
                body.relation,
                body.ground or ("subject of concern" if body.of_concern else ""),
                body.of_concern,
                _marks(body, telling.body if telling else None),
                found[subject].matches if subject in found else (),
                (*_adult(referral, subject), *_assessed(referral, subject)),
            )
        )
    return tuple(sorted(shown, key=lambda one: not one.of_concern))


def _adult(referral: Referral, subject: str) -> list[tuple[str, str]]:
    """What is recorded of an adult's own view and circumstances."""
    made = referral.latest(AdultRecorded, "subject").get(subject)
    if made is None:
        return []
    body = made.body
    consents = {True: "consents", False: "does not consent", None: ""}[body.consent]
    told = [
        ("Wishes", body.wishes),
        ("Desired outcomes", body.desired_outcomes),
        ("Consent", "; ".join(part for part in (consents, body.override_reason) if part)),
        ("Mental capacity", body.capacity),
        ("Advocate", body.advocate),
        ("Setting", ", ".join(part for part in (body.setting, body.provider) if part)),
        ("Place of abuse", body.place_of_abuse),
    ]
    return [(label, words) for label, words in told if words]


def _assessed(referral: Referral, subject: str) -> list[tuple[str, str]]:
    """What each tool came to last: a count where it counts, and the routes to MARAC that it opens."""
    found = []
    for (assessed, tool), made in assessments(referral).items():
        if assessed != subject:
            continue
        try:
            asked, result = question_set(tool), result_of(referral, made)
        except Refusal as refusal:
            found.append((tool, refusal.sentence))
            continue
        of = len(asked.questions)
        counted = result.score is not None
        said = [f"{result.score} of {of} yes" if counted else f"{of - len(result.unanswered)} of {of} asked"]
        said += [route.label.lower() for route in result.routes]
        if made.body.judgement_reason:
            said.append(made.body.judgement_reason)
        found.append((asked.tool, " · ".join(said)))
    return found


def _marks(body: SubjectRecorded, telling: TellingRecorded | None) -> tuple[tuple[str, str], ...]:
    marks = [
        ("alleged to cause harm", "red", body.alleged_to_cause_harm),
        ("unsafe to contact", "amber", body.unsafe_to_contact),
        ("parental responsibility", "neutral", bool(body.parental_responsibility)),
        ("told of the sharing", "neutral", telling is not None and telling.told is True),
        ("not told", "violet", telling is not None and telling.told is False),
    ]
    return tuple((words, tone) for words, tone, holds in marks if holds)


def _homes(referral: Referral) -> tuple[tuple[str, str], ...]:
    """Where people live, and who; a suppressed address is not written out."""
    homes = []
    for made in referral.addresses:
        body = made.body
        line = ", ".join(part for part in (body.line, body.postcode) if part)
        who = joined(
            [full_name(referral.subjects[one].body) for one in body.subjects if one in referral.subjects]
        )
        homes.append(("Address suppressed" if body.suppressed else line, who))
    return tuple(homes)


def _searched(desk: Desk, referral: Referral) -> str:
    searches = referral.all(HistorySearched)
    if not searches:
        return "Triage has not searched for earlier history."
    found = max(one.body.found for one in searches)
    at = say_moment(searches[-1].made_at, desk.now(), desk.config())
    records = (
        "no earlier record"
        if found == 0
        else "1 earlier record"
        if found == 1
        else f"{found} earlier records"
    )
    return f"Triage searched {at}: {records} found."


def levels_of(referral: Referral, given: tuple[SubjectLevel, ...]) -> tuple[LevelGiven, ...]:
    """Levels with names, in the order of the people."""
    by_subject = {one.subject: one.level for one in given}
    return tuple(
        LevelGiven(
            subject,
            full_name(referral.subjects[subject].body),
            by_subject.get(subject, ""),
            label_of(referral, by_subject.get(subject, "")),
        )
        for subject in referral.of_concern
    )


def label_of(referral: Referral, level: str) -> str:
    try:
        return referral.ladder.level(level).label if referral.ladder else level
    except Refusal:
        return level


def _triage(desk: Desk, referral: Referral) -> Triage | None:
    triaged = referral.triaged
    if triaged is None:
        return None
    body, config = triaged.body, desk.config()
    route = next((one for one in config.routes if one.id == body.route), None)
    by = f"{initial_name(desk.name(triaged.author))} {say_moment(triaged.made_at, desk.now(), config)}"
    if body.advised_by:
        by += f", advised by {initial_name(desk.name(body.advised_by))}"
    return Triage(
        body.route,
        route.label if route else body.route,
        route.immediate if route else False,
        levels_of(referral, body.levels),
        body.rationale,
        body.immediate_danger,
        by,
    )


def _overseen(desk: Desk, referral: Referral) -> str:
    made = referral.overseen
    if made is None:
        return ""
    at = say_moment(made.made_at, desk.now(), desk.config())
    by = initial_name(desk.name(made.author))
    if made.body.decision == "admit":
        return f"Admission decided by {by} {at}: {made.body.reason}"
    route = next((one.label for one in desk.config().routes if one.id == made.body.route), "another route")
    return f"Sent to {route} by {by} {at}: {made.body.reason}"


def _strategy(desk: Desk, referral: Referral, body: StrategyHeld, at: datetime) -> str:
    decided = {
        "s47_single": "section 47 enquiry by one agency",
        "s47_joint": "joint section 47 enquiry",
        "no_s47": "no section 47 enquiry",
    }.get(body.decision, body.decision)
    present = joined([desk.agency_name(one) for one in body.present])
    about = joined(
        [full_name(referral.subjects[one].body) for one in body.subjects if one in referral.subjects]
    )
    return f"{say_moment(at, desk.now(), desk.config())} {decided} for {about}; present {present}"


def _told(desk: Desk, referral: Referral) -> str:
    sent = referral.all(AcknowledgementSent)
    if not sent:
        return ""
    at = say_moment(sent[-1].made_at, desk.now(), desk.config())
    what = (
        "Referrer told of the decision" if sent[-1].body.decided else "Contact acknowledged to the referrer"
    )
    return f"{what} {at}: {sent[-1].body.how}"
