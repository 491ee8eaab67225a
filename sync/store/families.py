"""Rules of the streams that are no referral: identities, the hub itself, accesses.

Who may make which kind is ``FAMILY_TABLE``; here is whether it makes sense where it stands. A referral's
own rules are the domain's.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from mash_desktop.domain.acts import Author
from mash_desktop.domain.codes import Marker
from mash_desktop.domain.configuration import HubConfig
from mash_desktop.domain.entries import Body, Made, Unread
from mash_desktop.domain.entries.access import GlassBroken
from mash_desktop.domain.entries.hub import (
    HubConfigured,
    KeyEnrolled,
    KeyRevoked,
    MembershipEnded,
    MembershipGranted,
    PersonEnrolled,
)
from mash_desktop.domain.entries.identity import (
    HistoryRecorded,
    IdentityLinked,
    IdentityNotSame,
    IdentityUnlinked,
    MarkerCleared,
    MarkerSet,
)
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.fold import Directory, Identity, Kept
from mash_desktop.domain.permissions import FAMILY_TABLE
from mash_desktop.domain.roles import Role
from mash_desktop.domain.rules.judge import CLOCK_TOLERANCE
from mash_desktop.domain.rules.keeping import Target, judge_keeping
from mash_desktop.domain.verdict import YES, Verdict, no
from mash_desktop.hub import check as check_config
from mash_desktop.proofs.signature import is_sound, key_id

from .examining import STORE

KEY_OF_STORE = no("key-of-store", "The store hands its own key on: mash-isl keys rotate-signing.", "key")
Sees = Callable[[str, str], bool]
"""Whether the author may see a subject: asked with a referral's stream and a subject id."""


def _permitted(author: Author, entry: Made[Body], now: datetime) -> Verdict:
    if isinstance(entry.body, Unread):
        return no(
            "kind-unknown", "This hub does not know that kind of entry. Bring the hub up to date first."
        )
    if entry.made_at > now + CLOCK_TOLERANCE:
        return no(
            "from-the-future", "This was made by a clock that is ahead. Set the computer's clock right."
        )
    if entry.guard is not None or entry.base is not None:
        return no("guard-wrong", "An entry of this kind moves no chain.")
    if author.role not in FAMILY_TABLE.get(entry.kind, frozenset()):
        return no("not-permitted", f"{author.role.label} cannot do this.")
    return YES


def judge_hub(hub: str, author: Author, entry: Made[Body], directory: Directory, now: datetime) -> Verdict:
    """Whether an entry of the hub's own stream may be made now."""
    permitted = _permitted(author, entry, now)
    if not permitted:
        return permitted
    body = entry.body
    if isinstance(body, HubConfigured):
        if body.config.id != hub:
            return no("hub-wrong", "This configuration is another hub's.", "id")
        for finding in check_config(body.config):
            return no("configuration-wrong", finding.sentence, finding.field)
        return YES
    if isinstance(body, PersonEnrolled):
        return YES if body.name.strip() else no("field-empty", "Write the person's name.", "name")
    if isinstance(body, MembershipGranted):
        return _membership(directory, body, author, now)
    if isinstance(body, MembershipEnded):
        if directory.may_act(body.person, body.agency, body.role) is None:
            return no("membership-unknown", "This person holds no such role.", "role")
        return _keeps_administrator(directory, body)
    if isinstance(body, KeyEnrolled):
        return _key(directory, body, author)
    if isinstance(body, KeyRevoked):
        key = directory.keys.get(body.key)
        if key is None or key.revoked is not None:
            return no("key-unknown", "There is no such key in use.", "key")
        if key.person == STORE and (author.role is not Role.STORE or body.key == author.key):
            return no(
                "key-of-store", "The store's key is handed on with: mash-isl keys rotate-signing.", "key"
            )
    return YES


def _keeps_administrator(directory: Directory, ends: MembershipEnded | MembershipGranted) -> Verdict:
    """Whether there is an administrator without a last day besides the one whose role ends."""
    whose = (ends.person, ends.agency)
    if ends.role is not Role.ADMINISTRATOR or any(
        one.role is Role.ADMINISTRATOR and one.until is None and (one.person, one.agency) != whose
        for one in directory.memberships
    ):
        return YES
    return no("last-administrator", "A hub keeps one administrator. Appoint another first.", "role")


