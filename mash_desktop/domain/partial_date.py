"""Dates of birth and of incidents: civil dates that may be partial, estimated or only expected.

For what people say about dates, typed at phone speed. Not for moments in time (those are aware datetimes
in UTC) and not for deadlines (``working_time``).
"""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

import msgspec

from mash_desktop.domain.errors import Refusal

FIRST_YEAR, LAST_YEAR = 1850, 2150

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec")
_MONTH_BY_START = {name[:3].lower(): number for number, name in enumerate(_MONTHS, 1)}

# How far an estimate may be out, by how precisely it was given. An adult's age guessed by a stranger is
# commonly two years out; a month or a day remembered wrongly is seldom more than one month out.
_SLACK_DAYS = {"year": 2 * 366, "month": 31, "day": 31}


class PartialDate(msgspec.Struct, frozen=True, omit_defaults=True):
    """A year, perhaps a month, perhaps a day.

    ``estimated``: whoever gave it was not sure. ``expected``: the birth date of an unborn child. Raises
    ``ValueError`` when the parts are not in the calendar.
    """

    year: int
    month: int | None = None
    day: int | None = None
    estimated: bool = False
    expected: bool = False

    def __post_init__(self) -> None:
        if self.day is not None and self.month is None:
            raise ValueError("a day needs its month")
        if not FIRST_YEAR <= self.year <= LAST_YEAR:
            raise ValueError(f"the year {self.year} is outside {FIRST_YEAR} to {LAST_YEAR}")
        try:
            date(self.year, 1 if self.month is None else self.month, 1 if self.day is None else self.day)
        except OverflowError as error:
            # A number so large is no ValueError to the calendar, and would be nobody's refusal.
            raise ValueError("the month or the day is not in the calendar") from error

    @classmethod
    def of(cls, day: date) -> PartialDate:
        return cls(day.year, day.month, day.day)

    @property
    def precision(self) -> str:
        """``year``, ``month`` or ``day``."""
        if self.month is None:
            return "year"
        return "month" if self.day is None else "day"

    @property
    def is_exact(self) -> bool:
        """Known to the day, not estimated, already past being expected."""
        return self.day is not None and not (self.estimated or self.expected)

    def earliest(self) -> date:
        """First day that the words cover; an estimate is taken at its word."""
        return date(self.year, self.month or 1, self.day or 1)

    def latest(self) -> date:
        """Last day that the words cover."""
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    @property
    def order_key(self) -> tuple[int, int, int, bool, bool]:
        """Sorts a chronology: the vaguer first within the same span."""
        return (self.year, self.month or 0, self.day or 0, self.estimated, self.expected)

    def could_be(self, other: PartialDate) -> bool:
        """Whether both may mean the same day, estimates given their usual slack."""
        mine, theirs = self._span(), other._span()
        return mine[0] <= theirs[1] and theirs[0] <= mine[1]

    def is_same_day(self, other: PartialDate) -> bool:
        """Whether both are exact and equal: the only way two dates are known to agree."""
        return self.is_exact and other.is_exact and self.earliest() == other.earliest()

    def _span(self) -> tuple[date, date]:
        slack = timedelta(days=_SLACK_DAYS[self.precision] if self.estimated or self.expected else 0)
        return self.earliest() - slack, self.latest() + slack

    def age_on(self, day: date) -> tuple[int, int] | None:
        """Least and greatest whole years of age on ``day``; None for the unborn."""
        if self.expected or self.earliest() > day:
            return None
        return _whole_years(min(self.latest(), day), day), _whole_years(self.earliest(), day)

    def say_age(self, day: date) -> str:
        """``9``, ``37 or 38``, ``about 38``, ``5 months``, ``unborn``."""
        ages = self.age_on(day)
        if ages is None:
            return "unborn" if self.expected else ""
        least, greatest = ages
        if self.estimated:
            return f"about {greatest}"
        if least != greatest:
            return f"{least} or {greatest}"
        if self.day is not None and greatest < 2:
            born = self.earliest()
            months = (day.year - born.year) * 12 + day.month - born.month - (day.day < born.day)
            if months == 0:
                days = (day - born).days
                return f"{days} day{'' if days == 1 else 's'}"
            return f"{months} month{'' if months == 1 else 's'}"
        return str(greatest)

    def display(self) -> str:
        """``3 Apr 2017``, ``Apr 2017``, ``c. Sept 2026``, ``1988, estimated``, ``due 14 Feb 2027``."""
        due = "due " if self.expected else ""
        if self.month is None:
            return f"{due}{self.year}{', estimated' if self.estimated else ''}"
        circa = "c. " if self.estimated else ""
        day = "" if self.day is None else f"{self.day} "
        return f"{due}{circa}{day}{_MONTHS[self.month - 1]} {self.year}"

    def compact(self) -> str:
        """One string for keys, files and indexes: ``2017-04-03``, ``2017-04``, ``2026-09~``, ``due 2027-02``.

        ISO 8601 with its part 2's tilde for *approximate*; *due* is ours, since no standard has it.
        """
        parts = [f"{self.year:04}"]
        if self.month is not None:
            parts.append(f"{self.month:02}")
        if self.day is not None:
            parts.append(f"{self.day:02}")
        return ("due " if self.expected else "") + "-".join(parts) + ("~" if self.estimated else "")

    @classmethod
    def from_compact(cls, text: str) -> PartialDate:
        """The inverse of ``compact``; raises ``Refusal`` for anything else."""
        found = _COMPACT.fullmatch(text)
        if found is None:
            raise _not_understood("date")
        return _build("date", found["y"], found["m"], found["d"], bool(found["est"]), bool(found["due"]))


