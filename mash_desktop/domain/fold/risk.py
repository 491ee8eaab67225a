"""What the domestic abuse tools recorded here open: the routes to MARAC, person by person."""

from __future__ import annotations

from ..assessments import assess, question_set, repeats
from ..codes import MaracRoute
from ..entries import Made
from ..entries.contact import AssessmentRecorded
from ..errors import Refusal
from .referral import Referral


def routes_to_marac(referral: Referral) -> dict[str, frozenset[MaracRoute]]:
    """The routes that are open to each person assessed, by any tool; an empty set is *none is open*."""
    last = {
        (made.body.subject, made.body.tool): made
        for made in sorted(referral.all(AssessmentRecorded), key=lambda one: one.made_order)
    }
    found: dict[str, frozenset[MaracRoute]] = {}
    for (subject, _), made in last.items():
        found[subject] = found.get(subject, frozenset()) | _open(referral, made)
    return found


def _open(referral: Referral, made: Made[AssessmentRecorded]) -> frozenset[MaracRoute]:
    body = made.body
    repeat = False
    if body.last_marac_on is not None and referral.received_at is not None:
        config = referral.config(made)
        repeat = repeats(body.last_marac_on, config.day(referral.received_at), config.marac_repeat_months)
    try:
        result = assess(
            question_set(body.tool),
            body.answers,
            judgement=body.judgement,
            events_in_12_months=body.events_in_12_months,
            repeat=repeat,
        )
    except Refusal:
        return frozenset()  # a tool that this program does not know tells nothing here
    return frozenset(result.routes)
