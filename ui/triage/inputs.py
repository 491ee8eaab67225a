"""The inputs of one section as one form: read together, filled together, told together what is wrong.

Knows no desk. An input that somebody has typed in is never overwritten.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from PySide6.QtCore import QObject, Signal, SignalInstance
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QWidget

from mash_desktop.desk.triage import Form
from ui.theme import Role, Voice
from ui.widgets.layout import Flow
from ui.widgets.text import Text
from ui.widgets.tick import TickBox

YES_NO = (("yes", "Yes"), ("no", "No"))


class Input(Protocol):
    """What a field, a tick and a group of ticks have in common."""

    typed: bool

    @property
    def changed(self) -> SignalInstance: ...
    @property
    def left(self) -> SignalInstance: ...
    def value(self) -> Any: ...
    def offer(self, value: Any) -> None: ...
    def show_error(self, sentence: str) -> None: ...
    def clear_error(self) -> None: ...


class Tick(TickBox):
    """One yes or no as an input."""

    changed = Signal()
    left = Signal()

    def __init__(self, text: str, *, accessible_name: str = "") -> None:
        super().__init__(text, accessible_name=accessible_name)
        self.typed = False
        self.clicked.connect(self._edited)

    def _edited(self) -> None:
        self.typed = True
        self.changed.emit()

    def value(self) -> bool:
        return self.isChecked()

    def offer(self, value: bool) -> None:
        if not self.typed:
            self.setChecked(value)

    def show_error(self, sentence: str) -> None:
        self.setToolTip(sentence)

    def clear_error(self) -> None:
        self.setToolTip("")

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()


class Several(QWidget):
    """Any of a few, ticked: ``value`` is the codes."""

    changed = Signal()
    left = Signal()

    def __init__(self, label: str, choices: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.ticks = {code: Tick(words, accessible_name=f"{label}: {words}") for code, words in choices}
        flow = Flow(Text(label, Role.SMALL, Voice.LABEL), gap=10)
        for tick in self.ticks.values():
            flow.addWidget(tick)
            tick.changed.connect(self.changed)
            tick.left.connect(self.left)
        self.setLayout(flow)

    @property
    def typed(self) -> bool:
        return any(tick.typed for tick in self.ticks.values())

    @typed.setter
    def typed(self, typed: bool) -> None:
        for tick in self.ticks.values():
            tick.typed = typed

    def value(self) -> tuple[str, ...]:
        return tuple(code for code, tick in self.ticks.items() if tick.value())

    def offer(self, value: Sequence[str]) -> None:
        for code, tick in self.ticks.items():
            tick.offer(code in value)

    def show_error(self, sentence: str) -> None:
        self.setToolTip(sentence)

    def clear_error(self) -> None:
        self.setToolTip("")


class Section(QObject):
    """The inputs of one form by name. ``changed`` fires on each edit by a person.

    ``make`` builds the form out of the inputs' values, ``read`` the values out of the form; unless said, an
    input is named as its field.
    """

    changed = Signal()

    def __init__(
        self,
        name: str,
        inputs: dict[str, Any],
        make: Callable[..., Form],
        read: Callable[[Any], dict[str, Any]] | None = None,
    ) -> None:
        # It ends with its inputs: by what is connected to it the page, and all that is in it, would live on.
        super().__init__(next(iter(inputs.values())))
        self.inputs: dict[str, Input] = inputs
        self.name = name
        self._make = make
        self._read = read or (lambda form: {field: getattr(form, field) for field in inputs})
        self._offered: Form | None = None
        for field, control in inputs.items():
            control.setObjectName(f"triage.{name}.{field}")
            control.changed.connect(self.changed)
            control.left.connect(self._left)

    def form(self) -> Form:
        """What stands in the inputs now."""
        return self._make(**{field: control.value() for field, control in self.inputs.items()})

    @property
    def typed(self) -> bool:
        return any(control.typed for control in self.inputs.values())

    def offer(self, form: Form) -> None:
        """Fill what nobody is typing in. A field with the caret in it waits until it is left."""
        self._offered = form
        for field, value in self._read(form).items():
            if not _has_focus(self.inputs[field]):
                self.inputs[field].offer(value)

    def settle(self) -> None:
        """What was typed has left: the fields take what comes from now on."""
        for control in self.inputs.values():
            control.typed = False

    def clear(self, form: Form) -> None:
        """Show another thing's form, whatever was typed."""
        self.settle()
        self._offered = form
        for field, value in self._read(form).items():
            self.inputs[field].clear_error()
            self.inputs[field].offer(value)

    def refuse(self, field: str | None, sentence: str) -> bool:
        """Show a refusal at its input; False if no input of this section is meant."""
        control = self.inputs.get(field or "")
        if control is None:
            return False
        control.show_error(sentence)
        return True

    def _left(self) -> None:
        if self._offered is not None and not self.typed:
            self.offer(self._offered)


def _has_focus(control: Any) -> bool:
    focused: QWidget | None = control.window().focusWidget()
    return focused is not None and (focused is control or control.isAncestorOf(focused))
