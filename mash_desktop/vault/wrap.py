"""The profile's cache key as it lies on the disk: wrapped, with what is needed to unwrap it, and versioned.

raw key <- AES-256 key wrap (RFC 3394) <- HKDF-SHA-256 (RFC 5869) over the keyring's secret and Argon2id of
the passphrase. The file holds nothing secret in clear. Neither the keyring nor guessing limits are here.
"""

from __future__ import annotations

import secrets
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap

from mash_desktop.domain.errors import Refusal
from mash_desktop.vault.files import replace_file
from mash_desktop.vault.passphrase import SALT_BYTES, Cost, stretched

FILE = "vault.json"
VERSION = 1
KEY_BYTES = 32
WRAPPED_BYTES = KEY_BYTES + 8


class Wrap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``profile`` is the random id under which the keyring keeps its half."""

    version: int
    profile: str
    cost: Cost
    salt: bytes
    wrapped_key: bytes

    def __post_init__(self) -> None:
        if self.version != VERSION or not self.profile:
            raise ValueError(f"version {VERSION} and a profile id are expected")
        if len(self.salt) != SALT_BYTES or len(self.wrapped_key) != WRAPPED_BYTES:
            raise ValueError("salt or wrapped key is not of its length")


class _Versioned(msgspec.Struct):
    version: int


def wrapped(key: bytes, profile_id: str, secret: bytes, passphrase: str, cost: Cost) -> Wrap:
    """Wrap a raw key anew, with a salt of its own."""
    salt = secrets.token_bytes(SALT_BYTES)
    wrapping_key = _wrapping_key(profile_id, secret, stretched(passphrase, salt, cost))
    return Wrap(VERSION, profile_id, cost, salt, aes_key_wrap(wrapping_key, key))


def unwrapped(wrap: Wrap, secret: bytes, passphrase: str) -> bytes:
    """The raw key. ``InvalidUnwrap`` (of ``cryptography``) when passphrase, secret or wrap is not the one
    it was made with; which of them, cannot be told."""
    return aes_key_unwrap(
        _wrapping_key(wrap.profile, secret, stretched(passphrase, wrap.salt, wrap.cost)), wrap.wrapped_key
    )


def write(profile: Path, wrap: Wrap) -> None:
    """Put the wrap in place of the profile's present one, crash-safe."""
    replace_file(profile / FILE, msgspec.json.format(msgspec.json.encode(wrap), indent=1))


def read(profile: Path) -> Wrap:
    """Raises ``Refusal``: vault-missing, vault-unreadable, vault-newer, vault-damaged."""
    try:
        data = (profile / FILE).read_bytes()
    except FileNotFoundError as error:
        raise Refusal(
            "vault-missing",
            "There is no profile in this folder: choose the right folder, or enrol this computer for one.",
        ) from error
    except OSError as error:
        raise Refusal(
            "vault-unreadable",
            f"The profile's vault file cannot be read ({error.strerror}): correct its permissions, then "
            "try again.",
        ) from error
    try:
        if msgspec.json.decode(data, type=_Versioned).version > VERSION:
            raise Refusal(
                "vault-newer",
                "This profile was made by a newer version of MASH Desktop: install that version to open it.",
            )
        return msgspec.json.decode(data, type=Wrap)
    except ValueError as error:
        raise Refusal(
            "vault-damaged",
            "The profile's vault file is damaged, so the profile cannot be opened: restore the file from a "
            "copy of this profile, or ask an administrator to enrol a new profile.",
        ) from error


def _wrapping_key(profile_id: str, secret: bytes, stretched_passphrase: bytes) -> bytes:
    # Both halves have a fixed length, so where one ends is not in question; the id keeps profiles apart.
    info = b"mash-vault-v1\x00" + profile_id.encode()
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=info).derive(secret + stretched_passphrase)
