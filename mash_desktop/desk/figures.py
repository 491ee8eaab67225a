"""The figures of what this desk holds: filtered, laid out for reading, and written out as published.

The measures are ``mash_desktop.figures``; here is which referrals they are taken over and how they read. The
row of all is never narrowed by authority or cohort in the published view, so that two looks at it cannot be
subtracted from each other.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import msgspec
from platformdirs import user_documents_path

from ..domain.codes import AgencyKind, Cohort
from ..domain.configuration import HubConfig
from ..domain.errors import Refusal
from ..figures import Case, Figures, Group, Published, by_group, case_of, measure, publish
from ..figures.measures import rate, repeat_streams, share
from ..working_time import say_duration
from .desk import Desk
from .wording import counted, local, say_day

EVERY_AUTHORITY, EVERY_COHORT = (("", "Every local authority"),), (("", "Every cohort"),)
PERIODS = (
    ("30", "Last 30 days"),
    ("91", "Last 3 months"),
    ("365", "Last 12 months"),
    ("year", "This financial year"),
    ("all", "All that is held"),
)
UNKNOWN = "unknown"
"""The filter's code for what was not known at entry."""
HIDDEN = "hidden"
"""How a suppressed figure reads."""


class Chosen(msgspec.Struct, frozen=True):
    """What is looked at. Empty is *every*."""

    period: str = "365"
    authority: str = ""
    cohort: str = ""
    published: bool = False


class Cell(msgspec.Struct, frozen=True):
    """A figure as it reads; ``bar`` is its share of a whole, for a small bar."""

    text: str
    bar: float | None = None


class Row(msgspec.Struct, frozen=True):
    """One local authority × cohort, or all of them."""

    key: str
    authority: str
    cohort: str
    cells: dict[str, Cell]
    total: bool = False


class ColumnSpec(msgspec.Struct, frozen=True):
    """``meaning`` is the definition, for who reads the figure."""

    id: str
    header: str
    meaning: str
    bar: bool = False


class Section(msgspec.Struct, frozen=True):
    """Figures that are read together."""

    id: str
    label: str
    columns: tuple[ColumnSpec, ...]


class View(msgspec.Struct, frozen=True):
    sections: tuple[Section, ...]
    rows: tuple[Row, ...]
    coverage: str
    contacts: int
    """How many contacts are counted, to tell an empty period from an empty desk."""


class Basis(msgspec.Struct, frozen=True):
    """What the figures are taken over. ``cases`` is everything held, by stream."""

    cases: dict[str, Case]
    people: dict[tuple[str, str], str]
    from_admission: bool
    """This desk receives referrals only once they are admitted, so it cannot know the demand."""
    agency: str
    config: HubConfig
    now: datetime


def streams_held(desk: Desk) -> tuple[str, ...]:
    """The referrals held here, to be read some at a time."""
    return desk.cache.streams("referral:")


def read_cases(desk: Desk, streams: Iterable[str]) -> dict[str, Case]:
    """What is measured of these referrals; those of which nothing measured is held are left out."""
    cases = (case_of(desk.referral(stream)) for stream in streams)
    return {case.stream: case for case in cases if case.received_at is not None}


def people_linked(desk: Desk) -> dict[tuple[str, str], str]:
    """The identity that each subject is linked to, as far as links are held here."""
    found: dict[tuple[str, str], str] = {}
    for stream in desk.cache.linking():
        found.update(dict.fromkeys(desk.cache.identity(stream).linked, stream))
    return found


def basis(desk: Desk, cases: Mapping[str, Case]) -> Basis:
    config = desk.config()
    kind = next((one.kind for one in config.agencies if one.id == desk.me.agency), None)
    return Basis(
        dict(cases),
        people_linked(desk),
        kind is AgencyKind.HUB,
        desk.agency_name(desk.me.agency),
        config,
        desk.now(),
    )


def choices(of: Basis) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
    """Local authorities and cohorts to filter by, with *every* first and *unknown* where there is any."""
    authorities = [*EVERY_AUTHORITY]
    authorities += [(area.gss, area.name) for area in of.config.areas if area.gss == area.authority]
    cohorts = [*EVERY_COHORT, *((one.value, one.label) for one in Cohort)]
    if any(case.authority is None for case in of.cases.values()):
        authorities.append((UNKNOWN, "Unknown"))
    if any(case.cohort is None for case in of.cases.values()):
        cohorts.append((UNKNOWN, "Unknown"))
    return tuple(authorities), tuple(cohorts)


# --- reading a view


