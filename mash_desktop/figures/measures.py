"""The figures themselves, counted and timed over cases; each definition stands at its field.

Every figure is split by local authority × cohort, both fixed at entry, with *unknown* shown. Definitions
follow the hub's strategy as ``DOMAIN.md`` has it (*Figures the strategy asks for*). Left out is what no
entry records: professional satisfaction, complaints, file audits, evidence and lessons.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from math import ceil

import msgspec

from ..domain.clocks import calendar
from ..domain.codes import Cohort
from ..domain.ladders import Movement
from .cases import Case

REPEAT_MONTHS = 12

People = Mapping[tuple[str, str], str]
"""The identity that a subject (stream, subject id) is linked to."""


class Group(msgspec.Struct, frozen=True, order=True):
    """A local authority (GSS code) and a cohort as they were at entry; empty is *unknown*."""

    authority: str = ""
    cohort: str = ""


class Spread(msgspec.Struct, frozen=True):
    """How long something took, in hours that the hub was open. ``median`` is the middle value (the mean of
    the two middle ones); ``ninetieth`` the least value that nine in ten do not exceed (nearest rank)."""

    count: int = 0
    median: timedelta | None = None
    ninetieth: timedelta | None = None


class Figures(msgspec.Struct, frozen=True):
    """The figures of one group, or of all. Counts; shares are :func:`share` of two of them."""

    contacts: int = 0
    """Demand: contacts opened."""
    referrals: int = 0
    """Demand: contacts that became referrals by the recorded act."""
    threshold_met: int = 0
    """Referrals of which a person's level permits admission."""
    admitted: int = 0
    """Cases shared; beside it admitted ÷ threshold met."""
    triage: Spread = Spread()
    """Timeliness: received → triaged."""
    decided: int = 0
    """Admitted and signed off."""
    decision: Spread = Spread()
    """Timeliness: admitted → signed off."""
    timed: int = 0
    """Of these, those whose rating in force has a limit: what is untimed was neither in time nor late."""
    within: int = 0
    """Of these, those decided by that limit. Its share is of all timed or overdue, so that leaving late cases
    open flatters nobody."""
    timed_first: int = 0
    within_first: int = 0
    """As ``timed`` and ``within``, by the limit of the first rating."""
    overdue: int = 0
    """Admitted, open, undecided, and past the limit of the rating in force at the time of counting."""
    asked: int = 0
    """Requests to agencies of admitted referrals, without those withdrawn."""
    returned: int = 0
    """Requests answered about everybody in them."""
    answer: Spread = Spread()
    """Timeliness: admitted → each return."""
    returned_timed: int = 0
    returned_within: int = 0
    returned_timed_first: int = 0
    returned_within_first: int = 0
    """As of decisions, by the limits that an agency has to answer."""
    unreturned: int = 0
    """Not answered: past the limit at the time of counting, or gone on without."""
    people_decided: int = 0
    """Outcome of sharing, per person decided on: final level against that at admission."""
    up: int = 0
    down: int = 0
    confirmed: int = 0
    not_compared: int = 0
    """Decided, but the two levels are not on one ladder or not both known."""
    people_admitted: int = 0
    """People of concern with a level at admission."""
    changed_by_oversight: int = 0
    """Of these, those whose level at admission is not the operator's; counted apart from stepping."""
    repeats: int = 0
    """Referrals of which a person of concern was in another referral received at most 12 months before
    *this* one was received."""
    escalations: int = 0
    escalations_open: int = 0
    outcomes: int = 0
    """Contacts with an outcome: signed off, or closed."""
    told: int = 0
    """Of these, those whose referrer was told."""


def share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def group_of(case: Case) -> Group:
    return Group(case.authority or "", case.cohort.value if case.cohort else "")


def by_group(cases: Sequence[Case], now: datetime, repeats: frozenset[str]) -> dict[Group, Figures]:
    """Figures of each group that has a case. ``repeats`` is that of :func:`repeat_streams`."""
    grouped: dict[Group, list[Case]] = {}
    for case in cases:
        grouped.setdefault(group_of(case), []).append(case)
    return {group: measure(of, now, repeats) for group, of in sorted(grouped.items())}


