"""Which accesses are about somebody, and what each of them says, in words without case content."""

from __future__ import annotations

from datetime import datetime

import msgspec

from mash_desktop.domain.entries import Body, Made
from mash_desktop.domain.entries.access import (
    DONE,
    DocumentPrinted,
    GlassBroken,
    GlassMended,
    LeaseExtended,
    RecordsExported,
    RecordViewed,
    RecoveryCodesMade,
    RecoveryCodeUsed,
    RestrictedMet,
    SearchMade,
    SignInFailed,
)
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.fold import Directory
from mash_desktop.domain.roles import Role

from .. import protocol


class Looked(msgspec.Struct, frozen=True):
    """One access. ``at`` is when it was done, by the clock of whoever did it, ``admitted_at`` by the store's.

    ``person`` is who did it, empty where nobody was signed in; ``device`` is empty where the store wrote it.
    """

    position: int
    at: datetime
    admitted_at: datetime | None
    person: str
    who: str
    role: str
    agency: str
    device: str
    kind: str
    what: str
    target: str
    detail: str


def concerns(entry: Made[Body], about: protocol.AboutFound, terms: tuple[str, ...]) -> bool:
    """Whether an access names the person, by their records or by words looked for; of somebody who works in
    the hub, whether it is theirs."""
    body = entry.body
    if about.member:
        if isinstance(body, SignInFailed):
            return body.account_digest == about.account_digest
        return by(entry)[0] == about.member
    if _target(body) in about.streams:
        return True
    said = _said(body).casefold()
    return any(word.casefold() in said for word in (*about.streams, *about.references, *terms))


def told(entry: Made[Body], directory: Directory) -> Looked:
    person, agency = by(entry)
    own = entry.role is Role.STORE
    key = None if own else directory.keys.get(entry.key)
    return Looked(
        position=entry.position or 0,
        at=at(entry),
        admitted_at=entry.admitted_at,
        person=person,
        who=directory.name(person) if person else "nobody signed in",
        role="" if own else entry.role.label,
        agency=_agency(directory, agency),
        device=key.device if key is not None else "",
        kind=entry.kind,
        what=DONE.get(type(entry.body), entry.kind),
        target=_target(entry.body),
        detail=_detail(entry.body),
    )


def at(entry: Made[Body]) -> datetime:
    """When an access was done."""
    found = getattr(entry.body, "at", None)
    return found if isinstance(found, datetime) else entry.made_at


def by(entry: Made[Body]) -> tuple[str, str]:
    """Who did it, for which agency; the store writes some of it in their place."""
    body = entry.body
    if isinstance(body, SearchMade | RestrictedMet) and body.by:
        return body.by, body.agency
    if isinstance(body, RecoveryCodesMade | RecoveryCodeUsed):
        return body.person, ""
    if isinstance(body, SignInFailed):
        return "", ""
    return entry.author, entry.agency


def _target(body: Body) -> str:
    """The stream that was looked at, or in which it was looked from."""
    for name in ("target", "because"):
        value = getattr(body, name, "")
        if isinstance(value, str) and value:
            return value
    return ""


def _said(body: Body) -> str:
    """Words in which a person may be named."""
    if isinstance(body, SearchMade):
        return body.terms
    return body.what if isinstance(body, RecordsExported) else ""


def _detail(body: Body) -> str:
    match body:
        case RecordViewed():
            return " ".join(filter(None, (body.reference, body.screen)))
        case SearchMade():
            return f"{body.terms}, {body.found} found"
        case DocumentPrinted():
            return body.profile
        case RecordsExported():
            return f"{body.what}, {body.count}"
        case GlassBroken() | GlassMended() | LeaseExtended():
            return body.reason
        case SignInFailed():
            return body.address
        case _:
            return ""


def _agency(directory: Directory, agency: str) -> str:
    try:
        return directory.timeline.at(None).agency(agency).name
    except Refusal:
        return agency
