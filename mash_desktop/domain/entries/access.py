"""Entries of the daily access streams: who looked, searched, printed, was refused. Never folded."""

from __future__ import annotations

from .body import Body, Moment, kind


@kind("record.viewed", family="access")
class RecordViewed(Body, frozen=True):
    target: str
    """The stream that was looked at."""
    screen: str
    at: Moment
    reference: str = ""
    """What people call it, so that who reads the trail needs nothing of the referral itself."""


@kind("search.made", family="access")
class SearchMade(Body, frozen=True):
    terms: str
    found: int
    at: Moment
    because: str = ""
    """The open contact that is the reason of the search."""
    by: str = ""
    """Who searched, and for which agency, where the store writes this for a search made through it."""
    agency: str = ""


@kind("document.printed", family="access")
class DocumentPrinted(Body, frozen=True):
    target: str
    profile: str
    at: Moment


@kind("records.exported", family="access")
class RecordsExported(Body, frozen=True):
    what: str
    count: int
    at: Moment


@kind("restricted.met", family="access")
class RestrictedMet(Body, frozen=True):
    """Somebody searched for, or wrote down, a person whose record is restricted, and was shown nothing."""

    target: str
    """The identity that is restricted."""
    by: str
    agency: str
    at: Moment
    readers: tuple[str, ...]
    """The record's named readers."""
    cover: tuple[str, ...] = ()
    """Who is on duty for the agency that holds it."""
    because: str = ""
    """The contact in which it happened."""


@kind("restricted.watched", family="access")
class RestrictedWatched(Body, frozen=True):
    """The store looked whether what was typed is like a restricted person, and this time says no more.

    Written in the place of an alert, and held by nobody, so that the length of the log tells of none.
    """

    at: Moment


@kind("sign_in.failed", family="access")
class SignInFailed(Body, frozen=True):
    account_digest: str
    """Keyed hash of what was typed as the account."""
    address: str
    at: Moment


@kind("recovery_codes.made", family="access")
class RecoveryCodesMade(Body, frozen=True):
    """A person was given a new set of codes for a lost authenticator."""

    person: str
    at: Moment


@kind("recovery_code.used", family="access")
class RecoveryCodeUsed(Body, frozen=True):
    """A person used a recovery code in place of the authenticator; ``left`` are those still good."""

    person: str
    left: int
    at: Moment


@kind("glass.broken", family="access")
class GlassBroken(Body, frozen=True):
    """One named person looks into a record that is not theirs, for the reason given and for some hours."""

    target: str
    """The stream that is opened: a referral or an identity."""
    reason: str
    until: Moment


@kind("glass.mended", family="access")
class GlassMended(Body, frozen=True):
    """What breaking the glass had opened is closed: its time is over, or governance ended it."""

    broken: str
    """The entry that opened it."""
    target: str
    person: str
    reason: str = ""
    """Why governance ended it; empty where its time was over."""


@kind("purge.confirmed", family="access")
class PurgeConfirmed(Body, frozen=True):
    """A desktop's receipt: what was disposed of is on it no more."""

    target: str
    disposal: str
    """The entry that agreed to it."""
    entries: int
    """How many bodies it had held."""
    at: Moment


@kind("damage.found", family="access")
class DamageFound(Body, frozen=True):
    """The body of an entry has its key and does not open: it was altered, or the store's disk is failing."""

    target: str
    """The stream of the entry."""
    entry: str
    position: int


@kind("lease.extended", family="access")
class LeaseExtended(Body, frozen=True):
    """In an outage: one of the two officers who let a colleague's desktop be read until then."""

    key: str
    """The signing key of the desktop."""
    person: str
    until: Moment
    reason: str


DONE: dict[type[Body], str] = {
    RecordViewed: "Looked at a record",
    SearchMade: "Searched for people",
    DocumentPrinted: "Took a paper out",
    RecordsExported: "Exported",
    RestrictedMet: "Came upon a restricted record",
    SignInFailed: "Sign-in refused",
    RecoveryCodesMade: "New recovery codes",
    RecoveryCodeUsed: "Used a recovery code",
    GlassBroken: "Broke the glass",
    GlassMended: "Closed broken glass",
    PurgeConfirmed: "Purged what was disposed of",
    LeaseExtended: "Let somebody read on without the hub",
    DamageFound: "Found content damaged at the hub",
}
"""What was done, wherever the trail is read, in the order in which kinds of it are offered."""
