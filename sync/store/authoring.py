"""Acts that the store makes itself, as its own named author, signed with its own key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from mash_desktop.domain.acts import Author, Draft, Parcel, compose
from mash_desktop.domain.entries import Body
from mash_desktop.domain.roles import Role

from .examining import STORE
from .sealing import Secrets
from .streams import HUB_STREAM


def own_act(hub: str, secrets: Secrets, stream: str, bodies: Sequence[Body], now: datetime) -> Parcel:
    key = secrets.signing_key(hub)
    author = Author(STORE, STORE, Role.STORE, key.key_id)
    return compose(hub, author, [Draft(stream, body) for body in bodies], key, now)


def hub_act(hub: str, secrets: Secrets, bodies: Sequence[Body], now: datetime) -> Parcel:
    return own_act(hub, secrets, HUB_STREAM, bodies, now)


def access_act(hub: str, secrets: Secrets, bodies: Sequence[Body], now: datetime) -> Parcel:
    return own_act(hub, secrets, f"access:{now.date().isoformat()}", bodies, now)
