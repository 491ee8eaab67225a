"""What a rule may look at: the author, the entry, the fold before it, and the configuration in force."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar, cast

import msgspec

from ..acts import Author
from ..configuration import HubConfig
from ..entries import Body, Made
from ..fold.referral import Referral
from ..verdict import YES, Verdict, no, unknown


class Situation(msgspec.Struct, frozen=True):
    """``now`` is when the judge looks (UTC): the store's clock at admission."""

    author: Author
    referral: Referral
    config: HubConfig
    now: datetime

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


def filled(text: str, field: str, what: str) -> Verdict:
    """*no* unless something other than white space was written."""
    if text.strip():
        return YES
    return no("field-empty", f"Write {what}.", field)
