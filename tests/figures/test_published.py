"""What leaves the hub tells no small count, even to who puts all of its tables together."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mash_desktop.figures import COLUMNS, Figures, Group, Published, Spread, publish
from mash_desktop.figures.published import TABLES
from mash_desktop.figures.suppression import SMALL, Column
from tests.figures.readers import determined

Cell = tuple[str, str]
HOUR = timedelta(hours=1)


@st.composite
def figures_of_a_group(draw: st.DrawFn) -> Figures:
    """Figures that hang together: a part is no more than its whole."""

    def part(whole: int) -> int:
        return draw(st.integers(0, whole))

    contacts = draw(st.integers(0, 40))
    referrals = part(contacts)
    threshold = part(referrals)
    admitted = part(threshold)
    decided = part(admitted)
    asked = draw(st.integers(0, 30))
    returned = part(asked)
    timed, timed_first = part(decided), part(decided)
    returned_timed, returned_timed_first = part(returned), part(returned)
    people = draw(st.integers(0, 30))
    up = part(people)
    down = part(people - up)
    confirmed = part(people - up - down)
    people_admitted, escalations, outcomes = (draw(st.integers(0, 20)) for _ in range(3))
    return Figures(
        contacts=contacts,
        referrals=referrals,
        threshold_met=threshold,
        admitted=admitted,
        decided=decided,
        timed=timed,
        within=part(timed),
        timed_first=timed_first,
        within_first=part(timed_first),
        overdue=part(admitted - decided),
        asked=asked,
        returned=returned,
        returned_timed=returned_timed,
        returned_within=part(returned_timed),
        returned_timed_first=returned_timed_first,
        returned_within_first=part(returned_timed_first),
        unreturned=part(asked - returned),
        people_decided=people,
        up=up,
        down=down,
        confirmed=confirmed,
        not_compared=people - up - down - confirmed,
        people_admitted=people_admitted,
        changed_by_oversight=part(people_admitted),
        repeats=part(referrals),
        escalations=escalations,
        escalations_open=part(escalations),
        outcomes=outcomes,
        told=part(outcomes),
        decision=Spread(decided, HOUR, HOUR) if decided else Spread(),
    )


def summed(groups: list[Figures]) -> Figures:
    return Figures(**{name: sum(getattr(one, name) for one in groups) for name in COLUMNS})


def published_of(groups: list[Figures]) -> Published:
    named = {Group(f"E0600000{at}", "children"): one for at, one in enumerate(groups)}
    return publish(named, summed(groups))


def named_equations(published: Published) -> tuple[list[dict[Cell, int]], dict[Cell, int]]:
    """What everybody knows of all tables together, and every count in them, remainders too."""
    groups = [group for group in published.figures if group is not None]
    keys = {group: str(at) for at, group in enumerate(groups)}
    counts: dict[Cell, int] = {}
    known: list[dict[Cell, int]] = []

    def lay(column: Column, top: str) -> None:
        for group, figures in published.figures.items():
            counts[keys[group] if group else "", column.name] = getattr(figures, column.name)
        if not column.under:
            return
        rest = "" if column.whole else f"{top}/{column.name} rest"
        for group, figures in published.figures.items():
            row = keys[group] if group else ""
            equation: dict[Cell, int] = {(row, column.name): -1}
            left = getattr(figures, column.name)
            for under in column.under:
                equation[row, under.name] = 1
                left -= getattr(figures, under.name)
            if rest:
                equation[row, rest] = 1
                counts[row, rest] = left
            known.append(equation)
        for under in column.under:
            lay(under, top)

    for root, parts in TABLES:
        for at, one in enumerate((root, *parts)):
            lay(one, f"{root.name}{at}")
    for column in dict.fromkeys(column for _, column in counts):
        known.append({("", column): -1} | {(key, column): 1 for key in keys.values()})
    return known, counts


@pytest.mark.unmeasured
@given(st.lists(figures_of_a_group(), min_size=1, max_size=3))
@settings(max_examples=25)
def test_putting_every_table_together_brings_no_small_count_back(groups: list[Figures]) -> None:
    published = published_of(groups)
    known, counts = named_equations(published)
    keys = {group: str(at) for at, group in enumerate(g for g in published.figures if g is not None)}
    taken = {(keys[group] if group else "", name) for group, name in published.suppressed}
    unknown = [cell for cell in counts if cell in taken or cell[1].endswith(" rest")]
    told = determined(unknown, known)
    assert not {cell for cell in told if counts[cell] in SMALL}


@given(st.lists(figures_of_a_group(), min_size=1, max_size=5))
@settings(max_examples=60)
def test_no_small_count_is_shown(groups: list[Figures]) -> None:
    published = published_of(groups)
    for group in published.figures:
        assert not [name for name in COLUMNS if published.count(group, name) in SMALL]


def test_a_share_is_not_shown_where_either_of_its_counts_is_hidden() -> None:
    published = published_of([Figures(contacts=40, referrals=3), Figures(contacts=60, referrals=30)])
    few, many = (group for group in published.figures if group is not None)
    assert published.share(few, "referrals", "contacts") is None
    assert published.share(many, "referrals", "contacts") is None
    assert published.share(None, "referrals", "contacts") == 0.33


def test_a_median_of_fewer_than_six_is_not_shown() -> None:
    five = Figures(
        contacts=9, referrals=9, threshold_met=9, admitted=9, decided=5, decision=Spread(5, HOUR, HOUR)
    )
    (group,) = (one for one in published_of([five]).figures if one is not None)
    assert published_of([five]).spread(group, "decision", "decided") is None
    nine = Figures(
        contacts=9, referrals=9, threshold_met=9, admitted=9, decided=9, decision=Spread(9, HOUR, HOUR)
    )
    assert published_of([nine]).spread(group, "decision", "decided") == Spread(9, HOUR, HOUR)
