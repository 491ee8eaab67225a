"""One program at a time on a profile's folder: the second is told so before it reads anything.

An empty file locked the way SQLite locks: alike on every platform, and given back by the system when the
program ends, however it ends.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from ..domain.errors import Refusal

FILE = "in-use"


class Claim:
    """The folder is this program's until :meth:`release`."""

    def __init__(self, folder: Path) -> None:
        """Raises ``Refusal``: *profile-in-use*, *profile-not-writable*."""
        try:
            self._held = sqlite3.connect(
                folder / FILE, timeout=0, isolation_level=None, check_same_thread=False
            )
        except sqlite3.OperationalError as error:
            raise _not_writable() from error
        try:
            self._held.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            self._held.close()
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise _not_writable() from error
            raise Refusal(
                "profile-in-use",
                "This profile is open in another window of this computer. Close that one, then try again.",
            ) from error

    def release(self) -> None:
        self._held.close()


def _not_writable() -> Refusal:
    return Refusal(
        "profile-not-writable",
        "The profile folder cannot be written. Correct its permissions, then try again.",
    )
