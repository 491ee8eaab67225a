"""What nobody can use any more is let go of, and what somebody still may is not."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, insert, select, text, update
from uuid6 import uuid7

from sync.store import sweeping, tables
from sync.store.admission import Admission
from sync.store.committing import lock
from sync.store.database import connect, migrate
from sync.store.due import Due
from sync.store.sealing import Secrets
from sync.store.sign_in.delays import FORGOTTEN
from sync.store.streams import Shelf
from sync.store.sweeping import UNNAMED, forget_pieces
from tests.domain.story import OPERATOR
from tests.support.served_story import Cast, ServedStory
from tests.support.store import Desk, ServedStore
from tests.sync.store.test_documents import attached, fetch, send

pytestmark = pytest.mark.parametrize("postgres", ["embedded"], indirect=True)

MINUTE = timedelta(minutes=1)


def kept(cast: Cast) -> list[int]:
    """How many pieces there are, keys of pieces, and notes of who sent them."""
    with cast.served.direct.engine.connect() as db:
        return [
            len(db.execute(select(t.c.chunk).where(t.c.hub == cast.hub)).all())
            for t in (tables.chunks, tables.chunk_keys, tables.chunk_senders)
        ]


@pytest.fixture
def cast(served_store: ServedStore) -> Cast:
    return Cast(served_store, served_store.new_hub())


def sweep(cast: Cast, after: timedelta) -> None:
    forget_pieces(cast.served.direct.engine, datetime.now(UTC) + after)


def test_a_piece_that_no_entry_names_goes_after_a_week_and_is_sent_again_when_one_does(cast: Cast) -> None:
    story = ServedStory(cast)
    story.taken()
    named, unnamed = os.urandom(100), os.urandom(100)
    for piece in (named, unnamed):
        send(cast["priya"], piece)
    story.tell(OPERATOR, attached(named))
    sweep(cast, UNNAMED - MINUTE)
    assert kept(cast) == [2, 2, 2]
    sweep(cast, UNNAMED + MINUTE)
    assert kept(cast) == [1, 1, 1]
    assert fetch(cast["priya"], named).content == named
    assert story.push(OPERATOR, attached(unnamed)).code == "document-unsent"
    send(cast["priya"], unnamed)
    story.tell(OPERATOR, attached(unnamed))
    assert fetch(cast["priya"], unnamed).content == unnamed


def test_a_piece_that_is_sent_again_waits_anew(cast: Cast) -> None:
    piece, c = os.urandom(100), tables.chunks
    send(cast["priya"], piece)
    with cast.served.direct.engine.begin() as db:
        six_days_ago = datetime.now(UTC) - UNNAMED + timedelta(days=1)
        db.execute(update(c).where(c.c.hub == cast.hub).values(stored_at=six_days_ago))
    send(cast["ruth"], piece)
    sweep(cast, timedelta(days=2))
    assert kept(cast) == [1, 1, 2]


def test_a_piece_that_is_attached_while_it_is_swept_is_kept(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = ServedStory(cast)
    story.taken()
    piece = os.urandom(100)
    send(cast["priya"], piece)

    def attached_before(db: Connection, hub: str, streams: Iterable[str]) -> None:
        story.tell(OPERATOR, attached(piece))
        lock(db, hub, streams)

    monkeypatch.setattr(sweeping, "lock", attached_before)
    sweep(cast, UNNAMED + MINUTE)
    assert kept(cast) == [1, 1, 1]
    assert fetch(cast["priya"], piece).content == piece


def test_who_holds_no_role_keeps_no_piece_here(served_store: ServedStore, a_hub: str) -> None:
    desk: Desk = served_store.desk(a_hub, "Sam Iqbal")
    answer = send(desk, os.urandom(100))
    assert (answer.status_code, answer.json()["code"]) == (403, "not-permitted")


def test_ways_in_that_are_over_are_let_go_of_once_a_day(database_url: str) -> None:
    engine, now = connect(database_url, 2), datetime.now(UTC)
    migrate(engine)
    at, secrets = [now], Secrets.generate()
    due = Due(engine, secrets, Shelf(), Admission(engine, secrets, Shelf()), clock=lambda: at[0])
    over, good = now - MINUTE, now + timedelta(days=2)

    def begin(until: datetime) -> None:
        once = {"hub": "hub", "device": "d"}
        opened = {"person": "p", "key": "k", "opened_at": now, "seen_at": now}
        asked = {"nonce": "n", "challenge": "c", "redirect_uri": "http://127.0.0.1:1/"}
        with engine.begin() as db:
            for table, row in (
                (tables.sessions, {**once, **opened, "token": uuid7().bytes, "expires_at": until}),
                (
                    tables.enrolment_codes,
                    {"hub": "hub", "code": uuid7().bytes, "person": "p", "expires_at": until},
                ),
                (
                    tables.sign_in_attempts,
                    {**once, **asked, "attempt": uuid7().bytes, "expires_at": until},
                ),
                (
                    tables.sign_in_delays,
                    {"whose": uuid7().bytes, "failures": 4, "until": until - FORGOTTEN["account"]},
                ),
            ):
                db.execute(insert(table).values(row))

    def left() -> list[int]:
        names = ("sessions", "enrolment_codes", "sign_in_attempts", "sign_in_delays")
        with engine.connect() as db:
            return [db.scalar(text(f"select count(*) from {name}")) or 0 for name in names]

    for until in (over, good):
        begin(until)
    due.write()
    assert left() == [1] * 4
    begin(over)
    due.write()
    assert left() == [2] * 4
    at[0] += timedelta(days=1)
    due.write()
    assert left() == [1] * 4
    engine.dispose()


def test_where_no_piece_waits_nobody_is_held_up(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[object] = []
    monkeypatch.setattr(sweeping, "lock", lambda *arguments: held.append(arguments))
    send(cast["priya"], os.urandom(100))
    sweep(cast, timedelta())
    assert held == []
