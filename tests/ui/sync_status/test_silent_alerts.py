"""A silent alert as its reader meets it: it rings, says who typed whom, leads to both, and is put away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from mash_desktop.desk import Desk, alerts
from mash_desktop.desk.places import badges
from mash_desktop.domain.acts import Author, Draft
from mash_desktop.domain.entries.access import RecordViewed, RestrictedMet
from mash_desktop.domain.entries.identity import HistoryRecorded, IdentityLinked
from mash_desktop.domain.roles import Role
from tests.domain.story import CONSULTANT, KEY, Story
from tests.support.desks import desk_of
from tests.support.trail import Days
from tests.ui.accessibility import nameless
from tests.ui.driven import Driven
from tests.ui.sync_status.test_sync_screen import words
from ui.keys import keys
from ui.sync_status import SyncScreen
from ui.widgets.states import EmptyState
from ui.work import Worker

STORE = Author("store", "store", Role.STORE, KEY.key_id)
AT = datetime(2026, 11, 12, 14, 40, tzinfo=UTC)
RECORD, HISTORY = (
    "identity:0190f2b0-0000-7000-8000-00000000cccc",
    "identity:0190f2b0-0000-7000-8000-00000000dddd",
)


@pytest.fixture
def story() -> Story:
    return Story().taken()


@pytest.fixture
def reader(tmp_path: Path, story: Story) -> Iterator[Desk]:
    desk = desk_of(CONSULTANT, tmp_path, story)
    yield desk
    desk.cache.close()


def rung(
    reader: Desk, *, readers: tuple[str, ...], cover: tuple[str, ...], because: str = "", first: int = 50_000
) -> Days:
    days = Days(reader, first)
    met = RestrictedMet(
        target=RECORD, by="sam", agency="police", at=AT, readers=readers, cover=cover, because=because
    )
    days.add(STORE, AT, met)
    return days


def drive(qtbot: QtBot, worker: Worker, desk: Desk) -> Driven[SyncScreen]:
    return Driven(qtbot, worker, desk, SyncScreen(desk, worker), "file")


def test_a_named_reader_is_told_who_typed_whom_and_comes_in(
    qtbot: QtBot, worker: Worker, reader: Desk, story: Story
) -> None:
    days = rung(reader, readers=("ruth",), cover=(), because=story.stream)
    days.bring(CONSULTANT, AT, [Draft(RECORD, IdentityLinked(referral=story.stream, subject="joanne"))])
    driven = drive(qtbot, worker, reader)
    said = words(driven.window)
    assert "Sam Iqbal, Police, typed somebody who may be Joanne Carter in ISL-26-00002" in said
    assert "You may come in." in said
    assert badges(reader).by_place["sync"] == badges(reader).attention == 1
    assert nameless(driven.window) == []
    assert keys.clashes(driven.window) == []
    driven.press(Qt.Key.Key_C)
    driven.window.go("sync")
    driven.settle()
    driven.press(Qt.Key.Key_R)
    assert driven.asked_to_open == [("file", story.stream)] * 2


def test_having_seen_it_puts_it_away_and_is_kept_for_the_trail(
    qtbot: QtBot, worker: Worker, reader: Desk
) -> None:
    rung(reader, readers=("ruth",), cover=())
    driven = drive(qtbot, worker, reader)
    driven.press(Qt.Key.Key_N)
    assert driven.window.findChildren(EmptyState)
    assert badges(reader).by_place["sync"] == 0
    reader.send_access()
    (viewed,) = reader.cache.entries_of_kinds("access:", RecordViewed.KIND)
    assert isinstance(viewed.body, RecordViewed)
    assert (viewed.body.target, viewed.body.screen) == (RECORD, "alert")


def test_who_has_cover_is_told_whom_to_ask_and_nothing_of_the_person(
    qtbot: QtBot, worker: Worker, reader: Desk
) -> None:
    rung(reader, readers=("karen", "dan"), cover=("ruth",))
    driven = drive(qtbot, worker, reader)
    said = words(driven.window)
    assert "may be a restricted person, and was shown nothing." in said
    assert "You have cover: Karen Shaw and Dan Whitmore may read the record." in said


def test_it_arrives_by_itself_and_another_persons_does_not_ring(
    qtbot: QtBot, worker: Worker, reader: Desk
) -> None:
    driven = drive(qtbot, worker, reader)
    rung(reader, readers=("karen",), cover=("dan",))
    driven.settle()
    assert driven.window.findChildren(EmptyState)
    rung(reader, readers=("ruth",), cover=(), first=60_000)
    driven.settle()
    assert "shown nothing" in words(driven.window)
    assert [chip.text for chip in driven.screen.chips()] == ["1 silent alert"]


def test_a_person_known_from_earlier_history_alone_is_named_by_it(reader: Desk) -> None:
    days = Days(reader)
    history = HistoryRecorded(
        agency="scc-children", source_system="census", record="1", cohort="children", forenames="Ivy",
        surname="Boon",
    )  # fmt: skip
    days.bring(CONSULTANT, AT, [Draft(HISTORY, history)])
    days.add(STORE, AT, RestrictedMet(target=HISTORY, by="sam", agency="police", at=AT, readers=("ruth",)))
    (alert,) = alerts.alerts(reader)
    assert (alert.about, alert.record, alert.contact) == ("Ivy Boon", "", "")


def test_a_person_linked_where_this_desk_does_not_see_them_is_not_named(reader: Desk, story: Story) -> None:
    rung(reader, readers=("ruth",), cover=())
    elsewhere = IdentityLinked(referral="referral:not-held-here", subject="x")
    unknown = IdentityLinked(referral=story.stream, subject="nobody")
    Days(reader, 60_000).bring(CONSULTANT, AT, [Draft(RECORD, elsewhere), Draft(RECORD, unknown)])
    (alert,) = alerts.alerts(reader)
    assert (alert.about, alert.record) == ("", "")
