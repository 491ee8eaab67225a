"""How dates, the fixed words of the code sets and plain text read on paper, in British English.

It lays nothing out, and knows nothing of typefaces.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from zoneinfo import ZoneInfo

from mash_desktop.documents.content import (
    CivilDate,
    Evidence,
    Known,
    Movement,
    Person,
    Position,
    Rating,
    Tone,
)

_TO = "\u2013"
POSTCODE = re.compile(r"\b([A-Z]{1,2}[0-9][A-Z0-9]?)\s*([0-9][A-Z]{2})\b", re.IGNORECASE)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec")

RATING = {
    Rating.RED: ("Red", Tone.RED),
    Rating.AMBER: ("Amber", Tone.AMBER),
    Rating.GREEN: ("Green", Tone.GREEN),
    Rating.BLUE: ("Blue", Tone.ACCENT),
}
EVIDENCE = {
    Evidence.FACT: ("fact", Tone.PLAIN),
    Evidence.SEEN: ("seen", Tone.GREEN),
    Evidence.OPINION: ("opinion", Tone.AMBER),
    Evidence.TOLD: ("told", Tone.PLAIN),
    Evidence.INTELLIGENCE: ("intelligence", Tone.VIOLET),
}
KNOWN = {
    Known.KNOWN: ("known", Tone.GREEN),
    Known.NOT_KNOWN: ("not known", Tone.PLAIN),
    Known.NOTHING_HELD: ("nothing held", Tone.PLAIN),
    Known.REFUSED: ("refused", Tone.VIOLET),
    Known.NOT_RETURNED: ("not returned", Tone.AMBER),
}
MOVEMENT = {
    Movement.UP: ("stepped up", Tone.VIOLET),
    Movement.DOWN: ("stepped down", Tone.VIOLET),
    Movement.CONFIRMED: ("confirmed", Tone.PLAIN),
}
POSITION = {
    Position.AGREED: ("agreed", Tone.GREEN),
    Position.DISSENTED: ("dissented", Tone.VIOLET),
    Position.NO_VIEW: ("no view", Tone.PLAIN),
}


def plain(text: str) -> str:
    """Text as it can stand on paper: composed, no control or invisible direction characters.

    Line breaks stay (never more than one empty line together). Direction overrides go because they could
    make a line read other than it was written.
    """
    lines = (
        "".join(_kept(character) for character in line).strip()
        for line in unicodedata.normalize("NFC", text).splitlines()
    )
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _kept(character: str) -> str:
    category = unicodedata.category(character)
    if character == "\t" or category == "Zs":
        return " " if character != "\u00a0" else character
    return "" if category in ("Cc", "Cf") else character


def day(moment: datetime, zone: str) -> str:
    """12 Nov 2026"""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year}"


def clock(moment: datetime, zone: str) -> str:
    """14:02"""
    return moment.astimezone(ZoneInfo(zone)).strftime("%H:%M")


def moment(at: datetime, zone: str) -> str:
    """12 Nov 2026, 14:02"""
    return f"{day(at, zone)}, {clock(at, zone)}"


def civil(date: CivilDate) -> str:
    """12 Nov 2026; Mar 2025; c. Sept 2026; 31 Oct 2026, 22:40; a span has a dash between its ends."""
    if date.until is not None:
        first = date if date.at else _without_repeated_year(date)
        return f"{civil_day(first)} {_TO} {civil(date.until)}"
    return civil_day(date)


def civil_day(date: CivilDate) -> str:
    parts = [str(date.day)] if date.day and date.month else []
    parts += [_MONTHS[date.month - 1]] if date.month else []
    parts += [str(date.year)] if date.year else []
    text = " ".join(parts)
    text = f"c. {text}" if date.estimated else text
    return f"{text}, {date.at:%H:%M}" if date.at else text


def _without_repeated_year(date: CivilDate) -> CivilDate:
    """The first date of a span inside one year needs no year of its own."""
    repeats = date.month and date.until is not None and date.until.year == date.year
    return CivilDate(0, date.month, date.day, date.estimated) if repeats else date


def in_order(date: CivilDate) -> tuple[int, int, int, str]:
    """A key that sorts civil dates, the less precise first."""
    return (date.year, date.month or 0, date.day or 0, date.at.isoformat() if date.at else "")


def postcodes_whole(address: str) -> str:
    """The address with postcodes that do not part at the end of a line."""
    return POSTCODE.sub("\\1\u00a0\\2", address)


def first_name(person: Person) -> str:
    """The word by which a table or drawing calls a person: "Mia", “Dean”."""
    return person.name.split(",")[0].split()[0] if person.name.split(",")[0].split() else "not named"
