"""People held here, indexed for the search while typing: blocking keys, compared facts, and words.

Markers hold: an address that is suppressed is neither compared nor shown.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from sqlalchemy import Connection, delete, insert, select, text

from ..domain.entries.contact import ConcernRecorded
from ..domain.fold.identity import Identity
from ..domain.fold.levels import Levels, levels
from ..domain.fold.people import full_name
from ..domain.fold.referral import Referral
from ..domain.partial_date import PartialDate
from ..matching import Band, Match, PersonFacts, Residence, blocking_keys, compare
from . import schema

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


def index_referral(connection: Connection, referral: Referral) -> None:
    """Index the subjects of a referral anew."""
    forget(connection, referral.stream)
    words: list[str] = [referral.reference or ""]
    received = referral.received_at
    closed = PartialDate.of(referral.closed.made_at.date()) if referral.closed else None
    found = levels(referral)
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
        _put(connection, f"{referral.stream}#{subject}", referral.stream, facts, shown)
        words += [shown.name, *made.body.aliases, *(f"{a.line} {a.postcode}" for a in facts.addresses)]
    words += [made.body.words for made in referral.all(ConcernRecorded)]
    connection.execute(
        text("INSERT INTO words (text, stream) VALUES (:text, :stream)"),
        {"text": "\n".join(word for word in words if word), "stream": referral.stream},
    )


def _level_label(referral: Referral, given: Levels | None) -> str:
    """The last level given to a subject, in words."""
    level = (given.final or given.admission or given.indicative) if given else None
    ladder = referral.ladder
    return ladder.level(level).label if level and ladder is not None and level in ladder else ""


def index_identity(connection: Connection, identity: Identity) -> None:
    """Index what was known of a person before."""
    forget(connection, identity.stream)
    for made in identity.history[-1:]:
        body = made.body
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
        _put(connection, identity.stream, identity.stream, facts, shown)
        connection.execute(
            text("INSERT INTO words (text, stream) VALUES (:text, :stream)"),
            {
                "text": "\n".join((shown.name, *body.aliases, body.address, body.postcode)),
                "stream": identity.stream,
            },
        )


def forget(connection: Connection, stream: str) -> None:
    """Take a stream out of every index."""
    ids = select(schema.people.c.id).where(schema.people.c.stream == stream).scalar_subquery()
    connection.execute(delete(schema.blocks).where(schema.blocks.c.person.in_(ids)))
    connection.execute(delete(schema.people).where(schema.people.c.stream == stream))
    connection.execute(
        text("DELETE FROM words WHERE rowid IN (SELECT rowid FROM words WHERE stream = :s)"), {"s": stream}
    )


def _put(connection: Connection, key: str, stream: str, facts: PersonFacts, shown: Shown) -> None:
    row = connection.execute(
        insert(schema.people).values(
            key=key, stream=stream, facts=msgspec.json.encode(facts), shown=msgspec.json.encode(shown)
        )
    )
    person = row.inserted_primary_key[0] if row.inserted_primary_key else None
    blocks = [{"block": block, "person": person} for block in blocking_keys(facts)]
    if blocks:
        connection.execute(insert(schema.blocks), blocks)


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
