"""Sealing at rest, so that destroying a key disposes of what it sealed. Not secrecy from the host.

A body is sealed with a key of its own, that key is wrapped by its stream's key, and the stream's key by the
store's wrapping key, which never enters the database. AES-256-GCM throughout; what each is for is bound in
as associated data, so that one cannot stand for another.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets as random
import stat
from collections.abc import Iterable
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec.structs import replace

from mash_desktop.domain.errors import Refusal
from mash_desktop.proofs.signature import SigningKey

KEY_BYTES = 32
_NONCE_BYTES = 12
SECRETS_VARIABLE = "MASH_ISL_SECRETS"
"""The environment variable that may hold the secrets themselves, as the JSON of the file."""


class Secrets(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the store must keep out of its database, in hex: from a file of mode 0600 or the environment.

    ``wrapping`` wraps stream keys and other sealed values, ``signing`` is what each hub's signing key is
    derived from, ``index`` keys the hashes of sign-in, ``blocking`` those of the people index (``index`` does
    until it is first rotated). While a rotation is under way the ``next`` one is there too: it seals and is
    written already, and both open and find; it does not sign before it is the one.
    The ``former`` signing secrets, the oldest first, sign nothing but a restored log on to the present one.
    """

    wrapping: str
    signing: str
    index: str
    next_wrapping: str = ""
    next_signing: str = ""
    former_signing: tuple[str, ...] = ()
    blocking: str = ""
    next_blocking: str = ""

    def __repr__(self) -> str:
        return "Secrets(not shown)"

    @classmethod
    def generate(cls) -> Secrets:
        wrapping, signing, index = (random.token_hex(KEY_BYTES) for _ in range(3))
        return cls(wrapping, signing, index)

    def signing_key(self, hub: str) -> SigningKey:
        """The Ed25519 key with which the store signs this hub's heads and its own acts."""
        return _derived(self.signing, hub)

    def signing_keys(self, hub: str) -> tuple[SigningKey, ...]:
        """Those with one of which the hub's head is signed: two only while a rotation is under way."""
        return tuple(_derived(one, hub) for one in (self.signing, self.next_signing) if one)

    def signers(self) -> tuple[Secrets, ...]:
        """These with each signing secret in turn, the oldest first, as the one that signs."""
        several = (*self.former_signing, *filter(None, (self.signing, self.next_signing)))
        return tuple(replace(self, signing=one, next_signing="", former_signing=()) for one in several)

    @property
    def generation(self) -> str:
        """Tells apart what seals, or finds people, under different keys, and says nothing of the keys."""
        keys = bytes.fromhex(self._sealing + (self.next_blocking or self.blocking))
        return hashlib.sha256(b"mash-wrapping-v1\x00" + keys).hexdigest()[:16]

    @property
    def _sealing(self) -> str:
        return self.next_wrapping or self.wrapping

    def block(self, hub: str, key: str) -> bytes:
        """A blocking key as the people index keeps it."""
        return _block(self.next_blocking or self.blocking or self.index, hub, key)

    def blocks(self, hub: str, keys: Iterable[str]) -> list[bytes]:
        """All that people who share one of these blocking keys are found by."""
        secrets = {one for one in (self.blocking or self.index, self.next_blocking) if one}
        return [_block(secret, hub, key) for key in keys for secret in secrets]

    def digest(self, purpose: str, value: str) -> bytes:
        """A keyed hash, for values that are looked up but not kept."""
        return hmac.digest(bytes.fromhex(self.index), f"{purpose}\x00{value}".encode(), hashlib.sha256)

    def seal(self, purpose: str, value: bytes) -> bytes:
        return seal(bytes.fromhex(self._sealing), value, purpose.encode())

    def open(self, purpose: str, sealed: bytes) -> bytes:
        if self.next_wrapping:
            try:
                return unseal(bytes.fromhex(self.next_wrapping), sealed, purpose.encode())
            except Refusal:
                pass  # not wrapped anew yet
        return unseal(bytes.fromhex(self.wrapping), sealed, purpose.encode())

    def rewrapped(self, purpose: str, sealed: bytes) -> bytes | None:
        """The same under the next wrapping key; ``None`` where it is so already."""
        try:
            unseal(bytes.fromhex(self.next_wrapping), sealed, purpose.encode())
        except Refusal:
            return self.seal(purpose, unseal(bytes.fromhex(self.wrapping), sealed, purpose.encode()))
        return None


def read_secrets(file: Path | None) -> Secrets:
    """From the environment if set there, else from ``file``.

    Raises ``Refusal``: *secrets-missing*, *secrets-open* (others may read the file), *secrets-unreadable*.
    """
    given = os.environ.get(SECRETS_VARIABLE)
    if given is not None:
        return _decoded(given.encode(), f"the environment variable {SECRETS_VARIABLE}")
    if file is None:
        raise Refusal(
            "secrets-missing", f"Name the file of the store's secrets, or set {SECRETS_VARIABLE}.", "secrets"
        )
    return read_file(file)


