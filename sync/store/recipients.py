"""Who received an entry, from when until when: read from the feeds, which are chained and never rewritten.

For governance, which has to tell them when an entry was misfiled.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine, select

from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.roles import Role
from sync.protocol import Recipient, RecipientsAsked, RecipientsFound

from . import tables
from .docket import standing
from .sign_in.sessions import Caller


def recipients(engine: Engine, caller: Caller, asked: RecipientsAsked, now: datetime) -> RecipientsFound:
    """``Refusal`` (*not-permitted*) unless asked by an information governance officer of this hub."""
    agency, role = asked.standing.agency, asked.standing.role
    held = standing(caller.directory, caller.person, agency, role, now)
    if held is None or held.role is not Role.INFORMATION_GOVERNANCE:
        raise Refusal("not-permitted", "Only information governance is told who received an entry.")
    e, f, a = tables.entries, tables.feeds, tables.acts
    cause = e.alias()
    with engine.connect() as db:
        rows = db.execute(
            select(f.c.audience, f.c.granted, a.c.admitted_at)
            .join(e, (e.c.hub == f.c.hub) & (e.c.position == f.c.position))
            .join(cause, (cause.c.hub == f.c.hub) & (cause.c.position == f.c.because))
            .join(a, (a.c.hub == cause.c.hub) & (a.c.act == cause.c.act))
            .where(e.c.hub == caller.hub, e.c.entry == asked.entry)
            .order_by(f.c.because, f.c.audience, f.c.n)
        ).all()
    found: list[Recipient] = []
    held_now: dict[str, int] = {}
    for row in rows:
        if row.granted and row.audience in held_now:
            continue  # told anew what it holds: the stub of what was disposed of
        if row.granted:
            held_now[row.audience] = len(found)
            found.append(Recipient(audience=row.audience, since=row.admitted_at))
        else:
            at = held_now.pop(row.audience)
            found[at] = Recipient(audience=row.audience, since=found[at].since, until=row.admitted_at)
    return RecipientsFound(recipients=tuple(found))
