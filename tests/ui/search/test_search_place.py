"""The search place by hand: results as one types, why each, pointers, the way into the file."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from mash_desktop.desk import ChangeSet, Desk
from mash_desktop.domain.entries.access import GlassBroken
from mash_desktop.domain.partial_date import PartialDate
from sync.protocol import Found, PeopleFound, PeopleSearch
from tests.domain.story import MANAGER, OPERATOR, Story
from tests.support.desks import desk_of, receive
from tests.support.families import BEFORE, earlier_carter, known_before
from tests.ui.accessibility import nameless
from tests.ui.driven import Driven
from ui.keys import keys
from ui.screen import Screen
from ui.search import SearchPlace
from ui.shell.main_window import MainWindow
from ui.work import Worker


class _File(Screen):
    """Where a result leads."""

    place_id, title = "file", "Referral file"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = desk_of(OPERATOR, tmp_path, earlier_carter())
    known_before(made)
    return made


@pytest.fixture
def place(qtbot: QtBot, worker: Worker, desk: Desk) -> Iterator[SearchPlace]:
    window = MainWindow()
    qtbot.addWidget(window)
    made = SearchPlace(desk, worker)
    window.add_screen(made)
    window.add_screen(_File(worker))
    window.resize(1366, 768)
    window.show()
    window.activateWindow()
    qtbot.waitActive(window).__enter__()
    window.go("search")
    yield made
    qtbot.waitUntil(lambda: worker.waiting == 0, timeout=20_000)


def names(place: SearchPlace) -> list[str]:
    return [row.name for row in place.table.rows()]


def test_results_come_while_typing_and_say_why(qtbot: QtBot, place: SearchPlace) -> None:
    QTest.keyClicks(place.field.line, "Mia Carter 3 Apr 2017")
    qtbot.waitUntil(lambda: names(place) == ["Mia Louise Carter", "Mia Cartwright"], timeout=20_000)
    assert "middle name added" in place.table.rows()[0].why
    assert place.heading.title.text() == "2 results"


def test_down_and_enter_open_the_file(qtbot: QtBot, place: SearchPlace) -> None:
    place.open("Louise")
    qtbot.waitUntil(lambda: len(names(place)) == 1, timeout=20_000)
    QTest.keyClick(place.field.line, Qt.Key.Key_Down)
    assert place.table.hasFocus()
    with qtbot.waitSignal(place.asks_to_open) as asked:
        QTest.keyClick(place.table, Qt.Key.Key_Return)
    assert asked.args == ["file", BEFORE]


def test_the_chosen_result_shows_what_was_known_before(qtbot: QtBot, place: SearchPlace) -> None:
    place.open("Louise")
    qtbot.waitUntil(
        lambda: any(one.isVisible() for one in place.findChildren(QWidget, "search.open")), timeout=20_000
    )
    with qtbot.waitSignal(place.asks_to_open):
        QTest.keyClick(place.field.line, Qt.Key.Key_O, Qt.KeyboardModifier.AltModifier)


def test_a_record_of_another_cohort_is_a_pointer_that_opens_nothing(
    qtbot: QtBot, place: SearchPlace, desk: Desk
) -> None:
    def store(question: PeopleSearch) -> Future[PeopleFound]:
        assert question.text == "Nobody"
        answer: Future[PeopleFound] = Future()
        found = Found(
            key="identity:far", band="possible", score=6.0, reasons=("same name",), agency="scc-adults",
            pointer=True, last_on=PartialDate(2025),
        )  # fmt: skip
        answer.set_result(PeopleFound(found=(found,), took_ms=8.0))
        return answer

    desk.store_search = store
    place.open("Nobody")
    qtbot.waitUntil(lambda: names(place) == ["Adult social care, 2025 · ask"], timeout=20_000)
    assert place.findChild(QWidget, "search.open") is None
    assert place.table.rows()[0].stream == ""


@pytest.mark.parametrize("stays", [True, False], ids=["who-stays", "not-who-went-elsewhere"])
def test_who_may_opens_what_is_behind_a_pointer_by_breaking_the_glass(
    qtbot: QtBot, worker: Worker, tmp_path: Path, stays: bool
) -> None:
    story = Story().taken()
    desk = desk_of(MANAGER, tmp_path)
    answer: Future[PeopleFound] = Future()
    found = Found(
        key=f"{story.stream}#mia", band="likely", score=20.0, reasons=(), agency="scc-children", pointer=True,
        last_on=PartialDate(2026),
    )  # fmt: skip
    answer.set_result(PeopleFound(found=(found,), took_ms=8.0))
    desk.store_search = lambda question: answer
    at = Driven(qtbot, worker, desk, SearchPlace(desk, worker), "file")
    at.window.open("search", "Mia Carter")
    qtbot.waitUntil(lambda: len(names(at.screen)) == 1, timeout=20_000)
    at.settle()
    at.screen.table.setFocus()
    at.press(Qt.Key.Key_B, Qt.KeyboardModifier.AltModifier)
    assert "Information governance is told at once" in at.words()
    assert nameless(at.window) == []
    assert keys.clashes(at.window) == []
    at.write("search.reason", "Her mother is at our door.")
    at.save()
    assert "The line is down" in at.words()
    assert desk.cache.waiting() == ()
    at.window.show_change(ChangeSet(streams=frozenset({story.stream})))
    assert at.asked_to_open == [], "it was refused"
    desk.online = lambda: True
    at.save()
    (waiting,) = desk.cache.waiting()
    body = waiting.entries[0].body
    assert isinstance(body, GlassBroken)
    assert (body.target, body.reason) == (story.stream, "Her mother is at our door.")
    assert at.asked_to_open == []
    if not stays:
        at.window.go("file")
    change = receive(desk.cache, OPERATOR, story)
    desk.tell(change)
    at.settle()
    assert at.asked_to_open == ([("file", story.stream)] if stays else [])
    desk.cache.close()


def test_a_search_is_recorded_once_it_has_been_left_standing(
    qtbot: QtBot, place: SearchPlace, desk: Desk
) -> None:
    QTest.keyClicks(place.field.line, "Carter")
    qtbot.waitUntil(lambda: len(desk.cache.drafts("access/")) == 1, timeout=20_000)
    qtbot.wait(600)
    assert len(desk.cache.drafts("access/")) == 1


def test_nothing_found_says_what_to_try(qtbot: QtBot, place: SearchPlace) -> None:
    place.open("Zzyzx")
    qtbot.waitUntil(lambda: place._none.isVisible(), timeout=20_000)
    place.open("")
    qtbot.waitUntil(lambda: place._begin.isVisible(), timeout=20_000)


def test_every_control_has_a_name(qtbot: QtBot, place: SearchPlace) -> None:
    assert nameless(place) == []
    place.open("Louise")
    qtbot.waitUntil(lambda: len(names(place)) == 1, timeout=20_000)
    assert nameless(place) == []
