"""Puts a look onto the running application and its windows: palette, fonts, style sheet, layouts, a repaint.

The only place where style is set. A window of ours asks once to be dressed; one that must differ (the second
display) says in what. The style sheet is that of the windows and not the application's, which Qt would work
out anew for every part that is put into another: many times over while one screen is made.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QLayout, QStyleFactory, QWidget

from ui.theme.look import Look, Role, current_look, load_typeface, set_current_look
from ui.theme.stylesheet import stylesheet
from ui.theme.tokens import Mode


class _Announcer(QObject):
    changed = Signal()


class Theme:
    """``Theme.apply(app, Mode.DARK, 1.25)``; ``Theme.announcer().changed`` fires after each change."""

    _announcer: _Announcer | None = None
    _dressed = False

    @classmethod
    def announcer(cls) -> _Announcer:
        if cls._announcer is None:
            cls._announcer = _Announcer()
        return cls._announcer

    @classmethod
    def apply(cls, app: QApplication, mode: Mode, scale: float = 1.0) -> None:
        """Set the theme and text size. Raises ValueError for a scale outside 1.0 to 2.0."""
        if not 1.0 <= scale <= 2.0:
            raise ValueError(f"text size {scale} is outside 1.0 to 2.0")
        look = Look(mode, scale)
        if cls._dressed and look == current_look():
            return
        load_typeface()
        if app.style().name() != "fusion":
            app.setStyle(QStyleFactory.create("Fusion"))
        set_current_look(look)
        app.setFont(look.font(Role.BASE))
        app.setPalette(palette(look))
        for window in app.topLevelWidgets():
            if isinstance(getattr(window, "own_look", None), Look):
                continue
            if window.styleSheet():
                wear(window, look)
            _relayout(window)
        cls._dressed = True
        cls.announcer().changed.emit()


def dress(window: QWidget, own: Look | None = None) -> None:
    """Give a window the application's look, as it is now and will be, or one of its own for good."""
    window.own_look = own  # type: ignore[attr-defined]  # ours, kept on a window of Qt's
    wear(window, own or current_look())
    _relayout(window)


def wear(window: QWidget, look: Look) -> None:
    """Of a look what Qt itself draws: all that a new window lacks, whose parts of ours were made in it."""
    window.setFont(look.font(Role.BASE))
    window.setPalette(palette(look))
    window.setStyleSheet(stylesheet(look))


def _relayout(window: QWidget) -> None:
    for layout in window.findChildren(QLayout):
        rescale = getattr(layout, "rescale", None)
        if rescale is not None:
            rescale()
    for widget in (window, *window.findChildren(QWidget)):
        relook = getattr(widget, "relook", None)
        if relook is not None:
            relook()
        widget.updateGeometry()
        widget.update()


def palette(look: Look) -> QPalette:
    """The palette that plain Qt widgets fall back to."""
    made = QPalette()
    tokens, roles = look.tokens, QPalette.ColorRole
    for role, name in (
        (roles.Window, tokens.ground),
        (roles.WindowText, tokens.ink),
        (roles.Base, tokens.panel),
        (roles.AlternateBase, tokens.raised),
        (roles.ToolTipBase, tokens.panel),
        (roles.ToolTipText, tokens.ink),
        (roles.PlaceholderText, tokens.ink3),
        (roles.Text, tokens.ink),
        (roles.Button, tokens.panel),
        (roles.ButtonText, tokens.ink),
        (roles.Highlight, tokens.selection),
        (roles.HighlightedText, tokens.ink),
        (roles.Link, tokens.accent),
        (roles.Accent, tokens.accent),
        (roles.Mid, tokens.line),
        (roles.Dark, tokens.ink3),
    ):
        made.setColor(role, QColor(name))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(tokens.ink3))
    return made


__all__ = ["Theme", "current_look", "dress", "palette", "wear"]
