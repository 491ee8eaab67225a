"""The network thread: prompt, patient, never in a tight loop, and silent about nothing."""

from __future__ import annotations

import hashlib
import socket
import time
from concurrent.futures import CancelledError
from dataclasses import replace as changed
from threading import Event
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import delete
from uuid6 import uuid7

from mash_desktop.cache import ChangeSet
from mash_desktop.domain.entries.contact import DocumentAttached, NoteAdded
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.roles import Role
from sync import protocol
from sync.client import Synchroniser, Unreachable, together
from sync.client.together import FAULT
from sync.store import tables
from sync.store.bootstrap import accounts
from tests.support.relay import Answered, Asked, spoken
from tests.sync.client.conftest import Networked, Office, until

# Which PostgreSQL the store has is the same to a desk.
pytestmark = pytest.mark.parametrize("postgres", ["embedded"], indirect=True)

OPERATOR = ("scc-children", Role.TRIAGE_OPERATOR)
CONSULTANT = ("scc-children", Role.CONSULTANT_SOCIAL_WORKER)


def referral() -> str:
    return f"referral:{uuid7()}"


def problem(code: str, sentence: str = "It cannot be done.") -> bytes:
    return msgspec.json.encode(protocol.Problem(code=code, sentence=sentence))


def paths(asked: list[Asked]) -> list[str]:
    return [one.path.rsplit("/", 1)[1].partition("?")[0] for one in asked]


def note(networked: Networked, stream: str, *words: str) -> str:
    return networked.desk.act(stream, *(NoteAdded(words=one) for one in words))


def states(networked: Networked) -> list[str]:
    return [one.state for one in networked.desk.cache.waiting()]


# --- beginning and ending


def test_a_first_sync_goes_page_by_page_and_takes_up_where_it_was_broken_off(office: Office) -> None:
    relay = office.relay()

    def short(asked: Asked) -> Asked:
        if not asked.path.endswith("/feed"):
            return asked
        pull = msgspec.json.decode(asked.body, type=protocol.Pull)
        return changed(asked, body=msgspec.json.encode(replace(pull, limit=4)))

    priya = office.sit("Priya Nair", *OPERATOR)
    priya.until_online()
    cases = [referral() for _ in range(5)]
    for case in cases:
        priya.contact(case)
    priya.until_sent()
    pages = 0

    def breaks(asked: Asked, answered: Answered) -> Answered | None:
        nonlocal pages
        pages += asked.path.endswith("/feed")
        return answered if pages < 3 else None

    relay.before, relay.alter = short, breaks
    ruth = office.sit("Ruth Okafor", *CONSULTANT, server=relay.server)
    until(lambda: pages >= 3, "the break")
    held = {audience: place.n for audience, place in ruth.desk.cache.places().items()}
    assert sum(held.values()) == 8
    assert {status.first_sync for status in ruth.statuses} == {True}
    relay.alter = lambda asked, answered: answered
    ruth.until_online()
    for case in cases:
        ruth.until_holding(case, "contact.opened")
    assert not ruth.status.first_sync
    pulls = [one.body for one in relay.asked if one.path.endswith("/feed")]
    cursors = [msgspec.json.decode(one, type=protocol.Pull).cursors for one in pulls]
    assert sum(1 for one in cursors if one == ()) == 1


def test_it_ends_at_once_whatever_it_waits_for(office: Office) -> None:
    relay = office.relay()
    relay.slow = 30
    priya = office.left("Priya Nair", *OPERATOR)
    priya.contact(referral())
    priya.connect(relay.server)
    until(lambda: "head" in paths(relay.asked), "a request under way")
    began = time.monotonic()
    priya.network.stop()
    assert time.monotonic() - began < 15
    assert states(priya) == ["waiting"]
    priya.network.stop()


