"""Rules of disposal: two people, no legal hold, due under the schedule or with a reason of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, cast

import msgspec

from ..acts import Author
from ..entries import Body, Made
from ..entries.contact import AddressRecorded
from ..entries.identity import IdentityNotSame, IdentityUnlinked, MarkerCleared, MarkerSet
from ..entries.keeping import (
    DisposalAgreed,
    DisposalDeclined,
    DisposalProposed,
    HoldLifted,
    HoldSet,
    Keeping,
)
from ..entries.outcome import EntryWithdrawn
from ..fold.keeping import Kept, keeping_of
from ..fold.referral import standing
from ..retention import Due
from ..verdict import YES, Verdict, no
from .situation import filled


class Target(msgspec.Struct, frozen=True):
    """The stream that is to be disposed of, as who holds all of it knows it."""

    entries: tuple[Made[Body], ...]
    due: Due | None
    today: date
    stub: bool = False
    """Its keys are destroyed already: by a restore, which disposes again before the log says why."""
    bound: bool = False
    """An identity that is linked with a referral, or whose markers protect somebody."""
    going_on: bool = False
    """A day of accesses that is not over: whoever works is still logged there."""


def judge_keeping(author: Author, entry: Made[Body], kept: Kept, target: Target | None) -> Verdict:
    """Whether this may be decided now. Without ``target`` what only the store can know is not asked."""
    body = entry.body
    if not isinstance(body, Keeping) or entry.stream != keeping_of(body.target):
        return no("stream-wrong", "What is decided about keeping a record belongs to that record.")
    if target is not None and not target.entries:
        return no("target-unknown", "There is no such record in this hub.", "target")
    return _RULES[type(body)](author, entry, kept, target)


def _proposed(author: Author, entry: Made[DisposalProposed], kept: Kept, target: Target | None) -> Verdict:
    body = entry.body
    free = _free(kept, body.entry, target)
    if not free:
        return free
    if kept.proposed(body.entry):
        return no("proposed-already", "Its disposal has been proposed already. A second person agrees to it.")
    if not body.record:
        grounded = filled(body.reason, "reason", "why it is disposed of outside the schedule")
        return grounded if not grounded else _one(body.entry, target)
    if body.entry is not None:
        return no(
            "record-whole", "The schedule is about whole records. Give the reason for one entry.", "record"
        )
    if target is None or target.stub:
        return YES
    due = target.due
    if due is None or due.row.record != body.record or due.on > target.today:
        return no("not-due", "It is not due under the retention schedule.", "record")
    return YES


def _one(entry: str | None, target: Target | None) -> Verdict:
    """One entry can go only where no chain rests on it, and nobody would then be given what it keeps back."""
    if entry is None or target is None:
        return YES
    found = next((one for one in target.entries if one.id == entry), None)
    if found is None:
        return no("entry-unknown", "There is no such entry in that record.", "entry")
    if found.guard is not None:
        return no("chain-entry", "This entry moved the referral on: it goes with the whole of it.", "entry")
    if isinstance(found.body, _PROTECTING) or _hides(found, target):
        return no(
            "protects", "This entry takes back or protects another: it goes with the whole record.", "entry"
        )
    return YES


_PROTECTING = (EntryWithdrawn, IdentityUnlinked, IdentityNotSame, MarkerCleared, MarkerSet)


def _hides(found: Made[Body], target: Target) -> bool:
    """Whether it suppresses an address of which an earlier word, in clear, would be the latest again."""
    body = found.body
    if not isinstance(body, AddressRecorded) or not body.suppressed:
        return False
    return any(
        isinstance(one.body, AddressRecorded)
        and one.body.address == body.address
        and one.made_order < found.made_order
        for one in standing(target.entries)
    )


def _agreed(author: Author, entry: Made[DisposalAgreed], kept: Kept, target: Target | None) -> Verdict:
    proposal = kept.proposals.get(entry.body.proposal)
    if proposal is None or proposal.body.entry != entry.body.entry:
        return no("proposal-unknown", "That proposal is not there, or not open any more.", "proposal")
    if proposal.author == author.person:
        return no("second-person", "You proposed it. Somebody else agrees to it.", "proposal")
    return _free(kept, entry.body.entry, target)


def _declined(author: Author, entry: Made[DisposalDeclined], kept: Kept, target: Target | None) -> Verdict:
    if entry.body.proposal not in kept.proposals:
        return no("proposal-unknown", "That proposal is not there, or not open any more.", "proposal")
    return filled(entry.body.reason, "reason", "why it is kept")


def _held(author: Author, entry: Made[HoldSet], kept: Kept, target: Target | None) -> Verdict:
    if kept.gone(None):
        return no("disposed", "It has been disposed of already.", "target")
    return filled(entry.body.reason, "reason", "why it has to be kept")


def _lifted(author: Author, entry: Made[HoldLifted], kept: Kept, target: Target | None) -> Verdict:
    if entry.body.hold not in kept.holds:
        return no("hold-unknown", "There is no such hold in force.", "hold")
    return filled(entry.body.reason, "reason", "why the hold is lifted")


def _free(kept: Kept, entry: str | None, target: Target | None) -> Verdict:
    if kept.gone(entry):
        return no("disposed", "It has been disposed of already.", "target")
    if target is not None and target.bound:
        return no("still-linked", "It is linked with a referral or carries a marker, and is kept with them.")
    if target is not None and target.going_on and entry is None:
        return no("day-going-on", "This day is not over: accesses are still logged there.", "target")
    if kept.holds:
        return no("on-hold", "A legal hold keeps it. Lift the hold first, if it is over.", "target")
    return YES


_RULES = cast(
    "dict[type[Body], Callable[[Author, Made[Any], Kept, Target | None], Verdict]]",
    {
        DisposalProposed: _proposed,
        DisposalAgreed: _agreed,
        DisposalDeclined: _declined,
        HoldSet: _held,
        HoldLifted: _lifted,
    },
)
