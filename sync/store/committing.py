"""One transaction of admission: acts judged on locked streams, and what is admitted of them written.

In turn: streams locked in one order → what is known already (for ever, admitted or refused) → rules on their
folds → then, under the head's row lock and last of all, positions, entries, feed rows, head. A refused act
leaves its neighbours alone: nothing of it is written but that it was refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace
from sqlalchemy import Connection, Engine, func, select, text

from mash_desktop.domain.acts import Parcel, SignedAct, read
from mash_desktop.domain.entries.access import GlassBroken, GlassMended
from mash_desktop.domain.entries.contact import DocumentAttached
from mash_desktop.domain.entries.identity import IdentityLinked, IdentityNotSame, IdentityUnlinked
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.fold.keeping import PREFIX
from sync.protocol import Answer

from . import tables
from .bulk import among
from .docket import Docket, Glass, Refused
from .examining import Candidate, family_of, is_record, is_referral
from .log import LogHead, read_head, root_at
from .remembering import Refusals
from .sealing import Secrets, StreamKey
from .streams import HUB_STREAM, Held, Shelf, load, stream_keys
from .writing import Writing

MOST_IDLE = 60
"""Seconds that the database waits in the middle of a commit for a service to go on. One that was stopped, as
its machine may be, is not to hold up all others for as long as the network keeps its connection."""
ACT_TAKEN = Refusal("act-taken", "Another act has this id. Make it again.")


class LinkedMeanwhile(Exception):
    """A stream was linked between reading the links and locking them: begin again."""


def commit(
    engine: Engine, secrets: Secrets, shelf: Shelf, hub: str, candidates: Sequence[Candidate], now: datetime
) -> tuple[list[Answer], LogHead]:
    """Admit or refuse each of these acts, in order, in one transaction. Raises :class:`LinkedMeanwhile`."""
    answers: dict[int, Answer] = {}
    admitted: dict[int, Candidate] = {}
    with engine.connect() as db, db.begin():
        docket, held, keys = _opened(db, secrets, shelf, hub, candidates, now)
        known, taken = _known(db, hub, candidates), _taken(db, hub, candidates)
        refusals = Refusals(db, hub, secrets, candidates)
        first: dict[str, int] = {}
        for place, candidate in enumerate(candidates):
            act = candidate.act.id
            try:
                before = _before(candidate, known, refusals)
                if before is not None:
                    answers[place] = before
                elif act in first:
                    _refuse_other(candidate, candidates[first[act]].parcel.signed)
                else:
                    _refuse_taken(candidate, taken)
                    _refuse_other_history(db, shelf, hub, candidate)
                    _refuse_unsent(db, hub, candidate)
                    docket.rule(candidate)
                    admitted[place], first[act] = candidate, place
                    taken.update(header.id for header in candidate.act.entries)
            except Refused as ruled:
                answers[place] = refusals.add(candidate, _refused_by(candidate, ruled))
            except Refusal as refusal:
                answers[place] = refusals.add(candidate, refused(candidate.parcel, refusal))
        refusals.write(now)
        if not admitted:
            return [answers[place] for place in range(len(candidates))], read_head(db, hub)
        writing = Writing(db, hub, secrets, now, keys)
        head, positions, stamped = writing.write(list(admitted.values()), docket, held)
    shelf.put_root(hub, head.epoch, head.size, head.frontier.root())
    for one in writing.shelved:
        shelf.put(hub, one)
    for stream, (key, _) in writing.made_keys.items():
        shelf.put_key(hub, stream, key)
    for gone in docket.disposed:
        shelf.forget_key(hub, gone.stream)
    for place, candidate in admitted.items():
        places = tuple(positions[header.id] for header in candidate.act.entries)
        answers[place] = Answer(act=candidate.act.id, state="admitted", positions=places, admitted_at=stamped)
    for place, candidate in enumerate(candidates):
        if place not in answers:
            answers[place] = replace(answers[first[candidate.act.id]], state="known")
    return [answers[place] for place in range(len(candidates))], head


def refuse(
    engine: Engine, secrets: Secrets, hub: str, candidate: Candidate, refusal: Refusal, now: datetime
) -> Answer:
    """Answer an act that cannot be judged: as it was answered before, or else with this refusal."""
    with engine.begin() as db:
        _lock_hub(db, hub, exclusive=HUB_STREAM in candidate.streams)
        lock(db, hub, candidate.streams - {HUB_STREAM})
        refusals = Refusals(db, hub, secrets, [candidate])
        try:
            before = _before(candidate, _known(db, hub, [candidate]), refusals)
        except Refusal as other:
            before, refusal = None, other
        if before is None:
            before = refusals.add(candidate, refused(candidate.parcel, refusal))
        refusals.write(now)
        return before


# --- locks ---


def _opened(
    db: Connection,
    secrets: Secrets,
    shelf: Shelf,
    hub: str,
    candidates: Sequence[Candidate],
    now: datetime,
) -> tuple[Docket, dict[str, Held], dict[str, StreamKey]]:
    """Lock every stream that these acts touch or bear upon, in one order, and read them."""
    touched = {stream for one in candidates for stream in one.streams}
    named = {
        entry.body.referral
        for one in candidates
        for entry in one.entries
        if isinstance(entry.body, (IdentityLinked, IdentityUnlinked, IdentityNotSame))
        and is_referral(entry.body.referral)
    } | {
        entry.body.target
        for one in candidates
        for entry in one.entries
        if isinstance(entry.body, (GlassBroken, GlassMended)) and is_record(entry.body.target)
    }
    named |= {stream.removeprefix(PREFIX) for stream in touched if stream.startswith(PREFIX)}
    folded = {s for s in touched if family_of(s) in {"referral", "identity", "keeping"}} | named
    linked = _linked(db, hub, folded)
    _lock_hub(db, hub, exclusive=HUB_STREAM in touched)
    days = {stream for stream in touched if family_of(stream) == "access"}
    lock(db, hub, linked - {HUB_STREAM}, beside=days)
    if _linked(db, hub, folded) != linked:
        raise LinkedMeanwhile
    t, k = tables.streams, tables.stream_keys
    versions = dict.fromkeys(linked | {HUB_STREAM}, 0)
    gone = set()
    for row in db.execute(
        select(t.c.stream, t.c.version, k.c.stream.label("key"))
        .outerjoin(k, (k.c.hub == t.c.hub) & (k.c.stream == t.c.stream))
        .where(t.c.hub == hub, among(t.c.stream, versions.keys() | days))
    ):
        if row.stream in versions:
            versions[row.stream] = row.version
        elif row.key is None:
            gone.add(row.stream)
    held = load(db, shelf, secrets, hub, versions)
    keys = stream_keys(db, shelf, secrets, hub, touched | linked)
    return Docket(hub, held, _glass(db, hub, linked), now, gone), held, keys


def _glass(db: Connection, hub: str, streams: set[str]) -> Glass:
    """Glass that is broken of these streams."""
    t = tables.terms
    found: dict[str, dict[str, str]] = {}
    for row in db.execute(
        select(t.c.stream, t.c.entry, t.c.person).where(
            t.c.hub == hub, among(t.c.stream, streams), t.c.person.is_not(None)
        )
    ):
        found.setdefault(row.stream, {})[row.entry] = row.person
    return found


def _lock_hub(db: Connection, hub: str, *, exclusive: bool) -> None:
    """The hub's stream, before all others: shared, unless it is moved."""
    kind = "" if exclusive else "_shared"
    db.execute(
        text(
            "select set_config('idle_in_transaction_session_timeout', :idle, true),"
            f" pg_advisory_xact_lock{kind}(:lock)"
        ),
        {"idle": f"{MOST_IDLE}s", "lock": lock_number(hub, HUB_STREAM)},
    )


