"""A person added by a slip is taken off a contact again, with all that was said of them, and can be put back.

Only what the person at this desk wrote, and only while it is a contact: the rules see to it.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from ...domain.acts import Draft
from ...domain.entries import Body, Made
from ...domain.entries.contact import (
    AddressRecorded,
    AdultRecorded,
    AssessmentRecorded,
    ContactDetailRecorded,
    RelationshipRecorded,
    SubjectRecorded,
    TellingRecorded,
)
from ...domain.entries.identity import IdentityLinked, IdentityUnlinked
from ...domain.entries.outcome import EntryWithdrawn
from ...domain.fold import Referral
from ...domain.fold.people import full_name
from ..desk import Desk, new_id

_MISTYPED = "Added by mistake."
_OF_ONE = (SubjectRecorded, TellingRecorded, AdultRecorded, AssessmentRecorded, ContactDetailRecorded)


class Removed(msgspec.Struct, frozen=True):
    """A person who was taken off: what was said of them, where they lived, whom they were linked to."""

    subject: str
    name: str
    bodies: tuple[Body, ...]
    addresses: tuple[str, ...]
    identities: tuple[str, ...]


def remove_person(desk: Desk, stream: str, subject: str) -> Removed:
    """Take a person off a contact. Raises ``Refusal`` where another wrote of them."""
    referral = desk.referral(stream)
    said = _said_of(referral, subject)
    lived = [made.body for made in referral.addresses if subject in made.body.subjects]
    linked = [one.stream for one in desk.cache.linked_identities(stream) if (stream, subject) in one.linked]
    drafts = [_draft(stream, EntryWithdrawn(entry=made.id, reason=_MISTYPED)) for made in said]
    for home in lived:
        others = tuple(one for one in home.subjects if one != subject)
        drafts.append(_draft(stream, msgspec.structs.replace(home, subjects=others)))
    for identity in linked:
        unlinked = IdentityUnlinked(referral=stream, subject=subject, reason=_MISTYPED)
        drafts.append(_draft(identity, unlinked))
    desk.save(drafts)
    return Removed(
        subject,
        full_name(referral.subjects[subject].body),
        tuple(_last_words(said)),
        tuple(home.address for home in lived),
        tuple(linked),
    )


def put_back(desk: Desk, stream: str, removed: Removed) -> None:
    """Put a person back as they stood. Raises ``Refusal``."""
    drafts = [_draft(stream, body) for body in removed.bodies]
    homes = desk.referral(stream).latest(AddressRecorded, "address")
    for address in removed.addresses:
        home = homes[address].body
        drafts.append(
            _draft(stream, msgspec.structs.replace(home, subjects=(*home.subjects, removed.subject)))
        )
    for identity in removed.identities:
        drafts.append(_draft(identity, IdentityLinked(referral=stream, subject=removed.subject)))
    desk.save(drafts)


def _said_of(referral: Referral, subject: str) -> list[Made[Body]]:
    """All that was said of a person and of nobody else, the person before what rests on them."""
    found: list[Made[Body]] = [
        made
        for kind in _OF_ONE
        for made in referral.all(kind)
        if getattr(made.body, "subject", "") == subject
    ]
    return found + [
        made for made in referral.all(RelationshipRecorded) if subject in (made.body.first, made.body.second)
    ]


def _last_words(said: list[Made[Body]]) -> Iterable[Body]:
    """Of several tellings of one thing the last."""
    return {
        (made.kind, *(getattr(made.body, field) for field in made.body.KEY)): made.body
        for made in sorted(said, key=lambda made: made.made_order)
    }.values()


def _draft(stream: str, body: Body) -> Draft:
    return Draft(stream, body, id=new_id())
