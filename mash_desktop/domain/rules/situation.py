"""What a rule may look at: the author, the entry, the fold before it, and the configuration in force."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, TypeVar, cast

import msgspec

from ..acts import Author
from ..configuration import HubConfig
from ..entries import Body, Made
from ..errors import Refusal
from ..fold.referral import Referral
from ..verdict import YES, Verdict, no, unknown

CLOCK_TOLERANCE = timedelta(minutes=5)
"""How far ahead of the store an author's clock may be before the future is refused."""

EVIDENCE_GONE = no("evidence-gone", "Something this rests on was withdrawn.", "relies_on")


class Situation(msgspec.Struct, frozen=True):
    """``now`` is when the judge looks (UTC): the store's clock at admission.

    ``unseen`` are those of the referral's entries, among what the entry judged rests on, that its author may
    not see: where all is held, as on the store, they are to be to this author as if they were not there.
    """

    author: Author
    referral: Referral
    config: HubConfig
    now: datetime
    unseen: frozenset[str] = frozenset()

    @property
    def today(self) -> date:
        """The day it is at the hub."""
        return self.config.day(self.now)

    def first_no(self, *verdicts: Verdict) -> Verdict:
        """The first *no*; else the first *cannot be known*; else *yes*."""
        for wanted in ("no", "unknown"):
            for verdict in verdicts:
                if verdict.answer == wanted:
                    return verdict
        return YES

    def absent(self, code: str, sentence: str, field: str | None = None) -> Verdict:
        """Something needed is not in the fold: *no* where all is held, else *cannot be known here*."""
        if self.referral.whole:
            return no(code, sentence, field)
        return unknown(code, f"{sentence} This desk does not hold all of the referral; the hub will say.")

    def subjects_known(self, subjects: tuple[str, ...], field: str) -> Verdict:
        """Every subject named is one of the referral's."""
        if all(subject in self.referral.subjects for subject in subjects):
            return YES
        return self.absent("subject-unknown", "A person named here is not in this referral.", field)

    def member(self, agency: str, field: str) -> Verdict:
        """The agency is one that the hub has, and a member of it today."""
        found = next((one for one in self.config.agencies if one.id == agency), None)
        if found is None:
            return no("unknown-agency", "This hub has no agency of that name.", field)
        if found.holds(self.today):
            return YES
        return no("agency-not-member", f"{found.name} is not a member of this hub now.", field)

    def agencies_known(self, agencies: tuple[str, ...], field: str) -> Verdict:
        """Every agency named is one that the hub has or had."""
        known = {one.id for one in self.config.agencies}
        if known.issuperset(agencies):
            return YES
        return no("unknown-agency", "This hub has no agency of that name.", field)

    def not_future(self, at: datetime, field: str) -> Verdict:
        """What is said to have happened has happened, by a clock that may be a little ahead."""
        if at <= self.now + CLOCK_TOLERANCE:
            return YES
        return no("from-the-future", "That has not happened yet. Look at the day and the time.", field)

    def stands(self, relied: tuple[str, ...]) -> Verdict:
        """What is relied on must stand: neither withdrawn nor superseded."""
        for one in relied:
            found = self.referral.get(one) if one not in self.unseen else None
            if found is None:
                return self.absent(EVIDENCE_GONE.code, EVIDENCE_GONE.sentence, EVIDENCE_GONE.field)
            last = found.guard and self.referral.chains[found.guard]
            if (last or (self.referral.told(found.body) or found).id) != one:
                return no(
                    "evidence-superseded", "Something this rests on has been replaced since.", "relies_on"
                )
        return YES

    @property
    def decision_maker(self) -> Verdict:
        """The owning agency's decision maker for the cohort: the role; the table has seen to the agency."""
        cohort = self.referral.cohort
        if cohort is None:
            return self.absent("not-opened", "The cohort of this referral is not known.")
        if self.author.role in self.config.decision_makers(cohort):
            return YES
        return no("not-decision-maker", "Only the owning agency's decision maker for this cohort does this.")


Rule = Callable[[Situation, Made[Any]], Verdict]
RULES: dict[type[Body], Rule] = {}

B = TypeVar("B", bound=Body)


def rule(
    body: type[B],
) -> Callable[[Callable[[Situation, Made[B]], Verdict]], Callable[[Situation, Made[B]], Verdict]]:
    """Register a function as the rule of the body's kind."""

    def register(check: Callable[[Situation, Made[B]], Verdict]) -> Callable[[Situation, Made[B]], Verdict]:
        RULES[body] = cast(Rule, check)
        return check

    return register


def refused(check: Callable[[], object], field: str | None = None) -> Verdict:
    """*no* with the words of the ``Refusal`` that ``check`` raises, if it raises one."""
    try:
        check()
    except Refusal as refusal:
        return no(refusal.code, refusal.sentence, field or refusal.field)
    return YES


def filled(text: str, field: str, what: str) -> Verdict:
    """*no* unless something other than white space was written."""
    if text.strip():
        return YES
    return no("field-empty", f"Write {what}.", field)
