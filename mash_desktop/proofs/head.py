"""A hub's log at one moment, and the store's signature over it.

A head is what desktops compare: the same hub and epoch, and each head an extension of the last. Whether it
is, the Merkle tree says; what to do when it is not, is not said here.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from mash_desktop.proofs.canonical import canonical
from mash_desktop.proofs.merkle import HASH_BYTES
from mash_desktop.proofs.signature import HEAD, SigningKey, verify


class BadHead(ValueError):
    """A head that the given key did not sign, or that is no head."""


class Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Size and root of a hub's tree in an epoch; ``at`` is the store's clock, in UTC."""

    hub: str
    epoch: int
    size: int
    root: bytes
    at: datetime

    def __post_init__(self) -> None:
        if not self.hub or self.epoch < 0 or self.size < 0:
            raise ValueError("a head names its hub, and counts its epoch and size from nought")
        if len(self.root) != HASH_BYTES:
            raise ValueError(f"a root has {HASH_BYTES} bytes")
        if self.at.utcoffset() != timedelta(0):
            raise ValueError("a head is dated in UTC")


class SignedHead(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The canonical bytes of a head as signed, the signature, and the id of the key that signed it."""

    head: bytes
    signature: bytes
    key: str

    @classmethod
    def sign(cls, head: Head, key: SigningKey) -> SignedHead:
        data = canonical(msgspec.to_builtins(head))
        return cls(head=data, signature=key.sign(data, HEAD), key=key.key_id)

    def verify(self, public: bytes) -> Head:
        """The head, only once it is shown that ``public`` signed it; ``BadHead`` otherwise."""
        if not verify(public, self.head, self.signature, HEAD):
            raise BadHead("the head was not signed by this key")
        try:
            return msgspec.json.decode(self.head, type=Head)
        except ValueError as error:
            # Not DecodeError alone: text that is not UTF-8 is told by an error of its own.
            raise BadHead(f"what was signed is no head: {error}") from error
