"""The store's key handed on: a desktop follows only where the key that it trusts leads, forwards or back."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace
from uuid6 import uuid7

from mash_desktop.domain.acts import Author, Draft, Parcel, compose
from mash_desktop.domain.entries import Body
from mash_desktop.domain.entries.hub import KeyEnrolled, KeyRevoked
from mash_desktop.domain.roles import Role
from mash_desktop.proofs.signature import SigningKey
from sync.client.store_keys import STORE, linked
from sync.client.verification import Distrust
from sync.protocol import StoreKeys
from sync.store.bootstrap import revoke_key
from sync.store.database import connect
from sync.store.rotating import rotate_signing
from sync.store.sealing import read_file
from tests.support.postgres import PostgresServer
from tests.support.store import ServedStore, serving
from tests.sync.client.conftest import Office, until

HUB = "north"
KEYS = [SigningKey.generate() for _ in range(3)]


def said(key: SigningKey, body: Body, *, hub: str = HUB, author: str = STORE) -> Parcel:
    who = Author(author, author, Role.STORE, key.key_id)
    return compose(hub, who, [Draft("hub", body)], key, datetime(2027, 1, 4, 9, tzinfo=UTC))


def enrolling(key: SigningKey, person: str = STORE) -> KeyEnrolled:
    return KeyEnrolled(key=key.key_id, person=person, device=STORE, public=key.public.hex())


def revoking(key: SigningKey) -> KeyRevoked:
    return KeyRevoked(key=key.key_id, reason="Handed on.")


TOLD = StoreKeys(
    keys=tuple(key.public for key in KEYS),
    handed_on=(said(KEYS[0], enrolling(KEYS[1])), said(KEYS[1], enrolling(KEYS[2]))),
    retired=(said(KEYS[1], revoking(KEYS[0])), said(KEYS[2], revoking(KEYS[1]))),
)


@pytest.mark.parametrize("pinned", KEYS)
def test_from_any_key_of_the_chain_all_are_trusted(pinned: SigningKey) -> None:
    assert linked(HUB, pinned.public, TOLD) == TOLD.keys


def test_a_chain_in_which_the_last_has_yet_to_revoke_is_followed_forwards() -> None:
    half = replace(TOLD, retired=TOLD.retired[:1])
    assert linked(HUB, KEYS[0].public, half) == TOLD.keys
    with pytest.raises(Distrust):
        linked(HUB, KEYS[2].public, half)


FOREIGN = SigningKey.generate()


@pytest.mark.parametrize(
    ("pinned", "told"),
    [
        (FOREIGN, TOLD),
        (KEYS[0], replace(TOLD, handed_on=TOLD.handed_on[:1])),
        (KEYS[0], replace(TOLD, handed_on=(said(FOREIGN, enrolling(KEYS[1])), TOLD.handed_on[1]))),
        (KEYS[0], replace(TOLD, handed_on=(said(KEYS[0], enrolling(FOREIGN)), TOLD.handed_on[1]))),
        (KEYS[0], replace(TOLD, handed_on=(said(KEYS[0], enrolling(KEYS[1], "amara")), TOLD.handed_on[1]))),
        (
            KEYS[0],
            replace(TOLD, handed_on=(said(KEYS[0], enrolling(KEYS[1]), hub="south"), TOLD.handed_on[1])),
        ),
        (
            KEYS[0],
            replace(TOLD, handed_on=(said(KEYS[0], enrolling(KEYS[1]), author="amara"), TOLD.handed_on[1])),
        ),
        (KEYS[0], replace(TOLD, handed_on=(said(KEYS[0], revoking(KEYS[1])), TOLD.handed_on[1]))),
        (KEYS[0], replace(TOLD, handed_on=(replace(TOLD.handed_on[0], bodies=()), TOLD.handed_on[1]))),
        (KEYS[2], replace(TOLD, retired=(said(FOREIGN, revoking(KEYS[0])), TOLD.retired[1]))),
        (KEYS[2], replace(TOLD, retired=(TOLD.retired[0], said(KEYS[2], revoking(FOREIGN))))),
        (KEYS[2], replace(TOLD, keys=(FOREIGN.public, *TOLD.keys[1:]))),
    ],
    ids=[
        "a pinned key that the store never had",
        "one hand-over left out",
        "signed by another key",
        "to another key",
        "to a person's key",
        "in another hub",
        "by another author",
        "an act that enrols nothing",
        "an act without its words",
        "a revocation signed by another key",
        "a revocation of another key",
        "a former key put in",
    ],
)
def test_what_does_not_link_is_not_trusted(pinned: SigningKey, told: StoreKeys) -> None:
    with pytest.raises(Distrust, match="store-key-unlinked"):
        linked(HUB, pinned.public, told)


@pytest.fixture
def database(postgres: PostgresServer) -> Iterator[str]:
    """Of a store of the test's own."""
    name = postgres.new_database()
    yield postgres.url(name)
    postgres.drop_database(name)


