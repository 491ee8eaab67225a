"""What is compared and what comes of it.

Values only. ``PersonFacts`` is what one source says of one person; it is not a record of the person, and
nothing here is ever stored.
"""

from __future__ import annotations

import msgspec

from mash_desktop.domain.codes import Code, Sex
from mash_desktop.domain.partial_date import PartialDate


class Residence(msgspec.Struct, frozen=True):
    """An address over time. A suppressed one is left out by the caller: comparing it would betray it."""

    line: str
    postcode: str = ""
    lived_from: PartialDate | None = None
    lived_to: PartialDate | None = None
    uprn: str | None = None


class PersonFacts(msgspec.Struct, frozen=True):
    """One person as told. An alias is a name as said: ``Lizzie``, ``Elizabeth Hughes``."""

    forenames: str = ""
    surname: str = ""
    aliases: tuple[str, ...] = ()
    birth: PartialDate | None = None
    sex: Sex | None = None
    nhs_number: str | None = None
    upn: str | None = None
    addresses: tuple[Residence, ...] = ()
    school: str = ""


class Band(Code):
    """How a match is shown. People decide; nothing is linked by itself."""

    VERY_LIKELY = "very_likely", "very likely"
    LIKELY = "likely", "likely"
    POSSIBLE = "possible", "possible"
    UNLIKELY = "unlikely", "unlikely"


class Match(msgspec.Struct, frozen=True):
    """``score`` in bits of evidence, the band it falls in, and the reasons in words."""

    score: float
    band: Band
    reasons: tuple[str, ...]

    def say(self) -> str:
        """``same birth date and surname; middle name added; lived at 14 Mill Lane in 2025``."""
        return "; ".join(self.reasons)
