"""What does not open with its key, told to governance: one entry of the trail for each, however often it is
asked for. Who asks is brought the rest, and is told plainly of the one."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from mash_desktop.domain.acts import read
from mash_desktop.domain.entries.access import DamageFound
from mash_desktop.domain.errors import Refusal

from . import tables
from .admission import Admission
from .authoring import access_act

logger = logging.getLogger(__name__)


def tell(admission: Admission, hub: str, damaged: Mapping[str, int], now: datetime) -> None:
    """``damaged`` are the positions of entries, by id."""
    a, e = tables.acts, tables.entries
    with admission.engine.connect() as db:
        streams = dict(
            db.execute(
                select(e.c.position, e.c.stream).where(
                    e.c.hub == hub, e.c.position.in_(list(damaged.values()))
                )
            ).all()
        )
        made = [
            access_act(
                hub,
                admission.secrets,
                [DamageFound(target=streams[position], entry=entry, position=position)],
                now,
                once=f"damage {entry}",
            )
            for entry, position in damaged.items()
        ]
        acts = {read(parcel.signed).id: parcel for parcel in made}
        told = set(db.scalars(select(a.c.act).where(a.c.hub == hub, a.c.act.in_(list(acts)))))
    for act, parcel in acts.items():
        if act not in told:
            try:
                admission.admit_own(hub, parcel)
            except Refusal as refusal:
                # Another instance was first, or the hub takes nothing now: then the next who asks tells it.
                logger.warning("damage was not told", extra={"code": refusal.code})
