"""The log: a head that proves itself, every head that came before it, and every entry under it."""

from __future__ import annotations

import msgspec
import pytest
from uuid6 import uuid7

from mash_desktop.domain.acts import Draft
from mash_desktop.domain.entries.contact import NoteAdded
from mash_desktop.domain.errors import Refusal
from mash_desktop.proofs.merkle import leaf_hash, verify_consistency, verify_inclusion
from sync.protocol import Path, act_digest, leaf_bytes
from tests.support.served_story import Cast, ServedStory
from tests.support.store import Desk, ServedStore


def test_every_entry_is_proven_to_be_in_the_log_under_the_signed_head(story: ServedStory, told: Cast) -> None:
    story.taken().triaged()
    desk = told["priya"]
    rows = desk.holds()
    head = desk.head()
    for entry in story.entries:
        row = rows[entry.id]
        assert row.signed is not None
        assert row.admitted_at is not None
        assert row.position == entry.position
        place = [one.id for one in story.entries if one.act == entry.act].index(entry.id)
        leaf = leaf_hash(leaf_bytes(row.position or 0, row.admitted_at, act_digest(row.signed), place))
        path = get(desk, f"inclusion?position={row.position}&size={head.size}").path
        assert verify_inclusion(leaf, (row.position or 0) - 1, head.size, path, head.root)
        assert not verify_inclusion(leaf, row.position or 0, head.size, path, head.root)


def test_each_head_extends_every_head_before_it(story: ServedStory, told: Cast) -> None:
    desk = told["priya"]
    story.taken()
    heads = [desk.head()]
    for _ in range(4):
        pushed = desk.pushed(desk.compose([Draft(story.stream, NoteAdded(words="More."))]))
        heads.append(pushed.head.verify(desk.enrolled.store_key))
    for old in heads:
        for new in heads:
            if old.size <= new.size:
                path = get(desk, f"consistency?old={old.size}&new={new.size}").path
                assert verify_consistency(old.size, new.size, old.root, new.root, path)
    assert [head.at for head in heads] == sorted(head.at for head in heads)


def test_a_proof_outside_the_log_is_refused(told: Cast) -> None:
    desk = told["priya"]
    size = desk.head().size
    for path in (
        "inclusion?position=0&size=1",
        f"inclusion?position=1&size={size + 1_000}",
        "inclusion?position=2&size=1",
        f"consistency?old=1&new={size + 1_000}",
        "consistency?old=3&new=2",
        "consistency?old=-1&new=2",
    ):
        answer = desk.client.get(f"/v1/hubs/{desk.hub}/{path}")
        assert (answer.status_code, answer.json()["code"]) == (400, "proof-outside")


def test_a_new_referral_has_a_reference_from_its_first_position(story: ServedStory) -> None:
    story.taken()
    assert story.referral.reference == f"ISL-26-{story.answers[0].positions[0]:05d}"


def get(desk: Desk, path: str) -> Path:
    answer = desk.client.get(f"/v1/hubs/{desk.hub}/{path}")
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=Path)


def test_streams_are_what_they_are_however_often_they_are_forgotten(story: ServedStory, told: Cast) -> None:
    """What another instance would read from the database is what this one has in memory."""
    from sync.store.streams import Shelf, current_directory, load

    story.taken().triaged().admitted().rated().asked()
    store = told.served.direct
    with store.engine.connect() as db:
        shelf = Shelf()
        directory = current_directory(db, shelf, store.secrets, told.hub).directory
        (held,) = load(db, shelf, store.secrets, told.hub, {story.stream: 1}).values()
    assert [entry.id for entry in held.entries] == [entry.id for entry in story.entries]
    assert [entry.body for entry in held.entries] == [entry.body for entry in story.entries]
    assert held.referral(directory).stage == story.referral.stage
    assert str(uuid7()) not in held.audiences


def test_a_hub_that_is_not_there_has_no_log(served_store: ServedStore) -> None:
    with pytest.raises(Refusal) as refused:
        served_store.direct.head("nowhere")
    assert refused.value.code == "hub-unknown"
