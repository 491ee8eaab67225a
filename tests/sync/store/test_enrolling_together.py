"""A hub opens, and all its people enrol in one morning: nobody waits for what another holds."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from uuid6 import uuid7

from mash_desktop.domain.roles import Role
from mash_desktop.proofs.signature import SigningKey
from sync.protocol import Enrol
from sync.store.composition import Store
from sync.store.database import connect
from sync.store.sign_in.enrolment import ENROLMENT
from tests.support.store import PASSWORD, ServedStore

pytestmark = pytest.mark.parametrize("postgres", ["embedded"], indirect=True)

CONNECTIONS = 2


def test_more_enrol_at_once_than_there_are_connections_to_the_database(
    served_store: ServedStore, a_hub: str
) -> None:
    """Each needs two: one that keeps its code from being used twice, one for the act that enrols its key."""
    store = Store(connect(served_store.database, CONNECTIONS), served_store.direct.secrets)

    def enrol(code: str) -> str:
        key = SigningKey.generate()
        proof = key.sign(code.encode(), ENROLMENT)
        asked = Enrol(code, str(uuid7()), "Desk", key.public, proof, PASSWORD)
        return store.enrolment.enrol(asked, "127.0.0.1").person

    people = [
        served_store.appoint(a_hub, f"Person {number}", ("police", Role.RESEARCHER))
        for number in range(CONNECTIONS + 1)
    ]
    with ThreadPoolExecutor(len(people)) as pool:
        enrolled = list(pool.map(enrol, (one.code for one in people)))
    assert enrolled == [one.person for one in people]
    store.close()
