"""Single sign-on: a person signs in at the hub's directory, in the system browser, and leaves with it.

The store makes the attempt, exchanges its code and reads the ID token; a desktop never holds a token of the
directory's. An attempt is one device's, is used once, and ends soon. The directory is asked again at short
intervals whether it still has the person: whoever has left is locked out.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import secrets as random
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import msgspec
from sqlalchemy import Connection, Engine, Row, Select, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from mash_desktop.domain.errors import Refusal
from sync.protocol import BeginSingle, FinishSingle, Session, SingleBegun, WaysIn

from .. import tables
from ..repeating import Repeating
from ..sealing import Secrets
from .delays import Delays
from .provider import Provider, Providers, Unavailable, refused, secure
from .sessions import GRACE, Sessions, Shown

logger = logging.getLogger(__name__)

SINGLE = b"mash-single-v1"
"""The label of a device key's signature over an attempt."""
ATTEMPT_LIFE = timedelta(minutes=10)
CHECK_SECONDS = 300
LOOK_SECONDS = 2.0
_MOST_CHECKS = 100
"""Sessions asked after in one look."""
_MOST_UNANSWERED = 3
"""After so many that a directory did not answer for, the look leaves that hub."""
PAUSE = timedelta(minutes=1)
"""How long a session for which there was no answer is left alone, so that those behind it are asked after."""


def client_purpose(hub: str) -> str:
    """What a hub's secret at its directory is sealed for."""
    return f"client\x00{hub}"


def subject_of(provider: Provider, subject: str) -> str:
    """What an account keeps of a subject: it is its issuer's alone."""
    return f"{provider.issuer} {subject}"


class Directories:
    """Which provider a hub has, and which of its subjects is whom."""

    def __init__(self, engine: Engine, secrets: Secrets, sessions: Sessions) -> None:
        self._engine = engine
        self._secrets = secrets
        self._sessions = sessions

    def set(self, hub: str, provider: Provider, check_seconds: int) -> None:
        """Give a hub its provider, in place of any other. ``Refusal``: *issuer-plain*."""
        if not secure(provider.issuer):
            raise Refusal("issuer-plain", "The issuer's address begins with https://.", "issuer")
        values = {
            "name": provider.name,
            "issuer": provider.issuer,
            "client_id": provider.client_id,
            "client_secret": self._secrets.seal(client_purpose(hub), provider.client_secret.encode()),
            "check_seconds": check_seconds,
        }
        statement = insert(tables.providers).values(hub=hub, **values)
        with self._engine.begin() as db:
            db.execute(statement.on_conflict_do_update(index_elements=["hub"], set_=values))

    def of(self, hub: str) -> Provider | None:
        p = tables.providers
        with self._engine.connect() as db:
            row = db.execute(select(p).where(p.c.hub == hub)).one_or_none()
        return None if row is None else self.opened(row)

    def opened(self, row: Row[tuple[object, ...]]) -> Provider:
        """A provider as kept."""
        secret = self._secrets.open(client_purpose(row.hub), row.client_secret).decode()
        return Provider(row.name, row.issuer, row.client_id, secret)

    def needed(self, hub: str) -> Provider:
        """``Refusal``: *directory-none*."""
        found = self.of(hub)
        if found is None:
            raise Refusal("directory-none", "This hub has no directory that signs people in.")
        return found

    def link(self, hub: str, account: str, subject: str) -> None:
        """From now on the directory signs this person in, and no password does.

        ``Refusal``: *directory-none*, *account-unknown*, *subject-taken*.
        """
        kept = subject_of(self.needed(hub), subject)
        a, s, r = tables.accounts, tables.sessions, tables.recovery_codes
        with self._engine.begin() as db:
            person = db.scalar(
                select(a.c.person).where(a.c.hub == hub, a.c.account == account.strip().casefold())
            )
            if person is None:
                raise Refusal("account-unknown", f"There is no account {account} in this hub.", "account")
            other = db.scalar(select(a.c.account).where(a.c.hub == hub, a.c.subject == kept))
            if other is not None and other != account.strip().casefold():
                raise Refusal("subject-taken", f"{subject} is the account {other} already.", "subject")
            db.execute(
                update(a)
                .where(a.c.hub == hub, a.c.person == person)
                .values(subject=kept, password=None, totp=None, totp_step=0)
            )
            db.execute(delete(r).where(r.c.hub == hub, r.c.person == person))
            db.execute(delete(s).where(s.c.hub == hub, s.c.person == person, s.c.confirmed_at.is_(None)))
        self._sessions.tell(hub)


