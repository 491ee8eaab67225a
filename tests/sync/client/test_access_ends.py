"""Access ends while a desktop is on the line: it is told, what waits is set aside, and nothing goes on."""

from __future__ import annotations

import pytest

from mash_desktop.cache import Cache, ChangeSet
from mash_desktop.domain.acts import Draft
from mash_desktop.domain.entries.contact import DocumentAttached, NoteAdded
from mash_desktop.domain.entries.hub import MembershipEnded
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.roles import Role
from sync.client.together import NO_ROLE
from sync.store.bootstrap import revoke_key
from tests.support.relay import Answered
from tests.sync.client.conftest import Office, until
from tests.sync.client.test_synchroniser import OPERATOR, attach, note, paths, referral, states

# Which PostgreSQL the store has is the same to a desk.
pytestmark = pytest.mark.parametrize("postgres", ["embedded"], indirect=True)


def test_a_device_revoked_while_it_is_online_is_told_at_once_and_its_work_set_aside(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    relay = office.relay()
    priya = office.sit("Priya Nair", *OPERATOR, server=relay.server)
    priya.until_online()
    relay.before = lambda asked: Answered(500, b"") if asked.path.endswith("/acts") else asked
    priya.contact(referral())
    until(lambda: not priya.status.online, "offline")
    revoke_key(office.served.direct, office.hub, priya.signed.enrolled.key, "The laptop was lost.")
    until(lambda: bool(priya.status.signed_out), "signed out")
    until(lambda: states(priya) == ["quarantined"], "the work set aside")
    assert "no longer enrolled" in priya.status.signed_out


def test_a_full_disk_does_not_hide_that_access_ended(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    priya = office.sit("Priya Nair", *OPERATOR)
    priya.until_online()

    def full(cache: Cache, author: str) -> ChangeSet:
        raise Refusal("disk-full", "The disk of this computer is full.")

    monkeypatch.setattr(Cache, "quarantine", full)
    revoke_key(office.served.direct, office.hub, priya.signed.enrolled.key, "The laptop was lost.")
    until(lambda: bool(priya.status.signed_out), "signed out")
    assert "not set aside: disk-full" in caplog.text


def test_whoever_listens_badly_as_access_ends_is_told_of(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    relay = office.relay()
    relay.events = b'event: locked\ndata: {"code":"device-revoked","sentence":"It was revoked."}\n\n'
    relay.slow = 1.0
    priya = office.left("Priya Nair", *OPERATOR)
    priya.contact(referral())

    def deaf(change: ChangeSet) -> None:
        if "quarantined" in states(priya):
            raise LookupError("a window that is gone, with a name in it")

    priya.desk.listen(deaf)
    priya.connect(relay.server)
    until(lambda: states(priya) == ["quarantined"], "the work set aside")
    priya.network.stop()
    assert "LookupError at deaf" in caplog.text
    assert "a name in it" not in caplog.text


def test_once_the_session_is_over_nobody_listens_on(office: Office) -> None:
    relay = office.relay()
    relay.events = b'event: locked\ndata: {"code":"session-ended","sentence":"Sign in again."}\n\n'
    relay.slow = 1.0
    priya = office.left("Priya Nair", *OPERATOR)
    priya.connect(relay.server)
    until(lambda: priya.status.signed_out == "Sign in again.", "the end")
    until(lambda: not priya.network._thread.is_alive(), "its thread's end")
    assert paths(relay.asked).count("live") == 1


def test_what_came_by_a_role_goes_with_it_and_the_other_role_goes_on(office: Office) -> None:
    served, hub = office.served, office.hub
    two = served.desk(hub, "Karen Shaw", ("scc-children", Role.SOCIAL_WORKER), ("mash", Role.HUB_MANAGER))
    noor = served.desk(hub, "Noor Haddad", ("mash", Role.ADMINISTRATOR))
    priya = office.sit("Priya Nair", *OPERATOR)
    karen = office.sit("Karen Shaw", "scc-children", Role.SOCIAL_WORKER, signed=two)
    priya.until_online()
    case = referral()
    priya.contact(case)
    karen.until_holding(case, "contact.opened")
    karen.wire.cut()
    note(karen, case, "Written in the role that ends.")
    ended = MembershipEnded(
        person=two.enrolled.person, agency="scc-children", role=Role.SOCIAL_WORKER, reason="Moved."
    )
    assert noor.act(Draft("hub", ended)).state == "admitted"
    karen.wire.mend()
    until(lambda: states(karen) == ["refused"], "the refusal")
    until(lambda: not karen.desk.cache.entries(case), "the purge")
    karen.until_online()
    assert set(karen.desk.cache.places()) >= {"hub", "agency:mash"}
    assert karen.desk.cache.row(case) is None
    (refused,) = karen.desk.cache.waiting()
    assert refused.entries[0].body == NoteAdded(words="Written in the role that ends.")

    last = MembershipEnded(person=two.enrolled.person, agency="mash", role=Role.HUB_MANAGER, reason="Moved.")
    assert noor.act(Draft("hub", last)).state == "admitted"
    karen.network.wake()
    until(lambda: karen.status.signed_out == NO_ROLE, "that no role is held")
    until(lambda: karen.desk.cache.places() == {}, "the purge of all")
    assert states(karen) == ["refused"]


def test_whoever_holds_no_role_is_told_so_though_a_document_of_theirs_cannot_be_sent(office: Office) -> None:
    noor = office.served.desk(office.hub, "Noor Haddad", ("mash", Role.ADMINISTRATOR))
    priya = office.sit("Priya Nair", *OPERATOR)
    priya.until_online()
    case = referral()
    priya.contact(case)
    priya.until_sent()
    priya.wire.cut()
    attach(priya, case, b"%PDF-1.7 body map")
    person, (agency, role) = priya.signed.enrolled.person, OPERATOR
    ended = MembershipEnded(person=person, agency=agency, role=role, reason="Moved.")
    assert noor.act(Draft("hub", ended)).state == "admitted"
    priya.wire.mend()
    until(lambda: priya.status.signed_out == NO_ROLE, "that no role is held")
    assert priya.status.barred == "role-missing"
    until(lambda: not priya.desk.cache.places(), "the purge of all")
    (one,) = priya.desk.cache.waiting()
    assert isinstance(one.entries[0].body, DocumentAttached)


def test_what_the_author_may_not_hold_goes_once_the_feeds_have_been_read(office: Office) -> None:
    """Accesses are governance's alone: the desktop that made them does not keep them."""
    priya = office.sit("Priya Nair", *OPERATOR)
    priya.until_online()
    priya.desk.exported("figures", 3)
    priya.desk.send_access()
    priya.until_sent()
    until(lambda: priya.desk.cache.holdings().access_days == 0, "the purge")
    priya.until_online()
