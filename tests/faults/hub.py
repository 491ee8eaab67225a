"""One hub of a store with people at their devices, and what must hold of what their desktops keep."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import msgspec
from msgspec.structs import replace
from sqlalchemy import select
from uuid6 import uuid7

from mash_desktop.cache import Cache
from mash_desktop.cache.outbox import ACCESS_LOST, QUARANTINED, WAITING
from mash_desktop.cache.projection import queue_row
from mash_desktop.domain.acts import Act, SignedAct, read
from mash_desktop.domain.entries import Body
from mash_desktop.domain.entries.hub import (
    KeyEnrolled,
    KeyRevoked,
    MembershipEnded,
    MembershipGranted,
    PersonEnrolled,
)
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.fold import Directory
from mash_desktop.domain.roles import Role
from mash_desktop.hub import load_preset
from mash_desktop.proofs.signature import SigningKey
from sync.protocol import Session
from sync.store import tables
from sync.store.authoring import hub_act
from sync.store.bootstrap import open_hub
from sync.store.composition import Store
from sync.store.examining import STORE
from sync.store.pulling import audiences_in, content
from sync.store.sign_in.password import SIGN_IN
from sync.store.sign_in.sessions import Shown

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Seat(msgspec.Struct, frozen=True):
    """Somebody at a device, with the role that they are there for."""

    person: str
    agency: str
    role: Role
    device: str
    key: SigningKey

    def __reduce__(self) -> tuple[object, ...]:
        # So that it can be handed to another process.
        return _seat, (self.person, self.agency, self.role, self.device, self.key.to_bytes())

    @property
    def enrolment(self) -> Body:
        return KeyEnrolled(
            key=self.key.key_id, person=self.person, device=self.device, public=self.key.public.hex()
        )


def _seat(person: str, agency: str, role: Role, device: str, key: bytes) -> Seat:
    return Seat(person, agency, role, device, SigningKey.from_bytes(key))


class Hub:
    """``told`` is called whenever the hub's own stream has grown."""

    def __init__(self, store: Store, seats: Sequence[Seat], told: Callable[[], None] = lambda: None) -> None:
        self._store, self._told = store, told
        self.id = f"hub-{uuid7()}"
        preset = load_preset("staffordshire")
        # As it was while two agencies owned contacts about children, so that one can hand over to the other.
        lasting = {
            "agencies": tuple(replace(one, until=None) for one in preset.agencies),
            "owning": tuple(replace(one, until=None) for one in preset.owning),
        }
        open_hub(store, replace(preset, id=self.id, **lasting))
        self.store_key = store.secrets.signing_key(self.id).public
        bodies: list[Body] = []
        for person, agency, role in dict.fromkeys((one.person, one.agency, one.role) for one in seats):
            bodies += [
                PersonEnrolled(person=person, name=person.title()),
                MembershipGranted(person=person, agency=agency, role=role),
            ]
        self.act(*bodies, *(one.enrolment for one in seats))

    def act(self, *bodies: Body) -> None:
        parcel = hub_act(self.id, self._store.secrets, bodies, self._store.clock())
        self._store.admission.admit_own(self.id, parcel)
        self._told()

    def session(self, seat: Seat) -> Session:
        token = str(uuid7()).encode()
        shown = Shown(seat.device, token, seat.key.sign(token, SIGN_IN), SIGN_IN)
        with self._store.engine.begin() as db:
            return self._store.sessions.open(db, self.id, seat.person, shown)

    def end_session(self, session: Session) -> None:
        """As idleness does: nobody is told."""
        with suppress(Refusal):
            self._store.sessions.sign_out(self._store.sessions.caller(session.token))

    def _directory(self) -> Directory:
        with self._store.engine.connect() as db:
            return self._store.sessions.directory(db, self.id)

    def revoked(self, seat: Seat) -> bool:
        held = self._directory().keys.get(seat.key.key_id)
        return held is None or held.revoked is not None

    def revoke(self, seat: Seat) -> None:
        if not self.revoked(seat):
            self.act(KeyRevoked(key=seat.key.key_id, reason="The laptop was lost."))

    def roles(self, person: str) -> set[tuple[str, Role]]:
        return {(one.agency, one.role) for one in self._directory().roles_of(person)}

    def end_role(self, seat: Seat) -> None:
        if (seat.agency, seat.role) in self.roles(seat.person):
            ended = MembershipEnded(person=seat.person, agency=seat.agency, role=seat.role, reason="Moved.")
            self.act(ended)

    def give_role(self, person: str, agency: str, role: Role) -> None:
        if (agency, role) not in self.roles(person):
            self.act(MembershipGranted(person=person, agency=agency, role=role))

    @property
    def size(self) -> int:
        return self._store.head(self.id).verify(self.store_key).size

    # --- what must hold

    def check_view(self, session: Session, cache: Cache) -> None:
        """The cache holds what the store would have this session hold, and lists say what entries say."""
        should, has = self._granted(session), _held(cache)
        missing, more = should.keys() - has.keys(), has.keys() - should.keys()
        assert has == should, {"missing": missing, "too much": more}
        for stream in cache.streams("referral:"):
            referral = cache.referral(stream)
            assert cache.row(stream) == (queue_row(referral) if referral.entries else None), stream

    def _granted(self, session: Session) -> dict[str, tuple[object, ...]]:
        """By the table of who holds what, which the feeds are not made from."""
        caller = self._store.sessions.caller(session.token)
        mine: set[str] = set()
        for standing in session.standings:
            try:
                mine |= audiences_in(caller, standing, self._store.clock())
            except Refusal:
                continue
        e, g = tables.entries, tables.grants
        with self._store.engine.connect() as db:
            rows = db.execute(
                select(e.c.position, e.c.entry)
                .join(g, (g.c.hub == e.c.hub) & (g.c.position == e.c.position))
                .where(e.c.hub == self.id, g.c.audiences.overlap(sorted(mine)))
            ).all()
            positions = {row.position for row in rows}
            brought = content(db, self._store.secrets, self._store.shelf, self.id, positions)
        found: dict[str, tuple[object, ...]] = {}
        for row in rows:
            one = brought[row.position]
            body = one.body.body if one.body else None
            found[row.entry] = (row.position, one.admitted_at, one.signed.signature, body)
        return found

    def check_saved(
        self,
        saved: Sequence[str],
        cache: Cache,
        *,
        done: Collection[str] = (),
        remade: Collection[str] = (),
        lost: Collection[str] = (),
        elsewhere: Collection[str] = (),
    ) -> None:
        """Each act that was saved is admitted, or waits, or was dealt with: one of these, and once.

        ``done`` were taken back or made anew, ``remade`` took the place of another in the outbox. ``lost``
        were admitted in an epoch that a restore ended, and not held whole where they were made. What their
        author saved ``elsewhere`` is offered from here as well once a hub was restored, and may be refused.
        """
        admitted = {act: signed for act, signed in self.admitted().items() if act in saved}
        waiting = {one.act for one in cache.waiting()}
        assert waiting <= {*saved, *elsewhere}, waiting.difference(saved, elsewhere)
        for act in saved:
            places = (act in admitted, act in waiting, act in done)
            assert places.count(True) == 1 or (act in lost and not any(places)), (act, places)
        # In one stream acts stand in the order in which they were saved.
        last: dict[str, int] = {}
        for act in (one for one in admitted if one not in remade):
            place = saved.index(act)
            for stream in _ordered(header.stream for header in admitted[act].entries):
                assert last.get(stream, -1) < place, act
                last[stream] = place
        _check_outbox(cache)

    def check_authors(self, saved: Collection[str]) -> None:
        """Nobody's act is here that was not ``saved`` at a desktop."""
        strange = {act for act, signed in self.admitted().items() if signed.author != STORE} - set(saved)
        assert not strange, strange

    def check_once(self) -> None:
        """What somebody wrote once is here once."""
        e = tables.entries
        with self._store.engine.connect() as db:
            rows = db.execute(select(e.c.position, e.c.act).where(e.c.hub == self.id)).all()
            brought = content(
                db, self._store.secrets, self._store.shelf, self.id, {row.position for row in rows}
            )
        written: dict[bytes, set[str]] = {}
        for row in rows:
            body = brought[row.position].body
            if body is not None:
                for mark in ONCE.findall(body.body):
                    written.setdefault(mark, set()).add(row.act)
        twice = {mark: acts for mark, acts in written.items() if len(acts) > 1}
        assert not twice, twice

    def admitted(self) -> dict[str, Act]:
        """In the order of the log."""
        t = tables.acts
        with self._store.engine.connect() as db:
            rows = db.execute(
                select(t.c.act, t.c.bytes, t.c.signature).where(t.c.hub == self.id).order_by(t.c.first)
            ).all()
        return {row.act: read(SignedAct(row.bytes, row.signature)) for row in rows}


