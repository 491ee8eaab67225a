"""Disposal as an officer drives it: what is due proposed, a colleague's proposal agreed, a legal hold set."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from mash_desktop.cache import ChangeSet
from mash_desktop.desk import Desk, keeping
from mash_desktop.desk.keeping import DUE as DUE_STATE
from mash_desktop.desk.keeping import PROPOSED
from mash_desktop.domain.acts import Author, Draft
from mash_desktop.domain.entries import Body
from mash_desktop.domain.entries.access import PurgeConfirmed, RecordViewed
from mash_desktop.domain.entries.keeping import (
    DisposalAgreed,
    DisposalDeclined,
    DisposalProposed,
    HoldLifted,
    HoldSet,
)
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.fold.keeping import keeping_of
from mash_desktop.domain.roles import Role
from sync.protocol import DueAsked, DueFound, DueRecord
from tests.domain.story import KEY, OPERATOR, START
from tests.support.desks import OFFICER, desk_of
from tests.support.trail import Days
from tests.ui.accessibility import nameless
from tests.ui.driven import Driven
from ui.governance import GovernanceScreen
from ui.keys import keys
from ui.work import Worker

TARGET = "referral:019a7b1c-0000-7000-8000-0000000000aa"
OTHER = "referral:019a7b1c-0000-7000-8000-0000000000bb"
COLLEAGUE = Author("grace", "police", Role.INFORMATION_GOVERNANCE, KEY.key_id)
DUE = DueRecord(
    target=OTHER,
    reference="ISL-18-00012",
    record="contact",
    label="Contact that went no further",
    on=date(2026, 3, 1),
    action="Dispose of",
)


class OnDisposals(Driven[GovernanceScreen]):
    """The disposal tab, with the hub's answer of what is due."""

    def __init__(self, qtbot: QtBot, worker: Worker, desk: Desk) -> None:
        super().__init__(qtbot, worker, desk, GovernanceScreen(desk, worker))
        self.press_mouse(self.screen.tabs.button("disposal"))
        self.settle()

    def states(self) -> list[tuple[str, str]]:
        return [(line.about, line.state) for line in self.screen.disposals.table.rows()]

    def choose(self, about: str) -> None:
        table = self.screen.disposals.table
        table.select_key(next(line.key for line in table.rows() if line.about == about))
        table.setFocus()
        self.settle()

    def waiting(self) -> Body:
        return self.desk.cache.waiting()[-1].entries[0].body


class Told:
    """What this desk was told of decisions made elsewhere."""

    def __init__(self, days: Days) -> None:
        self.days = days

    def by(self, author: Author, *bodies: Body) -> str:
        drafts = [Draft(keeping_of(TARGET), body) for body in bodies]
        self.days.bring(author, START, drafts)
        return self.days.desk.cache.entries(keeping_of(TARGET))[-1].id


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Told]:
    desk = desk_of(OFFICER, tmp_path)
    days = Days(desk)
    viewed = RecordViewed(target=TARGET, screen="triage", at=START, reference="ISL-26-04417")
    days.add(OPERATOR, START, viewed)

    def answer(asked: DueAsked) -> Future[DueFound]:
        assert asked.standing.role is Role.INFORMATION_GOVERNANCE
        found: Future[DueFound] = Future()
        # Of the first records looked at none is due.
        found.set_result(DueFound(due=(DUE,), next=None) if asked.after else DueFound(due=(), next=7))
        return found

    desk.store_due = answer
    yield Told(days)
    desk.cache.close()


@pytest.fixture
def officer(qtbot: QtBot, worker: Worker, told: Told) -> OnDisposals:
    return OnDisposals(qtbot, worker, told.days.desk)


def test_what_is_due_stands_there_and_is_proposed_with_one_key(officer: OnDisposals) -> None:
    assert officer.states() == [("ISL-18-00012", "due")]
    assert officer.screen.tabs.button("disposal").text() == "Disposal 1"
    assert nameless(officer.window) == []
    assert keys.clashes(officer.window) == []
    officer.choose("ISL-18-00012")
    officer.press(Qt.Key.Key_P)
    form = officer.screen._form.current
    assert form is not None
    assert form.values()["target"] == "ISL-18-00012"
    assert "Contact that went no further: dispose of. A second person agrees to it." in officer.words()
    officer.save()
    assert officer.waiting() == DisposalProposed(target=OTHER, record="contact")
    assert officer.states() == [("referral …0000bb", "proposed")]


def test_a_line_stands_once_when_the_hub_fails_half_way_and_is_asked_again(
    qtbot: QtBot, worker: Worker, told: Told
) -> None:
    def answer(asked: DueAsked) -> Future[DueFound]:
        found: Future[DueFound] = Future()
        if asked.after:
            found.set_exception(TimeoutError())
        else:
            found.set_result(DueFound(due=(DUE,), next=7))
        return found

    told.days.desk.store_due = answer
    officer = OnDisposals(qtbot, worker, told.days.desk)
    officer.press_mouse(officer.screen.tabs.button("retention"))
    officer.press_mouse(officer.screen.tabs.button("disposal"))
    assert officer.states() == [("ISL-18-00012", "due")]


def test_a_record_is_proposed_outside_the_schedule_with_its_reason(officer: OnDisposals) -> None:
    officer.press(Qt.Key.Key_P)
    officer.write("govern.target", "ISL-26-04417")
    officer.save()
    assert officer.desk.cache.waiting() == ()
    officer.write("govern.reason", "A court ordered it.")
    officer.save()
    assert officer.waiting() == DisposalProposed(target=TARGET, reason="A court ordered it.")


