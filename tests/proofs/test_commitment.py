"""A commitment fits one body and one salt, and tells nothing of either."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mash_desktop.proofs.commitment import SALT_BYTES, check, commit, new_salt

salts = st.binary(min_size=SALT_BYTES, max_size=SALT_BYTES)


def test_commitments_are_those_known(vectors: dict[str, Any]) -> None:
    for case in vectors["commitments"]:
        body, salt = bytes.fromhex(case["body"]), bytes.fromhex(case["salt"])
        assert commit(body, salt).hex() == case["commitment"]
        assert check(body, salt, bytes.fromhex(case["commitment"]))


@given(st.binary(), st.binary(), salts, salts)
def test_only_the_same_body_and_salt_pass_the_check(
    body: bytes, other_body: bytes, salt: bytes, other_salt: bytes
) -> None:
    same = (body, salt) == (other_body, other_salt)
    assert check(other_body, other_salt, commit(body, salt)) is same


@given(st.binary(min_size=1, max_size=64), salts)
def test_bytes_cannot_be_moved_between_salt_and_body(body: bytes, salt: bytes) -> None:
    made = commit(body, salt)
    assert not check(body[1:], salt + body[:1], made)
    assert not check(salt[-1:] + body, salt[:-1], made)


def test_a_salt_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes, not 31"):
        commit(b"body", bytes(31))


def test_every_salt_is_new() -> None:
    made = {new_salt() for _ in range(100)}
    assert len(made) == 100
    assert {len(salt) for salt in made} == {SALT_BYTES}
