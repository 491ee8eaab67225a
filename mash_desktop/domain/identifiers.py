"""Numbers that other systems know people and places by: checked, and brought to one written form.

Each ``check_…`` takes what was typed or sent and returns the one form that is kept and compared, or raises
``Refusal`` naming ``field``. Not for telling whether a number belongs to this person: that is ``matching``.
"""

from __future__ import annotations

import re

from mash_desktop.domain.errors import Refusal

UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"

_UPN = re.compile(rf"[{UPN_LETTERS}]\d{{11}}[\d{UPN_LETTERS}]", re.ASCII)
# Royal Mail's shapes: which letters can stand where.
_POSTCODE = re.compile(
    r"(GIR|[A-PR-UWYZ](?:\d{1,2}|\d[A-HJKPSTUW]|[A-HK-Y]\d{1,2}|[A-HK-Y]\d[ABEHMNPRVWXY]))"
    r"(\d[ABD-HJLNP-UW-Z]{2})",
    re.ASCII,
)
_EXTENSION = re.compile(r"\s*(?:x|ext|extn|extension)[\s.:]*(?P<digits>\d{1,6})$", re.ASCII)


def check_nhs_number(text: str, field: str = "nhs_number") -> str:
    """Ten digits whose last is the modulus 11 check digit (NHS Data Dictionary)."""
    digits = re.sub(r"[\s-]", "", text)
    if re.fullmatch(r"[0-9]{10}", digits) is None:
        raise Refusal("nhs-number-length", "An NHS number has ten digits, as in 943 476 5919.", field)
    if digits == digits[0] * 10:
        raise Refusal(
            "nhs-number-placeholder", "This is a stand-in, not an NHS number. Leave it empty.", field
        )
    check = -sum((10 - place) * int(digit) for place, digit in enumerate(digits[:9])) % 11
    if check != int(digits[9]):
        raise Refusal("nhs-number-check", "A digit of this NHS number is wrong, or two are swapped.", field)
    return digits


def say_nhs_number(number: str) -> str:
    """``943 476 5919``."""
    return f"{number[:3]} {number[3:6]} {number[6:]}"


def check_upn(text: str, field: str = "upn") -> str:
    """Thirteen characters of which the first is a check letter (DfE, Unique Pupil Numbers)."""
    upn = re.sub(r"\s", "", text).upper()
    if _UPN.fullmatch(upn) is None:
        raise Refusal(
            "upn-shape",
            "A UPN is a letter, never I, O or S, and twelve digits; a temporary one ends in a letter too.",
            field,
        )
    total = sum(
        position * (UPN_LETTERS.index(character) if character.isalpha() else int(character))
        for position, character in enumerate(upn[1:], 2)
    )
    if UPN_LETTERS[total % 23] != upn[0]:
        raise Refusal("upn-check", "A character of this UPN is wrong, or two are swapped.", field)
    return upn


def is_temporary_upn(upn: str) -> bool:
    """Temporary numbers are replaced when a pupil's own becomes known, so they identify nobody for long."""
    return upn[-1].isalpha()


def check_uprn(text: str, field: str = "uprn") -> str:
    """Up to twelve digits, kept as text; leading zeros, which some systems pad with, are left off."""
    uprn = re.sub(r"\s", "", text).lstrip("0")
    if re.fullmatch(r"[0-9]{1,12}", uprn) is None:
        raise Refusal("uprn-shape", "A UPRN has up to twelve digits and nothing else.", field)
    return uprn


def check_postcode(text: str, field: str = "postcode") -> str:
    """``ST16 2LH``: capitals, one space before the last three."""
    found = _POSTCODE.fullmatch(re.sub(r"[\s.-]", "", text).upper())
    if found is None or (found[1] == "GIR") != (found[0] == "GIR0AA"):
        raise Refusal("postcode-shape", "This does not read as a postcode. Write it like ST16 2LH.", field)
    return f"{found[1]} {found[2]}"


def check_phone(text: str, field: str = "phone") -> str:
    """Digits alone, as dialled in Britain: ``01785555014``, ``+35312345678``, ``01785555014 ext 12``.

    Light on purpose: a number that a caller gives is kept so that a person can dial it.
    """
    rest = text.strip().lower()
    extension = _EXTENSION.search(rest)
    if extension is not None:
        rest = rest[: extension.start()]
    number = re.sub(r"[\s().\-/]", "", re.sub(r"\(0\)", "", rest))
    number = re.sub(r"^(?:\+|00)44(?=[1-9])", "0", number)
    number = re.sub(r"^00(?=[1-9])", "+", number)
    if re.fullmatch(r"\+?[0-9]{3,15}", number) is None:
        raise Refusal(
            "phone-shape", "This does not read as a phone number. Write it like 01785 555014.", field
        )
    return f"{number} ext {extension['digits']}" if extension else number


def say_phone(number: str) -> str:
    """Spaced for reading aloud: ``01785 555014``, ``020 7946 0000``, ``0121 496 0000``, ``07700 900123``."""
    digits, *extension = number.split(" ", 1)
    if re.fullmatch(r"02\d{9}", digits):
        parts = (digits[:3], digits[3:7], digits[7:])
    elif re.fullmatch(r"(?:011\d|01\d1|03\d\d|08\d\d)\d{6,7}", digits):
        parts = (digits[:4], digits[4:7], digits[7:])
    elif re.fullmatch(r"0\d{9,10}", digits):
        parts = (digits[:5], digits[5:], "")
    else:
        parts = (digits, "", "")
    return " ".join(part for part in (*parts, *extension) if part)


def in_fours(number: str) -> str:
    """``019a 7b1c``: the letters and digits of a key or a number as people read them out to one another."""
    signs = number.replace("-", "")
    return " ".join(signs[at : at + 4] for at in range(0, len(signs), 4))
