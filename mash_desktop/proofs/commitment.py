"""A salted hash that stands for a body in the tree and under the signature.

It binds the author to the body without showing it: with body and salt destroyed, nobody can find out or
guess what was said, and the tree still verifies. Not encryption: sealing bodies is the store's.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

SALT_BYTES = 32
_LABEL = b"mash-commitment-v1\x00"


def new_salt() -> bytes:
    """32 bytes from the system's generator: one salt a body, never used twice."""
    return secrets.token_bytes(SALT_BYTES)


def commit(body: bytes, salt: bytes) -> bytes:
    """SHA-256 over label, salt and body (32 bytes). ``ValueError`` when the salt is not 32 bytes."""
    if len(salt) != SALT_BYTES:
        # A fixed length keeps the border between salt and body unambiguous.
        raise ValueError(f"a salt has {SALT_BYTES} bytes, not {len(salt)}")
    return hashlib.sha256(_LABEL + salt + body).digest()


def check(body: bytes, salt: bytes, commitment: bytes) -> bool:
    """Whether ``commitment`` was made from exactly this body and salt."""
    return len(salt) == SALT_BYTES and hmac.compare_digest(commit(body, salt), commitment)
