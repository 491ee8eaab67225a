"""One line that says a person: *Mia Carter 3 Apr 2017 subject*, *“Dean” mother's partner*.

Reading only, and generous: whatever is not understood stays in the name or the relation, where a person sees
it. Nothing typed is dropped.
"""

from __future__ import annotations

import re
from datetime import date

import msgspec

from ...domain.errors import Refusal
from ...domain.partial_date import PartialDate, parse

_QUOTED = re.compile(r"[“\"‘]([^”\"’]+)[”\"’]")
_LONGEST_DATE = 7
"""Words: *date of birth c. 3 Apr 2017*."""
_PARTICLES = frozenset({"van", "von", "der", "den", "de", "la", "le", "el", "al", "bin", "ibn", "o"})
_RELATIONS = frozenset(
    {
        *("mother", "mum", "mam", "father", "dad", "parent", "parents", "stepfather", "stepmother"),
        *("stepdad", "stepmum", "brother", "sister", "sibling", "twin", "half-brother", "half-sister"),
        *("stepbrother", "stepsister", "son", "daughter", "baby", "grandmother", "grandfather", "nan"),
        *("gran", "grandad", "grandparent", "aunt", "uncle", "cousin", "niece", "nephew", "partner"),
        *("ex-partner", "husband", "wife", "ex-husband", "ex-wife", "boyfriend", "girlfriend", "carer"),
        *("guardian", "foster", "lodger", "neighbour", "friend", "tenant", "resident", "subject"),
        *("victim", "perpetrator", "alleged", "relative", "teacher", "manager", "staff", "unborn"),
    }
)
_NAMES_TOO = frozenset({"foster", "friend", "nan", "tenant", "carer", "gran"})
"""Words that with a capital are rather a name."""
_GROUNDS = (
    (
        ("mother", "mum", "mam", "father", "dad", "parent", "carer", "guardian", "stepfather", "stepmother"),
        "carer",
    ),
    (
        ("brother", "sister", "sibling", "twin", "half-brother", "half-sister", "baby"),
        "child in the household",
    ),
    (("resident",), "lives in the setting"),
    (("staff", "manager"), "works in the setting"),
    (("partner", "husband", "wife", "boyfriend", "girlfriend", "lodger"), "adult in the household"),
)
"""Why a person is in scope, suggested by the relation; the person typing may say otherwise."""


class Said(msgspec.Struct, frozen=True):
    """A line as read."""

    forenames: str = ""
    surname: str = ""
    aliases: tuple[str, ...] = ()
    birth: PartialDate | None = None
    relation: str = ""
    of_concern: bool = False
    parental_responsibility: bool | None = None
    alleged: bool = False

    @property
    def ground(self) -> str:
        return ground_for(self.relation, self.of_concern, self.alleged)

    @property
    def nobody(self) -> bool:
        return not (self.forenames or self.surname or self.aliases or self.relation)


def ground_for(relation: str, of_concern: bool, alleged: bool) -> str:
    """Why this person would be in scope."""
    if of_concern:
        return "subject of concern"
    if alleged:
        return "alleged to cause harm"
    words = set(relation.lower().replace(",", " ").split())
    return next((ground for among, ground in _GROUNDS if words & set(among)), "")


def read_line(line: str, today: date) -> Said:
    """What a line says. A name comes first, then a birth date, then a relation; each may be missing."""
    aliases = tuple(name.strip() for name in _QUOTED.findall(line))
    tokens = _QUOTED.sub(" ", line).replace(",", " , ").split()
    birth, before, after = take_date(tokens, today)
    if birth is None:
        at = next((n for n, word in enumerate(before) if _begins_relation(word, n == 0)), len(before))
        before, after = before[:at], before[at:]
    flags = {word.strip(",").lower() for word in after}
    relation = [word for word in after if word.lower() not in {"pr", "subject", "alleged", ","}]
    of_concern = bool(flags & {"subject", "victim"})
    forenames, surname = _name(before)
    if aliases and not surname:
        forenames, surname = "", forenames  # “Dean” Smith
    return Said(
        forenames=forenames,
        surname=surname,
        aliases=aliases,
        birth=birth,
        relation=" ".join(relation) or ("subject" if of_concern else ""),
        of_concern=of_concern,
        parental_responsibility=True if "pr" in flags else None,
        alleged=bool(flags & {"alleged", "perpetrator"}),
    )


def _begins_relation(word: str, first: bool) -> bool:
    lowered = word.lower().replace("’", "'")
    if word != lowered and (first or lowered in _NAMES_TOO):
        return False
    if not first and lowered.endswith("'s"):
        return True  # *Joanne's partner*
    return lowered in _RELATIONS or lowered == "pr" or lowered.removesuffix("'s") in _RELATIONS


def take_date(tokens: list[str], today: date) -> tuple[PartialDate | None, list[str], list[str]]:
    """The longest run of words that reads as a date, and what stands before and after it."""
    for length in range(min(_LONGEST_DATE, len(tokens)), 0, -1):
        for start in range(len(tokens) - length + 1):
            said = " ".join(tokens[start : start + length])
            # With a capital it is a surname: *Max Born 3 Apr 1960*.
            if (start and said.startswith("Born ")) or not any(letter.isdigit() for letter in said):
                continue
            try:
                found = parse(said, today=today)
            except Refusal:
                continue
            return found, tokens[:start], tokens[start + length :]
    return None, tokens, []


def _name(words: list[str]) -> tuple[str, str]:
    """Forenames and surname; *Carter, Mia* the other way about; one word alone is a forename."""
    if "," in words:
        at = words.index(",")
        if 0 < at < len(words) - 1:
            return " ".join(word for word in words[at + 1 :] if word != ","), " ".join(words[:at])
    words = [word for word in words if word != ","]
    if len(words) < 2:
        return " ".join(words), ""
    at = len(words) - 1
    while at > 1 and words[at - 1].lower() in _PARTICLES:
        at -= 1
    return " ".join(words[:at]), " ".join(words[at:])