def lock(db: Connection, hub: str, streams: Iterable[str], beside: Iterable[str] = ()) -> None:
    """Until the transaction ends nobody else moves these streams. In the order of their locks, so that who
    wants the same ones waits and no two wait for each other.

    Those ``beside`` others may move as well, but none locks them alone: a day of accesses, so that logging
    who looked never waits for others who do, and is not disposed of meanwhile.
    """
    alone = dict.fromkeys((lock_number(hub, stream) for stream in beside), False)
    alone |= dict.fromkeys((lock_number(hub, stream) for stream in streams), True)
    if alone:
        locks = sorted(alone)
        db.execute(_LOCK, {"locks": locks, "alone": [alone[one] for one in locks]})


_LOCK = text(
    """
    select case when alone then pg_advisory_xact_lock(one) else pg_advisory_xact_lock_shared(one) end
    from unnest(cast(:locks as bigint[]), cast(:alone as boolean[])) locks(one, alone)
    """
)


def lock_number(hub: str, stream: str) -> int:
    """The number under which PostgreSQL locks a stream, or another thing of a hub that has a name."""
    digest = hashlib.sha256(f"{hub}\x00{stream}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def _linked(db: Connection, hub: str, streams: set[str]) -> set[str]:
    """These streams, and what bears upon who holds theirs and their neighbours' entries.

    The referrals of an identity are looked at anew with it, by the markers of everybody in them, and each of
    those people by all of their referrals.
    """
    found = db.scalars(_LINKED, {"hub": hub, "streams": list(streams)})
    return streams.union(found)


_LINKED = text(
    """
    with touched as materialized (select unnest(cast(:streams as text[])) stream),
    people as (select identity from links where hub = :hub and referral in (table touched)),
    told as (
        select referral from links
        where hub = :hub and identity in (table touched union table people)
    ),
    neighbours as (
        select identity from links
        where hub = :hub and referral in (table touched union table told)
    )
    select identity from neighbours
    union
    select referral from links where hub = :hub and identity in (table touched union table neighbours)
    """
)


# --- what is known already ---


_Known = Mapping[str, tuple[SignedAct, tuple[int, ...], datetime]]


def _known(db: Connection, hub: str, candidates: Iterable[Candidate]) -> _Known:
    """Acts admitted before, by id: as signed, with their positions and when."""
    t = tables.acts
    rows = db.execute(
        select(t.c.act, t.c.first, t.c.entries, t.c.admitted_at, t.c.bytes, t.c.signature).where(
            t.c.hub == hub, among(t.c.act, (one.act.id for one in candidates))
        )
    )
    return {
        row.act: (
            SignedAct(row.bytes, row.signature),
            tuple(range(row.first, row.first + row.entries)),
            row.admitted_at,
        )
        for row in rows
    }


def _before(candidate: Candidate, known: _Known, refusals: Refusals) -> Answer | None:
    """What was answered to this act before; ``Refusal`` (*act-taken*) where another has its id."""
    if candidate.act.id in known:
        return _again(candidate, *known[candidate.act.id])
    return refusals.of(candidate)


def _again(candidate: Candidate, signed: SignedAct, positions: tuple[int, ...], at: datetime) -> Answer:
    """The same answer as the first time."""
    _refuse_other(candidate, signed)
    return Answer(act=candidate.act.id, state="known", positions=positions, admitted_at=at)


def _refuse_other(candidate: Candidate, signed: SignedAct) -> None:
    if candidate.parcel.signed != signed:
        raise ACT_TAKEN


def _taken(db: Connection, hub: str, candidates: Iterable[Candidate]) -> set[str]:
    t = tables.entries
    ids = [header.id for one in candidates for header in one.act.entries]
    return set(db.scalars(select(t.c.entry).where(t.c.hub == hub, among(t.c.entry, ids))))


def _refuse_taken(candidate: Candidate, taken: set[str]) -> None:
    if any(header.id in taken for header in candidate.act.entries):
        raise Refusal("entry-taken", "An entry of this act is in the log already, in another act.")


def _refuse_other_history(db: Connection, shelf: Shelf, hub: str, candidate: Candidate) -> None:
    """A head that the author had seen and that this log never had means two histories were shown."""
    seen = candidate.act.seen
    if seen is None:
        return
    root = shelf.root(hub, seen.epoch, seen.size)
    if root is None:
        head = read_head(db, hub)
        if seen.epoch < head.epoch:
            # Made before a restore: what its author had seen is no longer this log's to judge.
            return
        if seen.epoch == head.epoch and 0 <= seen.size <= head.size:
            root = root_at(db, hub, seen.size)
            shelf.put_root(hub, seen.epoch, seen.size, root)
    if root is None or root.hex() != seen.root:
        raise Refusal(
            "history-differs",
            "This desktop was shown another history than the hub's. Stop, and tell the administrator.",
        )


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
        .where(t.c.hub == hub, t.c.person == candidate.act.author, among(t.c.chunk, pieces))
    )
    if sent != len(pieces):
        raise Refusal("document-unsent", "A piece of this document has not been sent yet.", "chunks")


# --- answers ---


def refused(parcel: Parcel, refusal: Refusal) -> Answer:
    try:
        act = read(parcel.signed).id
    except Refusal:
        act = ""
    return Answer(act=act, state="refused", code=refusal.code, sentence=refusal.sentence, field=refusal.field)


def _refused_by(candidate: Candidate, ruled: Refused) -> Answer:
    verdict = ruled.verdict
    return Answer(
        act=candidate.act.id,
        state="refused",
        code=verdict.code,
        sentence=verdict.sentence,
        field=verdict.field,
        entry=ruled.entry,
        moved_by=ruled.moved_by,
    )
