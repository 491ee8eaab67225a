"""Acts that people might propose: sensible ones that fit where a referral stands, and others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from random import Random
from typing import Any, TypeVar

import msgspec

from mash_desktop.domain.acts import Author
from mash_desktop.domain.codes import (
    AnswerResult,
    Cohort,
    DataKind,
    IntelligenceGrade,
    IntelligenceHandling,
    IntelligenceSource,
    MaracRoute,
    Rag,
    RefusalReason,
    SourceOfContact,
)
from mash_desktop.domain.configuration import HubConfig
from mash_desktop.domain.entries import Body, Made
from mash_desktop.domain.entries.decision import (
    DecisionAmended,
    DecisionDrafted,
    DecisionSigned,
    SubjectDecision,
)
from mash_desktop.domain.entries.gathering import RequestAnswered
from mash_desktop.domain.entries.outcome import (
    FirstActionRecorded,
    OutcomeAccepted,
    OutcomeReturned,
    OutcomeSent,
)
from mash_desktop.domain.entries.triage import (
    ContactTriaged,
    InScope,
    ReferralAdmitted,
    StrategyHeld,
    SubjectLevel,
    TriageOverseen,
)
from mash_desktop.domain.fold import Referral
from mash_desktop.domain.fold.gathering import contributions, requests
from mash_desktop.domain.law import Gateway
from mash_desktop.domain.lawfulness import prefill
from mash_desktop.domain.roles import Role

from .sampling import SAMPLES
from .stories import (
    ADMINISTRATOR,
    ADULT_OPERATOR,
    ADULT_WORKER,
    DEPUTY,
    GOVERNANCE,
    OTHER_OPERATOR,
    OUT_OF_HOURS,
    POLICE_OPERATOR,
    SAFEGUARDING,
    SUPERVISOR,
)
from .story import (
    CONSULTANT,
    EARLY_HELP,
    EDUCATION,
    FACILITATOR,
    GATEWAY,
    HEALTH,
    KEY,
    MANAGER,
    OPERATOR,
    POLICE,
    START,
    WORKER,
)

AUTHORS = (
    OPERATOR,
    OTHER_OPERATOR,
    CONSULTANT,
    Author("olu", "scc-children", Role.CONSULTANT_SOCIAL_WORKER, KEY.key_id),
    Author("ruth", "mash", Role.FACILITATOR, KEY.key_id),
    WORKER,
    OUT_OF_HOURS,
    Author("vera", "scc-children", Role.SAFEGUARDING_MANAGER, KEY.key_id),
    GATEWAY,
    EARLY_HELP,
    Author("tess", "scc-adults", Role.GATEWAY_WORKER, KEY.key_id),
    MANAGER,
    DEPUTY,
    FACILITATOR,
    POLICE,
    HEALTH,
    EDUCATION,
    ADULT_OPERATOR,
    SAFEGUARDING,
    ADULT_WORKER,
    POLICE_OPERATOR,
    SUPERVISOR,
    Author("gil", "police", Role.GATEWAY_WORKER, KEY.key_id),
    ADMINISTRATOR,
    GOVERNANCE,
)
AGENCIES = (*dict.fromkeys(author.agency for author in AUTHORS), "housing", "the-press")
OWNERS = {Cohort.CHILDREN: "scc-children", Cohort.ADULTS: "scc-adults", Cohort.DOMESTIC_ABUSE: "police"}
ROUTES = {
    Cohort.CHILDREN: ("advice", "early-help-gateway", "social-work-gateway", "direct-line"),
    Cohort.ADULTS: ("advice", "adult-safeguarding"),
    Cohort.DOMESTIC_ABUSE: ("advice", "police-domestic-abuse"),
}

TEAMS = (
    ("scc-children", "social-work-gateway"),
    ("scc-children", "early-help-gateway"),
    ("scc-adults", "sast"),
    ("police", "domestic-abuse"),
)
"""Receiving teams that somebody of ``AUTHORS`` sits in."""

T = TypeVar("T")


def sensible(kind: str, author: Author, referral: Referral, config: HubConfig, rnd: Random) -> Body:
    """What somebody who knows the work would write of this kind here."""
    body = _fitted(SAMPLES[kind], author, referral, config, rnd)
    asked = [one for one in requests(referral).values() if not one.withdrawn]
    own = [one for one in asked if one.agency == author.agency and rnd.random() < 0.9] or asked
    if hasattr(body, "request") and own and kind != "request.made":
        one = rnd.choice(own)
        body = _changed(
            body, request=one.id, subjects=one.subjects, subject=rnd.choice(one.unanswered or one.subjects)
        )
        if kind == "contribution.released":
            brought = [made.body for made in contributions(referral).values() if made.agency == author.agency]
            if brought:
                item = rnd.choice(brought)
                body = _changed(
                    body, contribution=item.contribution, request=item.request, subjects=item.subjects
                )
    return body


def _fitted(body: Body, author: Author, referral: Referral, config: HubConfig, rnd: Random) -> Body:
    cohort = referral.cohort or Cohort.CHILDREN
    levels = [level.id for level in referral.ladder.levels] if referral.ladder else ["advice"]
    people = referral.of_concern or ("mia",)
    given = tuple(SubjectLevel(one, rnd.choice(levels)) for one in people)
    match body:
        case ContactTriaged():
            return _changed(body, route=rnd.choice(ROUTES[cohort]), levels=given)
        case TriageOverseen():
            decision = rnd.choice(("admit", "admit", "reroute"))
            if decision == "admit" and referral.ladder and rnd.random() < 0.8:
                met = rnd.choice(referral.ladder.thresholds)
                given = (SubjectLevel(people[0], met), *given[1:])
            return _changed(body, decision=decision, levels=given, route=rnd.choice(ROUTES[cohort]))
        case ReferralAdmitted():
            return _admission(referral, config, rnd)
        case StrategyHeld():
            decision = rnd.choice(("s47_joint", "no_s47"))
            return _changed(body, subjects=people[:1], decision=decision, held_at=rnd.choice((None, START)))
        case DecisionDrafted():
            return _changed(body, subjects=_decided(referral, levels, rnd))
        case RequestAnswered():
            return _changed(
                body,
                result=rnd.choice(tuple(AnswerResult)),
                refusal_reason=RefusalReason.NOT_RELEVANT,
                refusal_text="It is about somebody else.",
                review_on=date(2027, 11, 12),
            )
        case DecisionSigned():
            waiting = referral.draft
            return _changed(
                body, draft=waiting.id if waiting else "", commitment=waiting.commitment if waiting else ""
            )
        case OutcomeSent() if referral.signed is not None:
            agency, team = rnd.choice(TEAMS)
            decided, away = list(referral.decided), referral.with_team
            left = [one for one in decided if one not in away] or decided
            whole = not left or rnd.random() < 0.2
            named = () if whole else tuple(rnd.sample(left, rnd.randint(1, len(left))))
            return _changed(body, agency=agency, team=team, subjects=named)
        case OutcomeAccepted() | OutcomeReturned() | FirstActionRecorded():
            agencys = [one.id for one in referral.sent if one.agency == author.agency]
            mine = [one.id for one in referral.sent if one.team == author.team] or agencys
            return _changed(body, sent=rnd.choice(mine) if mine and rnd.random() < 0.8 else "")
        case OutcomeSent():
            route = next((one for one in config.routes if one.id == referral.route and one.team), None)
            if route is not None and referral.owner is not None:
                return _changed(body, agency=config.receiver(route, referral.owner), team=route.team)
    if body.KIND == "decision.amended":
        return _changed(body, subjects=_decided(referral, levels, rnd)[:1])
    fitting = {
        "subject": rnd.choice(people),
        "request": f"r{rnd.randrange(4)}",
        "contribution": f"c{rnd.randrange(3)}",
        "agency": rnd.choice(("police", "mpft", "education"))
        if body.KIND == "request.made"
        else author.agency,
        "subjects": people,
        "rag": rnd.choice(tuple(Rag)) if body.KIND == "rag.rated" else None,
        "entry": rnd.choice(referral.entries).id if referral.entries else "",
        "to": rnd.choice(tuple(OWNERS.values())),
        "found": int(rnd.random() < 0.2),
        "source": rnd.choice(tuple(SourceOfContact)),
        "consent": rnd.choice((None, True, False)),
        "judgement": (judged := rnd.random() < 0.3),
        "judgement_reason": "He will not stop." if judged else "",
    }
    if rnd.random() < 0.3:
        fitting |= {
            "intelligence_source": IntelligenceSource.RELIABLE,
            "intelligence_grade": IntelligenceGrade.CORROBORATED,
            "handling": IntelligenceHandling.WITH_CONDITIONS,
        }
    if body.KIND in {"contact.opened", "subject.recorded", "relationship.recorded"}:
        return body
    return _changed(body, **fitting)


def _changed(body: Body, **said: Any) -> Body:
    """``body`` with those of the fields said that it has."""
    fields = {field.name for field in msgspec.structs.fields(body)}
    return msgspec.structs.replace(body, **{name: value for name, value in said.items() if name in fields})


def _admission(referral: Referral, config: HubConfig, rnd: Random) -> ReferralAdmitted:
    cohort, owner = referral.cohort or Cohort.CHILDREN, referral.owner or "scc-children"
    kinds = (DataKind.ORDINARY, DataKind.SPECIAL_CATEGORY)
    basis = prefill(config, cohort, config.agency(owner).kind, kinds, START.date())
    thresholds = referral.ladder.thresholds if referral.ladder else ("child_in_need",)
    met = [one.level for one in referral.overseen.body.levels] if referral.overseen else []
    return ReferralAdmitted(
        threshold=next((one for one in met if one in thresholds), rnd.choice(thresholds)),
        purpose="To find out whether everybody is safe.",
        scope=tuple(InScope(one, "in the household", kinds, basis) for one in referral.subjects),
    )


def _decided(referral: Referral, levels: Sequence[str], rnd: Random) -> tuple[SubjectDecision, ...]:
    chosen = [(one, rnd.choice(levels)) for one in referral.of_concern or ("mia",)]
    return tuple(
        SubjectDecision(
            one,
            level,
            "As agreed.",
            "As told.",
            MaracRoute.PROFESSIONAL_JUDGEMENT if level == "high" else None,
        )
        for one, level in chosen
    )


def meddled(body: Body, referral: Referral, rnd: Random) -> Body:
    """The same with one or two fields said otherwise: wrong people, empty words, other agencies."""
    pools: dict[str, tuple[object, ...]] = {
        "subject": (*referral.subjects, "nobody"),
        "second": ("mia", "nobody"),
        "subjects": _other_decisions(body.subjects, referral, rnd)
        if isinstance(body, (DecisionDrafted, DecisionAmended))
        else ((), ("nobody",), tuple(referral.subjects)),
        "levels": ((), (SubjectLevel("mia", "advice"),), (SubjectLevel("nobody", "no such level"),)),
        "request": ("r0", "r1", "r9"),
        "contribution": ("c0", "c9"),
        "agency": AGENCIES,
        "agencies": ((), ("police", "the-press")),
        "parties": ((), ("police", "housing")),
        "sent": ("", *(one.id for one in referral.all(OutcomeSent)), "nothing"),
        "team": ("family-hub", "emergency-duty", "nowhere"),
        "to": AGENCIES,
        "owner": AGENCIES,
        "entry": tuple(one.id for one in referral.entries) or ("",),
        "draft": tuple(one.id for one in referral.entries) or ("",),
        "route": ("advice", "direct-line", "the-moon"),
        "decision": ("admit", "reroute", "no_s47", "perhaps"),
        "threshold": ("advice", "early_help", "child_in_need", "s42_enquiry", "standard", "high"),
        "scope": (_on_another_basis(body.scope, rnd),) if isinstance(body, ReferralAdmitted) else ((),),
        "present": (("police",),),
        "media_type": ("text/csv",),
        "size": (0, 2**40),
        "history_searched": (False,),
        "cohort": tuple(Cohort),
        "tool": ("dara-2022", "no-such-tool"),
        "told": (False,),
    }
    fitting = {
        field.name: fits
        for field in msgspec.structs.fields(body)
        if (fits := _fits(getattr(body, field.name), pools.get(field.name)))
    }
    changed = rnd.sample(sorted(fitting), min(len(fitting), rnd.choice((1, 1, 2))))
    return msgspec.structs.replace(body, **{name: rnd.choice(fitting[name]) for name in changed})


def _fits(value: object, pool: tuple[object, ...] | None) -> list[object]:
    """Those of a pool that the field could hold; white space for words that have none."""
    if pool is None:
        return ["", " "] if isinstance(value, str) else []
    return [one for one in pool if value is None or isinstance(one, type(value))]


def _on_another_basis(scope: tuple[InScope, ...], rnd: Random) -> tuple[InScope, ...]:
    gateway = rnd.choice(tuple(Gateway))
    replace = msgspec.structs.replace
    return tuple(replace(one, basis=replace(one.basis, gateway=gateway)) for one in scope)


def _other_decisions(
    decided: tuple[SubjectDecision, ...], referral: Referral, rnd: Random
) -> tuple[tuple[SubjectDecision, ...], ...]:
    """Fewer, about somebody else, or on another ground of MARAC."""
    other = rnd.choice((*referral.subjects, "nobody"))
    ground = rnd.choice((None, *MaracRoute))
    return (
        (),
        decided[1:],
        tuple(msgspec.structs.replace(one, subject=other) for one in decided[:1]),
        tuple(msgspec.structs.replace(one, marac=ground) for one in decided),
    )


def made_by(
    author: Author,
    body: Body,
    number: int,
    referral: Referral,
    now: datetime,
    *,
    relies_on: tuple[str, ...] = (),
) -> Made[Body]:
    """An entry as this author would make it now, on the chain as it stands."""
    return Made(
        id=f"{number:08d}",
        stream="referral:0",
        kind=body.KIND,
        version=body.VERSION,
        body=body,
        act=f"act-{number}",
        author=author.person,
        agency=author.agency,
        role=author.role,
        made_at=now,
        guard=body.guard,
        base=referral.chains.get(body.guard) if body.guard else None,
        relies_on=relies_on,
        commitment=f"{number:064x}",
    )
