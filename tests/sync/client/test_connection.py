"""One connection to a pinned store: what it answers, and what is no answer of a store's."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from typing import TypeVar

import msgspec
import pytest

from mash_desktop.domain.errors import Refusal
from sync.client import Connection, Server, Unreachable
from sync.protocol import Path as Proof
from sync.store.serving import fingerprint
from tests.support.lines import nobody_listens
from tests.support.relay import Answered, Relay
from tests.support.store import ServedStore
from tests.sync.client.conftest import Office

# Which PostgreSQL the store has is the same to a desk.
pytestmark = pytest.mark.parametrize("postgres", ["embedded"], indirect=True)

T = TypeVar("T")


def ask(server: Server, what: Callable[[Connection], Awaitable[T]], token: str | None = None) -> T:
    async def asked() -> T:
        connection = Connection(server, token)
        try:
            return await what(connection)
        finally:
            await connection.close()

    return asyncio.run(asked())


def proof(connection: Connection) -> Awaitable[Proof]:
    return connection.proof("inclusion", position=1, size=1)


def says(relay: Relay, status: int, body: bytes, **headers: str) -> None:
    kept = {name.replace("_", "-"): value for name, value in headers.items()}
    relay.before = lambda asked: Answered(status, body, kept)


PROBLEM = b'{"code": "%s", "sentence": "It cannot be done.", "field": "code"}'


def test_a_refusal_has_the_stores_code_sentence_and_field(office: Office) -> None:
    relay = office.relay()
    says(relay, 400, PROBLEM % b"proof-wrong")
    with pytest.raises(Refusal) as told:
        ask(relay.server, proof)
    assert (told.value.code, told.value.field) == ("proof-wrong", "code")
    with pytest.raises(Refusal) as told:
        ask(office.server, proof)
    assert told.value.code == "session-ended"


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 599])
def test_what_is_worth_trying_again_is_not_a_refusal(office: Office, status: int) -> None:
    relay = office.relay()
    says(relay, status, PROBLEM % b"busy")
    with pytest.raises(Unreachable) as told:
        ask(relay.server, proof)
    assert told.value.retry_after is None


@pytest.mark.parametrize("status", [200, 204, 301, 302, 307, 404, 400, 503])
@pytest.mark.parametrize("body", [b"<html>Sign in to the Wi-Fi</html>", b"\xff\xfe", b"{}", b"[]"])
def test_what_no_store_says_is_no_answer(office: Office, status: int, body: bytes) -> None:
    relay = office.relay()
    says(relay, status, body)
    with pytest.raises(Unreachable):
        ask(relay.server, proof)


def test_a_piece_is_sent_only_when_the_store_says_so(office: Office) -> None:
    relay = office.relay()
    says(relay, 302, b"", location="https://elsewhere.example/")
    with pytest.raises(Unreachable):
        ask(relay.server, lambda connection: connection.put_chunk("00", b"a page"))


def test_the_wait_asked_for_is_read_wherever_it_stands(office: Office) -> None:
    relay = office.relay()

    def asked_for(status: int, body: bytes, **headers: str) -> float | None:
        says(relay, status, body, **headers)
        with pytest.raises(Unreachable) as told:
            ask(relay.server, proof)
        return told.value.retry_after

    problem = b'{"code": "too-often", "sentence": "Wait.", "retry_after": 7}'
    assert asked_for(429, problem, retry_after="9") == 7
    assert asked_for(503, PROBLEM % b"busy", retry_after="9") == 9
    assert asked_for(503, b"<html>", retry_after="11") == 11
    assert 50 < (asked_for(503, b"", retry_after=formatdate(time.time() + 60, usegmt=True)) or 0) <= 60
    assert asked_for(503, b"", retry_after=formatdate(time.time() - 60, usegmt=True)) == 0
    assert asked_for(503, b"", retry_after="soon") is None
    assert asked_for(503, b"") is None


def test_a_line_that_breaks_is_no_answer(office: Office) -> None:
    relay = office.relay()
    relay.alter = lambda asked, answered: None
    with pytest.raises(Unreachable):
        ask(relay.server, proof)
    with nobody_listens() as port, pytest.raises(Unreachable):
        ask(msgspec.structs.replace(relay.server, url=f"https://127.0.0.1:{port}"), proof)


def test_another_certificate_than_the_pinned_one_is_told_and_nothing_is_sent(office: Office) -> None:
    relay = office.relay()
    impostor = msgspec.structs.replace(relay.server, certificate=office.server.certificate)
    with pytest.raises(Refusal) as told:
        ask(impostor, proof, token="a token that nobody else may have")
    assert told.value.code == "certificate-wrong"
    assert relay.asked == []


def test_a_live_stream_that_is_refused_says_why(office: Office) -> None:
    async def listen(connection: Connection) -> list[tuple[str, str]]:
        return [event async for event in connection.live()]

    with pytest.raises(Refusal) as told:
        ask(office.server, listen, token="unheard of")
    assert told.value.code == "session-ended"
    relay = office.relay()
    relay.events = b'event: grown\ndata: {"size": 3}\n\n: still here\n\nevent: locked\ndata: {}\n\n'
    assert ask(relay.server, listen) == [("grown", '{"size": 3}'), ("locked", "{}")]
    relay.before = lambda asked: Answered(200, b"<html>", {"content-type": "text/html"})
    with pytest.raises(Unreachable):
        ask(relay.server, listen)


# --- pinning


def test_a_store_is_pinned_by_its_fingerprint_however_it_is_typed(served_store: ServedStore) -> None:
    mark = fingerprint(served_store.cert)
    with_colons = ":".join(mark[at : at + 2] for at in range(0, len(mark), 2)).upper()
    for typed in (mark, with_colons, f" {mark} "):
        server = Server.pinned(served_store.base_url + "/", typed)
        assert ssl.PEM_cert_to_DER_cert(server.certificate) == ssl.PEM_cert_to_DER_cert(
            served_store.cert.read_text()
        )
        assert (server.url, server.hub) == (served_store.base_url, "")


@pytest.mark.parametrize("typed", ["", "00" * 32, "not a fingerprint", "empreinte digitale é"])
def test_a_store_with_another_fingerprint_is_refused(served_store: ServedStore, typed: str) -> None:
    with pytest.raises(Refusal) as told:
        Server.pinned(served_store.base_url, typed)
    assert (told.value.code, told.value.field) == ("certificate-wrong", "fingerprint")
