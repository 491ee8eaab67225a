"""Sealing: what was sealed for one thing opens as nothing else, and a key destroyed is the end of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mash_desktop.domain.errors import Refusal
from sync.store.sealing import SealedBody, Secrets, StreamKey, new_key, seal, unseal

salts = st.binary(min_size=32, max_size=32)


@given(st.binary(), salts)
def test_a_body_opens_with_its_streams_key_under_its_own_entry(body: bytes, salt: bytes) -> None:
    key = StreamKey("hub", "referral:1", new_key())
    sealed = key.seal("entry", body, salt)
    assert key.open("entry", sealed) == (body, salt)
    with pytest.raises(Refusal, match="does not open"):
        key.open("another", sealed)


@pytest.mark.parametrize(("hub", "stream"), [("other", "s"), ("hub", "t")])
def test_a_body_opens_in_no_other_stream_or_hub(hub: str, stream: str) -> None:
    raw = new_key()
    sealed = StreamKey("hub", "s", raw).seal("entry", b"words", bytes(32))
    with pytest.raises(Refusal):
        StreamKey(hub, stream, raw).open("entry", sealed)


def test_with_its_own_key_gone_a_body_stays_shut() -> None:
    key = StreamKey("hub", "s", new_key())
    sealed = key.seal("entry", b"words", bytes(32))
    other = key.seal("entry", b"other", bytes(32))
    with pytest.raises(Refusal):
        key.open("entry", SealedBody(sealed.sealed, other.wrapped))


@given(st.binary(max_size=200), st.integers(0), st.integers(1, 255))
def test_any_changed_byte_shows(value: bytes, place: int, change: int) -> None:
    key = new_key()
    sealed = bytearray(seal(key, value, b"for this"))
    sealed[place % len(sealed)] ^= change
    with pytest.raises(Refusal):
        unseal(key, bytes(sealed), b"for this")


def test_the_same_value_is_never_sealed_twice_alike() -> None:
    key = new_key()
    assert seal(key, b"words", b"") != seal(key, b"words", b"")


def test_each_hub_has_a_signing_key_of_its_own_and_always_the_same() -> None:
    secrets = Secrets.generate()
    assert secrets.signing_key("a").public == secrets.signing_key("a").public
    assert secrets.signing_key("a").public != secrets.signing_key("b").public
    assert secrets.signing_key("a").public != Secrets.generate().signing_key("a").public


def test_secrets_do_not_show_themselves() -> None:
    secrets = Secrets.generate()
    for shown in (repr(secrets), str(secrets), f"{secrets}"):
        assert not any(part in shown for part in (secrets.wrapping, secrets.signing, secrets.index))
