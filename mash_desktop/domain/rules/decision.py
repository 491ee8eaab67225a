"""Rules of the decision: drafted when answers are in, signed by another, amended and never changed."""

from __future__ import annotations

from ..codes import Cohort, MaracRoute
from ..entries import Made
from ..entries.decision import (
    AdultConcluded,
    DecisionAmended,
    DecisionDrafted,
    DecisionReturned,
    DecisionSigned,
    EnquiryCaused,
    EnquiryReported,
    SubjectDecision,
)
from ..fold.gathering import requests
from ..fold.risk import routes_to_marac
from ..verdict import YES, Verdict, no
from .situation import Situation, filled, rule


def _decided(situation: Situation, subjects: tuple[SubjectDecision, ...]) -> Verdict:
    """About people of concern or in scope, on the ladder, with what will be done and why."""
    referral = situation.referral
    named = [one.subject for one in subjects]
    if not named:
        return no("decision-empty", "Decide for at least one person.", "subjects")
    if len(set(named)) != len(named):
        return no("level-twice", "A person has two levels.", "subjects")
    if referral.ladder is None:
        return situation.absent("not-opened", "The cohort of this referral is not known.")
    for one in subjects:
        if one.level not in referral.ladder:
            return no("level-unknown", "A level is not on the ladder of this cohort.", "level")
    concerned = {*referral.of_concern, *(one.subject for one in referral.scope)}
    return situation.first_no(
        *(filled(one.intervention, "intervention", "what will be done for each person") for one in subjects),
        *(filled(one.rationale, "rationale", "why, for each person") for one in subjects),
        situation.subjects_known(tuple(named), "subjects"),
        YES
        if concerned.issuperset(named)
        else situation.absent(
            "decision-about-another", "Decide for people of concern or in scope, and nobody else.", "subjects"
        ),
        *(_marac(situation, one) for one in subjects),
    )


def _marac(situation: Situation, decided: SubjectDecision) -> Verdict:
    """High risk goes to MARAC on a ground that holds; judgement raises a result and never lowers it."""
    referral = situation.referral
    if referral.cohort is not Cohort.DOMESTIC_ABUSE or referral.ladder is None:
        return YES
    routes = routes_to_marac(referral).get(decided.subject, frozenset())
    high = decided.level in referral.ladder.thresholds
    if not high and routes:
        return no(
            "judgement-lowers",
            "An assessment came to high risk. Judgement raises it and never lowers it.",
            "level",
        )
    if not high and decided.marac is not None:
        return no("marac-not-high", "Only high risk is referred to MARAC.", "marac")
    if high and decided.marac is None:
        return no("marac-ground", "Name the ground on which this is referred to MARAC.", "marac")
    if high and decided.marac not in {*routes, MaracRoute.PROFESSIONAL_JUDGEMENT}:
        return situation.absent("marac-ground-wrong", "No assessment here opens that ground.", "marac")
    return YES


def _answers_in(situation: Situation) -> Verdict:
    """Every request answered, or gone on without for a reason; a direct line never waits."""
    referral = situation.referral
    waiting = [request for request in requests(referral).values() if request.open]
    immediate = {one.id for one in situation.config.routes if one.immediate}
    if not waiting or referral.route in immediate:
        return YES
    names = ", ".join(sorted({_name(situation, request.agency) for request in waiting}))
    return no(
        "answers-awaited",
        f"Not answered yet: {names}. Wait, or record why the decision goes on without.",
        "requests",
    )


@rule(DecisionDrafted)
def drafted(situation: Situation, entry: Made[DecisionDrafted]) -> Verdict:
    referral = situation.referral
    if referral.draft is not None:
        return no("draft-waits", "A draft waits for sign-off already.")
    awaited = _answers_in(situation)
    if not awaited:
        return awaited
    missing = set(referral.of_concern) - {one.subject for one in entry.body.subjects}
    if missing:
        return no("decision-missing", "Decide for each person of concern.", "subjects")
    if not entry.relies_on:
        return no("evidence-missing", "Name the evidence that the decision relies on.", "relies_on")
    return _decided(situation, entry.body.subjects)


def _name(situation: Situation, agency: str) -> str:
    return next((one.short_name for one in situation.config.agencies if one.id == agency), agency)


@rule(DecisionReturned)
def returned(situation: Situation, entry: Made[DecisionReturned]) -> Verdict:
    if situation.referral.draft is None:
        return situation.absent("no-draft", "No draft waits for sign-off.")
    return situation.first_no(
        situation.decision_maker, filled(entry.body.reason, "reason", "what is to change")
    )


@rule(DecisionSigned)
def signed(situation: Situation, entry: Made[DecisionSigned]) -> Verdict:
    """Never by the drafter. What the draft waited for and rests on must still hold when it is signed."""
    draft = situation.referral.draft
    if draft is None:
        return situation.absent("no-draft", "No draft waits for sign-off.")
    if draft.author == situation.author.person:
        return no("own-draft", "Who drafted a decision does not sign it.")
    if (entry.body.draft, entry.body.commitment) != (draft.id, draft.commitment):
        return no(
            "draft-changed", "The draft is not the one that was read. Read it again before signing.", "draft"
        )
    return situation.first_no(
        situation.decision_maker, _answers_in(situation), situation.stands(draft.relies_on)
    )


@rule(DecisionAmended)
def amended(situation: Situation, entry: Made[DecisionAmended]) -> Verdict:
    """By somebody else than the drafter, who would otherwise sign their own words by the back door."""
    referral = situation.referral
    if referral.signed is None:
        return situation.absent("not-signed", "No decision is signed that could be amended.")
    if referral.draft is not None and referral.draft.author == situation.author.person:
        return no("own-draft", "Who drafted a decision does not amend it.")
    return situation.first_no(
        situation.decision_maker,
        filled(entry.body.reason, "reason", "why the decision changes after signing"),
        _decided(situation, entry.body.subjects),
    )


@rule(EnquiryCaused)
def enquiry(situation: Situation, entry: Made[EnquiryCaused]) -> Verdict:
    body = entry.body
    if situation.referral.cohort not in {Cohort.ADULTS, None}:
        return no("enquiry-not-adults", "Enquiries are caused for adults.", "subject")
    return situation.first_no(
        filled(body.made_by, "made_by", "who makes the enquiry"),
        filled(body.words, "words", "what is to be found out"),
        situation.subjects_known((body.subject,), "subject"),
    )


@rule(EnquiryReported)
def reported(situation: Situation, entry: Made[EnquiryReported]) -> Verdict:
    if entry.body.enquiry not in situation.referral.latest(EnquiryCaused, "enquiry"):
        return situation.absent("enquiry-unknown", "No such enquiry was caused.", "enquiry")
    return filled(entry.body.words, "words", "what the enquiry found")


@rule(AdultConcluded)
def concluded(situation: Situation, entry: Made[AdultConcluded]) -> Verdict:
    if situation.referral.cohort not in {Cohort.ADULTS, None}:
        return no("enquiry-not-adults", "A conclusion is of an adult's enquiry.", "subject")
    return situation.first_no(
        filled(entry.body.conclusion, "conclusion", "the conclusion"),
        situation.subjects_known((entry.body.subject,), "subject"),
    )
