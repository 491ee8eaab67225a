"""A panel whose foot holds what may be done about the thing it shows, and a form while one is open.

Not what any screen shows in it.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QLayout, QWidget

from ui.widgets.button import ActionButton
from ui.widgets.card import Hairline, SidePanel
from ui.widgets.layout import Box, Column


def action(prefix: str, group: str, text: str, key: str, name: str, said: str) -> ActionButton:
    """A button of a screen's panel; ``prefix`` begins its object name."""
    made = ActionButton(text, key, accessible_name=said, group=group)
    made.setObjectName(f"{prefix}.{name}")
    return made


class ActingPanel(SidePanel):
    """``open_form`` puts a form in place of the actions, ``close_form`` the actions back."""

    def __init__(self, *actions: QWidget | QLayout, width: int) -> None:
        self._actions = Box(Column(*actions, gap=6))
        self._form: QWidget | None = None
        self._foot = Column(Hairline(), self._actions, gap=8)
        super().__init__(width=width, foot=Box(self._foot))

    def open_form(self, form: QWidget) -> None:
        self.close_form()
        self._form = form
        self._actions.hide()
        self._foot.put(form)
        form.show()
        self.relook()

    def close_form(self) -> None:
        form, self._form = self._form, None
        if form is None:
            return
        self._foot.removeWidget(form)
        form.hide()
        form.deleteLater()
        self._actions.show()
        self.relook()

    def let_act(self, may: bool) -> None:
        """Show the actions, or hide them while a form stands in the middle."""
        self._actions.setVisible(may)
        self.relook()

    def lend_middle(self, middle: Column, list_box: QWidget, form: QWidget) -> Callable[[], None]:
        """Put a large form where the list was. What is answered puts the list back."""
        list_box.hide()
        middle.put(form, 1)
        self.let_act(False)

        def take() -> None:
            middle.removeWidget(form)
            form.hide()
            form.deleteLater()
            list_box.show()
            self.let_act(True)

        return take
