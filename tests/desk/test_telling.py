"""Every kind of entry has words, and what cannot be read says why."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from mash_desktop.desk.telling import TOPICS, WORDS, Teller, topic_of
from mash_desktop.domain.entries import KINDS, Unread
from tests.domain.story import CONSULTANT, Story
from tests.support.carters import SUPPRESSED, at_sign_off
from tests.support.desks import desk_of


@pytest.mark.parametrize("kind", sorted(name for name, body in KINDS.items() if body.FAMILY == "referral"))
def test_every_kind_of_a_referral_has_words(kind: str) -> None:
    assert KINDS[kind] in WORDS


def test_a_whole_referral_is_told_without_a_kinds_own_name(tmp_path: Path) -> None:
    story = at_sign_off().signed().closed()
    desk = desk_of(CONSULTANT, tmp_path, story)
    referral = desk.referral(story.stream)
    teller = Teller(desk, referral)
    for entry in referral.entries:
        told = teller.tell(entry)
        assert told.what
        assert "_" not in told.what
        assert entry.kind not in told.what
        assert topic_of(entry) in TOPICS


def test_a_suppressed_address_is_not_told(tmp_path: Path) -> None:
    story = at_sign_off()
    desk = desk_of(CONSULTANT, tmp_path, story)
    referral = desk.referral(story.stream)
    told = [Teller(desk, referral).tell(entry) for entry in referral.entries]
    assert not any(SUPPRESSED in f"{one.what} {one.words}" for one in told)
    assert any(one.words == "address suppressed" for one in told)


@pytest.mark.parametrize(
    ("why", "said"),
    [
        ("newer", "newer version"),
        ("withheld", "not for this desk"),
        ("disposed", "disposed of"),
        ("damaged", "damaged at the hub"),
    ],
)
def test_what_cannot_be_read_says_why(why: str, said: str, tmp_path: Path) -> None:
    story = Story().taken()
    desk = desk_of(CONSULTANT, tmp_path, story)
    unread = msgspec.structs.replace(story.entries[-1], body=Unread(why=why))
    assert said in Teller(desk, story.referral).tell(unread).what
