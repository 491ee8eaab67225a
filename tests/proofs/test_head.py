"""A head is what the store signed, whole and unchanged, or it is not a head."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mash_desktop.proofs.head import BadHead, Head, SignedHead
from mash_desktop.proofs.merkle import EMPTY_ROOT
from mash_desktop.proofs.signature import ACT, HEAD, SigningKey

KEY = SigningKey.from_bytes(bytes(range(32)))
NINE = datetime(2026, 11, 2, 9, tzinfo=UTC)

heads = st.builds(
    Head,
    hub=st.text(min_size=1, max_size=20),
    epoch=st.integers(0, 2**31),
    size=st.integers(0, 2**48),
    root=st.binary(min_size=32, max_size=32),
    at=st.datetimes(timezones=st.just(UTC)),
)


def test_the_signed_bytes_are_those_known(vectors: dict[str, Any]) -> None:
    case = vectors["head"]
    signed = SignedHead.sign(
        msgspec.convert(case["head"], Head), SigningKey.from_bytes(bytes.fromhex(case["seed"]))
    )
    assert signed.head.hex() == case["bytes"]
    assert signed.signature.hex() == case["signature"]


@given(heads)
def test_a_signed_head_crosses_the_wire_and_reads_as_it_was_signed(head: Head) -> None:
    wire = msgspec.json.encode(SignedHead.sign(head, KEY))
    received = msgspec.json.decode(wire, type=SignedHead)
    assert received.key == KEY.key_id
    assert received.verify(KEY.public) == head


@given(heads, heads)
def test_a_head_put_in_place_of_the_one_signed_is_noticed(head: Head, other: Head) -> None:
    signed = SignedHead.sign(head, KEY)
    swapped = msgspec.structs.replace(SignedHead.sign(other, KEY), signature=signed.signature)
    if head == other:
        assert swapped.verify(KEY.public) == head
    else:
        with pytest.raises(BadHead, match="not signed by this key"):
            swapped.verify(KEY.public)


def test_a_head_signed_by_another_key_or_as_something_else_is_refused() -> None:
    signed = SignedHead.sign(Head("staffordshire", 1, 0, EMPTY_ROOT, NINE), KEY)
    with pytest.raises(BadHead, match="not signed by this key"):
        signed.verify(SigningKey.generate().public)
    as_an_act = msgspec.structs.replace(signed, signature=KEY.sign(signed.head, ACT))
    with pytest.raises(BadHead, match="not signed by this key"):
        as_an_act.verify(KEY.public)


@pytest.mark.parametrize(
    "data",
    [
        b"not json",
        b'{"hub":"\xff"}',
        b'{"hub":"staffordshire"}',
        b'{"at":"2026-11-02T09:00:00Z","epoch":1,"extra":1,"hub":"h","root":"' + b"A" * 43 + b'=","size":0}',
        b'{"at":"2026-11-02T09:00:00Z","epoch":1,"hub":"h","root":"AAAA","size":0}',
        b'{"at":"2026-11-02T09:00:00","epoch":1,"hub":"h","root":"' + b"A" * 43 + b'=","size":0}',
    ],
)
def test_signed_bytes_that_are_no_head_are_refused(data: bytes) -> None:
    signed = SignedHead(head=data, signature=KEY.sign(data, HEAD), key=KEY.key_id)
    with pytest.raises(BadHead, match="no head"):
        signed.verify(KEY.public)


@pytest.mark.parametrize(
    "wrong",
    [
        {"hub": ""},
        {"epoch": -1},
        {"size": -1},
        {"root": bytes(31)},
        {"at": NINE.replace(tzinfo=None)},
        {"at": NINE.astimezone(timezone(timedelta(hours=1)))},
    ],
)
def test_a_head_that_could_not_be_true_is_refused(wrong: dict[str, Any]) -> None:
    right: dict[str, Any] = {"hub": "staffordshire", "epoch": 0, "size": 0, "root": EMPTY_ROOT, "at": NINE}
    assert Head(**right).size == 0
    with pytest.raises(ValueError, match=r"a head|a root"):
        Head(**(right | wrong))
