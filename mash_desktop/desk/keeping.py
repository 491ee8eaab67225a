"""What governance decides about keeping records: what is due, what waits for a second person, what is gone.

The hub says what is due; what has been decided is held here. No words of a case are shown or needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Future

import msgspec

from sync.protocol import DueAsked, DueFound, DueRecord

from ..domain.entries import Body
from ..domain.entries.access import PurgeConfirmed, RecordViewed
from ..domain.entries.keeping import (
    DisposalAgreed,
    DisposalDeclined,
    DisposalProposed,
    HoldLifted,
    HoldSet,
)
from ..domain.errors import Refusal
from ..domain.fold import fold_keeping
from ..domain.fold.keeping import PREFIX, Kept, keeping_of
from ..domain.permissions import FAMILY_TABLE
from .desk import Desk
from .governance import entry_number, find_target, standing_of
from .wording import counted, say_day, say_moment

DUE, PROPOSED, HELD, GONE = "due", "proposed", "held", "disposed of"


class Line(msgspec.Struct, frozen=True):
    """One thing about one record. ``decision`` is the entry that proposed, held or disposed."""

    key: str
    target: str
    about: str
    state: str
    what: str
    since: str
    who: str = ""
    reason: str = ""
    record: str = ""
    entry: str | None = None
    decision: str = ""
    mine: bool = False
    receipts: str = ""


def ask_due(desk: Desk, after: int = 0) -> Future[DueFound]:
    """Ask the hub what is due, from where an earlier answer ended. Raises ``Refusal`` (*not-connected*)."""
    if desk.store_due is None:
        raise Refusal("not-connected", "The hub says what is due once this desk is connected to it.")
    return desk.store_due(DueAsked(standing=standing_of(desk), after=after))


def lines(desk: Desk, due: Sequence[DueRecord] = ()) -> tuple[Line, ...]:
    """What is to be decided, then what is held, then what is gone; each the longest standing first."""
    found: list[Line] = []
    taken: set[str] = set()
    for stream in desk.cache.streams(PREFIX):
        target = stream.removeprefix(PREFIX)
        mine = _of_record(desk, target)
        found += mine
        taken.update(line.target for line in mine if line.entry is None)
    found += [
        Line(
            f"due/{one.target}",
            one.target,
            one.reference or _words(desk, one.target),
            DUE,
            f"{one.label}: {one.action.lower()}",
            say_day(one.on),
            record=one.record,
        )
        for one in due
        if one.target not in taken
    ]
    order = (PROPOSED, DUE, HELD, GONE)
    return tuple(sorted(found, key=lambda line: order.index(line.state)))


def count_waiting(desk: Desk, due: Sequence[DueRecord] = ()) -> int:
    """How many of ``lines`` wait for somebody, without reading the trail for their words."""
    kept = {
        stream.removeprefix(PREFIX): fold_keeping(desk.cache.entries(stream))
        for stream in desk.cache.streams(PREFIX)
    }
    proposed = sum(len(one.proposals) for one in kept.values())
    return proposed + sum(not _decided(kept.get(one.target, Kept())) for one in due)


def _decided(kept: Kept) -> bool:
    """Whether all of the record is proposed, held or gone: it is not listed as due beside that."""
    return bool(kept.holds) or kept.proposed(None) or any(one.body.entry is None for one in kept.agreed)


def _of_record(desk: Desk, target: str) -> list[Line]:
    kept = fold_keeping(desk.cache.entries(keeping_of(target)))
    about, config, now = _words(desk, target), desk.config(), desk.now()
    labels = {row.record: row.label for row in config.retention}
    found = []
    for made in kept.proposals.values():
        body = made.body
        what = labels.get(body.record, body.record) if body.record else _extent(body.entry)
        found.append(
            Line(
                made.id,
                target,
                about,
                PROPOSED,
                what,
                say_moment(made.made_at, now, config),
                desk.name(made.author),
                body.reason,
                body.record,
                body.entry,
                made.id,
                mine=made.author == desk.me.person,
            )
        )
    for held in kept.holds.values():
        when = say_moment(held.made_at, now, config)
        who, why = desk.name(held.author), held.body.reason
        found.append(Line(held.id, target, about, HELD, "Legal hold", when, who, why, decision=held.id))
    for gone in kept.agreed:
        when, who = say_moment(gone.made_at, now, config), desk.name(gone.author)
        what, receipts = _extent(gone.body.entry), _receipts(desk, gone.id)
        found.append(
            Line(
                gone.id,
                target,
                about,
                GONE,
                what,
                when,
                who,
                entry=gone.body.entry,
                decision=gone.id,
                receipts=receipts,
            )
        )
    return found


def _extent(entry: str | None) -> str:
    return "All of it" if entry is None else f"Entry …{entry[-6:]}"


def _receipts(desk: Desk, disposal: str) -> str:
    """*3 desks have purged it.*"""
    said = desk.cache.entries_naming("access:", disposal)
    keys = {one.key for one in said if isinstance(one.body, PurgeConfirmed) and one.body.disposal == disposal}
    return f"{counted(len(keys), 'desk has', 'desks have')} purged it" if keys else "No desk has told yet"


def _words(desk: Desk, target: str) -> str:
    """What people call it, as far as the trail says; else what it is and the end of its number."""
    for entry in desk.cache.entries_naming("access:", target):
        if isinstance(entry.body, RecordViewed) and entry.body.target == target and entry.body.reference:
            return entry.body.reference
    family, _, tail = target.partition(":")
    kinds = {"referral": f"referral …{tail[-6:]}", "identity": f"earlier history …{tail[-6:]}"}
    return kinds.get(family, f"audit trail of {tail}")


def _decide(desk: Desk, target: str, body: Body, drafts: Iterable[str]) -> str:
    acting = desk.acting(*FAMILY_TABLE[body.KIND])
    return desk.act(keeping_of(target), body, forget_drafts=drafts, acting=acting)


def propose(
    desk: Desk, typed: str, entry: str, reason: str, record: str = "", drafts: Iterable[str] = ()
) -> str:
    """Propose a disposal. Raises ``Refusal`` on the field at fault."""
    target = typed.strip() if typed.strip().startswith("access:") else find_target(desk, typed)
    one = str(entry_number(entry) or entry.strip()) or None
    body = DisposalProposed(target=target, entry=one, record=record, reason=reason.strip())
    return _decide(desk, target, body, drafts)


def agree(desk: Desk, line: Line, drafts: Iterable[str] = ()) -> str:
    """Agree to somebody else's proposal: what it names is gone once the hub admits this."""
    body = DisposalAgreed(target=line.target, proposal=line.decision, entry=line.entry)
    return _decide(desk, line.target, body, drafts)


def decline(desk: Desk, line: Line, reason: str, drafts: Iterable[str] = ()) -> str:
    body = DisposalDeclined(target=line.target, proposal=line.decision, reason=reason.strip())
    return _decide(desk, line.target, body, drafts)


def hold(desk: Desk, line: Line, reason: str, drafts: Iterable[str] = ()) -> str:
    body = HoldSet(target=line.target, reason=reason.strip())
    return _decide(desk, line.target, body, drafts)


def lift(desk: Desk, line: Line, reason: str, drafts: Iterable[str] = ()) -> str:
    body = HoldLifted(target=line.target, hold=line.decision, reason=reason.strip())
    return _decide(desk, line.target, body, drafts)
