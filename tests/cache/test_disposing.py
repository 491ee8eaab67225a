"""What the hub has disposed of goes from the cache too, and a receipt waits to be sent."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from mash_desktop.cache import Cache, open_engine
from mash_desktop.cache.disposing import ACCESS
from mash_desktop.cache.feed import FeedRow
from mash_desktop.domain.acts import Draft, Parcel, compose
from mash_desktop.domain.entries import Unread
from mash_desktop.domain.entries.access import PurgeConfirmed
from mash_desktop.domain.entries.contact import NoteAdded
from mash_desktop.domain.entries.keeping import DisposalAgreed
from tests.cache.test_outbox import attaching, note, row_of
from tests.domain.story import KEY, START
from tests.support.desks import OFFICER, receive_hub

RECORD = "referral:1"


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    made = Cache(open_engine(tmp_path / "cache.db", lambda: "5a" * 32))
    receive_hub(made)
    return made


def agreed(entry: str | None = None) -> Parcel:
    body = DisposalAgreed(target=RECORD, entry=entry, proposal="p")
    return compose("staffordshire", OFFICER, [Draft(f"keeping:{RECORD}", body)], KEY, START)


def told(cache: Cache, *parcels: Parcel, first: int) -> frozenset[str]:
    """The streams that changed, once the feed has told of these."""
    rows = [row_of(parcel, 0, first + place) for place, parcel in enumerate(parcels)]
    return cache.receive(rows, [], cache.places()).streams


def bodies(cache: Cache) -> list[object]:
    return [entry.body for entry in cache.entries(RECORD)]


def receipts(cache: Cache) -> list[tuple[str, str, int]]:
    kept = (msgspec.json.decode(text, type=PurgeConfirmed) for text in cache.drafts(ACCESS).values())
    return [(one.target, one.disposal, one.entries) for one in kept]


def test_one_entry_disposed_of_leaves_its_place_and_all_that_is_about_it_goes(cache: Cache) -> None:
    page = "aa" * 32
    document = attaching(page)
    told(cache, note(RECORD, "stays"), document, first=7)
    cache.put_chunk(page, b"a page")
    cache.mark_sent(page)
    cache.put_draft(f"{RECORD}/note", "half a sentence")
    disposal = agreed(document.bodies[0].entry)
    assert told(cache, disposal, first=9) == {RECORD, f"keeping:{RECORD}"}
    assert bodies(cache) == [NoteAdded(words="stays"), Unread(why="disposed")]
    assert cache.chunk(page) is None
    assert cache.draft(f"{RECORD}/note") == "half a sentence"
    assert receipts(cache) == [(RECORD, disposal.bodies[0].entry, 1)]


def test_a_record_disposed_of_goes_whole_with_what_was_being_typed_and_not_with_what_waits(
    cache: Cache,
) -> None:
    told(cache, note(RECORD, "a"), note(RECORD, "b"), note("referral:2", "another"), first=7)
    cache.put_draft(f"{RECORD}/note", "half a sentence")
    cache.save(note(RECORD, "not sent yet"))
    disposal = agreed()
    told(cache, disposal, first=10)
    gone = Unread(why="disposed")
    assert bodies(cache) == [gone, gone, NoteAdded(words="not sent yet")]
    assert cache.draft(f"{RECORD}/note") is None
    assert [entry.body for entry in cache.entries("referral:2")] == [NoteAdded(words="another")]
    assert receipts(cache) == [(RECORD, disposal.bodies[0].entry, 2)]


def test_a_receipt_is_kept_once_and_only_for_what_was_held(cache: Cache) -> None:
    told(cache, agreed(), first=7)
    assert receipts(cache) == []
    told(cache, note(RECORD, "a"), first=8)
    disposal = agreed()
    for audience in ("agency:mash:information_governance", "agency:scc-children"):
        cache.receive([row_of(disposal, 0, 9, audience)], [], cache.places())
    assert receipts(cache) == [(RECORD, disposal.bodies[0].entry, 1)]


def test_a_disposal_that_cannot_be_read_here_purges_nothing(cache: Cache) -> None:
    told(cache, note(RECORD, "a"), first=7)
    row = row_of(agreed(), 0, 8)
    assert row.body is not None
    newer: FeedRow = replace(row, body=replace(row.body, body=b'{"target":3}'))
    cache.receive([newer], [], cache.places())
    assert bodies(cache) == [NoteAdded(words="a")]
    assert receipts(cache) == []
