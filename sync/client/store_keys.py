"""Which keys of the store a desktop trusts: the one pinned at enrolment, and what that has handed on.

A key is taken from the store only where the key already trusted enrolled it; an earlier one, by which old
acts are signed, only where the key after it revoked it.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from mash_desktop.domain.acts import Parcel, check_bodies, check_signature, read
from mash_desktop.domain.entries import Body, decode
from mash_desktop.domain.entries.hub import KeyEnrolled, KeyRevoked
from mash_desktop.domain.errors import Refusal
from mash_desktop.proofs.head import Head, SignedHead
from mash_desktop.proofs.signature import key_id

from .. import protocol
from .connection import Connection
from .verification import CALL, Distrust, checked_head

STORE = "store"


class StoreKeys:
    """``keys`` are trusted, the oldest first; the last is the one in force."""

    def __init__(self, hub: str, keys: Sequence[bytes]) -> None:
        self._hub = hub
        self.keys = tuple(keys)

    @property
    def present(self) -> bytes:
        return self.keys[-1]

    def know(self, signed: SignedHead) -> bool:
        """Whether a trusted key is said to have signed it."""
        return any(key_id(key) == signed.key for key in self.keys)

    def kept_head(self, signed: SignedHead) -> Head:
        """A head that was checked when it came, whichever key was in force then. Raises ``Distrust``."""
        key = next((key for key in self.keys if key_id(key) == signed.key), self.present)
        return checked_head(signed, key, self._hub)

    async def head(self, connection: Connection, signed: SignedHead) -> Head:
        """A head as it comes; where another key signed it, once that is shown to have been handed on to.

        Raises ``Distrust``, and as ``Connection.get`` does.
        """
        if signed.key != key_id(self.present):
            await self.learn(connection)
        return checked_head(signed, self.present, self._hub)

    async def learn(self, connection: Connection) -> bool:
        """Ask how the keys were handed on; whether more are trusted now. Raises ``Distrust``."""
        told = await connection.get(f"/v1/hubs/{self._hub}/store-keys", protocol.StoreKeys)
        found = linked(self._hub, self.present, told)
        grown = found != self.keys
        self.keys = found
        return grown


def linked(hub: str, trusted: bytes, told: protocol.StoreKeys) -> tuple[bytes, ...]:
    """The keys told, each shown to be linked with the trusted one. Raises ``Distrust``."""
    if trusted not in told.keys:
        raise _distrust("The store does not know the key that this desktop was given for it.")
    here = told.keys.index(trusted)
    for at in range(here, len(told.keys) - 1):
        enrolled = _said(hub, told.handed_on, at, told.keys[at])
        if not any(
            isinstance(one, KeyEnrolled) and (one.person, one.public) == (STORE, told.keys[at + 1].hex())
            for one in enrolled
        ):
            raise _distrust("The store signs with a key that its former one did not hand on to.")
    for at in range(here - 1, -1, -1):
        revoked = _said(hub, told.retired, at, told.keys[at + 1])
        if not any(isinstance(one, KeyRevoked) and one.key == key_id(told.keys[at]) for one in revoked):
            raise _distrust("The store tells of a former key that its next one does not.")
    return told.keys


def _said(hub: str, acts: Sequence[Parcel], at: int, public: bytes) -> list[Body]:
    """What the store's act in this place says, signed with ``public``."""
    try:
        parcel = acts[at]
        act = read(parcel.signed)
        check_signature(parcel.signed, public)
        bodies = check_bodies(act, parcel.bodies, whole=False)
        headers = [header for header in act.entries if header.id in bodies]
        if (act.hub, act.author) != (hub, STORE):
            return []
        return [decode(header.kind, header.v, bodies[header.id].body) for header in headers]
    except (IndexError, Refusal, msgspec.DecodeError) as error:
        raise _distrust("The store does not show how its key was handed on.") from error


def _distrust(sentence: str) -> Distrust:
    return Distrust("store-key-unlinked", f"{sentence} {CALL}")
