"""Pieces of documents: sent by their hash, sealed at rest, fetched by who may hold an entry naming them."""

from __future__ import annotations

import hashlib
import os

import httpx
import pytest
from sqlalchemy import text

from mash_desktop.domain.entries.contact import DocumentAttached
from sync.protocol import CHUNK_BYTES
from tests.domain.story import OPERATOR, POLICE
from tests.support.served_story import Cast, ServedStory
from tests.support.store import Desk


def send(desk: Desk, content: bytes, *, under: str | None = None) -> httpx.Response:
    digest = under or hashlib.sha256(content).hexdigest()
    return desk.client.put(f"/v1/hubs/{desk.hub}/chunks/{digest}", content=content)


def fetch(desk: Desk, content: bytes) -> httpx.Response:
    return desk.client.get(f"/v1/hubs/{desk.hub}/chunks/{hashlib.sha256(content).hexdigest()}")


def attached(*pieces: bytes) -> DocumentAttached:
    whole = b"".join(pieces)
    return DocumentAttached(
        document="d1",
        title="Body map",
        media_type="application/pdf",
        size=len(whole),
        digest=hashlib.sha256(whole).hexdigest(),
        chunks=tuple(hashlib.sha256(piece).hexdigest() for piece in pieces),
    )


def test_a_document_is_fetched_by_who_holds_its_entry_and_by_nobody_else(
    story: ServedStory, told: Cast
) -> None:
    story.taken().triaged().admitted().rated().asked()
    pieces = os.urandom(CHUNK_BYTES), os.urandom(1000)
    for piece in pieces:
        assert send(told["priya"], piece).status_code == 204
    assert fetch(told["priya"], pieces[0]).json()["code"] == "chunk-unknown", "before it is attached"
    story.tell(OPERATOR, attached(*pieces))
    for piece in pieces:
        answer = fetch(told["ruth"], piece)
        assert (answer.status_code, answer.content) == (200, piece)
        assert answer.headers["content-type"] == "application/octet-stream"
        refused = fetch(told["sam"], piece)
        assert (refused.status_code, refused.json()["code"]) == (404, "chunk-unknown")


def test_a_hash_alone_gives_nobody_the_document(story: ServedStory, told: Cast) -> None:
    """Who was asked can attach documents, but not one of another agency's that they only know the hash of."""
    story.taken().triaged().admitted().rated().asked()
    piece = os.urandom(100)
    send(told["priya"], piece)
    story.tell(OPERATOR, attached(piece))
    assert story.push(POLICE, attached(piece)).code == "document-unsent"
    assert fetch(told["sam"], piece).status_code == 404


def test_the_same_piece_sent_twice_is_kept_once(story: ServedStory, told: Cast) -> None:
    piece = os.urandom(100)
    assert [send(told[who], piece).status_code for who in ("priya", "priya", "ruth")] == [204, 204, 204]


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [(b"", 400, "chunk-size"), (b"x" * (CHUNK_BYTES + 1), 413, "body-too-large")],
)
def test_a_piece_has_bounds(told: Cast, content: bytes, status: int, code: str) -> None:
    answer = send(told["priya"], content)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_piece_under_another_hash_is_refused(told: Cast) -> None:
    answer = send(told["priya"], b"one thing", under=hashlib.sha256(b"another").hexdigest())
    assert (answer.status_code, answer.json()["code"]) == (400, "chunk-wrong")


def test_pieces_are_sealed_at_rest(told: Cast) -> None:
    piece = b"%PDF-1.7 a body map " * 20
    send(told["priya"], piece)
    with told.served.direct.engine.connect() as db:
        kept = db.scalars(text("select sealed from chunks where hub = :hub"), {"hub": told.hub}).all()
    assert kept
    assert not any(b"body map" in sealed for sealed in kept)
