"""The demonstration as a person starts it: a program of its own in a home of its own, walked once for all.

Its folders stay, so that tests can look at what a day leaves behind.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import msgspec
import psutil
import pytest

PROGRAMS = Path(sys.executable).parent
LONGEST = 1500
"""Seconds that a day may take on a machine with much else to do."""


class Walked(msgspec.Struct, frozen=True):
    """How a day ended and what it said. ``left_running`` are processes that outlived it."""

    code: int
    said: str
    complained: str
    where: str
    left_running: list[str]
    verified: str

    @property
    def folder(self) -> Path:
        return Path(self.where)

    @property
    def output(self) -> Path:
        return self.folder / "demo-output"

    @property
    def kept(self) -> Path:
        """What the store and the desktops hold."""
        return self.folder / "kept"

    @property
    def in_the_midst(self) -> Path:
        """The desktops' profiles as they lay when one had just been killed and the others were open."""
        return self.folder / "midst"


def surroundings(folder: Path) -> dict[str, str]:
    """The environment of somebody with a home, a folder for temporary files and no screen."""
    made = {name: value for name, value in os.environ.items() if name != "DBUS_SESSION_BUS_ADDRESS"}
    for name, place in (
        ("HOME", "home"),
        ("TMPDIR", "tmp"),
        ("XDG_CONFIG_HOME", "home/.config"),
        ("XDG_DATA_HOME", "home/.local/share"),
        ("XDG_CACHE_HOME", "home/.cache"),
        ("XDG_STATE_HOME", "home/.local/state"),
        ("XDG_RUNTIME_DIR", "run"),
    ):
        made[name] = str(folder / place)
        (folder / place).mkdir(parents=True, mode=0o700)
    return {**made, "QT_QPA_PLATFORM": "offscreen"}


def running_in(folder: Path, seconds: float = 30) -> list[str]:
    """Programs that have to do with a folder; those that are just ending are given some seconds for it."""
    until = time.monotonic() + seconds
    while (found := _running_in(folder)) and time.monotonic() < until:
        time.sleep(0.1)
    return found


def _running_in(folder: Path) -> list[str]:
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            said = [*process.cmdline(), *process.environ().values()]
            if process.pid != os.getpid() and any(str(folder) in one for one in said):
                found.append(f"{process.pid} {' '.join(process.cmdline())}")
    return found


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever the order, the day comes first: at the end nothing would be left to run beside it."""
    items.sort(key=lambda item: "walked" not in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def walked(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Walked:
    """The whole day, offscreen. Once for all tests, also where several processes run them."""
    here = tmp_path_factory.getbasetemp()
    folder = (here if worker_id == "master" else here.parent) / "day"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        result = folder / "walked.json"
        if result.exists():
            return msgspec.json.decode(result.read_bytes(), type=Walked)
        shutil.rmtree(folder, ignore_errors=True)
        walked = _walk(folder)
        result.write_bytes(msgspec.json.encode(walked))
        return walked


def _walk(folder: Path) -> Walked:
    environment = surroundings(folder)
    complained = folder / "stderr"
    said = []
    with complained.open("wb") as errors:
        process = subprocess.Popen(
            [
                PROGRAMS / "mash-desktop", "demo",
                "--output", folder / "demo-output", "--folder", folder / "kept",
                "--screenshots", folder / "docs",
            ],
            env=environment, stdout=subprocess.PIPE, stderr=errors, text=True,
        )  # fmt: skip
        assert process.stdout is not None
        try:
            for line in process.stdout:
                said.append(line)
                if "is killed with SIGKILL" in line:
                    _copy(folder / "kept" / "profiles", folder / "midst")
            code = process.wait(LONGEST)
        finally:
            process.stdout.close()
            process.terminate()
            process.wait(LONGEST)
    verified = _verified(folder / "kept" / "store", environment)
    left = running_in(folder)
    return Walked(code, "".join(said), complained.read_text(), str(folder), left, verified)


def _copy(source: Path, target: Path) -> None:
    """Copy what is in use: a file that goes meanwhile is left out."""
    for path in source.rglob("*"):
        if path.is_file():
            copy = target / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileNotFoundError):
                shutil.copyfile(path, copy)


def _verified(store: Path, environment: Mapping[str, str]) -> str:
    """What ``mash-isl verify`` says of the log that the day left."""
    done = subprocess.run(
        [PROGRAMS / "mash-isl", "verify", "--embedded", store],
        capture_output=True, text=True, env=environment, timeout=LONGEST, check=False,
    )  # fmt: skip
    return done.stdout + done.stderr
