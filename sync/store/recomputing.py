"""Who should have received what, worked out anew from the log and compared with what the feeds say.

The same folds and the same ``Docket`` as admission, entry by entry under the configuration then in force;
records that are linked are worked out together. It needs the entries' content, so it runs beside the store
and tells of it positions, ids and audiences only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias

import msgspec
from sqlalchemy import ARRAY, BigInteger, Connection, any_, bindparam, select, text

from mash_desktop.domain.acts import Header
from mash_desktop.domain.audiences import access_audiences
from mash_desktop.domain.entries import Body, Made
from mash_desktop.domain.entries.access import GlassBroken, GlassMended
from mash_desktop.domain.entries.identity import IdentityLinked, IdentityNotSame, IdentityUnlinked
from mash_desktop.domain.entries.keeping import DisposalAgreed
from mash_desktop.domain.fold import Directory, fold_hub
from mash_desktop.domain.fold.keeping import PREFIX

from . import holding, tables
from .bulk import read
from .docket import Docket
from .examining import family_of
from .sealing import Secrets
from .streams import ENTRIES, HUB_STREAM, Held, Shelf, opened, stream_keys

_TOGETHER = 500
"""Streams read at once."""

Row: TypeAlias = tuple[int, str, str, bool]
"""Of a feed: the causing position, the audience, the entry, and whether it is granted."""
Fault: TypeAlias = tuple[int, str]
Progress: TypeAlias = Callable[[str, int, int], None]
"""Told what is done, how many of it, and of how many."""


class Recomputed(msgspec.Struct, frozen=True):
    """``faults`` are positions and sentences; ``unread`` records have lost something to disposal."""

    faults: tuple[Fault, ...]
    recomputed: int
    unread: int


class Told:
    """What a walk through the log learns on the way that says which streams bear upon each other."""

    def __init__(self) -> None:
        self.keyless: dict[str, tuple[int, str]] = {}
        """Entries whose body has no key: position and stream."""
        self.disposals: dict[tuple[str, str | None], str] = {}
        """What was agreed to be disposed of: a stream, and one entry or (``None``) all; by which entry."""
        self.glass: dict[str, set[str]] = {}
        """Days of accesses in which the glass of a stream was broken or mended."""
        self._with: dict[str, str] = {}

    def note(self, header: Header, body: Body) -> None:
        if isinstance(body, DisposalAgreed):
            self.disposals[body.target, body.entry] = header.id
        elif isinstance(body, (IdentityLinked, IdentityUnlinked, IdentityNotSame)):
            self._with[self.first(header.stream)] = self.first(body.referral)
        elif isinstance(body, (GlassBroken, GlassMended)):
            self.glass.setdefault(body.target, set()).add(header.stream)

    def first(self, stream: str) -> str:
        """The stream that stands for all those linked, however far about, with this one."""
        while (further := self._with.get(stream, stream)) != stream:
            stream = self._with[stream] = self._with.get(further, further)
        return stream

    def disposed(self, entry: str) -> bool:
        """Whether it was agreed that this entry, which has no key, be disposed of."""
        _, stream = self.keyless[entry]
        return (stream, None) in self.disposals or (stream, entry) in self.disposals


def recompute(
    db: Connection,
    shelf: Shelf,
    secrets: Secrets,
    hub: str,
    told: Told,
    spoiled: frozenset[str],
    progress: Progress,
) -> Recomputed:
    """Compare every feed with what it should be. ``spoiled`` streams have a fault that was told already."""
    return _Recomputing(db, shelf, secrets, hub, told, spoiled, progress).all()


class _Recomputing:
    def __init__(
        self,
        db: Connection,
        shelf: Shelf,
        secrets: Secrets,
        hub: str,
        told: Told,
        spoiled: frozenset[str],
        progress: Progress,
    ) -> None:
        self._progress = progress
        self._db = db
        self._shelf = shelf
        self._secrets = secrets
        self._hub = hub
        self._told = told
        self._spoiled = spoiled
        self._gone = {stream for _, stream in told.keyless.values()}
        self._lost = {position for position, _ in told.keyless.values()}
        self._faults: list[Fault] = []
        self._configs: tuple[tuple[int, Any], ...] = ()
        self._recomputed = self._unread = 0

    def all(self) -> Recomputed:
        self._keys()
        self._held()
        if HUB_STREAM not in self._spoiled:
            own = self._read([HUB_STREAM])[HUB_STREAM]
            self._configs = fold_hub(own.entries).configs
            rows = _simply(own.entries, lambda entry: holding.HUB_HOLDERS)
            self._compare(own.entries, self._found(own.entries), rows)
            for some in self._batches():
                self._batch(some)
        return Recomputed(tuple(sorted(self._faults)), self._recomputed, self._unread)

    def _keys(self) -> None:
        """A key is gone where a disposal was agreed to, and nowhere else."""
        gone = [
            (position, "The key of this entry is gone, and nobody agreed to dispose of it.")
            for entry, (position, _) in self._told.keyless.items()
            if not self._told.disposed(entry)
        ]
        e, k = tables.entries, tables.body_keys
        kept = [
            (position, "This entry was disposed of, and its key is still there.")
            for stream, entry in self._told.disposals
            for position, one in self._db.execute(
                select(e.c.position, e.c.entry)
                .join(k, (k.c.hub == e.c.hub) & (k.c.position == e.c.position))
                .where(e.c.hub == self._hub, e.c.stream == stream)
            )
            if entry in (None, one)
        ]
        self._faults += [min(some) for some in (gone, kept) if some]

    def _held(self) -> None:
        """Who holds an entry now is what its feeds have come to."""
        position = self._db.scalar(_WIDENED, {"hub": self._hub})
        if position is not None:
            words = "Who holds this entry now is not what the feeds have granted."
            self._faults.append((position, words))

    def _batches(self) -> Iterator[list[list[str]]]:
        """Streams that bear upon each other together, and several such groups at a time."""
        t = tables.streams
        groups: dict[str, list[str]] = {}
        for stream in self._db.scalars(
            select(t.c.stream).where(t.c.hub == self._hub, t.c.stream != HUB_STREAM).order_by(t.c.stream)
        ):
            groups.setdefault(self._told.first(stream.removeprefix(PREFIX)), []).append(stream)
        some: list[list[str]] = []
        for group in groups.values():
            if self._spoiled.isdisjoint((*group, *self._days(group))):
                some.append(group)
            if sum(map(len, some)) >= _TOGETHER:
                yield some
                some = []
            self._progress("records worked out anew", self._recomputed + self._unread, len(groups))
        yield some

    def _days(self, group: Iterable[str]) -> list[str]:
        """The days on which the glass of these streams was broken or mended."""
        return sorted(set[str]().union(*(self._told.glass.get(stream, ()) for stream in group)))

    def _batch(self, groups: list[list[str]]) -> None:
        held = self._read({stream for group in groups for stream in (*group, *self._days(group))})
        for group in groups:
            own = [entry for stream in group for entry in held[stream].entries]
            found = self._found(own)
            if self._gone.intersection(group) or any(row[0] in self._lost for row in found):
                self._unread += 1
                continue
            self._recomputed += 1
            if family_of(group[0].removeprefix(PREFIX)) == "access":
                self._compare(own, found, _simply(own, access_audiences))
            else:
                self._compare(own, found, self._record(group, own, held))

    def _record(self, group: list[str], own: Sequence[Made[Body]], held: Mapping[str, Held]) -> list[Row]:
        """Lay every entry of these streams, and what opened and closed their glass, in position order."""
        glass = [
            entry
            for day in self._days(group)
            for entry in held[day].entries
            if isinstance(entry.body, (GlassBroken, GlassMended)) and entry.body.target in group
        ]
        empty = {stream: Held(stream, 0, (), {}) for stream in (*group, HUB_STREAM)}
        docket = Docket(self._hub, empty, {}, datetime.now(UTC))
        places = {entry.id: _place(entry) for entry in (*own, *glass)}
        for entry in sorted((*own, *glass), key=_place):
            before = tuple(one for one in self._configs if one[0] <= places[entry.id])
            docket.directory = Directory(configs=before)
            docket.lay(entry)
        mine = {entry.id for entry in own}
        return [
            (places[change.because], change.audience, change.entry, change.granted)
            for change in docket.changes
            if change.entry in mine
        ]

    def _read(self, streams: Iterable[str]) -> dict[str, Held]:
        versions = dict.fromkeys(streams, 1)
        rows = read(self._db, ENTRIES, hub=self._hub, streams=list(versions))
        keys = stream_keys(self._db, self._shelf, self._secrets, self._hub, versions)
        return opened(rows, keys, versions)

    def _found(self, entries: Sequence[Made[Body]]) -> list[Row]:
        """The rows that the feeds have of these entries."""
        rows = read(self._db, _FEED_ROWS, hub=self._hub, positions=[_place(entry) for entry in entries])
        return [(row.because, row.audience, row.entry, row.granted) for row in rows]

    def _compare(self, entries: Sequence[Made[Body]], found: Sequence[Row], should: Sequence[Row]) -> None:
        places = {entry.id: _place(entry) for entry in entries}
        missing, more = Counter(should) - Counter(found), Counter(found) - Counter(should)
        for some, words in ((missing, "leaves out"), (more, "should not say")):
            for because, audience, entry, granted in sorted(some)[:1]:
                op = "granted" if granted else "withdrawn"
                self._faults.append(
                    (
                        because,
                        f"The feed of {audience} {words} that the entry at {places.get(entry, 0)} is {op} "
                        f"because of the one at {because}.",
                    )
                )
        if not missing and not more and _by_feed(found) != _by_feed(should):
            words = "Feeds bring the entries of a record in another order than they were granted in."
            self._faults.append((min(places.values()), words))


def _place(entry: Made[Body]) -> int:
    assert entry.position is not None
    return entry.position


def _simply(entries: Sequence[Made[Body]], rule: Callable[[Made[Body]], frozenset[str]]) -> list[Row]:
    """The rows of entries that come to the same audiences for good."""
    return [(_place(entry), audience, entry.id, True) for entry in entries for audience in rule(entry)]


def _by_feed(rows: Sequence[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row[1], []).append(row)
    return found


_F = tables.feeds
_FEED_ROWS = (
    select(_F.c.because, _F.c.audience, _F.c.entry, _F.c.granted)
    .where(
        _F.c.hub == bindparam("hub"), _F.c.position == any_(bindparam("positions", type_=ARRAY(BigInteger)))
    )
    .order_by(_F.c.audience, _F.c.n)
)

_WIDENED = text(
    """
    with last as (
        select distinct on (audience, position) audience, position, granted
        from feeds where hub = :hub order by audience, position, n desc
    ), held as (
        select position, array_agg(audience order by audience collate "C") as audiences
        from last where granted group by position
    )
    select coalesce(held.position, now.position)
    from held full join (select * from grants where hub = :hub) now on now.position = held.position
    where coalesce(held.audiences, '{}') is distinct from coalesce(now.audiences, '{}')
    order by 1 limit 1
    """
)
