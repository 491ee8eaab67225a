"""Ed25519 signatures with a label saying what is signed, so that a signature over one kind of thing is
never one over another.

Not for keeping keys: where a key lives, whose it is and whether it still counts is said elsewhere.
"""

from __future__ import annotations

import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ACT = b"mash-act-v1"
HEAD = b"mash-head-v1"

PUBLIC_BYTES = 32
SIGNATURE_BYTES = 64

# Points of small order, sign bit cleared: under such a key one signature fits any number of messages, so a
# signer could deny what was signed. OpenSSL accepts them; a decision's signature must not.
_SMALL_ORDER = frozenset(
    bytes.fromhex(point)
    for point in (
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    )
)


class SigningKey:
    """A private Ed25519 key. It shows itself only through ``to_bytes``."""

    __slots__ = ("_private", "public")

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.public = private.public_key().public_bytes_raw()

    @classmethod
    def generate(cls) -> SigningKey:
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_bytes(cls, seed: bytes) -> SigningKey:
        """From the 32 bytes of ``to_bytes``; ``ValueError`` for any other length."""
        return cls(Ed25519PrivateKey.from_private_bytes(seed))

    def to_bytes(self) -> bytes:
        """The 32 secret bytes (the seed of RFC 8032)."""
        return self._private.private_bytes_raw()

    @property
    def key_id(self) -> str:
        return key_id(self.public)

    def sign(self, data: bytes, label: bytes) -> bytes:
        """64 bytes over label, a zero byte and data."""
        return self._private.sign(_labelled(data, label))


def verify(public: bytes, data: bytes, signature: bytes, label: bytes) -> bool:
    """Whether the holder of ``public`` (32 bytes) signed exactly ``data`` under ``label``. Never raises for
    what a stranger may have sent: a malformed or weak key and a malformed signature are simply not valid."""
    if not is_sound(public) or len(signature) != SIGNATURE_BYTES:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, _labelled(data, label))
    except (InvalidSignature, ValueError):
        return False
    return True


def is_sound(public: bytes) -> bool:
    """Whether a public key has the right length and is not one of the known weak ones; ask at enrolment."""
    return len(public) == PUBLIC_BYTES and public[:-1] + bytes([public[-1] & 0x7F]) not in _SMALL_ORDER


def key_id(public: bytes) -> str:
    """The name of a key: 32 hex digits, the first 16 bytes of SHA-256 over the public key."""
    return hashlib.sha256(public).hexdigest()[:32]


def _labelled(data: bytes, label: bytes) -> bytes:
    if not label or b"\x00" in label:
        raise ValueError("a label is not empty and holds no zero byte")
    return label + b"\x00" + data
