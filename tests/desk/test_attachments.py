"""Attached documents: taken in by what they are, kept in pieces, brought back whole or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

import msgspec
import pytest

from mash_desktop.desk import Desk, attachments
from mash_desktop.desk.attachments import Attached, Bringing
from mash_desktop.domain.entries.contact import DocumentAttached
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.rules.contact import LARGEST_DOCUMENT
from sync.protocol import CHUNK_BYTES
from tests.domain.story import CONSULTANT, Story, whole_story
from tests.support.desks import desk_of, receive

STREAM = "referral:0"
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 9000  # two pieces and a bit


def consultant(folder: Path) -> Desk:
    return desk_of(CONSULTANT, folder, Story().taken())


def file(folder: Path, content: bytes, name: str = "body-map.pdf") -> str:
    path = folder / name
    path.write_bytes(content)
    return str(path)


def attached(desk: Desk) -> Attached:
    (one,) = attachments.attached_to(desk, STREAM)
    return one


def test_a_document_is_kept_in_pieces_that_wait_to_be_sent(tmp_path: Path) -> None:
    desk = consultant(tmp_path)
    attachments.attach(desk, STREAM, file(tmp_path, PDF), "Body map", ("mia",))
    one = attached(desk)
    assert (one.title, one.kind, one.size, one.pending, one.missing) == (
        "Body map",
        "PDF",
        len(PDF),
        True,
        (),
    )
    assert len(one.chunks) == len(PDF) // CHUNK_BYTES + 1
    assert set(desk.cache.unsent_chunks()) == set(one.chunks)
    body = desk.referral(STREAM).all(DocumentAttached)[0].body
    assert body.digest == hashlib.sha256(PDF).hexdigest()
    assert body.about == ("mia",)
    assert attachments.put_together(desk, one) == PDF


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"MZ\x90\x00 not a picture", "photo.jpg", "document-type"),
        (b"<html>", "letter.pdf", "document-type"),
        (b"", "empty.pdf", "document-size"),
    ],
)
def test_what_it_is_counts_and_not_what_it_is_called(
    content: bytes, name: str, code: str, tmp_path: Path
) -> None:
    desk = consultant(tmp_path)
    with pytest.raises(Refusal) as refused:
        attachments.attach(desk, STREAM, file(tmp_path, content, name), "Photo")
    assert (refused.value.code, refused.value.field) == (code, "file")
    assert desk.cache.unsent_chunks() == ()


def test_a_picture_called_a_pdf_is_taken_as_the_picture_that_it_is(tmp_path: Path) -> None:
    desk = consultant(tmp_path)
    attachments.attach(desk, STREAM, file(tmp_path, b"\xff\xd8\xff\xe0 jpeg", "x.pdf"), "Photo")
    assert attached(desk).media_type == "image/jpeg"


def test_a_file_that_is_gone_or_too_large_says_so(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="cannot be read"):
        attachments.read_file(str(tmp_path / "gone.pdf"))
    large = tmp_path / "large.pdf"
    with large.open("wb") as sparse:
        sparse.truncate(LARGEST_DOCUMENT + 1)
    with pytest.raises(Refusal, match="50 MB"):
        attachments.read_file(str(large))


def test_a_document_needs_a_title_and_an_open_referral(tmp_path: Path) -> None:
    desk = consultant(tmp_path)
    with pytest.raises(Refusal) as refused:
        attachments.attach(desk, STREAM, file(tmp_path, PDF), " ")
    assert refused.value.field == "title"
    (tmp_path / "closed").mkdir()
    closed = desk_of(CONSULTANT, tmp_path / "closed", whole_story())
    with pytest.raises(Refusal, match="cannot do this here"):
        attachments.attach(closed, STREAM, file(tmp_path, PDF), "Body map")
    assert closed.cache.unsent_chunks() == ()


def test_of_a_document_that_could_not_be_attached_no_piece_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = consultant(tmp_path)
    path = file(tmp_path, PDF)

    def full(*_: object, **__: object) -> None:
        assert desk.cache.unsent_chunks()
        raise Refusal("disk-full", "The disk of this computer is full. Make room on it, then try again.")

    monkeypatch.setattr(desk.cache, "save", full)
    with pytest.raises(Refusal, match="disk-full"):
        attachments.attach(desk, STREAM, path, "Body map")
    assert desk.cache.holdings().documents == 0


def test_sizes_read_as_people_say_them() -> None:
    one = Attached("e", "d", "t", "application/pdf", "PDF", 820_400, "", (), "", False, ())
    assert one.size_words == "820 KB"


# --- bringing it from the store


class Store:
    """Pieces as the store would give them; ``given`` are those asked for, in order."""

    def __init__(self, pieces: dict[str, bytes]) -> None:
        self.pieces, self.given = pieces, list[str]()

    def __call__(self, digest: str) -> Future[bytes]:
        self.given.append(digest)
        future: Future[bytes] = Future()
        if digest in self.pieces:
            future.set_result(self.pieces[digest])
        else:
            future.set_exception(Refusal("chunk-unknown", "There is no such document that you may open."))
        return future


def elsewhere(folder: Path, change: Callable[[bytes], bytes] = lambda piece: piece) -> tuple[Desk, Store]:
    """A desk that holds the entry and no piece, and a store that has them."""
    folder.mkdir(exist_ok=True)
    pieces = [PDF[at : at + CHUNK_BYTES] for at in range(0, len(PDF), CHUNK_BYTES)]
    digests = [hashlib.sha256(piece).hexdigest() for piece in pieces]
    story = Story().taken()
    story.tell(
        CONSULTANT,
        DocumentAttached(
            document="d1",
            title="Body map",
            media_type="application/pdf",
            size=len(PDF),
            digest=hashlib.sha256(PDF).hexdigest(),
            chunks=tuple(digests),
        ),
    )
    desk = desk_of(CONSULTANT, folder, story)
    store = Store({digest: change(piece) for digest, piece in zip(digests, pieces, strict=True)})
    return desk, store


class Watching:
    def __init__(self, desk: Desk) -> None:
        self.steps: list[tuple[int, int]] = []
        self.ended: list[object] = []
        self.bringing = Bringing(
            desk,
            attached(desk),
            progress=lambda done, of: self.steps.append((done, of)),
            finished=lambda: self.ended.append("finished"),
            failed=self.ended.append,
        )


def test_missing_pieces_are_brought_one_after_the_other_and_then_it_is_whole(tmp_path: Path) -> None:
    desk, store = elsewhere(tmp_path)
    desk.store_chunk = store
    with pytest.raises(Refusal, match="not been brought"):
        attachments.put_together(desk, attached(desk))
    watching = Watching(desk)
    watching.bringing.start()
    assert watching.steps == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert watching.ended == ["finished"]
    assert attached(desk).missing == ()
    assert attachments.put_together(desk, attached(desk)) == PDF
    assert desk.cache.unsent_chunks() == ()


def test_a_piece_that_arrives_once_its_document_is_withdrawn_is_not_kept(tmp_path: Path) -> None:
    desk, store = elsewhere(tmp_path)

    def withdrawn(digest: str) -> Future[bytes]:
        if len(store.given) == 1:
            desk.cache.begin_epoch("nobody")
        return store(digest)

    desk.store_chunk = withdrawn
    watching = Watching(desk)
    watching.bringing.start()
    (told,) = watching.ended
    assert isinstance(told, Refusal)
    assert told.code == "document-gone"
    assert desk.cache.holdings().documents == 0


def test_offline_it_says_where_the_document_is(tmp_path: Path) -> None:
    desk, _ = elsewhere(tmp_path)
    with pytest.raises(Refusal, match="once you are online"):
        Watching(desk).bringing.start()


def test_a_piece_that_is_not_the_one_recorded_is_not_kept(tmp_path: Path) -> None:
    desk, store = elsewhere(tmp_path, lambda piece: piece[:-1] + b"!")
    desk.store_chunk = store
    watching = Watching(desk)
    watching.bringing.start()
    (error,) = watching.ended
    assert isinstance(error, Refusal)
    assert error.code == "document-altered"
    assert len(attached(desk).missing) == 3


def test_what_came_before_a_failure_stays_and_the_next_try_goes_on_from_there(tmp_path: Path) -> None:
    desk, store = elsewhere(tmp_path)
    desk.store_chunk = store
    last = attached(desk).chunks[-1]
    kept = store.pieces.pop(last)
    watching = Watching(desk)
    watching.bringing.start()
    assert isinstance(watching.ended[0], Refusal)
    assert attached(desk).missing == (last,)
    store.pieces[last] = kept
    again = Watching(desk)
    again.bringing.start()
    assert again.ended == ["finished"]
    assert store.given[-1] == last
    assert again.steps == [(2, 3), (3, 3)]


def test_one_that_is_stopped_asks_for_nothing_more(tmp_path: Path) -> None:
    desk, store = elsewhere(tmp_path)
    desk.store_chunk = store
    watching = Watching(desk)
    watching.bringing.stop()
    watching.bringing.start()
    assert store.given == []
    assert watching.ended == []


def test_pieces_that_do_not_make_up_the_document_are_refused(tmp_path: Path) -> None:
    desk, store = elsewhere(tmp_path)
    one = attached(desk)
    for digest, piece in store.pieces.items():
        desk.cache.put_chunk(digest, piece)
        desk.cache.mark_sent(digest)
    with pytest.raises(Refusal, match="not the document"):
        attachments.put_together(desk, msgspec.structs.replace(one, digest="0" * 64))


def test_the_receipt_of_an_entry_alone_brings_no_piece(tmp_path: Path) -> None:
    desk, store = elsewhere(tmp_path)
    desk.store_chunk = store
    receive(desk.cache, CONSULTANT, Story().taken())
    assert store.given == []
