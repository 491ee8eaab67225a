"""From a passphrase to bytes: what is long enough, how it is spelt, and how dear each guess is made.

Not for keeping or checking one: nothing here can tell a right passphrase from a wrong one.
"""

from __future__ import annotations

import unicodedata

import msgspec
from argon2.low_level import Type, hash_secret_raw

from mash_desktop.domain.errors import Refusal

FEWEST_CHARACTERS = 12
SALT_BYTES = 16
STRETCHED_BYTES = 32


class Cost(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one guess costs under Argon2id (RFC 9106)."""

    passes: int
    memory_kib: int
    lanes: int

    def __post_init__(self) -> None:
        # Upper bounds: a file that asks for a terabyte is damaged, not thorough.
        if not (1 <= self.passes <= 64 and 1 <= self.lanes <= 64):
            raise ValueError("passes and lanes are between 1 and 64")
        if not 8 * self.lanes <= self.memory_kib <= 2**21:
            raise ValueError("memory is between 8 KiB a lane and 2 GiB")

    def raised_to(self, other: Cost) -> Cost:
        """The dearer of the two in each respect, so that a policy never makes an old wrap cheaper."""
        return Cost(
            max(self.passes, other.passes),
            max(self.memory_kib, other.memory_kib),
            max(self.lanes, other.lanes),
        )


# RFC 9106, section 4, the second recommended option: 64 MiB, three passes, four lanes. A tenth of a second
# on a hub's laptop; the first option's 2 GiB would not fit beside the application there.
COST = Cost(passes=3, memory_kib=64 * 1024, lanes=4)


def require_strong(passphrase: str) -> None:
    """Refuse a new passphrase that is too short (after leading and trailing spaces are left out)."""
    if len(_spelt(passphrase).strip()) < FEWEST_CHARACTERS:
        raise Refusal(
            "passphrase-too-short",
            f"Choose a passphrase of at least {FEWEST_CHARACTERS} characters: a short sentence that only "
            "you would think of is easiest to remember.",
            field="passphrase",
        )


def stretched(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    """32 bytes of Argon2id over the passphrase; as slow as ``cost`` says."""
    # A lone surrogate can come from a keyboard on Windows; it is a key like any other.
    secret = _spelt(passphrase).encode("utf-8", "surrogatepass")
    return hash_secret_raw(secret, salt, cost.passes, cost.memory_kib, cost.lanes, STRETCHED_BYTES, Type.ID)


def _spelt(passphrase: str) -> str:
    """One spelling whichever keyboard typed it: é may arrive as one character or as two."""
    return unicodedata.normalize("NFC", passphrase)
