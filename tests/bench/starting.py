"""How long the program's parts take to import, each in a process of its own."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator

from tests.bench import Row, measures

RUNS = 7


def milliseconds(code: str) -> float:
    """The median time of a process that runs `code`, once its byte code is there."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    times = []
    for _ in range(RUNS + 1):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], env=environment, check=True)
        times.append(1000 * (time.perf_counter() - started))
    return statistics.median(times[1:])


@measures("desktop")
def importing_the_desktop() -> Iterator[Row]:
    bare = milliseconds("pass")
    windows = milliseconds("import PySide6.QtWidgets")
    yield Row("process that imports the desk", milliseconds("import mash_desktop.desk"), "ms", bare)
    yield Row("process that imports the shell", milliseconds("import ui.shell.main_window"), "ms", windows)


@measures("store")
def importing_the_store() -> Iterator[Row]:
    bare = milliseconds("pass")
    yield Row("process that imports mash-isl", milliseconds("import sync.cli"), "ms", bare)
