"""Search: people, other names, addresses, references, what was told; the cache at once, then the store.

Each result says why it is one. Records of another cohort or agency come as a pointer only. What is found is
opened elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from datetime import date
from time import perf_counter

import msgspec

from sync.protocol import Found, PeopleFound, PeopleSearch, Standing

from ..cache.searching import FEW, TOLD, Asked, Candidate, Hit
from ..domain.partial_date import PartialDate
from ..matching import Band, fold
from . import glass
from .desk import Desk
from .places import ROLES
from .triage.forms import Clock
from .triage.line import read_line, take_date
from .triage.people import born, facts_of
from .wording import joined

MOST = 50
SUPPRESSED = "address suppressed"


class Result(msgspec.Struct, frozen=True):
    """One person in the list. ``stream`` is what is opened; empty for a pointer."""

    key: str
    name: str
    born: str
    agency: str
    reference: str
    stage: str
    last: str
    why: str
    stream: str = ""
    pointer: bool = False
    glass: int = 0
    """Hours for which this person may open what is behind the pointer by breaking the glass."""
    episodes: tuple[str, ...] = ()
    address: str = ""

    @property
    def record(self) -> str:
        """The stream of the record."""
        return self.key.partition("#")[0]


class Results(msgspec.Struct, frozen=True):
    """What was found for what was typed."""

    typed: str
    rows: tuple[Result, ...] = ()
    cache_ms: float = 0.0
    store_s: float | None = None

    @property
    def timing(self) -> str:
        said = f"cache {max(round(self.cache_ms), 1)} ms"
        return said if self.store_s is None else f"{said} · store {max(self.store_s, 0.1):.1f} s"


def find(desk: Desk, typed: str) -> Results:
    """Search what this desk holds: people known by the words typed, and people who may be meant by them."""
    if not typed.strip():
        return Results(typed)
    began = perf_counter()
    today = Clock.of(desk).today
    asked = _asked(typed, today)
    hits = desk.cache.search(asked, desk.me.person, most=MOST)
    rows: dict[str, Result] = {}
    names = {one.id: one.short_name for one in desk.config().agencies}
    if asked.birth is not None or len(hits) <= FEW:
        for like in desk.cache.matches(facts_of(read_line(typed, today)), desk.me.person, most=MOST):
            why = f"{like.match.band.label}: {like.match.say()}"
            rows[like.key] = _result(like, why, today, names)
    found = {hit.key: _result(hit, _why(hit), today, names) for hit in hits}
    # Who is known by the very words stands before who is only like it; but a birth date says how like.
    together = found | rows if asked.birth is None else {**rows, **found, **rows}
    return Results(typed, tuple(together.values())[:MOST], (perf_counter() - began) * 1000)


def _asked(typed: str, today: date) -> Asked:
    birth, before, after = take_date(typed.split(), today)
    words = tuple(fold(" ".join((*before, *after))).split())
    return Asked(words, birth, tuple(fold(typed).split()))


def _why(hit: Hit) -> str:
    return "in what was told" if hit.by == (TOLD,) else joined(hit.by)


def note(desk: Desk, results: Results) -> None:
    """Keep that this search was made. The terms are seen by governance alone."""
    desk.searched(results.typed, len(results.rows))


def _result(found: Hit | Candidate, why: str, today: date, names: Mapping[str, str]) -> Result:
    """``names`` are the agencies', by id."""
    shown = found.shown
    past = sorted(shown.past, key=lambda episode: episode[0].order_key, reverse=True)
    stream = shown.referral or ""
    return Result(
        key=found.key,
        name=shown.name or "name not known",
        born=born(shown.birth, today) or "–",
        agency=names.get(shown.agency, shown.agency),
        reference=shown.reference or ("not sent yet" if stream else "–"),
        stage=found.stage.label if found.stage else "Known before",
        last=past[0][0].display() if past else "–",
        why=why,
        stream=stream,
        episodes=tuple(_say(*episode) for episode in past),
        address=shown.address or (SUPPRESSED if shown.suppressed else ""),
    )


def _say(began: PartialDate, what: str, closed: PartialDate | None) -> str:
    """``11 Aug 2026 · Child in need (s17) · closed 2 Oct 2026``."""
    ended = f"closed {closed.display()}" if closed else "open"
    return " · ".join(part for part in (began.display(), what, ended) if part)


def ask_store(desk: Desk, typed: str) -> Future[PeopleFound] | None:
    """Ask the store as well; None while there is no network. Its answer goes to :func:`with_store`."""
    if desk.store_search is None or not typed.strip():
        return None
    facts = facts_of(read_line(typed, Clock.of(desk).today))
    me = desk.sitting(ROLES["search"])
    return desk.store_search(
        PeopleSearch(
            standing=Standing(agency=me.agency, role=me.role, team=me.team),
            forenames=facts.forenames,
            surname=facts.surname,
            aliases=facts.aliases,
            birth=facts.birth,
            text=typed,
        )
    )


def with_store(desk: Desk, results: Results, answer: PeopleFound, seconds: float) -> Results:
    """What was found here with what the store found beside it."""
    today = Clock.of(desk).today
    known = {row.key for row in results.rows}
    hours = glass.hours(desk)
    more = tuple(_from_store(desk, found, today, hours) for found in answer.found if found.key not in known)
    return msgspec.structs.replace(results, rows=results.rows + more, store_s=seconds)


def _from_store(desk: Desk, found: Found, today: date, hours: int) -> Result:
    agency = desk.agency_name(found.agency)
    band = Band(found.band).label
    why = f"{band}: {'; '.join(found.reasons)}" if found.reasons else band
    if found.pointer:
        year = f", {found.last_on.year}" if found.last_on else ""
        return Result(found.key, f"{agency}{year} · ask", "–", agency, "–", "Held elsewhere", "–", why,
                      pointer=True, glass=hours)  # fmt: skip
    past = sorted(found.episodes, key=lambda episode: episode.on.order_key, reverse=True)
    stream = found.referral or ""
    row = desk.cache.row(stream) if stream else None
    return Result(
        key=found.key,
        name=found.name or "name not known",
        born=born(found.birth, today) or "–",
        agency=agency,
        reference=found.reference or "–",
        stage=row.stage.label if row else "On the store",
        last=past[0].on.display() if past else found.last_on.display() if found.last_on else "–",
        why=why,
        # Only what this desk holds can be opened here.
        stream=stream if row else "",
        episodes=tuple(_say(one.on, one.what, one.closed) for one in past),
        address=found.address,
    )
