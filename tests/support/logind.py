"""A small real service that speaks for logind on a private system bus: sessions, their lock, and sleep."""

from __future__ import annotations

import os
import selectors
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from jeepney import DBusAddress, HeaderFields, Message, new_error, new_method_return, new_signal
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, Proxy, open_dbus_connection

NAME, ROOT = "org.freedesktop.login1", "/org/freedesktop/login1"
MINE = f"{ROOT}/session/c2"
OTHERS = f"{ROOT}/session/c3"
_MANAGER = DBusAddress(ROOT, interface=f"{NAME}.Manager")


class LoginService:
    """What it is told to say it says to everybody; ``held`` are the delays on sleep that somebody holds."""

    def __init__(self, bus: DBusConnection, end_bus: Callable[[], None]) -> None:
        self._bus, self.end_bus = bus, end_bus
        self._ends: list[int] = []
        self.asked = Event()
        """Somebody has asked to hold sleep back."""
        self.delays = 0
        self._stopping = False
        Proxy(message_bus, bus).RequestName(NAME)
        self._thread = Thread(target=self._answer, name="login1")
        self._thread.start()

    def close(self) -> None:
        self._stopping = True
        self._thread.join()
        for end in self._ends:
            os.close(end)

    def _answer(self) -> None:
        while not self._stopping:
            try:
                call = self._bus.receive(timeout=0.05)
            except TimeoutError:
                continue
            except OSError:
                return
            if call.header.message_type.name == "method_call":
                self._bus.send(self._reply(call))

    def _reply(self, call: Message) -> Message:
        member = call.header.fields[HeaderFields.member]
        if member == "GetSession":
            return new_method_return(call, "o", (MINE,))
        if member == "Inhibit" and call.body[0] == "sleep" and call.body[3] == "delay":
            ours, theirs = os.pipe()
            self._ends.append(ours)
            self.delays += 1
            self.asked.set()
            answer = new_method_return(call, "h", (theirs,))
            self._bus.send(answer)
            os.close(theirs)
            # The answer has gone; a signal nobody asked for takes its place in the caller's hands.
            return new_signal(_MANAGER, "SessionNew", "so", ("c9", OTHERS))
        return new_error(call, f"{NAME}.NoSuchSession", "s", ("no such session",))

    def _say(self, path: str, interface: str, member: str, signature: str = "", *body: Any) -> None:
        self._bus.send(new_signal(DBusAddress(path, interface=interface), member, signature or None, body))

    def lock(self, session: str = MINE) -> None:
        self._say(session, f"{NAME}.Session", "Lock")

    def changed(self, session: str = MINE, **values: bool) -> None:
        """The session's properties are now these."""
        told = {name: ("b", value) for name, value in values.items()}
        properties = "org.freedesktop.DBus.Properties"
        self._say(session, properties, "PropertiesChanged", "sa{sv}as", f"{NAME}.Session", told, [])

    def sleep(self, begins: bool) -> None:
        self._say(ROOT, f"{NAME}.Manager", "PrepareForSleep", "b", begins)

    def released(self, within: float = 10.0) -> bool:
        """Whether the delay asked for last has been given up, so that the computer may sleep."""
        with selectors.DefaultSelector() as waiting:
            waiting.register(self._ends[-1], selectors.EVENT_READ)
            return bool(waiting.select(within))


@contextmanager
def system_bus(folder: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    """The address of a bus of one's own, and what ends it."""
    address = f"unix:path={folder}/system-bus"
    bus = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--nopidfile", f"--address={address}"],
        stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        until = time.monotonic() + 30
        while True:
            try:
                open_dbus_connection(address).close()
                break
            except OSError:
                assert time.monotonic() < until, "the bus did not start"
                time.sleep(0.01)
        yield address, bus.terminate
    finally:
        bus.terminate()
        bus.wait(10)


@pytest.fixture
def login_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LoginService]:
    """logind as the programs of this test find it, on a system bus of its own."""
    with system_bus(tmp_path) as (address, end_bus):
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        with open_dbus_connection(address, enable_fds=True) as bus:
            service = LoginService(bus, end_bus)
            yield service
            service.close()
