"""A first look for a desktop that holds nothing yet: what is open and most urgent, ahead of the feeds.

The rights are those of the feeds, which the desktop reads afterwards and keeps to.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine, text

from mash_desktop.domain.codes import Rag
from mash_desktop.domain.fold.stage import OPEN
from sync.protocol import MOST_ROWS, Urgent, UrgentFound

from .log import read_head
from .pulling import audiences_in, content, row_of
from .sealing import Secrets
from .sign_in.sessions import Caller
from .streams import Shelf, current_directory

MOST_REFERRALS = 100

_ROWS = text(
    """
    with urgent as (
        select referral, row_number() over (
            order by route = any(:immediate) desc nulls last, array_position(:ratings, rag), received_at
        ) as place
        from referrals r
        where hub = :hub and stage = any(:open) and exists (
            select from grants g
            where g.hub = r.hub and g.stream = r.referral and g.audiences && cast(:audiences as text[])
        )
        order by place limit :referrals
    )
    select e.position, e.entry from urgent
    join entries e on e.hub = :hub and e.stream = urgent.referral
    join grants g on g.hub = e.hub and g.position = e.position
    where g.audiences && cast(:audiences as text[])
    order by urgent.place, e.position limit :most
    """
)


def urgent(
    engine: Engine, secrets: Secrets, shelf: Shelf, caller: Caller, asked: Urgent, now: datetime
) -> UrgentFound:
    """Direct lines first, then by rating, then what has waited longest; no more than a page holds.

    ``Refusal``: *standing-not-held*.
    """
    mine = audiences_in(caller, asked.standing, now)
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as db, db.begin():
        head = read_head(db, caller.hub)
        config = current_directory(db, shelf, secrets, caller.hub).directory.timeline.at(None)
        rows = db.execute(
            _ROWS,
            {
                "hub": caller.hub,
                "audiences": sorted(mine),
                "immediate": [route.id for route in config.routes if route.immediate],
                "ratings": [rag.value for rag in Rag],
                "open": [stage.value for stage in OPEN],
                "referrals": MOST_REFERRALS,
                "most": MOST_ROWS,
            },
        ).all()
        brought = content(db, secrets, shelf, caller.hub, {row.position for row in rows})
    found = (
        row_of(("", 0, True, row.position, row.entry, row.position, b""), brought[row.position])
        for row in rows
    )
    return UrgentFound(rows=tuple(found), head=head.signed)
