"""Pictures of a window at the sizes and in the themes that matter, for the demo and for looking at."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication, QWidget

from ui.theme import Look, Mode, current_look, dress, undress

SIZES = ((1366, 768), (1920, 1080))
MODES = (Mode.LIGHT, Mode.DARK)
_FAR = (20_000, 20_000)


def picture(window: QWidget, path: Path, size: tuple[int, int] = SIZES[0]) -> Path:
    """Lay the window out at ``size`` and write it to ``path`` as PNG. The window is shown by this."""
    QCursor.setPos(*_FAR)  # nothing is hovered in a picture
    window.resize(*size)
    window.show()
    # Layouts settle in two rounds where a height depends on a width.
    for _ in range(3):
        QApplication.processEvents()
    path.parent.mkdir(parents=True, exist_ok=True)
    if not window.grab().save(str(path)):
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
            undress(window)
    window.resize(*sizes[0])
    return made
