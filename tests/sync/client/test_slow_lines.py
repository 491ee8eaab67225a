"""On a slow line less is asked for at a time, and nothing is waited for without end."""

from __future__ import annotations

import msgspec
import pytest
from uuid6 import uuid7

from mash_desktop.domain.entries.contact import NoteAdded
from mash_desktop.domain.roles import Role
from sync import protocol
from tests.support.relay import Asked
from tests.sync.client.conftest import Office

pytestmark = pytest.mark.parametrize("postgres", ["embedded"], indirect=True)


def test_an_answer_that_comes_by_drops_is_not_waited_for_and_less_is_asked_for(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.client.connection.LONGEST_SECONDS", 0.5)
    monkeypatch.setattr("sync.client.backoff.CEILING", 0.2)
    relay = office.relay()
    priya = office.left("Priya Nair", "scc-children", Role.TRIAGE_OPERATOR)
    case = f"referral:{uuid7()}"
    priya.contact(case)
    for number in range(5):
        priya.desk.act(case, NoteAdded(words=f"note {number}"))
    acts: list[int] = []
    limits: list[int] = []

    def sizes(asked: Asked) -> Asked:
        if asked.path.endswith("/acts"):
            acts.append(len(msgspec.json.decode(asked.body, type=protocol.Push).acts))
        elif asked.path.endswith("/feed"):
            limits.append(msgspec.json.decode(asked.body, type=protocol.Pull).limit)
        too_much = acts[-1:] > [1] or limits[-1:] > [250]
        relay.slow = 2.0 if too_much else 0.0
        return asked

    relay.before = sizes
    priya.connect(relay.server)
    priya.until_online()
    assert acts[:2] == [6, 1]
    assert limits[:2] == [1000, 250]
    assert priya.desk.cache.waiting() == ()
