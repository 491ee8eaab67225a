"""The product broken on purpose: each of these ways, by its name, schedules of faults have to notice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection

from mash_desktop.cache import Cache, ChangeSet, engine, feed, outbox
from mash_desktop.cache.feed import FeedPlace, FeedRow
from mash_desktop.desk import Desk
from mash_desktop.desk.desk import new_id
from mash_desktop.domain.acts import Draft, Parcel, read
from mash_desktop.domain.errors import Refusal
from sync.client.backoff import Backoff
from sync.client.connection import Unreachable
from sync.client.together import Together

Break = Callable[[pytest.MonkeyPatch], None]


def what_is_refused_is_dropped(patch: pytest.MonkeyPatch) -> None:
    def refuse(connection: Connection, act: str, *why: str | None) -> frozenset[str]:
        return outbox.let_go(connection, act)

    patch.setattr(outbox, "refuse", refuse)


def a_save_is_made_twice(patch: pytest.MonkeyPatch) -> None:
    save = Desk.save

    def twice(desk: Desk, drafts: Sequence[Draft], **how: Any) -> str:
        act = save(desk, drafts, **how)
        with suppress(Refusal):
            save(desk, [replace(one, id=new_id()) for one in drafts])
        return act

    patch.setattr(Desk, "save", twice)


def a_save_waits_in_memory_until_it_is_sent(patch: pytest.MonkeyPatch) -> None:
    save, outgoing = Cache.save, Cache.outgoing

    def later(cache: Cache, parcel: Parcel, **how: Any) -> ChangeSet:
        vars(cache).setdefault("kept", []).append((parcel, how))
        return ChangeSet(outbox=True)

    def now(cache: Cache, author: str, most: int) -> tuple[Parcel, ...]:
        while kept := vars(cache).get("kept"):
            parcel, how = kept.pop(0)
            save(cache, parcel, **how)
        return outgoing(cache, author, most)

    patch.setattr(Cache, "save", later)
    patch.setattr(Cache, "outgoing", now)


def a_save_does_not_wait_for_the_disk(patch: pytest.MonkeyPatch) -> None:
    prepare = engine._prepare

    def prepared(connection: Any, digits: str) -> None:
        prepare(connection, digits)
        connection.execute("PRAGMA synchronous = OFF")

    patch.setattr(engine, "_prepare", prepared)


def cursors_move_before_their_rows_are_kept(patch: pytest.MonkeyPatch) -> None:
    receive = Cache.receive

    def torn(
        cache: Cache,
        rows: Iterable[FeedRow],
        at: Sequence[FeedPlace],
        audiences: Iterable[str],
        *,
        read_to: int | None = None,
    ) -> ChangeSet:
        receive(cache, (), at, audiences)
        return receive(cache, rows, at, audiences, read_to=read_to)

    patch.setattr(Cache, "receive", torn)


def what_gets_no_answer_is_dropped(patch: pytest.MonkeyPatch) -> None:
    push = Together._push

    async def once(self: Together) -> None:
        try:
            await push(self)
        except Unreachable:
            for parcel in self._cache.outgoing(self._session.person, 1):
                self._cache.let_go(read(parcel.signed).id)
            raise

    patch.setattr(Together, "_push", once)


def withdrawals_are_ignored(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(feed, "_withdraw", lambda connection, rows: set())


def pending_work_goes_with_what_it_belongs_to(patch: pytest.MonkeyPatch) -> None:
    follow = outbox.follow

    def purge(connection: Connection, streams: Iterable[str]) -> None:
        follow(connection, streams)
        for one in outbox.list_waiting(connection):
            if one.code == outbox.ACCESS_LOST[0]:
                outbox.let_go(connection, one.act)

    patch.setattr(outbox, "follow", purge)


def the_last_goes_first(patch: pytest.MonkeyPatch) -> None:
    outgoing = outbox.outgoing
    patch.setattr(outbox, "outgoing", lambda *of: outgoing(*of)[::-1])


def a_new_epoch_is_ignored(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Together, "_begin_epoch", lambda self: None)


def notices_are_not_understood(patch: pytest.MonkeyPatch) -> None:
    def heard(self: Together, event: str, data: str) -> None:
        raise KeyError(event)

    patch.setattr(Together, "_heard", heard)


def nothing_is_waited_for(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Backoff, "next", lambda self, asked_for=None: 0.01)


BREAKS: tuple[Break, ...] = (
    what_is_refused_is_dropped,
    a_save_is_made_twice,
    a_save_waits_in_memory_until_it_is_sent,
    a_save_does_not_wait_for_the_disk,
    cursors_move_before_their_rows_are_kept,
    what_gets_no_answer_is_dropped,
    withdrawals_are_ignored,
    pending_work_goes_with_what_it_belongs_to,
    the_last_goes_first,
    a_new_epoch_is_ignored,
    notices_are_not_understood,
    nothing_is_waited_for,
)
