"""Signing in through the hub's directory: the system browser does it, and comes back to this machine.

The desktop makes state and PKCE, listens on a loopback port of its own, and takes one answer: the one that
brings its state. The code it got is the store's to exchange; the device's key shows whose desktop asks.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Event
from urllib.parse import parse_qs, urlsplit

from mash_desktop.domain.errors import Refusal
from mash_desktop.proofs.signature import SigningKey

from .. import protocol
from .connection import Server
from .sign_in import ask, get

SINGLE = b"mash-single-v1"
PATIENCE_SECONDS = 300.0
"""How long somebody may take in the browser."""
_LOOK_SECONDS = 0.2
_READ_SECONDS = 2.0
_PATH = "/signed-in"
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def ways_in(server: Server) -> protocol.WaysIn:
    """What the hub offers beside a password. Raises ``Refusal`` or ``Unreachable``."""

    return asyncio.run(get(server, f"/v1/hubs/{server.hub}/ways-in", protocol.WaysIn))


def sign_in_by_directory(
    server: Server,
    device: str,
    key: SigningKey,
    browse: Callable[[str], object],
    *,
    stop: Event,
    patience: float = PATIENCE_SECONDS,
) -> protocol.Session:
    """A session for whoever the directory names, on an enrolled device. ``browse`` opens the system browser.

    Waits until the browser has come back, ``stop`` is set or ``patience`` (seconds) is over. Raises
    ``Refusal``: the store's, *sign-in-refused*, *sign-in-left*, *address-wrong*; or ``Unreachable``.
    """
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    path = f"/v1/hubs/{server.hub}/single-sign-on"
    with _Returning(state) as returning:
        digest = hashlib.sha256(verifier.encode()).digest()
        beginning = protocol.BeginSingle(
            device=device,
            challenge=base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            state=state,
            redirect_uri=f"http://127.0.0.1:{returning.server_port}{_PATH}",
        )
        code_for = partial(_code_for, browse, returning, stop, patience)
        finish = partial(_finish, server, path, key, verifier, code_for)
        return finish(asyncio.run(ask(server, beginning, path, protocol.SingleBegun)))


def _code_for(
    browse: Callable[[str], object],
    returning: _Returning,
    stop: Event,
    patience: float,
    begun: protocol.SingleBegun,
) -> str:
    """What the browser brings back from where the attempt has sent it."""
    if not _may_browse(begun.url):
        raise Refusal("address-wrong", "The hub named no address that a browser may be sent to.")
    browse(begun.url)
    answer = returning.wait(stop, patience)
    if answer.get("iss", begun.issuer) != begun.issuer or "code" not in answer:
        raise Refusal("sign-in-refused", "The directory did not sign you in. Try again.")
    return answer["code"]


def _finish(
    server: Server,
    path: str,
    key: SigningKey,
    verifier: str,
    code_for: Callable[[protocol.SingleBegun], str],
    begun: protocol.SingleBegun,
) -> protocol.Session:
    finishing = protocol.FinishSingle(
        attempt=begun.attempt,
        code=code_for(begun),
        verifier=verifier,
        proof=key.sign(begun.attempt.encode(), SINGLE),
    )
    return asyncio.run(ask(server, finishing, f"{path}/finish", protocol.Session))


class _Returning(HTTPServer):
    """Where the browser returns to: waits for the one answer that brings ``state``."""

    def __init__(self, state: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.timeout = _LOOK_SECONDS
        self.state = state
        self.answer: dict[str, str] | None = None

    def wait(self, stop: Event, patience: float) -> dict[str, str]:
        until = time.monotonic() + patience
        while self.answer is None:
            if stop.is_set() or time.monotonic() > until:
                raise Refusal("sign-in-left", "Nobody was signed in. Try again.")
            self.handle_request()
        return self.answer

    def handle_error(self, request: object, client_address: object) -> None:
        """Whoever connects and says nothing sensible is let go without a word."""


class _Handler(BaseHTTPRequestHandler):
    server: _Returning
    timeout = _READ_SECONDS

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        mine = hmac.compare_digest(asked.get("state", "").encode(), self.server.state.encode())
        if parts.path != _PATH or not mine or self.server.answer is not None:
            self._say(404, "There is nothing here.")
            return
        self.server.answer = asked
        self._say(200, "Go back to MASH Desktop: this page can be closed.")

    def _say(self, status: int, sentence: str) -> None:
        content = sentence.encode()
        self.send_response_only(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.end_headers()
        self.wfile.write(content)


def _may_browse(url: str) -> bool:
    """A browser is sent to a page over HTTPS, or to one on this machine; never to a file or a program."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
