"""The desk's one way to do a thing, and how it keeps who looked at what."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from mash_desktop.cache import ChangeSet
from mash_desktop.desk.countdown import countdown
from mash_desktop.domain.acts import Draft
from mash_desktop.domain.codes import Cohort, Rag
from mash_desktop.domain.configuration import Clock, ClockLimit
from mash_desktop.domain.entries.access import DocumentPrinted, RecordsExported, RecordViewed, SearchMade
from mash_desktop.domain.entries.contact import NoteAdded
from mash_desktop.domain.entries.triage import RagRated
from mash_desktop.domain.errors import Refusal
from mash_desktop.working_time import Limit
from tests.domain.story import CONSULTANT, MANAGER, OPERATOR, Story, staffordshire
from tests.support.desks import desk_of


def test_every_access_is_sent_once_under_the_day_it_is_made(tmp_path: Path) -> None:
    desk = desk_of(CONSULTANT, tmp_path, Story("referral:1").taken())
    row = desk.cache.row("referral:1")
    assert row is not None
    desk.viewed("referral:1", "oversight")
    desk.viewed("referral:unheard-of", "search")
    desk.searched("carter", 2, "referral:1")
    desk.printed("referral:1", "full")
    desk.exported("figures", 12)
    desk.send_access()
    desk.send_access()
    (waiting,) = desk.cache.waiting()
    assert waiting.streams == {f"access:{desk.now():%Y-%m-%d}"}
    bodies = [entry.body for entry in waiting.entries]
    assert {type(body) for body in bodies} == {RecordViewed, SearchMade, DocumentPrinted, RecordsExported}
    viewed = {body.target: body.reference for body in bodies if isinstance(body, RecordViewed)}
    assert viewed == {"referral:1": row.reference, "referral:unheard-of": ""}


def test_a_long_time_offline_makes_acts_that_the_hub_takes(tmp_path: Path) -> None:
    desk = desk_of(CONSULTANT, tmp_path)
    for number in range(201):
        desk.exported(f"list {number}", 1)
    desk.send_access()
    assert sorted(len(one.entries) for one in desk.cache.waiting()) == [1, 200]
    assert desk.cache.drafts("access/") == {}


def test_an_access_at_midnight_belongs_to_the_day_of_its_act(tmp_path: Path) -> None:
    desk = desk_of(CONSULTANT, tmp_path)
    ticks = iter(range(100))
    before = datetime(2026, 11, 12, 23, 59, 59, 999_998, tzinfo=UTC)
    desk.now = lambda: before + timedelta(microseconds=next(ticks))
    desk.exported("figures", 1)
    desk.send_access()
    (waiting,) = desk.cache.waiting()
    assert waiting.streams == {f"access:{waiting.entries[0].made_at:%Y-%m-%d}"}


def test_the_day_is_the_hubs_and_so_is_the_limit_in_force_on_it(tmp_path: Path) -> None:
    hub = staffordshire()
    july = ClockLimit(clock=Clock.RETURN, since=date(2026, 7, 1), limit=Limit(2, "hours"))
    before = ClockLimit(clock=Clock.RETURN, until=date(2026, 6, 30), limit=Limit(2, "working_days"))
    hub = msgspec.structs.replace(hub, clocks=(july, before))
    desk = desk_of(MANAGER, tmp_path, hub=hub)
    midnight = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    desk.now = lambda: midnight
    assert desk.today() == date(2026, 7, 1)
    clock = countdown(hub, Clock.RETURN, Cohort.CHILDREN, None, midnight, midnight + timedelta(hours=2))
    assert clock is not None
    assert clock.unit == "hours"


def test_what_the_rules_refuse_is_not_kept(tmp_path: Path) -> None:
    desk = desk_of(OPERATOR, tmp_path, Story("referral:1").taken().triaged().admitted())
    with pytest.raises(Refusal):
        desk.act("referral:1", RagRated(rag=Rag.RED, reason="Injury."))
    assert desk.cache.waiting() == ()


def test_everyone_who_listens_is_told_and_the_network_is_woken(tmp_path: Path) -> None:
    desk = desk_of(MANAGER, tmp_path, Story("referral:1").taken().triaged().admitted())
    told: list[ChangeSet] = []
    woken: list[bool] = []
    desk.listen(told.append)
    desk.wake = lambda: woken.append(True)
    desk.act("referral:1", RagRated(rag=Rag.RED, reason="Injury."))
    assert [change.streams for change in told] == [frozenset({"referral:1"})]
    assert woken == [True]
    desk.tell(ChangeSet())
    assert len(told) == 1


def test_an_act_made_again_takes_the_place_of_the_old_one_once(tmp_path: Path) -> None:
    desk = desk_of(OPERATOR, tmp_path, Story("referral:1").taken())
    old = desk.act("referral:1", NoteAdded(words="The school rang."))
    after = desk.act("referral:1", NoteAdded(words="They ring back."))
    desk.cache.refused(old, "not-permitted", "It cannot be done.", None, None, None)
    again = [Draft("referral:1", NoteAdded(words="The school rang again."))]
    new = desk.save(again, instead_of=old)
    assert [one.act for one in desk.cache.waiting()] == [new, after]
    with pytest.raises(Refusal) as told:
        desk.save(again, instead_of=old)
    assert told.value.code == "act-gone"
    assert len(desk.cache.waiting()) == 2
