"""``mash-desktop demo``: a seeded hub on this machine, and one day of it through real windows.

Offscreen where there is no screen. Leaves pictures and documents in a folder; on a screen the windows stay
open for a visitor, with a sheet of sign-ins, until they are closed or the program is told to end.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from mash_desktop.domain.errors import Refusal
from ui.demo import ending
from ui.demo.ring import running
from ui.demo.telling import NotThere, Telling


def run(
    output: Path, screenshots: Path | None = None, folder: Path | None = None, seats: Sequence[str] = ()
) -> int:
    """Show the whole journey, or only set up ``seats``. Exit code 0 when every step was seen to happen.

    What the store and the desktops keep is in ``folder``, which stays; without one it is gone afterwards.
    Raises ``Refusal`` on *folder* before anything is touched.
    """
    if folder is not None and folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refusal(
            "folder-in-use",
            f"{folder} holds something, and a demonstration begins from nothing. Name another folder.",
            "folder",
        )
    ending.listen()
    seen_by_a_person = _has_screen()
    if not seen_by_a_person:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    telling = Telling()
    output.mkdir(parents=True, exist_ok=True)
    for left in ("*.png", "*.pdf", "*-rejects.csv"):
        for earlier in output.glob(left):
            earlier.unlink()
    kept = folder
    folder = kept or Path(tempfile.mkdtemp(prefix="mash-demo-"))
    try:
        with _a_keyring(telling):
            from ui.demo.day import Day

            with Day(folder, output, telling, screenshots) as day:
                if seats:
                    day.sit_down(seats)
                    telling.done("The hub is empty but for its people.")
                else:
                    day.whole()
                    telling.done(f"The pictures and the documents are in {output}.")
                if seen_by_a_person:
                    day.stay_open()
    except NotThere as error:
        print(f"\nThe demonstration stopped: {error}.", file=sys.stderr)
        return 1
    except ending.Ended:
        print("\nThe demonstration was told to end before its last step.", file=sys.stderr)
        return 1
    finally:
        if kept is None:
            shutil.rmtree(folder, ignore_errors=True)
    return 0


def _has_screen() -> bool:
    if os.environ.get("QT_QPA_PLATFORM") == "offscreen":
        return False
    return sys.platform in {"win32", "darwin"} or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )


@contextmanager
def _a_keyring(telling: Telling) -> Iterator[None]:
    """The visitor's own keyring where somebody is signed in to a desktop; else one for the demonstration."""
    if not sys.platform.startswith("linux") or os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        yield
        return
    telling.step("Nobody is signed in to a desktop here: starting a keyring for the demonstration.")
    with running() as service:
        os.environ["DBUS_SESSION_BUS_ADDRESS"] = service.environment["DBUS_SESSION_BUS_ADDRESS"]
        try:
            yield
        finally:
            del os.environ["DBUS_SESSION_BUS_ADDRESS"]
