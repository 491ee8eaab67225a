"""A referral's fold as admission needs it, unsealing included, beside a bare loop decoding the same bytes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from msgspec.structs import replace
from sqlalchemy import select
from uuid6 import uuid7

from mash_desktop.domain import acts as envelope
from mash_desktop.domain.acts import Draft, SignedAct
from mash_desktop.domain.entries.body import decode
from mash_desktop.domain.entries.contact import NoteAdded
from sync.store import tables
from sync.store.bulk import read
from sync.store.sealing import SealedBody
from sync.store.serving import settle_collector
from sync.store.streams import ENTRIES, Shelf, current_directory, opened, stream_keys
from tests.bench import Row, measures
from tests.support.store import Desk, ServedStore

from .running import NOTE, OPERATOR, Line, a_server, a_store, contact, pushed, pushes

SIZES = (20, 200, 2000)
ROUNDS = 7


@measures("store")
def folding_a_referral() -> Iterator[Row]:
    took: dict[int, float] = {}
    settle_collector()
    with a_server() as server, a_store(server) as served:
        hub = served.new_hub()
        desk = served.desk(hub, "Priya Nair", OPERATOR)
        line = Line(served, desk)
        for size in SIZES:
            stream = _grown(desk, line, size)
            took[size], bare = _folded(served, hub, stream)
            yield Row(
                f"a referral's fold at {size:,} entries, unsealing included",
                1000 * took[size],
                "ms",
                1000 * bare,
                at_most=8,
            )
        line.close()
    yield Row(
        "a referral's fold at 2,000 entries beside 200", 1000 * took[2000], "ms", 1000 * took[200], at_most=12
    )


def _grown(desk: Desk, line: Line, size: int) -> str:
    """A referral told in contacts' sections, four an act, as long as that."""
    stream = f"referral:{uuid7()}"
    acts = [desk.compose(contact(stream, 0))]
    acts += [desk.compose(_told(stream, number)) for number in range(1, size // 4)]
    pushed([line], [pushes(acts, 50)])
    return stream


def _told(stream: str, number: int) -> list[Draft]:
    _, concern, child, home = contact(stream, number)
    child = replace(child, body=replace(child.body, subject=f"person-{number}"))
    home = replace(home, body=replace(home.body, address=f"home-{number}", subjects=(f"person-{number}",)))
    concern = replace(concern, body=replace(concern.body, account=f"account-{number}"))
    return [concern, child, home, Draft(stream, NoteAdded(words=NOTE))]


def _folded(served: ServedStore, hub: str, stream: str) -> tuple[float, float]:
    """Seconds of processor time, once the rows are read: unsealing and folding, and a bare decoding loop."""
    store, t = served.direct, tables.streams
    with store.engine.connect() as db:
        version = db.scalar(select(t.c.version).where(t.c.hub == hub, t.c.stream == stream))
        assert version is not None
        directory = current_directory(db, store.shelf, store.secrets, hub).directory
        rows = read(db, ENTRIES, hub=hub, streams=[stream])
        keys = stream_keys(db, Shelf(), store.secrets, hub, [stream])

    def ours() -> None:
        opened(rows, keys, {stream: version})[stream].referral(directory)

    acts = [SignedAct(raw, b"") for raw in {row.act: row.bytes for row in rows}.values()]
    plain = [keys[stream].open(row.entry, SealedBody(row.sealed, row.wrapped))[0] for row in rows]
    kinds = [(header.kind, header.v) for act in acts for header in envelope.read(act).entries]

    def theirs() -> None:
        for act in acts:
            envelope.read(act)
        for (kind, version), raw in zip(kinds, plain, strict=True):
            decode(kind, version, raw)

    return _best(ours), _best(theirs)


def _best(work: Callable[[], None]) -> float:
    took = []
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        took.append(time.process_time() - began)
    return min(took)