def _whole_years(born: date, day: date) -> int:
    # Someone born on 29 February comes of age on 1 March in other years, as comparing the pairs gives.
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


# --- what people type ---

_COMPACT = re.compile(r"(?P<due>due )?(?P<y>\d{4})(-(?P<m>\d\d)(-(?P<d>\d\d))?)?(?P<est>~)?")

_ESTIMATED = re.compile(
    r"(?:^|(?<=[\s(,]))(?:c\.?|ca\.|circa|about|around|roughly|approx(?:imately)?\.?|est(?:imated)?\.?)(?=[\s\d),]|$)"
    r"|[~?]"
)
_EXPECTED = re.compile(r"(?:^|(?<=[\s(,]))(?:due|edd|expected|exp\.?|unborn)(?=[\s\d:),]|$):?")
BORN = re.compile(r"\b(?:d\.?\s?o\.?\s?b\.?|date of birth|born(?:\s+on)?)(?![a-z])[\s.:,=-]*", re.IGNORECASE)
"""What is said before a birth date to say that it is one."""
_WEEKDAY = re.compile(r"\b(?:mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?|sun)(?:day)?\b,?\s*")

_AGE = re.compile(r"age[d:]?\s*(?P<age>\d{1,3})|(?P<age2>\d{1,3})\s*(?:y|yrs?|years?)(?:\s*old)?")
_MON = (
    r"(?P<mon>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_FORMS = tuple(
    re.compile(form)
    for form in (
        r"(?P<y>\d{4})(?:[-/.](?P<m>\d{1,2})(?:[-/.](?P<d>\d{1,2}))?)?",
        r"(?P<d>\d{1,2})[\s./-]+(?P<m>\d{1,2})[\s./-]+(?P<y>\d{4}|\d{2})",
        r"(?P<m>\d{1,2})[./-](?P<y>\d{4})",
        rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?[\s./-]*{_MON},?[\s./-]*(?P<y>\d{{4}}|'?\d{{2}})",
        rf"{_MON}\s*(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:,\s*|\s+)(?P<y>\d{{4}})",
        rf"{_MON},?[\s./-]*(?P<y>\d{{4}})",
        r"(?P<d>\d\d)(?P<m>\d\d)(?P<y>(?:18|19|20|21)\d\d)",
        r"(?P<y>(?:18|19|20|21)\d\d)(?P<m>\d\d)(?P<d>\d\d)",
        r"(?P<d>\d\d)(?P<m>\d\d)(?P<y>\d\d)",
    )
)


def parse(text: str, *, today: date, field: str = "date") -> PartialDate:
    """What a person typed, day before month as in Britain.

    ``3 Apr 2017``, ``03/04/2017``, ``3.4.17``, ``030417``, ``April 2017``, ``2017``, ``c. Sept 2026``,
    ``1988, estimated``, ``due 14 Feb 2027``, ``age 38``, ISO, each also after *dob* or *born*. Two digits of
    a year mean the latest such year that is not after next year. Raises ``Refusal`` naming ``field``:
    ``date-not-understood`` or ``date-not-in-calendar``.
    """
    rest, estimates = _ESTIMATED.subn(" ", text.strip().lower())
    rest, dues = _EXPECTED.subn(" ", rest)
    rest = _WEEKDAY.sub("", rest).strip(" ,()")
    if born := BORN.match(rest):
        rest = rest[born.end() :]
    if (age := _AGE.fullmatch(rest)) and not dues:
        years = int(age["age"] or age["age2"])
        return _build(field, str(today.year - years), None, None, True, False)
    for form in _FORMS:
        if found := form.fullmatch(rest):
            parts = found.groupdict()
            month = str(_MONTH_BY_START[parts["mon"][:3]]) if parts.get("mon") else parts.get("m")
            year = _full_year(parts["y"].lstrip("'"), today)
            return _build(field, year, month, parts.get("d"), bool(estimates), bool(dues))
    raise _not_understood(field)


def _full_year(year: str, today: date) -> str:
    if len(year) == 4:
        return year
    last = today.year + 1
    return str(last - (last - int(year)) % 100)


def _build(
    field: str, year: str, month: str | None, day: str | None, estimated: bool, expected: bool
) -> PartialDate:
    try:
        return PartialDate(
            int(year), int(month) if month else None, int(day) if day else None, estimated, expected
        )
    except ValueError:
        raise Refusal(
            "date-not-in-calendar",
            "There is no such date. Give the day before the month, as in 3 Apr 2017.",
            field,
        ) from None


def _not_understood(field: str) -> Refusal:
    return Refusal(
        "date-not-understood",
        "This does not read as a date. Write it like 3 Apr 2017, April 2017, 2017 or c. Sept 2026.",
        field,
    )
