"""Desks and the store stay together: online, offline, cut in the middle, refused, revoked."""

from __future__ import annotations

from uuid6 import uuid7

from mash_desktop.cache import ChangeSet
from mash_desktop.domain.entries.contact import ContactPassed, NoteAdded
from mash_desktop.domain.roles import Role
from sync.store.bootstrap import revoke_key
from tests.support.relay import Answered, Asked
from tests.sync.client.conftest import Office, until
from tests.sync.client.test_synchroniser import attach


def stream() -> str:
    return f"referral:{uuid7()}"


def test_what_one_desk_saves_another_holds_without_asking(office: Office) -> None:
    priya = office.sit("Priya Nair", "scc-children", Role.TRIAGE_OPERATOR)
    ruth = office.sit("Ruth Okafor", "scc-children", Role.CONSULTANT_SOCIAL_WORKER)
    priya.until_online()
    ruth.until_online()
    ruth.changes.clear()
    contact = stream()
    priya.contact(contact)
    ruth.until_holding(contact, "contact.opened")
    # A screen is told once it is kept.
    until(lambda: any(contact in change.streams for change in ruth.changes), "the change told")
    priya.until_sent()
    row = ruth.desk.cache.row(contact)
    assert row is not None
    assert row.reference == priya.desk.referral(contact).reference


def test_a_desk_that_is_cut_off_goes_on_working_and_catches_up(office: Office) -> None:
    priya = office.sit("Priya Nair", "scc-children", Role.TRIAGE_OPERATOR)
    ruth = office.sit("Ruth Okafor", "scc-children", Role.CONSULTANT_SOCIAL_WORKER)
    priya.until_online()
    ruth.until_online()
    mine, theirs = stream(), stream()
    priya.wire.cut()
    priya.contact(mine)
    ruth.contact(theirs)
    ruth.until_sent()
    until(lambda: not priya.status.online, "offline")
    assert priya.desk.referral(mine).opened is not None
    assert priya.desk.cache.waiting()
    priya.wire.mend()
    priya.until_holding(theirs, "contact.opened")
    ruth.until_holding(mine, "contact.opened")
    priya.until_online()


def test_an_act_whose_answer_was_lost_is_admitted_once(office: Office) -> None:
    priya = office.sit("Priya Nair", "scc-children", Role.TRIAGE_OPERATOR)
    priya.until_online()
    contact = stream()
    priya.contact(contact)
    for number in range(10):
        priya.desk.act(contact, NoteAdded(words=f"note {number}"))
        priya.wire.cut()
        priya.wire.mend()
    priya.until_sent()
    ruth = office.sit("Ruth Okafor", "scc-children", Role.CONSULTANT_SOCIAL_WORKER)
    until(lambda: len(ruth.desk.referral(contact).all(NoteAdded)) == 10, "ten notes")
    assert [note.body.words for note in ruth.desk.referral(contact).all(NoteAdded)] == [
        f"note {number}" for number in range(10)
    ]


def test_of_two_who_move_the_same_chain_one_is_told_and_keeps_the_words(office: Office) -> None:
    priya = office.sit("Priya Nair", "scc-children", Role.TRIAGE_OPERATOR)
    owen = office.sit("Owen Pugh", "scc-children", Role.TRIAGE_OPERATOR)
    priya.until_online()
    contact = stream()
    priya.contact(contact)
    owen.until_holding(contact, "contact.opened")
    owen.wire.cut()
    owen.desk.act(contact, ContactPassed(worker="Dan Whitmore", reason="Open case, Dan is allocated."))
    priya.desk.act(contact, ContactPassed(worker="Lucy Machin", reason="Open case with Lucy."))
    priya.until_sent()
    owen.wire.mend()
    until(lambda: any(one.state == "refused" for one in owen.desk.cache.waiting()), "the refusal")
    (refused,) = owen.desk.cache.waiting()
    assert refused.entries[0].body == ContactPassed(
        worker="Dan Whitmore", reason="Open case, Dan is allocated."
    )
    assert refused.sentence
    owen.until_holding(contact, "contact.passed")
    closed = owen.desk.referral(contact).closed
    assert closed is not None
    assert closed.body == ContactPassed(worker="Lucy Machin", reason="Open case with Lucy.")


def test_a_revoked_device_is_told_at_once_and_keeps_what_it_had_not_sent(office: Office) -> None:
    priya = office.sit("Priya Nair", "scc-children", Role.TRIAGE_OPERATOR)
    priya.until_online()
    contact = stream()
    priya.contact(contact)
    priya.until_sent()
    priya.wire.cut()
    priya.desk.act(contact, NoteAdded(words="not sent yet"))
    revoke_key(office.served.direct, office.hub, priya.signed.enrolled.key, "The laptop was lost.")
    priya.wire.mend()
    until(lambda: bool(priya.status.signed_out), "signed out")
    assert [one.state for one in priya.desk.cache.waiting()] != []


def test_a_fresh_desktop_of_the_same_person_holds_the_same(office: Office) -> None:
    priya = office.sit("Priya Nair", "scc-children", Role.TRIAGE_OPERATOR)
    priya.until_online()
    contact = stream()
    priya.contact(contact)
    priya.desk.act(contact, NoteAdded(words="first"))
    priya.until_sent()
    again = office.sit("Priya Nair", "scc-children", Role.TRIAGE_OPERATOR, signed=priya.signed)
    again.until_holding(contact, "note.added")
    assert again.desk.cache.row(contact) == priya.desk.cache.row(contact)
    until(lambda: not again.status.first_sync, "the end of the first sync")


def test_a_feed_forgotten_while_its_page_is_on_the_way_is_read_anew(office: Office) -> None:
    """As this desktop does by itself once the time of broken glass is over, whatever the network is doing."""
    relay = office.relay()
    priya = office.sit("Priya Nair", "scc-children", Role.TRIAGE_OPERATOR)
    ruth = office.sit("Ruth Okafor", "scc-children", Role.CONSULTANT_SOCIAL_WORKER, server=relay.server)
    priya.until_online()
    before, after = stream(), stream()
    priya.contact(before)
    ruth.until_holding(before, "contact.opened")
    ruth.until_online()
    ruth.network.stop()
    priya.contact(after)
    priya.until_sent()
    forgotten: list[ChangeSet] = []

    def alter(asked: Asked, answered: Answered) -> Answered:
        if asked.path.endswith("/feed") and not forgotten:
            forgotten.append(ruth.desk.cache.forget_audience("agency:scc-children"))
        return answered

    relay.alter = alter
    ruth.connect(relay.server)
    ruth.until_holding(after, "contact.opened")
    ruth.until_holding(before, "contact.opened")
    assert forgotten
    ruth.until_online()
    assert not ruth.status.distrust


def test_documents_travel_in_chunks_to_who_may_see_them(office: Office) -> None:
    priya = office.sit("Priya Nair", "scc-children", Role.TRIAGE_OPERATOR)
    ruth = office.sit("Ruth Okafor", "scc-children", Role.CONSULTANT_SOCIAL_WORKER)
    priya.until_online()
    contact = stream()
    priya.contact(contact)
    content = b"%PDF-1.7 " + bytes(2000)
    digest = attach(priya, contact, content)
    ruth.until_holding(contact, "document.attached")
    until(lambda: not priya.desk.cache.unsent_chunks(), "the chunk sent")
    assert ruth.network.fetch_chunk(digest).result(10) == content
