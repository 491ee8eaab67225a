"""Small private files of a profile, replaced whole or not at all: the vault's one place that knows platforms.

Not for case data, which lives in the encrypted cache only.
"""

from __future__ import annotations

import os
from pathlib import Path

from mash_desktop.domain.errors import Refusal


def make_folder(folder: Path) -> None:
    """Make the folder, its owner's alone, unless it is there."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _not_writable(error) from error


def replace_file(path: Path, data: bytes) -> None:
    """Put ``data`` in place of ``path``, readable by its owner alone: after a crash at any moment the file
    is the old one or the new one, and it is the new one once this returns."""
    fresh = path.with_name(path.name + ".new")
    try:
        # What a crash may have left: a file that exists would keep its own permissions.
        fresh.unlink(missing_ok=True)
        with open(fresh, "xb", opener=_private) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, path)
        _sync_folder(path.parent)
    except OSError as error:
        raise _not_writable(error) from error


def overwrite_file(path: Path, data: bytes) -> None:
    """Write over the beginning of ``path``, readable by its owner alone, without waiting for the disk: it is
    there once this program has ended, however it does, and not always where the computer stopped."""
    try:
        file = _private(str(path), os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0))
        try:
            os.write(file, data)
        finally:
            os.close(file)
    except OSError as error:
        raise _not_writable(error) from error


def put_in_place(fresh: Path, path: Path) -> None:
    """Let ``fresh``, a whole file on the disk, take the place of ``path``: after a crash at any moment there
    is the one or the other."""
    try:
        os.replace(fresh, path)
        _sync_folder(path.parent)
    except OSError as error:
        raise _not_writable(error) from error


def remove_file(path: Path) -> None:
    """Remove ``path`` if it is there."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise _not_writable(error) from error


def _private(path: str, flags: int) -> int:
    # POSIX: owner only. Windows ignores the bits; there the folder's access list, inherited from the
    # person's own application data, is what keeps others out.
    return os.open(path, flags, 0o600)


def _sync_folder(folder: Path) -> None:
    """Make the new name durable. POSIX: the folder has to be synced. Windows: a folder cannot be opened, and
    NTFS journals the rename."""
    as_folder = getattr(os, "O_DIRECTORY", None)
    if as_folder is None:
        return
    handle = os.open(folder, os.O_RDONLY | as_folder)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _not_writable(error: OSError) -> Refusal:
    return Refusal(
        "profile-not-writable",
        f"The profile folder cannot be written ({error.strerror}): free some space or correct its "
        "permissions, then try again.",
    )
