"""Who may receive an entry. Computed from the fold, so that need to know follows what has happened.

An audience is a string: ``agency:police``, ``role:mash:hub_manager``, ``team:scc-children:gateway``,
``person:<id>``, ``governance`` or ``hub`` (every member). Who belongs to an audience is ``audiences_of``.
Nothing is redacted: what two audiences may not both see is two entries.
"""

from __future__ import annotations

from .codes import AgencyKind
from .configuration import HubConfig
from .entries import Body, Made
from .entries.contact import (
    AddressRecorded,
    AdultRecorded,
    AssessmentRecorded,
    ConcernRecorded,
    ContactDetailRecorded,
    DocumentAttached,
    NoteAdded,
    ReferrerRecorded,
    RelationshipRecorded,
    SubjectRecorded,
    TellingRecorded,
)
from .entries.gathering import (
    ContributionRecorded,
    ContributionReleased,
    ProceededWithout,
    ReleaseWithdrawn,
    RequestAcknowledged,
    RequestAnswered,
    RequestChased,
    RequestMade,
    RequestWithdrawn,
)
from .entries.outcome import AgenciesTold, EscalationRaised, EscalationResolved
from .entries.table import (
    ActionCompleted,
    ActionRecorded,
    AnalysisRecorded,
    AttendanceRecorded,
    TableOpened,
    ViewRecorded,
)
from .fold.gathering import asked_about, requests
from .fold.identity import Identity
from .fold.referral import Referral
from .roles import Role

GOVERNANCE = "governance"
HUB = "hub"

_REQUEST_BOUND = (
    RequestWithdrawn,
    RequestAcknowledged,
    RequestAnswered,
    RequestChased,
    ProceededWithout,
)
_TABLED = (TableOpened, AttendanceRecorded, ViewRecorded, AnalysisRecorded, ActionRecorded, ActionCompleted)
_OWNERS_ONLY = (ReferrerRecorded,)


def audiences_of(person: str, agency: str, role: Role, team: str | None) -> frozenset[str]:
    """The audiences that a session belongs to, by what its person acts as."""
    found = {HUB, f"agency:{agency}", f"role:{agency}:{role.value}", f"person:{person}"}
    if team is not None:
        found.add(f"team:{agency}:{team}")
    if role is Role.INFORMATION_GOVERNANCE:
        found.add(GOVERNANCE)
    if role in {Role.ADMINISTRATOR, Role.INFORMATION_GOVERNANCE}:
        # Neither role opens case content by virtue of itself.
        found.discard(f"agency:{agency}")
    return frozenset(found)


def _core(referral: Referral, config: HubConfig) -> set[str]:
    """The owning agency and who took the contact; from admission on, the hub's own staff."""
    found = {f"agency:{agency}" for agency in (referral.owner, referral.origin) if agency is not None}
    if referral.admitted is not None:
        for agency in config.agencies:
            if agency.kind is AgencyKind.HUB:
                found.add(f"agency:{agency.id}")
    return found


def _receiving(referral: Referral) -> set[str]:
    return {f"agency:{referral.outcome.body.agency}"} if referral.outcome is not None else set()


def _table(referral: Referral) -> set[str]:
    """Agencies at the table: those asked, once a table is open."""
    if referral.last(TableOpened) is None:
        return set()
    return {f"agency:{agency}" for agency in asked_about(referral)}


def _asked_about_any(referral: Referral, subjects: set[str]) -> set[str]:
    return {f"agency:{agency}" for agency, about in asked_about(referral).items() if about & subjects}


def audiences(referral: Referral, entry: Made[Body], config: HubConfig) -> frozenset[str]:
    """The audiences of one entry of this referral, as things stand."""
    body = entry.body
    core = _core(referral, config)
    own = {f"agency:{entry.agency}"}
    if isinstance(body, _OWNERS_ONLY):
        return frozenset(core - {f"agency:{a.id}" for a in config.agencies if a.kind is AgencyKind.HUB})
    if isinstance(body, ContributionRecorded):
        return frozenset(own)
    if isinstance(body, ContributionReleased):
        return frozenset(
            own | core | _receiving(referral) | (_table(referral) if _stands(referral, entry) else set())
        )
    if isinstance(body, ReleaseWithdrawn):
        return frozenset(own | core | _receiving(referral))
    if isinstance(body, RequestMade):
        return frozenset(core | {f"agency:{body.agency}"})
    if isinstance(body, _REQUEST_BOUND):
        asked = requests(referral).get(body.request)
        return frozenset(core | own | ({f"agency:{asked.agency}"} if asked else set()))
    if isinstance(body, SubjectRecorded):
        return frozenset(core | _receiving(referral) | _asked_about_any(referral, {body.subject}))
    if isinstance(body, RelationshipRecorded):
        both = {body.first, body.second}
        return frozenset(
            core
            | _receiving(referral)
            | {f"agency:{agency}" for agency, about in asked_about(referral).items() if both <= about}
        )
    if isinstance(body, AddressRecorded):
        if body.suppressed:
            return frozenset(core)
        return frozenset(core | _receiving(referral) | _asked_about_any(referral, set(body.subjects)))
    if isinstance(body, (NoteAdded, DocumentAttached)):
        return frozenset(own | (core if own <= core else set()))
    if isinstance(body, _TABLED):
        return frozenset(core | own | _table(referral) | _receiving(referral))
    if isinstance(body, (EscalationRaised, EscalationResolved)):
        return frozenset(core | own)
    if isinstance(body, AgenciesTold):
        return frozenset(core | {f"agency:{agency}" for agency in body.agencies})
    if isinstance(
        body, (ConcernRecorded, TellingRecorded, AdultRecorded, AssessmentRecorded, ContactDetailRecorded)
    ):
        return frozenset(core | _receiving(referral))
    if entry.guard is not None and entry.guard in {"stage", "decision"}:
        return frozenset(core | own | _receiving(referral))
    return frozenset(core | own)


def _stands(referral: Referral, entry: Made[Body]) -> bool:
    return entry.guard is not None and referral.chains.get(entry.guard) == entry.id


def identity_audiences(identity: Identity, holders: frozenset[str], entry: Made[Body]) -> frozenset[str]:
    """Who receives an entry of an identity's stream.

    ``holders`` are the audiences that hold every linked subject's entry, as the store finds them. Markers
    flow to every one of them; facts go to the agency they came from and never along a link. A restricted
    record goes to its named readers only.
    """
    readers = identity.restricted_to
    if readers is not None:
        return frozenset(f"person:{reader}" for reader in readers)
    own = frozenset({f"agency:{entry.agency}"})
    if entry.kind == "history.recorded":
        return own
    return own | holders
