"""Who is around the table: each agency's answer in a word, what it brought in a line, and its attendance."""

from __future__ import annotations

from datetime import datetime

import msgspec

from ...domain.clocks import returns_due
from ...domain.codes import AnswerResult, Attendance
from ...domain.configuration import Clock
from ...domain.entries import Made
from ...domain.entries.table import AttendanceRecorded
from ...domain.fold import Referral
from ...domain.fold.gathering import Request, released, requests
from ...working_time import say_duration
from ..countdown import countdown
from ..desk import Desk
from ..wording import joined, say_day, say_moment
from .chronology import brought
from .names import agency_called, called

IN_THE_ROOM = frozenset({Attendance.PRESENT, Attendance.OBSERVER})


class Around(msgspec.Struct, frozen=True):
    """One agency. ``state`` is a code for the colour, ``words`` what the pill says, ``note`` a line below."""

    agency: str
    name: str
    state: str
    """*open*, *returned*, *nothing held*, *refused*, *asked*, *late*, *without*, *owner* or *not asked*."""
    words: str
    note: str
    attendance: Attendance | None
    attended_by: str
    asked: bool

    @property
    def in_the_room(self) -> bool:
        return self.attendance in IN_THE_ROOM

    @property
    def presence(self) -> str:
        """*Present, Sam Iqbal*; empty while nobody has said."""
        if self.attendance is None:
            return ""
        return f"{self.attendance.label}{f', {self.attended_by}' if self.attended_by else ''}"


class Here(msgspec.Struct, frozen=True):
    """Somebody else who has the case open now. ``agency`` is an id, ``agency_name`` what people call it."""

    name: str
    agency: str
    agency_name: str


def here(desk: Desk, stream: str) -> tuple[Here, ...]:
    """Who else has the case open now, by name; nobody while there is no line."""
    config = desk.config()
    return tuple(
        Here(one.name, one.agency, agency_called(config, one.agency)) for one in desk.company.at(stream)
    )


def around(desk: Desk, referral: Referral) -> tuple[Around, ...]:
    """The owner, then those asked in the order of asking, then others whose attendance was recorded."""
    asked: dict[str, list[Request]] = {}
    for request in requests(referral).values():
        if not request.withdrawn:
            asked.setdefault(request.agency, []).append(request)
    came = referral.latest(AttendanceRecorded, "agency")
    owner = (referral.owner,) if referral.owner else ()
    return tuple(
        _around(desk, referral, agency, asked.get(agency, []), came.get(agency))
        for agency in dict.fromkeys((*owner, *asked, *came))
    )


def _around(
    desk: Desk, referral: Referral, agency: str, asked: list[Request], came: Made[AttendanceRecorded] | None
) -> Around:
    state, words, note = _state(desk, referral, agency, asked)
    return Around(
        agency=agency,
        name=agency_called(desk.config(), agency),
        state=state,
        words=words,
        note=note,
        attendance=came.body.attendance if came else None,
        attended_by=came.body.name if came else "",
        asked=bool(asked),
    )


def _state(desk: Desk, referral: Referral, agency: str, asked: list[Request]) -> tuple[str, str, str]:
    if not asked:
        note = _note(referral, agency)
        if agency == referral.owner:
            return ("open", "open to table", note) if note else ("owner", "owner", "")
        return "not asked", "not asked", "was not asked: what is released is not for it"
    now, config = desk.now(), desk.config()
    waiting = next((one for one in asked if one.open), None)
    if waiting is not None:
        return _waiting(desk, referral, waiting, now)
    if any(one.without is not None and not one.answered for one in asked):
        return "without", "gone on without", _note(referral, agency) or "may still answer"
    last = max(asked, key=lambda one: one.answered_at or one.made.made_at)
    at = say_moment(last.answered_at, now, config) if last.answered_at else ""
    results = {made.body.result for one in asked for made in one.answers.values()}
    refused = _refused(referral, asked)
    if AnswerResult.FINDINGS in results:
        brought_so_far = _note(referral, agency)
        note = "\n".join(part for part in (brought_so_far or "nothing released yet", refused) if part)
        return ("open", "open to table", note) if brought_so_far else ("returned", f"returned {at}", note)
    if refused:
        return "refused", "refused", refused
    systems = dict.fromkeys(
        system for one in asked for made in one.answers.values() for system in made.body.systems_searched
    )
    return "nothing held", "nothing held", f"searched {joined(tuple(systems))}, {at}"


def _waiting(desk: Desk, referral: Referral, request: Request, now: datetime) -> tuple[str, str, str]:
    config = desk.config()
    made = request.made
    due = made.body.due_at or returns_due(referral, made.made_at)
    clock = countdown(config, Clock.RETURN, referral.cohort, referral.rag, made.made_at, due)
    seen = request.acknowledged
    note = (
        f"acknowledged {say_moment(seen.made_at, now, config)} by {desk.name(seen.author)}"
        if seen
        else f"asked {say_moment(made.made_at, now, config)}"
    )
    if clock is not None and clock.late(now):
        return "late", say_duration(clock.left(now)), note
    if clock is not None:
        note = f"{note}, due {say_moment(clock.due, now, config)}"
    return "asked", "acknowledged" if seen else "asked", note


def _refused(referral: Referral, asked: list[Request]) -> str:
    """*refused about Mia and Joanne: prejudices an investigation, review 20 Nov 2026*: once for a reason."""
    about: dict[str, list[str]] = {}
    for one in asked:
        for subject, made in one.answers.items():
            body = made.body
            if body.result is AnswerResult.REFUSED and body.refusal_reason is not None:
                told = referral.subjects.get(subject)
                review = f", review {say_day(body.review_on)}" if body.review_on else ""
                why = f"{body.refusal_reason.label.lower()}{review}"
                about.setdefault(why, []).append(called(told.body) if told else "someone")
    return "; ".join(f"refused about {joined(tuple(who))}: {why}" for why, who in about.items())


def _note(referral: Referral, agency: str) -> str:
    """What it brought, in its own words where it described its involvement, otherwise how much."""
    told = brought(referral, agency, "involvement", "risk", "strength")
    if told:
        return "\n".join(made.body.words for made in told)
    events = sum(made.agency == agency for made in released(referral).values())
    return f"{events} in the chronology" if events else ""
