"""People held here, indexed for the search while typing: blocking keys, compared facts, and words.

Markers hold: an address that is suppressed is neither compared nor shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, delete, func, insert, select, text, update

from ..domain.entries.contact import ConcernRecorded
from ..domain.fold.identity import Identity
from ..domain.fold.levels import Levels, levels
from ..domain.fold.people import full_name
from ..domain.fold.referral import Referral
from ..domain.partial_date import PartialDate
from ..matching import Band, Match, PersonFacts, Residence, blocking_keys, compare
from . import schema
from .rows import batches

MOST_CANDIDATES = 400


class Shown(msgspec.Struct, frozen=True):
    """What a search result says of a person before it is opened. ``past`` are earlier involvements."""

    name: str
    birth: PartialDate | None
    agency: str
    referral: str | None = None
    subject: str | None = None
    reference: str | None = None
    address: str = ""
    past: tuple[tuple[PartialDate, str, PartialDate | None], ...] = ()


class Candidate(msgspec.Struct, frozen=True):
    """A person held here who may be the one typed."""

    key: str
    shown: Shown
    match: Match


class Person(msgspec.Struct, frozen=True):
    """One person as indexed: found by ``facts``, told by ``shown``."""

    key: str
    facts: PersonFacts
    shown: Shown


class Indexed(msgspec.Struct, frozen=True):
    """All that the indexes say of one stream."""

    people: tuple[Person, ...] = ()
    text: str = ""


def facts_of_subject(referral: Referral, subject: str) -> PersonFacts:
    """The compared facts of one subject of a referral."""
    body = referral.subjects[subject].body
    return PersonFacts(
        forenames=body.forenames,
        surname=body.surname,
        aliases=body.aliases,
        birth=body.birth,
        sex=body.sex,
        nhs_number=body.nhs_number,
        upn=body.upn,
        addresses=tuple(
            Residence(a.body.line, a.body.postcode, a.body.lived_from, a.body.lived_to)
            for a in referral.addresses
            if subject in a.body.subjects and not a.body.suppressed
        ),
        school=body.school,
    )


def people_of(referral: Referral) -> Indexed:
    """The subjects of a referral and its words."""
    words: list[str] = [referral.reference or ""]
    received = referral.received_at
    closed = PartialDate.of(referral.closed.made_at.date()) if referral.closed else None
    found = levels(referral)
    people = []
    for subject, made in referral.subjects.items():
        facts = facts_of_subject(referral, subject)
        what = _level_label(referral, found.get(subject)) or referral.stage.label
        past = ((PartialDate.of(received.date()), what, closed),) if received else ()
        shown = Shown(
            name=full_name(made.body),
            birth=made.body.birth,
            agency=referral.owner or "",
            referral=referral.stream,
            subject=subject,
            reference=referral.reference,
            address=facts.addresses[0].line if facts.addresses else "",
            past=past,
        )
        people.append(Person(f"{referral.stream}#{subject}", facts, shown))
        words += [shown.name, *made.body.aliases, *(f"{a.line} {a.postcode}" for a in facts.addresses)]
    words += [made.body.words for made in referral.all(ConcernRecorded)]
    return Indexed(tuple(people), "\n".join(word for word in words if word))


def _level_label(referral: Referral, given: Levels | None) -> str:
    """The last level given to a subject, in words."""
    level = (given.final or given.admission or given.indicative) if given else None
    ladder = referral.ladder
    return ladder.level(level).label if level and ladder is not None and level in ladder else ""


def person_of(identity: Identity) -> Indexed:
    """What was known of a person before."""
    if not identity.history:
        return Indexed()
    body = identity.history[-1].body
    facts = PersonFacts(
        forenames=body.forenames,
        surname=body.surname,
        aliases=body.aliases,
        birth=body.birth,
        sex=body.sex,
        nhs_number=body.nhs_number,
        upn=body.upn,
        addresses=(Residence(body.address, body.postcode),) if body.address else (),
    )
    shown = Shown(
        name=f"{body.forenames} {body.surname}".strip(),
        birth=body.birth,
        agency=body.agency,
        address=body.address,
        past=tuple((e.referred_on, e.summary or e.level, e.closed_on) for e in body.episodes),
    )
    words = (shown.name, *body.aliases, body.address, body.postcode)
    return Indexed((Person(identity.stream, facts, shown),), "\n".join(word for word in words if word))


def put(connection: Connection, found: Mapping[str, Indexed]) -> None:
    """Index these streams as they are now, an empty one out of every index; what is as it was is left."""
    for some in batches(list(found)):
        now = {stream: found[stream] for stream in some}
        _put_people(connection, now)
        _put_words(connection, now)


def _put_people(connection: Connection, now: Mapping[str, Indexed]) -> None:
    table, blocks = schema.people, schema.blocks
    held = {row.key: row for row in connection.execute(select(table).where(table.c.stream.in_(list(now))))}
    added: list[dict[str, Any]] = []
    shown_anew: list[dict[str, Any]] = []
    blocked: list[dict[str, Any]] = []
    following = (connection.scalar(select(func.max(table.c.id))) or 0) + 1
    for stream, one in now.items():
        for person in one.people:
            facts, shown = msgspec.json.encode(person.facts), msgspec.json.encode(person.shown)
            there = held.get(person.key)
            if there is not None and there.facts == facts:
                del held[person.key]
                if there.shown != shown:
                    shown_anew.append({"at": there.id, "now": shown})
                continue
            number = following + len(added)
            added.append({"id": number, "key": person.key, "stream": stream, "facts": facts, "shown": shown})
            blocked += [{"block": block, "person": number} for block in blocking_keys(person.facts)]
    gone = [{"at": row.id} for row in held.values()]
    if gone:
        connection.execute(delete(blocks).where(blocks.c.person == bindparam("at")), gone)
        connection.execute(delete(table).where(table.c.id == bindparam("at")), gone)
    if shown_anew:
        connection.execute(
            update(table).where(table.c.id == bindparam("at")).values(shown=bindparam("now")), shown_anew
        )
    if added:
        connection.execute(insert(table), added)
    if blocked:
        connection.execute(insert(blocks), blocked)


def _put_words(connection: Connection, now: Mapping[str, Indexed]) -> None:
    table = schema.worded
    numbers = {
        row.stream: row.id for row in connection.execute(select(table).where(table.c.stream.in_(list(now))))
    }
    following = (connection.scalar(select(func.max(table.c.id))) or 0) + 1
    gone: list[dict[str, Any]] = []
    added: list[dict[str, Any]] = []
    for stream, one in now.items():
        number = numbers.get(stream)
        if number is not None:
            if _text_at(connection, number) == one.text:
                continue
            gone.append({"id": number})
        if one.text:
            added.append({"id": following + len(added), "stream": stream, "text": one.text})
    if gone:
        connection.execute(text("DELETE FROM words WHERE rowid = :id"), gone)
        connection.execute(text("DELETE FROM worded WHERE id = :id"), gone)
    if added:
        connection.execute(insert(table), [{"id": one["id"], "stream": one["stream"]} for one in added])
        connection.execute(
            text("INSERT INTO words (rowid, text, stream) VALUES (:id, :text, :stream)"), added
        )


def _text_at(connection: Connection, number: int) -> str:
    return str(connection.scalar(text("SELECT text FROM words WHERE rowid = :id"), {"id": number}))


def matches(
    connection: Connection, typed: PersonFacts, most: int, besides: str = ""
) -> tuple[Candidate, ...]:
    """People who may be the one typed, best first; not those of the stream ``besides``."""
    wanted = blocking_keys(typed)
    if not wanted:
        return ()
    table = schema.people
    ids = (
        select(schema.blocks.c.person)
        .where(schema.blocks.c.block.in_(wanted))
        .distinct()
        .limit(MOST_CANDIDATES)
    )
    found = []
    for row in connection.execute(select(table).where(table.c.id.in_(ids), table.c.stream != besides)):
        match = compare(typed, msgspec.json.decode(row.facts, type=PersonFacts))
        if match.band is not Band.UNLIKELY:
            found.append(Candidate(row.key, msgspec.json.decode(row.shown, type=Shown), match))
    found.sort(key=lambda candidate: (-candidate.match.score, candidate.key))
    return tuple(found[:most])


def streams_with_words(connection: Connection, typed: str, most: int) -> tuple[str, ...]:
    """Streams whose words begin with each word typed, latest first: never ranked, so that it stays quick."""
    query = " ".join(f'"{word}"*' for word in _terms(typed))
    if not query:
        return ()
    rows = connection.execute(
        text("SELECT stream FROM words WHERE words MATCH :query ORDER BY rowid DESC LIMIT :most"),
        {"query": query, "most": most},
    )
    return tuple(dict.fromkeys(row.stream for row in rows))


def shown_of(connection: Connection, streams: Iterable[str]) -> tuple[tuple[str, Shown], ...]:
    """What results say of the people of these streams."""
    table = schema.people
    rows = connection.execute(select(table.c.key, table.c.shown).where(table.c.stream.in_(list(streams))))
    return tuple((row.key, msgspec.json.decode(row.shown, type=Shown)) for row in rows)


def _terms(typed: str) -> list[str]:
    cleaned = "".join(letter if letter.isalnum() else " " for letter in typed)
    return cleaned.split()
