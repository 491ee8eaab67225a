"""What every test has: a home of its own, no bus, no screen, and no thread left behind.

The fixtures live in `tests/support`; CONTRIBUTING.md lists them by name.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from importlib.util import find_spec

import hypothesis
import pytest
from xdist.workermanage import NodeManager

pytest_plugins = [
    "pytester",
    "tests.support.cheap",
    "tests.support.logind",
    "tests.support.loops",
    "tests.support.measuring",
    "tests.support.postgres",
    "tests.support.provider",
    "tests.support.screen",
    "tests.support.secret_service",
    "tests.support.store",
    "tests.support.served_story",
]
# One job runs every other test where no Qt is installed.
if find_spec("PySide6") is None:
    collect_ignore = ["ui", "journeys", "faults/test_leftovers.py"]
else:
    pytest_plugins.append("tests.support.qt")

# A worker writes its coverage when it ends, and a machine with much to do takes its time over that. Who waits
# less kills it, and what it ran counts as not run.
NodeManager.EXIT_TIMEOUT = 120

# A shared machine is no measure of one example's time, so there is no deadline. Looking for the smallest
# example that fails takes minutes, and a test that ends for want of time says nothing of what it had found.
hypothesis.settings.register_profile(
    "default",
    max_examples=30,
    deadline=None,
    print_blob=True,
    phases=(hypothesis.Phase.explicit, hypothesis.Phase.reuse, hypothesis.Phase.generate),
)
hypothesis.settings.register_profile("thorough", max_examples=500, deadline=None, print_blob=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(scope="session", autouse=True)
def private_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing is read from, or left in, the home, the keyring or the screen of who runs the tests."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        for name in (
            "XDG_CONFIG_HOME",
            "XDG_DATA_HOME",
            "XDG_CACHE_HOME",
            "XDG_STATE_HOME",
            "XDG_RUNTIME_DIR",
        ):
            folder = home / name.lower()
            folder.mkdir(mode=0o700)
            patch.setenv(name, str(folder))
        for name in ("DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_ID"):
            patch.delenv(name, raising=False)
        patch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={home}/no-bus")
        yield


@pytest.fixture(autouse=True)
def no_thread_left_behind() -> Iterator[None]:
    """Fail a test that ends while a thread that it started still runs."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + 5
    while left := [each for each in threading.enumerate() if each not in before]:
        if time.monotonic() > deadline:
            pytest.fail(f"threads left behind: {', '.join(each.name for each in left)}", pytrace=False)
        time.sleep(0.01)
