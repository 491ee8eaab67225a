"""The round table as the facilitator drives it, and what the room sees of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from mash_desktop.desk import Desk
from mash_desktop.desk import round_table as desk_table
from mash_desktop.domain.acts import Author
from mash_desktop.domain.codes import Attendance
from mash_desktop.domain.entries.decision import DecisionReturned
from mash_desktop.domain.entries.table import (
    ActionCompleted,
    ActionRecorded,
    AnalysisRecorded,
    AttendanceRecorded,
)
from mash_desktop.domain.fold.gathering import requests
from mash_desktop.domain.fold.levels import drafted_levels
from tests.domain.story import CONSULTANT, FACILITATOR, POLICE, Story
from tests.support.carter_table import CarterStory, gathered
from tests.support.desks import desk_of, receive
from tests.support.other_cohorts import domestic_abuse
from tests.ui.accessibility import nameless
from tests.ui.driven import ALT, CONTROL, Driven
from ui.keys import keys
from ui.round_table import RoundTable
from ui.theme import Mode, Theme
from ui.widgets.choice import ChoiceField
from ui.widgets.field import TextField
from ui.widgets.text import Text
from ui.work import Worker

STREAM = "referral:0"
AtTable = Driven[RoundTable]
Opened = Callable[..., AtTable]


@pytest.fixture
def opened(qtbot: QtBot, worker: Worker, tmp_path: Path) -> Iterator[Opened]:
    """Opens the console on a desk with these stories, at the first of them."""
    desks: list[Desk] = []

    def make(*stories: Story, author: Author = FACILITATOR, size: tuple[int, int] = (1366, 768)) -> AtTable:
        desks.append(desk_of(author, tmp_path, *stories))
        driven = Driven(qtbot, worker, desks[-1], RoundTable(desks[-1], worker), size=size)
        if stories:
            driven.window.open("table", stories[0].stream)
        driven.settle()
        return driven

    yield make
    qtbot.waitUntil(lambda: worker.waiting == 0)
    for desk in desks:
        desk.cache.close()


def rows(driven: AtTable) -> list[str]:
    return [line.what for line in driven.screen.console.chronology.table.rows()]


def arrives(driven: AtTable, story: Story, author: Author = FACILITATOR) -> None:
    """The store's feed brings what was admitted since, and the change is told."""
    driven.desk.tell(receive(driven.desk.cache, author, story))
    driven.settle()


def choose(driven: AtTable, name: str, words: str) -> None:
    """With the arrow keys, as far as the answer that reads so."""
    field = driven.find(name)
    assert isinstance(field, ChoiceField)
    field.setFocus()
    to = field.box.findText(words)
    assert to >= 0, words
    while field.box.currentIndex() != to:
        driven.press(Qt.Key.Key_Down if field.box.currentIndex() < to else Qt.Key.Key_Up)


def test_a_release_arrives_by_itself_and_stands_out_for_a_while(opened: Opened) -> None:
    story = gathered().tabled()
    assert isinstance(story, CarterStory)
    driven = opened(story)
    console = driven.screen.console
    console.chronology.table.setFocus()
    driven.press(Qt.Key.Key_Down)
    chosen = console.chronology.table.current()
    before = rows(driven)
    story.health_answers()
    arrives(driven, story)
    assert "GP notes low mood, two appointments missed." in rows(driven)
    assert set(rows(driven)) - set(before) == {"GP notes low mood, two appointments missed."}
    (fresh,) = [line for line in console.chronology.shown() if line.key in console.chronology.fresh]
    assert fresh.source == "MPFT"
    now = console.chronology.table.current()
    assert chosen is not None
    assert now is not None
    assert now.key == chosen.key
    assert console.chronology.table.hasFocus()
    assert "open to table" in driven.find("table.seat.mpft").accessibleName()


