"""Files attached to a referral: taken in by what they are and not by their name, kept in sealed pieces, and
put together again to be looked at here. Nothing is opened by itself, and nothing is written in clear."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from threading import Lock

import msgspec

from sync.protocol import CHUNK_BYTES

from ..documents.viewing import Picture, page_count, page_picture
from ..domain.entries.contact import DocumentAttached
from ..domain.errors import Refusal
from ..domain.rules.contact import LARGEST_DOCUMENT
from ..domain.verdict import Answer
from .desk import Desk, new_id
from .wording import initial_name, say_moment

__all__ = [
    "Attached",
    "Bringing",
    "Picture",
    "attach",
    "attached_to",
    "page_count",
    "page_picture",
    "put_together",
    "read_file",
]

_BEGINS = (
    (b"%PDF-", "application/pdf", "PDF"),
    (b"\x89PNG\r\n\x1a\n", "image/png", "PNG picture"),
    (b"\xff\xd8\xff", "image/jpeg", "JPEG picture"),
)


class Attached(msgspec.Struct, frozen=True):
    """One attached document. ``missing`` are the pieces that are not on this computer yet."""

    entry: str
    document: str
    title: str
    media_type: str
    kind: str
    size: int
    digest: str
    chunks: tuple[str, ...]
    by: str
    pending: bool
    missing: tuple[str, ...]

    @property
    def size_words(self) -> str:
        """*820 KB*, *4.2 MB*."""
        if self.size < 1_000_000:
            return f"{max(round(self.size / 1000), 1)} KB"
        return f"{self.size / 1_000_000:.1f} MB"


def sniffed(content: bytes) -> tuple[str, str]:
    """The media type that the bytes themselves show, and its word; both empty for anything else."""
    return next(((media, word) for begins, media, word in _BEGINS if content.startswith(begins)), ("", ""))


def attached_to(desk: Desk, stream: str) -> tuple[Attached, ...]:
    """The documents of a referral, the latest first."""
    made = sorted(desk.referral(stream).latest(DocumentAttached, "document").values(), key=lambda m: m.order)
    words = {media: word for _, media, word in _BEGINS}
    return tuple(
        Attached(
            entry=one.id,
            document=one.body.document,
            title=one.body.title,
            media_type=one.body.media_type,
            kind=words.get(one.body.media_type, one.body.media_type),
            size=one.body.size,
            digest=one.body.digest,
            chunks=one.body.chunks,
            by=f"{initial_name(desk.name(one.author))}, {desk.agency_name(one.agency)}, "
            f"{say_moment(one.made_at, desk.now(), desk.config())}",
            pending=one.position is None,
            missing=tuple(chunk for chunk in one.body.chunks if desk.cache.chunk(chunk) is None),
        )
        for one in reversed(made)
    )


def read_file(path: str) -> bytes:
    """The bytes of a file that a person chose. Raises ``Refusal`` on *file*: gone, empty or over 50 MB."""
    try:
        with Path(path).expanduser().open("rb") as file:
            content = file.read(LARGEST_DOCUMENT + 1)
    except OSError as error:
        raise Refusal("file-unreadable", "That file cannot be read. Choose it again.", "file") from error
    if not content or len(content) > LARGEST_DOCUMENT:
        raise Refusal("document-size", "A document has between 1 byte and 50 MB.", "file")
    return content


def attach(desk: Desk, stream: str, path: str, title: str, about: tuple[str, ...] = ()) -> str:
    """Attach a file: its pieces are kept here, and sent with the act that names them. Returns the act's id.

    Raises ``Refusal`` on *file* where it is not a PDF, PNG or JPEG by its own bytes, on *title* without one.
    """
    content = read_file(path)
    media_type, _ = sniffed(content)
    if not media_type:
        raise Refusal("document-type", "Attach a PDF, a PNG or a JPEG.", "file")
    if not title.strip():
        raise Refusal("field-empty", "Write what the document is.", "title")
    pieces = [content[at : at + CHUNK_BYTES] for at in range(0, len(content), CHUNK_BYTES)]
    digests = [hashlib.sha256(piece).hexdigest() for piece in pieces]
    body = DocumentAttached(
        document=new_id(),
        title=title.strip(),
        media_type=media_type,
        size=len(content),
        digest=hashlib.sha256(content).hexdigest(),
        chunks=tuple(digests),
        about=about,
    )
    verdict = desk.ask(stream, [body])
    if verdict.answer is Answer.NO:
        raise Refusal(verdict.code, verdict.sentence, verdict.field)
    try:
        for digest, piece in zip(digests, pieces, strict=True):
            desk.cache.put_chunk(digest, piece)
        return desk.act(stream, body)
    except BaseException:
        desk.cache.forget_chunks(digests)
        raise


def put_together(desk: Desk, attached: Attached) -> bytes:
    """The document, once all of its pieces are here and show to be the one that was attached.

    Raises ``Refusal``: *pieces-missing*, *document-altered*.
    """
    pieces = [desk.cache.chunk(chunk) for chunk in attached.chunks]
    if any(piece is None for piece in pieces):
        raise Refusal("pieces-missing", "This document has not been brought here yet.")
    content = b"".join(piece for piece in pieces if piece is not None)
    whole = hashlib.sha256(content).hexdigest() == attached.digest and len(content) == attached.size
    if not whole or sniffed(content)[0] != attached.media_type:
        raise Refusal("document-altered", "These bytes are not the document that was attached.")
    return content


class Bringing:
    """Brings a document's missing pieces from the store, one after the other.

    ``progress(done, of)``, then ``finished()`` or ``failed(error)`` come on the network's thread. ``stop``
    ends it after the piece under way; what has come stays, so that another try goes on from there.
    """

    def __init__(
        self,
        desk: Desk,
        attached: Attached,
        *,
        progress: Callable[[int, int], None],
        finished: Callable[[], None],
        failed: Callable[[Exception], None],
    ) -> None:
        self._desk, self._waiting = desk, list(attached.missing)
        self._entry = attached.entry
        self._whole = len(attached.chunks)
        self._progress, self._finished, self._failed = progress, finished, failed
        self._lock = Lock()
        self._stopped = False

    def start(self) -> None:
        """Raises ``Refusal`` (*offline*) where there is no network to bring it by."""
        if self._waiting and self._desk.store_chunk is None:
            raise Refusal("offline", "This document is at the store. It can be opened once you are online.")
        self._next()

    def stop(self) -> None:
        with self._lock:
            self._stopped = True

    def _next(self) -> None:
        with self._lock:
            if self._stopped:
                return
        self._progress(self._whole - len(self._waiting), self._whole)
        fetch = self._desk.store_chunk
        if not self._waiting:
            self._finished()
        elif fetch is not None:
            try:
                fetch(self._waiting[0]).add_done_callback(self._arrived)
            except Exception as error:  # the network ended between two pieces
                self._failed(error)

    def _arrived(self, future: Future[bytes]) -> None:
        try:
            content = future.result()
            digest = self._waiting.pop(0)
            if hashlib.sha256(content).hexdigest() != digest:
                raise Refusal("document-altered", "These bytes are not the document that was attached.")
            if not self._desk.cache.bring_chunk(self._entry, digest, content):
                raise Refusal("document-gone", "This document is no longer yours to receive.")
        except Exception as error:
            self._failed(error)
            return
        self._next()
