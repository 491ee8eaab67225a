"""Search: people, other names, addresses, references, what was told; the cache at once, then the store.

Each result says why it is one. Records of another cohort or agency come as a pointer only. What is found is
opened elsewhere.
"""

from __future__ import annotations

from concurrent.futures import Future
from datetime import date
from time import perf_counter

import msgspec

from sync.protocol import Found, PeopleFound, PeopleSearch, Standing

from ..cache.people import Shown
from ..domain.codes import Marker
from ..domain.fold import Identity
from ..domain.partial_date import PartialDate
from ..matching import Band
from . import glass
from .desk import Desk
from .places import ROLES
from .triage.forms import Clock
from .triage.line import read_line
from .triage.people import born, facts_of

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
    """Search what this desk holds: words that begin as typed, then people who may be meant."""
    if not typed.strip():
        return Results(typed)
    began = perf_counter()
    today = Clock.of(desk).today
    rows: dict[str, Result] = {}
    by_stream: dict[str, list[tuple[str, Shown]]] = {}
    for key, shown in desk.cache.search(typed, most=MOST):
        by_stream.setdefault(key.partition("#")[0], []).append((key, shown))
    for people in by_stream.values():
        told = [(key, shown, _why(shown, typed)) for key, shown in people]
        # Where nobody's own facts hold the words, they stand in what was told about all of them.
        named = [one for one in told if one[2]] or [
            (key, shown, "in what was told") for key, shown, _ in told
        ]
        for key, shown, why in named:
            row = _result(desk, key, shown, why, today)
            # To be found by a suppressed address would betray it.
            if row.address != SUPPRESSED or why in ("name", "reference"):
                rows[key] = row
    for candidate in desk.cache.matches(facts_of(read_line(typed, today)), most=MOST):
        if candidate.key not in rows:
            why = f"{candidate.match.band.label}: {candidate.match.say()}"
            rows[candidate.key] = _result(desk, candidate.key, candidate.shown, why, today)
    return Results(typed, tuple(rows.values())[:MOST], (perf_counter() - began) * 1000)


def note(desk: Desk, results: Results) -> None:
    """Keep that this search was made. The terms are seen by governance alone."""
    desk.searched(results.typed, len(results.rows))


def _why(shown: Shown, typed: str) -> str:
    """Which of a person's own facts holds every word typed; empty if none does."""
    words = _words(typed)
    for text, why in (
        (shown.name, "name"),
        (shown.reference or "", "reference"),
        (shown.address, "address"),
        (f"{shown.name} {shown.address}", "name and address"),
    ):
        held = _words(text)
        if words and all(any(one.startswith(word) for one in held) for word in words):
            return why
    return ""


def _words(text: str) -> list[str]:
    return "".join(letter if letter.isalnum() else " " for letter in text.lower()).split()


def _result(desk: Desk, key: str, shown: Shown, why: str, today: date) -> Result:
    stream = shown.referral or ""
    row = desk.cache.row(stream) if stream else None
    past = sorted(shown.past, key=lambda episode: episode[0].order_key, reverse=True)
    hidden = any(Marker.ADDRESS_SUPPRESSED in one.markers for one in _identities(desk, key))
    return Result(
        key=key,
        name=shown.name or "name not known",
        born=born(shown.birth, today) or "–",
        agency=desk.agency_name(shown.agency),
        reference=shown.reference or ("not sent yet" if stream else "–"),
        stage=row.stage.label if row else "Known before",
        last=past[0][0].display() if past else "–",
        why=why,
        stream=stream,
        episodes=tuple(_say(*episode) for episode in past),
        address=SUPPRESSED if hidden else shown.address,
    )


def _identities(desk: Desk, key: str) -> tuple[Identity, ...]:
    if key.startswith("identity:"):
        return (desk.cache.identity(key),)
    stream, _, subject = key.partition("#")
    return tuple(one for one in desk.cache.linked_identities(stream) if (stream, subject) in one.linked)


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
