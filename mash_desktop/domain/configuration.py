"""What one hub is: agencies, areas, ladders, routes, clocks, lawfulness, retention; and its versions.

Everything in which hubs differ is a value here, as one immutable ``HubConfig`` that travels as an entry of
the hub's stream. This module only answers questions of it. It does not check it (``hub.check``), read
presets (``hub.presets``) or judge lawfulness (``lawfulness``).

A thing with ``since`` and ``until`` holds from the first to the last of these days, both included; None is
*from the beginning* and *with no end known*.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

import msgspec

from mash_desktop.domain.codes import (
    AgencyKind,
    Code,
    Cohort,
    DataKind,
    Marking,
    Rag,
    RetentionAction,
    RetentionTrigger,
)
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.law import (
    Article6,
    Article9,
    Article10,
    CommonLaw,
    Gateway,
    Part3,
    ScheduleGround,
    ScheduleParagraph,
)
from mash_desktop.domain.roles import Role
from mash_desktop.working_time import HubHours, Limit, instant


class Dated(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A thing that holds on some days and not on others."""

    since: date | None = None
    until: date | None = None

    def holds(self, on: date) -> bool:
        return (self.since is None or self.since <= on) and (self.until is None or on <= self.until)


class FormerName(msgspec.Struct, frozen=True):
    """What an agency or team was called, until the day named if that is known. Older papers still say it."""

    name: str
    until: date | None = None


class Named(Dated, frozen=True, kw_only=True, omit_defaults=True):
    """What has a name now and may have had others."""

    id: str
    name: str
    former_names: tuple[FormerName, ...] = ()

    def name_on(self, on: date) -> str:
        """What it was called that day."""
        then = [(old.until, old.name) for old in self.former_names if old.until and on <= old.until]
        return min(then)[1] if then else self.name


class Team(Named, frozen=True, kw_only=True, omit_defaults=True):
    """A team of an agency. A *receiving* one accepts or returns what the hub sends to it."""

    receiving: bool = True
    out_of_hours: bool = False


class Agency(Named, frozen=True, kw_only=True, omit_defaults=True):
    """A partner agency. Its dates are those of its membership of the hub.

    ``organisation`` is the data controller. ``virtual_from`` is the day from which it is not in the
    building and answers requests only; None is *always in the building*.
    """

    short_name: str
    organisation: str
    kind: AgencyKind
    virtual_from: date | None = None
    successor: str | None = None
    areas: tuple[str, ...] = ()
    """GSS codes of the local authorities it serves; empty is *all that the hub covers*."""
    teams: tuple[Team, ...] = ()

    def virtual(self, on: date) -> bool:
        return self.virtual_from is not None and self.virtual_from <= on

    def team(self, team: str) -> Team:
        return _named(self.teams, team, "team", "team")


class AreaCovered(Dated, frozen=True, kw_only=True, omit_defaults=True):
    """An area that the hub covers, by GSS code. ``authority`` is the one with social care duties there."""

    gss: str
    name: str
    authority: str
    successor: str | None = None


class Owning(Dated, frozen=True, kw_only=True, omit_defaults=True):
    """Who owns a cohort's referrals from these local authorities."""

    cohort: Cohort
    agency: str
    authorities: tuple[str, ...]
    unknown_too: bool = False
    """Also owns them while the local authority is not known."""


