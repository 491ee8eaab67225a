"""Rules of triage, oversight, strategy discussion, admission and rating."""

from __future__ import annotations

from ..codes import Cohort
from ..entries import Made
from ..entries.contact import AdultRecorded, ConcernRecorded, SettingRecorded
from ..entries.triage import (
    ContactTriaged,
    RagRated,
    ReferralAdmitted,
    StrategyHeld,
    SubjectLevel,
    TriageOverseen,
)
from ..errors import Refusal
from ..lawfulness import check as check_basis
from ..verdict import YES, Verdict, no
from .situation import Situation, filled, rule


def _levels(situation: Situation, given: tuple[SubjectLevel, ...]) -> Verdict:
    """Every subject of concern has one level, and each is on the cohort's ladder."""
    referral = situation.referral
    if referral.ladder is None:
        return situation.absent("not-opened", "The cohort of this referral is not known.")
    subjects = [one.subject for one in given]
    if len(set(subjects)) != len(subjects):
        return no("level-twice", "A person has two levels.", "levels")
    if any(one.level not in referral.ladder for one in given):
        return no("level-unknown", "A level is not on the ladder of this cohort.", "levels")
    if not referral.of_concern:
        return situation.absent("nobody-of-concern", "Name the person the concern is about.", "subjects")
    if set(subjects) != set(referral.of_concern):
        return situation.absent(
            "level-missing", "Give each person of concern a level, and nobody else.", "levels"
        )
    return YES


def _route(situation: Situation, route_id: str | None) -> Verdict:
    referral = situation.referral
    try:
        route = situation.config.route(route_id or "")
    except Refusal as refusal:
        return no(refusal.code, refusal.sentence, "route")
    if referral.cohort is not None and referral.cohort not in route.cohorts:
        return no("route-wrong", f"{route.label} is not a route for this cohort.", "route")
    if not route.holds(situation.today):
        return no("route-wrong", f"{route.label} is not in use now.", "route")
    return YES


@rule(ContactTriaged)
def triaged(situation: Situation, entry: Made[ContactTriaged]) -> Verdict:
    body = entry.body
    if not situation.referral.all(ConcernRecorded):
        return situation.absent("no-concern", "Write what happened before routing.", "words")
    opened = situation.referral.opened
    if opened is not None and opened.body.organisational and not situation.referral.all(SettingRecorded):
        return situation.absent("setting-missing", "Name the setting that the concern is about.", "setting")
    if not body.history_searched:
        return no("history-not-searched", "Search for earlier history before routing.", "history_searched")
    return situation.first_no(
        filled(body.rationale, "rationale", "why this level and this route"),
        _route(situation, body.route),
        _levels(situation, body.levels),
    )


@rule(TriageOverseen)
def overseen(situation: Situation, entry: Made[TriageOverseen]) -> Verdict:
    body, referral = entry.body, situation.referral
    if body.decision not in {"admit", "reroute"}:
        return no("decision-unknown", "Admit to the hub, or choose another route.", "decision")
    if referral.triaged is not None and referral.triaged.author == situation.author.person:
        return no("own-triage", "Who triaged a contact does not oversee it.")
    return situation.first_no(
        situation.decision_maker,
        filled(body.reason, "reason", "the reason"),
        _route(situation, body.route) if body.decision == "reroute" or body.route is not None else YES,
        _levels(situation, body.levels),
    )


@rule(StrategyHeld)
def strategy(situation: Situation, entry: Made[StrategyHeld]) -> Verdict:
    """Social care with police and health at least, as the hub configures it; about children only."""
    body = entry.body
    if situation.referral.cohort not in {Cohort.CHILDREN, None}:
        return no("strategy-not-for-adults", "A strategy discussion is about children.", "subjects")
    if body.decision not in {"s47_single", "s47_joint", "no_s47"}:
        return no(
            "decision-unknown", "Say whether a section 47 enquiry follows, single or joint.", "decision"
        )
    kinds = {agency.kind for agency in situation.config.agencies if agency.id in body.present}
    for group in situation.config.required_strategy_agencies:
        if not kinds & set(group):
            named = " or ".join(kind.label.lower() for kind in group)
            return no("strategy-incomplete", f"A strategy discussion needs {named}.", "present")
    if not body.subjects:
        return no("nobody-named", "Name the children whom it was about.", "subjects")
    if body.decision != "no_s47" and not body.seen_by.strip():
        return no("field-empty", "Write by when the child is to be seen.", "seen_by")
    return situation.first_no(
        filled(body.reason, "reason", "the reasons"),
        YES if body.held_at is None else situation.not_future(body.held_at, "held_at"),
        situation.agencies_known(body.present, "present"),
        situation.subjects_known(body.subjects, "subjects"),
    )


@rule(ReferralAdmitted)
def admitted(situation: Situation, entry: Made[ReferralAdmitted]) -> Verdict:
    body, referral, config = entry.body, situation.referral, situation.config
    seen = referral.overseen
    if seen is None:
        return situation.absent("not-overseen", "A qualified decision comes before admission.")
    if seen.body.decision != "admit":
        return no("not-overseen", "The oversight of this contact sent it elsewhere.")
    if referral.cohort is None or referral.ladder is None:
        return situation.absent("not-opened", "The cohort of this referral is not known.")
    reached = {one.level for one in seen.body.levels} & set(referral.ladder.thresholds)
    if not reached:
        return no("below-threshold", "No person's level meets a threshold for admission.", "threshold")
    if body.threshold not in reached:
        return no(
            "threshold-wrong", "The threshold named is not one that a person's level meets.", "threshold"
        )
    if not body.scope:
        return no("scope-empty", "Name who is in scope, and why.", "scope")
    named = [one.subject for one in body.scope]
    if len(set(named)) != len(named):
        return no("scope-twice", "A person is in scope twice.", "scope")
    try:
        kind = config.agency(situation.author.agency).kind
        for one in body.scope:
            check_basis(config, one.basis, referral.cohort, kind, one.data_kinds, situation.today)
    except Refusal as refusal:
        return no(refusal.code, refusal.sentence, refusal.field or "scope")
    return situation.first_no(
        situation.decision_maker,
        _consent(situation),
        filled(body.purpose, "purpose", "the purpose of sharing"),
        *(filled(one.ground, "ground", "why each person is in scope") for one in body.scope),
        situation.subjects_known(tuple(named), "scope"),
    )


def _consent(situation: Situation) -> Verdict:
    """An adult who does not consent is overridden for a reason that is written down, or not at all."""
    told = situation.referral.latest(AdultRecorded, "subject")
    if any(
        told[subject].body.consent is False and not told[subject].body.override_reason.strip()
        for subject in situation.referral.of_concern
        if subject in told
    ):
        return no("consent-overridden-why", "Write why consent is overridden.", "override_reason")
    return YES


@rule(RagRated)
def rated(situation: Situation, entry: Made[RagRated]) -> Verdict:
    rag, before, cohort = entry.body.rag, situation.referral.rated, situation.referral.cohort
    if cohort is None:
        return situation.absent("not-opened", "The cohort of this referral is not known.")
    if rag not in situation.config.ratings(cohort, situation.today):
        return no("rating-not-offered", "This hub does not offer that rating for this cohort.", "rag")
    if before is not None and before.body.rag is rag:
        return no("rating-same", "It is rated so already.", "rag")
    return filled(entry.body.reason, "reason", "why this rating")