def measure(cases: Iterable[Case], now: datetime, repeats: frozenset[str]) -> Figures:
    """The figures of these cases as they stand at ``now``."""
    cases = [case for case in cases if case.received_at is not None]
    admitted = [case for case in cases if case.admitted_at is not None]
    decided = [case for case in admitted if case.decided_at is not None]
    asked = [(case, one) for case in admitted for one in case.returns]
    returned = [(case, one) for case, one in asked if one.answered_at is not None]
    movements = [movement for case in decided for movement in case.movements]
    return Figures(
        contacts=len(cases),
        referrals=sum(case.is_referral for case in cases),
        threshold_met=sum(case.threshold_met for case in cases),
        admitted=len(admitted),
        triage=_spread([_open_hours(case, case.received_at, case.triaged_at) for case in cases]),
        decided=len(decided),
        decision=_spread([_open_hours(case, case.admitted_at, case.decided_at) for case in decided]),
        timed=sum(case.due is not None for case in decided),
        within=sum(_within(case.decided_at, case.due) for case in decided),
        timed_first=sum(case.first_due is not None for case in decided),
        within_first=sum(_within(case.decided_at, case.first_due) for case in decided),
        overdue=sum(
            case.decided_at is None and not case.closed and case.due is not None and case.due < now
            for case in admitted
        ),
        asked=len(asked),
        returned=len(returned),
        answer=_spread([_open_hours(case, case.admitted_at, one.answered_at) for case, one in returned]),
        returned_timed=sum(one.due is not None for _, one in returned),
        returned_within=sum(_within(one.answered_at, one.due) for _, one in returned),
        returned_timed_first=sum(one.first_due is not None for _, one in returned),
        returned_within_first=sum(_within(one.answered_at, one.first_due) for _, one in returned),
        unreturned=sum(
            one.answered_at is None and (one.without or (one.due is not None and one.due < now))
            for _, one in asked
        ),
        people_decided=len(movements),
        up=movements.count(Movement.UP),
        down=movements.count(Movement.DOWN),
        confirmed=movements.count(Movement.CONFIRMED),
        not_compared=movements.count(None),
        people_admitted=sum(case.admitted_people for case in admitted),
        changed_by_oversight=sum(case.changed_by_oversight for case in admitted),
        repeats=sum(case.is_referral and case.stream in repeats for case in cases),
        escalations=sum(case.escalations for case in cases),
        escalations_open=sum(case.escalations_open for case in cases),
        outcomes=sum(case.told is not None for case in cases),
        told=sum(case.told is True for case in cases),
    )


def _open_hours(case: Case, start: datetime | None, end: datetime | None) -> timedelta | None:
    if start is None or end is None or end < start:
        return None
    return calendar(case.hours).elapsed(start, end, "working_hours")


def _within(at: datetime | None, limit: datetime | None) -> bool:
    return at is not None and limit is not None and at <= limit


def _spread(times: Iterable[timedelta | None]) -> Spread:
    known = sorted(time for time in times if time is not None)
    if not known:
        return Spread()
    middle = len(known) // 2
    median = known[middle] if len(known) % 2 else (known[middle - 1] + known[middle]) / 2
    return Spread(len(known), median, known[ceil(0.9 * len(known)) - 1])


def repeat_streams(cases: Sequence[Case], people: People) -> frozenset[str]:
    """Streams of referrals that repeat an earlier one: the same person, received at most 12 months before.

    The same person is one identity that subjects of both are linked to, or an earlier referral that the
    operator named. Looks over *all* cases held: the earlier one may lie before the period counted.
    """
    received = {case.stream: case.received_at for case in cases if case.is_referral and case.received_at}
    by_person: dict[str, list[datetime]] = {}
    for case in cases:
        if case.stream in received:
            for identity in {people[case.stream, one] for one in case.people if (case.stream, one) in people}:
                by_person.setdefault(identity, []).append(received[case.stream])
    found = set()
    for case in cases:
        at = received.get(case.stream)
        if at is None:
            continue
        earlier = [received[case.previous]] if case.previous in received else []
        for subject in case.people:
            earlier += by_person.get(people.get((case.stream, subject), ""), [])
        if any(before < at <= _months_on(before, REPEAT_MONTHS) for before in earlier):
            found.add(case.stream)
    return frozenset(found)


def _months_on(at: datetime, months: int) -> datetime:
    """The same day so many months later; the last of the month where there is none such."""
    year, month = divmod(at.month - 1 + months, 12)
    day = min(at.day, _last_day(at.year + year, month + 1))
    return at.replace(year=at.year + year, month=month + 1, day=day)


def _last_day(year: int, month: int) -> int:
    after = date(year + month // 12, month % 12 + 1, 1)
    return (after - timedelta(days=1)).day


def rate(count: int, population: int | None) -> float | None:
    """Per 10,000 people of the cohort's ages living in the authority."""
    return count * 10_000 / population if population else None


def cohort_of(group: Group) -> Cohort | None:
    return Cohort(group.cohort) if group.cohort else None
