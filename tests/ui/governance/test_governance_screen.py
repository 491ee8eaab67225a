"""Governance as an officer drives it: the trail narrowed, who looked at this, and an entry withdrawn."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from uuid6 import uuid7

from mash_desktop.desk import Desk, drafts
from mash_desktop.desk.places import badges
from mash_desktop.domain.acts import Draft
from mash_desktop.domain.entries.access import GlassBroken, GlassMended, RecordViewed, SearchMade
from mash_desktop.domain.entries.outcome import EntryWithdrawn
from sync.protocol import Recipient, RecipientsAsked, RecipientsFound
from tests.domain.story import CONSULTANT, MANAGER, OPERATOR, START
from tests.support.desks import OFFICER, desk_of
from tests.support.trail import Days
from tests.ui.accessibility import nameless
from tests.ui.driven import Driven
from ui.governance import GovernanceScreen
from ui.keys import keys
from ui.theme import Mode, Theme
from ui.widgets.states import EmptyState
from ui.work import Worker

STREAM = "referral:019a7b1c-0000-7000-8000-0000000000aa"
OTHER = "referral:019a7b1c-0000-7000-8000-0000000000bb"
AT = START - timedelta(minutes=30)


class OnGovernance(Driven[GovernanceScreen]):
    def __init__(self, qtbot: QtBot, worker: Worker, desk: Desk) -> None:
        super().__init__(qtbot, worker, desk, GovernanceScreen(desk, worker))

    def whats(self) -> list[tuple[str, str]]:
        return [(row.who, row.about) for row in self.screen.trail.rows()]


@pytest.fixture
def days(tmp_path: Path) -> Iterator[Days]:
    desk = desk_of(OFFICER, tmp_path)
    days = Days(desk)
    days.add(OPERATOR, AT, RecordViewed(target=STREAM, screen="triage", at=AT, reference="ISL-26-04417"))
    days.add(
        MANAGER,
        AT,
        RecordViewed(target=OTHER, screen="hub", at=AT + timedelta(minutes=1), reference="ISL-26-04390"),
    )
    days.add(CONSULTANT, AT, SearchMade(terms="carter mia", found=2, at=AT + timedelta(minutes=2)))
    yield days
    desk.cache.close()


@pytest.fixture
def officer(qtbot: QtBot, worker: Worker, days: Days) -> OnGovernance:
    return OnGovernance(qtbot, worker, days.desk)


def test_the_trail_stands_there_with_everything_named(officer: OnGovernance) -> None:
    assert officer.whats() == [
        ("Ruth Okafor", ""),
        ("Karen Shaw", "ISL-26-04390"),
        ("Priya Nair", "ISL-26-04417"),
    ]
    assert officer.screen.tabs.button("trail").text() == "Audit trail 3"
    assert nameless(officer.window) == []
    assert keys.clashes(officer.window) == []


def test_the_fields_of_the_trail_stand_level(officer: OnGovernance) -> None:
    screen = officer.screen
    shown = (screen.days.box, screen.person.box, screen.kind.box, screen.target.line)
    assert len({box.mapTo(officer.window, box.rect().topLeft()).y() for box in shown}) == 1


def test_who_looked_at_this_is_found_by_typing_a_reference(officer: OnGovernance) -> None:
    officer.press(Qt.Key.Key_F)
    QTest.keyClicks(officer.screen.target.line, "isl-26-04417")
    officer.press(Qt.Key.Key_Return)
    assert officer.whats() == [("Priya Nair", "ISL-26-04417")]


def test_a_reference_not_known_is_said_at_its_field(officer: OnGovernance) -> None:
    officer.press(Qt.Key.Key_F)
    QTest.keyClicks(officer.screen.target.line, "Carter")
    officer.press(Qt.Key.Key_Return)
    assert officer.screen.target.error.text().startswith("Type a reference such as")
    assert officer.screen.target.value() == "Carter"


def test_one_key_shows_who_else_looked_at_the_record_chosen(officer: OnGovernance) -> None:
    officer.screen.trail.select_key(officer.screen.trail.rows()[1].id)
    officer.screen.trail.setFocus()
    officer.press(Qt.Key.Key_T)
    assert officer.whats() == [("Karen Shaw", "ISL-26-04390")]


def test_what_was_searched_for_is_shown_on_asking_and_that_is_kept(officer: OnGovernance) -> None:
    officer.screen.trail.select_key(officer.screen.trail.rows()[0].id)
    officer.screen.trail.setFocus()
    card = officer.screen._card
    assert card is not None
    assert "carter" not in card.terms.text()
    officer.press(Qt.Key.Key_S)
    assert card.terms.text() == "Searched for “carter mia”"
    assert len(officer.desk.cache.drafts("access/record.viewed")) == 1


def test_broken_glass_arrives_without_being_asked_for(officer: OnGovernance, days: Days) -> None:
    days.add(
        MANAGER, AT, GlassBroken(target=OTHER, reason="A child is missing.", until=AT + timedelta(hours=4))
    )
    officer.settle()
    assert officer.screen.tabs.button("glass").text() == "Broken glass 1"
    officer.press_mouse(officer.screen.tabs.button("glass"))
    assert officer.whats() == [("Karen Shaw", "ISL-26-04390")]


def test_looking_at_broken_glass_stills_the_badge_and_it_can_be_ended_there(
    officer: OnGovernance, days: Days
) -> None:
    until = START + timedelta(hours=4)
    days.add(MANAGER, START, GlassBroken(target=OTHER, reason="A child is missing.", until=until))
    officer.settle()
    assert badges(officer.desk).by_place["govern"] == 1
    officer.press_mouse(officer.screen.tabs.button("glass"))
    (row,) = officer.screen.trail.rows()
    officer.screen.trail.select_key(row.id)
    officer.settle()
    assert badges(officer.desk).by_place["govern"] == 0
    assert nameless(officer.window) == []
    assert keys.clashes(officer.window) == []
    officer.screen.trail.setFocus()
    officer.press(Qt.Key.Key_E)
    assert "A child is missing." in officer.words()
    officer.write("govern.reason", "It was a drill.")
    officer.save()
    (waiting,) = officer.desk.cache.waiting()
    assert waiting.entries[0].body == GlassMended(
        broken=row.id, target=OTHER, person="karen", reason="It was a drill."
    )
    assert not officer.screen.mend.isVisible()


def test_a_misfiled_entry_is_withdrawn_from_the_keyboard(officer: OnGovernance) -> None:
    officer.screen.trail.select_key(officer.screen.trail.rows()[2].id)
    officer.screen.trail.setFocus()
    officer.press(Qt.Key.Key_W)
    assert officer.text("govern.target") == "ISL-26-04417"
    number = str(uuid7())
    officer.write("govern.entry", number)
    officer.write("govern.reason", "It is about another family.")
    officer.save()
    (waiting,) = officer.desk.cache.waiting()
    body = waiting.entries[0].body
    assert isinstance(body, EntryWithdrawn)
    assert (body.entry, waiting.entries[0].stream) == (number, STREAM)
    assert drafts.kept(officer.desk, "govern/withdraw") == {}
    assert officer.screen.tabs.button("withdrawn").text() == "Withdrawn 1"


def withdrawn(officer: OnGovernance) -> str:
    """An entry of OTHER that a consultant withdrew; its number."""
    number = str(uuid7())
    body = EntryWithdrawn(entry=number, reason="It is about another family.")
    Days(officer.desk, 60_000).bring(CONSULTANT, AT, [Draft(OTHER, body)])
    officer.settle()
    officer.press_mouse(officer.screen.tabs.button("withdrawn"))
    return number


def test_everybody_who_received_a_withdrawn_entry_is_listed_to_be_told(officer: OnGovernance) -> None:
    number = withdrawn(officer)
    asked: list[RecipientsAsked] = []

    def store(question: RecipientsAsked) -> Future[RecipientsFound]:
        asked.append(question)
        answer: Future[RecipientsFound] = Future()
        audiences = (
            "agency:police", "role:mash:hub_manager", "team:scc-children:social-work-gateway", "team:gone:x",
            "person:karen", "governance", "hub",
        )  # fmt: skip
        answer.set_result(
            RecipientsFound(
                recipients=tuple(
                    Recipient(audience=one, since=AT, until=START if one == "agency:police" else None)
                    for one in audiences
                )
            )
        )
        return answer

    officer.desk.store_recipients = store
    officer.screen.withdrawn.select_key(officer.screen.withdrawn.rows()[0].id)
    officer.settle()
    said = officer.words()
    for words in (
        "Police",
        "from 13:28 until 13:58",
        "Hub manager, MASH",
        "Social Work Gateway, Children's social care",
        "x, gone",
        "Karen Shaw",
        "Governance",
        "Everybody of the hub",
    ):
        assert words in said, words
    assert [one.entry for one in asked] == [number]
    assert nameless(officer.window) == []


def test_the_card_beside_is_of_the_line_that_the_keys_act_on_after_another_tab(
    officer: OnGovernance,
) -> None:
    withdrawn(officer)
    officer.press_mouse(officer.screen.tabs.button("trail"))
    officer.screen.trail.select_key(officer.screen.trail.rows()[-1].id)
    officer.press_mouse(officer.screen.tabs.button("withdrawn"))
    officer.screen.withdrawn.select_key(officer.screen.withdrawn.rows()[0].id)
    officer.settle()
    assert "Withdrawn as misfiled" in officer.words(officer.screen.side)
    officer.press_mouse(officer.screen.tabs.button("trail"))
    assert officer.screen.looked.isVisible()
    assert "Withdrawn as misfiled" not in officer.words(officer.screen.side)
    assert "Priya Nair" in officer.words(officer.screen.side)


def test_what_the_panel_shows_stays_when_something_arrives(officer: OnGovernance, days: Days) -> None:
    withdrawn(officer)
    asked: list[RecipientsAsked] = []

    def store(question: RecipientsAsked) -> Future[RecipientsFound]:
        asked.append(question)
        answer: Future[RecipientsFound] = Future()
        answer.set_result(RecipientsFound(recipients=(Recipient(audience="person:karen", since=AT),)))
        return answer

    officer.desk.store_recipients = store
    officer.screen.withdrawn.select_key(officer.screen.withdrawn.rows()[0].id)
    officer.settle()
    arriving = RecordViewed(target=OTHER, screen="file", at=AT + timedelta(minutes=5))
    days.add(MANAGER, AT, arriving)
    officer.settle()
    assert "Karen Shaw" in officer.words(officer.screen.side)
    assert len(asked) == 1
    officer.press_mouse(officer.screen.tabs.button("trail"))
    officer.screen.trail.select_key(officer.screen.trail.rows()[-1].id)
    officer.settle()
    body = EntryWithdrawn(entry=str(uuid7()), reason="It is about another family.")
    Days(officer.desk, 90_000).bring(CONSULTANT, START, [Draft(OTHER, body)])
    officer.settle()
    assert officer.screen.withdrawn.selected_rows == {1}
    assert "Priya Nair" in officer.words(officer.screen.side)
    assert len(asked) == 1


def test_without_the_line_who_received_it_is_not_known_here(officer: OnGovernance) -> None:
    withdrawn(officer)
    row = officer.screen.withdrawn.rows()[0]
    officer.screen.withdrawn.select_key(row.id)
    officer.settle()
    assert "Who received it is known to the hub, and the line is down." in officer.words()


def test_a_hub_that_does_not_answer_is_said_and_nobody_is_nobody(officer: OnGovernance) -> None:
    withdrawn(officer)
    answer: Future[RecipientsFound] = Future()
    officer.desk.store_recipients = lambda question: answer
    row = officer.screen.withdrawn.rows()[0]
    officer.screen.withdrawn.select_key(row.id)
    officer.settle()
    assert "Asking the hub who received it" in officer.words()
    answer.set_exception(TimeoutError())
    officer.settle()
    assert "The hub does not answer now." in officer.words()
    answer = Future()
    answer.set_result(RecipientsFound(recipients=()))
    officer.screen.withdrawn.chosen.emit(row)
    officer.settle()
    assert "Nobody had received it." in officer.words()


def test_a_withdrawal_that_is_incomplete_keeps_what_was_typed(officer: OnGovernance) -> None:
    officer.press(Qt.Key.Key_W)
    officer.write("govern.entry", "12")
    officer.write("govern.reason", "It is about another family.")
    officer.save()
    assert officer.text("govern.reason") == "It is about another family."
    officer.press(Qt.Key.Key_Escape)
    assert drafts.kept(officer.desk, "govern/withdraw")["reason"] == "It is about another family."
    officer.press(Qt.Key.Key_W)
    assert officer.text("govern.reason") == "It is about another family."


def test_what_is_typed_stays_when_the_window_locks_at_once(officer: OnGovernance) -> None:
    officer.press(Qt.Key.Key_W)
    officer.write("govern.reason", "It is about another family.")
    officer.screen.hide()
    officer.settle()
    assert drafts.kept(officer.desk, "govern/withdraw")["reason"] == "It is about another family."


def test_the_retention_schedule_stands_on_a_tab_of_its_own(officer: OnGovernance) -> None:
    officer.press_mouse(officer.screen.tabs.button("retention"))
    assert len(officer.screen.retention.rows()) == 6
    officer.press_mouse(officer.screen.tabs.button("sign_ins"))
    (state,) = [one for one in officer.window.findChildren(EmptyState) if one.isVisible()]
    assert state.title.text() == "No sign-in was refused"


def test_at_twice_the_text_size_the_trail_keeps_its_room(officer: OnGovernance, themed: QApplication) -> None:
    Theme.apply(themed, Mode.LIGHT, 2.0)
    officer.settle()
    assert officer.screen.trail.height() >= 2 * 34 * 3
