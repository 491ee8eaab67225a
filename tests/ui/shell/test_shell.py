"""The shell around the screens, driven as a person drives it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from mash_desktop.documents.square import square
from tests.ui.accessibility import nameless
from tests.ui.gallery.round_table import second_display
from tests.ui.gallery.shell_state import PLACES, state, today
from ui.keys import keys
from ui.shell.main_window import MainWindow
from ui.shell.palette import ranked
from ui.shell.settings import SettingsPage
from ui.shell.state import ShellState, clock_words, line_words, waiting_words
from ui.theme import Mode, Theme, Tone, current_look
from ui.widgets.banner import Banner
from ui.widgets.button import ActionButton
from ui.widgets.field import Field
from ui.widgets.pill import Pill, PillFace, rag_face
from ui.widgets.text import Text

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def words_of(widget: QWidget) -> list[str]:
    return [text.text() for text in widget.findChildren(Text) if text.isVisible() and text.text()]


def beyond(window: QWidget) -> list[str]:
    return [
        text.text()
        for text in window.findChildren(Text)
        if text.isVisible()
        and text.text()
        and text.mapTo(window, text.rect().topRight()).x() > window.width()
    ]


def hidden_lines(edit: QPlainTextEdit) -> bool:
    """Whether some of what stands in it can only be scrolled to."""
    return edit.verticalScrollBar().maximum() > 0 or edit.horizontalScrollBar().maximum() > 0


@pytest.mark.parametrize("mode", Mode)
def test_every_control_of_the_shell_has_a_name_in_every_theme(
    shell: MainWindow, themed: QApplication, mode: Mode
) -> None:
    Theme.apply(themed, mode)
    for place in PLACES:
        shell.go(place.id)
        assert nameless(shell) == []
    shell.palette_overlay.open()
    assert nameless(shell) == []
    shell.palette_overlay.dismiss()
    shell.key_help.open()
    assert nameless(shell) == []
    shell.key_help.dismiss()
    shell.lock()
    assert nameless(shell) == []
    shell.show_sign_in()
    assert nameless(shell) == []


def test_places_are_reached_by_key_and_by_click(shell: MainWindow) -> None:
    QTest.keyClick(shell, Qt.Key.Key_1, CONTROL)
    assert shell.current_screen() is shell.screen_of("triage")
    assert shell.top_bar.title.text() == "Triage desk"
    assert shell.windowTitle() == "Triage desk – MASH Desktop"
    QTest.mouseClick(shell.rail.button("hub"), Qt.MouseButton.LeftButton)
    assert shell.rail.current() == "hub"
    assert shell.top_bar.title.text() == "Hub board"


def test_a_person_sees_only_the_places_of_their_roles(shell: MainWindow, qtbot: QtBot) -> None:
    shell.show_state(replace(state(), places=PLACES[3:4]))
    button = type(shell.rail.lock)
    qtbot.waitUntil(
        lambda: [b.place.id for b in shell.rail.findChildren(button) if b.isVisible()] == ["requests", "lock"]
    )
    QTest.keyClick(shell, Qt.Key.Key_1, CONTROL)
    assert shell.current_screen() is shell.screen_of("hub")


def test_a_badge_says_how_much_waits_and_changes_in_place(shell: MainWindow) -> None:
    button = shell.rail.button("hub")
    assert button.accessibleName() == "Hub board, 3 waiting for you"
    shell.show_badge("hub", 0)
    assert shell.rail.button("hub") is button
    assert button.accessibleName() == "Hub board"


def test_the_top_bar_shows_what_is_open_and_the_screens_own_button(shell: MainWindow, qtbot: QtBot) -> None:
    shell.go("triage")
    chips = ["Carter, Mia · call 04:12", "Parked: anonymous, Stafford"]
    qtbot.waitUntil(lambda: [p.face.text for p in shell.top_bar.findChildren(Pill) if p.isVisible()] == chips)
    new = shell.screen_of("triage").bar_widgets()[0]
    assert new.isVisible()
    shell.go("hub")
    assert not new.isVisible()
    shell.go("triage")
    assert new.isVisible()


def test_the_status_bar_tells_line_waiting_lock_hub_and_marking(shell: MainWindow) -> None:
    assert words_of(shell.status_bar) == [
        "Online · log verified 14:02",
        "Locks in 9 min",
        "Staffordshire hub · OFFICIAL-SENSITIVE",
    ]
    shell.show_state(replace(state(online=False), attention=1))
    assert words_of(shell.status_bar)[0] == "Offline since 13:51"
    assert shell.status_bar.waiting.text() == "3 changes waiting to send · 1 wants your attention"


def test_pressing_what_waits_leads_to_the_sync_status(shell: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(shell.sync_asked):
        QTest.mouseClick(shell.status_bar.waiting, Qt.MouseButton.LeftButton)


def test_times_on_the_glass_are_the_hubs_and_carry_a_date_when_not_todays() -> None:
    assert clock_words(datetime(2024, 7, 1, 12, 30, tzinfo=UTC)) == "1 Jul 13:30"
    assert clock_words(today(0, 0).replace(hour=12)).count(":") == 1


def test_the_words_of_the_line_and_of_what_waits() -> None:
    assert line_words(ShellState(online=True)) == "Online"
    assert line_words(ShellState(online=False)) == "Offline"
    assert waiting_words(ShellState(online=True)) == "Everything sent"
    assert waiting_words(ShellState(online=True, waiting=1)) == "1 change waiting to send"


@pytest.mark.parametrize(("key", "held"), [(Qt.Key.Key_K, CONTROL), (Qt.Key.Key_P, CONTROL | SHIFT)])
def test_the_palette_is_used_by_keyboard_alone(
    shell: MainWindow, qtbot: QtBot, key: Qt.Key, held: Qt.KeyboardModifier
) -> None:
    shell.go("hub")
    QTest.keyClick(shell, key, held)
    palette = shell.palette_overlay
    assert palette.isVisible()
    assert palette.field.hasFocus()
    QTest.keyClicks(palette.field, "bring table")
    bring = next(each for each in keys.commands(shell) if each.label == "Bring to the table")
    assert isinstance(bring.scope, QAbstractButton)
    with qtbot.waitSignal(bring.scope.clicked):
        QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert not palette.isVisible()


def test_the_palette_goes_to_a_place_and_forgives_a_slip(shell: MainWindow) -> None:
    shell.go("hub")
    QTest.keyClick(shell, Qt.Key.Key_K, CONTROL)
    QTest.keyClicks(shell.palette_overlay.field, "go to triaeg")
    QTest.keyClick(shell.palette_overlay.field, Qt.Key.Key_Return)
    assert shell.current_screen() is shell.screen_of("triage")


def test_the_last_line_of_the_palette_searches_for_what_was_typed(shell: MainWindow, qtbot: QtBot) -> None:
    shell.palette_overlay.open()
    QTest.keyClicks(shell.palette_overlay.field, "zzyzx 1988")
    QTest.keyClick(shell.palette_overlay.field, Qt.Key.Key_PageDown)
    with qtbot.waitSignal(shell.search_asked) as asked:
        QTest.keyClick(shell.palette_overlay.field, Qt.Key.Key_Return)
    assert asked.args == ["zzyzx 1988"]


def test_escape_closes_the_palette_and_gives_focus_back(shell: MainWindow) -> None:
    shell.go("triage")
    before = QApplication.focusWidget()
    QTest.keyClick(shell, Qt.Key.Key_K, CONTROL)
    QTest.keyClick(shell.palette_overlay.field, Qt.Key.Key_Escape)
    assert not shell.palette_overlay.isVisible()
    assert QApplication.focusWidget() is before


def test_what_floats_closes_where_that_which_had_the_keys_is_gone(shell: MainWindow, qtbot: QtBot) -> None:
    passing = QPlainTextEdit(shell)
    passing.show()
    passing.setFocus()
    overlay = shell.palette_overlay
    overlay.open()
    shiboken6.delete(passing)
    with qtbot.waitSignal(overlay.dismissed):
        QTest.keyClick(overlay.field, Qt.Key.Key_Escape)
    assert not overlay.isVisible()


def test_keys_beneath_an_open_panel_do_nothing(shell: MainWindow) -> None:
    shell.go("hub")
    shell.key_help.open()
    QTest.keyClick(shell, Qt.Key.Key_1, CONTROL)
    assert shell.current_screen() is shell.screen_of("hub")
    QTest.keyClick(shell.key_help.close_button, Qt.Key.Key_Escape)
    QTest.keyClick(shell, Qt.Key.Key_1, CONTROL)
    assert shell.current_screen() is shell.screen_of("triage")


def test_tab_stays_inside_an_open_panel(shell: MainWindow) -> None:
    shell.palette_overlay.open()
    for _ in range(4):
        focused = QApplication.focusWidget()
        assert focused is not None
        QTest.keyClick(focused, Qt.Key.Key_Tab)
        assert shell.palette_overlay.isAncestorOf(focused)


def test_the_key_help_lists_what_is_bound_here(shell: MainWindow) -> None:
    shell.go("hub")
    QTest.keyClick(shell, Qt.Key.Key_F1)
    listed = words_of(shell.key_help)
    assert "Re-rate the Bennett household" in listed
    assert "Go to Triage desk" in listed
    assert "New contact" not in listed


def test_ranking_puts_the_best_fit_first_and_keeps_order_when_nothing_is_typed() -> None:
    labels = ["Lock now", "Re-rate the Bennett household", "Go to Round table"]
    assert ranked("", labels) == [0, 1, 2]
    assert ranked("rerate", labels)[0] == 1
    assert ranked("round", labels)[0] == 2
    assert ranked("qqqq", labels) == []


def test_locking_hides_everything_and_keeps_what_was_typed(shell: MainWindow, qtbot: QtBot) -> None:
    shell.go("triage")
    field = QApplication.focusWidget()
    assert field is not None
    QTest.keyClicks(field, "Unsent words. ")
    with qtbot.waitSignal(shell.lock_asked):
        QTest.keyClick(shell, Qt.Key.Key_L, CONTROL)
    shell.lock()
    assert shell.locked
    assert not field.isVisible()
    assert not any("Carter" in text for text in words_of(shell))
    assert shell.windowTitle() == "Locked – MASH Desktop"
    QTest.keyClick(shell, Qt.Key.Key_K, CONTROL)
    assert not shell.palette_overlay.isVisible()
    shell.unlock()
    assert field.isVisible()
    assert isinstance(field, QPlainTextEdit)
    assert field.toPlainText().startswith("Unsent words. ")


def test_unlocking_is_busy_then_wrong_then_open_and_forgets_the_passphrase(
    shell: MainWindow, qtbot: QtBot
) -> None:
    shell.lock()
    page = shell.unlock_page
    QTest.keyClick(page.passphrase.line, Qt.Key.Key_Return)
    assert page.passphrase.error.text() == "Type your passphrase."
    QTest.keyClicks(page.passphrase.line, "correct horse")
    with qtbot.waitSignal(page.asked) as asked:
        QTest.keyClick(page.passphrase.line, Qt.Key.Key_Return)
    assert asked.args == ["correct horse"]
    assert not page.button.isEnabled()
    page.wrong("That is not the passphrase of this desktop.")
    assert page.passphrase.error.isVisible()
    assert page.button.isEnabled()
    shell.unlock()
    assert page.passphrase.value() == ""
    assert not shell.locked


def test_signing_in_says_who_signs_in_where_and_names_what_is_missing(
    shell: MainWindow, qtbot: QtBot
) -> None:
    shell.show_sign_in()
    page = shell.sign_in_page
    page.show_account("priya.nair", "https://isl.example.gov.uk")
    assert (page.account.text(), page.hub.text()) == ("priya.nair", "at https://isl.example.gov.uk")
    page.button.click()
    assert page.password.error.isVisible()
    assert page.code.error.isVisible()
    QTest.keyClicks(page.password.line, "secret")
    QTest.keyClicks(page.code.line, "123456")
    with qtbot.waitSignal(page.asked) as asked:
        page.button.click()
    assert asked.args == ["secret", "123456"]
    page.offline()
    assert page.findChildren(Banner)[0].accessibleName().startswith("The hub cannot be")
    page.forget()
    assert (page.account.text(), page.password.value()) == ("priya.nair", "")


def test_what_the_hub_says_once_stands_until_somebody_is_signed_in(shell: MainWindow) -> None:
    shell.show_sign_in()
    page = shell.sign_in_page
    uri = "otpauth://totp/MASH:priya?secret=ABCDEFGHIJKLMNOPQRSTUVWXYZ234567&issuer=MASH"
    page.keep(uri, square(uri), ["AAAAA-BBBBB", "CCCCC-DDDDD", "EEEEE-FFFFF"])
    page.busy("Signing in")
    page.wrong("Account, password or code is not right. Try again.")
    shown = page.shown_once
    assert shown is not None
    assert shown.key.value() == "ABCD EFGH IJKL MNOP\nQRST UVWX YZ23 4567"
    assert shown.codes.value() == "AAAAA-BBBBB · CCCCC-DDDDD\nEEEEE-FFFFF"
    shown.key.text.selectAll()
    assert shown.key.text.textCursor().hasSelection()
    shell.unlock()
    assert page.shown_once is None


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_the_authenticators_key_and_every_recovery_code_can_be_read_in_full(
    shell: MainWindow, themed: QApplication, qtbot: QtBot, scale: float
) -> None:
    Theme.apply(themed, Mode.LIGHT, scale)
    shell.resize(1366, 768)
    shell.show_sign_in()
    uri = "otpauth://totp/MASH:priya?secret=WMWMWMWMWMWMWMWMWMWMWMWMWMWMWMWM&issuer=MASH"
    shell.sign_in_page.keep(uri, square(uri), ["WWWWW-MMMMM"] * 10)
    shown = shell.sign_in_page.shown_once
    assert shown is not None
    qtbot.waitUntil(lambda: not hidden_lines(shown.key.text) and not hidden_lines(shown.codes.text))
    assert beyond(shell) == []


def test_text_grows_and_shrinks_by_key_within_its_limits(shell: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(shell.look_asked) as asked:
        QTest.keyClick(shell, Qt.Key.Key_Plus, CONTROL)
    assert asked.args == ["light", 1.1]
    assert current_look().scale == 1.1
    QTest.keyClick(shell, Qt.Key.Key_Minus, CONTROL)
    QTest.keyClick(shell, Qt.Key.Key_Minus, CONTROL)
    assert current_look().scale == 1.0


def test_a_long_rating_is_whole_at_twice_the_text(
    shell: MainWindow, themed: QApplication, qtbot: QtBot
) -> None:
    Theme.apply(themed, Mode.LIGHT, 2.0)
    shell.resize(1366, 768)
    bar = shell.top_bar
    bar.set_title("Sign-off")
    open_file = ActionButton("Open the file", "O", accessible_name="Open the file")
    bar.set_widgets([open_file])
    who, stage = PillFace("Carter, Mia + 1 · ISL-26-04417"), PillFace("Waits for sign-off", Tone.ACCENT)
    bar.set_chips([rag_face("amber", "late 2 d 23 h 59 min"), who, stage])
    rating = next(pill for pill in bar.findChildren(Pill) if "Amber" in pill.accessibleName())
    qtbot.waitUntil(lambda: rating.isVisible() and rating.width() >= rating.sizeHint().width())
    assert beyond(shell) == []
    Theme.apply(themed, Mode.LIGHT, 1.0)
    shell.resize(1920, 768)
    pills = bar.findChildren(Pill)
    qtbot.waitUntil(lambda: [one.isVisible() for one in pills] == [True] * 3)


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
def test_nothing_stands_beyond_the_window_at_any_text_size(
    shell: MainWindow, themed: QApplication, qtbot: QtBot, scale: float
) -> None:
    Theme.apply(themed, Mode.LIGHT, scale)
    for place in ("hub", "triage", "table", "figures"):
        shell.go(place)
        shell.resize(1366, 768)
        qtbot.waitUntil(lambda: shell.width() == 1366 and beyond(shell) == [])


def test_settings_tell_theme_and_size_as_they_change(themed: QApplication, qtbot: QtBot) -> None:
    page = SettingsPage()
    qtbot.addWidget(page)
    page.show()
    with qtbot.waitSignal(page.changed) as dark:
        page.theme.button("dark").click()
    assert dark.args == ["dark", 1.0]
    with qtbot.waitSignal(page.changed) as larger:
        QTest.keyClick(page.text_size, Qt.Key.Key_Right)
    assert larger.args == ["dark", 1.1]
    assert nameless(page) == []


def test_the_second_display_is_dark_whatever_the_desktop_is_and_shows_nothing_when_locked(
    themed: QApplication, qtbot: QtBot
) -> None:
    room = second_display()
    qtbot.addWidget(room)
    room.resize(1280, 720)
    room.show()
    Theme.apply(themed, Mode.HIGH_CONTRAST, 1.5)
    corner = room.grab().toImage().pixelColor(4, 4).name()
    assert corner == "#10161c"
    assert "Carter, Mia and Tyler" in words_of(room)
    room.lock()
    assert words_of(room) == ["Locked"]
    room.unlock()
    assert "Carter, Mia and Tyler" in words_of(room)


def test_a_banner_stands_above_every_screen_until_it_is_taken_away(shell: MainWindow) -> None:
    banner = Banner("Your lease ends in an hour.")
    shell.add_banner(banner)
    shell.go("triage")
    assert banner.isVisible()
    shell.remove_banner(banner)
    shell.go("hub")
    assert not banner.isVisible()


def test_two_screens_for_one_place_are_refused(shell: MainWindow) -> None:
    with pytest.raises(ValueError, match="two screens"):
        shell.add_screen(type(shell.screen_of("hub"))(shell.screen_of("hub")._worker))


def test_no_two_bindings_of_a_place_share_a_key(shell: MainWindow) -> None:
    for place in PLACES:
        shell.go(place.id)
        assert keys.clashes(shell) == []


def test_locking_for_good_destroys_every_view(shell: MainWindow, qtbot: QtBot) -> None:
    shell.open("hub", "ISL-26-04409")
    assert (shell.current_place(), shell.current_reference()) == ("hub", "ISL-26-04409")
    board = shell.screen_of("hub")
    shell.lock()
    shell.drop_screens()
    qtbot.waitUntil(lambda: not shiboken6.isValid(board))
    assert (shell.current_place(), shell.current_reference()) == ("", "")


def test_a_toast_covers_nothing_of_the_screen(shell: MainWindow) -> None:
    shell.toast("Drafted. It waits for sign-off.", lambda: None)
    QApplication.processEvents()
    toast, screen = shell._toast, shell._stack
    foot_of_screen = screen.mapTo(shell, screen.rect().bottomLeft()).y() - 12
    assert toast.isVisible()
    assert toast.mapTo(shell, toast.rect().topLeft()).y() > foot_of_screen
    assert toast.mapTo(shell, toast.rect().bottomLeft()).y() < shell.height()


def test_at_twice_the_text_the_rating_is_read_whole_and_the_search_gives_way(shell: MainWindow) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    Theme.apply(app, Mode.LIGHT, 2.0)
    bar = shell.top_bar
    bar.set_chips([rag_face("red", "38 min left"), PillFace("Carter, Mia Louise + 1 · ISL-26-04417")])
    QApplication.processEvents()
    rating = next(pill for pill in bar.findChildren(Pill) if pill.face.text.startswith("◆ Red"))
    assert rating.width() >= rating.sizeHint().width()
    assert bar.search.width() < current_look().px(340)
    assert shell.width() == 1366


def test_at_twice_the_text_a_door_scrolls_and_is_not_squeezed(shell: MainWindow, qtbot: QtBot) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    Theme.apply(app, Mode.LIGHT, 2.0)
    shell.resize(1366, 768)
    shell.show_sign_in()
    door = shell.sign_in_page
    door.offline()
    fields = door.findChildren(Field)
    qtbot.waitUntil(lambda: all(one.height() >= one.sizeHint().height() for one in fields), timeout=20_000)
    code = door.code
    code.setFocus()
    QTest.keyClick(code.line, Qt.Key.Key_Backtab)
    QTest.keyClick(door.focusWidget(), Qt.Key.Key_Tab)
    top = code.line.mapTo(door, code.line.rect().topLeft()).y()
    assert 0 <= top <= door.height() - code.line.height()
