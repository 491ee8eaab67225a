"""Where each person of a family stands in a genogram: generations in rows, couples side by side.

Pure arithmetic on keys; it draws nothing. It copes with any set of relations that people may have
recorded, contradictory ones included: a relation that would make someone their own ancestor moves nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from mash_desktop.documents.content import Parentage, Partnership, Person, Union
from mash_desktop.documents.wording import in_order

_ROUNDS = 40


class Place(NamedTuple):
    """``across`` in points from the left, ``row`` the generation, eldest 0."""

    across: float
    row: int


class Family(NamedTuple):
    places: Mapping[str, Place]
    partnerships: tuple[Partnership, ...]
    sibships: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    """Parents and their children, by key, the eldest child first."""
    width: float
    rows: int


def arrange(
    people: Sequence[Person],
    partnerships: Sequence[Partnership],
    parentages: Sequence[Parentage],
    spacing: Mapping[frozenset[str], float],
    step: float,
) -> Family:
    """Places everyone who stands in a relation, and to the right of the first row everyone else.

    ``step`` is the least distance between two symbols, ``spacing`` a wider one for a couple.
    """
    known = {person.key: person for person in people}
    couples = tuple(
        each for each in partnerships if each.one in known and each.other in known and each.one != each.other
    )
    sibships = _sibships(known, parentages)
    related = {key for each in couples for key in (each.one, each.other)}
    related |= {key for parents, children in sibships for key in (*parents, *children)}
    keys = [key for key in known if key in related]
    rows = _rows(keys, couples, sibships)
    clusters = _clusters(keys, rows, couples, sibships)
    places = _spread(clusters, rows, sibships, spacing, step)
    edge = max((place.across for place in places.values()), default=-step)
    for key in known:
        if key not in related:
            edge += step
            places[key] = Place(edge, 0)
    deepest = max((place.row for place in places.values()), default=0)
    return Family(places, couples, sibships, edge, deepest + 1)


def _sibships(
    known: Mapping[str, Person], parentages: Sequence[Parentage]
) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    groups: dict[tuple[str, ...], list[str]] = {}
    placed: set[str] = set()
    for each in parentages:
        parents = tuple(sorted({key for key in each.parents if key in known and key != each.child})[:2])
        if parents and each.child in known and each.child not in placed:
            placed.add(each.child)
            groups.setdefault(parents, []).append(each.child)

    def eldest_first(key: str) -> tuple[bool, tuple[int, int, int, str]]:
        born = known[key].born
        return (born is None, in_order(born) if born else (0, 0, 0, ""))

    return tuple((parents, tuple(sorted(children, key=eldest_first))) for parents, children in groups.items())


def _rows(
    keys: Sequence[str],
    couples: Sequence[Partnership],
    sibships: Sequence[tuple[tuple[str, ...], tuple[str, ...]]],
) -> dict[str, int]:
    """Generations: partners and joint parents share a row, children stand at least one below."""
    rows = dict.fromkeys(keys, 0)
    level = [(each.one, each.other) for each in couples]
    level += [(parents[0], parents[-1]) for parents, _ in sibships]
    for _ in range(len(keys) + 1):
        before = dict(rows)
        for one, other in level:
            rows[one] = rows[other] = max(rows[one], rows[other])
        for parents, children in sibships:
            for child in children:
                rows[child] = max(rows[child], *(rows[parent] + 1 for parent in parents))
        if rows == before:
            break
    else:
        return dict.fromkeys(keys, 0)
    used = sorted(set(rows.values()))
    return {key: used.index(row) for key, row in rows.items()}


def _clusters(
    keys: Sequence[str],
    rows: Mapping[str, int],
    couples: Sequence[Partnership],
    sibships: Sequence[tuple[tuple[str, ...], tuple[str, ...]]],
) -> list[list[list[str]]]:
    """For each row its clusters from left to right; a cluster is people joined by partnership."""
    ended = {key for each in couples if each.union is not Union.TOGETHER for key in (each.one, each.other)}
    beside: dict[str, list[str]] = {key: [] for key in keys}
    pairs = [(each.one, each.other) for each in couples]
    pairs += [(parents[0], parents[-1]) for parents, _ in sibships if len(parents) == 2]
    for one, other in pairs:
        if rows[one] == rows[other] and other not in beside[one]:
            beside[one].append(other)
            beside[other].append(one)
    parents_of = {child: parents for parents, children in sibships for child in children}
    birth = {child: n for _, children in sibships for n, child in enumerate(children)}
    made: list[list[list[str]]] = []
    position: dict[str, int] = {}
    for row in range(max(rows.values(), default=-1) + 1):
        here = [key for key in keys if rows[key] == row]
        here.sort(key=lambda key: (len(beside[key]) > 1, key not in ended))
        found: list[list[str]] = []
        seen: set[str] = set()
        for key in here:
            if key not in seen:
                found.append(_chain(key, beside, seen))

        def order(cluster: list[str]) -> tuple[float, int]:
            born_here = [key for key in cluster if key in parents_of]
            parents = [parent for key in born_here for parent in parents_of[key]]
            above = [position[parent] for parent in parents if parent in position]
            first = min((birth[key] for key in born_here), default=0)
            return (sum(above) / len(above) if above else len(position), first)

        found.sort(key=order)
        position.update({key: n for n, key in enumerate(key for cluster in found for key in cluster)})
        made.append(found)
    return made


def _chain(start: str, beside: Mapping[str, Sequence[str]], seen: set[str]) -> list[str]:
    """Everyone joined to ``start``, each as near to their partners as one row allows."""
    chain: list[str] = []
    waiting = [start]
    while waiting:
        key = waiting.pop()
        if key not in seen:
            seen.add(key)
            chain.append(key)
            waiting += sorted(beside[key], key=lambda other: len(beside[other]) == 1)
    return chain


def _spread(
    clusters: Sequence[Sequence[Sequence[str]]],
    rows: Mapping[str, int],
    sibships: Sequence[tuple[tuple[str, ...], tuple[str, ...]]],
    spacing: Mapping[frozenset[str], float],
    step: float,
) -> dict[str, Place]:
    """Draws children under their parents and parents over their children until both are content."""
    offset: dict[str, float] = {}
    for cluster in (each for row in clusters for each in row):
        along = 0.0
        for n, key in enumerate(cluster):
            along += max(step, spacing.get(frozenset((cluster[n - 1], key)), 0.0)) if n else 0.0
            offset[key] = along
    across = {key: offset[key] + n * step for row in clusters for n, each in enumerate(row) for key in each}
    for _ in range(_ROUNDS):
        for row in clusters:
            wishes = [_wish(cluster, across, offset, sibships) for cluster in row]
            lengths = [offset[cluster[-1]] for cluster in row]
            for cluster, left in zip(row, _apart(wishes, lengths, step), strict=True):
                across.update({key: left + offset[key] for key in cluster})
    least = min(across.values(), default=0.0)
    return {key: Place(across[key] - least, rows[key]) for key in across}


def _wish(
    cluster: Sequence[str],
    across: Mapping[str, float],
    offset: Mapping[str, float],
    sibships: Sequence[tuple[tuple[str, ...], tuple[str, ...]]],
) -> float:
    """Where the left end of a cluster would like to stand."""
    wishes = []
    for parents, children in sibships:
        over = sum(across[key] for key in parents) / len(parents)
        under = (across[children[0]] + across[children[-1]]) / 2
        wishes += [over - under + across[key] - offset[key] for key in children if key in cluster]
        if parents[0] in cluster or parents[-1] in cluster:
            wishes.append(under - over + across[cluster[0]])
    return sum(wishes) / len(wishes) if wishes else across[cluster[0]]


def _apart(wishes: Sequence[float], lengths: Sequence[float], step: float) -> list[float]:
    """The nearest places to the wishes, in the same order and without overlap (pool adjacent violators)."""
    shift = [0.0]
    for length in lengths[:-1]:
        shift.append(shift[-1] + length + step)
    pools: list[list[float]] = []
    for wish, moved in zip(wishes, shift, strict=False):
        pools.append([wish - moved, 1.0])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            value, count = pools.pop()
            before, many = pools[-1]
            pools[-1] = [(before * many + value * count) / (many + count), many + count]
    settled = [value for value, count in pools for _ in range(int(count))]
    return [value + moved for value, moved in zip(settled, shift, strict=False)]
