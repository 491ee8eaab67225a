"""Searching for people: in full what the searcher's agency holds, of others a pointer, of restricted nothing.

A search is logged before it is answered. What can be found is in ``people_index``; whether what was typed is
like a restricted person is looked for in ``watching``, out of the searcher's sight.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, func, select

from mash_desktop.domain.codes import Sex
from mash_desktop.domain.entries.access import SearchMade
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.fold import Stage
from mash_desktop.domain.partial_date import BORN, PartialDate, parse
from mash_desktop.domain.permissions import FAMILY_TABLE
from mash_desktop.domain.roles import HUB_MANAGERS, Role
from mash_desktop.matching import Band, PersonFacts, Residence, blocking_keys, compare
from sync.protocol import Episode, Found, PeopleFound, PeopleSearch

from . import tables
from .admission import Admission
from .alerts import SHOWN
from .authoring import access_act
from .people_index import Account, legible
from .pulling import audiences_in
from .sealing import Secrets
from .sign_in.sessions import Caller
from .streams import Shelf

MOST_COMPARED = 2000
"""Accounts compared in one search; a key shared by more is too common to tell people apart."""
POINTED = FAMILY_TABLE["identity.linked"] | HUB_MANAGERS | {Role.FACILITATOR}
"""Roles that are told that another agency knows a person; others find only what their agency holds."""
_NOT_SEARCHING = frozenset(
    {Role.ADMINISTRATOR, Role.INFORMATION_GOVERNANCE, Role.VIRTUAL_PARTNER, Role.STORE}
)
_REFERENCE = re.compile(r"ISL-\d\d-\d{5,}", re.IGNORECASE)


class _Known:
    """An account found, its row, and whether the searcher may see it in full."""

    __slots__ = ("account", "row", "shown")

    def __init__(self, row: Any, account: Account, shown: bool) -> None:
        self.row = row
        self.account = account
        self.shown = shown


class People:
    """Searches of every hub in one database."""

    def __init__(self, engine: Engine, secrets: Secrets, shelf: Shelf, admission: Admission) -> None:
        self._engine = engine
        self._secrets = secrets
        self._shelf = shelf
        self._admission = admission

    def search(self, caller: Caller, asked: PeopleSearch) -> PeopleFound:
        """``Refusal``: *standing-not-held*, *not-permitted*, *search-empty*, *date-not-understood*,
        *reason-unknown*."""
        began, now = time.perf_counter(), datetime.now(UTC)
        mine = audiences_in(caller, asked.standing, now)
        if asked.standing.role in _NOT_SEARCHING:
            raise Refusal("not-permitted", f"{asked.standing.role.label} does not search for people.")
        config = caller.directory.timeline.at(None)
        facts, reference = understood(asked, now.date())
        with self._engine.connect() as db:
            _held(db, caller.hub, asked.because, mine)
            if reference is not None:
                found = self._by_reference(db, caller.hub, reference, mine)
            else:
                found = self._by_facts(db, caller.hub, facts, mine)
            if not (asked.standing.role in POINTED and config.search.other_cohorts_as_pointers):
                found = [one for one in found if not one.pointer]
        found = found[: config.search.most_results]
        took = round((time.perf_counter() - began) * 1000, 1)
        self._log(caller, asked, len(found), now)
        return PeopleFound(found=tuple(found), took_ms=took)

    def _log(self, caller: Caller, asked: PeopleSearch, found: int, now: datetime) -> None:
        terms = msgspec.to_builtins(msgspec.structs.replace(asked, because=""))
        terms.pop("standing")
        body = SearchMade(
            terms=msgspec.json.encode(terms).decode(),
            found=found,
            at=now,
            because=asked.because,
            by=caller.person,
            agency=asked.standing.agency,
        )
        self._admission.admit_own(caller.hub, access_act(caller.hub, self._secrets, [body], now))

    def _by_reference(self, db: Connection, hub: str, reference: str, mine: frozenset[str]) -> list[Found]:
        r, p = tables.referrals, tables.people
        rows = db.execute(
            select(p.c.key)
            .join(r, (r.c.hub == p.c.hub) & (r.c.referral == p.c.stream))
            .where(r.c.hub == hub, r.c.reference == reference)
        ).all()
        return [
            self._found(one, Band.VERY_LIKELY, 0.0, (f"reference {reference}",))
            for one in self._read(db, hub, [row.key for row in rows], mine)
        ]

    def _by_facts(self, db: Connection, hub: str, facts: PersonFacts, mine: frozenset[str]) -> list[Found]:
        blocks = self._secrets.blocks(hub, blocking_keys(facts))
        b = tables.people_blocks
        keys = db.scalars(
            select(b.c.key).distinct().where(b.c.hub == hub, b.c.block.in_(blocks)).limit(MOST_COMPARED)
        ).all()
        found = []
        for one in self._read(db, hub, keys, mine):
            match = compare(facts, one.account.facts)
            if match.band in SHOWN:
                found.append(self._found(one, match.band, match.score, match.reasons))
        return sorted(found, key=lambda one: -one.score)

    def _read(self, db: Connection, hub: str, keys: Sequence[str], mine: frozenset[str]) -> list[_Known]:
        """Accounts under these keys, less those of restricted records that the searcher may not read."""
        if not keys:
            return []
        p, g, r = tables.people, tables.grants, tables.referrals
        rows = db.execute(
            select(p, g.c.audiences, r.c.reference, r.c.stage, r.c.owner, r.c.received_at, r.c.closed_at)
            .join(g, (g.c.hub == p.c.hub) & (g.c.position == p.c.position))
            .outerjoin(r, (r.c.hub == p.c.hub) & (r.c.referral == p.c.stream))
            .where(p.c.hub == hub, p.c.key.in_(keys))
        ).all()
        theirs = [
            row
            for row in rows
            if mine & {*row.audiences} or not all(held.startswith("person:") for held in row.audiences)
        ]
        return [
            _Known(row, account, bool(mine & {*row.audiences}))
            for row, account in legible(db, self._shelf, self._secrets, hub, theirs)
        ]

    def _found(self, one: _Known, band: Band, score: float, reasons: tuple[str, ...]) -> Found:
        row, account = one.row, one.account
        received = PartialDate.of(row.received_at.date()) if row.received_at is not None else None
        last = received or max(
            (past.referred_on for past in account.episodes), key=lambda on: on.order_key, default=None
        )
        agency = row.owner or row.agency
        key = row.key if received else row.stream
        if not one.shown:
            return Found(
                key=key, band=band.value, score=score, reasons=(), agency=agency, pointer=True, last_on=last
            )
        facts = account.facts
        return Found(
            key=key,
            band=band.value,
            score=score,
            reasons=reasons,
            agency=agency,
            name=account.name,
            birth=facts.birth,
            address=account.address,
            episodes=_episodes(row, account),
            referral=row.stream if received else None,
            reference=row.reference,
            last_on=last,
        )


def _held(db: Connection, hub: str, because: str, mine: frozenset[str]) -> None:
    """A contact that the store does not have yet is its author's; of any other the searcher must hold a part,
    or naming a restricted record would keep its readers from being told. ``Refusal``: *reason-unknown*."""
    g = tables.grants
    holds = db.scalar(
        select(func.bool_or(g.c.audiences.overlap(list(mine)))).where(g.c.hub == hub, g.c.stream == because)
    )
    if holds is False:
        raise Refusal("reason-unknown", "You do not hold the contact that this search is for.", "because")


def _episodes(row: Any, account: Account) -> tuple[Episode, ...]:
    if row.received_at is not None:
        closed = PartialDate.of(row.closed_at.date()) if row.closed_at is not None else None
        on = PartialDate.of(row.received_at.date())
        return (Episode(on=on, what=f"{row.reference}: {Stage(row.stage).label}", closed=closed),)
    return tuple(
        Episode(
            on=past.referred_on,
            what=past.summary or past.level or past.primary_need or past.reason_closed,
            closed=past.closed_on,
        )
        for past in account.episodes
    )


def searched(body: SearchMade) -> PersonFacts | None:
    """The facts that a search which was logged asked for; ``None`` where it was for a reference."""
    terms = msgspec.json.decode(body.terms) | {"standing": {"agency": body.agency, "role": Role.STORE}}
    facts, reference = understood(msgspec.convert(terms, PeopleSearch), body.at.date())
    return facts if reference is None else None


def understood(asked: PeopleSearch, today: date) -> tuple[PersonFacts, str | None]:
    """The facts, or the reference, that a search asks for. ``Refusal``: *search-empty*, *sex-unknown*."""
    forenames, surname, birth, text = asked.forenames, asked.surname, asked.birth, asked.text.strip()
    reference = _REFERENCE.fullmatch(text)
    if reference is not None:
        return PersonFacts(), text.upper()
    nhs_number = re.sub(r"\s", "", asked.nhs_number)
    if text and not (forenames or surname or nhs_number or asked.upn):
        if re.fullmatch(r"\d{3}\s?\d{3}\s?\d{4}", text):
            nhs_number = re.sub(r"\s", "", text)
        else:
            words = BORN.sub(" ", text).split()
            split = next((at for at, word in enumerate(words) if word[0].isdigit()), len(words))
            if split < len(words) and birth is None:
                birth = parse(" ".join(words[split:]), today=today, field="text")
            names = words[:split]
            forenames, surname = " ".join(names[:-1]), names[-1] if names else ""
    try:
        sex = Sex(asked.sex) if asked.sex else None
    except ValueError:
        raise Refusal("sex-unknown", "Sex is M, F or U.", "sex") from None
    places = (Residence(asked.address, asked.postcode),) if asked.address or asked.postcode else ()
    facts = PersonFacts(
        forenames,
        surname,
        asked.aliases,
        birth,
        sex,
        nhs_number or None,
        asked.upn or None,
        places,
        asked.school,
    )
    if not blocking_keys(facts):
        raise Refusal(
            "search-empty", "Give more to search by: a full name, a birth date with a name, or a number."
        )
    return facts, None
