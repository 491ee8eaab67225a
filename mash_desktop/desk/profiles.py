"""The profiles of one computer, where several people take turns at it: whose each is, and none opens another.

The first lies in the home folder itself, each further one in a folder of its own below ``people``. A profile
that can be opened no more is set aside, never deleted: what is in it stays shut, and may come back with the
keyring.
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import msgspec
from uuid6 import uuid7

from ..domain.errors import Refusal
from ..profile_folder import PEOPLE, WHOSE, several
from ..vault.files import make_folder
from .claim import Claim
from .profile import UNSENT, Profile

ASIDE = "set-aside"


class Found(msgspec.Struct, frozen=True):
    """``name`` is empty where nobody has signed in with it yet."""

    folder: str
    name: str


def found(home: Path) -> tuple[Found, ...]:
    """The profiles below the home folder, by name."""
    folders = [home, *(sorted((home / PEOPLE).iterdir()) if several(home) else ())]
    people = [Found(str(folder), _name(folder)) for folder in folders if Profile.exists(folder)]
    return tuple(sorted(people, key=lambda one: (not one.name, one.name)))


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
    Claim(folder).release()
    aside = home / ASIDE / f"{today}-{uuid7()}"
    make_folder(aside)
    try:
        for file in [one for one in folder.iterdir() if one.is_file()]:
            os.replace(file, aside / file.name)
        if folder != home:
            folder.rmdir()
    except OSError as error:
        raise Refusal(
            "profile-not-writable",
            f"The profile cannot be set aside ({error.strerror}): close what else uses it, then try again.",
        ) from error
    return aside


def _name(folder: Path) -> str:
    try:
        return (folder / WHOSE).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
