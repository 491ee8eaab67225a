"""Rules of the decision: drafted when answers are in, signed by another, amended and never changed."""

from __future__ import annotations

from ..entries import Made
from ..entries.decision import (
    AdultConcluded,
    DecisionAmended,
    DecisionDrafted,
    DecisionReturned,
    DecisionSigned,
    SubjectDecision,
)
from ..fold.gathering import requests
from ..verdict import YES, Verdict, no
from .situation import Situation, filled, rule


def _decided(situation: Situation, subjects: tuple[SubjectDecision, ...]) -> Verdict:
    """Each decision is about a known person, on the ladder, with what will be done and why."""
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
    return situation.first_no(
        *(filled(one.intervention, "intervention", "what will be done for each person") for one in subjects),
        *(filled(one.rationale, "rationale", "why, for each person") for one in subjects),
        situation.subjects_known(tuple(named), "subjects"),
    )


@rule(DecisionDrafted)
def drafted(situation: Situation, entry: Made[DecisionDrafted]) -> Verdict:
    referral = situation.referral
    if referral.draft is not None:
        return no("draft-waits", "A draft waits for sign-off already.")
    waiting = [request for request in requests(referral).values() if request.open]
    route = referral.route
    immediate = route is not None and any(
        one.id == route and one.immediate for one in situation.config.routes
    )
    if waiting and not immediate:
        names = ", ".join(sorted({_name(situation, request.agency) for request in waiting}))
        return no(
            "answers-awaited",
            f"Not answered yet: {names}. Wait, or record why the decision goes on without.",
            "requests",
        )
    missing = set(referral.of_concern) - {one.subject for one in entry.body.subjects}
    if missing:
        return no("decision-missing", "Decide for each person of concern.", "subjects")
    if not entry.relies_on:
        return no("evidence-missing", "Name the evidence that the decision relies on.", "relies_on")
    return _decided(situation, entry.body.subjects)


def _name(situation: Situation, agency: str) -> str:
    return next((one.short_name for one in situation.config.agencies if one.id == agency), agency)


def _decision_maker(situation: Situation) -> Verdict:
    """The signer is the owning agency's decision maker for the cohort, and never who drafted."""
    referral = situation.referral
    if referral.cohort is not None and situation.author.role not in situation.config.decision_makers(
        referral.cohort
    ):
        return no("not-decision-maker", "Only the owning agency's decision maker for this cohort signs.")
    return YES


@rule(DecisionReturned)
def returned(situation: Situation, entry: Made[DecisionReturned]) -> Verdict:
    if situation.referral.draft is None:
        return situation.absent("no-draft", "No draft waits for sign-off.")
    return situation.first_no(
        _decision_maker(situation), filled(entry.body.reason, "reason", "what is to change")
    )


@rule(DecisionSigned)
def signed(situation: Situation, entry: Made[DecisionSigned]) -> Verdict:
    draft = situation.referral.draft
    if draft is None:
        return situation.absent("no-draft", "No draft waits for sign-off.")
    if draft.author == situation.author.person:
        return no("own-draft", "Who drafted a decision does not sign it.")
    if (entry.body.draft, entry.body.commitment) != (draft.id, draft.commitment):
        return no(
            "draft-changed", "The draft is not the one that was read. Read it again before signing.", "draft"
        )
    return _decision_maker(situation)


@rule(DecisionAmended)
def amended(situation: Situation, entry: Made[DecisionAmended]) -> Verdict:
    return situation.first_no(
        _decision_maker(situation),
        filled(entry.body.reason, "reason", "why the decision changes after signing"),
        _decided(situation, entry.body.subjects),
    )


@rule(AdultConcluded)
def concluded(situation: Situation, entry: Made[AdultConcluded]) -> Verdict:
    return situation.first_no(
        filled(entry.body.conclusion, "conclusion", "the conclusion"),
        situation.subjects_known((entry.body.subject,), "subject"),
    )
