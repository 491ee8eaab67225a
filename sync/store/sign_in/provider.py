"""An OpenID provider as the store meets it: discovery, the exchange of a code, ID tokens, refreshing.

Knows no database and no person: what a subject may do here is for ``single`` to say. Spoken to over HTTPS, or
in plain on this machine itself.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from threading import BoundedSemaphore, Lock
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import httpx
import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from mash_desktop.domain.errors import Refusal

ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
"""Signatures of an ID token that are taken: none that shares a secret, and never none at all."""
SCOPES = "openid offline_access"
LEEWAY = 60
"""Seconds by which clocks may differ."""
KEPT_SECONDS = 3600.0
"""How long what a provider says of itself is kept."""
_AGAIN_SECONDS = 30.0
_SILENT_SECONDS = 10.0
"""How long a provider that did not say what it is is not asked again."""
_ANSWER_SECONDS = 10.0
"""By when an answer is there in full, however it drips."""
_MOST_AT_ONCE = 4
"""Requests of providers that wait at one time: the rest of the hub needs threads as well."""
_LARGEST = 1024 * 1024
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class Provider(msgspec.Struct, frozen=True):
    """One hub's provider, as configured. ``name`` is what people call it."""

    name: str
    issuer: str
    client_id: str
    client_secret: str = ""

    def __repr__(self) -> str:
        return f"Provider({self.issuer!r})"


class Metadata(msgspec.Struct, frozen=True):
    """What is used of what a provider says of itself."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


class Tokens(msgspec.Struct, frozen=True):
    """A token endpoint's answer. Either may be missing."""

    id_token: str = ""
    refresh_token: str = ""


class Unavailable(Refusal):
    """The provider does not answer, or not as one does: no word on whether the person is still there."""

    def __init__(self) -> None:
        super().__init__(
            "directory-unreachable", "The directory that signs you in does not answer. Try again in a moment."
        )


def refused() -> Refusal:
    return Refusal("sign-in-refused", "The directory did not sign you in. Try again.")


def secure(url: str) -> bool:
    """Whether an address is HTTPS, or on this machine."""
    try:
        parts = urlsplit(url)
        return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    except ValueError:
        return False


class _Known:
    def __init__(self, metadata: Metadata, keys: KeySet) -> None:
        self.metadata, self.keys, self.at = metadata, keys, time.monotonic()


class _Issuer:
    """What an issuer says of itself, and when it last gave no answer. Who holds ``turn`` asks for all."""

    def __init__(self) -> None:
        self.turn = Lock()
        self.known: _Known | None = None
        self.silent = -_SILENT_SECONDS