class SingleSignOn:
    """Attempts at signing in through a hub's directory."""

    def __init__(
        self,
        engine: Engine,
        sessions: Sessions,
        delays: Delays,
        directories: Directories,
        providers: Providers,
        clock: Callable[[], datetime],
    ) -> None:
        self._engine = engine
        self._sessions = sessions
        self._delays = delays
        self._directories = directories
        self._providers = providers
        self._clock = clock

    def ways_in(self, hub: str) -> WaysIn:
        """What a desktop offers. A hub that is not here has no directory either."""
        provider = self._directories.of(hub)
        return WaysIn(directory=provider.name if provider is not None else "")

    def begin(self, hub: str, asked: BeginSingle) -> SingleBegun:
        """``Refusal``: *directory-none*, *redirect-wrong*, *directory-unreachable*."""
        provider = self._directories.needed(hub)
        if not _loopback(asked.redirect_uri):
            raise Refusal("redirect-wrong", "A browser returns to the desktop's own machine.", "redirect_uri")
        now, attempt, nonce = self._clock(), random.token_urlsafe(32), random.token_urlsafe(32)
        url = self._providers.address(
            provider,
            state=asked.state,
            nonce=nonce,
            code_challenge=asked.challenge,
            redirect_uri=asked.redirect_uri,
        )
        t = tables.sign_in_attempts
        with self._engine.begin() as db:
            db.execute(
                insert(t).values(
                    hub=hub,
                    attempt=_digest(attempt),
                    device=asked.device,
                    nonce=nonce,
                    challenge=asked.challenge,
                    redirect_uri=asked.redirect_uri,
                    expires_at=now + ATTEMPT_LIFE,
                )
            )
        return SingleBegun(attempt=attempt, url=url, issuer=provider.issuer)

    def finish(self, hub: str, asked: FinishSingle, address: str) -> Session:
        """A session for whom the directory names, on a device that shows it holds the key of that person.

        ``Refusal``: *sign-in-refused*, *sign-in-delayed*, *device-revoked*, *subject-unknown*,
        *directory-unreachable*.
        """
        provider = self._directories.needed(hub)
        t = tables.sign_in_attempts
        with self._engine.begin() as db:
            row = db.execute(
                delete(t)
                .where(t.c.hub == hub, t.c.attempt == _digest(asked.attempt), t.c.expires_at > self._clock())
                .returning(t)
            ).one_or_none()
        attempt = self._delays.attempt(row.device if row is not None else "", address)
        try:
            if row is None or not hmac.compare_digest(_challenge(asked.verifier), row.challenge):
                raise refused()
            tokens = self._providers.exchange(provider, asked.code, asked.verifier, row.redirect_uri)
            subject = self._providers.subject(provider, tokens.id_token, row.nonce, self._clock())
            with self._engine.begin() as db:
                person = self._person(db, hub, subject_of(provider, subject))
                device = Shown(row.device, asked.attempt.encode(), asked.proof, SINGLE)
                session = self._sessions.open(db, hub, person, device, grant=tokens.refresh_token)
        except Unavailable:
            self._delays.released(attempt)
            raise
        except Refusal:
            self._delays.failed(attempt, hub)
            raise
        self._delays.succeeded(attempt)
        return session

    def _person(self, db: Connection, hub: str, subject: str) -> str:
        a = tables.accounts
        named: str | None = db.scalar(select(a.c.person).where(a.c.hub == hub, a.c.subject == subject))
        if named is None:
            raise Refusal(
                "subject-unknown",
                "The directory knows you, and this hub does not yet know you by it. Ask an administrator.",
            )
        return named


