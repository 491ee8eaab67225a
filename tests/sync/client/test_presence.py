"""Two people with one case open know of each other, by way of the store, and of each other's leaving."""

from __future__ import annotations

import time
from pathlib import Path

import msgspec
import pytest
from uuid6 import uuid7

from mash_desktop.domain.roles import Role
from sync import protocol
from sync.client import Server, presence
from sync.protocol import LEFT, LOOKING, SILENT_SECONDS
from tests.support.relay import Answered, Asked
from tests.support.store import another_instance
from tests.sync.client.conftest import Networked, Office, until

pytestmark = pytest.mark.parametrize("postgres", ["embedded"], indirect=True)


def together(office: Office, server: Server | None = None) -> tuple[Networked, Networked, str]:
    """Two desks of one agency, and a contact that both hold; ``server`` is where the second is connected."""
    priya = office.sit("Priya Nair", "scc-children", Role.TRIAGE_OPERATOR)
    ruth = office.sit("Ruth Okafor", "scc-children", Role.CONSULTANT_SOCIAL_WORKER, server=server)
    for one in (priya, ruth):
        one.until_online()
    contact = f"referral:{uuid7()}"
    priya.contact(contact)
    ruth.until_holding(contact, "contact.opened")
    return priya, ruth, contact


def sees(one: Networked, stream: str, *names: str) -> None:
    until(
        lambda: tuple(other.name for other in one.desk.company.at(stream)) == names,
        f"{names}",
        3 * SILENT_SECONDS,
    )


def test_who_opens_a_case_is_seen_by_who_has_it_open_and_sees_them_and_leaving_is_seen_at_once(
    office: Office,
) -> None:
    priya, ruth, contact = together(office)
    ruth.desk.be_at(contact)
    sees(priya, contact, "Ruth Okafor")
    priya.desk.be_at(contact)
    # She came later, and hears it with the next beat.
    sees(priya, contact, "Ruth Okafor")
    sees(ruth, contact, "Priya Nair")
    assert any(contact in change.present for change in priya.changes)
    (other,) = ruth.desk.company.at(contact)
    assert other.agency == "scc-children"
    began = time.monotonic()
    priya.desk.leave(contact)
    sees(ruth, contact)
    assert time.monotonic() - began < SILENT_SECONDS / 2
    priya.desk.be_at(contact)
    sees(ruth, contact, "Priya Nair")
    priya.desk.be_at(f"referral:{uuid7()}")
    sees(ruth, contact)


def test_a_line_that_is_cut_is_noticed_within_seconds_and_mended_they_are_there_again(office: Office) -> None:
    priya, ruth, contact = together(office)
    ruth.desk.be_at(contact)
    priya.desk.be_at(contact)
    sees(ruth, contact, "Priya Nair")
    began = time.monotonic()
    priya.wire.cut()
    sees(ruth, contact)
    assert time.monotonic() - began < 2 * SILENT_SECONDS
    # Whoever is cut off knows nothing of the others either.
    sees(priya, contact)
    priya.wire.mend()
    sees(ruth, contact, "Priya Nair")
    priya.network.stop()
    sees(ruth, contact)


def test_it_crosses_from_one_instance_of_the_store_to_another(office: Office, tmp_path: Path) -> None:
    folder = tmp_path / "second"
    folder.mkdir()
    with another_instance(office.served, folder) as second:
        server = Server(second.base_url, second.cert.read_text(), office.hub)
        priya, ruth, contact = together(office, server)
        priya.desk.be_at(contact)
        ruth.desk.be_at(contact)
        sees(ruth, contact, "Priya Nair")
        sees(priya, contact, "Ruth Okafor")
        for one in office.desks:
            one.network.stop()


def test_what_was_open_before_there_was_a_line_is_said_once_there_is_one(office: Office) -> None:
    _, ruth, contact = together(office)
    late = office.sit("Dan Pell", "scc-children", Role.SOCIAL_WORKER, start=False)
    late.desk.be_at(contact)
    late.network.start()
    sees(ruth, contact, "Dan Pell")


def test_where_the_store_will_not_hear_it_nobody_asks_in_a_tight_loop_and_moving_on_is_said_at_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "REFUSED_SECONDS", 3600.0)
    monkeypatch.setattr(presence, "BEAT_SECONDS", 0.05)
    relay = office.relay()
    priya, ruth, contact = together(office, relay.server)
    told: list[protocol.Presence] = []

    def note(asked: Asked) -> Asked | Answered:
        if asked.path.endswith("/presence"):
            told.append(msgspec.json.decode(asked.body, type=protocol.Presence))
        return asked

    relay.before = note
    elsewhere = f"referral:{uuid7()}"
    ruth.desk.be_at(elsewhere)
    until(lambda: bool(told), "a refusal")
    time.sleep(0.5)
    assert [one.stream for one in told] == [elsewhere]
    ruth.desk.be_at(contact)
    sees(priya, contact, "Ruth Okafor")
    ruth.desk.leave(elsewhere)
    assert ruth.desk.at == contact, "another has been opened since"
    ruth.desk.leave(contact)
    until(lambda: told[-1].doing == LEFT, "that she left")
    assert {one.doing for one in told if one.stream == contact} == {LOOKING, LEFT}


def test_what_cannot_be_said_is_told_of_at_the_end_and_keeps_nothing_else(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    priya = office.sit("Priya Nair", "scc-children", Role.TRIAGE_OPERATOR)
    priya.until_online()
    priya.desk.be_at("referral:\ud800")  # no text that can be sent
    contact = f"referral:{uuid7()}"
    priya.contact(contact)
    priya.until_holding(contact, "contact.opened")
    priya.network.stop()
    assert "the network failed: UnicodeEncodeError" in caplog.text
