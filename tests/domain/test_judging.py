"""What is asked of every entry before the rule of its kind: envelope, permission, chain; and of a part."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from mash_desktop.domain.codes import Marker, Rag
from mash_desktop.domain.entries import Unread
from mash_desktop.domain.entries.contact import ContactOpened, NoteAdded
from mash_desktop.domain.entries.hub import PersonEnrolled
from mash_desktop.domain.entries.identity import MarkerSet
from mash_desktop.domain.entries.triage import ContactTriaged, RagRated
from mash_desktop.domain.fold import Stage, fold
from mash_desktop.domain.rules import judge_act
from mash_desktop.domain.verdict import YES, Answer, Verdict, no, unknown

from .refusing import Cases, judged_as, judged_made
from .stories import ADMINISTRATOR, DEPUTY, at, triaging
from .story import CONSULTANT, MANAGER, OPERATOR, POLICE, Story

RED = RagRated(rag=Rag.RED, reason="He is at home tonight.")
NOTE = NoteAdded(words="Rang twice.")


def newer(guard: str | None) -> Story:
    story = at(Stage.RATED)
    made = story.made(MANAGER, NOTE)[0]
    story.admit(
        (msgspec.structs.replace(made, kind="rating.forecast", body=Unread(why="newer"), guard=guard),)
    )
    return story


def moved_on() -> Verdict:
    """Karen and her deputy rate at the same time."""
    story = at(Stage.ADMITTED)
    late = story.made(DEPUTY, RED)
    story.tell(MANAGER, RED)
    return judged_made(story, DEPUTY, late)


REFUSED: Cases = {
    "a kind that this hub does not know": (
        "kind-unknown",
        lambda: judged_as(at(Stage.CONTACT), OPERATOR, NOTE, body=Unread(why="newer")),
    ),
    "anything, once a newer version has moved the referral on": (
        "made-by-newer",
        lambda: newer("rating").judged(MANAGER, RED),
    ),
    "what a fast clock made": (
        "from-the-future",
        lambda: judged_as(at(Stage.CONTACT), OPERATOR, NOTE, made_at=Story().now + timedelta(hours=1)),
    ),
    "a marker in a referral's stream": (
        "stream-wrong",
        lambda: at(Stage.RATED).judged(
            CONSULTANT, MarkerSet(marker=Marker.RESTRICTED, reason="Staff.", readers=("x",))
        ),
    ),
    "a person enrolled in a referral's stream": (
        "stream-wrong",
        lambda: at(Stage.RATED).judged(ADMINISTRATOR, PersonEnrolled(person="x", name="X")),
    ),
    "a referral that begins with a note": ("not-opened", lambda: Story().judged(OPERATOR, NOTE)),
    "a referral opened twice": (
        "not-permitted",
        lambda: at(Stage.CONTACT).judged(OPERATOR, at(Stage.CONTACT).entries[0].body),
    ),
    "an administrator who writes in a case": (
        "not-permitted",
        lambda: at(Stage.RATED).judged(ADMINISTRATOR, NOTE),
    ),
    "an agency that was never asked": ("not-permitted", lambda: at(Stage.RATED).judged(POLICE, NOTE)),
    "an entry that names another chain than its kind's": (
        "guard-wrong",
        lambda: judged_as(at(Stage.ADMITTED), MANAGER, RED, guard="stage"),
    ),
    "a free entry with a base": (
        "guard-wrong",
        lambda: judged_as(at(Stage.CONTACT), OPERATOR, NOTE, base="00000000"),
    ),
    "the second of two who rate at once": ("moved-on", moved_on),
    "a chain begun anew": ("moved-on", lambda: judged_as(at(Stage.RATED), MANAGER, RED, base=None)),
}


@pytest.mark.parametrize("sentence", REFUSED)
def test_refused(sentence: str) -> None:
    code, judged = REFUSED[sentence]
    verdict = judged()
    assert verdict.code == code, verdict.sentence
    assert verdict.answer == "no"


def test_a_kind_that_moves_no_chain_is_kept_and_stops_nothing() -> None:
    story = newer(None)
    assert [entry.kind for entry in story.referral.newer] == ["rating.forecast"]
    assert not story.referral.read_only
    assert story.judged(MANAGER, RED)


def test_an_act_is_refused_whole_for_its_first_no_and_its_entries_see_each_other() -> None:
    story = at(Stage.CONTACT)
    made = story.made(OPERATOR, NOTE, triaging("child_in_need", "social-work-gateway"), NOTE)
    verdict, after = judge_act(OPERATOR, made, story.referral, story.config, story.now)
    assert verdict
    assert after.stage is Stage.TRIAGED
    assert after.entries[-3:] == made
    verdict, after = judge_act(
        OPERATOR, story.made(OPERATOR, NOTE, RED, NOTE), story.referral, story.config, story.now
    )
    assert verdict.code == "not-permitted"
    assert after.entries[-1].body == NOTE


def test_a_no_of_an_act_comes_before_what_cannot_be_known() -> None:
    story = at(Stage.GATHERING)
    part = fold(
        [entry for entry in story.entries if not isinstance(entry.body, ContactTriaged)], story.timeline
    )
    made = story.made(MANAGER, RED)
    hidden = msgspec.structs.replace(made[0], base="somewhere else")
    verdict, _ = judge_act(MANAGER, (hidden,), part, story.config, story.now)
    assert (verdict.answer, verdict.code) == (Answer.UNKNOWN, "chain-unseen")
    empty = story.made(MANAGER, NoteAdded(words=""))
    verdict, _ = judge_act(MANAGER, (hidden, *empty), part, story.config, story.now)
    assert (verdict.answer, verdict.code) == (Answer.NO, "field-empty")


def test_a_part_says_no_only_for_what_it_holds() -> None:
    story = at(Stage.GATHERING)
    asked = fold([e for e in story.entries if e.kind in {"request.made", "subject.recorded"}], story.timeline)
    rating = story.made(MANAGER, RED)
    assert judge_act(MANAGER, rating, asked, story.config, story.now)[0].answer is Answer.UNKNOWN
    story.tell(DEPUTY, RED)
    held = story.referral.entries
    late = msgspec.structs.replace(rating[0], base=rating[0].base)
    partly = fold(held, story.timeline)
    assert judge_act(MANAGER, (late,), partly, story.config, story.now)[0].code == "moved-on"


def test_an_opening_can_be_made_where_nothing_is_held() -> None:
    story = Story()
    opening = story.made(OPERATOR, at(Stage.CONTACT).entries[0].body)
    assert isinstance(opening[0].body, ContactOpened)
    assert judge_act(OPERATOR, opening, fold((), story.timeline), story.config, story.now)[0]


def test_verdicts_say_yes_no_and_cannot_be_known() -> None:
    assert YES
    assert not no("a", "b")
    assert not unknown("a", "b")
