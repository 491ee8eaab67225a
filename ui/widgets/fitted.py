"""The middle of a page that scrolls inside itself instead of making the page scroll."""

from __future__ import annotations

from PySide6.QtWidgets import QBoxLayout

from ui.widgets.layout import Box


class Fitted(Box):
    """Beside panels exactly as tall as the room there is; below them as tall as it wants to be.

    Wrapped words make a layout ask for the height that its width needs, and a scroll area then grants it.
    """

    def hasHeightForWidth(self) -> bool:
        parent = self.parentWidget()
        layout = parent.layout() if parent is not None else None
        below = QBoxLayout.Direction.TopToBottom
        return isinstance(layout, QBoxLayout) and layout.direction() == below and super().hasHeightForWidth()
