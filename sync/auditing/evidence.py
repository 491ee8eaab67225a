"""The answer of an audit, which proves itself: what was asked, and the accesses that answer it.

What is proven is in ``proving``; here, that it is an answer to what was asked.
"""

from __future__ import annotations

from datetime import date

import msgspec

from .. import protocol
from ..proving import Checked, Proof, wrong
from ..proving import check as check_proof
from .trail import at, concerns


class Question(msgspec.Struct, frozen=True):
    """What was asked: about whom, from and to which day (both included), and words looked for in searches."""

    person: str
    since: date
    until: date
    terms: tuple[str, ...] = ()


class Evidence(Proof, frozen=True, kw_only=True, omit_defaults=True):
    """``entries`` are the answer. ``about`` is by what the store said that accesses name the person. What an
    agency took out was not asked: it has neither."""

    asked: Question | None = None
    about: protocol.AboutFound = protocol.AboutFound()


def check(
    evidence: Evidence, trusted: bytes | None = None, handed_on: protocol.StoreKeys | None = None
) -> Checked:
    """Check every proof, and that each entry answers. Raises as ``proving.check`` does."""
    checked, asked = check_proof(evidence, trusted, handed_on), evidence.asked
    if asked is None:
        return checked
    for entry in checked.entries:
        day = checked.directory.timeline.at(None).day(at(entry))
        if not (concerns(entry, evidence.about, asked.terms) and asked.since <= day <= asked.until):
            raise wrong(entry.position or 0, "It is no answer to what was asked.")
    return checked
