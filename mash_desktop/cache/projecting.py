"""What screens read, brought up to date for the streams that changed: queue rows and the people index.

One batch a transaction. Without the hub's configuration nothing of a referral can be told; those held by
then are projected when it comes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, select

from ..domain.configuration import HubTimeline
from ..domain.entries import Body, Made
from ..domain.fold import Referral, fold, fold_identity
from . import people, reading, schema
from .projection import RANKS, queue_row
from .rows import batches, upsert


def project(connection: Connection, streams: Iterable[str], timeline: HubTimeline) -> None:
    """Project these streams as they now stand."""
    named = set(streams)
    if "hub" in named and timeline.versions:
        named |= _unprojected(connection)
    for some in batches(sorted(named)):
        _project(connection, some, timeline)


def _project(connection: Connection, streams: Iterable[str], timeline: HubTimeline) -> None:
    referrals = [one for one in streams if one.startswith("referral:")]
    identities = [one for one in streams if one.startswith("identity:")]
    held = reading.entries_of_streams(connection, [*referrals, *identities])
    indexed = dict.fromkeys((*referrals, *identities), people.Indexed())
    rows: list[dict[str, Any]] = []
    for stream in referrals if timeline.versions else ():
        if stream in held:
            referral = fold(held[stream], timeline)
            rows.append(_row(stream, referral, held[stream]))
            indexed[stream] = people.people_of(referral)
    for stream in identities:
        indexed[stream] = people.person_of(fold_identity(held.get(stream, ())))
    table = schema.referrals
    gone = set(referrals) - {row["stream"] for row in rows}
    if gone:
        connection.execute(delete(table).where(table.c.stream.in_(sorted(gone))))
    upsert(connection, table, rows)
    people.put(connection, indexed)


def _row(stream: str, referral: Referral, entries: Sequence[Made[Body]]) -> dict[str, Any]:
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
        "row": msgspec.json.encode(row),
    }


def _unprojected(connection: Connection) -> set[str]:
    """Referrals held of which no row tells yet."""
    held = set(reading.streams_named(connection, "referral:"))
    return held - set(connection.scalars(select(schema.referrals.c.stream)))
