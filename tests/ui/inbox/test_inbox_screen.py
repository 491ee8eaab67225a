"""The receiving team's inbox as a gateway worker drives it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from mash_desktop.desk import ChangeSet, Desk
from mash_desktop.domain.entries.outcome import (
    FeedbackGiven,
    FirstActionRecorded,
    HandoverMade,
    OutcomeReturned,
    OutcomeSent,
    SummaryMade,
)
from mash_desktop.domain.fold.stage import Stage
from tests.domain.stories import OUT_OF_HOURS
from tests.domain.story import CONSULTANT, FACILITATOR, GATEWAY, OPERATOR, Story
from tests.support.carters import at_sign_off
from tests.support.desks import desk_of, receive
from tests.ui.accessibility import nameless
from tests.ui.driven import Driven
from ui.inbox import Inbox
from ui.keys import keys
from ui.widgets.banner import Banner
from ui.widgets.states import EmptyState
from ui.work import Worker

NOW = datetime(2026, 11, 12, 16, 10, tzinfo=UTC)
STREAM = "referral:0"


class AtInbox(Driven[Inbox]):
    def __init__(self, qtbot: QtBot, worker: Worker, desk: Desk) -> None:
        super().__init__(qtbot, worker, desk, Inbox(desk, worker), "file")


def sent(stream: str = STREAM, first: int = 2) -> Story:
    story = at_sign_off(stream, first=first).signed()
    story.tell(FACILITATOR, OutcomeSent(agency="scc-children", team="social-work-gateway", words="See her."))
    return story


@pytest.fixture
def driven(qtbot: QtBot, worker: Worker, tmp_path: Path) -> Callable[..., AtInbox]:
    def drive(*stories: Story) -> AtInbox:
        desk = desk_of(GATEWAY, tmp_path, *stories)
        desk.now = lambda: NOW
        return AtInbox(qtbot, worker, desk)

    return drive


def test_what_was_decided_stands_beside_the_row_that_is_chosen(driven: Callable[..., AtInbox]) -> None:
    inbox = driven(sent(), sent("referral:1", 200))
    assert len(inbox.screen.table.rows()) == 2
    assert inbox.window.focusWidget() is inbox.screen.table
    said = inbox.words()
    for part in ("Mia Louise Carter, 9", "Section 47 enquiry, joint with police.", "See her.", "Waiting 1 h"):
        assert part in said, part
    assert nameless(inbox.window) == []
    assert keys.clashes(inbox.window) == []
    inbox.press(Qt.Key.Key_Down)
    assert inbox.screen.side.shown is not None
    assert inbox.screen.side.shown.row.stream == "referral:1"


def test_an_empty_inbox_says_what_comes_here_and_a_referral_arrives_by_itself(
    driven: Callable[..., AtInbox],
) -> None:
    inbox = driven(Story().taken())
    (state, _) = [one for one in inbox.screen.findChildren(EmptyState) if one.isVisibleTo(inbox.window)]
    assert state.title.text() == "Nothing has been sent to this team"
    receive(inbox.desk.cache, GATEWAY, sent("referral:1", 200))
    inbox.desk.tell(ChangeSet(frozenset({"referral:1"})))
    inbox.settle()
    assert [row.stream for row in inbox.screen.table.rows()] == ["referral:1"]
    assert inbox.screen.side.shown is not None


def test_what_was_left_for_the_night_is_read_and_taken_over_by_keys(
    qtbot: QtBot, worker: Worker, tmp_path: Path
) -> None:
    stories = [Story(f"referral:{one}", first=2 + 100 * one).taken().triaged() for one in range(2)]
    for story in stories:
        story.tell(OPERATOR, HandoverMade(handover=story.stream, team="emergency-duty", words="See Mia."))
    desk = desk_of(OUT_OF_HOURS, tmp_path, *stories)
    desk.now = lambda: stories[0].now + timedelta(minutes=80)
    inbox = AtInbox(qtbot, worker, desk)
    table = inbox.screen.handovers.table
    assert inbox.window.focusWidget() is table
    assert not inbox.screen.side.isVisible()
    assert nameless(inbox.window) == []
    assert keys.clashes(inbox.window) == []
    inbox.screen.open("referral:1")
    inbox.settle()
    current = table.current()
    assert current is not None
    assert (current.stream, current.left(desk.now())) == ("referral:1", "late 20 min")
    inbox.press(Qt.Key.Key_Return)
    assert inbox.asked_to_open == [("file", "referral:1")]
    inbox.window.go("inbox")
    inbox.settle()
    inbox.press(Qt.Key.Key_Down)
    inbox.press(Qt.Key.Key_T)
    inbox.screen.tick()
    assert [row.stream for row in table.rows()] == ["referral:0"]
    assert "taken over" in inbox.said[-1]
    inbox.press(Qt.Key.Key_T)
    assert not inbox.screen.handovers.isVisible()
    (state, *_) = [one for one in inbox.screen.findChildren(EmptyState) if one.isVisibleTo(inbox.window)]
    assert "what is left for the night" in inbox.words(state)


def test_it_is_accepted_acted_on_and_closed_by_keys(driven: Callable[..., AtInbox]) -> None:
    story = sent()
    inbox = driven(story)
    assert not inbox.screen.side.first.isEnabled()
    inbox.press(Qt.Key.Key_A)
    assert inbox.desk.referral(STREAM).stage is Stage.ACCEPTED
    inbox.press(Qt.Key.Key_F)
    inbox.write("inbox.words", "Telephoned Joanne Carter.")
    inbox.write("inbox.done_at", "16:00")
    inbox.save()
    acted = inbox.desk.referral(STREAM).last(FirstActionRecorded)
    assert acted is not None
    assert acted.body.done_at == NOW - timedelta(minutes=10)
    (row,) = inbox.screen.table.rows()
    assert row.waits(NOW).startswith("acted on after 1 h")
    assert not inbox.screen.side.finish.isEnabled()
    assert "The referrer is told the outcome before it closes." in inbox.words()
    known = [entry.id for entry in story.entries]
    story.tell(CONSULTANT, FeedbackGiven(how="Telephoned Mrs Marsh."))
    receive(inbox.desk.cache, GATEWAY, story, known)
    inbox.desk.tell(ChangeSet(frozenset({STREAM})))
    inbox.settle()
    inbox.press(Qt.Key.Key_C)
    inbox.write("inbox.reason", "Allocated to a worker.")
    inbox.save()
    assert inbox.desk.referral(STREAM).stage is Stage.CLOSED
    assert inbox.screen.table.rows() == ()


def test_siblings_who_came_apart_are_two_rows_and_each_is_dealt_with_by_itself(
    qtbot: QtBot, worker: Worker, tmp_path: Path
) -> None:
    story = at_sign_off().signed()
    mia, tyler = story.tell(
        FACILITATOR,
        OutcomeSent(agency="scc-children", team="child-protection", subjects=("mia",)),
        OutcomeSent(agency="scc-children", team="social-work-gateway", subjects=("tyler",)),
    )
    desk = desk_of(msgspec.structs.replace(GATEWAY, team=None), tmp_path, story)
    desk.now = lambda: NOW
    inbox = AtInbox(qtbot, worker, desk)
    assert [row.sending for row in inbox.screen.table.rows()] == [mia, tyler]
    assert "Tyler: with Social Work Gateway" in inbox.words()
    assert "Section 47 enquiry" in inbox.words()
    assert "Child in need plan" not in inbox.words()
    assert nameless(inbox.window) == []
    inbox.press(Qt.Key.Key_Down)
    assert "Mia: with Child protection duty" in inbox.words()
    inbox.press(Qt.Key.Key_A)
    referral = inbox.desk.referral(STREAM)
    assert [(one.id, one.waits) for one in referral.sent] == [(mia, True), (tyler, False)]
    inbox.screen.open(STREAM)
    current = inbox.screen.table.current()
    assert current is not None
    assert current.sending == mia, "what waits comes first"


def test_a_time_that_is_none_is_said_at_its_field(driven: Callable[..., AtInbox]) -> None:
    inbox = driven(sent())
    inbox.press(Qt.Key.Key_A)
    inbox.press(Qt.Key.Key_F)
    inbox.write("inbox.words", "Telephoned Joanne Carter.")
    inbox.write("inbox.done_at", "soon")
    inbox.save()
    assert inbox.text("inbox.done_at") == "soon"
    assert inbox.text("inbox.words") == "Telephoned Joanne Carter."
    assert inbox.desk.referral(STREAM).last(FirstActionRecorded) is None


def test_it_is_returned_with_a_reason_that_survives_a_refusal(driven: Callable[..., AtInbox]) -> None:
    inbox = driven(sent())
    inbox.press(Qt.Key.Key_R)
    inbox.save()
    assert inbox.desk.referral(STREAM).last(OutcomeReturned) is None
    inbox.write("inbox.reason", "Open to the district team.")
    inbox.save()
    assert inbox.screen.table.rows() == ()
    (waiting,) = inbox.desk.cache.waiting()
    sentence = "This was sent to another team of your agency."
    inbox.desk.tell(inbox.desk.cache.refused(waiting.act, "team-of-another", sentence, None, None, None))
    inbox.settle()
    (banner,) = [one for one in inbox.screen.findChildren(Banner) if one.isVisibleTo(inbox.window)]
    assert sentence in banner.accessibleName()
    inbox.press(Qt.Key.Key_Y)
    assert inbox.text("inbox.reason") == "Open to the district team."
    assert inbox.desk.cache.waiting() == ()


def test_the_teams_copy_of_the_summary_is_made_and_looked_at(driven: Callable[..., AtInbox]) -> None:
    inbox = driven(sent())
    inbox.press(Qt.Key.Key_P)
    assert inbox.screen.viewer.isVisible()
    assert inbox.screen.viewer.heading.text() == "MASH summary, receiving team’s copy"
    made = inbox.desk.referral(STREAM).last(SummaryMade)
    assert made is not None
    assert made.body.profile == "receiving_team"


def test_enter_leads_to_the_file(driven: Callable[..., AtInbox]) -> None:
    inbox = driven(sent())
    inbox.press(Qt.Key.Key_Return)
    assert inbox.asked_to_open == [("file", STREAM)]


def test_a_minute_passes_on_the_glass_without_a_look_into_the_cache(
    driven: Callable[..., AtInbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = driven(sent())
    monkeypatch.setattr(inbox.desk, "cache", None)
    inbox.desk.now = lambda: NOW + timedelta(hours=1)
    inbox.screen.tick()
    assert "Waiting 2 h" in inbox.words()
