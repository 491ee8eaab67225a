"""The profiles of one computer, where several people take turns at it: whose each is, and none opens another.

The first lies in the home folder itself, each further one in a folder of its own below ``people``. A profile
that can be opened no more is set aside, never deleted: what is in it stays shut, and anybody may take it
back.
"""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import date
from pathlib import Path

import msgspec
from uuid6 import uuid7

from ..domain.errors import Refusal
from ..profile_folder import ASIDE, PEOPLE, WHOSE, any_aside, several
from ..vault.files import make_folder
from .claim import Claim
from .profile import UNSENT, Profile


class Found(msgspec.Struct, frozen=True):
    """``name`` is empty where nobody has signed in with it yet. ``aside`` is the day it was set aside."""

    folder: str
    name: str
    aside: date | None = None


def found(home: Path) -> tuple[Found, ...]:
    """The profiles below the home folder, by name."""
    folders = [home, *(sorted((home / PEOPLE).iterdir()) if several(home) else ())]
    people = [Found(str(folder), whose(folder)) for folder in folders if Profile.exists(folder)]
    return tuple(sorted(people, key=lambda one: (not one.name, one.name)))


def found_aside(home: Path) -> tuple[Found, ...]:
    """The profiles that were set aside, the latest first."""
    folders = sorted((home / ASIDE).iterdir(), reverse=True) if any_aside(home) else []
    return tuple(
        Found(str(folder), whose(folder), date.fromisoformat(folder.name[:10]))
        for folder in folders
        if Profile.exists(folder)
    )


def new_folder(home: Path) -> Path:
    """Where the next person's profile goes."""
    return home / PEOPLE / str(uuid7()) if Profile.exists(home) else home


def unsent(folder: Path) -> int | None:
    """How many acts waited when the profile was last locked; ``None`` where that is not known."""
    try:
        return int((folder / UNSENT).read_bytes())
    except (OSError, ValueError):
        return None


def set_aside(home: Path, folder: Path, today: date) -> Path:
    """Take a profile out of the way, whole. Returns where it is now.

    Raises ``Refusal``: *profile-in-use*, *profile-not-writable*.
    """
    return _moved(home, folder, home / ASIDE / f"{today}-{uuid7()}")


def take_back(home: Path, folder: Path) -> Path:
    """Have a profile that was set aside among the others again. Returns where it is now.

    Raises ``Refusal`` as :func:`set_aside` does.
    """
    back = _moved(home, folder, new_folder(home))
    with suppress(OSError):  # others lie there still
        (home / ASIDE).rmdir()
    return back


def _moved(home: Path, folder: Path, to: Path) -> Path:
    Claim(folder).release()
    make_folder(to)
    try:
        for file in [one for one in folder.iterdir() if one.is_file()]:
            os.replace(file, to / file.name)
        if folder != home:
            folder.rmdir()
    except OSError as error:
        raise Refusal(
            "profile-not-writable",
            f"The profile cannot be moved ({error.strerror}): close what else uses it, then try again.",
        ) from error
    return to


def whose(folder: Path) -> str:
    """The name of who signed in with it last; empty where nobody has."""
    try:
        return (folder / WHOSE).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
