"""Entries that prove themselves: with their acts and their places in the log, under one signed head.

One format for what an audit answers and for what an agency takes out, checked whether it has just been
gathered or comes from a file, with no store to ask. It shows that each entry is in the log, who signed it
and when it was admitted; not that there is no further one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from mash_desktop.cache.feed import FeedRow
from mash_desktop.cache.reading import moment
from mash_desktop.domain.acts import Act, OpenBody, SignedAct, check_bodies, check_signature, entries_of, read
from mash_desktop.domain.audiences import HUB
from mash_desktop.domain.entries import Body, Made
from mash_desktop.domain.entries.hub import HubConfigured, KeyEnrolled, KeyRevoked, PersonEnrolled
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.fold import Directory, fold_hub
from mash_desktop.proofs.head import Head, SignedHead
from mash_desktop.proofs.merkle import leaf_hash, verify_inclusion
from mash_desktop.proofs.signature import key_id

from . import protocol
from .client import Connection
from .client.store_keys import StoreKeys, linked
from .client.verification import Keys

NOTHING = msgspec.Raw(b"null")


class Said(msgspec.Struct, frozen=True):
    """An entry for people and other programs to read. ``body`` is byte for byte what was signed, or *null*
    where it has been disposed of."""

    id: str
    stream: str
    kind: str
    version: int
    made_at: datetime
    author: str
    agency: str
    role: str
    key: str
    body: msgspec.Raw


class Proven(msgspec.Struct, frozen=True):
    """An entry as the log has it: its position, when it was admitted, what it says, the salt of its
    commitment, its act, and the way from its leaf to the root of the head."""

    position: int
    admitted_at: datetime
    said: Said
    salt: bytes | None
    signed: SignedAct
    path: tuple[bytes, ...]

    @property
    def body(self) -> OpenBody | None:
        return OpenBody(self.said.id, bytes(self.said.body), self.salt) if self.salt is not None else None


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """``hub`` are the entries of the hub's own stream that say who is who and whose key is whose."""

    head: SignedHead
    store_keys: protocol.StoreKeys
    hub: tuple[Proven, ...]
    entries: tuple[Proven, ...]


class Checked(msgspec.Struct, frozen=True):
    """What a proof shows. ``store_key`` is the id of the key in force, to be compared with the hub's."""

    head: Head
    store_key: str
    directory: Directory
    entries: tuple[Made[Body], ...]


# --- gathering


def made(row: FeedRow) -> Made[Body] | None:
    """The entry that a row brings; ``None`` where it has been taken back or disposed of."""
    if row.signed is None or row.body is None:
        return None
    found = entries_of(
        read(row.signed),
        {row.entry: row.body},
        positions={row.entry: row.position or 0},
        admitted_at=moment(row.admitted_at),
    )
    return next(one for one in found if one.id == row.entry)


async def prove(connection: Connection, head: Head, row: FeedRow) -> Proven:
    """What a feed brought, with the way to its place under ``head``."""
    at = moment(row.admitted_at)
    assert row.signed is not None
    assert row.position is not None
    assert at is not None
    path = await connection.proof("inclusion", position=row.position, size=head.size)
    act = read(row.signed)
    said = _said(act, _place(act, row.entry), row.body)
    return Proven(row.position, at, said, row.body.salt if row.body else None, row.signed, path.path)


async def prove_hub(
    connection: Connection, head: Head, rows: Iterable[FeedRow], keys: set[str], people: set[str]
) -> tuple[Proven, ...]:
    """Of the hub's own stream what acts signed with ``keys`` are read by, and the names of ``people``."""
    own = [(row, entry) for row in rows if row.audience == HUB and (entry := made(row)) is not None]
    wanted = _needed(keys, people, [entry for _, entry in own])
    return tuple([await prove(connection, head, row) for row, entry in own if entry.position in wanted])


def _needed(keys: set[str], people: set[str], own: Sequence[Made[Body]]) -> set[int]:
    """Positions: how each key came to be good, the names of ``people``, and the configuration in force."""
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


