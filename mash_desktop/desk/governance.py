"""The audit trail as governance reads it, without case content; withdrawing what was misfiled; retention.

The trail is days of access entries, which only governance receives. What somebody searched for is shown one
search at a time, and that it was shown is itself in the trail.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from concurrent.futures import Future
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import msgspec

from sync.protocol import RecipientsAsked, RecipientsFound, Standing

from ..domain.configuration import HubConfig
from ..domain.entries import Body, Made
from ..domain.entries.access import (
    DONE,
    RecordViewed,
    RecoveryCodesMade,
    RecoveryCodeUsed,
    RestrictedMet,
    SearchMade,
    SignInFailed,
)
from ..domain.entries.outcome import EntryWithdrawn
from ..domain.errors import Refusal
from ..domain.roles import Role
from .desk import Desk
from .glass import Broken, broken
from .telling.elsewhere import audience_words, standing_words, tell_elsewhere
from .wording import joined, say_day, say_moment

DAYS = (("1", "Today"), ("7", "Last 7 days"), ("30", "Last 30 days"), ("all", "All that is held"))
KINDS = tuple((kind.KIND, words) for kind, words in DONE.items())
_REFERENCE = re.compile(r"^[A-Z]{2,5}-\d{2}-\d{3,}$", re.IGNORECASE)


class Sought(msgspec.Struct, frozen=True):
    """What of the trail is looked at. ``target`` is a reference or a stream; empty is *every*."""

    days: str = "7"
    person: str = ""
    kind: str = ""
    target: str = ""


class Access(msgspec.Struct, frozen=True):
    """One line of the trail. ``detail`` holds no case content; ``target`` is the stream it was about."""

    id: str
    stream: str
    at: datetime
    when: str
    person: str
    who: str
    acting: str
    kind: str
    what: str
    detail: str
    target: str
    about: str
    device: str
    searched: bool = False
    glass: Broken | None = None
    """The glass that this broke, while it is broken."""


class Trail(msgspec.Struct, frozen=True):
    rows: tuple[Access, ...]
    people: tuple[tuple[str, str], ...]
    """Everybody of the hub, to filter by."""
    days_held: int
    since: str
    """The first day held, in words."""

    def of_kind(self, kind: type[Body]) -> tuple[Access, ...]:
        return tuple(row for row in self.rows if row.kind == kind.KIND)


class Withdrawal(msgspec.Struct, frozen=True):
    """An entry taken back from every holder. ``state`` is *admitted*, *waiting* or *refused*."""

    id: str
    target: str
    about: str
    entry: str
    who: str
    when: str
    reason: str
    refiled: str
    state: str


class Recipient(msgspec.Struct, frozen=True):
    """Who received an entry, in words: *Police*, *from 12 Nov 2026 14:02 until 15:10*."""

    who: str
    when: str


class RetentionLine(msgspec.Struct, frozen=True):
    record: str
    cohorts: str
    trigger: str
    period: str
    action: str


def standing_of(desk: Desk) -> Standing:
    """What this person governs as, for what only the hub knows."""
    officer = desk.acting(Role.INFORMATION_GOVERNANCE) or desk.me.author
    return Standing(agency=officer.agency, role=officer.role, team=officer.team)


# --- the trail


def read_trail(desk: Desk, sought: Sought) -> Trail:
    """The trail as sought, the latest first. Raises ``Refusal`` (*nothing-of-that-name*) on *target*."""
    held = desk.cache.streams("access:")
    config = desk.config()
    people = sorted(desk.directory().people.items(), key=lambda one: one[1])
    if sought.target.strip():
        entries = _naming(desk, find_target(desk, sought.target))
    else:
        entries = [entry for stream in _days(desk, held, sought.days) for entry in desk.cache.entries(stream)]
    references, open_now = _references(entries), broken(desk)
    rows = (
        _access(desk, config, entry, references, open_now.get(entry.id))
        for entry in sorted(entries, key=_made_at, reverse=True)
    )
    return Trail(
        tuple(row for row in rows if _wanted(row, sought)),
        tuple(people),
        len(held),
        say_day(date.fromisoformat(held[0].partition(":")[2])) if held else "",
    )


def _days(desk: Desk, held: Iterable[str], days: str) -> list[str]:
    if not days.isdigit():
        return list(held)
    first = (desk.now() - timedelta(days=int(days) - 1)).date().isoformat()
    return [stream for stream in held if stream.partition(":")[2] >= first]


def _wanted(row: Access, sought: Sought) -> bool:
    return (not sought.person or row.person == sought.person) and (not sought.kind or row.kind == sought.kind)


def _made_at(entry: Made[Body]) -> tuple[datetime, str]:
    at = getattr(entry.body, "at", None)
    return (at if isinstance(at, datetime) else entry.made_at, entry.id)


def _references(entries: Iterable[Made[Body]]) -> dict[str, str]:
    """What people call each stream, as the trail itself has it."""
    return {
        entry.body.target: entry.body.reference
        for entry in entries
        if isinstance(entry.body, RecordViewed) and entry.body.reference
    }


def _access(
    desk: Desk,
    config: HubConfig,
    entry: Made[Body],
    references: dict[str, str],
    glass: Broken | None,
) -> Access:
    body, told = entry.body, tell_elsewhere(desk, entry)
    at = _made_at(entry)[0]
    person, agency = entry.author, entry.agency
    acting = standing_words(desk, config, agency, entry.role)
    if isinstance(body, (SearchMade, RestrictedMet)) and body.by:
        # The store writes what is searched through it, in the searcher's name.
        person, acting = body.by, desk.agency_name(body.agency)
    elif isinstance(body, SignInFailed):
        person, acting = "", "nobody signed in"
    elif isinstance(body, RecoveryCodesMade | RecoveryCodeUsed):
        person, acting = body.person, "signing in"
    target = getattr(body, "target", "") or getattr(body, "because", "")
    key = desk.directory().keys.get(entry.key)
    return Access(
        id=entry.id,
        stream=entry.stream,
        at=at,
        when=say_moment(at, desk.now(), config),
        person=person,
        who=desk.name(person) if person else "Unknown",
        acting=acting,
        kind=entry.kind,
        what=told.what,
        detail=told.words,
        target=target,
        about=references.get(target) or _stream_words(target),
        device=key.device[-6:] if key is not None and entry.role is not Role.STORE else "",
        searched=isinstance(body, SearchMade),
        glass=glass,
    )


def _stream_words(stream: str) -> str:
    """A stream of which the trail knows no reference: what it is, and the end of its id."""
    family, _, tail = stream.partition(":")
    return {"referral": f"referral …{tail[-6:]}", "identity": f"earlier history …{tail[-6:]}"}.get(family, "")


def find_target(desk: Desk, typed: str) -> str:
    """The stream of a reference, or the stream as typed. Raises ``Refusal`` on *target*."""
    words = typed.strip()
    if words.startswith(("referral:", "identity:")):
        return words
    if not _REFERENCE.match(words):
        raise Refusal(
            "reference-misshapen",
            "Type a reference such as ISL-26-04417, or the number of a stream.",
            "target",
        )
    for entry in desk.cache.entries_naming("access:", words.upper()):
        if isinstance(entry.body, RecordViewed) and entry.body.reference == words.upper():
            return entry.body.target
    raise Refusal(
        "nothing-of-that-name", "Nobody is known to have looked at anything of that reference.", "target"
    )


def _naming(desk: Desk, target: str) -> list[Made[Body]]:
    found = desk.cache.entries_naming("access:", target)
    return [
        entry
        for entry in found
        if target in (getattr(entry.body, "target", ""), getattr(entry.body, "because", ""))
    ]


def terms_of(desk: Desk, access: Access) -> str:
    """What was searched for. That governance looked is kept in the trail."""
    for entry in desk.cache.entries(access.stream):
        if entry.id == access.id and isinstance(entry.body, SearchMade):
            desk.viewed(access.stream, "govern")
            return entry.body.terms
    raise Refusal("access-gone", "That line of the trail is no longer held here.")


# --- misfiled entries


def looked_since(desk: Desk, typed: str, entry: str) -> str:
    """Who has looked at the referral since the entry was made, in words: whom to tell."""
    target = find_target(desk, typed)
    number = entry_number(entry)
    if number is None:
        raise Refusal("entry-misshapen", "Type the entry's number as the referral file shows it.", "entry")
    made = _time_in(number)
    rows = (one for one in _naming(desk, target) if _made_at(one)[0] >= made)
    names = sorted({desk.name(one.author) for one in rows if one.role is not Role.STORE})
    if not names:
        return "Nobody is known to have looked at the referral since the entry was made."
    return f"{joined(names)} looked at the referral since the entry was made: tell them."


def entry_number(entry: str) -> UUID | None:
    """A UUID of version 7, in whatever groups it was typed; ``None`` where it is none."""
    try:
        number = UUID("".join(entry.split()))
    except ValueError:
        return None
    return number if number.version == 7 else None


def _time_in(number: UUID) -> datetime:
    return datetime.fromtimestamp((number.int >> 80) / 1000, tz=UTC)


def withdraw(
    desk: Desk, typed: str, entry: str, reason: str, refiled: str, drafts: Iterable[str] = ()
) -> str:
    """Withdraw a misfiled entry from every holder. Raises ``Refusal`` on the field at fault.

    Whether the entry is there cannot be known here: the hub says, and a refusal is shown where what waits is.
    """
    target = find_target(desk, typed)
    number = entry_number(entry)
    if number is None:
        raise Refusal("entry-misshapen", "Type the entry's number as the referral file shows it.", "entry")
    if not reason.strip():
        raise Refusal("field-empty", "Write why it was misfiled.", "reason")
    body = EntryWithdrawn(entry=str(number), reason=reason.strip(), refiled=refiled.strip() or None)
    return desk.act(target, body, forget_drafts=drafts, acting=desk.acting(Role.INFORMATION_GOVERNANCE))


def withdrawals(desk: Desk) -> tuple[Withdrawal, ...]:
    """Entries withdrawn, as far as governance was told, the latest first."""
    config, now = desk.config(), desk.now()
    refused = {
        entry.id: entry
        for act in desk.cache.waiting()
        if act.state != "waiting"
        for entry in act.entries
        if isinstance(entry.body, EntryWithdrawn)
    }
    held = [
        entry
        for stream in desk.cache.streams("referral:")
        for entry in desk.cache.entries(stream)
        if isinstance(entry.body, EntryWithdrawn)
    ]
    found = []
    for entry in sorted([*held, *refused.values()], key=_made_at, reverse=True):
        body = entry.body
        assert isinstance(body, EntryWithdrawn)
        state = "refused" if entry.id in refused else "waiting" if entry.position is None else "admitted"
        found.append(
            Withdrawal(
                entry.id,
                entry.stream,
                _references(desk.cache.entries_naming("access:", entry.stream)).get(entry.stream)
                or _stream_words(entry.stream),
                body.entry,
                desk.name(entry.author),
                say_moment(entry.made_at, now, config),
                body.reason,
                body.refiled or "",
                state,
            )
        )
    return tuple(found)


def ask_recipients(desk: Desk, entry: str) -> Future[RecipientsFound]:
    """Ask the store who received an entry. Raises ``Refusal`` (*offline*) while there is no network."""
    if desk.store_recipients is None:
        raise Refusal("offline", "Who received it is known to the hub, and the line is down.")
    return desk.store_recipients(RecipientsAsked(standing=standing_of(desk), entry=entry))


def recipients(desk: Desk, answer: RecipientsFound) -> tuple[Recipient, ...]:
    """The store's answer in words, in the order of receiving."""
    config, now = desk.config(), desk.now()
    found = []
    for one in answer.recipients:
        since = say_moment(one.since, now, config)
        until = f" until {say_moment(one.until, now, config)}" if one.until is not None else ""
        found.append(Recipient(audience_words(desk, config, one.audience), f"from {since}{until}"))
    return tuple(found)


# --- retention


def _years(years: int | None) -> str:
    if years is None:
        return "no end"
    return "1 year" if years == 1 else f"{years} years"


def retention(desk: Desk) -> tuple[RetentionLine, ...]:
    """The hub's retention schedule as configured."""
    return tuple(
        RetentionLine(
            row.label,
            joined([cohort.label for cohort in row.cohorts]) if len(row.cohorts) < 3 else "Every cohort",
            row.trigger.label,
            _years(row.years),
            row.action.label,
        )
        for row in desk.config().retention
    )
