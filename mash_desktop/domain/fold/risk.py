"""What the domestic abuse tools recorded here come to: the routes to MARAC open to each person."""

from __future__ import annotations

from ..assessments import Result, assess, question_set, repeats
from ..codes import MaracRoute
from ..entries import Made
from ..entries.contact import AssessmentRecorded
from ..errors import Refusal
from .referral import Referral


def assessments(referral: Referral) -> dict[tuple[str, str], Made[AssessmentRecorded]]:
    """The last assessment of each person by each tool, by subject and id of the tool."""
    return {
        (made.body.subject, made.body.tool): made
        for made in sorted(referral.all(AssessmentRecorded), key=lambda one: one.made_order)
    }


def result_of(referral: Referral, made: Made[AssessmentRecorded]) -> Result:
    """What one assessment comes to, a repeat within the hub's months included.

    Raises ``Refusal`` for a tool, a question or an answer that this program does not know.
    """
    body = made.body
    repeat = False
    if body.last_marac_on is not None and referral.received_at is not None:
        config = referral.config(made)
        repeat = repeats(body.last_marac_on, config.day(referral.received_at), config.marac_repeat_months)
    return assess(
        question_set(body.tool),
        body.answers,
        judgement=body.judgement,
        events_in_12_months=body.events_in_12_months,
        repeat=repeat,
    )


def routes_to_marac(referral: Referral) -> dict[str, frozenset[MaracRoute]]:
    """The routes that are open to each person assessed, by any tool; an empty set is *none is open*."""
    found: dict[str, frozenset[MaracRoute]] = {}
    for (subject, _), made in assessments(referral).items():
        found[subject] = found.get(subject, frozenset()) | _open(referral, made)
    return found


def _open(referral: Referral, made: Made[AssessmentRecorded]) -> frozenset[MaracRoute]:
    try:
        return frozenset(result_of(referral, made).routes)
    except Refusal:
        return frozenset()  # a tool that this program does not know tells nothing here
