"""Two people rate, decide or sign the same while apart: one wins, the other sees both and keeps the words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mash_desktop.desk import Desk, attention
from mash_desktop.domain.acts import Author
from mash_desktop.domain.codes import Rag
from mash_desktop.domain.entries import Body
from mash_desktop.domain.entries.decision import (
    DecisionDrafted,
    DecisionReturned,
    DecisionSigned,
    SubjectDecision,
)
from mash_desktop.domain.entries.triage import RagRated
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.roles import Role
from tests.domain.story import CONSULTANT, FACILITATOR, KEY, MANAGER, Story
from tests.support.desks import desk_of, receive
from tests.support.overtaken import DEPUTY, MOVED, STREAM

OTHER_FACILITATOR = Author("frank", "mash", Role.FACILITATOR, KEY.key_id)
OTHER_CONSULTANT = Author("rhona", "scc-children", Role.CONSULTANT_SOCIAL_WORKER, KEY.key_id)


def rating(why: str) -> Callable[[Desk | Story], Body]:
    return lambda _: RagRated(rag=Rag.RED if "father" in why else Rag.AMBER, reason=why)


def drafting(why: str) -> Callable[[Desk | Story], Body]:
    decided = (
        SubjectDecision("mia", "child_protection", "Section 47 enquiry.", why),
        SubjectDecision("tyler", "child_in_need", "Child in need plan.", why),
    )
    return lambda _: DecisionDrafted(subjects=decided)


def signing(at: Desk | Story) -> Body:
    draft = (at.referral if isinstance(at, Story) else at.referral(STREAM)).draft
    assert draft is not None
    return DecisionSigned(draft=draft.id, commitment=draft.commitment)


def returning(why: str) -> Callable[[Desk | Story], Body]:
    return lambda _: DecisionReturned(reason=why)


def rated() -> Story:
    return Story().taken().triaged().admitted()


def tabled() -> Story:
    return rated().rated().asked().answered().tabled()


MINE, THEIRS = "As the father is home again.", "As the school sees her daily."
CASES = [
    pytest.param(rated, MANAGER, rating(MINE), DEPUTY, rating(THEIRS), id="rating"),
    pytest.param(tabled, FACILITATOR, drafting(MINE), OTHER_FACILITATOR, drafting(THEIRS), id="deciding"),
    pytest.param(
        lambda: tabled().drafted(), CONSULTANT, signing, OTHER_CONSULTANT, returning(THEIRS), id="signing"
    ),
]


@pytest.mark.parametrize(("begin", "me", "mine", "other", "theirs"), CASES)
def test_who_was_second_sees_both_sides_and_does_it_again_or_lets_it_go(
    tmp_path: Path,
    begin: Callable[[], Story],
    me: Author,
    mine: Callable[[Desk | Story], Body],
    other: Author,
    theirs: Callable[[Desk | Story], Body],
) -> None:
    story = begin()
    evidence = tuple(e.id for e in story.entries if e.kind == "contribution.released")
    desk = desk_of(me, tmp_path, story)
    try:
        body = mine(desk)
        act = desk.act(STREAM, body, relies_on=evidence)
        (won,) = story.tell(other, theirs(story), relies_on=evidence)
        receive(desk.cache, me, story)
        (waiting,) = desk.cache.waiting()
        desk.tell(desk.cache.refused(act, "moved-on", MOVED, None, waiting.entries[0].id, won))

        (item,) = attention.read_items(desk)
        assert item.state == "conflicting"
        assert item.theirs is not None
        assert any(THEIRS in told.words for told in item.theirs.told)
        assert item.mine.who == "You"
        assert desk.cache.waiting()[0].entries[0].body == body
        if body.KIND != "rag.rated":
            # What stands there now has to be dealt with first, and nothing of this is lost meanwhile.
            with pytest.raises(Refusal):
                attention.do_again(desk, act)
            assert attention.read_items(desk) == (item,)
        if body.KIND == "decision.signed":
            attention.let_go(desk, act)
            assert desk.cache.waiting() == ()
            return
        if body.KIND == "decision.drafted":
            (won,) = story.tell(CONSULTANT, DecisionReturned(reason="The father was not asked."))
            receive(desk.cache, me, story)
        again = attention.do_again(desk, act)
        (waiting,) = desk.cache.waiting()
        assert (waiting.act, waiting.state) == (again, "waiting")
        assert (waiting.entries[0].base, waiting.entries[0].body) == (won, body)
    finally:
        desk.cache.close()