class Leavers:
    """Asks hubs' directories, on a thread of its own, whether they still have those who are signed in."""

    def __init__(
        self,
        engine: Engine,
        sessions: Sessions,
        directories: Directories,
        providers: Providers,
        clock: Callable[[], datetime],
    ) -> None:
        self._engine = engine
        self._sessions = sessions
        self._directories = directories
        self._providers = providers
        self._clock = clock
        self._paused: dict[bytes, datetime] = {}
        """Sessions for which there was no answer, by their token, and until when they are left alone."""
        self._repeating = Repeating("mash-isl-leavers", LOOK_SECONDS, self.look, "directories not asked")
        self.start, self.stop = self._repeating.start, self._repeating.stop

    def look(self) -> None:
        """Ask after every session that is due, each by one instance alone."""
        with self._engine.connect() as db:
            hubs = db.execute(select(tables.providers)).all()
        for hub in hubs:
            try:
                self._ask(hub)
            except Exception as error:
                # One hub's fault, such as a secret that does not open here, is not its neighbours'.
                logger.warning(
                    "a directory is not asked", extra={"hub": hub.hub, "error": type(error).__name__}
                )

    def _ask(self, hub: Row[tuple[object, ...]]) -> None:
        provider, unanswered = self._directories.opened(hub), 0
        for _ in range(_MOST_CHECKS):
            with self._engine.begin() as db:
                row = db.execute(self._next(hub)).one_or_none()
                if row is None or self._repeating.ending:
                    return
                answer = self._answer(provider, row)
                if answer is None:
                    # What is signed in stays so for a while: ``sessions`` says for how long.
                    self._paused[row.token] = self._clock() + PAUSE
                    unanswered += 1
                elif answer.left:
                    self._sessions.leave(db, hub.hub, row.person)
                else:
                    self._sessions.confirm(db, row, answer.grant)
            if answer is not None and answer.left:
                self._sessions.tell(hub.hub)
            if unanswered >= _MOST_UNANSWERED:
                logger.warning("a directory does not answer", extra={"hub": hub.hub})
                return

    def _next(self, hub: Row[tuple[object, ...]]) -> Select[tuple[object, ...]]:
        """Who is to be asked after first, held for this instance."""
        s, now = tables.sessions, self._clock()
        self._paused = {token: until for token, until in self._paused.items() if until > now}
        return (
            select(s)
            .where(s.c.hub == hub.hub, s.c.grant.is_not(None), s.c.token.not_in(list(self._paused)))
            .where(s.c.confirmed_at <= now - timedelta(seconds=hub.check_seconds))
            .where(s.c.confirmed_at > now - GRACE, s.c.expires_at > now, s.c.left.is_(False))
            .order_by(s.c.confirmed_at)
            .limit(1)
            # A refresh token is good once: two instances that used it would end what it stands for.
            .with_for_update(skip_locked=True)
        )

    def _answer(self, provider: Provider, row: Row[tuple[object, ...]]) -> _Answer | None:
        """What the directory says of who is signed in; ``None`` where it says nothing."""
        try:
            grant = self._sessions.grant(row)
        except Refusal:
            # Sealed with a key that this instance does not have: that says nothing of the person.
            return None
        try:
            return _Answer(grant=self._providers.refresh(provider, grant).refresh_token)
        except Unavailable:
            return None
        except Refusal:
            return _Answer(left=True)


class _Answer(msgspec.Struct, frozen=True):
    """A directory's word on a person: they have left, or the grant that takes the place of the one used."""

    grant: str = ""
    left: bool = False


def _loopback(uri: str) -> bool:
    """Whether an address is one at which a desktop listens itself."""
    try:
        parts = urlsplit(uri)
        return parts.scheme == "http" and parts.hostname in {"127.0.0.1", "::1"} and parts.port is not None
    except ValueError:
        return False


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _digest(attempt: str) -> bytes:
    return hashlib.sha256(attempt.encode()).digest()
