"""Looking for words on the disk that should be nowhere in clear, in each form in which they could lie."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from pathlib import Path


def forms(word: str) -> frozenset[bytes]:
    """The bytes of a word: in clear, in UTF-16, escaped as JSON, inside base64 at each of three offsets."""
    plain = word.encode()
    found = {plain, word.encode("utf-16-le"), json.dumps(word)[1:-1].encode()}
    for offset in range(3):
        # Only the characters that depend on the word alone; its neighbours change those at the ends.
        encoded = base64.b64encode(bytes(offset) + plain)
        inner = encoded[-(-offset * 8 // 6) :].rstrip(b"=")
        if len(inner) > 9:
            found.add(inner[1:-1])
    return frozenset(found)


def hits(folder: Path, words: Iterable[str]) -> list[tuple[str, str]]:
    """Files below ``folder`` that hold any of the words, with the word."""
    wanted = [(word, form) for word in words for form in forms(word)]
    found = set()
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            found |= {(str(path.relative_to(folder)), word) for word, form in wanted if form in content}
    return sorted(found)