# --- checking


def check(proof: Proof, trusted: bytes | None = None, handed_on: protocol.StoreKeys | None = None) -> Checked:
    """Check every proof. ``trusted`` is a key known to be the store's; without it, that in the file is taken,
    and has to be compared. ``handed_on`` tells how the store's key was handed on since. Raises ``Refusal``
    naming the position, or ``Distrust``."""
    told = handed_on or proof.store_keys
    if not proof.store_keys.keys or not told.keys:
        raise Refusal("evidence-wrong", "This evidence names no key of a store.", "store_keys")
    hub = _hub_of(proof.head)
    present = proof.store_keys.keys[-1]
    if (trusted or present) not in told.keys or present not in told.keys:
        raise Refusal(
            "evidence-of-another-key",
            f"This was given under the store's key {key_id(present)}, which nothing here links with the "
            "key given. Where the key was handed on since, keep an answer now and name it with --handed-on. "
            "Else it is not this store's: believe none of it.",
            "store_key",
        )
    keys = linked(hub, trusted or present, told)
    head = StoreKeys(hub, keys).kept_head(proof.head)
    known = Keys(Directory(), keys)
    own = [_entry(one, head, known) for one in sorted(proof.hub, key=lambda one: one.position)]
    found = tuple(_entry(one, head, known) for one in proof.entries)
    if len({entry.id for entry in found}) < len(found):
        raise Refusal("evidence-wrong", "This evidence brings an entry twice.", "entries")
    return Checked(head, key_id(present), fold_hub(own), found)


def _hub_of(signed: SignedHead) -> str:
    try:
        return msgspec.json.decode(signed.head, type=Head).hub
    except (msgspec.DecodeError, ValueError) as error:
        raise Refusal("evidence-wrong", "This evidence holds no head of a log.", "head") from error


def _entry(one: Proven, head: Head, keys: Keys) -> Made[Body]:
    """The entry, shown to be in the log and signed by whom it says."""
    try:
        act = read(one.signed)
        place = _place(act, one.said.id)
        bodies = check_bodies(act, [one.body] if one.body is not None else [], whole=False)
        if msgspec.json.encode(one.said) != msgspec.json.encode(_said(act, place, one.body)):
            raise Refusal("said-otherwise", "It says of itself what its act does not.")
        keys.learn(_row(one), act, place)
        check_signature(one.signed, keys.public(act, one.position - place))
        positions = {one.said.id: one.position}
        entries = entries_of(act, bodies, positions=positions, admitted_at=one.admitted_at)
    except Refusal as refusal:
        raise wrong(one.position, refusal.sentence) from refusal
    leaf = leaf_hash(
        protocol.leaf_bytes(one.position, one.admitted_at, protocol.act_digest(one.signed), place)
    )
    if not verify_inclusion(leaf, one.position - 1, head.size, one.path, head.root):
        raise wrong(one.position, "The log under this head does not have it there.")
    return entries[place]


def _place(act: Act, entry: str) -> int:
    for place, header in enumerate(act.entries):
        if header.id == entry:
            return place
    raise Refusal("act-foreign", "It is no part of the act that it comes with.")


def _said(act: Act, place: int, body: OpenBody | None) -> Said:
    header = act.entries[place]
    return Said(
        header.id,
        header.stream,
        header.kind,
        header.v,
        act.made_at,
        act.author,
        act.agency,
        act.role.value,
        act.key,
        msgspec.Raw(body.body) if body is not None else NOTHING,
    )


def _row(one: Proven) -> protocol.Row:
    """As the feed brought it, as far as keys are learnt from it."""
    return protocol.Row(
        audience="hub",
        n=0,
        op="grant",
        entry=one.said.id,
        because=one.position,
        chain=b"",
        position=one.position,
        body=one.body,
    )


def wrong(position: int, sentence: str) -> Refusal:
    return Refusal("evidence-wrong", f"The entry at position {position} is not proven: {sentence}")
