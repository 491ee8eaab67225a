"""A page of a queue is what sorting all of it would give, whichever stages and owners are asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import pytest

from mash_desktop.cache import Cache
from mash_desktop.cache.projection import RANKS, QueueRow
from mash_desktop.domain.fold import Stage
from mash_desktop.domain.fold.stage import OPEN
from tests.bench.desktop.made import Filling

HELD = 60


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cache]:
    made = Filling(tmp_path_factory.mktemp("listing") / "cache.db")
    made.fill(HELD)
    yield made.cache
    made.close()


def slowly(
    rows: Collection[QueueRow], stages: Collection[Stage], owners: Collection[str] | None, by_due: bool
) -> list[str]:
    def order(row: QueueRow) -> tuple[object, ...]:
        assert row.received_at is not None
        due = (row.due_at is None, row.due_at or row.received_at, RANKS[row.rag]) if by_due else ()
        return *due, row.received_at

    wanted = [one for one in rows if one.stage in stages and (owners is None or one.owner in owners)]
    return [one.stream for one in sorted(wanted, key=order)]


@pytest.mark.parametrize("by_due", [True, False])
@pytest.mark.parametrize("owners", [None, ["scc-children"], ["police", "scc-children"], ["police"], []])
@pytest.mark.parametrize("stages", [tuple(OPEN), (Stage.CONTACT,), (Stage.RATED, Stage.TABLE), ()])
def test_a_page_is_what_sorting_everything_would_give(
    cache: Cache, stages: tuple[Stage, ...], owners: list[str] | None, by_due: bool
) -> None:
    held = cache.queue(tuple(Stage), most=1000)
    assert len(held) == HELD
    assert {one.stage for one in held} == {Stage.CONTACT, Stage.RATED, Stage.CLOSED}
    everything = slowly(held, stages, owners, by_due)
    whole = cache.queue(stages, owners=owners, by_due=by_due, most=None)
    assert [one.stream for one in whole] == everything
    for offset in (0, 7, 50):
        page = cache.queue(stages, owners=owners, by_due=by_due, most=9, offset=offset)
        assert [one.stream for one in page] == everything[offset : offset + 9]
