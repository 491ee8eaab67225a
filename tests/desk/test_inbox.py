"""The receiving team's inbox: what is sent to it, accepting, returning, the first action, closing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from mash_desktop.desk import Desk, inbox
from mash_desktop.desk.moments import when_done
from mash_desktop.desk.places import badges
from mash_desktop.domain.entries.outcome import FeedbackGiven, OutcomeReturned, OutcomeSent
from mash_desktop.domain.entries.triage import SubjectLevel, TriageOverseen
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.fold.stage import Stage
from tests.domain.story import CONSULTANT, FACILITATOR, GATEWAY, Story, staffordshire
from tests.support.carters import at_sign_off
from tests.support.desks import desk_of, receive

STREAM = "referral:0"
TEAM = "social-work-gateway"


def sent(team: str = TEAM, stream: str = STREAM, first: int = 2) -> Story:
    story = at_sign_off(stream, first=first).signed()
    story.tell(FACILITATOR, OutcomeSent(agency="scc-children", team=team, words="At school until 15:15."))
    return story


def worker(folder: Path, *stories: Story) -> Desk:
    return desk_of(GATEWAY, folder, *stories)


def test_a_team_sees_what_was_sent_to_it_and_not_what_went_to_another(tmp_path: Path) -> None:
    desk = worker(tmp_path, sent(), sent("tamworth", "referral:1", 200))
    (row,) = inbox.received(desk)
    assert (row.stream, row.who, row.state.text) == (STREAM, "Carter, Mia Louise + 1", "to accept")
    assert row.level is not None
    assert (row.level.text, row.level.tone) == ("s47", "red")


def test_the_rail_counts_what_waits_for_this_team(tmp_path: Path) -> None:
    desk = worker(tmp_path, sent(), sent("tamworth", "referral:1", 200))
    assert badges(desk).by_place["inbox"] == 1
    inbox.accept(desk, STREAM)
    assert badges(desk).by_place["inbox"] == 0


def test_who_has_no_team_named_sees_what_was_sent_to_the_agency(tmp_path: Path) -> None:
    anybody = msgspec.structs.replace(GATEWAY, team=None)
    desk = desk_of(anybody, tmp_path, sent(), sent("tamworth", "referral:1", 200))
    assert len(inbox.received(desk)) == 2


def test_the_chosen_one_says_what_was_decided_for_whom_and_what_was_agreed(tmp_path: Path) -> None:
    shown = inbox.read_received(worker(tmp_path, sent()), STREAM)
    assert shown is not None
    assert shown.decision is not None
    assert [one.who for one in shown.decision.subjects] == ["Mia Louise Carter, 9", "Tyler Carter, 6"]
    assert shown.words == "At school until 15:15."
    assert shown.sent_by == "Dee Lowe, MASH"
    assert shown.actions[0].startswith("Safe collection from school – action for Helen Marsh")
    assert shown.may_accept
    assert not shown.may_act


def test_what_was_routed_here_without_the_hub_says_its_levels(tmp_path: Path) -> None:
    story = Story().taken().triaged("early_help", "early-help-gateway")
    levels = (SubjectLevel("mia", "early_help"), SubjectLevel("tyler", "early_help"))
    story.tell(CONSULTANT, TriageOverseen(decision="reroute", levels=levels, reason="Support.",
                                          route="early-help-gateway"))  # fmt: skip
    story.tell(CONSULTANT, OutcomeSent(agency="scc-children", team="early-help-gateway"))
    early_help = msgspec.structs.replace(GATEWAY, team="early-help-gateway")
    shown = inbox.read_received(desk_of(early_help, tmp_path, story), STREAM)
    assert shown is not None
    assert shown.decision is None
    assert [name for name, _ in shown.levels] == ["Mia", "Tyler"]
    assert {face.text for _, face in shown.levels} == {"Early help"}
    assert shown.words == "Second unexplained injury this month."


def test_time_to_first_action_runs_from_when_it_was_sent(tmp_path: Path) -> None:
    story = sent()
    desk = worker(tmp_path, story)
    (row,) = inbox.received(desk)
    assert row.waits(story.now + timedelta(minutes=72)) == "waiting 1 h 12 m"
    with pytest.raises(Refusal):
        inbox.record_first_action(desk, STREAM, {"words": "Telephoned Joanne."})
    inbox.accept(desk, STREAM)
    desk.now = lambda: story.now + timedelta(hours=2)
    inbox.record_first_action(desk, STREAM, {"words": "Telephoned Joanne.", "done_at": ""})
    (row,) = inbox.received(desk)
    assert row.state.text == "✓ acted on"
    assert row.waits(desk.now()) == "acted on after 2 h"


def test_what_is_returned_needs_its_reason_and_leaves_the_inbox(tmp_path: Path) -> None:
    desk = worker(tmp_path, sent())
    with pytest.raises(Refusal) as refused:
        inbox.send_back(desk, STREAM, {})
    assert refused.value.field == "reason"
    inbox.send_back(desk, STREAM, {"reason": "Open to the district team."})
    assert inbox.received(desk) == ()
    assert inbox.read_received(desk, STREAM) is None
    back = desk.referral(STREAM).last(OutcomeReturned)
    assert back is not None


def test_it_closes_once_the_referrer_has_been_told(tmp_path: Path) -> None:
    story = sent()
    desk = worker(tmp_path, story)
    inbox.accept(desk, STREAM)
    shown = inbox.read_received(desk, STREAM)
    assert shown is not None
    assert not shown.may_close
    assert shown.why_not_close.startswith("The referrer is told the outcome")
    known = [entry.id for entry in story.entries]
    story.tell(CONSULTANT, FeedbackGiven(how="Telephoned Mrs Marsh."))
    receive(desk.cache, GATEWAY, story, known)
    shown = inbox.read_received(desk, STREAM)
    assert shown is not None
    assert shown.may_close
    inbox.close(desk, STREAM, {"reason": "Allocated to a worker."})
    assert desk.referral(STREAM).stage is Stage.CLOSED


def test_opening_one_is_kept_as_a_view(tmp_path: Path) -> None:
    desk = worker(tmp_path, sent())
    inbox.open_received(desk, STREAM)
    assert len(desk.cache.drafts("access/")) == 1


# --- when something was done

NOW = datetime(2026, 11, 12, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("14:20", datetime(2026, 11, 12, 14, 20, tzinfo=UTC)),
        ("yesterday 16:00", datetime(2026, 11, 11, 16, 0, tzinfo=UTC)),
        ("10 Nov 9.05", datetime(2026, 11, 10, 9, 5, tzinfo=UTC)),
        ("20 Dec 9:00", datetime(2025, 12, 20, 9, 0, tzinfo=UTC)),
        ("3 Jun 2026, 9:00", datetime(2026, 6, 3, 8, 0, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_as_people_write_it_afterwards(written: str, meant: datetime) -> None:
    assert when_done(written, NOW, staffordshire()) == meant


@pytest.mark.parametrize("written", ["soon", "25:00", "some day 9:00", "14"])
def test_what_is_no_time_says_how_to_write_one(written: str) -> None:
    with pytest.raises(Refusal, match="14:20"):
        when_done(written, NOW, staffordshire())
