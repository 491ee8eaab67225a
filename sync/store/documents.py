"""Pieces of documents: taken by their hash, sealed at rest, given to who may hold an entry that names them.

The entry that attaches a document is admitted like any other; here are only its bytes.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from sqlalchemy import Engine, select, update
from sqlalchemy.dialects.postgresql import insert

from mash_desktop.domain.errors import Refusal
from sync.protocol import CHUNK_BYTES

from . import tables
from .pulling import all_audiences
from .sealing import Secrets, new_key, seal, unseal
from .sign_in.sessions import Caller


class Documents:
    """Chunks of every hub in one database."""

    def __init__(self, engine: Engine, secrets: Secrets) -> None:
        self._engine = engine
        self._secrets = secrets

    def take(self, caller: Caller, chunk: str, content: bytes) -> None:
        """Keep a piece, for as long as it waits for the entry that attaches it (``sweeping``) and then with
        that. The same piece again waits anew. ``Refusal``: *not-permitted*, *chunk-size*, *chunk-wrong*."""
        now = datetime.now(UTC)
        if not all_audiences(caller, now):
            raise Refusal("not-permitted", "You hold no role in this hub now.")
        if not 0 < len(content) <= CHUNK_BYTES:
            raise Refusal("chunk-size", "A piece of a document has between 1 byte and 1 MB.")
        if hashlib.sha256(content).hexdigest() != chunk:
            raise Refusal("chunk-wrong", "This piece is not the one that its address names.")
        hub, own = caller.hub, new_key()
        c = tables.chunks
        with self._engine.begin() as db:
            db.execute(update(c).where(c.c.hub == hub, c.c.chunk == chunk).values(stored_at=now))
            kept = db.scalar(
                insert(c)
                .values(
                    hub=hub,
                    chunk=chunk,
                    size=len(content),
                    sealed=seal(own, content, f"chunk\x00{hub}\x00{chunk}".encode()),
                    stored_at=now,
                )
                .on_conflict_do_nothing()
                .returning(c.c.chunk)
            )
            if kept is not None:
                wrapped = self._secrets.seal(f"chunk\x00{hub}\x00{chunk}", own)
                db.execute(insert(tables.chunk_keys).values(hub=hub, chunk=chunk, wrapped=wrapped))
            db.execute(
                insert(tables.chunk_senders)
                .values(hub=hub, chunk=chunk, person=caller.person)
                .on_conflict_do_nothing()
            )

    def give(self, caller: Caller, chunk: str) -> bytes:
        """A piece, to who is granted an entry that names it now. ``Refusal``: *chunk-unknown*."""
        a, g, c, k = tables.attachments, tables.grants, tables.chunks, tables.chunk_keys
        mine = list(all_audiences(caller, datetime.now(UTC)))
        with self._engine.connect() as db:
            row = db.execute(
                select(c.c.sealed, k.c.wrapped)
                .join(k, (k.c.hub == c.c.hub) & (k.c.chunk == c.c.chunk))
                .join(a, (a.c.hub == c.c.hub) & (a.c.chunk == c.c.chunk))
                .join(g, (g.c.hub == a.c.hub) & (g.c.position == a.c.position))
                .where(c.c.hub == caller.hub, c.c.chunk == chunk, g.c.audiences.overlap(mine))
                .limit(1)
            ).one_or_none()
        if row is None:
            raise Refusal("chunk-unknown", "There is no such document that you may open.")
        bound = f"chunk\x00{caller.hub}\x00{chunk}"
        return unseal(self._secrets.open(bound, row.wrapped), row.sealed, bound.encode())