def read_file(file: Path) -> Secrets:
    """The secrets in a file. Raises ``Refusal`` as :func:`read_secrets` does."""
    try:
        if os.name == "posix" and stat.S_IMODE(file.stat().st_mode) & 0o077:
            raise Refusal(
                "secrets-open",
                f"Others may read {file}. Give it to the store's user alone: chmod 600.",
                "secrets",
            )
        return _decoded(file.read_bytes(), str(file))
    except FileNotFoundError as error:
        raise Refusal("secrets-missing", f"There is no file of secrets at {file}.", "secrets") from error


def write_secrets(file: Path) -> Secrets:
    """Make new secrets in a new file that only its owner may read. Never replaces one that is there."""
    made = Secrets.generate()
    keep_secrets(file, made)
    return made


def keep_secrets(file: Path, secrets: Secrets) -> None:
    """Write secrets to a new file. ``Refusal`` (*secrets-there*)."""
    try:
        write_private(file, msgspec.json.encode(secrets))
    except FileExistsError as error:
        raise Refusal("secrets-there", f"There is a file of secrets at {file} already.", "secrets") from error


def replace_secrets(file: Path, secrets: Secrets) -> None:
    """Put these in the place of those in the file, whole or not at all."""
    beside = file.with_name(f"{file.name}.new")
    beside.unlink(missing_ok=True)
    write_private(beside, msgspec.json.encode(secrets))
    beside.replace(file)
    sync_folder(file.parent)


def write_private(file: Path, content: bytes) -> None:
    """Make a file that only its owner may read, on the disk when this returns. ``FileExistsError``."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())


def sync_folder(folder: Path) -> None:
    """Have what was renamed in a folder on the disk. Windows opens no folder, and NTFS journals it."""
    as_folder = getattr(os, "O_DIRECTORY", None)
    if as_folder is None:
        return
    descriptor = os.open(folder, os.O_RDONLY | as_folder)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _decoded(raw: bytes, where: str) -> Secrets:
    try:
        found = msgspec.json.decode(raw, type=Secrets)
        further = (found.next_wrapping, found.next_signing, found.blocking, found.next_blocking)
        parts = found.wrapping, found.signing, found.index, *filter(None, further), *found.former_signing
        if any(len(bytes.fromhex(part)) != KEY_BYTES for part in parts):
            raise ValueError
    except ValueError:
        # Without the cause: a decoding error quotes what it could not read.
        raise Refusal("secrets-unreadable", f"The store's secrets in {where} cannot be read.") from None
    return found


def _block(secret: str, hub: str, key: str) -> bytes:
    return hmac.digest(bytes.fromhex(secret), f"block\x00{hub}\x00{key}".encode(), hashlib.sha256)


def _derived(secret: str, hub: str) -> SigningKey:
    seed = HKDF(SHA256(), KEY_BYTES, None, b"mash-store-signing-v1\x00" + hub.encode())
    return SigningKey.from_bytes(seed.derive(bytes.fromhex(secret)))


def new_key() -> bytes:
    return random.token_bytes(KEY_BYTES)


def seal(key: bytes, value: bytes, bound: bytes) -> bytes:
    nonce = random.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, value, bound)


def unseal(key: bytes, sealed: bytes, bound: bytes) -> bytes:
    """``Refusal`` (*sealed-wrong*) where the key is another or the bytes were changed."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound)
    except (InvalidTag, ValueError) as error:
        raise Refusal("sealed-wrong", "Something sealed in the store does not open with its key.") from error


class SealedBody(msgspec.Struct, frozen=True, gc=False):
    sealed: bytes
    wrapped: bytes


class StreamKey:
    """The key of one stream of one hub, opened."""

    __slots__ = ("_bound", "_key")

    def __init__(self, hub: str, stream: str, key: bytes) -> None:
        self._key = AESGCM(key)
        self._bound = f"{hub}\x00{stream}\x00".encode()

    def seal(self, entry: str, body: bytes, salt: bytes) -> SealedBody:
        """A body with its salt under a new key of its own."""
        bound = self._bound + entry.encode()
        own, nonce = new_key(), random.token_bytes(_NONCE_BYTES)
        return SealedBody(seal(own, salt + body, bound), nonce + self._key.encrypt(nonce, own, bound))

    def seal_value(self, purpose: str, value: bytes) -> bytes:
        """Something derived from the stream, under the stream's key itself: it goes with the stream."""
        nonce = random.token_bytes(_NONCE_BYTES)
        return nonce + self._key.encrypt(nonce, value, self._bound + purpose.encode())

    def open_value(self, purpose: str, sealed: bytes) -> bytes:
        try:
            return self._key.decrypt(
                sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], self._bound + purpose.encode()
            )
        except (InvalidTag, ValueError) as error:
            raise Refusal("sealed-wrong", "Something sealed in the store does not open.") from error

    def open(self, entry: str, body: SealedBody) -> tuple[bytes, bytes]:
        """Body and salt. ``Refusal`` (*sealed-wrong*) where either was changed."""
        bound = self._bound + entry.encode()
        wrapped, sealed = body.wrapped, body.sealed
        try:
            own = self._key.decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], bound)
            opened = AESGCM(own).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound)
        except (InvalidTag, ValueError) as error:
            raise Refusal("sealed-wrong", "A body in the store does not open with its key.") from error
        return opened[32:], opened[:32]
