"""What screens read, brought up to date for the streams that changed: queue rows and the people index.

One batch a transaction. Without the hub's configuration nothing of a referral can be told; those held by
then are projected when it comes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, insert, select

from ..domain.configuration import HubTimeline
from ..domain.entries import Body, Made
from ..domain.fold import Referral, Stage, fold, fold_identity
from . import indexing, reading, schema
from .engine import ask, run_for_each
from .people import NO_MARK, Indexed, Mark, mark_of, people_of, person_of
from .projection import RANKS, queue_row
from .reading import Whole
from .rows import batches, upsert

_LINKS_OF = (
    "SELECT referral, subject, hides, readers FROM links WHERE referral IN (SELECT value FROM json_each(?))"
)
_IN_PLACE = (
    "UPDATE referrals SET moved_at = :moved_at, row = :row WHERE stream = :stream AND "
    "(stage, cohort, owner, rag_rank, due_at, received_at, indexed) "
    "IS (:stage, :cohort, :owner, :rag_rank, :due_at, :received_at, :indexed)"
)


def project(
    connection: Connection, streams: Iterable[str], timeline: HubTimeline, known: Whole
) -> frozenset[str]:
    """Project these streams as they now stand, the referrals in which an identity's markers now hide more or
    less, and the open ones where the hub has another configuration now. Those of which all entries are
    ``known`` are not read again. Returns the referrals."""
    named = set(streams)
    if "hub" in named and timeline.versions:
        named |= _unprojected(connection) | _told_otherwise(connection, timeline)
    marked: set[str] = set()
    for some in batches(sorted(one for one in named if one.startswith("identity:"))):
        marked |= _project_identities(connection, some, known)
    referrals = frozenset(one for one in named | marked if one.startswith("referral:"))
    for some in batches(sorted(referrals)):
        _project_referrals(connection, some, timeline, known)
    return referrals


def _project_identities(connection: Connection, streams: Sequence[str], known: Whole) -> set[str]:
    """Returns the referrals in which they mark people differently now."""
    held = _held(connection, streams, known)
    folded = {stream: fold_identity(held.get(stream, ())) for stream in streams}
    indexing.put(connection, {stream: person_of(identity) for stream, identity in folded.items()})
    table = schema.links
    before = {
        (row.referral, row.subject, row.identity): Mark.kept(row.hides, row.readers)
        for row in connection.execute(select(table).where(table.c.identity.in_(streams)))
    }
    now = {
        (referral, subject, stream): mark_of(identity)
        for stream, identity in folded.items()
        for referral, subject in identity.linked
    }
    connection.execute(delete(table).where(table.c.identity.in_(streams)))
    if now:
        connection.execute(
            insert(table),
            [
                {
                    "referral": referral,
                    "subject": subject,
                    "identity": stream,
                    "hides": mark.hides,
                    "readers": mark.barred,
                }
                for (referral, subject, stream), mark in now.items()
            ],
        )
    links = before.keys() | now.keys()
    return {link[0] for link in links if before.get(link, NO_MARK) != now.get(link, NO_MARK)}


def _project_referrals(
    connection: Connection, streams: Sequence[str], timeline: HubTimeline, known: Whole
) -> None:
    held = _held(connection, streams, known)
    marks = _marks(connection, streams)
    indexed = dict.fromkeys(streams, Indexed())
    rows: list[dict[str, Any]] = []
    for stream in streams if timeline.versions else ():
        if stream in held:
            referral = fold(held[stream], timeline)
            indexed[stream] = people_of(referral, marks.get(stream, {}))
            rows.append(_row(stream, referral, held[stream], indexed[stream]))
    if rows and run_for_each(connection, _IN_PLACE, rows).rowcount == len(rows):
        # Each keeps its place in every list and is indexed as it is.
        for row in rows:
            del indexed[row["stream"]]
    else:
        upsert(connection, schema.referrals, rows)
    gone = set(streams) - {row["stream"] for row in rows}
    if gone:
        table = schema.referrals
        connection.execute(delete(table).where(table.c.stream.in_(sorted(gone))))
    indexing.put(connection, indexed)


def _held(connection: Connection, streams: Sequence[str], known: Whole) -> Whole:
    unknown = [stream for stream in streams if stream not in known]
    return {**reading.entries_of_streams(connection, unknown), **known}


def _marks(connection: Connection, streams: Sequence[str]) -> dict[str, dict[str, Mark]]:
    """What markers do to the subjects of these referrals, by stream."""
    marks: dict[str, dict[str, Mark]] = {}
    found = ask(connection, _LINKS_OF, (msgspec.json.encode(streams).decode(),))
    for referral, subject, hides, readers in found:
        mark = Mark.kept(hides, readers)
        if mark != NO_MARK:
            subjects = marks.setdefault(referral, {})
            subjects[subject] = subjects.get(subject, NO_MARK) | mark
    return marks


def _row(stream: str, referral: Referral, entries: Sequence[Made[Body]], indexed: Indexed) -> dict[str, Any]:
    row = queue_row(referral)
    return {
        "stream": stream,
        "stage": row.stage.value,
        "cohort": row.cohort.value if row.cohort else None,
        "owner": row.owner,
        "rag_rank": RANKS[row.rag],
        "due_at": reading.stamp(row.due_at) if row.due_at else None,
        "received_at": reading.stamp(row.received_at) if row.received_at else None,
        "moved_at": reading.stamp(entries[-1].made_at),
        "indexed": blake2b(msgspec.json.encode(indexed), digest_size=16).digest(),
        "row": msgspec.json.encode(row),
    }


def _unprojected(connection: Connection) -> set[str]:
    """Referrals held of which no row tells yet."""
    held = set(reading.streams_named(connection, "referral:"))
    return held - set(connection.scalars(select(schema.referrals.c.stream)))


def _told_otherwise(connection: Connection, timeline: HubTimeline) -> set[str]:
    """Open referrals whose rows were made by another configuration of the hub than it has now, which is noted
    for the next time."""
    made_by = blake2b(msgspec.json.encode(timeline.at(None)), digest_size=16).digest()
    if ask(connection, "SELECT value FROM facts WHERE name = ?", (schema.CONFIGURED,)) == [(made_by,)]:
        return set()
    upsert(connection, schema.facts, [{"name": schema.CONFIGURED, "value": made_by}])
    rows = schema.referrals
    return set(connection.scalars(select(rows.c.stream).where(rows.c.stage != Stage.CLOSED.value)))
