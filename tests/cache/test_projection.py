"""What a list shows of a referral, from its first contact to its end."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from mash_desktop.cache import Cache, QueueRow, open_engine
from mash_desktop.cache.projection import queue_row
from mash_desktop.domain.acts import Draft, compose
from mash_desktop.domain.entries.decision import DecisionReturned
from mash_desktop.domain.entries.gathering import RequestWithdrawn
from mash_desktop.domain.entries.identity import HistoryRecorded
from mash_desktop.domain.partial_date import PartialDate
from mash_desktop.matching import PersonFacts
from tests.domain.story import CONSULTANT, KEY, MANAGER, OPERATOR, START, Story
from tests.support.desks import receive_hub


def row(story: Story) -> QueueRow:
    return queue_row(story.referral)


ORDER = "taken triaged admitted rated asked answered tabled drafted signed closed"


@pytest.mark.parametrize(
    ("step", "waits_for"),
    [
        ("taken", "routing"),
        ("triaged", "oversight"),
        ("admitted", "rating"),
        ("rated", "requests"),
        ("asked", "Police and MPFT answer"),
        ("answered", "round table"),
        ("tabled", "draft decision"),
        ("drafted", "sign-off"),
        ("signed", "receiving team"),
        ("closed", ""),
    ],
)
def test_a_list_says_what_has_to_happen_next(step: str, waits_for: str) -> None:
    story, order = Story(), ORDER.split()
    for one in order[: order.index(step) + 1]:
        getattr(story, one)()
    assert row(story).waits_for == waits_for


def test_a_request_taken_back_is_waited_for_no_longer() -> None:
    story = Story().taken().triaged().admitted().rated().asked()
    requests = [agency.request for agency in row(story).agencies]
    story.tell(MANAGER, RequestWithdrawn(request=requests[0], reason="Asked twice."))
    left = row(story)
    assert [agency.request for agency in left.agencies] == requests[1:]
    assert left.waits_for == " and ".join(one.short_name for one in left.agencies) + " answer"


def test_a_draft_that_was_returned_waits_for_a_new_one_and_its_levels_go_with_it() -> None:
    story = Story().taken().triaged().admitted().rated().asked().answered().tabled()
    before = row(story).levels
    story.drafted()
    drafted = row(story)
    assert drafted.levels != before
    assert drafted.drafted_by == "dee"
    story.tell(CONSULTANT, DecisionReturned(reason="Say what the school said."))
    returned = row(story)
    assert returned.returned
    assert returned.waits_for == "a new draft"
    assert returned.levels == before


def test_who_is_unlikely_to_be_the_one_typed_is_not_offered(tmp_path: Path) -> None:
    cache = Cache(open_engine(tmp_path / "cache.db", lambda: "5a" * 32))
    receive_hub(cache)
    body = HistoryRecorded(
        agency="scc-children",
        source_system="census",
        record="1",
        cohort="children",
        forenames="Mia Louise",
        surname="Carter",
        birth=PartialDate(2017, 4, 3),
    )
    cache.save(compose("staffordshire", OPERATOR, [Draft("identity:1", body)], KEY, START))
    typed = PersonFacts(forenames="Mia", surname="Carter", birth=PartialDate(2017, 4, 3))
    assert [one.key for one in cache.matches(typed, "priya")] == ["identity:1"]
    # Keyed alike, and two generations apart.
    assert cache.matches(replace(typed, birth=PartialDate(1950, 1, 1)), "priya") == ()
    cache.close()
