"""What is disposed of goes from every desk that held it, and governance has each desk's receipt."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from uuid6 import uuid7

from mash_desktop.domain.entries import Unread
from mash_desktop.domain.entries.access import PurgeConfirmed
from mash_desktop.domain.entries.contact import NoteAdded
from mash_desktop.domain.entries.keeping import DisposalAgreed, DisposalProposed
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.roles import Role
from tests.sync.client.conftest import Networked, Office, until

# Which PostgreSQL the store has is the same to a desk.
pytestmark = pytest.mark.parametrize("postgres", ["embedded"], indirect=True)

WHY = "It was about the wrong house."


def dispose(gwen: Networked, hal: Networked, target: str, entry: str | None = None) -> str:
    stream = f"keeping:{target}"
    gwen.desk.act(stream, DisposalProposed(target=target, entry=entry, reason=WHY))
    proposal = gwen.desk.cache.entries(stream)[-1].id
    until(lambda: any(e.id == proposal for e in hal.desk.cache.entries(stream)), "the proposal")
    hal.desk.act(stream, DisposalAgreed(target=target, entry=entry, proposal=proposal))
    return hal.desk.cache.entries(stream)[-1].id


def receipts(gwen: Networked, disposal: str) -> dict[str, int]:
    """How many bodies each person's desk says that it purged."""
    today = f"access:{datetime.now(UTC).date().isoformat()}"
    return {
        entry.author: entry.body.entries
        for entry in gwen.desk.cache.entries(today)
        if isinstance(entry.body, PurgeConfirmed) and entry.body.disposal == disposal
    }


def test_desks_purge_what_is_disposed_of_and_send_a_receipt(office: Office) -> None:
    priya = office.sit("Priya Nair", "scc-children", Role.TRIAGE_OPERATOR)
    ruth = office.sit("Ruth Okafor", "scc-children", Role.CONSULTANT_SOCIAL_WORKER)
    gwen = office.sit("Gwen Price", "mash", Role.INFORMATION_GOVERNANCE)
    hal = office.sit("Hal Winter", "police", Role.INFORMATION_GOVERNANCE)
    stream = f"referral:{uuid7()}"
    priya.contact(stream)
    priya.desk.act(stream, NoteAdded(words="A word too many."))
    ruth.until_holding(stream, "note.added")
    note = ruth.desk.cache.entries(stream)[-1].id
    for one in (priya, ruth):
        one.desk.cache.put_draft(f"{stream}/note", "half a sentence")

    gwen.desk.act(f"keeping:{stream}", DisposalProposed(target=stream, reason=WHY))
    proposal = gwen.desk.cache.entries(f"keeping:{stream}")[-1].id
    with pytest.raises(Refusal, match="second-person"):
        gwen.desk.act(f"keeping:{stream}", DisposalAgreed(target=stream, proposal=proposal))

    first = dispose(gwen, hal, stream, note)
    for one in (priya, ruth):
        until(
            lambda one=one: one.desk.cache.entries(stream)[-1].body == Unread(why="disposed"),  # type: ignore[misc]  # bound now
            "the stub",
        )
        assert one.desk.cache.draft(f"{stream}/note")

    until(lambda: hal.desk.cache.entries(f"keeping:{stream}")[-1].position is not None, "the answer")
    whole = hal.desk.act(f"keeping:{stream}", DisposalAgreed(target=stream, proposal=proposal))
    assert whole
    second = hal.desk.cache.entries(f"keeping:{stream}")[-1].id
    for one in (priya, ruth):
        until(lambda one=one: not one.desk.cache.entries(stream), "nothing left")  # type: ignore[misc]  # bound now
        assert one.desk.cache.row(stream) is None
        assert one.desk.cache.draft(f"{stream}/note") is None
        one.desk.send_access()
    people = {one.desk.me.person for one in (priya, ruth)}
    until(lambda: receipts(gwen, second).keys() == people, "the receipts")
    assert receipts(gwen, first) == dict.fromkeys(people, 1)
    assert receipts(gwen, second) == dict.fromkeys(people, 1)

    late = office.sit("Dan Whitmore", "scc-children", Role.SOCIAL_WORKER)
    late.until_online()
    assert late.desk.cache.entries(stream) == ()
    assert late.desk.cache.drafts("access/") == {}
