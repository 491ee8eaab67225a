"""Rules of asking, answering and releasing."""

from __future__ import annotations

from ..codes import AnswerResult, Cohort, IntelligenceHandling
from ..entries import Made
from ..entries.gathering import (
    ContributionRecorded,
    ContributionReleased,
    ProceededWithout,
    ReleaseExpired,
    ReleaseWithdrawn,
    RequestAcknowledged,
    RequestAnswered,
    RequestChased,
    RequestMade,
    RequestWithdrawn,
)
from ..errors import Refusal
from ..fold.gathering import Request, contributions, released, requests
from ..lawfulness import check_withholding
from ..verdict import YES, Verdict, no
from .situation import Situation, filled, rule


def _request(situation: Situation, request: str) -> Request | Verdict:
    """The request named, if it stands."""
    found = requests(situation.referral).get(request)
    if found is None:
        return situation.absent("request-unknown", "This referral has no such request.", "request")
    if found.withdrawn:
        return no("request-withdrawn", "The request has been withdrawn.", "request")
    return found


def _own_request(situation: Situation, request: str) -> Request | Verdict:
    """The request named, if it stands and asks the author's agency."""
    found = _request(situation, request)
    if isinstance(found, Request) and found.agency != situation.author.agency:
        return no("request-of-another", "This request asks another agency.", "request")
    return found


@rule(RequestMade)
def made(situation: Situation, entry: Made[RequestMade]) -> Verdict:
    body, referral = entry.body, situation.referral
    if body.request in requests(situation.referral):
        return no("request-twice", "This request was made already.", "request")
    if not body.subjects:
        return no("request-about-nobody", "Name who the agency is asked about.", "subjects")
    if body.cohort not in {None, referral.cohort} or body.reference not in {"", referral.reference}:
        return situation.absent(
            "request-misleads", "The request names another case than this one.", "reference"
        )
    if body.rag not in {None, referral.rag}:
        return situation.absent("rating-outdated", "It is rated otherwise now. Look, and ask again.", "rag")
    scope = {one.subject for one in referral.scope}
    if not scope.issuperset(body.subjects):
        return situation.absent("not-in-scope", "An agency is asked only about people in scope.", "subjects")
    return situation.first_no(
        situation.member(body.agency, "agency"),
        filled(body.minimum_concern, "minimum_concern", "the minimum that the agency needs to know"),
    )


@rule(RequestWithdrawn)
def withdrawn(situation: Situation, entry: Made[RequestWithdrawn]) -> Verdict:
    found = _request(situation, entry.body.request)
    if isinstance(found, Verdict):
        return found
    if found.answers:
        return no("request-answered", "The agency has answered; the request stands.", "request")
    return filled(entry.body.reason, "reason", "why the request is withdrawn")


def _unanswered(found: Request | Verdict) -> Verdict:
    if isinstance(found, Verdict):
        return found
    return no("request-answered", "The agency has answered.", "request") if found.answered else YES


@rule(RequestChased)
def chased(situation: Situation, entry: Made[RequestChased]) -> Verdict:
    return _unanswered(_request(situation, entry.body.request))


@rule(RequestAcknowledged)
def acknowledged(situation: Situation, entry: Made[RequestAcknowledged]) -> Verdict:
    return _unanswered(_own_request(situation, entry.body.request))


@rule(RequestAnswered)
def answered(situation: Situation, entry: Made[RequestAnswered]) -> Verdict:
    """Refusing is a decision: who, why, review date. It is not *nothing held*."""
    body = entry.body
    found = _own_request(situation, body.request)
    if isinstance(found, Verdict):
        return found
    if body.subject not in found.subjects:
        return no("not-asked-about", "Your agency was not asked about this person.", "subject")
    if body.result is AnswerResult.REFUSED:
        if body.refusal_reason is None or not body.refusal_text.strip():
            return no(
                "refusal-why",
                "Say why your agency does not share: a reason, and what it rests on.",
                "refusal_reason",
            )
        if body.review_on is None or body.review_on < situation.today:
            return no(
                "refusal-review", "Give a day, not past, on which the refusal is reviewed.", "review_on"
            )
        about_child = (
            situation.referral.cohort is Cohort.CHILDREN and body.subject in situation.referral.of_concern
        )
        try:
            check_withholding(situation.config, about_child, body.refusal_reason, situation.today)
        except Refusal as refusal:
            return no(refusal.code, refusal.sentence, "refusal_reason")
    elif not body.systems_searched:
        return no("systems-not-named", "Name the systems that were searched.", "systems_searched")
    return YES


