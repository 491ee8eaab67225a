"""Rotating the store's wrapping, blocking and signing keys: killed at any step, run again it goes on.

The next key is written beside the present one first, and the present one goes from the file last, so that at
every moment the file opens and signs what the database has. Nothing here shows a secret.
"""

from __future__ import annotations

import secrets as random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Column, Engine, Table, select, text, tuple_, update

from mash_desktop.domain.entries.hub import KeyEnrolled, KeyRevoked
from mash_desktop.domain.errors import Refusal

from . import tables
from .authoring import hub_act
from .bootstrap import directory, hubs
from .committing import lock
from .composition import Store
from .database import SERVICE
from .examining import STORE
from .log import head_row, read_head, signed_head
from .people_index import reblock_streams
from .remembering import refusal_purpose
from .sealing import KEY_BYTES, Secrets, read_file, replace_secrets
from .sign_in.accounts import totp_purpose
from .sign_in.sessions import grant_purpose
from .sign_in.single import client_purpose

BATCH = 1000
STREAMS = 200

Progress = Callable[[int], None]
"""Told how many sealed keys, or people, have been looked at."""

_SEALED: tuple[tuple[Table, Column[Any], Callable[..., str]], ...] = (
    (tables.stream_keys, tables.stream_keys.c.wrapped, lambda hub, stream: f"stream\x00{hub}\x00{stream}"),
    (tables.chunk_keys, tables.chunk_keys.c.wrapped, lambda hub, chunk: f"chunk\x00{hub}\x00{chunk}"),
    (tables.accounts, tables.accounts.c.totp, totp_purpose),
    (tables.sessions, tables.sessions.c.grant, grant_purpose),
    (tables.providers, tables.providers.c.client_secret, client_purpose),
    (tables.refusals, tables.refusals.c.answer, refusal_purpose),
)
"""All that the wrapping key itself seals: the table, what is sealed, and for what by the row's key."""


def rotate_wrapping(engine: Engine, file: Path, progress: Progress = lambda done: None) -> int:
    """Seal everything under a new wrapping key; how many were sealed anew.

    Raises ``Refusal`` (*others-running*) while a program runs that knows the old key alone; what was begun
    stays begun. Programs started from then on know both, and one that was away meanwhile is let in no more.
    """
    with _alone(engine):
        secrets = read_file(file)
        if not secrets.next_wrapping:
            secrets = replace(secrets, next_wrapping=random.token_hex(KEY_BYTES))
            replace_secrets(file, secrets)
        _keep_others_out(engine, secrets)
        changed = sum(_rewrap(engine, secrets, *sealed, progress) for sealed in _SEALED)
        replace_secrets(file, replace(read_file(file), wrapping=secrets.next_wrapping, next_wrapping=""))
        return changed


@contextmanager
def _alone(engine: Engine) -> Iterator[None]:
    """One rotation at a time: each writes the whole file of secrets. The next one waits."""
    with engine.begin() as db:
        # Whoever holds or waits for this seals nothing by it, and is no program that knows the old key.
        db.execute(text("set local application_name = 'rotation'"))
        db.execute(text("select pg_advisory_xact_lock(hashtext('mash-isl rotation'))"))
        yield


def _keep_others_out(engine: Engine, secrets: Secrets) -> None:
    """From now on nobody connects who does not know the next key. ``Refusal`` (*others-running*) while
    somebody is connected who does not, and then they may go on until they are started again."""
    h = tables.hubs
    with engine.begin() as db:
        before = db.scalar(select(h.c.generation).limit(1))
        db.execute(update(h).values(generation=secrets.generation))
    try:
        _refuse_others(engine, secrets)
    except Refusal:
        with engine.begin() as db:
            db.execute(update(h).values(generation=before))
        raise


def _refuse_others(engine: Engine, secrets: Secrets) -> None:
    with engine.connect() as db:
        others = db.scalar(
            text(
                "select count(*) from pg_stat_activity where datname = current_database()"
                " and application_name like :any and application_name <> :mine and pid <> pg_backend_pid()"
            ),
            {"any": f"{SERVICE}%", "mine": f"{SERVICE} {secrets.generation}"},
        )
    if others:
        raise Refusal(
            "others-running",
            "A program is connected that knows the old key alone. Start it again, then run this again.",
        )


