"""How long the log grows when somebody restricted was typed: as long as when nobody was, entry for entry."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text, update
from uuid6 import uuid7

from mash_desktop.domain.acts import Draft
from mash_desktop.domain.codes import Marker
from mash_desktop.domain.entries.access import RestrictedMet, RestrictedWatched, SearchMade
from mash_desktop.domain.entries.identity import HistoryRecorded, MarkerSet
from sync.store import tables, watching
from sync.store.verifying import verify
from sync.store.watching import STRETCH_SECONDS, STRETCHES
from tests.domain.story import OPERATOR
from tests.support.served_story import Cast, ServedStory, stretch
from tests.support.store import ServedStore
from tests.sync.client.conftest import until
from tests.sync.store.test_people import Child, child, looked_for, search, told_of

pytestmark = pytest.mark.parametrize("postgres", ["embedded"], indirect=True)


@pytest.fixture
def cast(served_store: ServedStore) -> Cast:
    """In a hub that nobody else makes grow."""
    return Cast(served_store, served_store.new_hub())


class Killed(BaseException):
    """As a kill would, it passes every handler."""


def restricted(cast: Cast, who: Child, several: int = 1) -> None:
    """As many records of somebody, each restricted, that nobody has linked."""
    for _ in range(several):
        identity, ruth = f"identity:{uuid7()}", cast["ruth"]
        history = HistoryRecorded(
            agency="scc-children", source_system="census", record=str(uuid7()), cohort="children",
            forenames=who.forename, surname=who.surname, birth=who.born,
        )  # fmt: skip
        marked = MarkerSet(marker=Marker.RESTRICTED, reason="Adopted.", readers=(ruth.enrolled.person,))
        assert ruth.act(Draft(identity, history), Draft(identity, marked)).state == "admitted"


def settled(cast: Cast) -> None:
    """Nothing is left to follow upon what was typed before."""
    w = tables.watches
    while True:
        stretch(cast.served, cast.hub)
        with cast.served.direct.engine.connect() as db:
            if db.scalar(select(w.c.left).where(w.c.hub == cast.hub)) == 0:
                return


def grown(cast: Cast, typed: Callable[[], object], stretches: int = STRETCHES + 2) -> list[int]:
    """By how much the log is longer after what is typed, and after each stretch of time that follows."""
    settled(cast)
    size = cast["priya"].head().size
    found = []
    typed()
    for _ in range(stretches):
        found.append(cast["priya"].head().size - size)
        stretch(cast.served, cast.hub)
    return found


def kinds(cast: Cast, kind: str) -> int:
    with cast.served.direct.engine.connect() as db:
        return (
            db.scalar(
                text("select count(*) from entries where hub = :hub and kind = :kind"),
                {"hub": cast.hub, "kind": kind},
            )
            or 0
        )


def test_the_log_grows_by_as_much_whether_a_search_met_somebody_restricted_or_not(cast: Cast) -> None:
    nobody, one, several = child(), child(), child()
    assert cast["ada"].hub == cast.hub, "signed in before anything is counted"
    restricted(cast, one)
    restricted(cast, several, STRETCHES)
    expected = [1, 2, 3, 4, 4]
    assert grown(cast, lambda: looked_for(cast["priya"], nobody)) == expected
    assert grown(cast, lambda: looked_for(cast["priya"], one)) == expected
    assert kinds(cast, RestrictedMet.KIND) == 1
    # Again on the same day it alerts nobody anew.
    assert grown(cast, lambda: looked_for(cast["priya"], one)) == expected
    assert kinds(cast, RestrictedMet.KIND) == 1
    assert grown(cast, lambda: looked_for(cast["priya"], several)) == expected
    assert kinds(cast, RestrictedMet.KIND) == 1 + STRETCHES
    # Who may read the record, and several in one stretch: the same.
    assert grown(cast, lambda: looked_for(cast["ruth"], one)) == expected
    assert grown(cast, lambda: [looked_for(cast["ada"], one), looked_for(cast["ada"], nobody)]) == [
        step + 1 for step in expected
    ]
    assert kinds(cast, RestrictedMet.KIND) == 2 + STRETCHES
    assert verify(cast.served.direct, cast.hub).faults == ()


def test_the_service_looks_by_itself(cast: Cast) -> None:
    who = child()
    restricted(cast, who)
    looked_for(cast["priya"], who)
    with cast.served.direct.engine.begin() as db:
        w = tables.watches
        db.execute(update(w).where(w.c.hub == cast.hub).values(looked_at=datetime(2026, 1, 1, tzinfo=UTC)))
    until(lambda: kinds(cast, RestrictedMet.KIND) == 1, "the alert")


def test_so_it_does_when_they_are_written_down(cast: Cast) -> None:
    nobody, one = child(), child()
    restricted(cast, one)
    story = ServedStory(cast)
    story.taken()
    expected = [1, 2, 3, 4, 4]
    assert grown(cast, lambda: story.tell(OPERATOR, told_of("ivy", nobody))) == expected
    assert grown(cast, lambda: story.tell(OPERATOR, told_of("ann", one))) == expected
    assert kinds(cast, RestrictedMet.KIND) == 1


def test_what_says_nothing_is_received_by_nobody_and_nothing_is_written_where_nothing_was_typed(
    cast: Cast,
) -> None:
    settled(cast)
    assert grown(cast, lambda: None) == [0] * (STRETCHES + 2)
    # Asked for by a reference nobody is met, nor on a desk that told of it later: whoever it was.
    assert set(grown(cast, lambda: search(cast["priya"], text="ISL-26-00001"))) == {1}
    now = datetime.now(UTC)
    offline = Draft(f"access:{now.date()}", SearchMade(terms="Carter", found=0, at=now))
    assert set(grown(cast, lambda: cast["priya"].act(offline))) == {1}
    looked_for(cast["priya"], child())
    settled(cast)
    assert kinds(cast, RestrictedWatched.KIND) > 0
    for person in ("priya", "ruth", "gwen"):
        received = [row.signed.act for row in cast[person].pull() if row.signed is not None]
        assert not any(RestrictedWatched.KIND.encode() in act for act in received)


def test_more_alerts_than_there_is_room_for_are_written_all_the_same(cast: Cast) -> None:
    many = child()
    restricted(cast, many, STRETCHES + 1)
    assert grown(cast, lambda: looked_for(cast["priya"], many), STRETCHES + 3) == [1, 2, 3, 4, 5, 5]
    assert kinds(cast, RestrictedMet.KIND) == STRETCHES + 1


def now_and_then(cast: Cast) -> tuple[datetime, datetime]:
    """When this hub was last looked at, and a stretch later, both ahead of the service's clock."""
    w, last = tables.watches, datetime.now(UTC) + timedelta(seconds=STRETCH_SECONDS)
    with cast.served.direct.engine.begin() as db:
        db.execute(update(w).where(w.c.hub == cast.hub).values(looked_at=last))
    return last, last + timedelta(seconds=STRETCH_SECONDS)