@rule(ContributionRecorded)
def contributed(situation: Situation, entry: Made[ContributionRecorded]) -> Verdict:
    body = entry.body
    found = _own_request(situation, body.request)
    if isinstance(found, Verdict):
        return found
    if not body.subjects or not set(body.subjects) <= set(found.subjects):
        return no("not-asked-about", "Your agency was not asked about a person named here.", "subjects")
    held = contributions(situation.referral).get(body.contribution)
    if held is not None and held.agency != situation.author.agency:
        return no("contribution-of-another", "Another agency brought that item.", "contribution")
    graded = (body.intelligence_source, body.intelligence_grade, body.handling)
    if any(graded) and not all(graded):
        return no(
            "intelligence-ungraded",
            "Intelligence needs its source, its grade and its handling code.",
            "handling",
        )
    return filled(body.words, "words", "what your agency holds")


@rule(ContributionReleased)
def release(situation: Situation, entry: Made[ContributionReleased]) -> Verdict:
    """A C item leaves only in wording that police have released: never word for word."""
    body = entry.body
    found = _own_request(situation, body.request)
    if isinstance(found, Verdict):
        return found
    held = contributions(situation.referral).get(body.contribution)
    if held is None:
        return situation.absent("contribution-unknown", "There is no such item to release.", "contribution")
    if held.agency != situation.author.agency:
        return no(
            "contribution-of-another", "Only the agency that brought an item releases it.", "contribution"
        )
    if body.request != held.body.request:
        return no("request-of-another-item", "This item was brought to another request.", "request")
    if situation.referral.signed is not None and body.contribution in released(situation.referral):
        return no("signed-off", "The decision is signed on the wording that was released.", "words")
    if not body.subjects or not set(body.subjects) <= set(held.body.subjects):
        return no("release-too-wide", "A release names nobody whom the item does not.", "subjects")
    if body.until is not None and body.until < situation.today:
        return no("release-past", "Give a last day that is not past, or none.", "until")
    if (
        held.body.handling is IntelligenceHandling.WITH_CONDITIONS
        and body.words.strip() == held.body.words.strip()
    ):
        return no(
            "wording-not-released", "An item with conditions leaves only in wording released for it.", "words"
        )
    return filled(body.words, "words", "the wording that goes to the table")


@rule(ReleaseExpired)
def expired(situation: Situation, entry: Made[ReleaseExpired]) -> Verdict:
    standing = released(situation.referral).get(entry.body.contribution)
    if standing is None:
        return situation.absent("not-released", "This item is not on the table.", "contribution")
    if standing.agency != entry.body.agency:
        return no("contribution-of-another", "Another agency brought that item.", "agency")
    if standing.body.until is None or standing.body.until >= situation.today:
        return no("release-not-over", "This release has not come to its last day.", "contribution")
    return YES


@rule(ReleaseWithdrawn)
def unreleased(situation: Situation, entry: Made[ReleaseWithdrawn]) -> Verdict:
    standing = released(situation.referral).get(entry.body.contribution)
    if standing is None:
        return situation.absent("not-released", "This item is not on the table.", "contribution")
    if standing.agency != situation.author.agency:
        return no(
            "contribution-of-another", "Only the agency that brought an item takes it back.", "contribution"
        )
    return filled(entry.body.reason, "reason", "why it is taken back")


@rule(ProceededWithout)
def without(situation: Situation, entry: Made[ProceededWithout]) -> Verdict:
    return situation.first_no(
        _unanswered(_request(situation, entry.body.request)),
        filled(entry.body.reason, "reason", "why the decision does not wait for this answer"),
    )
