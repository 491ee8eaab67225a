"""Who holds which entry of a stream after it has changed: the domain's audiences, broken glass and markers.

A restricted person's entries go to the named readers only; a suppressed address stays with the owning
agency. Both follow the person through every referral that an identity is linked with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import msgspec

from mash_desktop.domain.audiences import (
    HUB,
    Reach,
    audiences_within,
    identity_audiences,
    reach,
    seen_through_glass,
)
from mash_desktop.domain.codes import Marker
from mash_desktop.domain.configuration import HubConfig
from mash_desktop.domain.entries import Body, Made
from mash_desktop.domain.entries.contact import AddressRecorded
from mash_desktop.domain.entries.gathering import RequestMade
from mash_desktop.domain.entries.identity import MarkerCleared, MarkerSet
from mash_desktop.domain.fold import Identity, Referral
from mash_desktop.matching import Residence
from mash_desktop.matching.places import compare_places, place_of

NOBODY: frozenset[str] = frozenset()


class Marks(msgspec.Struct, frozen=True):
    """What linked identities' markers do to one referral, by subject."""

    restricted: dict[str, frozenset[str]] = {}
    suppressed: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    """Addresses that are the same as one suppressed for the same person in another referral."""


def marks_on(
    referral: Referral, identities: Iterable[Identity], told: Callable[[str], Referral | None]
) -> Marks:
    """``told`` is the fold of a referral that one of these identities is linked with."""
    restricted: dict[str, frozenset[str]] = {}
    suppressed: set[str] = set()
    hidden: set[str] = set()
    for identity in identities:
        readers = identity.restricted_to
        for stream, subject in identity.linked:
            if stream != referral.stream:
                continue
            hidden |= _hidden(referral, subject, identity, told)
            if readers is not None:
                restricted[subject] = restricted.get(subject, readers) & readers
            if Marker.ADDRESS_SUPPRESSED in identity.markers:
                suppressed.add(subject)
    return Marks(restricted, frozenset(suppressed), frozenset(hidden))


def _hidden(
    referral: Referral, subject: str, identity: Identity, told: Callable[[str], Referral | None]
) -> set[str]:
    """Addresses of one subject that are suppressed where else the same person is told of."""
    elsewhere = [
        place_of(residence(one.body))
        for stream, other in identity.linked
        if stream != referral.stream and (there := told(stream)) is not None
        for one in there.addresses
        if one.body.suppressed and other in one.body.subjects
    ]
    return {
        one.body.address
        for one in (referral.addresses if elsewhere else ())
        if subject in one.body.subjects
        and any(compare_places(place_of(residence(one.body)), place) == "same" for place in elsewhere)
    }


def residence(body: AddressRecorded) -> Residence:
    """An address as it is compared."""
    return Residence(body.line, body.postcode, body.lived_from, body.lived_to, body.uprn)


class Extent(msgspec.Struct, frozen=True):
    """All that decides who holds a referral's entries; equal extents change nothing."""

    reach: Reach
    marks: Marks
    glass: frozenset[str]
    """Audiences of those who have broken the glass."""


def extent(referral: Referral, config: HubConfig, marks: Marks, glass: frozenset[str]) -> Extent:
    return Extent(reach(referral, config), marks, glass)


def holders(extent: Extent, entry: Made[Body]) -> frozenset[str]:
    """The audiences that may hold an entry of a referral."""
    found = audiences_within(extent.reach, entry)
    marks = extent.marks
    if not (marks.restricted or marks.suppressed or marks.hidden or extent.glass):
        return found
    named = _named(entry.body)
    if isinstance(entry.body, AddressRecorded) and (
        named & marks.suppressed or entry.body.address in marks.hidden
    ):
        found = extent.reach.core
    elif seen_through_glass(extent.reach, entry, found):
        found |= extent.glass
    marked = named & marks.restricted.keys()
    if not marked or (isinstance(entry.body, RequestMade) and marked != named):
        # A request about others too still has to be answered for them.
        return found
    readers = frozenset.intersection(*(marks.restricted[subject] for subject in marked))
    return frozenset(f"person:{reader}" for reader in readers)


def _named(body: Body) -> frozenset[str]:
    """The subjects that a free entry names."""
    if body.guard in {"stage", "decision", "rating"}:
        # Links of these chains hold no restricted content, and everyone who may move one receives it whole.
        return NOBODY
    found: set[str] = set()
    for field in ("subject", "first", "second"):
        value = getattr(body, field, None)
        if isinstance(value, str):
            found.add(value)
    for field in ("subjects", "about"):
        found.update(value for value in getattr(body, field, ()) if isinstance(value, str))
    return frozenset(found)


def only_named(audiences: frozenset[str]) -> bool:
    """Whether these are named people and nobody else, as of a restricted person."""
    return bool(audiences) and all(one.startswith("person:") for one in audiences)


def identity_holders(
    identity: Identity,
    entry: Made[Body],
    by_subject: Mapping[tuple[str, str], frozenset[str]],
    glass: frozenset[str],
) -> frozenset[str]:
    """The audiences that may hold an entry of an identity; ``by_subject`` says who holds each subject.

    A marker goes wherever one linked subject is held, any other entry only to who holds them all.
    """
    held = [by_subject.get(subject, NOBODY) for subject in identity.linked]
    if not held:
        sharing = NOBODY
    elif isinstance(entry.body, (MarkerSet, MarkerCleared)):
        sharing = frozenset.union(*held)
    else:
        sharing = frozenset.intersection(*held)
    return identity_audiences(identity, sharing, entry, glass)


HUB_HOLDERS = frozenset({HUB})
