"""What is left for the night is listed and counted for the out-of-hours team, and rings until it is taken."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import msgspec

from mash_desktop.desk import Desk, handover
from mash_desktop.desk.places import badges, my_places
from mash_desktop.domain.acts import Author
from mash_desktop.domain.entries.outcome import HandoverAcknowledged, HandoverMade
from tests.domain.stories import OUT_OF_HOURS
from tests.domain.story import CONSULTANT, OPERATOR, Story
from tests.support.desks import crowd, desk_of

STREAM = "referral:0"


def left() -> Story:
    story = Story().taken().triaged("child_protection", "direct-line")
    story.tell(OPERATOR, HandoverMade(handover="h1", team="emergency-duty", words="See Mia tonight."))
    return story


def night(folder: Path, *stories: Story, author: Author = OUT_OF_HOURS) -> Desk:
    return desk_of(author, folder, *stories)


def test_what_was_left_is_listed_and_counted_until_somebody_has_it(tmp_path: Path) -> None:
    quiet = Story("referral:1", first=100).taken().triaged()
    desk = night(tmp_path, left(), quiet)
    crowd(desk, "referral:1", 320)
    (row,) = handover.handed_over(desk)
    assert (row.who, row.team, row.words) == ("Carter, Mia + 1", "Emergency Duty Service", "See Mia tonight.")
    assert row.left(row.made_at) == "1 h"
    assert "inbox" in my_places(desk)
    assert badges(desk).by_place["inbox"] == 1
    handover.take_over(desk, row)
    (made,) = desk.referral(STREAM).all(HandoverAcknowledged)
    assert made.body.handover == row.handover
    assert handover.handed_over(desk) == ()
    assert badges(desk).by_place["inbox"] == 0


def test_it_rings_once_its_time_has_run_out(tmp_path: Path) -> None:
    story = left()
    desk = night(tmp_path, story)
    assert handover.ringing(desk) == ()
    desk.now = lambda: story.now + timedelta(minutes=80)
    (row,) = handover.ringing(desk)
    assert row.left(desk.now()) == "late 20 min"


def test_nobody_elses_night_is_rung_into(tmp_path: Path) -> None:
    story = left()
    other = msgspec.structs.replace(OUT_OF_HOURS, team="another-night-team")
    for name, author in (("day", CONSULTANT), ("other", other)):
        (tmp_path / name).mkdir()
        assert handover.handed_over(night(tmp_path / name, story, author=author)) == ()
