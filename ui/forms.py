"""Forms: one act each. A form shows fields and says what is wrong; ``OpenForm`` keeps its words, has the act
made off the window's thread, and closes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal, SignalInstance
from PySide6.QtWidgets import QAbstractButton, QApplication, QLayout, QScrollArea, QWidget

from mash_desktop.desk import Desk
from mash_desktop.domain.errors import Refusal
from ui.keeping import Keeper
from ui.screen import Screen
from ui.theme import Role, Voice
from ui.widgets.button import ActionButton
from ui.widgets.card import Card
from ui.widgets.choice import ChoiceField
from ui.widgets.field import Field, TextField
from ui.widgets.layout import Row
from ui.widgets.text import Text

Typed = Field | TextField | ChoiceField
Make = Callable[[str], Callable[[], object]]
"""Given the key of a form's draft, reads the form and answers with the act, for the worker to make."""


class Form(Protocol):
    """What ``OpenForm`` asks of a form, which is a widget as well."""

    @property
    def asked(self) -> SignalInstance: ...
    @property
    def closed(self) -> SignalInstance: ...
    @property
    def edited(self) -> SignalInstance: ...
    def values(self) -> dict[str, str]: ...
    def fill(self, values: dict[str, str], /) -> None: ...
    def begin(self) -> None: ...
    def refuse(self, sentence: str, field: str | None, /) -> None: ...


class OpenForm(QObject):
    """The form that is open on a screen, at most one."""

    def __init__(
        self,
        screen: Screen,
        desk: Desk,
        after: Callable[[], object],
        opened_by: Mapping[str, QAbstractButton] | None = None,
    ) -> None:
        """``after`` puts focus back where it was. ``opened_by`` are the buttons that open a form and do
        nothing else, by a part of the key of the form's words: after a lock they open it again."""
        super().__init__(screen)
        self._screen, self._desk, self._after = screen, desk, after
        self.current: Form | None = None
        self._keeper: Keeper | None = None
        self._take: Callable[[], object] = lambda: None
        self._opened_by, self._wanted = opened_by or {}, ("", "")
        screen.forms = self
        screen.gone_from_sight.connect(self._keep)

    @property
    def name(self) -> str:
        """Which form is open, as ``want`` takes it; empty for none that can be opened again."""
        parts = self._keeper.key.split("/") if self._keeper is not None else ()
        return next((part for part in parts if part in self._opened_by), "")

    def want(self, name: str, reference: str) -> None:
        """This form was open on the thing of this reference: it opens once that has been ``reached``."""
        self._wanted = (name, reference)

    def reached(self, reference: str) -> None:
        """The thing of this reference stands in sight, with the buttons for what may be done to it."""
        name, where = self._wanted
        if not name or reference != where or self.current is not None:
            return
        self._wanted = ("", "")
        button = self._opened_by[name]
        if button.isEnabled() and not button.isHidden():
            button.click()

    def open(
        self,
        form: Form,
        key: str,
        make: Make,
        take: Callable[[], object],
        made: Callable[[], object] = lambda: None,
    ) -> None:
        """Tend to a form in sight; ``take`` takes it out again, ``made`` follows its act."""
        assert isinstance(form, QWidget)
        keeper = Keeper(self._screen, self._desk, key, form.values, form.fill, form)
        self.current, self._keeper, self._take = form, keeper, take
        form.edited.connect(keeper.touched)
        form.closed.connect(self.leave)
        form.asked.connect(lambda: self._make(form, keeper, make, made))
        keeper.offer()
        form.begin()
        # Its place is known once it has been laid out.
        QTimer.singleShot(0, self, bring_focus_into_view)

    def leave(self) -> None:
        """Close the form; its words are kept for the next time."""
        self.close()
        self._after()

    def close(self) -> None:
        keeper, take = self._keeper, self._take
        self.current = self._keeper = None
        self._take = lambda: None
        if keeper is not None:
            keeper.leave()
        take()

    def _keep(self) -> None:
        if self._keeper is not None:
            self._keeper.leave()

    def _make(self, form: Form, keeper: Keeper, make: Make, made: Callable[[], object]) -> None:
        keeper.pause()
        task = make(keeper.key)

        def done(_: object) -> None:
            made()
            if self.current is form:
                self.leave()

        def failed(error: Exception) -> None:
            if self.current is not form:
                self._screen.says.emit(getattr(error, "sentence", ""))
                return
            keeper.resume()
            if isinstance(error, Refusal):
                form.refuse(error.sentence, error.field)
            else:
                form.refuse("That did not work. What you typed is kept; try again.", None)

        self._screen.run(task, done, failed)


def bring_focus_into_view() -> None:
    """At large text a form may stand below what is in sight: a scroll area follows Tab alone by itself."""
    focused = QApplication.focusWidget()
    at = focused.parentWidget() if focused is not None else None
    while focused is not None and at is not None:
        inner = at.widget() if isinstance(at, QScrollArea) else None
        if isinstance(at, QScrollArea) and inner is not None and inner.isAncestorOf(focused):
            at.ensureWidgetVisible(focused)
        at = at.parentWidget()


class SideForm(Card):
    """A heading, fields, save and close; ``prefix`` begins the object names."""

    asked = Signal()
    closed = Signal()
    edited = Signal()

    def __init__(
        self,
        prefix: str,
        heading: str,
        save: str,
        *pieces: QWidget | QLayout,
        fields: Mapping[str, Typed],
    ) -> None:
        super().__init__(heading, "")
        self.fields = dict(fields)
        self.fault = Text("", Role.SMALL, Voice.RED, wrap=True)
        self.fault.hide()
        self.save = ActionButton(save, "Ctrl+Return", "primary", accessible_name=f"{save}: {heading}")
        self.save.setObjectName(f"{prefix}.form.save")
        self.save.clicked.connect(self.asked)
        close = ActionButton("Close", "Esc", accessible_name=f"Close: {heading}")
        close.setObjectName(f"{prefix}.form.close")
        close.clicked.connect(self.closed)
        for piece in pieces:
            self.put(piece)
        self.put(self.fault)
        self.put(Row(self.save, close, None, gap=10))
        for name, field in self.fields.items():
            field.setObjectName(f"{prefix}.{name}")
            field.changed.connect(self.edited)

    def values(self) -> dict[str, str]:
        """What is typed, by field."""
        return {name: field.value() for name, field in self.fields.items()}

    def fill(self, values: dict[str, str]) -> None:
        """Put back what was typed before."""
        for name, value in values.items():
            if name in self.fields:
                self.fields[name].offer(value)

    def begin(self) -> None:
        """Put focus where work begins."""
        next(iter(self.fields.values()), self.save).setFocus()

    def refuse(self, sentence: str, field: str | None) -> None:
        """Say what is wrong at its field, or at the foot. What was typed stays."""
        self.fault.hide()
        at = self.fields.get(field or "")
        if at is not None:
            at.show_error(sentence)
            at.setFocus()
        else:
            self.fault.setText(sentence)
            self.fault.show()
