"""What the second display shows: only what every agency in the room may receive.

Worked out entry by entry from the same audiences by which the store gives entries out. Until attendance is
recorded nothing of the case is shown, since it is not known who looks. Nothing about a restricted record is,
nor a line that holds a suppressed address.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ...domain.audiences import Reach, audiences_within, reach
from ...domain.clocks import decision_due
from ...domain.codes import Marker, Rag
from ...domain.configuration import Clock
from ...domain.entries import Body, Made
from ...domain.entries.contact import SubjectRecorded
from ...domain.entries.table import AnalysisRecorded
from ...domain.fold import Referral
from ...domain.fold.gathering import requests
from ...domain.lawfulness import say
from ..countdown import Countdown, countdown
from ..desk import Desk
from ..wording import joined, local
from .around import Around, around
from .chronology import Line, chronology
from .names import called

_MARKS = {"open": "✓", "asked": "…", "late": "…", "returned": "…"}


class ShownLine(msgspec.Struct, frozen=True):
    when: str
    what: str
    source: str


class ShownAgency(msgspec.Struct, frozen=True):
    """``mark`` is ✓ for on the table, … for still to come, – for nothing."""

    mark: str
    words: str
    quiet: bool


class Shown(msgspec.Struct, frozen=True):
    """One picture of the second display. ``note`` says why nothing of the case is shown, if so."""

    title: str
    rag: Rag | None
    clock: Countdown | None
    lines: tuple[ShownLine, ...]
    around: tuple[ShownAgency, ...]
    unknown: str
    basis: str
    marking: str
    note: str
    held_back: int
    """Lines of the console's chronology that are not for everybody in the room."""


def what_all_may_see(desk: Desk, stream: str) -> Shown:
    """What may stand on the wall now."""
    referral, config = desk.referral(stream), desk.config()
    seats = around(desk, referral)
    room = frozenset(f"agency:{one.agency}" for one in seats if one.in_the_room)
    extent = reach(referral, config)
    hidden = _hidden(desk, referral)
    people = [
        made.body
        for subject in referral.of_concern
        if room and subject not in hidden and _for_all(made := referral.subjects[subject], extent, room)
    ]
    lines = chronology(desk, referral)
    told = [line for line in lines if _shows(line, referral, extent, room, hidden)]
    told_rating = bool(room) and all(_knows_rating(referral, extent, seat) for seat in room)
    due = decision_due(referral)
    started = referral.admitted.made_at if referral.admitted else None
    clock = countdown(config, Clock.DECISION, referral.cohort, referral.rag, started, due)
    today = local(desk.now(), config).year
    return Shown(
        title=_title(people) or referral.reference or "",
        rag=referral.rag if told_rating else None,
        clock=clock if told_rating else None,
        lines=tuple(ShownLine(_short_when(line, today), line.what, line.source) for line in told),
        around=tuple(_agency(one) for one in seats),
        unknown=_unknown(referral, extent, room),
        basis=_basis(referral),
        marking=config.marking.value,
        note="" if room else "Nobody is recorded as present yet, so nothing of the case is shown.",
        held_back=len(lines) - len(told),
    )


def _for_all(entry: Made[Body], extent: Reach, room: frozenset[str]) -> bool:
    return bool(room) and room <= audiences_within(extent, entry)


def _shows(
    line: Line, referral: Referral, extent: Reach, room: frozenset[str], hidden: frozenset[str]
) -> bool:
    entry = referral.get(line.evidence) if line.evidence else None
    if entry is None or entry.kind != "contribution.released" or not _for_all(entry, extent, room):
        return False
    return not hidden & set(line.subjects) and not _tells_address(line.what, referral)


def _hidden(desk: Desk, referral: Referral) -> frozenset[str]:
    """Subjects whose record is restricted."""
    return frozenset(
        subject
        for identity in desk.cache.linked_identities(referral.stream)
        if Marker.RESTRICTED in identity.markers
        for stream, subject in identity.linked
        if stream == referral.stream
    )


def _tells_address(words: str, referral: Referral) -> bool:
    """Whether a line holds an address that is suppressed, its postcode with or without the space."""
    said, close = _plain(words), _plain(words).replace(" ", "")
    return any(
        (line and line in said) or (postcode and postcode in close)
        for made in referral.addresses
        if made.body.suppressed
        for line, postcode in [(_plain(made.body.line), _plain(made.body.postcode).replace(" ", ""))]
    )


def _plain(words: str) -> str:
    return " ".join(words.casefold().replace(",", " ").split())


def _knows_rating(referral: Referral, extent: Reach, seat: str) -> bool:
    """An agency was told the rating when it was asked, or sees the referral itself."""
    return seat in extent.core or any(
        f"agency:{one.agency}" == seat and one.made.body.rag is not None
        for one in requests(referral).values()
    )


def _unknown(referral: Referral, extent: Reach, room: frozenset[str]) -> str:
    said = referral.latest(AnalysisRecorded, "part").get("unknown")
    if said is None or not _for_all(said, extent, room) or _tells_address(said.body.words, referral):
        return ""
    return said.body.words


def _title(people: Sequence[SubjectRecorded]) -> str:
    if not people:
        return ""
    surnames = {one.surname.strip() for one in people}
    first = joined([called(one) for one in people])
    return f"{surnames.pop()}, {first}" if len(surnames) == 1 and "" not in surnames else first


def _short_when(line: Line, this_year: int) -> str:
    """*12 Nov*, *c. Sept*: the year goes without saying while it is this one."""
    year, month = line.order[0], line.order[1]
    return line.when.removesuffix(f" {year}") if year == this_year and month else line.when


def _agency(one: Around) -> ShownAgency:
    mark = _MARKS.get(one.state, "–")
    if one.state == "owner" and one.in_the_room:
        mark = "✓"
    aside = {"asked": "answering", "late": "answering", "returned": "answering"}.get(one.state, "")
    aside = "nothing held" if one.state == "nothing held" else aside
    if one.attendance is not None and not one.in_the_room:
        aside = f"{aside}, {one.attendance.label.lower()}" if aside else one.attendance.label.lower()
    return ShownAgency(mark, f"{one.name}, {aside}" if aside else one.name, mark == "–")


def _basis(referral: Referral) -> str:
    """*Children Act 1989 s17 · 6(1)(e) · 9(2)(g) · Sch 1 p18*, each basis of the scope once."""
    said = {
        " · ".join((one.basis.gateway.label, *say(one.basis).split(", ")[1:])): None for one in referral.scope
    }
    return "; ".join(said)
