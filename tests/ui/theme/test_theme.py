"""Putting a theme and a text size onto the running application."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QFontInfo, QFontMetricsF, QRawFont
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from ui.theme import Mode, Role, Theme, current_look, dress, icon_pixmap, look_of
from ui.theme.look import FAMILIES
from ui.widgets.button import ActionButton
from ui.widgets.card import Card
from ui.widgets.field import Field
from ui.widgets.layout import Column
from ui.widgets.pill import Pill
from ui.widgets.text import Text


def test_the_typeface_is_the_vendored_one_with_figures_of_one_width(themed: QApplication) -> None:
    font = current_look().font(Role.BASE)
    assert QFontInfo(font).family() == FAMILIES[0]
    metrics = QFontMetricsF(font)
    assert metrics.horizontalAdvance("1111") == metrics.horizontalAdvance("0000")


def test_names_from_beyond_western_europe_are_in_the_typeface(themed: QApplication) -> None:
    for family, letters in zip(FAMILIES, ("Łl1I0Oé", "łőěş"), strict=True):
        font = current_look().font(Role.BASE)
        font.setFamilies([family])
        raw = QRawFont.fromFont(font)
        assert raw.familyName() == family
        assert all(raw.supportsCharacter(ord(letter)) for letter in letters[1:])


def test_bold_is_a_true_weight_and_not_a_smeared_regular(themed: QApplication) -> None:
    look = current_look()
    regular, bold = (QFontMetricsF(look.font(role)) for role in (Role.BASE, Role.BASE_BOLD))
    assert bold.horizontalAdvance("Bennett household") > regular.horizontalAdvance("Bennett household") + 3


@pytest.mark.parametrize("scale", [1.0, 1.25, 1.5, 2.0])
def test_every_size_follows_the_text_size(themed: QApplication, qtbot: QtBot, scale: float) -> None:
    column = Column(ActionButton("Same", "Alt+S", accessible_name="Same"), Field("Name"), margins=12)
    card = Card("Heading", "", column)
    qtbot.addWidget(card)
    dress(card)
    card.show()
    Theme.apply(themed, Mode.LIGHT, scale)
    button = card.findChildren(ActionButton)[0]
    assert button.sizeHint().height() == round(32 * scale)
    assert column.contentsMargins().left() == round(12 * scale)
    assert card.findChildren(Text)[0].sizeHint().height() == round(18 * scale)
    assert themed.font().pixelSize() == round(14 * scale)
    assert card.findChildren(Field)[0].line.sizeHint().height() == pytest.approx(30 * scale, abs=1)


@pytest.mark.parametrize("scale", [0.9, 2.1])
def test_a_text_size_outside_the_range_is_refused(themed: QApplication, scale: float) -> None:
    with pytest.raises(ValueError, match="text size"):
        Theme.apply(themed, Mode.LIGHT, scale)


def test_changing_the_theme_repaints_what_is_on_the_glass(themed: QApplication, qtbot: QtBot) -> None:
    card = Card("Heading", "", Pill("late 36 min"), QLabel("plain"))
    qtbot.addWidget(card)
    card.resize(200, 120)
    card.show()
    for mode in Mode:
        Theme.apply(themed, mode)
        shown = card.grab().toImage().pixelColor(100, 110)
        assert shown == QColor(look_of(card).tokens.panel)


def test_who_wants_to_know_of_a_change_is_told(themed: QApplication, qtbot: QtBot) -> None:
    with qtbot.waitSignal(Theme.announcer().changed):
        Theme.apply(themed, Mode.DARK)


def test_icons_are_tinted_crisp_at_the_ratio_and_drawn_once(themed: QApplication) -> None:
    red = icon_pixmap("lock", QColor("#B3171F"), 20, 2.0)
    assert red.width() == 40
    assert red.devicePixelRatio() == 2.0
    image = red.toImage()
    inks = {
        image.pixelColor(x, y).name()
        for x in range(40)
        for y in range(40)
        if image.pixelColor(x, y).alpha() > 250
    }
    assert inks == {"#b3171f"}
    assert icon_pixmap("lock", QColor("#B3171F"), 20, 2.0).cacheKey() == red.cacheKey()


def test_an_unknown_icon_is_a_mistake_that_shows_at_once(themed: QApplication) -> None:
    with pytest.raises(FileNotFoundError):
        icon_pixmap("no-such-icon", QColor("#000000"), 16)
