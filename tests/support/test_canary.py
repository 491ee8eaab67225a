"""The canary test can fail: it finds a word in each form in which it could lie."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from tests.support.canary import hits

WORD = "Siân Quillfeather"


@pytest.mark.parametrize(
    "content",
    [
        WORD.encode(),
        WORD.encode("utf-16-le"),
        json.dumps({"name": WORD}).encode(),
        base64.b64encode(WORD.encode()),
        base64.b64encode(b"x" + WORD.encode() + b"y"),
        base64.b64encode(b"xy" + WORD.encode() + b"z"),
    ],
)
def test_a_word_left_in_clear_is_found(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "left").write_bytes(b"\x00" + content if content[:1] != b"{" else content)
    assert hits(tmp_path, [WORD]) == [("left", WORD)]
    assert hits(tmp_path, ["Nobody Named So"]) == []
