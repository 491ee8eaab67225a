"""Everything that a fold answers, as a flat table, so that two folds can be compared answer by answer."""

from __future__ import annotations

from mash_desktop.domain.clocks import (
    acknowledgement_due,
    assessment_due,
    conference_due,
    decision_due,
    handover_due,
    returns_due,
)
from mash_desktop.domain.entries import Made
from mash_desktop.domain.fold import Referral, Stage
from mash_desktop.domain.fold.gathering import asked_about, contributions, released, requests
from mash_desktop.domain.fold.handover import handovers
from mash_desktop.domain.fold.levels import drafted_levels, levels
from mash_desktop.domain.fold.people import full_name, household_name, list_name, relationships
from mash_desktop.domain.fold.risk import routes_to_marac

from .story import START

Answers = dict[tuple[str, ...], object]
"""An answer by what it is of; what is not known is absent."""


def answers(referral: Referral) -> Answers:
    found: Answers = {
        ("stage",): referral.stage,
        ("reference",): referral.reference,
        ("cohort",): referral.cohort,
        ("ladder",): referral.ladder,
        ("authority",): referral.local_authority,
        ("owner",): referral.owner,
        ("origin",): referral.origin,
        ("route",): referral.route,
        ("rag",): referral.rag,
        ("received",): referral.received_at,
        ("source",): referral.source,
        ("channel",): referral.channel,
        ("area",): referral.area,
        ("due", "decision"): decision_due(referral),
        ("due", "first"): decision_due(referral, first=True),
        ("due", "acknowledgement"): acknowledgement_due(referral),
        ("due", "assessment"): assessment_due(referral),
        ("due", "conference"): conference_due(referral),
        ("due", "return"): returns_due(referral, START),
    }
    for name in (
        "opened",
        "triaged",
        "overseen",
        "admitting",
        "admitted",
        "rated",
        "draft",
        "signed",
    ):
        made: Made[object] | None = getattr(referral, name)  # type: ignore[type-var]  # any of its entries
        found["entry", name] = made.id if made is not None else None
    found["entry", "closed"] = referral.closed.id if referral.closed else None
    found |= _of_people(referral) | _of_gathering(referral) | _of_decision(referral)
    return {
        what: answer for what, answer in found.items() if answer not in (None, frozenset(), (), Stage.NONE)
    }


def _of_people(referral: Referral) -> Answers:
    found: Answers = {("subject", one): made.id for one, made in referral.subjects.items()}
    found |= {("concerned", one): True for one in referral.of_concern}
    found |= {("scope", one.subject): one for one in referral.scope}
    found |= {("address", made.body.address): made.id for made in referral.addresses}
    found |= {("name", one): (full_name(m.body), list_name(m.body)) for one, m in referral.subjects.items()}
    for one in relationships(referral):
        found["relation", *sorted((one.first, one.second))] = one.relation
    found["household",] = household_name(referral) if referral.subjects else None
    return found | {("marac", one): routes for one, routes in routes_to_marac(referral).items()}


def _of_gathering(referral: Referral) -> Answers:
    found: Answers = {("asked", agency): about for agency, about in asked_about(referral).items()}
    for request, one in requests(referral).items():
        found["request", request] = (one.agency, one.state, one.open, one.unanswered, one.answered_at)
        for subject, answer in one.answers.items():
            found["answer", request, subject] = answer.id
    found |= {("released", one): made.id for one, made in released(referral).items()}
    found |= {("contribution", one): made.id for one, made in contributions(referral).items()}
    for handover, left in handovers(referral).items():
        found["handover", handover] = (left.made.id, left.acknowledged is None, handover_due(referral, left))
    return found


def _of_decision(referral: Referral) -> Answers:
    found: Answers = {}
    for subject, one in levels(referral).items():
        found["level", subject, "indicative"] = one.indicative
        found["level", subject, "admission"] = one.admission
        found["level", subject, "final"] = one.final
        found["level", subject, "movement"] = one.movement
    for sent, sending in referral.sendings.items():
        found["sending", sent] = "waits" if sending.waits else "accepted" if sending.open else "returned"
        found["acted", sent] = sending.acted_at
        found |= {("at", subject): sent for subject in sending.made.body.subjects if sending.open}
    found |= {("drafted", subject): one.final for subject, one in drafted_levels(referral).items()}
    return found


JOINT = {"stage", "due", "request", "concerned", "marac", "asked", "household", "handover", "acted"}
"""Answers that are made of several entries: of a part that no audience holds they can be mixed."""
