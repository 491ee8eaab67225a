"""Single values as other systems write them, read or refused with a code and a reason.

Shared by the census, the key file and the intake list. A reason never repeats the value: it goes into a
rejects file that travels back to the sender.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache
from typing import TypeVar
from zoneinfo import ZoneInfo

from mash_desktop.domain.codes import Code, Sex
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.identifiers import check_phone, check_postcode, check_upn
from mash_desktop.domain.partial_date import PartialDate
from mash_desktop.domain.partial_date import parse as parse_partial

C = TypeVar("C", bound=Code)
T = TypeVar("T")


class BadValueError(Exception):
    """A value that cannot be taken: ``code`` is kebab-case, ``reason`` a sentence."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason


@cache
def code_in(codes: type[C]) -> Callable[[str], C]:
    """A reader of one code of a set, capitals or not."""
    by_upper = {code.value.upper(): code for code in codes}

    def read(text: str) -> C:
        found = by_upper.get(text.upper())
        if found is None:
            raise BadValueError(
                "unknown-code", f"This is not one of the {len(by_upper)} codes that are known for it."
            )
        return found

    return read


# xs:date may carry a zone, and exports from databases a midnight; neither says anything of a civil date.
_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T00:00:00(?:\.0+)?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?")


def day(text: str) -> date:
    found = _DAY.fullmatch(text)
    if found is None:
        raise BadValueError("bad-date", "A date is written year-month-day, as in 2026-03-31.")
    try:
        read = date.fromisoformat(found[1])
    except ValueError:
        raise BadValueError("bad-date", "There is no such date in the calendar.") from None
    if not 1900 <= read.year <= 2150:
        raise BadValueError("bad-date", "This is a date of another age.")
    return read


def past_day(today: date) -> Callable[[str], date]:
    """A reader of dates of what has happened: the future is refused."""

    def read(text: str) -> date:
        found = day(text)
        if found > today:
            raise BadValueError("in-the-future", "This is said to have happened on a day that has not come.")
        return found

    return read


def flag(text: str) -> bool:
    if text.lower() in ("true", "1", "yes", "y"):
        return True
    if text.lower() in ("false", "0", "no", "n"):
        return False
    raise BadValueError("bad-yes-or-no", "This is neither yes nor no.")


def count(text: str) -> int:
    if re.fullmatch(r"[0-9]{1,3}", text) is None:
        raise BadValueError("bad-number", "A count is a whole number below 1,000.")
    return int(text)


# GenderCurrent was numbered until 2024; Sex is lettered since 2025, and some systems mix the two.
_SEX = {
    **{"M": Sex.MALE, "F": Sex.FEMALE, "U": Sex.UNKNOWN},
    **{"1": Sex.MALE, "2": Sex.FEMALE, "0": Sex.UNKNOWN, "9": Sex.UNKNOWN},
    **{"MALE": Sex.MALE, "FEMALE": Sex.FEMALE, "UNKNOWN": Sex.UNKNOWN},
}


def sex(text: str) -> Sex:
    found = _SEX.get(text.upper())
    if found is None:
        raise BadValueError("unknown-code", "Sex is M, F or U, or in older returns 1, 2, 0 or 9.")
    return found


def identifier(text: str) -> str:
    """An authority's own number for a child."""
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 ._/-]{0,39}", text) is None:
        raise BadValueError("bad-identifier", "An identifier is up to 40 letters, digits and . _ / - marks.")
    return text


def by_domain(check: Callable[[str], T]) -> Callable[[str], T]:
    """A reader over a check of the domain, whose sentences do not repeat what they are about."""

    def read(text: str) -> T:
        try:
            return check(text)
        except Refusal as refusal:
            raise BadValueError(refusal.code, refusal.sentence) from refusal

    return read


upn = by_domain(check_upn)
postcode = by_domain(check_postcode)
phone = by_domain(check_phone)


def name(text: str) -> str:
    """A forename or surname; what holds no letter is no name."""
    if not any(letter.isalpha() for letter in text):
        raise BadValueError("bad-name", "A name holds at least one letter.")
    return " ".join(text.split())


def words(text: str) -> str:
    """Somebody's account, kept as it was sent but for its line ends."""
    return text.replace("\r\n", "\n")


def area(text: str) -> str:
    if re.fullmatch(r"[EWSN][0-9]{8}", text.upper()) is None:
        raise BadValueError(
            "bad-area", "An area is a GSS code, a letter and eight digits, such as E07000197."
        )
    return text.upper()


def partial(today: date) -> Callable[[str], PartialDate]:
    """A reader of birth dates as people write them: whole, partial, estimated or expected."""

    def read(text: str) -> PartialDate:
        try:
            found = parse_partial(text, today=today)
        except Refusal as refusal:
            raise BadValueError(
                "bad-date", "This does not read as a birth date, such as 3 Apr 2017 or 1988."
            ) from refusal
        if found.earliest() > today and not found.expected:
            raise BadValueError("in-the-future", "A birth date in the future needs the word due before it.")
        return found

    return read


_ISO_MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(Z|[+-][0-9]{2}:[0-9]{2})?"
)
_UK_MOMENT = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4}) ([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)")


def moment(zone: ZoneInfo, now: datetime) -> Callable[[str], datetime]:
    """A reader of a date with its time; without a zone of its own it is the hub's. Gives aware UTC.

    In the hour that comes twice in October the first is meant, since a limit that starts earlier ends
    earlier; a time that the clocks skip in March is refused.
    """

    def read(text: str) -> datetime:
        if found := _ISO_MOMENT.fullmatch(text):
            iso = f"{found[1]}T{found[2]}{found[3] or ''}"
        elif found := _UK_MOMENT.fullmatch(text):
            iso = f"{found[3]}-{found[2]}-{found[1]}T{found[4]}"
        else:
            raise BadValueError("bad-time", "A time is written 2026-11-03 21:14 or 03/11/2026 21:14.")
        try:
            local = datetime.fromisoformat(iso)
            utc = (local if local.tzinfo else local.replace(tzinfo=zone)).astimezone(UTC)
        except (ValueError, OverflowError):
            raise BadValueError("bad-time", "There is no such time.") from None
        if local.tzinfo is None and utc.astimezone(zone).replace(tzinfo=None) != local:
            raise BadValueError("bad-time", "The clocks skip this time in spring.")
        if utc > now:
            raise BadValueError(
                "in-the-future", "A contact cannot have been received at a time that has not come."
            )
        if utc.year < 2000:
            raise BadValueError("bad-time", "A contact received before 2000 is not a new contact.")
        return utc

    return read
