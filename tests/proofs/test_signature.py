"""A signature holds for one key, one label and one run of bytes."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from mash_desktop.proofs.signature import ACT, HEAD, SigningKey, is_sound, key_id, verify

KEY = SigningKey.from_bytes(bytes(range(32)))
OTHER = SigningKey.from_bytes(bytes(range(1, 33)))


def test_signatures_are_those_known(vectors: dict[str, Any]) -> None:
    for case in vectors["signatures"]:
        key = SigningKey.from_bytes(bytes.fromhex(case["seed"]))
        data, label = bytes.fromhex(case["data"]), case["label"].encode()
        assert key.public.hex() == case["public"]
        assert key.key_id == key_id(key.public) == case["key_id"]
        assert key.sign(data, label).hex() == case["signature"]
        assert verify(key.public, data, bytes.fromhex(case["signature"]), label)


@given(st.binary())
def test_what_a_key_signed_verifies_under_that_key_and_label_only(data: bytes) -> None:
    signature = KEY.sign(data, ACT)
    assert verify(KEY.public, data, signature, ACT)
    assert not verify(OTHER.public, data, signature, ACT)
    assert not verify(KEY.public, data, signature, HEAD)


@given(st.binary(min_size=1), st.data())
def test_a_single_flipped_bit_anywhere_is_noticed(data: bytes, draw: st.DataObject) -> None:
    signature = KEY.sign(data, ACT)
    assert not verify(KEY.public, flipped(data, draw), signature, ACT)
    assert not verify(KEY.public, data, flipped(signature, draw), ACT)
    assert not verify(flipped(KEY.public, draw), data, signature, ACT)


@given(st.binary(max_size=80), st.binary(max_size=80), st.binary(max_size=80))
def test_whatever_a_stranger_sends_is_answered_and_raises_nothing(
    public: bytes, data: bytes, signature: bytes
) -> None:
    assert not verify(public, data, signature, ACT)


def test_a_label_cannot_run_into_what_is_signed() -> None:
    signature = KEY.sign(b"x", b"mash-act-v1")
    assert not verify(KEY.public, b"1x", signature, b"mash-act-v")


@pytest.mark.parametrize("label", [b"", b"mash\x00act"])
def test_a_label_that_would_blur_the_border_is_refused(label: bytes) -> None:
    with pytest.raises(ValueError, match="label"):
        KEY.sign(b"data", label)


@pytest.mark.parametrize("sign_bit", [0x00, 0x80])
def test_a_weak_key_under_which_one_signature_fits_every_message_is_not_valid(sign_bit: int) -> None:
    identity = bytes([1]) + bytes(30) + bytes([sign_bit])
    base_point = bytes.fromhex("58" + "66" * 31)
    forged = base_point + bytes([1]) + bytes(31)
    if sign_bit == 0:
        # The library alone would take it, for any message whatever.
        for message in (b"no further action", b"child protection"):
            Ed25519PublicKey.from_public_bytes(identity).verify(forged, message)
    assert not is_sound(identity)
    assert not verify(identity, b"child protection", forged, ACT)


def test_a_key_comes_back_from_its_bytes_and_does_not_show_itself() -> None:
    key = SigningKey.generate()
    again = SigningKey.from_bytes(key.to_bytes())
    assert again.public == key.public
    assert is_sound(key.public)
    assert key.to_bytes().hex() not in repr(key)
    with pytest.raises(ValueError, match="32 bytes"):
        SigningKey.from_bytes(key.to_bytes()[:-1])


def flipped(value: bytes, draw: st.DataObject) -> bytes:
    place = draw.draw(st.integers(0, len(value) * 8 - 1))
    changed = bytearray(value)
    changed[place // 8] ^= 1 << place % 8
    return bytes(changed)
