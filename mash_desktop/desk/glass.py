"""Breaking the glass: a named role opens a record that is not its own, for some hours, with a reason, online.

Governance is told at once and may end it; when its time is over the store does. What is opened so comes by
the feed like everything else, and goes by it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from ..cache import ChangeSet
from ..domain.acts import Author, Draft
from ..domain.entries import Body, Made
from ..domain.entries.access import GlassBroken, GlassMended
from ..domain.errors import Refusal
from ..domain.permissions import FAMILY_TABLE
from ..domain.roles import Role
from .desk import Desk, new_id
from .wording import say_moment

_SEEN = "glass/"


class Broken(msgspec.Struct, frozen=True):
    """Glass that is broken now: ``until`` in words."""

    id: str
    target: str
    person: str
    who: str
    reason: str
    until: str


def hours(desk: Desk) -> int:
    """For how long this person may open what is not theirs; 0 where they may not."""
    return desk.config().break_glass_hours if _acting(desk) is not None else 0


def _acting(desk: Desk) -> Author | None:
    """The standing in which this person breaks the glass."""
    return desk.acting(*FAMILY_TABLE[GlassBroken.KIND] & frozenset(desk.config().break_glass_roles))


def break_glass(desk: Desk, target: str, reason: str, drafts: Iterable[str] = ()) -> str:
    """Open a record. Raises ``Refusal``: *not-permitted*, *glass-offline*, or *field-empty* on *reason*."""
    acting = _acting(desk)
    if acting is None:
        raise Refusal("not-permitted", f"{desk.me.role.label} cannot break the glass.")
    if not reason.strip():
        raise Refusal("field-empty", "Write why the glass is broken.", "reason")
    if not desk.online():
        raise Refusal("glass-offline", "The line is down, and the hub must be told first. Ring the agency.")
    at = desk.now()
    until = at + timedelta(hours=desk.config().break_glass_hours)
    body = GlassBroken(target=target, reason=reason.strip(), until=until)
    return _keep(desk, body, at, drafts, acting)


def close_overdue(desk: Desk) -> None:
    """Without the line nobody takes back what was opened: once its time is over this desktop does.

    All that came to this person by name goes, and what is still theirs comes back with the line.
    """
    if desk.online():
        return
    me, now = desk.me.person, desk.now()
    entries = desk.cache.entries_of_kinds("access:", GlassBroken.KIND, GlassMended.KIND)
    mended = {entry.body.broken for entry in entries if isinstance(entry.body, GlassMended)}
    if any(
        isinstance(entry.body, GlassBroken) and entry.author == me and entry.body.until <= now
        for entry in entries
        if entry.id not in mended and entry.position is not None
    ):
        desk.tell(desk.cache.forget_audience(f"person:{me}"))


def broken(desk: Desk) -> dict[str, Broken]:
    """Glass that this desk knows to be broken, by the entry that broke it, the first to close first."""
    entries = desk.cache.entries_of_kinds("access:", GlassBroken.KIND, GlassMended.KIND)
    mended = {entry.body.broken for entry in entries if isinstance(entry.body, GlassMended)}
    found = [
        (entry.body.until, entry.id, _told(desk, entry, entry.body))
        for entry in entries
        if isinstance(entry.body, GlassBroken) and entry.id not in mended and entry.body.until > desk.now()
    ]
    return {entry: told for _, entry, told in sorted(found, key=lambda one: one[:2])}


def _told(desk: Desk, entry: Made[Body], body: GlassBroken) -> Broken:
    until = say_moment(body.until, desk.now(), desk.config())
    return Broken(entry.id, body.target, entry.author, desk.name(entry.author), body.reason, until)


def mine(desk: Desk, target: str) -> Broken | None:
    """The glass of this record that this person has broken."""
    me = desk.me.person
    return next((one for one in broken(desk).values() if (one.target, one.person) == (target, me)), None)


def mend(desk: Desk, one: Broken, reason: str, drafts: Iterable[str] = ()) -> str:
    """Governance ends it. Raises ``Refusal``: *field-empty* on *reason*, *not-permitted*."""
    if not reason.strip():
        raise Refusal("field-empty", "Write why it ends now.", "reason")
    body = GlassMended(broken=one.id, target=one.target, person=one.person, reason=reason.strip())
    return _keep(desk, body, desk.now(), drafts, desk.acting(*FAMILY_TABLE[GlassMended.KIND]))


def _keep(
    desk: Desk,
    body: GlassBroken | GlassMended,
    at: datetime,
    drafts: Iterable[str],
    acting: Author | None,
) -> str:
    """One act of the day on which it is made."""
    draft = Draft(f"access:{at:%Y-%m-%d}", body, id=new_id())
    return desk.save([draft], forget_drafts=drafts, acting=acting, made_at=at)


def unseen(desk: Desk) -> int:
    """How often the glass was broken that a governance officer has not looked at."""
    if Role.INFORMATION_GOVERNANCE not in {one.role for one in desk.me.standings}:
        return 0
    entries = desk.cache.entries_of_kinds("access:", GlassBroken.KIND)
    return sum(desk.cache.fact(f"{_SEEN}{entry.id}") is None for entry in entries)


def see(desk: Desk, entry: str) -> None:
    """The officer has looked at it."""
    desk.cache.put_fact(f"{_SEEN}{entry}", b"seen")
    desk.tell(ChangeSet(drafts=frozenset({f"{_SEEN}{entry}"})))