class Providers:
    """The providers of one store's hubs, with what they say of themselves kept for a while."""

    def __init__(self) -> None:
        self._issuers: dict[str, _Issuer] = {}
        self._at_once = BoundedSemaphore(_MOST_AT_ONCE)

    def metadata(self, issuer: str) -> Metadata:
        """Raises ``Unavailable``."""
        return self._of(issuer).metadata

    def address(self, provider: Provider, **asked: str) -> str:
        """Where a browser begins. ``asked`` are state, nonce, code_challenge and redirect_uri."""
        endpoint = self.metadata(provider.issuer).authorization_endpoint
        query = urlencode(
            {
                "response_type": "code",
                "client_id": provider.client_id,
                "scope": SCOPES,
                # Without it a provider gives no refresh token, and leavers would not be noticed.
                "prompt": "consent",
                "code_challenge_method": "S256",
                **asked,
            }
        )
        return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{query}"

    def exchange(self, provider: Provider, code: str, verifier: str, redirect_uri: str) -> Tokens:
        """The tokens for a code. Raises ``Refusal`` (*sign-in-refused*) or ``Unavailable``."""
        return self._tokens(
            provider,
            grant_type="authorization_code",
            code=code,
            code_verifier=verifier,
            redirect_uri=redirect_uri,
        )

    def refresh(self, provider: Provider, token: str) -> Tokens:
        """New tokens, while the provider still has the person. Raises as :meth:`exchange`."""
        return self._tokens(provider, grant_type="refresh_token", refresh_token=token)

    def subject(self, provider: Provider, id_token: str, nonce: str, now: datetime) -> str:
        """Whom an ID token names, once its signature, issuer, audience, time and nonce are as they must be.

        Raises ``Refusal`` (*sign-in-refused*) or ``Unavailable``.
        """
        try:
            claims = self._claims(provider.issuer, id_token)
            jwt.JWTClaimsRegistry(
                now=int(now.timestamp()),
                leeway=LEEWAY,
                iss={"essential": True, "value": provider.issuer},
                aud={"essential": True, "value": provider.client_id},
                sub={"essential": True},
                exp={"essential": True},
                iat={"essential": True},
                nonce={"essential": True, "value": nonce},
            ).validate(claims)
        except (JoseError, ValueError) as error:
            raise refused() from error
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if (several or "azp" in claims) and claims.get("azp") != provider.client_id:
            raise refused()
        return str(claims["sub"])

    def _claims(self, issuer: str, id_token: str) -> dict[str, Any]:
        try:
            return jwt.decode(id_token, self._of(issuer).keys, algorithms=ALGORITHMS).claims
        except (JoseError, ValueError):
            # Its keys may have changed since they were read.
            return jwt.decode(id_token, self._of(issuer, _AGAIN_SECONDS).keys, algorithms=ALGORITHMS).claims

    def _of(self, issuer: str, kept: float = KEPT_SECONDS) -> _Known:
        one = self._issuers.setdefault(issuer, _Issuer())
        if one.known is not None and time.monotonic() - one.known.at < kept:
            return one.known
        with self._few(), one.turn:
            # Whoever waited for a turn has what the one before was told, an answer or none.
            if one.known is not None and time.monotonic() - one.known.at < kept:
                return one.known
            if time.monotonic() - one.silent < _SILENT_SECONDS:
                raise Unavailable
            try:
                one.known = self._read(issuer)
            except Unavailable:
                one.silent = time.monotonic()
                raise
            return one.known

    def _read(self, issuer: str) -> _Known:
        try:
            metadata = msgspec.json.decode(
                self._get(f"{issuer.rstrip('/')}/.well-known/openid-configuration"), type=Metadata
            )
            if metadata.issuer != issuer or not all(
                secure(url)
                for url in (metadata.authorization_endpoint, metadata.token_endpoint, metadata.jwks_uri)
            ):
                raise Unavailable
            return _Known(metadata, KeySet.import_key_set(msgspec.json.decode(self._get(metadata.jwks_uri))))
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise Unavailable from error

    def _tokens(self, provider: Provider, **form: str) -> Tokens:
        endpoint = self.metadata(provider.issuer).token_endpoint
        if provider.client_secret:
            # As the standard has it, both are form-encoded before they are joined.
            auth = httpx.BasicAuth(quote(provider.client_id, ""), quote(provider.client_secret, ""))
        else:
            auth = None
            form["client_id"] = provider.client_id
        with self._few():
            answer = _asked("POST", endpoint, data=form, auth=auth)
        try:
            if answer.is_success:
                return msgspec.json.decode(answer.content, type=Tokens)
            error = msgspec.json.decode(answer.content, type=_Error).error
        except ValueError as wrong:
            raise Unavailable from wrong
        if error == "invalid_grant":
            raise refused()
        # What the store itself is refused for says nothing of the person.
        raise Unavailable

    def _get(self, url: str) -> bytes:
        answer = _asked("GET", url)
        if not answer.is_success:
            raise Unavailable
        return answer.content

    @contextmanager
    def _few(self) -> Generator[None, None, None]:
        if not self._at_once.acquire(blocking=False):
            raise Unavailable
        try:
            yield
        finally:
            self._at_once.release()


class _Error(msgspec.Struct, frozen=True):
    error: str


def _asked(method: str, url: str, **more: Any) -> httpx.Response:
    """An answer of bounded size, in bounded time; nobody is followed elsewhere. Raises ``Unavailable``."""
    if not secure(url):
        raise Unavailable
    here, over = urlsplit(url).hostname in _LOOPBACK, time.monotonic() + _ANSWER_SECONDS
    try:
        with (
            httpx.Client(timeout=5.0, follow_redirects=False, trust_env=not here) as client,
            client.stream(method, url, headers={"Accept": "application/json"}, **more) as answer,
        ):
            content = b""
            for piece in answer.iter_bytes():
                content += piece
                if len(content) > _LARGEST or time.monotonic() > over:
                    raise Unavailable
            return httpx.Response(answer.status_code, content=content)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Unavailable from error
