"""Writes the three sample files into a folder."""

from __future__ import annotations

import sys
from pathlib import Path

from .history import history
from .intake import intake


def write(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    xml, names = history()
    (folder / "history-2026.xml").write_bytes(xml.encode())
    (folder / "history-names.csv").write_bytes(names.encode())
    (folder / "intake.csv").write_bytes(intake().encode())


if __name__ == "__main__":
    write(Path(sys.argv[1]))
