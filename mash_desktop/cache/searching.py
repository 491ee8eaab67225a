"""Finds people held here: by the words they are known by, by what was told, and by what is like them.

Each hit says what it was found by. Who is shown to named readers alone is found by nobody else. Broad
prefixes are never ranked by the index, so that each letter is answered at once: the latest come, and those
are put in order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, or_, select, text

from ..domain.fold import Stage
from ..domain.partial_date import PartialDate
from ..matching import Band, Match, Near, PersonFacts, blocking_keys, compare, fold, how_near, near_keys
from ..matching import search_words as spelled
from . import schema
from .indexing import COLUMNS
from .people import STREETS, Shown

MOST_CANDIDATES = 400
MOST_NEAR = 8
"""Other spellings that are tried for one word."""
FEW = 12
"""With no more hits than that, other spellings are looked for as well."""
LONG_ENOUGH = 4
"""Letters with which a word of what was told has to begin so."""
TOLD = "what was told"
_LABELS = {
    "name": "name",
    "alias": "other name",
    "number": "reference",
    "born": "birth date",
    "address": "address",
}
_NUMBERS = {10: "NHS number", 13: "UPN"}
"""What a number is besides a reference, by its length."""
_SHOWN = msgspec.json.Decoder(Shown)
_FACTS = msgspec.json.Decoder(PersonFacts)


class Asked(msgspec.Struct, frozen=True):
    """What was typed, in folded words: those beside a birth date, and all of them."""

    words: tuple[str, ...] = ()
    birth: PartialDate | None = None
    every: tuple[str, ...] = ()

    @classmethod
    def of(cls, typed: str) -> Asked:
        """Words alone."""
        words = tuple(fold(typed).split())
        return cls(words, None, words)


class Hit(msgspec.Struct, frozen=True):
    """A person found, and by what."""

    key: str
    shown: Shown
    by: tuple[str, ...]
    stage: Stage | None = None


class Candidate(msgspec.Struct, frozen=True):
    """A person held here who may be the one typed."""

    key: str
    shown: Shown
    match: Match
    stage: Stage | None = None


def search(connection: Connection, asked: Asked, reader: str, most: int) -> tuple[Hit, ...]:
    """People found, best first: by whole words, by how words begin, by other spellings, by what was told.

    Each of these is asked only while those before it found few, so that a broad beginning costs little.
    """
    if not asked.every:
        return ()
    born = "".join(digit for digit in asked.birth.compact() if digit.isdigit()) if asked.birth else ""
    ways = [_Way.of(asked.words, born)] if born else []
    ways.append(_Way.of(asked.every))
    found: dict[int, tuple[tuple[int, ...], Hit]] = {}
    streams: set[str] = set()

    def gather(expressions: Iterable[str], near: Mapping[str, Mapping[str, Near]]) -> None:
        for row in _rows(connection, " OR ".join(expressions), reader, most):
            if row.id in found:
                continue
            # One of the ways is what it was found by.
            rank, told = next(by for way in ways if (by := way.explain(row, near)) is not None)
            found[row.id] = ((*rank, -row.id), Hit(row.key, _SHOWN.decode(row.shown), told, _stage(row)))
            streams.add(row.stream)

    gather((way.whole() for way in ways), {})
    if len(found) <= FEW:
        gather((way.begins({}) for way in ways), {})
    if not found and any(way.street for way in ways):
        ways = [way.without_street() for way in ways]
        gather((way.begins({}) for way in ways), {})
    if len(found) <= FEW and (near := _near_words(connection, asked.every)):
        gather((way.begins(near) for way in ways), near)
    hits = [hit for _, hit in sorted(found.values(), key=lambda each: each[0])]
    if len(hits) <= FEW:
        hits += _told(connection, asked.every, streams, most)
    return tuple(hits[:most])


class _Way(msgspec.Struct, frozen=True):
    """One way to take what was typed: words, each with its other forms, and the digits of a birth date."""

    words: tuple[tuple[str, ...], ...]
    born: str
    street: frozenset[str]
    """Words that may be *Lane* or *Road* of an address, beside others that are not."""

    @classmethod
    def of(cls, words: Sequence[str], born: str = "") -> _Way:
        street = frozenset(
            word for word in words if len(word) > 1 and any(s.startswith(word) for s in STREETS)
        )
        if street.issuperset(words):
            street = frozenset()
        way = cls(tuple((word, *sorted(spelled(word) - {word})) for word in words), born, street)
        # With a number among them they are an address, and no words of a name.
        return way.without_street() if any(word[0].isdigit() for word in words) else way

    def without_street(self) -> _Way:
        words = tuple(forms for forms in self.words if forms[0] not in self.street)
        return _Way(words, self.born, frozenset())

    def whole(self) -> str:
        """For people of whose words these are, whole."""
        return self._expression([f'"{form}"' for form in forms] for forms in self.words)

    def begins(self, near: Mapping[str, Mapping[str, Near]]) -> str:
        """For people of whose words these are beginnings, or names near to these."""
        return self._expression(
            [f'"{form}"*' for form in forms]
            + [f'{{name alias}} : "{other}"' for other in near.get(forms[0], ())]
            for forms in self.words
        )

    def _expression(self, words: Iterable[Sequence[str]]) -> str:
        parts = [f"({' OR '.join(forms)})" for forms in words]
        if self.born:
            parts.append(f'born : "{self.born}"*')
        return f"({' AND '.join(parts)})"

    def explain(
        self, row: Row[Any], near: Mapping[str, Mapping[str, Near]]
    ) -> tuple[tuple[int, ...], tuple[str, ...]] | None:
        """How good a hit this row is, the best least, and what it was found by; ``None`` where it is none."""
        held = {column: row._mapping[column].split() for column in COLUMNS}
        by: dict[str, None] = {}
        slips = begun = place = 0
        for forms in self.words:
            one = _explain(forms, held, near.get(forms[0], {}))
            if one is None:
                return None
            worst, label, begins, missed = one
            place, begun, slips = max(place, worst), begun + begins, slips + missed
            by[label] = None
        if self.born:
            if not any(one.startswith(self.born) for one in held["born"]):
                return None
            by[_LABELS["born"]] = None
        return (slips, place, begun), tuple(by)


def _explain(
    forms: tuple[str, ...], held: Mapping[str, Sequence[str]], near: Mapping[str, Near]
) -> tuple[int, str, int, int] | None:
    """Where one word typed stands in a person's words: how far down, in words, whether it only begins there,
    and how far off its spelling is."""
    for place, column in enumerate(_LABELS):
        begins = [one for one in held[column] if one.startswith(forms)]
        if begins:
            label = _NUMBERS.get(len(begins[0]), "") if column == "number" else ""
            return place, label or _LABELS[column], int(not any(one in forms for one in begins)), 0
    others = [near[one] for column in ("name", "alias") for one in held[column] if one in near]
    if not others:
        return None
    best = min(others)
    return 0, best.how, 0, 1 + best.slips


def _near_words(connection: Connection, words: Iterable[str]) -> dict[str, dict[str, Near]]:
    """For each word typed the names held here that are near it."""
    table = schema.near
    found: dict[str, dict[str, Near]] = {}
    for word in words:
        if word.isalpha() and len(word) > 2:  # initials are near everything
            among = connection.scalars(
                select(table.c.word).where(table.c.key.in_(sorted(near_keys(word)))).distinct()
            )
            near = {one: how for one in among if one != word and (how := how_near(word, one)) is not None}
            if near:
                found[word] = dict(sorted(near.items(), key=lambda each: each[1])[:MOST_NEAR])
    return found


_PEOPLE = text(
    "SELECT p.id, p.key, p.stream, p.shown, r.stage, f.name, f.alias, f.number, f.address, f.born "
    "FROM (SELECT rowid AS id, name, alias, number, address, born FROM persons "
    "      WHERE persons MATCH :query ORDER BY rowid DESC LIMIT :most) f "
    "JOIN people p ON p.id = f.id LEFT JOIN referrals r ON r.stream = p.stream "
    "WHERE p.readers IS NULL OR instr(p.readers, :reader) > 0"
)
_TOLD_IN = text(
    "SELECT p.key, p.stream, p.shown, r.stage "
    "FROM (SELECT w.id, w.stream FROM (SELECT rowid AS id FROM words WHERE words MATCH :query "
    "      ORDER BY rowid DESC LIMIT :most) f JOIN worded w ON w.id = f.id) t "
    "JOIN people p ON p.stream = t.stream LEFT JOIN referrals r ON r.stream = p.stream "
    "WHERE p.readers IS NULL ORDER BY t.id DESC, p.id"
)


def _rows(connection: Connection, expression: str, reader: str, most: int) -> Sequence[Row[Any]]:
    asked = {"query": expression, "most": most, "reader": f"|{reader}|"}
    return connection.execute(_PEOPLE, asked).all()


def _told(connection: Connection, words: Sequence[str], but: set[str], most: int) -> list[Hit]:
    """People of the referrals in which all of this was told, in any words: nobody's own words hold it."""
    # A short beginning stands in almost every text, and says nothing.
    query = " ".join(f'"{word}"{"*" if len(word) >= LONG_ENOUGH else ""}' for word in words)
    rows = connection.execute(_TOLD_IN, {"query": query, "most": most})
    return [
        Hit(row.key, _SHOWN.decode(row.shown), (TOLD,), _stage(row)) for row in rows if row.stream not in but
    ]


