"""Fields: a label above, what is typed, and below it a line that names what is wrong.

A field never drops what was typed: ``offer`` fills it only until somebody has typed in it.
"""

from __future__ import annotations

from abc import abstractmethod

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QSizePolicy, QWidget

from ui.theme import Role, Voice, look_of
from ui.widgets.layout import Column, Row, Snug
from ui.widgets.text import Text


class BaseField(Snug):
    """What the kinds of field share. ``changed`` fires on each edit by a person."""

    changed = Signal()
    left = Signal()
    """Focus has left the field: the moment to check it, never while it is being typed."""

    def __init__(
        self,
        label: str,
        control: QWidget,
        accessible_name: str,
        aside: str | QWidget,
        parent: QWidget | None,
    ) -> None:
        super().__init__(parent)
        self.typed = False
        self.control = control
        self._said = accessible_name or label
        if not self._said:
            raise ValueError("a field needs a label or an accessible name")
        control.setAccessibleName(self._said)
        self.label = Text(label, Role.SMALL, Voice.LABEL, parent=self)
        self.label.setBuddy(control)
        if not label:
            self.label.hide()
        self.error = Text("", Role.SMALL, Voice.RED, wrap=True)
        self.error.hide()
        head = Row(self.label, gap=8)
        if aside:
            head.put(None)
            head.put(Text(aside, Role.SMALL, Voice.ASIDE) if isinstance(aside, str) else aside)
        rows = Column(gap=4)
        if label or aside:
            rows.put(head)
        rows.put(control, 1)
        rows.put(self.error)
        self.setLayout(rows)
        self.setFocusProxy(control)
        control.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.control and event.type() == QEvent.Type.FocusOut:
            self.left.emit()
        return super().eventFilter(watched, event)

    @abstractmethod
    def value(self) -> str:
        """What stands in the field."""

    @abstractmethod
    def set_value(self, value: str) -> None:
        """Put it there; what was typed is gone."""

    def offer(self, value: str) -> None:
        """Fill the field unless somebody has typed in it."""
        if not self.typed and self.value() != value:
            self.set_value(value)

    def show_error(self, sentence: str) -> None:
        """Say below the field what is wrong with it. What was typed stays."""
        self.error.setText(sentence)
        self.error.show()
        self._mark(True)
        self.control.setAccessibleDescription(sentence)

    def clear_error(self) -> None:
        if not self.error.isHidden():
            self.error.hide()
            self._mark(False)
            self.control.setAccessibleDescription("")

    def _mark(self, wrong: bool) -> None:
        self.control.setProperty("wrong", wrong)
        self.control.style().unpolish(self.control)
        self.control.style().polish(self.control)

    def _edited(self) -> None:
        self.typed = True
        self.clear_error()
        self.changed.emit()


class Field(BaseField):
    """One line: ``Field("Call back")``; ``secret`` for a passphrase. ``entered`` fires on Enter."""

    entered = Signal()

    def __init__(
        self,
        label: str,
        value: str = "",
        *,
        placeholder: str = "",
        secret: bool = False,
        aside: str | QWidget = "",
        accessible_name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        self.line = QLineEdit(value)
        self.line.setPlaceholderText(placeholder)
        if secret:
            self.line.setEchoMode(QLineEdit.EchoMode.Password)
        super().__init__(label, self.line, accessible_name, aside, parent)
        self.line.textEdited.connect(self._edited)
        self.line.returnPressed.connect(self.entered)

    def value(self) -> str:
        return self.line.text()

    def set_value(self, value: str) -> None:
        self.line.setText(value)
        if not self.line.hasFocus():
            self.line.home(False)  # what is too long shows its beginning
        self.typed = False


class _Lines(QPlainTextEdit):
    """Wants the height of its lines, and takes more where the layout gives it."""

    def __init__(self, text: str, lines: int) -> None:
        super().__init__(text)
        self._lines = lines

    def sizeHint(self) -> QSize:
        look = look_of(self)
        return QSize(look.px(160), self._lines * look.line(Role.BASE) + look.px(16))

    def minimumSizeHint(self) -> QSize:
        return QSize(look_of(self).px(80), self.sizeHint().height())


class TextField(BaseField):
    """Several lines. ``lines`` is the least height; Tab leaves the field."""

    def __init__(
        self,
        label: str,
        value: str = "",
        *,
        placeholder: str = "",
        lines: int = 3,
        aside: str | QWidget = "",
        accessible_name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        self.text = _Lines(value, lines)
        self.text.setPlaceholderText(placeholder)
        self.text.setTabChangesFocus(True)
        self.text.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._setting = False
        super().__init__(label, self.text, accessible_name, aside, parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.text.textChanged.connect(self._text_changed)

    def _text_changed(self) -> None:
        if not self._setting:
            self._edited()

    def value(self) -> str:
        return self.text.toPlainText()

    def set_value(self, value: str) -> None:
        self._setting = True
        self.text.setPlainText(value)
        self._setting = False
        self.typed = False
