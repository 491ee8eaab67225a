"""What nobody does and time does: a release ends on its day, and urgent cases go to the night."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import create_engine, delete, func, insert, select, update
from uuid6 import uuid7

from mash_desktop.domain.acts import Draft
from mash_desktop.domain.clocks import calendar
from mash_desktop.domain.codes import Rag
from mash_desktop.domain.configuration import HubConfig
from mash_desktop.domain.entries.gathering import ContributionReleased
from mash_desktop.domain.entries.hub import HubConfigured
from mash_desktop.domain.entries.outcome import HandoverMade
from mash_desktop.domain.entries.triage import RagRated
from mash_desktop.hub import load_preset
from mash_desktop.working_time import OpenHours
from sync.store import bootstrap, due, tables
from sync.store.admission import Admission
from sync.store.committing import lock_number
from sync.store.due import Due
from sync.store.streams import Shelf
from tests.domain.story import MANAGER, OPERATOR, POLICE
from tests.support.served_story import Cast, ServedStory
from tests.support.store import Desk, ServedStore
from tests.sync.client.conftest import Office, until
from tests.sync.store.feeds.conftest import House, Instance

pytestmark = pytest.mark.parametrize("postgres", ["embedded"], indirect=True)


@pytest.fixture(scope="module")
def cast(served_store: ServedStore) -> Cast:
    """The people of one hub in which it becomes tomorrow, for what is told of releases."""
    return Cast(served_store, served_store.new_hub())


def given(desk: Desk, kind: str, stream: str) -> list[str]:
    """Entries of one kind that a person's feeds give of a stream."""
    return [
        entry
        for entry, row in desk.holds().items()
        if row.signed is not None
        and f'"kind":"{kind}"'.encode() in row.signed.act
        and stream.encode() in row.signed.act
    ]


def on_the_table(story: ServedStory, until_day: object) -> str:
    story.taken().triaged().admitted().rated().asked().answered().tabled()
    first = next(one.body for one in story.entries if isinstance(one.body, ContributionReleased))
    return story.tell(POLICE, msgspec.structs.replace(first, until=until_day))[0]


def test_a_release_leaves_the_table_after_its_last_day_and_stays_with_whose_it_is(
    served_store: ServedStore, cast: Cast, tmp_path: Path
) -> None:
    story = ServedStory(cast)
    with Office(served_store, cast.hub, tmp_path) as office:
        house = House(office, cast)
        today = load_preset("staffordshire").day(datetime.now(UTC))
        released = on_the_table(story, today)
        iris, sam = house.sit("iris"), house.sit("sam")
        iris.until_holding(story.stream, released)
        until(Instance(served_store, cast.hub, timedelta()).write, "a turn")
        assert released in iris.holding(story.stream)
        tomorrow = Instance(served_store, cast.hub, timedelta(days=1))
        for _ in range(2):
            until(tomorrow.write, "a turn")
        iris.until_freed(story.stream, released)
        assert {released} <= sam.holding(story.stream)
        (over,) = given(cast["sam"], "release.expired", story.stream)
        assert over in cast["karen"].holds()
        assert over not in cast["iris"].holds()
        row = next(row for row in cast["iris"].pull() if row.entry == released and row.op == "withdraw")
        assert row.because == cast["karen"].holds()[over].position


def test_a_release_replaced_by_one_without_a_last_day_does_not_end(
    served_store: ServedStore, cast: Cast
) -> None:
    story = ServedStory(cast)
    first = on_the_table(story, load_preset("staffordshire").day(datetime.now(UTC)))
    body = next(one.body for one in story.entries if one.id == first)
    assert isinstance(body, ContributionReleased)
    (second,) = story.tell(POLICE, msgspec.structs.replace(body, until=None))
    until(Instance(served_store, cast.hub, timedelta(days=2)).write, "a turn")
    assert second in cast["iris"].holds()
    assert given(cast["sam"], "release.expired", story.stream) == []


def test_a_release_whose_content_is_gone_is_let_be(served_store: ServedStore, cast: Cast) -> None:
    story = ServedStory(cast)
    released = on_the_table(story, load_preset("staffordshire").day(datetime.now(UTC)))
    k, place = tables.body_keys, next(one.position for one in story.entries if one.id == released)
    with served_store.direct.engine.begin() as db:
        db.execute(delete(k).where(k.c.hub == cast.hub, k.c.position == place))
    assert ending(cast, released) == 1
    until(Instance(served_store, cast.hub, timedelta(days=1)).write, "a turn")
    assert given(cast["karen"], "release.expired", story.stream) == []
    assert ending(cast, released) == 0, "it is not looked for again"


