"""The wire that the demonstration and the tests cut: it ends whole and says nothing, whatever it carries."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator

import pytest

from mash_desktop.desk.profile import Server
from tests.support.lines import nobody_listens
from ui.demo.wire import Wire


@pytest.fixture
def store() -> Iterator[socket.socket]:
    """Whoever is knocked at through the wire, and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def knock(wire: Wire) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(wire.server.url.rpartition(":")[2])), timeout=10)


def test_a_wire_that_is_closed_with_lines_open_logs_no_fault(
    store: socket.socket, caplog: pytest.LogCaptureFixture
) -> None:
    wire = Wire(Server(f"https://127.0.0.1:{store.getsockname()[1]}", "", "staffordshire"))
    with caplog.at_level(logging.DEBUG, "asyncio"), knock(wire) as line:
        there, _ = store.accept()
        line.sendall(b"Is Mia there?")
        assert there.recv(64) == b"Is Mia there?"
        wire.close()
        there.close()
    assert [one for one in caplog.records if one.levelno > logging.INFO] == []


def test_a_wire_to_nobody_breaks_and_logs_no_fault(caplog: pytest.LogCaptureFixture) -> None:
    with nobody_listens() as port, caplog.at_level(logging.DEBUG, "asyncio"):
        wire = Wire(Server(f"https://127.0.0.1:{port}", "", "staffordshire"))
        with knock(wire) as line:
            assert line.recv(64) == b""
        wire.close()
    assert [one for one in caplog.records if one.levelno > logging.INFO] == []
