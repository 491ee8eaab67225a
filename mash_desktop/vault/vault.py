"""Making, opening, proving and re-keying a profile's vault, and the opened key until it is locked.

Every function may take a second or wait for the keyring's prompt: call it on a worker thread. Every way in
which it can fail is a ``Refusal``.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any

import uuid6
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap

from mash_desktop.domain.errors import Refusal
from mash_desktop.vault import delay, ring, wrap
from mash_desktop.vault.files import make_folder
from mash_desktop.vault.passphrase import COST, Cost, require_strong


def _now() -> datetime:
    return datetime.now(UTC)


class CacheKey:
    """The raw 256-bit key of the encrypted cache, in memory that can be overwritten.

    ``hex`` hands out a copy that cannot be: ask for it where SQLCipher needs it and keep it nowhere.
    """

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        self._key = bytearray(key)

    def hex(self) -> str:
        """64 hex digits. ``Refusal`` vault-locked once overwritten."""
        digits = self._key.hex()
        if not digits.strip("0"):
            raise _locked()
        return digits

    def overwrite(self) -> None:
        """Zeroes in place of the key, in the same memory."""
        self._key[:] = bytes(len(self._key))


class OpenVault:
    """A profile's vault, opened. ``profile_id`` is the id under which the keyring knows it."""

    __slots__ = ("cache_key", "profile", "profile_id")

    def __init__(self, profile: Path, profile_id: str, key: bytes) -> None:
        self.profile = profile
        self.profile_id = profile_id
        self.cache_key = CacheKey(key)

    def lock(self) -> None:
        """Overwrite the key. May be called again, and from any thread."""
        self.cache_key.overwrite()


class Vault:
    """What can be done with the vault in a profile's folder.

    Besides those named, every function may raise the ``Refusal`` s of ``ring`` (keyring-…), of ``wrap``
    (vault-missing, vault-unreadable, vault-newer, vault-damaged) and profile-not-writable; those that take
    a present passphrase also wrong-passphrase and too-soon; and those that take ``left``, once that is done,
    vault-locked: a keyring's prompt waits for as long as nobody looks, and locking does not wait with it.
    """

    @staticmethod
    def create(profile: Path, passphrase: str, *, cost: Cost = COST) -> OpenVault:
        """Make a vault with a new key. ``Refusal``: passphrase-too-short, vault-exists."""
        require_strong(passphrase)
        make_folder(profile)
        if os.path.lexists(profile / wrap.FILE):
            raise Refusal(
                "vault-exists",
                "This folder already holds a profile: open that one, or choose another folder.",
            )
        profile_id = str(uuid6.uuid7())
        key = secrets.token_bytes(wrap.KEY_BYTES)
        # The keyring first: a secret without a profile is litter, a profile without its secret is lost.
        secret = ring.new_secret(profile_id)
        wrap.write(profile, wrap.wrapped(key, profile_id, secret, passphrase, cost))
        return OpenVault(profile, profile_id, key)

    @staticmethod
    def open(
        profile: Path, passphrase: str, *, cost: Cost = COST, clock: Callable[[], datetime] = _now
    ) -> OpenVault:
        """Open it; and where guessing has become cheaper than ``cost`` asks, wrap the key anew."""
        present, secret, key = _unwrapped(profile, passphrase, clock)
        raised = present.cost.raised_to(cost)
        if raised != present.cost:
            wrap.write(profile, wrap.wrapped(key, present.profile, secret, passphrase, raised))
        return OpenVault(profile, present.profile, key)

    @staticmethod
    def prove(
        profile: Path,
        passphrase: str,
        *,
        clock: Callable[[], datetime] = _now,
        left: Future[None] | None = None,
    ) -> None:
        """Return only if this is the passphrase: asked again before a decision is signed."""
        _unwrapped(profile, passphrase, clock, left)

    @staticmethod
    def change_passphrase(
        profile: Path,
        old: str,
        new: str,
        *,
        cost: Cost = COST,
        clock: Callable[[], datetime] = _now,
        left: Future[None] | None = None,
    ) -> None:
        """Wrap the same key under another passphrase: after a crash at any moment one of the two opens it.
        ``Refusal``: passphrase-too-short (of the new one)."""
        require_strong(new)
        present, secret, key = _unwrapped(profile, old, clock, left)
        raised = present.cost.raised_to(cost)
        wrap.write(profile, wrap.wrapped(key, present.profile, secret, new, raised))


def _unwrapped(
    profile: Path, passphrase: str, clock: Callable[[], datetime], left: Future[None] | None = None
) -> tuple[wrap.Wrap, bytes, bytes]:
    """The wrap as it lies there, the keyring's secret, and the raw key."""
    present = wrap.read(profile)
    # Before the attempt is counted: a locked keyring is not a wrong passphrase.
    asked = partial(ring.kept_secret, present.profile)
    secret = asked() if left is None else _answered(asked, left)
    following_wait = delay.count_attempt(profile, clock())
    try:
        key = wrap.unwrapped(present, secret, passphrase)
    except InvalidUnwrap as error:
        again = f"in {delay.in_words(following_wait)}" if following_wait else "now"
        raise Refusal(
            "wrong-passphrase",
            f"This passphrase does not open this profile: check it and try again {again}.",
            field="passphrase",
        ) from error
    delay.forget_attempts(profile)
    return present, secret, key


def _answered(asked: Callable[[], bytes], left: Future[None]) -> bytes:
    """The keyring's answer, unless ``left`` is done first: nobody waits for it then."""
    answer: Future[bytes] = Future()

    def ask() -> None:
        try:
            answer.set_result(asked())
        except Refusal as refusal:
            answer.set_exception(refusal)

    Thread(target=ask, name="keyring", daemon=True).start()
    either: tuple[Future[Any], ...] = (answer, left)
    wait(either, return_when=FIRST_COMPLETED)
    if not answer.done():
        raise _locked()
    return answer.result()


def _locked() -> Refusal:
    return Refusal("vault-locked", "The profile is locked: enter your passphrase to go on.")
