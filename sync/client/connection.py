"""HTTPS to one store whose certificate is pinned, and messages instead of bodies.

A refusal comes back as ``Refusal`` with the store's own code and sentence; a store that cannot be reached, or
that answers as no store does, as :class:`Unreachable`.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ssl
import time
from collections.abc import AsyncGenerator
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
import msgspec
from httpx_sse import aconnect_sse

from mash_desktop.domain.errors import Refusal

from .. import protocol

M = TypeVar("M")

TIMEOUT = httpx.Timeout(20.0, connect=5.0)
LONGEST_SECONDS = 180.0
"""How long one request may take in all: an answer that comes by drops is no better than none."""


class Server(msgspec.Struct, frozen=True):
    """Where a hub's store is: its address, the certificate that is pinned (PEM), and the hub's id."""

    url: str
    certificate: str
    hub: str

    @classmethod
    def pinned(cls, url: str, fingerprint: str) -> Server:
        """The store at ``url``, once its certificate has the SHA-256 ``fingerprint`` given (hex).

        Raises ``Refusal`` (*address-wrong*, *certificate-wrong*) or ``Unreachable``. The hub's id is learnt
        at enrolment.
        """
        try:
            parts = urlsplit(url)
            host, port = parts.hostname if parts.scheme == "https" else None, parts.port or 443
        except ValueError:
            host = None
        if not host:
            raise Refusal("address-wrong", "The address of a hub begins with https://.", "hub_url")
        try:
            pem = ssl.get_server_certificate((host, port), timeout=5)
        except OSError as error:
            raise Unreachable(type(error).__name__) from error
        server = cls(url.rstrip("/"), pem, "")
        given = fingerprint.replace(":", "").replace(" ", "").lower()
        if not hmac.compare_digest(server.fingerprint.encode(), given.encode()):
            raise Refusal(
                "certificate-wrong",
                "What answers at this address does not have the fingerprint that you were given.",
                "fingerprint",
            )
        return server

    @property
    def fingerprint(self) -> str:
        """The certificate's SHA-256 (hex), as whoever enrols a computer types it."""
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(self.certificate)).hexdigest()

    def context(self) -> ssl.SSLContext:
        """A context that trusts this one certificate and TLS 1.2 or newer only."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_verify_locations(cadata=self.certificate)
        return context


class Unreachable(Exception):
    """No answer of a store: no network, no server, or something else in its place. Worth trying again.

    ``retry_after`` is what the store asked for, in seconds.
    """

    def __init__(self, why: str, retry_after: float | None = None) -> None:
        super().__init__(why)
        self.retry_after = retry_after


class TooSlow(Unreachable):
    """It came or went too slowly to go on waiting: less at a time may get through."""


class Connection:
    """One asynchronous client of one store. ``token`` is the session's, once signed in."""

    def __init__(self, server: Server, token: str | None = None) -> None:
        self.server = server
        self.token = token
        self._client = httpx.AsyncClient(
            base_url=server.url,
            verify=server.context(),
            timeout=TIMEOUT,
            headers={protocol.VERSION_HEADER: str(protocol.VERSION)},
            trust_env=False,
        )

    async def close(self) -> None:
        await self._client.aclose()

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    async def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                response = await self._client.request(method, path, headers=self._headers(), **options)
        except httpx.HTTPError as error:
            raise _unreachable(error) from error
        except TimeoutError as error:
            raise TooSlow(type(error).__name__) from error
        if not response.is_success:
            raise _refusal(response)
        return response

    async def ask(self, message: protocol.Message, path: str, answer: type[M], **options: Any) -> M:
        """POST a message and read its answer."""
        body = msgspec.json.encode(message)
        response = await self._send("POST", path, content=body, **options)
        return _decoded(response.content, answer)

    def ask_ahead(
        self, message: protocol.Message, path: str, answer: type[M]
    ) -> tuple[asyncio.Task[M], asyncio.Event]:
        """As :meth:`ask`: a task that gives the answer, and what is set once the message is on its way."""
        sent = asyncio.Event()

        async def trace(event: str, _: object) -> None:
            if event == "http11.send_request_body.complete":
                sent.set()

        asked = asyncio.create_task(self.ask(message, path, answer, extensions={"trace": trace}))
        asked.add_done_callback(lambda _: sent.set())
        return asked, sent

    async def tell(self, message: protocol.Message, path: str) -> None:
        """POST a message that has no answer."""
        await self._send("POST", path, content=msgspec.json.encode(message))

    async def get(self, path: str, answer: type[M]) -> M:
        return _decoded((await self._send("GET", path)).content, answer)

    async def put_chunk(self, digest: str, content: bytes) -> None:
        await self._send("PUT", f"/v1/hubs/{self.server.hub}/chunks/{digest}", content=content)

    async def chunk(self, digest: str) -> bytes:
        return (await self._send("GET", f"/v1/hubs/{self.server.hub}/chunks/{digest}")).content

    async def proof(self, kind: str, **of: int) -> protocol.Path:
        """A proof: ``inclusion`` of a position in a size of the log, ``consistency`` of an old and a new."""
        asked = "&".join(f"{name}={value}" for name, value in of.items())
        return await self.get(f"/v1/hubs/{self.server.hub}/{kind}?{asked}", protocol.Path)

    async def live(self) -> AsyncGenerator[tuple[str, str], None]:
        """Events of the live stream as (event, data), until it ends. Raises as :meth:`ask` does."""
        path = f"/v1/hubs/{self.server.hub}/live"
        try:
            # A heartbeat comes more often than this; silence for longer is a dead line.
            timeout = httpx.Timeout(45.0, connect=5.0)
            async with aconnect_sse(
                self._client, "GET", path, headers=self._headers(), timeout=timeout
            ) as source:
                if not source.response.is_success:
                    await source.response.aread()
                    raise _refusal(source.response)
                async for event in source.aiter_sse():
                    yield event.event, event.data
        except httpx.HTTPError as error:
            raise _unreachable(error) from error


def _unreachable(error: httpx.HTTPError) -> Exception:
    """Why nothing was heard. A certificate that is not the pinned one is no matter of trying again."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Refusal(
                "certificate-wrong",
                "What answers at the hub's address does not have the hub's certificate. Ask an administrator "
                "whether it was renewed.",
            )
        cause = cause.__cause__ or cause.__context__
    return Unreachable(type(error).__name__)


def _decoded(content: bytes, answer: type[M]) -> M:
    try:
        return msgspec.json.decode(content, type=answer)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unreachable("not the answer of a store") from error


def _refusal(response: httpx.Response) -> Exception:
    """The store's refusal; 5xx and 429 are worth trying again, and so is what no store says: but somebody
    who signs in is told to wait."""
    try:
        problem = msgspec.json.decode(response.content, type=protocol.Problem)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Unreachable(f"HTTP {response.status_code}", _retry_after(response))
    told = problem.code == "sign-in-delayed"
    if response.is_server_error or (response.status_code == 429 and not told):
        return Unreachable(problem.code, problem.retry_after or _retry_after(response))
    return Refusal(problem.code, problem.sentence, problem.field)


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds, as what stands before a store says them too: a number, or the date to wait for."""
    said = response.headers.get("Retry-After", "")
    try:
        if said.isdecimal():
            return float(said)
        return max(0.0, parsedate_to_datetime(said).timestamp() - time.time())
    except ValueError:
        return None