def test_it_ends_before_the_system_says_that_it_cannot_find_the_hub(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, answers = Event(), Event()

    def look_up(*_: Any, **__: Any) -> Any:
        asked.set()
        answers.wait(30)
        raise socket.gaierror

    priya = office.left("Priya Nair", *OPERATOR)
    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    priya.connect(replace(priya.wire.server, url="https://isl.invalid"))
    assert asked.wait(10)
    began = time.monotonic()
    priya.network.stop()
    assert time.monotonic() - began < 15
    statuses = len(priya.statuses)
    answers.set()
    until(lambda: not priya.network._thread.is_alive(), "the end of its thread")
    assert len(priya.statuses) == statuses


def test_before_it_starts_and_after_it_ends_it_is_simply_not_there(office: Office) -> None:
    priya = office.sit("Priya Nair", *OPERATOR, start=False)
    priya.network.wake()
    search = protocol.PeopleSearch(standing=priya.signed.standing, surname="Carter")
    with pytest.raises(Unreachable):
        priya.network.ask(search, "/v1/people", protocol.PeopleFound)
    with pytest.raises(Unreachable):
        priya.network.fetch_chunk("00")
    priya.network.stop()
    priya.network.start()
    until(lambda: not priya.network._thread.is_alive(), "the end of one that was stopped before")
    priya.network.wake()
    with pytest.raises(Unreachable):
        priya.network.ask(search, "/v1/people", protocol.PeopleFound)


def test_what_was_saved_before_it_started_is_sent(office: Office) -> None:
    priya = office.left("Priya Nair", *OPERATOR)
    case = referral()
    priya.contact(case)
    priya.connect()
    priya.until_holding(case, "contact.opened")
    assert states(priya) == []


def test_a_question_is_answered_beside_the_acts_or_cancelled_when_it_ends(office: Office) -> None:
    relay = office.relay()
    priya = office.sit("Priya Nair", *OPERATOR, server=relay.server)
    priya.until_online()
    people = f"/v1/hubs/{office.hub}/people"
    search = protocol.PeopleSearch(standing=priya.signed.standing, forenames="Mia", surname="Carter")
    assert priya.network.ask(search, people, protocol.PeopleFound).result(10).found == ()
    relay.slow = 30
    waiting = priya.network.ask(search, people, protocol.PeopleFound)
    priya.network.stop()
    with pytest.raises(CancelledError):
        waiting.result(5)


def test_it_goes_on_from_the_head_it_had_verified(office: Office) -> None:
    priya = office.sit("Priya Nair", *OPERATOR)
    priya.until_online()
    priya.network.stop()
    heads: list[int] = []
    again = Synchroniser(
        priya.desk.cache,
        priya.wire.server,
        priya.signed.session,
        priya.signed.enrolled.store_key,
        on_change=lambda change: None,
        on_status=lambda status: None,
        on_seen=lambda seen: heads.append(seen.size),
    )
    again.start()
    until(lambda: again.status.online, "online")
    again.stop()
    assert heads[0] == priya.status.log_size


def test_whoever_listens_badly_is_told_of_and_ends_nothing(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    priya = office.sit("Priya Nair", *OPERATOR, start=False)
    case = referral()

    def deaf(status: object) -> None:
        raise LookupError("a window that is gone, with a name in it")

    priya.network._together._on_status = deaf
    priya.network.start()
    priya.until_online()
    priya.contact(case)
    priya.until_holding(case, "contact.opened")
    assert "LookupError at deaf" in caplog.text
    assert "a name in it" not in caplog.text


# --- the line and the store falter


def test_a_store_that_asks_for_time_gets_it(office: Office) -> None:
    relay = office.relay()
    relay.before = lambda asked: Answered(503, problem("busy"), {"Retry-After": "5"})
    priya = office.sit("Priya Nair", *OPERATOR, server=relay.server)
    until(lambda: "head" in paths(relay.asked), "the first try")
    began = time.monotonic()
    while time.monotonic() - began < 1.2:
        priya.network.wake()
        time.sleep(0.05)
    assert paths(relay.asked).count("head") == 1
    relay.before = lambda asked: asked
    priya.until_online()
    assert time.monotonic() - began > 4


def test_a_person_who_acts_after_a_failure_does_not_wait_for_the_longest_pause(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(together, "WOKEN_SECONDS", 0.2)
    monkeypatch.setattr("sync.client.backoff.FIRST", 60.0)
    relay = office.relay()
    relay.before = lambda asked: Answered(500, b"")
    priya = office.left("Priya Nair", *OPERATOR)
    priya.connect(relay.server)
    until(lambda: "head" in paths(relay.asked), "the first try")
    relay.before = lambda asked: asked
    priya.contact(referral())
    began = time.monotonic()
    priya.until_online()
    assert time.monotonic() - began < 30


@pytest.mark.parametrize("fault", ["nothing more", "not a page", "500"])
def test_no_answer_makes_a_tight_loop(office: Office, fault: str) -> None:
    relay = office.relay()

    def falters(asked: Asked, answered: Answered) -> Answered:
        if not asked.path.endswith("/feed"):
            return answered
        page = msgspec.json.decode(answered.body, type=protocol.Page)
        empty = msgspec.json.encode(replace(page, rows=(), more=True))
        return {
            "nothing more": changed(answered, body=empty),
            "not a page": changed(answered, body=b"<html>"),
            "500": Answered(500, b""),
        }[fault]

    relay.alter = falters
    priya = office.sit("Priya Nair", *OPERATOR, server=relay.server)
    until(lambda: "feed" in paths(relay.asked), "the first try")
    time.sleep(1.5)
    assert paths(relay.asked).count("feed") < 30
    assert not priya.status.online
    assert not priya.status.distrust
    relay.alter = lambda asked, answered: answered
    priya.until_online()


@pytest.mark.parametrize("version", ["0", str(protocol.VERSION + 1), "99"])
def test_a_desktop_of_another_protocol_version_is_told_so_and_keeps_its_work(
    office: Office, version: str
) -> None:
    relay = office.relay()
    relay.before = spoken(version)
    priya = office.left("Priya Nair", *OPERATOR)
    case = referral()
    priya.contact(case)
    priya.connect(relay.server)
    until(lambda: bool(priya.status.trouble), "the reason")
    assert f"version {protocol.VERSION} of the protocol" in priya.status.trouble
    assert not priya.status.online
    assert states(priya) == ["waiting"]
    relay.before = lambda asked: asked
    priya.network.wake()
    priya.until_holding(case, "contact.opened")
    until(lambda: priya.status.online, "online")
    assert priya.status.trouble == ""


def test_a_fault_of_this_program_is_told_and_tried_again(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    priya = office.sit("Priya Nair", *OPERATOR)
    ruth = office.sit("Ruth Okafor", *CONSULTANT)
    priya.until_online()
    ruth.until_online()
    faults = [KeyError("Mia Carter"), Refusal("disk-full", "The disk of this computer is full.")]

    def listener(change: ChangeSet) -> None:
        if faults:
            raise faults.pop()

    priya.desk.listen(listener)
    case = referral()
    ruth.contact(case)
    until(lambda: len(faults) == 1, "the first fault")
    note(ruth, case, "The school rang.")
    until(lambda: not faults, "the second fault")
    priya.until_holding(case, "contact.opened")
    until(lambda: priya.status.online and not priya.status.trouble, "together again")
    said = {status.trouble for status in priya.statuses}
    assert said >= {FAULT, "The disk of this computer is full."}
    assert "KeyError at listener" in caplog.text
    assert "Mia Carter" not in caplog.text


def test_a_session_that_ends_in_the_middle_of_a_push_asks_once_and_loses_nothing(office: Office) -> None:
    relay = office.relay()
    priya = office.sit("Priya Nair", *OPERATOR, server=relay.server)
    priya.until_online()
    store = office.served.direct

    def ends(asked: Asked) -> Asked:
        if asked.path.endswith("/acts"):
            with store.engine.begin() as db:
                db.execute(delete(tables.sessions).where(tables.sessions.c.hub == office.hub))
        return asked

    relay.before = ends
    case = referral()
    priya.contact(case)
    until(lambda: bool(priya.status.signed_out), "signed out")
    assert states(priya) == ["waiting"]
    relay.before = lambda asked: asked
    served, account = office.served, accounts(store, office.hub)[priya.signed.enrolled.person]
    signed = priya.signed
    session = served.sign_in(account, signed.device, signed.totp_uri, signed.key)
    priya.connect(session=session)
    priya.until_holding(case, "contact.opened")


def test_a_session_that_ends_between_a_page_and_its_proof_is_told_as_that(office: Office) -> None:
    relay = office.relay()
    priya = office.sit("Priya Nair", *OPERATOR, server=relay.server)
    priya.until_online()
    over = Answered(401, problem("session-ended", "You are signed out. Sign in again."))
    relay.before = lambda asked: over if "inclusion" in asked.path else asked
    priya.contact(referral())
    until(lambda: bool(priya.status.signed_out), "signed out")
    assert not priya.status.distrust
    assert states(priya) == ["waiting"]


# --- what cannot be taken


def test_an_act_too_large_for_the_hub_is_told_and_holds_up_nothing_else(office: Office) -> None:
    priya = office.sit("Priya Nair", *OPERATOR)
    priya.until_online()
    case, other = referral(), referral()
    priya.contact(case)
    priya.until_sent()
    note(priya, case, *("x" * 900_000 for _ in range(9)))
    priya.contact(other)
    until(lambda: states(priya) == ["refused"], "the refusal")
    (refused,) = priya.desk.cache.waiting()
    assert refused.code == "body-too-large"
    assert len(refused.entries) == 9
    priya.until_holding(other, "contact.opened")


def test_a_batch_too_large_goes_in_parts(office: Office) -> None:
    relay = office.relay()
    relay.before = lambda asked: (
        Answered(413, problem("body-too-large"))
        if asked.path.endswith("/acts") and len(asked.body) > 6000
        else asked
    )
    priya = office.left("Priya Nair", *OPERATOR)
    case = referral()
    priya.contact(case)
    for number in range(9):
        note(priya, case, f"note {number} " * 20)
    priya.connect(relay.server)
    priya.until_sent()
    until(lambda: len(priya.desk.referral(case).all(NoteAdded)) == 9, "all notes")
    assert states(priya) == []


def attach(networked: Networked, stream: str, content: bytes) -> str:
    digest = hashlib.sha256(content).hexdigest()
    networked.desk.cache.put_chunk(digest, content)
    networked.desk.act(
        stream,
        DocumentAttached(
            document="d1",
            title="School chronology",
            media_type="application/pdf",
            size=len(content),
            digest=digest,
            chunks=(digest,),
        ),
    )
    return digest


def test_a_piece_that_the_hub_does_not_take_refuses_the_act_that_names_it_and_no_other(
    office: Office,
) -> None:
    priya = office.sit("Priya Nair", *OPERATOR)
    priya.until_online()
    case, other = referral(), referral()
    priya.contact(case)
    priya.until_sent()
    digest = attach(priya, case, b"%PDF-1.7 " + bytes(1024 * 1024))
    priya.contact(other)
    until(lambda: states(priya) == ["refused"], "the refusal")
    priya.until_holding(other, "contact.opened")
    assert priya.desk.cache.unsent_chunks() == (digest,)


def test_a_piece_that_two_acts_name_is_sent_once(office: Office) -> None:
    relay = office.relay()
    priya = office.left("Priya Nair", *OPERATOR)
    case, other = referral(), referral()
    for stream in (case, other):
        priya.contact(stream)
        digest = attach(priya, stream, b"%PDF-1.7 chronology")
    priya.connect(relay.server)
    priya.until_holding(case, "document.attached")
    priya.until_holding(other, "document.attached")
    assert [one.path.rsplit("/", 1)[1] for one in relay.asked if one.method == "PUT"] == [digest]


def test_a_document_taken_back_before_it_left_is_not_sent(office: Office) -> None:
    relay = office.relay()
    priya = office.left("Priya Nair", *OPERATOR)
    case = referral()
    priya.contact(case)
    attach(priya, case, b"%PDF-1.7 of the wrong family")
    kept = attach(priya, case, b"%PDF-1.7 chronology")
    attaching = priya.desk.cache.waiting()[1].act
    priya.desk.tell(priya.desk.cache.let_go(attaching))
    priya.connect(relay.server)
    priya.until_holding(case, "document.attached")
    sent = [one.path.rsplit("/", 1)[1] for one in relay.asked if one.method == "PUT"]
    assert sent == [kept]


def test_an_act_that_an_older_hub_cannot_read_is_refused_once(office: Office) -> None:
    relay = office.relay()

    def unread(asked: Asked, answered: Answered) -> Answered:
        if not asked.path.endswith("/acts"):
            return answered
        pushed = msgspec.json.decode(answered.body, type=protocol.Pushed)
        refused = protocol.Answer(
            act="", state="refused", code="act-unreadable", sentence="It is not readable."
        )
        return changed(answered, body=msgspec.json.encode(replace(pushed, answers=(refused,))))

    relay.alter = unread
    priya = office.left("Priya Nair", *OPERATOR)
    priya.contact(referral())
    priya.connect(relay.server)
    until(lambda: states(priya) == ["refused"], "the refusal")
    priya.until_online()
    assert paths(relay.asked).count("acts") == 1


def test_an_act_taken_back_while_it_travels_comes_back_as_the_hub_has_it(office: Office) -> None:
    relay = office.relay()
    priya = office.sit("Priya Nair", *OPERATOR, server=relay.server)
    priya.until_online()

    def taken_back(asked: Asked, answered: Answered) -> Answered:
        if asked.path.endswith("/acts"):
            for one in priya.desk.cache.waiting():
                priya.desk.cache.let_go(one.act)
        return answered

    relay.alter = taken_back
    case = referral()
    priya.contact(case)
    priya.until_holding(case, "contact.opened")
    assert states(priya) == []


# --- listening


def test_a_live_stream_that_ends_at_once_is_not_opened_in_a_tight_loop(office: Office) -> None:
    relay = office.relay()
    relay.events = b'event: grown\ndata: {"size": 1}\n\n'
    priya = office.sit("Priya Nair", *OPERATOR, server=relay.server)
    priya.until_online()
    time.sleep(1.5)
    assert paths(relay.asked).count("live") < 15


def test_a_live_stream_that_held_is_opened_again_and_the_line_looked_at(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(together, "STEADY_SECONDS", 0.0)
    relay = office.relay()
    priya = office.sit("Priya Nair", *OPERATOR, server=relay.server)
    priya.until_online()
    priya.wire.cut()
    # Nothing was asked of it, and still it knows.
    until(lambda: not priya.status.online, "offline")
    priya.wire.mend()
    priya.until_online()
    until(lambda: paths(relay.asked).count("live") > 1, "the live stream again")


def test_nonsense_on_the_live_stream_is_survived(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    relay = office.relay()
    relay.events = b'event: news\ndata: {}\n\nevent: presence\ndata: {"stream": 3}\n\n'
    priya = office.left("Priya Nair", *OPERATOR)
    priya.connect(relay.server)
    until(lambda: "the network failed: ValidationError" in caplog.text, "the fault")
    case = referral()
    priya.contact(case)
    priya.until_holding(case, "contact.opened")


def test_who_else_is_there_is_passed_on(office: Office) -> None:
    priya = office.sit("Priya Nair", *OPERATOR)
    ruth = office.sit("Ruth Okafor", *CONSULTANT)
    case = referral()
    priya.contact(case)
    ruth.until_holding(case, "contact.opened")
    ruth.until_online()

    def seen() -> bool:
        presence = protocol.Presence(stream=case, doing="looking")
        priya.signed.post(f"/v1/hubs/{office.hub}/presence", presence)
        return bool(ruth.presences)

    until(seen, "presence")
    assert (ruth.presences[0].name, ruth.presences[0].doing) == ("Priya Nair", "looking")
