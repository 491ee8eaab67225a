"""The hub's people, their roles and devices, and its agencies: as the hub's stream has them.

Each thing done is an act on that stream; the hub refuses what does not fit it, and a refusal is shown where
what waits is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from concurrent.futures import Future
from datetime import date, datetime

import msgspec

from sync.protocol import EnrolmentCode, NewDevice

from ...domain.acts import Draft
from ...domain.configuration import Agency, HubConfig
from ...domain.entries import Body
from ...domain.entries.hub import (
    KeyEnrolled,
    KeyRevoked,
    MembershipEnded,
    MembershipGranted,
    PersonEnrolled,
)
from ...domain.errors import Refusal
from ...domain.roles import Role
from ..desk import Desk, new_id
from ..moments import whole_day
from ..telling.elsewhere import standing_words
from ..wording import joined, say_day, say_moment

HUB = "hub"


class Membership(msgspec.Struct, frozen=True):
    agency: str
    role: str
    words: str
    since: str
    until: str = ""


class PersonRow(msgspec.Struct, frozen=True):
    """One person. ``pending`` says that something about them has not been admitted yet."""

    person: str
    name: str
    email: str
    memberships: tuple[Membership, ...]
    devices: int
    pending: bool

    @property
    def roles(self) -> str:
        """*Triage operator, Children’s social care and Adult social care*: each role once."""
        held: dict[str, list[str]] = {}
        for one in self.memberships:
            role, _, where = one.words.partition(", ")
            held.setdefault(role, []).append(where)
        return "; ".join(f"{role}, {joined(where)}" for role, where in held.items()) or "no role"


class Device(msgspec.Struct, frozen=True):
    """One signing key of a person on a device. ``device`` and ``key`` are the ends of their ids."""

    id: str
    person: str
    name: str
    device: str
    key: str
    enrolled: str
    revoked: str
    reason: str

    @property
    def in_use(self) -> bool:
        return not self.revoked


class AgencyRow(msgspec.Struct, frozen=True):
    """One agency as configured. ``state`` is *member*, *virtual*, *ended* or *not yet*."""

    id: str
    name: str
    short_name: str
    kind: str
    state: str
    since: str
    until: str
    organisation: str
    areas: str
    teams: tuple[str, ...]
    people: int


def people(desk: Desk) -> tuple[PersonRow, ...]:
    """Everybody enrolled, by name."""
    directory, config = desk.directory(), desk.config()
    emails: dict[str, str] = {}
    pending: set[str] = set()
    for entry in desk.cache.entries(HUB):
        body = entry.body
        if isinstance(body, PersonEnrolled):
            emails[body.person] = body.email
        person = getattr(body, "person", "")
        if entry.position is None and person:
            pending.add(person)
    rows = (
        PersonRow(
            person,
            name,
            emails.get(person, ""),
            tuple(
                Membership(
                    held.agency,
                    held.role.value,
                    standing_words(desk, config, held.agency, held.role, held.team),
                    say_day(held.since) if held.since else "",
                    say_day(held.until) if held.until else "",
                )
                for held in directory.roles_of(person)
            ),
            sum(key.person == person and key.revoked is None for key in directory.keys.values()),
            person in pending,
        )
        for person, name in directory.people.items()
        if all(held.role is not Role.STORE for held in directory.roles_of(person)) and person != Role.STORE
    )
    return tuple(sorted(rows, key=lambda row: row.name))


def devices(desk: Desk) -> tuple[Device, ...]:
    """Every key of a person: those in use first, then those revoked, each by name."""
    directory, config, now = desk.directory(), desk.config(), desk.now()
    enrolled: dict[str, datetime] = {}
    revoked: dict[str, tuple[datetime, str]] = {}
    for entry in desk.cache.entries(HUB):
        at = entry.admitted_at or entry.made_at
        if isinstance(entry.body, KeyEnrolled):
            enrolled[entry.body.key] = at
        elif isinstance(entry.body, KeyRevoked):
            revoked[entry.body.key] = (at, entry.body.reason)
    rows = (
        Device(
            key.id,
            key.person,
            directory.name(key.person),
            key.device[-6:],
            key.id[:8],
            say_moment(enrolled[key.id], now, config) if key.id in enrolled else "",
            say_moment(revoked[key.id][0], now, config) if key.id in revoked else "",
            revoked[key.id][1] if key.id in revoked else "",
        )
        for key in directory.keys.values()
        if key.person in directory.people and key.person != Role.STORE
    )
    return tuple(sorted(rows, key=lambda row: (not row.in_use, row.name, row.enrolled)))


def agencies(desk: Desk) -> tuple[AgencyRow, ...]:
    """The agencies in the hub's own order."""
    config, directory, today = desk.config(), desk.directory(), desk.today()
    areas = {area.gss: area.name for area in config.areas}

    def state(one: Agency) -> str:
        if one.holds(today):
            return "virtual" if one.virtual(today) else "member"
        return "ended" if one.until is not None and one.until < today else "not yet"

    return tuple(
        AgencyRow(
            one.id,
            one.name,
            one.short_name,
            one.kind.label,
            state(one),
            say_day(one.since) if one.since else "",
            say_day(one.until) if one.until else "",
            one.organisation,
            joined([areas.get(area, area) for area in one.areas]) or "All that the hub covers",
            tuple(team.name for team in one.teams),
            len({held.person for held in directory.memberships if held.agency == one.id}),
        )
        for one in config.agencies
    )