def _rewrap(
    engine: Engine,
    secrets: Secrets,
    table: Table,
    sealed: Column[Any],
    purpose: Callable[..., str],
    progress: Progress,
) -> int:
    """Batch by batch in the order of the key, each its own transaction."""
    key = tuple(table.primary_key.columns)
    after: tuple[Any, ...] | None = None
    changed = seen = 0
    while True:
        query = select(*key, sealed).where(sealed.is_not(None)).order_by(*key).limit(BATCH)
        if after is not None:
            query = query.where(tuple_(*key) > tuple_(*after))
        with engine.begin() as db:
            rows = db.execute(query).all()
            for *at, old in rows:
                new = secrets.rewrapped(purpose(*at), old)
                if new is not None:
                    same = [column == value for column, value in zip(key, at, strict=True)]
                    db.execute(update(table).where(*same, sealed == old).values({sealed.name: new}))
                    changed += 1
        if not rows:
            return changed
        seen += len(rows)
        progress(seen)
        after = tuple(rows[-1][:-1])


def rotate_blocking(engine: Engine, file: Path, progress: Progress = lambda done: None) -> int:
    """Have everybody in the people index found by hashes under a new key; how many people.

    Raises ``Refusal`` as :func:`rotate_wrapping` does.
    """
    with _alone(engine):
        secrets = read_file(file)
        if not secrets.next_blocking:
            secrets = replace(secrets, next_blocking=random.token_hex(KEY_BYTES))
            replace_secrets(file, secrets)
        _keep_others_out(engine, secrets)
        done = _reblock(engine, secrets, progress)
        replace_secrets(file, replace(read_file(file), blocking=secrets.next_blocking, next_blocking=""))
        return done


def _reblock(engine: Engine, secrets: Secrets, progress: Progress) -> int:
    """Some streams at a time, each locked as where something is admitted to it."""
    p, done = tables.people, 0
    with engine.connect() as db:
        told = db.execute(select(p.c.hub, p.c.stream).distinct().order_by(p.c.hub, p.c.stream)).all()
    for hub, several in groupby(told, key=lambda row: row.hub):
        streams = [row.stream for row in several]
        for first in range(0, len(streams), STREAMS):
            some = streams[first : first + STREAMS]
            with engine.begin() as db:
                lock(db, hub, some)
                done += reblock_streams(db, hub, secrets, some)
            progress(done)
    return done


def rotate_signing(engine: Engine, file: Path) -> list[tuple[str, str]]:
    """Hand each hub's log on to a new signing key; the hubs with the ids of their new keys.

    In each hub's log the old key enrols the new one, then the head is signed by the new one, then the new
    one revokes the old one. A program that runs with the old key is refused to sign from the second on.
    """
    with _alone(engine):
        secrets = read_file(file)
        _refuse_strange(engine, secrets)
        if not secrets.next_signing:
            secrets = replace(secrets, next_signing=random.token_hex(KEY_BYTES))
            replace_secrets(file, secrets)
        after = replace(
            secrets,
            signing=secrets.next_signing,
            next_signing="",
            former_signing=(*secrets.former_signing, secrets.signing),
        )
        store = Store(engine, secrets)
        handed = [(hub, hand_on(store, Store(engine, after), hub)) for hub in hubs(store)]
        replace_secrets(file, after)
        return handed


def _refuse_strange(engine: Engine, secrets: Secrets) -> None:
    """``Refusal`` (*secrets-wrong*) where a hub is signed with a key that these secrets do not have."""
    h = tables.heads
    with engine.connect() as db:
        for hub, signed_with in db.execute(select(h.c.hub, h.c.key)).all():
            if signed_with not in {key.key_id for key in secrets.signing_keys(hub)}:
                raise Refusal(
                    "secrets-wrong",
                    f"Hub {hub} is signed with a key that these secrets do not have. Restore the latest "
                    "backup of the secrets, then run this again.",
                    "secrets",
                )


def hand_on(before: Store, after: Store, hub: str) -> str:
    """From the signing key of the one to that of the other, in one hub's log; the id of the new one."""
    old, new = before.secrets.signing_key(hub), after.secrets.signing_key(hub)
    if new.key_id not in directory(before, hub).keys:
        body = KeyEnrolled(key=new.key_id, person=STORE, device=STORE, public=new.public.hex())
        before.admission.admit_own(hub, hub_act(hub, before.secrets, [body], datetime.now(UTC)))
    h, t = tables.heads, tables.hubs
    with before.engine.begin() as db:
        head = read_head(db, hub, lock=True)
        signed = signed_head(hub, head.epoch, head.frontier, head.at, new)
        db.execute(update(h).where(h.c.hub == hub).values(head_row(hub, signed)))
        db.execute(update(t).where(t.c.hub == hub).values(store_key=new.public, store_key_id=new.key_id))
    if directory(after, hub).keys[old.key_id].revoked is None:
        gone = KeyRevoked(key=old.key_id, reason="Handed on to the store's next key.")
        after.admission.admit_own(hub, hub_act(hub, after.secrets, [gone], datetime.now(UTC)))
    return new.key_id
