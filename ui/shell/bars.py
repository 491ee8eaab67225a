"""The bar above (title, what is open, search, who) and the bar below (the line, the lock, the marking)."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from ui.keys import keys
from ui.shell.state import ShellState, line_words, waiting_words
from ui.theme import Role, Tone, Voice, look_of
from ui.widgets.button import cap_width, paint_cap
from ui.widgets.layout import Row, empty
from ui.widgets.painting import draw_line, focus_ring, line_width, panel
from ui.widgets.pill import Pill, PillFace
from ui.widgets.text import Text

_TOP, _STATUS, _SEARCH, _ROOM_FOR_PERSON, _SHORT_CHIP = 44, 26, 340, 860, 200

_SAYS_ALL = frozenset({Tone.RED, Tone.AMBER, Tone.GREEN, Tone.BLUE})


class SearchButton(QPushButton):
    """Looks like a field and opens the palette, where one types: one place to search from, one key."""

    _WORDS = "Search people, addresses, references"

    def __init__(self) -> None:
        super().__init__(self._WORDS)
        self.setAccessibleName(self._WORDS)
        self.setAccessibleDescription("key Ctrl K")
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        look = look_of(self)
        return QSize(look.px(_SEARCH), look.px(30))

    def minimumSizeHint(self) -> QSize:
        look = look_of(self)
        return QSize(cap_width("Ctrl K", look) + look.px(20), look.px(30))

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter = look_of(self), QPainter(self)
        rect = QRectF(self.rect())
        panel(painter, rect, look.px(6), look.colour("ground"), look.colour("line"))
        pad, cap = look.px(10), cap_width("Ctrl K", look)
        words = rect.adjusted(pad, 0, -pad - cap - look.px(8), 0)
        font = look.font(Role.BASE)
        for said in (self._WORDS, "Search"):
            if line_width(said, font) <= words.width():
                draw_line(painter, words, said, font, look.voice(Voice.ASIDE))
                break
        paint_cap(painter, rect.right() - pad - cap, rect.center().y(), "Ctrl K", look)
        if self.hasFocus():
            focus_ring(painter, rect, look.px(6), look)


class TopBar(QWidget):
    """``search_asked`` when the search field is pressed."""

    search_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = Text("", Role.TITLE)
        self.title.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.search = SearchButton()
        self.search.clicked.connect(self.search_asked)
        self.person = Text("", Role.SMALL, Voice.ASIDE)
        self.person.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._chips = Row(gap=12)
        self._buttons = Row(gap=8)
        row = Row(self.title, self._chips, self._buttons, None, self.search, self.person,
                  gap=12, margins=(12, 0, 12, 1))  # fmt: skip
        self.setLayout(row)
        self._shown: tuple[QWidget, ...] = ()
        self._pills: list[Pill] = []
        self.relook()

    def relook(self) -> None:
        self.setFixedHeight(look_of(self).px(_TOP))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # Who is signed in is also said when it is locked: the first to go where the room is short.
        self.person.setVisible(self.width() >= look_of(self).px(_ROOM_FOR_PERSON))
        self._fit()

    def set_title(self, title: str) -> None:
        self.title.setText(title)

    def set_chips(self, chips: Sequence[PillFace]) -> None:
        """What is open."""
        empty(self._chips)
        self._pills = []
        for face in chips:
            pill = Pill.of(face)
            short = pill.sizeHint().width() <= look_of(self).px(_SHORT_CHIP)
            if short or face.tone in _SAYS_ALL:
                # A rating says all of itself; what is longer gives way, and the search before it.
                pill.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            self._chips.addWidget(pill)
            self._pills.append(pill)
        self._fit()

    def set_widgets(self, widgets: Sequence[QWidget]) -> None:
        """The screen's own buttons; those of the screen before are hidden, not destroyed."""
        if tuple(widgets) == self._shown:
            return
        for before in self._shown:
            self._buttons.removeWidget(before)
            before.hide()
        for widget in widgets:
            self._buttons.addWidget(widget)
            widget.show()
        self._shown = tuple(widgets)
        self._fit()

    def _fit(self) -> None:
        """What is open leaves the search as much room as there is, down to its key; where even that is not
        enough, the last of what is open goes, and never its rating."""
        layout = self.layout()
        assert layout is not None
        for pill in self._pills:
            pill.show()
        for pill in reversed([one for one in self._pills if one.face.tone not in _SAYS_ALL]):
            self._chips.invalidate()
            layout.invalidate()
            if layout.totalMinimumSize().width() > self.width():
                pill.hide()
        layout.invalidate()
        others = layout.totalSizeHint().width() - self.search.sizeHint().width()
        least = self.search.minimumSizeHint().width()
        self.search.setMaximumWidth(min(max(self.width() - others, least), look_of(self).px(_SEARCH)))

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter = look_of(self), QPainter(self)
        painter.fillRect(self.rect(), look.colour("panel"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, look.colour("line"))


class _Dot(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.tone = Tone.GREEN
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        side = look_of(self).px(8)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        side = min(self.width(), self.height())
        panel(QPainter(self), QRectF(0, 0, side, side), side / 2, look_of(self).tone(self.tone), None)


class StatusBar(QWidget):
    """``sync_asked`` when what waits or wants attention is pressed."""

    sync_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dot = _Dot()
        self._line = _status_text()
        self.waiting = _StatusButton()
        self.waiting.clicked.connect(self.sync_asked)
        self._locks = _status_text()
        self._hub = _status_text()
        row = Row(self._dot, self._line, gap=6)
        self.setLayout(Row(row, self.waiting, self._locks, None, self._hub, gap=18, margins=(12, 1, 12, 0)))
        keys.on("", self.waiting, self.waiting.click, "Send and fetch now", group="Window")
        self.relook()

    def relook(self) -> None:
        self.setFixedHeight(look_of(self).px(_STATUS))

    def show_state(self, state: ShellState) -> None:
        self._dot.tone = Tone.RED if state.distrusted else Tone.GREEN if state.online else Tone.AMBER
        self._dot.update()
        words, waiting = line_words(state), waiting_words(state)
        self._line.setText(words)
        if state.attention:
            wants = "wants" if state.attention == 1 else "want"
            waiting = f"{waiting} · {state.attention} {wants} your attention"
        does = "Leads to what to do" if state.distrusted else "Sends and fetches now"
        self.waiting.say(waiting, does, bool(state.attention))
        self._locks.setText("" if state.locks_in is None else f"Locks in {max(state.locks_in, 1)} min")
        self._hub.setText(" · ".join(part for part in (state.hub_label, state.marking) if part))

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter = look_of(self), QPainter(self)
        painter.fillRect(self.rect(), look.colour("panel"))
        painter.fillRect(0, 0, self.width(), 1, look.colour("line"))


def _status_text() -> Text:
    made = Text("", Role.SMALL, Voice.LABEL)
    made.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    return made


class _StatusButton(QPushButton):
    """Words that can be pressed: they lead to the sync status."""

    def __init__(self) -> None:
        super().__init__()
        self._wants = False
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.say("Everything sent", "Sends and fetches now", False)

    def say(self, words: str, does: str, wants: bool) -> None:
        self._wants = wants
        self.setText(words)
        self.setAccessibleName(f"{words}. {does}")
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        look = look_of(self)
        font = look.font(Role.SMALL_BOLD if self._wants else Role.SMALL)
        return QSize(round(line_width(self.text(), font) + 2), look.line(Role.SMALL) + 4)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter = look_of(self), QPainter(self)
        rect = QRectF(self.rect())
        role, voice = (Role.SMALL_BOLD, Voice.AMBER) if self._wants else (Role.SMALL, Voice.LABEL)
        draw_line(painter, rect, self.text(), look.font(role), look.voice(voice))
        if self.hasFocus():
            focus_ring(painter, rect, look.px(4), look)