def test_an_arrival_leaves_what_is_being_typed_alone(opened: Opened) -> None:
    story = gathered().tabled()
    assert isinstance(story, CarterStory)
    driven = opened(story)
    driven.press("y")
    driven.type("Two unexplained ")
    story.health_answers()
    arrives(driven, story)
    driven.type("injuries")
    harm = driven.find("table.analysis.harm")
    assert isinstance(harm, TextField)
    assert harm.value() == "Two unexplained injuries"


def test_the_whole_table_by_keyboard(opened: Opened) -> None:
    driven = opened(gathered())
    screen = driven.screen
    # Open it.
    driven.type("Room 2")
    driven.save()
    # Attendance: social care and police are here, then who came for police.
    driven.press("p")
    driven.press("p")
    driven.press(Qt.Key.Key_Up)
    driven.press(Qt.Key.Key_Return)
    driven.type("Sam Iqbal")
    driven.press(Qt.Key.Key_Return)
    came = driven.desk.referral(STREAM).latest(AttendanceRecorded, "agency")
    assert {agency: made.body.attendance for agency, made in came.items()} == {
        "scc-children": Attendance.PRESENT,
        "police": Attendance.PRESENT,
    }
    assert came["police"].body.name == "Sam Iqbal"
    # Analysis: recorded when the field is left.
    driven.press("y")
    driven.type("Two unexplained injuries in five weeks.")
    driven.press(Qt.Key.Key_Tab)
    driven.type("School and grandmother.")
    for _ in range(2):
        driven.press(Qt.Key.Key_Tab)
    driven.type("High while Dean collects her.")
    driven.press("l", ALT)
    said = driven.desk.referral(STREAM).latest(AnalysisRecorded, "part")
    assert said["harm"].body.words == "Two unexplained injuries in five weeks."
    assert said["likelihood"].body.words == "High while Dean collects her."
    assert said["protective"].body.words == "School and grandmother."
    # A view, an action.
    driven.press("v")
    choose(driven, "table.view.agency", "Police")
    choose(driven, "table.view.level", "Child protection (s47)")
    driven.save()
    driven.press("l", ALT)
    driven.press("a")
    driven.type("Strategy discussion")
    driven.press(Qt.Key.Key_Tab)
    driven.type("R. Okafor")
    driven.press(Qt.Key.Key_Tab)
    driven.type("16:00")
    driven.save()
    (action,) = driven.desk.referral(STREAM).latest(ActionRecorded, "action").values()
    assert (action.body.words, action.body.owner) == ("Strategy discussion", "R. Okafor")
    # The action is done; there is nothing more to say it of.
    driven.press("l", ALT)
    driven.press("k")
    driven.qtbot.waitUntil(lambda: not driven.find("table.done.save").visibleRegion().isEmpty())
    driven.save()
    assert "Choose the action that was done." in driven.words()
    choose(driven, "table.done.action", "Strategy discussion (R. Okafor)")
    driven.write("table.done.words", "Agreed: section 47.")
    driven.save()
    (done,) = driven.desk.referral(STREAM).all(ActionCompleted)
    assert done.body.words == "Agreed: section 47."
    assert "✓ Strategy discussion" in driven.words()
    assert not driven.screen.console.to_do.done.isVisible()
    (view,) = desk_table.read_table(driven.desk, STREAM).views
    assert view.agency == "police"
    # Rely on the first line, decide for both children.
    driven.press("l", ALT)
    driven.press("e")
    driven.press("d")
    choose(driven, "table.final.mia", "Child protection (s47)")
    choose(driven, "table.final.tyler", "Child in need (s17)")
    driven.write("table.intervention.mia", "Section 47 enquiry, joint with police.")
    driven.write("table.rationale.mia", "Two unexplained injuries.")
    screen.console.decision.show_subject("tyler")
    driven.write("table.intervention.tyler", "Child in need plan.")
    driven.write("table.rationale.tyler", "No injury; same household.")
    # Health has not answered: the sentence names it, the reason is asked for, and it is drafted.
    driven.press("d", CONTROL)
    assert "Not answered yet: MPFT." in driven.words()
    assert driven.desk.referral(STREAM).draft is None
    driven.type("The children must be safe before school ends.")
    driven.save()
    referral = driven.desk.referral(STREAM)
    without = requests(referral)["r-health"].without
    assert without is not None
    assert without.body.reason == "The children must be safe before school ends."
    assert [one.movement for one in drafted_levels(referral).values()] == ["up", "confirmed"]
    assert referral.draft is not None
    assert len(referral.draft.relies_on) == 1
    assert "It waits for sign-off." in driven.words()
    assert not driven.find("table.draft").isEnabled()


