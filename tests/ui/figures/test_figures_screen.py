"""The figures as a manager reads them: filtered by keys, shown as published, and taken out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mash_desktop.desk import ChangeSet, Desk
from mash_desktop.desk.figures import HIDDEN
from mash_desktop.domain.acts import Author
from tests.domain.story import CONSULTANT, MANAGER, Story, whole_story
from tests.support.desks import OFFICER, desk_of, receive
from tests.ui.accessibility import nameless
from tests.ui.driven import Driven
from ui.figures import FiguresScreen
from ui.keys import keys
from ui.theme import Mode, Theme
from ui.widgets.field import Field
from ui.widgets.states import EmptyState, SkeletonRows
from ui.widgets.table import DenseTable
from ui.work import Worker


class OnFigures(Driven[FiguresScreen]):
    def __init__(self, qtbot: QtBot, worker: Worker, desk: Desk) -> None:
        super().__init__(qtbot, worker, desk, FiguresScreen(desk, worker))

    def cell(self, name: str, row: int = -1) -> str:
        table = self.screen._stack.currentWidget()
        assert isinstance(table, DenseTable)
        return str(table.rows()[row].cells[name].text)


@pytest.fixture
def driven(qtbot: QtBot, worker: Worker, tmp_path: Path) -> Iterator[Callable[..., OnFigures]]:
    desks = []

    def drive(author: Author, *stories: Story) -> OnFigures:
        desk = desk_of(author, tmp_path, *stories)
        desks.append(desk)
        return OnFigures(qtbot, worker, desk)

    yield drive
    for desk in desks:
        desk.cache.close()


def test_it_says_what_it_covers_and_how_it_is_counted(driven: Callable[..., OnFigures]) -> None:
    at = driven(CONSULTANT, whole_story())
    assert "one contact that Children's social care holds" in at.screen._coverage.text()
    assert at.cell("contacts") == "1"
    assert nameless(at.window) == []
    assert keys.clashes(at.window) == []


def test_a_section_is_chosen_by_its_tab(driven: Callable[..., OnFigures]) -> None:
    at = driven(CONSULTANT, whole_story())
    at.press_mouse(at.screen.tabs.button("outcomes"))
    assert (at.cell("up"), at.cell("confirmed"), at.cell("stepped_up")) == ("1", "1", "50 %")


def test_one_key_shows_the_figures_as_they_may_be_published(driven: Callable[..., OnFigures]) -> None:
    at = driven(CONSULTANT, whole_story())
    at.press(Qt.Key.Key_P)
    assert at.screen.published.isChecked()
    assert at.cell("contacts") == HIDDEN
    at.press(Qt.Key.Key_P)
    assert at.cell("contacts") == "1"


def test_what_arrives_is_counted_without_being_asked_for(driven: Callable[..., OnFigures]) -> None:
    at = driven(CONSULTANT, whole_story())
    later = Story("referral:1", first=1000).taken()
    receive(at.desk.cache, CONSULTANT, later)
    at.pending.append(ChangeSet(frozenset({"referral:1"})))
    at.settle()
    assert at.cell("contacts") == "2"


def test_the_published_view_is_written_where_it_is_told_to(
    driven: Callable[..., OnFigures], tmp_path: Path
) -> None:
    at = driven(CONSULTANT, whole_story())
    at.press(Qt.Key.Key_E)
    field = at.find("figures.file")
    assert isinstance(field, Field)
    field.line.selectAll()
    at.write("figures.file", str(tmp_path / "out.csv"))
    at.save()
    assert "suppressed" in (tmp_path / "out.csv").read_text()
    assert at.said == ["Written to out.csv. That it was taken out is in the audit trail."]
    assert at.desk.cache.drafts("access/records.exported")


def test_a_file_that_cannot_be_written_is_said_at_its_field(driven: Callable[..., OnFigures]) -> None:
    at = driven(CONSULTANT, whole_story())
    at.press(Qt.Key.Key_E)
    field = at.find("figures.file")
    assert isinstance(field, Field)
    field.line.selectAll()
    at.write("figures.file", "/no/such/folder/out.csv")
    at.save()
    assert "cannot be written" in field.error.text()
    assert field.value() == "/no/such/folder/out.csv"


def test_a_desk_without_referrals_says_who_has_them(driven: Callable[..., OnFigures]) -> None:
    at = driven(OFFICER)
    (state,) = at.window.findChildren(EmptyState)
    assert state.title.text() == "No referral is held here to be counted"
    assert nameless(at.window) == []


def test_many_referrals_are_read_some_at_a_time(
    driven: Callable[..., OnFigures], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.figures.screen._AT_ONCE", 1)
    stories = [Story(f"referral:{at}", first=2 + 100 * at).taken().triaged().admitted() for at in range(4)]
    at = driven(MANAGER, *stories)
    assert at.cell("admitted") == "4"


def test_at_twice_the_text_size_the_table_keeps_its_room(
    driven: Callable[..., OnFigures], themed: QApplication
) -> None:
    at = driven(CONSULTANT, whole_story())
    Theme.apply(themed, Mode.LIGHT, 2.0)
    at.settle()
    table = at.find("figures.table.demand")
    assert table.height() >= 2 * 34 * 3


def test_while_they_are_counted_rows_to_come_stand_where_they_will(
    driven: Callable[..., OnFigures], worker: Worker, qtbot: QtBot
) -> None:
    at = driven(CONSULTANT, whole_story())
    again = FiguresScreen(at.desk, worker)
    qtbot.addWidget(again)
    again.resize(1366, 700)
    again.show()
    skeleton, filters = again.findChild(SkeletonRows), again.period
    assert skeleton is not None
    assert skeleton.isVisible()
    foot = filters.mapTo(again, filters.rect().bottomLeft()).y()
    assert skeleton.mapTo(again, skeleton.rect().topLeft()).y() - foot < 60
    assert again.authority.box.currentText() == "Every local authority"
