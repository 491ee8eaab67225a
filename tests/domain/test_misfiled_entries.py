"""Governance withdraws what was misfiled without holding anything of the referral, and is told of it."""

from __future__ import annotations

from mash_desktop.domain.acts import Author
from mash_desktop.domain.audiences import GOVERNANCE, audiences
from mash_desktop.domain.configuration import HubTimeline
from mash_desktop.domain.entries import Body
from mash_desktop.domain.entries.contact import NoteAdded
from mash_desktop.domain.entries.outcome import EntryWithdrawn
from mash_desktop.domain.fold import fold
from mash_desktop.domain.roles import Role
from mash_desktop.domain.rules import judge_act
from mash_desktop.domain.verdict import Answer, Verdict
from tests.domain.story import CONSULTANT, KEY, OPERATOR, Story, staffordshire

OFFICER = Author("helen", "mash", Role.INFORMATION_GOVERNANCE, KEY.key_id)
WITHDRAWN = EntryWithdrawn(entry="00000001", reason="It is about another family.")


def asked_without_holding_anything(*bodies: Body) -> Verdict:
    story = Story()
    nothing = fold((), HubTimeline(((1, staffordshire()),)))
    return judge_act(OFFICER, story.made(OFFICER, *bodies), nothing, story.config, story.now)[0]


def test_whether_an_entry_can_be_withdrawn_is_not_known_where_nothing_is_held() -> None:
    assert asked_without_holding_anything(WITHDRAWN).answer is Answer.UNKNOWN


def test_what_may_be_done_where_nothing_is_held_cannot_be_known_there() -> None:
    assert asked_without_holding_anything(NoteAdded(words="Hello")).answer is Answer.UNKNOWN


def test_the_store_which_holds_everything_refuses_a_referral_that_was_never_opened() -> None:
    story = Story()
    nothing = fold((), HubTimeline(((1, staffordshire()),)), whole=True)
    verdict, _ = judge_act(OFFICER, story.made(OFFICER, WITHDRAWN), nothing, story.config, story.now)
    assert verdict.code == "not-opened"


def test_governance_is_told_of_a_withdrawal_whoever_made_it() -> None:
    story = Story().taken()
    (note,) = story.tell(OPERATOR, NoteAdded(words="About another family."))
    story.tell(CONSULTANT, EntryWithdrawn(entry=note, reason="It is about another family."))
    withdrawal = story.referral.last(EntryWithdrawn)
    assert withdrawal is not None
    assert GOVERNANCE in audiences(story.referral, withdrawal, story.config)
    assert story.referral.get(note) is None
