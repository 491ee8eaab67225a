"""The hub board as a manager drives it: keys and clicks, and what the desk holds afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from mash_desktop.desk import ChangeSet, Desk, downtime, hub_board
from mash_desktop.domain.codes import Rag
from mash_desktop.domain.configuration import HubConfig
from mash_desktop.domain.entries.gathering import RequestMade
from mash_desktop.domain.entries.triage import RagRated
from mash_desktop.domain.fold.gathering import requests
from mash_desktop.domain.fold.stage import Stage
from mash_desktop.domain.roles import Role
from tests.domain.story import FACILITATOR, MANAGER, Story, staffordshire, with_blue
from tests.support.board import answered, busy_board
from tests.support.desks import desk_of, receive
from tests.ui.accessibility import nameless
from tests.ui.driven import Driven
from ui.forms import SideForm
from ui.hub_board import HubBoard
from ui.hub_board.asking import AskForm
from ui.keys import keys
from ui.theme import Mode, Theme, Tone
from ui.widgets.banner import Banner
from ui.widgets.field import TextField
from ui.widgets.pill import PillFace, RagChip
from ui.widgets.states import EmptyState
from ui.work import Worker

NOW = datetime(2026, 11, 12, 14, 2, tzinfo=UTC)
CARTER, PRICE, HUGHES = "referral:carter", "referral:price", "referral:hughes"


class OnBoard(Driven[HubBoard]):
    """The board, driven."""

    def __init__(self, qtbot: QtBot, worker: Worker, desk: Desk) -> None:
        super().__init__(qtbot, worker, desk, HubBoard(desk, worker), "table", "settings")

    def choose(self, stream: str) -> None:
        assert self.screen.table.select_key(stream)
        self.screen.table.setFocus()
        self.settle()


@pytest.fixture
def driven(qtbot: QtBot, worker: Worker, tmp_path: Path) -> Callable[..., OnBoard]:
    def drive(*stories: Story, at: datetime = NOW, hub: HubConfig | None = None) -> OnBoard:
        desk = desk_of(MANAGER, tmp_path, *(stories or busy_board()), hub=hub)
        desk.now = lambda: at
        downtime.not_today(desk)
        return OnBoard(qtbot, worker, desk)

    return drive


def test_the_board_lists_open_referrals_with_counts_and_the_first_one_open_beside_it(
    driven: Callable[..., OnBoard],
) -> None:
    board = driven()
    assert [row.who for row in board.screen.table.rows()][:3] == [
        "Price, Callum",
        "Osei, Ama",
        "Bennett, Ruby + 2",
    ]
    tabs = board.screen.tabs
    assert tabs.button("open").text() == "All open 7"
    assert tabs.button("reds").text() == "Reds due in an hour 2"
    assert tabs.button("unrated").text() == "Waits for rating 1"
    assert board.screen.side.case is not None
    assert board.screen.side.case.stream == PRICE
    assert nameless(board.window) == []


def test_a_filter_shows_what_its_count_promised(driven: Callable[..., OnBoard]) -> None:
    board = driven()
    board.press_mouse(board.screen.tabs.button("ready"))
    assert [row.stream for row in board.screen.table.rows()] == [HUGHES]
    board.settle()
    assert board.screen.side.case is not None
    assert board.screen.side.case.stream == HUGHES


def test_a_minute_passes_on_the_glass_without_a_look_into_the_cache(
    driven: Callable[..., OnBoard], monkeypatch: pytest.MonkeyPatch
) -> None:
    board = driven()
    board.choose(CARTER)
    monkeypatch.setattr(board.desk, "cache", None)
    board.desk.now = lambda: NOW + timedelta(minutes=60)
    board.screen.tick()
    row = board.screen.table.current()
    assert row is not None
    assert row.left(board.desk.now()).startswith("late ")
    assert board.screen.tabs.button("reds").text() == "Reds due in an hour 2"
    assert board.worker.waiting == 0


def test_the_first_rating_and_a_new_one_each_name_their_reason(driven: Callable[..., OnBoard]) -> None:
    board = driven()
    board.choose(PRICE)
    board.press(Qt.Key.Key_R)
    board.save()
    form = board.screen.side.findChildren(QWidget, "hub.reason")
    assert form, "the form stays open with what is wrong"
    board.press(Qt.Key.Key_Right)
    board.write("hub.reason", "No injury, but a second report in a month.")
    board.save()
    rated = board.desk.referral(PRICE).rated
    assert rated is not None
    assert (rated.body.rag, rated.body.reason) == (Rag.AMBER, "No injury, but a second report in a month.")
    assert board.screen.side.rate.text() == "Re-rate"
    row = next(row for row in board.screen.table.rows() if row.stream == PRICE)
    assert row.rag is Rag.AMBER, "the row changes by itself"
    assert board.screen.table.current() is row, "and stays chosen"


def choices(board: OnBoard) -> list[str]:
    """The ratings that the form offers."""
    return [one.text() for one in board.find("hub.rag").findChildren(QPushButton)]


def test_a_hub_that_rates_blue_offers_it_by_key_and_shows_it_by_shape_and_word(
    driven: Callable[..., OnBoard],
) -> None:
    board = driven(hub=with_blue(staffordshire()))
    board.choose(PRICE)
    board.press(Qt.Key.Key_R)
    board.press(Qt.Key.Key_Left)
    assert choices(board) == ["◆ Red", "▲ Amber", "● Green", "■ Blue"]
    assert "This hub sets no limit for it" in board.words()
    board.write("hub.reason", "No injury, and he lives with his aunt now.")
    board.save()
    row = next(row for row in board.screen.table.rows() if row.stream == PRICE)
    assert (row.rag, row.left(board.desk.now())) == (Rag.BLUE, "untimed")
    assert board.screen.table.rows()[-1] is row, "what nothing presses for comes last"
    chips = [chip.face for chip in board.screen.side.findChildren(RagChip)]
    assert PillFace("■ Blue · untimed", Tone.BLUE) in chips
    assert nameless(board.window) == []


def test_a_hub_that_does_not_rate_blue_offers_three(driven: Callable[..., OnBoard]) -> None:
    board = driven()
    board.choose(PRICE)
    board.press(Qt.Key.Key_R)
    assert choices(board) == ["◆ Red", "▲ Amber", "● Green"]


def test_a_refusal_stands_at_its_field_and_keeps_what_was_typed(driven: Callable[..., OnBoard]) -> None:
    board = driven()
    board.choose(CARTER)
    board.press(Qt.Key.Key_R)
    board.write("hub.reason", "Still the same.")
    board.save()
    assert board.text("hub.reason") == "Still the same."
    form = board.screen._form.current
    assert isinstance(form, SideForm)
    assert form.fault.text() == "It is rated so already."


def test_what_is_typed_comes_back_after_the_form_is_left_and_the_screen_built_anew(
    driven: Callable[..., OnBoard],
) -> None:
    board = driven()
    board.choose(CARTER)
    board.press(Qt.Key.Key_W)
    board.write("hub.reason", "The school is closed today")
    board.press(Qt.Key.Key_Escape)
    again = OnBoard(board.qtbot, board.worker, board.desk)
    again.choose(CARTER)
    again.press(Qt.Key.Key_W)
    assert again.text("hub.reason") == "The school is closed today"
    again.save()
    assert again.desk.cache.drafts("hub/") == {}
    found = requests(again.desk.referral(CARTER))
    assert [one.without.body.reason for one in found.values() if one.without] == [
        "The school is closed today"
    ]


def test_letters_in_a_form_are_words_and_not_actions(driven: Callable[..., OnBoard]) -> None:
    board = driven()
    board.choose(CARTER)
    board.press(Qt.Key.Key_C)
    board.write("hub.how", "tea wreck")
    assert board.text("hub.how") == "tea wreck"
    assert board.asked_to_open == []


def test_agencies_are_asked_about_the_people_chosen_with_the_words_written_for_each(
    driven: Callable[..., OnBoard],
) -> None:
    board = driven(*busy_board()[:1])
    board.choose(CARTER)
    board.press(Qt.Key.Key_A)
    form = board.screen._form.current
    assert isinstance(form, AskForm)
    assert nameless(board.window) == []
    assert not board.screen.side.table.isVisible(), "one thing at a time"
    for agency in ("probation", "housing"):
        tick = board.find(f"hub.ask.agency.{agency}")
        tick.setFocus()
        board.press(Qt.Key.Key_Space)
    for subject in ("carter-0", "carter-1"):
        board.click(f"hub.ask.person.probation.{subject}")
    words = board.find("hub.ask.words.probation")
    assert isinstance(words, TextField)
    words.text.selectAll()
    board.write("hub.ask.words.probation", "Is Dean Carter known to you?")
    board.save()
    referral = board.desk.referral(CARTER)
    made = {one.body.agency: one.body for one in referral.all(RequestMade)}
    assert made["probation"].subjects == ("carter-adult-0", "carter-adult-1")
    assert made["probation"].minimum_concern == "Is Dean Carter known to you?"
    assert made["housing"].minimum_concern.startswith("There is concern for the safety of Mia Carter")
    assert len(made["housing"].subjects) == 4
    assert len({one.act for one in referral.all(RequestMade) if one.position is None}) == 1
    assert board.screen.table.isVisible()


def test_an_agency_asked_about_nobody_is_told_at_its_own_row(driven: Callable[..., OnBoard]) -> None:
    board = driven(*busy_board()[:1])
    board.choose(CARTER)
    board.press(Qt.Key.Key_A)
    form = board.screen._form.current
    assert isinstance(form, AskForm)
    board.save()
    assert form.fault.text() == "Choose at least one agency."
    row = form.rows["police"]
    row.tick.click()
    board.save()
    assert row.words.error.text() == "Name who the agency is asked about.", "everybody was asked about before"


def test_an_answer_arrives_while_a_form_is_open_and_nothing_typed_is_lost(
    driven: Callable[..., OnBoard],
) -> None:
    (story,) = busy_board()[:1]
    board = driven(story)
    board.choose(CARTER)
    board.press(Qt.Key.Key_R)
    board.write("hub.reason", "He is back in the house")
    known = [entry.id for entry in story.entries]
    answered(story, "mpft")
    receive(board.desk.cache, MANAGER, story, known)
    board.screen.show_change(ChangeSet(frozenset({CARTER})))
    board.settle()
    assert board.text("hub.reason") == "He is back in the house"
    field = board.find("hub.reason")
    assert isinstance(field, TextField)
    assert field.text.hasFocus()
    case = board.screen.side.case
    assert case is not None
    assert [one.mark(NOW).text[:12] for one in case.answers] == [
        "✓ returned 1",
        "nothing held",
        "late 1 h 15 ",
    ]
    row = board.screen.table.current()
    assert row is not None
    assert row.waits_for == "Education answer"


def test_bringing_to_the_table_opens_it_and_leads_there(driven: Callable[..., OnBoard]) -> None:
    board = driven()
    board.choose(HUGHES)
    board.press(Qt.Key.Key_T)
    assert board.desk.referral(HUGHES).stage is Stage.TABLE
    assert board.asked_to_open == [("table", HUGHES)]


def test_an_escalation_is_raised_between_named_agencies_and_resolved(driven: Callable[..., OnBoard]) -> None:
    board = driven()
    board.choose(CARTER)
    board.press(Qt.Key.Key_E)
    board.click("hub.party.mpft")
    board.write("hub.words", "No answer after three chases.")
    board.write("hub.interim_safety", "Mia and Tyler stay with their aunt.")
    board.save()
    case = board.screen.side.case
    assert case is not None
    assert [one.words for one in case.escalations] == [
        "Stage 1: between practitioners: No answer after three chases."
    ]
    board.press(Qt.Key.Key_V)
    board.write("hub.result", "MPFT answered by telephone.")
    board.save()
    case = board.screen.side.case
    assert case is not None
    assert case.escalations == ()


def refused(board: OnBoard, story: Story) -> None:
    """The manager rated red; a deputy's green came first."""
    deputy = msgspec.structs.replace(FACILITATOR, role=Role.DEPUTY_HUB_MANAGER)
    act = hub_board.rate(board.desk, PRICE, "red", "Injury to a child under one.")
    known = [entry.id for entry in story.entries]
    story.tell(deputy, RagRated(rag=Rag.GREEN, reason="Old bruise, seen by the GP."))
    receive(board.desk.cache, MANAGER, story, known)
    board.pending.append(board.desk.cache.refused(act, "moved-on", "Moved on.", None, None, None))
    board.settle()


