"""A Secret Service of one's own: gnome-keyring on a private D-Bus, unlocked, without a screen.

For the demonstration and the tests, on a machine where nobody is signed in to a desktop. The keyring of the
person who runs it is never touched.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import secretstorage
from jeepney import DBusAddress, new_method_call
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, Proxy, open_dbus_connection
from secretstorage.util import format_secret, open_session

PASSWORD = b"a ring of its own"
# gnome-keyring's own, made for its tests and its prompt.
UNLOCKS_WITHOUT_PROMPT = "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface"


@dataclass(frozen=True)
class SecretService:
    """A running Secret Service. `environment` is what a process needs in order to find it."""

    environment: dict[str, str]

    def lock(self) -> None:
        """Lock the ring, as a desktop does when its session ends: reads raise `KeyringLocked`."""
        with self._connection() as connection:
            secretstorage.get_default_collection(connection).lock()

    def unlock(self) -> None:
        """Unlock it again, without the prompt that a person would see."""
        ring = DBusAddress("/org/freedesktop/secrets", "org.freedesktop.secrets", UNLOCKS_WITHOUT_PROMPT)
        with self._connection() as connection:
            locked = secretstorage.get_default_collection(connection)
            secret = format_secret(open_session(connection), PASSWORD, "text/plain")
            unlock = new_method_call(
                ring, "UnlockWithMasterPassword", "o(oayays)", (locked.collection_path, secret)
            )
            connection.send_and_get_reply(unlock)
            assert not locked.is_locked(), "the ring stayed locked"

    @contextmanager
    def _connection(self) -> Iterator[DBusConnection]:
        with open_dbus_connection(self.environment["DBUS_SESSION_BUS_ADDRESS"]) as connection:
            yield connection


@contextmanager
def running() -> Iterator[SecretService]:
    folder = Path(tempfile.mkdtemp(prefix="mash-ring-"))
    address = f"unix:path={folder}/bus"
    environment = {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "HOME": str(folder),
        "XDG_RUNTIME_DIR": str(folder),
        "DBUS_SESSION_BUS_ADDRESS": address,
    }
    bus = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--nopidfile", f"--address={address}"],
        env=environment, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait_for(lambda: _accepts(address))
        ring = _started_ring(environment)
        try:
            # Asking the bus who is there, and not the service itself, which D-Bus would start a second time.
            _wait_for(lambda: _has_owner(address, "org.freedesktop.secrets"))
            yield SecretService(environment)
        finally:
            ring.terminate()
            ring.wait(10)
    finally:
        bus.terminate()
        bus.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def _started_ring(environment: dict[str, str]) -> subprocess.Popen[bytes]:
    ring = subprocess.Popen(
        ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"],
        env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert ring.stdin is not None
    with ring.stdin:
        ring.stdin.write(PASSWORD)
    return ring


def _accepts(address: str) -> bool:
    """Whether the bus takes connections: its socket is there a moment before it listens."""
    try:
        open_dbus_connection(address).close()
    except OSError:
        return False
    return True


def _has_owner(address: str, name: str) -> bool:
    with open_dbus_connection(address) as connection:
        return bool(Proxy(message_bus, connection).NameHasOwner(name)[0])


def _wait_for(ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not ready():
        if time.monotonic() > deadline:
            raise TimeoutError("the Secret Service did not start")
        time.sleep(0.01)
