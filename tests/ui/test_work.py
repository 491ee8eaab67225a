"""Work off the GUI thread, and the watch on that thread."""

from __future__ import annotations

import logging
import threading
from functools import partial

import pytest
import shiboken6
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mash_desktop.domain.errors import Refusal
from ui.screen import Screen
from ui.watchdog import Watchdog
from ui.work import Worker


def test_work_runs_on_one_other_thread_in_order_and_answers_on_the_guis(worker: Worker, qtbot: QtBot) -> None:
    ran: list[tuple[int, int]] = []
    told: list[int] = []
    with qtbot.waitSignal(worker.idle):
        for at in range(5):
            worker.submit(
                partial(lambda at: ran.append((at, threading.get_ident())), at),
                lambda _: told.append(threading.get_ident()),
            )
    assert [at for at, _ in ran] == [0, 1, 2, 3, 4]
    assert len({thread for _, thread in ran}) == 1
    assert ran[0][1] != threading.get_ident()
    assert set(told) == {threading.get_ident()}


def test_a_refusal_comes_back_as_it_was_raised(worker: Worker, qtbot: QtBot) -> None:
    def refuse() -> None:
        raise Refusal("rated-first", "Somebody else rated this case first.")

    failed: list[Exception] = []
    with qtbot.waitSignal(worker.idle):
        worker.submit(refuse, None, failed.append)
    assert [getattr(error, "code", "") for error in failed] == ["rated-first"]


def test_a_bug_is_logged_by_kind_and_place_without_its_message(
    worker: Worker, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    def bug() -> None:
        raise KeyError("Mia Carter")

    with qtbot.waitSignal(worker.idle), caplog.at_level(logging.ERROR):
        worker.submit(bug)
    assert "KeyError at bug" in caplog.text
    assert "Mia" not in caplog.text


def test_closing_finishes_what_was_submitted_and_leaves_no_thread(themed: QApplication) -> None:
    worker, gate = Worker(), threading.Event()
    done: list[int | str] = []
    worker.submit(gate.wait)
    for at in range(3):
        worker.submit(partial(done.append, at))
    gate.set()
    worker.close()
    worker.submit(lambda: done.append("late"))
    assert done == [0, 1, 2]


def test_an_answer_to_a_screen_that_is_gone_is_dropped(worker: Worker, qtbot: QtBot) -> None:
    told: list[int] = []
    gate = threading.Event()
    screen = Screen(worker)
    screen.run(lambda: gate.wait() and 1, told.append)
    screen.deleteLater()
    qtbot.waitUntil(lambda: not shiboken6.isValid(screen))
    with qtbot.waitSignal(worker.idle):
        gate.set()
    assert told == []


def test_a_screen_says_the_sentence_of_a_refusal_that_nobody_else_handles(
    worker: Worker, qtbot: QtBot
) -> None:
    def refuse() -> None:
        raise Refusal("no-right", "Only the owning agency admits.")

    screen = Screen(worker)
    qtbot.addWidget(screen)
    with qtbot.waitSignal(screen.says) as said:
        screen.run(refuse, lambda _: None)
    assert said.args == ["Only the owning agency admits."]


def test_the_watchdog_tells_how_long_the_window_stood_still(
    themed: QApplication, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    now = [100.0]
    watchdog = Watchdog(200, clock=lambda: now[0])
    blocked: list[int] = []
    watchdog.blocked.connect(blocked.append)
    watchdog.start()
    for step in (0.05, 0.12, 0.7, 0.05):
        now[0] += step
        watchdog.tick()
    watchdog.stop()
    assert blocked == [650]
    assert "stood still for 650 ms" in caplog.text
