"""What the hub did not admit is told in words, kept, and done again or let go by its person."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mash_desktop.desk import Desk, attention
from mash_desktop.domain.acts import Author, Draft
from mash_desktop.domain.codes import Rag
from mash_desktop.domain.entries.contact import NoteAdded
from mash_desktop.domain.entries.decision import DecisionDrafted, SubjectDecision
from mash_desktop.domain.entries.outcome import EntryWithdrawn
from mash_desktop.domain.entries.table import TableOpened
from mash_desktop.domain.entries.triage import RagRated
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.fold import Stage
from mash_desktop.domain.roles import Role
from tests.domain.story import FACILITATOR, KEY, MANAGER, Story
from tests.support.desks import desk_of, receive
from tests.support.overtaken import DEPUTY, MOVED, STREAM, overtaken


@pytest.fixture
def story() -> Story:
    return Story().taken().triaged().admitted()


@pytest.fixture
def manager(tmp_path: Path, story: Story) -> Iterator[Desk]:
    desk = desk_of(MANAGER, tmp_path, story)
    yield desk
    desk.cache.close()


def test_what_waits_is_told_with_every_word(manager: Desk) -> None:
    manager.act(STREAM, RagRated(rag=Rag.RED, reason="A child under one is in the house."))
    (item,) = attention.read_items(manager)
    assert (item.state, item.about, item.reference) == ("waiting", "Carter, Mia + 1", "ISL-26-00002")
    assert item.what == "Rated ◆ Red"
    assert item.mine.told[0].words == "A child under one is in the house."
    assert (item.state_words(online=False), item.state_words(online=True)) == ("waiting", "sending")
    assert not item.wants_attention


def test_a_conflict_shows_both_sides(manager: Desk, story: Story) -> None:
    overtaken(manager, story)
    (item,) = attention.read_items(manager)
    assert item.state == "conflicting"
    assert item.wants_attention
    assert item.mine.who == "You"
    assert item.theirs is not None
    assert item.theirs.told[0].words == "The father is away until Friday."
    assert item.theirs.role.startswith("Deputy hub manager")


def test_the_other_side_is_the_last_link_where_the_hub_named_none(manager: Desk, story: Story) -> None:
    act = overtaken(manager, story)
    manager.cache.refused(act, "moved-on", MOVED, None, None, "not-held-here")
    (item,) = attention.read_items(manager)
    assert item.theirs is not None
    assert item.theirs.told[0].what == "Rated ▲ Amber"


def test_doing_it_again_makes_the_same_on_what_is_there_now(manager: Desk, story: Story) -> None:
    old = overtaken(manager, story)
    assert manager.referral(STREAM).rag is Rag.AMBER
    new = attention.do_again(manager, old)
    referral = manager.referral(STREAM)
    assert referral.rag is Rag.RED
    assert referral.rated is not None
    assert referral.rated.body.reason == "A child under one is in the house."
    assert [one.act for one in manager.cache.waiting()] == [new]
    assert referral.get(referral.rated.base or "") is not None


def test_what_cannot_be_done_again_is_not_lost(manager: Desk, story: Story) -> None:
    old = overtaken(manager, story)
    story.tell(DEPUTY, RagRated(rag=Rag.RED, reason="He is back."))
    receive(manager.cache, MANAGER, story)
    with pytest.raises(Refusal, match="rating-same"):
        attention.do_again(manager, old)
    (item,) = attention.read_items(manager)
    assert item.mine.told[0].words == "A child under one is in the house."


def revoked(desk: Desk, act: str) -> None:
    desk.cache.refused(act, "key-revoked", "The key has been revoked since.", "key", None, None)


@pytest.fixture
def facilitator(tmp_path: Path) -> Iterator[Desk]:
    desk = desk_of(FACILITATOR, tmp_path, Story().taken().triaged().admitted().rated().asked().answered())
    desk.act(STREAM, TableOpened(place="Room 2", held_at=desk.now()))
    yield desk
    desk.cache.close()


def resting(desk: Desk) -> tuple[str, str, str]:
    """A note, a decision drafted on it, and a note that names that draft: by act."""
    noted = desk.act(STREAM, NoteAdded(words="The neighbour heard it as well."))
    note = desk.cache.waiting()[-1].entries[0].id
    decided = (
        SubjectDecision("mia", "child_protection", "Section 47 enquiry.", "Two injuries."),
        SubjectDecision("tyler", "child_in_need", "Child in need plan.", "Same household."),
    )
    drafted = desk.act(STREAM, DecisionDrafted(subjects=decided), relies_on=(note,))
    draft = desk.cache.waiting()[-1].entries[0].id
    withdrawn = [Draft(STREAM, EntryWithdrawn(entry=draft, reason="Another family's."))]
    return noted, drafted, desk.keep(desk.sealed(withdrawn, FACILITATOR, desk.now()))


def test_what_rests_on_an_act_made_again_names_the_new_one_and_waits_as_before(facilitator: Desk) -> None:
    noted, drafted, _ = resting(facilitator)
    revoked(facilitator, noted)
    new = attention.do_again(facilitator, noted)
    _, first, second, third = facilitator.cache.waiting()
    assert (first.act, {one.state for one in (first, second, third)}) == (new, {"waiting"})
    assert second.act != drafted
    assert second.entries[0].relies_on == (first.entries[0].id,)
    assert isinstance(third.entries[0].body, EntryWithdrawn)
    assert third.entries[0].body.entry == second.entries[0].id
    assert len(facilitator.cache.outgoing("dee", 10)) == 4


def test_all_that_a_revoked_key_signed_is_done_again_one_after_the_other(facilitator: Desk) -> None:
    noted, drafted, _ = resting(facilitator)
    for act in (noted, drafted):
        revoked(facilitator, act)
    attention.do_again(facilitator, noted)
    (item,) = (one for one in attention.read_items(facilitator) if one.wants_attention)
    assert (item.state, item.code, item.what) == ("refused", "key-revoked", "Decision drafted")
    attention.do_again(facilitator, item.act)
    referral = facilitator.referral(STREAM)
    (note,) = referral.all(NoteAdded)
    assert [made.relies_on for made in facilitator.cache.waiting()[2].entries] == [(note.id,)]
    assert {one.state for one in facilitator.cache.waiting()} == {"waiting"}


def test_what_rests_on_it_in_a_role_no_longer_held_is_left_as_it_is(facilitator: Desk) -> None:
    noted = facilitator.act(STREAM, NoteAdded(words="The neighbour heard it as well."))
    note = facilitator.cache.waiting()[-1].entries[0].id
    before = Author("dee", "mash", Role.HUB_MANAGER, KEY.key_id)
    withdrawn = [Draft(STREAM, EntryWithdrawn(entry=note, reason="Another family's."))]
    left = facilitator.keep(facilitator.sealed(withdrawn, before, facilitator.now()))
    revoked(facilitator, noted)
    attention.do_again(facilitator, noted)
    assert facilitator.cache.waiting()[-1].act == left


def test_an_act_made_again_goes_before_what_waits_behind_it_on_its_chain(manager: Desk, story: Story) -> None:
    old = manager.act(STREAM, RagRated(rag=Rag.RED, reason="A child under one is in the house."))
    manager.act(STREAM, RagRated(rag=Rag.GREEN, reason="He is in custody."))
    (theirs,) = story.tell(DEPUTY, RagRated(rag=Rag.AMBER, reason="The father is away until Friday."))
    receive(manager.cache, MANAGER, story)
    manager.cache.refused(old, "moved-on", MOVED, None, None, theirs)
    attention.do_again(manager, old)
    first, second = (one.entries[0] for one in manager.cache.waiting())
    assert (first.base, second.base) == (theirs, first.id)
    assert manager.referral(STREAM).rag is Rag.GREEN


def test_letting_go_leaves_nothing_waiting(manager: Desk, story: Story) -> None:
    attention.let_go(manager, overtaken(manager, story))
    assert attention.read_items(manager) == ()
    assert manager.referral(STREAM).rag is Rag.AMBER
    assert manager.referral(STREAM).stage is Stage.RATED


def test_what_is_already_gone_is_said_to_be(manager: Desk, story: Story) -> None:
    act = overtaken(manager, story)
    attention.let_go(manager, act)
    with pytest.raises(Refusal, match="act-gone"):
        attention.do_again(manager, act)


def test_an_act_behind_a_refused_one_says_so(manager: Desk, story: Story) -> None:
    overtaken(manager, story)
    manager.act(STREAM, NoteAdded(words="Rang the school."))
    refused, behind = attention.read_items(manager)
    assert refused.state == "conflicting"
    assert behind.state_words(online=True) == "behind another"


def test_what_was_set_aside_says_why_and_who_can_help(manager: Desk) -> None:
    manager.act(STREAM, NoteAdded(words="Rang the school."))
    manager.cache.quarantine(MANAGER.person)
    (item,) = attention.read_items(manager)
    assert item.state_words(online=True) == "set aside"
    assert "administrator" in item.sentence


def test_a_role_no_longer_held_cannot_do_it_again(manager: Desk, story: Story) -> None:
    act = overtaken(manager, story)
    other = Author(MANAGER.person, "mash", Role.FACILITATOR, KEY.key_id)
    moved = Desk(
        manager.cache,
        type(manager.me)(manager.me.hub, MANAGER.person, "Karen Shaw", other, (other,)),
        KEY,
        now=manager.now,
        prove_passphrase=lambda _: None,
    )
    with pytest.raises(Refusal, match="role-not-held"):
        attention.do_again(moved, act)
    assert len(attention.read_items(moved)) == 1


def test_the_desk_says_what_it_holds(manager: Desk) -> None:
    stands = attention.standing(manager)
    assert (stands.holdings.referrals, stands.holdings.access_days, stands.head_size) == (1, 0, 0)
    manager.viewed(STREAM, "hub")
    manager.send_access()
    (item,) = attention.read_items(manager)
    assert item.what == "Looked at a record"
    assert attention.standing(manager).holdings.access_days == 1
