"""The desktop's half of a sign-in through the directory: what it makes, what it waits for, what it takes."""

from __future__ import annotations

import base64
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest

from mash_desktop.domain.errors import Refusal
from mash_desktop.proofs.signature import SigningKey, verify
from sync.client import Server
from sync.client.directory import SINGLE, sign_in_by_directory
from sync.store.serving import make_certificate

ISSUER = "https://login.example.gov.uk"
KEY = SigningKey.generate()
SESSION = {
    "token": "t", "person": "p", "name": "Sam Iqbal", "standings": [], "idle_seconds": 1,
    "expires_at": "2026-11-29T12:00:00Z", "server_time": "2026-11-29T12:00:00Z",
}  # fmt: skip


class Store:
    """As much of a store as the desktop speaks to here: it keeps what it was asked."""

    def __init__(self, folder: Path) -> None:
        cert, key = make_certificate(folder, ("127.0.0.1",))
        self.begun: dict[str, str] = {}
        self.finished: dict[str, str] = {}
        self.url = ""
        store = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if self.path.endswith("/finish"):
                    store.finished = asked
                    answer: dict[str, Any] = SESSION
                else:
                    store.begun = asked
                    query = urlencode({"state": asked["state"], "redirect_uri": asked["redirect_uri"]})
                    url = store.url or f"{ISSUER}/auth?{query}"
                    answer = {"attempt": "an attempt", "url": url, "issuer": ISSUER}
                content = json.dumps(answer).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        self._http.socket = context.wrap_socket(self._http.socket, server_side=True)
        self.server = Server(f"https://127.0.0.1:{self._http.server_port}", cert.read_text(), "hub")
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,))
        self._thread.start()

    def end(self) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    made = Store(tmp_path_factory.mktemp("tls"))
    yield made
    made.end()


@pytest.fixture(autouse=True)
def anew(store: Store) -> None:
    store.begun, store.finished, store.url = {}, {}, ""


Returning = Callable[[str, dict[str, str]], None]


def signing_in(store: Store, returning: Returning, patience: float = 20.0) -> Any:
    """Sign in with a browser that does as it is told: given where it returns to, and what was asked."""

    def browse(url: str) -> None:
        asked = dict(parse_qsl(urlsplit(url).query))
        browser.submit(returning, asked["redirect_uri"], asked)

    with ThreadPoolExecutor() as browser:
        return sign_in_by_directory(store.server, "device", KEY, browse, stop=Event(), patience=patience)


def come_back(address: str, **brought: str) -> httpx.Response:
    return httpx.get(address, params=brought, trust_env=False, timeout=20)


def refused(attempt: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as told:
        attempt()
    return told.value.code


def test_the_answer_that_brings_the_state_is_taken_and_the_device_signs_the_attempt(store: Store) -> None:
    pages: list[httpx.Response] = []

    def returning(address: str, asked: dict[str, str]) -> None:
        pages.append(come_back(address, code="c", state=asked["state"], iss=ISSUER))

    session = signing_in(store, returning)
    assert session.name == "Sam Iqbal"
    (page,) = pages
    assert "can be closed" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert "server" not in page.headers
    finished = store.finished
    assert (finished["attempt"], finished["code"]) == ("an attempt", "c")
    assert verify(KEY.public, b"an attempt", base64.b64decode(finished["proof"]), SINGLE)
    assert finished["verifier"] not in json.dumps(store.begun)


def test_whatever_else_comes_to_the_port_is_turned_away_and_waited_past(store: Store) -> None:
    statuses: list[int] = []

    def returning(address: str, asked: dict[str, str]) -> None:
        port = urlsplit(address).port or 0
        statuses.append(come_back(address, code="stolen", state="of another").status_code)
        statuses.append(come_back(address).status_code)
        statuses.append(come_back(f"http://127.0.0.1:{port}/", state=asked["state"]).status_code)
        statuses.append(httpx.post(address, trust_env=False, timeout=20).status_code)
        for nonsense in (b"", b"\x16\x03\x01\x00", b"GET\r\n\r\n"):
            with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
                line.sendall(nonsense)
        # A browser that opens a connection beforehand and says nothing on it.
        with socket.create_connection(("127.0.0.1", port), timeout=20) as idle:
            statuses.append(come_back(address, code="c", state=asked["state"]).status_code)
            idle.close()

    signing_in(store, returning)
    assert statuses == [404, 404, 404, 501, 200]
    assert store.finished["code"] == "c"


@pytest.mark.parametrize(
    "brought",
    [{"error": "access_denied"}, {"code": "c", "iss": "https://another.example"}, {"code": ""}],
)
def test_an_answer_without_a_code_or_of_another_issuer_signs_nobody_in(
    store: Store, brought: dict[str, str]
) -> None:
    def returning(address: str, asked: dict[str, str]) -> None:
        come_back(address, state=asked["state"], **brought)

    assert refused(lambda: signing_in(store, returning)) == "sign-in-refused"
    assert store.finished == {}


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "http://login.example.gov.uk/", "javascript:alert(1)", "x"]
)
def test_a_browser_is_sent_to_no_such_address(store: Store, url: str) -> None:
    store.url = url
    opened: list[str] = []
    assert (
        refused(lambda: sign_in_by_directory(store.server, "device", KEY, opened.append, stop=Event()))
        == "address-wrong"
    )
    assert opened == []


def test_nobody_is_waited_for_without_end(store: Store) -> None:
    def nothing(address: str, asked: dict[str, str]) -> None:
        pass

    began = time.monotonic()
    assert refused(lambda: signing_in(store, nothing, patience=0.3)) == "sign-in-left"
    stop = Event()
    stop.set()
    assert (
        refused(lambda: sign_in_by_directory(store.server, "device", KEY, lambda url: None, stop=stop))
        == "sign-in-left"
    )
    assert time.monotonic() - began < 20
