"""`verify` walks the log, and names the first position that somebody with the database has changed."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from mash_desktop.domain.acts import Draft
from mash_desktop.domain.entries.contact import NoteAdded
from sync.store.composition import Store
from sync.store.verifying import verify
from tests.domain.story import OPERATOR
from tests.support.served_story import Cast, ServedStory
from tests.support.store import ServedStore


@pytest.fixture
def written(served_store: ServedStore, a_hub: str) -> ServedStory:
    """A referral in a log of its own, which a test may spoil."""
    cast = Cast(served_store, a_hub)
    story = ServedStory(cast)
    story.taken()
    for turn in range(3):
        story.tell(OPERATOR, NoteAdded(words=f"Note {turn}."))
    return story


def tamper(story: ServedStory, statement: str, **values: object) -> list[tuple[int, str]]:
    """Change rows behind the store's back; the faults that a walk finds then."""
    store = story.cast.served.direct
    with store.engine.begin() as db:
        changed = db.execute(text(statement), {"hub": story.cast.hub, **values})
        assert changed.rowcount > 0
    return faults(store, story.cast.hub)


def faults(store: Store, hub: str) -> list[tuple[int, str]]:
    fresh = Store(store.engine, store.secrets)
    return [(fault.position, fault.sentence) for fault in verify(fresh, hub).faults]


def last(story: ServedStory) -> int:
    return story.answers[-1].positions[0]


@pytest.mark.parametrize("column", ["first", "entries"])
def test_an_act_kept_under_other_positions_than_its_own_is_named(written: ServedStory, column: str) -> None:
    found = tamper(
        written,
        f"update acts set {column} = {column} + 1 where hub = :hub and first = :at",
        at=last(written),
    )
    assert found == [(last(written), "This act is not kept under the positions that it has.")]


def test_a_log_that_nobody_touched_is_as_signed(written: ServedStory) -> None:
    store = written.cast.served.direct
    found = verify(store, written.cast.hub)
    assert found.faults == ()
    assert found.entries == last(written)


@pytest.mark.parametrize(
    "statement",
    [
        "update bodies set sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1)"
        " where hub = :hub and position = :at",
        "update body_keys set wrapped = set_byte(wrapped, 20, get_byte(wrapped, 20) # 1)"
        " where hub = :hub and position = :at",
        "delete from bodies where hub = :hub and position = :at",
        "update entries set kind = 'concern.recorded' where hub = :hub and position = :at",
        "update entries set stream = 'referral:01a20a87-0000-7000-8000-000000000000'"
        " where hub = :hub and position = :at",
        "update acts set signature = set_byte(signature, 0, get_byte(signature, 0) # 1)"
        " where hub = :hub and first = :at",
        "update acts set bytes = replace(encode(bytes, 'escape'), 'scc-children', 'scc-childrem')::bytea"
        " where hub = :hub and first = :at",
        "update feeds set entry = 'other' where hub = :hub and position = :at",
    ],
)
def test_a_changed_row_is_named_by_its_position(written: ServedStory, statement: str) -> None:
    at = last(written) - 1
    assert at in [position for position, _ in tamper(written, statement, at=at)]


def test_an_entry_taken_out_shows_at_its_place(written: ServedStory) -> None:
    at = last(written) - 1
    found = tamper(written, "delete from entries where hub = :hub and position = :at", at=at)
    assert (at, "There is a gap in the log, or an entry out of order.") in found


def test_an_act_in_the_place_of_another_and_a_feed_that_names_what_is_not_there_show(
    written: ServedStory,
) -> None:
    at = last(written)
    other = (
        "update acts set bytes = (select bytes from acts where hub = :hub and first = 1)"
        " where hub = :hub and first = :at"
    )
    assert (at, "The entries of this act are not those that it signs.") in tamper(written, other, at=at)
    moved = (
        "update feeds set position = 1"
        " where hub = :hub and audience = 'agency:scc-children' and position = :at"
    )
    words = "The feed of agency:scc-children names an entry that is not there."
    assert (1, words) in tamper(written, moved, at=at)


def test_the_end_of_the_log_cut_off_shows(written: ServedStory) -> None:
    at = last(written)
    found = tamper(written, "delete from entries where hub = :hub and position = :at", at=at)
    assert any(position == at for position, _ in found)


def test_another_time_of_admission_shows_where_it_stands(written: ServedStory) -> None:
    found = tamper(
        written,
        "update acts set admitted_at = admitted_at - interval '1 day' where hub = :hub and first = :at",
        at=last(written),
    )
    words = "The act, its time or its place here is not what the tree was made of."
    assert found == [(last(written), words)]


def test_a_head_that_was_not_signed_shows(written: ServedStory) -> None:
    found = tamper(
        written,
        "update heads set signature = set_byte(signature, 0, get_byte(signature, 0) # 1) where hub = :hub",
    )
    assert any("head" in sentence for _, sentence in found)


def test_a_node_changed_shows(written: ServedStory) -> None:
    found = tamper(
        written,
        "update tree_nodes set hash = set_byte(hash, 0, get_byte(hash, 0) # 1) where hub = :hub and level = 1"
        " and index = 0",
    )
    assert (1, "A node of the tree does not fit those below it.") in found


def test_a_feed_row_left_out_or_cut_off_shows(written: ServedStory) -> None:
    first = tamper(
        written, "delete from feeds where hub = :hub and audience = 'agency:scc-children' and n = 3"
    )
    assert any("agency:scc-children was changed at its row 3" in sentence for _, sentence in first)
    cut = tamper(written, "delete from feeds where hub = :hub and audience = 'hub' and n = 5")
    assert any("hub" in sentence for _, sentence in cut)


def test_a_body_whose_key_went_though_nobody_agreed_is_named(written: ServedStory) -> None:
    at = last(written)
    found = tamper(written, "delete from body_keys where hub = :hub and position = :at", at=at)
    assert found == [(at, "The key of this entry is gone, and nobody agreed to dispose of it.")]


def test_a_body_without_its_key_comes_as_disposed_and_the_record_goes_on(written: ServedStory) -> None:
    at = last(written)
    tamper(written, "delete from body_keys where hub = :hub and position = :at", at=at)
    desk = written.cast["ruth"]
    row = next(row for row in desk.pull() if row.position == at)
    assert row.disposed
    assert row.body is None
    assert row.signed is not None
    again = desk.act(Draft(written.stream, NoteAdded(words="After.")))
    assert again.state == "admitted", again


def test_a_feed_that_is_said_to_go_on_further_than_it_does_is_named(written: ServedStory) -> None:
    found = tamper(written, "update feed_tails set n = n + 1 where hub = :hub and audience = 'hub'")
    assert found == [(0, "The feed of hub does not end where it should.")]