def test_each_choice_of_a_level_says_what_it_steps(opened: Opened) -> None:
    driven = opened(gathered().tabled())
    decision = driven.screen.console.decision
    choose(driven, "table.final.mia", "Child protection (s47)")
    choose(driven, "table.final.tyler", "Child in need (s17)")
    assert decision.subjects["mia"].move_pill.face.text == "▲ stepped up"
    assert decision.subjects["tyler"].move_pill.face.text == "= confirmed"
    choose(driven, "table.final.tyler", "Child in need (s17)")
    driven.press(Qt.Key.Key_Up)
    assert decision.subjects["tyler"].move_pill.face.text == "▼ stepped down"


def test_what_is_missing_is_said_at_its_person(opened: Opened) -> None:
    story = gathered()
    story.health_answers().tabled()
    driven = opened(story)
    choose(driven, "table.final.mia", "Child protection (s47)")
    driven.press("d", CONTROL)
    tyler = driven.find("table.final.tyler")
    assert isinstance(tyler, ChoiceField)
    assert tyler.error.text() == "Decide for each person of concern."
    choose(driven, "table.final.tyler", "Child in need (s17)")
    driven.press("d", CONTROL)
    assert "Name the evidence" in driven.words()
    driven.press("l")
    driven.press("e")
    driven.press("d", CONTROL)
    what = driven.find("table.intervention.mia")
    assert isinstance(what, TextField)
    assert what.text.hasFocus()
    assert "what will be done" in what.error.text()


def test_what_is_typed_of_a_decision_is_there_again_after_a_restart(
    opened: Opened, qtbot: QtBot, worker: Worker
) -> None:
    story = gathered().tabled()
    driven = opened(story)
    choose(driven, "table.final.mia", "Child protection (s47)")
    driven.write("table.rationale.mia", "Two unexplained injuries")
    driven.press("l", ALT)
    driven.press("e")
    driven.window.hide()
    driven.settle()
    again = Driven(qtbot, worker, driven.desk, RoundTable(driven.desk, worker))
    again.window.open("table", STREAM)
    again.settle()
    why, final = again.find("table.rationale.mia"), again.find("table.final.mia")
    assert isinstance(why, TextField)
    assert isinstance(final, ChoiceField)
    assert (why.value(), final.value()) == ("Two unexplained injuries", "child_protection")
    assert len(again.screen.console.chronology.relied) == 1


def test_a_returned_draft_shows_the_signers_reason_and_is_amended(opened: Opened) -> None:
    story = gathered()
    story.health_answers().tabled().drafted()
    driven = opened(story)
    assert "It waits for sign-off." in driven.words()
    story.tell(CONSULTANT, DecisionReturned(reason="Say who sees Mia today."))
    arrives(driven, story)
    assert "Say who sees Mia today." in driven.words()
    assert "Returned by Ruth Okafor" in driven.words()
    what = driven.find("table.intervention.mia")
    assert isinstance(what, TextField)
    assert what.value() == "Section 47 enquiry."
    what.setFocus()
    what.text.moveCursor(what.text.textCursor().MoveOperation.End)
    driven.type(" Seen today by R. Okafor.")
    driven.press("d", CONTROL)
    draft = driven.desk.referral(STREAM).draft
    assert draft is not None
    assert draft.body.subjects[0].intervention == "Section 47 enquiry. Seen today by R. Okafor."
    assert draft.relies_on


