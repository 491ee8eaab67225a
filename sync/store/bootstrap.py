"""A hub from nothing: its log, its configuration, its first people, written by the store as itself.

Afterwards an administrator's desktop does the same with signed entries of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
from sqlalchemy import Connection, delete, exists, func, insert, select
from uuid6 import uuid7

from mash_desktop.domain.configuration import HubConfig
from mash_desktop.domain.entries import Body
from mash_desktop.domain.entries.hub import (
    HubConfigured,
    KeyEnrolled,
    KeyRevoked,
    MembershipEnded,
    MembershipGranted,
    PersonEnrolled,
)
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.fold import Directory
from mash_desktop.domain.roles import Role
from mash_desktop.proofs.merkle import Frontier
from sync.protocol import EnrolmentCode

from . import tables, watching
from .authoring import hub_act
from .committing import lock_number
from .composition import Store
from .examining import STORE
from .log import head_row, signed_head
from .streams import HUB_STREAM, current_directory

FIRST_EPOCH = 1


class NewPerson(msgspec.Struct, frozen=True):
    """Somebody to be enrolled. ``roles`` are (agency, role, team or None)."""

    name: str
    account: str
    roles: tuple[tuple[str, Role, str | None], ...]
    email: str = ""
    id: str = ""


class Appointed(msgspec.Struct, frozen=True):
    """A person enrolled, with the one-time code of their first device."""

    person: str
    name: str
    account: str
    code: str
    expires_at: datetime


def open_hub(store: Store, config: HubConfig) -> None:
    """Begin a hub's log with its configuration and the store's own key.

    ``Refusal``: *hub-there*; as a configuration is refused, and then there is no hub. One that was cut off
    before its first entry is begun anew.
    """
    hub, now, key = config.id, datetime.now(UTC), store.secrets.signing_key(config.id)
    head = signed_head(hub, FIRST_EPOCH, Frontier(), now, key)
    with store.engine.begin() as alone:
        alone.execute(select(func.pg_advisory_xact_lock(lock_number(hub, "open"))))
        with store.engine.begin() as db:
            _leave_none(db, hub)
            if db.scalar(select(tables.hubs.c.hub).where(tables.hubs.c.hub == hub)) is not None:
                raise Refusal("hub-there", f"There is a hub named {hub} in this database already.", "hub")
            row = {"hub": hub, "epoch": FIRST_EPOCH, "opened_at": now}
            db.execute(
                insert(tables.hubs).values(row | {"store_key": key.public, "store_key_id": key.key_id})
            )
            db.execute(insert(tables.heads).values(head_row(hub, head)))
            db.execute(insert(tables.streams).values(hub=hub, stream=HUB_STREAM, last=0, version=0))
            watching.begin(db, hub, now)
        try:
            _begin(store, config, now)
        except Refusal:
            with store.engine.begin() as db:
                _leave_none(db, hub)
            raise


def _leave_none(db: Connection, hub: str) -> None:
    """Take away a hub in whose log there is nothing."""
    empty = exists().where(tables.heads.c.hub == hub, tables.heads.c.size == 0)
    for table in (tables.hubs, tables.streams, tables.watches, tables.heads):
        db.execute(delete(table).where(table.c.hub == hub, empty))


def _begin(store: Store, config: HubConfig, now: datetime) -> None:
    hub, key = config.id, store.secrets.signing_key(config.id)
    bodies: list[Body] = [
        HubConfigured(config=config),
        PersonEnrolled(person=STORE, name="The central store"),
        KeyEnrolled(key=key.key_id, person=STORE, device=STORE, public=key.public.hex()),
    ]
    store.admission.admit_own(hub, hub_act(hub, store.secrets, bodies, now))


def add_people(store: Store, hub: str, people: Sequence[NewPerson]) -> list[Appointed]:
    """Enrol people with their roles in one act each, and make each a one-time code.

    ``Refusal`` where an account is taken or a role is of no agency of the hub; those before stay.
    """
    appointed = []
    for one in people:
        person = one.id or str(uuid7())
        bodies: list[Body] = [PersonEnrolled(person=person, name=one.name, email=one.email)]
        bodies += [
            MembershipGranted(person=person, agency=agency, role=role, team=team)
            for agency, role, team in one.roles
        ]
        with store.engine.begin() as db:
            store.accounts.open_account(db, hub, person, one.account)
            store.admission.admit_own(hub, hub_act(hub, store.secrets, bodies, datetime.now(UTC)))
            code, expires = store.enrolment.code(db, hub, person)
        appointed.append(Appointed(person, one.name, one.account, code, expires))
    return appointed


def hubs(store: Store) -> list[str]:
    with store.engine.connect() as db:
        return list(db.scalars(select(tables.hubs.c.hub).order_by(tables.hubs.c.hub)))


def directory(store: Store, hub: str) -> Directory:
    with store.engine.connect() as db:
        return current_directory(db, store.shelf, store.secrets, hub).directory


def accounts(store: Store, hub: str) -> dict[str, str]:
    """Account names by person."""
    t = tables.accounts
    with store.engine.connect() as db:
        return dict(db.execute(select(t.c.person, t.c.account).where(t.c.hub == hub)).all())


def new_code(store: Store, hub: str, account: str) -> tuple[str, datetime]:
    """A code for one more device of whoever has this account. ``Refusal`` (*account-unknown*)."""
    return new_codes(store, hub, [account])[0]


def new_codes(store: Store, hub: str, accounts: Sequence[str]) -> list[tuple[str, datetime]]:
    """A code for one more device of each: all of them, or none. ``Refusal`` (*account-unknown*)."""
    with store.engine.begin() as db:
        return [store.enrolment.code(db, hub, _person_of(db, hub, account)) for account in accounts]


def _person_of(db: Connection, hub: str, account: str) -> str:
    t, named = tables.accounts, account.strip().casefold()
    person: str | None = db.scalar(select(t.c.person).where(t.c.hub == hub, t.c.account == named))
    if person is None:
        raise Refusal("account-unknown", f"There is no account {account} in this hub.", "account")
    return person


def reset(store: Store, hub: str, account: str) -> EnrolmentCode:
    """What signed this person in does so no more. ``Refusal`` (*account-unknown*)."""
    with store.engine.connect() as db:
        person = _person_of(db, hub, account)
    return store.enrolment.reset(hub, person, "whoever runs the store")


def leave(store: Store, hub: str, account: str, reason: str) -> None:
    """End every role and device of a person, in one act, and their codes. ``Refusal`` (*account-unknown*,
    *person-left*)."""
    with store.engine.begin() as db:
        person = _person_of(db, hub, account)
        store.enrolment.void_codes(db, hub, person)
    held = directory(store, hub)
    bodies: list[Body] = [
        MembershipEnded(person=person, agency=one.agency, role=one.role, reason=reason)
        for one in held.roles_of(person)
    ]
    bodies += [
        KeyRevoked(key=key.id, reason=reason)
        for key in held.keys.values()
        if key.person == person and key.revoked is None
    ]
    if not bodies:
        raise Refusal("person-left", f"{held.name(person)} has no role and no device here.", "account")
    store.admission.admit_own(hub, hub_act(hub, store.secrets, bodies, datetime.now(UTC)))


def revoke_key(store: Store, hub: str, key: str, reason: str) -> None:
    """``Refusal`` (*key-unknown*) where there is no such key in use."""
    body = KeyRevoked(key=key, reason=reason)
    store.admission.admit_own(hub, hub_act(hub, store.secrets, [body], datetime.now(UTC)))