def test_there_is_one_look_in_a_stretch_of_time_by_one_instance(cast: Cast) -> None:
    settled(cast)
    looked_for(cast["priya"], child())
    last, later = now_and_then(cast)
    direct, w = cast.served.direct, tables.watches
    before = cast["priya"].head().size
    direct.due.watching.look(cast.hub, last)
    with direct.engine.begin() as held:
        held.execute(select(w).where(w.c.hub == cast.hub).with_for_update())
        direct.due.watching.look(cast.hub, later)
    assert cast["priya"].head().size == before
    for _ in range(2):
        direct.due.watching.look(cast.hub, later)
        assert cast["priya"].head().size == before + 1
    settled(cast)


def test_cut_off_after_an_alert_was_written_it_is_not_written_twice(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = child()
    restricted(cast, who)
    settled(cast)
    looked_for(cast["priya"], who)
    _, later = now_and_then(cast)

    def cut(*arguments: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(watching, "update", cut)
        with pytest.raises(Killed):
            cast.served.direct.due.watching.look(cast.hub, later)
    assert kinds(cast, RestrictedMet.KIND) == 1
    settled(cast)
    assert kinds(cast, RestrictedMet.KIND) == 1


def test_a_search_of_which_the_words_are_disposed_of_stops_nothing(cast: Cast) -> None:
    who = child()
    restricted(cast, who)
    settled(cast)
    for person in ("priya", "ada"):
        looked_for(cast[person], who)
    with cast.served.direct.engine.begin() as db:
        db.execute(
            text(
                "delete from body_keys where hub = :hub and position in (select position from entries "
                "where hub = :hub and kind = 'search.made' order by position limit 1)"
            ),
            {"hub": cast.hub},
        )
    settled(cast)
    assert kinds(cast, RestrictedMet.KIND) == 1
    by = f'"by":"{cast["ada"].enrolled.person}"'.encode()
    assert any(row.body is not None and by in row.body.body for row in cast["ruth"].holds().values())


def test_a_record_that_is_damaged_keeps_nobody_from_being_told_of_another(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    who = child()
    restricted(cast, who, 2)
    with cast.served.direct.engine.begin() as db:
        db.execute(
            text(
                "update people set sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1)"
                " where hub = :hub and key = (select min(key) from people where hub = :hub)"
            ),
            {"hub": cast.hub},
        )
    settled(cast)
    looked_for(cast["priya"], who)
    settled(cast)
    assert kinds(cast, RestrictedMet.KIND) == 1
    assert "somebody in the people index does not open" in caplog.messages
    assert not verify(cast.served.direct, cast.hub).faults
