"""Whose copy holds what, and where a suppressed address may stand: nowhere.

Pure: a content goes in, a smaller content comes out, before anything is drawn. The referrer's letter is
made of ``Feedback`` alone (see ``letter``), so nothing has to be taken out for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeVar, cast

import msgspec

from mash_desktop.documents.content import (
    Address,
    Outcome,
    Person,
    Profile,
    Signature,
    SummaryContent,
)
from mash_desktop.documents.wording import POSTCODE, plain

ADDRESS_SUPPRESSED = "[address suppressed]"

_T = TypeVar("_T")
_SHORTEST = 6


def for_profile(content: SummaryContent, profile: Profile) -> SummaryContent:
    """The content that a copy of this profile may hold.

    The receiving team's copy has no withheld statement, and leaves out what its owning agency has not
    agreed may be used beyond the table. What was decided it has for those sent to its team; of others it says
    where they are, since a household is looked after as one.
    """
    if profile is Profile.FULL:
        return content
    about = content.copy_about or tuple(each.person for each in content.decisions)
    # What has left the table since the signature is in no line: only what a line of this copy says is said.
    kept = {line.relied_on for line in content.chronology if line.onward_agreed}
    return msgspec.structs.replace(
        content,
        withheld=(),
        chronology=tuple(line for line in content.chronology if line.onward_agreed),
        contributions=tuple(
            msgspec.structs.replace(
                each, findings=tuple(finding for finding in each.findings if finding.onward_agreed)
            )
            for each in content.contributions
            if each.onward_agreed
        ),
        decisions=tuple(each for each in content.decisions if each.person in about),
        outcomes=tuple(
            each if each.person in about else Outcome(each.person, each.team) for each in content.outcomes
        ),
        signature=_with_words_of(content.signature, kept) if content.signature else None,
    )


def _with_words_of(signature: Signature, numbers: set[int | None]) -> Signature:
    """Every entry stays named, so that the signature can still be verified; what it says only of these."""
    return msgspec.structs.replace(
        signature,
        relied_on=tuple(
            each if each.number in numbers else msgspec.structs.replace(each, summary="")
            for each in signature.relied_on
        ),
    )


def without_suppressed_addresses(content: _T, people: Iterable[Person]) -> _T:
    """The content with every suppressed address gone, from free text as well.

    Found in any case and spacing: the whole address, its first part, each part with a number, the street
    without its number, and the postcode. A misspelt or paraphrased address is beyond a program: that is
    what the second reader is for.
    """
    hidden = [
        address
        for person in people
        for address in (
            *person.hidden_addresses,
            *((person.address.text,) if person.address is not None and person.address.suppressed else ()),
        )
    ]
    patterns = [pattern for address in hidden for pattern in _patterns(plain(address))]
    if not patterns:
        return content
    found = re.compile("|".join(sorted(set(patterns), key=lambda each: (-len(each), each))), re.IGNORECASE)
    return _mapped(content, found)


def _patterns(address: str) -> list[str]:
    parts = [part.strip() for part in re.split(r"[,\n;]", address) if part.strip()]
    streets = [re.sub(r"^[\w/-]*\d[\w/-]*\s+", "", part) for part in parts if re.match(r"[\w/-]*\d", part)]
    codes = POSTCODE.findall(address)
    phrases = [" ".join(parts), *parts[:1]]
    phrases += [part for part in parts if any(character.isdigit() for character in part)]
    phrases += [street for street in streets if " " in street]
    loose = [
        r"[\s,.;]+".join(re.escape(word) for word in phrase.split())
        for phrase in phrases
        if len(phrase) >= _SHORTEST
    ]
    return [rf"(?<!\w){each}(?!\w)" for each in loose] + [
        rf"(?<!\w){re.escape(out)}\s*{re.escape(back)}(?!\w)" for out, back in codes
    ]


def _mapped(value: _T, found: re.Pattern[str]) -> _T:
    """The same value with every text in it searched, whatever the depth."""
    new: object = value
    if isinstance(value, Address) and value.suppressed:
        new = msgspec.structs.replace(value, text="", note=_mapped(value.note, found))
    elif isinstance(value, msgspec.Struct):
        fields = {name: _mapped(getattr(value, name), found) for name in value.__struct_fields__}
        new = msgspec.structs.replace(value, **fields)
    elif isinstance(value, tuple):
        new = tuple(_mapped(each, found) for each in value)
    elif type(value) is str:
        new = found.sub(ADDRESS_SUPPRESSED, plain(str(value)))
    return cast(_T, new)
