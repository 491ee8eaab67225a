"""Names brought to a form in which two ways of writing one name meet, and compared.

Siân is Sian, O'Brien is O Brien, McDonald is MacDonald, Smith-Jones is two surnames. Not for showing: what
is shown is always the name as it was told.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import permutations

import jellyfish
import msgspec
from rapidfuzz.distance import JaroWinkler

from mash_desktop.matching.nicknames import families

# Letters that Unicode does not take apart into a letter and a mark.
_LETTERS = str.maketrans(
    {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ı": "i"}
)
_APOSTROPHES = re.compile(r"['’‘`´ʼ]")
_HYPHENS = re.compile(r"[-‐‑–]")
_OTHERS = re.compile(r"[^\x00-\x7f]+")
_BREAKS = re.compile(r"[\W_]+")
# What folding makes of the letters that most text consists of.
_PLAIN = {code: letter.lower() if (letter := chr(code)).isalnum() else " " for code in range(128)}
_PLAIN |= dict.fromkeys(map(ord, "'`"), "")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NO_NAME = _words("unknown unk nk tbc anon anonymous")
# Said for no name, but each word may be part of one: Na is a forename.
_NO_NAMES = frozenset(("n k", "n a", "not known", "not given", "none"))
_TITLES = _words("mr mrs ms miss mx dr master sir rev baby unborn jr jnr snr")
_JOINED = _words("o mc mac st fitz ap")
_PARTICLES = _words("al el ul bin ibn bint abu de da di du la le van von der den ter y")
_MOST_JOINED = 3
"""Words of a surname that are taken for one, in any order."""
_HEARD = re.compile(r"^wr|igh(?=t)|kw|(?<=[b-df-hj-np-tv-xz])y(?=[a-z])")
_WRITTEN = {"wr": "r", "igh": "i", "kw": "qu", "y": "i"}

CLOSE = 0.9
"""Jaro–Winkler similarity from which two names are taken to be spellings of one."""


class Name(msgspec.Struct, frozen=True):
    """A name folded into words; ``told`` as it was said, when it is an alias."""

    forenames: tuple[str, ...]
    surnames: tuple[str, ...]
    told: str = ""


def fold(text: str) -> str:
    """Lower case, without accents, apostrophes and punctuation; words apart by one space."""
    if text.isascii():
        return " ".join(text.translate(_PLAIN).split())
    lowered = _APOSTROPHES.sub("", text.casefold()).translate(_LETTERS)
    lowered = _OTHERS.sub(_unmarked, unicodedata.normalize("NFKD", lowered))
    return _BREAKS.sub(" ", lowered).strip()


def _unmarked(letters: re.Match[str]) -> str:
    return "".join(letter for letter in letters[0] if not unicodedata.combining(letter))


def forename_words(text: str) -> tuple[str, ...]:
    """Forenames in order, without titles and words that stand for no name."""
    return tuple(_name_words(fold(text)))


def _name_words(folded: str) -> list[str]:
    if folded in _NO_NAMES:
        return []
    return [word for word in folded.split() if word not in _TITLES and word not in _NO_NAME]


def surname_words(text: str) -> tuple[str, ...]:
    """The surname's words, sorted: joined prefixes made one, particles dropped where a name follows."""
    return _surname_words(fold(text))


def _surname_words(folded: str) -> tuple[str, ...]:
    words: list[str] = []
    prefix = ""
    for word in _name_words(folded):
        if word in _JOINED:
            prefix += word
        else:
            words.append(prefix + word)
            prefix = ""
    if prefix:
        words.append(prefix)
    names = [word for word in words if word not in _PARTICLES] or words
    return tuple(sorted({_mac(word) for word in names}))


def _mac(word: str) -> str:
    return f"mac{word[2:]}" if word.startswith("mc") and len(word) > 3 else word


def search_words(text: str) -> frozenset[str]:
    """The folded words under which a name is searched: O'Brien is *obrien*, *o* and *brien*, McDonald is
    *macdonald* too, and Smith-Jones *smithjones*."""
    folded = fold(text)
    words = {*folded.split(), *_surname_words(folded)}
    for mark, instead in ((_APOSTROPHES, " "), (_HYPHENS, "")):
        if mark.search(text):
            words.update(fold(mark.sub(instead, text)).split())
    return frozenset(words)


def names_of(forenames: str, surname: str, aliases: tuple[str, ...]) -> tuple[Name, ...]:
    """The name itself and each alias. A one-word alias is another forename."""
    own = Name(forename_words(forenames), surname_words(surname))
    others = []
    for alias in aliases:
        words = alias.split()
        if len(words) == 1:
            others.append(Name(forename_words(alias), own.surnames, alias))
        elif words:
            others.append(Name(forename_words(" ".join(words[:-1])), surname_words(words[-1]), alias))
    return (own, *others)


def joined(surnames: tuple[str, ...]) -> frozenset[str]:
    """A surname as it is when its words are written as one, which are held in no order."""
    if 0 < len(surnames) <= _MOST_JOINED:
        return frozenset("".join(words) for words in permutations(surnames))
    return frozenset()


def heard(word: str) -> str:
    """A folded word with what is heard alike written alike: Bryan and Brian, Okonkwo and Okonquo."""
    return _HEARD.sub(lambda found: _WRITTEN[found[0]], word)


def sound(word: str) -> str:
    """Metaphone of a folded word; the word itself where no sound comes out, as of another script."""
    return jellyfish.metaphone(heard(word)) or word


def compare_forenames(a: tuple[str, ...], b: tuple[str, ...]) -> str | None:
    """Level of agreement as in ``weights.FORENAME``; None when one is not known."""
    if not a or not b:
        return None
    if a == b:
        return "same"
    first, other = a[0], b[0]
    if first == other:
        if len(a) == 1 or len(b) == 1:
            return "middle"
        return "middle" if a == b[: len(a)] or b == a[: len(b)] else "first"
    if len(first) == 1 or len(other) == 1:
        return "initial" if first[0] == other[0] else "different"
    if not families(first).isdisjoint(families(other)):
        return "short"
    if JaroWinkler.similarity(first, other) >= CLOSE or sound(first) == sound(other):
        return "close"
    if first in b or other in a:
        return "order"
    return "different"


def compare_surnames(a: tuple[str, ...], b: tuple[str, ...]) -> str | None:
    """Level of agreement as in ``weights.SURNAME``; None when one is not known."""
    if not a or not b:
        return None
    if a == b or (len(a) != len(b) and not joined(a).isdisjoint(joined(b))):
        return "same"
    if not set(a).isdisjoint(b):
        return "part"
    best = max(JaroWinkler.similarity(mine, theirs) for mine in a for theirs in b)
    if best >= CLOSE:
        return "close"
    if any(sound(mine) == sound(theirs) for mine in a for theirs in b):
        return "close"
    if any(mine[:4] == theirs[:4] and len(mine) > 3 for mine in a for theirs in b):
        return "begins"
    return "different"


def are_swapped(a: Name, b: Name) -> bool:
    """Whether the forename of each is the surname of the other."""
    return bool(
        a.forenames
        and b.forenames
        and (a.forenames[0],) == b.surnames
        and (b.forenames[0],) == a.surnames
        and a.forenames[0] != b.forenames[0]
    )