def view(of: Basis, chosen: Chosen) -> View:
    """The figures chosen, laid out."""
    start = _start(of, chosen.period)
    cases = [case for case in of.cases.values() if _since(of, case, start)]
    repeats = repeat_streams(tuple(of.cases.values()), of.people)
    groups = by_group(cases, of.now, repeats)
    shown = sorted((group for group in groups if _matches(group, chosen)), key=_in_order(of.config))
    if chosen.published:
        everything = measure(cases, of.now, repeats)
        reader: _Reader = _PublishedReader(of, publish(groups, everything))
    else:
        counted = [case for case in cases if Group(case.authority or "", case.cohort or "") in set(shown)]
        everything = measure(counted, of.now, repeats)
        figures: dict[Group | None, Figures] = {None: everything}
        figures.update((group, groups[group]) for group in shown)
        reader = _Reader(of, figures)
    sections = _sections(of)
    rows = [_row(of, reader, sections, group) for group in shown]
    rows.append(_row(of, reader, sections, None))
    return View(sections, tuple(rows), _coverage(of, cases, start), everything.contacts)


def _start(of: Basis, period: str) -> date | None:
    today = local(of.now, of.config).date()
    if period == "year":
        return date(today.year if (today.month, today.day) >= (4, 1) else today.year - 1, 4, 1)
    return today - timedelta(days=int(period)) if period.isdigit() else None


def _in_order(config: HubConfig) -> Callable[[Group], tuple[int, int]]:
    """The hub's own order of areas, then that of cohorts; unknown comes last."""
    areas, cohorts = [area.gss for area in config.areas], [cohort.value for cohort in Cohort]

    def order(group: Group) -> tuple[int, int]:
        return (
            areas.index(group.authority) if group.authority in areas else len(areas),
            cohorts.index(group.cohort) if group.cohort in cohorts else len(cohorts),
        )

    return order


def _since(of: Basis, case: Case, start: date | None) -> bool:
    if case.received_at is None:
        return False
    return start is None or local(case.received_at, of.config).date() >= start


def _matches(group: Group, chosen: Chosen) -> bool:
    return all(
        not wanted or (one or UNKNOWN) == wanted
        for wanted, one in ((chosen.authority, group.authority), (chosen.cohort, group.cohort))
    )


def _coverage(of: Basis, cases: Sequence[Case], start: date | None) -> str:
    what = (
        counted(len(cases), "referral admitted to the hub", "referrals admitted to the hub")
        if of.from_admission
        else f"{counted(len(cases), 'contact', 'contacts')} that {of.agency} holds"
    )
    since = f", received since {say_day(start)}" if start is not None else ""
    not_here = (
        "Contacts that were not admitted stay with the agencies that own them."
        if of.from_admission
        else "Contacts of other owning agencies are counted on their own desks."
    )
    return f"These figures cover what this desk holds: {what}{since}. {not_here}"


class _Reader:
    """Reads figures as they are, for who may see them."""

    def __init__(self, of: Basis, figures: Mapping[Group | None, Figures]) -> None:
        self._of, self._figures = of, figures

    def count(self, group: Group | None, name: str) -> Cell:
        return Cell(f"{getattr(self._figures[group], name):,}")

    def share(self, group: Group | None, part: str, *wholes: str) -> Cell:
        figures = self._figures[group]
        return _share(share(getattr(figures, part), sum(getattr(figures, one) for one in wholes)))

    def median(self, group: Group | None, name: str, *counts: str) -> Cell:
        return _time(getattr(self._figures[group], name).median)

    def ninetieth(self, group: Group | None, name: str, *counts: str) -> Cell:
        return _time(getattr(self._figures[group], name).ninetieth)

    def rate(self, group: Group | None, name: str) -> Cell:
        found = rate(getattr(self._figures[group], name), self._population(group))
        return Cell("–" if found is None else f"{found:.1f}")

    def _population(self, group: Group | None) -> int | None:
        """Of the latest year known; of all groups only where each has one."""
        groups = [group] if group is not None else [one for one in self._figures if one is not None]
        found = [self._population_of(one) for one in groups]
        known = [one for one in found if one is not None]
        return sum(known) if known and len(known) == len(found) else None

    def _population_of(self, group: Group) -> int | None:
        held = [
            one
            for one in self._of.config.populations
            if one.authority == group.authority and one.cohort.value == group.cohort
        ]
        return max(held, key=lambda one: one.year).count if held else None


class _PublishedReader(_Reader):
    """Reads what may leave the hub."""

    def __init__(self, of: Basis, published: Published) -> None:
        super().__init__(of, published.figures)
        self._published = published

    def count(self, group: Group | None, name: str) -> Cell:
        hidden = self._published.count(group, name) is None
        return Cell(HIDDEN) if hidden else super().count(group, name)

    def share(self, group: Group | None, part: str, *wholes: str) -> Cell:
        if any(self._published.count(group, name) is None for name in (part, *wholes)):
            return Cell(HIDDEN)
        return super().share(group, part, *wholes)

    def median(self, group: Group | None, name: str, *counts: str) -> Cell:
        spread = self._published.spread(group, name, *counts)
        return Cell(HIDDEN) if spread is None else _time(spread.median)

    def ninetieth(self, group: Group | None, name: str, *counts: str) -> Cell:
        spread = self._published.spread(group, name, *counts)
        return Cell(HIDDEN) if spread is None else _time(spread.ninetieth)

    def rate(self, group: Group | None, name: str) -> Cell:
        return Cell(HIDDEN) if self._published.count(group, name) is None else super().rate(group, name)


