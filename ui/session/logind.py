"""Linux: what logind tells over the system's D-Bus of this person's session and of sleep.

A thread of its own waits on the bus. It holds a delay on sleep, so that the profile is locked before the
memory is written away; logind waits some seconds at most. Without a bus or logind nothing is heard, and the
window's own idle time is what locks it.
"""

from __future__ import annotations

import logging
import os
import select
from collections import deque
from collections.abc import Callable
from threading import Lock, Thread
from typing import Any

from jeepney import DBusAddress, DBusErrorResponse, HeaderFields, MatchRule, Message, new_method_call
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, Proxy, open_dbus_connection
from jeepney.wrappers import unwrap_msg

_log = logging.getLogger(__name__)

_NAME = "org.freedesktop.login1"
_ROOT = "/org/freedesktop/login1"
_MANAGER, _SESSION = f"{_NAME}.Manager", f"{_NAME}.Session"
_PROPERTIES = "org.freedesktop.DBus.Properties"
_AGAIN_SECONDS = 10.0
"""How long to wait before the bus is tried again once it has gone."""


class Logind:
    """Calls ``leave``, on its thread, when the session is locked or no longer in front, or before sleep."""

    def __init__(self, leave: Callable[[], None]) -> None:
        self._leave = leave
        self._session: str | None = None
        self._delay: int | None = None
        self._lock = Lock()
        self._stops, self._stop = os.pipe()
        self._thread = Thread(target=self._run, name="session", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        os.write(self._stop, b"\0")
        self._thread.join()
        self.settled()
        os.close(self._stop)
        os.close(self._stops)

    def settled(self) -> None:
        """Let the computer sleep."""
        with self._lock:
            delay, self._delay = self._delay, None
        if delay is not None:
            os.close(delay)

    # --- the thread

    def _run(self) -> None:
        known = False
        while True:
            heard = False
            try:
                with open_dbus_connection("SYSTEM", enable_fds=True) as bus:
                    with bus.filter(MatchRule(type="signal"), queue=deque()) as signals:
                        self._listen(bus)
                        known = heard = True
                        self._hear(bus, signals)
                    return
            except (OSError, ValueError, RuntimeError, DBusErrorResponse) as error:
                if not known:
                    _log.info("no word of this session: %s", type(error).__name__)
                    return
                _log.warning("no word of this session now: %s", type(error).__name__)
            if heard:
                # Nobody will say that the person leaves: sooner locked than seen.
                self._leave()
            if select.select([self._stops], [], [], _AGAIN_SECONDS)[0]:
                return

    def _listen(self, bus: DBusConnection) -> None:
        """Ask for the signals of this session and of sleep, and hold sleep back."""
        session = os.environ.get("XDG_SESSION_ID", "auto")
        try:
            self._session = _asked(bus, "GetSession", "s", session)[0]
        except DBusErrorResponse as error:
            # A service, or a login that logind does not know: sleep is told all the same.
            _log.info("this session is not known: %s", error.name)
        for rule in (
            MatchRule(type="signal", sender=_NAME, interface=_MANAGER, member="PrepareForSleep"),
            MatchRule(type="signal", sender=_NAME, interface=_SESSION, member="Lock"),
            MatchRule(type="signal", sender=_NAME, interface=_PROPERTIES, member="PropertiesChanged"),
        ):
            Proxy(message_bus, bus).AddMatch(rule)
        self._hold(bus)

    def _hold(self, bus: DBusConnection) -> None:
        why = "The open profile is locked first."
        held = _asked(bus, "Inhibit", "ssss", "sleep", "MASH Desktop", why, "delay")[0]
        self.settled()
        with self._lock:
            self._delay = held.to_raw_fd()

    def _hear(self, bus: DBusConnection, signals: deque[Message]) -> None:
        while True:
            while signals:
                self._heard(bus, signals.popleft())
            ready, _, _ = select.select([bus.sock, self._stops], [], [])
            if self._stops in ready:
                return
            try:
                while True:
                    bus.recv_messages(timeout=0)
            except TimeoutError:
                continue

    def _heard(self, bus: DBusConnection, message: Message) -> None:
        fields = message.header.fields
        member, path = fields.get(HeaderFields.member), fields.get(HeaderFields.path)
        if member == "PrepareForSleep":
            if message.body[0]:
                self._leave()
            else:
                self._hold(bus)
        elif path == self._session and (member == "Lock" or _has_left(member, message.body)):
            self._leave()


def _has_left(member: str | None, body: tuple[Any, ...]) -> bool:
    """Whether the session's lock screen has come up, or another session has come to the front."""
    if member != "PropertiesChanged" or body[0] != _SESSION:
        return False
    changed = {name: value for name, (_, value) in body[1].items()}
    return changed.get("LockedHint") is True or changed.get("Active") is False


def _asked(bus: DBusConnection, method: str, signature: str, *words: str) -> tuple[Any, ...]:
    manager = DBusAddress(_ROOT, bus_name=_NAME, interface=_MANAGER)
    answer = bus.send_and_get_reply(new_method_call(manager, method, signature, words), timeout=10)
    return tuple(unwrap_msg(answer))
