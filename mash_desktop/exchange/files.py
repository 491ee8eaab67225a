"""Opening a bulk file from outside, and refusing one that is not what it should be.

Size, kind and encoding are judged here, before any format is: what comes out is text in bounded pieces.
Not for what the text means (``census``, ``table``) and not for writing (``rejects``).
"""

from __future__ import annotations

import codecs
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TypeVar

import msgspec

from mash_desktop.domain.errors import Refusal

from .records import Reject

LARGEST = 1_000_000_000
"""Bytes of the largest file that is read unless the caller says otherwise."""

MOST_RECORDS = 250_000
"""Children or contacts in one file: some four years of the busiest hub. It bounds what must be remembered."""

CHUNK = 65_536

# First bytes of what is sent by mistake or in disguise, and the word for it.
_SIGNATURES = (
    (b"PK\x03\x04", "a zip archive or an Office file"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"\xd0\xcf\x11\xe0", "an older Office file"),
    (b"%PDF", "a PDF"),
)
_OTHER_UNICODE = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Progress(msgspec.Struct, frozen=True):
    """How far an import has come, in bytes.

    Both passes over the file count towards ``total``; a check alone ends half way.
    """

    stage: str
    """``checking`` the file as a whole, then ``reading`` its records."""
    done: int
    total: int
    accepted: int = 0
    rejected: int = 0


Report = Callable[[Progress], None]


def unreported(_: Progress) -> None:
    """For callers that show no progress."""


F = TypeVar("F")


class Tally:
    """Counts what an import of ``size`` bytes has found, and reports it whenever the file has moved on."""

    def __init__(self, size: int, report: Report) -> None:
        self.size = size
        self.report = report
        self.accepted = 0
        self.rejected = 0

    def checked(self, done: int) -> None:
        self.report(Progress("checking", done, 2 * self.size))

    def read(self, done: int) -> None:
        self.report(Progress("reading", self.size + done, 2 * self.size, self.accepted, self.rejected))

    def counted(self, found: F) -> F:
        if isinstance(found, Reject):
            self.rejected += 1
        else:
            self.accepted += 1
        return found


class Source(msgspec.Struct, frozen=True):
    """An open file that has been found fit to read, and its size in bytes."""

    name: str
    size: int
    handle: BinaryIO

    def text(self, moved: Callable[[int], None]) -> Iterator[str]:
        """The whole file from its start, as text in pieces; ``moved`` hears the bytes read so far.

        Raises ``Refusal``: *file-binary* at a NUL byte, *file-encoding* where it is not UTF-8,
        *file-unreadable* where the disk fails.
        """
        decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self.handle.seek(0)
        done, line = 0, 1
        while True:
            try:
                chunk = self.handle.read(CHUNK)
            except OSError as error:
                raise _unreadable(self.name) from error
            if b"\0" in chunk:
                raise Refusal("file-binary", f"{self.name} is not a text file: it holds NUL bytes.")
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                line += error.object[: error.start].count(b"\n")
                raise _encoding(self.name, f"at line {line}") from error
            if text:
                yield text
            if not chunk:
                return
            line += chunk.count(b"\n")
            done += len(chunk)
            moved(done)


@contextmanager
def opened(path: Path, *, limit: int = LARGEST) -> Iterator[Source]:
    """Open ``path`` for reading. Nothing of it is read if it is larger than ``limit`` bytes.

    Raises ``Refusal``: *file-missing*, *file-unreadable*, *file-irregular*, *file-empty*, *file-too-large*,
    *file-not-text* or *file-encoding*.
    """
    name = path.name
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        raise Refusal("file-missing", f"There is no file {name}.") from error
    except OSError as error:
        raise _unreadable(name) from error
    if not stat.S_ISREG(status.st_mode):
        raise Refusal("file-irregular", f"{name} is not an ordinary file.")
    if status.st_size == 0:
        raise Refusal("file-empty", f"{name} is empty.")
    if status.st_size > limit:
        raise Refusal(
            "file-too-large",
            f"{name} has {status.st_size:,} bytes and the limit is {limit:,}: ask for it in smaller files.",
        )
    try:
        handle = path.open("rb")
    except OSError as error:
        raise _unreadable(name) from error
    with handle:
        start = handle.read(8)
        for signature, what in _SIGNATURES:
            if start.startswith(signature):
                raise Refusal(
                    "file-not-text", f"{name} is {what}, whatever its name says: send the file inside it."
                )
        if start.startswith(_OTHER_UNICODE):
            raise _encoding(name, "anywhere")
        yield Source(name, status.st_size, handle)


def _unreadable(name: str) -> Refusal:
    return Refusal(
        "file-unreadable", f"{name} cannot be read: check who may open it and whether the disk is there."
    )


def _encoding(name: str, where: str) -> Refusal:
    return Refusal("file-encoding", f"{name} is not UTF-8 text {where}: ask for it saved as UTF-8.")