def hand_on(database: str, served: ServedStore) -> None:
    """The store's key, while the service is down."""
    engine = connect(database, 3, generation=read_file(served.secrets_file).generation)
    rotate_signing(engine, served.secrets_file)
    engine.dispose()


# Which PostgreSQL the store has is the same to a desk.
@pytest.mark.parametrize("postgres", ["embedded"], indirect=True)
def test_desks_go_on_when_the_store_has_handed_its_key_on(database: str, tmp_path: Path) -> None:
    """One that was there before, one that was away meanwhile, and one enrolled afterwards."""
    folder = tmp_path / "desks"
    folder.mkdir()
    with ExitStack() as stack:
        with serving(database, tmp_path) as served:
            office = stack.enter_context(Office(served, served.new_hub(), folder))
            priya = office.sit("Priya Nair", "scc-children", Role.TRIAGE_OPERATOR)
            ruth = office.left("Ruth Okafor", "scc-children", Role.CONSULTANT_SOCIAL_WORKER)
            priya.until_online()
            priya.network.stop()
        hand_on(database, served)
        with serving(database, tmp_path) as office.served:
            for one in (priya, ruth):
                one.connect(office.server)
            late = office.sit("Dan Whitmore", "scc-children", Role.SOCIAL_WORKER)
            stream = f"referral:{uuid7()}"
            priya.until_online()
            priya.contact(stream)
            for one in (ruth, late):
                one.until_holding(stream, "contact.opened")
            priya.connect(office.server)
            for one in (priya, ruth, late):
                one.until_online()
                assert not one.status.distrust
                kept = msgspec.json.decode(one.desk.cache.fact("store-keys") or b"", type=tuple[bytes, ...])
                assert len(kept) == 2


@pytest.mark.parametrize("postgres", ["embedded"], indirect=True)
def test_who_enrols_anew_after_a_hand_over_goes_on_from_what_was_seen_before(
    database: str, tmp_path: Path
) -> None:
    """They were given the key of now, and what they hold was signed by the one before."""
    folder = tmp_path / "desks"
    folder.mkdir()
    with ExitStack() as stack:
        with serving(database, tmp_path) as served:
            office = stack.enter_context(Office(served, served.new_hub(), folder))
            priya = office.sit("Priya Nair", "scc-children", Role.TRIAGE_OPERATOR)
            priya.until_online()
            priya.network.stop()
            revoke_key(served.direct, office.hub, priya.signed.enrolled.key, "The laptop was lost.")
        before = priya.desk.cache.fact("head")
        hand_on(database, served)
        with serving(database, tmp_path) as served:
            office.served = served
            code, _ = served.code(office.hub, priya.signed.enrolled.account)
            device = str(uuid7())
            enrolled, key = served.enrol(code, device=device)
            assert enrolled.store_key != priya.signed.enrolled.store_key
            session = served.sign_in(enrolled.account, device, priya.signed.totp_uri, key)
            anew = replace(priya.signed.enrolled, key=enrolled.key, store_key=enrolled.store_key)
            priya.signed = dataclasses.replace(priya.signed, enrolled=anew, session=session, key=key)
            priya.connect(office.server, session)
            until(lambda: priya.status.online or bool(priya.status.distrust), "an end")
            assert not priya.status.distrust
            assert priya.desk.cache.fact("head") != before
