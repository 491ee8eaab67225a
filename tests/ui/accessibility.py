"""Who cannot see or point: walks a window and lists each control that would be met without a name.

Reusable for every screen: ``assert nameless(screen) == []``.
"""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAbstractItemView, QAbstractScrollArea, QWidget

_INTERACTIVE = {
    QAccessible.Role.Button,
    QAccessible.Role.CheckBox,
    QAccessible.Role.ComboBox,
    QAccessible.Role.EditableText,
    QAccessible.Role.Link,
    QAccessible.Role.List,
    QAccessible.Role.MenuItem,
    QAccessible.Role.PageTab,
    QAccessible.Role.RadioButton,
    QAccessible.Role.Slider,
    QAccessible.Role.SpinBox,
    QAccessible.Role.Table,
    QAccessible.Role.Tree,
}


def nameless(window: QWidget) -> list[str]:
    """A line for each control, shown or not, that takes focus or a press and has no accessible name."""
    found = [
        _describe(widget)
        for widget in (window, *window.findChildren(QWidget))
        if _takes_focus(widget) and not _name(widget).strip()
    ]
    told = set(found)
    for interface in _tree(QAccessible.queryAccessibleInterface(window)):
        widget = interface.object()
        if (
            interface.role() in _INTERACTIVE
            and isinstance(widget, QWidget)
            and not _part_of_another(widget)
            and not interface.text(QAccessible.Text.Name).strip()
            and (line := _describe(widget)) not in told
        ):
            told.add(line)
            found.append(line)
    return found


def _name(widget: QWidget) -> str:
    interface = QAccessible.queryAccessibleInterface(widget)
    return str(interface.text(QAccessible.Text.Name)) if interface is not None else ""


def _takes_focus(widget: QWidget) -> bool:
    if widget.focusPolicy() == Qt.FocusPolicy.NoFocus or _part_of_another(widget):
        return False
    if widget.focusProxy() is not None:
        return False
    return bool(widget.focusPolicy() & Qt.FocusPolicy.StrongFocus)


def _part_of_another(widget: QWidget) -> bool:
    """Viewports, headers and pop-up lists speak through the control that they belong to."""
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QAbstractItemView) or parent.metaObject().className().startswith(
            ("QComboBox", "QAbstractScrollAreaScrollBar")
        ):
            return True
        if isinstance(parent, QAbstractScrollArea) and parent.viewport() is widget:
            return True
        if parent.inherits("QComboBox"):
            return True
        parent = parent.parentWidget() if not parent.isWindow() else None
    return False


def _tree(interface: QAccessibleInterface | None) -> Iterator[QAccessibleInterface]:
    if interface is None:
        return
    yield interface
    if interface.role() == QAccessible.Role.Table:
        return  # its cells are the model's, checked by the table's own test
    for at in range(interface.childCount()):
        yield from _tree(interface.child(at))


def _describe(widget: QWidget) -> str:
    chain: list[str] = []
    at: QWidget | None = widget
    while at is not None and len(chain) < 4:
        chain.append(type(at).__name__)
        at = at.parentWidget()
    text = getattr(widget, "text", None)
    words = text() if callable(text) else ""
    return f"{' < '.join(chain)} {words!r}"
