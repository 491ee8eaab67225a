"""Whether a hub's configuration makes sense: everything named exists, dates are in order, nothing is missing.

It finds and says; it does not mend, and it does not refuse: whoever admits a configuration asks that there
be no finding.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import pairwise, product

import msgspec

from mash_desktop.domain.assessments import QUESTION_SETS
from mash_desktop.domain.codes import Cohort, Rag, RetentionAction
from mash_desktop.domain.configuration import Clock, Dated, HubConfig
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.identifiers import check_phone
from mash_desktop.domain.lawfulness import check as check_basis
from mash_desktop.domain.lawfulness import prefill
from mash_desktop.domain.roles import DECIDERS, Role


class Finding(msgspec.Struct, frozen=True):
    """What is wrong, and where: ``routes.direct-line.team``."""

    field: str
    sentence: str


def check(config: HubConfig) -> list[Finding]:
    """All findings, in the order of the configuration; an empty list is a sound one."""
    return [finding for look in _LOOKS for finding in look(config)]


def owed(config: HubConfig, on: date) -> list[Finding]:
    """What a sound configuration may still lack on that day, since no preset can have it: the numbers of
    direct lines."""
    return [
        Finding(
            f"routes.{route.id}.telephone",
            f"{route.label} has no telephone number: whoever routes by it while the hub cannot be reached is "
            "not told whom to ring.",
        )
        for route in config.routes
        if route.immediate and not route.telephone and route.holds(on)
    ]


def _basics(config: HubConfig) -> Iterator[Finding]:
    for field in ("id", "name", "word"):
        if not getattr(config, field).strip():
            yield Finding(field, "This may not be empty.")
    for field in (
        "break_glass_hours",
        "offline_lease_hours",
        "working_set_days",
        "key_backup_days",
        "marac_repeat_months",
    ):
        if getattr(config, field) < 1:
            yield Finding(field, "This is at least one.")
    if not config.break_glass_roles:
        yield Finding("break_glass_roles", "Name at least one role that may break the glass.")
    if set(config.break_glass_roles) & {Role.ADMINISTRATOR, Role.STORE}:
        yield Finding("break_glass_roles", "Neither administrator nor store sees case content.")
    search = config.search
    if not 0 < search.possible_score <= search.likely_score <= 1:
        yield Finding("search", "Scores lie between 0 and 1, a likely one no lower than a possible one.")
    if config.guidance_on(config.effective_from) is None:
        yield Finding("guidance", "No edition of guidance is in force on the day this takes effect.")


def _agencies(config: HubConfig) -> Iterator[Finding]:
    yield from _unique("agencies", [agency.id for agency in config.agencies])
    if not config.agencies_on(config.effective_from):
        yield Finding("agencies", "No agency is a member on the day this takes effect.")
    agencies, authorities = _agency_ids(config), _authorities(config)
    for agency in config.agencies:
        field = f"agencies.{agency.id}"
        yield from _in_order(field, agency)
        yield from _known(f"{field}.successor", (agency.successor,), agencies, "agency")
        yield from _known(f"{field}.areas", agency.areas, authorities, "local authority")
        yield from _unique(f"{field}.teams", [team.id for team in agency.teams])
        for team in agency.teams:
            yield from _in_order(f"{field}.teams.{team.id}", team)


def _areas(config: HubConfig) -> Iterator[Finding]:
    yield from _unique("areas", [area.gss for area in config.areas])
    known, authorities = {area.gss for area in config.areas}, _authorities(config)
    if not authorities:
        yield Finding("areas", "Name at least one local authority: an area that is its own authority.")
    for area in config.areas:
        field = f"areas.{area.gss}"
        yield from _in_order(field, area)
        yield from _known(f"{field}.authority", (area.authority,), authorities, "local authority")
        yield from _known(f"{field}.successor", (area.successor,), known, "area")


def _owning(config: HubConfig) -> Iterator[Finding]:
    agencies, authorities = _agency_ids(config), _authorities(config)
    for number, rule in enumerate(config.owning):
        field = f"owning.{number}"
        yield from _in_order(field, rule)
        yield from _known(f"{field}.agency", (rule.agency,), agencies, "agency")
        yield from _known(f"{field}.authorities", rule.authorities, authorities, "local authority")
    for cohort in Cohort:
        for authority in sorted(authorities):
            rules = (rule for rule in config.owning if rule.cohort is cohort)
            of_here = [rule for rule in rules if authority in rule.authorities]
            yield from _one_at_a_time(f"owning: {cohort.label.lower()} of {authority}", of_here)
        try:
            config.owner_for(cohort, None, config.effective_from)
        except Refusal:
            yield Finding(
                "owning", f"Nobody owns {cohort.label.lower()} while the local authority is not known."
            )


def _ladders(config: HubConfig) -> Iterator[Finding]:
    yield from _unique("ladders", [ladder.id for ladder in config.ladders])
    for ladder in config.ladders:
        field = f"ladders.{ladder.id}"
        yield from _in_order(field, ladder)
        yield from _unique(f"{field}.levels", [level.id for level in ladder.levels])
        ranks = [level.rank for level in ladder.levels]
        if not ranks or ranks != sorted(set(ranks)):
            yield Finding(f"{field}.levels", "A ladder has levels, and each ranks above the one before it.")
        levels = {level.id for level in ladder.levels}
        yield from _known(f"{field}.thresholds", ladder.thresholds, levels, "level")
        if not ladder.thresholds:
            yield Finding(f"{field}.thresholds", "Name at least one level that permits admission.")
    for cohort in Cohort:
        of_cohort = [ladder for ladder in config.ladders if ladder.cohort is cohort]
        yield from _one_at_a_time(f"ladders of {cohort.label.lower()}", of_cohort)
        if not any(ladder.holds(config.effective_from) for ladder in of_cohort):
            yield Finding("ladders", f"No ladder of levels is in force for {cohort.label.lower()}.")


def _routes(config: HubConfig) -> Iterator[Finding]:
    yield from _unique("routes", [route.id for route in config.routes])
    yield from _unique("routes.key", [route.key for route in config.routes])
    agencies = {agency.id: agency for agency in config.agencies}
    for route in config.routes:
        field = f"routes.{route.id}"
        yield from _in_order(field, route)
        pressed = route.key.split(", ")
        if route.immediate is not (len(pressed) == 2 and pressed[0] == pressed[1]):
            yield Finding(
                f"{field}.key",
                "An immediate route, and no other, has a key that is pressed twice: Alt 0, Alt 0.",
            )
        if route.telephone:
            try:
                check_phone(route.telephone)
            except Refusal as refusal:
                yield Finding(f"{field}.telephone", refusal.sentence)
        yield from _known(f"{field}.agency", (route.agency,), set(agencies), "agency")
        if route.team is not None:
            agency = agencies.get(route.agency or "")
            teams = {team.id for team in agency.teams} if agency else set()
            yield from _known(f"{field}.team", (route.team,), teams, "team")
        levels = {
            level.id for ladder in config.ladders if ladder.cohort in route.cohorts for level in ladder.levels
        }
        yield from _known(f"{field}.indicative_level", (route.indicative_level,), levels, "level")
    for cohort in Cohort:
        if not config.routes_for(cohort, config.effective_from):
            yield Finding("routes", f"There is no route out of triage for {cohort.label.lower()}.")


def _clocks(config: HubConfig) -> Iterator[Finding]:
    for number, row in enumerate(config.clocks):
        yield from _in_order(f"clocks.{number}", row)
        if (row.clock in _BY_RAG) != (row.rag is not None):
            yield Finding(f"clocks.{number}.rag", "Decision and return are limited by rating, others not.")
        if row.rag is Rag.BLUE and row.limit is not None:
            yield Finding(f"clocks.{number}.limit", "Blue is untimed: leave its limit out.")
    for clock in Clock:
        ratings: tuple[Rag | None, ...] = tuple(Rag) if clock in _BY_RAG else (None,)
        for rag, cohort in product(ratings, Cohort):
            field = f"clocks.{clock.value}" + (f".{rag.value}" if rag else "")
            rows = [row for row in config.clocks if row.clock is clock and row.rag is rag]
            rows = [row for row in rows if cohort in row.cohorts]
            yield from _one_at_a_time(field, rows)
            if rag not in {None, Rag.BLUE} and not any(row.holds(config.effective_from) for row in rows):
                yield Finding(
                    field, f"Give {cohort.label.lower()} a limit, or a row without one where it is untimed."
                )


def _oversight(config: HubConfig) -> Iterator[Finding]:
    levels = {level.id for ladder in config.ladders for level in ladder.levels}
    yield from _known("oversight.levels", config.oversight.levels, levels, "level")
    if not 0 <= config.oversight.sampled_percent <= 100:
        yield Finding("oversight.sampled_percent", "A share lies between 0 and 100 per cent.")
    for cohort in Cohort:
        makers = config.decision_makers(cohort)
        if not makers:
            yield Finding("oversight.decision_makers", f"Nobody may decide for {cohort.label.lower()}.")
        if makers - DECIDERS:
            yield Finding(
                "oversight.decision_makers",
                "Only a consultant social worker, safeguarding manager, police supervisor or, for cover, the "
                "out-of-hours team signs decisions.",
            )
    kinds = {agency.kind for agency in config.agencies_on(config.effective_from)}
    for group in config.required_strategy_agencies:
        if not kinds & set(group):
            yield Finding("required_strategy_agencies", "No member agency is of a kind that must be present.")


def _lawfulness(config: HubConfig) -> Iterator[Finding]:
    """Each member's prefilled basis, for each cohort and kind of data offered, is one the law allows."""
    for number, row in enumerate(config.lawfulness):
        yield from _in_order(f"lawfulness.{number}", row)
        on = max(config.effective_from, row.since or config.effective_from)
        if not row.holds(on):
            continue
        for cohort, kind, data in product(row.cohorts, row.agency_kinds, row.data_kinds):
            try:
                basis = prefill(config, cohort, kind, (data,), on)
                check_basis(config, basis, cohort, kind, (data,), on)
            except Refusal as refusal:
                named = f"{kind.label}, {cohort.label.lower()}, {data.label.lower()}"
                yield Finding(f"lawfulness.{number}", f"{named}: {refusal.sentence}")