# --- choices of a form


def roles() -> tuple[tuple[str, str], ...]:
    return tuple((role.value, role.label) for role in Role if role is not Role.STORE)


def members(config: HubConfig, on: datetime) -> tuple[tuple[str, str], ...]:
    return tuple((one.id, one.name) for one in config.agencies_on(config.day(on)))


def teams(config: HubConfig, agency: str) -> tuple[tuple[str, str], ...]:
    found = next((one for one in config.agencies if one.id == agency), None)
    return tuple((team.id, team.name) for team in found.teams) if found is not None else ()


# --- acts


def add_person(
    desk: Desk, name: str, email: str, agency: str, role: str, team: str, drafts: Iterable[str] = ()
) -> str:
    """Add a person with a first role, in one act. Returns the person's id. ``Refusal`` on the field."""
    if not name.strip():
        raise Refusal("field-empty", "Write the person's name.", "name")
    person = new_id()
    _save(
        desk,
        (
            PersonEnrolled(person=person, name=" ".join(name.split()), email=email.strip()),
            _membership(desk, person, agency, role, team),
        ),
        drafts,
    )
    return person


def give_role(
    desk: Desk,
    person: str,
    agency: str,
    role: str,
    team: str,
    since: str = "",
    until: str = "",
    drafts: Iterable[str] = (),
) -> str:
    """Give a person a further role, from today on, or, a deputy's or cover's, between the days written, both
    included. ``Refusal`` on the field."""
    body = _membership(desk, person, agency, role, team)
    first = _day(since, desk, "since") or desk.today()
    last = _day(until, desk, "until")
    if last is not None and last < max(first, desk.today()):
        raise Refusal(
            "appointment-past", "Give a last day that is not past, and not before the first.", "until"
        )
    body = msgspec.structs.replace(body, since=first, until=last)
    if desk.directory().may_act(person, body.agency, body.role) is not None:
        raise Refusal("role-held", "This person holds that role in that agency already.", "role")
    return _save(desk, (body,), drafts)


def _membership(desk: Desk, person: str, agency: str, role: str, team: str) -> MembershipGranted:
    if not agency:
        raise Refusal("field-empty", "Choose the agency.", "agency")
    if not role:
        raise Refusal("field-empty", "Choose the role.", "role")
    chosen = Role(role)
    if team:
        desk.config().agency(agency).team(team)
    elif chosen is Role.GATEWAY_WORKER:
        raise Refusal("field-empty", "Choose the team: what is sent to it is this person's inbox.", "team")
    return MembershipGranted(person=person, agency=agency, role=chosen, team=team or None, since=desk.today())


def _day(text: str, desk: Desk, field: str) -> date | None:
    no_day = Refusal("not-a-day", "Write the day, like 12 Dec 2026, or leave it empty.", field)
    return whole_day(text, desk.today(), no_day) if text.strip() else None


def end_role(desk: Desk, person: str, held: str, reason: str, drafts: Iterable[str] = ()) -> str:
    """End a role; ``held`` is *agency/role*. ``Refusal`` on the field, and where a hub's last administrator
    would go."""
    agency, _, role = held.partition("/")
    if not role:
        raise Refusal("field-empty", "Choose the role that ends.", "held")
    if not reason.strip():
        raise Refusal("field-empty", "Write why it ends.", "reason")
    chosen = Role(role)
    others = [one for one in desk.directory().memberships if one.role is Role.ADMINISTRATOR]
    if chosen is Role.ADMINISTRATOR and len(others) == 1:
        raise Refusal("last-administrator", "A hub keeps one administrator. Appoint another first.", "held")
    body = MembershipEnded(person=person, agency=agency, role=chosen, reason=reason.strip())
    return _save(desk, (body,), drafts)


def revoke(desk: Desk, key: str, reason: str, drafts: Iterable[str] = ()) -> str:
    """Revoke a key: from its admission on, nothing that it signs is admitted. ``Refusal`` on *reason*."""
    if not reason.strip():
        raise Refusal("field-empty", "Write why the device is revoked.", "reason")
    if key == desk.me.author.key:
        raise Refusal(
            "own-device", "This is the device that you sit at. Revoke it from another one.", "reason"
        )
    return _save(desk, (KeyRevoked(key=key, reason=reason.strip()),), drafts)


def _save(desk: Desk, bodies: tuple[Body, ...], drafts: Iterable[str]) -> str:
    return desk.save([Draft(HUB, body) for body in bodies], forget_drafts=drafts)


# --- a code for a new device


def account_for(name: str) -> str:
    """The account that is offered for a name: *priya.nair*."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return ".".join(re.findall(r"[a-z0-9]+", plain))


def command_for(account: str) -> str:
    """What makes the same code on the store itself, where the line is down."""
    return f"mash-isl device enrol-code --account {account}"


def ask_code(desk: Desk, person: str, account: str) -> Future[EnrolmentCode]:
    """Ask the store for a one-time code. Raises ``Refusal`` (*offline*, *account-missing*) on *account*."""
    if not account.strip():
        raise Refusal("account-missing", "Name the account that this person signs in with.", "account")
    if desk.store_code is None:
        raise Refusal(
            "offline",
            f"The hub cannot be reached. On the store, {command_for(account.strip())} makes the code.",
            "account",
        )
    return desk.store_code(NewDevice(person=person, account=account.strip()))