def _share(value: float | None) -> Cell:
    return Cell("–") if value is None else Cell(f"{value:.0%}".replace("%", " %"), value)


def _time(value: timedelta | None) -> Cell:
    return Cell("–" if value is None else say_duration(value))


def _row(of: Basis, reader: _Reader, sections: Iterable[Section], group: Group | None) -> Row:
    cells = {column.id: _READS[column.id](reader, group) for one in sections for column in one.columns}
    if group is None:
        return Row("all", "All", "", cells, True)
    area = next((one.name for one in of.config.areas if one.gss == group.authority), group.authority)
    cohort = Cohort(group.cohort).label if group.cohort else "Unknown"
    return Row(f"{group.authority}/{group.cohort}", area or "Unknown", cohort, cells)


_Read = Callable[[_Reader, Group | None], Cell]


def _count(name: str) -> _Read:
    return lambda reader, group: reader.count(group, name)


def _part(part: str, *wholes: str) -> _Read:
    return lambda reader, group: reader.share(group, part, *wholes)


_READS: dict[str, _Read] = {
    "contacts": _count("contacts"),
    "referrals": _count("referrals"),
    "referred": _part("referrals", "contacts"),
    "contact_rate": lambda reader, group: reader.rate(group, "contacts"),
    "referral_rate": lambda reader, group: reader.rate(group, "referrals"),
    "threshold_met": _count("threshold_met"),
    "admitted": _count("admitted"),
    "shared": _part("admitted", "threshold_met"),
    "triage_median": lambda reader, group: reader.median(group, "triage", "contacts"),
    "triage_90": lambda reader, group: reader.ninetieth(group, "triage", "contacts"),
    "decided": _count("decided"),
    "decision_median": lambda reader, group: reader.median(group, "decision", "decided"),
    "decision_90": lambda reader, group: reader.ninetieth(group, "decision", "decided"),
    "within": _part("within", "timed", "overdue"),
    "within_first": _part("within_first", "timed_first", "overdue"),
    "overdue": _count("overdue"),
    "asked": _count("asked"),
    "returned": _count("returned"),
    "answer_median": lambda reader, group: reader.median(group, "answer", "returned"),
    "answer_90": lambda reader, group: reader.ninetieth(group, "answer", "returned"),
    "returned_within": _part("returned_within", "returned_timed", "unreturned"),
    "returned_within_first": _part("returned_within_first", "returned_timed_first", "unreturned"),
    "unreturned": _count("unreturned"),
    "people_decided": _count("people_decided"),
    "up": _count("up"),
    "confirmed": _count("confirmed"),
    "down": _count("down"),
    "not_compared": _count("not_compared"),
    "stepped_up": _part("up", "people_decided"),
    "changed_by_oversight": _count("changed_by_oversight"),
    "repeats": _count("repeats"),
    "repeat_rate": _part("repeats", "referrals"),
    "escalations": _count("escalations"),
    "escalations_open": _count("escalations_open"),
    "outcomes": _count("outcomes"),
    "told": _part("told", "outcomes"),
}

