"""An answer that proves itself: entries with their acts and their places in the log, under one signed head.

Checked here whether it has just been gathered or comes from a file, with no store to ask. It shows that each
entry is in the log, who signed it and when it was admitted; not that there is no further one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from mash_desktop.domain.acts import Act, OpenBody, SignedAct, check_bodies, check_signature, entries_of, read
from mash_desktop.domain.entries import Body, Made
from mash_desktop.domain.entries.hub import HubConfigured, KeyEnrolled, KeyRevoked, PersonEnrolled
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.fold import Directory, fold_hub
from mash_desktop.proofs.head import Head, SignedHead
from mash_desktop.proofs.merkle import leaf_hash, verify_inclusion
from mash_desktop.proofs.signature import key_id

from .. import protocol
from ..client.store_keys import StoreKeys, linked
from ..client.verification import Keys
from .trail import concerns


class Question(msgspec.Struct, frozen=True):
    """What was asked: about whom, from and to which day (both included), and words looked for in searches."""

    person: str
    since: date
    until: date
    terms: tuple[str, ...] = ()


class Proven(msgspec.Struct, frozen=True):
    """An entry as the log has it: its position, when it was admitted, the act, its body, and the way from its
    leaf to the root of the head."""

    position: int
    admitted_at: datetime
    signed: SignedAct
    body: OpenBody
    path: tuple[bytes, ...]


class Evidence(msgspec.Struct, frozen=True):
    """``about`` is by what the store said that accesses name the person; ``hub`` are the entries of the hub's
    own stream that say who is who and whose key is whose; ``accesses`` are the answer."""

    asked: Question
    about: protocol.AboutFound
    head: SignedHead
    store_keys: protocol.StoreKeys
    hub: tuple[Proven, ...]
    accesses: tuple[Proven, ...]


class Checked(msgspec.Struct, frozen=True):
    """What the evidence shows. ``store_key`` is the id of the key in force, to be compared with the hub's."""

    head: Head
    store_key: str
    directory: Directory
    accesses: tuple[Made[Body], ...]


def check(
    evidence: Evidence, trusted: bytes | None = None, handed_on: protocol.StoreKeys | None = None
) -> Checked:
    """Check every proof. ``trusted`` is a key known to be the store's; without it, that in the file is taken,
    and has to be compared. ``handed_on`` tells how the store's key was handed on since. Raises ``Refusal``
    naming the position, or ``Distrust``."""
    told = handed_on or evidence.store_keys
    if not evidence.store_keys.keys or not told.keys:
        raise Refusal("evidence-wrong", "This evidence names no key of a store.", "store_keys")
    hub = _hub_of(evidence.head)
    present = evidence.store_keys.keys[-1]
    if (trusted or present) not in told.keys or present not in told.keys:
        raise Refusal(
            "evidence-of-another-key",
            f"This answer was given under the key {key_id(present)}, which nothing here links with the "
            "key given. Where the key was handed on since, keep an answer now and name it with --handed-on. "
            "Else it is not this store's: believe none of it.",
            "store_key",
        )
    keys = linked(hub, trusted or present, told)
    head = StoreKeys(hub, keys).kept_head(evidence.head)
    known = Keys(Directory(), keys)
    own = [_entry(one, head, known) for one in sorted(evidence.hub, key=lambda one: one.position)]
    found = [_entry(one, head, known) for one in evidence.accesses]
    for place, entry in enumerate(found):
        if entry in found[:place] or not concerns(entry, evidence.about, evidence.asked.terms):
            raise _wrong(entry.position or 0, "It is no answer to what was asked.")
    return Checked(head, key_id(present), fold_hub(own), tuple(found))


def _hub_of(signed: SignedHead) -> str:
    try:
        return msgspec.json.decode(signed.head, type=Head).hub
    except (msgspec.DecodeError, ValueError) as error:
        raise Refusal("evidence-wrong", "This evidence holds no head of a log.", "head") from error


def _entry(one: Proven, head: Head, keys: Keys) -> Made[Body]:
    """The entry, shown to be in the log and signed by whom it says."""
    try:
        act = read(one.signed)
        place = _place(act, one.body.entry)
        bodies = check_bodies(act, [one.body], whole=False)
        keys.learn(_row(one), act)
        check_signature(one.signed, keys.public(act, one.position - place))
        entries = entries_of(
            act, bodies, positions={one.body.entry: one.position}, admitted_at=one.admitted_at
        )
    except Refusal as refusal:
        raise _wrong(one.position, refusal.sentence) from refusal
    leaf = leaf_hash(
        protocol.leaf_bytes(one.position, one.admitted_at, protocol.act_digest(one.signed), place)
    )
    if not verify_inclusion(leaf, one.position - 1, head.size, one.path, head.root):
        raise _wrong(one.position, "The log under this head does not have it there.")
    return entries[place]


def _place(act: Act, entry: str) -> int:
    return next((place for place, header in enumerate(act.entries) if header.id == entry), -1)


def _row(one: Proven) -> protocol.Row:
    """As the feed brought it, as far as keys are learnt from it."""
    return protocol.Row(
        audience="hub",
        n=0,
        op="grant",
        entry=one.body.entry,
        because=one.position,
        chain=b"",
        position=one.position,
        body=one.body,
    )


def _wrong(position: int, sentence: str) -> Refusal:
    return Refusal("evidence-wrong", f"The entry at position {position} is not proven: {sentence}")


def needed(keys: set[str], people: set[str], own: Sequence[Made[Body]]) -> set[int]:
    """Positions of the entries of the hub's stream that acts signed with ``keys`` are read by: how each key
    came to be good, the names of ``people``, and the configuration in force."""
    enrolled = {entry.body.key: entry for entry in own if isinstance(entry.body, KeyEnrolled)}
    known: set[str] = set()
    while fresh := keys - known:
        known |= fresh
        keys = {enrolled[key].key for key in fresh if key in enrolled}
    found: set[int] = set()
    configured = 0
    for entry in own:
        body, position = entry.body, entry.position or 0
        if isinstance(body, HubConfigured):
            configured = max(configured, position)
        elif (isinstance(body, KeyEnrolled | KeyRevoked) and body.key in known) or (
            isinstance(body, PersonEnrolled) and body.person in people
        ):
            found.add(position)
    return found | {configured}
