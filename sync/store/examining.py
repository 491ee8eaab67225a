"""An act as it arrives: readable, this hub's, its author's own, signed with an enrolled key, and whole.

Needs no lock and changes nothing. Whether it may happen now is for ``docket``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

import msgspec

from mash_desktop.domain.acts import (
    Act,
    OpenBody,
    Parcel,
    check_bodies,
    check_signature,
    entries_of,
    read,
)
from mash_desktop.domain.entries import KINDS, Body, Made
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.fold import Directory
from mash_desktop.domain.roles import Role

from .sealing import Secrets
from .streams import HUB_STREAM

STORE = "store"
"""The person and the agency as which the store makes its own entries."""
MOST_ENTRIES = 200
"""Entries in one act."""
LARGEST_BODY = 1024 * 1024

_NUL = rb"\u0000"
"""As JSON spells the one character that PostgreSQL does not keep in texts."""
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_FAMILIES = ("referral", "identity", "access")


class Candidate(msgspec.Struct, frozen=True):
    """An act that may be judged. ``entries`` have no position yet; ``told`` says that its author is told what
    becomes of it, so that a refusal is for good."""

    parcel: Parcel
    act: Act
    bodies: Mapping[str, OpenBody]
    entries: tuple[Made[Body], ...]
    told: bool = True

    @property
    def streams(self) -> frozenset[str]:
        return frozenset(header.stream for header in self.act.entries)


def family_of(stream: str) -> str:
    """``referral``, ``identity``, ``keeping``, ``hub`` or ``access``; else ``Refusal`` (*stream-unknown*)."""
    family, _, rest = stream.partition(":")
    if stream == HUB_STREAM:
        return HUB_STREAM
    if family in {"referral", "identity"} and _UUID.fullmatch(rest):
        return family
    if family == "keeping" and rest.partition(":")[0] in _FAMILIES:
        family_of(rest)
        return family
    if family == "access":
        try:
            if date.fromisoformat(rest).isoformat() == rest:
                return family
        except ValueError:
            pass
    raise Refusal("stream-unknown", "An entry of this act belongs to no stream that a hub has.")


def is_record(stream: str) -> bool:
    """Whether this can be the stream of a referral or of an identity."""
    family, _, rest = stream.partition(":")
    return family in {"referral", "identity"} and _UUID.fullmatch(rest) is not None


def is_referral(stream: str) -> bool:
    family, _, rest = stream.partition(":")
    return family == "referral" and _UUID.fullmatch(rest) is not None


def examine(parcel: Parcel, hub: str, person: str, directory: Directory, secrets: Secrets) -> Candidate:
    """Raise ``Refusal`` unless the act is sound and ``person``'s own."""
    act = read(parcel.signed)
    if act.hub != hub:
        raise Refusal("hub-wrong", "This act was made for another hub.")
    if act.author != person:
        raise Refusal("author-wrong", "This act was made by somebody else. Its author sends it.")
    check_signature(parcel.signed, public_key(act, directory, secrets))
    if not 0 < len(act.entries) <= MOST_ENTRIES:
        raise Refusal("act-size", f"An act has between 1 and {MOST_ENTRIES} entries.")
    ids = {act.id, *(header.id for header in act.entries)}
    if len(ids) != len(act.entries) + 1 or not all(_UUID.fullmatch(one) for one in ids):
        raise Refusal("ids-wrong", "The ids of this act and its entries are not ones a hub can keep.")
    for header in act.entries:
        known = KINDS.get(header.kind)
        if known is not None and family_of(header.stream) != known.FAMILY:
            raise Refusal("stream-wrong", f"An entry {header.kind} does not belong to that stream.")
        family_of(header.stream)
    if any(len(body.body) > LARGEST_BODY for body in parcel.bodies):
        raise Refusal("body-size", "An entry of this act is too large. Attach it as a document.")
    if any(_NUL in raw for raw in (parcel.signed.act, *(body.body for body in parcel.bodies))):
        raise Refusal("text-wrong", "A text in this act holds a character that no person typed. Take it out.")
    bodies = check_bodies(act, parcel.bodies, whole=True)
    return Candidate(parcel, act, bodies, entries_of(act, bodies))


def public_key(act: Act, directory: Directory, secrets: Secrets) -> bytes:
    """The public key that an act names, which has to be its author's. ``Refusal`` (*key-unknown*)."""
    if act.author == STORE and act.role is Role.STORE:
        own = secrets.signing_key(act.hub)
        if act.key == own.key_id:
            return own.public
    key = directory.keys.get(act.key)
    if key is None or key.person != act.author:
        raise Refusal("key-unknown", "The key of this act is not one that its author has enrolled here.")
    return bytes.fromhex(key.public)