@pytest.mark.parametrize(("key", "stands"), [(Qt.Key.Key_Y, Rag.RED), (Qt.Key.Key_L, Rag.GREEN)])
def test_somebody_was_quicker_and_both_sides_are_shown_with_the_words_kept(
    key: Qt.Key, stands: Rag, driven: Callable[..., OnBoard]
) -> None:
    story = next(one for one in busy_board() if one.stream == PRICE)
    board = driven(story)
    refused(board, story)
    (banner,) = board.screen.findChildren(Banner)
    assert "Dee Lowe rated it green" in banner.accessibleName()
    assert "“Injury to a child under one.”" in banner.accessibleName()
    board.press(key)
    assert board.desk.referral(PRICE).rag is stands
    assert [one for one in board.screen.findChildren(Banner) if one.isVisible()] == []


def test_an_empty_board_says_what_it_is_for(driven: Callable[..., OnBoard]) -> None:
    board = driven(Story())
    (state, *_) = [one for one in board.screen.findChildren(EmptyState) if one.isVisible()]
    assert state.title.text() == "Nothing is open in the hub"
    assert nameless(board.window) == []
    disabled = [board.screen.side.rate, board.screen.side.ask, board.screen.side.table]
    assert not any(button.isEnabled() for button in disabled)


def test_a_cache_that_cannot_be_read_says_so_and_can_be_tried_again(
    driven: Callable[..., OnBoard], monkeypatch: pytest.MonkeyPatch
) -> None:
    story = next(one for one in busy_board() if one.stream == PRICE)
    board = driven(Story())
    cache = board.desk.cache
    monkeypatch.setattr(board.desk, "cache", None)
    board.screen.enter()
    board.settle()
    monkeypatch.setattr(board.desk, "cache", cache)
    receive(cache, MANAGER, story)
    retry = [one for one in board.screen.findChildren(QPushButton) if one.text() == "Try again"]
    retry[-1].click()
    board.settle()
    assert [row.stream for row in board.screen.table.rows()] == [PRICE]


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_it_fits_without_a_sideways_scroll(
    size: tuple[int, int], scale: float, driven: Callable[..., OnBoard], themed: QApplication
) -> None:
    board = driven()
    Theme.apply(themed, Mode.LIGHT, scale)
    board.window.resize(*size)
    board.choose(CARTER)
    assert board.window.width() <= size[0]
    if scale == 1.0:
        assert board.screen.table.horizontalScrollBar().maximum() == 0


def test_whoever_has_no_list_made_for_an_outage_is_led_to_it_and_may_put_that_away(
    driven: Callable[..., OnBoard],
) -> None:
    board = driven()
    board.desk.now = lambda: NOW + timedelta(days=1)
    board.screen.enter()
    board.settle()
    assert "You have no list of open reds for an outage." in board.words()
    assert nameless(board.screen) == []
    assert keys.clashes(board.window) == []
    board.press(Qt.Key.Key_L, Qt.KeyboardModifier.AltModifier)
    assert board.asked_to_open == [("settings", "downtime")]
    board.window.go("hub")
    board.settle()
    board.press(Qt.Key.Key_T, Qt.KeyboardModifier.AltModifier)
    board.screen.enter()
    board.settle()
    assert "list of open reds" not in board.words()