def test_the_chronology_is_filtered_by_agency_and_by_person(opened: Opened) -> None:
    driven = opened(gathered().tabled())
    driven.press("f")
    choose(driven, "table.filter.agency", "Police")
    assert len(rows(driven)) == 2
    choose(driven, "table.filter.agency", "All agencies")
    choose(driven, "table.filter.person", "Dean")
    assert rows(driven) == ["Verbal argument reported by a neighbour; no offences disclosed."]
    assert "1 of 5 shown" in driven.words()


def test_the_next_case_leaves_nothing_of_the_one_before(opened: Opened) -> None:
    first, second = gathered(), gathered("referral:1", first=1000)
    second.health_answers().tabled()
    driven = opened(first.tabled(), second)
    driven.press("y")
    driven.type("About the first.")
    driven.press("l", ALT)
    driven.press("n")
    harm = driven.find("table.analysis.harm")
    assert isinstance(harm, TextField)
    assert harm.value() == ""
    assert any("case" in face.text for face in driven.screen.chips())
    said = driven.desk.referral(STREAM).latest(AnalysisRecorded, "part")
    assert said["harm"].body.words == "About the first."
    assert driven.desk.referral("referral:1").latest(AnalysisRecorded, "part") == {}


def test_with_no_case_ready_the_place_says_what_it_is_for(opened: Opened) -> None:
    driven = opened()
    assert "No case is ready for the table" in driven.words()


def test_marac_is_asked_for_domestic_abuse_alone(opened: Opened) -> None:
    driven = opened(domestic_abuse().tabled())
    marac = driven.find("table.marac.leanne")
    assert marac.isVisibleTo(driven.window)
    choose(driven, "table.marac.leanne", "Professional judgement")
    choose(driven, "table.final.leanne", "High / MARAC")
    driven.write("table.intervention.leanne", "MARAC on 19 Nov; safe lock today.")
    driven.write("table.rationale.leanne", "Escalating.")
    driven.press("l", ALT)
    driven.press("e")
    driven.press("d", CONTROL)
    draft = driven.desk.referral("referral:abuse").draft
    assert draft is not None
    assert draft.body.subjects[0].marac == "professional_judgement"


def test_every_control_has_a_name_and_no_key_has_two_meanings(opened: Opened) -> None:
    driven = opened(gathered().tabled())
    assert nameless(driven.screen) == []
    assert keys.clashes(driven.window) == []
    driven.press("a")
    assert nameless(driven.screen) == []
    assert keys.clashes(driven.window) == []
    driven.find("table.chronology").setFocus()
    driven.press("d", CONTROL)
    assert keys.clashes(driven.window) == []


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
def test_drafting_is_in_sight_without_scrolling(opened: Opened, size: tuple[int, int]) -> None:
    driven = opened(gathered().tabled(), size=size)
    draft = driven.find("table.draft")
    foot = draft.mapTo(driven.window, draft.rect().bottomRight())
    assert foot.x() <= size[0]
    assert foot.y() <= size[1]


def test_at_twice_the_text_size_nothing_needs_scrolling_sideways(
    opened: Opened, themed: QApplication
) -> None:
    Theme.apply(themed, Mode.LIGHT, 2.0)
    driven = opened(gathered().tabled())
    assert driven.screen.console.width() <= driven.window.width()
    assert driven.screen.console.minimumSizeHint().width() <= driven.window.width()


# --- the second display


def on_the_wall(driven: AtTable) -> str:
    display = driven.screen.display
    assert display is not None
    return "\n".join(text.text() for text in display.findChildren(Text) if not text.isHidden())


