"""What a profile's folder tells before it is opened: whose it is, and whether people take turns.

Known to who shows the door, so it imports nothing that takes time to read.
"""

from __future__ import annotations

from pathlib import Path

WHOSE = "whose"
"""The name of who signed in with it last, for the list of those who take turns."""
PEOPLE = "people"
"""Below the home folder: the profiles of all but the first."""

ASIDE = "set-aside"
"""Below the home folder: profiles that opened no more, each in a folder named by the day and an id."""


def several(home: Path) -> bool:
    """Whether people take turns here."""
    return (home / PEOPLE).is_dir()


def any_aside(home: Path) -> bool:
    """Whether a profile was set aside here."""
    return (home / ASIDE).is_dir()


def one_persons(home: Path) -> bool:
    """Whether one person alone uses this computer, and has signed in on it."""
    return (home / WHOSE).is_file() and not several(home)
