"""The store's own signing keys as its log tells them, with the acts by which each handed on to the next."""

from __future__ import annotations

from sqlalchemy import Engine

from mash_desktop.domain.acts import Parcel
from mash_desktop.domain.entries.hub import KeyEnrolled, KeyRevoked
from sync.protocol import StoreKeys

from .examining import STORE
from .pulling import content
from .sealing import Secrets
from .streams import Shelf, current_directory


def store_keys(engine: Engine, secrets: Secrets, shelf: Shelf, hub: str) -> StoreKeys:
    """``Refusal`` (*hub-unknown*)."""
    with engine.connect() as db:
        held = current_directory(db, shelf, secrets, hub)
        enrolled = [
            entry
            for entry in held.entries
            if entry.author == STORE and isinstance(entry.body, KeyEnrolled) and entry.body.person == STORE
        ]
        keys = [entry.body.key for entry in enrolled if isinstance(entry.body, KeyEnrolled)]
        revoked = [
            entry
            for entry in held.entries
            if entry.author == STORE and isinstance(entry.body, KeyRevoked) and entry.body.key in keys
        ]
        wanted = {one.position for one in (*enrolled, *revoked) if one.position is not None}
        found = content(db, secrets, shelf, hub, wanted)

    def parcel(position: int | None) -> Parcel:
        one = found[position or 0]
        return Parcel(one.signed, (one.body,) if one.body is not None else ())

    return StoreKeys(
        keys=tuple(bytes.fromhex(e.body.public) for e in enrolled if isinstance(e.body, KeyEnrolled)),
        handed_on=tuple(parcel(entry.position) for entry in enrolled[1:]),
        retired=tuple(parcel(entry.position) for entry in revoked),
    )
