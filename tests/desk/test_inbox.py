"""The receiving team's inbox: what is sent to it, accepting, returning, the first action, closing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from mash_desktop.desk import Desk, inbox
from mash_desktop.desk.moments import when_done
from mash_desktop.desk.places import badges
from mash_desktop.domain.acts import Author
from mash_desktop.domain.entries.outcome import (
    FeedbackGiven,
    OutcomeAccepted,
    OutcomeReturned,
    OutcomeSent,
)
from mash_desktop.domain.entries.triage import SubjectLevel, TriageOverseen
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.fold.stage import Stage
from tests.domain.story import CONSULTANT, EARLY_HELP, FACILITATOR, GATEWAY, OPERATOR, Story, staffordshire
from tests.support.carters import at_sign_off
from tests.support.desks import crowd, desk_of, receive

STREAM = "referral:0"
TEAM = "social-work-gateway"


def sent(team: str = TEAM, stream: str = STREAM, first: int = 2) -> Story:
    story = at_sign_off(stream, first=first).signed()
    story.tell(FACILITATOR, OutcomeSent(agency="scc-children", team=team, words="At school until 15:15."))
    return story


def worker(folder: Path, *stories: Story) -> Desk:
    return desk_of(GATEWAY, folder, *stories)


def only(desk: Desk) -> inbox.Received:
    """The one referral that waits for this team, whatever has gone to others."""
    return next(row for row in inbox.received(desk) if row.stream == STREAM)


def apart(*done: tuple[Author, type[OutcomeAccepted] | type[OutcomeReturned]]) -> Story:
    """Mia with the Social Work Gateway and Tyler with Early Help, and what their teams have said."""
    story = at_sign_off().signed()
    mia, tyler = story.tell(
        FACILITATOR,
        OutcomeSent(agency="scc-children", team=TEAM, words="Seen today.", subjects=("mia",)),
        OutcomeSent(agency="scc-children", team="early-help-gateway", subjects=("tyler",)),
    )
    for author, kind in done:
        said: dict[str, str] = {"sent": mia if author is GATEWAY else tyler}
        story.tell(author, kind(**said | ({"reason": "Not early help."} if kind is OutcomeReturned else {})))
    return story


def test_a_team_sees_what_was_sent_to_it_and_not_what_went_to_another(tmp_path: Path) -> None:
    desk = worker(tmp_path, sent(), sent("tamworth", "referral:1", 200))
    (row,) = inbox.received(desk)
    assert (row.stream, row.who, row.state.text) == (STREAM, "Carter, Mia Louise + 1", "to accept")
    assert row.level is not None
    assert (row.level.text, row.level.tone) == ("s47", "red")


def test_the_rail_counts_what_waits_for_this_team(tmp_path: Path) -> None:
    desk = worker(tmp_path, sent(), sent("tamworth", "referral:1", 200))
    assert badges(desk).by_place["inbox"] == 1
    inbox.accept(desk, only(desk))
    assert badges(desk).by_place["inbox"] == 0


def test_a_newly_sent_child_is_listed_and_counted_behind_hundreds_of_accepted_cases(tmp_path: Path) -> None:
    old = sent("tamworth", "referral:1", 200)
    old.tell(msgspec.structs.replace(GATEWAY, team="tamworth"), OutcomeAccepted(sent=old.entries[-1].id))
    desk = worker(tmp_path, old, sent("tamworth", "referral:2", 400), sent(first=600))
    crowd(desk, "referral:1", 320)
    crowd(desk, "referral:2", 320)
    assert [row.stream for row in inbox.received(desk)] == [STREAM]
    assert badges(desk).by_place["inbox"] == 1


def test_who_receives_in_their_second_standing_has_an_inbox(tmp_path: Path) -> None:
    desk = worker(tmp_path, sent(), sent("tamworth", "referral:1", 200))
    first = msgspec.structs.replace(OPERATOR, person=GATEWAY.person)
    desk.me = msgspec.structs.replace(desk.me, author=first, standings=(first, GATEWAY))
    assert [row.stream for row in inbox.received(desk)] == [STREAM]
    assert badges(desk).by_place["inbox"] == 1


def test_who_has_no_team_named_sees_what_was_sent_to_the_agency(tmp_path: Path) -> None:
    anybody = msgspec.structs.replace(GATEWAY, team=None)
    desk = desk_of(anybody, tmp_path, sent(), sent("tamworth", "referral:1", 200))
    assert len(inbox.received(desk)) == 2


def test_the_chosen_one_says_what_was_decided_for_whom_and_what_was_agreed(tmp_path: Path) -> None:
    desk = worker(tmp_path, sent())
    shown = inbox.read_received(desk, only(desk))
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
    desk = desk_of(early_help, tmp_path, story)
    shown = inbox.read_received(desk, only(desk))
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
        inbox.record_first_action(desk, only(desk), {"words": "Telephoned Joanne."})
    inbox.accept(desk, only(desk))
    desk.now = lambda: story.now + timedelta(hours=2)
    inbox.record_first_action(desk, only(desk), {"words": "Telephoned Joanne.", "done_at": ""})
    (row,) = inbox.received(desk)
    assert row.state.text == "✓ acted on"
    assert row.waits(desk.now()) == "acted on after 2 h"


def test_what_is_returned_needs_its_reason_and_leaves_the_inbox(tmp_path: Path) -> None:
    desk = worker(tmp_path, sent())
    with pytest.raises(Refusal) as refused:
        inbox.send_back(desk, only(desk), {})
    assert refused.value.field == "reason"
    row = only(desk)
    inbox.send_back(desk, row, {"reason": "Open to the district team."})
    assert inbox.received(desk) == ()
    assert inbox.read_received(desk, row) is None
    back = desk.referral(STREAM).last(OutcomeReturned)
    assert back is not None


def test_it_closes_once_the_referrer_has_been_told(tmp_path: Path) -> None:
    story = sent()
    desk = worker(tmp_path, story)
    row = only(desk)
    inbox.accept(desk, row)
    shown = inbox.read_received(desk, row)
    assert shown is not None
    assert not shown.may_close
    assert shown.why_not_close.startswith("The referrer is told the outcome")
    known = [entry.id for entry in story.entries]
    story.tell(CONSULTANT, FeedbackGiven(how="Telephoned Mrs Marsh."))
    receive(desk.cache, GATEWAY, story, known)
    shown = inbox.read_received(desk, row)
    assert shown is not None
    assert shown.may_close
    inbox.close(desk, only(desk), {"reason": "Allocated to a worker."})
    assert desk.referral(STREAM).stage is Stage.CLOSED


# --- siblings


def test_each_team_sees_the_child_who_came_to_it_and_where_the_other_is(tmp_path: Path) -> None:
    gateway = worker(tmp_path, apart())
    (row,) = inbox.received(gateway)
    assert (row.who, row.level.text if row.level else "") == ("Carter, Mia Louise", "s47")
    shown = inbox.read_received(gateway, row)
    assert shown is not None
    assert shown.decision is not None
    assert [one.who for one in shown.decision.subjects] == ["Mia Louise Carter, 9"]
    assert shown.others == ("Tyler: with Early Help Gateway, Children's social care",)
    assert shown.words == "Seen today."
    early = desk_of(EARLY_HELP, tmp_path, apart())
    (row,) = inbox.received(early)
    assert (row.who, row.level.text if row.level else "") == ("Carter, Tyler", "s17")
    assert badges(early).by_place["inbox"] == badges(gateway).by_place["inbox"] == 1


def test_each_team_accepts_and_acts_by_itself_on_its_own_clock(tmp_path: Path) -> None:
    story = apart((EARLY_HELP, OutcomeAccepted))
    desk = worker(tmp_path, story)
    row = only(desk)
    shown = inbox.read_received(desk, row)
    assert shown is not None
    assert shown.may_accept
    assert not shown.may_act, "the other team's acceptance is not theirs"
    inbox.accept(desk, row)
    desk.now = lambda: story.now + timedelta(hours=2)
    inbox.record_first_action(desk, row, {"words": "Telephoned Joanne."})
    assert only(desk).waits(desk.now()) == "acted on after 2 h 01 m"
    early = desk_of(EARLY_HELP, tmp_path, story)
    assert only(early).state.text == "accepted"
    assert only(early).waits(story.now + timedelta(hours=2)) == "waiting 2 h 01 m"
    shown = inbox.read_received(desk, row)
    assert shown is not None
    assert shown.history[-1].endswith("Telephoned Joanne.")
    assert len(shown.history) == 3, "and nothing of the other team's"


def test_who_sits_in_no_team_answers_for_each_sibling_apart(tmp_path: Path) -> None:
    desk = desk_of(msgspec.structs.replace(GATEWAY, team=None), tmp_path, apart())
    mia, tyler = inbox.received(desk)
    inbox.accept(desk, tyler)
    assert [row.who for row in inbox.received(desk)] == ["Carter, Mia Louise", "Carter, Tyler"]
    assert [row.accepted for row in inbox.received(desk)] == [False, True]
    inbox.send_back(desk, mia, {"reason": "Not early help."})
    assert [row.who for row in inbox.received(desk)] == ["Carter, Tyler"]


@pytest.mark.parametrize(
    ("done", "why"),
    [
        (((GATEWAY, OutcomeAccepted),), "the other teams have accepted"),
        (((GATEWAY, OutcomeAccepted), (EARLY_HELP, OutcomeReturned)), "everybody who meets a threshold"),
        (((GATEWAY, OutcomeAccepted), (EARLY_HELP, OutcomeAccepted)), ""),
    ],
)
def test_it_closes_once_every_team_has_who_was_sent_to_it(
    tmp_path: Path, done: tuple[tuple[Author, type[OutcomeAccepted]], ...], why: str
) -> None:
    story = apart(*done)
    story.tell(CONSULTANT, FeedbackGiven(how="Telephoned Mrs Marsh."))
    desk = worker(tmp_path, story)
    shown = inbox.read_received(desk, only(desk))
    assert shown is not None
    assert shown.may_close is (why == "")
    assert why in shown.why_not_close


def test_opening_one_is_kept_as_a_view(tmp_path: Path) -> None:
    desk = worker(tmp_path, sent())
    inbox.open_received(desk, only(desk))
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