@pytest.fixture
def wall(opened: Opened, qtbot: QtBot) -> Iterator[tuple[AtTable, CarterStory]]:
    """The display is on, with social care, police and education in the room; police hold an item back."""
    story = gathered()
    story.brings(POLICE, "r-police", ("dean",), "Intelligence about Dean.", "2 Jun 2026", released=False)
    story.tabled()
    for agency in ("scc-children", "police", "education"):
        story.tell(FACILITATOR, AttendanceRecorded(agency=agency, attendance=Attendance.PRESENT))
    driven = opened(story)
    driven.find("table.chronology").setFocus()
    driven.press("s")
    yield driven, story
    display = driven.screen.display
    assert display is not None
    display.close()
    display.deleteLater()


def test_the_wall_shows_what_everybody_present_may_see_and_nothing_held_back(
    wall: tuple[AtTable, CarterStory],
) -> None:
    driven, _ = wall
    words = on_the_wall(driven)
    assert "Carter, Mia and Tyler" in words
    assert "Bruise to left forearm; account does not fit." in words
    assert "… MPFT, answering" in words
    assert "– Probation, nothing held" in words
    assert "OFFICIAL-SENSITIVE" in words
    assert "Basis: Children Act 1989 s17" in words
    for hidden in ("Intelligence", "Orchard Close", "ST15", "Mill Lane", "Helen Marsh", "says she fell"):
        assert hidden not in words
    # The account of concern is not for every agency in the room.
    assert any(face.text == "second display: on · 1 kept off it" for face in driven.screen.chips())


def test_the_wall_is_live(wall: tuple[AtTable, CarterStory]) -> None:
    driven, story = wall
    assert "low mood" not in on_the_wall(driven)
    story.health_answers()
    arrives(driven, story)
    assert "low mood" in on_the_wall(driven)
    assert "✓ MPFT" in on_the_wall(driven)


def test_what_is_said_to_be_unknown_stands_on_the_wall(wall: tuple[AtTable, CarterStory]) -> None:
    driven, _ = wall
    driven.write("table.analysis.unknown", "Full name and history of Dean")
    driven.find("table.chronology").setFocus()
    driven.settle()
    assert "Full name and history of Dean" in on_the_wall(driven)


def test_somebody_who_was_not_asked_empties_the_wall(wall: tuple[AtTable, CarterStory]) -> None:
    driven, _ = wall
    desk_table.record_attendance(driven.desk, STREAM, "ambulance", Attendance.PRESENT)
    driven.settle()
    words = on_the_wall(driven)
    assert "Bruise" not in words
    assert "Carter" not in words


def test_a_blank_wall_keeps_no_word_of_the_case(wall: tuple[AtTable, CarterStory]) -> None:
    driven, _ = wall
    driven.screen.blank()
    words = on_the_wall(driven)
    for word in ("Carter", "Bruise", "MPFT", "Children Act", "Case"):
        assert word not in words


def test_when_the_screen_is_gone_so_is_the_wall(wall: tuple[AtTable, CarterStory], qtbot: QtBot) -> None:
    driven, _ = wall
    display: QWidget | None = driven.screen.display
    assert display is not None
    driven.window.drop_screens()
    qtbot.waitUntil(lambda: not display.isVisible())


def test_the_same_key_turns_the_wall_off(wall: tuple[AtTable, CarterStory]) -> None:
    driven, _ = wall
    display = driven.screen.display
    assert display is not None
    driven.window.activateWindow()
    driven.screen.second.click()
    driven.settle()
    assert not display.isVisible()
    assert "Carter" not in on_the_wall(driven)


def test_the_analysis_has_the_room_that_a_short_chronology_leaves(opened: Opened) -> None:
    driven = opened(gathered().tabled())
    console = driven.screen.console
    table = console.chronology.table
    assert table.verticalScrollBar().maximum() == 0
    assert console.analysis.height() > 280
    harm, unknown = console.analysis.fields["harm"], console.analysis.fields["unknown"]
    inner = console.analysis.rect().adjusted(0, 0, 0, -8)
    for field in (harm, unknown):
        assert inner.contains(field.mapTo(console.analysis, field.rect().bottomLeft()))