def _stage(row: Any) -> Stage | None:
    return Stage(row.stage) if row.stage else None


def matches(
    connection: Connection, typed: PersonFacts, reader: str, most: int, besides: str = ""
) -> tuple[Candidate, ...]:
    """People who may be the one typed, best first; not those of the stream ``besides``."""
    wanted = blocking_keys(typed)
    if not wanted:
        return ()
    table, referrals = schema.people, schema.referrals
    ids = (
        select(schema.blocks.c.person)
        .where(schema.blocks.c.block.in_(wanted))
        .distinct()
        .limit(MOST_CANDIDATES)
    )
    shown_to = or_(table.c.readers.is_(None), table.c.readers.contains(f"|{reader}|", autoescape=True))
    query = (
        select(table.c.key, table.c.facts, table.c.shown, referrals.c.stage)
        .outerjoin(referrals, referrals.c.stream == table.c.stream)
        .where(table.c.id.in_(ids), table.c.stream != besides, shown_to)
    )
    found = []
    for row in connection.execute(query):
        match = compare(typed, _FACTS.decode(row.facts))
        if match.band is not Band.UNLIKELY:
            found.append(Candidate(row.key, _SHOWN.decode(row.shown), match, _stage(row)))
    found.sort(key=lambda candidate: (-candidate.match.score, candidate.key))
    return tuple(found[:most])
