"""What one agency contributed, taken out when its controller leaves: plain files that prove themselves.

Signed in as one of the agency's people, and told to the audit trail before anything is written. What others
contributed is theirs, and is not in it, even where this agency may see it.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from mash_desktop.cache.feed import FeedRow
from mash_desktop.domain.acts import Act, Author, SignedAct, read
from mash_desktop.domain.audiences import HUB
from mash_desktop.domain.entries import decode
from mash_desktop.domain.entries.contact import DocumentAttached
from mash_desktop.domain.errors import Refusal

from .. import protocol
from ..client.verification import Distrust
from ..proving import Proof, check, prove, prove_hub
from .device import Device
from .run import Hub

PROOF, DOCUMENTS, README = "proof.json", "documents", "README.txt"

_HOW = """What {agency} contributed to the hub {hub}: {count} entries, up to entry {size} of its log.

proof.json      JSON; bytes are base64. `entries` are in the order of the log: `said` is what each says, its
                `body` as it was signed, null where it has been disposed of. `hub` are the entries that say
                who is who, whose key is whose (Ed25519, hex) and how the hub is set up. `head` is the log's
                head as the hub's store signed it, `store_keys` its keys, oldest first, and how each was
                handed on.
documents/      the documents that entries attach, by their SHA-256.

mash-isl audit --check proof.json checks all of it, with no store to ask. To check an entry otherwise:
- commitment: SHA-256 over "mash-commitment-v1", a zero byte, the bytes of `salt`, and `body` as it stands, is
  the one in the entry of `signed.act` with this id;
- signature: Ed25519 by the key that the act names, over "mash-act-v1", a zero byte, and `signed.act`;
- leaf: SHA-256 over a zero byte, "mash-entry-v1", a zero byte, then position, microseconds of admitted_at and
  the entry's place in the act as 8 bytes each, and SHA-256 of `act` followed by `signature`;
- path: the sibling hashes of RFC 9162 from that leaf (index: position - 1) to the root in the head.
"""


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
        acts = [read(_signed(row)) for row in own]
        keys, people = {act.key for act in acts}, {act.author for act in acts}
        proof = Proof(
            head=signed,
            store_keys=await hub.store_keys(),
            hub=await prove_hub(hub.connection, head, rows, keys, people),
            entries=tuple([await prove(hub.connection, head, row) for row in own]),
        )
        check(proof, device.store_key)
        to.parent.mkdir(parents=True, exist_ok=True)
        # Beside its place until it is whole: what is interrupted leaves nothing of a case, and bars no retry.
        with TemporaryDirectory(prefix=f".{to.name}-", dir=to.parent) as beside:
            fresh = Path(beside) / to.name
            (fresh / DOCUMENTS).mkdir(parents=True)
            for row in own:
                await _documents(hub, row, fresh / DOCUMENTS)
            (fresh / PROOF).write_bytes(msgspec.json.encode(proof))
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


def _signed(row: FeedRow) -> SignedAct:
    assert row.signed is not None
    return row.signed


def _place(act: Act, row: FeedRow) -> int:
    return next(place for place, header in enumerate(act.entries) if header.id == row.entry)
