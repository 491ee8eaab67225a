"""What was refused is refused for good: it is known again, and answered as it was.

A copy of a request may arrive long after its author read the refusal and took the act back. An act is known
by the hash of what was signed, so that nobody keeps out another's by sending something under its id; and only
one whose signature and author were verified is remembered, so that strangers fill nothing. What was answered
is sealed: a sentence may repeat what an act named.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from mash_desktop.domain.errors import Refusal
from sync.protocol import Answer, act_digest

from . import tables
from .bulk import among
from .examining import Candidate
from .sealing import Secrets

FORGOTTEN = Refusal(
    "refused-before",
    "The hub refused this before, and can no longer say why. Do it again, or let it go.",
)


class Refusals:
    """Those of some acts, from earlier and of this transaction, which keeps them."""

    def __init__(self, db: Connection, hub: str, secrets: Secrets, candidates: Sequence[Candidate]) -> None:
        self._db = db
        self._hub = hub
        self._secrets = secrets
        self._new: dict[bytes, Answer] = {}
        t = tables.refusals
        rows = db.execute(
            select(t.c.digest, t.c.answer).where(
                t.c.hub == hub, among(t.c.digest, {_digest(one) for one in candidates})
            )
        )
        self._sealed = {row.digest: row.answer for row in rows}

    def of(self, candidate: Candidate) -> Answer | None:
        """What was answered to this act when it was refused."""
        digest = _digest(candidate)
        if digest not in self._sealed:
            return self._new.get(digest)
        try:
            raw = self._secrets.open(refusal_purpose(self._hub, digest), self._sealed[digest])
        except Refusal:
            # It does not open, and is a refusal all the same.
            return Answer(
                act=candidate.act.id, state="refused", code=FORGOTTEN.code, sentence=FORGOTTEN.sentence
            )
        return msgspec.json.decode(raw, type=Answer)

    def add(self, candidate: Candidate, answer: Answer) -> Answer:
        """The same answer; remembered, if anybody is told it."""
        if candidate.told:
            self._new[_digest(candidate)] = answer
        return answer

    def write(self, now: datetime) -> None:
        if not self._new:
            return
        self._db.execute(
            # Beside other accesses of its day an act may be refused at two instances at once.
            insert(tables.refusals).on_conflict_do_nothing(),
            [
                {
                    "hub": self._hub,
                    "digest": digest,
                    "answer": self._secrets.seal(
                        refusal_purpose(self._hub, digest), msgspec.json.encode(answer)
                    ),
                    "refused_at": now,
                }
                for digest, answer in self._new.items()
            ],
        )


def refusal_purpose(hub: str, digest: bytes) -> str:
    """What a sealed answer is bound to."""
    return f"refusal\x00{hub}\x00{digest.hex()}"


def _digest(candidate: Candidate) -> bytes:
    return act_digest(candidate.parcel.signed)
