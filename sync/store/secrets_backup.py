"""The store's secrets as a file that may lie in a safe, sealed with a passphrase.

Whoever has the file and not the passphrase pays Argon2id for every guess.
"""

from __future__ import annotations

import secrets as random
from pathlib import Path

import msgspec
from argon2.low_level import Type, hash_secret_raw

from mash_desktop.domain.errors import Refusal

from .sealing import KEY_BYTES, Secrets, keep_secrets, seal, unseal, write_private

SHORTEST_PASSPHRASE = 12
_BOUND = b"mash-store-secrets-v1"


class _Sealed(msgspec.Struct, frozen=True):
    """``memory`` is KiB. What is sealed are the secrets as JSON."""

    salt: bytes
    passes: int
    memory: int
    lanes: int
    sealed: bytes

    def key(self, passphrase: str) -> bytes:
        return hash_secret_raw(
            passphrase.encode(), self.salt, self.passes, self.memory, self.lanes, KEY_BYTES, Type.ID
        )


def back_up_secrets(secrets: Secrets, to: Path, passphrase: str) -> None:
    """``Refusal``: *passphrase-short*, *backup-there*."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise Refusal(
            "passphrase-short",
            f"Choose a passphrase of at least {SHORTEST_PASSPHRASE} characters; three words will do.",
            "passphrase",
        )
    kept = _Sealed(random.token_bytes(16), 3, 64 * 1024, 4, b"")
    sealed = seal(kept.key(passphrase), msgspec.json.encode(secrets), _BOUND)
    try:
        write_private(to, msgspec.json.encode(msgspec.structs.replace(kept, sealed=sealed)))
    except FileExistsError as error:
        raise Refusal("backup-there", f"There is a file at {to} already.", "to") from error


def restore_secrets(source: Path, file: Path, passphrase: str) -> None:
    """Write the secrets of a backup to a new file. ``Refusal``: *backup-unreadable*, *passphrase-wrong*,
    *secrets-there*."""
    try:
        kept = msgspec.json.decode(source.read_bytes(), type=_Sealed)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refusal("backup-unreadable", f"{source} is no backup of a store's secrets.", "from") from error
    try:
        opened = unseal(kept.key(passphrase), kept.sealed, _BOUND)
    except Refusal as error:
        raise Refusal(
            "passphrase-wrong", "The passphrase does not open this backup, or it is damaged.", "passphrase"
        ) from error
    keep_secrets(file, msgspec.json.decode(opened, type=Secrets))
