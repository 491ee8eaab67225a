"""The one judge of an entry or an act: permission, chain, reliance, then the rule of its kind."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ..acts import Author
from ..configuration import HubConfig
from ..entries import Body, Made, Unread
from ..entries.contact import ContactOpened
from ..fold.referral import Referral
from ..permissions import may, relations
from ..verdict import YES, Verdict, no, unknown
from . import contact, decision, gathering, outcome, table, triage
from .situation import CLOCK_TOLERANCE, RULES, Situation

__all__ = ["CLOCK_TOLERANCE", "RULES", "Situation", "judge", "judge_act"]

_ROOMS = (contact, triage, gathering, table, decision, outcome)


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
    if entry.body.FAMILY != "referral":
        return no("stream-wrong", "An entry of this kind belongs to another stream than a referral's.")
    if referral.whole and referral.opened is None and not isinstance(entry.body, ContactOpened):
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
    return situation.first_no(
        _chain(situation, entry),
        situation.stands(entry.relies_on),
        _after_signing(situation, entry),
        _own(situation, entry),
    )


def _chain(situation: Situation, entry: Made[Body]) -> Verdict:
    """A guarded entry names the last of its chain that its author had seen."""
    if entry.guard != entry.body.guard:
        return no("guard-wrong", "The chain that this entry names is not the one its kind moves.")
    if entry.guard is None:
        return YES if entry.base is None else no("guard-wrong", "A free entry names no base.")
    last = situation.referral.chains.get(entry.guard)
    if entry.base == last:
        return YES
    if not situation.referral.whole and (entry.base is None or situation.referral.get(entry.base) is None):
        return unknown("chain-unseen", "Whether someone moved first cannot be known here.")
    return no(
        "moved-on", "Someone else moved this on first. Look at what they did, then do it again or let it go."
    )


def _after_signing(situation: Situation, entry: Made[Body]) -> Verdict:
    """What was told before the signature is not told anew after it: an amendment is a new entry."""
    if situation.referral.signed is None or situation.referral.told(entry.body) is None:
        return YES
    return no("signed-off", "The decision is signed. What it rests on is no longer changed, only added to.")


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
        referral = referral.then(entry)
    return verdict, referral