def _retention(config: HubConfig) -> Iterator[Finding]:
    for number, row in enumerate(config.retention):
        keeps = row.action is RetentionAction.KEEP
        if (keeps and row.years is not None) or (not keeps and (row.years or 0) < 1):
            yield Finding(f"retention.{number}.years", "Disposal and review have a period; keeping has none.")


def _tools(config: HubConfig) -> Iterator[Finding]:
    known = set(QUESTION_SETS)
    for number, choice in enumerate(config.question_sets):
        yield from _in_order(f"question_sets.{number}", choice)
        yield from _known(f"question_sets.{number}", (choice.question_set,), known, "question set")


_BY_RAG = (Clock.DECISION, Clock.RETURN)

_LOOKS: tuple[Callable[[HubConfig], Iterator[Finding]], ...] = (
    _basics,
    _agencies,
    _areas,
    _owning,
    _ladders,
    _routes,
    _clocks,
    _oversight,
    _lawfulness,
    _retention,
    _tools,
)


def _agency_ids(config: HubConfig) -> set[str]:
    return {agency.id for agency in config.agencies}


def _authorities(config: HubConfig) -> set[str]:
    return {area.gss for area in config.areas if area.gss == area.authority}


def _unique(field: str, ids: Iterable[str]) -> Iterator[Finding]:
    for one, count in Counter(ids).items():
        if count > 1:
            yield Finding(field, f"{one} is used {count} times; each is used once.")


def _known(field: str, names: Iterable[str | None], known: set[str], words: str) -> Iterator[Finding]:
    for name in names:
        if name is not None and name not in known:
            yield Finding(field, f"There is no {words} named {name}.")


def _in_order(field: str, dated: Dated) -> Iterator[Finding]:
    if dated.since and dated.until and dated.until < dated.since:
        yield Finding(field, "It ends before it begins.")


def _one_at_a_time(field: str, rows: Iterable[Dated]) -> Iterator[Finding]:
    by_start = sorted(rows, key=lambda row: row.since or date.min)
    for earlier, later in pairwise(by_start):
        if (earlier.until or date.max) >= (later.since or date.min):
            yield Finding(field, "Two are in force on the same day.")
