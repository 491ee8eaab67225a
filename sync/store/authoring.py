"""Acts that the store makes itself, as its own named author, signed with its own key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

from mash_desktop.domain.acts import Author, Draft, Parcel, compose
from mash_desktop.domain.entries import Body
from mash_desktop.domain.roles import Role

from .examining import STORE
from .sealing import Secrets
from .streams import HUB_STREAM

_ONCE = UUID("9d7c1a52-2f0e-5b7e-8c1f-6a4f0d2b9e11")


def own_act(
    hub: str,
    secrets: Secrets,
    stream: str,
    bodies: Sequence[Body],
    now: datetime,
    *,
    once: str = "",
    base: str | None = None,
) -> Parcel:
    """``once`` says what the act is about: of two about one thing, by whichever instance, one is admitted.

    ``base`` is the last link of the chain that a guarded entry moves.
    """
    key = secrets.signing_key(hub)
    author = Author(STORE, STORE, Role.STORE, key.key_id)

    def made_id(part: str) -> str:
        return str(uuid5(_ONCE, f"{hub}\0{once}\0{part}")) if once else ""

    drafts = [Draft(stream, body, base, id=made_id(str(place))) for place, body in enumerate(bodies)]
    return compose(hub, author, drafts, key, now, act_id=made_id("act") or None)


def hub_act(hub: str, secrets: Secrets, bodies: Sequence[Body], now: datetime, *, once: str = "") -> Parcel:
    return own_act(hub, secrets, HUB_STREAM, bodies, now, once=once)


def access_act(
    hub: str, secrets: Secrets, bodies: Sequence[Body], now: datetime, *, once: str = ""
) -> Parcel:
    return own_act(hub, secrets, f"access:{now.date().isoformat()}", bodies, now, once=once)
