"""Oversight as a consultant social worker drives it, and what the desk holds afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from mash_desktop.desk import ChangeSet, Desk
from mash_desktop.domain.codes import Voice
from mash_desktop.domain.entries.contact import AdviceGiven, ConcernRecorded, Statement
from mash_desktop.domain.entries.triage import ContactTriaged, StrategyHeld, SubjectLevel
from mash_desktop.domain.fold.levels import levels
from mash_desktop.domain.fold.stage import Stage
from tests.domain.story import CONSULTANT, OPERATOR, Story
from tests.support.board import triaged, waiting_contacts
from tests.support.desks import desk_of, receive
from tests.ui.accessibility import nameless
from tests.ui.driven import Driven
from ui.oversight import Oversight
from ui.oversight.admission import AdmitForm
from ui.oversight.basis import PersonScope
from ui.oversight.strategy import StrategyForm
from ui.theme import Mode, Theme
from ui.widgets.banner import Banner
from ui.widgets.choice import ChoiceField
from ui.widgets.field import TextField
from ui.widgets.states import EmptyState
from ui.work import Worker

CARTER, KHAN, WOOD, TAKING = "referral:carter", "referral:khan", "referral:wood", "referral:taking"


class Overseeing(Driven[Oversight]):
    """Oversight, driven."""

    def __init__(self, qtbot: QtBot, worker: Worker, desk: Desk) -> None:
        super().__init__(qtbot, worker, desk, Oversight(desk, worker))

    def choose(self, stream: str) -> None:
        assert self.screen.table.select_key(stream)
        self.screen.table.setFocus()
        self.settle()

    def pick(self, name: str, code: str) -> None:
        """Choose an answer of a list, as Enter on it does."""
        field = self.find(name)
        assert isinstance(field, ChoiceField)
        at = field.box.findData(code)
        assert at >= 0, code
        field.box.setCurrentIndex(at)
        field.box.activated.emit(at)
        self.settle()

    def admitting(self) -> AdmitForm:
        self.press(Qt.Key.Key_A)
        form = self.screen._form.current
        assert isinstance(form, AdmitForm)
        return form


@pytest.fixture
def driven(qtbot: QtBot, worker: Worker, tmp_path: Path) -> Callable[..., Overseeing]:
    def drive(*stories: Story) -> Overseeing:
        return Overseeing(qtbot, worker, desk_of(CONSULTANT, tmp_path, *(stories or waiting_contacts())))

    return drive


def test_what_is_most_urgent_stands_first_with_why_and_its_details_beside_it(
    driven: Callable[..., Overseeing],
) -> None:
    screen = driven().screen
    assert screen.table.rows()[0].stream == KHAN
    assert screen.tabs.button("decision").text() == "Decision needed 3"
    contact = screen.side.contact
    assert contact is not None
    assert contact.stream == KHAN
    assert contact.triage is not None
    assert contact.triage.immediate
    assert nameless(screen.window()) == []


def test_a_filter_narrows_the_list(driven: Callable[..., Overseeing]) -> None:
    seen = driven()
    seen.press_mouse(seen.screen.tabs.button("triage"))
    assert [row.stream for row in seen.screen.table.rows()] == [TAKING]
    seen.press_mouse(seen.screen.tabs.button("sampled"))
    (state, *_) = [one for one in seen.screen.findChildren(EmptyState) if one.isVisible()]
    assert state.title.text() == "None just now"


def test_agreeing_and_admitting_confirms_each_person_by_a_key(driven: Callable[..., Overseeing]) -> None:
    seen = driven()
    seen.choose(CARTER)
    form = seen.admitting()
    assert nameless(seen.window) == []
    seen.write("oversight.reason", "Two injuries in five weeks.")
    seen.write("oversight.purpose", "To find out whether they are safe at home.")
    seen.save()
    assert form.fault.text() == "Confirm the basis for Mia Carter first."
    for _ in range(4):
        seen.press(Qt.Key.Key_C, Qt.KeyboardModifier.AltModifier)
    assert not form.confirm_next.isEnabled()
    seen.save()
    referral = seen.desk.referral(CARTER)
    assert referral.stage is Stage.ADMITTED
    assert [(one.subject, one.ground) for one in referral.scope] == [
        ("carter-0", "subject of the concern"),
        ("carter-1", "subject of the concern"),
        ("carter-adult-0", "carer"),
        ("carter-adult-1", "alleged to cause harm"),
    ]
    assert seen.desk.cache.drafts("oversight/") == {}
    assert CARTER not in [row.stream for row in seen.screen.table.rows()]
    assert seen.screen.table.hasFocus()


def test_a_level_changed_by_oversight_is_seen_and_offers_its_threshold(
    driven: Callable[..., Overseeing],
) -> None:
    seen = driven()
    seen.choose(CARTER)
    form = seen.admitting()
    seen.pick("oversight.level.carter-0", "child_protection")
    assert form.levels._changed["carter-0"].face.text == "operator: Child in need (s17)"
    assert form.levels._changed["carter-0"].isVisible()
    assert not form.levels._changed["carter-1"].isVisible()
    assert form.values()["threshold"] == "child_protection"
    seen.write("oversight.reason", "The account does not fit.")
    seen.write("oversight.purpose", "To find out whether they are safe.")
    for _ in range(4):
        seen.press(Qt.Key.Key_C, Qt.KeyboardModifier.AltModifier)
    seen.save()
    assert levels(seen.desk.referral(CARTER))["carter-0"].changed_by_oversight


def confirms(person: PersonScope) -> bool:
    person.confirm_now()
    return person.confirmed


def test_a_basis_that_the_law_refuses_says_why_and_cannot_be_confirmed(
    driven: Callable[..., Overseeing],
) -> None:
    seen = driven()
    seen.choose(CARTER)
    person = seen.admitting().people["carter-0"]
    assert person._said.text() == "s17, 6(1)(e), 9(2)(g), Sch 1 p18"
    seen.click("oversight.basis.carter-0")
    seen.pick("oversight.article9.carter-0", "–")
    assert person.fault.text()
    refused = person.fault.text()
    assert not confirms(person)
    assert person.fault.text() == refused
    seen.pick("oversight.article9.carter-0", "g")
    seen.pick("oversight.schedule_paragraph.carter-0", "18")
    seen.pick("oversight.schedule_ground.carter-0", "consent_would_prejudice")
    assert confirms(person), person.fault.text()


def test_other_data_ask_for_another_basis_and_take_the_confirmation_back(
    driven: Callable[..., Overseeing],
) -> None:
    seen = driven()
    seen.choose(CARTER)
    person = seen.admitting().people["carter-0"]
    assert confirms(person)
    seen.click("oversight.kind.carter-0.confidential_health")
    assert not person.confirmed
    assert "confidence: overriding public interest" in person._said.text()
    assert confirms(person)
    seen.write("oversight.ground.carter-0", " and her brother")
    assert not person.confirmed


def test_an_admission_half_written_comes_back_with_its_choices(driven: Callable[..., Overseeing]) -> None:
    seen = driven()
    seen.choose(CARTER)
    seen.admitting()
    seen.write("oversight.purpose", "To find out whether")
    seen.pick("oversight.level.carter-1", "early_help")
    seen.click("oversight.scope.carter-adult-0")
    seen.click("oversight.kind.carter-1.criminal_offence")
    seen.press(Qt.Key.Key_Escape)
    again = Overseeing(seen.qtbot, seen.worker, seen.desk)
    again.choose(CARTER)
    form = again.admitting()
    given = form.given()
    assert given.purpose == "To find out whether"
    assert {one.subject: one.level for one in given.levels}["carter-1"] == "early_help"
    assert [one.subject for one in given.scope] == ["carter-0", "carter-1", "carter-adult-1"]
    assert given.scope[1].basis.article10 is not None


def test_below_the_threshold_it_is_sent_on_to_the_routes_team(driven: Callable[..., Overseeing]) -> None:
    seen = driven()
    seen.choose(WOOD)
    assert seen.screen.side.route.text() == "Agree and send on"
    seen.press(Qt.Key.Key_O)
    seen.write("oversight.reason", "Support at school meets it.")
    seen.write("oversight.words", "His attendance has fallen since September.")
    seen.save()
    (sent,) = seen.desk.referral(WOOD).sent
    assert (sent.team, sent.made.body.words) == (
        "early-help-gateway",
        "His attendance has fallen since September.",
    )


def test_another_route_needs_its_choice_and_its_reason(driven: Callable[..., Overseeing]) -> None:
    seen = driven()
    seen.choose(CARTER)
    seen.press(Qt.Key.Key_O)
    seen.save()
    field = seen.find("oversight.to")
    assert isinstance(field, ChoiceField)
    assert field.error.text() == "Choose a route."
    seen.pick("oversight.to", "advice")
    seen.save()
    reason = seen.find("oversight.reason")
    assert isinstance(reason, TextField)
    assert reason.error.text() == "Write the reason."
    seen.write("oversight.reason", "Explained by the GP.")
    seen.save()
    assert seen.desk.referral(CARTER).stage is Stage.OVERSEEN
    seen.press(Qt.Key.Key_K)
    seen.write("oversight.feedback", "Telephoned Mrs Marsh.")
    seen.write("oversight.reason", "Advice given.")
    seen.save()
    assert seen.desk.referral(CARTER).stage is Stage.CLOSED


def test_a_strategy_discussion_says_who_is_still_needed(driven: Callable[..., Overseeing]) -> None:
    seen = driven()
    seen.choose(KHAN)
    seen.press(Qt.Key.Key_S)
    assert nameless(seen.window) == []
    seen.click("oversight.present.police")
    form = seen.screen._form.current
    assert isinstance(form, StrategyForm)
    assert form._missing.text() == "Still needed: health trust or mental health trust"
    seen.click("oversight.present.mpft")
    seen.press_mouse(form.decision.button("s47_joint"))
    seen.write("oversight.reason", "Unexplained bruises on a baby.")
    seen.write("oversight.interim_safety", "Zara stays on the ward.")
    seen.write("oversight.seen_by", "Today 16:00, duty social worker")
    seen.write("oversight.held_at", "tomorrow, perhaps")
    seen.save()
    assert "Write when, like 14:20" in seen.words()
    form.fields["held_at"].set_value("")
    seen.write("oversight.held_at", "yesterday 16:00")
    seen.save()
    (held,) = seen.desk.referral(KHAN).all(StrategyHeld)
    assert held.body.present == ("scc-children", "police", "mpft")
    assert held.body.decision == "s47_joint"
    assert held.body.held_at is not None
    assert held.made_at - held.body.held_at > timedelta(hours=8)
    contact = seen.screen.side.contact
    assert contact is not None
    assert "joint section 47 enquiry for Zara Khan" in contact.strategies[0]


def test_a_contact_is_advised_on_while_it_grows_and_nothing_typed_is_lost(
    driven: Callable[..., Overseeing],
) -> None:
    taking = next(story for story in waiting_contacts() if story.stream == TAKING)
    seen = driven(taking)
    seen.choose(TAKING)
    seen.press(Qt.Key.Key_D)
    seen.write("oversight.advice", "Ask who collects")
    known = [entry.id for entry in taking.entries]
    words = "He said his uncle hit him."
    taking.tell(
        OPERATOR,
        ConcernRecorded(account="a1", words=words, statements=(Statement(words, Voice.TOLD),)),
    )
    receive(seen.desk.cache, CONSULTANT, taking, known)
    seen.screen.show_change(ChangeSet(frozenset({TAKING})))
    seen.settle()
    contact = seen.screen.side.contact
    assert contact is not None
    assert contact.accounts[0].segments[0].text == words
    field = seen.find("oversight.advice")
    assert isinstance(field, TextField)
    assert field.value() == "Ask who collects"
    assert field.text.hasFocus()
    seen.write("oversight.advice", " him today.")
    seen.save()
    (advice,) = seen.desk.referral(TAKING).all(AdviceGiven)
    assert advice.body.words == "Ask who collects him today."


def test_ones_own_triage_is_looked_at_and_not_overseen(driven: Callable[..., Overseeing]) -> None:
    taking = next(story for story in waiting_contacts() if story.stream == TAKING)
    taking.tell(
        CONSULTANT,
        ContactTriaged(
            route="social-work-gateway",
            levels=(SubjectLevel("taking-0", "child_in_need"),),
            rationale="Injury.",
            history_searched=True,
            immediate_danger=False,
        ),
    )
    seen = driven(taking)
    (banner,) = seen.screen.findChildren(Banner)
    assert banner.accessibleName().startswith("Who triaged a contact does not oversee it.")
    assert not seen.screen.side.admit.isEnabled()
    assert not seen.screen.side.route.isEnabled()
    assert seen.screen.side.advise.isEnabled()


def test_a_new_contact_arrives_in_the_list_and_the_chosen_one_stays_chosen(
    driven: Callable[..., Overseeing],
) -> None:
    stories = {story.stream: story for story in waiting_contacts()}
    seen = driven(stories[CARTER])
    taking = triaged(stories[TAKING], "child_protection", "direct-line")
    receive(seen.desk.cache, CONSULTANT, taking)
    seen.screen.show_change(ChangeSet(frozenset({TAKING})))
    seen.settle()
    assert [row.stream for row in seen.screen.table.rows()] == [TAKING, CARTER]
    current = seen.screen.table.current()
    assert current is not None
    assert current.stream == CARTER


def test_nothing_waiting_says_what_stands_here(driven: Callable[..., Overseeing]) -> None:
    seen = driven(Story())
    (state, *_) = [one for one in seen.screen.findChildren(EmptyState) if one.isVisible()]
    assert state.title.text() == "No contact waits"
    assert not seen.screen.side.admit.isEnabled()
    assert nameless(seen.window) == []


def test_a_cache_that_cannot_be_read_says_so_and_can_be_tried_again(
    driven: Callable[..., Overseeing], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = driven(Story())
    cache = seen.desk.cache
    monkeypatch.setattr(seen.desk, "cache", None)
    seen.screen.enter()
    seen.settle()
    monkeypatch.setattr(seen.desk, "cache", cache)
    receive(cache, CONSULTANT, waiting_contacts()[0])
    retry = [one for one in seen.screen.findChildren(QPushButton) if one.text() == "Try again"]
    seen.press_mouse(retry[-1])
    assert [row.stream for row in seen.screen.table.rows()] == [KHAN]


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_it_fits_without_a_sideways_scroll(
    size: tuple[int, int], scale: float, driven: Callable[..., Overseeing], themed: QApplication
) -> None:
    seen = driven()
    Theme.apply(themed, Mode.LIGHT, scale)
    seen.window.resize(*size)
    seen.choose(CARTER)
    assert seen.window.width() <= size[0]
    if scale == 1.0:
        assert seen.screen.table.horizontalScrollBar().maximum() == 0
