"""The one judge of an entry or an act: permission, chain, reliance, then the rule of its kind."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from ..acts import Author
from ..configuration import HubConfig
from ..entries import Body, Made, Unread
from ..entries.contact import ContactOpened
from ..entries.outcome import EntryWithdrawn
from ..fold.referral import Referral, fold
from ..permissions import may, relations
from ..verdict import YES, Verdict, no, unknown
from . import contact, decision, gathering, outcome, table, triage
from .situation import RULES, Situation

__all__ = ["RULES", "Situation", "judge", "judge_act"]

_ROOMS = (contact, triage, gathering, table, decision, outcome)

CLOCK_TOLERANCE = timedelta(minutes=5)
"""How far ahead of the store an author's clock may be before the future is refused."""


def judge(situation: Situation, entry: Made[Body]) -> Verdict:
    """Whether this entry may be made now, on this fold."""
    referral, author = situation.referral, situation.author
    if isinstance(entry.body, Unread):
        return no(
            "kind-unknown", "This hub does not know that kind of entry. Bring the hub up to date first."
        )
    if referral.read_only:
        return no(
            "made-by-newer", "A newer version has moved this referral on. Bring this program up to date."
        )
    if entry.made_at > situation.now + CLOCK_TOLERANCE:
        return no(
            "from-the-future", "This was made by a clock that is ahead. Set the computer's clock right."
        )
    # Governance withdraws what was misfiled in a referral of which it holds nothing.
    begins = isinstance(entry.body, ContactOpened) or (
        isinstance(entry.body, EntryWithdrawn) and not referral.whole
    )
    if (not referral.entries and not begins) or (
        referral.entries and referral.opened is None and referral.whole
    ):
        return no("not-opened", "This referral was never opened.")
    permitted = may(
        entry.kind, author.role, relations(referral, author.agency, situation.config), referral.stage
    )
    if not permitted:
        refusal = no(
            "not-permitted",
            f"{author.role.label} cannot do this here: the referral is at *{referral.stage.label.lower()}*.",
        )
        if referral.whole:
            return refusal
        return unknown(refusal.code, refusal.sentence) if referral.opened is None else refusal
    return situation.first_no(_chain(situation, entry), _reliance(situation, entry), _own(situation, entry))


def _chain(situation: Situation, entry: Made[Body]) -> Verdict:
    """A guarded entry names the last of its chain that its author had seen."""
    if entry.guard != entry.body.guard:
        return no("guard-wrong", "The chain that this entry names is not the one its kind moves.")
    if entry.guard is None:
        return YES if entry.base is None else no("guard-wrong", "A free entry names no base.")
    last = situation.referral.chains.get(entry.guard)
    if entry.base == last:
        return YES
    if last is None and not situation.referral.whole:
        return unknown("chain-unseen", "Whether someone moved first cannot be known here.")
    return no(
        "moved-on", "Someone else moved this on first. Look at what they did, then do it again or let it go."
    )


def _reliance(situation: Situation, entry: Made[Body]) -> Verdict:
    """What an entry relies on must stand: neither withdrawn nor superseded."""
    for relied in entry.relies_on:
        found = situation.referral.get(relied)
        if found is None:
            return situation.absent("evidence-gone", "Something this rests on was withdrawn.", "relies_on")
        if found.guard is not None and situation.referral.chains[found.guard] != relied:
            return no("evidence-superseded", "Something this rests on has been replaced since.", "relies_on")
    return YES


def _own(situation: Situation, entry: Made[Body]) -> Verdict:
    check = RULES.get(type(entry.body))
    return check(situation, entry) if check else YES


def judge_act(
    author: Author,
    entries: Iterable[Made[Body]],
    referral: Referral,
    config: HubConfig,
    now: datetime,
) -> tuple[Verdict, Referral]:
    """Judge the entries of one act on one referral, each on the fold that the ones before it make.

    Returns the first verdict that is not *yes* (a *no* before a *cannot be known*), and the fold after.
    """
    verdict = YES
    for entry in entries:
        here = judge(Situation(author, referral, config, now), entry)
        if here.answer == "no":
            return here, referral
        if verdict and not here:
            verdict = here
        referral = fold([*referral.entries, entry], referral.timeline, whole=referral.whole)
    return verdict, referral
