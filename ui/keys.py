"""Keys: the one way in which a key comes to do something.

A screen says ``keys.on("R", self, self.rerate, "Re-rate")``. The binding lives as long as its scope,
acts only while the scope is seen and enabled, never inside a text field if it is a single letter, and is
listed by the command palette and the key help without more. Not for keys inside one widget (arrows in a
table): those are its key events.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget


def cap_text(key: str) -> str:
    """What stands on the cap: ``Ctrl+K`` → ``Ctrl K``, ``Alt+0, Alt+0`` → ``Alt 0 0``."""
    first, *rest = key.split(", ")
    # The plus key itself is written "Ctrl++".
    modifiers, name = first[:-1].rpartition("+")[::2] if len(first) > 1 else ("", "")
    name += first[-1]
    tails = [part.removeprefix(f"{modifiers}+") if modifiers else part for part in rest]
    shown = {"Return": "Enter", "-": "−"}.get(name, name)
    return " ".join([*(modifiers.split("+") if modifiers else ()), shown, *tails])


class Binding(NamedTuple):
    """One key and what it does. ``group`` heads it in the palette and in the help."""

    key: str
    scope: QWidget
    callback: Callable[[], object]
    label: str
    group: str
    shortcuts: tuple[QShortcut, ...]
    listed: bool

    @property
    def cap(self) -> str:
        return cap_text(self.key) if self.key else ""

    @property
    def alive(self) -> bool:
        return shiboken6.isValid(self.scope)

    @property
    def acts(self) -> bool:
        """True while a press would do something."""
        return self.alive and self.scope.isVisible() and self.scope.isEnabled()


class Keys:
    """The register. One for the process: ``from ui.keys import keys``."""

    def __init__(self) -> None:
        self._bindings: list[Binding] = []
        self._overlays: list[QWidget] = []

    def on(
        self,
        key: str,
        scope: QWidget,
        callback: Callable[[], object],
        label: str,
        *,
        group: str = "",
        also: tuple[str, ...] = (),
        within: bool = False,
        listed: bool = True,
    ) -> Binding:
        """Bind a key while ``scope`` is seen; ``within`` only while focus is inside it.

        ``key`` is in Qt's portable writing (``"R"``, ``"Ctrl+D"``, ``"Alt+0, Alt+0"``), or empty for a
        command that the palette alone offers. ``also`` are further keys that are not shown.
        """
        self.forget_gone()
        names = [name for name in (key, *also) if name]
        if "Return" in names:
            names.append("Enter")
        made = tuple(QShortcut(QKeySequence(name), scope) for name in names)
        binding = Binding(key, scope, callback, label, group, made, listed)
        context = (
            Qt.ShortcutContext.WidgetWithChildrenShortcut if within else Qt.ShortcutContext.WindowShortcut
        )
        for shortcut in made:
            shortcut.setContext(context)
            shortcut.setAutoRepeat(False)
            shortcut.activated.connect(lambda: self._press(binding))
        self._bindings.append(binding)
        return binding

    def off(self, binding: Binding) -> None:
        """Take a binding back before its scope goes."""
        for shortcut in binding.shortcuts:
            if shiboken6.isValid(shortcut):
                shortcut.setEnabled(False)
                shortcut.deleteLater()
        self._bindings = [kept for kept in self._bindings if kept is not binding]

    def forget_gone(self) -> None:
        """Let go of what belonged to widgets that are no more, and of all that their callbacks knew."""
        self._bindings = [kept for kept in self._bindings if kept.alive]
        self._overlays = [kept for kept in self._overlays if shiboken6.isValid(kept)]

    def _press(self, binding: Binding) -> None:
        if binding.acts and self._reaches(binding.scope):
            binding.callback()

    def _reaches(self, scope: QWidget) -> bool:
        top = self._overlay_of(scope.window())
        return top is None or scope is top or top.isAncestorOf(scope)

    def _overlay_of(self, window: QWidget) -> QWidget | None:
        self.forget_gone()
        shown = [kept for kept in self._overlays if kept.isVisible() and kept.window() is window]
        return shown[-1] if shown else None

    def add_overlay(self, overlay: QWidget) -> None:
        """While ``overlay`` is seen, keys bound beneath it in the same window do nothing."""
        self._overlays.append(overlay)

    def clashes(self, window: QWidget) -> list[str]:
        """Keys that two bindings would answer to at once, so that neither does: a mistake of a screen."""
        by_key: dict[str, list[str]] = {}
        for binding in self._bindings:
            if binding.alive and binding.scope.window() is window and binding.acts:
                for shortcut in binding.shortcuts:
                    by_key.setdefault(shortcut.key().toString(), []).append(binding.label)
        return [f"{key}: {', '.join(labels)}" for key, labels in by_key.items() if len(labels) > 1]

    def commands(self, window: QWidget, *, every: bool = False) -> list[Binding]:
        """What can be done in a window now, in the order of binding; ``every`` adds what is asleep."""
        self.forget_gone()
        return [
            binding
            for binding in self._bindings
            if binding.listed and binding.scope.window() is window and (every or binding.acts)
        ]


keys = Keys()


class TypedHere(QObject):
    """An event filter for inputs that Qt would let a letter slip through (a closed choice list)."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = not event.modifiers() & ~(
                Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
            )
            if plain and ((event.text().isprintable() and event.text()) or event.key() in _OWN_KEYS):
                event.accept()
                return True
        return super().eventFilter(watched, event)


_OWN_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
