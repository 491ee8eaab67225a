"""The demonstration on a screen: windows that stay for a visitor, and an end that leaves nothing running."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.journeys.conftest import LONGEST, PROGRAMS, running_in, surroundings
from ui.demo.people import PASSPHRASE, PASSWORD

pytestmark = pytest.mark.timeout(LONGEST)

LAST_LINE = "Close the windows to end the demonstration.\n"


@pytest.fixture
def screen() -> Iterator[str]:
    """A screen of its own, by name."""
    reading, writing = os.pipe()
    with os.fdopen(reading) as told:
        server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1920x1080x24", "-nolisten", "tcp"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, pass_fds=[writing],
        )  # fmt: skip
        os.close(writing)
        try:
            yield f":{told.readline().strip()}"
        finally:
            server.terminate()
            server.wait()


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
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a short name, since sockets lie below it."""
    return tmp_path_factory.mktemp("demo")


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
