"""Who may make which entry: one declared table, kind × role × relation to the referral × stage.

Deny is the default. The store enforces the table; a desktop asks the same table to enable a button.
Whether an entry makes sense where it stands is for ``rules``; who may read it is for ``audiences``.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from .codes import AgencyKind
from .configuration import HubConfig
from .fold.gathering import asked_about
from .fold.referral import Referral
from .fold.stage import AFTER_SIGNING, BEFORE_ADMISSION, BEFORE_SIGNING, IN_HUB, OPEN, Stage
from .roles import (
    DECIDERS,
    DECISION_MAKERS,
    HUB_MANAGERS,
    LOCAL_OFFICERS,
    RESEARCHERS,
    SOCIAL_WORKERS,
    Role,
)


class Relation(StrEnum):
    """How an agency stands to a referral."""

    OWNER = "owner"
    ORIGIN = "origin"
    HUB = "hub"
    ASKED = "asked"
    RECEIVING = "receiving"
    NONE = "none"


class Permit(msgspec.Struct, frozen=True):
    """Any of these roles, in any of these relations, at any of these stages."""

    roles: frozenset[Role]
    relations: frozenset[Relation]
    stages: frozenset[Stage]

    def allows(self, role: Role, relations: frozenset[Relation], stage: Stage) -> bool:
        return role in self.roles and stage in self.stages and bool(relations & self.relations)


def relations(referral: Referral, agency: str, config: HubConfig) -> frozenset[Relation]:
    """Every relation in which ``agency`` stands to the referral; ``NONE`` always among them."""
    found = {Relation.NONE}
    if referral.owner == agency:
        found.add(Relation.OWNER)
    if referral.origin == agency:
        found.add(Relation.ORIGIN)
    if agency in asked_about(referral):
        found.add(Relation.ASKED)
    if any(one.agency == agency for one in referral.sent):
        found.add(Relation.RECEIVING)
    # The hub's own staff have to do with it from admission on: what was sent on from triage is not theirs.
    if referral.admitted is not None and any(
        one.id == agency and one.kind is AgencyKind.HUB for one in config.agencies
    ):
        found.add(Relation.HUB)
    return frozenset(found)


def _permit(roles: set[Role] | frozenset[Role], where: set[Relation], stages: frozenset[Stage]) -> Permit:
    return Permit(frozenset(roles), frozenset(where), stages)


_R, _S = Role, Stage
_OWN = {Relation.OWNER}
_DESK = {Relation.OWNER, Relation.ORIGIN}
_HUB = {Relation.HUB}
_INTAKE = frozenset(
    {
        _R.TRIAGE_OPERATOR,
        _R.CONSULTANT_SOCIAL_WORKER,
        _R.SAFEGUARDING_MANAGER,
        _R.POLICE_SUPERVISOR,
        _R.SOCIAL_WORKER,
        _R.OUT_OF_HOURS,
    }
)
_CHAIRS = frozenset({_R.FACILITATOR})
_OWNERS = DECISION_MAKERS | {_R.SOCIAL_WORKER, _R.OUT_OF_HOURS}
_TAKING = BEFORE_ADMISSION
_ANYWHERE = frozenset(Stage)
_GATHERING = frozenset({_S.RATED, _S.GATHERING, _S.TABLE, _S.DRAFTED})
_ANSWERING = frozenset({_S.GATHERING, _S.TABLE, _S.DRAFTED, _S.SIGNED, _S.OUTCOME, _S.ACCEPTED})
_DECIDING = frozenset({_S.RATED, _S.GATHERING, _S.TABLE, _S.DRAFTED})

# Who took the contact writes in it until admission; nobody writes in it once it is signed or sent on.
_section = (
    _permit(_INTAKE, _DESK, BEFORE_ADMISSION),
    _permit(_INTAKE, _OWN, BEFORE_SIGNING),
    _permit(_CHAIRS | HUB_MANAGERS, _HUB, IN_HUB),
)
_asking = (_permit(HUB_MANAGERS | _CHAIRS, _HUB, _GATHERING), _permit(_OWNERS, _OWN, _GATHERING))
_answering = (_permit(RESEARCHERS, {Relation.ASKED}, _ANSWERING),)
_table = (_permit(_CHAIRS | HUB_MANAGERS, _HUB, _DECIDING), _permit(_OWNERS, _OWN, _DECIDING))
# Which of the deciders it is for a cohort, the configuration says and the rule holds them to.
_signing = (_permit(DECIDERS, _OWN, frozenset({_S.DRAFTED})),)
_after = (_permit(_OWNERS, _OWN, AFTER_SIGNING), _permit(_CHAIRS | HUB_MANAGERS, _HUB, AFTER_SIGNING))
_everyone = frozenset(Role) - {_R.ADMINISTRATOR, _R.INFORMATION_GOVERNANCE, _R.STORE}
_in_the_building = _everyone - {_R.VIRTUAL_PARTNER}  # who answers requests only
_involved = {Relation.OWNER, Relation.ORIGIN, Relation.HUB, Relation.ASKED, Relation.RECEIVING}

TABLE: dict[str, tuple[Permit, ...]] = {
    "contact.opened": (_permit(_INTAKE, {Relation.NONE}, frozenset({_S.NONE})),),
    "contact.corrected": (_permit(_INTAKE, _DESK, _TAKING),),
    "referrer.recorded": _section[:2],
    "concern.recorded": _section[:2],
    "subject.recorded": _section,
    "relationship.recorded": _section,
    "address.recorded": _section,
    "contact_detail.recorded": _section,
    "telling.recorded": (*_section, _permit(_INTAKE, _OWN, AFTER_SIGNING)),
    "adult.recorded": _section,
    "assessment.recorded": _section,
    "setting.recorded": _section,
    "history.searched": (_permit(_INTAKE, _DESK, OPEN),),
    "advice.given": (_permit(_OWNERS, _OWN, OPEN),),
    "note.added": (_permit(_in_the_building, _involved, OPEN),),
    "document.attached": (_permit(_everyone, _involved, OPEN),),
    "acknowledgement.sent": (_permit(_INTAKE, _DESK, OPEN),),
    "duplicate.named": (_permit(_INTAKE, _DESK, _TAKING),),
    "contact.passed": (_permit(_INTAKE, _DESK, _TAKING),),
    "ownership.transferred": (_permit(DECISION_MAKERS, _OWN, OPEN),),
    "contact.triaged": (_permit(_INTAKE, _DESK, BEFORE_ADMISSION),),
    "triage.overseen": (_permit(DECIDERS, _OWN, frozenset({_S.TRIAGED, _S.OVERSEEN})),),
    "strategy.held": (_permit(DECISION_MAKERS | SOCIAL_WORKERS, _OWN, OPEN),),
    "referral.admitted": (_permit(DECIDERS, _OWN, frozenset({_S.OVERSEEN})),),
    "rag.rated": (_permit(HUB_MANAGERS, _HUB, IN_HUB),),
    "request.made": _asking,
    "request.withdrawn": _asking,
    "request.chased": _asking,
    "request.proceeded_without": _asking,
    "request.acknowledged": _answering,
    "request.answered": _answering,
    "contribution.recorded": _answering,
    "contribution.released": _answering,
    "release.withdrawn": _answering,
    # A release ends on its day, whatever has become of the referral by then.
    "release.expired": (_permit({_R.STORE}, {Relation.NONE}, _ANYWHERE),),
    "table.opened": (_permit(_CHAIRS | HUB_MANAGERS, _HUB, frozenset({_S.RATED, _S.GATHERING})),),
    "attendance.recorded": _table,
    "view.recorded": (*_table, _permit({_R.RESEARCHER}, {Relation.ASKED}, _DECIDING)),
    "analysis.recorded": _table,
    "action.recorded": (*_table, *_after),
    "action.completed": (_permit(_in_the_building, _involved, OPEN),),
    "decision.drafted": (
        _permit(_CHAIRS, _HUB, _DECIDING),
        _permit(_OWNERS, _OWN, _DECIDING),
    ),
    "decision.returned": _signing,
    "decision.signed": _signing,
    "decision.amended": (_permit(DECIDERS, _OWN, AFTER_SIGNING),),
    "enquiry.caused": (_permit(_OWNERS, _OWN, AFTER_SIGNING),),
    "enquiry.reported": (_permit(_OWNERS, _OWN, AFTER_SIGNING),),
    "adult.concluded": (_permit(_OWNERS, _OWN, AFTER_SIGNING),),
    "outcome.sent": (
        # One sibling may be with a team before another is sent.
        *_after,
        _permit(_INTAKE, _OWN, frozenset({_S.TRIAGED, _S.OVERSEEN})),
    ),
    "outcome.accepted": (_permit({_R.GATEWAY_WORKER}, {Relation.RECEIVING}, frozenset({_S.OUTCOME})),),
    "outcome.returned": (_permit({_R.GATEWAY_WORKER}, {Relation.RECEIVING}, frozenset({_S.OUTCOME})),),
    "first_action.recorded": (
        _permit({_R.GATEWAY_WORKER}, {Relation.RECEIVING}, frozenset({_S.OUTCOME, _S.ACCEPTED})),
    ),
    "feedback.given": (_permit(_INTAKE, _DESK, OPEN), _permit(_CHAIRS | HUB_MANAGERS, _HUB, AFTER_SIGNING)),
    "agencies.told": _after,
    "summary.made": (
        _permit(_OWNERS, _OWN, AFTER_SIGNING | {_S.CLOSED}),
        _permit(_CHAIRS | HUB_MANAGERS, _HUB, AFTER_SIGNING | {_S.CLOSED}),
        _permit({_R.GATEWAY_WORKER}, {Relation.RECEIVING}, AFTER_SIGNING | {_S.CLOSED}),
    ),
    "handover.made": (
        _permit(_INTAKE, _OWN, OPEN),
        _permit(_CHAIRS | HUB_MANAGERS, _HUB, IN_HUB),
        _permit({_R.STORE}, {Relation.NONE}, BEFORE_SIGNING),
    ),
    "handover.acknowledged": (_permit({_R.OUT_OF_HOURS}, _OWN, OPEN),),
    "referral.closed": (
        _permit(_OWNERS | {_R.TRIAGE_OPERATOR}, _OWN, frozenset({_S.OVERSEEN, _S.TRIAGED})),
        _permit(_OWNERS, _OWN, AFTER_SIGNING),
        _permit({_R.GATEWAY_WORKER}, {Relation.RECEIVING}, frozenset({_S.ACCEPTED})),
    ),
    "escalation.raised": (_permit(_everyone, _involved, OPEN),),
    "escalation.resolved": (_permit(_everyone, _involved, OPEN),),
    "entry.withdrawn": (
        # Who takes a contact takes back their own slips of the keyboard; the rule sees to *their own*.
        _permit(_INTAKE, _DESK, frozenset({_S.CONTACT})),
        _permit(DECISION_MAKERS, _OWN, _ANYWHERE),
        _permit({_R.INFORMATION_GOVERNANCE}, {Relation.NONE}, _ANYWHERE),
    ),
}
"""Kinds of a referral's stream."""

