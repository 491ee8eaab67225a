"""Referrals before and after this one: a repeat, a duplicate, or about somebody linked as the same."""

from __future__ import annotations

import msgspec

from ...domain.entries.contact import DuplicateNamed
from ...domain.fold.people import household_name
from ..desk import Desk
from ..telling import Teller
from ..wording import local, say_day


class Link(msgspec.Struct, frozen=True):
    """One other referral. ``held`` says that this desk can open it."""

    stream: str
    reference: str
    who: str
    why: str
    when: str
    stage: str
    held: bool


def links(desk: Desk, stream: str) -> tuple[Link, ...]:
    """Linked referrals, the latest first; those not held here are named as such and cannot be opened."""
    referral = desk.referral(stream)
    teller = Teller(desk, referral)
    why: dict[str, str] = {}
    if referral.opened is not None and referral.opened.body.previous:
        why[referral.opened.body.previous] = "this one repeats it"
    duplicate = referral.last(DuplicateNamed)
    if duplicate is not None:
        why[duplicate.body.of] = "this one is a duplicate of it"
    for identity in desk.cache.linked_identities(stream):
        mine = [subject for other, subject in sorted(identity.linked) if other == stream]
        for other, _ in sorted(identity.linked):
            if other != stream:
                why.setdefault(other, f"also about {teller.subjects(mine)}")
    found = [_link(desk, other, words) for other, words in why.items()]
    return tuple(sorted(found, key=lambda one: (one.held, one.reference), reverse=True))


def _link(desk: Desk, stream: str, why: str) -> Link:
    referral = desk.referral(stream)
    if not referral.entries:
        return Link(stream, "", "A referral that this desk does not hold", why, "", "", False)
    received = referral.received_at
    when = say_day(local(received, desk.config()).date()) if received is not None else ""
    return Link(
        stream,
        referral.reference or "not sent yet",
        household_name(referral),
        why,
        when,
        referral.stage.label,
        True,
    )
