"""What one agency contributed, taken out when its controller leaves: plain files that prove themselves.

Signed in as one of the agency's people, and told to the audit trail before anything is written. What others
contributed is theirs, and is not in it, even where this agency may see it.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from mash_desktop.cache.feed import FeedRow
from mash_desktop.cache.reading import moment
from mash_desktop.domain.acts import Act, Author, SignedAct, read
from mash_desktop.domain.audiences import HUB
from mash_desktop.domain.entries import decode
from mash_desktop.domain.entries.contact import DocumentAttached
from mash_desktop.domain.entries.hub import KeyEnrolled
from mash_desktop.domain.errors import Refusal
from mash_desktop.proofs.head import Head, SignedHead
from mash_desktop.proofs.merkle import leaf_hash, verify_inclusion

from .. import protocol
from ..client.verification import CALL, Distrust
from .device import Device
from .run import Hub

NOTHING = b"null"
ENTRIES, HEAD, KEYS, DOCUMENTS, README = "entries.jsonl", "head.json", "keys.json", "documents", "README.txt"

_HOW = """What {agency} contributed to the hub {hub}: {count} entries, up to entry {size} of its log.

entries.jsonl   one entry a line, in the order of the log, as JSON; bytes are base64. `body` is what was
                said, as it was signed; it is null where it has been disposed of.
documents/      the documents that entries attach, by their SHA-256.
head.json       the log's head as the hub's store signed it, and the store's keys (Ed25519), oldest first.
keys.json       the public keys (Ed25519, hex) with which people signed, by id.

To check a line:
- commitment: SHA-256 over "mash-commitment-v1", a zero byte, the bytes of `salt`, and `body` as it stands, is
  the one in the entry of `act` with this id;
- signature: Ed25519 by the key that the act names, over "mash-act-v1", a zero byte, and `act`;
- leaf: SHA-256 over a zero byte, "mash-entry-v1", a zero byte, then position, microseconds of admitted_at and
  place as 8 bytes each, and SHA-256 of `act` followed by `signature`;
- proof: the sibling hashes of RFC 9162 from that leaf (index: position - 1) to the root in the head.
"""


class Exported(msgspec.Struct, frozen=True):
    """One line of ``entries.jsonl``. ``body`` is as signed, or *null*; ``proof`` leads to the head's root."""

    position: int
    admitted_at: datetime
    id: str
    stream: str
    kind: str
    version: int
    made_at: datetime
    author: str
    agency: str
    role: str
    key: str
    place: int
    body: msgspec.Raw
    salt: bytes | None
    act: bytes
    signature: bytes
    proof: tuple[bytes, ...]


class ExportedHead(msgspec.Struct, frozen=True):
    head: SignedHead
    store_keys: tuple[bytes, ...]


def export_own(device: Device, session: protocol.Session, author: Author, to: Path) -> int:
    """Write the contributions of ``author``'s agency into the new folder ``to``; how many entries.

    The folder is there whole or not at all. Raises ``Refusal`` (*export-there*, *export-unwritable*; as the
    store refuses), ``Unreachable`` or ``Distrust``.
    """
    return asyncio.run(_export(device, session, author, to))


