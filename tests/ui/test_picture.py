"""Pictures of windows."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from ui.picture import drawn
from ui.theme import Tone, current_look
from ui.widgets.layout import Row, empty
from ui.widgets.pill import Pill


def test_what_was_filled_anew_a_moment_ago_is_in_the_picture(themed: QApplication, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    row = Row(None)
    window.setLayout(row)

    def fill() -> None:
        empty(row)
        row.put(Pill("stepped up", Tone.VIOLET))

    filling = QTimer(window)
    filling.timeout.connect(fill)
    filling.start(0)
    image = drawn(window, (240, 80)).toImage()
    filling.stop()
    wash = current_look().wash(Tone.VIOLET).rgb()
    assert any(image.pixel(x, y) == wash for x in range(image.width()) for y in range(image.height()))
