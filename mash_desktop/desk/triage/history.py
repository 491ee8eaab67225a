"""History found while a contact is typed: who may be the same person, why, and what a person says of it.

The cache answers at once and the store a moment later. It proposes; the person at the desk decides, and what
they decide is an entry of an identity.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future
from datetime import date
from time import perf_counter

import msgspec

from sync.protocol import Found, PeopleFound, PeopleSearch, Standing

from ...cache.searching import Candidate
from ...domain.acts import Draft
from ...domain.assessments import repeats
from ...domain.codes import Marker
from ...domain.entries.contact import DuplicateNamed, HistorySearched, NoteAdded
from ...domain.entries.identity import IdentityLinked, IdentityNotSame
from ...domain.fold import Identity, Referral
from ...domain.fold.people import full_name
from ...domain.partial_date import PartialDate
from ...matching import Band, PersonFacts
from ..desk import Desk, new_id
from .forms import Clock
from .line import read_line
from .people import Person, facts_in, facts_of

REPEAT_MONTHS = 12
"""A referral within so many months of the last one of the same person is a repeat."""

SAME, NOT_SAME, UNSURE = "same", "not_same", "unsure"
Episode = tuple[PartialDate, str, PartialDate | None]
"""When it began, what it was, when it was closed."""


class Match(msgspec.Struct, frozen=True):
    """One person who may be the one typed. ``keys`` are their records; ``said`` is what was decided."""

    keys: tuple[str, ...]
    title: str
    band: Band
    reasons: str
    earlier: str
    last: str
    """The date within ``earlier`` that is the thing itself."""
    repeat: bool
    said: str = ""
    pointer: bool = False
    """A record of another cohort: agency and date only, to be asked for."""
    reference: str = ""
    referral: str = ""

    @property
    def undecided(self) -> bool:
        return self.said not in (SAME, NOT_SAME)


class History(msgspec.Struct, frozen=True):
    """What was found of one person. ``subject`` is empty for a line that is still being typed."""

    subject: str
    name: str
    matches: tuple[Match, ...] = ()
    cache_ms: float = 0.0
    store_s: float | None = None

    @property
    def undecided(self) -> tuple[Match, ...]:
        return tuple(match for match in self.matches if match.undecided)

    @property
    def timing(self) -> str:
        """``cache 12 ms · store 0.2 s``."""
        said = f"cache {max(round(self.cache_ms), 1)} ms"
        return said if self.store_s is None else f"{said} · store {max(self.store_s, 0.1):.1f} s"


def of_line(desk: Desk, stream: str, line: str) -> History:
    """Who may be the person that is being typed."""
    said = read_line(line, Clock.of(desk).today)
    name = " ".join(part for part in (said.forenames, said.surname) if part)
    return _found(desk, stream, "", name, facts_of(said))


def of_person(desk: Desk, stream: str, person: Person) -> History:
    """Who may be the person of a row, as it stands or as it is being edited."""
    referral = desk.referral(stream)
    name = " ".join(part for part in (person.forenames, person.surname) if part)
    facts = facts_in(referral, person, Clock.of(desk).today)
    return _found(desk, stream, person.subject, name or person.aliases or person.relation, facts)


def of_everybody(desk: Desk, stream: str) -> dict[str, History]:
    """Who may be each person of a contact, by subject."""
    referral = desk.referral(stream)
    today = Clock.of(desk).today
    return {
        subject: _found(
            desk,
            stream,
            subject,
            full_name(made.body),
            facts_in(referral, Person.of(referral, subject), today),
        )
        for subject, made in referral.subjects.items()
    }


def _found(desk: Desk, stream: str, subject: str, name: str, facts: PersonFacts) -> History:
    began = perf_counter()
    candidates = desk.cache.matches(facts, desk.me.person, besides=stream)
    took = (perf_counter() - began) * 1000
    others = [one for one in candidates if not _taken_up_as(desk, one.key, stream)]
    return History(subject, name, _cards(desk, desk.referral(stream), subject, others), took)


def _taken_up_as(desk: Desk, key: str, stream: str) -> bool:
    """Whether a record is of the same contact, from before it was taken up again: no history of anybody."""
    at, seen = key.partition("#")[0], set[str]()
    while at.startswith("referral:") and at not in seen:
        seen.add(at)
        duplicate = desk.referral(at).last(DuplicateNamed)
        at = duplicate.body.of if duplicate is not None else ""
        if at == stream:
            return True
    return False


def _cards(
    desk: Desk, referral: Referral, subject: str, candidates: Iterable[Candidate]
) -> tuple[Match, ...]:
    """One card a person: records that are linked to one identity are one person, best match first."""
    held: dict[str, Identity] = {}
    groups: list[tuple[set[str], list[Candidate]]] = []
    for candidate in candidates:
        mine = {one.stream: one for one in _identities(desk, candidate.key)}
        held |= mine
        group = next((each for each in groups if each[0] & mine.keys()), None)
        if group is None:
            groups.append((set(mine) or {candidate.key}, [candidate]))
        else:
            group[0].update(mine)
            group[1].append(candidate)
    return tuple(
        _card(desk, referral, subject, [held[key] for key in sorted(keys) if key in held], members)
        for keys, members in groups
    )


def _identities(desk: Desk, key: str) -> list[Identity]:
    """The identities of one record: itself, or those that the subject of a referral is linked to."""
    if key.startswith("identity:"):
        return [desk.cache.identity(key)]
    stream, _, subject = key.partition("#")
    return [one for one in desk.cache.linked_identities(stream) if (stream, subject) in one.linked]


def _card(
    desk: Desk, referral: Referral, subject: str, identities: list[Identity], members: list[Candidate]
) -> Match:
    best = members[0]
    here = (referral.stream, subject)
    past = sorted({episode for member in members for episode in member.shown.past}, key=_order, reverse=True)
    received = referral.received_at or desk.now()
    title = f"{best.shown.name}, {best.shown.birth.display()}" if best.shown.birth else best.shown.name
    reasons = best.match.reasons
    if any(Marker.ADDRESS_SUPPRESSED in one.markers for one in identities):
        reasons = tuple(reason for reason in reasons if not reason.startswith(("lived at", "same address")))
    said = ""
    if any(here in one.linked for one in identities):
        said = SAME
    elif any(here in one.not_same for one in identities):
        said = NOT_SAME
    elif any(made.body.words == _unsure_words(referral, subject, title) for made in referral.all(NoteAdded)):
        said = UNSURE
    return Match(
        keys=tuple(dict.fromkeys([*(one.stream for one in identities), *(m.key for m in members)])),
        title=title,
        band=best.match.band,
        reasons="; ".join(reasons),
        earlier=_earlier(past),
        last=_last(past) if past else "",
        repeat=_repeats(past, desk.config().day(received)),
        said=said,
        reference=next((m.shown.reference for m in members if m.shown.reference), ""),
        referral=next((m.shown.referral for m in members if m.shown.referral), ""),
    )


def _order(episode: Episode) -> tuple[int, int, int, bool, bool]:
    return episode[0].order_key


def _repeats(past: Iterable[Episode], received: date) -> bool:
    return any(repeats(began.earliest(), received, REPEAT_MONTHS) for began, _, _ in past)


def _earlier(past: list[Episode]) -> str:
    """``2 earlier referrals · last 11 Aug 2026, child in need, closed``: what it came to, not all of it."""
    if not past:
        return "no earlier referral held"
    _, what, closed = past[0]
    count = "1 earlier referral" if len(past) == 1 else f"{len(past)} earlier referrals"
    told = ", ".join(part for part in (_last(past), _small(what), "closed" if closed else "open") if part)
    return f"{count} · last {told}"


def _last(past: list[Episode]) -> str:
    """When somebody last had to do with the person: when it was closed, or when it began if it is open."""
    began, _, closed = past[0]
    return (closed or began).display()


def _small(words: str) -> str:
    """The first sentence of ``Child in need (s17). Found: neglect`` within another."""
    first = words.split(". ")[0].rstrip(".")
    return first[:1].lower() + first[1:]


# --- the store's answer


def ask_store(desk: Desk, stream: str, found: History, line: str = "") -> Future[PeopleFound] | None:
    """Ask the store for the same person; None without a network. :func:`with_store` takes the answer."""
    if desk.store_search is None:
        return None
    referral = desk.referral(stream)
    if found.subject:
        facts = facts_in(referral, Person.of(referral, found.subject), Clock.of(desk).today)
    else:
        facts = facts_of(read_line(line, Clock.of(desk).today))
    home = facts.addresses[0] if facts.addresses else None
    me = desk.who_may(HistorySearched, referral) or desk.me.author
    return desk.store_search(
        PeopleSearch(
            standing=Standing(agency=me.agency, role=me.role, team=me.team),
            forenames=facts.forenames,
            surname=facts.surname,
            aliases=facts.aliases,
            birth=facts.birth,
            sex=facts.sex.value if facts.sex else "",
            nhs_number=facts.nhs_number or "",
            upn=facts.upn or "",
            address=home.line if home else "",
            postcode=home.postcode if home else "",
            school=facts.school,
            because=stream,
        )
    )


def with_store(desk: Desk, stream: str, found: History, answer: PeopleFound, seconds: float) -> History:
    """What was found here with what the store found beside it."""
    known = {key for match in found.matches for key in match.keys}
    received = desk.referral(stream).received_at or desk.now()
    more = tuple(
        _from_store(desk, one, desk.config().day(received))
        for one in answer.found
        if one.key not in known
        and one.referral != stream
        and not one.key.startswith(f"{stream}#")
        and not _taken_up_as(desk, one.key, stream)
    )
    return msgspec.structs.replace(found, matches=found.matches + more, store_s=seconds)


def _from_store(desk: Desk, found: Found, received: date) -> Match:
    band = Band(found.band)
    if found.pointer:
        year = f", {found.last_on.year}" if found.last_on else ""
        agency = desk.agency_name(found.agency)
        return Match((found.key,), f"{agency}{year} · ask", band, "; ".join(found.reasons), "", "", False,
                     pointer=True)  # fmt: skip
    past: list[Episode] = sorted(((e.on, e.what, e.closed) for e in found.episodes), key=_order, reverse=True)
    return Match(
        keys=(found.key,),
        title=f"{found.name}, {found.birth.display()}" if found.birth else found.name,
        band=band,
        reasons="; ".join(found.reasons),
        earlier=_earlier(past),
        last=_last(past) if past else "",
        repeat=_repeats(past, received),
        reference=found.reference or "",
        referral=found.referral or "",
    )


# --- what a person says of a match


def decide(desk: Desk, stream: str, subject: str, match: Match, said: str) -> None:
    """Keep that a match is the same person, is not, or that one looked and is unsure."""
    referral = desk.referral(stream)
    if said == UNSURE:
        desk.act(stream, NoteAdded(words=_unsure_words(referral, subject, match.title)))
        return
    identity, drafts = _identity_for(desk, match)
    body = IdentityLinked if said == SAME else IdentityNotSame
    drafts.append(Draft(identity, body(referral=stream, subject=subject, reason=match.reasons), id=new_id()))
    desk.save(drafts)


def _identity_for(desk: Desk, match: Match) -> tuple[str, list[Draft]]:
    """The identity of a matched record; a new one where the record has none, with the record linked to it."""
    known = next((key for key in match.keys if key.startswith("identity:")), None)
    if known is not None:
        return known, []
    identity = f"identity:{new_id()}"
    records = [key.partition("#") for key in match.keys]
    return identity, [
        Draft(identity, IdentityLinked(referral=stream, subject=subject), id=new_id())
        for stream, _, subject in records
    ]


def _unsure_words(referral: Referral, subject: str, title: str) -> str:
    made = referral.subjects.get(subject)
    return f"Unsure whether {full_name(made.body) if made else 'this person'} is {title}."


def look_for_everybody(desk: Desk, stream: str) -> dict[str, History]:
    """As :func:`of_everybody`, and kept as a search of what is held here."""
    found = of_everybody(desk, stream)
    if found:
        note_search(desk, stream, sum(len(one.matches) for one in found.values()), "cache")
    return found


def note_search(desk: Desk, stream: str, found: int, where: str) -> None:
    """Keep that earlier history was looked for here, once for each place and number found."""
    referral = desk.referral(stream)
    body = HistorySearched(found=found, where=where)
    last = next(
        (made.body for made in reversed(referral.all(HistorySearched)) if made.body.where == where), None
    )
    if last != body and desk.ask(stream, [body]):
        desk.act(stream, body)
