"""The pages of an encrypted cache, decrypted one by one as a thief with the key would read them: those in
use, those that are free, and what is left between their cells. No library is asked, so none is left out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

PAGE, SALT, IV, RESERVED = 4096, 16, 16, 80
LOG_HEADER, FRAME_HEADER = 32, 24


def decrypted(path: Path, key_hex: str) -> bytes:
    """Every page of the file and of its log of writes, in clear."""
    return b"".join(_pages(path, bytes.fromhex(key_hex)))


def _pages(path: Path, key: bytes) -> Iterator[bytes]:
    content = path.read_bytes()
    for at in range(0, len(content), PAGE):
        yield _clear(content[at : at + PAGE], key, first=at == 0)
    log = path.with_name(f"{path.name}-wal")
    frames = log.read_bytes() if log.exists() else b""
    for at in range(LOG_HEADER, len(frames), FRAME_HEADER + PAGE):
        number = int.from_bytes(frames[at : at + 4], "big")
        page = frames[at + FRAME_HEADER : at + FRAME_HEADER + PAGE]
        yield _clear(page, key, first=number == 1)


def _clear(page: bytes, key: bytes, *, first: bool) -> bytes:
    end = PAGE - RESERVED
    cipher = Cipher(algorithms.AES256(key), modes.CBC(page[end : end + IV])).decryptor()
    return cipher.update(page[SALT if first else 0 : end]) + cipher.finalize()
