"""Who may receive an entry. Computed from the fold, so that need to know follows what has happened.

An audience is a string: ``agency:police``, ``role:mash:hub_manager``, ``team:scc-children:gateway``,
``person:<id>``, ``governance`` or ``hub`` (every member). Who belongs to an audience is ``audiences_of``.
Nothing is redacted: what two audiences may not both see is two entries.
"""

from __future__ import annotations

import msgspec

from .codes import AgencyKind
from .configuration import HubConfig
from .entries import Body, Made
from .entries.access import GlassBroken, GlassMended, RestrictedMet, RestrictedWatched
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
    SettingRecorded,
    SubjectRecorded,
    TellingRecorded,
)
from .entries.gathering import (
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
from .entries.outcome import AgenciesTold, EntryWithdrawn, EscalationRaised, EscalationResolved
from .entries.table import (
    ActionCompleted,
    ActionRecorded,
    AnalysisRecorded,
    AttendanceRecorded,
    TableOpened,
    ViewRecorded,
)
from .entries.triage import StrategyHeld
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
_HANDED_ON = (
    ConcernRecorded,
    TellingRecorded,
    AdultRecorded,
    AssessmentRecorded,
    ContactDetailRecorded,
    SettingRecorded,
    StrategyHeld,
)


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


class Reach(msgspec.Struct, frozen=True):
    """All of a referral that its entries' audiences depend on, worked out once for all of them.

    Two equal ones give every entry the same audiences: what an act does not widen or narrow need not be
    looked at again.
    """

    core: frozenset[str]
    """The owning agency and who took the contact; from admission on, the hub's own staff."""
    hub_staff: frozenset[str]
    receiving: frozenset[str]
    """Agencies whose teams have somebody of it: whole, since a household is looked after as one."""
    table: frozenset[str]
    """Agencies at the table: those asked, once a table is open."""
    asked: dict[str, frozenset[str]]
    """Subjects that each agency is asked about."""
    requests: dict[str, str]
    """The agency that each request asks."""
    released: frozenset[str]
    """Entries that are the last of a chain of release."""
    suppressed: frozenset[str]
    """Addresses whose last word is that they are suppressed, which holds for every earlier word on them."""
    disagreeing: dict[str, frozenset[str]]
    """Parties to each escalation, as far as they have to do with this referral."""

    def asked_about_any(self, subjects: set[str]) -> set[str]:
        return {f"agency:{agency}" for agency, about in self.asked.items() if about & subjects}

    def asked_about_all(self, subjects: set[str]) -> set[str]:
        return {f"agency:{agency}" for agency, about in self.asked.items() if subjects <= about}


def reach(referral: Referral, config: HubConfig) -> Reach:
    """How far this referral reaches, as things stand."""
    hub_staff = frozenset(f"agency:{one.id}" for one in config.agencies if one.kind is AgencyKind.HUB)
    # Who took the contact holds it until admission; from then on the hub's own staff do.
    others = hub_staff if referral.admitted is not None else {f"agency:{referral.origin}"}
    core = others | ({f"agency:{referral.owner}"} if referral.owner is not None else set())
    asked = asked_about(referral)
    receiving = {f"agency:{one.agency}" for one in referral.sent}
    involved = core | receiving | {f"agency:{agency}" for agency in asked}
    return Reach(
        core=frozenset(core),
        hub_staff=hub_staff,
        receiving=frozenset(receiving),
        table=frozenset(
            f"agency:{agency}" for agency in (asked if referral.last(TableOpened) is not None else ())
        ),
        asked=asked,
        requests={request: one.agency for request, one in requests(referral).items()},
        released=frozenset(last for chain, last in referral.chains.items() if chain.startswith("release:")),
        suppressed=frozenset(one.body.address for one in referral.addresses if one.body.suppressed),
        disagreeing={
            escalation: frozenset(f"agency:{party}" for party in one.body.parties) & involved
            for escalation, one in referral.latest(EscalationRaised, "escalation").items()
        },
    )


def audiences(referral: Referral, entry: Made[Body], config: HubConfig) -> frozenset[str]:
    """The audiences of one entry of this referral, as things stand."""
    return audiences_within(reach(referral, config), entry)


def audiences_within(reach: Reach, entry: Made[Body]) -> frozenset[str]:
    """The audiences of one entry of a referral that reaches so far."""
    body = entry.body
    core = reach.core
    own = frozenset({f"agency:{entry.agency}"})
    if isinstance(body, _OWNERS_ONLY):
        return own | core - reach.hub_staff
    if isinstance(body, ContributionRecorded):
        return own
    if isinstance(body, ContributionReleased):
        at_table = reach.table if entry.id in reach.released else frozenset[str]()
        # An agency owns what it contributed: a receiving team of another agency than the owner's has it only
        # where the agency agrees to onward use.
        return own | core | at_table | (reach.receiving if body.onward else frozenset())
    if isinstance(body, ReleaseWithdrawn):
        return own | core
    if isinstance(body, ReleaseExpired):
        return core | {f"agency:{body.agency}"}
    if isinstance(body, RequestMade):
        return core | {f"agency:{body.agency}"}
    if isinstance(body, _REQUEST_BOUND):
        asked = reach.requests.get(body.request)
        return core | own | ({f"agency:{asked}"} if asked else set())
    if isinstance(body, SubjectRecorded):
        return core | reach.receiving | reach.asked_about_any({body.subject})
    if isinstance(body, RelationshipRecorded):
        return core | reach.receiving | reach.asked_about_all({body.first, body.second})
    if isinstance(body, AddressRecorded):
        if body.suppressed or body.address in reach.suppressed:
            return core
        return core | reach.receiving | reach.asked_about_any(set(body.subjects))
    if isinstance(body, (NoteAdded, DocumentAttached)):
        return own | (core if own <= core else frozenset[str]())
    if isinstance(body, _TABLED):
        return core | own | reach.table | reach.receiving
    if isinstance(body, (EscalationRaised, EscalationResolved)):
        return core | own | reach.disagreeing.get(body.escalation, frozenset())
    if isinstance(body, EntryWithdrawn):
        return core | own | {GOVERNANCE}
    if isinstance(body, AgenciesTold):
        return core | {f"agency:{agency}" for agency in body.agencies}
    if isinstance(body, _HANDED_ON):
        return core | reach.receiving
    if entry.guard is not None and entry.guard in {"stage", "decision"}:
        return core | own | reach.receiving
    return core | own


def seen_through_glass(reach: Reach, entry: Made[Body], found: frozenset[str]) -> bool:
    """Whether breaking the glass of a referral shows this entry, whose audiences are ``found``.

    It shows what everybody who answers for the referral has: not who referred, not an address that is
    suppressed, not what an agency has yet to release.
    """
    body = entry.body
    if isinstance(body, AddressRecorded) and (body.suppressed or body.address in reach.suppressed):
        return False
    return reach.core <= found and not isinstance(body, _OWNERS_ONLY)


def identity_audiences(
    identity: Identity, holders: frozenset[str], entry: Made[Body], glass: frozenset[str] = frozenset()
) -> frozenset[str]:
    """Who receives an entry of an identity's stream.

    ``holders`` are the audiences that hold every linked subject's entry, as the store finds them. Markers
    flow to every one of them; facts go to the agency they came from, and to ``glass``, who have broken the
    glass of this identity, and never along a link. A restricted record goes to its named readers only.
    """
    readers = identity.restricted_to
    if readers is not None:
        return frozenset(f"person:{reader}" for reader in readers)
    own = frozenset({f"agency:{entry.agency}"})
    if entry.kind == "history.recorded":
        return own | glass
    return own | holders


def access_audiences(entry: Made[Body]) -> frozenset[str]:
    """Who receives an entry of a day of accesses: governance, and whom it opens something to or tells of it;
    nobody what says nothing."""
    body = entry.body
    if isinstance(body, GlassBroken):
        return frozenset({GOVERNANCE, f"person:{entry.author}"})
    if isinstance(body, GlassMended):
        return frozenset({GOVERNANCE, f"person:{body.person}"})
    if isinstance(body, RestrictedWatched):
        return frozenset()
    if isinstance(body, RestrictedMet):
        return frozenset({GOVERNANCE, *(f"person:{told}" for told in body.readers + body.cover)})
    return frozenset({GOVERNANCE})
