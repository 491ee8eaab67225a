"""Entries of the streams that are no referral, in words: the hub's own, identities, days of access.

What was searched for is not among them: the terms are a person's name as often as not, and who reads the
trail asks for them one by one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...domain.audiences import GOVERNANCE
from ...domain.configuration import HubConfig
from ...domain.entries import Body, Made
from ...domain.entries.access import (
    DONE,
    DamageFound,
    DocumentPrinted,
    GlassBroken,
    GlassMended,
    LeaseExtended,
    PurgeConfirmed,
    RecordsExported,
    RecordViewed,
    RecoveryCodesMade,
    RecoveryCodeUsed,
    RestrictedMet,
    SearchMade,
    SignInFailed,
)
from ...domain.entries.hub import (
    EpochOpened,
    HubConfigured,
    KeyEnrolled,
    KeyRevoked,
    MembershipEnded,
    MembershipGranted,
    PersonEnrolled,
)
from ...domain.entries.identity import (
    HistoryRecorded,
    IdentityLinked,
    IdentityNotSame,
    IdentityUnlinked,
    MarkerCleared,
    MarkerSet,
)
from ...domain.roles import Role
from ..desk import Desk
from ..wording import counted, joined, say_day, say_moment
from .decision import PAPERS
from .teller import Told

SCREENS = {
    "triage": "triage desk",
    "oversight": "oversight",
    "hub": "hub board",
    "requests": "requests",
    "table": "round table",
    "sign": "sign-off",
    "inbox": "inbox",
    "file": "referral file",
    "search": "search",
    "govern": "governance",
    "alert": "silent alert",
}


def standing_words(desk: Desk, config: HubConfig, agency: str, role: Role, team: str | None = None) -> str:
    """*Researcher, Police* or *Gateway worker, Social Work Gateway*."""
    found = next((one for one in config.agencies if one.id == agency), None)
    named = next((one.name for one in found.teams if one.id == team), "") if found and team else ""
    return f"{role.label}, {named or desk.agency_name(agency)}"


def audience_words(desk: Desk, config: HubConfig, audience: str) -> str:
    """Who may receive something, in words: *Police*, *Researcher, Police*, *Karen Shaw*, *Governance*."""
    kind, _, rest = audience.partition(":")
    agency, _, part = rest.partition(":")
    if kind == "person":
        return desk.name(rest)
    if kind == "agency":
        return desk.agency_name(agency)
    if kind == "role":
        return standing_words(desk, config, agency, Role(part))
    if kind == "team":
        found = next((one for one in config.agencies if one.id == agency), None)
        named = next((one.name for one in found.teams if one.id == part), part) if found else part
        return f"{named}, {desk.agency_name(agency)}"
    return "Governance" if audience == GOVERNANCE else "Everybody of the hub"


def tell_elsewhere(desk: Desk, entry: Made[Body]) -> Told:
    """One entry of such a stream. Total: a kind that is not known is told by its name."""
    say = _WORDS.get(type(entry.body))
    return say(desk, entry.body) if say else Told(entry.kind.replace(".", " ").replace("_", " "))


def _viewed(desk: Desk, body: RecordViewed) -> Told:
    return Told(DONE[RecordViewed], SCREENS.get(body.screen, body.screen))


def _searched(desk: Desk, body: SearchMade) -> Told:
    return Told(DONE[SearchMade], f"{body.found} found" if body.found else "nothing found")


def _printed(desk: Desk, body: DocumentPrinted) -> Told:
    return Told(DONE[DocumentPrinted], PAPERS.get(body.profile, body.profile))


def _exported(desk: Desk, body: RecordsExported) -> Told:
    return Told(DONE[RecordsExported], f"{body.what} ({counted(body.count, 'row', 'rows')})")


def _failed(desk: Desk, body: SignInFailed) -> Told:
    return Told(DONE[SignInFailed], f"from {body.address}, account ending {body.account_digest[-6:]}")


def _made_codes(desk: Desk, body: RecoveryCodesMade) -> Told:
    return Told(DONE[RecoveryCodesMade], "for a lost authenticator")


def _used_code(desk: Desk, body: RecoveryCodeUsed) -> Told:
    return Told(DONE[RecoveryCodeUsed], f"{body.left or 'none'} left")


def _purged(desk: Desk, body: PurgeConfirmed) -> Told:
    return Told(DONE[PurgeConfirmed], counted(body.entries, "entry", "entries"))


def _broke(desk: Desk, body: GlassBroken) -> Told:
    until = say_moment(body.until, desk.now(), desk.config())
    return Told(DONE[GlassBroken], f"until {until}: {body.reason}")


def _mended(desk: Desk, body: GlassMended) -> Told:
    whose = f"broken by {desk.name(body.person)}"
    if not body.reason:
        return Told(DONE[GlassMended], f"{whose}: its time was over")
    return Told(DONE[GlassMended], f"{whose}: {body.reason}")


def _damaged(desk: Desk, body: DamageFound) -> Told:
    return Told(DONE[DamageFound], f"of the entry at {body.position}; have verify run")


def _extended(desk: Desk, body: LeaseExtended) -> Told:
    until = say_moment(body.until, desk.now(), desk.config())
    return Told(f"Let {desk.name(body.person)} read on without the hub", f"until {until}: {body.reason}")


def _met(desk: Desk, body: RestrictedMet) -> Told:
    told = joined([desk.name(person) for person in body.readers + body.cover])
    return Told(DONE[RestrictedMet], f"shown nothing; told were {told}")


def _configured(desk: Desk, body: HubConfigured) -> Told:
    return Told("Changed the hub's configuration", f"{body.config.name}, in force on being admitted")


def _person(desk: Desk, body: PersonEnrolled) -> Told:
    return Told(f"Added {body.name}", body.email)


def _granted(desk: Desk, body: MembershipGranted) -> Told:
    role = standing_words(desk, desk.config(), body.agency, body.role, body.team)
    until = f", until {say_day(body.until)}" if body.until else ""
    return Told(f"Gave {desk.name(body.person)} a role", f"{role}{until}")


def _ended(desk: Desk, body: MembershipEnded) -> Told:
    role = standing_words(desk, desk.config(), body.agency, body.role)
    return Told(f"Ended a role of {desk.name(body.person)}", f"{role}: {body.reason}")


def _key(desk: Desk, body: KeyEnrolled) -> Told:
    return Told(f"Enrolled a device of {desk.name(body.person)}", f"device {body.device[-6:]}")


def _revoked(desk: Desk, body: KeyRevoked) -> Told:
    key = desk.directory().keys.get(body.key)
    return Told(f"Revoked a device of {desk.name(key.person)}" if key else "Revoked a device", body.reason)


def _restored(desk: Desk, body: EpochOpened) -> Told:
    when = say_moment(body.backed_up_at, desk.now(), desk.config())
    return Told("Restored the hub from a backup", f"of {when}, {counted(body.size, 'entry', 'entries')}")


def _history(desk: Desk, body: HistoryRecorded) -> Told:
    who = " ".join(filter(None, (body.forenames, body.surname))) or f"record {body.record}"
    return Told(f"Earlier history of {who}", f"from {body.source_system}")


def _linked(desk: Desk, body: IdentityLinked) -> Told:
    return Told("Linked a person to their earlier history", body.reason)


def _unlinked(desk: Desk, body: IdentityUnlinked) -> Told:
    return Told("Undid a link to earlier history", body.reason)


def _not_same(desk: Desk, body: IdentityNotSame) -> Told:
    return Told("Found two records not to be the same person", body.reason)


def _marked(desk: Desk, body: MarkerSet) -> Told:
    return Told(f"Set a marker: {body.marker.label.lower()}", body.reason)


def _cleared(desk: Desk, body: MarkerCleared) -> Told:
    return Told(f"Cleared a marker: {body.marker.label.lower()}", body.reason)


_WORDS: dict[type[Body], Callable[[Desk, Any], Told]] = {
    RecordViewed: _viewed,
    SearchMade: _searched,
    DocumentPrinted: _printed,
    RecordsExported: _exported,
    SignInFailed: _failed,
    RecoveryCodesMade: _made_codes,
    RecoveryCodeUsed: _used_code,
    GlassBroken: _broke,
    GlassMended: _mended,
    PurgeConfirmed: _purged,
    LeaseExtended: _extended,
    DamageFound: _damaged,
    RestrictedMet: _met,
    HubConfigured: _configured,
    PersonEnrolled: _person,
    MembershipGranted: _granted,
    MembershipEnded: _ended,
    KeyEnrolled: _key,
    KeyRevoked: _revoked,
    EpochOpened: _restored,
    HistoryRecorded: _history,
    IdentityLinked: _linked,
    IdentityUnlinked: _unlinked,
    IdentityNotSame: _not_same,
    MarkerSet: _marked,
    MarkerCleared: _cleared,
}
