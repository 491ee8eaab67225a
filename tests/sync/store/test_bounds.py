"""Whoever is slow, or asks without end, is let go: their neighbours are served."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from mash_desktop.domain.roles import Role
from sync.store import rates
from sync.store.connections import BoundedConnection, in_pieces
from sync.store.rates import Rates
from sync.store.refusals import TooSoon
from sync.store.serving import Loop, make_certificate
from tests.support.store import ServedStore, serving

LARGE = 32 * 1024 * 1024
HEAD = b"POST / HTTP/1.1\r\nHost: localhost\r\n"


class Hasty(BoundedConnection):
    head_seconds = 1.0
    body_seconds = 1.5
    reading_seconds = 2.0


async def answering(scope: Any, receive: Any, send: Any) -> None:
    """Reads a body to its end; to GET it answers more than a socket holds."""
    while (await receive()).get("more_body"):
        pass
    body = b"x" * LARGE if scope["method"] == "GET" else b"ok"
    length = str(len(body)).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, ssl.SSLContext]]:
    """A service over TLS whose patience is short; its port, and what trusts it."""
    cert, key = make_certificate(tmp_path_factory.mktemp("tls"), ("127.0.0.1", "localhost"))
    config = uvicorn.Config(
        in_pieces(answering), http=Hasty, ssl_certfile=str(cert), ssl_keyfile=str(key), log_config=None,
        lifespan="off", timeout_keep_alive=30, loop="sync.store.serving:Loop",
    )  # fmt: skip
    server = uvicorn.Server(config)
    bound = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        with asyncio.Runner(loop_factory=Loop) as runner:
            runner.run(server.serve(sockets=[bound]))

    thread = threading.Thread(target=run)
    thread.start()
    context = ssl.create_default_context(cafile=str(cert))
    yield bound.getsockname()[1], context
    server.should_exit = True
    thread.join()


@pytest.fixture
def line(hasty: tuple[int, ssl.SSLContext]) -> Iterator[ssl.SSLSocket]:
    port, context = hasty
    with (
        socket.create_connection(("127.0.0.1", port), timeout=20) as raw,
        context.wrap_socket(raw, server_hostname="localhost") as secured,
    ):
        yield secured


def hung_up(line: ssl.SSLSocket, drip: bytes = b"") -> float:
    """Seconds until the other side has ended it, however one goes on dripping."""
    began = time.monotonic()
    line.settimeout(0.1)
    while time.monotonic() - began < 20:
        try:
            if drip:
                line.sendall(drip)
            if line.recv(65536) == b"":
                break
        except TimeoutError:
            continue
        except OSError:
            break
    else:
        raise AssertionError("never hung up")
    return time.monotonic() - began


def test_who_says_nothing_is_hung_up_on(line: ssl.SSLSocket) -> None:
    assert hung_up(line) < 10


def test_a_head_that_drips_is_hung_up_on(line: ssl.SSLSocket) -> None:
    line.sendall(HEAD)
    assert hung_up(line, b"X-Slow: 1\r\n") < 10


def test_a_body_that_drips_is_hung_up_on(line: ssl.SSLSocket) -> None:
    line.sendall(HEAD + b"Content-Length: 100000\r\n\r\n")
    took = hung_up(line, b"x")
    assert Hasty.head_seconds < took < 10


def test_an_answer_that_nobody_reads_is_not_kept_for_them(line: ssl.SSLSocket) -> None:
    line.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    time.sleep(5)
    read = 0
    with contextlib.suppress(OSError):
        while chunk := line.recv(1024 * 1024):
            read += len(chunk)
    assert read < LARGE


def test_an_answer_that_is_read_slowly_comes_whole(line: ssl.SSLSocket) -> None:
    line.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    read = pause = 0
    while chunk := line.recv(65536):
        read += len(chunk)
        if read > pause:
            # Longer in all than any one wait may be.
            time.sleep(0.05)
            pause += LARGE // 60
    assert read > LARGE


def test_one_request_after_another_is_served_and_the_next_must_begin_and_end_in_time(
    line: ssl.SSLSocket,
) -> None:
    for _ in range(3):
        line.sendall(HEAD + b"Content-Length: 2\r\n\r\n")
        time.sleep(0.5)
        line.sendall(b"ab")
        answer = b""
        while not answer.endswith(b"\r\n\r\nok"):
            answer += line.recv(65536)
    # Between two requests another, longer clock runs.
    time.sleep(1.5)
    line.sendall(HEAD)
    assert hung_up(line) < 10


@pytest.mark.parametrize("postgres", ["embedded"], indirect=True)
def test_the_store_itself_hangs_up_on_who_does_not_say_what_they_want(served_store: ServedStore) -> None:
    host, port = served_store.base_url.removeprefix("https://").split(":")
    with (
        socket.create_connection((host, int(port))) as raw,
        served_store.context().wrap_socket(raw, server_hostname="localhost") as line,
        socket.create_connection((host, int(port)), timeout=20) as silent,
    ):
        line.sendall(HEAD)
        assert hung_up(line, b"X-Slow: 1\r\n") > BoundedConnection.head_seconds / 2
        # Not even a greeting came from this one.
        assert silent.recv(1) == b""


# --- rates


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def taken(rates: Rates, who: str, at_most: int = 1000) -> int:
    """How many requests in a row are let through."""
    for count in range(at_most):
        try:
            rates.take(who)
        except TooSoon:
            return count
    return at_most


def test_a_device_may_ask_in_bursts_and_then_as_often_as_the_rate_says() -> None:
    clock = Clock()
    some = Rates(5, clock)
    assert taken(some, "a") == 50
    with pytest.raises(TooSoon) as told:
        some.take("a")
    assert (told.value.code, told.value.retry_after) == ("too-many-requests", 1)
    assert taken(some, "b") == 50, "one device's haste is not another's"
    clock.now += 2
    assert taken(some, "a") == 10
    clock.now += 3600
    assert taken(some, "a") == 50


def test_who_has_not_asked_for_a_while_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "_MOST_KEPT", 3)
    clock = Clock()
    some = Rates(1, clock)
    for who in ("a", "b", "c"):
        some.take(who)
    clock.now += 3600
    assert taken(some, "d") == 10
    assert set(some._left) == {"d"}


@pytest.mark.parametrize("postgres", ["embedded"], indirect=True)
def test_too_many_requests_are_told_when_to_come_again_with_a_session_and_without(
    served_store: ServedStore, a_hub: str, tmp_path: Path
) -> None:
    (tmp_path / "secrets.json").write_bytes(served_store.secrets_file.read_bytes())
    (tmp_path / "secrets.json").chmod(0o600)
    desk = served_store.desk(a_hub, "Sam Iqbal", ("police", Role.RESEARCHER))
    other = served_store.desk(a_hub, "Iris Bennion", ("mpft", Role.RESEARCHER))
    head = f"/v1/hubs/{a_hub}/head"

    def until_told(ask: Callable[[], Any]) -> Any:
        for _ in range(400):
            answer = ask()
            if answer.status_code == 429:
                return answer
        raise AssertionError("never told to wait")

    with serving(served_store.database, tmp_path, "--rate", "5") as slow:
        with slow.client(desk.session.token) as client, slow.client(other.session.token) as another:
            told = until_told(lambda: client.get(head))
            assert told.json()["code"] == "too-many-requests"
            assert int(told.headers["retry-after"]) == told.json()["retry_after"] >= 1
            assert another.get(head).status_code == 200
            time.sleep(1.1)
            assert client.get(head).status_code == 200
        with slow.client() as stranger, slow.client("a token that is none") as guessing:
            assert until_told(lambda: stranger.get("/healthz")).json()["code"] == "too-many-requests"
            assert until_told(lambda: guessing.get(head)).json()["code"] == "too-many-requests"
            for path in ("/healthz", "/readyz", "/metrics", f"/v1/hubs/{a_hub}/ways-in"):
                told = until_told(partial(guessing.get, path))
                assert told.json()["code"] == "too-many-requests", "a token that is none gets nobody further"