GATES = frozenset(
    {"triage.overseen", "referral.admitted", "decision.returned", "decision.signed", "decision.amended"}
)
"""Of those whom the table permits, only whom the hub names as the cohort's decision maker makes these."""

FAMILY_TABLE: dict[str, frozenset[Role]] = {
    "history.recorded": frozenset(
        {
            _R.TRIAGE_OPERATOR,
            _R.CONSULTANT_SOCIAL_WORKER,
            _R.SAFEGUARDING_MANAGER,
            _R.POLICE_SUPERVISOR,
            _R.SOCIAL_WORKER,
        }
    ),
    "identity.linked": _INTAKE,
    "identity.unlinked": _INTAKE,
    "identity.not_same": _INTAKE,
    "marker.set": DECISION_MAKERS | HUB_MANAGERS | {_R.INFORMATION_GOVERNANCE},
    "marker.cleared": DECISION_MAKERS | HUB_MANAGERS | {_R.INFORMATION_GOVERNANCE},
    "hub.configured": frozenset({_R.ADMINISTRATOR, _R.STORE}),
    "person.enrolled": frozenset({_R.ADMINISTRATOR, _R.STORE}),
    "membership.granted": frozenset({_R.ADMINISTRATOR, _R.STORE}),
    "membership.ended": frozenset({_R.ADMINISTRATOR, _R.STORE}),
    "key.enrolled": frozenset({_R.ADMINISTRATOR, _R.STORE}),
    "key.revoked": frozenset({_R.ADMINISTRATOR, _R.STORE}),
    "epoch.opened": frozenset({_R.STORE}),
    "disposal.proposed": frozenset({_R.INFORMATION_GOVERNANCE}),
    "disposal.agreed": frozenset({_R.INFORMATION_GOVERNANCE}),
    "disposal.declined": frozenset({_R.INFORMATION_GOVERNANCE}),
    "hold.set": frozenset({_R.INFORMATION_GOVERNANCE}),
    "hold.lifted": frozenset({_R.INFORMATION_GOVERNANCE}),
    "record.viewed": frozenset(Role),
    "search.made": frozenset(Role),
    "document.printed": frozenset(Role),
    "records.exported": frozenset(Role),
    "purge.confirmed": frozenset(Role),
    "lease.extended": LOCAL_OFFICERS,
    "sign_in.failed": frozenset({_R.STORE}),
    "recovery_codes.made": frozenset({_R.STORE}),
    "recovery_code.used": frozenset({_R.STORE}),
    "restricted.met": frozenset({_R.STORE}),
    "restricted.watched": frozenset({_R.STORE}),
    "damage.found": frozenset({_R.STORE}),
    "glass.broken": frozenset(
        {
            _R.CONSULTANT_SOCIAL_WORKER,
            _R.SAFEGUARDING_MANAGER,
            _R.POLICE_SUPERVISOR,
            _R.HUB_MANAGER,
            _R.OUT_OF_HOURS,
        }
    ),
    "glass.mended": frozenset({_R.INFORMATION_GOVERNANCE, _R.STORE}),
}
"""Kinds of the other streams, which have neither relation nor stage."""


def may(kind: str, role: Role, where: frozenset[Relation], stage: Stage) -> bool:
    """Whether the table permits ``role``, standing in relations ``where``, to make ``kind`` at ``stage``."""
    if kind in FAMILY_TABLE:
        return role in FAMILY_TABLE[kind]
    return any(permit.allows(role, where, stage) for permit in TABLE.get(kind, ()))