def once(words: str) -> str:
    """Words that nobody else says, so that it shows where they are said again."""
    return f"{words} [{uuid7()}]"


ONCE = re.compile(rb"\[[0-9a-f-]{36}\]")


def _check_outbox(cache: Cache) -> None:
    """With everything sent and fetched, what is set aside is of streams that are held no more, and what waits
    is behind something that its person has to look at."""
    held: set[str] = set()
    for one in cache.waiting():
        streams = _ordered(one.streams)
        if one.state == QUARANTINED:
            assert one.code == ACCESS_LOST[0], one
            here = [s for s in one.streams if any(e.position is not None for e in cache.entries(s))]
            assert streams == one.streams, one
            assert not here, one
        if one.state == WAITING:
            assert streams & held, one
        # What waits behind that is on one of its streams, and keeps others of another back.
        held |= streams


def _ordered(streams: Iterable[str]) -> set[str]:
    """Those in which order matters: a day of accesses is no sequence."""
    return {one for one in streams if not one.startswith("access:")}


def _held(cache: Cache) -> dict[str, tuple[object, ...]]:
    with cache._read() as db:
        rows = db.exec_driver_sql(
            "SELECT e.id, e.position, e.admitted_at, a.signature, e.body FROM entries e"
            " JOIN acts a ON a.id = e.act WHERE e.position IS NOT NULL"
        ).all()
    return {row[0]: (row[1], EPOCH + timedelta(microseconds=row[2]), bytes(row[3]), row[4]) for row in rows}
