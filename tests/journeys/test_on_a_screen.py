"""The demonstration on a screen: windows that stay for a visitor, and an end that leaves nothing running."""

from __future__ import annotations

import ctypes
import re
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.journeys.conftest import LONGEST, PROGRAMS, running_in, surroundings
from ui.demo.people import PASSPHRASE, PASSWORD

pytestmark = pytest.mark.timeout(LONGEST)

LAST_LINE = "Close the windows to end the demonstration.\n"


@contextmanager
def _demonstration(folder: Path, words: Sequence[str], screen: str = "") -> Iterator[subprocess.Popen[str]]:
    environment = surroundings(folder)
    if screen:
        del environment["QT_QPA_PLATFORM"]
        environment["DISPLAY"] = screen
    with (folder / "stderr").open("wb") as errors:
        process = subprocess.Popen(
            [PROGRAMS / "mash-desktop", "demo", *words],
            env=environment, stdout=subprocess.PIPE, stderr=errors, text=True,
        )  # fmt: skip
    try:
        yield process
    finally:
        assert process.stdout is not None
        process.stdout.close()
        process.terminate()
        process.wait()


def _says_until(process: subprocess.Popen[str], last: str) -> str:
    """Everything said up to the line with these words."""
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if last in line:
            break
    return "".join(said)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a short name, since sockets lie below it; not pytest's, which each run of tests on a
    machine closes anew to the user as whom PostgreSQL runs."""
    with tempfile.TemporaryDirectory(prefix="mash-day-") as made:
        yield Path(made)


def test_windows_stay_open_for_a_visitor_with_a_sheet_of_sign_ins_until_told_to_end(
    screen: str, folder: Path
) -> None:
    words = ("--seat", "priya", "--seat", "karen")
    with _demonstration(folder, words, screen) as process:
        said = _says_until(process, LAST_LINE)
        assert said.endswith(LAST_LINE), (folder / "stderr").read_text()
        shown = subprocess.run(
            ["xwininfo", "-root", "-tree", "-display", screen], capture_output=True, text=True, check=True
        ).stdout
        process.send_signal(signal.SIGTERM)
        code = process.wait(LONGEST)
    # Whether the dash comes through is the locale's.
    windows = re.findall(r'"([\w ]+) .+ MASH Desktop": .*  1366x768\+', shown)
    assert sorted(windows) == ["Hub board", "Triage desk"], shown
    for account, name in (("priya.nair", "Priya Nair"), ("karen.shaw", "Karen Shaw")):
        assert re.search(rf"{account} +{name} .*\n +key of the authenticator: (\w{{4}} ){{7}}\w{{4}}", said)
    assert PASSWORD in said
    assert PASSPHRASE in said
    assert (code, (folder / "stderr").read_text()) == (0, "")
    _nothing_is_left(folder)


def test_closing_the_windows_ends_everything_and_the_folder_is_not_begun_in_again(
    screen: str, folder: Path
) -> None:
    words = ("--seat", "priya", "--folder", str(folder / "kept"), "--output", str(folder / "demo-output"))
    with _demonstration(folder, words, screen) as process:
        assert _says_until(process, LAST_LINE).endswith(LAST_LINE), (folder / "stderr").read_text()
        _close_windows(screen)
        code = process.wait(LONGEST)
    assert (code, (folder / "stderr").read_text()) == (0, "")
    _nothing_is_left(folder)
    made = _kept(folder)
    again = subprocess.run([PROGRAMS / "mash-desktop", "demo", *words], capture_output=True, text=True)
    assert again.returncode == 1
    assert again.stderr.endswith("kept holds something, and a demonstration begins from nothing. "
                         "Name another folder.\n")  # fmt: skip
    assert _kept(folder) == made


def _kept(folder: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in sorted(folder.glob("kept/**/*"))}


class _ClientMessage(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int), ("serial", ctypes.c_ulong), ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p), ("window", ctypes.c_ulong), ("message_type", ctypes.c_ulong),
        ("format", ctypes.c_int), ("data", ctypes.c_long * 5), ("room", ctypes.c_long * 24),
    )  # fmt: skip


def _close_windows(screen: str) -> None:
    """Ask every window of the program to close, as the cross in its corner does."""
    tree = subprocess.run(
        ["xwininfo", "-root", "-tree", "-display", screen], capture_output=True, text=True, check=True
    ).stdout
    windows = re.findall(r'(0x[0-9a-f]+) "[^"]+ MASH Desktop":', tree)
    assert windows, tree
    x11 = ctypes.CDLL("libX11.so.6")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XInternAtom.restype = ctypes.c_ulong
    display = ctypes.c_void_p(x11.XOpenDisplay(screen.encode()))
    protocols, close = (x11.XInternAtom(display, name, 0) for name in (b"WM_PROTOCOLS", b"WM_DELETE_WINDOW"))
    for window in windows:
        number = int(window, 16)
        message = _ClientMessage(33, 0, 1, display, number, protocols, 32, (ctypes.c_long * 5)(close))
        x11.XSendEvent(display, ctypes.c_ulong(number), 0, ctypes.c_long(0), ctypes.byref(message))
    x11.XCloseDisplay(display)


def test_told_to_end_in_the_middle_it_says_so_and_leaves_nothing_running(folder: Path) -> None:
    with _demonstration(folder, ("--seat", "priya")) as process:
        _says_until(process, "in a process of its own")
        process.send_signal(signal.SIGTERM)
        code = process.wait(LONGEST)
    assert code == 1
    assert "The demonstration was told to end before its last step." in (folder / "stderr").read_text()
    _nothing_is_left(folder)


def _nothing_is_left(folder: Path) -> None:
    assert running_in(folder) == []
    assert [path.name for path in (folder / "tmp").iterdir() if path.name != ".lockfile"] == []