def _membership(directory: Directory, body: MembershipGranted, author: Author, now: datetime) -> Verdict:
    if body.person not in directory.people:
        return no("person-unknown", "Enrol the person first.", "person")
    if body.role is Role.STORE and author.role is not Role.STORE:
        return no("not-permitted", "Nobody acts as the store.", "role")
    if body.role is Role.STORE:
        return YES
    try:
        agency = directory.timeline.at(None).agency(body.agency)
        if body.team is not None:
            agency.team(body.team)
    except Refusal as refusal:
        return no(refusal.code, refusal.sentence, refusal.field)
    if body.until is None:
        return YES
    today = directory.timeline.at(None).day(now)
    if body.until < max(today, body.since or today):
        return no("appointment-past", "Give a last day that is not past, and not before the first.", "until")
    return _keeps_administrator(directory, body)


def _key(directory: Directory, body: KeyEnrolled, author: Author) -> Verdict:
    try:
        public = bytes.fromhex(body.public)
    except ValueError:
        public = b""
    if not is_sound(public) or body.key != key_id(public):
        return no("key-wrong", "This is not a key that a hub can trust.", "public")
    if body.person == STORE and author.role is not Role.STORE:
        return KEY_OF_STORE
    if body.key in directory.keys:
        return no("key-taken", "This key has been enrolled already. Make a new one on the device.", "key")
    if body.person not in directory.people:
        return no("person-unknown", "Enrol the person first.", "person")
    return YES


def judge_identity(
    author: Author, entry: Made[Body], identity: Identity, directory: Directory, sees: Sees, now: datetime
) -> Verdict:
    """Whether an entry of an identity's stream may be made now."""
    permitted = _permitted(author, entry, now)
    if not permitted:
        return permitted
    body = entry.body
    if isinstance(body, HistoryRecorded):
        if body.agency != author.agency:
            return no("agency-wrong", "An agency records its own history only.", "agency")
        return YES
    if isinstance(body, (IdentityLinked, IdentityNotSame)):
        if not sees(body.referral, body.subject):
            return no("subject-unknown", "There is no such person that your agency may see.", "subject")
        if isinstance(body, IdentityLinked) and (body.referral, body.subject) in identity.linked:
            return no("linked-already", "They are linked already.", "subject")
        return YES
    if isinstance(body, IdentityUnlinked):
        linked = (body.referral, body.subject) in identity.linked
        if not linked or not sees(body.referral, body.subject):
            return no("not-linked", "They are not linked.", "subject")
        return YES if body.reason.strip() else no("field-empty", "Write why the link is undone.", "reason")
    if isinstance(body, MarkerSet):
        if body.marker is Marker.RESTRICTED and not body.readers:
            return no("readers-missing", "Name who may read a restricted record.", "readers")
        if not directory.people.keys() >= set(body.readers):
            return no("person-unknown", "A reader named is not a person of this hub.", "readers")
        return YES if body.reason.strip() else no("field-empty", "Write why the marker is set.", "reason")
    if isinstance(body, MarkerCleared) and body.marker not in identity.markers:
        return no("marker-unknown", "This marker is not set.", "marker")
    return YES


def judge_kept(
    author: Author, entry: Made[Body], kept: Kept, target: Target | None, now: datetime
) -> Verdict:
    """Whether something may be decided now about keeping a record. Without ``target``, as far as that follows
    from who decides and from what was decided before."""
    permitted = _permitted(author, entry, now)
    return judge_keeping(author, entry, kept, target) if permitted else permitted


def judge_access(author: Author, entry: Made[Body], config: HubConfig, now: datetime) -> Verdict:
    """Whether an access may be logged: on the day it was made, and glass broken by a role that may, now."""
    permitted = _permitted(author, entry, now)
    if not permitted:
        return permitted
    if entry.stream != f"access:{entry.made_at.date().isoformat()}":
        return no("day-wrong", "An access is logged under the day on which it happened.")
    if isinstance(entry.body, GlassBroken):
        return _glass(author, entry.body, entry.made_at, config, now)
    return YES


def _glass(author: Author, body: GlassBroken, made_at: datetime, config: HubConfig, now: datetime) -> Verdict:
    if author.role not in config.break_glass_roles:
        return no("not-permitted", f"{author.role.label} cannot break the glass.")
    if not body.reason.strip():
        return no("field-empty", "Write why the glass is broken.", "reason")
    if made_at < now - CLOCK_TOLERANCE:
        return no("glass-late", "The glass is broken while the hub is there. Do it again if you must.")
    if not now < body.until <= now + timedelta(hours=config.break_glass_hours) + CLOCK_TOLERANCE:
        hours = config.break_glass_hours
        return no("glass-long", f"What is opened so is open for {hours} hours at the most.", "until")
    return YES
