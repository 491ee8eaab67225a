"""Sealing: what was sealed for one thing opens as nothing else, and a key destroyed is the end of it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mash_desktop.domain.errors import Refusal
from sync.store.sealing import (
    SECRETS_VARIABLE,
    SealedBody,
    Secrets,
    StreamKey,
    new_key,
    read_secrets,
    replace_secrets,
    seal,
    unseal,
)

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


def test_a_value_of_a_stream_opens_for_its_own_purpose_alone() -> None:
    key = StreamKey("hub", "s", new_key())
    sealed = key.seal_value("one", b"facts")
    assert key.open_value("one", sealed) == b"facts"
    with pytest.raises(Refusal, match="sealed-wrong"):
        key.open_value("another", sealed)


def test_secrets_that_are_nowhere_or_of_the_wrong_length_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Refusal, match="secrets-missing"):
        read_secrets(None)
    with pytest.raises(Refusal, match="secrets-missing"):
        read_secrets(tmp_path / "secrets.json")
    short = msgspec.structs.replace(Secrets.generate(), next_wrapping="00")
    monkeypatch.setenv(SECRETS_VARIABLE, msgspec.json.encode(short).decode())
    with pytest.raises(Refusal, match="secrets-unreadable"):
        read_secrets(None)


def test_while_a_rotation_is_under_way_both_keys_open_and_the_next_one_seals() -> None:
    old = Secrets.generate()
    both = msgspec.structs.replace(old, next_wrapping=Secrets.generate().wrapping)
    new = msgspec.structs.replace(both, wrapping=both.next_wrapping, next_wrapping="")
    before, after = old.seal("p", b"x"), both.seal("p", b"x")
    assert (both.open("p", before), both.open("p", after), new.open("p", after)) == (b"x", b"x", b"x")
    assert both.rewrapped("p", after) is None
    assert new.open("p", both.rewrapped("p", before) or b"") == b"x"
    assert old.generation != both.generation == new.generation


def test_secrets_are_replaced_where_no_folder_can_be_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("os.O_DIRECTORY")
    secrets = Secrets.generate()
    replace_secrets(tmp_path / "secrets.json", secrets)
    assert read_secrets(tmp_path / "secrets.json") == secrets
