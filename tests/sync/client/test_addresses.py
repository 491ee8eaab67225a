"""Addresses at which there is no store to pin."""

from __future__ import annotations

import pytest

from mash_desktop.domain.errors import Refusal
from sync.client import Server, Unreachable


@pytest.mark.parametrize(
    "url", ["", "hub.example", "http://hub.example", "https://", "https://hub.example:port", "https://[::1"]
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(Refusal) as told:
        Server.pinned(url, "00")
    assert (told.value.code, told.value.field) == ("address-wrong", "hub_url")


def test_an_address_where_nobody_answers_is_unreachable() -> None:
    with pytest.raises(Unreachable):
        Server.pinned("https://127.0.0.1:1", "00")
