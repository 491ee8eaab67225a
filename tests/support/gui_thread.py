"""What the GUI thread must not do: open a file, a socket, a process or a database.

Milliseconds belong to the bench; here any such call counts, if a line of `ui/` led to it. Python's own
audit events tell of it, and SQLAlchemy's for the databases whose drivers send none.
"""

from __future__ import annotations

import os
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.pool import Pool

ROOT = Path(__file__).parents[2]
SCREENS = f"{ROOT / 'ui'}{os.sep}"
OURS = tuple(f"{ROOT / top}{os.sep}" for top in ("mash_desktop", "sync", "tests", "ui"))
BLOCKING = {
    *("open", "os.listdir", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.scandir", "os.truncate"),
    *("shutil.copyfile", "socket.bind", "socket.connect", "socket.getaddrinfo", "socket.gethostbyname"),
    *("sqlite3.connect", "subprocess.Popen"),
}
# Read once and small: the program's own text, its resources, and what the libraries carry with them.
PART_OF_THE_PROGRAM = tuple(
    f"{folder}{os.sep}" for folder in (ROOT / "resources", sys.prefix, sys.base_prefix, "/usr/share")
)
CODE = (".py", ".pyc", ".so", ".pyd")

_watched: tuple[int, list[str]] | None = None


def _note(what: str, path: object = None) -> None:
    global _watched
    if _watched is None or threading.get_ident() != _watched[0]:
        return
    if isinstance(path, bytes):
        path = os.fsdecode(path)
    if isinstance(path, str | os.PathLike):
        name = os.path.abspath(path)
        if name.endswith(CODE) or name.startswith(PART_OF_THE_PROGRAM):
            return
    watched, _watched = _watched, None  # what follows reads source files itself
    try:
        stack = traceback.extract_stack()
        if any(frame.filename.startswith(SCREENS) for frame in stack):
            ours = [f for f in stack if f.filename.startswith(OURS) and f.filename != __file__]
            where = " → ".join(f"{Path(f.filename).relative_to(ROOT)}:{f.lineno}" for f in ours[-4:])
            watched[1].append(f"{what} {path if path is not None else ''}({where})")
    finally:
        _watched = watched


def _audit(name: str, arguments: tuple[Any, ...]) -> None:
    if _watched is not None and name in BLOCKING:
        _note(name, arguments[0] if arguments and name in {"open", "os.listdir", "os.scandir"} else None)


# An audit hook cannot be taken away again; it is idle unless a test watches.
sys.addaudithook(_audit)


def _database(*_: object) -> None:
    _note("a database connection")


@contextmanager
def watched_gui_thread() -> Iterator[list[str]]:
    """Collect, while this thread is the GUI thread, each blocking call that a line of `ui/` led to."""
    global _watched
    calls: list[str] = []
    _watched = (threading.get_ident(), calls)
    event.listen(Pool, "checkout", _database)
    try:
        yield calls
    finally:
        event.remove(Pool, "checkout", _database)
        _watched = None
