"""The decision while it is being written, and drafting it for signature.

What is typed is kept as one draft a case. After a return it begins with the words that came back, so that
the drafter amends and does not write anew.
"""

from __future__ import annotations

import msgspec

from ...domain.codes import MaracRoute
from ...domain.entries.contact import ConcernRecorded
from ...domain.entries.decision import DecisionDrafted, SubjectDecision
from ...domain.entries.gathering import ProceededWithout
from ...domain.entries.made import Made
from ...domain.entries.table import ViewRecorded
from ...domain.errors import Refusal
from ...domain.fold import Referral
from ...domain.fold.gathering import released, requests
from ..desk import Desk
from .names import agency_called, named


class SubjectChoice(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is being decided for one person; ``level`` is empty until chosen."""

    level: str = ""
    intervention: str = ""
    rationale: str = ""
    marac: MaracRoute | None = None


class Deciding(msgspec.Struct, frozen=True, omit_defaults=True):
    """The whole as typed: by subject, and the entries it relies on in the order of choosing."""

    subjects: dict[str, SubjectChoice] = {}
    relied: tuple[str, ...] = ()


def _key(stream: str) -> str:
    return f"table/{stream}/decision"


def kept_deciding(desk: Desk, referral: Referral) -> Deciding:
    """What was typed; else the words of the draft that came back; evidence only as far as it stands."""
    text = desk.cache.draft(_key(referral.stream))
    if text:
        found = msgspec.json.decode(text, type=Deciding)
    else:
        last = referral.last(DecisionDrafted)
        found = _from_draft(last) if last is not None else Deciding()
    standing = evidence(referral)
    return msgspec.structs.replace(found, relied=tuple(one for one in found.relied if one in standing))


def _from_draft(made: Made[DecisionDrafted]) -> Deciding:
    return Deciding(
        {
            one.subject: SubjectChoice(one.level, one.intervention, one.rationale, one.marac)
            for one in made.body.subjects
        },
        made.relies_on,
    )


def keep_deciding(desk: Desk, stream: str, deciding: Deciding) -> None:
    desk.cache.put_draft(_key(stream), msgspec.json.encode(deciding).decode())


def evidence(referral: Referral) -> frozenset[str]:
    """Entries that a decision may rely on now."""
    concerns = referral.latest(ConcernRecorded, "account").values()
    return frozenset(made.id for made in (*released(referral).values(), *concerns))


def awaited(desk: Desk, referral: Referral) -> tuple[str, ...]:
    """Agencies that have not answered and that the hub has not gone on without, by name."""
    open_now = [request.agency for request in requests(referral).values() if request.open]
    return tuple(agency_called(desk.config(), agency) for agency in dict.fromkeys(open_now))


def go_on_without(desk: Desk, stream: str, reason: str) -> str:
    """Record, for every answer still awaited, why the decision does not wait for it."""
    waiting = [one for one in requests(desk.referral(stream)).values() if one.open]
    if not waiting:
        raise Refusal("nothing-awaited", "Every agency has answered.")
    return desk.act(stream, *(ProceededWithout(request=one.id, reason=reason.strip()) for one in waiting))


def draft_decision(desk: Desk, stream: str, deciding: Deciding) -> str:
    """Draft the decision for signature, resting on the evidence chosen as far as it still stands.

    Raises ``Refusal`` of the rules: *answers-awaited* names the agencies.
    """
    referral = desk.referral(stream)
    standing = evidence(referral)
    body = DecisionDrafted(
        subjects=tuple(
            SubjectDecision(
                subject, choice.level, choice.intervention.strip(), choice.rationale.strip(), choice.marac
            )
            for subject in referral.of_concern
            if (choice := deciding.subjects.get(subject)) is not None and choice.level
        ),
        dissent=dissent(desk, referral),
    )
    return desk.act(
        stream,
        body,
        relies_on=tuple(one for one in deciding.relied if one in standing),
        forget_drafts=(_key(stream),),
    )


def dissent(desk: Desk, referral: Referral) -> str:
    """Every recorded dissent in words: *Police about Mia: the account does not fit.*"""
    said = [
        f"{agency_called(desk.config(), made.body.agency)} about {named(referral, (made.body.subject,))}: "
        f"{made.body.words}"
        for made in views(referral)
        if made.body.agrees is False
    ]
    return "\n".join(said)


def views(referral: Referral) -> tuple[Made[ViewRecorded], ...]:
    """The view of each agency on each person that stands: the one recorded last."""
    found: dict[tuple[str, str], Made[ViewRecorded]] = {}
    for made in sorted(referral.all(ViewRecorded), key=lambda one: one.made_order):
        found[made.body.agency, made.body.subject] = made
    return tuple(found.values())
