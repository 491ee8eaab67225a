"""What is kept of a hub whose word did not hold together, as whoever looks into it reads it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from mash_desktop.desk import Desk, trust
from mash_desktop.domain.errors import Refusal
from mash_desktop.proofs.head import Head, SignedHead
from sync.client.evidence import Found, keep
from sync.store.verifying import kept_head
from tests.domain.story import KEY, OPERATOR, START, Story
from tests.support.desks import desk_of

HELD = SignedHead.sign(Head(hub="staffordshire", epoch=1, size=412, root=bytes(32), at=START), KEY)
FOUND = Found("head-forged", "It is not signed by this hub's store.", START, None, HELD)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = desk_of(OPERATOR, tmp_path, Story().taken())
    yield made
    made.cache.close()


def test_it_is_told_with_the_last_log_that_held_until_somebody_has_looked_into_it(desk: Desk) -> None:
    assert trust.distrusted(desk) == ""
    assert trust.found(desk) == ()
    keep(desk.cache, FOUND)
    assert trust.distrusted(desk) == FOUND.sentence
    (told,) = trust.found(desk)
    assert (told.code, told.settled) == ("head-forged", "")
    assert (told.held.size, told.held.epoch, told.held.root) == (412, 1, "00" * 32)
    assert told.shown == trust.Shown()
    with pytest.raises(Refusal, match="name-missing"):
        trust.settle(desk, "  ")
    trust.settle(desk, " Anita Rao ")
    assert trust.distrusted(desk) == ""
    assert trust.found(desk)[0].settled.endswith("by Anita Rao")


def test_what_is_signed_and_is_no_head_is_kept_all_the_same(desk: Desk) -> None:
    garbled = replace(FOUND, shown=SignedHead(b"\xff", bytes(64), "key"))
    keep(desk.cache, garbled)
    assert trust.found(desk)[0].shown == trust.Shown()


def test_what_is_handed_over_holds_the_log_to_the_head_that_held(desk: Desk, tmp_path: Path) -> None:
    keep(desk.cache, FOUND)
    keep(desk.cache, FOUND)
    file = tmp_path / "kept.json"
    file.write_text(trust.to_hand_over(desk))
    assert kept_head(file) == HELD
    assert '"earlier"' in file.read_text()