def test_what_is_refused_its_end_is_left_until_the_next_quarter_of_an_hour(
    served_store: ServedStore, cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    story, direct, now = ServedStory(cast), served_store.direct, datetime.now(UTC)
    first = on_the_table(story, load_preset("staffordshire").day(now))
    body = next(one.body for one in story.entries if one.id == first)
    assert isinstance(body, ContributionReleased)
    story.tell(POLICE, msgspec.structs.replace(body, until=None))
    with direct.engine.begin() as db:
        # As if it had not been noticed that another release took its place.
        term = {"hub": cast.hub, "entry": first, "stream": story.stream, "until": now - timedelta(hours=1)}
        db.execute(insert(tables.terms).values(**term, person=None))
    at = [now - timedelta(minutes=30)]
    looking = Due(direct.engine, direct.secrets, direct.shelf, direct.admission, clock=lambda: at[0])

    def refusals() -> int:
        looking.write()
        return sum(getattr(one, "code", "") == "moved-on" for one in caplog.records)

    with caplog.at_level(logging.INFO, "sync.store.due"):
        until(lambda: refusals() == 1, "a turn")
        assert [refusals() for _ in range(3)] == [1] * 3, "it is not asked for again and again"
        at[0] += timedelta(minutes=15)
        until(lambda: refusals() == 2, "a turn in the next quarter")
    with direct.engine.begin() as db:
        db.execute(delete(tables.terms).where(tables.terms.c.entry == first))


def test_what_a_busy_database_puts_off_is_looked_for_again_at_once(
    served_store: ServedStore, cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    story, engine = ServedStory(cast), served_store.direct.engine
    released = on_the_table(story, load_preset("staffordshire").day(datetime.now(UTC)))
    tomorrow = Instance(served_store, cast.hub, timedelta(days=1))
    with engine.begin() as db:
        db.exec_driver_sql(
            "create function put_off_here() returns trigger language plpgsql as "
            "$$ begin raise exception 'not now' using errcode = '40001'; end $$;"
            "create trigger put_off_here before insert on acts for each row "
            f"when (new.hub = '{cast.hub}') execute function put_off_here()"
        )
    try:
        with caplog.at_level(logging.INFO, "sync.store.due"):
            until(lambda: not tomorrow.write() and "what is due was refused" in caplog.text, "a turn")
        assert "busy" in {getattr(one, "code", "") for one in caplog.records}
    finally:
        with engine.begin() as db:
            db.exec_driver_sql("drop function put_off_here cascade")
    until(tomorrow.write, "a turn")
    assert ending(cast, released) == 0


def ending(cast: Cast, entry: str) -> int:
    """Whether this entry gives something for a time that the store is to end."""
    t = tables.terms
    with cast.served.direct.engine.connect() as db:
        return db.scalar(select(func.count()).where(t.c.hub == cast.hub, t.c.entry == entry)) or 0


def test_a_record_that_does_not_open_and_a_database_that_goes_away_keep_no_other_from_its_end(
    served_store: ServedStore, cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    today = load_preset("staffordshire").day(datetime.now(UTC))
    shut, open_ = ServedStory(cast), ServedStory(cast)
    on_the_table(shut, today)
    released = on_the_table(open_, today)
    direct, b, tomorrow = served_store.direct, tables.bodies, datetime.now(UTC) + timedelta(days=1)
    place = next(one.position for one in shut.entries)
    of_one = (b.c.hub == cast.hub) & (b.c.position == place)
    away = create_engine("postgresql+psycopg://127.0.0.1:1/nowhere")
    nowhere = Admission(away, direct.secrets, Shelf())
    with direct.engine.begin() as db:
        sealed = db.scalar(select(b.c.sealed).where(of_one))
        db.execute(update(b).where(of_one).values(sealed=b"changed"))
    try:
        with caplog.at_level(logging.INFO, "sync.store.due"):
            instance = Due(direct.engine, direct.secrets, direct.shelf, nowhere)
            until(
                lambda: not instance.write_in(cast.hub, tomorrow) and "not written" in caplog.text, "a turn"
            )
            until(Instance(served_store, cast.hub, timedelta(days=1)).write, "a turn")
        assert "what is due was refused" in caplog.text
        assert len(given(cast["sam"], "release.expired", open_.stream)) == 1
        assert ending(cast, released) == 0
    finally:
        with direct.engine.begin() as db:
            db.execute(update(b).where(of_one).values(sealed=sealed))


def test_a_hub_that_does_not_open_keeps_no_other_hub_from_what_is_due(
    served_store: ServedStore, caplog: pytest.LogCaptureFixture
) -> None:
    before, shut, after = (served_store.new_hub() for _ in range(3))
    direct, k = served_store.direct, tables.stream_keys
    its = (k.c.hub == shut) & (k.c.stream == "hub")
    looking = Due(direct.engine, direct.secrets, Shelf(), direct.admission)
    with direct.engine.begin() as db:
        wrapped = db.scalar(select(k.c.wrapped).where(its))
        db.execute(update(k).where(its).values(wrapped=b"changed"))

    def looked() -> bool:
        looking.write()
        return {before, after} <= looking._looked.keys()

    try:
        with caplog.at_level(logging.WARNING, "sync.store.due"):
            until(looked, "a turn in each")
        assert shut not in looking._looked
        assert {getattr(one, "hub", "") for one in caplog.records} == {shut}
    finally:
        with direct.engine.begin() as db:
            db.execute(update(k).where(its).values(wrapped=wrapped))


# --- the hub closes


def hub(*, hand_over: bool, open_now: bool) -> HubConfig:
    """Staffordshire's, open all day or never but for a minute a day that is not now."""
    now = datetime.now(UTC)
    minute = time(0) if now.hour > 6 else time(23)
    hours = OpenHours(time(0), time(0)) if open_now else OpenHours(minute, minute.replace(minute=1))
    config = load_preset("staffordshire")
    return msgspec.structs.replace(
        config,
        hand_over_at_close=hand_over,
        hours=msgspec.structs.replace(config.hours, week=(hours,) * 7, working_days=(0, 1, 2, 3, 4)),
    )


def told_red(cast: Cast) -> ServedStory:
    story = ServedStory(cast)
    story.taken().triaged().admitted()
    story.tell(MANAGER, RagRated(rag=Rag.RED, reason="He is on his way there."))
    return story


def handed(cast: Cast, story: ServedStory) -> list[str]:
    return given(cast["ruth"], HandoverMade.KIND, story.stream)


def test_where_the_hub_has_it_so_reds_and_direct_lines_go_to_the_night_once_when_it_closes(
    served_store: ServedStore,
) -> None:
    config = hub(hand_over=False, open_now=False)
    cast = Cast(served_store, served_store.new_hub(config))
    red, amber, direct = told_red(cast), ServedStory(cast), ServedStory(cast)
    amber.taken().triaged().admitted().rated()
    direct.taken().triaged("child_protection", "direct-line")
    instances = [Instance(served_store, cast.hub, timedelta()) for _ in range(2)]
    until(instances[0].write, "a turn")
    assert [len(handed(cast, one)) for one in (red, amber, direct)] == [0, 0, 0]
    configured = HubConfigured(config=msgspec.structs.replace(config, id=cast.hub, hand_over_at_close=True))
    assert cast["noor"].act(Draft("hub", configured)).state == "admitted"
    for one in instances:
        until(one.write, "a turn")
    assert [len(handed(cast, one)) for one in (red, amber, direct)] == [1, 0, 1]
    by_hand = told_red(cast)
    handed_over = HandoverMade(handover="h-1", team="emergency-duty", words="Ring her aunt.")
    assert by_hand.push(OPERATOR, handed_over).state == "admitted"
    until(instances[0].write, "a turn")
    assert len(handed(cast, by_hand)) == 1


def test_while_the_hub_is_open_its_reds_are_its_own(served_store: ServedStore) -> None:
    config = hub(hand_over=True, open_now=True)
    cast = Cast(served_store, served_store.new_hub(config))
    red = told_red(cast)
    until(Instance(served_store, cast.hub, timedelta()).write, "a turn")
    # On a bank holiday it is closed all day.
    closed = not calendar(config.hours).is_open(datetime.now(UTC))
    assert bool(handed(cast, red)) is closed


# --- the task itself


def test_a_database_that_is_away_is_looked_for_again(
    served_store: ServedStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(due, "LOOK_SECONDS", 0.01)
    engine = create_engine("postgresql+psycopg://127.0.0.1:1/nowhere")
    store = served_store.direct
    looking = Due(engine, store.secrets, store.shelf, store.admission)
    with caplog.at_level(logging.WARNING, "sync.store.due"):
        looking.start()
        until(lambda: len(caplog.records) > 1, "a second look")
        looking.stop()
    assert {one.message for one in caplog.records} == {"what is due was not written"}


def test_in_a_hub_that_was_not_begun_to_its_end_nothing_is_due(
    served_store: ServedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    direct, config = served_store.direct, load_preset("staffordshire")
    config = msgspec.structs.replace(config, id=f"cut-{uuid7().hex}")
    with monkeypatch.context() as cut_off:
        cut_off.setattr(bootstrap, "_begin", lambda *_: None)
        bootstrap.open_hub(direct, config)
    until(Instance(served_store, config.id, timedelta()).write, "a turn")
    bootstrap.open_hub(direct, config)
    assert bootstrap.directory(direct, config.id).configs


def test_an_instance_whose_turn_it_is_not_leaves_it_and_looks_again(
    served_store: ServedStore, a_hub: str
) -> None:
    with served_store.direct.engine.begin() as db:
        db.execute(select(func.pg_advisory_xact_lock(lock_number(a_hub, "due"))))
        assert not Instance(served_store, a_hub, timedelta()).write()
    assert Instance(served_store, a_hub, timedelta()).write()
