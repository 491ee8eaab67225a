"""Admitting acts: one transaction a push, positions without gaps and in the order of commits.

In turn: what is known already (for ever, by id) → author and signature → streams locked in one order →
rules on their folds → then, under the head's row lock and last of all, positions, entries, feed rows, head.
A refused act leaves its neighbours in the push alone: nothing of it is written.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, func, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError

from mash_desktop.domain.acts import Parcel, read
from mash_desktop.domain.entries.contact import DocumentAttached
from mash_desktop.domain.entries.identity import IdentityLinked, IdentityNotSame, IdentityUnlinked
from mash_desktop.domain.errors import Refusal
from sync.protocol import Answer

from . import tables
from .docket import Docket, Refused
from .examining import STORE, Candidate, examine, family_of
from .log import LogHead, read_head, root_at
from .sealing import Secrets, StreamKey
from .streams import HUB_STREAM, Held, Shelf, current_directory, load, made_stream_key, stream_keys
from .writing import Writing

logger = logging.getLogger(__name__)

MOST_TRIES = 5
_DEADLOCK, _SERIALIZATION = "40P01", "40001"


class _LinkedMeanwhile(Exception):
    """A stream was linked between reading the links and locking them: begin again."""


class Outcome:
    """What a push came to. ``grew`` says whether the log did."""

    def __init__(self, answers: list[Answer], head: LogHead, grew: bool) -> None:
        self.answers = answers
        self.head = head
        self.grew = grew


class Admission:
    """Admits pushes to the hubs of one database."""

    def __init__(
        self,
        engine: Engine,
        secrets: Secrets,
        shelf: Shelf,
        *,
        announce: Callable[[str], None] = lambda hub: None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.engine = engine
        self.secrets = secrets
        self.shelf = shelf
        self._announce = announce
        self._clock = clock

    def push(self, hub: str, person: str, parcels: Sequence[Parcel]) -> Outcome:
        """Admit the acts of ``person`` in order, each answered alone. ``Refusal`` (*hub-unknown*)."""
        with self.engine.connect() as db:
            directory = current_directory(db, self.shelf, self.secrets, hub).directory
        answers: dict[int, Answer] = {}
        candidates: dict[int, Candidate] = {}
        for place, parcel in enumerate(parcels):
            try:
                candidates[place] = examine(parcel, hub, person, directory, self.secrets)
            except Refusal as refusal:
                answers[place] = _refused(parcel, refusal)
        self._begin_days(hub, {stream for one in candidates.values() for stream in one.streams})
        for attempt in range(1, MOST_TRIES + 1):
            try:
                admitted, head = self._commit(hub, candidates)
                break
            except _LinkedMeanwhile:
                continue
            except DBAPIError as error:
                if attempt == MOST_TRIES or getattr(error.orig, "sqlstate", "") not in {
                    _DEADLOCK,
                    _SERIALIZATION,
                }:
                    raise
        else:
            raise Refusal("busy", "The hub is busy with these records. Send again in a moment.")
        answers.update(admitted)
        grew = any(answer.state == "admitted" for answer in admitted.values())
        if grew:
            self._announce(hub)
        return Outcome([answers[place] for place in range(len(parcels))], head, grew)

    def admit_own(self, hub: str, parcel: Parcel) -> Answer:
        """Admit an act of the store's own. Raises ``Refusal`` where a person would be refused."""
        answer = self.push(hub, STORE, [parcel]).answers[0]
        if answer.state == "refused":
            raise Refusal(answer.code, answer.sentence, answer.field)
        return answer

    def _begin_days(self, hub: str, streams: set[str]) -> None:
        """Give a day of accesses its key beforehand: these streams are not locked, so that logging who
        looked never waits for others who do."""
        days = {s for s in streams if family_of(s) == "access" and self.shelf.key(hub, s) is None}
        for stream in sorted(days):
            _, wrapped = made_stream_key(self.secrets, hub, stream)
            with self.engine.begin() as db:
                db.execute(
                    insert(tables.stream_keys)
                    .values(hub=hub, stream=stream, wrapped=wrapped)
                    .on_conflict_do_nothing()
                )

    # --- one transaction ---

    def _commit(self, hub: str, candidates: dict[int, Candidate]) -> tuple[dict[int, Answer], LogHead]:
        with self.engine.connect() as db, db.begin():
            answers = _known(db, hub, candidates)
            fresh = {place: one for place, one in candidates.items() if place not in answers}
            if not fresh:
                return answers, read_head(db, hub)
            now = self._clock()
            docket, held, keys = self._opened(db, hub, fresh.values(), now)
            admitted: list[Candidate] = []
            repeated: dict[int, str] = {}
            taken = _taken(db, hub, fresh.values())
            for place, candidate in fresh.items():
                if any(candidate.act.id == one.act.id for one in admitted):
                    repeated[place] = candidate.act.id
                    continue
                try:
                    _refuse_taken(candidate, taken)
                    self._refuse_other_history(db, hub, candidate)
                    _refuse_unsent(db, hub, candidate)
                    docket.rule(candidate)
                except Refused as refused:
                    answers[place] = _refused_by(candidate, refused)
                    continue
                except Refusal as refusal:
                    answers[place] = _refused(candidate.parcel, refusal)
                    continue
                admitted.append(candidate)
                taken.update(header.id for header in candidate.act.entries)
            if not admitted:
                return answers, read_head(db, hub)
            writing = Writing(db, hub, self.secrets, now, keys)
            head, positions, stamped = writing.write(admitted, docket, held)
        for one in writing.shelved:
            self.shelf.put(hub, one)
        for stream, (key, _) in writing.made_keys.items():
            self.shelf.put_key(hub, stream, key)
        done = {
            one.act.id: Answer(
                act=one.act.id,
                state="admitted",
                positions=tuple(positions[header.id] for header in one.act.entries),
                admitted_at=stamped,
            )
            for one in admitted
        }
        for place, candidate in fresh.items():
            if place in repeated:
                same = done[repeated[place]]
                answers[place] = Answer(
                    act=same.act, state="known", positions=same.positions, admitted_at=same.admitted_at
                )
            elif place not in answers:
                answers[place] = done[candidate.act.id]
        return answers, head

    def _opened(
        self, db: Connection, hub: str, candidates: Iterable[Candidate], now: datetime
    ) -> tuple[Docket, dict[str, Held], dict[str, StreamKey]]:
        """Lock every stream that these acts touch or bear upon, in one order, and read them."""
        touched = {stream for one in candidates for stream in one.streams}
        named = {
            entry.body.referral
            for one in candidates
            for entry in one.entries
            if isinstance(entry.body, (IdentityLinked, IdentityUnlinked, IdentityNotSame))
        }
        folded = {s for s in touched if family_of(s) in {"referral", "identity"}} | named
        linked = _linked(db, hub, folded)
        self._lock(db, hub, linked, exclusive_hub=HUB_STREAM in touched)
        if _linked(db, hub, folded) != linked:
            raise _LinkedMeanwhile
        t = tables.streams
        versions = dict.fromkeys(linked | {HUB_STREAM}, 0)
        versions.update(
            db.execute(
                select(t.c.stream, t.c.version).where(t.c.hub == hub, t.c.stream.in_(list(versions)))
            ).all()
        )
        held = load(db, self.shelf, self.secrets, hub, versions)
        keys = stream_keys(db, self.shelf, self.secrets, hub, touched | linked)
        return Docket(hub, held, now), held, keys

    def _lock(self, db: Connection, hub: str, streams: set[str], *, exclusive_hub: bool) -> None:
        """The hub's stream first (shared, unless it is moved), then the others in order of their lock."""
        kind = "" if exclusive_hub else "_shared"
        db.execute(
            text(f"select pg_advisory_xact_lock{kind}(:lock)"), {"lock": _lock_number(hub, HUB_STREAM)}
        )
        locks = sorted({_lock_number(hub, stream) for stream in streams if stream != HUB_STREAM})
        if locks:
            db.execute(text("select pg_advisory_xact_lock(one) from unnest(:locks) one"), {"locks": locks})

    def _refuse_other_history(self, db: Connection, hub: str, candidate: Candidate) -> None:
        """A head that the author had seen and that this log never had means two histories were shown."""
        seen = candidate.act.seen
        if seen is None:
            return
        head = read_head(db, hub)
        if seen.epoch == head.epoch and (
            seen.size > head.size or root_at(db, hub, seen.size).hex() != seen.root
        ):
            raise Refusal(
                "history-differs",
                "This desktop was shown another history than the hub's. Stop, and tell the administrator.",
            )