def test_a_colleagues_proposal_is_agreed_and_ones_own_is_not(officer: OnDisposals, told: Told) -> None:
    own = told.by(OFFICER, DisposalProposed(target=TARGET, reason="Mine.", entry=TARGET[-36:]))
    officer.desk.tell(ChangeSet(frozenset({keeping_of(TARGET)})))
    officer.settle()
    officer.choose("ISL-26-04417")
    assert not officer.screen.disposals.agree.isVisible()
    told.by(COLLEAGUE, DisposalDeclined(target=TARGET, proposal=own, reason="No."))
    proposal = told.by(COLLEAGUE, DisposalProposed(target=TARGET, reason="A court ordered it."))
    officer.desk.tell(ChangeSet(frozenset({keeping_of(TARGET)})))
    officer.settle()
    officer.choose("ISL-26-04417")
    officer.press(Qt.Key.Key_A)
    assert officer.desk.cache.waiting() == ()
    assert "ISL-26-04417: All of it" in officer.words()
    assert "Proposed by someone no longer listed. A court ordered it." in officer.words()
    assert nameless(officer.window) == []
    assert keys.clashes(officer.window) == []
    officer.save()
    assert officer.waiting() == DisposalAgreed(target=TARGET, proposal=proposal)
    assert ("ISL-26-04417", "disposed of") in officer.states()


def test_a_proposal_is_declined_with_a_reason(officer: OnDisposals, told: Told) -> None:
    proposal = told.by(COLLEAGUE, DisposalProposed(target=TARGET, reason="A court ordered it."))
    officer.desk.tell(ChangeSet(frozenset({keeping_of(TARGET)})))
    officer.settle()
    officer.choose("ISL-26-04417")
    officer.press(Qt.Key.Key_D)
    officer.write("govern.reason", "The order was lifted.")
    officer.save()
    assert officer.waiting() == DisposalDeclined(
        target=TARGET, proposal=proposal, reason="The order was lifted."
    )


def test_a_legal_hold_is_set_on_what_is_due_and_lifted_again(officer: OnDisposals, told: Told) -> None:
    officer.choose("ISL-18-00012")
    officer.press(Qt.Key.Key_H)
    officer.write("govern.reason", "An inquest.")
    officer.save()
    assert officer.waiting() == HoldSet(target=OTHER, reason="An inquest.")
    assert officer.states() == [("referral …0000bb", "held")]
    officer.choose("referral …0000bb")
    officer.press(Qt.Key.Key_H)
    officer.write("govern.reason", "It has ended.")
    officer.save()
    lifted = officer.waiting()
    assert isinstance(lifted, HoldLifted)
    assert lifted.reason == "It has ended."


def test_what_is_gone_says_how_many_desks_have_purged_it(officer: OnDisposals, told: Told) -> None:
    proposal = told.by(COLLEAGUE, DisposalProposed(target=TARGET, reason="A court ordered it."))
    gone = told.by(OFFICER, DisposalAgreed(target=TARGET, proposal=proposal))
    assert [line.receipts for line in keeping.lines(officer.desk)] == ["No desk has told yet"]
    told.days.add(OPERATOR, START, PurgeConfirmed(target=TARGET, disposal=gone, entries=3, at=START))
    (line,) = keeping.lines(officer.desk)
    assert (line.state, line.receipts, line.who) == ("disposed of", "one desk has purged it", "Helen Tams")


def test_the_closed_tab_counts_what_waits_and_lists_it_once_opened(
    officer: OnDisposals, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer.press_mouse(officer.screen.tabs.button("trail"))
    with monkeypatch.context() as closed:
        closed.setattr(keeping, "lines", None)
        told.by(COLLEAGUE, DisposalProposed(target=TARGET, reason="A court ordered it."))
        officer.settle()
    assert officer.screen.tabs.button("disposal").text() == "Disposal 2"
    officer.press_mouse(officer.screen.tabs.button("disposal"))
    assert officer.states() == [("ISL-26-04417", "proposed"), ("ISL-18-00012", "due")]


def test_what_waits_is_counted_as_it_is_listed(told: Told) -> None:
    desk = told.days.desk

    def agree() -> int:
        listed = sum(line.state in {DUE_STATE, PROPOSED} for line in keeping.lines(desk, (DUE,)))
        assert keeping.count_waiting(desk, (DUE,)) == listed
        return listed

    assert agree() == 1
    proposal = told.by(COLLEAGUE, DisposalProposed(target=TARGET, reason="A court ordered it."))
    assert agree() == 2
    told.by(OFFICER, DisposalAgreed(target=TARGET, proposal=proposal))
    assert agree() == 1
    (due,) = (line for line in keeping.lines(desk, (DUE,)) if line.state == DUE_STATE)
    keeping.hold(desk, due, "An inquest.")
    assert agree() == 0


def test_without_the_hub_the_tab_says_so_and_shows_what_is_held(
    qtbot: QtBot, worker: Worker, told: Told
) -> None:
    told.days.desk.store_due = None
    told.by(COLLEAGUE, HoldSet(target=TARGET, reason="An inquest."))
    officer = OnDisposals(qtbot, worker, told.days.desk)
    assert officer.states() == [("ISL-26-04417", "held")]
    assert officer.screen.disposals.note.startswith("The hub says what is due once")
    with pytest.raises(Refusal, match="not-connected"):
        keeping.ask_due(told.days.desk)
