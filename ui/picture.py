"""Pictures of a window at the sizes and in the themes that matter, for the demo and for looking at."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtGui import QCursor, QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from ui.theme import Look, Mode, current_look, dress

SIZES = ((1366, 768), (1920, 1080))
MODES = (Mode.LIGHT, Mode.DARK)
_FAR = (20_000, 20_000)


def drawn(window: QWidget, size: tuple[int, int] = SIZES[0]) -> QPixmap:
    """The window laid out at ``size``, as a person at it would see it. It is shown by this."""
    QCursor.setPos(*_FAR)  # nothing is hovered in a picture
    window.resize(*size)
    window.show()
    window.activateWindow()
    # Layouts settle in two rounds where a height depends on a width.
    for _ in range(3):
        QApplication.processEvents()
    # What a timer has just filled anew is shown and laid out by events that wait behind it.
    QApplication.sendPostedEvents()
    return window.grab()


def picture(window: QWidget, path: Path, size: tuple[int, int] = SIZES[0]) -> Path:
    """Write the window as ``drawn`` to ``path``, as PNG."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not drawn(window, size).save(str(path)):
        raise OSError(f"no picture could be written to {path}")
    return path


def pictures(
    window: QWidget,
    folder: Path,
    name: str,
    *,
    sizes: Sequence[tuple[int, int]] = SIZES,
    modes: Sequence[Mode] = MODES,
) -> list[Path]:
    """``name-1366x768-light.png`` and so on. Only this window is dressed; it looks as before afterwards."""
    before, made = current_look(), []
    for mode in modes:
        if mode is not before.mode:
            dress(window, Look(mode, before.scale))
        for width, height in sizes:
            path = folder / f"{name}-{width}x{height}-{mode.value}.png"
            made.append(picture(window, path, (width, height)))
        if mode is not before.mode:
            dress(window)
    window.resize(*sizes[0])
    return made