def _lock_number(hub: str, stream: str) -> int:
    digest = hashlib.sha256(f"{hub}\x00{stream}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def _linked(db: Connection, hub: str, streams: set[str]) -> set[str]:
    """These streams, the identities linked with them, and the referrals that those are linked with."""
    t = tables.links
    if not streams:
        return set()
    named = list(streams)
    pairs = db.execute(
        select(t.c.identity, t.c.referral).where(
            t.c.hub == hub, or_(t.c.identity.in_(named), t.c.referral.in_(named))
        )
    ).all()
    identities = {pair.identity for pair in pairs}
    if identities:
        pairs = [
            *pairs,
            *db.execute(
                select(t.c.identity, t.c.referral).where(t.c.hub == hub, t.c.identity.in_(list(identities)))
            ),
        ]
    return streams | identities | {pair.referral for pair in pairs}


def _known(db: Connection, hub: str, candidates: dict[int, Candidate]) -> dict[int, Answer]:
    """Acts admitted before get the same answer again; another act under a known id is refused."""
    t = tables.acts
    rows = {
        row.act: row
        for row in db.execute(
            select(t.c.act, t.c.first, t.c.entries, t.c.admitted_at, t.c.bytes, t.c.signature).where(
                t.c.hub == hub, t.c.act.in_([one.act.id for one in candidates.values()])
            )
        )
    }
    found: dict[int, Answer] = {}
    for place, candidate in candidates.items():
        row = rows.get(candidate.act.id)
        if row is None:
            continue
        signed = candidate.parcel.signed
        if (row.bytes, row.signature) == (signed.act, signed.signature):
            found[place] = Answer(
                act=row.act,
                state="known",
                positions=tuple(range(row.first, row.first + row.entries)),
                admitted_at=row.admitted_at,
            )
        else:
            found[place] = _refused(
                candidate.parcel, Refusal("act-taken", "Another act has this id. Make it again.")
            )
    return found


def _taken(db: Connection, hub: str, candidates: Iterable[Candidate]) -> set[str]:
    t = tables.entries
    ids = [header.id for one in candidates for header in one.act.entries]
    return set(db.scalars(select(t.c.entry).where(t.c.hub == hub, t.c.entry.in_(ids))))


def _refuse_taken(candidate: Candidate, taken: set[str]) -> None:
    if any(header.id in taken for header in candidate.act.entries):
        raise Refusal("entry-taken", "An entry of this act is in the log already, in another act.")


def _refuse_unsent(db: Connection, hub: str, candidate: Candidate) -> None:
    """Who attaches a document has sent each piece of it: its hash alone gives nobody a right to it."""
    pieces = {
        piece
        for entry in candidate.entries
        if isinstance(entry.body, DocumentAttached)
        for piece in entry.body.chunks
    }
    if not pieces:
        return
    t = tables.chunk_senders
    sent = db.scalar(
        select(func.count())
        .select_from(t)
        .where(t.c.hub == hub, t.c.person == candidate.act.author, t.c.chunk.in_(pieces))
    )
    if sent != len(pieces):
        raise Refusal("document-unsent", "A piece of this document has not been sent yet.", "chunks")


def _refused(parcel: Parcel, refusal: Refusal) -> Answer:
    try:
        act = read(parcel.signed).id
    except Refusal:
        act = ""
    return Answer(act=act, state="refused", code=refusal.code, sentence=refusal.sentence, field=refusal.field)


def _refused_by(candidate: Candidate, refused: Refused) -> Answer:
    verdict = refused.verdict
    return Answer(
        act=candidate.act.id,
        state="refused",
        code=verdict.code,
        sentence=verdict.sentence,
        field=verdict.field,
        entry=refused.entry,
        moved_by=refused.moved_by,
    )