class Level(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A rung. Higher rank is higher need; two of one rank are neither a step up nor down."""

    id: str
    label: str
    rank: int


class Ladder(Dated, frozen=True, kw_only=True, omit_defaults=True):
    """The levels of need of one cohort, in order, while it is in force."""

    id: str
    cohort: Cohort
    levels: tuple[Level, ...]
    thresholds: tuple[str, ...]
    """Levels that permit admission to the hub."""

    def level(self, level: str) -> Level:
        return _named(self.levels, level, "level", "level of need")

    def __contains__(self, level: object) -> bool:
        return any(rung.id == level for rung in self.levels)


class Route(Dated, frozen=True, kw_only=True, omit_defaults=True):
    """A way out of triage."""

    id: str
    label: str
    key: str
    """``Alt 1``; of an immediate route ``Alt 0, Alt 0``, pressed twice so that it is never a slip."""
    cohorts: tuple[Cohort, ...]
    agency: str | None = None
    """None is the owning agency."""
    team: str | None = None
    needs_qualified_decision: bool = False
    immediate: bool = False
    """A direct line: never waits for returns."""
    telephone: str = ""
    """Whom to ring where a direct line does not reach the hub."""
    indicative_level: str | None = None
    makes_referral: bool = True
    """Taking it is the recorded act by which a contact becomes a referral."""


class Clock(Code):
    """What is timed, and from when."""

    DECISION = "decision", "Entry to the hub to decision"
    RETURN = "return", "Asking an agency to its return"
    ACKNOWLEDGE = "acknowledge", "Receipt to a social worker's decision and word to the referrer"
    ASSESSMENT = "assessment", "Referral to the end of the assessment"
    CONFERENCE = "conference", "Strategy discussion to initial conference"
    HANDOVER = "handover", "Hand-over to the out-of-hours team to its acknowledgement"


class ClockLimit(Dated, frozen=True, kw_only=True, omit_defaults=True):
    """A limit while it is in force. ``limit`` None is *untimed*; ``source`` is the guidance it comes from.

    An untimed row of the decision for *blue* is what makes a hub offer that rating.
    """

    clock: Clock
    limit: Limit | None = None
    rag: Rag | None = None
    cohorts: tuple[Cohort, ...] = tuple(Cohort)
    source: str = ""


class Guidance(Dated, frozen=True, kw_only=True, omit_defaults=True):
    """The edition of statutory guidance that the hub works to."""

    title: str
    edition: str


class Oversight(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """When a qualified decision is needed before a route is taken, and how many others are sampled."""

    levels: tuple[str, ...]
    where_history_matches: bool = True
    sampled_percent: int = 0
    decision_makers: tuple[tuple[Cohort, Role], ...]
    """The role that decides entry and signs, per cohort; several rows are deputies and cover."""


class LawfulRow(Dated, frozen=True, kw_only=True, omit_defaults=True):
    """What the hub's agreement offers these agencies for these data; the first of each is prefilled."""

    cohorts: tuple[Cohort, ...]
    agency_kinds: tuple[AgencyKind, ...]
    data_kinds: tuple[DataKind, ...]
    gateways: tuple[Gateway, ...]
    article6: tuple[Article6, ...]
    article9: tuple[Article9, ...] = ()
    schedule_paragraphs: tuple[ScheduleParagraph, ...] = ()
    schedule_grounds: tuple[ScheduleGround, ...] = ()
    article10: tuple[Article10, ...] = ()
    part3: tuple[Part3, ...] = ()
    common_law: tuple[CommonLaw, ...] = ()


class Commencements(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Days on which law came, or will come, into force; None is *not commenced*."""

    recognised_legitimate_interest: date | None = None
    """UK GDPR Article 6(1)(ea), Data (Use and Access) Act 2025."""
    information_sharing_duty: date | None = None
    """Children Act 2004 s16LA."""


class RetentionRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One row of the retention schedule. ``years`` None goes with *keep*."""

    record: str
    label: str
    trigger: RetentionTrigger
    action: RetentionAction
    years: int | None = None
    cohorts: tuple[Cohort, ...] = tuple(Cohort)


class SearchOptions(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How people are searched for."""

    likely_score: float = 0.9
    possible_score: float = 0.6
    other_cohorts_as_pointers: bool = True
    most_results: int = 50


class QuestionSetChoice(Dated, frozen=True, kw_only=True, omit_defaults=True):
    """The version of a domestic abuse tool in use: an id of ``assessments.QUESTION_SETS``."""

    question_set: str


class Population(msgspec.Struct, frozen=True, kw_only=True):
    """People of one cohort's ages living in a local authority, for rates per 10,000."""

    authority: str
    cohort: Cohort
    count: int
    year: int
    source: str


class HubConfig(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A hub: the whole of its configuration, as one version of it."""

    id: str
    name: str
    word: str = "MASH"
    """What people here call a hub."""
    marking: Marking = Marking.OFFICIAL_SENSITIVE
    effective_from: date
    hours: HubHours
    """Opening hours, and the time zone in which dates and times are shown."""
    guidance: tuple[Guidance, ...]
    agencies: tuple[Agency, ...]
    areas: tuple[AreaCovered, ...]
    owning: tuple[Owning, ...]
    ladders: tuple[Ladder, ...]
    routes: tuple[Route, ...]
    clocks: tuple[ClockLimit, ...]
    oversight: Oversight
    required_strategy_agencies: tuple[tuple[AgencyKind, ...], ...]
    """Of each group one at least must be at a strategy discussion."""
    everything_is_referral: bool = False
    lawfulness: tuple[LawfulRow, ...]
    commencements: Commencements
    retention: tuple[RetentionRow, ...]
    question_sets: tuple[QuestionSetChoice, ...]
    marac_repeat_months: int = 12
    break_glass_roles: tuple[Role, ...]
    break_glass_hours: int = 4
    hand_over_at_close: bool = False
    """Reds and unfinished direct lines go to the owner's out-of-hours team when the hub closes."""
    offline_lease_hours: int = 72
    working_set_days: int = 180
    key_backup_days: int = 30
    search: SearchOptions = SearchOptions()
    populations: tuple[Population, ...] = ()

    def day(self, at: datetime) -> date:
        """The civil date at a moment, where the hub is."""
        return at.astimezone(ZoneInfo(self.hours.time_zone)).date()

    def end_of(self, day: date) -> datetime:
        """The moment, in UTC, at which a civil date is over where the hub is."""
        return instant(day + timedelta(days=1), time(0), ZoneInfo(self.hours.time_zone))

    def agency(self, agency: str) -> Agency:
        return _named(self.agencies, agency, "agency", "agency")

    def agencies_on(self, on: date) -> tuple[Agency, ...]:
        """Members on that day, in the hub's own order."""
        return tuple(agency for agency in self.agencies if agency.holds(on))

    def route(self, route: str) -> Route:
        return _named(self.routes, route, "route", "route")

    def routes_for(self, cohort: Cohort, on: date) -> tuple[Route, ...]:
        return tuple(route for route in self.routes if cohort in route.cohorts and route.holds(on))

    def area(self, gss: str) -> AreaCovered:
        for area in self.areas:
            if area.gss == gss:
                return area
        raise Refusal("unknown-area", f"This hub does not cover the area {gss}.", "area")

    def local_authorities(self, on: date) -> tuple[AreaCovered, ...]:
        """Areas that are themselves local authorities with social care duties."""
        return tuple(area for area in self.areas if area.gss == area.authority and area.holds(on))

    def ladder(self, cohort: Cohort, on: date) -> Ladder:
        for ladder in self.ladders:
            if ladder.cohort is cohort and ladder.holds(on):
                return ladder
        raise Refusal("no-ladder", f"No ladder of levels holds for {cohort.label.lower()} on {_day(on)}.")

    def owner_for(self, cohort: Cohort, authority: str | None, on: date) -> str:
        """Id of the owning agency. ``authority`` is a GSS code, or None or empty while unknown."""
        for rule in self.owning:
            known = authority in rule.authorities if authority else rule.unknown_too
            if rule.cohort is cohort and known and rule.holds(on):
                return rule.agency
        raise Refusal(
            "no-owning-agency",
            f"No agency of this hub owned {cohort.label.lower()} from that local authority on {_day(on)}. "
            "Hand the contact to the authority concerned.",
            "local_authority",
        )

    def receiver(self, route: Route, owner: str) -> str:
        """Id of the agency that a route leads to, for a referral that ``owner`` owns."""
        return route.agency or owner

    def limit(self, clock: Clock, cohort: Cohort, on: date, rag: Rag | None = None) -> Limit | None:
        """The limit in force, or None where the hub leaves the clock untimed."""
        row = self._clock_row(clock, cohort, on, rag)
        return row.limit if row is not None else None

    def ratings(self, cohort: Cohort, on: date) -> tuple[Rag, ...]:
        """What may be rated, most urgent first: blue only where the hub has a row for it."""
        blue = self._clock_row(Clock.DECISION, cohort, on, Rag.BLUE)
        return tuple(rag for rag in Rag if rag is not Rag.BLUE or blue is not None)

    def _clock_row(self, clock: Clock, cohort: Cohort, on: date, rag: Rag | None) -> ClockLimit | None:
        rows = (row for row in self.clocks if row.clock is clock and row.rag is rag)
        return next((row for row in rows if cohort in row.cohorts and row.holds(on)), None)

    def guidance_on(self, on: date) -> Guidance | None:
        return next((edition for edition in self.guidance if edition.holds(on)), None)

    def decision_makers(self, cohort: Cohort) -> frozenset[Role]:
        """Roles that may decide entry and sign for the owning agency of this cohort."""
        return frozenset(role for of, role in self.oversight.decision_makers if of is cohort)

    def question_sets_on(self, on: date) -> tuple[str, ...]:
        return tuple(choice.question_set for choice in self.question_sets if choice.holds(on))

    def sharing_duty_in_force(self, on: date) -> bool:
        """Whether section 16LA of the Children Act 2004 is in force."""
        return _commenced(self.commencements.information_sharing_duty, on)

    def legitimate_interest_in_force(self, on: date) -> bool:
        """Whether UK GDPR Article 6(1)(ea) is in force."""
        return _commenced(self.commencements.recognised_legitimate_interest, on)


class HubTimeline(msgspec.Struct, frozen=True):
    """The versions of a hub's configuration in log order, each with the position at which it was admitted.

    Those still pending come last.
    """

    versions: tuple[tuple[int, HubConfig], ...]

    def at(self, position: int | None) -> HubConfig:
        """The version in force at a position; None (still pending) is the latest.

        A position before the first version gets the first: a log may begin with entries that only later
        were given a configuration, and a fold must still be total.
        """
        if not self.versions:
            raise Refusal("no-configuration", "This hub has no configuration. An administrator sets it up.")
        if position is None:
            return self.versions[-1][1]
        earlier = [version for version in self.versions if version[0] <= position]
        return max(earlier, key=lambda version: version[0])[1] if earlier else self.versions[0][1]


T = TypeVar("T", Agency, Team, Level, Route)


def _named(among: Iterable[T], wanted: str, code: str, words: str) -> T:
    for one in among:
        if one.id == wanted:
            return one
    raise Refusal(f"unknown-{code}", f"This hub has no {words} named {wanted}.", code)


def _commenced(day: date | None, on: date) -> bool:
    return day is not None and day <= on


def _day(on: date) -> str:
    return f"{on.day} {on:%b %Y}"