async def _export(device: Device, session: protocol.Session, author: Author, to: Path) -> int:
    hub = Hub(device, session)
    try:
        if to.exists():
            raise Refusal("export-there", f"There is something at {to} already. Name a new folder.", "to")
        audience = f"agency:{author.agency}"
        standing = protocol.Standing(agency=author.agency, role=author.role, team=author.team)
        rows, signed = await hub.feeds(standing, HUB, audience)
        head = await hub.keys.head(hub.connection, signed)
        own = _own(rows, audience, author.agency)
        await hub.tell(author, f"All that {author.agency} contributed", len(own))
        to.parent.mkdir(parents=True, exist_ok=True)
        # Beside its place until it is whole: what is interrupted leaves nothing of a case, and bars no retry.
        with TemporaryDirectory(prefix=f".{to.name}-", dir=to.parent) as beside:
            fresh = Path(beside) / to.name
            (fresh / DOCUMENTS).mkdir(parents=True)
            with (fresh / ENTRIES).open("wb") as out:
                for row in own:
                    out.write(msgspec.json.encode(await _proven(hub, head, row)) + b"\n")
                    await _documents(hub, row, fresh / DOCUMENTS)
            (fresh / HEAD).write_bytes(msgspec.json.encode(ExportedHead(signed, hub.keys.keys)))
            (fresh / KEYS).write_bytes(msgspec.json.encode(_keys(rows)))
            words = _HOW.format(agency=author.agency, hub=head.hub, count=len(own), size=head.size)
            (fresh / README).write_text(words, encoding="utf-8")
            fresh.chmod(0o700)
            fresh.rename(to)
    except OSError as error:
        raise Refusal(
            "export-unwritable",
            f"{to} cannot be written ({error.strerror}). Free some space or name another folder, then try "
            "again.",
            "to",
        ) from error
    finally:
        await hub.close()
    return len(own)


def _own(rows: Sequence[FeedRow], audience: str, agency: str) -> list[FeedRow]:
    """What the agency's feed grants still and the agency itself made, in the order of the log."""
    held: dict[str, FeedRow] = {}
    for row in rows:
        if row.audience != audience:
            continue
        if row.grant and row.signed is not None:
            held[row.entry] = row
        else:
            held.pop(row.entry, None)
    own = [row for row in held.values() if read(_signed(row)).agency == agency]
    return sorted(own, key=lambda row: row.position or 0)


async def _proven(hub: Hub, head: Head, row: FeedRow) -> Exported:
    signed, act = _signed(row), read(_signed(row))
    place, position, at = _place(act, row), row.position or 0, moment(row.admitted_at)
    assert at is not None
    path = (await hub.connection.proof("inclusion", position=position, size=head.size)).path
    leaf = leaf_hash(protocol.leaf_bytes(position, at, protocol.act_digest(signed), place))
    if not verify_inclusion(leaf, position - 1, head.size, path, head.root):
        raise Distrust("entry-unlogged", f"The store told of an entry that its log does not have. {CALL}")
    header = act.entries[place]
    return Exported(
        position=position,
        admitted_at=at,
        id=header.id,
        stream=header.stream,
        kind=header.kind,
        version=header.v,
        made_at=act.made_at,
        author=act.author,
        agency=act.agency,
        role=act.role.value,
        key=act.key,
        place=place,
        body=msgspec.Raw(row.body.body if row.body is not None else NOTHING),
        salt=row.body.salt if row.body is not None else None,
        act=signed.act,
        signature=signed.signature,
        proof=path,
    )


async def _documents(hub: Hub, row: FeedRow, folder: Path) -> None:
    act = read(_signed(row))
    header = act.entries[_place(act, row)]
    if header.kind != DocumentAttached.KIND or row.body is None:
        return
    body = decode(header.kind, header.v, row.body.body)
    assert isinstance(body, DocumentAttached)
    content = b"".join([await hub.connection.chunk(chunk) for chunk in body.chunks])
    if hashlib.sha256(content).hexdigest() != body.digest:
        raise Distrust("chunk-altered", "The store sent a document that is not the one recorded.")
    (folder / body.digest).write_bytes(content)


def _keys(rows: Sequence[FeedRow]) -> dict[str, str]:
    """The public keys that the hub has enrolled, by id."""
    found: dict[str, str] = {}
    for row in rows:
        if row.audience == HUB and row.signed is not None and row.body is not None:
            act = read(row.signed)
            header = act.entries[_place(act, row)]
            body = decode(header.kind, header.v, row.body.body)
            if isinstance(body, KeyEnrolled):
                found[body.key] = body.public
    return found


def _signed(row: FeedRow) -> SignedAct:
    assert row.signed is not None
    return row.signed


def _place(act: Act, row: FeedRow) -> int:
    return next(place for place, header in enumerate(act.entries) if header.id == row.entry)