_C = ColumnSpec
_OVERDUE = "decided in time, of all overdue or decided under a limit"
_DEMAND = Section(
    "demand",
    "Demand",
    (
        _C("contacts", "Contacts", "Contacts opened."),
        _C("referrals", "Referrals", "Contacts that became referrals by the recorded act."),
        _C("referred", "Referred", "Referrals, of all contacts.", True),
        _C("contact_rate", "Contacts per 10,000", "Of the cohort's population, where the hub knows it."),
        _C("referral_rate", "Referrals per 10,000", "Likewise, of referrals."),
        _C("triage_median", "To triage, median", "From receipt to triage, in hours that the hub was open."),
        _C("triage_90", "90th", "The time that nine in ten do not exceed."),
    ),
)
_RATES = {"contact_rate", "referral_rate"}
"""Shown where the hub's configuration has populations."""
_ADMITTED = _C("admitted", "Admitted", "Referrals admitted to the hub, so that agencies share.")
_SHARED = Section(
    "shared",
    "Cases shared",
    (
        _C("threshold_met", "Threshold met", "Referrals of which a person's level permits admission."),
        _ADMITTED,
        _C("shared", "Admitted ÷ met", "Admitted, of those that met the threshold.", True),
    ),
)
_DECISIONS = (
    _C("decided", "Decided", "Admitted and signed off."),
    _C("decision_median", "Median", "From admission to signature, in hours that the hub was open."),
    _C("decision_90", "90th", "The time that nine in ten do not exceed."),
    _C("within", "In time", f"By the rating in force: {_OVERDUE}.", True),
    _C("within_first", "By first rating", f"By the first rating: {_OVERDUE}.", True),
    _C("overdue", "Overdue", "Open, undecided and past the limit now."),
)
_TIMES = Section("times", "Decisions in time", _DECISIONS)
_RETURNS = Section(
    "returns",
    "Returns in time",
    (
        _C("asked", "Asked", "Requests to agencies, without those withdrawn."),
        _C("returned", "Returned", "Requests answered about everybody in them."),
        _C("answer_median", "Median", "From admission to the return, in hours that the hub was open."),
        _C("answer_90", "90th", "The time that nine in ten do not exceed."),
        _C("returned_within", "In time", "By the rating in force, of all timed or not returned.", True),
        _C("returned_within_first", "By first rating", "Likewise, by the first rating.", True),
        _C("unreturned", "Not returned", "Past the limit now, or gone on without."),
    ),
)
_OUTCOMES = Section(
    "outcomes",
    "Outcome of sharing",
    (
        _C("people_decided", "People", "People decided on, each counted by themselves: siblings differ."),
        _C("up", "Up", "Final level above that at admission."),
        _C("confirmed", "Confirmed", "Final level the same as at admission."),
        _C("down", "Down", "Final level below that at admission."),
        _C("not_compared", "Not compared", "The two levels are not on one ladder, or one is not known."),
        _C("stepped_up", "Stepped up", "Up, of all decided.", True),
        _C("changed_by_oversight", "By oversight", "Level changed by oversight before admission; apart."),
    ),
)
_AFTER = (
    _C("repeats", "Repeats", "Referrals of a person referred at most 12 months before that referral."),
    _C("repeat_rate", "Repeat rate", "Repeats, of all referrals.", True),
    _C("escalations", "Escalations", "Professional disagreements raised."),
    _C("escalations_open", "Open", "Escalations not resolved."),
    _C("outcomes", "With outcome", "Contacts signed off or closed."),
    _C("told", "Referrer told", "Referrer told the outcome, of those with one.", True),
)


def _sections(of: Basis) -> tuple[Section, ...]:
    after = Section("after", "Repeats and after", _AFTER)
    if of.from_admission:
        times = Section("times", "Decisions in time", (_ADMITTED, *_DECISIONS))
        return (times, _RETURNS, _OUTCOMES, after)
    demand = _DEMAND
    if not of.config.populations:
        known = tuple(column for column in demand.columns if column.id not in _RATES)
        demand = msgspec.structs.replace(demand, columns=known)
    return (demand, _SHARED, _TIMES, _RETURNS, _OUTCOMES, after)


# --- taking it out


def default_file(desk: Desk) -> str:
    """Where an export is offered to go. Waits for the disk: not for the GUI thread."""
    today = local(desk.now(), desk.config()).date()
    return str(user_documents_path() / f"figures {say_day(today)}.csv")


def export(desk: Desk, of: Basis, chosen: Chosen, file: str, drafts: Iterable[str] = ()) -> str:
    """Write the published view of the period as CSV, keep that it was taken out, and return the file's name.

    Raises ``Refusal`` (*file-missing*, *file-unwritable*) on *file*.
    """
    if not file.strip():
        raise Refusal("file-missing", "Say which file the figures go into.", "file")
    path = Path(file.strip()).expanduser()
    laid = view(of, msgspec.structs.replace(chosen, published=True, authority="", cohort=""))
    try:
        _write(path, csv_text(laid, dict(PERIODS)[chosen.period]))
    except OSError as error:
        raise Refusal(
            "file-unwritable", "That file cannot be written. Choose another folder or name.", "file"
        ) from error
    desk.exported(f"Figures as published, {dict(PERIODS)[chosen.period].lower()}", len(laid.rows))
    for key in drafts:
        desk.cache.put_draft(key, "")
    return path.name


def csv_text(laid: View, period: str) -> str:
    """The published view as CSV: a line a group; a suppressed figure says so."""
    columns = [column for section in laid.sections for column in section.columns]
    text = io.StringIO()
    writer = csv.writer(text)
    headers = [f"{section.label}: {column.header}" for section in laid.sections for column in section.columns]
    writer.writerow(["Local authority", "Cohort", "Period", *headers])
    for row in laid.rows:
        cells = ["suppressed" if row.cells[c.id].text == HIDDEN else row.cells[c.id].text for c in columns]
        writer.writerow([row.authority, row.cohort or "All", period, *cells])
    return text.getvalue()


def _write(path: Path, text: str) -> None:
    temporary = path.with_name(f"{path.name}.new")
    with temporary.open("w", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
