"""Serving over TLS: the listening socket, a certificate made on the spot, shutting down in order.

What is served is ``service``. Plain HTTP is not offered.
"""

from __future__ import annotations

import asyncio
import gc
import ipaddress
import logging
import os
import signal
import socket
import ssl
from asyncio import sslproto
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from uvicorn._types import ASGI3Application

from mash_desktop.domain import shapes
from mash_desktop.domain.errors import Refusal

from .composition import Store
from .connections import BoundedConnection, in_pieces
from .service import DEVICE_RATE, application

logger = logging.getLogger(__name__)

DRAIN_SECONDS = 10
GOODBYE_SECONDS = 1
HANDSHAKE_SECONDS = 10
MOST_CONNECTIONS = 4096
TLS_BUFFER = 16 * 1024
"""Bytes set aside to read each TLS connection; asyncio's own 256 KB would be most of what one costs."""


def make_certificate(folder: Path, names: tuple[str, ...]) -> tuple[Path, Path]:
    """A self-signed certificate for these host names or addresses, kept in ``folder`` and used again."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    cert, key = folder / "tls.crt", folder / "tls.key"
    if cert.exists() and key.exists():
        return cert, key
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=825))
        .add_extension(x509.SubjectAlternativeName([_alternative(one) for one in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(private, hashes.SHA256())
    )
    descriptor = os.open(key, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(
            private.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return cert, key


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def fingerprint(cert: Path) -> str:
    """SHA-256 of the certificate, as desktops pin it: hex pairs with colons."""
    try:
        found = x509.load_pem_x509_certificate(cert.read_bytes())
    except (OSError, ValueError) as error:
        raise Refusal("certificate-unreadable", f"There is no certificate at {cert}.", "tls-cert") from error
    return found.fingerprint(hashes.SHA256()).hex(":").upper()


def listening(address: str) -> socket.socket:
    """A socket bound to ``HOST:PORT``; port 0 takes a free one.

    ``Refusal``: *address-wrong*, *address-in-use*.
    """
    host, _, port = address.rpartition(":")
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        # With its protocol named, asyncio turns delayed sending off.
        bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host.strip("[]") or "127.0.0.1", int(port)))
    except (ValueError, OverflowError, socket.gaierror) as error:
        raise Refusal("address-wrong", f"{address} is no HOST:PORT to listen on.", "listen") from error
    except OSError as error:
        raise Refusal("address-in-use", f"Cannot listen on {address}: {error.strerror}.", "listen") from error
    return bound


def serve(
    store: Store,
    bound: socket.socket,
    cert: Path,
    key: Path,
    ready: Callable[[], None] | None = None,
    rate: float = DEVICE_RATE,
) -> None:
    """Serve until told to stop (SIGTERM, SIGINT); requests under way are finished first."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(cert, key)
    except (OSError, ssl.SSLError) as error:
        raise Refusal("certificate-unreadable", "The certificate and its key cannot be read.") from error
    sslproto.SSLProtocol.max_size = TLS_BUFFER
    shapes.settle()
    settle_collector()
    config = uvicorn.Config(
        in_pieces(cast(ASGI3Application, store.metrics.around(application(store, rate)))),
        ssl_certfile=str(cert),
        ssl_keyfile=str(key),
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=DRAIN_SECONDS,
        limit_concurrency=MOST_CONNECTIONS,
        lifespan="on",
        loop=f"{__name__}:Loop",
        http=BoundedConnection,
        ssl_context_factory=_modern,
    )
    # Having shut down, uvicorn raises again the signal that told it to; stopping when told is no failure.
    for told in (signal.SIGTERM, signal.SIGINT):
        signal.signal(told, lambda *_: None)
    _Server(config, store, ready).run(sockets=[bound])


def _modern(_: uvicorn.Config, made: Callable[[], ssl.SSLContext]) -> ssl.SSLContext:
    """The context that uvicorn makes, for TLS 1.2 or newer whatever the system's own floor is."""
    context = made()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def settle_collector() -> None:
    """Let the collector of cycles pass over what stays, and run seldom: a page of a feed is thousands of
    objects at once, and none of them in a cycle."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


class Loop(asyncio.SelectorEventLoop):
    """Closes a TLS connection without waiting half a minute for a desktop that sleeps to say goodbye too, and
    waits no minute for one that never says hello."""

    async def create_server(self, *arguments: Any, **options: Any) -> asyncio.Server:
        if options.get("ssl"):
            options |= {
                "ssl_shutdown_timeout": GOODBYE_SECONDS, "ssl_handshake_timeout": HANDSHAKE_SECONDS
            }  # fmt: skip
        return await super().create_server(*arguments, **options)


class _Server(uvicorn.Server):
    """Says when it listens, and hangs live connections up when told to stop; requests are finished."""

    def __init__(self, config: uvicorn.Config, store: Store, ready: Callable[[], None] | None) -> None:
        super().__init__(config)
        self._store = store
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._ready is not None and not self.should_exit:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Here and not where the signal comes in: a lock may be held there by what it interrupted.
        logger.info("told to stop")
        self._store.live.hang_up()
        await super().shutdown(sockets)
